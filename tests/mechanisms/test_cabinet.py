"""Invitations to another partner: a refused one rests."""

from __future__ import annotations

import numpy as np
import pytest
from small import Tree, run, two_party_tree

EAGER = {"cabinet.invite": 5.0, "cabinet.invite_cost": -1.0, "talks.association": 1.0, "choice.rho": 0.0}


def inviting(days: int) -> Tree:
    """The head invites the opponent every day; the opponent would never sit with those in power."""
    tree = two_party_tree()
    del tree["table"]
    tree["calendar"]["end"] = str(np.datetime64("2000-01-01") + days - 1)
    tree["government"]["head"] = "g1"
    tree["offers"] = [{"id": "entry", "party": "opp", "settlement": "half", "assumed": "test"}]
    return tree


@pytest.mark.parametrize("again", [7.0, 14.0])
def test_a_refused_invitation_rests(again: float) -> None:
    ran = run(inviting(43), {**EAGER, "cabinet.again": again}, runs=20)
    asked = ran.events("invite")
    assert ran.share("enter") == 0.0
    assert ran.share("invite") > 0.9
    for number in range(20):
        steps = asked["step"][asked["run"] == number]
        assert np.all(np.diff(steps) >= again)
        assert len(steps) <= 43 // again + 1
