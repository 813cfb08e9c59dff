"""Exit, voice and loyalty: the mechanisms with Clark, Golder & Golder's payoffs give the agent quantal response.

The member, at 1, faces a line at 0 set by a leader at 0; the beaten alternative is at 1: a concession is worth 1
to the member and costs the leader 1. Loyalty is submission, worth 0; exit is resignation, worth E; voice is refusal, at
the cost c; after voice the leader concedes or tolerates, and the ignored member leaves the party (E) or stays (0).
"""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, Tree, actor, body, run, two_party_tree

LAM, COST = 5.0, 0.2
NEVER = 1e3
GOLDEN = {
    (0.3, 1.5): ((0.1645, 0.0367, 0.7987), 0.7562, 0.8176),
    (0.3, 0.5): ((0.6409, 0.1430, 0.2161), 0.0495, 0.8176),
    (-0.3, 1.5): ((0.1445, 0.6478, 0.2077), 0.0258, 0.1824),
}


def _tree() -> Tree:
    tree = two_party_tree()
    tree["calendar"]["end"] = "2000-01-12"
    tree["table"]["opens"], tree["table"]["closes"] = "2000-01-01", "2000-01-12"
    tree["settlements"][1]["point"] = {"x": 1.0}
    tree["actors"] = [
        actor("g1", "gov", 0.0, cadre=0.0),
        actor("g2", "gov", 0.0, cadre=0.0),
        actor("member", "gov", 1.0, cadre=1.0),
        actor("o1", "opp", 1.0),
    ]
    tree["bodies"] = [body("gov_board", "gov", "g1", "g2", "member"), body("opp_board", "opp", "o1")]
    tree["parties"][0]["ultimatum"] = {"deadline_days": 3, "evasion_counts": True, "quota": 0.3, "assumed": "test"}
    tree["history"] = {
        "breaches": [
            {
                "actors": ["member"],
                "party": "gov",
                "date": "1999-12-31",
                "at_issue": True,
                "weight": 1.0,
                "assumed": "test",
            }
        ]
    }
    return tree


def _play(outside: float, loyalty: float) -> Ran:
    parameters = {
        "choice.lam": LAM,
        "survival.s_calm": 0.9999999,
        "mandate.gain_expose": 0.1,
        "mandate.epsilon": 0.0,
        "mandate.cost_withdraw": NEVER,
        "ballot.discipline": 0.0,
        "forum.cost": NEVER,
        "ultimatum.cost": -NEVER,
        "ultimatum.sign_cost": -NEVER,
        "breach.half_life": 1e4,
        "reply.voice_cost": 0.0,
        "reply.pride": 0.0,
        "reply.solidarity": 0.0,
        "reply.evasion": NEVER,
        "reply.foresight": 1.0,
        "sanction.expected": COST,
        "sanction.credibility": 0.0,
        "sanction.sabotage": 0.0,
        "sanction.split_cost": loyalty,
        "sanction.foresight": 1.0,
        "sanction.concession_cost": 0.0,
        "sanction.harshness": NEVER,
        "sanction.delay": NEVER,
        "leave.voice": 0.0,
        "leave.solidarity": 0.0,
        "leave.prospect": 0.0,
        "leave.seat": -outside,
        "leave.identity": -outside,
    }
    return run(_tree(), parameters, runs=6000)  # in most of them the member has gone before anything is demanded


@pytest.mark.parametrize(("outside", "loyalty"), list(GOLDEN))
def test_member_and_leader_answer_as_agent_quantal_response(outside: float, loyalty: float) -> None:
    (exit_, loyal, voice), responds, leaves = GOLDEN[outside, loyalty]
    ran = _play(outside, loyalty)
    answers = ran.events("reply")
    for code, expected in ((4, exit_), (1, loyal), (3, voice)):
        chosen = answers["probability"][answers["value"] == code]
        assert chosen.size, f"answer {code} never came"
        np.testing.assert_allclose(chosen, expected, atol=2e-4)
        assert abs((answers["value"] == code).mean() - expected) < 0.08
    refused = set(answers["run"][answers["value"] == 3].tolist())
    steps = ran.events("sanction")
    after_voice = np.isin(steps["run"], list(refused))
    conceded = steps["probability"][after_voice & (steps["value"] == 2)]
    ignored = steps["probability"][after_voice & (steps["value"] == 1)]
    np.testing.assert_allclose(np.concatenate([conceded, 1 - ignored]), responds, atol=2e-4)
    gone = ran.events("leave_party")
    ignored_ones = ~np.isin(gone["run"], ran.events("concession")["run"])  # after a concession others are beaten
    assert ignored_ones.any()
    np.testing.assert_allclose(gone["probability"][ignored_ones], leaves, atol=2e-4)
