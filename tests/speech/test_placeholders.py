"""Masks of the wild: found, typed, asked for, filled."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.errors import DraftError
from speech.placeholders import PlaceholderKind, fill, fill_in_sheet, find, mask

SEEDS = Path(__file__).parents[2] / "../shared/corpus/seeds"

# Phrases of our own wording, each with the kinds of its masks in order, labelled by hand.
LABELLED = [
    ("×月×日，全市防汛工作会议召开", "date"),
    ("自×年以来，我们坚持每季度走访", "date"),
    ("20××年是攻坚之年", "date"),
    ("202X年12月底前完成", "date"),
    ("定于x月x日上午9时报到", "date"),
    ("XX年XX月XX日", "date"),
    ("会议将于****年**月召开", "date"),
    ("2026年×月×日前报送", "date"),
    ("×月中旬进行验收", "date"),
    ("__月__日", "date"),
    ("〔 〕月〔 〕日启动", "date"),
    ("某月某日的那场暴雨", "date"),
    ("尊敬的×部长，各位领导：", "person"),
    ("受×书记委托，我作个汇报", "person"),
    ("向×××同志学习", "person"),
    ("尊敬的XX主任", "person"),
    ("请**副市长讲话", "person"),
    ("由×局长牵头负责", "person"),
    ("社区书记×××介绍了经验", "person"),
    ("老党员×××主动请缨", "person"),
    ("某同志在会上的发言", "person"),
    ("〔*〕区长作动员", "person"),
    ("×市始终把基层放在心上", "place"),
    ("我代表XX区作汇报", "place"),
    ("**县是传统农业大县", "place"),
    ("×街道率先试点", "place"),
    ("在×社区开展试点", "place"),
    ("XX镇、XX村", "place place"),
    ("○○县地处山区", "place"),
    ("某市出台了硬举措", "place"),
    ("扎根×大地干事创业", "place"),
    ("×居民的好评", "place"),
    ("结合×实际，拿出方案", "place"),
    ("×公司主动参与共建", "organisation"),
    ("XX集团捐建了活动室", "organisation"),
    ("×局牵头、×支部配合", "organisation organisation"),
    ("与×小学结对", "organisation"),
    ("依托×产业园招引企业", "organisation"),
    ("XXXX有限公司党委", "organisation"),
    ("__医院派出专家", "organisation"),
    ("某企业负责人说", "organisation"),
    ("×个街道、×个社区", "count count"),
    ("在册党员×名", "count"),
    ("化解纠纷×余件", "count"),
    ("走访×余户", "count"),
    ("总人口×余万人", "count"),
    ("面积×平方公里", "count"),
    ("服务群众XX万人次", "count"),
    ("共招募联络员****名", "count"),
    ("用×年时间补齐短板", "count"),
    ("近×年来", "count"),
    ("召开×次调度会", "count"),
    ("培育×至×个样板", "count count"),
    ("第×次全体会议", "count"),
    ("红色小区**家", "count"),
    ("投入资金×万元", "amount"),
    ("落实经费×余万元", "amount"),
    ("争取专项资金XX亿元", "amount"),
    ("每年补助×万、×万、×万元", "amount amount amount"),
    ("减免租金***元", "amount"),
    ("满意率达×%", "percent"),
    ("覆盖率达到××％", "percent"),
    ("每年按X%的幅度递增", "percent"),
    ("百分之×的小区", "percent"),
    ("同比提高×个百分点", "percent"),
    ("增长×倍", "percent"),
    ("印发《××》", "document"),
    ("对照《关于×××的意见》抓落实", "document"),
    ("制定了《**办法》", "document"),
    ("×发〔20××〕×号", "document document document"),
    ("推行“×”工作法", "name"),
    ("打造“××”品牌", "name"),
    ("创建“**”党建联盟", "name"),
    ("***新时代中国特色社会主义思想", "name"),
    ("抓X建就是抓根本", "name"),
    ("X的二十大以来", "name"),
    ("实施×工程", "name"),
    ("分派给×、×、×等×个街道", "place place place count"),
    ("×区辖×个街道", "place count"),
    ("×市×区×街道", "place place place"),
    ("在×公司召开×人座谈会", "organisation count"),
    ("内容为×××××，请补充", "other"),
]

# No mask stands here.
PLAIN = [
    "采购了5X型车辆",
    "SUX标准",
    "PM2.5和5G",
    "X光机",
    "推进“1+X”模式",
    "长3×5米",
    "7×24小时值守",
    "在某市场",
    "某些同志",
    "二○○九年",
    "iPhone X",
    "file_name",
    "数据要素×",
]


def kinds(text: str) -> list[str]:
    return [placeholder.kind.value for placeholder in find(text)]


def test_kinds_of_labelled_phrases() -> None:
    right = [phrase for phrase, wanted in LABELLED if kinds(phrase) == wanted.split()]
    wrong = [(phrase, wanted, kinds(phrase)) for phrase, wanted in LABELLED if kinds(phrase) != wanted.split()]
    print(f"placeholder kinds: {len(right)}/{len(LABELLED)} right; wrong: {wrong}")
    assert len(right) >= 0.9 * len(LABELLED), wrong


def test_every_kind_is_labelled() -> None:
    assert {kind for _, wanted in LABELLED for kind in wanted.split()} == {kind.value for kind in PlaceholderKind}


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_has_no_mask(text: str) -> None:
    assert find(text) == []


def test_stars_are_masks_and_never_bold() -> None:
    assert kinds("**市**区") == ["place", "place"]
    assert len(find("项目**个")) == 1


def test_markdown_furniture_is_no_mask() -> None:
    assert find("* 第一条\n* 第二条\n\n***\n\n- [ ] 待办") == []


def test_text_and_span() -> None:
    text = "全区共有×个街道办事处，党总支×个。"
    first, second = find(text)
    assert (first.text, first.mask, text[first.start : first.end]) == ("×个街道办事处", "×", "×")
    assert second.text == "党总支×个"
    assert "×个街道办事处" in first.context


def test_sheet_groups_the_same_gap() -> None:
    sheet = fill_in_sheet("×市召开会议。×市民政局汇报，×市教育局参加。×书记讲话。会后×书记调研。")
    assert [(row.id, row.kind.value, len(row.spans)) for row in sheet] == [("p1", "place", 3), ("p2", "person", 2)]


def test_sheet_keeps_different_gaps_apart() -> None:
    assert len(fill_in_sheet("×市和×市签约。")) == 2
    assert len(fill_in_sheet("××同志汇报了情况。×××同志长期扎根社区。")) == 2
    assert len(fill_in_sheet("抓好×公司的提升，带动×公司的发展。")) == 2
    assert len(fill_in_sheet("城市社区×个。农村社区×个。")) == 2


def test_questions_are_asked_in_chinese() -> None:
    text = "×月×日，×书记到×市调研，走访×户，投入×万元，满意率×%，印发《××》，推行“×”工作法。"
    for row in fill_in_sheet(text):
        assert re.search("[\u4e00-\u9fff].*？$", row.question), row


@pytest.mark.parametrize(
    ("text", "answer", "filled"),
    [
        ("×月×日召开", "3月5日", "3月5日召开"),
        ("×月×日召开", "2026-03-05", "2026年3月5日召开"),
        ("2026年×月×日召开", "2026年3月5日", "2026年3月5日召开"),
        ("×月5日召开", "3月5日", "3月5日召开"),
        ("×年启动", "2026", "2026年启动"),
        ("×年启动", "2026年", "2026年启动"),
        ("×个社区", "12", "12个社区"),
        ("×个社区", "12个", "12个社区"),
        ("×个社区", "12个社区", "12个社区"),
        ("×余户", "1632户", "1632户"),
        ("×余户", "1600", "1600余户"),
        ("人口×余万人", "35.6万", "人口35.6万人"),
        ("投入×万元", "300", "投入300万元"),
        ("投入×万元", "300万元", "投入300万元"),
        ("投入×万元", "3亿元", "投入3亿元"),
        ("达×%", "98.5%", "达98.5%"),
        ("占百分之×", "30%", "占30%"),
        ("占百分之×", "三十", "占百分之三十"),
        ("×书记讲话", "张建国", "张建国书记讲话"),
        ("×书记讲话", "张建国书记", "张建国书记讲话"),
        ("×市民政局", "云溪市", "云溪市民政局"),
        ("×公司参与", "华兴公司", "华兴公司参与"),
        ("印发《××》", "《云溪市物业条例》", "印发《云溪市物业条例》"),
        ("印发《关于×的意见》", "《关于加强物业管理的意见》", "印发《关于加强物业管理的意见》"),
        ("“×”工作法", "“三定一包”工作法", "“三定一包”工作法"),
        ("**部长讲话", "王明", "王明部长讲话"),
    ],
)
def test_fill_agrees_in_form(text: str, answer: str, filled: str) -> None:
    assert fill(text, {"p1": answer}) == filled


def test_fill_goes_everywhere() -> None:
    text = "×市召开会议。会上，×书记作了部署。×市民政局汇报。散会前，×书记又作强调。"
    assert (
        fill(text, {"p1": "云溪市", "p2": "张建国"})
        == "云溪市召开会议。会上，张建国书记作了部署。云溪市民政局汇报。散会前，张建国书记又作强调。"
    )


def test_fill_refuses_what_it_cannot_place() -> None:
    with pytest.raises(DraftError, match="p9"):
        fill("×个社区", {"p9": "3"})
    with pytest.raises(DraftError, match="填不进"):
        fill("×月×日", {"p1": "3"})


def test_blank_answer_leaves_the_gap() -> None:
    assert fill("×个社区", {"p1": "  "}) == "×个社区"


@pytest.mark.parametrize(
    ("kind", "text", "printed"),
    [
        ("date", "3月5日", "×月×日"),
        ("date", "2026年", "×年"),
        ("date", "2026-03-05", "×年×月×日"),
        ("date", "2021—2025年", "×—×年"),
        ("date", "二〇二六年三月", "×年×月"),
        ("count", "1632个", "×个"),
        ("count", "两千余户", "×户"),
        ("count", "第3位", "第×位"),
        ("amount", "300万元", "×万元"),
        ("amount", "1.2亿元", "×亿元"),
        ("percent", "12.5%", "×%"),
        ("percent", "百分之三十", "百分之×"),
        ("percent", "2个百分点", "×个百分点"),
        ("person", "张建国", "×××"),
        ("person", "张建国同志", "×××同志"),
        ("person", "王书记", "×书记"),
        ("place", "云溪市", "×市"),
        ("place", "洛阳", "×市"),
        ("place", "枫林社区", "×社区"),
        ("organisation", "云溪市民政局", "×市民政局"),
        ("organisation", "枫林社区党支部", "×社区党支部"),
        ("organisation", "华兴公司", "×公司"),
        ("document", "《云溪市物业管理条例》", "《××》"),
        ("name", "“三定一包”", "“××”"),
        ("name", "三定一包", "“××”"),
        ("other", "随便什么", "××"),
    ],
)
def test_mask(kind: str, text: str, printed: str) -> None:
    assert mask(PlaceholderKind(kind), text) == printed


MASKS = ["×", "××", "×××", "X", "XX", "xx", "*", "**", "***", "〔*〕", "〔 〕", "____", "○○", "某市", "20××年", "×月×日"]
WORDS = [
    "个",
    "名",
    "万元",
    "%",
    "年",
    "月",
    "日",
    "市",
    "书记",
    "公司",
    "“",
    "”",
    "《",
    "》",
    "，",
    "。",
    "、",
    "\n",
    "等",
    "的",
    "社区",
    "3",
    "12",
    "余",
    "A",
    " ",
    "工作法",
    "第",
    "百分之",
    "至",
]
scraps = st.lists(st.sampled_from(MASKS + WORDS) | st.text(max_size=3), max_size=25).map("".join)


@given(scraps)
@settings(max_examples=150, deadline=None)
def test_spans_hold_the_masks_and_never_overlap(text: str) -> None:
    found = find(text)
    assert all(text[one.start : one.end] == one.mask and one.mask for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(scraps)
@settings(max_examples=150, deadline=None)
def test_sheet_covers_every_placeholder_once(text: str) -> None:
    spans = [span for row in fill_in_sheet(text) for span in row.spans]
    assert sorted(spans) == [(one.start, one.end) for one in find(text)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["全市", "，", "召开", "投入", "达到", "。", "和"]),
            st.sampled_from(["×个", "××同志", "×市", "×月×日", "×万元", "×%", "《××》", "“×”工作法", "**户"]),
        ),
        max_size=10,
    )
)
@settings(max_examples=100, deadline=None)
def test_fill_removes_the_spans_of_that_row_and_no_other(pieces: list[tuple[str, str]]) -> None:
    text = "".join(plain + masked for plain, masked in pieces) + "。"
    sheet = fill_in_sheet(text)
    for row in sheet:
        answer = "3月5日" if row.kind is PlaceholderKind.DATE else "甲乙"
        assert len(find(fill(text, {row.id: answer}))) == len(find(text)) - len(row.spans)
    everything = {row.id: "3月5日" if row.kind is PlaceholderKind.DATE else "甲乙" for row in sheet}
    assert find(fill(text, everything)) == []


def seed(number: str) -> str:
    path = next(iter(SEEDS.glob(f"{number}_*.txt")), None) if SEEDS.is_dir() else None
    if path is None:
        pytest.skip("the seed documents are not here")
    return path.read_text(encoding="utf-8")


def test_seed_000() -> None:
    """Eight mask signs: four in two dates, three persons, one place (a date of several parts is one placeholder)."""
    found = find(seed("000"))
    assert sum(one.mask.count("×") for one in found) == 8
    assert sorted(one.kind.value for one in found) == ["date"] * 2 + ["person"] * 3 + ["place"]


def test_seed_002() -> None:
    found = find(seed("002"))
    counted = {kind: sum(one.kind is kind for one in found) for kind in PlaceholderKind}
    assert len(found) == 103
    assert counted[PlaceholderKind.COUNT] >= 60
    assert counted[PlaceholderKind.AMOUNT] == 5
    assert counted[PlaceholderKind.PERCENT] == 3
    assert counted[PlaceholderKind.ORGANISATION] == 9
    assert counted[PlaceholderKind.NAME] == 1
    assert counted[PlaceholderKind.OTHER] == 0


def test_seed_003() -> None:
    found = find(seed("003"))
    assert len(found) == 20
    assert [one.text for one in found if one.kind is PlaceholderKind.NAME] == ["***新时代中国特色社会主义思想"]
