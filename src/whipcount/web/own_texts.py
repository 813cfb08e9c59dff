"""Texts of the reader's own, to be read beside the model: one for each work of a scenario, kept in one folder.

A text is only ever data. Its file is named by plain letters, so that nothing is read or written outside the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from whipcount.errors import RunError, WebError

MOST_BYTES = 2_000_000
MOST_TEXTS = 200
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True)
class OwnTexts:
    """The folder in which the texts are kept."""

    folder: Path

    def path(self, scenario: str, source: str) -> Path:
        """Where the text of a work of a scenario stands; names that are not plain become numbers made of them."""
        names = (scenario.lower(), source.lower())
        plain = (one if _PLAIN.fullmatch(one) else hashlib.sha256(one.encode()).hexdigest()[:16] for one in names)
        return self.folder / f"{'--'.join(plain)}.txt"

    def read(self, scenario: str, source: str) -> str:
        """The text; empty where there is none."""
        path = self.path(scenario, source)
        if path.is_symlink():
            return ""
        with contextlib.suppress(OSError):
            return path.read_bytes()[:MOST_BYTES].decode("utf-8", "replace")
        return ""

    def save(self, scenario: str, source: str, content: bytes) -> None:
        """Keep a text, whole or not at all.

        Raises WebError: WC730 nothing or too much, WC732 not text, WC737 no room for it.
        """
        from whipcount.store import make_folder, write_whole

        path = self.path(scenario, source)
        if not content.strip():
            raise WebError.one("WC730", "the text is empty", "paste a text, or choose a file")
        if len(content) > MOST_BYTES:
            raise WebError.one("WC730", f"the text has {len(content):,} bytes", f"at most {MOST_BYTES:,} are read")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise WebError.one("WC732", "the file is not text in UTF-8", "save it as plain text, in UTF-8") from None
        if "\0" in text:
            raise WebError.one("WC732", "the file is not text", "save it as plain text, in UTF-8")
        if not path.exists() and len(list(self.folder.glob("*.txt"))) >= MOST_TEXTS:
            raise WebError.one("WC737", f"{MOST_TEXTS} texts are kept already", "take some of them away")
        try:
            make_folder(self.folder, private=True)
            write_whole(path, text.encode(), private=True)
        except RunError as error:  # visitors are not told where the server keeps its files
            why = error.__cause__.strerror if isinstance(error.__cause__, OSError) else ""
            raise WebError.one("WC737", f"the text cannot be kept here ({why})", "tell who runs this page") from error

    def forget(self, scenario: str, source: str) -> None:
        """Take a text away again."""
        with contextlib.suppress(OSError):
            self.path(scenario, source).unlink(missing_ok=True)
