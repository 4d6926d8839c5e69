"""A draft is run to its end at the terminal, saved as files and printed."""

from contextlib import suppress
from pathlib import Path

from agent.drafter import Drafter
from agent.drafts import Draft, Status
from api.approving import asks, settled_by_hand
from api.interrupt import ending_promptly
from api.live import draft_text, follow, save_all, save_as
from api.terminal import REMARKS, print_json
from api.usage import refused
from speech.errors import DraftError, JianggaoError


def write_out(drafter: Drafter, kept: Draft, out: Path | None, as_json: bool) -> None:
    """Run `kept` to its end, save it as files and print it; where its outline waits, ask whoever sits there. Ctrl-C leaves the line that goes on with it."""

    def last_words() -> None:
        REMARKS.show_cursor()
        REMARKS.print(f"\n已停下，写好的部分都已保存。接着写：jianggao drafts resume {kept.id}", style="yellow")
        with suppress(JianggaoError):
            now = drafter.drafts.get(kept.id)
            if now.status == Status.IN_PROGRESS:
                drafter.drafts.save(now.model_copy(update={"status": Status.CANCELLED}))

    try:
        with ending_promptly(last_words):
            done = follow(drafter, kept, REMARKS)
    except JianggaoError as error:
        raise _to_be_resumed(error, kept.id) from error
    if done.status == Status.WAITING:
        settled = settled_by_hand(drafter, done) if asks() and not as_json else None
        if settled:
            write_out(drafter, settled, out, as_json)
        else:
            print_json(done) if as_json else print(draft_text(done))
        return
    try:
        files = save_all(done, drafter.settings.home / "drafts" / done.id)
        if out:
            save_as(done, out)
            files.append(out)
    except (OSError, DraftError) as error:
        why = error.message if isinstance(error, DraftError) else refused(error)
        way_on = f"腾出空间或换个位置后运行 jianggao drafts export {done.id} 文件名.docx"
        raise DraftError(f"稿子已写完，但没有存成文件：{why}", way_on) from error
    if as_json:
        print_json(done)
        return
    print(draft_text(done))
    print("\n【文件】\n" + "\n".join(map(str, files)))


def _to_be_resumed(error: JianggaoError, draft_id: str) -> JianggaoError:
    """`error` with the very command that goes on with the draft."""
    command = f"jianggao drafts resume {draft_id}"
    if draft_id in str(error):
        return error
    if "jianggao drafts resume" in error.way_on:
        return type(error)(error.message, error.way_on.replace("jianggao drafts resume", command))
    return type(error)(error.message, f"{error.way_on}{'，' if error.way_on else ''}然后运行 {command} 接着写")
