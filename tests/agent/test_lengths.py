"""A draft comes to its length by a bounded number of calls, and each section to its share of it."""

from collections.abc import Sequence

import pytest

from agent.drafter import Finished
from agent.drafts import Draft
from agent.gather import gather
from agent.lengths import Lengths
from agent.mend import fit
from agent.models import LARGE, SMALL, ModelProfile
from agent.outline import Outline, plan
from prompts import Message
from speech.brief import Genre, SpeechBrief
from speech.document import characters
from speech.errors import ModelError
from tests.agent.conftest import Begin
from tests.scripted import ScriptedModel, sentence
from vectorstore.search import PassageSearch

BRIEF = SpeechBrief(
    topic="城市基层治理", occasion="全市城市基层治理推进会", length=1200, points=("网格化管理", "红色物业"), genre=Genre.SPEECH
)


def finished(begin: Begin, model: ScriptedModel) -> Draft:
    drafter = begin(model)
    *_, last = drafter.run(drafter.begin(BRIEF))
    assert isinstance(last, Finished)
    return last.draft


@pytest.fixture(scope="module")
def outline(search: PassageSearch) -> Outline:
    return plan(BRIEF, gather(BRIEF, search), ScriptedModel())


def clause(messages: Sequence[Message], turn: int) -> str:
    """A tenth of what is asked for, and something new each time."""
    return f"{sentence(turn).split('，')[0]}，{sentence(turn * 3 + 1).split('，')[1]}。"


@pytest.mark.parametrize("profile", [SMALL, LARGE], ids=["small", "large"])
def test_a_model_of_short_answers_comes_to_the_length(begin: Begin, profile: ModelProfile) -> None:
    draft = finished(begin, ScriptedModel(profile=profile, speak=clause))
    assert abs(characters(draft.text) - 1200) <= 120


@pytest.mark.parametrize("profile", [SMALL, LARGE], ids=["small", "large"])
def test_a_model_that_goes_on_with_no_lead_is_not_asked_by_it_for_ever(begin: Begin, profile: ModelProfile) -> None:
    model = ScriptedModel(profile=profile, speak=lambda _, turn: f"谢谢大家。{sentence(turn)}")
    draft = finished(begin, model)
    assert abs(characters(draft.text) - 1200) <= 120
    assert len(model.asked) < 240  # each lead of each part twice, then what brings something


def test_a_model_that_mostly_repeats_itself_is_given_up_in_time(begin: Begin) -> None:
    model = ScriptedModel(profile=SMALL, speak=lambda _, turn: sentence(turn if turn < 80 else 80 + turn // 20))
    drafter = begin(model)
    with pytest.raises(ModelError, match="只写出可用的"):
        list(drafter.run(drafter.begin(BRIEF.model_copy(update={"length": 4000}))))
    assert len(model.asked) < 700


def test_a_thin_section_lacks_even_where_the_whole_is_long_enough(outline: Outline) -> None:
    parts = list(outline.parts())
    even = ["要把事办好。" * (part.length // 6) for part in parts]
    assert not any(Lengths(outline, even).lacking(n) for n in range(1, len(parts) - 1))
    thin = [
        text[:24] if part.path.startswith("二") else text + "要把事办好。" * 30 for part, text in zip(parts, even, strict=True)
    ]
    lengths = Lengths(outline, thin)
    assert lengths.written > lengths.target
    lacking = {parts[n].path[0] for n in range(1, len(parts) - 1) if lengths.lacking(n)}
    assert lacking == {"二"} and lengths.missing() > 100


def test_a_whole_that_is_short_lacks_everywhere_but_no_section_takes_it_all(outline: Outline) -> None:
    parts = list(outline.parts())
    lengths = Lengths(outline, ["要把事办好。" * (part.length // 12) for part in parts])
    short = lengths.target - lengths.written
    lacking = [lengths.lacking(n) for n in range(1, len(parts) - 1)]
    assert all(0 < lack <= short for lack in lacking) and min(lacking) < short
    for section in outline.sections:
        whole = sum(part.length for part in section.parts)
        written = sum(characters(text) for part, text in zip(parts, lengths.texts, strict=True) if part in section.parts)
        assert written + lengths.lacking(parts.index(section.parts[0])) <= 1.6 * whole + 1


FACT = "全市已划分网格1632个"


def test_whole_sentences_go_first_and_from_the_longest() -> None:
    long, short = "要摸清底数，建好台账。要公开结果，接受监督。要定期回访，补上短板。", "要守住底线，把好关口。"
    assert fit([long, short], characters(long + short) - 11) == ["要摸清底数，建好台账。要公开结果，接受监督。", short]


def test_where_no_sentence_can_go_the_last_clauses_do() -> None:
    only = "要把楼栋底数摸清楚，把议事阵地建起来，把收支账目晒出来，让群众少跑路。"
    assert fit([only], characters(only) - 6) == ["要把楼栋底数摸清楚，把议事阵地建起来，把收支账目晒出来。"]
    assert fit([only], 8) == ["要把楼栋底数摸清楚，把议事阵地建起来。"]  # two clauses stay


def test_a_fact_and_half_a_quotation_are_not_cut_off() -> None:
    told = f"要把楼栋底数摸清楚，把议事阵地建起来，目前{FACT}。"
    assert fit([told], 10, (FACT,)) == [told]
    quoted = "要把楼栋底数摸清楚，真正做到“民有所呼，我有所应，件件有着落”。"
    assert fit([quoted], 10) == [quoted]
