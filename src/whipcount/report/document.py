"""Markdown as a Word document (DOCX): what the program's own texts use of Markdown, and no more.

Headings, paragraphs, lists with and without numbers, tables, **strong** words and `code`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from whipcount.errors import UsageError
from whipcount.text import say

# a document holds no time of its making, so that the same text gives the same bytes
MOMENT = (1980, 1, 1, 0, 0, 0)
_MARKED = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`")
_LISTED = re.compile(r"^(?:-|\d+\.) +")


def document(text: str) -> bytes:
    """The text as the bytes of a DOCX file; the same for the same text and version of python-docx.

    Raises UsageError (WC610) where python-docx is not installed.
    """
    try:
        import docx
    except ImportError:
        raise UsageError.one(
            "WC610", say("a Word document needs the package python-docx"), "pip install 'whipcount[documents]'"
        ) from None

    made = docx.Document()
    for block in blocks(text):
        _add(made, block)
    properties = made.core_properties
    properties.author = properties.comments = ""
    properties.title = next((line[2:] for line in text.splitlines() if line.startswith("# ")), "")
    stream = io.BytesIO()
    made.save(stream)
    return _without_time(stream)


def blocks(text: str) -> Iterator[list[str]]:
    """The blocks of a text: lines that belong together (a heading, a paragraph, a list, a table)."""
    waiting: list[str] = []
    for line in [*text.splitlines(), ""]:
        ends = not line.strip() or line.startswith("#")
        if waiting and (ends or (_kind(line) != _kind(waiting[-1]) and _kind(waiting[-1]) != "item")):
            yield waiting
            waiting = []
        if line.startswith("#"):
            yield [line]
        elif line.strip():
            waiting.append(line)


def _kind(line: str) -> str:
    if line.startswith("|"):
        return "row"
    return "item" if _LISTED.match(line) else "words"


def _add(made: Any, block: Sequence[str]) -> None:
    first = block[0]
    if first.startswith("#"):
        level = len(first) - len(first.lstrip("#"))
        _write(made.add_heading(level=min(level - 1, 9)), first.lstrip("# "))
    elif _kind(first) == "row":
        _add_table(made, [cells(line) for line in block if not re.fullmatch(r"[|\s:-]+", line)])
    elif _kind(first) == "item":
        for item in _items(block):
            style = "List Bullet" if item.startswith("-") else "List Number"
            _write(made.add_paragraph(style=style), _LISTED.sub("", item, count=1))
    elif _kind(first) == "words":
        _write(made.add_paragraph(), " ".join(block))


def _items(block: Sequence[str]) -> list[str]:
    """The items of a list; a line without a mark goes on with the one before."""
    found: list[str] = []
    for line in block:
        if _LISTED.match(line) or not found:
            found.append(line)
        else:
            found[-1] += f" {line.strip()}"
    return found


def cells(line: str) -> list[str]:
    """The cells of a row of a table; a bar after a backslash belongs to its cell."""
    parts = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return [part.strip().replace("\\|", "|") for part in parts]


def _add_table(made: Any, rows: Sequence[Sequence[str]]) -> None:
    table = made.add_table(rows=0, cols=len(rows[0]), style="Light Grid Accent 1")
    for number, row in enumerate(rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _write(cell.paragraphs[0], text, strong=number == 0)


def _write(paragraph: Any, text: str, strong: bool = False) -> None:
    """Put a text into a paragraph, strong words and code as such."""
    at = 0
    for found in _MARKED.finditer(text):
        if found.start() > at:
            paragraph.add_run(text[at : found.start()]).bold = strong or None
        run = paragraph.add_run(found["strong"] or found["code"])
        run.bold = True if found["strong"] or strong else None
        if found["code"]:
            run.font.name = "Consolas"
        at = found.end()
    if at < len(text):
        paragraph.add_run(text[at:]).bold = strong or None


def _without_time(stream: io.BytesIO) -> bytes:
    """The archive anew, its parts in the same order and all of one moment."""
    told = io.BytesIO()
    with zipfile.ZipFile(stream) as parts, zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as again:
        for name in parts.namelist():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            again.writestr(entry, parts.read(name))
    return told.getvalue()
