"""Small PDF, Word and zip files, written byte by byte, so that what is hostile in them is known."""

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

WORD_HEAD = '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
WORD_TAIL = "</w:body></w:document>"


def zipped(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return packed.getvalue()


def word(body: str) -> bytes:
    """A Word file of the raw XML of its body."""
    return zipped({"word/document.xml": (WORD_HEAD + body + WORD_TAIL).encode()})


@dataclass(frozen=True)
class Line:
    """A line of a PDF's page: where it begins in points from the lower left, its size, and how it is drawn."""

    text: str
    x: float = 80.0
    y: float = 700.0
    size: float = 16.0
    operators: str = "0 g 0 Tr"


def pdf(pages: Sequence[Sequence[Line]], extra: bytes = b"", picture: bool = False) -> bytes:
    """A PDF whose Chinese is in a font of the reader's own (Adobe-GB1, UTF-16). `extra` is drawn before each page's text."""
    objects: list[bytes] = [b"", b""]
    font = len(objects) + 1
    objects.append(
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[%d 0 R]>>" % (font + 1)
    )
    objects.append(
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor %d 0 R"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 5>>>>" % (font + 2)
    )
    objects.append(
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
        b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"
    )
    objects.append(
        _stream(bytes([200] * 12), b"/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceRGB/BitsPerComponent 8")
    )
    kids = []
    for lines in pages:
        drawn = extra + (b"q 500 0 0 700 40 40 cm /I Do Q\n" if picture else b"")
        for line in lines:
            written = line.text.encode("utf-16-be").hex()
            drawn += f"{line.operators} BT /F {line.size} Tf {line.x} {line.y} Td <{written}> Tj ET\n".encode()
        objects.append(_stream(drawn, b""))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font<</F %d 0 R>>/XObject<</I %d 0 R>>>>>>" % (len(objects), font, font + 3)
        )
        kids.append(len(objects))
    objects[0] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    return assembled(objects)


def assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """Objects numbered from 1, the first the catalogue, as a file."""
    data, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        data
        + head
        + table
        + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, len(data))
    )


def _stream(data: bytes, entries: bytes) -> bytes:
    packed = zlib.compress(data)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (entries, len(packed), packed)
