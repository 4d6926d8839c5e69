"""The bench that kills a server sees what is lost: shown by hand, without a server."""

from dataclasses import replace

import pytest

from evals.bench.kills.acknowledged import DraftSeen, Event
from evals.bench.kills.calls import Call, call_of, run_again
from evals.bench.kills.sources import MOST_DRAFTS, MOST_SPEECHES, speech, subject, topic
from evals.bench.kills.verdict import Stored, broken

TOLD = [
    Event(1, "state", {"status": "in_progress"}),
    Event(2, "section-written", {"path": "一", "text": "摸清底数，心中有数。"}),
    Event(3, "finished", {"revision": 1}),
]
KEPT = Stored("completed", TOLD, {1: "同志们：\n摸清底数，心中有数。", 2: "又一稿"})


def seen(**more: object) -> DraftSeen:
    draft = DraftSeen("社区停车秩序", "key", id="1124-ab12cd", texts={1: KEPT.texts[1]}, **more)  # type: ignore[arg-type]
    for event in TOLD:
        draft.receive(event)
    return draft


def test_a_draft_that_is_all_there_is_whole() -> None:
    assert broken(seen(promised=2), KEPT) == []


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (Stored(), "lost"),
        (replace(KEPT, status="in_progress"), "in_progress"),
        (replace(KEPT, events=TOLD[:2]), "event 3"),
        (replace(KEPT, events=[TOLD[0], TOLD[2], TOLD[1]]), "gap"),
        (replace(KEPT, events=[*TOLD[:2], replace(TOLD[2], data={"revision": 7})]), "event 3"),
        (replace(KEPT, events=[*TOLD, replace(TOLD[1], number=4)]), "told twice"),
        (replace(KEPT, texts={1: "同志们：\n别的话。", 2: "又一稿"}), "revision 1"),
        (replace(KEPT, texts={1: KEPT.texts[1]}), "never came"),
    ],
)
def test_what_is_lost_changed_or_doubled_is_seen(kept: Stored, said: str) -> None:
    assert any(said in line for line in broken(seen(promised=2), kept))


def test_an_event_that_comes_twice_or_is_left_out_is_seen_by_its_client() -> None:
    draft = seen()
    draft.receive(TOLD[2])
    draft.receive(replace(TOLD[2], number=5))
    assert len(draft.amiss) == 2


def test_steps_that_are_run_again_are_counted_by_draft() -> None:
    first = [Call("甲", "outline", "a"), Call("甲", "抓实", "b"), Call("甲", "抓实", "c"), Call("乙", "outline", "a")]
    again = [Call("甲", "抓实", "c"), Call("甲", "结尾", "d")]
    assert run_again([first, again, [Call("甲", "outline", "a"), Call("甲", "抓实", "b")], [Call("乙", "length", "z")]]) == [
        {"甲": {"抓实"}},
        {"甲": {"outline", "抓实"}},
        {},
    ]


def test_a_call_is_known_by_its_prompt() -> None:
    def body(said: str, **more: object) -> dict[str, object]:
        return {"messages": [{"role": "system", "content": "题目：粮食安全。"}, {"role": "user", "content": said}], **more}

    topics = [topic(0), topic(1)]
    part = f"题目：{topic(1)}。小标题：抓实摸底。要点：入户。"
    assert call_of(body(part, seed=10), topics).draft == topic(1)
    steps = [call_of(one, topics).step for one in (body(part, seed=10), body(part, seed=110), body(part, response_format={}))]
    assert steps == ["抓实摸底", "length", "outline"]
    with pytest.raises(ValueError, match="no draft"):
        call_of(body("题目：别的事。"), topics)


def test_topics_and_speeches_are_told_apart() -> None:
    topics = [topic(number) for number in range(MOST_DRAFTS)]
    subjects = [subject(number) for number in range(MOST_SPEECHES)]
    assert len(set(topics)) == MOST_DRAFTS and len(set(subjects)) == MOST_SPEECHES
    assert all(subject(number) in speech(number)[1] for number in (0, 14, 168))
