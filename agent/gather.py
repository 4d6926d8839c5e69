"""Passages for a brief, by two questions: what to say (about the topic), and how to say it (the same role, other topics)."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from math import log

from pydantic import BaseModel, ConfigDict, Field

from prompts import Message
from speech import numbering, placeholders, specifics, words
from speech.brief import SpeechBrief
from speech.document import characters
from speech.eras import Era
from speech.errors import StoreError
from speech.genres import ARGUED, FORMS, SAFEGUARDS, PartRole
from speech.orders import Orders, orders_in, speaks_to_a_model
from vectorstore.embed import Near
from vectorstore.passages import BODY
from vectorstore.roles import Role
from vectorstore.search import PassageHit, PassageSearch

TOPIC_HITS = 8  # passages a query
# Cosines of multilingual-e5-small lie close together (0.84 is unlike, 0.90 alike): read off the samples.
_BEARS_ON = 0.035  # below the best statement: how far one may lie and still be on the subject
_NAMES = 0.34  # how much of a subject's words, the rarer the heavier, a sentence has to say to name it
_NAMED, _ACTS_COUNT = 0.02, 0.003  # what naming the subject, and each word of doing, adds
_SHORT_SUBJECT = 4  # characters from which a point says what it is about
_TOPIC_RUN = 4  # characters of a title that name its topic
EXAMPLE = (50, 130)  # characters of a worked example

_ROLE_QUERIES = {
    PartRole.TASK: "突出重点 抓好落实 一要 二要 三要",
    PartRole.SAFEGUARD: "加强组织领导 压实责任 强化督查考核",
    PartRole.SIGNIFICANCE: "提高认识 深刻把握重要意义 现实需要 必然要求",
    PartRole.PRACTICE: "做法 成效 一是 二是 三是",
    PartRole.REFLECTION: "认识 体会 学习 我感到",
    PartRole.PROBLEM: "对照检查 问题 不足 差距",
    PartRole.NEXT: "下一步 打算 措施",
}
# What a passage has to do in its speech to teach a part of a role.
_ROLES = {
    PartRole.TASK: (Role.MEASURE, Role.LEAD),
    PartRole.SAFEGUARD: (Role.SAFEGUARD,),
    PartRole.SIGNIFICANCE: (Role.ARGUMENT,),
    PartRole.PRACTICE: (Role.PRACTICE, Role.MEASURE),
    PartRole.REFLECTION: (Role.ARGUMENT, Role.MEASURE),
    PartRole.PROBLEM: (Role.PROBLEM,),
    PartRole.NEXT: (Role.NEXT, Role.MEASURE),
}
_HANZI_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")
# Words of every speech, which name no subject: 组织建在小区 is not named by 组织都看在眼里.
_OF_ANY_SUBJECT = re.compile(
    "组织|工作|管理|服务|建设|推进|加强|落实|强化|坚持|提升|提高|发展|责任|机制|保障|干部|群众|全面|重点|问题|能力|水平|质量|作用|开展|做好|抓好|党员|党委|党组|全市|全县|我们"
)
_SENTENCE = re.compile(r"[^。！？；]+[。！？；]?")
_OF_ITS_DAY = re.compile(
    r"党的|习近平|全会|精神|刚才|今天|会前|[去前今]年|[上下]午|昨天|这次|我(?!们[要必应])|咱|同志|强调|指出|有位|有个|有的|比如|例如|[？?“”《》：:这那]|下面|以下|再[讲说]"
    r"|(?:政法|组织|宣传|统战|社会工作)[委部]|[\u4e00-\u9fff]{2}局(?!面|势|部|限)|办公室|亮出|[市区县省州镇乡我](?:委(?!书记)|里|政府)|我[市区县省州镇乡]"
    r"|年底|月底|[一二三四五六七八九十百千两\d]+(?:项|条|件|点|个|家|户|名|处|本|笔|步)"
    r"|[二三四五六七八九十百千两几数\d]+(?:年|天|月|次|倍|成|亩|元|万|人|里|级)"
)
_STARTS_NOTHING = re.compile(r"[这那它其他]|用来|换句话|有了|一度|同时|此外|另外|结果|后来|现在|[一二三四五六]是[^，]{2,14}。")
_LEANS = re.compile("^(?:并|也|还|都|就|才|则|又|而|但|从而|以此)|亲自|各自")  # on who or what the clause before it names
# What marks a sentence that says what is to be done: it teaches more than one that argues.
_ACTS = re.compile(
    r"要|由|每|必须|一律|不得|不准|公[示开]|取消|建立|推行|统一|优先|纳入|牵头|负责|清单|台账|落实|组织|开展|整治|排查"
)
# What tells of a fault teaches nothing to do, unless it says not to.
_COMPLAINS = re.compile(r"没有|不够|不足|不力|不强|不实|反倒|反而|难在|情形|现象|形式主义|走过场|变形|问题还|短板|谁的|[吗呢]$")
_DEMANDS = re.compile(r"要|必须|不能|不得|不准|坚决|决不|一律")
_LEAD = re.compile(r"^(?:[一二三四五六七]?要|[一二三四五六七]是(?:要)?)")


class Statement(BaseModel):
    """A sentence of a source, without specifics, and the hit that it stands in."""

    model_config = ConfigDict(frozen=True)

    text: str
    hit: PassageHit


class Sources(BaseModel):
    """`about`: hits on the topic, best first. `models`: hits in a role, from documents on other topics.

    `likeness`: the topic, a point or a safeguard → sentence of a passage, told plainly, or fact of the brief → how much it means the
    same, a cosine. `near`: from which likeness a sentence is on a subject.
    """

    model_config = ConfigDict(frozen=True)

    topic: str
    points: tuple[str, ...] = ()
    about: tuple[PassageHit, ...]
    likeness: dict[str, dict[str, float]] = Field(default_factory=dict)
    near: Near | None = None
    models: dict[PartRole, tuple[PassageHit, ...]]

    def texts(self) -> tuple[str, ...]:
        """Every passage that a prompt may have shown: what a draft is held against for copying and leaks."""
        hits = [*self.about, *(hit for role in self.models.values() for hit in role)]
        return tuple({hit.passage.id: f"{hit.passage.heading}。{hit.passage.text}" for hit in hits}.values())

    def orders(self, brief: SpeechBrief) -> Orders:
        """What of the passages, their headings and titles speaks to a model, and must never be done."""
        hits = [*self.about, *(hit for role in self.models.values() for hit in role)]
        every = (*self.texts(), *(hit.passage.title for hit in hits))
        return orders_in(tuple(dict.fromkeys(every)), "\n".join(brief.told().values()))

    def headings(self) -> tuple[str, ...]:
        return tuple({hit.passage.heading for hit in self.about if hit.passage.heading})


def gather(brief: SpeechBrief, search: PassageSearch, era: Era | None = None) -> Sources:
    """The passages that this brief's draft is written from, those that speak as `era` speaks before others.

    Raises StoreError where the corpus is empty.
    """

    def asked(query: str, k: int, roles: Sequence[Role] | None = None) -> list[PassageHit]:
        return search.search(query, k=k, roles=roles, per_document=2, prefer=era)

    about = _merged(asked(query, TOPIC_HITS) for query in (brief.topic, *brief.points))
    if not about:
        raise StoreError(
            "语料库是空的，没有可参考的文稿", "请先运行 jianggao ingest 路径，或 jianggao ingest --samples 装入自带语料"
        )
    topical = {hit.passage.document for hit in about[:TOPIC_HITS]}
    models = {}
    for role in {section.role for section in FORMS[brief.genre].sections}:
        hits = asked(_ROLE_QUERIES[role], 24, _ROLES[role]) or asked(_ROLE_QUERIES[role], 24, BODY)
        apart = (hit for hit in hits if hit.passage.document not in topical and _worked(hit) is not None)
        worked = tuple(islice(apart, 1))
        # safeguards are much the same whatever the topic, and may be told after any document
        others = [hit for hit in hits if hit not in worked] if role == PartRole.SAFEGUARD else []
        models[role] = (*worked, *others[: TOPIC_HITS - 1])
    told = list(dict.fromkeys(text for hit in _quoted(about, models) for text in told_plainly(hit.passage.text)))
    subjects = list(dict.fromkeys((brief.topic, *brief.points, *SAFEGUARDS.values())))
    texts = list(dict.fromkeys((*told, *brief.facts)))
    # what two or three characters mean only the topic tells: 抓服务 lies near everything
    named = [f"{brief.topic}{one}" if len(one) < _SHORT_SUBJECT else one for one in subjects]
    cosines = search.likeness(named, texts)
    likeness = {subject: dict(zip(texts, row, strict=True)) for subject, row in zip(subjects, cosines, strict=True)}
    return Sources(topic=brief.topic, points=brief.points, about=tuple(about), likeness=likeness, near=search.near, models=models)


def examples(sources: Sources, role: PartRole) -> list[Message]:
    """A worked example of a role as turns: heading and point → text, taken from the office's own passages."""
    turns: list[Message] = []
    for hit in sources.models.get(role, ())[:1]:
        if (worked := _worked(hit)) is None:
            continue
        point, text = worked
        ask = f"题目：{hit.passage.title}。小标题：{hit.passage.heading}。要点：{point}。"
        turns += [Message("user", ask), Message("assistant", text)]
    return turns


def statements(sources: Sources, role: PartRole, subject: str, count: int, used: Collection[str] = ()) -> list[Statement]:
    """Up to `count` sentences of the sources that say most about `subject`, not among `used`; of a safeguard any topic's will do.

    Where passages that do in their speeches what the part is to do say nothing of it, those of the others.
    """
    hits = [*sources.about, *(sources.models.get(role, ()) if role == PartRole.SAFEGUARD else ())]
    alike = [hit for hit in hits if hit.passage.role in _ROLES.get(role, BODY)]
    return (
        _bearing_on(subject, alike, sources, role, used)[:count]
        or _bearing_on(subject, [hit for hit in hits if hit not in alike], sources, role, used)[:count]
    )


def _bearing_on(
    subject: str, hits: Sequence[PassageHit], sources: Sources, role: PartRole, used: Collection[str]
) -> list[Statement]:
    """The sentences of `hits` that are on the subject, the best first."""
    found = [Statement(text=text, hit=hit) for hit in hits for text in told_plainly(hit.passage.text)]
    if role == PartRole.SAFEGUARD:
        told = "".join((sources.topic, *sources.points))
        found = [one for one in found if not _names_its_own_topic(one, told)]
    if role not in ARGUED:
        found = [one for one in found if not _COMPLAINS.search(one.text) or _DEMANDS.search(one.text)] or found
    like = sources.likeness.get(subject) or sources.likeness.get(sources.topic, {})
    # a sentence nearer to another point of the brief is left to that; the topic lies near the sentences of all of them
    rivals = [] if role == PartRole.SAFEGUARD else [point for point in sources.points if point != subject]
    own, others = like, [sources.likeness.get(point, {}) for point in rivals]
    if subject in sources.points:
        own, others = _above_mean(own), [_above_mean(row) for row in others]
    found = [one for one in found if all(own.get(one.text, 0.0) >= row.get(one.text, -1.0) for row in others)]
    weight = _weights(subject, [f"{one.hit.passage.heading}{one.text}" for one in found])
    heaviest = sum(weight.values()) or 1.0
    there = sum(heavy for pair, heavy in weight.items() if any(pair in one.text for one in found)) or 1.0

    def named(one: Statement) -> float:
        # a sentence under a heading on the subject speaks of it even where it does not name it
        return _says(weight, one.text) + _says(weight, one.hit.passage.heading)

    def bears(one: Statement) -> bool:
        """Whether it is on the subject at all: where the corpus has nothing on it, nothing is better than what is nearest."""
        near, alike = sources.near, like.get(one.text, 0.0)
        if near is None or role == PartRole.SAFEGUARD:
            return True
        return alike >= near.alone or (alike >= near.named and named(one) >= _NAMES * there and _speaks_of(sources, one.hit))

    def bearing(one: Statement) -> float:
        acts = 0.0 if role in ARGUED else _ACTS_COUNT * min(3, len(_ACTS.findall(one.text)))
        return like.get(one.text, 0.0) + _NAMED * min(1.0, named(one) / heaviest) + acts

    ranked = sorted((one for one in found if one.text not in used and bears(one)), key=bearing, reverse=True)
    kept: dict[str, Statement] = {}
    for one in ranked:
        if kept and bearing(one) < bearing(ranked[0]) - _BEARS_ON:
            break  # what says little of the subject leads the text astray
        if sum(other.hit.passage.id == one.hit.passage.id for other in kept.values()) < 3:
            kept.setdefault(one.text, one)
    return list(kept.values())


def _quoted(about: Sequence[PassageHit], models: dict[PartRole, tuple[PassageHit, ...]]) -> Iterator[PassageHit]:
    """Every hit that statements may be taken from."""
    yield from about
    yield from models.get(PartRole.SAFEGUARD, ())


@lru_cache(maxsize=4096)  # a passage is asked about by every part of a draft
def told_plainly(text: str) -> tuple[str, ...]:
    """The sentences of a passage that another speech can learn from, without the clauses that hold figures, names or its own day."""
    lines = [line for line in text.splitlines() if numbering.read(line) is None]
    sentences = [found.strip().rstrip("；。！？") for line in lines for found in _SENTENCE.findall(line)]
    sentences = [sentence for sentence in sentences if not speaks_to_a_model(sentence)]
    told = ("，".join(_common_clauses(sentence)) + "。" for sentence in sentences)
    return tuple(plain for plain in told if 16 <= characters(plain) <= 80 and not _STARTS_NOTHING.match(plain))


def _common_clauses(sentence: str) -> Iterator[str]:
    """The clauses of a sentence that are not of its own day, hold neither a specific nor a placeholder, and lean on none that does."""
    claims = [(one.start, one.end) for one in specifics.find(sentence)]
    claims += [(one.start, one.end) for one in placeholders.find(sentence)]
    start, kept = 0, True
    for clause in sentence.split("，"):
        end = start + len(clause)
        leans = not kept and _LEANS.search(clause)
        kept = not leans and not _OF_ITS_DAY.search(clause) and not any(a < end and start < b for a, b in claims)
        if kept:
            yield clause
        start = end + 1


def _names_its_own_topic(one: Statement, told: str) -> bool:
    """Whether it shares a run with its speech's title that is not of what is `told`: 书记要研究基层治理, out of a speech on that."""
    runs = {one.text[at : at + _TOPIC_RUN] for at in range(len(one.text) - _TOPIC_RUN + 1)}
    return any(run in one.hit.passage.title and run not in told for run in runs)


def _speaks_of(sources: Sources, hit: PassageHit) -> bool:
    """Whether a passage has a word of the topic or a point in its titles: 上门 and 老化 stand in speeches that say nothing of care."""
    titles = f"{hit.passage.title}{hit.passage.heading}"
    said = any(pair in titles or pair in hit.passage.text for pair in _weights(sources.topic, ()))
    return said or any(point in titles for point in sources.points)


def _above_mean(row: Mapping[str, float]) -> dict[str, float]:
    """By how much each cosine of a subject is over their mean: some subjects lie near everything."""
    mean = sum(row.values()) / max(1, len(row))
    return {text: cosine - mean for text, cosine in row.items()}


def _weights(subject: str, texts: Sequence[str]) -> dict[str, float]:
    """The character pairs of `subject`, the rarer in `texts` the heavier: 网格 tells more than 治理."""
    pairs = {subject[i : i + 2] for i in range(len(subject) - 1) if _HANZI_PAIR.match(subject[i : i + 2])}
    named = {pair for pair in pairs if not _OF_ANY_SUBJECT.fullmatch(pair)} or pairs
    return {pair: log(1 + len(texts) / (1 + sum(pair in text for text in texts))) for pair in named}


def _says(weight: dict[str, float], text: str) -> float:
    return sum(heavy * min(3, text.count(pair)) for pair, heavy in weight.items())


def _merged(found: Iterable[list[PassageHit]]) -> list[PassageHit]:
    best: dict[str, PassageHit] = {}
    for hit in (hit for hits in found for hit in hits):
        if hit.passage.id not in best or hit.score > best[hit.passage.id].score:
            best[hit.passage.id] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)


def _worked(hit: PassageHit) -> tuple[str, str] | None:
    """(point, text): a point that a passage tells plainly, with the sentences that spell it out; None where there is none."""
    headed = hit.passage.heading and not speaks_to_a_model(f"{hit.passage.title}。{hit.passage.heading}")
    told = told_plainly(hit.passage.text) if headed else ()
    for n, sentence in enumerate(told):
        point = _LEAD.sub("", sentence).split("，")[0].rstrip("。")
        text = sentence
        for further in told[n + 1 :]:
            if characters(text) >= EXAMPLE[0] or characters(text + further) > EXAMPLE[1]:
                break
            text += further
        if 5 <= len(point) <= 18 and EXAMPLE[0] <= characters(text) and words.cut(point).words[0].tag[0] in "vdp":
            return point, text
    return None
