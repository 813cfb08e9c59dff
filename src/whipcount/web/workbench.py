"""A parliament as a grid: a row a party, a column for each thing that is known of it; one grid for all kinds of counts.

A table that is pasted becomes a grid, whose reader says of each column what it is; a grid becomes a table again, under
the names by which tables are read. Each kind of count takes of it what it needs.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whipcount.data.reading.words import words
from whipcount.text import mark

MOST_ROWS, MOST_COLUMNS = 60, 12
SPARE = 2  # empty rows below those that are filled
LEFT_OUT, AS_CALLED = "out", "as"
NEVER = "never"
ROLES = {
    "party": mark("party"),
    "seats": mark("seats"),
    "votes": mark("votes"),
    "position": mark("position"),
    "second": mark("second position"),
    "colour": mark("colour"),
    NEVER: mark("never with"),
    "incumbent": mark("governed before"),
    "premier": mark("led it before"),
    AS_CALLED: mark("as it is called"),
    LEFT_OUT: mark("left out"),
}
ASKED = ("party", "seats", "position", "colour", NEVER)  # columns that every grid has, in this order
HEADS = {"second": "position_2"}  # by which tables are read, where it is not the role's own name
COLOUR = re.compile("#[0-9a-f]{6}", re.IGNORECASE)


@dataclass(frozen=True)
class Grid:
    """heads: what the columns were called; roles: what they are, keys of `ROLES`; rows: cells as they were typed."""

    heads: tuple[str, ...]
    roles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """The same as a table: CSV, without what is empty or left out."""
        kept = [
            at for at, role in enumerate(self.roles) if role != LEFT_OUT and any(row[at].strip() for row in self.rows)
        ]
        name = self.roles.index("party") if "party" in self.roles else None
        rows = [row for row in self.rows if (row[name] if name is not None else "".join(row)).strip()]
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([self._head(at) for at in kept])
        writer.writerows([row[at].strip() for at in kept] for row in rows)
        return stream.getvalue()

    def _head(self, at: int) -> str:
        """By what a column is read."""
        role, head = self.roles[at], self.heads[at].strip()
        if role == AS_CALLED or (role in ("position", "second") and is_position(head)):
            return head
        return HEADS.get(role, role)

    def asked(self) -> Grid:
        """The same with the columns that every grid has, and some rows to spare."""
        more = [role for role in ASKED if role not in self.roles][: max(MOST_COLUMNS - len(self.heads), 0)]
        spare = tuple(("",) * len(self.heads) for _ in range(min(SPARE, MOST_ROWS - len(self.rows))))
        rows = tuple((*row, *("",) * len(more)) for row in (*self.rows, *spare))
        return Grid((*self.heads, *more), (*self.roles, *more), rows)


def is_position(head: str) -> bool:
    """Whether a column is called as columns of positions are: left_right, lr."""
    plain = head.casefold()
    return plain in ("lr", "rile", "lrgen", "x", "y") or any(part in plain for part in words("columns", "positions"))


def role_of(head: str) -> str:
    """What a column is, as its name says."""
    plain = re.sub(r"[\s_]+", "_", head.strip().casefold())
    if plain in ROLES and plain not in (AS_CALLED, LEFT_OUT):
        return plain
    known = {"party": "name", "seats": "seats", "votes": "ballots", "colour": "colour"}
    found = next((role for role, kind in known.items() if plain in words("columns", kind)), None)
    return found or ("position" if is_position(plain) else AS_CALLED)


def grid_of(text: str) -> Grid | None:
    """The grid of a table as text; none where it is no small table."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not 2 <= len(lines) <= MOST_ROWS or max(map(len, lines)) > 2_000:
        return None
    comma = max("\t;,", key=lines[0].count)
    try:
        read = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=comma)]
    except csv.Error:
        return None
    width = len(read[0])
    if not 2 <= width <= MOST_COLUMNS or any(len(row) > width for row in read):
        return None
    roles: list[str] = []
    for head in read[0]:
        role = role_of(head)
        if role == "position" and role in roles:
            role = "second"
        roles.append(role if role == AS_CALLED or role not in roles else AS_CALLED)
    rows = tuple((*row, *("",) * (width - len(row))) for row in read[1:])
    return Grid(tuple(read[0]), tuple(roles), rows)


def known_in(grid: Grid) -> tuple[str, ...]:
    """The colours by which readers know the parties of a grid's rows; empty where none is known."""
    from whipcount.charts.known_parties import known_colours

    if "party" not in grid.roles:
        return ("",) * len(grid.rows)
    at = grid.roles.index("party")
    names = [row[at].strip() for row in grid.rows if row[at].strip()]
    known = known_colours(names)
    colours = dict(zip(names, known.colours if known is not None else (), strict=False))
    return tuple(colours.get(row[at].strip()) or "" for row in grid.rows)


def empty_grid(parties: int = 4) -> Grid:
    """A grid to be filled in."""
    return Grid(ASKED, ASKED, (("",) * len(ASKED),) * parties)


def grid_of_form(sent: Mapping[str, str]) -> Grid:
    """The grid as a browser sends it: `head.COLUMN`, `role.COLUMN`, `cell.ROW.COLUMN`."""
    columns = range(1 + _highest(sent, r"role\.([0-9]{1,3})", MOST_COLUMNS))
    rows = range(1 + _highest(sent, r"cell\.([0-9]{1,3})\.[0-9]{1,3}", MOST_ROWS))
    roles = [sent.get(f"role.{at}", LEFT_OUT) for at in columns]
    roles = [role if role in ROLES and (role == AS_CALLED or role not in roles[:at]) else LEFT_OUT
             for at, role in enumerate(roles)]  # fmt: skip
    heads = tuple(sent.get(f"head.{at}", "")[:80] for at in columns)
    cells = tuple(tuple(sent.get(f"cell.{row}.{at}", "")[:200] for at in columns) for row in rows)
    return Grid(heads, tuple(roles), cells)


def _highest(sent: Mapping[str, str], pattern: str, most: int) -> int:
    """The highest number in the names of fields, at most as many as there may be."""
    found = [int(match[1]) for key in sent if (match := re.fullmatch(pattern, key))]
    return min(max(found, default=-1), most - 1)


# -- what a kind of count takes of it ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """The table of a kind of count, and the pairs of parties of the grid that never join."""

    text: str
    never: tuple[tuple[str, str], ...]


def taken_for(kind: str, text: str) -> Taken:
    """What a kind of count takes of a parliament's table; the table as it is, where it is no parliament's."""
    grid = grid_of(text)
    if grid is None or not {NEVER, "seats"} & set(grid.roles):
        return Taken(text, ())
    never = _never(grid)
    left = _without(grid, (NEVER,))
    named = all(head == HEADS.get(role, role) for head, role in zip(grid.heads, grid.roles, strict=True)
                if role in ("party", "seats", "votes"))  # fmt: skip
    if kind == "bargain" and "seats" in left.roles:
        left = _for_bargain(left)
    elif kind == "formation":
        left = _named(left, "position")
    return Taken(text if left == grid and named else left.text(), never)


def lacking(kind: str, grid: Grid | None) -> str:
    """What a kind of count needs that a grid does not have: a key of `ROLES`, or nothing."""
    if grid is None:
        return ""
    filled = {role for at, role in enumerate(grid.roles) if any(row[at].strip() for row in grid.rows)}
    if kind in ("formation", "bargain", "spatial") and "position" not in filled and AS_CALLED not in filled:
        return "position"
    return "votes" if kind == "seats" and "votes" not in filled else ""


def _never(grid: Grid) -> tuple[tuple[str, str], ...]:
    """Pairs that never join, each once."""
    if NEVER not in grid.roles or "party" not in grid.roles:
        return ()
    name, never = grid.roles.index("party"), grid.roles.index(NEVER)
    found: dict[frozenset[str], tuple[str, str]] = {}
    for row in grid.rows:
        for other in re.split(r"[,;/]", row[never]):
            if other.strip() and row[name].strip():
                pair = (row[name].strip(), other.strip())
                found.setdefault(frozenset(pair), pair)
    return tuple(found.values())


def _without(grid: Grid, roles: Sequence[str]) -> Grid:
    return Grid(grid.heads, tuple(LEFT_OUT if role in roles else role for role in grid.roles), grid.rows)


def _named(grid: Grid, head: str) -> Grid:
    """The same with the column of positions under a name of its own."""
    heads = tuple(head if role == "position" else one for one, role in zip(grid.heads, grid.roles, strict=True))
    return Grid(heads, grid.roles, grid.rows)


def _for_bargain(grid: Grid) -> Grid:
    """Parties as actors: as powerful as they have seats, each caring fully, at their first position."""
    called = {"party": "actor", "seats": "power", "position": "position"}
    kept = [(at, called[role]) for at, role in enumerate(grid.roles) if role in called]
    heads = (*(head for _, head in kept), "salience")
    rows = tuple((*(row[at] for at, _ in kept), "1" if "".join(row).strip() else "") for row in grid.rows)
    return Grid(heads, (AS_CALLED,) * len(heads), rows)
