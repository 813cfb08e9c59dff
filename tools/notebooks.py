"""Notebooks: their cells run in order, in a folder of their own, and shown as a page of the site with what they print.

Notebooks are kept without outputs, so that none of them shows what an earlier version said.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import re
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook: its text, and whether it is code."""

    text: str
    code: bool


@dataclass(frozen=True)
class Shown:
    """A cell that was run: what it printed, and the value of its last line (None where that is a statement)."""

    cell: Cell
    printed: str = ""
    value: Any = None


def cells(path: Path) -> tuple[Cell, ...]:
    """The cells of a notebook, in order."""
    kept = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return tuple(Cell("".join(one["source"]), one["cell_type"] == "code") for one in kept)


def run(notebook: Sequence[Cell]) -> Iterator[Shown]:
    """The cells with what each shows, in one namespace, as a notebook runs them; files go into a folder that goes away.

    An error of a cell is raised with the number of the cell as a note.
    """
    names: dict[str, Any] = {"__name__": "__notebook__"}
    with tempfile.TemporaryDirectory(prefix="notebook-") as folder:
        for number, cell in enumerate(notebook, 1):
            if not cell.code:
                yield Shown(cell)
                continue
            printed = io.StringIO()
            try:
                with contextlib.chdir(folder), contextlib.redirect_stdout(printed), warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)  # a remark of the program, which a reader sees in red
                    value = _ending(cell.text, names)
            except Exception as error:
                error.add_note(f"in cell {number}:\n{cell.text}")
                raise
            yield Shown(cell, printed.getvalue(), value)


def _ending(text: str, names: dict[str, Any]) -> Any:
    """Run a cell in its namespace and give the value of its last line, if that is an expression."""
    body = ast.parse(text).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec", dont_inherit=True), names)
    return None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval", dont_inherit=True), names)


def page(shown: Sequence[Shown], name: str) -> str:
    """The notebook as a page in Markdown: its texts, its code, and under each cell what it shows.

    name: of the file, which the page offers to be downloaded.
    """
    heading, _, rest = shown[0].cell.text.partition("\n")
    offer = f'\n\n<p class="notebook-file"><a href="{name}" download>This page as a notebook</a></p>\n'
    parts = [heading + offer + rest]
    for one in shown[1:]:
        parts.append(f"```python\n{one.cell.text}\n```" if one.cell.code else one.cell.text)
        if one.printed.strip():
            parts.append(_box(_text(one.printed.rstrip())))
        if one.value is not None:
            parts.append(_box(_drawn(one.value)))
    return "\n\n".join(parts) + "\n"


def _drawn(value: Any) -> str:
    """A value as a notebook shows it, a picture, a table or its text: one line, as HTML inside Markdown has to be."""
    picture = getattr(value, "_repr_svg_", lambda: None)()
    if picture:
        text = base64.b64encode(picture.encode()).decode()
        alt = str(getattr(value, "alt", "")).replace('"', "&quot;")
        return f'<img alt="{alt}" src="data:image/svg+xml;base64,{text}">'
    table = getattr(value, "_repr_html_", lambda: None)()
    if table:
        return re.sub(r"\s*\n\s*", " ", re.sub(r"<style>.*?</style>", "", table, flags=re.DOTALL))
    return _text(repr(value))


def _text(printed: str) -> str:
    """What was printed, line by line, as one line of HTML."""
    escaped = printed.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "&#10;")
    return f"<pre>{escaped}</pre>"


def _box(shown: str) -> str:
    return f'<div class="notebook-shown">{shown}</div>'
