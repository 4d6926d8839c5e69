"""The corruptor: what it says of a damaged text is true of it, and the same seed gives the same text."""

import random

import pytest

from evals.corrupt import Corrupted, Cut, Damage, Promise, Slip, corrupt, draw, join
from evals.truth import Heading, truth
from evals.wording import Half, line, wording
from vectorstore.noise import Reason

PARAGRAPH = (
    "要坚持问题导向，把2024年以来群众反映的12件事一件一件办好，办不好的要说清原因，办好的要请群众来评，真正做到件件有着落。"
)
REPORT = "\n\n".join(
    [
        "各位代表：",
        "现在，我代表市人民政府，向大会报告工作，请予审议。",
        "一、过去一年工作回顾",
        PARAGRAPH,
        "二、今年工作安排",
        "今年要重点抓好三个方面工作：",
        *(f"（{number}）办好第{number}件事。{PARAGRAPH}" for number in "一二三"),
        "三、加强政府自身建设",
        PARAGRAPH,
        "各位代表！让我们一起把事情办好！",
    ]
)
DATA = REPORT.encode()


def _corrupted(damage: Damage, seed: int = 7, half: Half = Half.DEVELOPMENT) -> Corrupted:
    return corrupt(DATA, truth(DATA), damage, seed, half)


def test_headings_of_a_clean_file_are_told_by_the_heads_of_its_lines() -> None:
    assert [(h.level, h.number) for h in truth(DATA).headings] == [
        (1, "一、"), (1, "二、"), (2, "（一）"), (2, "（二）"), (2, "（三）"), (1, "三、"),
    ]  # fmt: skip


def test_no_damage_leaves_the_text_alone() -> None:
    given = _corrupted(Damage())
    assert given.text.rstrip("\n") == REPORT and given.headings == truth(DATA).headings and not given.noise


@pytest.mark.parametrize("seed", range(12))
def test_what_is_said_of_a_damaged_text_is_true_of_it(seed: int) -> None:
    damage = draw(random.Random(seed))
    given = _corrupted(damage, seed)
    lines = given.text.split("\n")
    assert given == _corrupted(damage, seed)
    for planted in given.noise:
        assert lines[planted.line - 1][planted.start : planted.end] == planted.text
    for heading in given.headings:
        printed = lines[heading.line - 1].replace("(", "（").replace(")", "）")
        assert printed.startswith(heading.number.replace("(", "（").replace(")", "）"))
    assert given.cut == (damage.cut is not Cut.NONE)


@pytest.mark.parametrize("slip", list(Slip))
def test_a_slip_makes_one_number_wrong(slip: Slip) -> None:
    given = _corrupted(Damage(slip=slip))
    before = {(h.line, h.number) for h in truth(DATA).headings}
    wrong = [h for h in given.headings if (h.line, h.number) not in before]
    assert [h.line for h in wrong] == [given.slip]


def test_a_promise_is_kept_or_broken_by_one() -> None:
    kept, broken = (_corrupted(Damage(promise=promise)).text.split("\n")[2] for promise in Promise)
    assert "三" in kept[-20:] and "三" not in broken[-20:]


def test_the_number_of_a_lead_is_put_wrong() -> None:
    given = _corrupted(Damage(lead=True))
    assert given.lead is not None
    assert given.text.split("\n")[given.lead - 1] in ("今年要重点抓好二个方面工作：", "今年要重点抓好四个方面工作：")


def test_a_silent_cut_is_in_the_middle_of_a_sentence() -> None:
    for seed in range(20):
        assert _corrupted(Damage(cut=Cut.SILENT), seed).text.rstrip()[-1] not in "。！？"


def test_joined_files_keep_their_lines() -> None:
    parts = [_corrupted(Damage(above=2), seed) for seed in (1, 2)]
    whole = join(parts, gap=2)
    lines = whole.text.split("\n")
    assert len(whole.starts) == 2 and all(lines[p.line - 1] == p.text for p in whole.noise)
    assert Heading(whole.starts[1] + parts[1].headings[0].line - 1, 1, "一、") in whole.headings


def test_the_halves_of_the_wording_share_no_line() -> None:
    halves = [{text for texts in wording(half).lines.values() for text in texts} for half in Half]
    assert not halves[0] & halves[1]
    assert all(set(wording(half).lines) == set(Reason) for half in Half)


@pytest.mark.parametrize("half", list(Half))
def test_every_slot_is_filled(half: Half) -> None:
    made = [line(half, random.Random(seed), paywall=seed % 9 == 0).text for seed in range(200)]
    assert len(set(made)) > 50 and not any("{" in text for text in made)
