"""Motions about persons and about tabling: whom a body elects and removes, and what moving a motion costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import Ran, Tree, actor, body, party, run, settlement, text, two_party_tree
from test_agenda import SHARP, motion

PORTFOLIO = 0.4


def _council(holds: str | None, *ideals: float, **more: Any) -> Tree:
    """A council of persons with these ideal points (m0, m1, ...), and a post that a vote may give or take."""
    tree = two_party_tree()
    del tree["table"]
    tree["parties"] += [party("mid", None)]
    names = [f"m{k}" for k in range(len(ideals))]
    tree["actors"] += [actor(name, "mid", ideal) for name, ideal in zip(names, ideals, strict=True)]
    tree["bodies"].append(body("council", None, *names))
    post = {"id": "chair", "name": text("c"), "body": "council", "portfolio": PORTFOLIO, "holder": holds}
    tree["posts"] = [{**post, "eligible": names, "assumed": "test"}]
    tree["motions"] = [motion("choice", more.pop("kind", "appointment"), post="chair", proposers=["m0"], **more)]
    return tree


def _ran(tree: Tree, **more: float) -> Ran:
    told = {**SHARP, "choice.lam": 200.0, **{k.replace("__", "."): v for k, v in more.items()}}
    return run(tree, told, runs=10)


def test_a_body_elects_who_stands_nearer_to_its_majority_and_removes_the_holder() -> None:
    ran = _ran(_council("m3", 0.1, 0.1, 0.2, 1.0, holder="m1"))
    assert ran.share("elected") == ran.share("removed") == 1.0
    assert len(ran.events("removed")["run"]) == 10


def test_who_stands_further_off_is_not_elected() -> None:
    assert _ran(_council("m1", 0.1, 0.1, 0.2, 1.0, holder="m3")).share("tabled") == 0.0


def test_a_vacancy_is_filled_by_who_is_nearer_than_half_a_scale() -> None:
    """No holder is as good as one at a distance of a half."""
    assert _ran(_council(None, 0.0, 0.0, 0.4, holder="m2")).share("elected") == 1.0
    assert _ran(_council(None, 0.0, 0.0, 0.6, holder="m2")).share("elected") == 0.0


@pytest.mark.parametrize(("far", "removed"), [(0.6, 1.0), (0.4, 0.0)])
def test_a_holder_is_removed_who_is_further_than_half_a_scale(far: float, removed: float) -> None:
    ran = _ran(_council("m3", 0.0, 0.0, 0.0, far, kind="dismissal"))
    assert ran.share("removed") == removed
    assert ran.share("elected") == 0.0


def test_what_a_post_is_worth_is_the_difference_in_distance_times_its_portfolio() -> None:
    """P(tabled) = logistic(lambda P(carried) portfolio (distance now - distance then)), carried for sure."""
    told = {**SHARP, "choice.lam": 10.0, "agenda.cost": 0.0, "ballot.abstention": 1e3}
    tree = _council("m1", 0.0, 0.7, 0.2, holder="m2")
    tree["bodies"][-1]["seats"] = [{"actor": "m0"}]  # who moves it decides alone
    tabled = run(tree, told, runs=40).events("tabled")
    gain = PORTFOLIO * (0.7 - 0.2)
    carried = 1 / (1 + np.exp(-10.0 * gain))
    first = tabled["probability"][tabled["step"] == 0]
    assert first.size
    np.testing.assert_allclose(first, 1 / (1 + np.exp(-10.0 * carried * gain)), atol=0.03)


@pytest.mark.parametrize("cost", [0.05, 0.2])
def test_the_cost_of_tabling_takes_its_worth_from_moving(cost: float) -> None:
    """The odds of putting a bill fall by exp(-lambda) for each unit of cost; a cost is never an incentive."""

    def odds(cost: float) -> float:
        tree = two_party_tree()
        del tree["table"]
        tree["settlements"].append(settlement("bill", 0.6))
        tree["bodies"].append(body("council", None, "g1", "o1"))
        tree["motions"] = [motion("bill", "measure", options=["bill"], proposers=["o1"])]
        told = {"choice.lam": 5.0, "agenda.meetings": 1e3, "ballot.discipline": 0.0, "ballot.abstention": 1e3}
        tabled = run(tree, {**told, "agenda.cost": cost}, runs=100).events("tabled")
        first = tabled["probability"][tabled["step"] == 0]
        assert first.size
        return float(np.median(first / (1 - first)))

    assert odds(cost) == pytest.approx(odds(0.0) * np.exp(-5.0 * cost), rel=0.01)
