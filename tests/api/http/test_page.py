"""The page's files: served as they should be, closed in themselves, small, and with no way for a text to become markup."""

import re
from pathlib import PurePosixPath

import pytest

from api.app import WEB
from tests.api.http.conftest import Serving

FILES = sorted(path for path in WEB.rglob("*") if path.is_file())
NAMES = [path.relative_to(WEB).as_posix() for path in FILES]
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in zip(NAMES, FILES, strict=True)}
SCRIPTS = {name: text for name, text in TEXTS.items() if name.endswith(".js")}
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
MOST = 200_000  # bytes, all files together
# every way by which a browser makes markup or code of a string
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|setHTML|document\.write|createContextualFragment|DOMParser|srcdoc|\beval\(|new Function"
    r"|setTimeout\(\s*[\"'`]|javascript:"
)


def test_every_file_is_served_under_a_policy_that_lets_nothing_else_in(serving: Serving) -> None:
    client = serving(filled=False, web=WEB).one
    for name in ("", *NAMES):
        answer = client.get(f"/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["content-type"].startswith(TYPES[PurePosixPath(name or "index.html").suffix]), name
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["script-src"] == policy["style-src"] == "'self'", name
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", name
        assert answer.headers["cache-control"] == "no-cache", name
    assert client.get("/").content == (WEB / "index.html").read_bytes()
    assert client.get("/absent.js").status_code == 404
    assert client.get("/..%2fapp.py").status_code == 404


def test_the_page_asks_for_no_key_and_the_routes_do(serving: Serving) -> None:
    client = serving(filled=False, web=WEB, keys="nan:key-of-nan").one
    assert client.get("/").status_code == 200
    assert client.get("/v1/drafts").status_code == 401


def test_all_of_it_is_small() -> None:
    assert sum(path.stat().st_size for path in FILES) < MOST


@pytest.mark.parametrize("name", NAMES)
def test_nothing_comes_from_outside_and_no_text_becomes_markup(name: str) -> None:
    text = TEXTS[name].replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|[\"'(]//\w", text), "an address of elsewhere"
    assert not MARKUP.search(text)
    if name.endswith(".html"):
        assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|<style", text), "what the policy forbids"


def test_every_import_is_there_and_every_file_is_used() -> None:
    linked = set(re.findall(r'(?:href|src)="([^"#]+\.\w+)"', TEXTS["index.html"])) | {"index.html"}
    for name, text in SCRIPTS.items():
        for imported in re.findall(r'from "(.+?)"', text):
            assert imported.startswith("./"), f"{name}: {imported}"
            linked.add((PurePosixPath(name).parent / imported).as_posix())
    assert linked == set(NAMES)


def test_every_class_of_the_look_is_one_that_the_page_gives() -> None:
    """A rule for what is no longer there is a rule that nobody reads."""
    given = " ".join([*SCRIPTS.values(), TEXTS["index.html"]])
    kinds = {"date", "person", "place", "organisation", "count", "amount", "percent", "document", "name", "other"}
    states = {
        "in_progress",
        "queued",
        "waiting",
        "completed",
        "failed",
        "cancelled",
        "added",
        "replaced",
        "duplicate",
        "unchanged",
        "refused",
    }
    for name, text in TEXTS.items():
        if name.endswith(".css"):
            bare = re.sub(r"/\*.*?\*/|\{[^{}]*\}|\"[^\"]*\"|@import[^;]*;", " ", text, flags=re.DOTALL)
            for found in set(re.findall(r"\.([a-z][\w-]*)", bare)) - kinds - states:
                assert re.search(rf"\b{found.removesuffix('s')}|{found.rstrip('-123')}", given), f"{name}: .{found}"
