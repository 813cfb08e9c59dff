"""What every solver's result owes its reader: frozen, picklable, with words in two languages, tables and sources."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pickle
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest
from count_bodies import emissions
from formation_bodies import parliament, rebellious

import whipcount.theory
from whipcount.cli.output import plain
from whipcount.table import Result
from whipcount.table_files import _flat
from whipcount.text import speaking
from whipcount.theory.apportionment import apportion
from whipcount.theory.bargain import bargain
from whipcount.theory.coalitions import coalitions
from whipcount.theory.divide import baron_ferejohn, rubinstein
from whipcount.theory.expected_utility import expected_utility
from whipcount.theory.formation import forecast
from whipcount.theory.ktab import spatial_model
from whipcount.theory.leverage import leverage, moves, uncertain_forecast
from whipcount.theory.map_power import map_power
from whipcount.theory.power import power
from whipcount.theory.rollcall_classification import optimal_classification
from whipcount.theory.rollcall_ideal import ideal_points
from whipcount.theory.rollcall_unity import unity
from whipcount.theory.rollcall_validation import validate_whip_counts
from whipcount.theory.rollcall_whip import coming_motion, whip_count
from whipcount.theory.rules import weighted_majority
from whipcount.theory.spatial import spatial
from whipcount.theory.tables import SeatsTable

SEATS = SeatsTable(("A", "B", "C", "D"), (40, 30, 20, 9), (("x", (1.0, 4.0, 6.0, 9.0)), ("y", (3.0, 9.0, 1.0, 5.0))))
RULE = weighted_majority([3, 2, 2, 1], names="ABCD")
MAP = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [0.5, 3.0]])


def results() -> Iterator[Result]:
    yield power(RULE)
    yield power(weighted_majority([10**9 + 7 ** (n % 11) for n in range(40)]), samples=200)
    yield power(RULE, on_map=map_power(RULE, MAP, ["x", "y"]))
    yield map_power(RULE, MAP, ["x", "y"])
    yield coalitions(SEATS, dimensions=["x", "y"], excluded=[("A", "D")])
    yield coalitions(SEATS)
    yield spatial(MAP, [1, 1, 1, 1], "ABCD", "xy", per_axis=9)
    yield bargain(emissions())
    yield expected_utility(emissions(), rounds=3)
    yield spatial_model(emissions())
    yield rubinstein(0.9, 0.8)
    yield baron_ferejohn(5, 3, 0.9)
    yield leverage(emissions(), "compromise")
    yield moves(emissions(), "compromise", per_dimension=5)
    yield uncertain_forecast(emissions(), "median", draws=20, spread=0.1)


@pytest.mark.parametrize("result", list(results()), ids=lambda result: type(result).__name__)
class TestResults:
    def test_frozen_and_picklable(self, result: Result) -> None:
        name = dataclasses.fields(result)[0].name  # type: ignore[arg-type]
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, name, None)
        assert pickle.loads(pickle.dumps(result)) == result

    def test_words_in_both_languages(self, result: Result) -> None:
        assert result.words("en").rstrip().endswith(".")
        assert any("а" <= letter <= "я" for letter in result.words("ru").lower())
        assert str(result) == result.words()

    def test_tables_are_whole(self, result: Result) -> None:
        for grid in result.tables():
            assert all(len(row) == len(grid.columns) for row in grid.rows)
            assert len({column.key for column in grid.columns}) == len(grid.columns)
            with speaking("ru"):
                assert grid.heading() != ""

    def test_json(self, result: Result) -> None:
        assert json.loads(json.dumps(plain(result.record()), allow_nan=False))


def counted() -> Iterator[Result]:
    """A result of every command that counts."""
    yield from results()
    calls = rebellious(members=20, motions=40)
    yield unity(calls)
    yield ideal_points(calls)
    yield optimal_classification(calls)
    yield whip_count(calls, coming_motion(calls, "deployment abroad", {"Left": "yes", "Right": "no"}))
    yield validate_whip_counts(calls)
    yield apportion([40, 30, 30], 4, parties=("A", "B & C", "D_e"))
    yield forecast(parliament())


def read_back(path: Path) -> pl.DataFrame:
    """A file of a table as other programs read it."""
    if path.suffix == ".csv":
        return pl.read_csv(path, infer_schema=False)
    return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_ipc(path)


def cell(value: object) -> object:
    """A cell as it can be compared: numbers rounded, whatever they are written as; nothing as nothing."""
    if value is None or value == "":
        return None
    try:
        return round(float(str(value)), 9)
    except ValueError:
        return str(value).lower()


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".feather"])
def test_tables_written_are_read_back(suffix: str, tmp_path: Path) -> None:
    for number, result in enumerate(counted()):
        files = result.write(tmp_path / f"{number}{suffix}")
        assert len(files) == len(result.tables())
        for table, file in zip(result.tables(), files, strict=True):
            if not table.rows:
                continue
            back = read_back(file)
            assert back.columns == [column.key for column in table.columns]
            wanted = _flat(table)
            for name in back.columns:
                told, kept = back[name].to_list(), wanted[name].to_list()
                assert [cell(one) for one in told] == [cell(one) for one in kept], (type(result), table.name, name)


def test_workbooks_are_read_back(tmp_path: Path) -> None:
    for number, result in enumerate(counted()):
        (file,) = result.write(tmp_path / f"{number}.xlsx")
        book = openpyxl.load_workbook(file)
        assert book.sheetnames == [table.name[:31] for table in result.tables()]
        for table in result.tables():
            head, *rows = book[table.name[:31]].iter_rows(values_only=True)
            assert list(head) == [column.heading() for column in table.columns]
            assert [[cell(one) for one in row] for row in rows] == [
                [cell(one) for one in row] for row in _flat(table).rows()
            ]


def test_latex_holds_every_cell(tmp_path: Path) -> None:
    plain_of = {r"\&": "&", r"\_": "_", r"\%": "%", r"\#": "#", "--": "–", "$-$": "−", "~": "\u00a0"}
    plain_of |= {r"$\ge$": "≥", r"$\to$": "→", r"\textless{}": "<", r"\textgreater{}": ">", r"\ldots{}": "…"}
    for number, result in enumerate(counted()):
        (file,) = result.write(tmp_path / f"{number}.tex")
        text = file.read_text(encoding="utf-8")
        bodies = [part.split(r"\bottomrule")[0] for part in text.split(r"\midrule")[1:]]
        assert len(bodies) == len(result.tables())
        for table, body in zip(result.tables(), bodies, strict=True):
            lines = [line.removesuffix(r" \\") for line in body.strip().splitlines()]
            cells = [re.split(r"(?<!\\) & ", line) for line in lines if line]
            for told, kept in zip(cells, table.texts(), strict=True):
                for one, other in zip(told, kept, strict=True):
                    for escaped, letter in plain_of.items():
                        one = one.replace(escaped, letter)
                    assert one.strip() == other.strip()


def every_result() -> list[type[Result]]:
    for module in pkgutil.iter_modules(whipcount.theory.__path__):
        importlib.import_module(f"whipcount.theory.{module.name}")
    found, waiting = [], [Result]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        found += [one for one in kind.__subclasses__() if one.__module__.startswith("whipcount.")]
    return sorted(set(found), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", every_result(), ids=lambda kind: kind.__name__)
def test_every_result_is_frozen_and_names_its_sources(kind: type[Result]) -> None:
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert kind.__doc__
    # what a task shows of a file, a run or the program is no method of the literature
    assert kind.references or kind.__module__.startswith("whipcount.tasks.")
