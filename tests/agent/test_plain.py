"""A model's answer made plain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.plain import plain


@pytest.mark.parametrize(
    "said, made",
    [
        ("<think>先想一想</think>要抓落实。", "要抓落实。"),
        ("先想一想</think>要抓落实。", "要抓落实。"),
        ("<thinking>想\n想</thinking>要抓落实。", "要抓落实。"),
        ("<|think|>想<|/think|>要抓落实。", "要抓落实。"),
        ("要抓落实。<think>还要想", "要抓落实。"),
        ("## 标题\n**要抓落实**。", "标题要抓落实。"),
        ("| 事项 | 要求 |\n|---|---|\n要抓落实。", "要抓落实。"),
        ('{"text": "要抓落实。要守底线。", "标题": "正文"}', "要抓落实。要守底线。"),
        ('{"text": "要抓落实。要守底线', "要抓落实。要守底线"),
        ('同时，要{"text": "抓落实。"}要守底线。', "同时，要抓落实。要守底线。"),
        ('{"text": "要抓落实。\\n要守底线。"}。', "要抓落实。要守底线。"),
        ("1.1 要抓落实。", "要抓落实。"),
        ("要抓落实。一、要守底线。（二）要聚人心。", "要抓落实。要守底线。要聚人心。"),
        ("①要抓落实。Ⅱ. 要守底线。", "要抓落实。要守底线。"),
        ("要抓落实。三、", "要抓落实。"),
        ("要抓落实,守底线.", "要抓落实，守底线。"),
        ("要★抓\u200b落实😀。", "要抓落实。"),
        ("<p>要抓落实。</p><!-- 注 -->&nbsp;", "要抓落实。"),
        ("[要抓](http://a.cn)落实。", "要抓落实。"),
        ("执行〈公约〉，学习《办法〈试行〉》。", "执行《公约》，学习《办法〈试行〉》。"),
        ("他说「要抓落实」。", "他说“要抓落实”。"),
        ("增长3.5%，达到1,200个。", "增长3.5%，达到1,200个。"),
        ("第一，要抓落实。", "第一，要抓落实。"),
        ("**市有×个街道。", "**市有×个街道。"),
    ],
)
def test_marks_come_off_and_no_word_is_added(said: str, made: str) -> None:
    assert plain(said) == made


@given(st.text(max_size=80))
def test_any_text_becomes_one_line_without_unseen_signs(text: str) -> None:
    made = plain(text)
    assert "\n" not in made and "\u200b" not in made and " " not in made
    assert len([sign for sign in made if "\u4e00" <= sign <= "\u9fff"]) <= len([s for s in text if "\u4e00" <= s <= "\u9fff"])
