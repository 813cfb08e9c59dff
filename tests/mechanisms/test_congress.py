"""The congress: who calls it, when it meets, whom it backs, and what its verdict does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm
from small import Ran, Tree, body, run, states_of
from test_leave import LAM, QUIET_EXIT, _tree

INSIST, STAKE = 0.1, 0.2
# The member leaves the seat on the first day, stays in the party and does not come back.
OUT = {
    **QUIET_EXIT,
    "leave.seat": -1e3,
    "leave.identity": 1e3,
    "leave.duty": 1e3,
    "leave.statement": 1e3,
    "survival.horizon": 1e12,
    "congress.insist": INSIST,
    "congress.stake": STAKE,
    "congress.force": 50.0,
    "congress.spread": 1e-6,
    "mandate.review": 0.0,
}


def _party(*support: tuple[float, float], lead: float = 3.0, means: float = 0.8) -> Tree:
    """A party with a congress above its board, and local organisations: support for the line, and weight, of each."""
    tree = _tree()
    tree["actors"][3].update(press=means / 2, organisation=means / 2)
    tree["parties"][0]["congress"] = "congress"
    tree["bodies"].append(
        body("congress", "gov", "g1", "g2", "member", kind="congress", convened=False, lead_days=lead)
    )
    tree["constituencies"] = [
        {"id": f"c{k}", "name": "c", "party": "gov", "support": level, "weight": weight, "assumed": "test"}
        for k, (level, weight) in enumerate(support)
    ]
    return tree


def _play(tree: Tree, runs: int = 40, **changes: float) -> Ran:
    return run(tree, {**OUT, **{name.replace("__", "."): value for name, value in changes.items()}}, runs=runs)


@pytest.mark.parametrize(("support", "means"), [(0.2, 0.8), (0.6, 0.8), (0.2, 0.0), (0.2, 3.0)])
def test_an_opposition_insists_by_its_odds_its_means_and_the_cost(support: float, means: float) -> None:
    """Worth: -stake (2 support - 1), and cost x (means, 1 at most) - 2 cost."""
    tree = _party((support, 1.0), means=min(means, 2.0))
    calls = _play(tree, runs=400).events("call")
    assert set(calls["value"].tolist()) <= {2.0}
    worth = -STAKE * (2 * support - 1) + INSIST * min(means, 1.0) - 2 * INSIST
    at_once = (calls["step"] == 0).sum()  # the question is put anew the next day, when it is known that there is a line
    assert at_once / 400 == pytest.approx(1 / (1 + np.exp(-LAM * worth)), abs=0.07)


def _certain(tree: Tree, runs: int = 40, **changes: float) -> Ran:
    """Played where the opposition insists whatever it expects."""
    return _play(tree, runs, congress__insist=-1e3, **changes)


@pytest.mark.parametrize("lead", [2.0, 5.0])
def test_it_meets_after_its_lead_time_and_judges_once(lead: float) -> None:
    ran = _certain(_party((0.2, 1.0), lead=lead))
    assert set(ran.events("verdict")["step"].tolist()) == {int(lead)}
    assert len(ran.events("verdict")["run"]) == 40
    assert ran.share("convene") == 1.0


def test_force_brings_it_about_at_its_rate() -> None:
    """A month after a call, of which the lead takes one day: 1 - exp(-rate x days)."""
    ran = _certain(_party((0.2, 1.0), lead=1.0), runs=400, congress__force=0.05)
    assert ran.share("verdict") == pytest.approx(1 - np.exp(-0.05 * 20), abs=0.08)


@pytest.mark.parametrize(("support", "backs"), [(0.8, 1.0), (0.55, 1.0), (0.45, 2.0), (0.2, 2.0)])
def test_delegates_back_whom_the_constituencies_support(support: float, backs: float) -> None:
    """Support is for the line: above a half it is the majority's congress, below the opposition's."""
    assert set(_certain(_party((support, 1.0))).events("verdict")["value"].tolist()) == {backs}


def test_constituencies_count_by_their_weight() -> None:
    assert set(_certain(_party((0.2, 3.0), (0.9, 1.0))).events("verdict")["value"].tolist()) == {2.0}
    assert set(_certain(_party((0.2, 1.0), (0.9, 3.0))).events("verdict")["value"].tolist()) == {1.0}


def test_delegates_scatter_around_their_constituencies() -> None:
    verdicts = _certain(_party((0.45, 1.0)), runs=400, congress__spread=0.1).events("verdict")["value"]
    assert (verdicts == 2.0).mean() == pytest.approx(norm.cdf(0.5), abs=0.07)


def _after(support: float) -> dict[str, Any]:
    return states_of(_party((support, 1.0)), {**OUT, "congress.insist": -1e3})


def test_a_verdict_for_the_opposition_makes_its_alternative_the_line() -> None:
    lost, won = _after(0.8), _after(0.2)
    assert (lost["line.x"][0, 0], won["line.x"][0, 0]) == (0.0, 1.0)
    assert won["alternative.x"][0, 0] == 0.0
    assert [bool(x) for x in won["beaten"][:4, 0]] == [True, True, True, False]
    assert [bool(x) for x in lost["beaten"][:4, 0]] == [False, False, False, True]


@pytest.mark.parametrize("support", [0.8, 0.2])
def test_nobody_is_expelled_unless_the_majority_has_referred_them(support: float) -> None:
    ran = _certain(_party((support, 1.0)))
    assert ran.share("verdict") == 1.0
    assert ran.share("expelled") == 0.0


@pytest.mark.parametrize(("support", "expelled"), [(0.8, 1.0), (0.2, 0.0)])
def test_whom_the_majority_has_referred_its_congress_expels(support: float, expelled: float) -> None:
    """The refusal of an ultimatum is referred; the majority calls a congress that it expects to win, or loses."""
    tree = _party((support, 1.0))
    tree["parties"][0]["ultimatum"] = {"deadline_days": 2, "quota": 0.3, "branch": "congress", "assumed": "test"}
    tree["history"] = {
        "breaches": [{"actors": ["member"], "party": "gov", "date": "1999-12-31", "at_issue": True, "assumed": "test"}]
    }
    told = {"ultimatum.cost": -1e3, "ultimatum.sign_cost": -1e3, "reply.pride": 1e3, "sanction.expected": 0.0}
    told |= {"sanction.delay": -1e3, "congress.insist": -1e3, "leave.seat": 1e3, "reply.evasion": 1e3}
    ran = run(tree, {**OUT, **told}, runs=20)
    assert ran.share("verdict") == 1.0
    assert ran.share("expelled") == expelled
    calls = ran.events("call")
    assert set(calls["value"].tolist()) == {1.0}


def test_a_motion_calls_it() -> None:
    """Only the member gains by a congress; those whom the line suits abstain."""
    tree = _party((0.2, 1.0))
    motion = {"id": "call", "name": "c", "body": "gov_board", "kind": "congress", "proposers": ["member"]}
    tree["motions"] = [{**motion, "assumed": "test"}]
    told = {"leave.seat": 1e3, "ballot.abstention": -0.05, "choice.lam": 400.0, "agenda.meetings": 1e3}
    ran = run(tree, {**OUT, **told, "agenda.cost": 0.0, "congress.insist": 1e3}, runs=10)
    assert ran.share("carried") == 1.0
    assert set(ran.events("call")["value"].tolist()) == {3.0}


def test_once_convened_it_is_a_body_that_its_members_attend() -> None:
    ran = _certain(_party((0.8, 1.0), lead=3.0))
    there = ran.measure("attendance:congress")
    assert there[:4].max() == 0.0  # it is called on the first day and meets on the fourth
    assert there[4:].min() == 1.0
    assert ran.count("convene") == 1.0


def test_who_is_expelled_loses_the_seat_in_the_partys_organs() -> None:
    tree = _party((0.8, 1.0))
    tree["parties"][0]["ultimatum"] = {"deadline_days": 2, "quota": 0.3, "branch": "congress", "assumed": "test"}
    tree["history"] = {
        "breaches": [{"actors": ["member"], "party": "gov", "date": "1999-12-31", "at_issue": True, "assumed": "test"}]
    }
    told = {"ultimatum.cost": -1e3, "ultimatum.sign_cost": -1e3, "reply.pride": 1e3, "sanction.expected": 0.0}
    told |= {"sanction.delay": -1e3, "congress.insist": -1e3, "leave.seat": 1e3, "reply.evasion": 1e3}
    seated = run(tree, {**OUT, **told}, runs=5).measure("seated:gov_board")
    np.testing.assert_allclose(seated[0], 1.0)
    np.testing.assert_allclose(seated[-1], 0.75)
