"""Roll calls of abgeordnetenwatch.de as tables: votes by member and poll, and a list of polls with their titles.

Members without a party, or of "fraktionslos", have none. Absences are listed, so that whoever has no row was no member:
successors follow predecessors. Where the source gives one party for each member (not the one at the time of the vote),
those who changed party are counted with it throughout; free votes are not marked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from ..errors import Place, TableError
from ..theory.rollcall_table import Motion, RollCalls
from .columns import Header, read_columns, typed
from .reading import Table
from .roll_calls import Told, assemble, filled

VOTES = Header(
    "abgeordnetenwatch votes",
    {
        "poll_id": "text",
        "mandate_id": "text",
        "politician name": "text",
        "party": "text",
        "vote": "word",
        "poll_date": "date",
    },
)
POLLS = Header("abgeordnetenwatch polls", {"poll_id": "text", "poll_title": "text"}, {"poll_date": "date"})
NO_PARTY = ("fraktionslos", "parteilos")


def read_abgeordnetenwatch(source: Any) -> RollCalls:
    """Read a votes file, or a folder that holds one beside its polls (`votes*.csv`, `polls*.csv`, also gzipped)."""
    votes_path, polls_path = _files(source)
    rows, table = typed(votes_path, VOTES)
    frame = filled(rows, table, ("poll_id", "mandate_id", "vote"))
    titles: dict[str, str] = {}
    if polls_path is not None:
        polls = read_columns(polls_path, POLLS)
        titles = {row["poll_id"]: (row["poll_title"] or "").strip() for row in polls.iter_rows(named=True)}
    frame = frame.rename({"mandate_id": "member", "poll_id": "motion"})
    people = frame.unique("member", keep="first", maintain_order=True)
    names = [str(name or id) for name, id in zip(people["politician name"], people["member"], strict=True)]
    called = {
        id: name if names.count(name) == 1 else f"{name} [{id}]"
        for id, name in zip(people["member"], names, strict=True)
    }
    days = frame.unique("motion", keep="first", maintain_order=True).sort("poll_date", "motion")
    motions = {
        row["motion"]: Motion(row["motion"], titles.get(row["motion"], row["motion"]), row["poll_date"])
        for row in days.iter_rows(named=True)
    }
    party = pl.when(pl.col("party").str.to_lowercase().is_in(NO_PARTY)).then(pl.lit("")).otherwise(pl.col("party"))
    frame = frame.with_columns(frame["member"].replace_strict(called), party.alias("party"))
    return assemble(frame, table, motions, Told("Bundestag"))


def _files(source: Any) -> tuple[Any, Path | None]:
    """The votes and, where there, the polls beside them."""
    path = Path(source.source) if isinstance(source, Table) else Path(source)
    if path.is_file():
        beside = sorted(path.parent.glob("polls*.*"))
        return source, beside[0] if beside else None
    found = sorted(path.glob("votes*.*")) if path.is_dir() else []
    if not found:
        hint = f"give a folder with votes*.csv, or such a file: {VOTES.line}"
        raise TableError.one("WC540", "abgeordnetenwatch: no votes here", hint, Place(str(path)))
    polls = sorted(path.glob("polls*.*"))
    return found[0], polls[0] if polls else None
