"""Polls from a table: one row a party and poll, with its day and share, and where known its house and size."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import Place, TableError
from ..theory.polls import SIZE, Polls
from .columns import Header, typed

HEADER = Header("polls", {"date": "date", "party": "word", "share": "number"}, {"pollster": "word", "size": "number"})
ALIASES = {"house": "pollster", "institute": "pollster", "n": "size", "sample": "size", "percent": "share"}
ROUNDING = 1.5  # percentage points by which the shares of a poll may exceed all


def read_polls(source: Any, **declared: str | None) -> Polls:
    """The polls of a table in order of time (WC543, WC595).

    A poll is one day and house. Shares are percentages, or all below 1; what is missing to all is that of others.
    """
    frame, table = typed(source, HEADER, ALIASES, declared=declared)
    polls: dict[tuple[Any, str], dict[str, float]] = {}
    sizes: dict[tuple[Any, str], float] = {}
    parties: dict[str, None] = {}
    rows = frame.to_dicts()
    unit = 100.0 if any((row["share"] or 0) > 1 for row in rows) else 1.0
    for number, row in enumerate(rows):
        place = table.place(number)
        for name in ("date", "party", "share"):
            if row[name] is None:
                raise TableError.one("WC543", f"{name} is empty", "give day, party and share in every row", place)
        if row["share"] < 0:
            raise TableError.one("WC595", f"a share of {row['share']:g}", "a share is 0 or more", place)
        poll = row["date"], row["pollster"] or ""
        if row["party"] in polls.setdefault(poll, {}):
            hint = "tell polls of one day apart by a column pollster"
            raise TableError.one("WC595", f"{row['party']} stands twice in the poll of {_named(poll)}", hint, place)
        polls[poll][row["party"]] = row["share"] / unit
        sizes[poll] = row["size"] or SIZE
        parties[row["party"]] = None
    names = tuple(parties)
    kept = sorted(polls, key=lambda poll: (poll[0], poll[1]))
    for poll in kept:
        _check(poll, polls[poll], names, table.place(0))
    shares = np.array([[polls[poll][name] for name in names] for poll in kept])
    others = np.maximum(1 - shares.sum(axis=1, keepdims=True), 0)
    whole = np.concatenate([shares, others], axis=1)
    return Polls(
        names, tuple(poll[0] for poll in kept), tuple(poll[1] for poll in kept),
        np.array([sizes[poll] for poll in kept]), whole / whole.sum(axis=1, keepdims=True),
    )  # fmt: skip


def _named(poll: tuple[Any, str]) -> str:
    return " ".join(part for part in (poll[0].isoformat(), poll[1]) if part)


def _check(poll: tuple[Any, str], shares: dict[str, float], names: tuple[str, ...], place: Place) -> None:
    missing = [name for name in names if name not in shares]
    if missing:
        hint = "give every party in every poll, or leave it to the others in all"
        raise TableError.one("WC595", f"the poll of {_named(poll)} has no {missing[0]}", hint, place)
    total = sum(shares.values())
    if not 0 < total <= 1 + ROUNDING / 100:
        hint = "shares are percentages, or all of them parts of 1"
        raise TableError.one("WC595", f"the shares of the poll of {_named(poll)} add up to {total:.1%}", hint, place)
