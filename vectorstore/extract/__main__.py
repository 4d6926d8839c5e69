"""main(shape, megabytes, seconds): one file from standard input, its text on standard output.

Held to the given memory (address space) and processor time. Exit 0: standard error may hold a remark on what could not
be read. Exit 3: the file is refused, standard error holds one line that says why.
"""

import sys

from vectorstore.extract import Refused

REFUSED = 3
# Stands before the remark, since a library may write to standard error too.
REMARK = "\x1e"


def main(shape: str, megabytes: str, seconds: str) -> int:
    """Read standard input, write standard output; the exit status."""
    hold_to(int(megabytes), int(seconds))
    try:
        text, remark = _read(shape, sys.stdin.buffer.read())
        sys.stdout.buffer.write(text.encode("utf-8", "ignore"))
        sys.stderr.buffer.write((REMARK + remark).encode("utf-8"))
        return 0
    except Refused as error:
        reason = str(error)
    except MemoryError:
        reason = "读取时内存超限"
    except RecursionError:
        reason = "嵌套层数过多"
    sys.stderr.buffer.write(reason.encode("utf-8"))
    return REFUSED


def _read(shape: str, data: bytes) -> tuple[str, str]:
    # Imported where needed: a fresh interpreter with the standard library alone starts in some 30 ms.
    if shape == "docx":
        from vectorstore.extract.word import docx_text

        return docx_text(data), ""
    if shape == "pdf":
        from vectorstore.extract.pdf import pdf_text

        return pdf_text(data)
    from vectorstore.extract.web import html_text

    return html_text(data.decode("utf-8")), ""


def hold_to(megabytes: int, seconds: int) -> None:
    """Hold this process to so much address space and processor time, where the system knows such limits."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the caller's clock still stands
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
