"""Sanctions that no demand preceded: signs, one weighing of each act, and what a dismissal leaves behind."""

from __future__ import annotations

import numpy as np
from small import Ran, run
from test_demand import NEVER, ONLY_THREATS
from test_leave import LAM, _tree

SPEAKS = {
    **ONLY_THREATS,
    "demand.cost": NEVER,
    "leave.statement": -NEVER,
    "leave.seat": NEVER,
    "leave.duty": NEVER,
    "dismissal.collective": 0.1,
    "dismissal.exclusion": 0.1,
    "sanction.sabotage": 0.05,
    "sanction.harshness": 0.04,
    "sanction.split_cost": 0.4,
}


def _play(runs: int = 400, **changes: float) -> Ran:
    tree = _tree()
    for entry in tree["actors"]:
        entry["cadre"] = 0.5
    return run(tree, {**SPEAKS, **{name.replace("__", "."): value for name, value in changes.items()}}, runs=runs)


def test_dismissal_and_exclusion_come_without_a_demand_with_their_logit_chances() -> None:
    """A protest on the first day is weighed on the next: a quarter of the cadre, half of the split and the harshness
    for a post."""
    ran = _play()
    assert ran.share("ultimatum") == 0.0
    dismiss = 1.0 / (1.0 + np.exp(-LAM * (0.1 + 0.05 - 0.5 * 0.4 * 0.25 - 0.5 * 0.04)))
    put_out = 1.0 / (1.0 + np.exp(-LAM * (0.05 - 0.4 * 0.25 - 0.04 - 0.1)))
    for verb, expected in (("dismissed", dismiss), ("put_out", put_out)):
        events = ran.events(verb)
        np.testing.assert_allclose(events["probability"], expected, atol=2e-4)
        assert set(events["step"].tolist()) == {1}, "one act is weighed once"
        assert abs(ran.share(verb) - expected) < 0.08


def test_who_has_not_acted_against_the_line_is_not_sanctioned() -> None:
    ran = _play(leave__statement=NEVER)
    assert ran.share("dismissed") == ran.share("put_out") == 0.0


def test_who_is_put_out_has_no_seat_in_the_party_and_is_no_member() -> None:
    ran = _play(dismissal__exclusion=-NEVER, runs=50)
    assert ran.share("put_out") == 1.0
    seated = ran.measure("seated:gov_board")
    np.testing.assert_allclose(seated[-1], 0.75, atol=1e-6)


def test_costly_cadre_is_kept() -> None:
    assert _play(sanction__split_cost=1.5).share("dismissed") < _play(sanction__split_cost=0.0).share("dismissed") - 0.2
