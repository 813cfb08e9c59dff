"""From the short form of a crisis to a scenario: what the cells say, with sane priors for what they do not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whipcount.errors import Place, Problem, ScenarioError

from ..drafting import slug
from ..emit import section_text
from ..hints import did_you_mean, nearest
from ..loader import check_tree
from ..registry import Registry, from_mechanisms
from .cells import Cell
from .files import Grid, read_sheets
from .form import CRISIS, NEEDED, POSITION, SHEETS, Asked, Form, Row
from .form_scenario import sections


def scenario_from_sheet(source: Path, registry: Registry = from_mechanisms) -> str:
    """The text of a scenario made from a filled-in form (a workbook, or a folder of CSV files).

    Raises ScenarioError with every fault, by sheet, row and column (WC150 to WC153, WC157, WC158, and those of the
    scenario that it makes).
    """
    form = read_form(source)
    tree = sections(form)
    problems = check_tree(tree, registry)
    if problems:
        raise ScenarioError(*problems)
    plain = tree.plain()
    head = f"# {form.crisis.get('title')}: made from a sheet. Check it, then change what you know better.\n"
    return head + "".join(section_text(key, value, compact=True) for key, value in plain.items())


def read_form(source: Path) -> Form:
    """The form as filled in; raises with everything that is missing or is no part of it."""
    grids = {grid.name: grid for grid in read_sheets(source)}
    known = ("crisis", *SHEETS)
    problems = [
        Problem("WC157", f"'{name}' is no sheet of the form", f"did you mean '{near}'?", grid.place(1, 1))
        for name, grid in grids.items()
        if name not in known and (near := nearest(name, known))
    ]
    for name in NEEDED:
        if name not in grids:
            hint = "`whipcount new --sheet FILE.xlsx` writes the empty form"
            problems.append(Problem("WC157", f"the form has no sheet '{name}'", hint, Place(str(source))))
    if problems:
        raise ScenarioError(*problems)
    crisis = _crisis(grids["crisis"], problems)
    dimensions = _rows(grids["dimensions"], SHEETS["dimensions"], (), problems)
    names = [str(row.get("id")) for row in dimensions]
    rows = {"dimensions": dimensions}
    for name, columns in SHEETS.items():
        if name != "dimensions":
            rows[name] = _rows(grids[name], columns, names, problems) if name in grids else ()
    if problems:
        raise ScenarioError(*problems)
    return Form(crisis, rows, str(source))


def _crisis(grid: Grid, problems: list[Problem]) -> Row:
    """The first sheet: a key and a value in each row."""
    known = {one.name: one for one in CRISIS}
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for number, cells in grid.rows:
        key = str(cells[0] or "").strip().lower()
        if key not in known:
            hint = did_you_mean(key, known)
            problems.append(Problem("WC157", f"the form asks for no '{key}'", hint, grid.place(number, 1)))
            continue
        place = grid.place(number, 2)
        if len(cells) > 1 and _filled(cells[1]):
            values[key], places[key] = known[key].kind.read(cells[1], place), place
    for one in CRISIS:
        if one.needed and one.name not in values:
            where = next((n for n, cells in grid.rows if str(cells[0] or "").strip().lower() == one.name), 1)
            problems.append(Problem("WC158", f"'{one.name}' is empty", one.meaning, grid.place(where, 2)))
    return Row(values, places, grid.place(1, 1))


def _rows(grid: Grid, columns: Sequence[Asked], dimensions: Sequence[str], problems: list[Problem]) -> tuple[Row, ...]:
    """The rows of a sheet, with the ids that they lack made from their names."""
    asked = {one.name: one for one in columns if one.name != POSITION}
    if any(one.name == POSITION for one in columns):
        spatial = next(one for one in columns if one.name == POSITION)
        asked |= {f"{POSITION}.{name}": spatial for name in dimensions}
    known: dict[int, str] = {}
    for index, title in enumerate(grid.header):
        if title in asked:
            known[index] = title
        elif title and not title.startswith("_"):
            hint = did_you_mean(title, asked, f"columns: {', '.join(asked)}")
            problems.append(
                Problem("WC157", f"sheet '{grid.name}' has no column '{title}'", hint, grid.place(1, index + 1))
            )
    found = []
    taken: set[str] = set()
    for number, cells in grid.rows:
        values: dict[str, Any] = {}
        places = {title: grid.place(number, index + 1) for index, title in known.items()}
        for index, title in known.items():
            if index < len(cells) and _filled(cells[index]):
                values[title] = asked[title].kind.read(cells[index], places[title])
        if "id" in asked and "id" not in values and "name" in values:
            values["id"] = slug(str(values["name"]), taken, "x", None)
            places["id"] = places["name"]
        taken.add(str(values.get("id")))
        for title, one in asked.items():
            if (one.needed or title.startswith(f"{POSITION}.")) and title not in values:
                place = places.get(title, grid.place(number, 1))
                problems.append(Problem("WC158", f"sheet '{grid.name}': '{title}' is empty", one.meaning, place))
        found.append(Row(values, places, grid.place(number, 1)))
    return tuple(found)


def _filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))
