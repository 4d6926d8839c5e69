"""The bench of two tenants sees a canary in whatever form it comes."""

import io
import json
import zipfile
from urllib.parse import quote

import pytest

from evals.bench.canaries.asked import NotExercised
from evals.bench.canaries.offices import OFFICES, Estate
from evals.bench.canaries.run import run
from evals.bench.canaries.watch import crossed, readable, spied

HERON, GIBBON = OFFICES


def word(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", f"<w:t>{text[:3]}</w:t></w:r><w:r><w:t>{text[3:]}</w:t>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, f"稿中有{HERON.canary}".encode()),
        ({}, json.dumps({"text": HERON.canary}).encode()),
        ({"Content-Disposition": f"filename*=UTF-8''{quote(HERON.canary)}.txt"}, b""),
        ({}, word(HERON.canary)),
        ({"Location": "/v1/drafts/1124-ab12cd"}, b""),
        ({}, b'{"tenant": "heron"}'),
    ],
)
def test_a_canary_is_seen(headers: dict[str, str], body: bytes) -> None:
    assert crossed(readable(headers, body), "", Estate(HERON, drafts=["1124-ab12cd"]))
    assert not crossed(readable(headers, body), "", Estate(GIBBON, drafts=["1124-ff12cd"]))


def test_a_number_that_stood_in_the_request_may_be_said_again() -> None:
    assert not crossed("没有编号为 1124-ab12cd 的稿子", "/v1/drafts/1124-ab12cd", Estate(HERON, drafts=["1124-ab12cd"]))


def test_a_prompt_with_another_office_s_canary_is_seen() -> None:
    own = f"题目：{HERON.sign}治水。材料：{HERON.canary}要抓。"
    assert spied([own, "题目：基层减负。"]) == ([], 1)
    for prompt in (f"题目：{HERON.sign}治水。材料：{GIBBON.canary}要抓。", f"题目：基层减负。{HERON.canary}{GIBBON.canary}"):
        assert len(spied([prompt])[0]) == 1


def test_a_route_that_nobody_thought_of_is_an_error() -> None:
    with pytest.raises(NotExercised, match="/v1/new"):
        run(lambda name: pytest.fail("asked"), list, 10, 0, ["GET /v1/new"])  # type: ignore[arg-type]
