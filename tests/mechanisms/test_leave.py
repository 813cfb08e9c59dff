"""Voice and exit without any demand: who is at odds with the line goes or stays by what going wins and costs."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from small import Ran, Tree, actor, body, party, run, settlement, text, two_party_tree

LAM = 10.0
QUIET_EXIT = {
    "choice.lam": LAM,
    "mandate.gain_expose": 0.1,
    "mandate.epsilon": 0.0,
    "mandate.cost_withdraw": 1e3,
    "forum.cost": 1e3,
    "ballot.discipline": 0.0,
    "survival.horizon": 1e9,
    "congress.insist": 1e3,
    "appeal.cost": 1e3,
    "reconcile.work": -1e3,
    "leave.voice": 1.0,
    "leave.inside": 0.0,
    "leave.solidarity": 0.0,
    "leave.statement": 0.1,
    "leave.seat": 0.1,
    "leave.duty": 0.1,
    "leave.office": 0.0,
    "leave.platform": 0.0,
    "leave.identity": 0.1,
    "leave.prospect": 0.0,
    "leave.word": 0.2,
}


def _tree(member: float = 1.0, leader: float = 0.0) -> Tree:
    """A board of three whose line is at 0 unless the leader is among those who would have it otherwise."""
    tree = two_party_tree()
    tree["settlements"][1]["point"] = {"x": 1.0}
    tree["actors"] = [
        actor("g1", "gov", leader),
        actor("g2", "gov", 0.0),
        actor("g3", "gov", 0.0),
        actor("member", "gov", member),
        actor("o1", "opp", 1.0),
    ]
    tree["bodies"] = [
        body("gov_board", "gov", "g1", "g2", "g3", "member"),
        body("opp_board", "opp", "o1"),
        body("cabinet", None, "g1", "g2", "member", kind="cabinet"),
    ]
    tree["government"].update({"cabinet": "cabinet", "head": "g2"})
    tree["posts"] = [
        {"id": "m", "name": text("m"), "body": "cabinet", "holder": "member", "portfolio": 0.1, "assumed": "test"}
    ]
    return tree


def certain_to_follow(tree: Tree) -> None:
    """All expect the other side, at 1, to govern after a fall."""
    tree["settlements"].append({**settlement("next", 1.0, ("opp",), opp=1.0), "standing": 1e12})
    tree["table"]["investiture"] = "none"


def confidence_in_council(tree: Tree) -> dict[str, float]:
    """The council's motion of confidence, moved on the first day; the parameters under which it is and all vote."""
    tree["government"]["confidence"] = "council"
    certain_to_follow(tree)
    motion = {"id": "c", "name": text("c"), "body": "council", "kind": "confidence", "proposers": ["o1"]}
    tree["motions"] = [{**motion, "after": "2000-01-02", "assumed": "test"}]
    told = {"agenda.cost": -1e3, "agenda.meetings": 50.0, "ballot.abstention": 1e3}
    return {**told, "succession.vacuum": 0.0, "ballot.discipline": 0.3}


def _play(tree: Tree | None = None, runs: int = 400, **changes: float) -> Ran:
    return run(
        tree or _tree(), {**QUIET_EXIT, **{name.replace("__", "."): x for name, x in changes.items()}}, runs=runs
    )


def _at(ran: Ran, verb: str, entity: int) -> np.ndarray:
    events = ran.events(verb)
    return events["probability"][events["entity"] == entity]


def test_with_every_demand_switched_off_exits_still_happen() -> None:
    """No party can threaten: the same tree has no ultimatum, and each rung is still left."""
    ran = _play()
    assert ran.share("ultimatum") == ran.share("draft") == 0.0
    for verb in ("statement", "leave_seat", "leave_post", "leave_party"):
        assert 0.5 < ran.share(verb) <= 1.0


def test_each_rung_is_a_logit_of_what_it_wins_over_what_it_costs() -> None:
    """Voice .3 at a distance of 1 against a cost of .1 is worth .2 on every rung, so P = logistic(.2 lambda)."""
    ran, expected = _play(), 1.0 / (1.0 + np.exp(-LAM * 0.2))
    np.testing.assert_allclose(_at(ran, "statement", 3), expected, atol=1e-4)
    np.testing.assert_allclose(_at(ran, "leave_post", 0), expected, atol=1e-4)
    np.testing.assert_allclose(_at(ran, "leave_party", 3), expected, atol=1e-4)
    np.testing.assert_allclose(ran.share("leave_post"), expected, atol=0.08)


def test_the_question_is_put_once_and_not_every_day() -> None:
    """Without news the draw stands: after 21 days as many have gone as after one."""
    ran = _play()
    assert ran.events("leave_post")["step"].max() == 0
    assert ran.share("leave_post") < 0.95


def test_freedom_inside_keeps_members_in() -> None:
    shares = [_play(leave__inside=inside).share("leave_party") for inside in (-0.3, 0.3, 1.0)]
    assert shares[0] > shares[1] > shares[2]


def test_who_prefers_the_line_does_not_leave_over_it() -> None:
    ran = _play()
    gone = ran.events("leave_party")["entity"]
    assert set(gone[gone < 4].tolist()) == {3}


def test_a_leader_who_is_beaten_can_go() -> None:
    """The leader alone is at 1, the others at 0: the leader is beaten by the own board, and goes as others go."""
    ran = _play(_tree(member=0.0, leader=1.0))
    gone = ran.events("leave_party")["entity"]
    assert set(gone[gone < 4].tolist()) == {0}
    np.testing.assert_allclose(_at(ran, "leave_party", 0), 1.0 / (1.0 + np.exp(-LAM * 0.2)), atol=1e-4)


def test_a_line_that_moves_away_is_left_behind_by_who_was_never_beaten() -> None:
    """Nobody of a party without a seat at the table is ever beaten; an event moves them all away from the line."""
    tree = two_party_tree()
    tree["parties"].append(party("third", "third_board", support=0.0))
    names = [f"t{k}" for k in range(1, 8)]  # so many that the line stays where it is
    tree["actors"] += [actor(name, "third", 0.0) for name in names]
    tree["bodies"].append(body("third_board", "third", *names))
    still = _play(copy.deepcopy(tree)).events("leave_party")
    assert not set(still["entity"].tolist()) & set(range(2, 9))
    shift = {"ideals": [{"actor": "t3", "dimension": "x", "by": 1.0}]}
    tree["events"] = [{"id": "e", "name": text("e"), "date": "2000-01-05", "effects": shift, "assumed": "test"}]
    left = _play(tree).events("leave_party")
    assert set(left["entity"].tolist()) & set(range(2, 9)) == {4}
    assert left["step"][left["entity"] == 4].min() == 4


def _threatened(**changes: float) -> Ran:
    tree = _tree()
    tree["parties"][0]["ultimatum"] = {"deadline_days": 2, "quota": 0.3, "assumed": "test"}
    tree["history"] = {
        "breaches": [{"actors": ["member"], "party": "gov", "date": "1999-12-31", "at_issue": True, "assumed": "test"}]
    }
    certain = {"ultimatum.cost": -1e3, "ultimatum.sign_cost": -1e3, "leave.seat": 1e3, "sanction.harshness": 1e3}
    return run(tree, {**QUIET_EXIT, **certain, "sanction.concession_cost": 1e3, "sanction.delay": 1e3, **changes})


def test_a_demand_takes_the_freedom_inside() -> None:
    """Before the demand going wins 1 - inside of the voice; once it forbids speech, all of it."""
    gone = _at(_threatened(**{"leave.inside": 0.5, "leave.identity": 0.2}), "leave_party", 3)
    before, free = (1.0 / (1.0 + np.exp(-LAM * (voice - 0.2))) for voice in (0.15, 0.3))
    assert all(np.any(np.abs(gone - expected) < 1e-3) for expected in (before, free))
    assert np.all(np.minimum(np.abs(gone - before), np.abs(gone - free)) < 1e-3)


def _leave_after_submitting(word: float) -> float:
    ran = _threatened(**{"leave.inside": 0.5, "leave.identity": 0.2, "leave.word": word, "sanction.expected": 1.0})
    replies, gone = ran.events("reply"), ran.events("leave_party")
    submitted = set(replies["run"][replies["value"] == 1].tolist())
    assert len(submitted) > 50
    return len(submitted & set(gone["run"][gone["step"] > 0].tolist())) / len(submitted)


def test_a_submission_binds_by_the_word_given() -> None:
    assert _leave_after_submitting(word=0.0) > 0.3
    assert _leave_after_submitting(word=0.2) == 0.0


@pytest.mark.parametrize("voice_cost", [0.0, 5.0])
def test_whether_a_demand_brings_exits_depends_on_the_answers(voice_cost: float) -> None:
    """Where submitting costs nothing a demand brings no exits; where it costs much it drives members out."""
    told = {
        "leave.inside": 1.0 if voice_cost else 0.0,
        "leave.identity": 0.35,
        "leave.word": 0.3,
        "sanction.expected": 1.0,
    }
    changes = {**told, "reply.voice_cost": voice_cost, "reply.pride": 0.0, "reply.foresight": 0.0}
    with_demand = _threatened(**changes, **{"leave.seat": 1e3}).share("leave_party")
    without = run(_tree(), {**QUIET_EXIT, **changes, "leave.seat": 1e3}, runs=200).share("leave_party")
    assert (with_demand < without + 0.02) if voice_cost == 0.0 else (with_demand > without + 0.05)


def test_who_goes_by_a_threat_of_the_own_exit_does_not_appoint_himself_again() -> None:
    """The head holds the only post and threatens with the own exit; carried out, it leaves the post to others."""
    tree = _tree()
    tree["government"]["head"] = "g1"
    tree["posts"][0] = {
        "id": "m",
        "name": text("m"),
        "body": "cabinet",
        "holder": "g1",
        "eligible": ["g2"],
        "portfolio": 0.1,
        "assumed": "test",
    }
    tree["parties"][0]["ultimatum"] = {"deadline_days": 2, "quota": 0.3, "own_exit": True, "assumed": "test"}
    tree["history"] = {
        "breaches": [{"actors": ["member"], "party": "gov", "date": "1999-12-31", "at_issue": True, "assumed": "test"}]
    }
    certain = {
        "ultimatum.cost": -1e3,
        "ultimatum.sign_cost": -1e3,
        "reply.pride": 1e3,
        "leave.seat": 1e3,
        "leave.identity": 1e3,
        "leave.duty": 1e3,
        "sanction.credibility": 10.0,
        "sanction.concession_cost": 1e3,
        "sanction.delay": 1e3,
        "sanction.split_cost": 0.0,
        "sanction.harshness": 0.0,
        "cabinet.fill_rate": 5.0,
    }
    ran = run(tree, {**QUIET_EXIT, **certain}, runs=100)
    assert ran.share("leader_goes") > 0.9
    assert set(ran.events("appoint")["entity"].tolist()) == {1}


def test_who_has_left_is_asked_for_nothing() -> None:
    """On a motion of confidence a member of the party in power votes by policy and whip; once out of the party, by the
    policy alone."""
    tree = _tree()
    tree["bodies"].append(body("council", None, "member", "o1"))
    moved_at_once = confidence_in_council(tree)
    told = {**moved_at_once, "split.confidence": 0.0, "survival.horizon": 1e12}
    chances = {}
    for name, identity in (("in", 1e3), ("out", -1e3)):
        ran = run(tree, {**QUIET_EXIT, **told, "leave.identity": identity, "leave.seat": 1e3}, runs=40)
        votes, seats = ran.events("vote", "ballot"), list(ran.plan.world.structure.axes["seat"])
        own = (votes["entity"] == seats.index("member@council")) & (votes["step"] == 1)
        chances[name] = votes["probability"][own]
    policy = (0.0 - 1.0) / 2  # the government at 0 against the fall at 1, for a member at 1
    for name, half in (("in", policy + 0.3), ("out", policy)):
        assert chances[name].size
        np.testing.assert_allclose(chances[name], 1.0 / (1.0 + np.exp(-2 * LAM * half)), atol=2e-3)
