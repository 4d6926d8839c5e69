"""A draft over HTTP with Python: begin, follow over broken connections, fill, export. Needs httpx."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

URL = os.environ.get("JIANGGAO_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("JIANGGAO_KEY", "none")


def events(client: httpx.Client, draft: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every event once, in order: a connection that breaks is taken up again after the last one seen."""
    last, name, data = "0", "", ""
    while True:
        try:
            with client.stream("GET", f"/v1/drafts/{draft}/events", headers={"Last-Event-ID": last}) as answer:
                answer.raise_for_status()
                if answer.status_code == 204:
                    return
                for line in answer.iter_lines():
                    field, _, value = line.partition(": ")
                    if field == "event":
                        name = value
                    elif field == "data":
                        data = value
                    elif field == "id":
                        last = value
                        yield name, json.loads(data)
        except httpx.TransportError:
            time.sleep(1)


def main(brief: dict[str, Any]) -> Path:
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=URL, headers=headers, timeout=60) as client:
        draft = client.post("/v1/drafts", json=brief).raise_for_status().json()["id"]
        for name, data in events(client, draft):
            if name == "section-written":
                print(data["path"], data["heading"], data["text"], sep="\n")
            elif name == "failed":
                raise SystemExit(data["reason"])
        kept = client.get(f"/v1/drafts/{draft}").json()
        for gap in kept["placeholders"]:
            print(gap["id"], gap["question"], gap["context"])
        file = Path(f"{draft}.docx")
        file.write_bytes(client.get(f"/v1/drafts/{draft}/export", params={"format": "docx"}).raise_for_status().content)
        return file


if __name__ == "__main__":
    print(main({"request": " ".join(sys.argv[1:])}))
