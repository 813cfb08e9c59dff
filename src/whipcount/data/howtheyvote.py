"""HowTheyVote.eu: roll calls of the European Parliament, from its folder of tables (member_votes, votes, members).

Groups are those at the time of the vote; members who did not vote have a row, so that whoever has none was no member.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from ..errors import Place, TableError
from ..theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls
from .columns import Header, find_table, read_columns, typed
from .roll_calls import Told, assemble, filled
from .tallies import Tally, check_tallies

MEMBER_VOTES = Header(
    "HowTheyVote member_votes", {"vote_id": "text", "member_id": "text", "position": "word"}, {"group_code": "text"}
)
COUNTS = {"count_for": YES, "count_against": NO, "count_abstention": ABSTAIN, "count_did_not_vote": ABSENT}
VOTES = Header(
    "HowTheyVote votes",
    {"id": "text", "timestamp": "date"},
    {"display_title": "text", "description": "text", **dict.fromkeys(COUNTS, "whole")},
)
MEMBERS = Header("HowTheyVote members", {"id": "text", "first_name": "text", "last_name": "text"})


def read_howtheyvote(source: Path) -> RollCalls:
    """Read a folder with `member_votes`, and where there `votes` and `members` (csv, also gzipped)."""
    folder = Path(source) if Path(source).is_dir() else Path(source).parent
    path = find_table(folder, "member_votes.csv")
    if path is None:
        hint = f"give a folder with member_votes.csv ({MEMBER_VOTES.line})"
        raise TableError.one("WC540", "HowTheyVote: no votes of members here", hint, Place(str(folder)))
    rows, table = typed(path, MEMBER_VOTES)
    frame = filled(rows.rename({"position": "vote"}), table, ("vote_id", "member_id", "vote"))
    told: dict[str, tuple[str, dt.date]] = {}
    tallies: dict[str, Tally] = {}
    if (votes := find_table(folder, "votes.csv")) is not None:
        for row in read_columns(votes, VOTES).iter_rows(named=True):
            title = ": ".join(part for part in (row["display_title"], row["description"]) if part)
            told[row["id"]] = (title, row["timestamp"] or dt.date.min)
            tallies[row["id"]] = {code: row[name] for name, code in COUNTS.items()}
    called: dict[str, str] = {}
    if (members := find_table(folder, "members.csv")) is not None:
        people = read_columns(members, MEMBERS)
        names = [f"{row['first_name'] or ''} {row['last_name'] or ''}".strip() for row in people.iter_rows(named=True)]
        called = {
            id: name if names.count(name) == 1 else f"{name} [{id}]"
            for id, name in zip(people["id"], names, strict=True)
        }
    ids = frame["vote_id"].unique(maintain_order=True).to_list()
    ids.sort(key=lambda id: (told.get(id, ("", dt.date.min))[1], int(id) if id.isdigit() else 0))
    motions = {
        id: Motion(id, told.get(id, ("", dt.date.min))[0] or id, told.get(id, ("", dt.date.min))[1]) for id in ids
    }
    frame = frame.select(
        pl.col("member_id").replace(called).alias("member"),
        pl.col("vote_id").alias("motion"),
        "code",
        pl.col("group_code").alias("party"),
        "_line",
    )
    check_tallies(frame, {id: tallies[id] for id in motions if id in tallies}, table)
    return assemble(frame, table, motions, Told("European Parliament"))
