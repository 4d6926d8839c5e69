"""Where the steps of a recipe are kept, whichever database that is."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from agent.database import Database
from agent.saver import StepSaver


class _SqliteSteps(StepSaver, SqliteSaver):
    pass


@contextmanager
def steps(database: Database, draft: str, kinds: Iterable[type]) -> Iterator[StepSaver]:
    """Where the steps of `draft`, whose products are of `kinds`, are kept while it runs.

    Raises DraftTaken where another process runs it, DatabaseError where they cannot be kept.
    """
    serde = JsonPlusSerializer(allowed_msgpack_modules=list(kinds))
    with database.claimed(draft) as connection:
        if isinstance(connection, sqlite3.Connection):
            yield _SqliteSteps(connection, serde=serde)
        else:
            from agent.postgres_steps import PostgresSteps

            saver = PostgresSteps(connection, serde=serde)
            saver.setup()
            yield saver
