"""Roll calls of the United States Congress from Voteview's tables: votes, members, roll calls of one chamber.

Lewis, Poole, Rosenthal, Boche, Rudkin & Sonnet, Voteview: Congressional Roll-Call Votes Database.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from ..errors import Place, TableError
from ..text import say
from ..theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls
from .columns import LINE, Header, read_columns, typed
from .roll_calls import Told, assemble
from .tallies import Tally, check_tallies
from .vote_words import OUTSIDE

VOTES = Header(
    "Voteview votes",
    {"congress": "whole", "chamber": "text", "rollnumber": "whole", "icpsr": "whole", "cast_code": "whole"},
)
MEMBERS = Header(
    "Voteview members",
    {"congress": "whole", "chamber": "text", "icpsr": "whole", "party_code": "whole", "bioname": "text"},
    {"state_abbrev": "text"},
)
ROLLCALLS = Header(
    "Voteview rollcalls",
    {"congress": "whole", "chamber": "text", "rollnumber": "whole", "date": "date"},
    {"vote_desc": "text", "vote_question": "text", "dtl_desc": "text", "yea_count": "whole", "nay_count": "whole"},
)
# 1 yea, 2 and 3 paired and announced yea; 4 announced, 5 paired nay, 6 nay; 7 and 8 present; 9 not voting; 0 no member
CASTS = {1: YES, 2: YES, 3: YES, 4: NO, 5: NO, 6: NO, 7: ABSTAIN, 8: ABSTAIN, 9: ABSENT, 0: OUTSIDE}
NOT_CAST = (2, 3, 4, 5)
PRESIDENTS = 99_000  # numbers from which the record lists Presidents
PARTIES = {100: "Democrat", 200: "Republican", 328: "Independent"}


def read_voteview(source: Path, congress: int | None = None, chamber: str | None = None) -> RollCalls:
    """Read a folder with `*_votes.csv`, `*_members.csv` and, where there, `*_rollcalls.csv`.

    congress, chamber ("House", "Senate"): which one; needed where the files hold several.
    """
    votes_path, members_path = _find(source, "votes"), _find(source, "members")
    if votes_path is None or members_path is None:
        hint = f"give a folder with *_votes.csv ({VOTES.line}) and *_members.csv ({MEMBERS.line})"
        raise TableError.one("WC540", "Voteview: no votes or no members here", hint, Place(str(source)))
    rows, table = typed(votes_path, VOTES)
    votes = _one(rows, congress, chamber, votes_path)
    held = (votes["congress"][0], votes["chamber"][0])
    everybody = read_columns(members_path, MEMBERS).filter(pl.col("congress") == held[0])
    members = everybody.filter(pl.col("chamber") == held[1])
    known = {row["icpsr"]: row for row in members.iter_rows(named=True)}
    votes, left = _without_presidents(votes, known, everybody)
    called: dict[int, str] = {}
    for icpsr in votes["icpsr"].unique(maintain_order=True):
        row = known.get(icpsr)
        name = str(icpsr) if row is None else f"{row['bioname']} ({row['state_abbrev'] or icpsr})"
        called[icpsr] = name if name not in called.values() else f"{name} [{icpsr}]"
    parties = {icpsr: _party(known.get(icpsr)) for icpsr in called}
    if left:
        table.remark(
            say("{left} positions of a President are left out: a President has no seat in the chamber", left=left)
        )
    frame = votes.select(
        pl.col("icpsr").replace_strict(called).alias("member"),
        pl.col("rollnumber").cast(pl.String).alias("motion"),
        pl.col("cast_code").replace_strict(CASTS, default=ABSENT, return_dtype=pl.Int8).alias("code"),
        pl.col("icpsr").replace_strict(parties, return_dtype=pl.String).alias("party"),
        pl.col("cast_code").is_in(NOT_CAST).alias("announced"),
        pl.col(LINE),
    )
    title = f"{held[1]}, {held[0]}th Congress"
    motions, tallies = _motions(source, votes, held)
    check_tallies(frame, tallies, table)
    return assemble(frame, table, motions, Told(title, ordered=True))


def congress_and_chamber(text: str | None) -> tuple[int | None, str | None]:
    """What "109:Senate", "Senate:109", "109" or "Senate" names: a Congress, a chamber, or both."""
    congress, chamber = None, None
    for part in (text or "").replace(",", ":").split(":"):
        if part.strip().isdigit():
            congress = int(part)
        elif part.strip():
            chamber = part.strip()
    return congress, chamber


def _party(row: dict[str, Any] | None) -> str:
    return (
        "" if row is None or row["party_code"] is None else PARTIES.get(row["party_code"], f"party {row['party_code']}")
    )


def _without_presidents(
    votes: pl.DataFrame, known: dict[int, dict[str, Any]], everybody: pl.DataFrame
) -> tuple[pl.DataFrame, int]:
    """The votes without the positions of Presidents, whom the record lists among the members; how many they were."""
    heads = set(everybody.filter(pl.col("chamber").str.to_lowercase() == "president")["icpsr"]) - set(known)
    numbered = {icpsr for icpsr in votes["icpsr"].unique() if icpsr >= PRESIDENTS and icpsr not in known}
    kept = votes.filter(~pl.col("icpsr").is_in(list(heads | numbered)))
    return kept, votes.height - kept.height


def _find(source: Path, kind: str) -> Path | None:
    found = sorted(source.glob(f"*{kind}.csv*")) if source.is_dir() else []
    return found[0] if found else None


def _one(votes: pl.DataFrame, congress: int | None, chamber: str | None, path: Path) -> pl.DataFrame:
    """The votes of one chamber of one Congress (WC547)."""
    if congress is not None:
        votes = votes.filter(pl.col("congress") == congress)
    if chamber is not None:
        votes = votes.filter(pl.col("chamber").str.to_lowercase() == chamber.lower())
    kinds = votes.select("congress", "chamber").unique().sort("congress", "chamber")
    if len(kinds) != 1:
        listed = ", ".join(f"{row[1]} {row[0]}" for row in kinds.head(8).iter_rows()) or "none"
        raise TableError.one(
            "WC547",
            f"the file holds {len(kinds)} chambers: {listed}",
            "name one Congress and chamber: --chamber 109:Senate",
            Place(str(path)),
        )
    return votes


def _motions(source: Path, votes: pl.DataFrame, held: tuple[int, str]) -> tuple[dict[str, Motion], dict[str, Tally]]:
    """The roll calls in order of time, and the counts that the record gives of them."""
    path = _find(source, "rollcalls")
    tallies: dict[str, Tally] = {}
    told: dict[int, tuple[str, dt.date]] = {}
    if path is not None:
        rows = read_columns(path, ROLLCALLS).filter((pl.col("congress") == held[0]) & (pl.col("chamber") == held[1]))
        for row in rows.iter_rows(named=True):
            title = row["vote_desc"] or row["dtl_desc"] or row["vote_question"] or ""
            told[row["rollnumber"]] = (title, row["date"] or dt.date.min)
            tallies[str(row["rollnumber"])] = {YES: row["yea_count"], NO: row["nay_count"]}
    numbers = sorted(votes["rollnumber"].unique(), key=lambda roll: (told.get(roll, ("", dt.date.min))[1], roll))
    found = {}
    for roll in numbers:
        title, date = told.get(roll, ("", dt.date.min))
        found[str(roll)] = Motion(str(roll), title or f"roll call {roll}", date)
    return found, {roll: tally for roll, tally in tallies.items() if roll in found}
