"""Matrices of members by votes: a member a row, a vote a column, as pscl, W-NOMINATE and spreadsheets have them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from ..errors import TableError
from ..text import say
from .columns import LINE
from .reading import Table
from .reading.numerals import is_missing
from .reading.totals import is_nobody, is_total_name
from .vote_words import ALIASES, is_vote

_STEM = re.compile(r"(\D*?)_?\d+")
_NUMBER = re.compile(r"[+\-−–]?\d+(\.0+)?")
SHOWN = 6  # motions that are named when a matrix is told
FEWEST = 2  # columns of votes from which a table is a matrix
ABOUT = ("member", "party", "state", "district", "country", "region", "gender", "constituency", "row", "id", "chamber")


def long_of(table: Table, votes: str | None = None) -> Table:
    """A matrix as a table with a row for each member and vote; any other table as it is (WC542, WC565)."""
    elsewhere = {other for other, meant in ALIASES.items() if meant in ("vote", "motion")} | {"vote", "motion"}
    if elsewhere & set(table.columns):
        return table
    about = [name for name in table.columns if name in ABOUT or ALIASES.get(name) in ("member", "party")]
    others = [name for name in table.columns if name not in about]
    columns = [name for name in others if _of_votes(table, name, votes)]
    if len({*columns, *(name for name in others if _mostly_votes(table, name))}) < FEWEST:
        return table
    columns = _votes_alone(table, columns, about)
    member = next((name for name in about if name == "member" or ALIASES.get(name) == "member"), None)
    member = member or next((name for name in table.columns if name not in columns), None)
    if member is None or _are_votes(table, columns):
        hint = "give the table a header: member,party, and a name for each vote"
        raise TableError.one("WC542", "the first row holds votes, no names of columns", hint, table.top)
    party = next((name for name in about if name == "party" or ALIASES.get(name) == "party"), None)
    names = table.text(member)
    kept = members_alone(table, names)
    once = [names[row] for row in kept]
    if twice := sorted({name for name in once if once.count(name) > 1}):
        hint = "a member has one row in a matrix: tell the two apart, or merge them"
        raise TableError.one("WC565", f"{twice[0]!r} stands in {once.count(twice[0])} rows", hint, table.top)
    groups = table.text_or_none(party) if party is not None else [None] * table.height
    cells = {name: table.text(name) for name in columns}
    called = _called(table, columns)
    rows = [
        (names[row], called[name], cells[name][row] or None, groups[row], int(table.lines[row]))
        for row in kept
        for name in columns
    ]
    schema = {"member": pl.String, "motion": pl.String, "vote": pl.String, "party": pl.String, LINE: pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    listed = ", ".join(called.values()) if len(columns) <= SHOWN else f"{called[columns[0]]} to {called[columns[-1]]}"
    table.remark(
        say(
            "a matrix of {members} members by {votes} votes: {listed}",
            members=len(kept),
            votes=len(columns),
            listed=listed,
        )
    )
    lines = np.asarray(frame[LINE].to_numpy(), dtype=np.int64)
    return replace(table, frame=frame.drop(LINE), lines=lines, titles={}, twice=frozenset(), labels={})


def members_alone(table: Table, names: Sequence[str]) -> list[int]:
    """The rows that are members': without those called totals or averages, which are told."""
    nobody = {name for name in dict.fromkeys(names) if is_total_name(name) or is_nobody(name)}
    for name in sorted(nobody):
        table.remark(say("the rows of {name!r} are no member's and are left out", name=name))
    return [row for row, name in enumerate(names) if name not in nobody]


def _votes_alone(table: Table, columns: list[str], about: Sequence[str]) -> list[str]:
    """Columns of votes with those that hold a few other words too, without those of small numbers about the members.

    Where the votes share a stem with a number behind it (V1, rc_2), what has none is no vote, and so is a column of
    numbers among columns of words; each is told.
    """
    called = {name: table.titles.get(name, name).casefold() for name in table.columns}
    stems = [_STEM.sub(r"\1", called[name]) for name in columns if _STEM.fullmatch(called[name])]
    stem = stems[0] if len(set(stems)) == 1 and len(stems) >= FEWEST else None
    worded = [name for name in columns if any(not _NUMBER.fullmatch(cell) for cell in set(table.text(name)) if cell)]
    found = []
    for name in table.columns:
        alike = stem is not None and bool(_STEM.fullmatch(called[name])) and _STEM.sub(r"\1", called[name]) == stem
        if name in columns:
            wanted = (stem is None or alike) and (len(worded) < FEWEST or name in worded)
            if not wanted:
                told = say(
                    "the column {column!r} is not like those of the votes, and is left out",
                    column=table.titles.get(name, name),
                )
                table.remark(told)
        else:
            wanted = name not in about and (alike or _mostly_votes(table, name))
        if wanted:
            found.append(name)
    return found


def _mostly_votes(table: Table, name: str) -> bool:
    """Whether most cells of a column are words for votes: the others are then asked about, and the column stays."""
    cells = Counter(cell for cell in table.text(name) if cell)
    words = [cell for cell in cells if not _NUMBER.fullmatch(cell) and is_vote(cell, False)]
    return 2 * sum(cells[word] for word in words) > cells.total()


def _are_votes(table: Table, columns: list[str]) -> bool:
    """Whether the names of columns are votes themselves; those that count them (1, 2, 3) are none."""
    titles = [table.titles.get(name, name).casefold() for name in columns]
    cells = {cell.casefold() for name in columns for cell in table.text(name)}
    counted = titles == [str(number) for number in range(1, len(titles) + 1)]
    return not counted and sum(title in cells for title in titles) >= FEWEST


def _called(table: Table, columns: list[str]) -> dict[str, str]:
    """What each motion is called; of those with one title, the later have the number of their column."""
    found: dict[str, str] = {}
    for name in columns:
        title = table.titles.get(name, name)
        found[name] = f"{title} [{table.columns.index(name) + 1}]" if title in found.values() else title
    return found


def _of_votes(table: Table, name: str, votes: str | None) -> bool:
    """Whether a column holds nothing but votes and empty cells, and some votes."""
    cells = {cell for cell in table.text(name) if cell and not is_missing(cell)}
    return bool(cells) and all(is_vote(cell, votes is not None) for cell in cells)
