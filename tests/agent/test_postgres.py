"""What PostgreSQL brings with it: a server that is away, a connection that breaks, and several processes at once."""

import re
import threading
from collections.abc import Callable

import psycopg
import pytest
from pydantic import SecretStr

from agent.checkpoints import steps
from agent.doctor import examine
from agent.drafter import Finished, PartWritten
from agent.drafts import DraftStore, Status, new_draft
from agent.postgres import PostgresDatabase
from agent.settings import Settings
from speech.errors import DatabaseError, DraftTaken
from tests.agent.conftest import Begin
from tests.agent.interrupted import BRIEF, Until
from tests.databases import PASSWORD, emptied, hang_up, on_postgres
from tests.scripted import ScriptedModel


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda url: url.replace(PASSWORD, "falsch"), "用户名或密码不对"),
        (lambda url: url.replace("/postgres?", "/nope?"), "没有这个库"),
        (lambda url: re.sub(r"host=.*", "host=/nowhere", url), "服务没有启动"),
        (lambda url: f"postgresql://clerk:{PASSWORD}@127.0.0.1:9/x", "服务没有启动"),
    ],
)
def test_a_server_that_does_not_let_us_in_is_one_clear_line(
    change: Callable[[str], str], said: str, postgres_url: str, settings: Settings
) -> None:
    url = change(postgres_url)
    if url == postgres_url:
        pytest.skip("a server of another kind was given")
    with pytest.raises(DatabaseError, match=said) as refused:
        DraftStore(PostgresDatabase(url))
    line = str(refused.value)
    assert "DATABASE_URL" in line and "\n" not in line and PASSWORD not in line and "falsch" not in line
    remark = next(one for one in examine(settings.model_copy(update={"database_url": SecretStr(url)})) if one.name == "稿子")
    assert not remark.ok and said in remark.detail


@on_postgres
def test_the_doctor_says_which_database(settings: Settings, begin: Begin) -> None:
    begin(ScriptedModel()).begin(BRIEF)
    remark = next(one for one in examine(settings) if one.name == "稿子")
    assert remark.ok and remark.detail.startswith("1 篇，存于 PostgreSQL ") and PASSWORD not in remark.detail


@on_postgres
def test_a_connection_that_breaks_in_mid_run_loses_one_step_at_most(begin: Begin, database_url: str) -> None:
    drafter = begin(ScriptedModel(speak=Until(2, lambda: hang_up(database_url))))
    draft = drafter.begin(BRIEF)
    written: list[str] = []
    with pytest.raises(DatabaseError, match="数据库断开了") as lost:
        for event in drafter.run(draft):
            if isinstance(event, PartWritten):
                written.append(event.text)
    assert f"drafts resume {draft.id}" in str(lost.value) and written
    assert drafter.drafts.get(draft.id).status == Status.IN_PROGRESS
    again = list(begin(ScriptedModel(first=300)).run(drafter.drafts.get(draft.id)))
    assert isinstance(again[-1], Finished)
    assert [event.text for event in again if isinstance(event, PartWritten)][: len(written)] == written


@on_postgres
def test_connections_that_a_server_dropped_while_idle_are_not_missed(database_url: str) -> None:
    database = PostgresDatabase(database_url)
    store = DraftStore(database)
    with database.held():
        draft = store.save(new_draft(BRIEF, None))
        assert hang_up(database_url)
        assert store.get(draft.id) == draft


@on_postgres
def test_a_draft_is_run_by_one_process_and_free_once_that_is_gone(database_url: str, begin: Begin) -> None:
    ours, theirs = begin(ScriptedModel()), PostgresDatabase(database_url)
    draft = ours.begin(BRIEF)
    with theirs.claimed(draft.id), theirs.claimed(draft.id):
        for work in (lambda: list(ours.run(draft)), lambda: ours.drafts.delete(draft.id)):
            with pytest.raises(DraftTaken, match="另一个程序"):
                work()
        assert isinstance(list(ours.run(ours.begin(BRIEF)))[-1], Finished)  # another draft is free
    assert ours.drafts.get(draft.id).status == Status.QUEUED
    assert isinstance(list(ours.run(draft))[-1], Finished)


@on_postgres
def test_programs_that_begin_at_once_make_the_tables_once(database_url: str) -> None:
    failed: list[BaseException] = []

    def begin(n: int) -> None:
        try:
            database = PostgresDatabase(database_url, f"科{n % 2}")
            DraftStore(database)
            with steps(database, f"d{n}", ()) as saver:
                assert saver.get_tuple({"configurable": {"thread_id": f"d{n}"}}) is None
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=begin, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


@on_postgres
def test_tenants_of_one_database_see_their_own(database_url: str) -> None:
    names = ["", "nan", "Nan", "甲" * 40, "甲" * 39 + "乙"]  # the last two are longer than a name may be in Postgres
    stores = [DraftStore(PostgresDatabase(database_url, name)) for name in names]
    made = [store.save(new_draft(BRIEF, None)) for store in stores]
    assert [[one.id for one in store.list()] for store in stores] == [[draft.id] for draft in made]


@on_postgres
def test_a_user_who_may_not_create_is_told(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS jianggao_guest")
        connection.execute(f"CREATE ROLE jianggao_guest LOGIN PASSWORD '{PASSWORD}'".encode())
    guest = PostgresDatabase(re.sub(r"//[^@]*@", f"//jianggao_guest:{PASSWORD}@", database_url))
    with pytest.raises(DatabaseError, match="权限") as refused:
        DraftStore(guest)
    assert PASSWORD not in str(refused.value)
    emptied(database_url)
