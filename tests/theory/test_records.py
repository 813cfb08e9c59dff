"""What a result's record says is what the result holds: every key that is a field has the field's value."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction
from typing import Any

import numpy as np
from count_bodies import emissions
from test_solver_results import counted

from whipcount.table import Result
from whipcount.theory.bargain import bargain
from whipcount.theory.forecasts import ModelOptions


def plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, Result):
        return plain(value.record())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return value.item()
    return str(value) if isinstance(value, Fraction) else value


def same(told: Any, held: Any) -> bool:
    """Equal, but that a record may leave out what is no number, name members by their names, or order by name."""
    told, held = plain(told), plain(held)
    if isinstance(told, float) and isinstance(held, float):
        return told == held or (np.isnan(told) and np.isnan(held))
    if isinstance(told, list) and isinstance(held, list):
        return len(told) == len(held) and all(map(same, told, held))
    return bool(told == held)


def test_a_record_tells_the_fields() -> None:
    for result in counted():
        record = result.record()
        json.dumps(plain(record))
        for field in dataclasses.fields(result):  # type: ignore[arg-type]
            held = getattr(result, field.name)
            if field.name in record and not isinstance(held, tuple) and not dataclasses.is_dataclass(held):
                # several of something have forms of their own
                assert same(record[field.name], held), (type(result), field.name)
        for grid in result.tables():
            rows = record.get(grid.name)
            if isinstance(rows, list) and rows and isinstance(rows[0], dict):
                assert len(rows) == len(grid.rows)
                for told, kept in zip(rows, grid.records(), strict=True):
                    both = told.keys() & kept.keys()
                    assert both, (type(result), grid.name)
                    assert all(same(told[key], kept[key]) for key in both), (type(result), grid.name)


def test_the_play_of_models_that_have_rounds_is_told_with_them() -> None:
    given = emissions()
    told = bargain(given, options=ModelOptions(status_quo=(12.0,)))
    record = told.record()
    assert told.turns is not None
    assert same(record["ktab"], told.turns.record())
    assert list(record["expected_utility"]) == list(given.dimensions)
    for one in told.rounds:
        assert same(record["expected_utility"][one.dimension], one.record())
    for model, point in told.forecasts:
        assert record["forecasts"][model] == point
        assert point is not None
        assert record["distances"][model] == told.distances(point)
    bare = bargain(given, models=("mean", "median"))
    assert bare.record()["ktab"] is None
    assert bare.record()["expected_utility"] == {}
    assert bare.record()["setters"] == ()
    assert [grid.name for grid in bare.tables()] == ["forecasts"]
    assert len(told.tables()) == 3
