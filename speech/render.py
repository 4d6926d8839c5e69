"""A Speech as plain text or as Markdown."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from speech.document import Section, Speech


def to_text(speech: Speech) -> str:
    """Plain lines, one a paragraph, without indents: what parse() reads back. Ends with a line break unless empty."""
    lines = [speech.title, *speech.byline, speech.salutation, *speech.opening]
    for section in speech.sections:
        lines += _lines(section)
    lines += [*speech.closing, speech.signature]
    return "".join(f"{line}\n" for line in lines if line)


def with_lines(speech: Speech, text: str) -> Speech:
    """`speech` with the lines of `text` for its own: as many as `to_text(speech)` has, with the same numbers at their heads.

    A paragraph stays where it stands in the tree, whatever parse() would make of its line.
    """
    lines = iter(text.split("\n"))

    def every(old: Sequence[str]) -> tuple[str, ...]:
        return tuple(next(lines) for one in old if one)

    def section(old: Section) -> Section:
        number, run_in, taken = first_line(old)
        heading, first = _apart(next(lines), number, run_in)
        paragraphs = (first, *every(old.paragraphs[1:])) if taken and old.paragraphs else every(old.paragraphs)
        named = heading.removeprefix(old.number).removesuffix("。" if old.run_in else "")
        below = tuple(section(one) for one in old.sections)
        return old.model_copy(update={"heading": named, "paragraphs": paragraphs, "sections": below})

    made: dict[str, Any] = {"title": next(lines) if speech.title else speech.title, "byline": every(speech.byline)}
    made["salutation"] = next(lines) if speech.salutation else speech.salutation
    made |= {"opening": every(speech.opening), "sections": tuple(map(section, speech.sections)), "closing": every(speech.closing)}
    signature = "\n".join(every((speech.signature or "").splitlines())) or speech.signature
    return speech.model_copy(update=made | {"signature": signature})


def _apart(line: str, heading: str, run_in: str) -> tuple[str, str]:
    """A first line as heading and run-in text, one of which is as it was, or, where neither is, at the first full stop."""
    if line.startswith(heading):
        return heading, line[len(heading) :]
    if run_in and line.endswith(run_in):
        return line.removesuffix(run_in), run_in
    if not run_in:
        return line, ""
    end = line.find("。") + 1
    return line[:end], line[end:]


def to_markdown(speech: Speech) -> str:
    """# title, ## 一、 and ### （一） for headings in a line of their own; run-in headings stay in their paragraph.

    Characters that Markdown would read as marks are escaped: in this field ** is a mask, never bold.
    """
    blocks = [f"# {_escape(speech.title)}"] if speech.title else []
    above = [*speech.byline, *([speech.salutation] if speech.salutation else []), *speech.opening]
    blocks += [escape_markdown(text) for text in above]
    for section in speech.sections:
        blocks += _blocks(section, section.level)
    blocks += [escape_markdown(text) for text in speech.closing]
    if speech.signature:
        blocks.append("\\\n".join(escape_markdown(line) for line in speech.signature.splitlines()))
    return "".join(f"{block}\n\n" for block in blocks).removesuffix("\n")


def first_line(section: Section) -> tuple[str, str, int]:
    """The line of a section's number: the heading with its number, the text run in after it, and how many paragraphs that took.

    A section whose number stands before plain text has no heading: its first paragraph is the run-in text.
    """
    if section.run_in:
        end = "" if section.heading[-1:] in "！？!?" else "。"
        return f"{section.number}{section.heading}{end}", section.paragraphs[0] if section.paragraphs else "", 1
    if not section.heading and section.paragraphs:
        return section.number, section.paragraphs[0], 1
    return f"{section.number}{section.heading}", "", 0


def _lines(section: Section) -> Iterator[str]:
    heading, run_in, taken = first_line(section)
    yield heading + run_in
    yield from section.paragraphs[taken:]
    for below in section.sections:
        yield from _lines(below)


def _blocks(section: Section, level: int) -> Iterator[str]:
    heading, run_in, taken = first_line(section)
    if taken:
        yield escape_markdown(heading + run_in)
    elif heading:
        yield f"{'#' * min(level + 1, 6)} {_escape(heading)}"
    yield from (escape_markdown(text) for text in section.paragraphs[taken:])
    for below in section.sections:
        yield from _blocks(below, below.level)


_INLINE = re.compile(r"([\\`*_\[\]<>&~|$])")
_BLOCK = re.compile(r"([#>+\-=:]|\d+[.)])")


def escape_markdown(text: str) -> str:
    """One paragraph, escaped so that a Markdown reader shows `text` itself: **市 → \\*\\*市, 1.加强 → 1\\.加强."""
    text = _escape(" ".join(text.split("\n")))
    found = _BLOCK.match(text)
    return f"{text[: found.end() - 1]}\\{text[found.end() - 1 :]}" if found else text


def _escape(text: str) -> str:
    return _INLINE.sub(r"\\\1", text)
