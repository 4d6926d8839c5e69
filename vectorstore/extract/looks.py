"""Look: as much of a run's formatting in Word as decides whether a reader can see it."""

from dataclasses import dataclass, replace
from functools import cache
from xml.etree import ElementTree as ET

from vectorstore.extract.numbers import W, numbered

__all__ = ["PLAIN", "Look", "Styles", "W", "look_of"]

# In half-points: three points can be told from a smudge, less cannot.
_SMALLEST = 6
_NEAR = 16
_DEEPEST = 20


@dataclass(frozen=True)
class Look:
    """None: not said here, so that what lies below holds. Colours are six hex digits; any other ground is a dark one."""

    hidden: bool | None = None
    half_points: float | None = None
    colour: str | None = None
    ground: str | None = None

    def over(self, upper: "Look") -> "Look":
        """This look with what `upper` says laid over it."""
        said = {name: value for name, value in vars(upper).items() if value is not None}
        return replace(self, **said) if said else self

    @property
    def is_unseen(self) -> bool:
        """Hidden, too small to be read, or in the colour of its ground (white paper by default)."""
        if self.hidden or (self.half_points is not None and self.half_points < _SMALLEST):
            return True
        ink, ground = _rgb(self.colour or ""), _rgb(self.ground or "FFFFFF")
        return ink is not None and ground is not None and all(abs(a - b) <= _NEAR for a, b in zip(ink, ground, strict=True))


PLAIN = Look()


def look_of(properties: ET.Element | None, paragraph: bool = False) -> Look:
    """The look that an rPr gives; of a pPr or tcPr (`paragraph`) only the ground counts."""
    if properties is None or not len(properties):
        return PLAIN
    shading, marker = properties.find(W + "shd"), properties.find(W + "highlight")
    ground = shading.get(W + "fill") if shading is not None else None
    if marker is not None and marker.get(W + "val", "none") not in ("none", "white"):
        ground = "?"
    ground = None if ground in ("auto", "") else ground
    if paragraph:
        return Look(ground=ground) if ground else PLAIN
    vanish, size, colour = properties.find(W + "vanish"), properties.find(W + "sz"), properties.find(W + "color")
    return Look(
        hidden=None if vanish is None else vanish.get(W + "val", "1") not in ("0", "false", "off"),
        half_points=None if size is None else _number(size.get(W + "val", "")),
        colour=None if colour is None else colour.get(W + "val"),
        ground=ground,
    )


def _number(said: str) -> float | None:
    try:
        return float(said)
    except ValueError:
        return None


@cache
def _rgb(said: str) -> tuple[int, int, int] | None:
    try:
        return (int(said[0:2], 16), int(said[2:4], 16), int(said[4:6], 16)) if len(said) == 6 else None
    except ValueError:
        return None


class Styles:
    """What the styles say: which carry a number, are lines of a table of contents, shade their cells, and how they look."""

    def __init__(self, part: ET.Element | None) -> None:
        self.numbered: dict[str, tuple[str, int]] = {}
        self.contents: set[str] = set()
        self.shaded: set[str] = set()
        self._looks: dict[str, Look] = {}
        self._based: dict[str, str] = {}
        for style in part.iter(W + "style") if part is not None else ():
            identity = style.get(W + "styleId", "")
            name, base = style.find(W + "name"), style.find(W + "basedOn")
            if name is not None and name.get(W + "val", "").lower().startswith("toc "):
                self.contents.add(identity)
            if at := numbered(style):
                self.numbered[identity] = at
            if any(shade.get(W + "fill", "auto") not in ("auto", "FFFFFF") for shade in style.iter(W + "shd")):
                self.shaded.add(identity)
            if base is not None:
                self._based[identity] = base.get(W + "val", "")
            self._looks[identity] = look_of(style.find(W + "pPr"), paragraph=True).over(look_of(style.find(W + "rPr")))

    def look(self, identity: str) -> Look:
        """How text of this style looks, with what it inherits."""
        chain = [identity]
        while chain[-1] in self._based and len(chain) < _DEEPEST:
            chain.append(self._based[chain[-1]])
        look = PLAIN
        for one in reversed(chain):
            look = look.over(self._looks.get(one, PLAIN))
        return look
