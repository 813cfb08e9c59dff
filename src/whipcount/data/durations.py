"""Durations of cabinets: from a table with any covariates, or from ParlGov with the traits known at formation."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from ..errors import TableError
from ..text import say
from ..theory.survival import Durations
from ..theory.survival_cabinets import TRAITS, traits
from ..theory.survival_causes import UNKNOWN, Ends
from .columns import Header, typed
from .parlgov import SINCE, Cabinet, ParlGov, actors
from .reading import Table
from .reading.totals import is_nobody, is_total_name

MONTHS = 12 / 365.25
PLACED = 0.9
NEAR_TERM = 12.0  # months before the end of the term within which an election is taken as regular
USUAL_TERM = 80  # percentile of a country's times between elections that is taken as its term


def read_durations(
    source: Any,
    duration: str,
    event: str,
    covariates: Sequence[str],
    cluster: str | None = None,
    **declared: str | None,
) -> Durations:
    """A table with a duration column, an event column (1 ended, 0 censored) and covariates (WC540 to WC543).

    cluster: the column that tells the group of each cabinet.
    """
    kinds = {duration: "number", event: "flag", **dict.fromkeys(covariates, "number")}
    kinds |= {cluster: "text"} if cluster else {}
    frame, table = typed(source, Header("table of durations", kinds), declared=declared)
    for name in (duration, event, *([cluster] if cluster else [])):
        empty = frame[name].is_null().arg_true()
        if len(empty):
            hint = "leave out what never began; an end that was not seen is 0; each cabinet has its group"
            raise TableError.one("WC543", f"{name} is empty", hint, table.place(int(empty[0])))
    values = [frame[name].to_numpy().astype(float) for name in covariates]
    rows = np.column_stack(values) if values else np.zeros((frame.height, 0))
    ended = frame[event].to_numpy().astype(bool)
    _tell_rows(table)
    remarks = tuple(map(str, table.remarks))
    groups = tuple(str(one) for one in frame[cluster]) if cluster else ()
    return Durations(tuple(covariates), frame[duration].to_numpy().astype(float), ended, rows, remarks, groups)


def _tell_rows(table: Table) -> None:
    """Refuse rows called totals or averages (WC520), and tell of rows that stand twice, word for word, with a name."""
    texts = [name for name in table.columns if table.frame[name].dtype == pl.String]
    for name in texts:
        for row, text in enumerate(table.text(name)):
            if is_total_name(text) or is_nobody(text):
                message = f"the row {text!r} is called as if it were none of a cabinet"
                raise TableError.one("WC520", message, "take the row out", table.place(row))
    again = table.height - table.frame.unique().height
    if again and any(table.number_problem(name) for name in texts):
        table.remark(say("{again} rows stand twice, word for word: both are counted", again=again))


def parlgov_durations(tables: ParlGov, until: dt.date | None = None) -> Durations:
    """Every cabinet since 1945 that was no caretaker and had an end: months, whether it fell early, traits, country.

    Ends at an election within a year of the country's usual term are censored (King, Alt, Burns & Laver 1990).
    """
    months, early, rows, lands = [], [], [], []
    for cabinet, length, fell in lasting(tables):
        table = actors(cabinet.parties)
        placed = sum(party.seats for party in table)
        if cabinet.caretaker or cabinet.election < SINCE or placed < PLACED * cabinet.total:
            continue
        if not any(party.member for party in table) or (until is not None and cabinet.start >= until):
            continue
        inside = np.array([[float(party.member) for party in table]])
        seats = np.array([party.seats for party in table]) / cabinet.total
        place = np.array([party.left_right or 0.0 for party in table]) / 10
        since = max((cabinet.start - cabinet.election).days / 365.25, 0.0)
        lands.append(cabinet.country)
        months.append(length)
        early.append(fell)
        rows.append(traits(inside, seats, place, since)[0])
    traited = np.array(rows).reshape(-1, len(TRAITS))
    return Durations(TRAITS, np.array(months), np.array(early, dtype=bool), traited, groups=tuple(lands))


def parlgov_ends(tables: ParlGov) -> Ends:
    """Every cabinet since 1945 that was no caretaker and had an end: months, whether it ended early, of what.

    The cause is ParlGov's code of the termination, where there is one (WC553 where there is none at all).
    """
    found = [
        (months, early, cabinet.termination or UNKNOWN)
        for cabinet, months, early in lasting(tables)
        if not cabinet.caretaker and cabinet.election >= SINCE
    ]
    return Ends(
        np.array([months for months, _, _ in found]),
        np.array([early for _, early, _ in found], dtype=bool),
        tuple(cause for _, _, cause in found),
    )


def lasting(tables: ParlGov) -> Iterator[tuple[Cabinet, float, bool]]:
    """Each cabinet that was followed by another: its length in months, and whether it ended before its time."""
    for cabinets in tables.cabinets.values():
        days = sorted({cabinet.election for cabinet in cabinets})
        gaps = [(after - before).days for before, after in itertools.pairwise(days)]
        term = float(np.percentile(gaps, USUAL_TERM)) * MONTHS if gaps else 48.0
        for cabinet, following in itertools.pairwise(cabinets):
            until = following.start
            if following.election != cabinet.election:
                until = min(until, following.election)
            if cabinet.ended is not None and cabinet.start < cabinet.ended < until:
                until = cabinet.ended
            months = (until - cabinet.start).days * MONTHS
            served = (following.election - cabinet.election).days * MONTHS
            early = following.election == cabinet.election or served < term - NEAR_TERM
            if months > 0:
                yield cabinet, months, early
