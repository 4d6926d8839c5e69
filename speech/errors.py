"""The errors that a user of 讲稿 can meet.

JianggaoError                 one clear line: what went wrong, and what to do
├── BriefError                the request or the brief cannot be worked from
├── FileRefused               a file from outside that will not be read
├── StoreError                the corpus store: locked, empty, filled by another embedding model
├── ModelError                no model, a wrong file, an endpoint that does not answer
└── DraftError                a run that cannot go on, a change that cannot be made
    ├── DraftNotFound         a draft that does not exist
    ├── DraftTaken            a draft that another process is writing
    └── DatabaseError         the database of drafts does not answer, or takes no more

Each is raised where it is noticed and caught at a way in (command line, HTTP), nowhere between.
"""


class JianggaoError(Exception):
    """`str(error)` is the one line that a user sees, in Chinese; `way_on` says what to do next."""

    def __init__(self, message: str, way_on: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.way_on = way_on

    @property
    def for_program(self) -> str:
        """The line for somebody who does not sit at the command line: advice to run a command is left out."""
        return self.message if "jianggao " in self.way_on else str(self)

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
    """A draft's run cannot go on, or a change to it cannot be made."""


class DraftNotFound(DraftError):
    """There is no such draft."""


class DraftTaken(DraftError):
    """Another process is writing the draft."""


class DatabaseError(DraftError):
    """The database does not answer, or takes no more. What was saved before stays."""
