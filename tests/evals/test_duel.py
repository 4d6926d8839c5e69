"""Real speeches against bad ones, pair by pair."""

from pathlib import Path

import pytest

from evals.duel import duel, outputs_of, speeches_in
from evals.outcome import to_json
from speech.errors import BriefError
from tests.evals.test_compare import outcome, report
from vectorstore.ingest import samples

BAD = "讲话\n\n一、认识\n要重视。\n\n三、任务\n要落实。\n"


def test_good_speeches_are_above_bad_ones() -> None:
    good = {name: text for name, text in speeches_in(samples()).items() if name[:2] in ("01", "04", "10")}
    found = duel(good, {"bad": BAD}, "structure")
    assert len(good) == 3 and found.share == 1.0 and not found.lost_by
    assert duel({"bad": BAD}, good, "structure").share == 0.0
    assert duel(good, good, "noise").share == 0.5  # a tie counts half


def test_outputs_come_from_a_folder_or_a_report(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BAD, encoding="utf-8")
    assert list(outputs_of(tmp_path, "single")) == ["a.txt"]
    (tmp_path / "r.json").write_text(to_json(report(outcome("a", 1), outcome("b", 1, target="single"))), encoding="utf-8")
    assert list(outputs_of(tmp_path / "r.json", "single")) == ["b[0]"]
    with pytest.raises(BriefError, match="没有可按 structure 打分的文稿"):
        duel({}, {"bad": BAD}, "structure")
