"""Which database a DATABASE_URL names."""

from pathlib import Path

from agent.database import Database, SqliteDatabase
from speech.errors import ModelError

_FILE = "sqlite:///"


def database_at(url: str, tenant: str = "") -> Database:
    """The database that a DATABASE_URL names; each tenant has one of its own beside the office's. Raises ModelError."""
    if url.startswith(_FILE):
        file = Path(url.removeprefix(_FILE))
        return SqliteDatabase(file.with_name(f"{file.stem}-{tenant}{file.suffix}") if tenant else file)
    if not url.startswith(("postgresql://", "postgres://")):
        raise ModelError("DATABASE_URL 只认 sqlite:///路径 和 postgresql://用户:密码@主机/库名", "请改正或不设此项")
    try:
        from agent.postgres import PostgresDatabase
    except ImportError as error:
        raise ModelError(
            "DATABASE_URL 指向 PostgreSQL，却没有装它的驱动",
            '请运行 pip install "psycopg[binary]" langgraph-checkpoint-postgres，或改用 sqlite:///路径',
        ) from error
    return PostgresDatabase(url, tenant)
