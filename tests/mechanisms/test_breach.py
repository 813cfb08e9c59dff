"""Acts against the line: what counts as one, how heavily, and how the grievance fades."""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, Tree, actor, body, run
from test_leave import QUIET_EXIT, _tree

HALF_LIFE = 7.0
CARRY = {
    **QUIET_EXIT,
    "forum.cost": -1e3,
    "forum.meetings": 1e3,
    "breach.half_life": HALF_LIFE,
    "breach.carry_weight": 0.8,
    "breach.vote_weight": 0.1,
    "choice.lam": 200.0,
    "leave.statement": 1e3,
    "leave.seat": 1e3,
    "leave.identity": 1e3,
    "leave.duty": 1e3,
    "survival.horizon": 1e12,
    "ballot.abstention": 1e3,
}


def _forum(size: int = 1) -> Tree:
    """The beaten member sits in a forum, with a bloc of the same party and mind that is too loyal to move anything, but
    votes as it thinks."""
    tree = _tree()
    tree["actors"][3]["loyalty"] = 0.0
    tree["actors"].append(actor("others", "gov", 1.0, size=size, loyalty=1.0, conformity=0.0))
    seats = [{"actor": "member"}, {"actor": "others", "weight": size, "attendance": 1.0}, {"actor": "o1", "weight": 50}]
    tree["bodies"].append(body("forum", None, *seats, forum=True, proposers=["member"]))
    return tree


def _ran(tree: Tree, **more: float) -> Ran:
    return run(tree, {**CARRY, "ballot.discipline": 1e4, **more}, runs=3)


def _fades(series: np.ndarray, start: float) -> None:
    days = np.arange(len(series))
    np.testing.assert_allclose(series, start * 2.0 ** (-days / HALF_LIFE), rtol=1e-3)


def test_what_was_done_before_the_start_is_remembered_as_it_has_faded() -> None:
    """A breach of weight 2, seven days before the start, is worth half of it then; a day later a tenth less."""
    tree = _tree()
    past = {"actors": ["member"], "party": "gov", "date": "1999-12-25", "weight": 2.0, "assumed": "test"}
    tree["history"] = {"breaches": [past]}
    series = _ran(tree, **{"forum.cost": 1e3}).measure("grievance:gov")[:, 0]
    _fades(series, 1.0 * 2.0 ** (-1.0 / HALF_LIFE))


def test_a_dissenter_who_carries_the_motion_elsewhere_breaches_the_line_once() -> None:
    tree = _forum()
    tree["bodies"][-1]["seats"].pop(1)
    ran = _ran(tree)
    breach = ran.events("breach")
    assert set(breach["entity"].tolist()) == {3}
    np.testing.assert_allclose(breach["value"], 0.8, rtol=1e-5)
    assert ran.count("breach") == 1.0
    _fades(ran.measure("grievance:gov")[:, 0], 0.8)


@pytest.mark.parametrize(("size", "counted"), [(2, 2), (5, 5), (9, 5)])
def test_votes_against_the_line_count_by_members_five_at_most(size: int, counted: int) -> None:
    ran = _ran(_forum(size))
    breach = ran.events("breach")
    carried = breach["value"][breach["entity"] == 3]
    voted = breach["value"][breach["entity"] == 5]
    np.testing.assert_allclose(carried, [0.8] * 3, rtol=1e-5)
    np.testing.assert_allclose(voted, [0.1 * counted] * 3, rtol=1e-5)
