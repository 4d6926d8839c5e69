"""Taboos: what a brief says must not be touched on, and where a text touches on it all the same."""

import re
from collections.abc import Sequence
from functools import lru_cache

from speech import words

_SENTENCE = re.compile(r"[^。！？；\n]+")
# Words of a taboo that name nothing by themselves: 有关拆迁的具体问题 is about 拆迁.
_EMPTY = frozenset(
    [
        "的",
        "了",
        "和",
        "与",
        "及",
        "等",
        "有关",
        "相关",
        "具体",
        "任何",
        "某些",
        "一些",
        "那个",
        "这个",
        "那件",
        "这件",
        "事情",
        "事",
        "问题",
        "方面",
        "情况",
        "内容",
        "话题",
        "个别",
        "关于",
        "一事",
    ]
)

_GENERAL = frozenset(
    ["单位", "部门", "企业", "公司", "个人", "人员", "人", "名字", "姓名", "项目", "地方", "地区", "干部", "领导", "数字", "数据"]
)  # alone they name nobody


def touched(text: str, taboos: Sequence[str]) -> list[tuple[int, int, str]]:
    """Where `text` touches on one of `taboos`: (start, end, taboo), in order.

    It does where the taboo stands word for word, or where all its words that name something stand in one sentence:
    「去年的燃气事故」 by 「燃气领域去年发生事故」, and not by 「防范事故」.
    """
    found = [(match.start(), match.end(), taboo) for taboo in taboos for match in re.finditer(re.escape(taboo), text)]
    for sentence in _SENTENCE.finditer(text):
        for taboo in taboos:
            named = naming_words(taboo)
            if named and named != (taboo,) and all(word in sentence[0] for word in named) and taboo not in sentence[0]:
                found.append((sentence.start(), sentence.end(), taboo))
    return sorted(found)


@lru_cache(maxsize=256)
def naming_words(taboo: str) -> tuple[str, ...]:
    """The words of `taboo` that name something; () for one that names nothing (具体单位)."""
    named = tuple(
        word.text
        for word in words.cut(taboo).words
        if word.text not in _EMPTY and word.tag[:1] not in "uwxcpq" and not re.fullmatch(r"\W+", word.text)
    )
    return () if set(named) <= _GENERAL else named
