"""Roll calls from the tables people have: a plain list of votes, abgeordnetenwatch's, Voteview's."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ..errors import Place, TableError
from ..text import mark, say
from ..theory.rollcall_table import ABSENT, Motion, RollCalls
from .columns import LINE, Header, typed
from .membership import Spell, read_spells, seats_of_rows, seats_of_spells
from .reading import Table, read_table
from .reading.names import key
from .reading.table import FOOTNOTE
from .vote_matrix import long_of, members_alone
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

    A vote that stands twice with different codes or parties is an error (WC565). motions: in the order they are to
    stand. The code OUTSIDE says that somebody was no member.
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
        table.remark(say("{many} paired or announced votes are positions, not votes cast", many=int(announced.sum())))
    names: tuple[str, ...] = tuple(members)
    if told.spells:
        names, seats = seats_of_spells(members, tuple(motions.values()), told.spells, listed, parties, table)
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
    if "party" in frame.columns:
        parties = frame.group_by("member", "motion", maintain_order=True).agg(pl.col("party").drop_nulls().n_unique())
        if len(both := parties.filter(pl.col("party") > 1)):
            message = f"{both['member'][0]} stands in {both['party'][0]} parties on {both['motion'][0]}"
            hint = "give members of one name different ones"
            raise TableError.one("WC565", f"{message} ({len(both)} such votes)", hint, Place(table.source))
    once = frame.unique(["member", "motion"], keep="first", maintain_order=True)
    if once.height < frame.height:
        again = frame.height - once.height
        table.remark(
            say("{again} rows say again how somebody voted: are there members, or motions, of one name?", again=again)
        )
    return once


def read_votes(
    source: Any, votes: str | None = None, members: Any = None, body: str | None = None, **declared: str | None
) -> RollCalls:
    """A plain table: one row a member and motion, with member, motion, vote; where given party, date, title.

    votes: what the codes mean, as "1=yes 2=no 3=abstain". members: a table of spells (member, party, from, to), of
    `body` where it holds several. Rows without a vote are left out and told.
    """
    frame, table = typed(long_of(read_table(source, expected=PLAIN.line, **declared), votes), PLAIN, ALIASES)
    frame = frame[members_alone(table, frame["member"].fill_null("").to_list())]
    frame = frame.with_columns(
        pl.Series("member", alike(frame["member"].to_list(), table, mark("members"))),
        pl.Series("party", alike(frame["party"].to_list(), table, mark("parties")), dtype=pl.String),
    )
    known = filled(frame, table, ("member", "motion", "vote"), votes)
    _one_day(known, table)
    motions = {
        row["motion"]: Motion(row["motion"], row["title"] or row["motion"], row["date"] or dt.date.min)
        for row in known.unique("motion", keep="first", maintain_order=True)
        .with_row_index("place")
        .sort(pl.col("date").fill_null(dt.date.min), "place")
        .iter_rows(named=True)
    }
    spells = () if members is None else read_spells(members, body)
    return assemble(known, table, motions, Told(table.stem, spells))


def _one_day(frame: pl.DataFrame, table: Table) -> None:
    """Refuse a motion that stands with several days (WC565); tell of several titles, and of motions without a day."""
    each = frame.group_by("motion", maintain_order=True).agg(
        pl.col("date").drop_nulls().n_unique().alias("days"), pl.col("title").drop_nulls().n_unique().alias("titles")
    )
    days = each.filter(pl.col("days") > 1)
    if len(days):
        motion = days["motion"][0]
        line = int(frame.filter(pl.col("motion") == motion)[LINE][-1])
        message = f"motion {motion} stands with {days['days'][0]} days ({len(days)} such motions)"
        hint = "number the motions anew, so that each has a name of its own"
        raise TableError.one("WC565", message, hint, Place(table.source, line, 1 if line else 0))
    if many := len(each.filter(pl.col("titles") > 1)):
        table.remark(
            say("{many} motions stand with several titles: if they are several motions, number them anew", many=many)
        )
    undated = len(each.filter(pl.col("days") == 0))
    if 0 < undated < len(each):
        table.remark(say("{undated} motions have no day, and stand before the others", undated=undated))


def filled(frame: pl.DataFrame, table: Table, columns: Sequence[str], votes: str | None = None) -> pl.DataFrame:
    """The rows with all of these columns and a vote, coded; how many have not is told (WC541 where none has)."""
    known = coded(frame.drop_nulls(columns), table, votes)
    if known.height < frame.height:
        table.remark(
            say("{many} rows without a member, a motion or a vote are left out", many=frame.height - known.height)
        )
    if known.is_empty():
        raise TableError.one("WC541", "no row has a member, a motion and a vote", "give some", table.top)
    return known


def alike(names: Sequence[str | None], table: Table, what: str) -> list[str | None]:
    """Names in one spelling each, the most frequent of those that case, dashes or apostrophes alone tell apart.

    Of parties also those that signs of footnotes alone do: Red* beside Red. Members may be numbered so.
    """
    counts = Counter(name for name in names if name is not None)
    best: dict[str, str] = {}
    for name, _ in counts.most_common():
        best.setdefault(key(name), name)
    other = {name: best[key(name)] for name in counts if best[key(name)] != name}
    for name in counts if what == "parties" else ():
        plain = best.get(key(FOOTNOTE.sub("", name)))
        if plain is not None and plain != best[key(name)]:
            other[name] = plain
    if other:
        shown = ", ".join(f"{name!r} as {spelled!r}" for name, spelled in list(other.items())[:5])
        shown += " ..." if len(other) > 5 else ""
        table.remark(say("{what} in several spellings are read as one: {names}", what=say(what), names=shown))
    return [other.get(name, name) if name is not None else None for name in names]


def coded(frame: pl.DataFrame, table: Table, votes: str | None = None) -> pl.DataFrame:
    """The rows with a vote, with a column `code` from their column `vote` (WC563 for words that are no vote)."""
    coding = coding_of(frame["vote"].to_list(), frame[LINE].to_list(), table, votes)
    codes = frame["vote"].replace_strict(coding, return_dtype=pl.Int8).alias("code")
    return frame.with_columns(codes).drop_nulls("code")
