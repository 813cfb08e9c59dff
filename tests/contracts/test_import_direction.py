"""The rooms of the house: each may import only rooms on its left, at the top of a file or inside a function."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from source_tree import PACKAGE, imports, python_files

ROOMS = (
    *("vocabulary", "mechanisms", "scenario", "world", "engine", "results"),
    *("counterfactual", "inference", "generation", "questions", "charts", "report", "tasks", "cli"),
)
# Beside the line: the classic solvers and the importers of data sets stand alone and serve whoever asks.
APART = ("theory", "data")
EVERYONE = ("errors", "session", "text", "table", "table_files", "task", "objects", "store", "pool", "compiler")
# Not rooms: the public face and the entry point may reach everywhere.
FACE = ("", "__init__", "__main__")
# Folders of files that are read, never imported.
SHELVES = ("scenarios",)

ALLOWED: dict[str, set[str]] = {room: {*ROOMS[: index + 1], *EVERYONE} for index, room in enumerate(ROOMS)}
# A scenario's rules are read by theory's grammar, what results tell has its intervals, posteriors may be its table.
ASKERS = "scenario world results counterfactual generation questions charts report tasks cli"
for asker in ASKERS.split():
    ALLOWED[asker] |= set(APART)
ALLOWED["web"] = (ALLOWED["cli"] - {"cli"}) | {"web"}
ALLOWED["cli"] |= {"web"}  # one command starts the page; the page knows nothing of commands
ALLOWED |= {room: {*APART, *EVERYONE} for room in APART}
ALLOWED |= {room: {"errors"} for room in EVERYONE}
ALLOWED["text"] = set()
ALLOWED["store"] = {"errors", "objects"}
ALLOWED["table"] = {"errors", "text", "table_files"}
ALLOWED["pool"] = {"errors", "objects", "session", "store", "text"}  # where work is sent, what is kept there
ALLOWED["compiler"] = {"errors", "session", "store", "text"}
ALLOWED["task"] = {"errors", "session", "table"}  # what is told while a task works goes with its result

# The vocabulary is closed: a mechanism that reached for an array library would run on one backend only.
STANDARD_ONLY = ("mechanisms", "errors")


def room_of(path: Path, package: Path) -> str:
    """The room a file lies in: its folder, or its own name beside the folders."""
    first = path.relative_to(package).parts[0]
    return first.removesuffix(".py")


def violations(package: Path) -> list[str]:
    """Every import below `package` that points to the right, each told with its place."""
    found = []
    for path in python_files(package):
        room = room_of(path, package)
        if room in FACE:
            continue
        where = path.relative_to(package)
        if room not in ALLOWED:
            found.append(f"{where}: {room!r} is no room of this house: give it its place in ROOMS")
            continue
        for imported in imports(path, package.parent):
            parts = imported.module.split(".")
            if parts[0] == package.name:
                target = parts[1] if len(parts) > 1 else ""
                if target == room or target.startswith("__version__") or target in ALLOWED[room]:
                    continue
                found.append(f"{where}:{imported.line} {room} imports {imported.module}")
            elif room in STANDARD_ONLY and parts[0] not in sys.stdlib_module_names:
                found.append(f"{where}:{imported.line} {room} imports {imported.module}, outside the standard library")
    return found


def test_no_room_imports_a_room_to_its_right() -> None:
    assert violations(PACKAGE) == []


def test_every_folder_is_a_room_or_a_shelf() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= {*ALLOWED, *SHELVES}


def test_tests_and_benchmarks_are_not_imported() -> None:
    outside = [
        f"{path.relative_to(PACKAGE)}:{imported.line}"
        for path in python_files(PACKAGE)
        for imported in imports(path, PACKAGE.parent)
        if imported.module.split(".")[0] in {"tests", "benchmarks", "pytest", "hypothesis"}
    ]
    assert outside == []


@pytest.mark.parametrize(
    ("file", "text", "caught"),
    [
        ("vocabulary/a.py", "from whipcount.engine import api", True),
        ("vocabulary/a.py", "def f():\n    from ..engine.api import Plan\n", True),
        ("mechanisms/a.py", "from importlib import import_module\nimport_module('whipcount.results.read')\n", True),
        ("mechanisms/a.py", "import numpy as np\n", True),
        ("scenario/a.py", "if TYPE_CHECKING:\n    from whipcount.world import World\n", True),
        ("theory/a.py", "from ..scenario import load\n", True),
        ("web/a.py", "from ..cli import main\n", True),
        ("charts/a.py", "from ..report import html\n", True),
        ("charts/a.py", "from ..theory.power import PowerResult\n", False),
        ("engine/a.py", "from .. import results\n", True),
        ("engine/a.py", "import whipcount\n", True),
        ("attic/a.py", "x = 1\n", True),
        ("engine/a.py", "import numpy as np\nfrom .. import errors\nfrom ..world import World\n", False),
        ("engine/sub/a.py", "from ..random import stream\nfrom ...vocabulary import Mechanism\n", False),
        ("theory/a.py", "import scipy\nfrom ..data.tables import seats\n", False),
        ("cli/a.py", "def serve():\n    from ..web import app\n", False),
        ("__init__.py", "from .report import html\n", False),
    ],
)
def test_the_check_sees(tmp_path: Path, file: str, text: str, caught: bool) -> None:
    target = tmp_path / "whipcount" / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    assert bool(violations(tmp_path / "whipcount")) is caught
