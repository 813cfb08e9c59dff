"""One step of one rule, from states that a test sets: who is meant by it, and who is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from probe import act, probe
from small import Tree, actor, body, party, run, settlement, text, two_party_tree
from test_formateur import PAIRS, parliament
from test_leave import _tree as with_posts
from test_mandate import _board as board

from whipcount.mechanisms import government
from whipcount.mechanisms.breach import Breach
from whipcount.mechanisms.cabinet import Cabinet
from whipcount.mechanisms.dismissal import Dismissal
from whipcount.mechanisms.election import Election
from whipcount.mechanisms.formateur import Formateur
from whipcount.mechanisms.formation import Formation
from whipcount.mechanisms.forum import Forum
from whipcount.mechanisms.leadership import Leadership
from whipcount.mechanisms.mandate import Mandate
from whipcount.mechanisms.reconcile import Reconcile
from whipcount.mechanisms.reply import Reply
from whipcount.mechanisms.sanction import Sanction
from whipcount.mechanisms.succession import Succession
from whipcount.mechanisms.survival import Survival
from whipcount.mechanisms.talks import Talks
from whipcount.mechanisms.withdrawal import Withdrawal

OFTEN = 1e4
NEVER = 1e3
PRESENTED, CLOSED = 2.0, 3.0
STAGES = ("idle", "open", "agreed", "ratified", "done", "failed")


def _step(self: Any, day: Any) -> None:
    type(self).__mro__[1].step(self, day)


def _of(tree: Tree, *names: str) -> list[bool]:
    return [one["id"] in names for one in tree["actors"]]


# -- forum ---------------------------------------------------------------------------------------------------------


def test_a_party_whips_for_what_is_nearer_to_its_line_and_the_movers_own_against() -> None:
    """A motion at .8 instead of .2: lines at .9 and .1 lie on one side each, .5 is as near to both."""
    tree = two_party_tree()
    names = ("gov", "near", "far", "between", "none")
    tree["parties"] = [party(name, f"{name}_board" if name != "none" else None) for name in names]
    tree["parties"][0]["support"] = tree["parties"][1]["support"] = 0.5
    tree["actors"] = [actor(f"{name}1", name, 0.5) for name in names]
    tree["bodies"] = [body(f"{name}_board", name, f"{name}1") for name in names if name != "none"]
    tree["settlements"] = [settlement("alone", 0.2, ("gov",), gov=1.0), settlement("fall", 1.0, ("near",), near=1.0)]
    del tree["table"]

    def ask(self: Forum, day: Any) -> Any:
        point, now = (0.8 + 0.0 * day.number,), (0.2 + 0.0 * day.number,)
        return day.total(self._whip(day, day.only("party", "gov"), point, now), "party")

    (found,) = probe(tree, ask, {}, {"line.x": [0.9, 0.9, 0.1, 0.5, 0.9], "member": True}, kind=Forum)
    np.testing.assert_allclose(found, [-1.0, 1.0, -1.0, 0.0, 0.0])


# -- mandate -------------------------------------------------------------------------------------------------------


def _stirred(tree: Tree) -> Tree:
    tree["events"] = [{"id": "stir", "name": text("s"), "date": "2000-01-05", "effects": {}, "assumed": "test"}]
    return tree


def test_a_body_that_meets_and_keeps_its_line_has_not_moved_it() -> None:
    lines = run(_stirred(board(0.5, 0.5, 0.5)), {}, runs=3).events("line")
    assert (lines["entity"] == 0).sum() == 3  # the first one of each run


def test_a_line_moved_by_others_is_news() -> None:
    """A concession has moved the line from 0 to 1: those at 0 are beaten now, and all hear of it."""
    states = {"line.x": [1.0, 1.0], "judged.x": [0.0, 1.0], "line_number": 1.0, "met_day": 0.0, "member": True}
    tree = board(0.0, 0.0, 1.0)
    told = act(tree, _step, {}, {**states, "ideal.x": [0.0, 0.0, 1.0, 1.0]}, kind=Mandate).states
    assert told["line_changed"][:, 0].tolist() == [True, False]
    assert told["beaten"][:3, 0].tolist() == [True, True, False]
    np.testing.assert_allclose(told["judged.x"][:, 0], 1.0)


# -- leadership ----------------------------------------------------------------------------------------------------


def _vote(*ideals: float, leader: float, weights: tuple[float, ...], blocs: bool, **told: float) -> dict[str, Any]:
    """A vote of a board on its leader, at `leader`: what a successor brings is the difference times `direction`."""
    tree = two_party_tree()
    tree["actors"] = [actor("g0", "gov", leader), *(
        actor(f"g{k}", "gov", ideal, **({"size": 9} if blocs else {})) for k, ideal in enumerate(ideals, start=1)
    ), actor("o1", "opp", 1.0)]  # fmt: skip
    tree["parties"][0]["leader"] = "g0"
    seats = [{"actor": f"g{k}", "weight": weight} for k, weight in enumerate(weights)]
    tree["bodies"][0] = body("gov_board", "gov", *seats)
    given = {"choice.lam": 10.0, "leadership.direction": 0.0, "leadership.weak": 1.0, "leadership.habit": 0.0}
    states = {"ideal.x": [leader, *ideals, 1.0], "member": True, "sits": True, "blame": told.pop("blame", 0.0)}
    states |= {"weight": [*weights, 1.0], "asks": True, "leader": [True, *(False for _ in ideals), True]}

    def ask(self: Leadership, day: Any) -> None:
        voters = day.given("seat.leadership") & day.sits & day.spread(day.member, "seat")
        self._vote(day, voters, day.only("party", "gov"))

    given |= {name.replace("__", "."): value for name, value in told.items()}
    done = act(tree, ask, given, states, kind=Leadership)
    return {"removed": not done.states["leader"][0, 0], "asks": done.states["asks"][:, 0], "states": done.states}


@pytest.mark.parametrize(("gain", "removed"), [(0.02, False), (0.2, True)])
def test_a_bloc_votes_a_leader_out_by_the_share_of_it_that_would(gain: float, removed: bool) -> None:
    """At a small gain 55% of nine in eleven votes are no majority of all; at a larger one 88% are."""
    told = _vote(0.0, leader=0.0, weights=(2.0, 9.0), blocs=True, blame=gain)
    assert told["removed"] == removed


@pytest.mark.parametrize(("weight", "removed"), [(2.0, False), (2.001, True)])
def test_a_half_is_not_enough_to_remove_a_leader(weight: float, removed: bool) -> None:
    told = _vote(0.0, leader=0.0, weights=(2.0, weight), blocs=False, blame=1.0, **{"choice__lam": 1e3})
    assert told["removed"] == removed


def test_a_vote_that_has_been_held_is_not_asked_for_any_more() -> None:
    told = _vote(0.0, leader=0.0, weights=(2.0, 1.0), blocs=False, blame=0.0)
    assert told["asks"].tolist() == [False, False, True]  # the other party has not voted


# -- dismissal -----------------------------------------------------------------------------------------------------


def _ministers() -> Tree:
    """Three ministers, the head of government among them, and one who has no post."""
    tree = with_posts()
    tree["posts"] = [
        {"id": f"m{k}", "name": text("m"), "body": "cabinet", "holder": who, "portfolio": 0.1, "assumed": "test"}
        for k, who in enumerate(("g1", "g2", "member"))
    ]
    return tree


def test_a_head_of_government_dismisses_others_who_dissent_and_nobody_else() -> None:
    """The head has acted against the line too, and asks nobody; the third has done nothing."""
    tree = _ministers()
    acting = _of(tree, "g2", "member")
    states = {"dissent": acting, "breaches": np.where(acting, 1.0, 0.0), "member": True, "holds": True}
    told = {"dismissal.collective": NEVER}
    states |= {"premier": _of(tree, "g2"), "leader": _of(tree, "g1"), "turnout": 1.0}
    done = act(tree, _step, told, states, kind=Dismissal)
    held = dict(zip(("g1", "g2", "member"), done.states["holds"][:, 0].tolist(), strict=True))
    assert held == {"g1": True, "g2": True, "member": False}


def test_nothing_hangs_on_a_member_where_nobody_dissents() -> None:
    tree = with_posts()
    tree["bodies"].append(body("council", None, "g1", "member", "o1"))
    tree["government"]["confidence"] = "council"
    told = {"demand.majority": 1.0, "leave.voice": 10.0, "talks.fall_cost": 0.3}
    common = {"member": True, "sits": True, "weight": 1.0, "turnout": 1.0, "governs": [True, False], "gap": 1.0}
    risk = [
        probe(tree, lambda self, day: self._majority(day), told, {**common, "dissent": dissent}, kind=Dismissal)[0]
        for dissent in (np.zeros(5, bool), np.array(_of(tree, "member")))
    ]
    np.testing.assert_allclose(risk[0], 0.0, atol=1e-6)
    assert risk[1][3] > 0.1


# -- demands: answers and sanctions --------------------------------------------------------------------------------


def test_only_those_addressed_who_have_not_answered_a_demand_answer_it() -> None:
    """Of five: two are addressed, of whom one has submitted; the others hear of it and keep silent."""
    tree = with_posts()
    states = {"addressed": _of(tree, "g3", "member"), "answer": np.where(_of(tree, "g3"), 1.0, 0.0), "member": True}
    told = {"reply.pace": OFTEN, "choice.lam": 1.0}
    for demand, answered in ((PRESENTED, [3]), (1.0, []), (CLOSED, [])):
        done = act(tree, _step, told, {**states, "demand": demand}, kind=Reply)
        assert done.ran.events("reply")["entity"].tolist() == answered


@pytest.mark.parametrize(("answer", "counts", "punished"), [
    (0.0, True, True), (2.0, True, True), (3.0, True, True), (1.0, True, False),
    (0.0, False, False), (2.0, False, False), (3.0, False, True), (4.0, True, True),
])  # fmt: skip
def test_silence_is_evasion_and_evasion_is_refusal_where_it_counts(answer: float, counts: bool, punished: bool) -> None:
    """Who resigns has answered too, and is decided on like who refuses."""
    tree = with_posts()
    tree["parties"][0]["ultimatum"] = {"branch": "expulsion", "evasion_counts": counts, "assumed": "test"}
    states = {"addressed": _of(tree, "member"), "answer": np.where(_of(tree, "member"), answer, 0.0), "member": True}
    done = act(
        tree,
        _step,
        {"sanction.harshness": -NEVER, "sanction.split_cost": 0.0},
        {**states, "demand": [PRESENTED, 0.0], "demand_day": -100.0, "turnout": 1.0},
        kind=Sanction,
    )
    assert bool(done.ran.events("sanction")["entity"].size) == punished
    assert bool(done.ran.events("expelled")["entity"].size) == punished
    assert done.states["demand"][:, 0].tolist() == [CLOSED, 0.0]


# -- withdrawal ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "before", "news"), [
    (CLOSED, PRESENTED, True), (CLOSED, CLOSED, False), (PRESENTED, PRESENTED, False), (PRESENTED, 0.0, False),
])  # fmt: skip
def test_a_demand_that_has_run_out_is_news_once(now: float, before: float, news: bool) -> None:
    (found,) = probe(
        two_party_tree(),
        lambda self, day: self._occasion(day),
        {},
        {"demand": [now, 0.0], "knew_demand": [before, 0.0], "governed": True, "governs": True, "line_day": 1e6},
        kind=Withdrawal,
    )
    assert found.tolist() == [float(news), 0.0]


def test_a_partner_that_has_gone_is_news_to_those_who_stay_and_not_to_who_has_just_come() -> None:
    tree = two_party_tree()
    tree["parties"].append(party("third", None))
    tree["actors"].append(actor("t1", "third", 0.5))
    (found,) = probe(
        tree,
        lambda self, day: self._occasion(day),
        {},
        {"governed": [True, True, False], "governs": [True, False, True], "line_day": 1e6},
        kind=Withdrawal,
    )
    assert found[0] == 1.0
    assert found[2] == 0.0


def test_leaving_is_weighed_by_offices_policy_and_what_would_follow_where_the_majority_goes_with_it() -> None:
    """Closed form of either way to leave, for a partner without whom three of four votes would be two."""
    tree = two_party_tree()
    tree["actors"] = [actor("g1", "gov", 0.0), actor("o1", "opp", 1.0, ambition=1.0), actor("t1", "third", 0.5)]
    tree["parties"].append(party("third", None))
    tree["bodies"].append(body("council", None, {"actor": "g1", "weight": 2.0}, "o1", "t1"))
    tree["government"]["confidence"] = "council"
    states = {"governs": [True, True, False], "share": [0.5, 0.5, 0.0], "sits": True, "member": True}
    states |= {"weight": [1.0, 1.0, 2.0, 1.0, 1.0], "ideal.x": [0.0, 1.0, 0.5], "point.x": 0.4, "sequel": 0.1}
    told = {"talks.office": 0.4, "withdrawal.stakes": 0.8, "withdrawal.loss": 0.06, "withdrawal.outside": 0.3}
    leave, tolerate = probe(tree, lambda self, day: self._gains(day), told, states, kind=Withdrawal)
    policy, office = -0.36, 0.4 * 0.5
    staying = office + 0.8 * policy
    assert leave[1] == pytest.approx(-0.06 + (0.1 - policy) - staying, abs=1e-6)
    assert tolerate[1] == pytest.approx(-0.06 + 0.3 * 0.8 * policy - staying, abs=1e-6)
    # Where it stands without a majority already, leaving brings no fall, and a part of the offices is lost anyway.
    states["weight"] = [1.0, 1.0, 2.0, 1.0, 3.0]
    told["withdrawal.doomed"] = 0.25
    leave, _ = probe(tree, lambda self, day: self._gains(day), told, states, kind=Withdrawal)
    assert leave[1] == pytest.approx(-0.06 - (0.75 * office + 0.8 * policy), abs=1e-6)


# -- coming back ---------------------------------------------------------------------------------------------------


def test_a_post_is_had_again_by_who_left_one_and_was_readmitted() -> None:
    """One minister left the post and is back; another lost the post otherwise; the third is not back."""
    tree = _ministers()
    states = {"readmitted": _of(tree, "g1", "g3", "member"), "member": True, "left_post": _of(tree, "member", "g2")}
    states |= {"holds": False, "sits": True, "left_work": _of(tree, "member", "g1")}
    tree["government"].pop("head")
    done = act(tree, lambda self, day: self._posts(day), {"reconcile.again": OFTEN}, states, kind=Reconcile)
    assert done.states["holds"][:, 0].tolist() == [False, False, True]
    assert done.states["left_work"][:, 0].tolist() == _of(tree, "g1")


def test_who_is_readmitted_is_a_member_again() -> None:
    tree = with_posts()
    away = _of(tree, "member", "g3")
    states = {"left_party": away, "returned": _of(tree, "member"), "member": np.logical_not(away), "holds": True}
    done = act(tree, _step, {"reconcile.readmit": OFTEN}, {**states, "exit_day": 0.0}, kind=Reconcile)
    assert done.states["readmitted"][:, 0].tolist() == _of(tree, "member")
    assert done.states["member"][:, 0].tolist() == [name != "g3" for name in ("g1", "g2", "g3", "member", "o1")]


# -- talks and who forms a government ------------------------------------------------------------------------------


@pytest.mark.parametrize(("consent", "stage"), [("sides", "failed"), ("members", "open")])
def test_talks_fail_with_who_withdraws_where_all_must_agree(consent: str, stage: str) -> None:
    """Where a settlement needs its members alone, others can still agree among themselves."""
    tree = parliament(PAIRS, consent=consent)
    done = act(
        tree,
        lambda self, day: self._session(day, day.number >= 0.0),
        {},
        {"course": [1.0, 3.0, 1.0], "favoured": [False, False, True, False, False], "stage": 1.0},
        kind=Talks,
    )
    assert STAGES[int(done.states["stage"][0, 0])] == stage


def test_those_outside_a_new_government_leave_its_cabinet_and_keep_other_offices() -> None:
    tree = parliament({"ab": PAIRS["ab"]}, lag_days=0.001)
    tree["bodies"] += [body("cabinet", None, "a1", "b1", "c1", kind="cabinet"), body("board", None, "c1")]
    tree["government"]["cabinet"] = "cabinet"
    tree["posts"] = [
        {"id": f"p{k}", "name": text("p"), "body": where, "holder": who, "assumed": "test"}
        for k, (who, where) in enumerate((("a1", "cabinet"), ("c1", "cabinet"), ("c1", "board")))
    ]
    states = {"stage": 3.0, "agreed": [False, False, True], "gain.ab": 1.0, "holds": True}
    done = act(tree, lambda self, day: self._taking_effect(day), {"talks.renege": NEVER}, states, kind=Talks)
    assert done.states["governs"][:, 0].tolist() == [True, True, False]
    np.testing.assert_allclose(done.states["share"][:, 0], [0.6, 0.4, 0.0])
    assert done.states["holds"][:, 0].tolist() == [True, False, True]


@pytest.mark.parametrize("what", ["talks", "closed", "fallen", "over"])
def test_nobody_is_asked_to_form_a_government_but_at_an_open_table_of_one_that_stands(what: str) -> None:
    tree = parliament(PAIRS)
    if what == "closed":
        tree["table"]["opens"] = "2000-01-20"
    states = {"fallen": what == "fallen", "talks_over": what == "over"}
    done = act(tree, _step, {}, states, kind=Formateur)
    assert bool(done.states["leads"].any()) == (what == "talks")


def test_a_government_is_proposed_by_the_gain_and_by_the_chances_of_those_who_must_join_alone() -> None:
    """The first party leads; `ab` needs the second and `a` nobody; the outsiders' readiness tells nothing."""
    tree = parliament({"ab": PAIRS["ab"], "a": {"a": 1.0}}, investiture="none")
    states = {"leads": [True, False, False], "course": 1.0, "gain.ab": 0.3, "gain.a": 0.1}
    states |= {"ready.ab": [0.9, 0.6, 0.01], "ready.a": [0.9, 0.02, 0.03]}

    def ask(self: Formateur, day: Any) -> None:
        self._propose(day, ("ab", "a"), day.number >= 0.0)

    done = act(tree, ask, {"choice.lam": 10.0}, states, kind=Formateur, runs=4000)
    share = done.states["favoured"][2].mean()
    worth = np.exp(10.0 * np.array([0.6 * 0.3, 0.1]))
    assert share == pytest.approx(worth[0] / worth.sum(), abs=0.03)


# -- a new government ----------------------------------------------------------------------------------------------


def test_a_new_government_begins_anew() -> None:
    """Offices are those of its parties alone; toleration, what has been lived through and filled is the old one's."""
    tree = two_party_tree()
    states = {"governs": [True, False], "share": [1.0, 0.0], "tolerates": [False, True], "lived": 5.0, "filled": 1.0}
    states |= {"borne": 0.3, "started": True, "formed": False}

    def ask(_: Formation, day: Any) -> None:
        inside, now = day.only("party", "opp"), day.number >= 0.0
        government.take_office(day, now, inside, 0.7 + 0.0 * day.share, (0.8 + 0.0 * day.number,))

    told = act(tree, ask, {}, {**states, "member": True}).states
    found = {name: told[name][:, 0].tolist() for name in ("governs", "tolerates", "started", "formed")}
    assert found == {"governs": [False, True], "tolerates": [False, False], "started": [False], "formed": [True]}
    np.testing.assert_allclose(told["share"][:, 0], [0.0, 0.7])
    np.testing.assert_allclose([told[name][0, 0] for name in ("lived", "filled", "borne")], [0.0, 0.0, 1.0])
    np.testing.assert_allclose(told["point.x"][0, 0], 0.8)


@pytest.mark.parametrize(("fallen", "told"), [(True, [0]), (False, [])])
def test_who_heads_a_government_after_a_fall_does_so_anew(fallen: bool, told: list[int]) -> None:
    tree = two_party_tree()
    tree["government"]["head"] = "g1"
    states = {"premier": [True, False], "leader": True, "member": True, "fallen": fallen, "governs": [True, False]}

    def ask(self: Formation, day: Any) -> None:
        inside, now = day.only("party", "gov"), day.number >= 0.0
        self._install(day, now, inside, 1.0 + 0.0 * day.share, (0.0 * day.number,))

    done = act(tree, ask, {}, states)
    assert done.ran.events("head")["entity"].tolist() == told
    assert not done.states["fallen"].any()


def test_expectations_are_formed_once_without_news() -> None:
    tree = two_party_tree()
    states = {"governs": [True, False], "share": [1.0, 0.0], "member": True, "sequel": 7.0}
    first = act(tree, _step, {"succession.review": 1e9}, states, kind=Succession).states
    assert first["foreseen"].all()
    assert (first["sequel"] < 1.0).all()
    again = act(tree, _step, {"succession.review": 1e9}, {**states, "foreseen": True}, kind=Succession).states
    np.testing.assert_allclose(again["sequel"], 7.0)
    fallen = {**states, "foreseen": True, "fallen": True}
    assert (act(tree, _step, {"succession.review": 1e9}, fallen, kind=Succession).states["sequel"] < 1.0).all()


def test_those_in_power_hope_for_as_much_more_as_their_opponents_for_less() -> None:
    states = {"governs": [True, False], "member": True}
    told = {"survival.optimism": 0.5, "survival.s_calm": 0.9}
    found = act(two_party_tree(), _step, told, states, kind=Survival).states["outlook"][:, 0]
    odds = np.log(found / (1.0 - found))
    assert odds[0] - odds[1] == pytest.approx(1.0, abs=1e-4)
    assert odds.mean() == pytest.approx(np.log(9.0), abs=1e-4)


@pytest.mark.parametrize(("sequel", "held"), [(-5.0, True), (5.0, False)])
def test_an_election_is_called_unless_the_head_of_state_would_rather_have_another_government(
    sequel: float, held: bool
) -> None:
    tree = two_party_tree()
    tree["actors"].append(actor("king", "opp", 0.5))
    tree["government"]["head_of_state"] = "king"

    def ask(self: Election, day: Any) -> None:
        self._grant(day, day.number >= 0.0)

    done = act(tree, ask, {}, {"sequel": sequel}, kind=Election)
    assert bool(done.states["campaigning"].all()) == held
    assert bool(done.ran.share("dissolve")) == held
    assert bool(done.ran.share("refuse_dissolution")) != held


@pytest.mark.parametrize("change", [{"fallen_day": 1.0}, {"fallen": True}, {"accepted": True}])
def test_a_fall_and_a_partner_that_comes_are_news_and_never_cancel_out(change: dict[str, Any]) -> None:
    """The number by which leavers tell whether something has happened rises with each of them."""
    tree = with_posts()
    tree["offers"] = [{"id": "entry", "party": "opp", "settlement": "half", "assumed": "test"}]
    before, after = (
        probe(tree, lambda self, day: self._changes(day), {}, {"fallen_day": 0.0, **more}, kind=Reconcile)[0]
        for more in ({}, change)
    )
    assert (after > before).all()


def test_coming_back_weighs_work_identity_and_a_lost_cause_against_shame_voice_and_a_centre() -> None:
    """Closed form, thirty days after the break; another than those who governed at the start governs now."""
    tree = with_posts()
    away = _of(tree, "member")
    tree["actors"][3]["identity"] = 1.0
    states = {"left_party": away, "exit_day": -30.0, "member": np.logical_not(away), "holds": True, "point.x": 0.5}
    states |= {"ideal.x": [0.0, 0.0, 0.0, 1.0, 1.0], "governs": [True, True], "centred": [True, False]}
    told = {"reconcile.work": 0.1, "reconcile.cost": 0.2, "reconcile.lost_cause": 0.05, "leave.identity": 0.3}
    told |= {"leave.voice": 0.5, "choice.lam": 2.0}
    out = act(tree, lambda self, day: self._return(day, day.left_party), told, states, kind=Reconcile, runs=400)
    back = 0.1 + 0.2 * 0.3 + 0.05 - 0.2 * np.exp(-1.0)
    persist = 0.3 * 0.5 * 0.5 + 0.2
    expected = 1.0 / (1.0 + np.exp(-2.0 * (back - persist)))
    chosen = out.ran.events("return")["probability"]
    assert chosen.size
    np.testing.assert_allclose(chosen, expected, atol=1e-4)
    assert out.states["returned"][3].mean() == pytest.approx(expected, abs=0.08)


@pytest.mark.parametrize("quorate", [True, False])
def test_the_body_of_the_party_invited_decides_and_no_other(quorate: bool) -> None:
    tree = with_posts()
    tree["offers"] = [{"id": "entry", "party": "opp", "settlement": "half", "assumed": "test"}]
    states = {"premier": _of(tree, "g2"), "turnout": 1.0, "sits": True, "weight": 1.0, "member": True}
    states |= {"quorate": [True, quorate, True], "present": True, "governs": [True, False]}

    def ask(self: Cabinet, day: Any) -> None:
        self._invite(day, "entry", day.only("party", "opp"))

    done = act(tree, ask, {"cabinet.invite_cost": -NEVER}, states, kind=Cabinet)
    assert done.ran.events("invite")["entity"].tolist() == [1]
    assert done.ran.events("division")["entity"].tolist() == ([1] if quorate else [])
    assert set(done.ran.events("refuse_entry")["entity"].tolist()) <= {1}


@pytest.mark.parametrize("days", [1, 2, 4])
def test_a_grievance_halves_in_its_half_life_however_long_a_step_is(days: int) -> None:
    tree = two_party_tree()
    tree["calendar"]["step_days"] = days
    states = {"grievance": [0.8, 0.4], "remembered": True}
    done = act(tree, _step, {"breach.half_life": 2.0}, states, kind=Breach)
    np.testing.assert_allclose(done.states["grievance"][:, 0], np.array([0.8, 0.4]) * 0.5 ** (days / 2), rtol=1e-5)
