"""Every public module, class, function and method says what it is.

A method that a documented one of `Result` gives its meaning may leave it at that. What the sentences say of shapes,
units and errors only a reader can judge; that there are some is tested here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from source_tree import PACKAGE, python_files

from whipcount.table import Result

INHERITED = {name for name, found in vars(Result).items() if getattr(found, "__doc__", None)}


def undocumented(path: Path) -> Iterator[str]:
    """The public names of a file that say nothing of themselves."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if not ast.get_docstring(tree):
        yield "the module"
    yield from _below(tree, "", set())


def _below(node: ast.Module | ast.ClassDef, prefix: str, told: set[str]) -> Iterator[str]:
    for one in node.body:
        if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or one.name.startswith("_"):
            continue
        if not ast.get_docstring(one) and one.name not in told:
            yield prefix + one.name
        if isinstance(one, ast.ClassDef):
            bases = {ast.unparse(base) for base in one.bases}
            yield from _below(one, f"{prefix}{one.name}.", INHERITED if "Result" in bases else set())


def test_every_public_name_says_what_it_is() -> None:
    found = [f"{path.relative_to(PACKAGE)}: {name}" for path in python_files(PACKAGE) for name in undocumented(path)]
    assert found == []


def test_what_says_nothing_is_found(tmp_path: Path) -> None:
    file = tmp_path / "silent.py"
    file.write_text("class One(Result):\n    '''A thing.'''\n    def tables(self): ...\n    def other(self): ...\n")
    assert list(undocumented(file)) == ["the module", "One.other"]
