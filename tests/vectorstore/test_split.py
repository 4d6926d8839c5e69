"""Several speeches in one file, and one speech that only looks like several."""

import pytest

from tests.vectorstore.speeches import GRID, PROPERTY
from vectorstore.load import load_bytes
from vectorstore.passages import cut
from vectorstore.read import read_loaded
from vectorstore.split import speeches

REPORT = (
    "各位代表：\n现在，我代表市人民政府向大会报告工作，请予审议。\n一、回顾\n"
    + "去年的工作都办成了，办成的都算数。" * 20
    + "\n二、安排\n"
)
REPORT += "今年的工作要接着办，办一件成一件。" * 20 + "\n各位代表！让我们一起努力奋斗！\n"


@pytest.mark.parametrize("gap", ["", "\n\n\n", "\n— 3 —\n\n"])
@pytest.mark.parametrize(
    "texts", [(GRID, PROPERTY), (PROPERTY, GRID), (GRID, PROPERTY, REPORT), (REPORT, REPORT), (REPORT, GRID)]
)
def test_each_speech_by_itself(texts: tuple[str, ...], gap: str) -> None:
    parts = speeches(gap.join(texts))
    assert [part.text.strip("\n").split("\n")[0] for part in parts] == [text.split("\n")[0] for text in texts]
    assert "\n".join(part.text for part in parts) == gap.join(texts)


def test_a_part_knows_its_line_in_the_file() -> None:
    text = f"{GRID}\n{PROPERTY}"
    second = speeches(text)[1]
    assert text.split("\n")[second.line - 1] == "在红色物业建设现场会上的交流发言"


@pytest.mark.parametrize(
    "inside",
    [
        "同志们！抓落实要有韧劲。",
        "各位代表！过去一年的成绩来之不易。",
        "在全市网格化管理工作推进会上的讲话",  # the running title of a page
        "上一篇：在红色物业建设现场会上的交流发言",
        "在红色物业建设现场会上的交流发言",  # a link: no text follows it
        "三、认真准备领导讲话",
    ],
)
def test_one_speech_stays_whole(inside: str) -> None:
    paragraphs = GRID.split("\n\n")
    whole = "\n\n".join([*paragraphs[:-2], inside, *paragraphs[-2:]])
    assert len(speeches(whole)) == 1


def test_numbers_that_go_on_after_an_address_are_of_the_same_speech() -> None:
    long = "要把这件事办好，办不好的说清原因，办好了请群众来评，件件有着落。" * 8
    text = f"在推进会上的讲话\n同志们：\n开会。\n一、抓认识\n{long}\n同志们：\n{long}\n二、抓落实\n{long}\n"
    assert len(speeches(text)) == 1


def test_a_file_is_read_as_the_first_speech_and_those_joined_to_it() -> None:
    parsed = read_loaded(load_bytes("a.txt", f"{GRID}\n客服微信：abcd12345\n{PROPERTY}".encode()))
    assert [part.title for part in (parsed, *parsed.joined)] == [GRID.split("\n")[0], PROPERTY.split("\n")[0]]
    assert parsed.joined[0].line == GRID.count("\n") + 3 and parsed.joined[0].source == parsed.source
    assert [noise.line for noise in parsed.noise] == [GRID.count("\n") + 2]


def test_passages_of_all_the_speeches_are_cut_each_under_its_title() -> None:
    passages = cut(read_loaded(load_bytes("a.txt", f"{GRID}\n{PROPERTY}".encode())))
    assert {passage.title for passage in passages} == {GRID.split("\n")[0], PROPERTY.split("\n")[0]}
    assert [passage.position for passage in passages] == list(range(len(passages)))
    assert len({passage.id for passage in passages}) == len(passages)
