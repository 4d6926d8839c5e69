"""What is loaded beside the model: it changes nothing, ends with the body, and keeps its troubles to itself."""

import threading
import time
from datetime import date

import pytest

from agent.gather import told_plainly
from agent.ready import made_ready
from speech.errors import StoreError
from vectorstore.search import PassageSearch

DAY = date(2026, 3, 1)


def test_passages_are_read_until_the_body_ends(search: PassageSearch) -> None:
    told_plainly.cache_clear()
    with made_ready(search, DAY):
        until = time.monotonic() + 20
        while not told_plainly.cache_info().currsize and time.monotonic() < until:
            time.sleep(0.01)
    assert told_plainly.cache_info().currsize
    assert "ready" not in [thread.name for thread in threading.enumerate()]


def test_a_store_that_cannot_be_read_is_told_where_it_is_needed(search: PassageSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise StoreError("语料库读写失败")

    monkeypatch.setattr(search, "search", broken)
    with made_ready(search, DAY):
        done = True
    assert done


def test_what_the_body_raises_comes_out(search: PassageSearch) -> None:
    with pytest.raises(KeyError), made_ready(search, DAY):
        raise KeyError("the model")
