"""The form of each 文种: what a writer of it is given before the first word. Practice, not standard (domain notes, B2)."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from speech.brief import Genre


class PartRole(StrEnum):
    """What a part of a speech does; it decides the way it is written and the examples it is shown."""

    OPENING = "开头"
    SIGNIFICANCE = "认识"
    TASK = "任务"
    SAFEGUARD = "保障"
    PRACTICE = "做法"
    REFLECTION = "体会"
    PROBLEM = "问题"
    NEXT = "打算"
    CLOSING = "结尾"


# Roles that argue; the others say what is done, point by point.
ARGUED = frozenset({PartRole.SIGNIFICANCE, PartRole.REFLECTION, PartRole.PROBLEM})
# Level-1 headings by role: set phrases of the genre round the topic, one of which is taken.
SECTION_HEADINGS: dict[PartRole, tuple[str, ...]] = {
    PartRole.SIGNIFICANCE: (
        "提高认识，深刻把握{topic}的重要意义",
        "提高站位，准确把握{topic}的形势要求",
        "统一思想，切实增强抓好{topic}的责任感紧迫感",
    ),
    PartRole.TASK: (
        "突出重点，扎实抓好{topic}的各项任务",
        "聚焦关键，全面落实{topic}的重点任务",
        "精准发力，推动{topic}提质增效",
    ),
    PartRole.SAFEGUARD: ("加强领导，凝聚{topic}的强大合力", "压实责任，确保{topic}落地见效", "强化保障，形成{topic}的工作合力"),
    PartRole.PRACTICE: (
        "坚持实干为先，推动{topic}见到实效",
        "聚焦重点任务，推动{topic}走深走实",
        "着力补齐短板，提升{topic}整体水平",
    ),
    PartRole.REFLECTION: ("深学细悟，不断深化对{topic}的认识", "对标对表，准确把握{topic}的实践要求"),
    PartRole.PROBLEM: ("对照检视，找准{topic}中的差距不足", "查找差距，正视{topic}中的短板弱项"),
    PartRole.NEXT: ("真抓实干，推动{topic}取得新成效", "接续用力，把{topic}的要求落到实处", "立足岗位，扛牢抓好{topic}的责任"),
}
# What safeguards there are, in the usual order, each with the words that tell of it.
SAFEGUARDS = {
    "组织领导": "书记第一责任人，牵头，领导小组，工作专班，专题研究，定期调度",
    "工作责任": "任务分解，责任清单，台账，时限，销号，职责分工，认领",
    "要素保障": "经费，资金，力量下沉，阵地，队伍培训，资源统筹",
    "督查考核": "督查，考核，通报，问责，回访，暗访，评价",
}
REALITY, FELT, _VIEW, _DEED = "现实情况", "群众感受", "怎样看待", "怎样行动"
# How the sentences of an argument begin, part after part, and what each stands for.
ARGUMENT_STARTS = (
    (("当前，", REALITY), ("说到底，", _VIEW), ("对此，我们必须", _DEED)),
    (("这些年，", REALITY), ("群众", FELT), ("各级各部门要", _DEED)),
    (("从实践看，", REALITY), ("从长远看，", _VIEW), ("我们要", _DEED)),
    (("放到全局看，", _VIEW), ("换个角度想，", _VIEW), ("广大党员干部要", _DEED)),
)
# What may be lacking in each of the things done before: the genre's own words for it, the first thing having the first.
SHORTCOMINGS = ("在{matter}上研究得还不深", "在{matter}上办法还不多", "在{matter}上抓得还不够细", "在{matter}上劲头还有反复")
# How a part goes on that is still short when its points are written: an argument, what was done, what is asked.
_ARGUES_ON = ("更要看到，", "归根到底，", "越是任务繁重，")
_FOUND_ON = ("究其原因，", "往深处看，", "这些问题提醒我们，")
_DONE_ON = ("同时，我们", "在此基础上，", "工作中，我们还")
_GREETS_ON = (
    "借此机会，",
    "我们真诚欢迎",
    "我们期待，",
    "长期以来，",
    "我们也清醒看到，",
    "正因为如此，",
    "放眼长远，",
    "我们坚信，",
    "我们还将",
)
_ASKS_ON = ("同时，要", "特别是要", "还要")


def continuations(role: PartRole) -> tuple[str, ...]:
    """Sentence beginnings that carry a part of `role` on; of an opening only where it is the body of the speech (致辞)."""
    if role == PartRole.OPENING:
        return _GREETS_ON
    if role == PartRole.PROBLEM:
        return _FOUND_ON
    if role in ARGUED:
        return _ARGUES_ON
    return _DONE_ON if role == PartRole.PRACTICE else _ASKS_ON


@dataclass(frozen=True)
class SectionForm:
    """A level-1 section: its role, its share of the whole length, and whether a brief's points belong to it."""

    role: PartRole
    share: float
    takes_points: bool = False


@dataclass(frozen=True)
class GenreForm:
    """`opening` and `closing` are how the sentences of the opening and the closing begin (one that ends in 。 is said as it is),
    `transition` leads over to the first section, `closing_end` is the last line: set phrases of the genre, `{topic}`, `{occasion}` and
    `{mandate}` (speech/mandate.py) filled from the brief.

    `run_in`: level-1 headings end in 。 and the text goes on, with 一是…二是… inside (exchange and report speeches).
    `breaks`: the beginnings at which an opening that is the body of the speech goes on in a new paragraph.
    """

    length: int
    sections: tuple[SectionForm, ...]
    opening: tuple[str, ...]
    salutation: str | None = None
    transition: str = ""
    closing: tuple[str, ...] = ()
    closing_end: str = ""
    opening_share: float = 0.08
    closing_share: float = 0.05
    run_in: bool = False
    breaks: tuple[str, ...] = ()


_SPEECH = (
    SectionForm(PartRole.SIGNIFICANCE, 0.24),
    SectionForm(PartRole.TASK, 0.46, takes_points=True),
    SectionForm(PartRole.SAFEGUARD, 0.18),
)
_PRACTICES = tuple(SectionForm(PartRole.PRACTICE, 0.28, takes_points=True) for _ in range(3))
_MEASURES = tuple(SectionForm(PartRole.NEXT, 0.28, takes_points=True) for _ in range(3))
_SEMINAR = (
    SectionForm(PartRole.REFLECTION, 0.40, takes_points=True),
    SectionForm(PartRole.PROBLEM, 0.18),
    SectionForm(PartRole.NEXT, 0.28),
)
_CRITIQUE = "不妥之处，请批评指正。"

# What a speaker says of those who spoke before him; who they were is to be filled in.
_REVIEWED = "刚才，××同志通报了有关情况，×个单位作了发言，讲得都很实在，请大家结合各自实际抓好落实。"

FORMS: dict[Genre, GenreForm] = {
    Genre.SPEECH: GenreForm(
        3000,
        _SPEECH,
        ("这次会议的主要任务是，", _REVIEWED, "总的看，"),
        "同志们：",
        "下面，我讲{count}点意见。",
        ("同志们，", "让我们"),
    ),
    Genre.MOBILISATION: GenreForm(
        2500,
        _SPEECH,
        ("今天召开这次动员会，目的是", _REVIEWED, "总的看，"),
        "同志们：",
        "下面，我讲{count}点意见。",
        ("同志们，", "让我们"),
    ),
    Genre.PARTY_LESSON: GenreForm(
        5000,
        _SPEECH,
        ("今天这堂党课，我想围绕{topic}，", "之所以讲这个题目，"),
        "同志们：",
        "下面，我讲{count}个方面的体会。",
        ("同志们，", "让我们"),
    ),
    Genre.EXCHANGE: GenreForm(
        2000,
        _PRACTICES,
        ("近年来，我们", "在工作中，我们"),
        "各位领导，同志们：",
        "下面，我从{count}个方面作交流发言。",
        ("下一步，我们将", "同时，还将"),
        "以上是我们的一些做法，" + _CRITIQUE,
        run_in=True,
    ),
    Genre.REPORT: GenreForm(
        2000,
        _PRACTICES,
        ("近年来，我们", "在工作中，我们"),
        "各位领导，同志们：",
        "现将有关情况从{count}个方面汇报如下。",
        ("下一步，我们将", "同时，还将"),
        "以上汇报，" + _CRITIQUE,
        run_in=True,
    ),
    Genre.PLEDGE: GenreForm(
        1500,
        _MEASURES,
        ("听了会议部署，", "我们完全赞同，"),
        "各位领导，同志们：",
        "下面，我从{count}个方面作表态发言。",
        ("我们将",),
        "请领导和同志们监督。",
        run_in=True,
    ),
    Genre.SEMINAR: GenreForm(
        2500,
        _SEMINAR,
        ("通过这段时间的学习，我", "联系实际，"),
        "各位领导，同志们：",
        "下面，我从{count}个方面谈谈体会。",
        ("今后，我将",),
        "不当之处，请批评指正。",
    ),
    Genre.DUTY_REPORT: GenreForm(
        3000,
        (
            SectionForm(PartRole.PRACTICE, 0.55, takes_points=True),
            SectionForm(PartRole.PROBLEM, 0.15),
            SectionForm(PartRole.NEXT, 0.18),
        ),
        ("一年来，我", "工作中，"),
        "各位领导，同志们：",
        "现从{count}个方面述职如下。",
        ("今后，我将",),
        "以上述职，请予评议。",
    ),
    Genre.SUMMARY: GenreForm(
        3500,
        (
            SectionForm(PartRole.PRACTICE, 0.55, takes_points=True),
            SectionForm(PartRole.PROBLEM, 0.15),
            SectionForm(PartRole.NEXT, 0.20),
        ),
        ("一年来，", "总的看，"),
        None,
        "现将有关情况从{count}个方面总结如下。",
        ("今后，",),
    ),
    Genre.ADDRESS: GenreForm(
        1000,
        (),
        (
            "值此{occasion}举办之际，我代表{mandate}",
            "这次活动以{topic}为主题，",
            "多年来，",
            "近年来，",
            "实践证明，",
            "当前，",
            "面向未来，",
            "我们深知，",
            "我们将",
            "我们愿与各位",
            "我们相信，",
        ),
        "尊敬的各位领导、各位来宾，女士们、先生们、朋友们：",
        "",
        ("希望各位", "最后，预祝"),
        "谢谢大家！",
        opening_share=0.84,
        closing_share=0.16,
        breaks=("多年来，", "当前，", "面向未来，", "借此机会，", "长期以来，", "放眼长远，"),
    ),
}


@cache
def starts() -> frozenset[str]:
    """Every beginning of a sentence that code sets, up to what a brief fills in: it may come again where a model's own may not."""
    forms = [start for form in FORMS.values() for start in (*form.opening, *form.closing)]
    argued = [start for argument in ARGUMENT_STARTS for start, _ in argument]
    every = (*forms, *argued, *_ARGUES_ON, *_FOUND_ON, *_DONE_ON, *_ASKS_ON, *_GREETS_ON)
    return frozenset(start.split("{")[0] for start in every) - {""}


def section_forms(form: GenreForm, count: int | None) -> list[SectionForm]:
    """The form's sections stretched or narrowed to `count`: the kind that takes the points is repeated or the last ones go.

    Shares are kept in sum.
    """
    forms = list(form.sections)
    if count is None or not forms or count == len(forms):
        return forms
    main = next(index for index, section in enumerate(forms) if section.takes_points)
    while len(forms) < count:
        forms.insert(main, forms[main])
    while len(forms) > count:
        forms.pop(0 if main else -1)
        main = next(index for index, section in enumerate(forms) if section.takes_points)
    whole, now = sum(s.share for s in form.sections), sum(s.share for s in forms)
    return [SectionForm(s.role, s.share * whole / now, s.takes_points) for s in forms]
