"""Draws made together are the draws made one by one."""

from __future__ import annotations

import numpy as np
import pytest

from whipcount.engine.draw_table import Draw, DrawTable, draws_of
from whipcount.scenario import load, names
from whipcount.vocabulary import Prior
from whipcount.world import build_world
from whipcount.world.draws import draw

FORMS = {
    "fixed": (0.3,), "uniform": (-1.0, 2.0), "loguniform": (0.1, 9.0), "normal": (0.2, 1.5), "lognormal": (1.0, 0.4),
    "beta": (2.0, 5.0), "triangular": (0.0, 0.3, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("runs", [1, 5, 64])
def test_every_form(runs: int) -> None:
    draws = [
        Draw(f"{form} {index}", Prior(form, tuple(x * (1 + index / 40) for x in numbers)), -0.5, 1.2)
        for index in range(20)
        for form, numbers in FORMS.items()
    ]
    numbers = np.arange(7, 7 + runs)
    found = DrawTable(draws).values(3, numbers)
    for one, row in zip(draws, found, strict=True):
        assert row.tobytes() == draw(one.prior, 3, numbers, one.name, one.low, one.high).tobytes()


@pytest.mark.parametrize("scenario", names())
def test_the_inputs_of_the_scenarios(scenario: str) -> None:
    numbers = np.arange(4)
    for drawn in build_world(load(scenario)).per_run.values():
        assert DrawTable(draws_of(drawn)).values(1, numbers).tobytes() == drawn.draw(1, numbers).tobytes()


def test_nothing_to_draw() -> None:
    assert DrawTable([]).values(1, np.arange(3)).shape == (0, 3)
