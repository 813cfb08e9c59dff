"""A partner weighs staying: what draws it out, what keeps it in, whether it is needed, what would follow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import Ran, Tree, run
from test_formation_of_governments import APART, FALLING, ORDER, house

TOLD = {
    "choice.lam": 20.0,
    "agenda.cost": 9.0,
    "formation.turn": 1e6,  # what follows is another test's
    "succession.vacuum": 0.0,
    "talks.office": 0.1,
    "withdrawal.loss": 0.05,
    "withdrawal.stakes": 0.5,
    "withdrawal.review": 1e6,
    "withdrawal.doomed": 0.5,
    "withdrawal.outside": 0.5,
    "withdrawal.election": 1.0,
    "election.after_fall": 0.5,
    "election.review": 1e6,
    "election.deadlock": 1e6,
    "office.tenacity": 1e3,  # nobody resigns
    "ballot.abstention": 0.2,
    "ballot.discipline": 0.0,
}
GOVERNMENTS = {"ab": (0.0, "ab"), "bc": (0.7, "bc"), "ac": (0.3, "ac")}


def moved(
    to: float,
    ideals: dict[str, float] | None = None,
    governments: dict[str, tuple[float, str]] = GOVERNMENTS,
    **more: Any,
) -> Tree:
    """Two parties of three govern; on the third day an event moves their government."""
    tree = house("ab", ideals or {"a": 0.0, "b": 0.2, "c": 0.9}, governments, days=8)
    del tree["motions"]
    tree["events"] = [
        {
            "id": "treaty",
            "name": {"en": "t", "ru": "t"},
            "date": "2000-01-04",
            "effects": {"government": {"x": to}},
            "assumed": "test",
        }
    ]
    tree.update(more)
    return tree


def leaving(ran: Ran) -> float:
    """Share of runs in which the partner leaves on the day of the move."""
    events = ran.events("withdraw")
    assert {ORDER[entity] for entity in events["entity"]} <= {"b"}
    return float(np.mean(events["step"] == 3) * len(events["run"]) / ran.block.runs) if len(events["run"]) else 0.0


def chance(tree: Tree, runs: int = 600, **told: float) -> float:
    return leaving(run(tree, {**TOLD, **{name.replace("__", "."): value for name, value in told.items()}}, runs=runs))


def test_the_further_the_government_moves_the_likelier_it_leaves() -> None:
    near, middle, far = (chance(moved(to)) for to in (0.2, 0.6, 1.0))
    assert near < middle < far


def test_offices_hold_it_in_and_answering_for_policy_draws_it_out() -> None:
    """Where nothing depends on it, so that the next government is nothing to it."""
    tree = moved(0.7)
    next(one for one in tree["bodies"][0]["seats"] if one["actor"] == "a1")["weight"] = 9
    assert chance(tree, talks__office=0.3) < chance(tree, talks__office=0.0)
    assert chance(tree, withdrawal__stakes=0.1) < chance(tree, withdrawal__stakes=1.5)
    assert chance(tree, withdrawal__loss=0.15) < chance(tree, withdrawal__loss=0.0)


def test_the_leading_party_does_not_withdraw_from_its_own_government() -> None:
    ran = run(moved(1.0), TOLD, runs=200)
    assert {ORDER[entity] for entity in ran.events("withdraw")["entity"]} <= {"b"}


def test_another_government_in_sight_draws_a_needed_partner_out() -> None:
    """Without b there is no majority. It goes where it could govern with c instead."""
    ideals = {"a": 0.6, "b": 0.2, "c": 0.2}
    alone = moved(0.6, ideals, {"ab": (0.6, "ab")})
    other = moved(0.6, ideals, {"ab": (0.6, "ab"), "bc": (0.2, "bc")})
    assert chance(other) > chance(alone) + 0.1


def test_where_it_is_not_needed_what_would_follow_is_nothing_to_it() -> None:
    """The leading party has a majority alone: the next government does not enter."""
    shares = []
    for point in (0.2, 0.6):
        tree = moved(0.6)
        next(one for one in tree["bodies"][0]["seats"] if one["actor"] == "a1")["weight"] = 9
        next(one for one in tree["settlements"] if one["id"] == "bc")["point"] = {"x": point}
        shares.append(chance(tree))
    assert shares[0] == shares[1]


def test_an_election_draws_out_whom_the_polls_promise_seats() -> None:
    def told(poll: float) -> float:
        rest = (1 - poll) / 2
        election = {"body": "house", "polls": {"a": rest, "b": poll, "c": rest}, "assumed": "test"}
        return chance(moved(0.6, election=election), talks__office=0.3, election__after_fall=0.9)

    assert told(0.6) > told(0.05) + 0.1


def test_a_coalition_that_has_lost_its_majority_is_worth_less() -> None:
    tree = moved(0.5)
    for one in tree["bodies"][0]["seats"]:
        one["weight"] = {"a1": 2, "b1": 1, "c1": 6}[one["actor"]]
    shares = [chance(tree, withdrawal__doomed=doomed, talks__office=0.3) for doomed in (0.0, 0.8)]
    assert shares[1] > shares[0]


def test_it_may_leave_and_tolerate_and_the_government_then_keeps_its_majority() -> None:
    """It is needed, does not want to answer for the policy, and what would follow is worse."""
    tree = moved(0.55, {"a": 0.6, "b": 0.2, "c": 1.0}, {"ab": (0.55, "ab"), "ac": (1.0, "ac")})
    told = {**TOLD, "withdrawal.stakes": 1.5, "talks.office": 0.02}
    cheap = run(tree, {**told, "withdrawal.outside": 0.0}, runs=300)
    dear = run(tree, {**told, "withdrawal.outside": 1.0}, runs=300)
    assert cheap.count("tolerate") > dear.count("tolerate") + 0.1
    assert 0 < cheap.count("tolerate") <= cheap.count("withdraw")


def test_without_a_reason_nobody_weighs_anything() -> None:
    tree = moved(0.6)
    del tree["events"]
    ran = run(tree, TOLD, runs=50)
    assert ran.count("remain") == ran.count("withdraw") == 0.0


def test_polls_bring_the_question_up_at_their_rate() -> None:
    tree = moved(0.0)
    del tree["events"]
    ran = run(tree, {**TOLD, "withdrawal.review": 4.0, "talks.office": 1.0}, runs=800)  # and nobody goes
    asked = ran.count("remain") + ran.count("withdraw")
    assert asked == pytest.approx(9 * (1 - np.exp(-1 / 4)), rel=0.12)


def test_one_partners_exit_makes_the_others_weigh() -> None:
    """Three govern; the treaty drives b out, and a day later c weighs staying though nothing else has happened."""
    tree = house("abc", {"a": 0.0, "b": 0.2, "c": 1.0}, {"abc": (0.0, "abc"), "ab": (0.0, "ab")}, days=8)
    del tree["motions"]
    tree["events"] = moved(1.0)["events"]
    ran = run(tree, {**TOLD, "withdrawal.stakes": 1.5, "withdrawal.loss": 0.0}, runs=300)
    first = ran.events("withdraw")
    alone = first["run"][(first["step"] == 3) & (first["entity"] == 1)]
    later = {name: ran.events(name) for name in ("withdraw", "remain")}
    weighed = {int(of) for one in later.values() for of, step in zip(one["run"], one["step"], strict=True) if step == 4}
    both = set(first["run"][(first["step"] == 3) & (first["entity"] == 2)])
    assert set(alone) - both <= weighed
    assert set(alone) - both


def test_who_has_just_entered_has_weighed_it() -> None:
    """The two at the other end follow a government that falls; the polls are looked at every day, and the partner would
    go at once: it stays on the day after it has entered, though the point has moved, and goes on the next."""
    told = {**FALLING, "withdrawal.loss": -1e3, "withdrawal.review": 1e-3}
    ran = run(APART, told, runs=40)
    formed, gone = ran.events("formed"), ran.events("withdraw")
    first = {int(of): int(step) for of, step in zip(formed["run"][::-1], formed["step"][::-1], strict=True)}
    waits = [int(step) - first[int(of)] for of, step in zip(gone["run"], gone["step"], strict=True) if of in first]
    assert len(waits) > 10
    assert min(waits) == 2
