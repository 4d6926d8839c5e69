"""A request in plain Chinese becomes a brief, or one clear line."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.request.text import folded
from agent.understand import questions, understand
from evals.bench.requests import FIELDS, SETS, labelled, misread
from speech.brief import Genre, SpeechBrief
from speech.errors import BriefError

ISSUE = "请为市委书记起草一篇在全市城市基层治理重点工作推进会上的讲话，约2000字，讲三个方面，突出网格化管理、红色物业和为基层减负"

REQUESTS: list[tuple[str, dict[str, Any]]] = [
    (
        ISSUE,
        {
            "genre": Genre.SPEECH,
            "occasion": "全市城市基层治理重点工作推进会",
            "topic": "城市基层治理",
            "speaker": "市委书记",
            "length": 2000,
            "sections": 3,
            "points": ("网格化管理", "红色物业", "为基层减负"),
            "facts": (),
        },
    ),
    (
        "替区长写在全区优化营商环境大会上的讲话，3千字左右，围绕优化营商环境",
        {"genre": Genre.SPEECH, "occasion": "全区优化营商环境大会", "topic": "优化营商环境", "speaker": "区长", "length": 3000},
    ),
    (
        "帮街道党工委书记准备一份在全市抓党建促基层治理推进会上的交流发言，8分钟",
        {"genre": Genre.EXCHANGE, "speaker": "街道党工委书记", "length": 1760, "topic": "抓党建促基层治理"},
    ),
    (
        "写一篇关于作风建设的研讨发言，一千五百字",
        {"genre": Genre.SEMINAR, "topic": "作风建设", "length": 1500, "occasion": None, "speaker": None},
    ),
    ("起草一篇安全生产动员讲话", {"genre": Genre.MOBILISATION, "topic": "安全生产", "length": None, "sections": None}),
    ("给村党支部书记写一份乡村全面振兴的表态发言，约1000字", {"genre": Genre.PLEDGE, "topic": "乡村全面振兴", "length": 1000}),
    ("在全市文化旅游推介活动上的致辞，600字", {"genre": Genre.ADDRESS, "length": 600, "occasion": "全市文化旅游推介活动"}),
    ("起草述职报告，主题是基层党建，十分钟", {"genre": Genre.DUTY_REPORT, "topic": "基层党建", "length": 2200}),
    ("写一堂党课讲稿，题目是弘扬优良作风，1万字", {"genre": Genre.PARTY_LESSON, "topic": "弘扬优良作风", "length": 10_000}),
    ("写一篇关于生态环境保护的总结，两千字", {"genre": Genre.SUMMARY, "topic": "生态环境保护", "length": 2000}),
    ("为县委书记写在全省安全生产汇报会上的汇报发言", {"genre": Genre.REPORT, "speaker": "县委书记"}),
    (
        "起草在全市安全生产工作会议上的讲话，会议3月5日召开，突出燃气整治、隐患排查。数据有：今年排查隐患1200处；整改率98%",
        {
            "date": "3月5日",
            "topic": "安全生产",
            "points": ("燃气整治", "隐患排查"),
            "facts": ("今年排查隐患1200处", "整改率98%"),
        },
    ),
    (
        "为市长起草在全市招商引资大会上的讲话，听众是各县区负责人，讲4点意见",
        {"audience": "各县区负责人", "sections": 4, "topic": "招商引资", "speaker": "市长"},
    ),
    ("起草在全市安全生产工作会议上的讲话，讲两个方面，约2,000字", {"sections": 2, "length": 2000}),
    ("起草在全市安全生产工作会议上的讲话，２０００字", {"length": 2000}),
    ("起草在全市安全生产工作会议上的讲话，约2000-2500字", {"length": 2250}),
    ("起草在全市安全生产工作会议上的讲话，两千五百字", {"length": 2500}),
    ("起草在全市社会治理工作会议上的讲话", {"occasion": "全市社会治理工作会议", "topic": "社会治理"}),
    ("起草在市青年企业家协会成立大会上的致辞", {"occasion": "市青年企业家协会成立大会"}),
    ("请帮我为市长起草在全市安全生产工作会议上的讲话", {"speaker": "市长"}),
    ("帮我们街道书记写在全区安全生产会议上的表态发言", {"speaker": "街道书记"}),
    (
        "起草在全市乡村全面振兴推进会上的讲话，突出和美乡村建设、科普知识普及与群众参与，以及及时处置矛盾",
        {"points": ("和美乡村建设", "科普知识普及", "群众参与", "及时处置矛盾")},
    ),
    ("写一篇关于作风建设的研讨发言，谈一点体会", {"sections": None}),
    ("写一篇关于作风建设的研讨发言，突出“严实细快”四个字，800字", {"length": 800}),
    ("起草在全市安全生产工作会议上的讲话，2000字以内，语言朴实，语气平和", {"length": 1810, "points": ()}),
]


@pytest.mark.parametrize(("request_", "wanted"), REQUESTS, ids=[request[:24] for request, _ in REQUESTS])
def test_a_request_is_read(request_: str, wanted: dict[str, Any]) -> None:
    brief = understand(request_)
    assert {name: getattr(brief, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("", "没有写作要求"),
        (" \n　", "没有写作要求"),
        ("Please write a speech about safety, 2000 words", "中文"),
        ("1234567890", "中文"),
        ("😀😀😀😀", "中文"),
        ("今天天气真不错啊", "没看懂"),
        ("哈哈哈哈哈哈哈哈", "没看懂"),
        ("请写一篇讲话", "没看懂"),
        ("稿" * 4001, "过长"),
        ("起草在全市安全生产工作会议上的讲话，0字", "length"),
        ("起草在全市安全生产工作会议上的讲话，约10000000字", "length"),
        ("起草在全市安全生产工作会议上的讲话，一千万字", "length"),
        ("起草在全市安全生产工作会议上的讲话，讲99个方面", "sections"),
        ("起草在全市安全生产工作会议上的讲话，讲零个方面", "sections"),
    ],
)
def test_what_cannot_be_written_from_is_one_clear_line(request_: str, said: str) -> None:
    with pytest.raises(BriefError) as refused:
        understand(request_)
    line = str(refused.value)
    assert said in line
    assert refused.value.way_on
    assert "\n" not in line and len(line) < 300 and "Input should" not in line


WORDS = st.sampled_from(
    [
        "为",
        "市长",
        "起草",
        "在",
        "全市",
        "会议",
        "大会上的",
        "讲话",
        "发言",
        "，",
        "约",
        "2000",
        "字",
        "万",
        "千",
        "零",
        "〇",
        "百",
        "两",
        "三",
        "十",
        "分钟",
        "讲",
        "个方面",
        "点意见",
        "突出",
        "围绕",
        "关于",
        "、",
        "和",
        "“",
        "”",
        "。",
        "数据：",
        "事实如下",
        ";",
        "3月5日",
        "听众是",
        "\n",
        "×",
        "**",
        "9999999999999",
        "²",
        "٣",
        "x",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=24).map("".join)))
@example("起草在全市安全生产会议上的讲话，²字")
@example("起草在全市安全生产会议上的讲话，十十字")
@example("起草在全市安全生产会议上的讲话，" + "9" * 3900 + "字")
def test_any_text_gives_a_brief_or_a_clear_line(text: str) -> None:
    try:
        assert isinstance(understand(text), SpeechBrief)
    except BriefError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 600


@pytest.mark.parametrize(("name", "least"), [("requests", 0.99), ("requests_held_out", 0.90)])
def test_labelled_requests_are_read_as_their_labels_say(name: str, least: float) -> None:
    entries = labelled(name)
    wrong = [(request[:30], *one) for request, label in entries for one in misread(request, label)]
    assert 1 - len(wrong) / (len(entries) * len(FIELDS)) >= least, wrong


@pytest.mark.parametrize("name", SETS)
def test_nothing_is_in_a_brief_that_the_request_does_not_say(name: str) -> None:
    for request, _ in labelled(name):
        text, brief = folded(request), understand(request)
        told = (
            brief.title,
            brief.occasion,
            brief.speaker,
            brief.audience,
            brief.place,
            *brief.points,
            *brief.facts,
            *brief.taboos,
        )
        for one in filter(None, told):
            assert one in text or all(piece in text for piece in one.split("；")), (request, one)


@given(st.sampled_from(["新建口袋公园", "整治隐患", "走访企业", "化解纠纷"]), st.integers(2, 99_999), st.sampled_from("个处家件"))
def test_a_fact_in_prose_keeps_its_figure(deed: str, figure: int, unit: str) -> None:
    fact = f"去年我们{deed}{figure}{unit}"
    brief = understand(f"为市长起草在全市重点工作推进会上的讲话，2000字。{fact}。语言朴实一些。")
    assert (brief.facts, brief.length) == ((fact,), 2000)


@given(st.integers(300, 20_000))
def test_a_length_is_kept_with_its_limit(length: int) -> None:
    told = (
        {form: understand(f"写一篇关于作风建设的研讨发言，{form.format(length)}").length for form in ("{}字", "不超过{}字")}
        if length >= 340
        else {}
    )
    for form, read in told.items():
        assert read and (read == length if form == "{}字" else 10 * length - 110 < 11 * read <= 10 * length)


def test_what_matters_most_is_asked_and_no_more_than_three_things() -> None:
    asked = questions(understand("写一篇关于作风建设的研讨发言"))
    assert [one.field for one in asked] == ["facts", "points", "speaker"]
    assert all(one.text.endswith(("？", "。")) for one in asked)
    whole = "为市长起草在全市招商引资大会上的讲话，2000字，突出项目建设、要素保障。去年新签约项目18个。"
    assert questions(understand(whole)) == ()


def test_a_taboo_is_kept_and_nothing_else_of_its_clause() -> None:
    brief = understand(
        "为市长起草在全市城市更新推进会上的讲话，突出老旧小区和口袋公园，不要提拆迁补偿和去年的事故，不点名任何单位"
    )
    assert brief.taboos == ("拆迁补偿", "去年的事故")
    assert brief.points == ("老旧小区", "口袋公园")


@pytest.mark.parametrize(
    "said",
    [
        "确保不出现规模性返贫",
        "不提高收费标准",
        "避免出现重复检查",
        "不能太长",
        "别写套话",
        "不点名批评任何单位",
        "做到不涉及群众利益",
    ],
)
def test_what_is_no_ban_on_words_is_no_taboo(said: str) -> None:
    assert understand(f"为市长起草在全市重点工作推进会上的讲话，2000字，{said}").taboos == ()
