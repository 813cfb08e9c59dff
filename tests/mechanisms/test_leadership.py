"""Leadership as an office: asked for, voted on, given up, passed on."""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, Tree, actor, body, run, text
from test_demand import NEVER, ONLY_THREATS
from test_leave import LAM, _tree

OFFICE = {
    **ONLY_THREATS,
    "demand.cost": NEVER,
    "leave.seat": NEVER,
    "leave.duty": NEVER,
    "leadership.direction": 0.5,
    "leadership.weak": 0.2,
    "leadership.habit": 0.1,
    "leadership.cost": -NEVER,
    "leadership.reprisal": 0.0,
    "leadership.office": NEVER,
    "leadership.members": 0.0,
    "leadership.defeat": 0.0,
    "leadership.half_life": 1e9,
    "leadership.pace": 1e3,
}


def _board(leader: float = 1.0, weak: float = 0.0, **rule: object) -> Tree:
    """A leader and four members at 0; the opposition has no leader to lose."""
    tree = _tree(member=0.0, leader=leader)
    tree["actors"].insert(3, actor("g4", "gov", 0.0))
    tree["bodies"][0] = body("gov_board", "gov", "g1", "g2", "g3", "g4", "member")
    tree["parties"][0]["leadership"] = {"weak": weak, "assumed": "test", **rule}
    tree["parties"][1].pop("leader")
    return tree


def _turned(tree: Tree) -> Tree:
    """The party stands where its leader does, until on the fifth day it meets and its members decide otherwise."""
    del tree["table"]
    tree["parties"][0]["line"] = "half"
    tree["events"] = [{"id": "stir", "name": text("s"), "date": "2000-01-05", "effects": {}, "assumed": "test"}]
    return tree


def _play(tree: Tree | None = None, runs: int = 300, **changes: float) -> Ran:
    given = {name.replace("__", "."): value for name, value in changes.items()}
    return run(tree or _board(), {**OFFICE, **given}, runs=runs)


def test_a_vote_removes_with_the_chance_of_a_majority_of_the_body() -> None:
    """The four others gain direction x (1 - (leader's part of the mean)) over habit; three of five remove."""
    ran = _play()
    mean = 0.2
    gain = 0.5 * (1.0 - mean**2) - 0.1
    p = 1.0 / (1.0 + np.exp(-LAM * gain))
    expected = 4 * p**3 * (1 - p) + p**4
    votes = ran.events("leader_vote")
    first = votes["step"] == 0
    assert first.sum() == 300
    assert abs((votes["value"][first] == 2).mean() - expected) < 0.06


def test_weakness_removes_a_leader_with_whom_all_agree() -> None:
    firm = _play(_board(leader=0.0, weak=0.0), leadership__weak=0.35)
    weak = _play(_board(leader=0.0, weak=1.0), leadership__weak=0.35)
    assert weak.share("leader_out") > firm.share("leader_out") + 0.3


def test_a_leader_whom_no_rule_can_remove_is_never_voted_on() -> None:
    ran = _play(_board(removable=False))
    assert ran.share("ask_vote") == ran.share("leader_vote") == 0.0


@pytest.mark.parametrize(("letters", "votes"), [(0.5, 1.0), (0.9, 0.0)])
def test_enough_must_ask(letters: float, votes: float) -> None:
    """Four of five ask, and the leader does not."""
    ran = _play(_board(letters=letters), runs=50)
    assert ran.share("ask_vote") == 1.0
    assert ran.share("leader_vote") == votes


def test_asking_costs_and_so_does_having_asked_in_vain() -> None:
    cheap = _play(leadership__cost=0.1, leadership__direction=0.2).count("ask_vote")
    dear = _play(leadership__cost=0.3, leadership__direction=0.2).count("ask_vote")
    feared = _play(leadership__cost=0.1, leadership__direction=0.2, leadership__reprisal=0.3).count("ask_vote")
    assert dear < cheap - 0.5
    assert feared < cheap - 0.2


def test_one_leader_at_a_time_and_never_the_one_who_went() -> None:
    ran = _play(leadership__habit=-1.0, runs=60)
    out, elected = ran.events("leader_out"), ran.events("leader_in")
    assert len(elected["run"]) > 60
    for number in range(60):
        gone = out["entity"][out["run"] == number].tolist()
        came = elected["entity"][elected["run"] == number].tolist()
        assert len(gone) == len(set(gone)), "nobody goes twice"
        assert not set(gone[:1]) & set(came)
        assert len(came) in (len(gone), len(gone) - 1)


def test_the_successor_is_whom_the_body_likes_best_up_to_what_is_unseen() -> None:
    """Candidates at 0 and at .4 before voters whose mean is .28: odds are logit in the mean distance to the voters."""
    tree = _tree(member=1.0, leader=1.0)
    tree["actors"] = [actor("g1", "gov", 1.0), actor("a", "gov", 0.0), actor("b", "gov", 0.4), actor("o1", "opp", 1.0)]
    tree["bodies"] = [
        body("gov_board", "gov", "g1", "a", {"actor": "b", "weight": 3.0}),
        body("opp_board", "opp", "o1"),
    ]
    tree["posts"], tree["government"] = [], {"settlement": "alone", "fall": "fall", "assumed": "test"}
    tree["parties"][0]["leadership"] = {"assumed": "test"}
    tree["parties"][1].pop("leader")
    ran = _play(tree, leadership__habit=-10.0, runs=1500)
    mean = (1.0 + 0.0 + 3 * 0.4) / 5
    score = {1: -((0.0 - mean) ** 2), 2: -((0.4 - mean) ** 2)}
    expected = 1.0 / (1.0 + np.exp(-LAM * (score[2] - score[1])))
    elected = ran.events("leader_in")
    first = elected["step"] == elected["step"].min()
    assert abs((elected["entity"][first] == 2).mean() - expected) < 0.05


def test_a_beaten_leader_bows_or_resigns_by_what_serving_and_the_office_are_worth() -> None:
    """Bowing costs the voice that going would win, .3 at a distance of 1, and weakness; resigning costs the office."""
    lam_terms = (-0.3 - 0.2 * 0.5, -0.25, -10.0)
    weights = np.exp(LAM * np.array(lam_terms))
    bow, resign, _ = weights / weights.sum()
    told = {"leadership__office": 0.25, "leadership__cost": NEVER, "leadership__defeat": 0.5, "leave__identity": NEVER}
    ran = _play(_turned(_board()), runs=400, **told)
    courses = ran.events("leader_course")
    assert set(courses["step"][courses["entity"] == 0].tolist()) == {4}, "a first line beats nobody"
    first = courses["entity"] == 0
    for code, expected in ((1, bow), (2, resign)):
        chosen = courses["probability"][first & (courses["value"] == code)]
        np.testing.assert_allclose(chosen, expected, atol=2e-4)
    assert set(ran.events("leader_out")["entity"].tolist()) == {0}


def test_a_leader_may_go_over_the_head_of_the_body_where_there_is_a_congress() -> None:
    tree = _turned(_board())
    tree["actors"][0]["press"] = tree["actors"][0]["organisation"] = 1.0
    told = {"leadership__cost": NEVER, "leadership__members": 2.0, "congress__insist": 0.0, "congress__force": 0.1}
    assert _play(tree, runs=40, **told).share("leader_course", 3) == 0.0
    tree["parties"][0]["congress"] = "congress"
    tree["bodies"].append(body("congress", "gov", "g1", kind="congress", convened=False, lead_days=2.0))
    ran = _play(tree, runs=40, **told)
    assert ran.share("leader_course", 3) == 1.0
    assert ran.share("call", 4) == 1.0


def test_weakness_fades() -> None:
    lasting = _play(_board(leader=0.0, weak=1.0), leadership__weak=0.35, leadership__pace=0.1, leadership__habit=0.2)
    fading = _play(
        _board(leader=0.0, weak=1.0),
        leadership__weak=0.35,
        leadership__pace=0.1,
        leadership__habit=0.2,
        leadership__half_life=2.0,
    )
    assert fading.share("leader_out") < lasting.share("leader_out") - 0.1
