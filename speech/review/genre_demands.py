"""What each 文种 demands of a finished speech (domain notes, B2; practice, not standard)."""

from dataclasses import dataclass

from speech.brief import Genre


@dataclass(frozen=True)
class Demands:
    """`salutation` and `closing` are None where the genre does without; the forms are regular expressions.

    `sections`: the fewest level-1 sections. `opening_says` names, for a reader, what `opening_form` looks for.
    """

    sections: int = 0
    salutation: str | None = None
    salutation_form: str | None = None
    opening_form: str | None = None
    opening_says: str = ""
    closing: str | None = None
    closing_form: str | None = None


_COMRADES = "同志们：", r"同志"
_LEADERS = "各位领导，同志们："
_MEETING = r"会议|大会|会上|座谈|今天|这次|刚才|主要任务|党课|下面"
_CALL = "“同志们，……”加号召", r"同志们|[！!]|让我们|努力|奋斗|作出.{0,6}贡献"
_PLEDGE = r"一定|坚决|保证|确保|将|请.{0,10}(?:监督|放心)|[！!]"
_ADVICE = r"指正|汇报完毕|谢谢|以上(?:汇报|是|就是|体会|发言)"

_SPEECH = Demands(2, *_COMRADES, _MEETING, "会议任务", *_CALL)
_DEMANDS: dict[Genre, Demands] = {
    Genre.SPEECH: _SPEECH,
    Genre.MOBILISATION: _SPEECH,
    Genre.PARTY_LESSON: Demands(2, *_COMRADES),
    Genre.EXCHANGE: Demands(2),
    Genre.REPORT: Demands(
        2, _LEADERS, r"领导|同志|书记|部长|组长|主任", closing="以上汇报，不妥之处请批评指正", closing_form=_ADVICE
    ),
    Genre.PLEDGE: Demands(2, _LEADERS, r"领导|同志|书记", closing="表明态度", closing_form=_PLEDGE),
    Genre.SEMINAR: Demands(
        2,
        opening_form=r"学习|研讨|党课|培训|精神",
        opening_says="学习背景",
        closing="不足之处请批评指正",
        closing_form=_ADVICE,
    ),
    Genre.DUTY_REPORT: Demands(
        2,
        _LEADERS,
        r"领导|同志|代表|委员",
        r"述职|履职|任职|担任|一年来",
        "任职和总评",
        "请予评议",
        r"评议|审议|指正",
    ),
    Genre.ADDRESS: Demands(
        0,
        "尊敬的各位领导、各位来宾，女士们、先生们、朋友们：",
        r"尊敬|各位|来宾|女士|先生|朋友|同志",
        r"代表|欢迎|祝贺|感谢|值此",
        "代表谁致欢迎或祝贺",
        "祝愿并致谢",
        r"祝|谢谢",
    ),
    Genre.HOSTING: Demands(0, *_COMRADES, r"开会|会议|议程|主持", "开会和议程", "宣布散会", r"散会|到此结束|圆满"),
    Genre.SUMMARY: Demands(2, opening_form=r"来|总结|年", opening_says="一年来的总评"),
    # Its last part may begin with 各位代表 too; a closing ends in the call.
    Genre.GOVERNMENT_REPORT: Demands(
        2, "各位代表：", r"代表", r"报告", "请予审议", "号召奋斗", r"(?:(?<!艰苦)奋斗|贡献|篇章|让我们|[！!])[^！!]{0,60}\Z"
    ),
}


def demands(genre: Genre | None) -> Demands:
    """The demands of `genre`; of a text whose genre nobody knows nothing but a beginning is demanded."""
    return _DEMANDS[genre] if genre else Demands()
