"""What a draft costs is counted to the call, over broken runs too, and ends at the cap that is set."""

import threading
from collections.abc import Sequence

import pytest

from agent.drafter import Drafter, Finished, PartWritten
from agent.drafts import Draft, Status, Usage
from agent.meter import CapReached, Metered, Stopped
from agent.settings import Settings, read_settings
from prompts import Message
from speech.errors import ModelError
from tests.agent.conftest import Begin
from tests.agent.interrupted import BRIEF
from tests.scripted import ScriptedModel, sentences_of

Patch = pytest.MonkeyPatch


def run(drafter: Drafter, draft: Draft) -> tuple[Draft, list[str]]:
    """The draft as its run left it, finished or not, and the parts that were written."""
    written: list[str] = []
    try:
        for event in drafter.run(draft):
            written += [event.text] if isinstance(event, PartWritten) else []
            if isinstance(event, Finished):
                return event.draft, written
    except (ModelError, CapReached):
        pass
    return drafter.drafts.get(draft.id), written


def capped(begin: Begin, model: ScriptedModel, patch: Patch, **caps: str) -> Drafter:
    for name, value in caps.items():
        patch.setenv(f"JIANGGAO_{name}", value)
    drafter = begin(model)
    drafter.settings = Settings()
    return drafter


def test_costs_add_up_and_what_has_no_price_makes_them_unknown() -> None:
    priced, free = Usage(calls=1, cost=0.25, retries=1), Usage(calls=1)
    assert (priced + priced).cost == 0.5 and (priced + priced).retries == 2
    assert (priced + free).cost is None and (free + priced).cost is None
    assert (priced + Usage()).cost == (Usage() + priced).cost == 0.25
    assert (Usage() + Usage()).cost is None


def test_money_is_counted_at_the_prices_set(begin: Begin, monkeypatch: Patch) -> None:
    drafter = capped(begin, ScriptedModel(), monkeypatch, PRICE_IN="2", PRICE_OUT="8")
    done, _ = run(drafter, drafter.begin(BRIEF))
    expected = (2 * done.usage.prompt_tokens + 8 * done.usage.completion_tokens) / 1_000_000
    assert done.usage.cost == pytest.approx(expected, abs=1e-5) and done.usage.cost


def test_cost_is_unknown_without_prices(begin: Begin) -> None:
    drafter = begin(ScriptedModel())
    done, _ = run(drafter, drafter.begin(BRIEF))
    assert done.usage.cost is None


@pytest.mark.parametrize("cap", ["1", "4000", "9000"])
def test_a_cap_on_tokens_stops_a_run_that_goes_on_when_it_is_raised(cap: str, begin: Begin, monkeypatch: Patch) -> None:
    first = ScriptedModel()
    drafter = capped(begin, first, monkeypatch, MAX_TOKENS=cap)
    draft = drafter.begin(BRIEF)
    stopped, written = run(drafter, draft)
    assert stopped.status == Status.FAILED and stopped.error is not None
    assert "JIANGGAO_MAX_TOKENS" in stopped.error and "\n" not in stopped.error
    one_call = max(sum(len(m.content) for m in messages) for messages in first.asked) + 2000  # several answers
    assert int(cap) <= stopped.usage.tokens < int(cap) + one_call
    assert stopped.usage.calls == len(first.asked)

    # the same cap lets nothing more through
    again = ScriptedModel(first=200)
    still, _ = run(capped(begin, again, monkeypatch), stopped)
    assert still.status == Status.FAILED and again.asked == []

    last = ScriptedModel(first=400)
    done, rewritten = run(capped(begin, last, monkeypatch, MAX_TOKENS="1000000"), still)
    assert done.status == Status.COMPLETED and rewritten[: len(written)] == written
    assert done.usage.calls == len(first.asked) + len(last.asked)


def test_a_cap_on_money_stops_a_run(begin: Begin, monkeypatch: Patch) -> None:
    drafter = capped(begin, ScriptedModel(), monkeypatch, MAX_COST="0.01", PRICE_IN="2", PRICE_OUT="8")
    stopped, _ = run(drafter, drafter.begin(BRIEF))
    assert stopped.status == Status.FAILED and "JIANGGAO_MAX_COST" in (stopped.error or "")
    assert stopped.usage.cost is not None and 0.01 <= stopped.usage.cost < 0.02
    drafter = capped(begin, ScriptedModel(first=300), monkeypatch, MAX_COST="100")
    assert run(drafter, stopped)[0].status == Status.COMPLETED


def test_a_revision_counts_and_is_capped_too(begin: Begin, monkeypatch: Patch) -> None:
    drafter = begin(ScriptedModel())
    done, _ = run(drafter, drafter.begin(BRIEF))
    drafter.settings = capped(begin, ScriptedModel(), monkeypatch, MAX_TOKENS="10").settings
    with pytest.raises(CapReached, match="JIANGGAO_MAX_TOKENS"):
        drafter.reviser.rewrite(done, "二（一）", "再充实一些")
    assert drafter.drafts.get(done.id).text == done.text


def test_what_asks_again_is_a_retry(begin: Begin) -> None:
    def garbled(messages: Sequence[Message], turn: int) -> str:
        return "全市建成网格9876个。" if turn % 5 == 0 else sentences_of(messages, turn)

    model = ScriptedModel(speak=garbled)
    drafter = begin(model)
    done, _ = run(drafter, drafter.begin(BRIEF))
    asked = [messages[-1].content + messages[-2].content for messages in model.asked]
    again = [prompt for prompt in asked if "（注意：" in prompt or "（另列，" in prompt]
    assert 0 < done.usage.retries == len(again) < done.usage.calls


def test_a_meter_hears_of_a_stop(settings: Settings) -> None:
    stop = threading.Event()
    meter = Metered(ScriptedModel(), stop, settings, Usage())
    assert meter.ask([Message("user", "位置：开头。写一句")], max_tokens=10).text
    stop.set()
    with pytest.raises(Stopped):
        meter.ask([Message("user", "位置：开头。写一句")], max_tokens=10)
    assert meter.taken().calls == 1 and meter.taken().calls == 0 and meter.spent.calls == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("JIANGGAO_MAX_TOKENS", "0", "JIANGGAO_MAX_TOKENS"),
        ("JIANGGAO_MAX_TOKENS", "很多", "JIANGGAO_MAX_TOKENS"),
        ("JIANGGAO_MAX_COST", "-1", "JIANGGAO_MAX_COST"),
        ("JIANGGAO_MAX_COST", "nan", "JIANGGAO_MAX_COST"),
        ("JIANGGAO_MAX_COST", "5", "JIANGGAO_PRICE_IN"),
        ("JIANGGAO_PRICE_IN", "免费", "JIANGGAO_PRICE_IN"),
        ("JIANGGAO_PRICE_OUT", "-2", "JIANGGAO_PRICE_OUT"),
    ],
)
def test_a_wrong_cap_or_price_is_one_clear_line(name: str, value: str, said: str, monkeypatch: Patch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ModelError, match=said) as refused:
        read_settings()
    assert "\n" not in str(refused.value)
