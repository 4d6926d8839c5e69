"""Drafts are kept, listed and filled in."""

import json
import sqlite3
import threading
from pathlib import Path

import pytest

from agent import drafts as drafts_module
from agent.database import Database, SqliteDatabase
from agent.drafts import Draft, DraftStore, Status, Usage, Why, new_draft
from agent.revise import fill
from speech.brief import SpeechBrief
from speech.errors import DatabaseError, DraftError
from speech.parse import parse
from speech.placeholders import fill_in_sheet
from tests.agent.conftest import TODAY
from tests.databases import both, disk_full

BRIEF = SpeechBrief(topic="城市基层治理", occasion="全市城市基层治理推进会")
TEXT = """在全市城市基层治理推进会上的讲话
同志们：
这次会议的主要任务，是总结×月×日以来的工作。刚才，×××同志作了通报。下面，我讲两点意见。
一、提高认识，把握基层治理的意义
（一）治理是民心工程。×市把资金×万元用在基层，群众满意度达到×%，大家要看到差距。
二、抓好落实，形成基层治理的合力
（一）压实责任。各部门要对照清单，把×市的经验用起来，把问题解决在门口。
同志们，让我们一起努力，把事情办好！
"""


@pytest.fixture
def store(database: Database) -> DraftStore:
    return DraftStore(database)


def finished() -> Draft:
    speech = parse(TEXT)
    paragraphs = tuple(
        drafts_module.DraftParagraph(
            path=paragraph.path,
            text=paragraph.text,
            sources=(drafts_module.Source(passage="p", document="d", heading="h", score=0.5),),
        )
        for paragraph in speech.paragraphs()
    )
    made = {
        "status": Status.COMPLETED,
        "text": TEXT,
        "speech": speech,
        "paragraphs": paragraphs,
        "placeholders": tuple(fill_in_sheet(TEXT)),
    }
    return new_draft(BRIEF, None).model_copy(update=made)


@both
def test_what_is_saved_is_got_again(store: DraftStore) -> None:
    saved = store.save(finished())
    assert store.get(saved.id) == saved
    assert DraftStore(store.database).get(saved.id) == saved
    assert saved.updated > saved.created


@both
def test_saving_again_replaces(store: DraftStore) -> None:
    draft = store.save(new_draft(BRIEF, "写个讲话"))
    store.save(draft.model_copy(update={"status": Status.FAILED, "error": "端点没有回答"}))
    assert [(one.status, one.error) for one in store.list()] == [(Status.FAILED, "端点没有回答")]


@both
def test_a_list_is_newest_first(store: DraftStore) -> None:
    made = [store.save(new_draft(BRIEF, None)) for _ in range(3)]
    assert [draft.id for draft in store.list()] == [draft.id for draft in reversed(made)]
    assert len({draft.id for draft in made}) == 3


@both
def test_an_unknown_id_is_one_clear_line(store: DraftStore) -> None:
    with pytest.raises(DraftError, match="没有编号为 x'; DROP") as refused:
        store.get("x'; DROP TABLE drafts; --")
    assert "drafts list" in str(refused.value)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DraftError, match="JIANGGAO_HOME") as refused:
        DraftStore(SqliteDatabase(tmp_path / "file" / "drafts.sqlite"))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "drafts.sqlite").write_text("这不是数据库" * 100)
    with pytest.raises(DraftError):
        DraftStore(SqliteDatabase(tmp_path / "drafts.sqlite"))


def test_a_full_disk_leaves_the_draft_as_it_was(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "drafts.sqlite")
    store = DraftStore(database)
    draft = store.save(new_draft(BRIEF, None))
    with database.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()

    class Full(SqliteDatabase):
        def _connect(self) -> sqlite3.Connection:
            connection = super()._connect()
            connection.execute(f"PRAGMA max_page_count={pages}")
            return connection

    with pytest.raises(DatabaseError, match="磁盘空间"):
        DraftStore(Full(database.file)).save(draft.model_copy(update={"text": "长" * 100_000}))
    assert store.get(draft.id) == draft


@both
def test_every_revision_is_kept_and_a_list_loads_no_text(store: DraftStore) -> None:
    draft = store.keep(store.save(finished()).model_copy(update={"text": TEXT}), Why.FIRST)
    # saved as finished before it was kept: as a draft of 0.1.0
    assert [one.number for one in store.revisions(draft.id)] == [1, 2]
    for n in range(3):
        draft = store.keep(draft.model_copy(update={"text": f"{TEXT}{n}"}), Why.CHANGED, f"第{n}次")
    kept = store.revisions(draft.id)
    assert [one.number for one in kept] == [1, 2, 3, 4, 5] and draft.revision == 5
    assert [one.text[-1] for one in kept[2:]] == ["0", "1", "2"] and kept[4].note == "第2次"
    assert kept[4].state() == {name: getattr(draft, name) for name in kept[4].state()}
    (listed,) = store.list()
    assert (listed.id, listed.revision, listed.status) == (draft.id, 5, Status.COMPLETED) and not hasattr(listed, "text")


@both
def test_of_two_changes_at_once_one_is_refused(store: DraftStore) -> None:
    draft = store.keep(store.save(new_draft(BRIEF, None)), Why.FIRST)
    refused: list[str] = []

    def change(n: int) -> None:
        try:
            store.keep(draft.model_copy(update={"text": str(n)}), Why.CHANGED)
        except DraftError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=change, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 5 and all("刚才已被改过" in why for why in refused)
    assert [one.number for one in store.revisions(draft.id)] == [1, 2]
    assert store.get(draft.id).text == store.revisions(draft.id)[1].text


@both
def test_a_full_disk_leaves_draft_and_revisions_as_they_were(
    store: DraftStore, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = store.keep(store.save(new_draft(BRIEF, None)), Why.FIRST)

    def full(*_: object) -> None:
        raise disk_full(database_url)

    monkeypatch.setattr(drafts_module, "_insert_revision", full)
    with pytest.raises(DraftError, match="磁盘空间"):
        store.keep(draft.model_copy(update={"text": "改过"}), Why.CHANGED)
    monkeypatch.undo()
    assert store.get(draft.id) == draft and len(store.revisions(draft.id)) == 1


@both
def test_each_tenant_lists_its_own(store: DraftStore) -> None:
    ours, theirs = (store.save(new_draft(BRIEF, None, tenant=name)) for name in ("甲", "乙"))
    assert [one.id for one in store.list("甲")] == [ours.id] and [one.id for one in store.list("乙")] == [theirs.id]
    assert len(store.list()) == 2 and store.list("") == [] and store.list("' OR 1=1") == []


@both
def test_a_deleted_draft_is_gone_with_its_revisions(store: DraftStore) -> None:
    gone, stays = (store.keep(store.save(new_draft(BRIEF, None)), Why.FIRST) for _ in range(2))
    store.delete(gone.id)
    for look in (store.get, store.revisions, store.delete):
        with pytest.raises(DraftError, match="没有编号为"):
            look(gone.id)
    assert [one.id for one in store.list()] == [stays.id] and len(store.revisions(stays.id)) == 1


def test_a_database_of_before_is_taken_over(tmp_path: Path) -> None:
    database = tmp_path / "drafts.sqlite"
    old = finished()
    data = old.model_dump(mode="json", exclude={"tenant", "approve_outline", "approved", "revision", "unkept"})
    del data["usage"]["retries"]
    with sqlite3.connect(database) as connection:
        connection.execute(
            "CREATE TABLE drafts (id TEXT PRIMARY KEY, created TEXT, updated TEXT, status TEXT, title TEXT, data TEXT)"
        )
        row = (old.id, data["created"], data["updated"], "completed", "题目", json.dumps(data))
        connection.execute("INSERT INTO drafts VALUES (?, ?, ?, ?, ?, ?)", row)
    connection.close()
    for store in (DraftStore(SqliteDatabase(database)), DraftStore(SqliteDatabase(database))):
        assert store.get(old.id) == old
        assert [(one.id, one.title) for one in store.list()] == [(old.id, BRIEF.occasion)]
        assert [(one.number, one.why) for one in store.revisions(old.id)] == [(1, Why.FIRST)]
    changed = store.keep(fill(old, {"p1": "3月5日"}, TODAY), Why.FILLED)
    assert changed.revision == 2 and [one.text for one in store.revisions(old.id)] == [old.text, changed.text]


def test_usage_adds_up() -> None:
    one = Usage(model="m", calls=1, prompt_tokens=10, cached_tokens=4, completion_tokens=3, seconds=0.25)
    assert one + one == Usage(model="m", calls=2, prompt_tokens=20, cached_tokens=8, completion_tokens=6, seconds=0.5)
    assert Usage() + one == one


def test_one_answer_fills_every_place() -> None:
    draft = finished()
    (city,) = (row for row in draft.placeholders if len(row.spans) == 2)
    filled = fill(draft, {city.id: "云溪"}, TODAY)
    assert filled.text.count("云溪市") == 2 and "×市" not in filled.text
    assert [p.text for p in filled.paragraphs if "云溪" in p.text] == [
        p.text.replace("×市", "云溪市") for p in draft.paragraphs if "×市" in p.text
    ]
    assert len(filled.placeholders) == len(draft.placeholders) - 1
    assert filled.speech == parse(filled.text)


def test_only_what_was_answered_changes_and_it_counts_as_told() -> None:
    draft = finished()
    ids = {row.kind: row.id for row in draft.placeholders}
    filled = fill(draft, {ids["date"]: "3月5日", ids["amount"]: "300", ids["percent"]: "98%"}, TODAY)
    assert "总结3月5日以来" in filled.text and "300万元" in filled.text and "达到98%" in filled.text
    assert "×" in filled.text
    assert filled.review is not None
    unsupported = [one.text for one in filled.review.specifics if one.supported is False]
    assert not [text for text in unsupported if any(sign.isdigit() for sign in text)]
    assert [p.sources for p in filled.paragraphs] == [p.sources for p in draft.paragraphs]
    assert (filled.id, filled.created, filled.outline) == (draft.id, draft.created, draft.outline)


@both
def test_a_sheet_of_any_length_leaves_a_draft_that_can_be_read_again(store: DraftStore) -> None:
    things = [
        "网格",
        "小区",
        "楼栋",
        "车位",
        "电梯",
        "路灯",
        "阳台",
        "窗口",
        "岗亭",
        "食堂",
        "书屋",
        "广场",
        "驿站",
        "花园",
        "门店",
    ]
    gaps = "".join(
        f"{place}修好{thing}×个，"
        for thing in things
        for place in ["东片区", "西片区", "南片区", "北片区", "新城", "老城", "开发区", "高新区"]
    )
    draft = finished().model_copy(update={"text": "\n".join([*TEXT.splitlines()[:4], f"（一）一。{gaps}成效明显。"])})
    speech = parse(draft.text)
    paragraphs = tuple(drafts_module.DraftParagraph(path=p.path, text=p.text, sources=()) for p in speech.paragraphs())
    sheet = fill_in_sheet(draft.text)
    assert len(sheet) > 100
    draft = draft.model_copy(update={"speech": speech, "paragraphs": paragraphs, "placeholders": tuple(sheet)})
    numbers = {row.id: str(n + 11) for n, row in enumerate(sheet) if row.kind == "count"}
    saved = store.save(fill(draft, numbers, TODAY))
    assert store.get(saved.id) == saved
    assert saved.review is not None
    assert [one.text for one in saved.review.specifics if one.supported is False and one.kind == "count"] == []


def test_an_unknown_placeholder_is_one_clear_line() -> None:
    with pytest.raises(DraftError, match="p99"):
        fill(finished(), {"p99": "3月5日"}, TODAY)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.COMPLETED])
def test_an_unfinished_draft_is_not_filled(status: Status) -> None:
    draft = finished().model_copy(update={"status": status})
    with pytest.raises(DraftError, match="resume"):
        fill(draft, {"p1": "3月5日"}, TODAY)


@pytest.mark.parametrize("answer", ["", "  "])
def test_a_blank_answer_leaves_the_gap_and_tells_nothing(answer: str) -> None:
    draft = finished()
    filled = fill(draft, {draft.placeholders[0].id: answer}, TODAY)
    assert filled.text == draft.text
    assert filled.brief.facts == draft.brief.facts


@pytest.mark.parametrize("answer", ["云溪\n一、另起一段", "云溪\n\n二、再起一段\n（一）又一段。"])
def test_an_answer_that_breaks_the_structure_is_refused(answer: str) -> None:
    draft = finished()
    (city,) = (row for row in draft.placeholders if len(row.spans) == 2)
    with pytest.raises(DraftError):
        fill(draft, {city.id: answer}, TODAY)


def test_a_very_long_answer_is_refused_in_one_line() -> None:
    draft = finished()
    (city,) = (row for row in draft.placeholders if len(row.spans) == 2)
    with pytest.raises(DraftError) as refused:
        fill(draft, {city.id: "云" * 3000}, TODAY)
    assert len(str(refused.value)) < 200
