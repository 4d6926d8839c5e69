"""Charts: bars by check with their intervals as inline SVG, and squares by genre and check as a table."""

from collections.abc import Mapping, Sequence

from evals.html import Html, tag

_LABEL, _BAR, _GAP = 64, 11, 9
WIDE, NARROW = 1000, 350  # a chart is drawn for the width at which it is shown, so that its words can be read


def bars(rows: Sequence[tuple[str, Sequence[tuple[str, float, float, float]]]], width: int = WIDE) -> Html:
    """Rows of (label, bars), a bar being (series, mean, low, high), 0–100. Series are coloured by their place."""
    series = list(dict.fromkeys(name for _, row in rows for name, *_ in row))
    parts: list[Html] = []
    top = 18
    scale = (width - _LABEL - 44) / 100
    height = 24 + sum(len(row) * _BAR + _GAP for _, row in rows)
    for at in range(0, 101, 20):
        x = _LABEL + at * scale
        parts.append(tag("line", x1=x, x2=x, y1=14, y2=height, class_="grid"))
        parts.append(tag("text", at, x=x, y=10, class_="tick", text_anchor="middle"))
    for label, row in rows:
        parts.append(tag("text", label, x=_LABEL - 8, y=top + len(row) * _BAR / 2 + 4, text_anchor="end"))
        for name, mean, low, high in row:
            parts.append(_bar(name, mean, low, high, top, scale, series.index(name)))
            top += _BAR
        top += _GAP
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {width} {height}",
        role="img",
        class_="bars wide-only" if width == WIDE else "bars narrow-only",
    )


def _bar(name: str, mean: float, low: float, high: float, top: float, scale: float, colour: int) -> Html:
    title = tag("title", f"{name} {mean:.1f}（{low:.1f}～{high:.1f}）")
    end, middle = _LABEL + mean * scale, top + _BAR / 2 - 1
    bar = tag("rect", x=_LABEL, y=top, width=f"{mean * scale:.1f}", height=_BAR - 2, class_=f"s{colour % 8}")
    whisker = (
        tag("line", x1=f"{_LABEL + low * scale:.1f}", x2=f"{_LABEL + high * scale:.1f}", y1=middle, y2=middle, class_="whisker")
        if high > low
        else None
    )
    figure = tag("text", f"{mean:.1f}", x=f"{max(end, _LABEL + high * scale) + 5:.1f}", y=top + _BAR - 2, class_="figure")
    return tag("g", title, bar, whisker, figure)


def squares(columns: Sequence[str], rows: Mapping[str, Sequence[float | None]]) -> Html:
    """A square a score: rows by genre, columns by check; the fuller the colour the higher the score."""
    head = tag("tr", tag("th", "文种"), *(tag("th", column) for column in columns))
    body = [tag("tr", tag("th", label, scope="row"), *map(_square, scores)) for label, scores in rows.items()]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body), class_="squares"), class_="wide")


def _square(score: float | None) -> Html:
    step = "none" if score is None else str(min(4, max(0, int((score - 50) // 10))))
    return tag("td", "—" if score is None else f"{score:.0f}", class_=f"q{step}")
