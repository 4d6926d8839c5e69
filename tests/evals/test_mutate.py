"""The mutation harness: damage is done as it says, and what the checks make of it is counted rightly. A slice; the whole is evals.mutate."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evals import good as goods
from evals.checks import CHECKS, CheckScore
from evals.damage import KINDS, Anatomy, Damaged, Kind
from evals.good import GoodText, good_texts, spoken_on
from evals.mutate import all_trials, fall, judged, rows, table
from speech import specifics
from speech.finding import Finding, Severity
from speech.parse import parse
from speech.specifics import Specific

TEXTS = good_texts()
ANATOMIES = {text.name: Anatomy(text) for text in TEXTS}
SLICE = [text for text in TEXTS if text.name.startswith(("01-", "grid-3"))]


def damage(kind: Kind, good: GoodText, seed: int = 1) -> Damaged | None:
    return kind.damage(ANATOMIES[good.name], random.Random(seed))


def test_good_texts_are_enough_and_keep_what_their_briefs_tell() -> None:
    assert len(TEXTS) >= 20
    assert {text.origin for text in TEXTS} == {"sample", "draft"}
    for text in TEXTS:
        assert all(claim.supported for claim in specifics.check(text.text, text.brief))
        assert text.text not in text.sources


def test_kinds_are_named_once_and_aim_at_checks_that_there_are() -> None:
    assert len(KINDS) >= 16
    assert len({kind.name for kind in KINDS}) == len({kind.title for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert kind.aims in CHECKS and kind.also <= CHECKS.keys() and kind.aims not in kind.also
        assert kind.margin > 0 and kind.rules


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_same_seed_does_the_same_damage_and_damage_changes_something(kind: Kind) -> None:
    done = [(damage(kind, text), damage(kind, text)) for text in TEXTS]
    assert all(one == other for one, other in done)
    changed = [
        one for (one, _), text in zip(done, TEXTS, strict=True) if one and (one.text != text.text or one.fill_in is not None)
    ]
    assert len(changed) == sum(one is not None for one, _ in done)
    assert len(changed) >= 8


def test_a_slice_of_the_trials_is_caught_by_the_checks_that_are_meant() -> None:
    done = [trial for of_text in all_trials(SLICE, KINDS, seed=1) for trial in of_text]
    assert {trial.kind.name for trial in done} == {kind.name for kind in KINDS}
    missed = [(trial.kind.name, trial.text.name) for trial in done if not trial.caught]
    alarms = [(trial.kind.name, trial.text.name) for trial in done if trial.alarm]
    assert (missed, alarms) == ([], [])
    others = sum(len(CHECKS) - 1 - len(trial.kind.also) for trial in done)
    assert sum(len(trial.collateral) for trial in done) <= 0.01 * others


@pytest.fixture
def good() -> GoodText:
    return SLICE[0]


def scores(**changed: tuple[float | None, tuple[str, ...]]) -> dict[str, CheckScore]:
    def found(rule: str) -> Finding:
        return Finding(rule=rule, severity=Severity.ERROR, start=0, end=0, text="", message="")

    given = {name: changed.get(name, (100.0, ())) for name in CHECKS}
    return {name: CheckScore(name, score, tuple(map(found, rules))) for name, (score, rules) in given.items()}


KIND = Kind("test", "试", "coverage", 2, ("grounding.",), lambda anatomy, chance: None, frozenset({"facts"}))


def test_a_fall_without_its_reason_and_a_reason_without_a_fall_are_not_caught(good: GoodText) -> None:
    whole = scores()
    assert judged(KIND, good, whole, scores(coverage=(90.0, ("grounding.count",)))).caught
    assert not judged(KIND, good, whole, scores(coverage=(90.0, ("other.rule",)))).caught
    assert not judged(KIND, good, whole, scores(coverage=(99.0, ("grounding.count",)))).caught
    assert not judged(KIND, good, whole, whole).caught
    said_before = scores(coverage=(98.0, ("grounding.count",)))
    alarmed = judged(KIND, good, said_before, scores(coverage=(90.0, ("grounding.count",))))
    assert alarmed.alarm and not alarmed.caught


def test_collateral_is_what_fell_without_being_meant(good: GoodText) -> None:
    after = scores(coverage=(90.0, ("grounding.count",)), facts=(50.0, ()), length=(90.0, ()), noise=(98.0, ()), style=(None, ()))
    trial = judged(KIND, good, scores(), after)
    assert trial.collateral == ("length",)
    assert fall(scores()["style"], after["style"]) == 0


def test_rows_count_shares_and_the_table_shows_them(good: GoodText) -> None:
    kind = replace(KINDS[0], also=frozenset())
    caught = judged(kind, good, scores(), scores(coverage=(90.0, ("grounding.count",))))
    missed = judged(kind, good, scores(), scores(length=(50.0, ())))
    (row,) = rows([caught, missed])
    assert (row.trials, row.caught, row.alarms, row.hit) == (2, 0.5, 0, ("length",))
    assert row.collateral == pytest.approx(1 / (2 * (len(CHECKS) - 1)))
    assert not row.good
    assert table([row], 1).row_count == 1


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("figure", lambda before, after: len(before) == len(after) and wrong(after) == 1),
        ("unmasked", lambda before, after: wrong(after) == 1),
        ("planted-place", lambda before, after: wrong(after) == 1),
        ("overmasked", lambda before, after: wrong(after) == 0),
    ],
)
def test_damage_is_what_it_says(name: str, truth: Callable[[list[Specific], list[Specific]], bool]) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    for good in SLICE:
        done = damage(kind, good)
        if done:
            assert truth(specifics.check(good.text, good.brief), specifics.check(done.text, good.brief))


def wrong(claims: list[Specific]) -> int:
    return sum(not claim.supported for claim in claims)


def test_seeds_differ() -> None:
    kind = next(kind for kind in KINDS if kind.name == "planted-figure")
    assert len({damage(kind, SLICE[0], seed) for seed in range(5)}) > 1


YEARLY = """各位代表：
现在，我代表{city}人民政府向大会报告工作，请予审议。
一、2031年工作回顾
一年来，{city}新修水渠{canals}公里，{told}
二、2032年工作安排
今年要把渠管好，把路修通，让{city}的豆子卖得出去。“{name}”要办到每个村。
各位代表，让我们努力奋斗！
"""
OTHERS = (
    "东边的山地种了茶，采茶的人多起来了，茶厂夜里也亮着灯，运茶的车排到了镇口。",
    "西边的河滩退了耕，芦苇长得比人高，白鹭秋天落满了滩，看鸟的客人住进了农家。",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for city, told in (("洛阳市", OTHERS[0]), ("宜昌市", OTHERS[1]), ("襄阳市", OTHERS[1])):
        text = YEARLY.format(city=city, canals=len(told), told=told, name="泥土味")
        (tmp_path / f"{city}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def reports(folder: Path) -> dict[str, GoodText]:
    return {text.name: text for text in good_texts(folder) if text.origin == "report"}


def test_a_report_is_spoken_in_its_own_year_and_held_against_other_texts_than_its_double(folder: Path) -> None:
    found = reports(folder)
    assert {text.today for text in found.values()} == {date(2032, 2, 1)}
    assert all(text.style is None and text.brief.place for text in found.values())
    assert all("洛阳市" in source for source in found["宜昌市.txt"].sources)
    assert len(found["洛阳市.txt"].sources) == 2


def test_the_city_of_a_report_and_what_it_sets_in_quotation_marks_are_told(folder: Path) -> None:
    text = reports(folder)["洛阳市.txt"]
    assert "洛阳市" in text.text and "“泥土味”" in text.brief.told()["notes"]
    assert all(claim.supported for claim in specifics.check(text.text, text.brief))


def test_a_remark_that_is_known_to_be_right_is_no_alarm(folder: Path, good: GoodText, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256((folder / "洛阳市.txt").read_bytes()).hexdigest()
    monkeypatch.setattr(goods, "_known", lambda: {digest: ("grounding.count",)})
    assert [text.remarks for text in reports(folder).values()].count(("grounding.count",)) == 1
    said = scores(coverage=(98.0, ("grounding.count",)))
    assert judged(KIND, good, said, said).alarm
    assert not judged(KIND, replace(good, remarks=("grounding.count",)), said, said).alarm
    twice = scores(coverage=(98.0, ("grounding.count", "grounding.count")))
    assert judged(KIND, replace(good, remarks=("grounding.count",)), twice, twice).alarm


def test_what_is_less_grave_than_a_kind_asks_for_is_no_alarm_and_no_catch(good: GoodText) -> None:
    said = scores(coverage=(90.0, ("grounding.count",)))
    hint = {
        name: replace(one, findings=tuple(f.model_copy(update={"severity": Severity.INFO}) for f in one.findings))
        for name, one in said.items()
    }
    grave = replace(KIND, least=Severity.WARNING)
    assert judged(KIND, good, hint, hint).alarm and not judged(grave, good, hint, hint).alarm
    assert judged(KIND, good, scores(), hint).caught and not judged(grave, good, scores(), hint).caught


@pytest.mark.parametrize(
    ("headings", "day"),
    [
        (("2031年工作回顾", "2032年工作安排"), date(2032, 2, 1)),
        (("2031年工作回顾", "下一步打算"), date(2032, 2, 1)),
        (("今后的打算", "政府自身建设"), goods.TODAY),
    ],
)
def test_the_year_of_a_report_stands_in_its_headings(headings: tuple[str, str], day: date) -> None:
    text = f"各位代表：\n现在，我代表市人民政府向大会报告工作，请予审议。\n一、{headings[0]}\n渠都通了。\n二、{headings[1]}\n路要修好。\n"
    assert spoken_on(parse(text)) == day


def test_many_facts_are_told_whole(folder: Path) -> None:
    told = "".join(f"{place}新修水渠{number}公里。" for number, place in enumerate("东西南北中" * 60, 101))
    text = YEARLY.format(city="洛阳市", canals=36, told=told, name="泥土味")
    (folder / "洛阳市.txt").write_text(text, encoding="utf-8")
    brief = reports(folder)["洛阳市.txt"].brief
    assert len(brief.facts) <= 100
    assert all(piece in text for fact in brief.facts for piece in fact.split("；"))
    assert len("".join(brief.facts)) > 2000
