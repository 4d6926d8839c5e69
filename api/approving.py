"""An outline is settled at the terminal: taken as it is, or edited in the user's own editor first."""

import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from agent.approve import EditedOutline, from_lines
from agent.drafts import Draft
from agent.settings import Settings
from api.live import waiting_text
from api.terminal import REMARKS, prompt
from speech.errors import BriefError, DraftError

if TYPE_CHECKING:
    from agent.drafter import Drafter

OUTLINE_BYTES = 200_000
_EDITORS = ("nano", "vi", "notepad")


def asks() -> bool:
    """Whether somebody sits there to be asked."""
    return sys.stdin.isatty()


def settled_by_hand(drafter: "Drafter", draft: Draft) -> Draft | None:
    """`draft` with its outline as its user wants it; None where it is to wait."""
    assert draft.outline is not None
    before = text = waiting_text(draft.id, draft.outline)
    while True:
        answer = prompt("提纲：回车 照此写，e 修改，q 先放着 > ")
        if answer is None or answer.lower() in ("q", "n"):
            return None
        if answer.lower() == "e":
            text = edited_text(text, drafter.settings)
            REMARKS.print(text)
        elif not answer:
            try:
                return drafter.approve(draft, None if text == before else from_lines(text))
            except BriefError as error:
                REMARKS.print(str(error), style="yellow")


def edited_text(text: str, settings: Settings) -> str:
    """`text` as it comes back from the user's editor. Raises DraftError where there is none, or it fails."""
    editor = shlex.split(settings.editor) if settings.editor else [found for found in map(shutil.which, _EDITORS) if found][:1]
    if not editor:
        raise DraftError("没有找到编辑器", "请设置 EDITOR，或用 drafts approve --outline 文件")
    with tempfile.TemporaryDirectory(prefix="jianggao-") as folder:
        file = Path(folder) / "提纲.txt"
        file.write_text(text + "\n", encoding="utf-8")
        try:
            subprocess.run([*editor, str(file)], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise DraftError(f"编辑器 {editor[0]} 没有正常退出", "提纲未动；请检查 EDITOR 的设置") from error
        return file.read_text(encoding="utf-8", errors="replace").rstrip("\n")


def outline_of(file: Path) -> EditedOutline:
    """The outline in a file: lines as `drafts show` prints them, or the JSON of an outline. Raises BriefError."""
    try:
        content = file.read_bytes()
        if len(content) > OUTLINE_BYTES:
            raise BriefError(f"提纲文件 {file.name} 太大", "提纲应在几千字以内")
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BriefError(f"读不了提纲文件 {file}", "请检查路径，文件应为 UTF-8 编码") from error
    if not text.lstrip().startswith("{"):
        return from_lines(text)
    try:
        return EditedOutline.model_validate_json(text)
    except ValueError as error:
        raise BriefError(f"提纲文件 {file.name} 不合 JSON 提纲的格式", "字段见 jianggao schema outline") from error
