"""Elections: seats as the exact solver gives them, seats conserved, who calls one, what follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import Ran, Tree, run
from test_formation_of_governments import FALLING, ORDER, house

from whipcount.theory.apportionment import apportion

METHODS = ("dhondt", "sainte_lague", "modified_sainte_lague", "imperiali", "hare", "droop")
CALM = {**FALLING, "agenda.cost": 9.0}  # nobody moves anything


def voting(seats: int = 7, **election: Any) -> Tree:
    """A house of three blocs, which goes to the polls on its tenth day."""
    tree = house("a_alone", {"a": 0.0, "b": 1.0, "c": 1.0}, {"a_alone": (0.0, "a"), "bc": (1.0, "bc")}, days=30)
    del tree["motions"]
    for one in tree["bodies"][0]["seats"]:
        one["weight"] = round(one["weight"] * seats / 7)
    tree["election"] = {"body": "house", "due": "2000-01-11", "assumed": "test", **election}
    return tree


def won(ran: Ran) -> np.ndarray:
    """Seats by run and party in the first election."""
    events = ran.events("wins")
    first = events["step"] == 10
    table = np.full((ran.block.runs, 3), np.nan)
    table[events["run"][first], events["entity"][first]] = events["value"][first]
    return table


@pytest.mark.parametrize("method", METHODS)
def test_seats_are_those_of_the_exact_solver(method: str) -> None:
    """The votes of a run are not recorded; polls without an error give them away."""
    for polls in ((0.2, 0.5, 0.3), (0.47, 0.41, 0.12), (0.05, 0.331, 0.619)):
        tree = voting(101, method=method, polls=dict(zip(ORDER, polls, strict=True)))
        seats = won(run(tree, {**CALM, "election.swing": 1e-7}, runs=2))[0]
        total = sum(one["weight"] for one in tree["bodies"][0]["seats"])
        exact = apportion([round(1e6 * share) for share in polls], total, method)
        assert exact.tie is None
        np.testing.assert_array_equal(seats, exact.seats)


@pytest.mark.parametrize("method", METHODS)
def test_seats_are_conserved(method: str) -> None:
    tree = voting(101, method=method)
    ran = run(tree, {**CALM, "election.swing": 0.3}, runs=300)
    total = sum(one["weight"] for one in tree["bodies"][0]["seats"])
    np.testing.assert_array_equal(won(ran).sum(axis=1), total)
    held = np.stack([ran.measure(f"seats:{name}") for name in ORDER])
    np.testing.assert_allclose(held.sum(axis=0), 1.0, rtol=1e-5)
    assert np.all(won(ran) == np.round(won(ran)))


def test_results_scatter_around_the_polls_by_the_swing() -> None:
    shares = {}
    for swing in (0.02, 0.2):
        ran = run(voting(1001, polls={"a": 0.4, "b": 0.35, "c": 0.25}), {**CALM, "election.swing": swing}, runs=1500)
        shares[swing] = won(ran) / won(ran).sum(axis=1, keepdims=True)
    for swing, share in shares.items():
        np.testing.assert_allclose(np.log(share).mean(axis=0), np.log([0.4, 0.35, 0.25]), atol=0.3 * swing)
        odds = np.log(share[:, 0] / share[:, 1])  # a difference of two Gaussians
        assert odds.std() == pytest.approx(swing * np.sqrt(2), rel=0.1)


def test_who_fails_the_threshold_has_no_seat() -> None:
    tree = voting(101, threshold=0.05, polls={"a": 0.5, "b": 0.47, "c": 0.03})
    assert np.all(won(run(tree, {**CALM, "election.swing": 0.01}, runs=20))[:, 2] == 0)


def test_after_the_poll_a_caretaker_governs_until_a_government_is_formed() -> None:
    ran = run(voting(polls={"a": 0.2, "b": 0.5, "c": 0.3}), {**CALM, "election.swing": 0.02}, runs=50)
    assert ran.share("election") == 1.0
    caretaker = ran.measure("caretaker")
    assert np.all(caretaker[9] == 0.0)
    formed = ran.events("formed")
    at_once = np.isin(np.arange(ran.block.runs), formed["run"][formed["step"] == 10])
    assert np.all((caretaker[10] == 1.0) | at_once)
    assert ran.share("formed") > 0.9
    assert ran.share("fall") == 0.0  # an election at its time is no fall


def _called(polls: dict[str, float], cost: float = 0.0, **more: Any) -> Ran:
    tree = voting(polls=polls)
    del tree["election"]["due"]
    tree["government"].update(more)
    told = {**CALM, "choice.lam": 40.0, "talks.office": 0.3, "election.review": 1.0, "election.cost": cost}
    return run(tree, told, runs=100)


def test_an_election_is_called_by_those_whom_the_polls_promise_seats() -> None:
    rising, falling = {"a": 0.8, "b": 0.1, "c": 0.1}, {"a": 0.1, "b": 0.5, "c": 0.4}
    assert _called(rising).share("dissolve") > 0.9
    # lambda 40 and a loss of .3 x .33 utility leave one call in fifty thoughts of it; the thought comes daily
    first = _called(falling).events("dissolve")["step"]
    assert len(first) < 50
    assert _called(rising, cost=1.0).share("dissolve") < 0.02


def test_where_the_law_forbids_it_no_election_is_called() -> None:
    tree = voting(polls={"a": 0.8, "b": 0.1, "c": 0.1}, possible=False)
    del tree["election"]["due"]
    ran = run(tree, {**CALM, "talks.office": 0.3, "election.review": 1.0}, runs=40)
    assert ran.share("dissolve") == ran.share("election") == 0.0


def test_a_head_of_state_may_refuse_who_prefers_another_government() -> None:
    rising = {"a": 0.8, "b": 0.1, "c": 0.1}
    granted = _called(rising, head_of_state="a2").share("refuse_dissolution")
    refused = _called(rising, head_of_state="b2").share("refuse_dissolution")
    assert granted < 0.3
    assert refused > 0.7
