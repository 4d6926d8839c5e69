"""Noise goes by its features, body text stays."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectorstore.speeches import GRID, PROPERTY
from vectorstore.clean import clean, readable
from vectorstore.load import load
from vectorstore.noise import Reason

TITLE = "在全市基层治理工作推进会上的讲话"
BODY = [
    TITLE,
    "同志们：",
    "今天我们召开会议，主要任务是部署基层治理重点工作。下面，我讲两点意见。",
    "一、提高认识，增强紧迫感",
    "基层治理连着千家万户，必须一项一项抓实，不能有丝毫松懈。",
    "二、突出重点，抓好落实",
    "要让群众满意。",
    "同志们，让我们共同努力，交出满意答卷！",
]
CORPUS = Path(__file__).parents[2] / "../shared/corpus"


def _reasons(lines: list[str]) -> list[tuple[int, str]]:
    return [(noise.line, noise.reason.value) for noise in clean("\n".join(lines)).noise]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("内部学习，严禁外传", "watermark"),
        ("版权所有 翻印必究", "watermark"),
        ("山泉文秘网", "watermark"),
        ("限时优惠，扫码入群领取资料", "advert"),
        ("订阅年卡，海量写作素材每日更新", "advert"),
        ("更多材料加V：abcd2020", "contact"),
        ("联系微信 137×××", "contact"),
        ("山泉文秘整理，咨询QQ12345678", "contact"),
        ("读者群：        QQ群：", "contact"),
        ("https://www.example.com/a/12.html", "source-url"),
        ("来源：某某资讯网", "source-url"),
        ("转载请注明出处", "source-url"),
        ("更多内容请访问山泉网sq.example.com（可搜索）", "source-url"),
        ("剩余70%未读，开通会员后继续阅读", "paywall"),
        ("…………预览到此结束…………", "paywall"),
        ("（登录后查看全文）", "paywall"),
        ("声明：本站资料来自网友上传，如有侵权请联系删除。", "disclaimer"),
        ("本文仅代表作者观点，不代表本网立场", "disclaimer"),
        ("— 3 —", "page-furniture"),
        ("第 2 页 共 9 页", "page-furniture"),
        ("=========", "page-furniture"),
        ("上一篇：关于春耕的通知", "page-furniture"),
        ("责任编辑：李某", "page-furniture"),
        ("2023-05-06 08:00 浏览：1203次", "page-furniture"),
        ("【字体：大 中 小】", "page-furniture"),
        ("标签: #乡镇 #党建", "page-furniture"),
    ],
)
def test_a_line_is_known_by_its_features_above_and_under_the_speech(line: str, reason: str) -> None:
    above = clean("\n".join([line, "", *BODY]))
    under = clean("\n".join([*BODY, "", line]))
    for cleaned, at in ((above, 1), (under, len(BODY) + 2)):
        # A site's name alone under a speech might be a signature; among other noise it is none.
        if line == "山泉文秘网":
            continue
        assert [(noise.line, noise.reason.value, noise.text) for noise in cleaned.noise] == [(at, reason, line)]
        assert cleaned.text.strip() == "\n".join(BODY)


def test_plain_lines_among_noise_above_the_title_go_with_it() -> None:
    head = ["严禁外传", "山泉文秘网", "天天有更新", "加微信abcd1234", "", ""]
    cleaned = clean("\n".join(head + BODY))
    assert [noise.line for noise in cleaned.noise] == [1, 2, 3, 4]
    assert cleaned.text.strip() == "\n".join(BODY)


def test_the_first_half_of_a_title_and_the_byline_stay() -> None:
    lines = ["内部学习，严禁外传", "在全市城市建设管理暨环境整治", "工作会议上的讲话", "（2024年3月5日）", "市长　×××", *BODY[1:]]
    cleaned = clean("\n".join(lines))
    assert [noise.line for noise in cleaned.noise] == [1]
    assert all(line in cleaned.text for line in lines[1:])


def test_signature_and_date_stay() -> None:
    lines = [*BODY, "谢谢大家！", "中共某市委员会", "2024年3月5日"]
    assert clean("\n".join(lines)).text == "\n".join(lines)


@pytest.mark.parametrize(
    "line",
    [
        "要建立微信群×个，公布服务热线12345，方便群众联系；要向工会会员免费赠送学习资料。",
        "全市建立居民微信群***个，覆盖住户****户。",
        "关注会员需求，优化免费服务",
        "推行扫码办事，打造便民平台",
        "要加大打击侵权盗版力度，保护著作权人合法权益。",
        "请大家会后认真阅读全文，抓好贯彻落实。",
        "（三）搭建平台，实现资源共享。要用好网站、公众号、小程序，及时更新信息。",
        "要开通举报电话，群众举报属实的给予奖励，形成人人参与的局面。",
        "×××",
        "****",
        "谢谢大家！",
    ],
)
def test_body_lines_with_the_words_of_noise_stay(line: str) -> None:
    lines = [*BODY[:5], line, *BODY[5:]]
    cleaned = clean("\n".join(lines))
    assert cleaned.noise == ()
    assert cleaned.text == "\n".join(lines)


@pytest.mark.parametrize(
    ("line", "kept", "reason"),
    [
        ("谢谢大家！山泉文秘整理，咨询QQ12345678", "谢谢大家！", Reason.CONTACT),
        (
            "要一抓到底，务求实效。（加微信：abcd1234领取）下一步，要抓好统筹。",
            "要一抓到底，务求实效。下一步，要抓好统筹。",
            Reason.CONTACT,
        ),
        (
            "各级各部门要加强统筹协调，形成齐抓共管的工作合力......试读结束......",
            "各级各部门要加强统筹协调，形成齐抓共管的工作合力",
            Reason.PAYWALL,
        ),
    ],
)
def test_a_piece_is_cut_out_of_a_line_where_sentences_stay_whole(line: str, kept: str, reason: Reason) -> None:
    cleaned = clean("\n".join([*BODY[:-1], line]))
    assert cleaned.text.split("\n")[-1] == kept
    assert [noise.reason for noise in cleaned.noise] == [reason]


def test_running_titles_and_page_numbers_in_wrapped_text_go_alone() -> None:
    wrapped = ["要把基层治理作为一项长期任务来抓，既要立足当前解决突出", "问题，又要着眼长远健全机制，推动各项工作落地见效。"]
    page = [*wrapped * 3, "某市会议材料汇编"]
    lines = [line for number in range(1, 5) for line in [*page, f"— {number} —"]]
    cleaned = clean("\n".join([*BODY[:3], *lines, BODY[-1]]))
    assert {noise.reason for noise in cleaned.noise} == {Reason.PAGE_FURNITURE}
    assert len(cleaned.noise) == 8
    assert cleaned.text.count(wrapped[0]) == cleaned.text.count(wrapped[1]) == 12


@pytest.mark.parametrize(
    ("end", "truncated"),
    [
        (["同志们，让我们共同努力！"], False),
        (["要坚持“一把手”抓“一把手”。”"], False),
        (["以上汇报，请审议。", "×××", "2024年3月"], False),
        (["要加强领导，压实责任，推动各项"], True),
        (["三、加强领导"], True),
        (["要加强领导，压实责任……"], True),
        (["一要加强领导；"], True),
        (["要加强领导。", "剩余50%未读，付费继续阅读"], True),
        (["要加强领导。", "山泉文秘整理，咨询QQ12345678"], False),
    ],
)
def test_a_text_that_breaks_off_is_noticed(end: list[str], truncated: bool) -> None:
    assert clean("\n".join([*BODY[:-1], *end])).truncated is truncated


@given(st.lists(st.sampled_from([*BODY, "山泉网www.example.com", "— 1 —", "", "加微信abcd1234", "资料", "*" * 7]), max_size=20))
def test_prose_is_never_lost_and_nothing_is_dropped_untold(lines: list[str]) -> None:
    cleaned = clean("\n".join(lines))
    kept = [line.strip() for line in cleaned.text.split("\n") if line.strip()]
    told = [noise.text for noise in cleaned.noise]
    assert sorted(kept + told) == sorted(line for line in lines if line)
    assert sum(line.endswith("。") for line in kept) == sum(line.endswith("。") for line in lines)


@given(st.text("同志们：，。！QQ加微信1234567890abc.…（）()·\n \t", max_size=300))
def test_any_text_is_cleaned_and_cleaning_again_changes_little(text: str) -> None:
    once = clean(text)
    assert len(once.text) <= len(text) + 4 * text.count("\t")
    assert all(1 <= noise.line <= text.count("\n") + 1 for noise in once.noise)


@pytest.mark.parametrize("speech", [GRID, PROPERTY])
def test_a_clean_speech_comes_through_as_it_is(speech: str) -> None:
    assert clean(speech).text == speech.strip()
    assert not clean(speech).truncated


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("尊敬的**部长,各位领导,同志们:", "尊敬的**部长，各位领导，同志们："),
        ("(一)抓落实(试点).", "（一）抓落实（试点）。"),
        ("一.提高认识", "一.提高认识"),
        ("增长3.5%,共1,200件;9:30开会,见http://a.cn/x,y:1吧", "增长3.5%，共1,200件；9:30开会，见http://a.cn/x,y:1吧"),
        ('强调"实干"二字!', "强调“实干”二字！"),
        ("a,b (c): d", "a,b (c): d"),
        ("１２３，ＡＢ；", "１２３，ＡＢ；"),
        ("发至ab.c@d.cn,谢谢", "发至ab.c@d.cn，谢谢"),
    ],
)
def test_half_width_marks_among_chinese_are_read_as_full_width(written: str, read: str) -> None:
    assert readable(written) == read


@given(st.text('党建引领一二,;:!?.()"“”×*12 a\n', max_size=80))
def test_reading_changes_marks_only(text: str) -> None:
    bare = [c for c in text if c not in ',;:!?.()"，；：！？。（）“” ']
    assert [c for c in readable(text) if c not in ',;:!?.()"，；：！？。（）“” '] == bare


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_the_seeds_lose_their_noise_and_nothing_else() -> None:
    seeds = [clean(load(path).text) for path in sorted((CORPUS / "seeds").glob("*.txt"))]
    assert [len(seed.noise) for seed in seeds] == [8, 10, 5]
    assert [seed.truncated for seed in seeds] == [False, False, True]
    assert {noise.reason.value for noise in seeds[2].noise} == {"paywall", "contact", "source-url", "disclaimer"}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_the_reports_lose_no_sentence() -> None:
    for path in sorted((CORPUS / "reports").glob("*.txt")):
        cleaned = clean(load(path).text)
        assert not [noise for noise in cleaned.noise if noise.text.endswith("。")], path.stem
        assert len({noise.reason for noise in cleaned.noise}) == 0 or path.stem in ("承德", "益阳"), path.stem


def test_a_block_of_a_site_under_the_text_goes_whole_and_is_no_cut() -> None:
    """One line that no sign tells stood over the others, was taken for the end of the speech, and that for broken off."""
    block = "喜欢的话点点小星星，共36颗\n本站资料均可下载，加微信abcd1234\n来源：某某文库网"
    made = clean(f"喜欢的话点点小星星，共7颗\n\n{GRID.rstrip()}\n\n{block}\n")
    assert [noise.text for noise in made.noise][-3:] == block.split("\n")
    assert not made.truncated
    kept = clean(f"{GRID.rstrip()}\n\n谢谢大家\n县网格化服务中心\n2026年3月5日\n来源：某某文库网\n")
    assert kept.text.endswith("谢谢大家\n县网格化服务中心\n2026年3月5日")
    cut_off = clean(f"{GRID.rstrip()}\n\n网格虽小，连着民心，要把网格\n来源：某某文库网\n")
    assert cut_off.truncated and cut_off.text.endswith("要把网格")
