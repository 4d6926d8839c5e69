"""HTML made of parts: every text is escaped as it is put in, unless it is HTML already. Nothing from outside can be marked so."""

from html import escape


class Html(str):
    """Text that is HTML. Only `tag`, `join` and files of our own make one."""

    __slots__ = ()


Part = Html | str | int | float | None
Attribute = str | int | float | bool | None


def tag(name: str, *parts: Part, **attributes: Attribute) -> Html:
    """<name attributes>parts</name>. `class_` is class, `data_x` is data-x; None and False leave an attribute out."""
    said = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None and value is not False)
    return Html(f"<{name}{said}>{join(*parts)}</{name}>")


def join(*parts: Part) -> Html:
    """Parts one after the other."""
    return Html("".join(part if isinstance(part, Html) else escape(str(part)) for part in parts if part is not None))


def _attribute(key: str, value: str | int | float | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
