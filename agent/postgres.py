"""PostgreSQL behind DATABASE_URL. Imported only where one is named; needs `psycopg` and `langgraph-checkpoint-postgres`."""

import hashlib
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.util import find_spec
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from agent.database import Connection, Database
from speech.errors import DatabaseError, DraftTaken, ModelError

if find_spec("langgraph.checkpoint.postgres") is None:
    raise ImportError("langgraph-checkpoint-postgres")

# What the URL may say otherwise: a server that is gone is noticed within a minute, not in the two hours of TCP's own.
_DEFAULTS: dict[str, str | int] = {
    "application_name": "jianggao",
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 40_000,
}
_SCHEMA = "jianggao"
_LONGEST_NAME = 63  # bytes; Postgres cuts longer ones, and two tenants must not become one
_MOST = 10  # connections of one process at a time, beside one for each run
_PATIENCE = 30.0  # seconds for another program to make its tables
_LETTING_GO = 1.0  # seconds until the server has noticed that a process was killed
_WAY_ON = "请检查 DATABASE_URL 和 PostgreSQL 服务；已存的稿子不受影响"
_REASONS = (
    ("password authentication failed", "用户名或密码不对"),
    ("no password supplied", "没有给密码"),
    ("role ", "没有这个用户"),
    ("database ", "没有这个库"),
    ("Connection refused", "服务没有启动，或主机、端口不对"),
    ("No such file", "服务没有启动，或套接字目录不对"),
    ("resolve host", "找不到主机"),
    ("timeout", "主机没有回答"),
    ("too many clients", "连接数已满"),
)


class PostgresDatabase(Database):
    """A schema of its own for each tenant: `jianggao`, `jianggao_NAME`. Row locks and advisory locks let several processes share it."""

    FOR_UPDATE = " FOR UPDATE"
    BY_KEY = ""

    def __init__(self, url: str, tenant: str = "") -> None:
        super().__init__()
        try:
            given = conninfo_to_dict(url)
        except psycopg.ProgrammingError:  # its text may hold the password
            raise ModelError(
                "DATABASE_URL 写得不对", "应是 postgresql://用户:密码@主机:端口/库名；密码里的特殊字符写成 %XX"
            ) from None
        self._conninfo = make_conninfo(url, **{name: value for name, value in _DEFAULTS.items() if name not in given})
        self._place = f"PostgreSQL {given.get('host') or '本机'}/{given.get('dbname') or given.get('user') or ''}"
        self.schema = _schema(tenant)
        self._room = threading.BoundedSemaphore(_MOST)
        self._idle: deque[psycopg.Connection[Any]] = deque()
        self._holding = False

    @property
    def place(self) -> str:
        return self._place

    def exists(self) -> bool:
        return True

    @contextmanager
    def setting_up(self) -> Iterator[Connection]:
        with self._connection() as connection, alone(connection), connection.transaction():
            # looked for first: IF NOT EXISTS asks for the right to create even where there is nothing to create
            if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self.schema,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self.schema)))
            yield _Words(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._connection() as connection:
            yield _Words(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._connection() as connection, connection.transaction():
            yield _Words(connection)

    @contextmanager
    def held(self) -> Iterator[None]:
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
            while self._idle:
                self._idle.pop().close()

    def tables(self, connection: Connection) -> set[str]:
        named = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = ?", (self.schema,))
        return {row[0] for row in named.fetchall()}

    def columns(self, connection: Connection, table: str) -> set[str]:
        asked = "SELECT column_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
        return {row[0] for row in connection.execute(asked, (self.schema, table)).fetchall()}

    @contextmanager
    def _claim(self, draft: str) -> Iterator[psycopg.Connection[Any]]:
        with self._plainly(), closing(self._connect()) as connection:
            if not _locked(connection, f"{self.schema} {draft}", _LETTING_GO):
                raise DraftTaken(f"稿子 {draft} 正由另一个程序写", "请等它写完，或先停下它")
            yield connection

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        with self._plainly(), self._room:
            connection = self._take()
            try:
                yield connection
            finally:
                if self._holding and connection.info.transaction_status == TransactionStatus.IDLE:
                    self._idle.append(connection)
                else:
                    connection.close()

    def _take(self) -> psycopg.Connection[Any]:
        """One that was kept open, if it still answers; a new one else."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._connect()
            try:
                connection.execute(b"")
                return connection
            except psycopg.Error:
                connection.close()

    def _connect(self) -> psycopg.Connection[Any]:
        try:
            connection = psycopg.connect(self._conninfo, autocommit=True)
        except psycopg.OperationalError as error:
            raise DatabaseError(f"数据库连不上：{_reason(str(error))}", _WAY_ON) from error
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(self.schema)))
        return connection

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            state = error.sqlstate or ""
            if isinstance(error, psycopg.OperationalError) and (not state or state.startswith(("08", "57P"))):
                raise DatabaseError("数据库断开了", _WAY_ON) from error
            line = error.diag.message_primary or str(error).partition("\n")[0]
            raise DatabaseError(
                f"数据库不接受：{line}", "请检查 DATABASE_URL 里用户的权限和服务器的磁盘空间；已存的稿子不受影响"
            ) from error


class _Words:
    """A connection spoken to in the words that SQLite knows."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, query: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[Any]:
        return self._connection.execute(query.replace("?", "%s").encode(), values)

    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(query.replace("?", "%s").encode(), rows)


@contextmanager
def alone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """No other program makes tables meanwhile."""
    if not _locked(connection, _SCHEMA, _PATIENCE):
        raise DatabaseError("另一个程序一直在数据库里建表", "请稍后再试")
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (_key(_SCHEMA),))


def _schema(tenant: str) -> str:
    name = f"{_SCHEMA}_{tenant}" if tenant else _SCHEMA
    return name if len(name.encode()) <= _LONGEST_NAME else f"{_SCHEMA}_{hashlib.sha256(tenant.encode()).hexdigest()[:32]}"


def _locked(connection: psycopg.Connection[Any], what: str, patience: float) -> bool:
    """Take the lock of that name for as long as the connection stands; False where another has it still after `patience` seconds."""
    until = time.monotonic() + patience
    # not pg_advisory_lock: who waits in it is in turn waited for by the CREATE INDEX CONCURRENTLY of who has it
    while connection.execute("SELECT pg_try_advisory_lock(%s)", (_key(what),)).fetchone() != (True,):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _key(what: str) -> int:
    """A lock's number: Postgres takes 64 bits, with their sign."""
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)


def _reason(text: str) -> str:
    line = text.partition("\n")[0].rpartition("failed: ")[2].strip()
    return next((said for words, said in _REASONS if words in line), line)
