"""The page driven in a browser, clicking as a person would. Skips where there is no Chromium or nothing to drive it with."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.app import WEB
from tests.api.http.conftest import Gate, Served, Serving, server
from tests.api.http.test_drafts import begun, settled

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

Page = Any
Opening = Callable[..., Page]
REQUEST = "请为市委书记起草在全市城市基层治理推进会上的讲话，约600字，突出网格化管理、红色物业"
EVIL = '在<img src=x onerror="window.taken=1">会上的讲话'


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def opening(browser: Any) -> Iterator[Opening]:
    """Opens the page of a server at an address, in a window of its own; whatever goes wrong in its scripts fails the test."""
    wrong: list[str] = []
    contexts = []

    def opened(served: Served, address: str = "", width: int = 1280, **more: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 860}, reduced_motion="reduce", **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: "Content Security Policy" in said.text and wrong.append(said.text))
        page.on("request", lambda sent: sent.url.startswith((served.base, "blob:")) or wrong.append(sent.url))
        page.goto(f"{served.base}/{address}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Gate]]:
    """One server for all: every test works at a draft of its own."""
    gate = Gate()
    at = {"JIANGGAO_HOME": tmp_path_factory.mktemp("home"), "JIANGGAO_TODAY": "2026-08-03"}
    with server(gate, None, filled=True, live=True, model=None, web=WEB, **at) as served:
        yield served, gate


@pytest.fixture
def served(shared: tuple[Served, Gate]) -> Served:
    return shared[0]


@pytest.fixture
def gate(shared: tuple[Served, Gate]) -> Iterator[Gate]:
    """The gate of the shared server, closed again."""
    gate = shared[1]
    gate.reached.clear()
    gate.opened.clear()
    yield gate
    gate.at = 1_000_000
    gate.opened.set()


@pytest.fixture(scope="module")
def written(shared: tuple[Served, Gate]) -> str:
    """A finished draft with findings that can be mended."""
    draft = begun(shared[0].one)
    settled(shared[0].one, draft)
    shared[0].one.post(f"/v1/drafts/{draft}/facts", json={"fact": "全市干部坚定“四个自信”做到“四个意识”"})
    return draft


def values(page: Page, selector: str) -> list[str]:
    found: list[str] = page.locator(selector).evaluate_all("nodes => nodes.map((node) => node.value)")
    return found


def test_from_a_request_to_a_word_file(served: Served, gate: Gate, opening: Opening) -> None:
    served.model.speak = lambda messages, turn: "全市已建成网格3721个，" * (turn % 3 == 0) + gate(messages, turn)
    page = opening(served)
    page.get_by_label("写作要求").fill(REQUEST)
    page.get_by_role("button", name="起草", exact=True).click()
    page.wait_for_selector(".approval")

    # the outline: by keyboard, by pointer, by hand
    tasks = ".outline .sections > li:nth-child(2) .parts > li"
    first, second = (page.locator(f"{tasks} >> nth={n} >> textarea >> nth=0").input_value() for n in (0, 1))
    page.locator(f"{tasks} >> nth=0 >> .handle >> nth=0").focus()
    page.keyboard.press("ArrowDown")
    assert [page.locator(f"{tasks} >> nth={n} >> textarea >> nth=0").input_value() for n in (0, 1)] == [second, first]
    points = f"{tasks}:first-child .points > li"
    before = values(page, f"{points} textarea")
    page.locator(f"{points} .handle >> nth=0").hover()
    page.mouse.down()
    box = page.locator(points).last.bounding_box()
    page.mouse.move(box["x"] + 80, box["y"] + box["height"] - 3, steps=4)
    page.mouse.up()
    assert values(page, f"{points} textarea") == [*before[1:], before[0]]
    page.locator(f"{points} textarea >> nth=0").fill("摸清楼栋底数")
    page.keyboard.press("Enter")
    page.keyboard.type("建好议事阵地")
    page.locator(f"{points} .gone").last.click()
    edited = values(page, ".outline textarea")
    page.reload()
    page.wait_for_selector(".approval")
    assert values(page, ".outline textarea") == edited and "建好议事阵地" in edited and before[0] not in edited

    # written, and looked at again in mid-run
    gate.at = len(served.model.asked) + 4
    page.get_by_role("button", name="同意，开始写").click()
    assert gate.reached.wait(10)
    page.wait_for_selector("[data-state=now]")
    page.locator("[data-state=written]").first.wait_for()
    seen = page.locator(".place p").all_inner_texts()
    page.reload()
    page.locator(".place p").nth(len(seen) - 1).wait_for()
    again = page.locator(".place p").all_inner_texts()
    assert all(now.startswith(before) for now, before in zip(again, seen, strict=False)) and any(seen)
    gate.opened.set()
    page.wait_for_selector(".paper.read")
    text = "\n".join(page.locator(".row > p").all_inner_texts())
    assert text + "\n" == served.one.get(page.url.partition("#")[2].replace("/drafts", "/v1/drafts")).json()["text"]
    assert second in text

    # filled: one answer, every place
    gaps = page.locator("mark.gap.count")
    (place,) = {gaps.nth(n).get_attribute("data-gap") for n in range(gaps.count())}
    count = gaps.count()
    gaps.first.click()
    assert page.evaluate("document.activeElement.id") == f"gap-{place}"
    page.keyboard.type("88")
    page.keyboard.press("Enter")
    page.get_by_text("填好了 1 项").wait_for()
    assert gaps.count() == 0 and page.locator(".paper").inner_text().count("网格88个") == count
    with page.expect_download() as file:
        page.get_by_role("button", name="导出 Word").click()
    assert file.value.suggested_filename.endswith("的讲话.docx")
    assert file.value.path().read_bytes()[:2] == b"PK"


def test_a_section_is_rewritten_compared_and_taken_back(served: Served, written: str, opening: Opening) -> None:
    page = opening(served, f"#/drafts/{written}")
    row = page.locator(".row[data-path='二（一）']")
    before = row.inner_text()
    row.hover()
    row.get_by_role("button", name="改写").click()
    page.get_by_label("要求").fill("换个说法，写得实一些")
    page.locator("dialog").get_by_role("button", name="改写").click()
    page.get_by_text("改好了").wait_for()
    assert page.locator(".row[data-path='二（一）']").inner_text() != before
    page.get_by_role("tab", name="版本").click()
    page.get_by_role("link", name="与现稿比较").first.click()
    page.locator(".changes li").first.wait_for()
    assert page.locator(".changes li h2").all_inner_texts() == ["二（一）　修改"]
    assert page.locator("ins").count() and page.locator("del").count()
    page.get_by_role("button", name="退回到第").click()
    page.wait_for_selector(".paper.read")
    assert page.locator(".row[data-path='二（一）']").inner_text() == before


def test_a_finding_stands_in_the_margin_and_is_mended_by_a_press(served: Served, written: str, opening: Opening) -> None:
    page = opening(served, f"#/drafts/{written}")
    mend = page.locator(".margin .mend").first
    put = mend.inner_text()[3:-1]
    assert mend.inner_text() == f"改为“{put}”" and put not in "".join(page.locator(".row > p").all_inner_texts())
    count = page.locator(".margin .note").count()
    assert page.locator(".flaw").all_inner_texts().count("做到“四个意识”") == 1
    mend.click()
    page.locator(".notice").get_by_text("改好了").wait_for()
    assert put in "".join(page.locator(".row > p").all_inner_texts())
    assert page.locator(".margin .note").count() == count - 1
    # sources of a paragraph, by keyboard
    page.locator("p[data-paragraph]").nth(1).focus()
    page.locator(".sources li").first.wait_for()
    page.locator(".sources").get_by_role("button", name="看原文").first.click()
    assert len(page.locator(".sources blockquote").first.inner_text()) > 20


def test_the_corpus_takes_files_and_says_what_was_dropped(served: Served, opening: Opening, tmp_path: Path) -> None:
    good, bad = tmp_path / "讲话.txt", tmp_path / "b.bin"
    paragraph = "物业管理连着千家万户，是基层治理的重要一环，必须摆上重要位置来抓，把小区里的事办好。"
    good.write_text(
        f"仅供学习 禁止外传\n{EVIL}\n同志们：\n{paragraph}\n一、提高认识\n{paragraph}二\n二、抓好落实\n{paragraph}三\n"
    )
    bad.write_bytes(bytes(range(128, 256)))
    page = opening(served, "#/corpus")
    page.set_input_files("#files", [good, bad])
    page.locator(".taken .status.refused").wait_for()
    assert page.locator(".taken .status").all_inner_texts() == ["已收入", "未收"]
    page.get_by_text("略去了什么").click()
    assert "仅供学习 禁止外传" in page.locator(".dropped table").inner_text()
    page.get_by_label("找旧稿").fill("物业管理 千家万户")
    page.keyboard.press("Enter")
    page.get_by_text(f"《{EVIL}》").first.wait_for()
    assert page.locator("img").count() == 0 and page.evaluate("window.taken") is None
    # dropped on the page
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["不是文稿"], "c.bin"));
          document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    page.locator(".taken").get_by_text("c.bin").first.wait_for()
    page.locator("li", has_text="在<img").get_by_role("button", name="移除").last.click()
    page.locator("dialog").get_by_role("button", name="移除").click()
    page.locator(".corpus > div:last-child li", has_text="在<img").wait_for(state="detached")


def test_a_server_with_keys_asks_for_one(serving: Serving, opening: Opening) -> None:
    served = serving(live=True, web=WEB, keys="nan:key-of-nan,bei:key-of-bei")
    page = opening(served, "#/drafts")
    page.get_by_label("密钥", exact=True).fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_text("密钥不对").wait_for()
    page.get_by_label("密钥", exact=True).fill("key-of-nan")
    page.keyboard.press("Enter")
    page.get_by_text("还没有稿子").wait_for()
    page.get_by_role("link", name="起草", exact=True).click()
    page.get_by_label("写作要求").fill(REQUEST)
    page.get_by_label("先看提纲").uncheck()
    page.get_by_role("button", name="起草", exact=True).click()
    page.wait_for_selector(".paper.read")  # its events came over a line that bears the key
    assert served.client("bei").get("/v1/drafts").json()["total"] == 0
    assert page.evaluate("localStorage.getItem('key')") is None


def test_it_stops_and_goes_on(served: Served, gate: Gate, opening: Opening) -> None:
    gate.at = len(served.model.asked) + 2
    draft = begun(served.one)
    page = opening(served, f"#/drafts/{draft}")
    assert gate.reached.wait(10)
    page.get_by_role("button", name="停下").click()
    gate.opened.set()
    page.get_by_text("已停下").wait_for()
    page.get_by_role("button", name="接着写").click()
    page.wait_for_selector(".paper.read")


def test_nothing_is_cut_off_and_both_looks_are_there(served: Served, written: str, opening: Opening) -> None:
    page = opening(served, f"#/drafts/{written}", color_scheme="light")
    for address, there in (
        ("#/", ".ask"),
        ("#/drafts", ".list li"),
        ("#/corpus", ".list li"),
        (f"#/drafts/{written}", ".paper.read"),
    ):
        page.goto(f"{served.base}/{address}")
        page.wait_for_selector(there)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    look = page.locator("#look")
    while look.inner_text() != "深色":
        look.click()
    dark = page.evaluate(ground)
    assert sum(map(int, light[4:-1].split(","))) > 600 > 150 > sum(map(int, dark[4:-1].split(",")))
    page.reload()
    assert page.evaluate(ground) == dark


def test_offsets_are_code_points_as_the_server_counts_them(served: Served, opening: Opening) -> None:
    """A sign beyond the first plane is two units to a browser and one to the server."""
    page = opening(served)
    cut = page.evaluate(
        """async () => {
          const { pieces, rowsOf } = await import("/js/rows.js");
          const section = { number: "一、", heading: "𠮷祥", run_in: true, paragraphs: ["全市××个", "第二段"], sections: [] };
          const speech = { title: "𠮷市讲话", byline: [], salutation: "同志们：", opening: [], sections: [section], closing: ["完"], signature: null };
          const rows = rowsOf({ speech });
          const row = rows.find(({ text }) => text.includes("××"));
          const at = [...rows.map(({ text }) => text).join("\\n")].indexOf("×");
          return { rows: rows.map(({ role, start, path, paragraph }) => [role, start, path ?? "", paragraph ?? -1]),
                   cut: pieces(row, [{ start: at, end: at + 2, gap: 1 }]).map(({ text, marks }) => [text, marks.length]) };
        }"""
    )
    assert cut["cut"] == [["一、𠮷祥。全市", 0], ["××", 1], ["个", 0]]
    assert cut["rows"] == [["title", 0, "", -1], ["salutation", 5, "", -1], ["heading", 10, "一", 0], ["paragraph", 21, "一", 1],
                           ["paragraph", 25, "结尾", 2]]  # fmt: skip
