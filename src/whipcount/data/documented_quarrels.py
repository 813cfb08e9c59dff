"""Documented quarrels, shipped or of one's own: first-day judgements and answers; sheets of judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Problem, TableError
from ..theory.first_day import JUDGEMENTS, FirstDay, Quarrels, judgement
from ..theory.questionnaire import KEYS
from .reading import Table, fold, read_table

SHELF = "documented"
ROWS, ANSWERS = "first_day.csv", "answers.csv"
HEADER = "judgement,low,high"
WIDE = "crisis,population,regime,..."


def shipped_quarrels() -> Quarrels:
    """The quarrels that come with the program, both populations."""
    folder = resources.files(__package__).joinpath(SHELF)
    with resources.as_file(folder) as path:
        return read_quarrels(path)


def read_quarrels(folder: Path) -> Quarrels:
    """A folder with `first_day.csv` and `answers.csv`, as the shipped one has them (WC540 to WC543, WC581)."""
    for name in (ROWS, ANSWERS):
        if not (folder / name).is_file():
            hint = f"a folder of quarrels holds {ROWS} and {ANSWERS}"
            raise TableError.one("WC540", f"{folder} has no {name}", hint)
    table = read_table(folder / ROWS, expected=WIDE)
    names = tuple(table.text(table.need(["crisis"], "column 'crisis'", WIDE)))
    population = tuple(table.text(table.need(["population"], "column 'population'", WIDE)))
    answers, doubtful = _answers(read_table(folder / ANSWERS, expected="crisis,question,answer"), names)
    first_days = tuple(_wide(table, row, name) for row, name in enumerate(names))
    return Quarrels(names, population, first_days, KEYS, answers, doubtful, str(folder))


def _answers(table: Table, names: tuple[str, ...]) -> tuple[Any, Any]:
    expected = "crisis,question,answer"
    crisis, question, answer = (
        table.text(table.need([name], f"column {name!r}", expected)) for name in ("crisis", "question", "answer")
    )
    doubt = table.pick(["doubtful"])
    unsure = table.text(doubt) if doubt else [""] * table.height
    answers = np.full((len(names), len(KEYS)), np.nan)
    doubtful = np.zeros(answers.shape, dtype=bool)
    problems: list[Problem] = []
    for row, (who, what, told, open_) in enumerate(zip(crisis, question, answer, unsure, strict=True)):
        if who not in names or what not in KEYS or told not in ("0", "1", ""):
            hint = f"crises as in {ROWS}, questions as in the guide, answers 1, 0 or empty"
            problems.append(Problem("WC543", f"{who}, {what}: {told!r}", hint, table.place(row)))
            continue
        place = names.index(who), KEYS.index(what)
        answers[place] = float(told) if told else np.nan
        doubtful[place] = open_ == "1"
    if problems:
        raise TableError(*problems[:20])
    return answers, doubtful


def quarrels_of(
    given: Sequence[tuple[str, Mapping[str, Any], Mapping[str, tuple[bool | None, bool]]]], population: str, source: str
) -> Quarrels:
    """Quarrels of one population from names, judgements and answers (what happened, whether that is doubtful)."""
    answers = np.full((len(given), len(KEYS)), np.nan)
    doubtful = np.zeros(answers.shape, dtype=bool)
    for row, (_, _, told) in enumerate(given):
        for key, (happened, unsure) in told.items():
            place = row, KEYS.index(key)
            answers[place] = np.nan if happened is None else float(happened)
            doubtful[place] = unsure
    days = tuple(FirstDay.of(name, ends) for name, ends, _ in given)
    names = tuple(name for name, _, _ in given)
    return Quarrels(names, (population,) * len(given), days, KEYS, answers, doubtful, source)


def read_probabilities(source: Any) -> dict[str, NDArray[np.float64]]:
    """A table of simulated probabilities, crisis, question, probability, by crisis (WC541 to WC543, WC581)."""
    expected = "crisis,question,probability"
    table = read_table(source, expected=expected)
    crisis, question = (table.text(table.need([name], f"column {name!r}", expected)) for name in ("crisis", "question"))
    chances = table.numbers(table.need(["probability"], "column 'probability'", expected), low=0.0, high=1.0)
    found: dict[str, NDArray[np.float64]] = {}
    for row, (name, key, chance) in enumerate(zip(crisis, question, chances, strict=True)):
        if key not in KEYS or chance is None or not 0 <= chance <= 1:
            hint = "a probability from 0 to 1 of one of the 24 questions"
            raise TableError.one("WC543", f"{name}, {key}: {chance}", hint, table.place(row))
        found.setdefault(name, np.full(len(KEYS), np.nan))[KEYS.index(key)] = chance
    return found


def _wide(table: Table, row: int, name: str) -> FirstDay:
    """The judgements of one row of a table with a column for each end."""
    cells: dict[str, Any] = {}
    for one in JUDGEMENTS:
        low, high = table.pick([one.key]), table.pick([f"{one.key}_hi"])
        if low is not None:
            first = table.text(low)[row]
            cells[one.key] = (first, table.text(high)[row] if high else None)
    return FirstDay.of(name, cells)


def read_sheet(source: Any, **declared: str | None) -> FirstDay:
    """A sheet of judgements: lines of judgement, low, high; or one row with a column for each end (WC541, WC581).

    A mapping of judgements to values or pairs is taken as it is.
    """
    if isinstance(source, FirstDay):
        return source
    if isinstance(source, dict) and not {"judgement", "low"} <= {fold(str(key)) for key in source}:
        return FirstDay.of("the quarrel", source)
    table = read_table(source, expected=HEADER, **declared)
    name = table.pick(["judgement"])
    if name is None:
        if not any(table.pick([one.key]) for one in JUDGEMENTS) or table.height != 1:
            hint = f"lines of {HEADER}, as --write-sheet writes them, or one row with a column for each judgement"
            raise TableError.one("WC541", f"{table.source} is no sheet of one quarrel", hint, table.top)
        return _wide(table, 0, table.stem)
    return _long(table, name)


def _long(table: Table, name: str) -> FirstDay:
    low = table.text(table.need(["low"], "column 'low'", HEADER))
    high = table.pick(["high"])
    upper = table.text(high) if high else [""] * table.height
    cells: dict[str, Any] = {}
    problems: list[Problem] = []
    for row, key in enumerate(table.text(name)):
        if not key and not low[row]:
            continue
        try:
            if judgement(key) in [judgement(one) for one in cells]:
                raise TableError.one("WC581", f"{key} is judged twice", "leave one line of it")
            FirstDay.of(table.stem, {key: (low[row], upper[row])})
        except TableError as wrong:
            place = table.place(row)
            problems += [Problem(one.code, one.message, one.hint, place) for one in wrong.problems]
        else:
            cells[key] = (low[row], upper[row])
    if problems:
        raise TableError(*problems)
    return FirstDay.of(table.stem, cells)


def write_sheet(path: Path, first_day: FirstDay | None = None) -> None:
    """Write a sheet to be filled in, as CSV or XLSX, or filled in already (WC620 for other suffixes)."""
    from ..table import Column
    from ..table import Table as Written
    from ..text import say

    columns = tuple(Column(key, key) for key in ("judgement", "low", "high", "written_as", "definition"))
    ends = first_day.ends if first_day is not None else {}
    rows = []
    for one in JUDGEMENTS:
        pair = ends.get(one.key)
        texts = [None, None] if pair is None else [one.text(value) for value in pair]
        rows.append((one.key, texts[0], texts[1], one.shape, say(one.definition)))
    Written("sheet", "", columns, tuple(rows)).write(path)
