"""The errors that a user of 讲稿 can meet.

JianggaoError                 one clear line: what went wrong, and what to do
├── BriefError                the request or the brief cannot be worked from
├── FileRefused               a file from outside that will not be read
├── StoreError                the corpus store: locked, empty, filled by another embedding model
├── ModelError                no model, a wrong file, an endpoint that does not answer
└── DraftError                a draft that does not exist, or a run that cannot go on

Each is raised where it is noticed and caught at a way in (command line, HTTP), nowhere between.
"""


class JianggaoError(Exception):
    """`str(error)` is the one line that a user sees, in Chinese; `way_on` says what to do next."""

    def __init__(self, message: str, way_on: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.way_on = way_on

    def __str__(self) -> str:
        return f"{self.message}{self.way_on and '。' + self.way_on}"


class BriefError(JianggaoError):
    """The request or the brief cannot be worked from."""


class FileRefused(JianggaoError):
    """A file from outside that will not be read."""


class StoreError(JianggaoError):
    """The corpus store is locked, empty, or was filled by another embedding model."""


class ModelError(JianggaoError):
    """There is no model, its file is wrong, or its endpoint does not answer."""


class DraftError(JianggaoError):
    """A draft does not exist, or its run cannot go on."""
