"""Charts of estimates: what they say first, and that they hold what their results tell."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from whipcount.charts import hazards, rollcall_paths
from whipcount.theory.rollcall_dynamic import DynamicPoints, Move, MovingPoint
from whipcount.theory.survival import Durations
from whipcount.theory.survival_cox import fit_cox


def lives(slope: float, number: int = 300) -> Durations:
    """Durations whose hazard rises with x by `slope`, and not with y."""
    random = np.random.default_rng(4)
    rows = random.normal(size=(number, 2))
    time = np.exp(3 - slope * rows[:, 0]) * random.exponential(size=number)
    return Durations(("x", "y"), time, np.ones(number, dtype=bool), rows)


@pytest.mark.parametrize(
    ("slope", "title"),
    [(0.8, "x speaks most surely for an early end"), (-0.8, "x speaks most surely for a long life"), (0.0, "Nothing")],
)
def test_hazards_say_what_is_surest(slope: float, title: str) -> None:
    chart = hazards.draw(fit_cox(lives(slope)))
    assert chart.title.startswith(title)
    assert "svg" in chart.svg()
    rows = [row for data in json.loads(json.dumps(chart.spec))["datasets"].values() for row in data if "note" in row]
    assert {row["name"] for row in rows} == {"x", "y"}
    assert all(row["low"] < row["value"] < row["high"] for row in rows)


def moving(members: int = 12, periods: int = 5) -> DynamicPoints:
    """Members who stand still but for one, who crosses the floor."""
    names = tuple(f"{2000 + period}" for period in range(periods))
    points, moves = [], []
    for member in range(members):
        path = np.linspace(-1.5, 1.5, periods) if member == 0 else np.full(periods, member / 6 - 1.0)
        for period, point in zip(names, path.tolist(), strict=True):
            points.append(MovingPoint(f"member {member}", "Left", period, 40, point, 0.2, point - 0.4, point + 0.4))
        moves.append(Move(f"member {member}", "Left", names[0], names[-1], float(path[-1] - path[0]), 0.5))
    return DynamicPoints(tuple(points), tuple(moves), (), names, 0.1, 200)


def test_paths_name_who_moved_most() -> None:
    chart = rollcall_paths.draw(moving())
    assert chart.title == "member 0 moved most: 3"
    drawn = chart.svg()
    assert ">member 0<" in drawn
    assert ">member 9<" not in drawn  # of twelve, five are named


def test_without_moves_paths_are_grey() -> None:
    found = moving()
    still = DynamicPoints(found.points, (), (), found.periods, 0.1, 0)
    assert rollcall_paths.draw(still).title == "Ideal points that move"
    assert ">member 0<" not in rollcall_paths.draw(still).svg()


def test_a_picture_of_chains_that_disagree_names_nobody() -> None:
    told = replace(moving(), rhat=2.4)
    assert rollcall_paths.draw(told).title == "Ideal points that move: too few draws to tell who (R-hat 2.4)"
    assert "moved most" in rollcall_paths.draw(replace(told, rhat=1.01)).title
