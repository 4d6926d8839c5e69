"""The text of a .docx, .html or .pdf file, read in a process of its own, so that a hostile file can only hurt itself.

`__main__` is the program; `word`, `web` and `pdf` are pure functions from bytes to text, and raise Refused.
"""


class Refused(Exception):
    """The file will not be read; `str(error)` says why, in Chinese."""
