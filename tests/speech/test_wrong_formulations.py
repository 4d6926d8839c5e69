"""Wrong uses of public formulations, by hand: every one is noticed, and what is put right is put right as it should be."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from speech.formulations import find_errors, mend

NOW = date(2026, 9, 1)
WRONG: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("wrong_formulations.yaml").read_text("utf-8"))
ROWS = [(kind, wrong, right) for kind, rows in WRONG.items() for wrong, right in rows.items()]


def test_there_are_enough_of_them() -> None:
    assert len(ROWS) >= 120


@pytest.mark.parametrize(("kind", "wrong", "right"), ROWS)
def test_a_wrong_use_is_noticed_and_mended(kind: str, wrong: str, right: str) -> None:
    sentence = f"同志们，我们要{wrong}，抓好落实。"
    found = find_errors(sentence, NOW)
    assert found, kind
    assert all(sentence[one.start : one.end] == one.text for one in found)
    mended, _ = mend(sentence, NOW)
    assert mended == f"同志们，我们要{right or wrong}，抓好落实。"
    assert mend(mended, NOW) == (mended, [])
    assert not right or find_errors(mended, NOW) == []
