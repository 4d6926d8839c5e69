"""What a terminal shows: a run as it goes, a draft, an outline, a review; and a draft as files."""

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from agent.approve import to_lines
from agent.drafter import Drafter, Finished, PartBegun, PartWritten, Planned, Spent, Step, TextKept, Waiting
from agent.drafts import Draft, Status
from agent.outline import Outline
from agent.revision.compare import Change, Kind
from api.references import references
from speech.document import characters
from speech.docx import to_docx
from speech.errors import BriefError
from speech.finding import Severity
from speech.render import to_markdown
from speech.review import Review
from vectorstore.read import ParsedSpeech

SUFFIXES = (".docx", ".md", ".json", ".txt")
STATUS = {
    Status.QUEUED: "还没动笔", Status.IN_PROGRESS: "没写完", Status.WAITING: "等着定提纲", Status.COMPLETED: "已写完",
    Status.FAILED: "出错中断", Status.CANCELLED: "已停下",
}  # fmt: skip
_KINDS = {
    "date": "日期", "person": "人名", "place": "地名", "organisation": "单位", "count": "数量", "amount": "金额", "percent": "百分比",
    "document": "文件", "name": "名称", "other": "其他",
}  # fmt: skip
_NOISE = {
    "watermark": "水印", "advert": "广告", "contact": "联系方式", "source-url": "来源网址", "paywall": "付费提示", "disclaimer": "声明",
    "page-furniture": "页眉页脚",
}  # fmt: skip
_SCORES = {
    "structure": "结构", "placeholders": "待填项", "grounding": "有据", "leakage": "不泄漏", "originality": "不抄袭",
    "formulations": "提法", "length": "篇幅", "style": "文风", "overall": "总分",
}  # fmt: skip


def follow(drafter: Drafter, draft: Draft, console: Console) -> Draft:
    """Run `draft` to its end, or to where its outline waits, showing the outline and each section as it is written."""
    finished: Draft | None = None
    clock = _Clock()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("准备", total=None, state="")
        for number, event in enumerate(drafter.run(draft)):
            if number == 0:  # a draft that cannot be run says so instead
                console.print(f"稿子编号 {draft.id}（中断后可用 jianggao drafts resume {draft.id} 接着写）")
            match event:
                case Step(name):
                    progress.update(bar, description=name)
                    if not console.is_terminal:
                        console.print(f"· {name}", markup=False)
                case Planned(outline):
                    console.print(f"\n{outline_text(outline)}\n", markup=False)
                    clock.planned(outline)
                    progress.update(bar, total=clock.planned_length)
                case PartBegun(part, number, count):
                    progress.update(bar, description=f"写第 {number}/{count} 部分 {part.path}")
                case TextKept(text):
                    clock.kept(text)
                    progress.update(bar, completed=clock.written, state=clock.state)
                case PartWritten(part, text):
                    clock.settled(text)
                    progress.update(bar, completed=clock.written, state=clock.state)
                    console.print(f"{part.path} {part.heading}".rstrip() + f"\n  {text}", markup=False, soft_wrap=True)
                    if not console.is_terminal:
                        console.print(f"· {clock.state}")
                case Spent(usage):
                    clock.tokens = usage.prompt_tokens + usage.completion_tokens
                    progress.update(bar, state=clock.state)
                case Finished(done) | Waiting(done):
                    finished = done
    assert finished is not None  # run() ends in Finished or Waiting, or raises
    return finished


class _Clock:
    """How much is written, and about how long the rest takes at the pace of this run."""

    def __init__(self) -> None:
        self.planned_length, self.written, self.tokens = 0, 0, 0
        self._settled, self._started, self._begun_at = 0, time.monotonic(), 0

    def planned(self, outline: Outline) -> None:
        self.planned_length = sum(part.length for part in outline.parts())
        self._started = time.monotonic()

    def kept(self, text: str) -> None:
        self.written += characters(text)

    def settled(self, text: str) -> None:
        """A part is whole. One of an earlier run comes all at once and tells nothing of the pace."""
        self._settled += characters(text)
        if self.written < self._settled:
            self._begun_at += self._settled - self.written
            self._started = time.monotonic()
        self.written = self._settled

    @property
    def state(self) -> str:
        if not self.planned_length:
            return f"{self.tokens} tokens" if self.tokens else ""
        made, spent = self.written - self._begun_at, time.monotonic() - self._started
        rest = (
            f"，约剩 {(self.planned_length - self.written) * spent / made:.0f} 秒"
            if made > 50 and self.written < self.planned_length
            else ""
        )
        return f"{self.written}/{self.planned_length} 字，{self.tokens} tokens{rest}"


def outline_text(outline: Outline) -> str:
    """The outline as its reader would print it, a point a line."""
    lines = [outline.title]
    for section in outline.sections:
        lines.append(f"{section.number}{section.heading}")
        for part in section.parts:
            lines += (
                [f"  {part.path.removeprefix(section.number.rstrip('、'))}{part.heading}"]
                if part.heading != section.heading
                else []
            )
            lines += [f"    · {point}" for point in (*part.facts, *part.points)]
    return "\n".join(lines)


def draft_text(draft: Draft) -> str:
    """The speech, its fill-in sheet, its sources and its review."""
    if draft.status == Status.WAITING and draft.outline:
        return waiting_text(draft.id, draft.outline)
    if not draft.text:
        why = f"：{draft.error}" if draft.error else "。"
        return f"稿子 {draft.id} {STATUS[draft.status]}{why}\n接着写：jianggao drafts resume {draft.id}"
    pieces = [draft.text.rstrip(), "\n【待填单】"]
    pieces += [
        f"{item.id}  {_KINDS[item.kind]}  {item.mask}  {item.question}（……{item.context}……）" for item in draft.placeholders
    ] or ["没有待填项。"]
    pieces.append("\n【来源】")
    for paragraph in draft.paragraphs:
        named = "；".join(f"《{source.document}》{source.heading}（{source.score:.2f}）" for source in paragraph.sources)
        pieces += [f"{paragraph.path}：{named}"] if named else []
    if draft.review:
        pieces += ["\n【审核】", review_text(draft.review)]
    usage = draft.usage
    again = f"（重试 {usage.retries} 次）" if usage.retries else ""
    cost = f"，费用 {usage.cost:.4g}" if usage.cost is not None else ""
    spent = f"{usage.calls} 次调用{again}，提示 {usage.prompt_tokens}（缓存 {usage.cached_tokens}）＋生成 {usage.completion_tokens} tokens，模型用时 {usage.seconds:.0f} 秒{cost}"
    return "\n".join([*pieces, f"\n全文 {characters(draft.text)} 字。{usage.model}：{spent}。编号 {draft.id}。"])


def waiting_text(draft_id: str, outline: Outline) -> str:
    """An outline to be approved, as lines that `drafts approve --outline` reads back."""
    ways = (
        f"# 稿子 {draft_id} 等着定提纲。照此写：jianggao drafts approve {draft_id}",
        f"# 改了再写：把这些行存成文件改好，jianggao drafts approve {draft_id} --outline 文件",
        "# 序号不用改，程序会重编；· 是要点，※ 是要写进去的事实，# 开头的行不读。",
    )
    return "\n".join((*ways, to_lines(outline))).rstrip()


def changes_text(changes: Sequence[Change]) -> str:
    """What changed, a paragraph at a time: [-去掉的-] {+加上的+}."""
    marks = {Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}", Kind.SAME: "{}"}
    rows = [
        f"{one.path}（{one.kind}）\n  " + "".join(marks[piece.kind].format(piece.text) for piece in one.pieces) for one in changes
    ]
    return "\n".join(rows) or "没有不同。"


def review_text(review: Review) -> str:
    """Scores in a line, then a finding a line, the gravest first."""
    scores = review.scores.model_dump()
    line = "　".join(f"{name} {'—' if scores[key] is None else f'{scores[key]:.0f}'}" for key, name in _SCORES.items())
    marks = {Severity.ERROR: "错误", Severity.WARNING: "注意", Severity.INFO: "提示"}
    order = list(marks)
    found = sorted(review.findings, key=lambda finding: (order.index(finding.severity), finding.start))
    rows = [f"{marks[f.severity]}  {f.message}：“{f.text[:40]}”{'→' + f.suggestion if f.suggestion else ''}" for f in found]
    return "\n".join([line, *rows])


def noise_text(parsed: ParsedSpeech) -> str:
    """What was made of a speech, what is wrong with its numbers, and a line for each line dropped from it."""
    whole = "文本不完整" if parsed.truncated else "文本完整"
    genre = f"{parsed.genre}（把握 {min(parsed.genre_confidence, 0.99):.0%}）" if parsed.genre else "未识别"
    kinds = Counter(_KINDS[placeholder.kind] for placeholder in parsed.placeholders).most_common()
    typed = f"（{'、'.join(f'{kind} {count}' for kind, count in kinds)}）" if kinds else ""
    head = f"文种 {genre}；一级标题 {len(parsed.sections)} 个；待填项 {len(parsed.placeholders)} 处{typed}；{whole}"
    dropped = [f"去掉第 {line.line} 行（{_NOISE[line.reason]}）：{line.text}" for line in parsed.noise]
    wrong = [f"注意：{finding.message}" for finding in parsed.findings if finding.severity is not Severity.INFO]
    return "\n".join(["", head, *wrong, *dropped])


def check_out(out: Path | None) -> None:
    """Refuse a target that could not be written before any work is done. Raises BriefError."""
    if out is None:
        return
    if out.suffix.lower() not in SUFFIXES:
        raise BriefError(f"不认识的文件类型 {out.suffix or out.name}", f"可用：{'、'.join(SUFFIXES)}")
    folder = out.absolute().parent
    if not folder.is_dir():
        raise BriefError(f"文件夹不存在：{folder}", "请先建好文件夹，或换一个位置")
    if out.is_dir():
        raise BriefError(f"{out} 是文件夹", "请换一个文件名")
    try:
        # the rights on paper are not the whole of it: a read-only disk, root, a special folder
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise BriefError(f"文件夹不能写入：{folder}", "请检查权限和磁盘空间，或换一个位置") from error


def save_all(draft: Draft, folder: Path) -> list[Path]:
    """The draft as .docx, .md and .json in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(letter for letter in draft.outline.title if letter not in '\\/:*?"<>|')[:60] if draft.outline else draft.id
    files = [folder / f"{name}{suffix}" for suffix in SUFFIXES[:3]]
    for file in files:
        save_as(draft, file)
    return files


def save_as(draft: Draft, out: Path, highlight: bool = True, sources: bool = False) -> None:
    """Write beside and move into place: never half a file. In Word placeholders are on yellow, and sources an annex, if asked."""
    if draft.speech is None:
        raise BriefError(f"稿子 {draft.id} 还没写完", f"先运行 jianggao drafts resume {draft.id}")
    suffix = out.suffix.lower()
    if suffix == ".docx":
        to_docx(draft.speech, out, highlight, references(draft) if sources else ())
        return
    content = {".md": lambda: to_markdown(draft.speech), ".txt": lambda: draft.text, ".json": lambda: _json(draft)}[suffix]()
    handle, name = tempfile.mkstemp(dir=out.absolute().parent, prefix=".jianggao-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        os.replace(name, out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _json(draft: Draft) -> str:
    return json.dumps(draft.model_dump(mode="json"), ensure_ascii=False, indent=2)
