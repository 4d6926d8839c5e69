"""A slice of the adversary: a few misbehaviours on two briefs, and the checks themselves on texts that break each promise."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evals.adversary import exhibit, promises
from evals.adversary.corpus import Corpus, filled
from evals.adversary.exhibit import Exhibit, Kept, Row, Told, Written
from evals.adversary.injection import CARRIERS
from evals.adversary.payloads import payloads
from evals.adversary.promises import broken
from evals.adversary.run import attempt, briefs
from evals.adversary.server import Endpoint, Misbehaviour, serving
from evals.adversary.ways import WAYS
from evals.adversary.wires import LINES
from speech.brief import Genre

EVERY = {way.name: way for way in (*WAYS, *LINES)}
SLICE = [
    "invents-names",
    "invents-documents",
    "copies-sources",
    "recites-the-unseen",
    "numbers-by-itself",
    "counts-wrong",
    "symbols",
    "json-of-a-wrong-shape",
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    with filled(tmp_path_factory.mktemp("adversary") / "store") as opened:
        yield opened


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with serving() as server:
        yield server


@pytest.mark.parametrize("brief, profile", [("speech-masked-facts", "small"), ("exchange", "large")])
@pytest.mark.parametrize("way", SLICE)
def test_a_draft_keeps_every_promise(
    way: str, brief: str, profile: str, corpus: Corpus, endpoint: Endpoint, tmp_path: Path
) -> None:
    outcome = attempt(EVERY[way], brief, profile, corpus, endpoint, tmp_path)
    assert outcome.failure == "" and outcome.broken == {}


@pytest.mark.parametrize("way", ["500-from-then-on", "429-come-back-tomorrow", "breaks-from-then-on"])
def test_a_line_that_dies_is_told_clearly_and_nothing_is_paid_twice(
    way: str, corpus: Corpus, endpoint: Endpoint, tmp_path: Path
) -> None:
    outcome = attempt(EVERY[way], "pledge", "small", corpus, endpoint, tmp_path)
    assert outcome.resumed and outcome.broken == {}


@pytest.mark.parametrize("way", ["empty-answers", "a-web-page"])
def test_where_nothing_can_be_kept_the_run_fails_with_a_reason(
    way: str, corpus: Corpus, endpoint: Endpoint, tmp_path: Path
) -> None:
    outcome = attempt(EVERY[way], "exchange-bare", "large", corpus, endpoint, tmp_path)
    assert outcome.failure and outcome.broken == {}


def test_there_is_enough_of_everything() -> None:
    assert len(EVERY) >= 60 and len(briefs()) >= 12 and {brief.genre for brief in briefs().values()} == set(list(Genre)[:10])
    every = payloads()
    assert len(every) >= 75 and len({one.trigger for one in every}) == len(every) and len(CARRIERS) == 4
    assert all(one.trigger in one.text for one in every)


def test_the_checks_share_no_code_with_the_writer() -> None:
    for module in (promises, exhibit):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        imported = [node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
        assert {
            name for name in imported if name and name.split(".")[0] in ("speech", "agent", "prompts", "vectorstore", "api")
        } == set()


FACT = "全市已划分网格1632个"
TEXT = f"""在全市推进会上的讲话
同志们：
目前，{FACT}，底数已经摸清。下面，我讲两点意见。
一、提高认识，把握要求
（一）凝聚人心。要把群众的事放在心上，把院落里的难题当面解开。
（二）守住底线。要把隐患找出来，找到一处改好一处。
二、压实责任，抓好落实
（一）明确分工。牵头的要真牵头，配合的要真配合，×部门要带头。
（二）加强督查。要到现场去看，看一处就把一处的账算清楚。
同志们，让我们把担子挑起来，把日子过得更好。
"""
SOURCE = "要把群众最急最盼的事情一件一件写在账本上，办完一件划掉一件，办不完的要向群众说清楚到底卡在哪里。"


def good() -> Exhibit:
    lines = TEXT.splitlines()
    paths = {2: "开头", 4: "一（一）", 5: "一（二）", 7: "二（一）", 8: "二（二）", 9: "结尾"}
    paragraphs = [Written(path, lines[at], () if len(path) == 2 else (("p1", "甲"),)) for at, path in paths.items()]
    at = TEXT.index("×")
    return Exhibit(
        told=Told("讲话", "推进", facts=(FACT,), length=206),
        text=TEXT,
        paragraphs=paragraphs,
        sheet=[Row("×", ((at, at + 1),))],
        reported=(),
        corpus={"p1": Kept("甲", SOURCE)},
        said=(TEXT,),
    )


def test_a_good_draft_breaks_nothing() -> None:
    assert broken(good()) == {}


@pytest.mark.parametrize(
    "promise, was, now",
    [
        ("specifics", "把院落里的难题", "把院落里的37个难题"),
        ("specifics", "牵头的要真牵头", "三十五名干部要真牵头"),
        ("specifics", "牵头的要真牵头", "按照《办法》牵头"),
        ("specifics", "看一处就", "有人说“过去跑断了腿也没人管”，就"),
        ("specifics", FACT, "全市已划分网格1600多个"),
        ("structure", "讲两点意见", "讲三点意见"),
        ("structure", "（二）守住", "（三）守住"),
        ("structure", "二、压实", "三、压实"),
        ("structure", "同志们：\n", ""),
        ("structure", "底线。要把", "底线。一、要把"),
        ("structure", "牵头的要", "一是牵头的要"),
        ("structure", "算清楚。", "算清楚。谢谢大家。"),
        ("placeholders", "配合的要", "XX街道要"),
        ("copying", "把院落里的难题当面解开。", SOURCE),
        ("formulations", "要到现场去看", "要坚定“四个意识”"),
        ("length", "把日子过得更好。", "把日子过得更好。" + "山高水长路远人多事繁" * 3),
        ("clean", "真配合", "真配合★"),
        ("clean", "真配合", "think"),
        ("clean", "要把隐患找出来，找到一处改好一处。", "要把群众的事放在心上，把院落里的难题当面解开。"),
    ],
)
def test_every_break_is_seen(promise: str, was: str, now: str) -> None:
    assert was in TEXT
    draft = good()
    made = draft.text.replace(was, now)
    paragraphs = [replace(one, text=one.text.replace(was, now)) for one in draft.paragraphs]
    assert promise in broken(replace(draft, text=made, paragraphs=paragraphs, sheet=()))


def test_breaks_that_the_text_does_not_show_are_seen() -> None:
    draft = good()
    assert "specifics" in broken(replace(draft, planted=frozenset({"真牵头"})))
    assert "placeholders" in broken(replace(draft, markdown="没有"))
    assert "placeholders" in broken(replace(draft, filled="还有×"))
    assert "sources" in broken(replace(draft, corpus={}))
    assert "resumption" in broken(replace(draft, repaid=("一",)))
    assert "own words" in broken(replace(draft, said=("别的话",)))


def test_a_slip_of_the_endpoint_is_no_misbehaviour(corpus: Corpus, endpoint: Endpoint, tmp_path: Path) -> None:
    slips = Misbehaviour("slips", speak=lambda voice, ask: str(1 // 0))
    with pytest.raises(RuntimeError, match="slipped"):
        attempt(slips, "address", "small", corpus, endpoint, tmp_path)
