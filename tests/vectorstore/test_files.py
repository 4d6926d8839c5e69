"""Folders and archives are listed; what is hostile in them is refused by name, and leads nowhere."""

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.errors import FileRefused
from tests.vectorstore.documents import zipped
from vectorstore import files
from vectorstore.files import Found, listed


def _read(found: list[Found]) -> dict[str, str]:
    """The text of each file, or the line that refuses it."""
    read = {}
    for one in found:
        try:
            read[one.name] = one.read().decode()
        except FileRefused as error:
            assert "\n" not in str(error)
            read[one.name] = f"拒：{error}"
    return read


def _saved(folder: Path, data: bytes) -> Path:
    path = folder / "材料.zip"
    path.write_bytes(data)
    return path


def test_a_folder_is_walked_without_following_links(tmp_path: Path) -> None:
    outside = tmp_path / "外.txt"
    outside.write_text("外", encoding="utf-8")
    folder = tmp_path / "文件夹"
    (folder / "下级").mkdir(parents=True)
    for name in ("乙.txt", "下级/甲.txt", ".隐藏.txt", "~$乙.docx"):
        (folder / name).write_text("文", encoding="utf-8")
    (folder / "链接.txt").symlink_to(outside)
    (folder / "环").symlink_to(folder)
    assert [one.name for one in listed([folder])] == ["乙.txt", "下级/甲.txt"]
    assert _read(listed([outside])) == {"外.txt": "外"}
    # Given twice, or with the folder above, a file is one file.
    assert [one.name for one in listed([folder, folder / "乙.txt"])] == ["乙.txt", "下级/甲.txt"]


def test_names_that_are_taken_get_their_folders(tmp_path: Path) -> None:
    for name in ("甲", "乙"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "讲话.txt").write_text(name, encoding="utf-8")
    assert _read(listed([tmp_path / "甲", tmp_path / "乙"])) == {"讲话.txt": "甲", "乙/讲话.txt": "乙"}


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX alone")
def test_names_in_gbk_and_with_controls_are_shown(tmp_path: Path) -> None:
    for raw in ("讲话稿.txt".encode("gbk"), "a\u202etxt.exe\n.txt".encode()):
        with open(os.path.join(os.fsencode(tmp_path), raw), "wb") as file:
            file.write(b"x")
    assert {one.name for one in listed([tmp_path])} == {"讲话稿.txt", "atxt.exe.txt"}


def test_the_members_of_an_archive_are_files(tmp_path: Path) -> None:
    path = _saved(
        tmp_path,
        zipped(
            {"甲.txt": "一".encode(), "年度/": b"", "年度/乙.txt": "二".encode(), "__MACOSX/._甲.txt": b"x", ".DS_Store": b"x"}
        ),
    )
    assert _read(listed([path])) == {"甲.txt": "一", "年度/乙.txt": "二"}
    assert _read(listed([tmp_path])) == {"材料.zip/甲.txt": "一", "材料.zip/年度/乙.txt": "二"}


def test_member_names_in_gbk_are_read(tmp_path: Path) -> None:
    names = {"讲话/交流发言.txt": "gbk", "汇报.txt": "utf-8"}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, codec in names.items():
            archive.writestr(_Raw(name.encode(codec)), b"x")
    assert [one.name for one in listed([_saved(tmp_path, packed.getvalue())])] == list(names)


class _Raw(zipfile.ZipInfo):
    """A member whose name is written as bytes, with no flag that tells their encoding."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw.decode("cp437"))
        self.raw = raw

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.raw, self.flag_bits


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("/etc/a.txt", "etc/a.txt"),
        ("C:\\Windows\\a.txt", "Windows/a.txt"),
        ("..\\..\\a.txt", "a.txt"),
        ("a/./b//../c.txt", "a/b/c.txt"),
        ("a\u202e\u200b.txt", "a.txt"),
    ],
)
def test_a_members_path_leads_nowhere(tmp_path: Path, name: str, shown: str) -> None:
    path = _saved(tmp_path, zipped({name: b"x"}))
    (one,) = listed([path])
    assert one.name == shown and one.place.is_relative_to(path)
    assert one.read() == b"x"
    assert list(tmp_path.iterdir()) == [path]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_any_name_is_a_path_that_stays_inside(name: str) -> None:
    label = files._label(zipfile.ZipInfo(name))
    parts = label.split("/")
    assert label.isprintable() and not label.startswith("/") and "\\" not in label
    assert all(part.strip(". ") for part in parts)


def test_links_in_an_archive_are_left_out(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("链接.txt")
    link.external_attr = 0o120777 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("甲.txt", "一")
    assert _read(listed([_saved(tmp_path, packed.getvalue())])) == {"甲.txt": "一"}


def test_members_that_are_hostile_are_refused_alone(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("内.zip", zipped({"甲.txt": b"x"}))
        archive.writestr("炸弹.txt", b" " * (15 * 2**20))
        archive.writestr("大.txt", os.urandom(2**10) * (21 * 2**10))
        archive.writestr("慢.txt", b"x", zipfile.ZIP_LZMA)
        archive.writestr("好.txt", "一")
    read = _read(listed([_saved(tmp_path, packed.getvalue())]))
    assert read.pop("好.txt") == "一"
    said = {"内.zip": "压缩包里的压缩包", "炸弹.txt": "压缩炸弹", "大.txt": "20 MB", "慢.txt": "压缩方式"}
    assert read.keys() == said.keys() and all(words in read[name] for name, words in said.items())


def test_a_member_with_a_password_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"密.txt": b"secret", "坏.txt": b"damaged", "好.txt": b"fine"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    at = data.index("坏.txt".encode()) + len("坏.txt".encode())
    data[at] ^= 0xFF
    read = _read(listed([_saved(tmp_path, bytes(data))]))
    assert "密码" in read["密.txt"] and "损坏" in read["坏.txt"] and read["好.txt"] == "fine"


def test_a_member_that_unpacks_to_more_than_it_declares_is_cut_off(tmp_path: Path) -> None:
    data = bytearray(zipped({"谎.txt": b"a" * 5_000_000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    read = _read(listed([_saved(tmp_path, bytes(data))]))
    assert "损坏" in read["谎.txt"] or len(read["谎.txt"]) == 10


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"PK\x03\x04 broken", b"x" * 100_000, b"PK\x05\x06" + b"\0" * 10, b"PK\x05\x06" + b"\xff" * 18],
    ids=["empty", "short", "broken", "none", "cut", "full"],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    (one,) = listed([_saved(tmp_path, data)])
    assert one.closed and one.refused
    with pytest.raises(FileRefused, match=r"材料\.zip"):
        one.read()


def test_a_directory_of_very_many_members_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _saved(tmp_path, zipped({f"{number}.txt": b"x" for number in range(30)}))
    monkeypatch.setattr(files, "MOST_MEMBERS", 20)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "超过 20 个" in listed([path])[0].refused


def test_a_directory_that_hides_its_size_in_the_64_bit_form_is_refused(tmp_path: Path) -> None:
    data = zipped({"甲.txt": b"x"})
    at = data.index(b"PK\x05\x06")
    hidden = data[:at] + b"PK\x06\x06" + b"\0" * 52 + b"PK\x06\x07" + b"\0" * 16 + data[at:]
    (one,) = listed([_saved(tmp_path, hidden)])
    assert one.closed and "解压" in one.refused


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _saved(tmp_path, zipped({f"{number}.txt": b"x" * 1_000 for number in range(3)}))
    monkeypatch.setattr(files, "MOST_UNPACKED", 2_000)
    assert "解压后超过" in listed([path])[0].refused


@given(st.binary(max_size=400))
def test_any_bytes_are_an_archive_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("zip") / "a.zip"
    path.write_bytes(data)
    _read(listed([path]))
