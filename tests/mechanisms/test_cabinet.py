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


INVITE = {"choice.lam": 10.0, "cabinet.invite": 50.0, "cabinet.invite_cost": 0.1, "cabinet.capacity": 0.3}


def _partner(support: float, ideal: float = 0.5) -> Tree:
    tree = inviting(5)
    tree["parties"][1]["support"] = support
    tree["actors"][1]["ideal"] = {"x": ideal}
    return tree


@pytest.mark.parametrize("support", [0.1, 0.6])
def test_a_partner_is_invited_by_policy_the_support_that_it_brings_and_the_cost(support: float) -> None:
    """The head at 0 gives way to a half: U(half) - U(alone) = -.25; nothing else is at stake."""
    told = {**INVITE, "survival.settled_risk": 0.0, "survival.optimism": 0.0}
    first = run(_partner(support), told, runs=300).events("invite")
    chance = first["probability"][first["step"] == 0]
    assert chance.size
    worth = -0.25 + 0.3 * support - 0.1
    np.testing.assert_allclose(chance, 1 / (1 + np.exp(-10.0 * worth)), atol=2e-3)


def test_who_enters_moves_the_government_and_shares_its_offices() -> None:
    tree = _partner(0.5)
    tree["parties"][1]["principal"] = "opp_board"
    told = {**INVITE, "cabinet.invite_cost": -10.0, "choice.lam": 200.0, "survival.horizon": 1e12}
    ran = run(tree, told, runs=5)
    assert ran.share("enter") == 1.0
    governing = ran.measure("governing:opp")
    entered = int(ran.events("enter")["step"][0])
    assert governing[entered + 1 :].min() == 1.0


def _vacant() -> Tree:
    """A vacant post in the cabinet; eligible are one near the head, one far from it, and one of another party."""
    tree = two_party_tree()
    tree["government"].update(head="g1", cabinet="cabinet")
    near, far = ({**tree["actors"][0], "id": name, "ideal": {"x": x}} for name, x in (("near", 0.1), ("far", 0.9)))
    tree["actors"] += [near, far]
    tree["bodies"].append({**tree["bodies"][0], "id": "cabinet", "party": None, "kind": "cabinet"})
    post = {"id": "p", "name": "p", "body": "cabinet", "eligible": ["far", "near", "o1"], "assumed": "test"}
    tree["posts"] = [post]
    return tree


def test_the_head_appoints_the_nearest_of_those_who_govern() -> None:
    quiet = {"leave.statement": 1e3, "demand.cost": 1e3}  # an open dissenter is not appointed
    ran = run(_vacant(), {**quiet, "cabinet.fill_rate": 50.0, "survival.horizon": 1e12}, runs=20)
    assert set(ran.events("appoint")["entity"].tolist()) == {1}  # far, near, o1
    assert ran.count("appoint") == 1.0


@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_a_vacancy_is_filled_at_its_rate(rate: float) -> None:
    first = run(_vacant(), {"cabinet.fill_rate": rate, "survival.horizon": 1e12}, runs=400).events("appoint")
    assert (first["step"] < 5).sum() / 400 == pytest.approx(1 - np.exp(-5 * rate), abs=0.07)
