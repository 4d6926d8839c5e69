"""Some hundred requests of two tenants at once, over every route: nothing crosses (`python -m evals.bench.canaries` asks a thousand)."""

from evals.bench.canaries.offices import OFFICES
from evals.bench.canaries.run import routes_of, run
from tests.api.http.conftest import Serving


def test_no_canary_crosses(serving: Serving) -> None:
    keys = ",".join(f"{office.name}:{office.key}" for office in OFFICES)
    served = serving(keys=keys, filled=False, live=True, JIANGGAO_JOBS=2)
    asked = served.model.asked

    def prompts() -> list[str]:
        return ["\n".join(message.content for message in messages) for messages in asked]

    document = served.one.get("/openapi.json").json()
    found = run(served.client, prompts, 120, 0, routes_of(document))
    assert not found.amiss, found.amiss[:5]
    assert found.routes.total() == 120 and found.refused == found.aimed > 20
    assert found.owned > 20 and found.prompts_owned > 5
