"""Blocs are divisible: members go in binomial numbers, take their votes out of the whip, and found or join parties."""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, Tree, actor, body, party, run
from test_leave import LAM, QUIET_EXIT, _tree, confidence_in_council

MANY = 200


def _bloc_tree(ideal: float = 1.0) -> Tree:
    tree = _tree(member=0.0)
    tree["actors"].append(actor("bloc", "gov", ideal, size=MANY))
    tree["bodies"].append(body("council", None, {"actor": "bloc", "weight": float(MANY)}, "o1"))
    return tree


def _play(tree: Tree | None = None, runs: int = 300, **changes: float) -> Ran:
    given = {name.replace("__", "."): value for name, value in changes.items()}
    told = {"members.spread": 0.0, "ballot.common": 0.0, "leave.identity": 0.5, "leave.voice": 1.0, **given}
    return run(tree or _bloc_tree(), {**QUIET_EXIT, **told}, runs=runs)


def _first(ran: Ran) -> np.ndarray:
    """By run: how many of the bloc leave on the first day."""
    events = ran.events("depart")
    numbers = np.zeros(ran.block.runs)
    first = events["step"] == 0
    numbers[events["run"][first]] = events["value"][first]
    return numbers


def test_how_many_leave_is_binomial() -> None:
    """Each of 200 leaves with logistic(lambda (.3 - .5)): mean and variance of the binomial."""
    numbers, p = _first(_play(runs=2000)), 1.0 / (1.0 + np.exp(LAM * 0.2))
    assert numbers.mean() == pytest.approx(MANY * p, rel=0.03)
    assert numbers.var() == pytest.approx(MANY * p * (1 - p), rel=0.15)
    assert np.all(numbers == np.round(numbers))


def test_members_who_differ_leave_where_the_middle_stays() -> None:
    """Over a spread of s the mean chance is that of a logit averaged over normal differences."""
    spread, wide = 0.5, 20.0
    told = {"leave__voice": 2.0, "leave__identity": 0.9, "choice__lam": wide}
    close, apart = (_first(_play(members__spread=one, **told)).mean() / MANY for one in (0.0, spread))
    z = np.random.default_rng(1).normal(size=200_000)
    exact = 1.0 / (1.0 + np.exp(-wide * (0.6 * (1.0 + spread * z) - 0.9)))
    assert close < 0.01
    assert apart == pytest.approx(exact.mean(), abs=0.025)


def test_a_bloc_that_the_line_suits_loses_nobody() -> None:
    """What a person needs to go, to have been beaten or left behind, a bloc needs too."""
    free = {"leave__identity": 0.0, "leave__prospect": 0.0}  # each would go with chance one half or more, if asked
    assert _first(_play(**free)).mean() > 0.4 * MANY
    content = _play(_bloc_tree(ideal=0.0), **free)
    assert len(content.events("depart")["run"]) == 0


def test_without_news_nobody_more_leaves_and_no_more_than_there_are() -> None:
    ran = _play(leave__identity=0.3)
    events = ran.events("depart")
    total = np.bincount(events["run"], weights=events["value"])
    assert total.max() <= MANY
    kept = ran.measure("kept:gov")
    np.testing.assert_allclose(kept[-1], kept[1], atol=1e-6)


def test_the_whip_holds_those_who_are_still_in() -> None:
    """The bloc's vote in the council follows the party's asking as far as its members are in the party."""
    tree = _bloc_tree()
    moved_at_once = confidence_in_council(tree)
    told = {**moved_at_once, "split.confidence": 0.0, "split.minimum": 2.0}
    chances = {}
    for name, identity in (("in", 1e3), ("half", 0.3), ("out", -1e3)):
        given = {"members.spread": 0.0, "leave.seat": 1e3, "leave.identity": identity}
        ran = run(tree, {**QUIET_EXIT, **told, **given}, runs=60)
        votes, seats = ran.events("vote", "ballot"), list(ran.plan.world.structure.axes["seat"])
        own = (votes["entity"] == seats.index("bloc@council")) & (votes["step"] == 1)
        chances[name] = float(votes["probability"][own].mean())
    for name, share in (("in", 1.0), ("half", 0.5), ("out", 0.0)):
        expected = 1.0 / (1.0 + np.exp(-2 * LAM * (-0.5 + 0.3 * share)))
        assert chances[name] == pytest.approx(expected, abs=0.02)


def test_a_new_party_needs_leaders_and_enough_who_leave() -> None:
    """Half of a bloc founds nothing unless a person leaves too; with one of means who does, it does."""
    tree = _bloc_tree()
    told = {"leave__identity": 0.3, "split__resources": 0.1, "split__minimum": 0.2, "affiliation__cost": 1e3}
    shares = []
    for ideal in (0.0, 1.0):
        tree["actors"][3]["ideal"] = {"x": ideal}
        ran = _play(tree, **told)
        left = set(ran.events("leave_party")["run"].tolist())
        founded = set(ran.events("new_party")["run"].tolist())
        assert founded <= left
        shares.append(len(founded))
    assert shares[1] > shares[0] + 50


@pytest.mark.parametrize(("line", "cost", "joins"), [(1.0, 0.3, 1.0 - 0.3), (0.0, 0.3, -0.3), (1.0, 1.2, 1.0 - 1.2)])
def test_who_leaves_joins_another_party_by_how_much_its_line_suits_and_what_changing_sides_costs(
    line: float, cost: float, joins: float
) -> None:
    tree = _tree()
    tree["parties"][1]["principal"] = None
    tree["actors"].append(actor("t1", "third", line))  # at no table, so that its line is what it likes best
    tree["parties"].append(party("third", "third_board", support=0.0))
    tree["bodies"].append(body("third_board", "third", "t1"))
    ran = _play(tree, **{"leave__identity": -1e3, "affiliation__cost": cost, "leave__seat": 1e3})
    left, joined = ran.events("leave_party"), ran.events("join_party")
    out = {run for run, who in zip(left["run"].tolist(), left["entity"].tolist(), strict=True) if who == 3}
    there = {run for run, who in zip(joined["run"].tolist(), joined["entity"].tolist(), strict=True) if who == 3}
    assert there <= out
    assert len(there) / len(out) == pytest.approx(1.0 / (1.0 + np.exp(-LAM * joins)), abs=0.08)
