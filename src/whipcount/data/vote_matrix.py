"""Matrices of members by votes: a member a row, a vote a column, as pscl, W-NOMINATE and spreadsheets have them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from .columns import LINE
from .reading import Table
from .reading.numerals import is_missing
from .vote_words import ALIASES, is_vote

FEWEST = 2  # columns of votes from which a table is a matrix
ABOUT = ("member", "party", "state", "district", "country", "region", "gender", "constituency", "row", "id", "chamber")


def long_of(table: Table, votes: str | None = None) -> Table:
    """A matrix as a table with a row for each member and vote; any other table as it is."""
    called = {other for other, meant in ALIASES.items() if meant in ("vote", "motion")} | {"vote", "motion"}
    if called & set(table.columns):
        return table
    about = [name for name in table.columns if name in ABOUT or ALIASES.get(name) in ("member", "party")]
    columns = [name for name in table.columns if name not in about and _of_votes(table, name, votes)]
    if len(columns) < FEWEST:
        return table
    member = next((name for name in about if name == "member" or ALIASES.get(name) == "member"), None)
    member = member or next(name for name in table.columns if name not in columns)
    party = next((name for name in about if name == "party" or ALIASES.get(name) == "party"), None)
    names = table.text(member)
    groups = table.text_or_none(party) if party is not None else [None] * table.height
    cells = {name: table.text(name) for name in columns}
    rows = [
        (names[row], table.titles.get(name, name), cells[name][row] or None, groups[row], int(table.lines[row]))
        for row in range(table.height)
        for name in columns
    ]
    schema = {"member": pl.String, "motion": pl.String, "vote": pl.String, "party": pl.String, LINE: pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    table.remark(f"a matrix of {table.height} members by {len(columns)} votes")
    lines = np.asarray(frame[LINE].to_numpy(), dtype=np.int64)
    return replace(table, frame=frame.drop(LINE), lines=lines, titles={}, twice=frozenset(), labels={})


def _of_votes(table: Table, name: str, votes: str | None) -> bool:
    """Whether a column holds nothing but votes and empty cells, and some votes."""
    cells = {cell for cell in table.text(name) if cell and not is_missing(cell)}
    return bool(cells) and all(is_vote(cell, votes is not None) for cell in cells)
