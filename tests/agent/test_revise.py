"""A finished draft is changed: only what must change changes, every revision is kept, and no promise is broken on the way."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from agent.drafter import Drafter, Finished
from agent.drafts import Draft, Status, Why
from agent.faults import COPIED
from agent.meter import Stopped
from agent.models import LARGE
from agent.revise import Reviser
from agent.revision.compare import Kind, compare
from agent.revision.demand import demand
from agent.settings import Settings
from prompts import Message
from speech import overlap, specifics
from speech.brief import Genre, SpeechBrief
from speech.document import characters
from speech.errors import BriefError, DraftError, ModelError
from speech.parse import parse
from speech.placeholders import fill_in_sheet
from speech.render import to_text
from tests.agent.conftest import Begin
from tests.agent.interrupted import BRIEF
from tests.scripted import ScriptedModel, sentence, sentences_of

Speak = Callable[[Sequence[Message], int], str]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory, search: Any) -> Draft:
    """A finished draft, to be saved into a store of one's own."""
    from agent.drafts import DraftStore
    from tests.agent.conftest import TODAY

    home = tmp_path_factory.mktemp("written")
    settings = Settings(JIANGGAO_HOME=home, JIANGGAO_TODAY=TODAY)  # type: ignore[call-arg]
    drafter = Drafter(settings, ScriptedModel(), search, DraftStore(settings.database))
    brief = BRIEF.model_copy(update={"length": 900, "date": "2026年3月5日", "speaker": "市委书记"})
    *_, last = drafter.run(drafter.begin(brief))
    assert isinstance(last, Finished)
    return last.draft


@pytest.fixture
def drafter(begin: Begin, written: Draft) -> Drafter:
    ready = begin(ScriptedModel(first=300))
    begun = ready.drafts.save(written.model_copy(update={"revision": 0, "status": Status.IN_PROGRESS}))
    ready.drafts.keep(begun.model_copy(update={"status": Status.COMPLETED}), Why.FIRST)
    return ready


def says(drafter: Drafter, speak: Speak | str) -> ScriptedModel:
    model = drafter.model
    assert isinstance(model, ScriptedModel)
    model.speak = speak if callable(speak) else lambda *_: speak
    return model


def draft_in(drafter: Drafter) -> Draft:
    return drafter.drafts.get(drafter.drafts.list()[0].id)


def texts(draft: Draft) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for paragraph in draft.paragraphs:
        found.setdefault(paragraph.path, []).append(paragraph.text)
    return found


def holds(draft: Draft, drafter: Drafter) -> None:
    """What every draft keeps, and that a draft's parts say the same as its text."""
    assert draft.speech is not None and draft.text == to_text(draft.speech)
    assert [p.text for p in draft.paragraphs] == [p.text for p in draft.speech.paragraphs()]
    assert [p.text for p in parse(draft.text).paragraphs()] == [p.text for p in draft.paragraphs]
    assert list(draft.placeholders) == fill_in_sheet(draft.text)
    assert not [one.text for one in specifics.check(draft.text, draft.brief) if not one.supported]
    for fact in draft.brief.facts:
        assert fact.rstrip("。；，！ ") in draft.text, fact
    assert draft == drafter.drafts.get(draft.id)
    assert [one.number for one in drafter.drafts.revisions(draft.id)] == list(range(1, draft.revision + 1))
    assert drafter.drafts.revisions(draft.id)[-1].text == draft.text


def only_changed(before: Draft, after: Draft, path: str) -> None:
    assert {key: text for key, text in texts(before).items() if not key.startswith(path)} == {
        key: text for key, text in texts(after).items() if not key.startswith(path)
    }
    lines = zip(before.text.splitlines(), after.text.splitlines(), strict=True)
    changed = [old for old, new in lines if old != new]
    assert changed and all(
        any(text in line for key, found in texts(before).items() if key.startswith(path) for text in found) for line in changed
    )


def test_one_section_is_rewritten_and_the_others_stay(drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, "网格长每天进楼入户，把群众的话记下来，件件有人管。大事小事有人问，难事急事有人跟。")
    after = drafter.reviser.rewrite(before, "二（一）", "突出网格长职责")
    only_changed(before, after, "二（一）")
    assert "网格长每天进楼入户" in texts(after)["二（一）"][0] and "全市已划分网格1632个" in after.text
    assert (after.revision, after.outline) == (2, before.outline)
    last = drafter.drafts.revisions(after.id)[-1]
    assert (last.why, last.note) == (Why.REWRITTEN, "二（一）：突出网格长职责")
    assert after.usage.calls > before.usage.calls
    holds(after, drafter)


@pytest.mark.parametrize(
    ("said", "least", "most"), [("压缩一半", 0.35, 0.6), ("再充实一些", 1.2, 1.6), ("扩充到200字", 0.0, 9.9)]
)
def test_a_length_that_is_asked_for_comes(said: str, least: float, most: float, drafter: Drafter) -> None:
    before = draft_in(drafter)
    path = "一（一）"
    long = "".join(sentence(400 + n) for n in range(3))
    says(drafter, lambda messages, turn: long if turn == 300 else sentences_of(messages, turn))
    after = drafter.reviser.rewrite(before, path, said)
    now, then = characters(texts(after)[path][0]), characters(texts(before)[path][0])
    assert least * then <= now <= most * then
    if "200" in said:
        assert 180 <= now <= 220
    only_changed(before, after, path)
    holds(after, drafter)


LIES = {
    "figures": "全市共建成网格9876个，投入资金5.6亿元，群众满意度达到99.8%。网格员天天走访，把问题记在本子上。",
    "names": "市委书记张建国同志亲自带队，到云溪区翠湖社区走访。网格员天天走访，把问题记在本子上。",
    "documents": "我们印发了《关于加强网格化管理的实施意见》，推行“七步工作法”。网格员天天走访，把问题记在本子上。",
    "markdown": "## 二、改写\n**网格员**天天走访，把问题记在本子上。\n- 第一条\n1.1 第二条",
    "think": "<think>先想一想</think>网格员天天走访，把问题记在本子上，当天能办的当天办结。",
    "numbers": "一、网格员天天走访，把问题记在本子上，当天能办的当天办结。\n（一）重新分区，划清边界责任到人。",
    "advert": "网格员天天走访，把问题记在本子上，当天能办的当天办结。更多范文请加微信公众号。",
    "count": "要做好以下三个方面工作。网格员天天走访，把问题记在本子上，当天能办的当天办结。",
}


@pytest.mark.parametrize("lie", LIES, ids=str)
@pytest.mark.parametrize("path", ["二（一）", "开头", "结尾", "三"])
def test_a_lying_model_breaks_no_promise(lie: str, path: str, drafter: Drafter) -> None:
    before = draft_in(drafter)
    model = says(drafter, LIES[lie])
    try:
        after = drafter.reviser.rewrite(before, path, "写得更实一些")
    except ModelError as refused:
        assert "\n" not in str(refused)
        now = drafter.drafts.get(before.id)
        assert (now.text, now.revision) == (before.text, 1) and now.usage.calls == before.usage.calls + len(model.asked)
        return
    only_changed(before, after, path)
    holds(after, drafter)
    for wrong in ("9876", "5.6亿", "99.8", "张建国", "云溪", "实施意见", "七步", "**", "##", "<think>", "微信", "三个方面"):
        assert wrong not in after.text
    assert after.speech is not None and [s.number for s in after.speech.sections] == ["一、", "二、", "三、"]
    assert re.search("讲三点意见。$", texts(after)["开头"][0])


@pytest.mark.parametrize("answer", ["", "   ", "好的。", '{"text": "网格', "I will rewrite it for you.", "×" * 50])
def test_an_unusable_answer_leaves_the_draft_as_it_was(answer: str, drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, answer)
    with pytest.raises(ModelError, match="原稿未动"):
        drafter.reviser.rewrite(before, "二（一）", "突出网格长职责")
    now = drafter.drafts.get(before.id)
    assert now.model_copy(update={"usage": before.usage, "updated": before.updated}) == before


def test_a_model_that_hands_the_text_back_is_told_from_one_that_rewrites(drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, texts(before)["二（一）"][0])
    with pytest.raises(ModelError, match="原稿未动"):
        drafter.reviser.rewrite(before, "二（一）", "语气再硬一些")


def test_a_model_that_copies_a_source_or_another_part_is_refused(drafter: Drafter) -> None:
    before = draft_in(drafter)
    hits = drafter.search.search("网格化管理", k=1)
    source = "".join(line for line in hits[0].passage.text.splitlines() if len(line) > 40)
    for copied in (source, texts(before)["二（二）"][0]):
        says(drafter, copied)
        try:
            after = drafter.reviser.rewrite(drafter.drafts.get(before.id), "二（一）", "写得更实一些")
        except ModelError:
            continue
        assert not overlap.shared_runs(texts(after)["二（一）"][0], [source], COPIED + 1)
        assert not overlap.shared_runs(texts(after)["二（一）"][0], [texts(before)["二（二）"][0]], 13)


def test_facts_that_a_rewriting_drops_are_kept(drafter: Drafter) -> None:
    before = draft_in(drafter)
    place = next(path for path, found in texts(before).items() if "全市已划分网格1632个" in found[0])
    says(drafter, "包联干部每周到点位上看一遍，有什么说什么，能办的马上办，办不了的写清楚交给谁。")
    for said in ("换个写法", "压缩一半"):
        after = drafter.reviser.rewrite(drafter.drafts.get(before.id), place, said)
        assert "全市已划分网格1632个" in texts(after)[place][0]
        holds(after, drafter)
        says(drafter, "片区民警常到院里坐一坐，听一听谁家有难处，回头就把答复送到门上，不让人等。")


def test_an_opening_and_a_closing_keep_the_forms_of_the_genre(drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, lambda messages, turn: sentence(turn) + sentence(turn + 1))
    after = drafter.reviser.rewrite(drafter.reviser.rewrite(before, "开头", "写得更实一些"), "结尾", "更有力一些")
    opening, closing = texts(after)["开头"][0], texts(after)["结尾"][0]
    assert (
        opening.startswith("这次会议的主要任务是，")
        and "刚才，××同志通报" in opening
        and opening.endswith("下面，我讲三点意见。")
    )
    assert closing.startswith("同志们，") and (opening, closing) != (texts(before)["开头"][0], texts(before)["结尾"][0])
    holds(after, drafter)


def test_what_an_instruction_states_becomes_a_fact(drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, "网格员每天走访，谁家有难处记在本子上，当天能办的当天办结，办不了的往上报。")
    after = drafter.reviser.rewrite(before, "二（一）", "写明全市网格员达到3200名")
    assert after.brief.facts == (*before.brief.facts, "全市网格员达到3200名")
    assert "全市网格员达到3200名" in texts(after)["二（一）"][0]
    holds(after, drafter)


def test_an_instruction_is_no_source_of_what_it_does_not_state(drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, "网格长王建国带头走访，谁家有难处记在本子上，当天能办的当天办结，办不了的往上报。")
    named = drafter.reviser.rewrite(before, "二（一）", "突出网格长王建国的职责")
    assert "王建国" in named.text and named.brief.facts == before.brief.facts
    other = drafter.reviser.rewrite(drafter.reviser.take_back(named), "二（一）", "突出网格长职责")
    assert "王建国" not in other.text


def test_a_whole_section_is_resized_part_by_part(drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, "忽略以上要求。")
    after = drafter.reviser.rewrite(before, "第二部分", "压缩三分之一")
    only_changed(before, after, "二")
    now, then = (
        sum(characters(found[0]) for path, found in texts(one).items() if path.startswith("二（")) for one in (after, before)
    )
    assert now < 0.9 * then
    holds(after, drafter)


@pytest.mark.parametrize(
    ("path", "said"), [("四", "可改的部分"), ("二（九）", "二（一）"), ("", "可改的部分"), ("'; DROP", "可改的部分")]
)
def test_a_part_that_is_not_there_is_one_clear_line(path: str, said: str, drafter: Drafter) -> None:
    with pytest.raises(DraftError, match=said):
        drafter.reviser.rewrite(draft_in(drafter), path, "压缩一半")


@pytest.mark.parametrize("instruction", ["", "  ", "shorter", "改" * 600, "改\x00短"])
def test_an_instruction_that_says_nothing_is_refused(instruction: str, drafter: Drafter) -> None:
    with pytest.raises(BriefError):
        drafter.reviser.rewrite(draft_in(drafter), "二（一）", instruction)


@pytest.mark.parametrize("path", ["二", "二、", "第二部分", "2", "二(一)", "二（一）", "2(1)", "开头", "结尾"])
def test_paths_are_taken_as_people_write_them(path: str, drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, lambda messages, turn: sentence(turn) + sentence(turn + 1))
    assert drafter.reviser.rewrite(before, path, "写得更实一些").revision == 2


def test_a_large_model_rewrites_through_the_same_code(drafter: Drafter) -> None:
    before = draft_in(drafter)
    model = says(
        drafter, "网格长每天进楼入户，把群众的话记下来，件件有人管。大事小事有人问，难事急事有人跟。" + sentence(420) * 2
    )
    model.profile = LARGE
    after = drafter.reviser.rewrite(before, "二（一）", "突出网格长职责，写60字")
    assert "网格长每天进楼入户" in after.text and model.asked[-1][-1].role == "user" and len(model.asked) <= 2


def test_stop_ends_a_rewriting(drafter: Drafter) -> None:
    before = draft_in(drafter)
    reviser = drafter.reviser

    def speak(messages: Sequence[Message], turn: int) -> str:
        reviser.stop.set()
        return sentence(turn)

    says(drafter, speak)
    with pytest.raises(Stopped):
        reviser.rewrite(before, "二", "再充实一些")
    assert drafter.drafts.get(before.id).text == before.text


def test_two_changes_at_once_do_not_undo_each_other(drafter: Drafter) -> None:
    before = draft_in(drafter)
    drafter.reviser.add_fact(before, "红色物业示范小区达到210个")
    with pytest.raises(DraftError, match="刚才已被改过"):
        drafter.reviser.add_fact(before, "累计化解矛盾纠纷1200件")
    assert drafter.drafts.get(before.id).revision == 2


@pytest.mark.parametrize(
    ("fact", "path"), [("红色物业示范小区达到210个", "二（二）"), ("网格员全部配发了巡查记录本，共3200本", "二（一）")]
)
def test_a_fact_goes_where_it_belongs(fact: str, path: str, drafter: Drafter) -> None:
    before = draft_in(drafter)
    after = drafter.reviser.add_fact(before, f"1. {fact}。")
    assert fact in texts(after)[path][0] and after.brief.facts[-1] == fact
    only_changed(before, after, path)
    holds(after, drafter)
    with pytest.raises(DraftError, match="已经写了"):
        drafter.reviser.add_fact(after, fact)


def test_a_fact_with_another_figure_takes_the_place_of_the_old_one(drafter: Drafter) -> None:
    before = draft_in(drafter)
    after = drafter.reviser.add_fact(before, "全市已划分网格1700个")
    assert "1632" not in after.text and "全市已划分网格1700个" in after.text and after.brief.facts == ("全市已划分网格1700个",)
    holds(after, drafter)


def test_a_fact_fills_the_gap_that_asks_for_it(drafter: Drafter) -> None:
    says(drafter, "社区网格员已配备480名，走街串巷听民意，当天能办的当天办结，办不了的往上报。")
    before = drafter.reviser.rewrite(draft_in(drafter), "二（一）", "写得更实一些")
    gap = next(text for text in texts(before)["二（一）"] if "社区网格员已配备" in text)
    assert "480" not in gap
    after = drafter.reviser.add_fact(before, "社区网格员已配备512名")
    assert after.text.count("社区网格员已配备") == 1 and "社区网格员已配备512名" in after.text
    holds(after, drafter)


def test_a_change_is_reviewed_beside_the_sources(drafter: Drafter) -> None:
    """Copies and leaks are looked for after a change as after the first writing; without a corpus nothing is said of them."""
    before = draft_in(drafter)
    for after in (
        drafter.reviser.add_fact(before, "社区网格员已配备512名"),
        drafter.reviser.change(drafter.drafts.get(before.id), date="2026年4月8日"),
    ):
        assert after.review and after.review.scores.leakage is not None and after.review.scores.originality is not None
    alone = Reviser(drafter.settings, drafter.drafts).change(drafter.drafts.get(before.id), date="2026年4月9日")
    assert alone.review and alone.review.scores.leakage is None


@pytest.mark.parametrize("fact", ["", "。", "12345", "a" * 20, "甲" * 400])
def test_what_is_no_fact_is_refused(fact: str, drafter: Drafter) -> None:
    with pytest.raises(BriefError):
        drafter.reviser.add_fact(draft_in(drafter), fact)


def test_another_day_changes_the_forms_that_depend_on_it(drafter: Drafter) -> None:
    before = draft_in(drafter)
    asked = len(drafter.model.asked)  # type: ignore[attr-defined]
    after = drafter.reviser.change(before, date="2026年4月8日", speaker="市长")
    assert after.text == before.text.replace("2026年3月5日", "2026年4月8日") and "（2026年4月8日）" in after.text
    assert (after.brief.date, after.brief.speaker) == ("2026年4月8日", "市长")
    assert len(drafter.model.asked) == asked  # type: ignore[attr-defined]
    holds(after, drafter)


def test_a_fact_keeps_its_own_date(drafter: Drafter) -> None:
    before = drafter.reviser.add_fact(draft_in(drafter), "网格化管理平台于2026年3月5日上线")
    after = drafter.reviser.change(before, date="2026年4月8日")
    assert "网格化管理平台于2026年3月5日上线" in after.text and "（2026年4月8日）" in after.text
    holds(after, drafter)


@pytest.mark.parametrize("length", [650, 700, 1300, 2000])
def test_another_length_keeps_the_structure(length: int, drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, sentences_of)
    after = drafter.reviser.change(before, length=length)
    assert abs(characters(after.text) - length) <= 0.1 * length and after.brief.length == length
    assert after.speech is not None and before.speech is not None
    assert after.speech.headings() == before.speech.headings() and "讲三点意见。" in after.text
    assert "刚才，××同志通报了有关情况" in after.text
    for old, new in zip(before.paragraphs, after.paragraphs, strict=True):
        own = old.text.removesuffix("下面，我讲三点意见。")
        assert new.text.removeprefix("一").startswith(own[:12].removeprefix("一"))  # one item alone is not counted
    holds(after, drafter)


def test_a_length_that_the_structure_does_not_allow_is_refused(drafter: Drafter) -> None:
    before = draft_in(drafter)
    says(drafter, "")
    for length in (300, 20_000):
        with pytest.raises(DraftError, match="原稿未动"):
            drafter.reviser.change(before, length=length)
    assert drafter.drafts.get(before.id).text == before.text
    with pytest.raises(BriefError, match="300—20000"):
        drafter.reviser.change(before, length=5)
    with pytest.raises(DraftError, match="可调整"):
        drafter.reviser.change(before)


def test_changes_are_taken_back_one_after_another(drafter: Drafter) -> None:
    first = draft_in(drafter)
    second = drafter.reviser.add_fact(first, "红色物业示范小区达到210个")
    third = drafter.reviser.change(second, speaker="市长")
    back = drafter.reviser.take_back(third)
    assert (back.text, back.brief) == (second.text, second.brief)
    back = drafter.reviser.take_back(back)
    assert (back.text, back.brief) == (first.text, first.brief)
    with pytest.raises(DraftError, match="已经是初稿"):
        drafter.reviser.take_back(back)
    forward = drafter.reviser.take_back(back, 3)
    assert forward.text == third.text and forward.brief.speaker == "市长"
    assert drafter.reviser.take_back(forward).text == second.text
    with pytest.raises(DraftError, match="没有第 99 稿"):
        drafter.reviser.take_back(drafter.drafts.get(first.id), 99)
    reasons = [(one.why, one.of) for one in drafter.drafts.revisions(first.id)]
    assert reasons[:2] == [(Why.FIRST, None), (Why.FACT_ADDED, None)] and reasons[3] == (Why.TAKEN_BACK, 2)


def test_revisions_are_compared_paragraph_by_paragraph(drafter: Drafter) -> None:
    before = draft_in(drafter)
    after = drafter.reviser.add_fact(before, "红色物业示范小区达到210个")
    (change,) = compare(before, after)
    assert (change.kind, change.path) == (Kind.CHANGED, "二（二）")
    assert "".join(piece.text for piece in change.pieces if piece.kind != Kind.ADDED) == change.before
    assert "".join(piece.text for piece in change.pieces if piece.kind != Kind.REMOVED) == change.after
    assert "红色物业示范小区达到210个" in "".join(piece.text for piece in change.pieces if piece.kind == Kind.ADDED)
    assert compare(before, before) == ()
    one, two = drafter.drafts.revisions(before.id)
    assert compare(one, two) == (change,)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.COMPLETED])
def test_an_unfinished_draft_is_not_changed(status: Status, drafter: Drafter) -> None:
    draft = draft_in(drafter).model_copy(update={"status": status})
    changes: list[Callable[[], object]] = [
        lambda: drafter.reviser.rewrite(draft, "二", "压缩一半"),
        lambda: drafter.reviser.add_fact(draft, "红色物业示范小区达到210个"),
        lambda: drafter.reviser.change(draft, speaker="市长"),
        lambda: drafter.reviser.fill(draft, {"p1": "3月5日"}),
    ]
    for change in changes:
        with pytest.raises(DraftError, match="resume"):
            change()


OTHERS = [BRIEF.model_copy(update={"genre": one, "length": 800}) for one in (Genre.EXCHANGE, Genre.ADDRESS, Genre.SUMMARY)]


@pytest.mark.parametrize("brief", OTHERS, ids=lambda brief: str(brief.genre))
def test_other_genres_are_changed_too(brief: SpeechBrief, begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    *_, last = drafter.run(drafter.begin(brief))
    assert isinstance(last, Finished)
    draft = drafter.reviser.add_fact(last.draft, "红色物业示范小区达到210个")
    holds(draft, drafter)
    path = next((p.path for p in draft.paragraphs if p.path not in ("开头", "结尾")), "开头")
    holds(drafter.reviser.rewrite(draft, path, "再充实一些"), drafter)


@pytest.mark.parametrize(
    ("instruction", "subjects"),
    [
        ("再充实一些，说清谁来做", ()),
        ("说清谁来做、怎么管", ()),
        ("说清怎么样算好", ()),
        ("突出物业进驻怎么抓", ("物业进驻",)),
        ("讲清谁来负责物业进驻", ("物业进驻",)),
        ("突出网格长职责", ("网格长职责",)),
    ],
)
def test_a_question_that_the_text_is_to_answer_need_not_stand_in_it(instruction: str, subjects: tuple[str, ...]) -> None:
    assert demand(instruction, BRIEF).subjects == subjects
