"""No module imports, through others, one that imports it: at the top, inside a function, or for types only."""

from __future__ import annotations

from pathlib import Path

import pytest
from source_tree import PACKAGE, dotted, imports, python_files

Graph = dict[str, set[str]]


def graph_of(package: Path) -> Graph:
    """Modules by name, each with the modules of the package that it imports anywhere in its text."""
    modules = {dotted(path, package.parent): path for path in python_files(package)}
    graph: Graph = {}
    for name, path in modules.items():
        found = {_known(one.module, modules) for one in imports(path, package.parent)}
        graph[name] = {target for target in found if target and target != name}
    return graph


def _known(module: str, modules: dict[str, Path]) -> str:
    """The module that an import loads: `package.name` may be a module or a name in `package`."""
    while module and module not in modules:
        module = module.rpartition(".")[0]
    return module


def cycles(graph: Graph) -> list[list[str]]:
    """Groups of modules each of which reaches all others of its group."""
    reached = {name: _reach(graph, name) for name in graph}
    groups = {
        tuple(sorted({name} | {other for other in reached[name] if name in reached[other]}))
        for name in graph
        if name in reached[name]
    }
    return [list(group) for group in sorted(groups)]


def _reach(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def test_no_module_imports_itself_through_others() -> None:
    assert cycles(graph_of(PACKAGE)) == []


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("from .b import g", True),
        ("def f():\n    from .b import g", True),
        ("if TYPE_CHECKING:\n    from whipcount.room.b import g", True),
        ("from . import b", True),
        ("import whipcount.room.b", True),
        ("import json", False),
    ],
)
def test_the_check_sees(tmp_path: Path, text: str, caught: bool) -> None:
    room = tmp_path / "whipcount" / "room"
    room.mkdir(parents=True)
    for file, content in (("../__init__", ""), ("__init__", ""), ("a", text), ("b", "from .a import f")):
        (room / f"{file}.py").write_text(content + "\n", encoding="utf-8")
    assert bool(cycles(graph_of(tmp_path / "whipcount"))) is caught
