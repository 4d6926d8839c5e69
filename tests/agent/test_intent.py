"""What a message on a draft in hand is taken for."""

import pytest

from agent.conversation.intent import (
    AddFact,
    Approve,
    Ask,
    Aspect,
    Change,
    Compare,
    Draw,
    Explain,
    Export,
    Fill,
    Intent,
    Reword,
    Rewrite,
    Show,
    TakeBack,
    read,
)
from agent.drafts import Draft, DraftParagraph, Status, new_draft
from agent.outline import Outline, Part, PlannedSection
from speech.brief import SpeechBrief
from speech.genres import PartRole
from speech.placeholders import fill_in_sheet

TEXT = "这次会议定于×月×日召开。全市划分网格×个，请×书记作动员。投入资金×万元。"


def _part(path: str, heading: str) -> Part:
    return Part(path=path, role=PartRole.TASK, heading=heading, length=200)


@pytest.fixture
def draft() -> Draft:
    brief = SpeechBrief(topic="城市基层治理", occasion="全市推进会")
    sections = tuple(
        PlannedSection(number=f"{number}、", heading=heading, role=PartRole.TASK, parts=tuple(_part(*part) for part in parts))
        for number, heading, parts in (
            ("一", "提高认识", [("一（一）", "这是现实需要"), ("一（二）", "这是民心所向")]),
            ("二", "突出重点", [("二（一）", "深化网格化管理"), ("二（二）", "建设红色物业")]),
            ("三", "加强领导", [("三（一）", "压实责任")]),
        )
    )
    outline = Outline(
        title="在全市推进会上的讲话", salutation="同志们：", opening=_part("开头", ""), transition="", sections=sections,
        closing=_part("结尾", ""), prompts={},
    )  # fmt: skip
    paths = ["开头", "一（一）", "一（二）", "二（一）", "二（二）", "三（一）", "结尾"]
    return new_draft(brief, None).model_copy(
        update={
            "status": Status.COMPLETED,
            "outline": outline,
            "text": TEXT,
            "paragraphs": tuple(DraftParagraph(path=path, text="。", sources=()) for path in paths),
            "placeholders": tuple(fill_in_sheet(TEXT)),
        }
    )


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("第二部分再充实一些", Rewrite("二", "第二部分再充实一些")),
        ("把第二部分第一点写得具体点，突出网格长的职责", Rewrite("二（一）", "把第二部分第一点写得具体点，突出网格长的职责")),
        ("二（二）压缩一半", Rewrite("二（二）", "二（二）压缩一半")),
        ("第3部分太空了，重写", Rewrite("三", "第3部分太空了，重写")),
        ("开头改得有气势一点", Rewrite("开头", "开头改得有气势一点")),
        ("结尾太短，加强号召", Rewrite("结尾", "结尾太短，加强号召")),
        ("红色物业那部分再细化一下", Rewrite("二（二）", "红色物业那部分再细化一下")),
        ("时间定在3月5日", Fill({"p1": "3月5日"})),
        ("会议时间是3月5日", Fill({"p1": "3月5日"})),
        ("网格数量是1632个", Fill({"p2": "1632个"})),
        ("投入资金为300万元", Fill({"p4": "300万元"})),
        ("p1=3月5日，p2=1632", Fill({"p1": "3月5日", "p2": "1632"})),
        ("P3 填 张三", Fill({"p3": "张三"})),
        ("补充一个数据：全市红色物业示范小区210个", AddFact("全市红色物业示范小区210个")),
        ("加上这个事实：去年办结群众诉求3.2万件", AddFact("去年办结群众诉求3.2万件")),
        ("全文压缩到1500字", Change(length=1500)),
        ("扩充到三千字", Change(length=3000)),
        ("控制在10分钟以内", Change(length=2200)),
        ("讲话人改成市长", Change(speaker="市长")),
        ("改由分管副市长来讲", Change(speaker="分管副市长")),
        ("这段出自哪里：“全市划分网格”", Explain(None, "全市划分网格")),
        ("第二部分的来源是什么", Explain("二", None)),
        ("都参考了哪些材料？", Show(Aspect.SOURCES)),
        ("撤销", TakeBack()),
        ("还是改回去吧", TakeBack()),
        ("刚才改了哪些地方？", Compare()),
        ("导出Word", Export(".docx")),
        ("存成 markdown 文件", Export(".md")),
        ("下载纯文本", Export(".txt")),
        ("还有哪些要填？", Show(Aspect.SHEET)),
        ("把全文发我看看", Show(Aspect.TEXT)),
        ("帮我审核一下", Show(Aspect.REVIEW)),
        ("看看提纲", Show(Aspect.OUTLINE)),
        ("再写一篇在全市安全生产会议上的讲话，约1500字", Draw("再写一篇在全市安全生产会议上的讲话，约1500字")),
    ],
)
def test_what_is_said_of_a_draft(draft: Draft, message: str, intent: Intent) -> None:
    assert read(message, draft) == intent


@pytest.mark.parametrize("message", ["好的", "可以，开始写吧", "没问题", "就按这个提纲来", "继续", "同意。"])
def test_an_outline_is_approved(draft: Draft, message: str) -> None:
    assert read(message, draft.model_copy(update={"text": "", "status": Status.WAITING})) == Approve()


def test_a_heading_of_an_outline_is_worded_anew(draft: Draft) -> None:
    waiting = draft.model_copy(update={"text": "", "paragraphs": (), "status": Status.WAITING})
    assert read("第二部分第二点的标题改成“用好红色物业”", waiting) == Reword("二（二）", "用好红色物业")
    assert read("第三部分改为：压紧压实责任", waiting) == Reword("三", "压紧压实责任")
    assert isinstance(read("第二部分再充实一些", waiting), Ask)


@pytest.mark.parametrize("message", ["今天天气不错", "谢谢", "你是谁", "第二部分", "改一改", "？？", ""])
def test_what_is_not_clear_is_asked_about(draft: Draft, message: str) -> None:
    assert isinstance(read(message, draft), Ask)


def test_without_a_draft_it_is_a_new_speech() -> None:
    assert read(" 第二部分再充实一些 ", None) == Draw("第二部分再充实一些")


def test_an_answer_that_fits_two_gaps_is_asked_about(draft: Draft) -> None:
    text = "会议于×月×日召开。次日，检查组于×月×日出发。"
    two = draft.model_copy(update={"placeholders": tuple(fill_in_sheet(text))})
    found = read("时间是3月5日", two)
    assert isinstance(found, Ask) and "p1" in found.question and "p2" in found.question
