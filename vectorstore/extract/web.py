"""html_text(text): what a browser would show of a page, a block a line."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_SKIPPED = _names("script style noscript template svg button select nav footer aside iframe textarea title")
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_INLINE = _names(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr"
)
_CJK = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_UNSEEN_RULE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)"
    r"|font(?:-size)?\s*:\s*(?:0?\.\d+|[0-2])(?:\.\d+)?\s*(?:px|pt|em|rem|%)?\s*(?:;|!|/|$)"
    r"|(?:left|top|text-indent|margin-left|margin-top)\s*:\s*-\d{4,}"
    r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
# A size in em is a share of the one around it: 1em and 2em are large.
_LARGE = re.compile(r"font(?:-size)?\s*:\s*[1-9][\d.]*\s*r?em", re.IGNORECASE)
_INK = re.compile(r"(?<![-\w])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"(?<![-\w])background(?:-color|-image)?\s*:\s*([^;!]+)", re.IGNORECASE)
_WHITE = re.compile(r"#fff(?:fff)?|white|rgba?\(\s*255\s*,\s*255\s*,\s*255\b.*|transparent", re.IGNORECASE)
_SIMPLE = re.compile(r"[a-z][a-z0-9]*|[a-z0-9]*[.#][\w-]+", re.IGNORECASE)


def _is_unseen(style: str) -> bool:
    """Does this inline style or rule keep the text from being seen? White ink counts where no ground is set with it."""
    found = _UNSEEN_RULE.search(style)
    if found and not (found[0].lower().startswith("font") and _LARGE.search(style)):
        return True
    ink, ground = _INK.search(style), _GROUND.search(style)
    return bool(ink and _WHITE.fullmatch(ink[1].strip()) and (ground is None or _WHITE.fullmatch(ground[1].strip())))


def _unseen_selectors(page: str) -> frozenset[str]:
    """Tags, .classes and #ids that the page's own style sheets hide outright; compound selectors are left alone."""
    found: set[str] = set()
    for sheet in _sheets(page):
        for selectors, declared in _rules(sheet):
            # A sheet's white ink is often that of a banner whose ground is set elsewhere.
            if _is_unseen(_INK.sub("", declared)):
                found.update(one for raw in selectors.split(",") if _SIMPLE.fullmatch(one := raw.strip()))
    return frozenset(found - {"html", "body", "p", "div", "span"})


def _sheets(page: str) -> Iterator[str]:
    """The style sheets in a page without their comments. Linear in its length, as a pattern would not be."""
    lower, end = page.lower(), 0
    while (begin := lower.find("<style", end)) >= 0:
        end = lower.find("</style", begin)
        if end < 0:
            return
        first, *rest = page[begin:end].partition(">")[2].split("/*")
        yield first + "".join(one.partition("*/")[2] for one in rest)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """(selectors, declarations) of the rules that hold everywhere: not of @media, which is for print or narrow screens."""
    depth, begin = 0, 0
    selectors = ""
    for brace in re.finditer(r"[{}]", sheet):
        if brace[0] == "{":
            if depth == 0:
                selectors = sheet[begin : brace.start()].strip()
            depth += 1
        else:
            depth = max(0, depth - 1)
            if depth == 0 and not selectors.startswith("@"):
                yield selectors, sheet[begin : brace.start()]
        begin = brace.end()


class _Reader(HTMLParser):
    """Collects what a browser would show; every block element ends a line."""

    def __init__(self, unseen: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen: list[str] = []
        self._selectors = unseen

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen:
            if tag == self._unseen[0]:
                self._unseen.append(tag)
            return
        if tag not in _VOID and (tag in _SKIPPED or self._hides(tag, dict(attrs))):
            self._unseen.append(tag)
        elif tag not in _INLINE:
            self.parts.append("\n")

    def _hides(self, tag: str, given: dict[str, str | None]) -> bool:
        if "hidden" in given or _is_unseen(given.get("style") or ""):
            return True
        if tag == "font" and "color" in given and _WHITE.fullmatch((given["color"] or "").strip()):
            return True
        marks = [f".{one}" for one in (given.get("class") or "").split()] + [f"#{given.get('id')}"]
        return bool(self._selectors) and any(one in self._selectors for one in (tag, *marks, *(f"{tag}{mark}" for mark in marks)))

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag == self._unseen[0]:
                self._unseen.pop()
        elif tag not in _INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # A line break in the source is white space, and between two Chinese characters not even that.
            folded = re.sub(rf"(?<=[{_CJK}])[ \t]*[\r\n]+[ \t]*(?=[{_CJK}])", "", data)
            self.parts.append(re.sub(r"[ \t\r\n\f]+", " ", folded))


def html_text(text: str) -> str:
    """The visible text of a page, a block a line."""
    reader = _Reader(_unseen_selectors(text))
    reader.feed(text)
    reader.close()
    lines = (line.strip() for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
