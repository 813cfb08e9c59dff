"""Roll calls from the tables people have: a plain list of votes, abgeordnetenwatch's, Voteview's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ..errors import Place, TableError
from ..theory.rollcall_table import ABSENT, Motion, RollCalls
from .columns import LINE, Header, typed
from .reading import Table
from .vote_words import ALIASES, coding_of

PLAIN = Header(
    "table of votes",
    {"member": "text", "motion": "text", "vote": "word"},
    {"party": "text", "date": "date", "title": "text"},
)


def assemble(
    frame: pl.DataFrame, path: Path, parties: dict[str, str], motions: dict[str, Motion], title: str = ""
) -> RollCalls:
    """A table from rows of (member, motion, code); a vote that stands twice with different codes is an error (WC561).

    parties: the party of each member ("" for none). motions: in the order they are to stand.
    """
    twice = frame.group_by("member", "motion").agg(pl.col("code").n_unique().alias("codes")).filter(pl.col("codes") > 1)
    if len(twice):
        first = twice.row(0, named=True)
        raise TableError.one(
            "WC565",
            f"{first['member']} voted in two ways on {first['motion']} ({len(twice)} such votes)",
            "keep one row a member and motion",
            Place(str(path)),
        )
    members = list(parties)
    row_of = {member: row for row, member in enumerate(members)}
    column_of = {motion: column for column, motion in enumerate(motions)}
    votes = np.full((len(members), len(motions)), ABSENT, dtype=np.int8)
    rows = frame["member"].replace_strict(row_of, return_dtype=pl.Int64).to_numpy()
    columns = frame["motion"].replace_strict(column_of, return_dtype=pl.Int64).to_numpy()
    votes[rows, columns] = frame["code"].to_numpy()
    return RollCalls(tuple(members), tuple(parties.values()), tuple(motions.values()), votes, title)


def read_votes(source: Any, votes: str | None = None, **declared: str | None) -> RollCalls:
    """A plain table: one row a member and motion, with member, motion, vote; where given party, date, title.

    votes: what the codes mean, as "1=yes 2=no 3=abstain". Rows without a vote are left out and told.
    """
    frame, table = typed(source, PLAIN, ALIASES, declared=declared)
    known = coded(frame.drop_nulls(["member", "motion", "vote"]), table, votes)
    if known.height < frame.height:
        table.remark(f"{frame.height - known.height} rows without a member, a motion or a vote are left out")
    if known.is_empty():
        raise TableError.one("WC541", "no row has a member, a motion and a vote", "give some", table.top)
    parties = _parties(known)
    motions = {
        row["motion"]: Motion(row["motion"], row["title"] or row["motion"], row["date"] or dt.date.min)
        for row in known.unique("motion", keep="first", maintain_order=True)
        .with_row_index("place")
        .sort(pl.col("date").fill_null(dt.date.min), "place")
        .iter_rows(named=True)
    }
    return assemble(known, Path(table.source), parties, motions, table.stem)


def coded(frame: pl.DataFrame, table: Table, votes: str | None = None) -> pl.DataFrame:
    """The rows with a vote, with a column `code` from their column `vote` (WC563 for words that are no vote)."""
    coding = coding_of(frame["vote"].to_list(), frame[LINE].to_list(), table, votes)
    codes = frame["vote"].replace_strict(coding, return_dtype=pl.Int8).alias("code")
    return frame.with_columns(codes).drop_nulls("code")


def _parties(frame: pl.DataFrame) -> dict[str, str]:
    """Each member's most frequent party; a member who changed party is counted with the one of most votes."""
    counted = (
        frame.group_by("member", "party", maintain_order=True).len().sort("len", descending=True, maintain_order=True)
    )
    firsts = counted.group_by("member", maintain_order=True).agg(pl.col("party").first())
    known = dict(zip(firsts["member"], firsts["party"], strict=True))
    order = frame["member"].unique(maintain_order=True)
    return {member: known[member] or "" for member in order}
