"""What a draft was written from, as the annex of its Word file lists it."""

from agent.drafts import Draft
from speech.docx import Reference


def references(draft: Draft) -> tuple[Reference, ...]:
    """One row for each heading of each source document, with the parts of the draft written from it, in the order of first use."""
    used: dict[tuple[str, str], list[str]] = {}
    for paragraph in draft.paragraphs:
        for source in paragraph.sources:
            paths = used.setdefault((source.document, source.heading), [])
            if paragraph.path not in paths:
                paths.append(paragraph.path)
    return tuple(Reference(document, heading, tuple(paths)) for (document, heading), paths in used.items())
