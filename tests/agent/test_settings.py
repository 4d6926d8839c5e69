"""Every variable of the contract, and what the doctor says of what it finds."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from platformdirs import user_data_path

from agent import corpus, embedded
from agent.doctor import Remark, examine
from agent.settings import Settings, read_settings
from speech.errors import ModelError
from tests.vectorstore.speeches import PairEmbedder, add_document
from vectorstore.store import PassageStore


def test_nothing_set_is_the_embedded_model_in_the_users_folder() -> None:
    settings = read_settings()
    assert settings.chat_provider == "local"
    assert (settings.chat, settings.embeddings) == ("auto", "auto")
    assert settings.home == user_data_path("jianggao")
    assert settings.database.place == str(settings.home / "drafts.sqlite")
    assert {settings.store.parent, settings.models.parent} == {settings.home}
    assert settings.today == date.today()
    assert settings.openai_api_key is settings.openai_base_url is settings.gguf is settings.chroma_host is None


@pytest.mark.parametrize(
    ("name", "value", "field", "wanted"),
    [
        ("OPENAI_BASE_URL", "http://10.0.0.1:8000/v1", "openai_base_url", "http://10.0.0.1:8000/v1"),
        ("JIANGGAO_MODEL", "qwen3", "model", "qwen3"),
        ("JIANGGAO_EMBEDDING_MODEL", "bge", "embedding_model", "bge"),
        ("JIANGGAO_CHAT", "openai", "chat", "openai"),
        ("JIANGGAO_EMBEDDINGS", "local", "embeddings", "local"),
        ("JIANGGAO_GGUF", "/opt/model.gguf", "gguf", Path("/opt/model.gguf")),
        ("JIANGGAO_HOME", "/data/讲稿", "home", Path("/data/讲稿")),
        ("JIANGGAO_TODAY", "2026-03-05", "today", date(2026, 3, 5)),
        ("CHROMA_HOST", "chroma.local", "chroma_host", "chroma.local"),
        ("CHROMA_PORT", "9000", "chroma_port", 9000),
    ],
)
def test_a_variable_is_read(monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, wanted: object) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(read_settings(), field) == wanted


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "JIANGGAO_CHAT", "JIANGGAO_GGUF", "CHROMA_PORT"])
def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    unset = read_settings()
    monkeypatch.setenv(name, "")
    assert read_settings() == unset


@pytest.mark.parametrize(
    ("chat", "key", "url", "provider"),
    [
        ("auto", "", "", "local"),
        ("auto", "k", "", "openai"),
        ("auto", "", "http://a/v1", "openai"),
        ("local", "k", "http://a/v1", "local"),
        ("openai", "", "", "openai"),
    ],
)
def test_which_chat_model(monkeypatch: pytest.MonkeyPatch, chat: str, key: str, url: str, provider: str) -> None:
    monkeypatch.setenv("JIANGGAO_CHAT", chat)
    monkeypatch.setenv("OPENAI_API_KEY", key)
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    assert read_settings().chat_provider == provider


def test_a_key_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-geheim")
    settings = read_settings()
    assert "geheim" not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_BASE_URL", "10.0.0.1:8000"),
        ("OPENAI_BASE_URL", "http://"),
        ("OPENAI_BASE_URL", "http://["),
        ("OPENAI_BASE_URL", "http://10.0.0.1:99999/v1"),
        ("JIANGGAO_CHAT", "gpt"),
        ("JIANGGAO_EMBEDDINGS", "none"),
        ("JIANGGAO_TODAY", "明天"),
        ("CHROMA_PORT", "eight"),
        ("CHROMA_PORT", "0"),
        ("CHROMA_PORT", "70000"),
    ],
)
def test_a_wrong_value_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ModelError) as refused:
        read_settings()
    line = str(refused.value)
    assert name in line and value in line
    assert "\n" not in line and len(line) < 200
    assert "Input should" not in line and "Value error" not in line


@pytest.mark.parametrize("key", ["密钥", "sk-geheim\nX: y"])
def test_a_key_that_no_header_takes_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(ModelError, match="OPENAI_API_KEY") as refused:
        read_settings()
    assert key[:4] not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["mysql://user:geheim@db/drafts", "postgresql://user:gehe im@db/x", "postgresql://a:geheim@b/c?d=1"]
)
def test_another_database_is_refused_with_a_way_on(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ModelError, match="postgresql://") as refused:
        _ = read_settings().database
    assert "gehe" not in str(refused.value) and "gehe" not in repr(read_settings())


def test_a_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:geheim@db/drafts")
    monkeypatch.setitem(sys.modules, "agent.postgres", None)
    with pytest.raises(ModelError, match=r"pip install .*psycopg"):
        _ = read_settings().database


def test_a_database_is_where_its_url_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////data/d.sqlite")
    assert read_settings().database.place == "/data/d.sqlite"
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:geheim@db.local/drafts")
    assert read_settings().database.place == "PostgreSQL db.local/drafts"


def test_a_home_with_a_tilde_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JIANGGAO_HOME", "~/讲稿")
    monkeypatch.setenv("JIANGGAO_GGUF", "~/m.gguf")
    settings = read_settings()
    assert settings.home == tmp_path / "讲稿"
    assert settings.gguf == tmp_path / "m.gguf"


def examined(settings: Settings) -> dict[str, Remark]:
    remarks = examine(settings)
    assert all("\n" not in remark.detail and remark.detail for remark in remarks)
    return {remark.name: remark for remark in remarks}


def test_the_doctor_on_a_bare_machine(settings: Settings) -> None:
    found = examined(settings)
    assert not found["对话模型"].ok and "make setup" in found["对话模型"].detail
    assert not found["语料库"].ok and "jianggao ingest" in found["语料库"].detail
    assert found["向量模型"].ok and found["数据目录"].ok


def test_the_doctor_finds_an_endpoint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JIANGGAO_HOME", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-geheim")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://10.0.0.1:8000/v1")
    remark = examined(read_settings())["对话模型"]
    assert remark.ok and "10.0.0.1" in remark.detail and "geheim" not in remark.detail


def test_the_doctor_misses_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JIANGGAO_HOME", str(tmp_path))
    monkeypatch.setenv("JIANGGAO_CHAT", "openai")
    monkeypatch.setenv("JIANGGAO_EMBEDDINGS", "openai")
    found = examined(read_settings())
    assert not found["对话模型"].ok and "OPENAI_API_KEY" in found["对话模型"].detail
    assert not found["向量模型"].ok and "OPENAI_API_KEY" in found["向量模型"].detail


def test_the_doctor_knows_a_wrong_model_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.models.mkdir(parents=True)
    (settings.models / embedded.FILE).write_bytes(b"GGUF but not ours")
    assert "SHA-256" in examined(settings)["对话模型"].detail


def test_the_doctor_counts_the_corpus(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = PairEmbedder()
    monkeypatch.setattr(corpus, "embedder_for", lambda *_, **__: embedder)
    with PassageStore(settings.store, embedder.name, embedder.dimensions) as store:
        assert not examined(settings)["语料库"].ok  # one process owns the store
        add_document(store, embedder, "aaaa")
        add_document(store, embedder, "bbbb")
    assert examined(settings)["语料库"] == Remark(name="语料库", ok=True, detail="2 篇文稿")


def test_the_doctor_tells_a_store_of_another_embedder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = PairEmbedder()
    with PassageStore(settings.store, embedder.name, embedder.dimensions) as store:
        add_document(store, embedder, "aaaa")
    other = PairEmbedder()
    other.name = "test/others"
    monkeypatch.setattr(corpus, "embedder_for", lambda *_, **__: other)
    remark = examined(settings)["语料库"]
    assert not remark.ok and "test/pairs" in remark.detail


def test_the_doctor_in_a_folder_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JIANGGAO_HOME", str(tmp_path / "file" / "home"))
    remark = examined(read_settings())["数据目录"]
    assert not remark.ok and "JIANGGAO_HOME" in remark.detail


def test_a_drafter_without_a_corpus_is_refused_before_the_model_is_loaded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def empty(_: Settings) -> Iterator[tuple[PassageStore, PairEmbedder]]:
        embedder = PairEmbedder()
        with PassageStore(settings.store, embedder.name, embedder.dimensions) as store:
            yield store, embedder

    monkeypatch.setattr(corpus, "corpus", empty)
    with pytest.raises(Exception, match="语料库是空的") as refused, corpus.drafter(settings):
        pass
    assert "jianggao ingest" in str(refused.value)
