"""The two databases for the tests that touch one: a file, and a PostgreSQL server of our own where its programs are found."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGQUIT
from typing import Any

import pytest

# on a test, or as the `pytestmark` of a file: it runs on both
both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
GIVEN = "JIANGGAO_TEST_POSTGRES"  # the URL of a database that tests may empty
PASSWORD = "geheim-17"
_WAIT = 60.0  # seconds for the server to start on a busy machine


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a database to test in: the one that is given, or one on a server that lives as long as this. Skips where neither is."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    found = [shutil.which(name, path=_places()) for name in ("initdb", "postgres")]
    if not all(found):
        pytest.skip(f"no PostgreSQL: neither its programs nor {GIVEN}")
    initdb, server = map(str, found)
    # not in pytest's own folder: the server refuses to be root, and another user may not look into that one
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    owner = _owner(folder)
    word = folder / "word"
    word.write_text(PASSWORD)
    word.chmod(0o644)
    made = [
        initdb,
        "-D",
        str(folder / "data"),
        "-U",
        "clerk",
        "--auth=scram-sha-256",
        f"--pwfile={word}",
        "--no-sync",
        "--locale=C",
        "-EUTF8",
    ]
    subprocess.run(made, check=True, capture_output=True, cwd="/", **owner)
    quick = [f"-c{name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
    with (folder / "log").open("wb") as log:
        command = [server, "-D", str(folder / "data"), "-k", str(folder), "-clisten_addresses=", *quick]
        running = subprocess.Popen(command, stderr=log, stdout=log, cwd="/", **owner)
    try:
        url = f"postgresql://clerk:{PASSWORD}@/postgres?host={folder}"
        _wait(url, running)
        yield url
    finally:
        running.send_signal(SIGQUIT)  # at once: nothing in it is to be kept
        running.wait(_WAIT)
        shutil.rmtree(folder)


def emptied(url: str) -> str:
    """The same database with nothing of ours in it."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as connection:
        ours = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'jianggao%'").fetchall()
        for (name,) in ours:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
    return url


def hang_up(url: str) -> int:
    """Break every other connection to the database, as a server that is started anew does; how many there were."""
    import psycopg

    with psycopg.Connection.connect(url, autocommit=True) as connection:  # psycopg.connect may be out of order
        others = "pid <> pg_backend_pid() AND backend_type = 'client backend' AND datname = current_database()"
        return connection.execute(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}".encode()
        ).rowcount


def disk_full(database_url: str | None) -> Exception:
    """What the driver of the database raises when its disk is full."""
    if database_url is None:
        return sqlite3.OperationalError("database or disk is full")
    import psycopg

    return psycopg.errors.DiskFull("could not extend file")


def _places() -> str:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return os.pathsep.join([os.environ.get("PATH", ""), *map(str, debian)])


def _owner(folder: Path) -> dict[str, Any]:
    """Whom the server runs as: whoever runs the tests, but for root."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "nobody")
    return {"user": "nobody", "extra_groups": []}


def _wait(url: str, running: "subprocess.Popen[bytes]") -> None:
    import psycopg

    until = time.monotonic() + _WAIT
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            assert running.poll() is None and time.monotonic() < until, "PostgreSQL did not start"
            time.sleep(0.02)
