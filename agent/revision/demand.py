"""What an instruction to rewrite asks for, read by rule: how long, what to bring out, and what it tells."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.choose import shared
from speech import specifics
from speech.brief import SpeechBrief, brief_from
from speech.document import characters
from speech.errors import BriefError
from speech.numerals import ARABIC, CHINESE, value
from speech.specifics import SpecificKind

LONGEST = 500  # characters of an instruction
_NUMBER = rf"({ARABIC}|{CHINESE})"
_ABOUT = "(?:约|大约|大概|大致|左右)?"
_MORE_BY = re.compile(rf"(?:多写|加写|增加|加|补|扩充|充实|扩)(?:了|上|出)?{_ABOUT}{_NUMBER}\s*(?:来|多)?个?字")
_LESS_BY = re.compile(rf"(?:少写|减少|减|删去|删掉|删|砍掉|压掉|压缩掉)(?:了|去|掉)?{_ABOUT}{_NUMBER}\s*(?:来|多)?个?字")
_TO = re.compile(rf"{_ABOUT}{_NUMBER}\s*(?:来|多)?个?字(?:左右|以内|上下|之内)?(?!方针|诀)")
_PART_OF = re.compile(
    rf"(?P<to>[到至为成]|只留|保留)?(?:原来的)?(?:(?P<below>{CHINESE})分之(?P<above>{CHINESE})|(?P<half>一半|半))"
)
_TWICE = re.compile(r"(?:增加|扩充|扩写|加长|充实)(?:了|到)?[一1]倍|翻[一1]?番|(?:增加|扩充|扩写|加长|充实)到(?:原来的)?两倍")
_SHORTER = re.compile(r"压缩|精简|缩短|缩减|简短|简洁|简练|凝练|短一?[点些]|写短|改短|太长|过长|啰嗦|删减|浓缩")
_LONGER = re.compile(
    r"充实|扩充|扩展|扩写|展开|丰富|详细|详尽|写细|细一?[点些]|长一?[点些]|加长|太短|过短|单薄|再写[些点]|多写[些点几]"
)
_SHORTENED, _LENGTHENED = 0.7, 1.4  # of the length there is, where an instruction says no figure
_ORDER = re.compile(
    r"^(?:请|麻烦|你|再|把|将|并且?|也|还|另外|同时|需要|要|应该?|可以|这一?(?:段|部分|节|点)|本(?:段|节)|第[一二三四五六七八九十]+(?:段|部分|点)"
    r"|[里中内]|补充|加上|加入|添上|加进|增加|写上|写进|写明|写清楚?|说明|说清楚?|点明|点出|突出|强调|提到|提一?下|改成|改为|换成|指出|注明|围绕|多讲|讲讲|讲清)+"
    r"[：:，]?"
)
_BRING_OUT = re.compile("突出|强调|围绕|多讲|讲讲|讲清|说清|写清|写明|说明|点明|点出|提到|补充|加上|加入|添上|加进|增加")
# 说清谁来做、怎么管 asks a question that the text is to answer, in other words than these.
_ASKS = re.compile(
    r"(?:由|靠|该)?(?:谁|怎么|怎样|如何|什么|为何|为什么|哪些|哪里)(?:来|去)?(?:做|抓|管|办|干|负责|牵头|落实|推进|开展|样|时候)?、?"
)
_NOT = re.compile(r"^(?:请|这段|也|就)*(?:不要|不用|别|不必|删去|删掉|删|去掉|拿掉|不提|不写)")
_CLAUSE = re.compile(r"[^，。；！？\n]+")
_FIGURES = (SpecificKind.DATE, SpecificKind.COUNT, SpecificKind.AMOUNT, SpecificKind.PERCENT)
_REST = 2  # characters: more of a question than this, without its question word, names a matter
_SHORTEST_FACT = 6  # characters: what is shorter tells a name or a figure, and no fact


@dataclass(frozen=True)
class Demand:
    """`instruction` as one line. `subjects`: what it wants brought out. `facts`: what it states, to stand in the text word for word.

    `told`: what it names besides, which the text may name then. `length`: how long this very text is to be, where that was
    worked out already.
    """

    instruction: str
    subjects: tuple[str, ...]
    facts: tuple[str, ...]
    told: tuple[str, ...]
    length: int | None = None

    @property
    def resized(self) -> bool:
        """Whether it asks for another length."""
        return replace(self, length=None).length_of(1000) != 1000

    @property
    def only_resized(self) -> bool:
        """Whether another length is all that it asks for."""
        return self.resized and not self.subjects and not self.facts

    def length_of(self, now: int) -> int:
        """How long a text of `now` characters is to be; `now` where nothing is said of it."""
        if self.length is not None:
            return self.length
        said = self.instruction
        if found := _MORE_BY.search(said):
            return now + _integer(found[1])
        if found := _LESS_BY.search(said):
            return max(now // 4, now - _integer(found[1]))
        if (found := _TO.search(said)) and _integer(found[1]) >= 20:
            return _integer(found[1])
        if _TWICE.search(said):
            return 2 * now
        if (found := _PART_OF.search(said)) and (_SHORTER.search(said) or _LONGER.search(said) or found["to"] or "减" in said):
            return round(now * _factor(found, shorter=not _LONGER.search(said)))
        if _SHORTER.search(said):
            return round(now * _SHORTENED)
        return round(now * _LENGTHENED) if _LONGER.search(said) else now

    def shared_out(self, texts: Sequence[str]) -> "list[Demand | None]":
        """What is asked of each of `texts`, the parts of one section; None of one that need not change.

        A length is shared out by theirs; a fact and a matter to bring out go to the part that says most of it.
        """
        if len(texts) == 1:
            return [self]
        now = sum(map(characters, texts))
        rate = self.length_of(now) / max(1, now)

        def nearest(matter: str) -> int:
            return max(range(len(texts)), key=lambda n: (shared(matter, texts[n]), -n))

        asked: list[Demand | None] = []
        for n, text in enumerate(texts):
            facts = tuple(fact for fact in self.facts if nearest(fact) == n)
            subjects = tuple(subject for subject in self.subjects if nearest(subject) == n)
            meant = self.resized or facts or subjects or not (self.facts or self.subjects)
            length = round(characters(text) * rate) if self.resized else None
            asked.append(replace(self, facts=facts, subjects=subjects, length=length) if meant else None)
        return asked

    def tell(self, brief: SpeechBrief) -> SpeechBrief:
        """`brief` with what the instruction states and names. Raises BriefError where it has no room for it."""
        facts = dict.fromkeys((*brief.facts, *self.facts))
        notes = "\n".join(filter(None, (brief.notes, *self.told)))
        return brief_from(brief.model_dump() | {"facts": list(facts), "notes": notes or None})


def demand(instruction: str, brief: SpeechBrief) -> Demand:
    """Read an instruction for a draft of `brief`. Raises BriefError for one that is empty or no line of text."""
    said = " ".join(instruction.split())
    if not re.search(r"[\u4e00-\u9fff]", said):
        raise BriefError("没有写怎么改", "如“再充实一些”“压缩一半”“突出网格长职责”")
    if len(said) > LONGEST or not said.isprintable():
        raise BriefError(f"修改要求应是一段文字，{LONGEST} 字以内", "请改短")
    facts, told = [], []
    for clause in _stated(said):
        new = [one for one in specifics.check(clause, brief) if not one.supported]
        if any(one.kind in _FIGURES for one in new) and characters(clause) >= _SHORTEST_FACT:
            facts.append(clause)
        elif new:
            told.append(clause)
    wanted = (clause for found in _CLAUSE.findall(said) if _BRING_OUT.search(found) for clause in _stated(found))
    matters = ((clause, _ASKS.sub("", clause)) for clause in wanted if clause not in facts)
    subjects = tuple(matter for clause, matter in matters if matter == clause or len(matter) > _REST)
    return Demand(said, subjects, tuple(facts), tuple(told))


def _stated(said: str) -> Iterator[str]:
    """The clauses of an instruction that say something of the matter, without the order and the length."""
    for pattern in (_MORE_BY, _LESS_BY, _TO, _PART_OF, _TWICE):
        said = pattern.sub("", said)
    for clause in _CLAUSE.findall(said):
        bare = _ORDER.sub("", clause.strip()).strip(" 　：:")
        if bare and not _NOT.match(clause.strip()):
            yield bare


def _factor(found: re.Match[str], shorter: bool) -> float:
    above, below = (1, 2) if found["half"] else (_integer(found["above"]), max(1, _integer(found["below"])))
    part = min(1.0, above / below)
    if found["to"]:
        return max(0.1, part)
    return max(0.1, 1 - part) if shorter else 1 + part


def _integer(number: str) -> int:
    worth = value(number)
    return 0 if worth is None else min(int(worth), 100_000)
