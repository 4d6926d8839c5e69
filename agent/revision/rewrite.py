"""Rewrite the paragraphs of one part with the model, as an instruction asks; what comes back is checked and mended like a first draft."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import prompts
from agent.choose import shared, worth
from agent.faults import Ground
from agent.gather import Sources, Statement, statements
from agent.leads import opened_with, worded
from agent.mend import Mended, fit, mend, sentences
from agent.models import ChatModel
from agent.outline import Part
from agent.revision.demand import Demand
from agent.wording import shown_material
from agent.write import Writer
from speech import numbering
from speech.brief import SpeechBrief
from speech.document import characters
from speech.errors import ModelError
from speech.genres import FORMS, PartRole

_LOOSE, _EXACT = 1.25, 1.06  # how far over its length a text may be, where none was asked for and where one was
_SHORT, _SHORT_EXACT = 0.75, 0.94  # the same below
_LEAST = 20  # characters that a rewritten paragraph has at least
_PER_TOKEN, _SLACK = 1.5, 40  # characters a token of Chinese comes to; tokens over, to bring a sentence to its end
_ITEM = re.compile(r"(?:^|(?<=[。！？；]))([一二三四五六七八九])([是要])(?![求素])")


@dataclass
class Rewriter:
    """Rewrites paragraphs of one draft. `sources` are those of its brief, `ground` what every text is held against."""

    brief: SpeechBrief
    sources: Sources
    model: ChatModel
    ground: Ground

    def rewrite(self, part: Part, text: str, around: str, demand: Demand) -> tuple[str, tuple[Statement, ...]]:
        """`text` as `demand` asks, and the statements of the sources that the model was shown.

        Every fact that `text` states is in it still. `around` is the rest of the draft, which it must not repeat.
        Raises ModelError where the model gives nothing that can be kept.
        """
        length = max(_LEAST, demand.length_of(characters(text)))
        found = self._statements(part, characters(text), demand)
        made = self._best(part, text, around, demand, length, found)
        if made is None and not demand.only_resized:
            raise ModelError("模型没有给出可用的改写，原稿未动", "请换个说法再试，或换一个模型")
        kept = self._with_facts(part, text, made.text if made else text, demand)
        fitted = self._fitted(part, kept, around, length, exact=demand.resized)
        if fitted == text:
            raise ModelError("模型没有改出新内容，原稿未动", "请把要求写具体些，或换一个模型")
        return fitted, found

    def _statements(self, part: Part, now: int, demand: Demand) -> tuple[Statement, ...]:
        """What the sources say of the matter, for a text that is to say more."""
        if not demand.subjects and demand.length_of(now) <= now:
            return ()
        subject = "".join((*demand.subjects, part.heading or self.brief.topic))
        return tuple(statements(self.sources, part.role, subject, 2))

    def _best(self, part: Part, text: str, around: str, demand: Demand, length: int, found: Sequence[Statement]) -> Mended | None:
        """The best of the model's answers, mended; None where none can be kept."""
        best, remark = None, ""
        for attempt in range(self.model.profile.tries):
            answers = self._ask(part, text, demand, length, found, remark, attempt * 10)
            about = "".join((*demand.subjects, part.heading, *(one.text for one in found)))
            checked = [
                self._checked(answer, text, around, demand)
                for answer in sorted(answers, key=lambda answer: -worth(answer, about, around, length))
            ]
            usable = [one for one in (best, *checked) if one and self._usable(one.text, text, demand)]
            best = min(usable, key=lambda one: (len(one.faults), abs(characters(one.text) - length)), default=None)
            if best and not best.faults:
                break
            faults = dict.fromkeys(fault for one in checked for fault in one.faults)
            remark = "（注意：" + "；".join(list(faults)[:3] or ["要照要求改，不要照抄原文"]) + "）"
        return best

    def _ask(
        self, part: Part, text: str, demand: Demand, length: int, found: Sequence[Statement], remark: str, seed: int
    ) -> list[str]:
        profile = self.model.profile
        messages = prompts.load("rewrite").messages(
            topic=self.brief.topic,
            heading=part.heading or part.path,
            text=text,
            instruction="；".join((demand.instruction.rstrip("。；"), *self._left(text, demand))),
            material=f"{shown_material(found)}。" if found else "",
            length=str(length),
            remark=remark,
        )
        room = round(length / _PER_TOKEN) + _SLACK
        if profile.prefill:
            return [
                answer.text
                for answer in self.model.offer(messages, count=profile.candidates, max_tokens=room, seed=seed, stop=("\n",))
            ]
        return [self.model.ask(messages, max_tokens=2 * room + 100, seed=seed).text]

    def _left(self, text: str, demand: Demand) -> Iterator[str]:
        """The facts that a rewritten text must state, for the prompt."""
        facts = [*_stated(self.brief.facts, text), *demand.facts]
        if facts:
            yield f"写明“{'”“'.join(facts)}”"

    def _checked(self, answer: str, text: str, around: str, demand: Demand) -> Mended:
        mended = mend(answer, around, self.ground)
        untouched = [subject for subject in demand.subjects if not shared(subject, mended.text)]
        faults = [f"没有写出“{subject}”" for subject in untouched]
        return Mended(mended.text, (*mended.faults, *faults))

    def _usable(self, made: str, text: str, demand: Demand) -> bool:
        """Whether a text is one, says something of its own, and of what was to be brought out."""
        own = "".join(sentence for sentence in sentences(made) if sentence not in text)
        if characters(made) < _LEAST or (not own and not demand.resized):
            return False
        return all(shared(subject, made) for subject in demand.subjects)

    def _with_facts(self, part: Part, text: str, made: str, demand: Demand) -> str:
        """`made` with the sentences of `text` that state a fact or hold a form of the genre which it lost, and with the facts that
        the instruction states."""
        lost = [fact for fact in _stated(self.brief.facts, text) if fact not in made and fact not in demand.facts]
        lost += [form for form in forms_in(text, part, self.brief) if form not in made]
        kept = [sentence for sentence in sentences(text) if any(one in sentence for one in lost)]
        new = [f"{opened_with(fact)}。" for fact in demand.facts if fact.rstrip("。；，！ ") not in made]
        return numbered("".join((*kept, *new)) + made)

    def _fitted(self, part: Part, text: str, around: str, length: int, exact: bool) -> str:
        """`text` near to `length`: cut at sentence borders, or gone on with."""
        over, short = (_EXACT, _SHORT_EXACT) if exact else (_LOOSE, _SHORT)
        if characters(text) > over * length:
            kept = (*self.brief.facts, *forms_in(text, part, self.brief))
            text = "".join(fit([text], round(length * min(over, 1.03)), kept))
        if characters(text) < short * length:
            text = Writer(self.brief, self.sources, self.model, self.ground).lengthen(part, text, around, length)
        return numbered(text)


def forms_in(text: str, part: Part, brief: SpeechBrief) -> list[str]:
    """The forms of the genre in an opening or a closing: how it begins, and the sentences that are said as they are."""
    said = {PartRole.OPENING: FORMS[brief.genre].opening, PartRole.CLOSING: FORMS[brief.genre].closing}.get(part.role, ())
    return [
        form
        for n, form in enumerate(worded(said, brief))
        if form and (text.startswith(form) if n == 0 else form.endswith("。") and form in text)
    ]


def _stated(facts: Sequence[str], text: str) -> list[str]:
    return [stem for fact in facts if (stem := fact.rstrip("。；，！ ")) in text]


def numbered(text: str) -> str:
    """`text` with the items that begin its sentences counted anew: 一要 三要 → 一要 二要; one alone is not counted."""
    for sign in "是要":
        items = [item for item in _ITEM.finditer(text) if item[2] == sign]
        for n, item in reversed(list(enumerate(items, 1))):
            number = f"{numbering.chinese(n)}{sign}" if len(items) > 1 else "" if sign == "是" else sign
            text = text[: item.start()] + number + text[item.end() :]
    return text
