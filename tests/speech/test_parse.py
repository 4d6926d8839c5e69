"""parse(): speeches as they are found. The sentences here are made up; the corpus tests skip where there is none."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.brief import Genre
from speech.document import Section, Speech, characters
from speech.parse import LONGEST_HEADING, parse
from speech.render import to_text

CORPUS = Path(__file__).parents[2] / "../shared/corpus"
SEEDS = CORPUS / "seeds"
REPORTS = sorted((CORPUS / "reports").glob("*.txt"))

ORDINARY = """在全市养老服务工作推进会上的讲话
（2026年3月5日）
市委书记　×××

同志们：
　　今天会议的主要任务是部署养老服务工作。刚才，×局长讲了两点建议。下面，我讲三点意见。
　　一、提高认识，增强做好养老服务的责任感
　　（一）这是民生的需要。老人多了。服务要跟上。
　　（二）这是发展的需要。产业要壮大。
　　二、突出重点，抓好三件事
　　这是全年的重点。
　　（一）建好食堂
　　要合口味。一是少油；二是少盐。
　　1.选好点。要近。
　　（1）看人口。要算清。
　　（2）看距离。要走得到。
　　2.算好账。要可持续。
　　（二）管好院子。要安全。
　　三、加强领导，形成合力
　　第一，责任要落实。书记要抓。
　　第二，监督要跟上。纪委要查。
　　同志们，让老人过得好，是我们的本分！
　　谢谢大家！
"""


def _outline(sections: tuple[Section, ...]) -> list[object]:
    return [(s.level, s.number, s.heading, s.run_in, len(s.paragraphs), _outline(s.sections)) for s in sections]


def test_an_ordinary_speech() -> None:
    speech = parse(ORDINARY)
    assert speech.title == "在全市养老服务工作推进会上的讲话"
    assert speech.byline == ("（2026年3月5日）", "市委书记　×××")
    assert speech.genre is Genre.SPEECH
    assert speech.salutation == "同志们："
    assert [text[:4] for text in speech.opening] == ["今天会议"]
    assert speech.promised_points == 3
    assert _outline(speech.sections) == [
        (1, "一、", "提高认识，增强做好养老服务的责任感", False, 0, [
            (2, "（一）", "这是民生的需要", True, 1, []),
            (2, "（二）", "这是发展的需要", True, 1, []),
        ]),
        (1, "二、", "突出重点，抓好三件事", False, 1, [
            (2, "（一）", "建好食堂", False, 1, [
                (3, "1.", "选好点", True, 1, [(4, "（1）", "看人口", True, 1, []), (4, "（2）", "看距离", True, 1, [])]),
                (3, "2.", "算好账", True, 1, []),
            ]),
            (2, "（二）", "管好院子", True, 1, []),
        ]),
        (1, "三、", "加强领导，形成合力", False, 0, [
            (3, "第一，", "责任要落实", True, 1, []),
            (3, "第二，", "监督要跟上", True, 1, []),
        ]),
    ]  # fmt: skip
    assert speech.closing == ("同志们，让老人过得好，是我们的本分！", "谢谢大家！")
    assert (speech.signature, speech.truncated) == (None, False)
    paths = [paragraph.path for paragraph in speech.paragraphs()]
    assert paths[:2] == ["开头", "一（一）"]
    assert "二（一）1.（1）" in paths or "二（一）1（1）" in paths
    assert paths[-1] == "结尾"


def test_half_width_punctuation_reads_the_same() -> None:
    half = ORDINARY.translate(str.maketrans("，：；（）！", ",:;()!"))
    assert _outline(parse(half).sections) == [
        (level, number.translate(str.maketrans("，（）", ",()")), heading.replace("，", ","), run_in, count, below)
        for level, number, heading, run_in, count, below in _half(_outline(parse(ORDINARY).sections))
    ]
    speech = parse(half)
    assert (speech.salutation, speech.promised_points, len(speech.closing)) == ("同志们:", 3, 2)
    assert speech.genre is Genre.SPEECH


def _half(outline: list[object]) -> list[tuple[int, str, str, bool, int, list[object]]]:
    table = str.maketrans("，（）", ",()")
    rows: list[tuple[int, str, str, bool, int, list[object]]] = []
    for row in outline:
        assert isinstance(row, tuple)
        level, number, heading, run_in, count, below = row
        rows.append((level, number.translate(table), heading.translate(table), run_in, count, list(_half(below))))
    return rows


def test_full_stops_of_half_width() -> None:
    speech = parse("同志们:\n大家好.\n一、抓班子.要抓2.5倍的力.\n二、抓队伍.要强.\n")
    assert [(s.heading, s.run_in, s.paragraphs) for s in speech.sections] == [
        ("抓班子", True, ("要抓2.5倍的力.",)),
        ("抓队伍", True, ("要强.",)),
    ]
    assert not speech.truncated


@pytest.mark.parametrize(
    ("head", "title", "byline"),
    [
        ("在全市养老服务工作推进会上的\n讲话", "在全市养老服务工作推进会上的讲话", ()),
        ("在全市养老服务推\n进工作会上的讲话", "在全市养老服务推进工作会上的讲话", ()),
        ("在全市养老服务工作推进会上的讲\n话", "在全市养老服务工作推进会上的讲话", ()),
        ("政 府 工 作 报 告\n（2026年1月6日）\n市长　王××", "政府工作报告", ("（2026年1月6日）", "市长　王××")),
        ("办好食堂 服务老人\n——在全省会议上的交流发言\n中共云溪市委", "办好食堂 服务老人——在全省会议上的交流发言", ("中共云溪市委",)),
        ("建好老年食堂\n办成幸福实事\n2026年3月5日", "建好老年食堂 办成幸福实事", ("2026年3月5日",)),
        ("2026年政府工作报告\n——2026年1月6日在云溪市人民代表大会上 市长 张三", "2026年政府工作报告",
         ("——2026年1月6日在云溪市人民代表大会上 市长 张三",)),
        ("×××\n在座谈会上的发言", "在座谈会上的发言", ("×××",)),
        ("张三市长在座谈会上的讲话", "张三市长在座谈会上的讲话", ()),
    ],
)  # fmt: skip
def test_titles_and_bylines(head: str, title: str, byline: tuple[str, ...]) -> None:
    speech = parse(f"{head}\n同志们：\n今天开会。\n")
    assert (speech.title, speech.byline, speech.salutation) == (title, byline, "同志们：")


def test_a_title_without_salutation() -> None:
    speech = parse("在全市会议上的交流发言\n王　明\n我区有×个社区。\n一、抓食堂。办好了。\n")
    assert (speech.title, speech.byline, speech.salutation) == ("在全市会议上的交流发言", ("王　明",), None)
    assert speech.opening == ("我区有×个社区。",)


def test_a_title_under_a_stray_line() -> None:
    speech = parse("【提醒】本站文件不得外传。\n在全市会议上的讲话\n（2026年3月5日）\n同志们：\n今天开会。\n")
    assert (speech.title, speech.byline, speech.salutation) == ("在全市会议上的讲话", ("（2026年3月5日）",), "同志们：")
    assert speech.opening == ("【提醒】本站文件不得外传。", "今天开会。")


@pytest.mark.parametrize(
    "line",
    [
        "同志们：",
        "同志们:",
        "各位代表：",
        "各位代表！",
        "位代表：",
        "各位领导，同志们：",
        "各位领导,同志们:",
        "尊敬的×部长，各位领导，同志们：",
        "尊敬的**部长,各位领导,同志们:",
        "尊敬的各位领导、各位来宾，女士们、先生们、朋友们：",
        "尊敬的主席、各位理事：",
        "市委张书记，各位同志：",
        "各位企业家朋友：",
        "父老乡亲们：",
        "老领导、老同志们：",
        "同志们",
        "各位评委，同志们，",
    ],
)
def test_salutations(line: str) -> None:
    speech = parse(f"在会上的发言\n{line}\n今天说三句。\n")
    assert (speech.salutation, speech.title, speech.opening) == (line, "在会上的发言", ("今天说三句。",))


def test_salutation_with_text_after_it_and_over_two_lines() -> None:
    assert parse("同志们：今天开会。\n要开好。").opening == ("今天开会。", "要开好。")
    speech = parse("致辞\n尊敬的各位领导、各位来宾，\n女士们、先生们：\n大家好！\n")
    assert speech.salutation == "尊敬的各位领导、各位来宾，女士们、先生们："


@pytest.mark.parametrize(
    "line", ["各级各部门要抓好三件事：一是抓班子。", "大家好！今天开会。", "同志们，今天开会。", "一、同志们："]
)
def test_what_is_no_salutation(line: str) -> None:
    assert parse(f"{line}\n要开好。\n").salutation is None


@pytest.mark.parametrize(
    ("sentence", "promised"),
    [
        ("下面，我讲三点意见：", 3),
        ("我就此讲三个方面的问题。", 3),
        ("下面，我谈四点体会。", 4),
        ("现从以下三个方面汇报如下。", 3),
        ("现汇报如下三个方面。", 3),
        ("下面，我讲两点。", 2),
        ("我想讲十二个问题。", 12),
        ("我就以下3个方面作交流。", 3),
        ("我再强调三点。", 3),
        ("刚才×书记讲了五点意见。下面，我再提两点要求。", 2),
        ("×书记强调了三点要求。", None),
        ("市委常委会提出三点要求。", None),
        ("下面，我讲几点意见。", None),
        ("税收增长五个百分点。", None),
        ("要为基层提供三项工作经费。", None),
        ("会前，我走了三个社区。", None),
    ],
)
def test_promised_points(sentence: str, promised: int | None) -> None:
    assert parse(f"同志们：\n今天开会。{sentence}\n一、抓食堂。要办。\n二、抓院子。我讲九点。\n").promised_points == promised


def test_only_the_opening_promises() -> None:
    assert parse("同志们：\n今天开会。\n一、抓食堂\n下面，我讲三点意见。\n").promised_points is None


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("在全市推进会上的讲话", Genre.SPEECH),
        ("在全省推进会上的交流发言", Genre.EXCHANGE),
        ("在全省推进会上的汇报发言", Genre.REPORT),
        ("学习全会精神研讨发言", Genre.SEMINAR),
        ("在动员会上的表态发言", Genre.PLEDGE),
        ("在作风建设动员会上的讲话", Genre.MOBILISATION),
        ("在作风建设动员部署会上的讲话", Genre.MOBILISATION),
        ("在开幕式上的致辞", Genre.ADDRESS),
        ("2025年度述职述廉报告", Genre.DUTY_REPORT),
        ("党课讲稿：守住初心", Genre.PARTY_LESSON),
        ("2025年度工作总结", Genre.SUMMARY),
        ("推进会主持词", Genre.HOSTING),
        ("2026年政府工作报告", Genre.GOVERNMENT_REPORT),
        ("在座谈会上的发言", None),
    ],
)
def test_genre_by_title(title: str, genre: Genre | None) -> None:
    assert parse(f"{title}\n\n今年抓得紧。\n").genre is genre


@pytest.mark.parametrize(
    ("text", "genre"),
    [
        ("各位代表：\n现在，我代表市人民政府向大会报告工作，请予审议。\n一、去年工作\n好。", Genre.GOVERNMENT_REPORT),
        ("各位领导、同志们：\n现将情况汇报如下。\n一、抓食堂。好。\n以上汇报，请批评指正。", Genre.REPORT),
        ("各位来宾：\n向大家表示热烈的欢迎。\n预祝活动圆满成功！谢谢大家！", Genre.ADDRESS),
        ("同志们：\n现在开会。\n散会！", Genre.HOSTING),
        ("同志们：\n我讲两点意见。\n一、抓食堂\n好。\n二、抓院子\n好。", Genre.SPEECH),
        ("同志们：\n今天说说近况。", None),
        ("今天说说近况。", None),
    ],
)
def test_genre_by_text(text: str, genre: Genre | None) -> None:
    assert parse(text).genre is genre


def test_wrong_numbers_are_kept_as_printed() -> None:
    speech = parse(
        "同志们：\n开会。\n一. 抓食堂\n（一）、选点。要近。\n(三)算账。要清。\n三、抓院子\n1、看门。要严。\n三、抓食堂\n好。\n"
    )
    assert [s.number for s in speech.sections] == ["一.", "三、", "三、"]
    assert [s.number for s in speech.sections[0].sections] == ["（一）、", "(三)"]
    assert [(s.level, s.number) for s in speech.sections[1].sections] == [(3, "1、")]


def test_level_1_may_be_missing_or_late() -> None:
    speech = parse("同志们：\n开会。\n（一）选点。要近。\n（二）算账。要清。\n一、抓院子\n好。\n")
    assert [(s.level, s.number) for s in speech.sections] == [(2, "（一）"), (2, "（二）"), (1, "一、")]


def test_enumerations_stay_in_their_paragraph() -> None:
    text = "第一，要快。第二，要稳。"
    speech = parse(f"同志们：\n开会。\n一、抓食堂\n一是选点。\n二是算账。\n{text}\n（一）要近；（二）要清。\n")
    assert speech.sections[0].sections == ()
    assert speech.sections[0].paragraphs == ("一是选点。", "二是算账。", text, "（一）要近；（二）要清。")


def test_two_sections_in_one_line_are_taken_apart() -> None:
    body = "要把事情一件一件办好" * 8
    speech = parse(f"同志们：\n开会。\n一、抓食堂\n（一）选点。{body}。（二）算账。{body}。\n")
    assert [s.heading for s in speech.sections[0].sections] == ["选点", "算账"]


@pytest.mark.parametrize(
    ("line", "heading", "run_in", "paragraphs"),
    [
        ("（一）选点", "选点", False, ()),
        ("（一）选点。要近。", "选点", True, ("要近。",)),
        ("（一）为什么要选点？要近。", "为什么要选点？", True, ("要近。",)),
        ("（一）讲“先近。后远。”的办法。要近。", "讲“先近。后远。”的办法", True, ("要近。",)),
        (f"（一）{'选' * 60}。要近。", "选" * 60, True, ("要近。",)),
        (f"（一）{'选' * 61}。要近。", "", False, (f"{'选' * 61}。要近。",)),
        ("（一）新建食堂12个，改造院子8处；", "", False, ("新建食堂12个，改造院子8处；",)),
        ("（一）新建食堂12个。", "", False, ("新建食堂12个。",)),
        ("（一）主要做法：", "主要做法", False, ()),
    ],
)
def test_headings(line: str, heading: str, run_in: bool, paragraphs: tuple[str, ...]) -> None:
    section = parse(f"同志们：\n开会。\n一、抓食堂\n{line}\n").sections[0].sections[0]
    assert (section.heading, section.run_in, section.paragraphs) == (heading, run_in, paragraphs)


def test_a_whole_sentence_is_a_heading_if_text_stands_under_it() -> None:
    section = parse("同志们：\n开会。\n一、抓食堂\n（一）新建食堂。\n要近。\n").sections[0].sections[0]
    assert (section.heading, section.run_in, section.paragraphs) == ("新建食堂", False, ("要近。",))


def test_headings_without_number() -> None:
    text = "各位代表：\n报告工作。\n去年工作回顾\n去年很好。\n一、食堂多了\n好。\n今年工作安排\n今年更好。\n一、再建食堂\n好。\n"
    first, second = parse(text).sections
    assert [(s.level, s.number, s.heading) for s in (first, second)] == [(1, "", "去年工作回顾"), (1, "", "今年工作安排")]
    assert [(s.level, s.number, s.heading) for s in second.sections] == [(2, "一、", "再建食堂")]
    verse = "同志们：\n今天讲诗。\n小小食堂暖人心\n老人个个笑盈盈\n好诗。\n院子虽小有花香\n邻里和睦万事兴\n也是好诗。\n"
    assert parse(verse).sections == ()
    # One such line may be anything.
    assert "今年工作安排" in parse("各位代表：\n报告工作。\n一、去年工作\n好。\n今年工作安排\n好。\n").sections[0].paragraphs


@pytest.mark.parametrize(
    ("last", "closing"),
    [
        (["同志们，老人的事是大事！"], 1),
        (["谢谢大家！"], 1),
        (["以上汇报，不妥之处，请批评指正。"], 1),
        (["汇报完毕，谢谢大家！"], 1),
        (["同志们！", "新的征程已经开始。干就完了！"], 2),
        (["同志们，老人的事是大事！", "谢谢大家！"], 2),
        (["请予评议。"], 1),
        (["最后，预祝大会圆满成功！"], 1),
        (["散会。"], 1),
        (["老人盼着。让我们一起干，把食堂办好！"], 1),
        (["院子也要管。"], 0),
        (["院子也要管。", "同志们，老人的事是大事！"], 1),
    ],
)
def test_closings(last: list[str], closing: int) -> None:
    speech = parse("同志们：\n开会。\n一、抓食堂\n要办。\n二、抓院子\n要管。\n" + "\n".join(last))
    assert list(speech.closing) == last[len(last) - closing :]
    assert speech.sections[-1].paragraphs == ("要管。", *last[: len(last) - closing])


def test_next_steps_after_run_in_sections_close_the_speech() -> None:
    speech = parse(
        "各位领导：\n汇报如下。\n一、抓食堂。办了。\n二、抓院子。管了。\n下一步，我们还要办。\n以上汇报，请批评指正。\n"
    )
    assert speech.closing == ("下一步，我们还要办。", "以上汇报，请批评指正。")


def test_lines_after_three_uniform_sections_close_the_speech() -> None:
    one = "各位领导：\n汇报如下。\n" + "".join(f"{number}、抓食堂。办了。\n" for number in "一二三")
    end = ("变化是实在的。", "差距也有。", "以上汇报，请批评指正。")
    assert parse(one + "\n".join(end)).closing == end
    two = one.replace("办了。", "办了。\n还要办。")
    assert (parse(two + "差距也有。").sections[-1].paragraphs, parse(two + "差距也有。").closing) == (
        ("办了。", "还要办。", "差距也有。"),
        (),
    )


def test_a_run_in_section_is_never_emptied_into_the_closing() -> None:
    speech = parse("同志们：\n开会。\n一、抓食堂。同志们，这很要紧！\n")
    assert (speech.sections[0].paragraphs, speech.closing) == (("同志们，这很要紧！",), ())


def test_an_annex_is_no_closing() -> None:
    speech = parse("各位代表：\n报告工作。\n一、食堂\n好。\n各位代表！干就完了！\n名词解释\n食堂：吃饭的地方。\n")
    assert speech.closing == ("各位代表！干就完了！",)
    assert (speech.sections[-1].heading, speech.sections[-1].paragraphs) == ("名词解释", ("食堂：吃饭的地方。",))


@pytest.mark.parametrize(
    ("end", "signature"),
    [
        ("云溪市民政局\n2026年3月5日", "云溪市民政局\n2026年3月5日"),
        ("×市委\n×年×月×日", "×市委\n×年×月×日"),
        ("2026年3月5日", "2026年3月5日"),
        ("二〇二六年三月五日", "二〇二六年三月五日"),
        ("市长　王明", "市长　王明"),
        ("谢谢大家！", None),
        ("要深入干部", None),
        ("院子", None),
    ],
)
def test_signatures(end: str, signature: str | None) -> None:
    assert parse(f"同志们：\n开会。\n一、抓食堂\n要办。\n{end}\n").signature == signature


@pytest.mark.parametrize(
    ("end", "truncated"),
    [("要办好。", False), ("要办好！", False), ("他说：“要办好。”", False), ("要办好。（完）", False), ("要办好……", False),
     ("要办**个", True), ("要办好，", True), ("要“办好”", True), ("二、抓院子", True), ("要办好.", False)],
)  # fmt: skip
def test_truncation(end: str, truncated: bool) -> None:
    assert parse(f"同志们：\n开会。\n一、抓食堂\n要办。\n{end}").truncated is truncated


def test_lines_of_a_fixed_width_are_joined() -> None:
    body = "办好老年食堂要先把账算清楚再把人请进来，" * 6 + "这样才稳当。"
    lines = ["各位代表：", "一、去年工作回顾"]
    for _ in range(8):
        lines += [body[at : at + 30] for at in range(0, len(body), 30)]
    speech = parse("\n\n".join(lines))
    assert speech.sections[0].heading == "去年工作回顾"
    assert speech.sections[0].paragraphs == (body,) * 8


def test_ordinary_lines_are_not_joined() -> None:
    text = "同志们：\n" + "\n".join(f"{'抓' * 20}{n}。" for n in range(30))
    assert len(parse(text).opening) == 30


@pytest.mark.parametrize("text", ["", "\n \n\ufeff", "　"])
def test_nothing(text: str) -> None:
    assert parse(text) == Speech()


_MARKS = "一二三十第1.2、，。（）()！？：:；“”《》×*\n\n\n 　同志们各位代表讲话要抓办好年月日"


@given(st.text(alphabet=_MARKS, max_size=200))
@settings(max_examples=150, deadline=None)
def test_nothing_is_refused_and_no_word_is_lost(text: str) -> None:
    """Whatever comes in, every character but white space and the marks that end a heading comes out again."""
    speech = parse(text)
    assert sorted(_words(to_text(speech))) == sorted(_words(text))


def _words(text: str) -> str:
    return re.sub(r"[\s。.：:]", "", text)


# ── the corpus ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _seed(number: str, first: str, last: str) -> Speech:
    """A seed from the line that starts with `first` to the one before `last`: what cleaning leaves of it."""
    if not SEEDS.is_dir():
        pytest.skip("no corpus here")
    text = next(SEEDS.glob(f"{number}_*.txt")).read_text(encoding="utf-8")
    text = text[text.index(first) : text.index(last) if last else None]
    return parse("".join(line for line in text.splitlines(keepends=True) if "咨询QQ" not in line))


def _length(section: Section) -> int:
    own = characters(section.number + section.heading + ("。" if section.run_in else "")) + sum(
        map(characters, section.paragraphs)
    )
    return own + sum(map(_length, section.sections))


def test_seed_000() -> None:
    speech = _seed("000", "全区", "")
    assert (characters(speech.title or ""), speech.salutation, speech.promised_points) == (15, "同志们：", 3)
    assert (sum(map(characters, speech.opening)), sum(map(characters, speech.closing))) == (307, 123)
    assert [[_length(below) for below in section.sections] for section in speech.sections] == [
        [301, 290, 238],
        [187, 653, 713],
        [124, 96, 144],
    ]
    assert [_length(section) for section in speech.sections] == [853, 1694, 387]
    assert [characters(text) for text in speech.sections[1].paragraphs] == [118]
    assert (speech.genre, speech.truncated) == (Genre.SPEECH, False)


def test_seed_002() -> None:
    speech = _seed("002", "在全市", "")
    assert (characters(speech.title or ""), speech.salutation, speech.genre) == (19, None, Genre.EXCHANGE)
    assert sum(map(characters, speech.opening)) == 157
    assert [_length(section) for section in speech.sections] == [222, 371, 312, 296, 594, 537, 506, 391, 320]
    assert all(section.run_in and section.heading.endswith("抓党建") for section in speech.sections)
    assert (speech.closing, speech.truncated) == ((), False)


def test_seed_003() -> None:
    speech = _seed("003", "在全省", "....")
    assert (speech.genre, speech.salutation) == (Genre.REPORT, "尊敬的**部长,各位领导,同志们:")
    assert sum(map(characters, speech.opening)) == 256
    assert [_length(section) for section in speech.sections] == [616, 579, 240]
    assert speech.truncated


@pytest.mark.skipif(not REPORTS, reason="no corpus here")
@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_reports(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    speech = parse(text)
    assert speech.genre is Genre.GOVERNMENT_REPORT
    assert speech.opening
    assert 2 <= len(speech.sections) <= 10
    printed = len(re.findall(r"(?m)^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)])", text))
    numbered = [section for section in _all(speech.sections) if section.number and section.level <= 2]
    assert printed <= len(numbered) <= printed + 1
    assert all(0 < len(section.heading) <= LONGEST_HEADING for section in numbered)
    # 益阳 ends in the furniture of a web page.
    assert len(speech.closing) in ((1, 2) if path.stem != "益阳" else (0,))
    assert abs(characters(text) - characters(to_text(speech))) <= 12


def _all(sections: tuple[Section, ...]) -> list[Section]:
    return [each for section in sections for each in (section, *_all(section.sections))]
