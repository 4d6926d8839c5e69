"""Passages for a brief, by two questions: what to say (about the topic), and how to say it (the same role, other topics)."""

import re
from collections.abc import Collection, Iterable, Sequence
from math import log

from pydantic import BaseModel, ConfigDict

from prompts import Message
from speech import numbering, placeholders, specifics, words
from speech.brief import Genre, SpeechBrief
from speech.document import characters
from speech.errors import StoreError
from speech.genres import ARGUED, FORMS, PartRole
from vectorstore.passages import BODY, Passage
from vectorstore.search import PassageHit, PassageSearch

TOPIC_HITS = 8  # passages a query
EXAMPLE = (70, 210)  # characters of a worked example

_ROLE_QUERIES = {
    PartRole.TASK: "突出重点 抓好落实 一要 二要 三要",
    PartRole.SAFEGUARD: "加强组织领导 压实责任 强化督查考核",
    PartRole.SIGNIFICANCE: "提高认识 深刻把握重要意义 现实需要 必然要求",
    PartRole.PRACTICE: "做法 成效 一是 二是 三是",
    PartRole.REFLECTION: "认识 体会 学习 我感到",
    PartRole.PROBLEM: "对照检查 问题 不足 差距",
    PartRole.NEXT: "下一步 打算 措施",
}
_HANZI_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")
_SENTENCE = re.compile(r"[^。！？；]+[。！？；]?")
_OF_ITS_DAY = re.compile(
    r"党的|习近平|全会|精神|刚才|今天|会前|[去前今]年|[上下]午|昨天|这次|我(?!们[要必应])|咱|同志|强调|指出|有位|有个|有的|比如|例如|[？?“”《》：:这那]|下面|以下|再[讲说]"
    r"|年底|月底|[一二三四五六七八九十百千两\d]+(?:项|条|件|点|个|家|户|名|处|本|笔|步)"
)
_STARTS_NOTHING = re.compile(r"[这那它其他]|用来|换句话|有了|一度|同时|此外|另外|结果|后来|现在|[一二三四五六]是[^，]{2,14}。")
# What marks a sentence that says what is to be done: it teaches more than one that argues.
_ACTS = re.compile(
    r"要|由|每|必须|一律|不得|不准|公[示开]|取消|建立|推行|统一|优先|纳入|牵头|负责|清单|台账|落实|组织|开展|整治|排查"
)
_LEAD = re.compile(r"^(?:[一二三四五六七]?要|[一二三四五六七]是(?:要)?)")


class Statement(BaseModel):
    """A sentence of a source, without specifics, and the hit that it stands in."""

    model_config = ConfigDict(frozen=True)

    text: str
    hit: PassageHit


class Sources(BaseModel):
    """`about`: hits on the topic, best first. `models`: hits in a role, from documents on other topics."""

    model_config = ConfigDict(frozen=True)

    topic: str
    about: tuple[PassageHit, ...]
    models: dict[PartRole, tuple[PassageHit, ...]]

    def texts(self) -> tuple[str, ...]:
        """Every passage that a prompt may have shown: what a draft is held against for copying and leaks."""
        hits = [*self.about, *(hit for role in self.models.values() for hit in role)]
        return tuple({hit.passage.id: f"{hit.passage.heading}。{hit.passage.text}" for hit in hits}.values())

    def headings(self) -> tuple[str, ...]:
        return tuple({hit.passage.heading for hit in self.about if hit.passage.heading})


def gather(brief: SpeechBrief, search: PassageSearch) -> Sources:
    """The passages that this brief's draft is written from. Raises StoreError where the corpus is empty."""
    about = _merged(search.search(query, k=TOPIC_HITS, per_document=2) for query in (brief.topic, *brief.points))
    if not about:
        raise StoreError(
            "语料库是空的，没有可参考的文稿", "请先运行 jianggao ingest 路径，或 jianggao ingest --samples 装入自带语料"
        )
    topical = {hit.passage.document for hit in about[:TOPIC_HITS]}
    models = {}
    for role in {section.role for section in FORMS[brief.genre].sections}:
        hits = search.search(_ROLE_QUERIES[role], k=24, roles=BODY, per_document=2)
        apart = [hit for hit in hits if hit.passage.document not in topical and _worked(hit) is not None]
        models[role] = tuple(
            apart[:1] if role != PartRole.SAFEGUARD else [*apart[:1], *(hit for hit in hits if hit not in apart[:1])][:8]
        )
    return Sources(topic=brief.topic, about=tuple(about), models=models)


def examples(sources: Sources, role: PartRole) -> list[Message]:
    """Worked examples of a role as turns: heading and points → text, taken from the office's own passages."""
    turns: list[Message] = []
    for hit in sources.models.get(role, ())[:1]:
        if (worked := _worked(hit)) is None:
            continue
        points, text = worked
        ask = f"题目：{hit.passage.title}。小标题：{hit.passage.heading}。要点：{'；'.join(points)}"
        turns += [Message("user", ask), Message("assistant", text)]
    return turns


def statements(sources: Sources, role: PartRole, subject: str, count: int, used: Collection[str] = ()) -> list[Statement]:
    """Up to `count` sentences of the sources that say most about `subject`, not among `used`; of a safeguard any topic's will do."""
    hits = [*sources.about, *(sources.models.get(role, ()) if role == PartRole.SAFEGUARD else ())]
    if role == PartRole.SIGNIFICANCE:
        hits = [hit for hit in hits if _argues(hit.passage)] or hits
    everywhere = [Statement(text=text, hit=hit) for hit in hits for text in _told_plainly(hit.passage.text)]
    telling = _telling(subject, [hit.passage.heading + hit.passage.text for hit in hits], sources.topic)
    on_it = [one for one in everywhere if any(pair in one.hit.passage.heading + one.hit.passage.text for pair in telling)]
    found = on_it if len(on_it) >= 2 else everywhere
    weight = _weights(subject, [f"{one.hit.passage.heading}{one.text}" for one in found])
    argued = role in ARGUED

    def worth(one: Statement) -> float:
        # a sentence under a heading on the subject speaks of it even where it does not name it
        said = _says(weight, one.text) + 2 * _says(weight, one.hit.passage.heading)
        return said * (1.0 if argued else 1 + 0.4 * min(3, len(_ACTS.findall(one.text))))

    ranked = sorted(found, key=worth, reverse=True)
    kept: dict[str, Statement] = {}
    for one in ranked:
        if one.text not in used and sum(other.hit.passage.id == one.hit.passage.id for other in kept.values()) < 3:
            kept.setdefault(one.text, one)
    return list(kept.values())[:count]


def _argues(passage: Passage) -> bool:
    """A 讲话 says in its first part why the work matters (domain practice: 认识, 任务, 保障)."""
    return passage.genre in (Genre.SPEECH, Genre.MOBILISATION, Genre.PARTY_LESSON) and passage.path.startswith("一")


def _told_plainly(text: str) -> list[str]:
    """The sentences of a passage that another speech can learn from, without the clauses that hold figures, names or its own day."""
    told = []
    for line in text.splitlines():
        sentences = _SENTENCE.findall(line) if numbering.read(line) is None else []
        for sentence in sentences:
            clauses = sentence.strip().rstrip("；。！？").split("，")
            plain = "，".join(clause for clause in clauses if not _of_its_own(clause)) + "。"
            if 16 <= characters(plain) <= 80 and not _STARTS_NOTHING.match(plain):
                told.append(plain)
    return told


def _of_its_own(clause: str) -> bool:
    return bool(_OF_ITS_DAY.search(clause) or specifics.find(clause) or placeholders.find(clause))


def _weights(subject: str, texts: Sequence[str]) -> dict[str, float]:
    """The character pairs of `subject`, the rarer in `texts` the heavier: 网格 tells more than 治理."""
    pairs = {subject[i : i + 2] for i in range(len(subject) - 1) if _HANZI_PAIR.match(subject[i : i + 2])}
    return {pair: log(1 + len(texts) / (1 + sum(pair in text for text in texts))) for pair in pairs}


def _telling(subject: str, texts: Sequence[str], topic: str) -> list[str]:
    """The pairs of `subject` that tell it from others: not in the topic as a whole, nor in most texts."""
    pairs = {subject[i : i + 2] for i in range(len(subject) - 1)}
    return [pair for pair in pairs if pair not in topic and 0 < sum(pair in text for text in texts) <= 0.6 * len(texts)]


def _says(weight: dict[str, float], text: str) -> float:
    return sum(heavy * min(3, text.count(pair)) for pair, heavy in weight.items())


def _merged(found: Iterable[list[PassageHit]]) -> list[PassageHit]:
    best: dict[str, PassageHit] = {}
    for hit in (hit for hits in found for hit in hits):
        if hit.passage.id not in best or hit.score > best[hit.passage.id].score:
            best[hit.passage.id] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)


def _worked(hit: PassageHit) -> tuple[list[str], str] | None:
    """(points, text): what a passage tells plainly, and the points that its sentences begin with; None for too little of either."""
    text, points = "", []
    for sentence in _told_plainly(hit.passage.text):
        if characters(text + sentence) > EXAMPLE[1]:
            break
        text += sentence
        point = _LEAD.sub("", sentence).split("，")[0].rstrip("。")
        if 5 <= len(point) <= 18 and words.cut(point).words[0].tag[0] in "vdp":
            points.append(point)
    return (points, text) if hit.passage.heading and len(points) >= 2 and characters(text) >= EXAMPLE[0] else None


def _masked(text: str) -> str:
    return specifics.mask_unsupported(text, SpeechBrief(topic="无"))[0]
