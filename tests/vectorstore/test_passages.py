"""Passages follow the structure and never break a sentence."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.brief import Genre
from tests.vectorstore.speeches import GRID, PROPERTY
from vectorstore.embed import LocalEmbedder
from vectorstore.ingest import samples
from vectorstore.load import load_bytes
from vectorstore.passages import BODY, LONGEST, SHORTEST, WINDOW, Passage, Role, cut, document_id, split, tokens_at_most
from vectorstore.read import read, read_loaded
from vectorstore.roles import role_of

CORPUS = Path(__file__).parents[2] / "../shared/corpus"


def _cut(text: str) -> list[Passage]:
    return cut(read_loaded(load_bytes("a.txt", text.encode())))


def test_each_part_gives_its_role_and_place() -> None:
    passages = _cut(GRID)
    assert [(p.role, p.path) for p in passages] == [
        (Role.OPENING, "开头"),
        (Role.ARGUMENT, "一"),
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
    assert max(map(tokens_at_most, split("党建引领，" * 1_000))) <= LONGEST
    assert max(map(tokens_at_most, split("党" * 5_000))) <= LONGEST


@given(st.lists(st.integers(2, 200), min_size=1, max_size=40), st.sampled_from("。！？"))
def test_pieces_are_whole_sentences_and_lose_nothing(lengths: list[int], mark: str) -> None:
    sentences = ["党" * length + mark for length in lengths]
    pieces = split("".join(sentences))
    assert "".join(pieces) == "".join(sentences)
    assert all(piece.endswith(mark) for piece in pieces)
    assert all(tokens_at_most(piece) <= LONGEST for piece in pieces)
    if tokens_at_most("".join(sentences)) >= 4 * LONGEST:
        assert all(tokens_at_most(piece) >= SHORTEST for piece in pieces)


@given(st.text("党建一二是。！，；“”\n 、", max_size=600))
def test_any_text_is_cut_without_loss(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("speech", [GRID, PROPERTY])
def test_every_paragraph_is_in_a_passage(speech: str) -> None:
    parsed = read_loaded(load_bytes("a.txt", speech.encode()))
    whole = "".join("".join(p.text.split()) for p in cut(parsed))
    assert all("".join(paragraph.text.split()) in whole for paragraph in parsed.speech().paragraphs())


def test_neighbours_and_place_are_known() -> None:
    passages = _cut(GRID)
    assert [p.previous for p in passages] == [None, *(p.id for p in passages[:-1])]
    assert [p.next for p in passages] == [*(p.id for p in passages[1:]), None]
    assert [p.part for p in passages] == ["", "看清形势，把网格化管理摆到突出位置", "突出重点，把网格做实做细", ""]
    assert [p.run_in for p in _cut(PROPERTY)] == [False, True, True, False]


def test_rhetoric_is_counted() -> None:
    listed = "服务沉到楼栋。一是公开标准。收费事项逐条上墙。二是收集意见。每周一次，当面记下。三是限时回应。小事不出当天。"
    passages = _cut(PROPERTY.replace("服务沉到楼栋。", listed))
    assert [(p.enumerator, p.points) for p in passages if p.path == "二"] == [("一是", 3)]
    # 组织建在小区 and 服务沉到楼栋 are of one length.
    assert {p.parallel for p in passages if p.path in ("一", "二")} == {2}
    assert {p.parallel for p in _cut(GRID) if p.path == "一"} == {0}


def test_the_era_of_a_document_is_that_of_its_passages() -> None:
    dated = GRID.replace("同志们，网格虽小", "要学习贯彻党的十九大精神。\n\n同志们，网格虽小")
    assert {(p.since, p.until) for p in _cut(dated)} == {(2017, 2022)}
    signed = _cut(GRID.replace("讲话\n", "讲话\n\n（2018年5月6日）\n", 1))
    assert {(p.era.since, p.era.until) for p in signed} == {(2018, 2018)}


@pytest.mark.parametrize(
    ("part", "text", "role"),
    [
        ("提高认识，把握基层治理的重要意义", "基层治理关系长远。", Role.ARGUMENT),
        ("正视问题，看到工作中的差距", "有的地方还很薄弱。", Role.PROBLEM),
        ("存在的主要问题", "一些干部本领不强。", Role.PROBLEM),
        ("突出重点，解决群众反映的问题", "要逐项排查，必须限时整改。", Role.MEASURE),
        ("强化保障，凝聚工作合力", "要带头落实。", Role.SAFEGUARD),
        ("过去一年工作回顾", "全市新建公园12个。", Role.PRACTICE),
        ("下一步打算", "继续抓好落实。", Role.NEXT),
    ],
)
def test_headings_and_verbs_tell_the_role(part: str, text: str, role: Role) -> None:
    assert role_of(Genre.SPEECH, part, "", text) is role


def test_what_was_done_is_told_from_what_is_asked() -> None:
    done, asked = "我们先后建成了8个站点，群众满意度提高了12%。", "要建好站点，必须管好队伍，要让群众满意。"
    assert role_of(Genre.EXCHANGE, "建好阵地", "", done) is Role.PRACTICE
    assert role_of(Genre.EXCHANGE, "加强领导", "", done) is Role.PRACTICE
    assert role_of(Genre.EXCHANGE, "建好阵地", "", f"下一步，{done}") is Role.NEXT
    assert role_of(Genre.SPEECH, "建好阵地", "", asked) is Role.MEASURE


def test_a_passage_fits_into_the_models_window() -> None:
    counted = LocalEmbedder()._model.token_count
    passages = [p for path in sorted(samples().glob("*.txt")) for p in cut(read(path))]
    assert all(counted(p.indexed) <= tokens_at_most(p.indexed) + 8 for p in passages)
    endless = _cut(GRID.replace("网格是城市的末梢，", "网格是城市的末梢，" * 300))
    assert max(counted(p.indexed) for p in endless) <= WINDOW


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_reports_give_passages_of_the_size_asked_for() -> None:
    passages = [p for path in sorted((CORPUS / "reports").glob("*.txt"))[:12] for p in cut(read(path))]
    body = [p for p in passages if p.role in BODY]
    fitting = [p for p in body if SHORTEST <= tokens_at_most(p.text) <= LONGEST]
    assert len(fitting) >= 0.99 * len(body)
    assert all(re.search(r"[。！？：…；][”’）》]*$|[）]$", p.text) for p in passages)
