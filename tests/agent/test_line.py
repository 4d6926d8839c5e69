"""The line to a model: hung up while the model says nothing, and otherwise as any other."""

import socket
import threading
import time
from collections.abc import Iterator

import httpx2
import pytest

from agent import line
from agent.drafts import Usage
from agent.line import HungUp
from agent.meter import Metered, Stopped
from agent.models import LARGE, EndpointModel
from agent.settings import Settings
from prompts import Message
from tests.fake_endpoint import FakeEndpoint, running


@pytest.fixture
def deaf() -> Iterator[tuple[str, threading.Event]]:
    """A server that takes requests and never answers; the event is set when its caller has gone."""
    listening, gone = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            while connection.recv(65_536):
                pass
        gone.set()

    threading.Thread(target=serve, daemon=True).start()
    with listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1", gone


@pytest.mark.parametrize("schema", [None, {"type": "object"}])
def test_a_model_that_says_nothing_is_left_within_a_second(
    deaf: tuple[str, threading.Event], settings: Settings, schema: object
) -> None:
    url, gone = deaf
    stop = threading.Event()
    model = Metered(EndpointModel("deaf", url, "key", LARGE, len), stop, settings, Usage())
    threading.Timer(0.3, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Stopped):
        model.ask([Message("user", "写一句话")], max_tokens=50, schema=schema)
    assert time.monotonic() - started < 1.5
    assert gone.wait(1), "the connection stays open, and the model at work"


def test_a_pause_is_cut_short() -> None:
    started = time.monotonic()
    with pytest.raises(HungUp), line.hung_up_when(lambda: time.monotonic() > started + 0.3):
        line.pause(30)
    assert time.monotonic() - started < 2


def test_a_timeout_still_is_one(deaf: tuple[str, threading.Event]) -> None:
    started = time.monotonic()
    with line.client(0.6) as client, pytest.raises(httpx2.ReadTimeout):
        client.get(deaf[0])
    assert 0.5 < time.monotonic() - started < 2


def test_a_call_that_nobody_stops_comes_through() -> None:
    with running(FakeEndpoint(speak=lambda prompt, turn: "一句话。")) as endpoint:
        model = EndpointModel("scripted", endpoint.base_url, "sk-loopback", LARGE, len)
        assert model.ask([Message("user", "写一句话")], max_tokens=50).text == "一句话。"
