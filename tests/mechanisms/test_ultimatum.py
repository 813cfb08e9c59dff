"""An ultimatum is issued by what it promises, is signed one by one, and lapses for want of names."""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, Tree, run
from test_reply_and_sanction import LAM, PRIDE, THREAT, TOLD, VOICE, _party

GRIEVANCE, PREVAIL, SPLIT, FORESIGHT, COST = 0.1, 0.6, 0.12, 0.7, 0.15
STAKE = 0.4**2  # what the leader, at 0, would lose if the beaten alternative, at .4, were the line
ISSUE = {
    **TOLD,
    "ultimatum.grievance": GRIEVANCE,
    "ultimatum.prevail": PREVAIL,
    "ultimatum.split_cost": SPLIT,
    "ultimatum.foresight": FORESIGHT,
    "ultimatum.cost": COST,
    "ultimatum.letter": 0.0,
}


def _drafts(tree: Tree, runs: int = 200, **more: float) -> np.ndarray:
    events = run(tree, {**ISSUE, **{k.replace("__", "."): v for k, v in more.items()}}, runs=runs).events("draft")
    return np.asarray(events["probability"][(events["entity"] == 0) & (events["step"] == 0)])


def _worth(grievance: float = 1.0) -> float:
    """One of three of the board would be addressed, and is foreseen to submit as far as the sanction outweighs it."""
    submit = 1.0 / (1.0 + np.exp(-LAM * (THREAT - VOICE - PRIDE)))
    return float(
        GRIEVANCE * grievance + PREVAIL * STAKE * 0.5 - SPLIT / 3.0 * (1.0 - submit) + FORESIGHT * submit * STAKE - COST
    )


@pytest.mark.parametrize("weight", [0.5, 1.0, 2.0])
def test_it_is_issued_by_grievance_danger_replies_and_cost(weight: float) -> None:
    tree = _party()
    tree["history"]["breaches"][0]["weight"] = weight
    chances = _drafts(tree)
    assert chances.size
    np.testing.assert_allclose(chances, 1.0 / (1.0 + np.exp(-LAM * _worth(weight))), atol=1e-3)


@pytest.mark.parametrize("letter", [0.0, 0.1])
def test_a_letter_costs_who_is_away(letter: float) -> None:
    tree = _party()
    tree["bodies"][0]["seats"][0]["attendance"] = 0.0
    chances = _drafts(tree, ultimatum__letter=letter)
    assert chances.size
    np.testing.assert_allclose(chances, 1.0 / (1.0 + np.exp(-LAM * (_worth() - letter))), atol=1e-3)


def test_a_leader_who_is_at_odds_with_the_line_makes_no_demand_in_its_name() -> None:
    tree = _party()
    tree["parties"][0]["leader"] = "member"
    assert run(tree, {**ISSUE, "ultimatum.cost": -1e3}, runs=20).share("draft") == 0.0


def test_without_a_grievance_there_is_none() -> None:
    tree = _party()
    del tree["history"]
    assert run(tree, {**ISSUE, "ultimatum.cost": -1e3}, runs=20).share("draft") == 0.0


def _signed(quota: float, sign_cost: float) -> Ran:
    tree = _party()
    tree["parties"][0]["ultimatum"]["quota"] = quota
    return run(tree, {**ISSUE, "ultimatum.cost": -1e3, "ultimatum.sign_cost": sign_cost}, runs=60)


def test_names_are_sought_until_there_are_enough() -> None:
    """The leader's own name is a third of the board: with a quota of .3 nobody else is asked, with .6 the other signs;
    with .9 the name of who is addressed would be needed."""
    alone, both, all_ = (_signed(quota, -1e3) for quota in (0.3, 0.6, 0.9))
    assert set(alone.events("sign")["entity"].tolist()) == {0}
    assert set(both.events("sign")["entity"].tolist()) == {0, 1}
    for ran in (alone, both):
        assert ran.share("ultimatum") == ran.share("draft") > 0.7  # in the others the board has another line
    assert all_.share("ultimatum") == 0.0
    assert all_.share("lapse") == all_.share("draft") > 0.7
    assert set(both.events("ultimatum")["value"].tolist()) == {2.0}


def test_it_addresses_who_is_at_odds_and_nobody_else() -> None:
    ran = _signed(0.3, -1e3)
    assert set(ran.events("addressed")["entity"].tolist()) == {2}


def test_too_dear_a_name_lets_it_lapse() -> None:
    ran = _signed(0.6, 1e3)
    assert ran.share("ultimatum") == 0.0
    assert ran.share("lapse") == ran.share("draft") > 0.7


def test_a_name_is_given_by_grievance_stake_and_who_has_signed() -> None:
    """A third of the board has signed when the second is asked."""
    tree = _party()
    tree["parties"][0]["ultimatum"]["quota"] = 0.6
    told = {**ISSUE, "ultimatum.cost": -1e3, "ultimatum.sign_cost": 0.3, "ultimatum.bandwagon": 0.15}
    events = run(tree, told, runs=300).events("sign")
    given = events["probability"][(events["entity"] == 1) & (events["step"] == 0)]
    assert given.size
    worth = GRIEVANCE + PREVAIL * STAKE + 0.15 / 3.0 - 0.3
    np.testing.assert_allclose(given, 1.0 / (1.0 + np.exp(-LAM * worth)), atol=1e-3)
