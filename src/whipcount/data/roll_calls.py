"""Roll calls from the tables people have: a plain list of votes, abgeordnetenwatch's, Voteview's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ..errors import Place, TableError
from ..theory.rollcall_table import ABSENT, Motion, RollCalls
from .columns import LINE, Header, typed
from .membership import Spell, read_spells, seats_of_rows, seats_of_spells
from .reading import Table, read_table
from .vote_matrix import long_of
from .vote_words import ALIASES, OUTSIDE, coding_of

PLAIN = Header(
    "table of votes",
    {"member": "text", "motion": "text", "vote": "word"},
    {"party": "text", "date": "date", "title": "text"},
)


@dataclass(frozen=True)
class Told:
    """What a source tells beside its rows: a title, spells, whether motions stand in order of time."""

    title: str = ""
    spells: tuple[Spell, ...] = ()
    ordered: bool = False


def assemble(frame: pl.DataFrame, table: Table, motions: Mapping[str, Motion], told: Told) -> RollCalls:
    """Roll calls from rows of member, motion, code, party; where given announced (positions that were not cast).

    A vote that stands twice with different codes is an error (WC565). motions: in the order they are to stand. The code
    OUTSIDE says that somebody was no member.
    """
    frame = _once(frame, table)
    members = frame["member"].unique(maintain_order=True).to_list()
    row_of = {member: row for row, member in enumerate(members)}
    column_of = {motion: column for column, motion in enumerate(motions)}
    rows = frame["member"].replace_strict(row_of, return_dtype=pl.Int64).to_numpy()
    columns = frame["motion"].replace_strict(column_of, return_dtype=pl.Int64).to_numpy()
    codes = frame["code"].to_numpy()
    shape = (len(members), len(motions))
    votes = np.full(shape, ABSENT, dtype=np.int8)
    votes[rows, columns] = np.where(codes == OUTSIDE, ABSENT, codes)
    listed, outside = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    listed[rows, columns] = True
    outside[rows, columns] = codes == OUTSIDE
    parties = np.full(shape, None, dtype=object)
    parties[rows, columns] = frame["party"].to_list()
    announced = None
    if "announced" in frame.columns and frame["announced"].any():
        announced = np.zeros(shape, dtype=bool)
        announced[rows, columns] = frame["announced"].to_numpy()
        table.remark(f"{int(announced.sum())} paired or announced votes are positions, not votes cast")
    names: tuple[str, ...] = tuple(members)
    if told.spells:
        names, seats = seats_of_spells(members, tuple(motions.values()), told.spells, parties, table)
        silent = len(names) - len(members)
        votes = np.concatenate([votes, np.full((silent, shape[1]), ABSENT, dtype=np.int8)])
        if announced is not None:
            announced = np.concatenate([announced, np.zeros((silent, shape[1]), dtype=bool)])
    else:
        seats = seats_of_rows(members, tuple(motions.values()), listed, votes, parties, outside, table, told.ordered)
    return RollCalls(
        names,
        seats.parties,
        tuple(motions.values()),
        votes,
        told.title,
        parties_at=seats.parties_at,
        seated=seats.seated,
        announced=announced,
        remarks=tuple(map(str, table.remarks)),
    )


def _once(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """One row a member and motion (WC565 where two of them differ)."""
    twice = frame.group_by("member", "motion").agg(pl.col("code").n_unique().alias("codes")).filter(pl.col("codes") > 1)
    if len(twice):
        first = twice.row(0, named=True)
        where = Place(table.source)
        if LINE in frame.columns:
            same = frame.filter((pl.col("member") == first["member"]) & (pl.col("motion") == first["motion"]))
            where = Place(table.source, int(same[LINE][-1]), 1)
        raise TableError.one(
            "WC565",
            f"{first['member']} voted in two ways on {first['motion']} ({len(twice)} such votes)",
            "keep one row a member and motion",
            where,
        )
    return frame.unique(["member", "motion"], keep="first", maintain_order=True)


def read_votes(
    source: Any, votes: str | None = None, members: Any = None, body: str | None = None, **declared: str | None
) -> RollCalls:
    """A plain table: one row a member and motion, with member, motion, vote; where given party, date, title.

    votes: what the codes mean, as "1=yes 2=no 3=abstain". members: a table of spells (member, party, from, to), of
    `body` where it holds several. Rows without a vote are left out and told.
    """
    frame, table = typed(long_of(read_table(source, expected=PLAIN.line, **declared), votes), PLAIN, ALIASES)
    known = coded(frame.drop_nulls(["member", "motion", "vote"]), table, votes)
    if known.height < frame.height:
        table.remark(f"{frame.height - known.height} rows without a member, a motion or a vote are left out")
    if known.is_empty():
        raise TableError.one("WC541", "no row has a member, a motion and a vote", "give some", table.top)
    motions = {
        row["motion"]: Motion(row["motion"], row["title"] or row["motion"], row["date"] or dt.date.min)
        for row in known.unique("motion", keep="first", maintain_order=True)
        .with_row_index("place")
        .sort(pl.col("date").fill_null(dt.date.min), "place")
        .iter_rows(named=True)
    }
    spells = () if members is None else read_spells(members, body)
    return assemble(known, table, motions, Told(table.stem, spells))


def coded(frame: pl.DataFrame, table: Table, votes: str | None = None) -> pl.DataFrame:
    """The rows with a vote, with a column `code` from their column `vote` (WC563 for words that are no vote)."""
    coding = coding_of(frame["vote"].to_list(), frame[LINE].to_list(), table, votes)
    codes = frame["vote"].replace_strict(coding, return_dtype=pl.Int8).alias("code")
    return frame.with_columns(codes).drop_nulls("code")
