"""A file is read in one sitting, a function on one screen."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from source_tree import PACKAGE, PROJECT, python_files

FILE_LINES = 600
FUNCTION_LINES = 80

FILES = python_files(PACKAGE, PROJECT / "tests", PROJECT / "benchmarks", PROJECT / "examples")


def long_functions(text: str) -> list[tuple[str, int]]:
    """Functions of more than FUNCTION_LINES lines, from `def` to the last line, with their lengths."""
    return [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_file_and_its_functions(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= FILE_LINES
    assert long_functions(text) == []


def test_a_long_function_is_seen() -> None:
    body = "\n".join(f"    x = {line}" for line in range(FUNCTION_LINES))
    assert long_functions(f"def f():\n{body}\n") == [("f", FUNCTION_LINES + 1)]
