"""Roll calls from the tables people have: a plain list of votes, abgeordnetenwatch's, Voteview's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl

from ..errors import Place, TableError
from ..theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls
from .columns import Header, read_table

PLAIN = Header(
    "table of votes",
    {"member": "text", "motion": "text", "vote": "text"},
    {"party": "text", "date": "date", "title": "text"},
)
VOTE_WORDS = {
    "yes": YES,
    "yea": YES,
    "aye": YES,
    "y": YES,
    "1": YES,
    "ja": YES,
    "no": NO,
    "nay": NO,
    "n": NO,
    "0": NO,
    "nein": NO,
    "abstain": ABSTAIN,
    "abstention": ABSTAIN,
    "2": ABSTAIN,
    "enthaltung": ABSTAIN,
    "absent": ABSENT,
    "no_show": ABSENT,
    "-1": ABSENT,
}


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


def coded(frame: pl.DataFrame, path: Path, words: dict[str, int]) -> pl.DataFrame:
    """The table with a column `code` from its column `vote` (WC563 for words that are no vote)."""
    lower = frame["vote"].str.to_lowercase().str.strip_chars()
    known = lower.replace_strict(words, default=None, return_dtype=pl.Int8)
    wrong = (known.is_null()).arg_true()
    if len(wrong):
        row = int(wrong[0])
        raise TableError.one(
            "WC563",
            f"vote is {frame['vote'][row]!r} ({len(wrong)} such rows)",
            f"a vote is one of {', '.join(list(words)[:12])}",
            Place(str(path), row + 2, 1),
        )
    return frame.with_columns(known.alias("code"))


def read_votes(path: Path) -> RollCalls:
    """A plain table: one row a member and motion, with member, motion, vote; where given party, date, title."""
    frame = coded(read_table(path, PLAIN).drop_nulls(["member", "motion", "vote"]), path, VOTE_WORDS)
    parties = _parties(frame)
    motions = {
        row["motion"]: Motion(row["motion"], row["title"] or row["motion"], row["date"] or dt.date.min)
        for row in frame.unique("motion", keep="first", maintain_order=True)
        .with_row_index("place")
        .sort(pl.col("date").fill_null(dt.date.min), "place")
        .iter_rows(named=True)
    }
    return assemble(frame, path, parties, motions, path.stem)


def _parties(frame: pl.DataFrame) -> dict[str, str]:
    """Each member's most frequent party; a member who changed party is counted with the one of most votes."""
    counted = (
        frame.group_by("member", "party", maintain_order=True).len().sort("len", descending=True, maintain_order=True)
    )
    firsts = counted.group_by("member", maintain_order=True).agg(pl.col("party").first())
    known = dict(zip(firsts["member"], firsts["party"], strict=True))
    order = frame["member"].unique(maintain_order=True)
    return {member: known[member] or "" for member in order}
