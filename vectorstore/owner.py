"""One process owns an embedded store: two that write corrupt it, and neither sees what the other wrote."""

import os
from pathlib import Path

from filelock import FileLock, Timeout

from speech.errors import StoreError


def own(folder: Path) -> FileLock:
    """Make `folder` and hold its lock; it falls with the process, however that ends.

    Raises StoreError that names the process which holds it, or says why the folder cannot be written to.
    """
    owner = folder / "owner.pid"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "store.lock", timeout=0)
        lock.acquire()
        owner.write_text(str(os.getpid()), encoding="ascii")
    except Timeout as error:
        pid = owner.read_text(encoding="ascii") if owner.exists() else "?"
        raise StoreError(f"语料库正由进程 {pid} 使用", "请先停下它，或改用 Chroma 服务（CHROMA_HOST）") from error
    except OSError as error:
        raise StoreError(f"语料库文件夹不能写入（{error.strerror}）：{folder}", "请检查权限，或设置 JIANGGAO_HOME") from error
    return lock
