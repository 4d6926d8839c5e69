"""Passages follow the structure and never break a sentence."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.document import characters
from tests.vectorstore.speeches import GRID, PROPERTY
from vectorstore.load import load_bytes
from vectorstore.passages import LONGEST, SHORTEST, Passage, Role, cut, document_id, split
from vectorstore.read import read, read_loaded

CORPUS = Path(__file__).parents[2] / "../shared/corpus"


def _cut(text: str) -> list[Passage]:
    return cut(read_loaded(load_bytes("a.txt", text.encode())))


def test_each_part_gives_its_role_and_place() -> None:
    passages = _cut(GRID)
    assert [(p.role, p.path) for p in passages] == [
        (Role.OPENING, "开头"),
        (Role.MEASURE, "一"),
        (Role.MEASURE, "二（一）"),
        (Role.CLOSING, "结尾"),
    ]
    # Each of the two short parts of 二 is no passage of its own.
    assert passages[2].heading == "配强队伍"
    assert "（二）理顺流程。要建立" in passages[2].text
    assert [p.position for p in passages] == [0, 1, 2, 3]


def test_ids_depend_on_the_bytes_and_the_position_alone() -> None:
    first, again, other = _cut(GRID), _cut(GRID), _cut(GRID + "\n")
    assert [p.id for p in first] == [p.id for p in again]
    assert len({p.id for p in first + other}) == len(first) + len(other)
    assert first[0].document == document_id(load_bytes("b.txt", GRID.encode()).sha256)


def test_a_lead_is_told_from_the_measures_under_it() -> None:
    lead = "做好这项工作，要处理好几个关系，既要尽力而为，又要量力而行；既要抓当前，又要谋长远，把各项任务一步一步落到实处，让群众看得见、摸得着、感受得到，真正从中得到实惠，切实增强信心。"
    passages = _cut(GRID.replace("二、突出重点，把网格做实做细\n", f"二、突出重点，把网格做实做细\n\n{lead}\n"))
    assert [(p.role, p.text) for p in passages if p.path == "二"] == [(Role.LEAD, lead)]


def test_a_point_stays_with_what_it_announces() -> None:
    point = "要进村入户，掌握实情，逐项登记，分类解决，定期回访，确保事事有回音。" * 4
    text = "".join(f"{number}是抓好走访。{point}" for number in "一二三四")
    pieces = split(text)
    assert len(pieces) > 1
    assert all(piece.startswith(tuple("一二三四")) and piece.endswith("。") for piece in pieces)


def test_an_endless_sentence_is_still_bounded() -> None:
    assert max(map(characters, split("党建引领，" * 1_000))) <= LONGEST
    assert max(map(characters, split("党" * 5_000))) <= LONGEST


@given(st.lists(st.integers(2, 200), min_size=1, max_size=40), st.sampled_from("。！？"))
def test_pieces_are_whole_sentences_and_lose_nothing(lengths: list[int], mark: str) -> None:
    sentences = ["党" * length + mark for length in lengths]
    pieces = split("".join(sentences))
    assert "".join(pieces) == "".join(sentences)
    assert all(piece.endswith(mark) for piece in pieces)
    assert all(characters(piece) <= LONGEST for piece in pieces)
    if sum(map(len, sentences)) >= 4 * LONGEST:
        assert all(characters(piece) >= SHORTEST for piece in pieces)


@given(st.text("党建一二是。！，；“”\n 、", max_size=600))
def test_any_text_is_cut_without_loss(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("speech", [GRID, PROPERTY])
def test_every_paragraph_is_in_a_passage(speech: str) -> None:
    parsed = read_loaded(load_bytes("a.txt", speech.encode()))
    whole = "".join("".join(p.text.split()) for p in cut(parsed))
    assert all("".join(paragraph.text.split()) in whole for paragraph in parsed.speech().paragraphs())


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_reports_give_passages_of_the_size_asked_for() -> None:
    passages = [p for path in sorted((CORPUS / "reports").glob("*.txt"))[:12] for p in cut(read(path))]
    body = [p for p in passages if p.role in (Role.LEAD, Role.MEASURE)]
    fitting = [p for p in body if SHORTEST <= characters(p.text) <= LONGEST]
    assert len(fitting) >= 0.99 * len(body)
    assert all(re.search(r"[。！？：…；][”’）》]*$|[）]$", p.text) for p in passages)
