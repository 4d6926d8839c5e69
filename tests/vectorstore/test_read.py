"""A file as it is understood."""

import json
from pathlib import Path

import pytest

from speech.brief import Genre
from speech.errors import FileRefused
from speech.placeholders import find
from tests.vectorstore.speeches import GRID, PROPERTY
from vectorstore.load import load_bytes
from vectorstore.read import Parsed, read, read_loaded

CORPUS = Path(__file__).parents[2] / "../shared/corpus"


def _read(text: str, name: str = "a.txt") -> Parsed:
    return read_loaded(load_bytes(name, text.encode()))


def test_a_speech_is_read_with_its_parts() -> None:
    parsed = _read(GRID)
    assert (parsed.title, parsed.genre, parsed.salutation) == ("在全市网格化管理工作推进会上的讲话", Genre.SPEECH, "同志们：")
    assert parsed.promised_points == 2
    assert [section.number for section in parsed.sections] == ["一、", "二、"]
    assert [section.number for section in parsed.sections[1].sections] == ["（一）", "（二）"]
    assert parsed.closing[0].startswith("同志们，")
    assert (parsed.truncated, parsed.noise, parsed.findings) == (False, (), ())


def test_half_width_marks_are_read_as_full_width_and_noise_is_told() -> None:
    parsed = _read("严禁外传\n\n" + PROPERTY.replace("，", ",").replace("：", ":"))
    assert parsed.salutation == "各位领导、同志们："
    assert [noise.reason.value for noise in parsed.noise] == ["watermark"]
    assert parsed.speech().sections == _read(PROPERTY).sections


def test_placeholders_count_in_the_text_given() -> None:
    parsed = _read("在会上的发言\n各位领导：\n全区有×个街道，**部长多次调研，投入×万元。\n")
    assert [parsed.text[p.start : p.end] for p in parsed.placeholders] == [p.mask for p in find(parsed.text)]
    assert len(parsed.placeholders) == 3


def test_a_broken_promise_and_a_gap_in_the_numbers_are_found() -> None:
    text = GRID.replace("讲两点意见", "讲三点意见").replace("（二）理顺", "（三）理顺")
    rules = {finding.rule for finding in _read(text).findings}
    assert {"promise.count", "numbering.gap"} <= rules
    assert {rule.split(".")[0] for rule in rules} <= {"promise", "numbering"}


def test_the_shape_is_that_of_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "网格.txt"
    path.write_bytes(GRID.encode("gb18030"))
    shape = json.loads(read(path).model_dump_json())
    assert shape["source"]["encoding"] == "gb18030"
    assert shape["source"]["name"] == "网格.txt"
    contract = (
        "source title genre salutation opening promised_points sections closing signature truncated noise placeholders findings"
    )
    assert set(contract.split()) <= set(shape)
    assert set(shape["sections"][0]) == {"level", "number", "heading", "run_in", "paragraphs", "sections"}


def test_a_refused_file_says_why(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="找不到"):
        read(tmp_path / "没有.txt")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_the_seeds_are_read_whole() -> None:
    seeds = [read(path) for path in sorted((CORPUS / "seeds").glob("*.txt"))]
    assert [seed.genre for seed in seeds] == [Genre.SPEECH, Genre.EXCHANGE, Genre.REPORT]
    assert [len(seed.sections) for seed in seeds] == [3, 9, 3]
    assert [seed.promised_points for seed in seeds] == [3, None, None]
    assert [seed.truncated for seed in seeds] == [False, False, True]
    assert seeds[2].salutation == "尊敬的**部长，各位领导，同志们："


LONG = "要坚持问题导向，把群众反映的事一件一件办好，办不好的说清原因，办好的请群众来评。"


@pytest.mark.parametrize(("word", "findings"), [("三", []), ("四", ["promise.inner"]), ("两", ["promise.inner"])])
def test_the_lead_of_a_section_promises_its_parts(word: str, findings: list[str]) -> None:
    parts = "\n".join(f"（{number}）办好第{number}件事。{LONG}" for number in "一二三")
    parsed = _read(
        f"在推进会上的讲话\n同志们：\n开会。\n一、形势\n{LONG}\n二、任务\n今年要抓好{word}个方面工作：\n{parts}\n同志们，干起来！\n"
    )
    assert [finding.rule for finding in parsed.findings] == findings


def test_an_arabic_number_in_the_place_of_a_chinese_one_is_raised_and_remarked_on() -> None:
    parsed = _read(f"在推进会上的讲话\n同志们：\n开会。\n一、形势\n{LONG}\n2、任务\n{LONG}\n三、保障\n{LONG}\n同志们，干起来！\n")
    assert [(section.level, section.number) for section in parsed.sections] == [(1, "一、"), (1, "2、"), (1, "三、")]
    assert [(finding.rule, finding.text) for finding in parsed.findings] == [("numbering.form", "2、")]


def test_a_list_of_arabic_numbers_is_no_row_of_parts() -> None:
    parsed = _read(
        f"在推进会上的讲话\n同志们：\n开会。\n一、形势\n1.看清。{LONG}\n2.看准。{LONG}\n二、任务\n{LONG}\n同志们，干起来！\n"
    )
    assert [len(section.sections) for section in parsed.sections] == [2, 0]


def test_a_masked_decimal_is_one_figure() -> None:
    parsed = _read("在推进会上的讲话\n同志们：\n优良天数比例升到××.×%，比去年多了××天.\n同志们，干起来！\n")
    assert [(gap.mask, gap.kind) for gap in parsed.placeholders] == [("××.×", "percent"), ("××", "count")]
    assert "××天。" in parsed.text
