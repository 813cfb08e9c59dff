"""A file of forecasts of one's own, its stamp of date and hash, and the answers that came later."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Place, TableError
from .reading import Table, read_table

Floats = NDArray[np.float64]
HEADER = "outcome,probability"
NAMES = ("outcome", "question", "id")
QUANTILE = re.compile(r"q(\d{1,2}(?:_\d+)?)")  # q5, q50, q97_5: a point stands as a line below
RESERVED = {"crisis", *NAMES, "probability", "happened", "value", "date", "note"}
FORMAT = 1


@dataclass(frozen=True, eq=False)
class OwnForecasts:
    """Forecasts by outcome: probabilities (nan where a distribution is told), quantiles, what rivals say, answers.

    groups: the crisis of each outcome, which intervals go over; the outcome itself where no crisis is named. quantiles:
    (outcomes, levels), nan where none are told. happened: 1, 0, or the value that came about; nan while it is open.
    """

    source: str
    outcomes: tuple[str, ...]
    groups: tuple[str, ...]
    probability: Floats
    levels: Floats
    quantiles: Floats
    rivals: dict[str, Floats] = field(default_factory=dict)
    happened: Floats = field(default_factory=lambda: np.zeros(0))
    days: tuple[dt.date | None, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether any outcome is already told in the file of forecasts."""
        return bool((~np.isnan(self.happened)).any())


@dataclass(frozen=True)
class Stamp:
    """When a file of forecasts was stamped, and the hash that its bytes had."""

    file: str
    sha256: str
    date: dt.datetime
    outcomes: int


def read_own(source: Any) -> OwnForecasts:
    """A table of outcome and probability, or of outcome and quantiles (q5, q50, q95), or both (WC584, WC541 to WC543).

    Further columns of probabilities are rivals: `model`, `base_rate`, any other name. `crisis` groups outcomes;
    `happened`, `value` and `date` tell what came about, where it is known.
    """
    table = read_table(source, expected=HEADER)
    names = table.text(table.need(NAMES, "column 'outcome'", HEADER))
    group = table.pick(["crisis"])
    keys = list(zip(table.text(group) if group else names, names, strict=True))
    twice = next((row for row, key in enumerate(keys) if key in keys[:row] or not key[1]), None)
    if twice is not None:
        what = f"outcome {names[twice]!r} stands twice" if names[twice] else "an outcome without a name"
        raise TableError.one("WC584", what, "give each outcome one row", table.place(twice))
    levels = sorted(
        (float(found[1].replace("_", ".")), name) for name in table.columns if (found := QUANTILE.fullmatch(name))
    )
    quantiles = _columns(table, [name for _, name in levels])
    probability = table.pick(["probability"])
    chances = _chances(table, probability) if probability else np.full(len(names), np.nan)
    told = ~np.isnan(quantiles)
    bad = np.flatnonzero(np.isnan(chances) & ~(told.all(axis=1) & (len(levels) > 1)))
    if len(bad):
        hint = "give a probability from 0 to 1, or quantiles in columns q5, q50, q95"
        raise TableError.one("WC584", f"nothing is forecast of {names[bad[0]]}", hint, table.place(int(bad[0])))
    falling = np.flatnonzero((np.diff(quantiles, axis=1) < 0).any(axis=1))
    if len(falling):
        what = f"the quantiles of {names[falling[0]]} fall"
        raise TableError.one("WC584", what, "a higher quantile is no lower number", table.place(int(falling[0])))
    rivals = {
        name: _chances(table, name)
        for name in table.columns
        if name not in RESERVED and not QUANTILE.fullmatch(name) and table.number_problem(name) is None
    }
    happened, days = _answers_of(table)
    return OwnForecasts(
        table.source, tuple(names), tuple(key[0] for key in keys), chances,
        np.array([level / 100 for level, _ in levels]), quantiles, rivals, happened, days,
    )  # fmt: skip


def _columns(table: Table, names: list[str]) -> Floats:
    values = [table.numbers(name, needed=False) for name in names]
    return np.array(values, dtype=float).T.reshape(table.height, len(names))


def _chances(table: Table, name: str) -> Floats:
    """A column of probabilities, nan where empty (WC584)."""
    found = np.array(table.numbers(name, needed=False, low=0.0, high=1.0), dtype=float)
    if table.percent(name):
        found = found / 100 if np.nanmax(found, initial=0.0) > 1 else found
    wrong = np.flatnonzero((found < 0) | (found > 1))
    if len(wrong):
        row = int(wrong[0])
        raise TableError.one("WC584", f"{name} is {found[row]:g}", "probabilities are from 0 to 1", table.place(row))
    return found


def _answers_of(table: Table) -> tuple[Floats, tuple[dt.date | None, ...]]:
    happened, value = table.pick(["happened", "answer"]), table.pick(["value"])
    found = np.full(table.height, np.nan)
    if happened is not None:
        found = np.array([np.nan if one is None else float(one) for one in table.flags(happened)])
    if value is not None:
        told = np.array(table.numbers(value, needed=False), dtype=float)
        found = np.where(np.isnan(told), found, told)
    date = table.pick(["date"])
    return found, tuple(table.dates(date)) if date is not None else (None,) * table.height


def with_answers(own: OwnForecasts, source: Any) -> OwnForecasts:
    """The same with what came about, from a table of outcome and happened, or value, and where known date (WC584)."""
    table = read_table(source, expected="outcome,happened")
    names = table.text(table.need(NAMES, "column 'outcome'", "outcome,happened"))
    group = table.pick(["crisis"])
    groups = table.text(group) if group else [None] * table.height
    told, days = _answers_of(table)
    happened = np.full(len(own.outcomes), np.nan)
    when: list[dt.date | None] = [None] * len(own.outcomes)
    places = {key: row for row, key in enumerate(zip(own.groups, own.outcomes, strict=True))}
    for row, (crisis, name) in enumerate(zip(groups, names, strict=True)):
        rows = [place for (one, outcome), place in places.items() if outcome == name and crisis in (None, one)]
        if len(rows) != 1:
            hint = "outcomes are named as in the file of forecasts" if not rows else "say of which crisis"
            raise TableError.one("WC584", f"{name} is forecast {len(rows)} times", hint, table.place(row))
        happened[rows[0]], when[rows[0]] = told[row], days[row]
    return replace(own, happened=happened, days=tuple(when))


# -- the stamp --------------------------------------------------------------------------------------------------------


def stamp_path(path: Path) -> Path:
    """Where the stamp of a file stands: beside it."""
    return path.with_name(path.name + ".stamp.json")


def write_stamp(path: Path, now: dt.datetime) -> Stamp:
    """Stamp a file of forecasts: its hash and the moment, in a file beside it (WC583 where there is one already)."""
    own = read_own(path)
    where = stamp_path(path)
    if own.closed:
        hint = "stamp the forecasts before anything is known, and give what came about in a file of its own"
        raise TableError.one("WC583", f"{path.name} tells what happened", hint, Place(str(path)))
    if where.exists():
        hint = "a stamp is never renewed: copy the forecasts to another file and stamp that"
        raise TableError.one("WC583", f"{path.name} is stamped already", hint, Place(str(where)))
    found = Stamp(path.name, _hash(path), now.astimezone(dt.UTC).replace(microsecond=0), len(own.outcomes))
    record = {
        "whipcount_stamp": FORMAT,
        "file": found.file,
        "sha256": found.sha256,
        "date": found.date.isoformat(),
        "outcomes": found.outcomes,
    }
    where.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return found


def read_stamp(path: Path) -> Stamp | None:
    """The stamp beside a file, None where there is none (WC582 if the file was altered, WC583 if it is no stamp)."""
    where = stamp_path(path)
    if not where.exists():
        return None
    try:
        record = json.loads(where.read_text(encoding="utf-8"))
        if record["whipcount_stamp"] != FORMAT:
            raise ValueError("another format")
        date = dt.datetime.fromisoformat(record["date"])
        found = Stamp(str(record["file"]), str(record["sha256"]), date, int(record["outcomes"]))
        if date.tzinfo is None:
            raise ValueError("a date without its zone")
    except (ValueError, KeyError, TypeError) as wrong:
        hint = "leave stamps as `whipcount score --stamp` writes them"
        raise TableError.one("WC583", f"no stamp: {wrong!r}", hint, Place(str(where))) from None
    if _hash(path) != found.sha256:
        hint = "score the file as it was stamped; changed forecasts are other forecasts, with a stamp of their own"
        raise TableError.one("WC582", f"{path.name} was altered after {date:%Y-%m-%d}", hint, Place(str(path)))
    return found


def check_days(own: OwnForecasts, stamp: Stamp) -> None:
    """Refuse what had come about before the stamp (WC583)."""
    for name, day in zip(own.outcomes, own.days, strict=True):
        if day is not None and day < stamp.date.date():
            hint = "leave out what was known when the forecasts were stamped"
            raise TableError.one("WC583", f"{name} came about on {day}, stamped on {stamp.date.date()}", hint)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
