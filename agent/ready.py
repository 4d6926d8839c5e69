"""What every draft needs is loaded while the model reads the request, so that nobody waits for it later."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import prompts
from agent.faults import Ground
from agent.mend import mend
from speech.brief import SpeechBrief
from speech.errors import JianggaoError
from speech.review import review
from vectorstore.search import PassageSearch

THREAD = "ready"  # the name of the thread


@contextmanager
def made_ready(brief: SpeechBrief, search: PassageSearch, ground: Ground) -> Iterator[None]:
    """The word index, the dictionaries, the formulations and the templates are loaded in a thread beside the body."""
    loading = threading.Thread(target=_use_once, args=(brief, search, ground), name=THREAD, daemon=True)
    loading.start()
    try:
        yield
    finally:
        loading.join()


def _use_once(brief: SpeechBrief, search: PassageSearch, ground: Ground) -> None:
    """Whatever is loaded when it is first used is used here, and what comes of it thrown away."""
    try:
        search.search(brief.topic, k=1)
        search.runs()
        for name in prompts.names():
            prompts.load(name)
        mend(f"{brief.topic}。", "", ground)
        review(brief.topic, brief, (), ground.today)
    except JianggaoError:
        pass  # it comes up again where the draft needs what cannot be loaded, and is told there
