"""A brief as a person would put it to a model: what the baselines and the judge are told of a task."""

from speech.brief import SpeechBrief
from speech.genres import FORMS

_FIELDS = {
    "title": "标题",
    "occasion": "场合",
    "topic": "主题",
    "speaker": "讲话人",
    "audience": "听众",
    "date": "日期",
    "place": "地点",
    "notes": "备注",
}


def told(brief: SpeechBrief) -> str:
    """A brief as a person would put it to a model."""
    lines = [f"文种：{brief.genre}"]
    lines += [f"{label}：{value}" for field, label in _FIELDS.items() if (value := getattr(brief, field))]
    lines += [f"讲{brief.sections}个部分"] if brief.sections else []
    lines += [f"要点：{'；'.join(brief.points)}"] if brief.points else []
    lines += [f"已知事实：{'；'.join(brief.facts)}"] if brief.facts else []
    lines += [f"不要提：{'；'.join(brief.taboos)}"] if brief.taboos else []
    return "\n".join([*lines, f"字数：约{length_of(brief)}字"])


def length_of(brief: SpeechBrief) -> int:
    return brief.length or FORMS[brief.genre].length
