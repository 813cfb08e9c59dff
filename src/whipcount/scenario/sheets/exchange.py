"""Between scenario files and spreadsheets, both ways and without loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whipcount.errors import Place, Problem, ScenarioError, UsageError

from ..emit import replace_section, section_text
from ..hints import did_you_mean, nearest
from ..loader import LoadedScenario, check_tree, find_file
from ..reading import decode, read_bytes
from ..registry import Registry, from_mechanisms
from ..schema import Scenario
from ..validate import validate
from ..writing import write_whole
from ..yaml_nodes import Node, from_plain, parse
from .cells import Cell
from .columns import Column, Sheet, sheets
from .files import MOST_CHARACTERS, Grid, csv_bytes, read_sheets, xlsx_bytes


@dataclass(frozen=True)
class Imported:
    """What an import makes: the new text of the scenario file, its changed sections, and the sheets it left aside."""

    text: str
    changed: tuple[str, ...]
    read: tuple[str, ...]
    ignored: tuple[str, ...]


def export_sheets(loaded: LoadedScenario, to: Path, form: str, *, force: bool = False) -> tuple[Path, ...]:
    """Write the sheets of a scenario: CSV files into the folder `to`, or one workbook at `to`."""
    tree = parse(loaded.text, str(loaded.path))
    dimensions = [dimension.id for dimension in loaded.scenario.dimensions]
    tables = [(sheet.name, [c.header for c in sheet.columns], _rows(tree, sheet)) for sheet in sheets(dimensions)]
    tables.append(_guide(sheets(dimensions)))
    for name, header, rows in tables:
        for row in rows:
            for title, cell in zip(header, row, strict=True):
                if isinstance(cell, str) and len(cell) > MOST_CHARACTERS:
                    message = f"sheet {name}, column {title}: a text of {len(cell)} characters does not fit in a cell"
                    raise ScenarioError.one("WC155", message, "shorten it in the scenario", Place(str(loaded.path)))
    if form == "xlsx":
        contents = {to: xlsx_bytes(tables)}
    else:
        contents = {to / f"{name}.csv": csv_bytes(header, rows) for name, header, rows in tables}
    present = [path for path in contents if path.exists()]
    if present and not force:
        raise UsageError.one("WC605", f"{present[0]} exists already", "choose another place, or overwrite with --force")
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    return tuple(contents)


def _guide(all_sheets: Sequence[Sheet]) -> tuple[str, list[str], list[list[Cell]]]:
    """A sheet that says what the columns mean; the import leaves it aside."""
    rows: list[list[Cell]] = [
        [sheet.name, column.header, column.meaning] for sheet in all_sheets for column in sheet.columns
    ]
    return "_guide", ["sheet", "column", "meaning"], rows


def _rows(tree: Node, sheet: Sheet) -> list[list[Cell]]:
    """The rows of a sheet, in the order of the file."""
    section = tree.get(sheet.section)
    records = section.entries() if section is not None else []
    if not sheet.owner:
        return [[_written(record, column) for column in sheet.columns] for record in records]
    rows: list[list[Cell]] = []
    for record in records:
        part = record.get(sheet.part)
        for entry in part.entries() if part is not None else []:
            owner: Cell = record.text("id")
            rows.append([owner, *(_written(entry, column) for column in sheet.columns[1:])])
    return rows


def _written(record: Node, column: Column) -> Cell:
    node: Node | None = record
    for key in column.path:
        # a name in its short form is a text in English
        short = node is not None and key == "en" and isinstance(node.value, str)
        node = node if short or node is None else node.get(key)
    if node is None or node.value == [] or node.value == "":
        return None
    return column.kind.write(node.plain())


def import_sheets(source: Path, into: str | Path, registry: Registry = from_mechanisms) -> Imported:
    """The scenario file `into` with the records of the sheets in the place of its own; nothing is written.

    Raises ScenarioError with every problem of every sheet, by file, row and column.
    """
    path = find_file(into)
    text = decode(read_bytes(path), str(path))
    root = parse(text, str(path))
    before = _validated(root)
    grids, ignored = _known_grids(read_sheets(source), before)
    changed_root, problems = _merged(root, grids)
    problems += check_tree(changed_root, registry)
    after, _ = validate(changed_root)
    if after is None or problems:
        raise ScenarioError(*dict.fromkeys(problems))
    changed = _changed_sections(before, after, [sheet for sheet, _ in grids])
    for section in changed:
        written = section_text(section, _plain_section(changed_root, section))
        text = replace_section(text, parse(text, str(path)), section, written)
    if _validated(parse(text, str(path))) != after:
        hint = "write out its anchors and aliases first"
        raise ScenarioError.one("WC154", "the sections cannot be put into the file", hint, Place(str(path)))
    return Imported(text, changed, tuple(grid.name for _, grid in grids), ignored)


def _validated(root: Node) -> Scenario:
    """The scenario as the file has it, before any account; raises with what is wrong with it."""
    scenario, problems = validate(root)
    if scenario is None:
        raise ScenarioError(*problems)
    return scenario


def _known_grids(grids: Sequence[Grid], scenario: Scenario) -> tuple[list[tuple[Sheet, Grid]], tuple[str, ...]]:
    """The grids that are sheets of a scenario, in the order in which they are merged."""
    known = {sheet.name: sheet for sheet in sheets([dimension.id for dimension in scenario.dimensions])}
    problems = [
        Problem("WC151", f"'{grid.name}' is no sheet of a scenario", f"did you mean '{near}'?", Place(grid.file))
        for grid in grids
        if grid.name not in known and (near := nearest(grid.name, known))
    ]
    found = [(sheet, grid) for sheet in known.values() for grid in grids if grid.name == sheet.name]
    if problems or not found:
        none = Problem("WC151", "no sheet of a scenario is here", f"known sheets: {', '.join(known)}")
        raise ScenarioError(*(problems or [none]))
    return found, tuple(grid.name for grid in grids if grid.name not in known)


def _merged(root: Node, grids: Sequence[tuple[Sheet, Grid]]) -> tuple[Node, list[Problem]]:
    """The tree with the rows of the sheets in it, each node at its cell, and what is wrong with the sheets."""
    merged = root.copy()
    assert isinstance(merged.value, dict)
    problems: list[Problem] = []
    headers = [_header(sheet, grid, problems) for sheet, grid in grids]
    if problems:
        raise ScenarioError(*problems)  # with a column lost, everything else would be wrong too
    for (sheet, grid), columns in zip(grids, headers, strict=True):
        rows = [_record(sheet, grid, columns, row, cells, problems) for row, cells in grid.rows]
        if sheet.owner:
            _put_parts(merged, sheet, grid, rows, problems)
        else:
            _keep_parts(merged, sheet, rows)
            merged.value[sheet.section] = Node(Place(grid.file, 1, 1), [node for _, node in rows])
            merged.keys.setdefault(sheet.section, Place(grid.file, 1, 1))
    return merged, problems


def _header(sheet: Sheet, grid: Grid, problems: list[Problem]) -> dict[int, Column]:
    """Columns by their place in the sheet."""
    known = {column.header.lower(): column for column in sheet.columns}
    columns: dict[int, Column] = {}
    for index, title in enumerate(grid.header):
        place = grid.place(1, index + 1)
        if title in known and known[title] in columns.values():
            problems.append(Problem("WC151", f"the column '{title}' is there twice", "remove one of them", place))
        elif title in known:
            columns[index] = known[title]
        elif title and not title.startswith("_"):
            hint = did_you_mean(title, known, f"columns: {', '.join(known)}; a name with _ before it is left aside")
            problems.append(Problem("WC151", f"sheet '{sheet.name}' has no column '{title}'", hint, place))
    needed = sheet.columns[0]
    if needed not in columns.values():
        message = f"sheet '{sheet.name}' lacks the column '{needed.header}'"
        problems.append(Problem("WC151", message, "the first row of a sheet names its columns", grid.place(1, 1)))
    return columns


def _record(
    sheet: Sheet,
    grid: Grid,
    columns: dict[int, Column],
    row: int,
    cells: Sequence[Cell],
    problems: list[Problem],
) -> tuple[tuple[str, Place], Node]:
    """The owner that a row names, and its record as nodes that stand at their cells."""
    record = Node(grid.place(row, 1), {})
    owner = ("", grid.place(row, 1))
    for index, cell in enumerate(cells):
        place = grid.place(row, index + 1)
        column = columns.get(index)
        if column is None:
            if cell is not None and index >= len(grid.header):
                message = f"sheet '{sheet.name}': a cell beyond the last column"
                problems.append(Problem("WC151", message, "is a separator missing, or one too many?", place))
            continue
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        try:
            value: Any = column.kind.read(cell, place)
        except ScenarioError as error:
            problems.extend(error.problems)
            continue
        if not column.path:
            owner = (str(value), place)
        else:
            _put(record, column.path, from_plain(value, place))
    return owner, record


def _put(record: Node, path: tuple[str, ...], value: Node) -> None:
    for key in path[:-1]:
        assert isinstance(record.value, dict)
        record.keys.setdefault(key, value.place)
        record = record.value.setdefault(key, Node(value.place, {}))
    assert isinstance(record.value, dict)
    record.value[path[-1]] = value
    record.keys[path[-1]] = value.place


def _put_parts(
    merged: Node, sheet: Sheet, grid: Grid, rows: Sequence[tuple[tuple[str, Place], Node]], problems: list[Problem]
) -> None:
    """Give each record of the section its rows; a row of an unknown record is a problem."""
    section = merged.get(sheet.section)
    owners = {name: node for node in (section.entries() if section else []) if (name := node.text("id"))}
    for (name, place), _ in rows:
        if name not in owners:
            hint = did_you_mean(name, owners, f"add it to `{sheet.section}:` first")
            problems.append(Problem("WC120", f"sheet '{sheet.name}': there is no {sheet.owner} '{name}'", hint, place))
    for name, owner in owners.items():
        assert isinstance(owner.value, dict)
        parts = [node for (each, _), node in rows if each == name]
        if parts or sheet.part in owner.value:
            owner.value[sheet.part] = Node(Place(grid.file, 1, 1), list(parts))


def _keep_parts(merged: Node, sheet: Sheet, rows: Sequence[tuple[tuple[str, Place], Node]]) -> None:
    """A sheet of posts without their spells leaves the histories of the posts as they are."""
    covered = {column.path[0] for column in sheet.columns if column.path}
    section = merged.get(sheet.section)
    old = {name: node for node in (section.entries() if section else []) if (name := node.text("id"))}
    for _, record in rows:
        known = old.get(record.text("id") or "")
        assert isinstance(record.value, dict)
        for key, node in known.items() if known is not None else []:
            if key not in covered:
                record.value.setdefault(key, node)


def _changed_sections(before: Scenario, after: Scenario, read: Sequence[Sheet]) -> tuple[str, ...]:
    """Sections whose records differ; the others keep their text, with its comments."""
    sections = dict.fromkeys(sheet.section for sheet in read)
    return tuple(section for section in sections if getattr(before, section) != getattr(after, section))


def _plain_section(root: Node, section: str) -> Any:
    found = root.get(section)
    return found.plain() if found is not None else []
