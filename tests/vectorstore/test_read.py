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
