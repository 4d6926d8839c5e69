"""Every command: what it prints where, in which shape, and with which exit code."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.api.conftest import REQUEST, Ran, Run
from tests.fake_endpoint import FakeEndpoint
from vectorstore.ingest import samples

PARSED = {
    "source", "title", "genre", "salutation", "opening", "promised_points", "sections", "closing", "signature", "truncated", "noise",
    "placeholders", "findings",
}  # fmt: skip
SCORES = {"structure", "placeholders", "grounding", "leakage", "originality", "formulations", "length", "style", "overall"}
COMMANDS = (
    (), ("ingest",), ("parse",), ("search",), ("style",), ("outline",), ("draft",), ("review",), ("doctor",), ("schema",), ("eval",), ("chat",), ("drafts",), ("drafts", "list"),
    ("drafts", "show"), ("drafts", "resume"), ("drafts", "approve"), ("drafts", "fill"), ("drafts", "rewrite"), ("drafts", "add-fact"),
    ("drafts", "change"), ("drafts", "undo"), ("drafts", "history"), ("drafts", "compare"), ("drafts", "delete"), ("drafts", "export"), ("documents",), ("documents", "list"),
    ("documents", "remove"),
)  # fmt: skip


def draft_id(kept: Path, run: Run) -> str:
    return str(json.loads(run("drafts", "list", "--json").out)[0]["id"])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_teaches_in_chinese(command: tuple[str, ...], run: Run) -> None:
    ran = run(*command, "--help")
    assert ran.code == 0 and ran.err == ""
    assert ran.out.startswith(" ".join(("用法：jianggao", *command)))
    for english in ("Usage", "Options", "Arguments", "Commands", "Show this", "required", "default", "<str>", "<path>"):
        assert english not in ran.out


@pytest.mark.parametrize("command", [(), ("draft",), ("drafts", "fill")], ids=" ".join)
def test_help_has_examples(command: tuple[str, ...], run: Run) -> None:
    assert run(*command, "--help").out.count("  jianggao ") >= 1


def test_no_arguments_is_the_help_and_wrong_usage(run: Run) -> None:
    ran = run()
    assert ran.code == 2 and ran.out == "" and "jianggao draft" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rite",), "没有“rite”这个命令"),
        (("drafts", "rite"), "没有“rite”这个命令"),
        (("draft", "--lenth", "5"), "--length"),
        (("draft", "--xyzzy"), "没有 --xyzzy 这个选项"),
        (("draft",), "写作要求"),
        (("outline",), "写作要求"),
        (("draft", "--brief"), "--brief 后面要写内容"),
        (("draft", "--json=1"), "--json 后面不写内容"),
        (("draft", "一", "二"), "多出了“二”"),
        (("draft", "一", "--length", "两千"), "--length 应是整数"),
        (("search", "网格", "-k", "0"), "-k 不能小于 1"),
        (("search", "网格", "-k", "101"), "-k 不能大于 100"),
        (("search", "网格", "--role", "高潮"), "没有“高潮”"),
        (("search", "网格", "--genre", "诗"), "没有“诗”"),
        (("search", "网格", "--era", "去年"), "看不懂"),
        (("search", "网格", "--era", "2026-2023"), "前后颠倒"),
        (("style", "--genre", "诗"), "没有“诗”"),
        (("parse",), "缺少“文件”"),
        (("drafts", "show"), "缺少“编号”"),
        (("drafts", "fill", "x", "p1"), "p1=内容"),
        (("drafts", "fill", "x"), "--interactive"),
        (("drafts", "rewrite", "x", "二"), "缺少“要求”"),
        (("drafts", "compare", "x", "一"), "应是整数"),
        (("drafts", "export", "x"), "导出到哪个文件"),
        (("ingest",), "--samples"),
        (("schema", "speech"), "brief、parsed、review、draft"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_one_chinese_line_and_two(arguments: tuple[str, ...], said: str, run: Run, empty: Path) -> None:
    ran = run(*arguments)
    assert ran.code == 2 and ran.out == ""
    assert len(ran.err.splitlines()) == 1 and ran.err.startswith("用法有误：") and "--help" in ran.err
    assert said in ran.err
    assert not any(english in ran.err for english in ("Error", "Invalid", "Missing", "Got", "No such", "Input"))


def test_ingest_gives_a_row_a_file(run: Run, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "旧稿"
    folder.mkdir()
    (folder / "[bold]坏.pdf").write_bytes(b"%PDF-1.4")
    (folder / "09.txt").write_bytes(next(samples().glob("09-*")).read_bytes())
    ran = run("ingest", str(folder), "--json")
    assert ran.code == 0
    rows = {row["name"]: row for row in json.loads(ran.out)}
    assert rows["[bold]坏.pdf"]["status"] == "refused" and "PDF" in rows["[bold]坏.pdf"]["reason"]
    assert rows["09.txt"]["status"] == "duplicate"
    table = run("ingest", str(folder))
    assert table.code == 0 and "[bold]坏.pdf" in table.out and "重复" in table.out
    assert "共 2 行" in table.err and "未装入 1" in table.err


def test_a_folder_that_is_empty_now_keeps_what_it_gave_until_told(run: Run, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "旧稿"
    folder.mkdir()
    (folder / "新.txt").write_bytes(next(samples().glob("05-*")).read_bytes())
    assert run("ingest", str(folder)).code == 0
    (folder / "新.txt").unlink()
    ran = run("ingest", str(folder), "--json")
    assert ran.code == 0 and [row["status"] for row in json.loads(ran.out)] == ["missing"] and "--prune" in ran.err
    table = run("ingest", str(folder), "--prune")
    assert table.code == 0 and "已移除" in table.out
    assert "新.txt" not in run("documents", "list").out


def test_documents_are_listed_and_removed(run: Run, home: Path) -> None:
    kept = json.loads(run("documents", "list", "--json").out)
    assert len(kept) == 2 and all(one.keys() >= {"id", "name", "title", "genre", "passages", "truncated"} for one in kept)
    assert not any("signature" in one or "above" in one for one in kept)
    table = run("documents", "list")
    assert table.code == 0 and all(one["id"] in table.out and one["title"] in table.out for one in kept)
    wrong = run("documents", "remove", kept[0]["id"], "没有的")
    assert wrong.code == 1 and wrong.line.startswith("错误：语料库里没有“没有的”") and "documents list" in wrong.line
    assert run("documents", "remove", kept[0]["id"]).out == f"已移除《{kept[0]['name']}》（{kept[0]['passages']} 个片段）\n"
    gone = json.loads(run("documents", "remove", kept[1]["name"], "--json").out)
    assert [one["id"] for one in gone] == [kept[1]["id"]]
    assert json.loads(run("documents", "list", "--json").out) == []


def test_ingest_of_nothing_is_an_error(run: Run, home: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "没有", tmp_path / "空"):
        (tmp_path / "空").mkdir(exist_ok=True)
        ran = run("ingest", str(path), "--json")
        assert ran.code == 1 and isinstance(json.loads(ran.out), list)
        assert ran.line.startswith("错误：") and ".docx" in ran.line


def test_parse_has_the_shape_parsed(run: Run) -> None:
    file = next(samples().glob("02-*"))
    ran = run("parse", str(file), "--json")
    found = json.loads(ran.out)
    assert ran.code == 0 and ran.err == "" and found.keys() >= PARSED
    assert found["source"].keys() == {"name", "encoding", "sha256"} and found["source"]["name"] == file.name
    assert found["sections"][0].keys() >= {"level", "number", "heading", "run_in", "paragraphs", "sections"}
    assert found["sections"][0]["number"] == "一、" and found["promised_points"] == len(found["sections"])
    assert found["noise"] and all(line.keys() >= {"line", "text", "reason"} for line in found["noise"])
    assert all(gap.keys() >= {"kind", "mask", "text", "context"} for gap in found["placeholders"])


def test_parse_prints_the_text_and_remarks_apart(run: Run) -> None:
    ran = run("parse", str(next(samples().glob("02-*"))))
    assert ran.code == 0 and "一、" in ran.out and "去掉第" not in ran.out
    assert "文种 讲话" in ran.err and "去掉第" in ran.err


def test_search_gives_passages_with_scores_and_places(run: Run, home: Path) -> None:
    found = json.loads(run("search", "精简报表，为基层减负", "-k", "3", "--json").out)
    assert 1 <= len(found) <= 3
    assert [hit["score"] for hit in found] == sorted((hit["score"] for hit in found), reverse=True)
    assert "减负" in found[0]["passage"]["title"] and found[0]["passage"]["path"]
    plain = run("search", "精简报表，为基层减负", "-k", "1")
    assert plain.code == 0 and "减负" in plain.out


def test_search_is_narrowed(run: Run, home: Path) -> None:
    narrowed = ("--role", "做法", "--role", "measure", "--genre", "交流发言", "--era", "2026-", "--json")
    found = [hit["passage"] for hit in json.loads(run("search", "减负，压实责任", *narrowed).out)]
    assert found and {passage["role"] for passage in found} <= {"measure", "practice"}
    assert {passage["genre"] for passage in found} == {"交流发言"} and min(passage["until"] for passage in found) >= 2026


def test_search_says_why(run: Run, home: Path) -> None:
    report = json.loads(run("search", "精简报表，为基层减负", "-k", "2", "--explain", "--json").out)
    assert len(report["hits"]) == 2 and report["passed_over"]
    assert report["hits"][0]["terms"] and report["hits"][0]["decision"] == "taken"
    plain = run("search", "精简报表，为基层减负", "-k", "2", "--explain").out
    assert all(word in plain for word in ("意思：第", "字词：第", "取舍：入选", "没有给出的"))


def test_style_is_counted_from_the_corpus(run: Run, home: Path) -> None:
    counted = json.loads(run("style", "--genre", "汇报发言", "--json").out)
    assert counted["documents"] == 1 and counted["headings"][0]["number"] == "一、"
    assert counted["enumerators"][0][0] == "一是"
    plain = run("style").out
    assert all(word in plain for word in ("1 级标题", "列举", "开头", "四字词"))


def test_style_of_an_empty_store_says_so(run: Run, empty: Path) -> None:
    assert json.loads(run("style", "--json").out)["documents"] == 0
    assert "jianggao ingest" in run("style").err


def test_search_in_an_empty_store_says_so(run: Run, empty: Path) -> None:
    assert json.loads(run("search", "网格", "--json").out) == []
    assert "jianggao ingest" in run("search", "网格").err


def test_outline_is_brief_and_outline(run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    ran = run("outline", REQUEST, "--json")
    found = json.loads(ran.out)
    assert ran.code == 0 and found.keys() == {"brief", "outline"}
    assert found["brief"]["points"] == ["网格化管理", "为基层减负"]
    assert [section["number"] for section in found["outline"]["sections"]] == ["一、", "二、", "三、"]
    assert endpoint.free == []  # nothing but headings and points was asked for
    assert run("drafts", "list", "--json").out.strip() == "[]"
    assert "在全市城市基层治理推进会上的讲话" in run("outline", REQUEST).out


def test_draft_has_the_shape_draft(drafted: tuple[Path, Ran]) -> None:
    ran = drafted[1]
    found = json.loads(ran.out)
    assert found.keys() >= {"id", "status", "brief", "outline", "text", "paragraphs", "placeholders", "review", "usage"}
    assert found["status"] == "completed" and found["brief"]["length"] == 600
    assert found["text"].startswith("在全市城市基层治理推进会上的讲话\n")
    assert any(paragraph["sources"] for paragraph in found["paragraphs"])
    source = next(source for paragraph in found["paragraphs"] for source in paragraph["sources"])
    assert source.keys() >= {"passage", "document", "heading", "score"}
    assert all(gap.keys() >= {"id", "kind", "mask", "context", "question"} for gap in found["placeholders"])
    assert "3721" not in found["text"] and found["placeholders"][0]["id"] == "p1"
    assert found["review"]["scores"].keys() >= SCORES
    usage = found["usage"]
    assert usage["model"] == "scripted" and usage["calls"] > 5 and usage["cost"] is None
    assert usage["prompt_tokens"] == 300 * usage["calls"] and usage["cached_tokens"] == 100 * usage["calls"]


def test_draft_shows_its_progress_on_standard_error(drafted: tuple[Path, Ran]) -> None:
    err = drafted[1].err
    assert f"jianggao drafts resume {json.loads(drafted[1].out)['id']}" in err
    for shown in ("检索语料", "拟提纲", "一、", "tokens", "审核"):
        assert shown in err


def test_draft_ends_with_sheet_sources_review_and_files(run: Run, home: Path, endpoint: FakeEndpoint, tmp_path: Path) -> None:
    out = tmp_path / "讲话.DOCX"
    ran = run("draft", REQUEST, "--length", "500", "--out", str(out))
    assert ran.code == 0, ran.err
    for part in ("【待填单】", "【来源】", "【审核】", "【文件】"):
        assert part in ran.out
    files = [Path(line) for line in ran.out.split("【文件】\n")[1].splitlines()]
    assert [file.suffix for file in files] == [".docx", ".md", ".json", ".DOCX"] and all(map(Path.is_file, files))
    assert zipfile.is_zipfile(out)


def test_a_brief_file_goes_before_the_request(run: Run, home: Path, endpoint: FakeEndpoint, tmp_path: Path) -> None:
    task = tmp_path / "任务.yaml"
    task.write_text("topic: 城市基层治理\ndate: 2026-03-05\nlength: 900\nfacts: [全市已划分网格1632个]\n", encoding="utf-8")
    ran = run("draft", REQUEST, "--brief", str(task), "--length", "600", "--json")
    found = json.loads(ran.out)
    assert ran.code == 0 and "以写作任务文件为准" in ran.err
    assert found["brief"]["date"] == "2026年3月5日" and found["brief"]["length"] == 600 and "1632个" in found["text"]


def test_review_has_the_shape_review(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "稿.txt"
    file.write_text("在全市大会上的讲话\n同志们：\n一、坚定“四个意识”\n全市已划分网格1632个，化解矛盾37件。\n", encoding="utf-8")
    brief = tmp_path / "任务.json"
    brief.write_text(json.dumps({"topic": "基层治理", "facts": ["全市已划分网格1632个"]}), encoding="utf-8")
    ran = run("review", str(file), "--brief", str(brief), "--json")
    found = json.loads(ran.out)
    assert ran.code == 0 and ran.err == "" and found.keys() == {"scores", "findings", "placeholders", "specifics"}
    assert found["scores"].keys() >= SCORES and found["scores"]["originality"] is None
    assert found["findings"][0].keys() >= {"rule", "severity", "start", "end", "text", "message", "suggestion"}
    claims = {one["text"]: one for one in found["specifics"]}
    assert claims["1632个"]["supported"] is True and claims["1632个"]["by"] == "facts[0]"
    assert claims["37件"]["supported"] is False
    assert json.loads(run("review", str(file), "--json").out)["scores"]["grounding"] is None
    assert "总分" in run("review", str(file)).out


def test_drafts_list_and_show(run: Run, kept: Path) -> None:
    rows = json.loads(run("drafts", "list", "--json").out)
    assert len(rows) == 1 and rows[0].keys() >= {"id", "status", "brief"} and rows[0]["status"] == "completed"
    listed = run("drafts", "list")
    assert listed.code == 0 and rows[0]["id"] in listed.out and "已写完" in listed.out
    shown = run("drafts", "show", rows[0]["id"])
    assert shown.code == 0 and "【待填单】" in shown.out
    assert json.loads(run("drafts", "show", rows[0]["id"], "--json").out)["id"] == rows[0]["id"]


def test_fill_puts_an_answer_at_every_place(run: Run, kept: Path) -> None:
    name = draft_id(kept, run)
    before = json.loads(run("drafts", "show", name, "--json").out)
    ran = run("drafts", "fill", name, "p1=52", "--json")
    after = json.loads(ran.out)
    assert ran.code == 0 and "52" in after["text"] and len(after["placeholders"]) == len(before["placeholders"]) - 1
    assert json.loads(run("drafts", "show", name, "--json").out)["text"] == after["text"]


def test_fill_refuses_a_gap_that_is_not_there(run: Run, kept: Path) -> None:
    ran = run("drafts", "fill", draft_id(kept, run), "p99=52")
    assert ran.code == 1 and "p99" in ran.line and ran.out == ""


@pytest.mark.parametrize("suffix", [".docx", ".md", ".txt", ".json"])
def test_export_writes_each_kind(suffix: str, run: Run, kept: Path, tmp_path: Path) -> None:
    out = tmp_path / f"稿{suffix}"
    ran = run("drafts", "export", draft_id(kept, run), str(out))
    assert ran.code == 0 and ran.out.strip() == str(out)
    assert zipfile.is_zipfile(out) if suffix == ".docx" else "城市基层治理" in out.read_text(encoding="utf-8")


def test_export_to_word_with_sources_and_without_yellow(run: Run, kept: Path, tmp_path: Path) -> None:
    out, name = tmp_path / "稿.docx", draft_id(kept, run)

    def body(*options: str) -> str:
        assert run("drafts", "export", name, str(out), *options).code == 0
        with zipfile.ZipFile(out) as file:
            return file.read("word/document.xml").decode()

    plain, asked = body(), body("--no-highlight", "--sources")
    assert "w:highlight" in plain and "素材来源" not in plain
    assert "w:highlight" not in asked and "素材来源" in asked and "1." in asked.partition("素材来源")[2]


def test_a_finished_draft_is_not_written_again(run: Run, kept: Path, endpoint: FakeEndpoint) -> None:
    ran = run("drafts", "resume", draft_id(kept, run))
    assert ran.code == 1 and "已经写完" in ran.line and "drafts show" in ran.line and endpoint.asked == []


def test_doctor_says_what_is_there_and_what_is_missing(run: Run, home: Path, endpoint: FakeEndpoint) -> None:
    ran = run("doctor", "--json")
    rows = {row["name"]: row for row in json.loads(ran.out)}
    assert ran.code == 0 and ran.err == "" and all(row["ok"] for row in rows.values())
    assert endpoint.base_url in rows["对话模型"]["detail"] and "2 篇" in rows["语料库"]["detail"]
    assert endpoint.asked == []


def test_doctor_on_a_bare_machine(run: Run, empty: Path) -> None:
    ran = run("doctor", "--json")
    missing = {row["name"] for row in json.loads(ran.out) if not row["ok"]}
    assert ran.code == 1 and missing == {"对话模型", "语料库"} and all(name in ran.line for name in missing)
    table = run("doctor")
    assert table.code == 1 and "make setup" in table.out and "jianggao ingest" in table.out


@pytest.mark.parametrize("name", ["brief", "parsed", "review", "draft", "revision", "change", "outline", "passage"])
def test_schema_is_a_json_schema(name: str, run: Run) -> None:
    ran = run("schema", name)
    assert ran.code == 0 and ran.err == "" and json.loads(ran.out)["type"] == "object"
