"""Shared runs: exact, blind to how a mask is printed, and quick."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.overlap import longest_shared_run, merged, ngram_overlap, shared_runs

TEXTS = st.text(alphabet="甲乙丙丁，。×1 ", max_size=60)


def test_the_longest_run_is_found_where_it_stands() -> None:
    text, source = "开头不同。把服务送到居民家门口，结尾也不同。", "另一篇里写道：把服务送到居民家门口，别的。"
    start, end = longest_shared_run(text, source)
    assert text[start:end] == "。把服务送到居民家门口，"  # every mark is one sign


def test_nothing_shared() -> None:
    assert longest_shared_run("甲乙丙", "丁戊己") == (0, 0)
    assert longest_shared_run("", "丁") == (0, 0)
    assert shared_runs("甲乙丙丁", [], 2) == []


@pytest.mark.parametrize("mask", ["××", "****", "XX", "〔*〕", "__", " × ", "1632", "12.5"])
def test_masks_figures_and_width_make_no_difference(mask: str) -> None:
    text = "全市划分网格×个，配备专职网格员。"
    ((start, end),) = shared_runs(text, [f"已划分网格{mask}个,配备 专职网格员"], 10)
    assert text[start:end] == "划分网格×个，配备专职网格员"


def test_a_run_counts_as_long_as_it_is_printed() -> None:
    text = "共2026年12月31日前投入12345.67万元完成"  # few signs, many characters
    assert shared_runs(text, [text], 25) == [(0, len(text))]


def test_short_runs_are_left_out() -> None:
    assert shared_runs("甲乙丙丁戊己庚辛", ["甲乙丙丁戊己庚壬"], 8) == []
    assert shared_runs("甲乙丙丁戊己庚辛", ["甲乙丙丁戊己庚壬"], 7) == [(0, 7)]


def test_overlap_is_a_share() -> None:
    assert ngram_overlap("甲乙丙丁", "甲乙丙丁", 2) == 1.0
    assert ngram_overlap("甲乙丙丁", "甲乙戊丁", 2) == pytest.approx(1 / 3)
    assert ngram_overlap("甲", "甲乙", 2) == 0.0


def test_merged() -> None:
    assert merged([(5, 7), (0, 2), (2, 4), (6, 9)]) == [(0, 4), (5, 9)]


@given(TEXTS, TEXTS, st.integers(2, 12))
def test_every_run_found_is_shared_and_none_is_missed(text: str, source: str, least: int) -> None:
    runs = shared_runs(text, [source], least)
    start, end = longest_shared_run(text, source)
    longest = len("".join(text[start:end].split()))
    assert all(len("".join(text[a:b].split())) >= least for a, b in runs)
    plain = "".join(sign for sign in text if sign not in "×1 ")
    if plain == "".join(text.split()):  # without masks and figures characters and signs are the same
        assert bool(runs) == (longest >= least)


def test_one_sign_over_and_over_is_one_run() -> None:
    """Quadratic in the length, this would not come to an end."""
    assert shared_runs("的" * 3000, ["的" * 20_000], 30) == [(0, 3000)]
