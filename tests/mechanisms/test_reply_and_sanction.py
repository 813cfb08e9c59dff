"""The answer to an ultimatum and what follows it: each option's chance is the quantal response to its own terms.

One member, at 1, faces a line at 0; the beaten alternative is at .4. All the cadre of the party is the member's.
"""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, Tree, run
from test_exit_voice_loyalty import _tree

from whipcount.theory.quantal_response import Decision, Outcome, agent_equilibrium

LAM, NEVER = 10.0, 1e3
# Reply: voice, pride, expected sanction, cost of evading; then what going wins and costs.
VOICE, PRIDE, THREAT, EVASION, DISCIPLINE = 0.1, 0.05, 0.08, 0.03, 0.02
FREEDOM, SEAT, PROSPECT, IDENTITY = 0.2, 0.04, 0.01, 0.05
# Sanction: split, harshness, credibility, sabotage, delay, face lost by conceding, foresight.
SPLIT, HARSH, BROKEN, SABOTAGE, DELAY, FACE, FORESIGHT = 0.2, 0.03, 0.06, 0.05, 0.04, 0.05, 0.5
TOLD = {
    "choice.lam": LAM,
    "survival.s_calm": 0.9999999,
    "mandate.gain_expose": 0.1,
    "mandate.epsilon": 0.0,
    "mandate.cost_withdraw": NEVER,
    "ballot.discipline": DISCIPLINE,
    "forum.cost": NEVER,
    "ultimatum.cost": -NEVER,
    "ultimatum.sign_cost": -NEVER,
    "breach.half_life": 1e4,
    "reply.voice_cost": VOICE,
    "reply.pride": PRIDE,
    "reply.solidarity": 0.0,
    "reply.evasion": EVASION,
    "reply.foresight": 0.0,
    "reply.pace": 50.0,
    "sanction.expected": THREAT,
    "sanction.credibility": BROKEN,
    "sanction.sabotage": SABOTAGE,
    "sanction.split_cost": SPLIT,
    "sanction.foresight": FORESIGHT,
    "sanction.concession_cost": FACE,
    "sanction.harshness": HARSH,
    "sanction.delay": DELAY,
    "leave.voice": FREEDOM,
    "leave.inside": NEVER,  # nobody goes before a demand forbids speech
    "leave.solidarity": 0.0,
    "leave.prospect": PROSPECT,
    "leave.seat": SEAT,
    "leave.identity": IDENTITY,
}
ANSWERS = ("submit", "evade", "refuse", "resign")
STEPS = ("tolerate", "concede", "strip", "refer", "expel")


def _party(*, evasion_counts: bool = True, branch: str = "expulsion") -> Tree:
    tree = _tree()
    tree["settlements"][1]["point"] = {"x": 0.4}
    tree["parties"][0]["ultimatum"].update(evasion_counts=evasion_counts, branch=branch)
    return tree


def _mix(worth: dict[str, float]) -> dict[str, float]:
    """The quantal response of one who chooses among options of this worth."""
    game = Decision(0, "choice", {name: Outcome((value,)) for name, value in worth.items()})
    return dict(dict(agent_equilibrium(game, LAM).mixes)["choice"])


def _answers(counts: bool) -> dict[str, float]:
    """One breach so far, so the whole of the pride is at stake."""
    return _mix(
        {
            "submit": -VOICE - PRIDE,
            "evade": -0.5 * VOICE - THREAT * (1.0 if counts else 0.3) - 0.3 * PRIDE - EVASION,
            "refuse": -THREAT - DISCIPLINE,
            "resign": 0.3 * FREEDOM - SEAT - PROSPECT,
        }
    )


def _first(ran: Ran, verb: str) -> dict[str, np.ndarray]:
    events = ran.events(verb)
    own = events["entity"] == {"reply": 2, "sanction": 0}[verb]
    first = own & (events["step"] <= 1)
    return {name: column[first] for name, column in events.items()}


@pytest.mark.parametrize("counts", [True, False])
def test_an_answer_is_the_quantal_response_to_its_terms(counts: bool) -> None:
    expected = _answers(counts)
    answers = _first(run(_party(evasion_counts=counts), TOLD, runs=500), "reply")
    assert answers["run"].size > 300
    for code, name in enumerate(ANSWERS, start=1):
        chosen = answers["probability"][answers["value"] == code]
        assert chosen.size, name
        np.testing.assert_allclose(chosen, expected[name], atol=2e-4)
        assert chosen.size / answers["run"].size == pytest.approx(expected[name], abs=0.08)


def _steps(defied: bool, refers: bool) -> dict[str, float]:
    """The member's exit, if ignored, is as likely as not: freedom is worth what identity and prospect hold."""
    ignored = 1.0 / (1.0 + np.exp(-LAM * (0.3 * FREEDOM - IDENTITY - PROSPECT)))
    broken = BROKEN if defied else 0.3 * BROKEN
    loss = 0.4**2  # to those who are content at 0
    return _mix(
        {
            "tolerate": -broken - SABOTAGE - FORESIGHT * SPLIT * ignored,
            "concede": -loss - FACE - broken,
            "strip": -0.5 * SPLIT - 0.5 * HARSH - 0.5 * broken,
            "refer": -DELAY - 0.3 * SPLIT - (0.0 if refers else 0.5),
            "expel": -SPLIT - HARSH - (0.1 if refers else 0.0),
        }
    )


@pytest.mark.parametrize("refers", [False, True])
def test_what_the_majority_does_is_the_quantal_response_to_its_terms(refers: bool) -> None:
    """After a refusal, and after an answer by resigning, which breaks less of the threat's credit."""
    tree = _party(branch="congress" if refers else "expulsion")
    if refers:
        tree["parties"][0]["congress"] = "congress"
        tree["bodies"].append({**tree["bodies"][0], "id": "congress", "kind": "congress", "convened": False})
    ran = run(tree, {**TOLD, "congress.insist": NEVER}, runs=1500)
    answers, steps = _first(ran, "reply"), _first(ran, "sanction")
    given = dict(zip(answers["run"].tolist(), answers["value"].tolist(), strict=True))
    for answer, defied in ((3, True), (4, False)):
        expected = _steps(defied, refers)
        of_these = np.array([given.get(run_) == answer for run_ in steps["run"].tolist()])
        assert of_these.sum() > 60
        for code, name in enumerate(STEPS, start=1):
            chosen = steps["probability"][of_these & (steps["value"] == code)]
            assert chosen.size or expected[name] < 0.05, name
            np.testing.assert_allclose(chosen, expected[name], atol=2e-4)


def test_who_submits_is_not_sanctioned() -> None:
    ran = run(_party(), TOLD, runs=300)
    answers = _first(ran, "reply")
    submitted = set(answers["run"][answers["value"] == 1].tolist())
    first = ran.events("sanction")
    assert submitted
    assert not submitted & set(first["run"][first["step"] <= 1].tolist())


def test_an_indefinite_answer_that_does_not_count_is_let_pass() -> None:
    ran = run(_party(evasion_counts=False), TOLD, runs=300)
    answers, steps = _first(ran, "reply"), _first(ran, "sanction")
    evaded = set(answers["run"][answers["value"] == 2].tolist())
    assert evaded
    assert not evaded & set(steps["run"].tolist())
