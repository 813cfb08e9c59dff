"""docs/rows.md: each row of the described system has a command and a test that show it, and the test exists."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from source_tree import PACKAGE, PROJECT

PAGE = PROJECT / "docs" / "rows.md"
ROWS = 40
# Rows whose counterfactual half is not built yet may say so instead of naming a test.
LATER = {7, 8, 13, 20, 24, 28, 29, 32, 37, 38, 40}


@dataclass(frozen=True)
class Row:
    """A line of the table: its number, and the text of its cells."""

    number: int
    cells: tuple[str, ...]

    @property
    def commands(self) -> list[str]:
        return re.findall(r"`(whipcount [^`]+)`", self.cells[1])

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`(tests/[^`]+)`", self.cells[2])

    @property
    def later(self) -> bool:
        return "later" in self.cells[2].lower()


def rows(text: str) -> list[Row]:
    """The rows of the page's table: number, row, command, test."""
    found = []
    for line in text.splitlines():
        match = re.match(r"^\|\s*(\d+)\s*\|(.*)\|\s*$", line)
        if match:
            found.append(Row(int(match[1]), tuple(cell.strip() for cell in match[2].split("|"))))
    return found


def node_exists(node: str) -> bool:
    """Whether a test of this id (file, or file::class::function) is written in that file."""
    file, *names = node.split("::")
    path = PROJECT / file
    if not path.is_file():
        return False
    body: list[ast.stmt] = ast.parse(path.read_text(encoding="utf-8")).body
    for name in names:
        named = [item for item in body if isinstance(item, ast.FunctionDef | ast.ClassDef) and item.name == name]
        if not named:
            return False
        body = named[0].body
    return True


TABLE = rows(PAGE.read_text(encoding="utf-8"))


def test_every_row_is_there_once_and_in_order() -> None:
    assert [row.number for row in TABLE] == list(range(1, ROWS + 1))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"row{row.number}")
def test_row_has_a_command_and_a_test(row: Row) -> None:
    assert len(row.cells) == 3
    assert row.commands, "no command shows this row"
    if row.later:
        assert row.number in LATER, "this row has nothing to wait for"
    else:
        assert row.tests, "no test shows this row"
    assert [node for node in row.tests if not node_exists(node)] == []


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"row{row.number}")
def test_row_names_commands_that_exist(row: Row) -> None:
    files = sorted(path for room in ("cli", "tasks") for path in (PACKAGE / room).glob("*.py"))
    written = {path.stem for path in files}
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for command in row.commands:
        name = command.split()[1]
        assert name in written or re.search(rf"""["']{name}["']""", text) or f"def {name}(" in text, command


def test_the_check_sees() -> None:
    assert node_exists("tests/contracts/test_rows.py::test_the_check_sees")
    assert not node_exists("tests/contracts/test_rows.py::test_of_another_name")
    assert not node_exists("tests/contracts/test_no_such_file.py::test_a")
    assert rows("| 1 | a | `whipcount show x` | `tests/a.py::test_b` |")[0].commands == ["whipcount show x"]


def test_paths_are_relative_to_the_project() -> None:
    assert all(not Path(node).is_absolute() for row in TABLE for node in row.tests)
