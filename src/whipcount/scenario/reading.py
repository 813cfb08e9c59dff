"""Reading a text file that somebody else wrote: size, encoding and kind are checked before anything is parsed."""

from __future__ import annotations

import re
from pathlib import Path

from whipcount.errors import Place, ScenarioError

MOST_BYTES = 4_000_000  # some forty times the longest scenario we know
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_bytes(path: Path, most: int = MOST_BYTES, shown: str | None = None) -> bytes:
    """The bytes of a regular file of at most `most` bytes; anything else is a coded error."""
    place = Place(shown or str(path))
    try:
        if path.is_dir():
            raise ScenarioError.one("WC100", "this is a folder", "give the file in it", place)
        if not path.is_file():
            raise ScenarioError.one("WC100", "there is no such file", "check the name", place)
        size = path.stat().st_size
        if size > most:
            raise ScenarioError.one(
                "WC101",
                f"the file has {size / 1e6:.1f} MB; at most {most / 1e6:.0f} MB are read",
                "a scenario is written by hand and far smaller: is this the right file?",
                place,
            )
        with path.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise ScenarioError.one(
            "WC100", f"the file cannot be read: {error.strerror or error}", "check its permissions", place
        ) from None
    except ValueError:
        raise ScenarioError.one("WC100", "this is not the name of a file", "check the name", place) from None


def decode(content: bytes, file: str) -> str:
    """The text of UTF-8 bytes (with or without a byte order mark)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioError.one("WC103", "the file is UTF-16", "save it as UTF-8", Place(file, 1, 1))
    junk = _CONTROL_BYTES.search(content)
    if junk is not None:
        line, column = _position(content, junk.start())
        raise ScenarioError.one(
            "WC102",
            f"byte 0x{content[junk.start()]:02x} cannot stand in a text file",
            "is this a text file at all?",
            Place(file, line, column),
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(content, error.start)
        raise ScenarioError.one(
            "WC103",
            f"byte 0x{content[error.start]:02x} is not UTF-8",
            "the file seems to be saved in another encoding (Latin-1, Windows-1251): save it as UTF-8",
            Place(file, line, column),
        ) from None


def _position(content: bytes, index: int) -> tuple[int, int]:
    """Line and column of a byte; columns count characters as far as the bytes before it are UTF-8."""
    start = content.rfind(b"\n", 0, index) + 1
    return content.count(b"\n", 0, index) + 1, len(content[start:index].decode("utf-8", "replace")) + 1
