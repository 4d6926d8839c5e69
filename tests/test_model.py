"""The real embedded model, end to end: `make test-model`. Slow; everything else runs without it."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx2
import pytest

import prompts
from agent import embedded, tokens
from agent.corpus import corpus, drafter
from agent.drafter import Drafter, Finished, PartWritten
from agent.drafts import Status
from agent.settings import Settings, read_settings
from speech import overlap, specifics
from speech.brief import SpeechBrief
from speech.document import characters
from speech.formulations import public_spans
from speech.parse import parse
from vectorstore.ingest import ingest, samples

pytestmark = pytest.mark.model

BRIEF = SpeechBrief(
    occasion="全市城市基层治理推进会",
    topic="城市基层治理",
    length=1200,
    points=("网格化管理", "红色物业"),
    facts=("全市已划分网格1632个", "红色物业示范小区达到210个"),
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    installed = read_settings()
    gguf = installed.gguf or installed.models / embedded.FILE
    values = {
        "JIANGGAO_HOME": tmp_path_factory.mktemp("home"),
        "JIANGGAO_GGUF": gguf,
        "JIANGGAO_CHAT": "local",
        "JIANGGAO_EMBEDDINGS": "local",
    }
    return Settings.model_validate(values | {"JIANGGAO_TODAY": date(2026, 3, 1)})


@pytest.fixture(scope="module")
def made(settings: Settings) -> Iterator[Drafter]:
    with corpus(settings) as (store, embedder):
        ingest([path for path in sorted(samples().iterdir()) if path.name[:2] in ("01", "02", "04", "11")], store, embedder)
    with drafter(settings) as opened:
        yield opened


def test_tokens_are_counted_as_llama_cpp_counts_them(settings: Settings) -> None:
    path = embedded.model_file(settings.models, settings.gguf)
    endpoint = embedded.serve(path)
    count = tokens.gguf_counter(path)
    for text in (
        samples().joinpath("02-在全区红色物业现场推进会上的讲话.txt").read_text(encoding="utf-8"),
        "abc 1632个，don't  x\n\n  y",
        "**市×月×日",
    ):
        url, headers = endpoint.base_url.removesuffix("/v1") + "/tokenize", {"Authorization": f"Bearer {endpoint.key}"}
        answer = httpx2.post(url, json={"content": text}, headers=headers, timeout=60)
        assert count(text) == len(json.loads(answer.text)["tokens"])


def test_a_draft_keeps_its_promises_and_goes_on_where_it_was_stopped(made: Drafter) -> None:
    draft = made.begin(BRIEF)
    first = []
    run = made.run(draft)
    for event in run:
        if isinstance(event, PartWritten):
            first.append((event.part.path, event.text))
            if len(first) == 2:
                run.close()
                break
    assert made.drafts.get(draft.id).status == Status.CANCELLED

    events = list(made.run(made.drafts.get(draft.id)))
    again = [(event.part.path, event.text) for event in events if isinstance(event, PartWritten)]
    assert again[:2] == first
    assert isinstance(events[-1], Finished)
    done = events[-1].draft

    assert done.status == Status.COMPLETED
    assert all(fact in done.text for fact in BRIEF.facts)
    assert [claim.text for claim in specifics.check(done.text, BRIEF) if not claim.supported] == []
    assert abs(characters(done.text) - 1200) <= 120
    speech = parse(done.text)
    assert speech.promised_points == len(speech.sections) == 3
    assert [section.number for section in speech.sections] == ["一、", "二、", "三、"]
    assert all(paragraph.sources for paragraph in done.paragraphs if paragraph.path.startswith("二"))
    public = public_spans(done.text)
    with_sources = [file.read_text(encoding="utf-8") for file in samples().iterdir() if file.name[:2] in ("01", "02", "04", "11")]
    for start, end in overlap.shared_runs(done.text, [*with_sources, *prompts.examples()], 31):
        assert any(a < end and start < b for a, b, _ in public), done.text[start:end]
    print(f"\n{done.text}\n{done.usage}")


def test_the_model_file_is_the_verified_one(settings: Settings, tmp_path: Path) -> None:
    wrong = tmp_path / embedded.FILE
    wrong.write_bytes(b"GGUF")
    with pytest.raises(Exception, match="SHA-256"):
        embedded.model_file(tmp_path)
    assert embedded.model_file(settings.models, settings.gguf).stat().st_size == embedded.BYTES
