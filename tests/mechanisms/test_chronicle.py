"""What happens from outside: dated and by a hazard, once; what it sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import Ran, Tree, actor, run, states_of, text, two_party_tree


def _tree(*effects: dict[str, Any], **when: Any) -> Tree:
    tree = two_party_tree()
    del tree["table"]
    tree["actors"].append(actor("g2", "gov", 0.3))
    tree["bodies"][0]["seats"].append({"actor": "g2", "occupied": False})
    told = when or {"date": "2000-01-05"}
    tree["events"] = [
        {"id": f"e{k}", "name": text("e"), "effects": one, "assumed": "test", **told} for k, one in enumerate(effects)
    ]
    return tree


def _ran(tree: Tree, runs: int = 2, **more: float) -> Ran:
    return run(tree, {"survival.horizon": 1e12, **more}, runs=runs)


def test_a_dated_event_takes_place_on_its_day() -> None:
    ran = _ran(_tree({"government": {"x": 0.4}}))
    assert ran.events("event")["step"].tolist() == [4, 4]


def test_an_event_with_a_hazard_comes_once_in_its_time_with_the_chance_of_its_rate() -> None:
    """Ten days at a rate of .1: 1 - 1/e; the days before the first event are exponential."""
    tree = _tree({"government": {"x": 0.4}}, rate_per_day=0.1, after="2000-01-06", before="2000-01-15")
    events = _ran(tree, runs=800).events("event")
    assert len(set(events["run"].tolist())) == len(events["run"])
    assert events["step"].min() >= 5
    assert events["step"].max() <= 14
    assert len(events["run"]) / 800 == pytest.approx(1 - np.exp(-1.0), abs=0.05)
    first, second = ((events["step"] < 10).sum(), (events["step"] >= 10).sum())
    assert second / first == pytest.approx(np.exp(-0.5), abs=0.15)


def test_a_seat_is_taken_and_left() -> None:
    change = {"seats": [{"actor": "g2", "body": "gov_board", "occupied": True}]}
    off = {"seats": [{"actor": "g1", "body": "gov_board", "occupied": False}]}
    before = _ran(_tree({"government": {"x": 0.0}})).measure("seated:gov_board")
    taken, left = (_ran(_tree(one)).measure("seated:gov_board")[:, 0] for one in (change, off))
    np.testing.assert_allclose(before, 0.5)
    np.testing.assert_allclose(taken, [0.5] * 4 + [1.0] * 17)
    np.testing.assert_allclose(left, [0.5] * 4 + [0.0] * 17)


@pytest.mark.parametrize(("by", "expected"), [(0.2, 0.5), (-0.2, 0.1), (0.9, 1.0), (-0.9, 0.0)])
def test_positions_move_and_stay_on_the_scale(by: float, expected: float) -> None:
    told = states_of(_tree({"ideals": [{"actor": "g2", "dimension": "x", "by": by}]}))
    np.testing.assert_allclose(told["ideal.x"][:, 0], [0.0, 1.0, expected], atol=1e-6)


def test_a_whole_party_moves() -> None:
    told = states_of(_tree({"ideals": [{"party": "gov", "dimension": "x", "by": 0.25}]}))
    np.testing.assert_allclose(told["ideal.x"][:, 0], [0.25, 1.0, 0.55], atol=1e-6)


def test_a_treaty_sets_the_governments_point() -> None:
    told = states_of(_tree({"government": {"x": 0.7}}))
    assert told["point.x"].ravel()[0] == pytest.approx(0.7)
    assert states_of(_tree({"government": {"x": 0.7}}, date="2000-01-21"))["moved"].ravel()[0]
    assert not told["moved"].ravel()[0]


def test_a_post_is_given_and_taken() -> None:
    tree = _tree({"posts": [{"post": "p", "holder": "g2"}]})
    tree["bodies"].append({**tree["bodies"][0], "id": "cabinet", "party": None, "kind": "cabinet", "seats": []})
    tree["government"]["cabinet"] = "cabinet"
    tree["posts"] = [
        {"id": "p", "name": text("p"), "body": "cabinet", "holder": "g1", "eligible": ["g2"], "assumed": "test"}
    ]
    quiet = {"cabinet.fill_rate": 0.0}
    assert states_of(tree, quiet)["holds"][:, 0].astype(bool).tolist() == [False, True]
    tree["events"][0]["effects"] = {"posts": [{"post": "p", "holder": None}]}
    assert states_of(tree, quiet)["holds"][:, 0].astype(bool).tolist() == [False, False]
