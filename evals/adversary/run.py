"""One draft by a model that misbehaves, and what is found in it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml
from docx import Document as open_word

import prompts
from agent.drafter import Drafter, Finished, PartWritten
from agent.drafts import Draft, DraftStore
from agent.models import LARGE, SMALL, EndpointModel, ModelProfile
from agent.settings import Settings
from agent.tokens import upper_bound
from evals.adversary.corpus import TODAY, Corpus
from evals.adversary.exhibit import Exhibit, Row, Told, Written
from evals.adversary.promises import broken
from evals.adversary.server import Endpoint, Mind, Misbehaviour
from evals.adversary.voice import Voice
from speech import placeholders
from speech.brief import SpeechBrief, brief_from
from speech.document import Speech
from speech.docx import to_docx
from speech.errors import JianggaoError
from speech.render import to_markdown

ANSWER = "七七"  # what every gap is filled with
_PATIENCE = {"stall": 1.0, "deadline": 4.0, "pauses": (0.01,), "context": 1_000_000}
PROFILES: dict[str, ModelProfile] = {"small": replace(SMALL, **_PATIENCE), "large": replace(LARGE, **_PATIENCE)}  # type: ignore[arg-type]


@dataclass(frozen=True)
class Outcome:
    """What became of one run. `failure`: why there is no draft, in the words of the user's line; `broken`: promise → what is wrong.

    `resumed`: the run failed, and was finished when the line was good again.
    """

    way: str
    brief: str
    profile: str
    seconds: float
    calls: int
    failure: str = ""
    resumed: bool = False
    broken: dict[str, list[str]] = field(default_factory=dict)
    planted: int = 0
    text: str = ""


@cache
def briefs() -> dict[str, SpeechBrief]:
    """The briefs of briefs.yaml, by id."""
    rows = yaml.safe_load(files(__package__).joinpath("briefs.yaml").read_text(encoding="utf-8"))
    return {row.pop("id"): brief_from(row) for row in rows}


def attempt(way: Misbehaviour, brief_id: str, profile: str, corpus: Corpus, endpoint: Endpoint, home: Path) -> Outcome:
    """A draft of the brief by a model that behaves in `way`."""
    return attempt_brief(way, brief_id, briefs()[brief_id], profile, corpus, endpoint, home)


def attempt_brief(
    way: Misbehaviour, brief_id: str, brief: SpeechBrief, profile: str, corpus: Corpus, endpoint: Endpoint, home: Path
) -> Outcome:
    """As `attempt`, for a brief of one's own."""
    mind = endpoint.mind = Mind(way, Voice(sources=corpus.shown(brief), unseen=corpus.unseen(brief)))
    settings = Settings(JIANGGAO_HOME=home, JIANGGAO_TODAY=TODAY)  # type: ignore[call-arg]
    run = _Run(settings, EndpointModel("adversary", endpoint.base_url, "none", PROFILES[profile], upper_bound), corpus, mind)
    started = time.perf_counter()
    draft, failures, wrong = run.to_its_end(brief)
    seconds = time.perf_counter() - started
    if mind.slip:
        raise RuntimeError(f"the endpoint slipped in {way.name}") from mind.slip
    if draft is not None:
        wrong |= broken(_exhibit(draft, brief, corpus, mind, run.repaid, home))
    return Outcome(
        way=way.name,
        brief=brief_id,
        profile=profile,
        seconds=round(seconds, 2),
        calls=len(mind.asked),
        failure="" if draft else failures[-1],
        resumed=draft is not None and bool(failures),
        broken=wrong,
        planted=len(mind.voice.planted),
        text=draft.text if draft else "",
    )


@dataclass
class _Run:
    settings: Settings
    model: EndpointModel
    corpus: Corpus
    mind: Mind
    repaid: tuple[str, ...] = ()

    def to_its_end(self, brief: SpeechBrief) -> tuple[Draft | None, list[str], dict[str, list[str]]]:
        """The finished draft or None, why it failed each time, and what was wrong with that."""
        drafter = self._drafter()
        draft, failures, wrong = drafter.begin(brief), list[str](), dict[str, list[str]]()
        paid: list[str] = []
        for turn in range(2):
            paid_for = 0
            failed_at = len(self.mind.answered)
            try:
                for event in drafter.run(drafter.drafts.get(draft.id)):
                    if isinstance(event, PartWritten):
                        paid_for = len(self.mind.answered)
                    if isinstance(event, Finished):
                        again = set(paid) & set(self.mind.answered[failed_at:])
                        self.repaid = tuple(request[-60:] for request in sorted(again))
                        return event.draft, failures, wrong
            except JianggaoError as error:
                failures.append(str(error))
                if "\n" in str(error) or not error.way_on:
                    wrong["clear reason"] = [f"没有说清：{error}"]
                kept = drafter.drafts.get(draft.id)
                if kept.status != "failed" or kept.error != str(error):
                    wrong["clear reason"] = [f"状态是 {kept.status}，记的是：{kept.error}"]
            except Exception as error:  # a crash is what is looked for here
                failures.append(f"{type(error).__name__}: {error}")
                return None, failures, {"clear reason": [failures[-1][:200]]}
            if turn or not self.mind.way.heals:
                break
            paid, self.mind.healed = self.mind.answered[:paid_for], True
            drafter = self._drafter()
        if self.mind.way.heals:
            wrong["resumption"] = [f"不能接着写：{failures[-1]}"]
        return None, failures, wrong

    def _drafter(self) -> Drafter:
        return Drafter(self.settings, self.model, self.corpus.search, DraftStore(self.settings.database))


def _exhibit(draft: Draft, brief: SpeechBrief, corpus: Corpus, mind: Mind, repaid: tuple[str, ...], home: Path) -> Exhibit:
    assert draft.outline and draft.speech and draft.review
    answers = {row.id: ANSWER for row in draft.placeholders}
    return Exhibit(
        told=_told(brief),
        text=draft.text,
        paragraphs=[
            Written(one.path, one.text, tuple((source.passage, source.document) for source in one.sources))
            for one in draft.paragraphs
        ],
        sheet=[Row(row.mask, row.spans) for row in draft.placeholders],
        reported=[(finding.start, finding.end) for finding in draft.review.findings],
        corpus=corpus.kept,
        said=tuple(mind.voice.said),
        planted=frozenset(_unspoken(mind.voice.planted, brief)),
        examples=tuple(prompts.examples()),
        planned={section.number.rstrip("、"): sum(part.length for part in section.parts) for section in draft.outline.sections},
        filled=_filled(draft.text, answers),
        markdown=to_markdown(draft.speech).replace("\\", ""),
        word=_shown_in_word(draft.speech, home),
        repaid=repaid,
    )


def _told(brief: SpeechBrief) -> Told:
    others = (brief.speaker, brief.audience, brief.date, brief.place, *brief.points)
    return Told(
        genre=brief.genre,
        topic=brief.topic,
        title=brief.title or "",
        occasion=brief.occasion or "",
        length=brief.length or 0,
        facts=brief.facts,
        others=tuple(other for other in others if other),
    )


def _unspoken(planted: Sequence[str] | set[str], brief: SpeechBrief) -> set[str]:
    """What was planted and is not told anyway."""
    told = "".join(brief.told().values())
    return {sign for sign in planted if sign not in told}


def _filled(text: str, answers: dict[str, str]) -> str:
    """The text with every gap filled; a date of several parts takes an answer of its form."""
    sheet = {row.id: row for row in placeholders.fill_in_sheet(text)}
    kinds = {"date": "2026年7月7日"}
    try:
        return placeholders.fill(text, {name: kinds.get(sheet[name].kind, answer) for name, answer in answers.items()})
    except JianggaoError as error:
        return f"×{error}"


def _shown_in_word(speech: Speech, home: Path) -> str:
    path = home / "draft.docx"
    to_docx(speech, path)
    return "\n".join(paragraph.text for paragraph in open_word(str(path)).paragraphs)
