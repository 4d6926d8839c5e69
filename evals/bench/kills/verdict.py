"""Everything that was acknowledged, held against what the server has in the end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.bench.kills.acknowledged import DraftSeen, Event, Seen
from evals.bench.kills.clients import Client, events_in


@dataclass(frozen=True)
class Stored:
    """A draft as the server has it: its status, "" where it has none; all its events from the first; its revisions' texts by number."""

    status: str = ""
    events: Sequence[Event] = ()
    texts: dict[int, str] = field(default_factory=dict)
    error: str | None = None


@dataclass
class Verdict:
    """What was looked at, and what is amiss: one line each."""

    counts: Counter[str] = field(default_factory=Counter)
    amiss: list[str] = field(default_factory=list)


def judge(client: Client, seen: Seen) -> Verdict:
    """Ask for everything again and compare."""
    verdict = Verdict(amiss=list(seen.amiss))
    acknowledged = [draft for draft in seen.drafts if draft.id]
    for draft in acknowledged:
        verdict.amiss += [f"{draft.id} ({draft.topic}): {one}" for one in broken(draft, stored(client, draft.id))]
        verdict.counts["events"] += len(draft.events)
        verdict.counts["sections"] += len(draft.sections())
        verdict.counts["revisions"] += len(draft.texts)
    total = client.send("GET", "/v1/drafts").json()["total"]
    if total != len(acknowledged):
        verdict.amiss.append(f"{total} drafts in the list, {len(acknowledged)} were asked for")
    verdict.counts["drafts"] = len(acknowledged)
    verdict.counts["uploads"], verdict.counts["removed"] = len(seen.uploads), len(seen.removed)
    verdict.amiss += _uploads(client, seen)
    return verdict


def stored(client: Client, draft: str) -> Stored:
    answer = client.send("GET", f"/v1/drafts/{draft}")
    if answer.status_code != 200:
        return Stored()
    numbers = client.send("GET", f"/v1/drafts/{draft}/revisions").json()["revisions"]
    kept = [client.send("GET", f"/v1/drafts/{draft}/revisions/{one['number']}").json() for one in numbers]
    with client.http.stream("GET", f"/v1/drafts/{draft}/events") as told:
        events = list(events_in(told.iter_lines()))
    found = answer.json()
    return Stored(found["status"], events, {one["number"]: one["text"] for one in kept}, found["error"])


def broken(draft: DraftSeen, kept: Stored) -> list[str]:
    """What of an acknowledged draft is lost, changed or doubled."""
    if not kept.status:
        return ["the draft is lost"]
    found = list(draft.amiss)
    if kept.status != "completed":
        found.append(f"it is {kept.status}: {kept.error}")
    if [event.number for event in kept.events] != list(range(1, len(kept.events) + 1)):
        found.append("its events have a gap or a double")
    by_number = {event.number: event for event in kept.events}
    found += [f"event {one.number} ({one.name}) is not what was told" for one in draft.events if by_number.get(one.number) != one]
    found += [f"revision {number} is not what it was" for number, text in draft.texts.items() if kept.texts.get(number) != text]
    if draft.promised > max(kept.texts, default=0) and kept.events[-1].name != "failed":
        found.append("an accepted rewriting never came")
    return found + _sections(kept)


def _sections(kept: Stored) -> list[str]:
    """A section that was told is told once, and its sentences stand in the first revision, but for those that its length cost."""
    told = [(str(one.data["path"]), str(one.data["text"])) for one in kept.events if one.name == "section-written"]
    doubled = [path for path, times in Counter(path for path, _ in told).items() if times > 1]
    first = kept.texts.get(1, "")
    lost = [path for path, text in told if first and text.split("，")[0] not in first]
    return [f"section {path} was told twice" for path in doubled] + [f"section {path} is not in the draft" for path in lost]


def _uploads(client: Client, seen: Seen) -> list[str]:
    found = []
    kept = client.send("GET", "/v1/corpus/documents", params={"limit": 1000}).json()["documents"]
    names = Counter(one["name"] for one in kept)
    records = {one["name"]: one for one in kept}
    for name, passages in seen.uploads.items():
        if name in seen.removed:
            found += [f"{name} was removed and is there again"] if name in names else []
        elif names[name] != 1:
            found.append(f"{name} is in the corpus {names[name]} times")
        else:
            document = client.send("GET", f"/v1/corpus/documents/{records[name]['id']}").json()
            if not passages == records[name]["passages"] == len(document["passages"]):
                found.append(f"{name}: {len(document['passages'])} passages of {passages}")
            found += [] if _is_found(client, document) else [f"{name} is not found by its own words"]
    return found


def _is_found(client: Client, document: dict[str, Any]) -> bool:
    """Whether a search for the longest passage of an upload brings it."""
    words = max((one["text"] for one in document["passages"]), key=len)[:500]
    hits = client.send("GET", "/v1/corpus/search", params={"q": words, "k": 100}).json()
    return any(hit["passage"]["document"] == document["document"]["id"] for hit in hits)
