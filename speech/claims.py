"""SpecificKind and Claim: what the finders of speech/claim_*.py give and speech/specifics.py checks."""

from dataclasses import dataclass
from enum import StrEnum


class SpecificKind(StrEnum):
    """The kinds of a concrete claim: those of a placeholder, and quotation and programme."""

    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    COUNT = "count"
    AMOUNT = "amount"
    PERCENT = "percent"
    DOCUMENT = "document"
    NAME = "name"
    QUOTATION = "quotation"
    PROGRAMME = "programme"


@dataclass(frozen=True)
class Claim:
    """text[start:end] states something of this kind."""

    kind: SpecificKind
    start: int
    end: int
