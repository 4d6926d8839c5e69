"""The genre with its confidence, the speaker and the date."""

import pytest

from speech.brief import Genre
from speech.genre_told import tell
from speech.parse import parse

DEMANDS = "各级各部门要把责任扛起来。要一件一件抓，必须抓到底。务必说到做到，要把群众的事办好，要让群众来评。" * 8
OURS = "近年来，我们社区把支部建在网格上。今年以来，我们社区办成实事十件。目前，我社区党员人人有岗，个个有责。" * 8


def test_title_and_build_together_are_surer_than_either() -> None:
    opening, closing = ["今天会议的主要任务是部署工作。下面，我讲三点意见。"], ["同志们，让我们干起来！"]
    both = tell("在推进会上的讲话", "同志们：", opening, [DEMANDS], closing)
    build = tell(None, "同志们：", opening, [DEMANDS], closing)
    title = tell("在推进会上的讲话", None, [], [], [])
    assert both.genre is build.genre is title.genre is Genre.SPEECH
    assert 1 >= both.confidence > max(build.confidence, title.confidence) > 0.5


def test_signs_of_another_genre_make_less_sure() -> None:
    plain = tell("在推进会上的讲话", "同志们：", ["今天开会。"], [], [])
    torn = tell("在推进会上的讲话", "同志们：", ["今天开会。现将履职情况述职如下。"], [], ["请予评议。"])
    assert torn.confidence < plain.confidence


def test_the_voice_tells_where_the_title_is_lost() -> None:
    assert tell(None, "各位领导、同志们：", ["下面，我作个交流。"], [OURS], ["谢谢大家！"]).genre is Genre.EXCHANGE


def test_nothing_told_is_no_genre_and_no_confidence() -> None:
    told = tell(None, None, ["说说近况。"], [], [])
    assert (told.genre, told.confidence) == (None, 0.0)


@pytest.mark.parametrize(
    ("byline", "speaker", "date"),
    [
        ("（2026年3月5日）\n市委书记　张三", "市委书记　张三", "2026年3月5日"),
        ("发言人：×××\n（×年×月×日）", "×××", "×年×月×日"),
        ("（20××年××月××日　×××）", "×××", "20××年××月××日"),
        ("中共××市委", None, None),
    ],
)
def test_speaker_and_date_under_the_title(byline: str, speaker: str | None, date: str | None) -> None:
    read = parse(f"在推进会上的讲话\n{byline}\n同志们：\n今天开会，部署工作。\n")
    assert (read.speaker, read.date) == (speaker, date)


def test_speaker_and_date_of_a_signature() -> None:
    read = parse("在推进会上的讲话\n同志们：\n今天开会，部署工作。\n谢谢大家！\n云溪镇党委书记　李四\n2026年3月5日\n")
    assert (read.speaker, read.date) == ("云溪镇党委书记　李四", "2026年3月5日")
