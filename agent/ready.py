"""What every draft needs is loaded while the model is, so that nobody waits for it later."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from langgraph.func import entrypoint, task

import prompts
from agent.faults import Ground
from agent.gather import told_plainly
from agent.mend import mend
from agent.understand import understand
from speech.brief import SpeechBrief
from speech.errors import JianggaoError
from speech.review import review
from vectorstore.search import PassageSearch

_REQUEST = "为市长起草一篇在全市工作会议上的讲话，约1000字，讲两个方面，突出抓好落实；不要提经费。"
_ANY = SpeechBrief(topic="抓好工作落实")


@task
def _echo(text: str) -> str:
    return text


@entrypoint()
def _echoed(text: str) -> str:
    """The least that langgraph can run: what it loads at its first run is loaded."""
    return _echo(text).result()


@contextmanager
def made_ready(search: PassageSearch, today: date) -> Iterator[None]:
    """The word index, the dictionaries, the formulations and the templates are loaded in a thread beside the body; as long as that
    takes, passages are read for what they say, too."""
    over = threading.Event()
    loading = threading.Thread(target=_use_once, args=(search, today, over), name="ready", daemon=True)
    loading.start()
    try:
        yield
    finally:
        over.set()
        loading.join()


def _use_once(search: PassageSearch, today: date, over: threading.Event) -> None:
    """Whatever is loaded or remembered when it is first used is used here, and what comes of it thrown away."""
    try:
        _echoed.invoke(_ANY.topic)
        search.search(_ANY.topic, k=1)
        search.runs()
        for name in prompts.names():
            prompts.load(name)
        understand(_REQUEST)
        mend(f"{_ANY.topic}。", "", Ground(_ANY, prompts.examples(), today))
        review(f"同志们：\n{_ANY.topic}。", _ANY, (), today)
        for text in search.runs().texts:
            if over.is_set():
                break
            told_plainly(text.partition("。")[2])
    except JianggaoError:
        pass  # it comes up again where the draft needs what cannot be loaded, and is told there
