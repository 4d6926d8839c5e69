"""Where drafts, the steps of their runs and a server's jobs are kept: SQLite by default, PostgreSQL by URL (agent/postgres.py).

SQL is written once, in words that both know, with `?` for a value; where they differ, a `Database` has the word.
"""

import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from speech.errors import DatabaseError

if TYPE_CHECKING:
    import psycopg

    StepsConnection = sqlite3.Connection | psycopg.Connection[Any]

_PATIENCE = 30  # seconds that a write waits for another one
_WAY_ON = "请检查磁盘空间和 JIANGGAO_HOME 的写权限；已存的稿子不受影响"


class Rows(Protocol):
    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    def execute(self, query: str, values: Sequence[Any] = (), /) -> Rows: ...
    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object: ...


class Database(ABC):
    """One tenant's database. Threads may share it. Whatever it cannot do is a DatabaseError, one line without a password."""

    FOR_UPDATE: ClassVar[str]  # ends a SELECT whose row is about to be written
    BY_KEY: ClassVar[str]  # ends the CREATE of a table whose rows lie in the order of its key

    def __init__(self) -> None:
        self._claims: dict[tuple[str, int], StepsConnection] = {}

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is, for a user."""

    @abstractmethod
    def exists(self) -> bool:
        """Whether there may be something in it."""

    @abstractmethod
    def setting_up(self) -> AbstractContextManager[Connection]:
        """A transaction that makes tables; of several programs that begin at once one does at a time."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction, which happens as a whole or not at all."""

    @abstractmethod
    def held(self) -> AbstractContextManager[None]:
        """For a server: what is opened once stays open meanwhile."""

    @abstractmethod
    def tables(self, connection: Connection) -> set[str]: ...

    @abstractmethod
    def columns(self, connection: Connection, table: str) -> set[str]: ...

    @abstractmethod
    def _plainly(self) -> AbstractContextManager[None]:
        """What the driver complains of as a DatabaseError, one line for a user."""

    @abstractmethod
    def _claim(self, draft: str) -> "AbstractContextManager[StepsConnection]": ...

    @contextmanager
    def claimed(self, draft: str) -> "Iterator[StepsConnection]":
        """A connection of its own for the run of a draft, to keep its steps; a thread's claim within its claim is the same one.

        Raises DraftTaken where somebody else on the same Postgres runs it. The claim ends with the connection: whoever
        loses the one can keep no more steps, and a process that is killed leaves none.
        """
        key = draft, threading.get_ident()
        if key in self._claims:
            with self._plainly():
                yield self._claims[key]
            return
        with self._claim(draft) as connection:
            self._claims[key] = connection
            try:
                yield connection
            finally:
                del self._claims[key]


class SqliteDatabase(Database):
    """A file. What claims it is the corpus beside it: an embedded store has one owner at a time."""

    FOR_UPDATE = ""
    BY_KEY = " WITHOUT ROWID"

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self._writing = threading.Lock()
        self._held: sqlite3.Connection | None = None

    @property
    def place(self) -> str:
        return str(self.file)

    def exists(self) -> bool:
        return self.file.exists()

    @contextmanager
    def setting_up(self) -> Iterator[Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"稿子存不下：{error}", _WAY_ON) from error
        with self._plainly(), closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        with self.writing() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._plainly(), closing(self._connect()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._plainly(), self._writing, ExitStack() as stack:
            connection = self._held or stack.enter_context(closing(self._connect()))
            stack.enter_context(connection)
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def held(self) -> Iterator[None]:
        # As long as one connection is open, no other one is the last, whose close folds up the log.
        with self._plainly():
            self._held = self._connect()
        try:
            yield
        finally:
            with self._writing:
                held, self._held = self._held, None
                held.close()

    def tables(self, connection: Connection) -> set[str]:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}

    def columns(self, connection: Connection, table: str) -> set[str]:
        return {row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()}

    @contextmanager
    def _claim(self, draft: str) -> Iterator[sqlite3.Connection]:
        with self._plainly(), closing(self._connect()) as connection:
            yield connection

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=_PATIENCE, check_same_thread=False)

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise DatabaseError(f"稿子存不下：{error}", _WAY_ON) from error
