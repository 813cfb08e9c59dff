"""Threats from below: the choices are the agent quantal response of the game of threatening, answering and going."""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, Tree, run
from test_leave import QUIET_EXIT, _tree

from whipcount.theory.quantal_response import Decision, Outcome, agent_equilibrium

LAM = 10.0
NEVER = 1e3
ONLY_THREATS = {
    **QUIET_EXIT,
    "leave.statement": NEVER,
    "leave.identity": NEVER,
    "demand.cost": 0.05,
    "demand.face": 0.1,
    "demand.pace": 1e3,
    "demand.majority": 0.0,
    "sanction.split_cost": 2.0,
    "sanction.concession_cost": 0.05,
    "leadership.weak": 0.0,
}


def _threat_tree() -> Tree:
    """The member at 1 faces a line at 0; the beaten alternative is at .5. All the cadre is the member's."""
    tree = _tree()
    tree["settlements"][1]["point"] = {"x": 0.5}
    tree["posts"] = []
    for entry in tree["actors"]:
        entry["cadre"] = 1.0 if entry["id"] == "member" else 0.0
    return tree


def _play(tree: Tree | None = None, runs: int = 400, **changes: float) -> Ran:
    given = {name.replace("__", "."): value for name, value in changes.items()}
    return run(tree or _threat_tree(), {**ONLY_THREATS, **given}, runs=runs)


def _alone(ran: Ran) -> list[int]:
    """Runs in which the member alone is at odds with the line: where the board errs, the others are."""
    return np.flatnonzero(np.abs(ran.measure("at_odds:gov")[0] - 0.25) < 0.01).tolist()


def _first(ran: Ran, verb: str, entity: int, value: float | None = None) -> dict[str, np.ndarray]:
    """Events of the first day about one entity, in runs in which the member alone is at odds."""
    events = ran.events(verb)
    kept = (events["entity"] == entity) & (events["step"] == 0) & np.isin(events["run"], _alone(ran))
    if value is not None:
        kept &= events["value"] == value
    return {name: column[kept] for name, column in events.items()}


@pytest.mark.parametrize("seat", [0.05, 0.3, 0.5])
@pytest.mark.parametrize("split", [0.2, 2.0])
def test_threat_answer_and_exit_are_the_quantal_response_of_their_game(seat: float, split: float) -> None:
    cost, face, give_face, going = 0.05, 0.1, 0.05, 0.3 - seat
    after = Decision(0, "exit", {"go": Outcome((going - cost, -split)), "stay": Outcome((-face - cost, 0.0))})
    conceded = Outcome((0.75 - cost, -0.25 - give_face))
    game = Decision(
        0,
        "threat",
        {
            "threaten": Decision(1, "answer", {"concede": conceded, "stand": after}),
            "wait": Outcome((0.0, 0.0)),
        },
    )
    expected = {name: dict(mix) for name, mix in agent_equilibrium(game, LAM).mixes}
    ran = _play(leave__seat=seat, sanction__split_cost=split, runs=600)
    threats = _first(ran, "threaten", 3)
    np.testing.assert_allclose(threats["probability"], expected["threat"]["threaten"], atol=2e-4)
    for code, name in ((1, "concede"), (2, "stand")):
        chosen = _first(ran, "answer_below", 0, code)["probability"]
        np.testing.assert_allclose(chosen, expected["answer"][name], atol=2e-4)
    refused = _first(ran, "answer_below", 0, 2)["run"]
    gone = _first(ran, "leave_seat", 3)
    after_refusal = gone["probability"][np.isin(gone["run"], refused)]
    np.testing.assert_allclose(after_refusal, expected["exit"]["go"], atol=2e-4)
    assert threats["run"].size
    assert split > 1.0 or after_refusal.size


def test_a_concession_makes_the_line_what_it_had_beaten_and_the_others_are_beaten_now() -> None:
    """Conceded, the member has no more to leave over; the three others stand .5 from the new line, at 0 before."""
    ran = _play(sanction__split_cost=NEVER, demand__cost=-NEVER, runs=100)
    alone = _alone(ran)
    assert len(_first(ran, "answer_below", 0, 1)["run"]) == len(alone) > 80
    np.testing.assert_allclose(ran.measure("at_odds:gov")[1][alone], 0.75, atol=1e-6)


def test_who_is_refused_goes_or_backs_down() -> None:
    ran = _play(demand__cost=-NEVER, sanction__concession_cost=NEVER, leave__seat=0.4, runs=300)
    assert len(_first(ran, "answer_below", 0, 2)["run"]) == len(_alone(ran))
    gone = {run for run, who in zip(*(ran.events("leave_seat")[k] for k in ("run", "entity")), strict=True) if who == 3}
    stayed = {
        run for run, who in zip(*(ran.events("back_down")[k] for k in ("run", "entity")), strict=True) if who == 3
    }
    assert len(gone) > 50
    assert len(stayed) > 50


def test_face_makes_threats_come_true() -> None:
    """The face lost by backing down adds to going: flipped, fewer would go."""
    shares = []
    for face in (0.0, 0.15):
        ran = _play(demand__cost=-NEVER, sanction__concession_cost=NEVER, leave__seat=0.4, demand__face=face)
        shares.append(len(_first(ran, "leave_seat", 3)["run"]))
    assert shares[1] > shares[0] + 50


def _pivot_tree(others: int) -> Tree:
    """A government of `others` + 4 against 6 in a council whose confidence it needs."""
    tree = _threat_tree()
    tree["actors"] += [{**tree["actors"][1], "id": f"b{k}", "ideal": {"x": 0.0}} for k in range(others)]
    tree["actors"] += [{**tree["actors"][4], "id": f"o{k}"} for k in range(2, 7)]
    council = ["g1", "g2", "g3", "member", *(f"b{k}" for k in range(others)), *(f"o{k}" for k in range(1, 7))]
    tree["bodies"].append(
        {**tree["bodies"][0], "id": "council", "party": None, "seats": [{"actor": a} for a in council]}
    )
    tree["government"]["confidence"] = "council"
    return tree


def test_a_threat_of_those_on_whom_the_majority_hangs_is_given_way_to() -> None:
    """With 7 against 6 the member is pivotal, with 12 against 6 not; without a weight on it both are alike."""
    told = {"demand__cost": -NEVER, "sanction__split_cost": 0.0, "leave__seat": 0.0, "talks__fall_cost": 0.3}
    shares = {}
    for others in (3, 8):
        for weight in (0.0, 1.0):
            ran = _play(_pivot_tree(others), demand__majority=weight, runs=60, **told)
            answers = ran.events("answer_below")
            first = (answers["entity"] == 0) & (answers["step"] == 0)
            shares[others, weight] = float((answers["value"][first] == 1).mean())
    assert shares[3, 1.0] > shares[3, 0.0] + 0.2
    assert abs(shares[8, 1.0] - shares[8, 0.0]) < 0.15


def test_a_weak_leader_gives_way_sooner() -> None:
    told = {"demand__cost": -NEVER, "sanction__split_cost": 0.0, "leadership__weak": 0.3, "leadership__direction": 0.0}
    shares = []
    for weak in (0.0, 1.0):
        tree = _threat_tree()
        tree["parties"][0]["leadership"] = {"weak": weak, "removable": False, "assumed": "test"}
        shares.append(_play(tree, **told).share("answer_below", 1))
    assert shares[1] > shares[0] + 0.2
