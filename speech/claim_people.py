"""People that a text names: with a title (张建国同志, 周副市长), in a list, or by a name that stands free."""

import re
from collections.abc import Iterator

from speech.claims import Claim, SpecificKind
from speech.lexicon import CALLINGS, HANZI, TITLES, either, places
from speech.lexicon_names import (
    COMMON_AS_WORDS,
    COMPOUND_SURNAMES,
    GIVEN_CHARACTERS,
    GIVEN_WORDS,
    NOT_A_PERSON,
    NOT_IN_NAMES,
    SINGLE_SURNAMES,
)
from speech.words import CutText, is_listed

_CLEAR_SURNAMES = SINGLE_SURNAMES - COMMON_AS_WORDS
_TITLE = either(TITLES)
_SURNAME = f"(?:{either(COMPOUND_SURNAMES)}|[{''.join(sorted(SINGLE_SURNAMES))}])"
_NAME = f"{_SURNAME}[{HANZI}]{{1,2}}"
_AFTER = "(?!们|期|效|远|足|久|办|室)"
_BEFORE_TITLE = re.compile(f"(?P<name>{_NAME}){_TITLE}{_AFTER}")
_SURNAME_TITLE = re.compile(f"(?P<name>{_SURNAME})(?!主席|委员|总书记){_TITLE}{_AFTER}")
# Who is called by what he does: 调解员冯×, 快递员周××; 人员, 党员 and 官员 are kinds of people.
_WORKER = r"(?:调解|宣传|宣讲|信息|联络|讲解|管理|服务|保洁|快递|消防|巡逻|巡防|护林|安全|指导|驾驶|信访|调查|评论|研究|公务|辅导|运动|检查|监督|管护|协管|话务|接线|收银|配送|外卖)员"
_LED_IN = re.compile(
    f"(?:{_TITLE}|{either(CALLINGS)}|{_WORKER}|像|名叫|叫做?|我是|学习|(?:联系|主持|发言|汇报|主讲|讲话|记录)人[:：])$"
)
_FREE = re.compile(_SURNAME)
_LISTED = f"{_SURNAME}[{HANZI}]{{1,3}}?"
_LIST = re.compile(
    rf"(?P<all>{_LISTED}(?:[、和]{_LISTED})+)(?=等[^，。；]{{0,6}}(?:同志|党员|人|领导|干部|代表)|[一二两三四五六七八九\d]+(?:位|名|人)|同志)"
)
# Before a surname with a title: 由周副市长, 听张县长.
_BEFORE_SURNAME = frozenset("由请和与向听在对经、据让随陪同及受给为。，：；“（\n ")
_SPOKEN_OF = re.compile(
    r"(?:说|表示|介绍|告诉|坦言|感慨|带领|牵头|主动|担任|家|一家|这样的|式的|的(?:带领|帮助|故事|事迹|精神)|等(?:同志|一批|人)|老人|夫妇|大叔|[（(])"
)


def people(cut: CutText) -> Iterator[Claim]:
    """Every person that a text names, the surest evidence first; claims may overlap."""
    text = cut.text
    for match in _LIST.finditer(text):
        at = match.start("all")
        for name in re.split("[、和]", match["all"]):
            if not is_listed(name) or cut.word_at(at).tag.startswith("nr"):
                yield Claim(SpecificKind.PERSON, at, at + len(name))
            at += len(name) + 1
    for match in _overlapping(_BEFORE_TITLE, text):
        if _is_name(cut, *match.span("name")) and not _is_post(match["name"]):
            yield Claim(SpecificKind.PERSON, *match.span())
    for match in _SURNAME_TITLE.finditer(text):
        start = match.start()
        own_word = cut.is_boundary(start) and cut.word_at(start).end == start + len(match["name"])
        if match["name"] not in COMMON_AS_WORDS and (not start or text[start - 1] in _BEFORE_SURNAME or own_word):
            yield Claim(SpecificKind.PERSON, *match.span())
    for match in _FREE.finditer(text):
        yield from _free(cut, match.start())


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every match, those too that begin inside another one."""
    at = 0
    while match := pattern.search(text, at):
        yield match
        at = match.start() + 1


def _is_name(cut: CutText, start: int, end: int) -> bool:
    """Whether text[start:end] can be a name: no word of the dictionary but a name's own, no character of a post or a body."""
    name = cut.text[start:end]
    given = name[_surname_length(name) :]
    word = cut.word_at(start)
    if not given or any(sign in NOT_IN_NAMES for sign in given):
        return False
    led_in = cut.text[start - 1 : start] in _BEFORE_SURNAME or not start
    if (word.start < start and not led_in) or word.end > end:  # the head of the name ends another word: 由周|正
        return False
    if is_listed(name) and not word.tag.startswith("nr"):
        return False
    return len(given) == 1 or not is_listed(given) or given in GIVEN_WORDS or all(sign in GIVEN_CHARACTERS for sign in given)


def _is_post(name: str) -> bool:
    """高校 + 校长 is nobody: a word of the dictionary that is not made of a name's characters."""
    given = name[_surname_length(name) :]
    return is_listed(name) and given not in GIVEN_WORDS and not all(sign in GIVEN_CHARACTERS for sign in given)


def _surname_length(name: str) -> int:
    return 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1


def _free(cut: CutText, start: int) -> Iterator[Claim]:
    """A name without a title after it: three signs that names are made of, or two with a title or a word of speech beside.

    The words of a text are cut badly round names (卢|建新 is cut like a verb), so that beside a title they count for less.
    """
    text = cut.text
    surname = text[start : start + _surname_length(text[start : start + 3])]
    if text[start + len(surname) : start + len(surname) + 1] not in GIVEN_CHARACTERS:
        return
    clear = surname in _CLEAR_SURNAMES or len(surname) == 2
    led_in = bool(_LED_IN.search(text[max(0, start - 4) : start]))
    # 网格|员周|志强: a surname is cut to the word before it
    if not cut.is_boundary(start) and not (led_in and clear and cut.word_at(start).tag.startswith("nr")):
        return
    for length in (len(surname) + 2, len(surname) + 1):
        end = start + length
        given = text[start + len(surname) : end]
        if end > len(text) or not all(sign in GIVEN_CHARACTERS for sign in given) or text[start:end] in places():
            continue
        if not cut.is_boundary(end) and len(surname) == 1 and not (led_in and clear and len(given) == 2):
            continue
        telling = led_in or bool(_SPOKEN_OF.match(text, end))
        if _is_word(cut, start, end, telling and clear):
            continue
        if (len(given) == 2 and (clear or telling)) or (telling and (clear or cut.word_at(start).tag.startswith("nr"))):
            yield Claim(SpecificKind.PERSON, start, end)
            return


def _is_word(cut: CutText, start: int, end: int, telling: bool) -> bool:
    """Whether the span is no name but one or two ordinary words: 高水平, 金融, 万家|欢."""
    inside = cut.between(start, end)
    first, rest = inside[0], inside[1:]
    if cut.text[start:end] in NOT_A_PERSON or any(word.text in NOT_A_PERSON for word in inside):
        return True
    if not rest:
        return not first.tag.startswith("nr")
    if len(first.text) > 1 and is_listed(first.text) and not first.tag.startswith(("nr", "ns")):
        return True
    # Cut in two: 王|秀英 is a name; 林|业 and 方|向 are not.
    ordinary = any(word.tag[:1] in "pcudrmqvy" and is_listed(word.text) for word in rest)
    return (
        first.text == "于"
        or len(first.text) > 2 + telling
        or (ordinary and not (telling and len(rest) == 1 and len(rest[0].text) == 2))
    )
