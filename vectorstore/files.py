"""listed(paths): the files that are meant, those of folders and of zip archives too. Nothing is unpacked to disk.

A member of an archive is a file like any other: its name is a label, so that ../ and the like lead nowhere.
"""

import os
import re
import stat
import threading
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from speech.errors import FileRefused
from vectorstore.extract.word import is_bomb
from vectorstore.load import MOST_BYTES, check_size, read_file, shown, why

MOST_ARCHIVE = 1024 * 2**20
MOST_UNPACKED = 4 * 1024 * 2**20
MOST_MEMBERS = 20_000
# Bytes of an archive's directory: each entry has a name and some fields, and becomes about a kilobyte of objects.
MOST_DIRECTORY = MOST_MEMBERS * 256
_ARCHIVES = frozenset({".zip"})
_END, _LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
_UTF8 = 0x800


@dataclass(frozen=True)
class Found:
    """A file to be read. `place` is where it stands, a member's below its archive's; `name` is its label, unique in a run.

    `refused`: why it will not be read, known before it is opened. `closed`: a folder or archive that could not be listed,
    so that nobody knows what is in it.
    """

    name: str
    place: Path
    archive: "Archive | None" = None
    member: str = ""
    refused: str = ""
    closed: bool = False

    def read(self) -> bytes:
        """The bytes of the file. Raises FileRefused."""
        if self.refused:
            raise FileRefused(self.refused)
        if self.archive is None:
            return read_file(self.place, self.name)
        return self.archive.read(self.member, self.name)


@dataclass
class Archive:
    """A zip archive that has passed the checks; opened when the first member is read, threads may share it."""

    path: Path
    _open: zipfile.ZipFile | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, member: str, name: str) -> bytes:
        """The bytes of a member, called `name`. Raises FileRefused."""
        try:
            with self._lock:
                if self._open is None:
                    self._open = zipfile.ZipFile(self.path)
                # A member that unpacks to more than it declares is cut off there by zipfile.
                return self._open.read(member)
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError) as error:
            raise FileRefused(f"《{name}》在压缩包里已损坏，无法读取") from error

    def close(self) -> None:
        """Let go of the file; a later read opens it again."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None


def listed(paths: Iterable[Path]) -> list[Found]:
    """Every file under `paths`, in a fixed order, each once and under a name of its own.

    The name is the path under the folder given; one already taken gets its folder's before it. Hidden files, Word's lock
    files (~$…) and every symlink inside a folder are left out: a link to something inside is read where that stands,
    and one to something outside is not followed.
    """
    found: list[Found] = []
    taken: dict[str, Path] = {}
    places: set[Path] = set()
    for root in paths:
        for one in _under(root):
            if one.place in places:
                continue
            places.add(one.place)
            name, above = one.name, one.place.parents[one.name.count("/")]
            while taken.setdefault(name, one.place) != one.place and above.name:
                name, above = f"{shown(above.name)}/{name}", above.parent
            found.append(Found(name, one.place, one.archive, one.member, one.refused, one.closed))
    return found


def _under(root: Path) -> Iterator[Found]:
    place = root.absolute()
    if not root.is_dir():
        yield from _file(place, shown(root.name), base="")
        return
    closed: list[Found] = []

    def refuse(error: OSError) -> None:
        folder = Path(str(error.filename)).absolute()
        name = shown(folder.name)
        closed.append(Found(name, folder, refused=f"打不开文件夹 {name}（{why(error)}）", closed=True))

    for folder, below, files in os.walk(place, onerror=refuse, followlinks=False):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            if not name.startswith((".", "~$")) and not path.is_symlink():
                label = "/".join(shown(part) for part in path.relative_to(place).parts)
                yield from _file(path, label, base=f"{label}/")
    yield from closed


def _file(path: Path, name: str, base: str) -> Iterator[Found]:
    """`path` itself, or the members of an archive, whose names begin with `base`."""
    if path.suffix.lower() not in _ARCHIVES or not path.is_file():
        yield Found(name, path)
        return
    try:
        entries = _entries(path, name)
    except FileRefused as error:
        yield Found(name, path, refused=str(error), closed=True)
        return
    archive = Archive(path)
    for entry in entries:
        label = _label(entry)
        last = label.rsplit("/", 1)[-1]
        kind = stat.S_IFMT(entry.external_attr >> 16)
        hidden = any(part.startswith((".", "~$", "__MACOSX")) for part in label.split("/"))
        if entry.is_dir() or hidden or kind not in (0, stat.S_IFREG):
            continue
        reason = _refusal(entry, last)
        yield Found(base + label, path.joinpath(*PurePosixPath(label).parts), archive, entry.filename, reason)


def _entries(path: Path, name: str) -> list[zipfile.ZipInfo]:
    """What an archive's directory lists. Raises FileRefused before a large directory is read."""
    try:
        size = path.stat().st_size
        if size > MOST_ARCHIVE:
            raise FileRefused(f"压缩包《{name}》超过 {MOST_ARCHIVE // 2**20} MB，请解压后装入文件夹")
        _check_directory(path, size, name)
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise FileRefused(f"压缩包《{name}》已损坏，或不是真正的 zip") from error
    except OSError as error:
        raise FileRefused(f"无法读取《{name}》（{why(error)}）") from error
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise FileRefused(f"压缩包《{name}》解压后超过 {MOST_UNPACKED // 2**30} GB，不予读取")
    return entries


def _check_directory(path: Path, size: int, name: str) -> None:
    with path.open("rb") as file:
        file.seek(max(0, size - 2**16 - 64))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0:
        raise FileRefused(f"压缩包《{name}》已损坏，或不是真正的 zip")
    members = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    # The 64-bit form, which can declare any number, is for archives of more than 4 GB.
    if tail[max(0, at - 20) : at].startswith(_LOCATOR) or members > MOST_MEMBERS or directory > MOST_DIRECTORY:
        raise FileRefused(f"压缩包《{name}》里的文件超过 {MOST_MEMBERS} 个，请解压后装入文件夹")


def _label(entry: zipfile.ZipInfo) -> str:
    """A member's name as a path that stays inside. Archives made on a Chinese Windows hold names in GBK without saying so."""
    name = entry.filename
    if not entry.flag_bits & _UTF8:
        name = name.encode("cp437", "replace").decode("utf-8", "surrogateescape")
    # A drive is no folder; ASCII backslashes part folders on Windows.
    parts = re.sub(r"^[a-zA-Z]:", "", shown(name).replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part.strip(". ")) or "无名文件"


def _refusal(entry: zipfile.ZipInfo, name: str) -> str:
    if Path(name).suffix.lower() in {*_ARCHIVES, ".rar", ".7z", ".gz", ".tar"}:
        return f"《{name}》是压缩包里的压缩包，不予读取，请先解压"
    if entry.flag_bits & 1:
        return f"《{name}》在压缩包里有密码，请先解压"
    # Other methods may ask for gigabytes of working memory.
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"《{name}》的压缩方式不常用，请先解压"
    if entry.file_size > MOST_BYTES:
        try:
            check_size(name, entry.file_size)
        except FileRefused as error:
            return str(error)
    return f"《{name}》压缩比异常，疑似压缩炸弹" if is_bomb(entry) else ""
