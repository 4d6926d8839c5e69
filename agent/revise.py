"""Change a finished draft: only what must change changes, and every change is kept as a revision."""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date as Day

import prompts
from agent.drafts import Draft, DraftStore, Revision, Why
from agent.faults import Ground
from agent.gather import Sources, Statement, gather
from agent.meter import Metered, Stopped
from agent.models import ChatModel
from agent.revision.change import resized, with_forms
from agent.revision.demand import demand as read_demand
from agent.revision.facts import add_fact
from agent.revision.restate import part_at, restated, speech_of, split_fixed
from agent.revision.rewrite import Rewriter
from agent.settings import Settings
from agent.write import Writer
from speech import numbering, placeholders
from speech.brief import SpeechBrief, brief_from
from speech.document import CLOSING, OPENING, Paragraph, Speech
from speech.eras import Era
from speech.errors import DraftError, JianggaoError, ModelError, StoreError
from speech.finding import Finding
from speech.parse import parse
from speech.placeholders import fill_in_sheet
from speech.render import with_lines
from speech.review import review
from vectorstore.search import PassageSearch

__all__ = ["Reviser", "add_fact", "fill", "mend", "path_of", "taken_back"]

_CLAUSE = re.compile(r"[^，。；：！？\n]+")
_LONGEST_ANSWER = 200  # characters
_MOST_FACTS, _LONGEST_FACT = 100, 500  # what a brief holds
_LONGEST_NOTE = 200  # characters


@dataclass
class Reviser:
    """Changes drafts and keeps each change. To rewrite and to lengthen takes `model` and `search`; without `search` a review after
    the other changes says nothing of leaks and copies.

    Every method gives the draft as kept, a revision further. Raises DraftError for a draft that is not finished, or that
    another change was made to meanwhile; whatever is raised, the draft is as it was. `stop` ends a change that is under way.
    """

    settings: Settings
    drafts: DraftStore
    model: ChatModel | None = None
    search: PassageSearch | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def fill(self, draft: Draft, answers: Mapping[str, str]) -> Draft:
        """Answers to the fill-in sheet, {"p1": "3月5日"}, at every place."""
        changed = fill(draft, answers, self.settings.today, self._shown(draft))
        said = "；".join(f"{name}={answer.strip()}" for name, answer in answers.items() if answer.strip())
        return self.drafts.keep(changed, Why.FILLED, said[:_LONGEST_NOTE])

    def add_fact(self, draft: Draft, fact: str) -> Draft:
        """A fact that comes after the draft, in the part where it belongs."""
        changed = add_fact(draft, fact, self.settings.today, self._shown(draft))
        return self.drafts.keep(changed, Why.FACT_ADDED, fact.strip()[:_LONGEST_NOTE])

    def rewrite(self, draft: Draft, path: str, instruction: str) -> Draft:
        """The section or paragraph at `path` (二, 二（一）, 开头) anew as `instruction` asks; the others stay byte for byte.

        What the instruction states becomes a fact of the brief. Raises ModelError where the model gives nothing usable.
        """
        at = path_of(draft, path)
        speech = speech_of(draft)
        demand = read_demand(instruction, draft.brief)
        brief = demand.tell(draft.brief)
        texts, shown = [paragraph.text for paragraph in speech.paragraphs()], dict[str, Sequence[Statement]]()
        titles = "。".join(filter(None, (speech.title, *speech.headings().values())))
        meant = {n: split_fixed(draft, one.path, one.text) for n, one in enumerate(speech.paragraphs()) if _under(one, at)}
        with self._metered(draft) as meter:
            sources = self._sources(brief)
            rewriter = Rewriter(brief, sources, meter, self._ground(brief, sources))
            asked = demand.shared_out([part_at(draft, draft.paragraphs[n].path).heading + own for n, (own, _) in meant.items()])
            for (n, (own, fixed)), one in zip(meant.items(), asked, strict=True):
                if one is not None:
                    around = titles + "。" + "".join(text for other, text in enumerate(texts) if other != n)
                    place = draft.paragraphs[n].path
                    new, shown[place] = rewriter.rewrite(part_at(draft, place), own, around, one)
                    texts[n] = new + fixed
            changed = restated(draft, speech.with_paragraphs(texts), brief, self.settings.today, sources.texts(), shown)
            changed = changed.model_copy(update={"usage": draft.usage + meter.since})
        return self.drafts.keep(changed, Why.REWRITTEN, f"{at}：{demand.instruction}"[:_LONGEST_NOTE])

    def change(
        self,
        draft: Draft,
        *,
        speaker: str | None = None,
        audience: str | None = None,
        date: str | None = None,
        length: int | None = None,
    ) -> Draft:
        """The draft for another speaker, audience or day, or of another length. Raises BriefError for a value that will not do."""
        asked = {"speaker": speaker, "audience": audience, "date": date, "length": length}
        wanted = {name: value for name, value in asked.items() if value is not None}
        if not wanted:
            raise DraftError("没有说要调整什么", "可调整讲话人、听众、日期和篇幅")
        brief = brief_from(draft.brief.model_dump() | wanted)
        speech = with_forms(speech_of(draft), draft.brief, brief)
        usage = draft.usage
        if length is not None:
            with self._metered(draft) as meter:
                speech = resized(draft, speech, length, lambda: self._writer(brief, meter))
            usage += meter.since
        changed = restated(draft, speech, brief, self.settings.today, self._shown(draft)).model_copy(update={"usage": usage})
        words = {"speaker": "讲话人", "audience": "听众", "date": "日期", "length": "篇幅"}
        note = "；".join(f"{words[name]}：{value}" for name, value in wanted.items())
        return self.drafts.keep(changed, Why.CHANGED, note[:_LONGEST_NOTE])

    def mend(self, draft: Draft, finding: Finding) -> Draft:
        """What a finding of the draft's review suggests, put in the place of what it found."""
        changed = mend(draft, finding, self.settings.today, self._shown(draft))
        return self.drafts.keep(changed, Why.MENDED, f"{finding.text}→{finding.suggestion}"[:_LONGEST_NOTE])

    def take_back(self, draft: Draft, to: int | None = None) -> Draft:
        """The revision before the present state, or revision `to`, as a new one. Nothing is lost: that can be taken back too."""
        before = taken_back(self.drafts.revisions(draft.id), to)
        return self.drafts.keep(
            draft.model_copy(update=before.state()), Why.TAKEN_BACK, f"回到第 {before.number} 稿", before.number
        )

    def _shown(self, draft: Draft) -> tuple[str, ...]:
        """The passages that the draft was written from, as far as they are still there."""
        shown = dict.fromkeys(source.passage for paragraph in draft.paragraphs for source in paragraph.sources)
        return self.search.texts(list(shown)) if self.search else ()

    def _writer(self, brief: SpeechBrief, meter: Metered) -> Writer:
        sources = self._sources(brief)
        return Writer(brief, sources, meter, self._ground(brief, sources))

    def _sources(self, brief: SpeechBrief) -> Sources:
        if self.search is None:
            raise StoreError("改写和加长要参考语料，语料库没有打开", "请运行 jianggao doctor 看看缺什么")
        year = self.settings.today.year
        return gather(brief, self.search, Era(since=year, until=year))

    def _ground(self, brief: SpeechBrief, sources: Sources) -> Ground:
        corpus = self.search.runs() if self.search else None
        return Ground(brief, (*sources.texts(), *prompts.examples()), self.settings.today, corpus=corpus)

    @contextmanager
    def _metered(self, draft: Draft) -> Iterator[Metered]:
        """The model with a meter. What a change that came to nothing has cost counts all the same."""
        if self.model is None:
            raise ModelError("改写和加长要用模型", "请运行 jianggao doctor 看看缺什么")
        self.stop.clear()
        meter = Metered(self.model, self.stop, self.settings, draft.usage)
        try:
            yield meter
        except (JianggaoError, Stopped, KeyboardInterrupt):
            if meter.since.calls:
                now = self.drafts.get(draft.id)
                self.drafts.save(now.model_copy(update={"usage": now.usage + meter.since}))
            raise


def path_of(draft: Draft, said: str) -> str:
    """The path that a user means: 二（一） as it is, 二、 2(1) 第二部分 as they write it. Raises DraftError with those there are."""
    paths = list(speech_of(draft).headings()) + [paragraph.path for paragraph in draft.paragraphs]
    plain = "".join(said.split()).translate(_FULL).removesuffix("、")
    plain = re.sub(r"^第(.+?)(?:部分|大点|点|段|节)", r"\1", plain)
    plain = re.sub(r"[0-9]{1,2}", lambda number: numbering.chinese(int(number[0])) if int(number[0]) > 0 else number[0], plain)
    plain = {"开场": OPENING, "结语": CLOSING, "结束": CLOSING}.get(plain, plain)
    if plain not in paths:
        raise DraftError(f"稿中没有“{said.strip()[:20]}”这一部分", f"可改的部分：{'、'.join(dict.fromkeys(paths))}")
    return plain


_FULL = str.maketrans("().", "（）、")


def _under(paragraph: Paragraph, path: str) -> bool:
    """Whether a paragraph stands at `path` or below it."""
    return paragraph.path == path or paragraph.path.startswith(f"{path}（")


def taken_back(revisions: Sequence[Revision], to: int | None = None) -> Revision:
    """The revision to go back to: number `to`, or the one before the present state, however often that was brought back."""
    by_number = {revision.number: revision for revision in revisions}
    if to is not None:
        if to not in by_number:
            raise DraftError(f"没有第 {to} 稿", f"现有第 1—{len(revisions)} 稿" if revisions else "这篇稿子还没写完")
        return by_number[to]
    if not revisions:
        raise DraftError("这篇稿子还没写完，没有可撤回的修改")

    def state(number: int) -> int:
        """The first revision that had the state of this one."""
        while (of := by_number[number].of) is not None:
            number = of
        return number

    now = state(revisions[-1].number)
    if now == revisions[0].number:
        raise DraftError("已经是初稿，没有可撤回的修改", "要回到别的一稿，写明是第几稿")
    return by_number[state(now - 1)]


def fill(draft: Draft, answers: Mapping[str, str], today: Day, sources: Sequence[str] = ()) -> Draft:
    """`draft` with answers to its fill-in sheet, {"p1": "3月5日"}, at every place; what was answered counts as told from now on.

    Raises DraftError for a draft that is not finished, an id that its sheet does not have, an answer that is no single line,
    or one that would change the structure.
    """
    before = speech_of(draft)
    for name, answer in answers.items():
        if len(answer) > _LONGEST_ANSWER or len(answer.strip().splitlines()) > 1:
            raise DraftError(f"{name} 的答案应是一行，{_LONGEST_ANSWER} 字以内", "请改短后再填")
    text = placeholders.fill(draft.text, dict(answers))
    speech = _reworded(before, draft.text, text)
    if speech is None:
        raise DraftError("填入的内容会打乱结构", "请不要在答案里写换行和序号")
    new = speech.paragraphs()
    paragraphs = tuple(old.model_copy(update={"text": one.text}) for old, one in zip(draft.paragraphs, new, strict=True))
    brief = _told_more(draft.brief, draft.text, text)
    changed = {
        "brief": brief,
        "speech": speech,
        "text": text,
        "paragraphs": paragraphs,
        "placeholders": tuple(fill_in_sheet(text)),
        "review": review(text, brief, sources, today),
    }
    return draft.model_copy(update=changed)


def mend(draft: Draft, finding: Finding, today: Day, sources: Sequence[str] = ()) -> Draft:
    """`draft` with the suggestion of a finding in the place of what it found.

    Raises DraftError for a finding that has none, that the draft's review does not have (any more), or whose suggestion would
    change the structure.
    """
    before = speech_of(draft)
    start, end, suggestion = finding.start, finding.end, finding.suggestion
    if draft.review is None or finding not in draft.review.findings or draft.text[start:end] != finding.text:
        raise DraftError("稿中没有这一处问题，或已经改过", "请看过最新的审核再改")
    if suggestion is None:
        raise DraftError(f"“{finding.message}”没有可以直接换上的写法", "请改写这一部分")
    speech = _reworded(before, draft.text, draft.text[:start] + suggestion + draft.text[end:])
    if speech is None:
        raise DraftError("换上去会打乱结构", "请改写这一部分")
    return restated(draft, speech, draft.brief, today, sources)


def _reworded(speech: Speech, before: str, after: str) -> Speech | None:
    """`speech` with the words of `after` in the place of those of `before`; None where a reader would take it for another structure."""
    read, now = parse(before), parse(after)
    if after.count("\n") != before.count("\n") or [one.path for one in read.paragraphs()] != [
        one.path for one in now.paragraphs()
    ]:
        return None
    # a line that reads otherwise than it stands in the tree stays where it stands
    return with_lines(speech, after).model_copy(update={"speaker": now.speaker, "date": now.date})


def _told_more(brief: SpeechBrief, before: str, after: str) -> SpeechBrief:
    """`brief` with every clause that was filled in as a fact: 300 alone does not tell what 300万元 does."""
    known = set(_CLAUSE.findall(before))
    told = list(dict.fromkeys(clause.strip() for clause in _CLAUSE.findall(after) if clause not in known))
    facts = list(brief.facts)
    for clause in told:
        room = len(facts) < _MOST_FACTS // 2 or not facts
        if room or len(facts[-1]) + len(clause) >= _LONGEST_FACT:
            facts.append(clause)
        else:
            facts[-1] += f"；{clause}"
    return brief_from(brief.model_dump() | {"facts": facts})
