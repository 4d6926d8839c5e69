"""Cases: what is bundled covers what it should, and a wrong file gives one clear line."""

import re
from collections import Counter
from pathlib import Path

import pytest

from evals.case import Case, Suite, chosen, load_cases
from evals.expected import expected
from speech.brief import Genre
from speech.errors import BriefError
from vectorstore.ingest import samples
from vectorstore.load import load

CASES = load_cases()


def test_every_genre_length_and_kind_is_covered() -> None:
    genres = Counter(case.brief.genre for case in CASES)
    assert len(CASES) >= 40 and set(genres) == set(list(Genre)[:10]) and min(genres.values()) >= 3
    lengths = [case.brief.length for case in CASES if case.brief.length]
    assert min(lengths) == 600 and max(lengths) == 5000
    assert sum(bool(case.brief.facts) for case in CASES) >= 15 and sum(not case.brief.facts for case in CASES) >= 15


def test_suites() -> None:
    assert {case.id for case in chosen(CASES, Suite.FULL)} == {case.id for case in CASES}
    assert all(case.trap for case in chosen(CASES, Suite.TRAPS)) and len(chosen(CASES, Suite.TRAPS)) >= 10
    assert len({case.brief.genre for case in chosen(CASES, Suite.SMOKE)}) >= 8
    compare = chosen(CASES, Suite.COMPARE)
    assert len(compare) >= 8 and all(600 <= (case.brief.length or 0) <= 800 for case in compare)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_no_demand_is_broken_by_the_task_alone_or_met_by_nothing(case: Case) -> None:
    told = "".join(case.brief.told().values())
    for pattern in case.must_not:
        assert re.search(pattern, "".join(told.split())) is None or case.trap, pattern
    assert not any(re.search(pattern, "") for pattern in (*case.must, *case.must_not))


def test_the_sources_of_a_trap_hold_what_must_not_be_said() -> None:
    for case in CASES:
        if case.sources and case.must_not:
            text = "".join("".join(source.text.split()) for source in case.sources)
            assert sum(re.search(pattern, text) is not None for pattern in case.must_not) >= len(case.must_not) - 1, case.id


def test_the_sources_are_no_copies_of_the_samples() -> None:
    bundled = "".join(load(path).text for path in samples().glob("*.txt"))
    for case in CASES:
        for source in case.sources:
            sentences = [one for one in re.split(r"[。\n]", source.text) if len(one) > 20]
            assert not any(one in bundled for one in sentences), case.id


def test_names_choose_by_id_tag_and_genre() -> None:
    assert [case.id for case in chosen(CASES, Suite.SMOKE, ["trap-taboo"])] == ["trap-taboo"]
    assert all("era" in case.tags or case.brief.genre == Genre.ADDRESS for case in chosen(CASES, Suite.SMOKE, ["era", "致辞"]))
    with pytest.raises(BriefError, match="没有叫“不存在”的用例"):
        chosen(CASES, Suite.SMOKE, ["不存在"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- id: a\n  brief: {topic: 治理}\n  musts: [a]\n", "第 1 个用例（a）有误：没有 musts 这个字段"),
        ("- id: a\n", "缺少 brief"),
        ("- id: A B\n  brief: {topic: 治理}\n", "id 不合要求"),
        ("- id: a\n  brief: {topic: 治理}\n  must: ['(']\n", "不是正则表达式"),
        ("- id: a\n  brief: {topic: 治理, genre: 小说}\n", "brief.genre 不合要求"),
        ("- {id: a, brief: {topic: 治理}}\n- {id: a, brief: {topic: 治理}}\n", "用例编号重复：a"),
        ("a: [\n", "不合 YAML 格式"),
        ("just text", "应是用例的列表"),
        ("", "应是用例的列表"),
        ("- 1\n", "第 1 个用例有误"),
    ],
)
def test_a_wrong_file_is_one_clear_line(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BriefError) as raised:
        load_cases([file])
    assert said in str(raised.value) and "\n" not in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="找不到用例文件"):
        load_cases([tmp_path / "none.yaml"])


def test_content_is_the_share_of_demands_met_and_points_at_what_must_not_be() -> None:
    case = Case.model_validate(
        {"id": "a", "brief": {"topic": "治理"}, "must": ["网格", "减负|松绑"], "must_not": ["翠湾", "47万"]}
    )
    text = "网格要划细。\n翠 湾街道登记了4\n7万辆。"
    found = expected(case, text)
    assert found.score == 25.0
    assert [(one.rule, text[one.start : one.end]) for one in found.findings] == [
        ("content.missing", ""),
        ("content.forbidden", "翠 湾"),
        ("content.forbidden", "4\n7万"),
    ]
    assert expected(case, "网格松绑").score == 100.0
    assert expected(Case.model_validate({"id": "a", "brief": {"topic": "治理"}}), text).score is None
