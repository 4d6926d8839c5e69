"""Noise of wording never listed: signs of the web in words that the speech does not use; what the speech speaks of stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vectorstore.speeches import GRID, PROPERTY
from vectorstore.clean import clean
from vectorstore.outsiders import Place, judge, vocabulary
from vectorstore.signs import Sign, Vocabulary, weigh

PARAGRAPHS = [line for text in (GRID, PROPERTY) for line in text.split("\n") if line][:-1]
MIDDLE = 6


def _cleaned(line: str, at: int = MIDDLE) -> list[str]:
    return [noise.text for noise in clean("\n".join([*PARAGRAPHS[:at], line, *PARAGRAPHS[at:]])).noise]


@pytest.mark.parametrize(
    "line",
    [
        "夜航船公文圈 每晚八点上新 会员三折起",
        "海棠书院代写述职报告，先写后付，不满意退款 13812345678",
        "登录后可查看剩余六成内容",
        "发帖时间 2021-3-4 12:20 | 只看楼主 | 举报",
        "G7 /k; %a( ^n J5 @",
        "阅读 1203 点赞 14 收藏 3",
        "本文档由网友上传，如涉及侵权请与站长联系，核实后删除。",
        "http://m.yehangchuan.net/wz/1203.html",
    ],
)
@pytest.mark.parametrize("at", [0, MIDDLE, len(PARAGRAPHS)])
def test_lines_of_unseen_wording_go_wherever_they_stand(line: str, at: int) -> None:
    assert _cleaned(line, at) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "同时，要严厉打击侵权盗版行为，加强版权保护，规范网络转载秩序。",
        "截至目前，小程序注册用户超过3万人，累计下载12万次。",
        "（二）用好数字平台，方便群众扫码评价",
        "要开通12345热线，公布监督电话，群众的来电件件有回音。",
        "在全市新闻网站编辑工作会议上的讲话",
        "谢谢大家！",
        "中共××市委员会",
        "2026年3月5日",
    ],
)
def test_lines_of_a_speech_stay(line: str) -> None:
    assert _cleaned(line) == []


def test_a_heading_of_words_that_the_speech_uses_stays_and_one_that_it_never_uses_goes() -> None:
    text = [*PARAGRAPHS, "我们搭建会员服务平台，会员可在平台免费下载资料。" * 3]
    words = vocabulary(text)
    assert judge("会员可在平台免费下载资料", words, Place.WITHIN) is None
    assert judge("会员可在平台免费下载资料", vocabulary(PARAGRAPHS), Place.WITHIN) is not None


@pytest.mark.parametrize(
    ("piece", "kept"),
    [
        ("（摘自夜航船公文网）", False),
        ("【点此收起】", False),
        ("[复制链接]", False),
        ("（掌声）", True),
        ("【××】", True),
        ("[15]", True),
    ],
)
def test_brackets_in_a_line(piece: str, kept: bool) -> None:
    line = PARAGRAPHS[MIDDLE] + piece
    cleaned = clean("\n".join([*PARAGRAPHS[:MIDDLE], line, *PARAGRAPHS[MIDDLE + 1 :]]))
    assert (line in cleaned.text) is kept
    assert PARAGRAPHS[MIDDLE] in cleaned.text


def test_signs_are_counted_twice_at_most_for_a_kind() -> None:
    weighed = weigh("下载 下载 点击 扫码 评论")
    assert (weighed.weight, weighed.kinds) == (2, {Sign.SCREEN})
    assert weigh("要把群众的事办好").weight == 0


def test_foreign_is_the_share_of_unknown_pairs() -> None:
    words = Vocabulary(["抓好落实"])
    assert words.foreign("抓好落实") == 0
    assert words.foreign("落实到位") == pytest.approx(2 / 3)
    assert words.foreign("abc") == 1
    assert words.foreign("抓好落实", own=True) == 1


@given(st.lists(st.text(alphabet="要抓好落实会员下载。，\n（）【】:a1.@/ ", max_size=60), max_size=12))
@settings(deadline=None, max_examples=60)
def test_what_is_dropped_and_what_is_kept_make_up_the_text(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    cleaned = clean(text)
    dots = str.maketrans("", "", ".… \n\t")
    whole = sum(map(len, (cleaned.text.translate(dots), *(noise.text.translate(dots) for noise in cleaned.noise))))
    assert whole == len("".join(text.split()).translate(dots))
