"""The steps of a run in PostgreSQL. Imported only where one is named."""

from langgraph.checkpoint.postgres import PostgresSaver
from psycopg import Connection

from agent.postgres import alone
from agent.saver import StepSaver


class PostgresSteps(StepSaver, PostgresSaver):
    def setup(self) -> None:
        """langgraph's tables; its own way is not made for several programs that begin at once."""
        assert isinstance(self.conn, Connection)
        with alone(self.conn):
            super().setup()
