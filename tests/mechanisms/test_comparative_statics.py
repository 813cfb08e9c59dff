"""What more identity, more duty, no press, or fewer hard-liners do: signs that theory demands."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from small import Ran, Tree, actor, body, party, run, settlement, text, two_party_tree

RUNS = 400


def _crisis_tree() -> Tree:
    """A committee of nine: three open to all, who sit in the cabinet too; a challenge to them is certain."""
    tree = two_party_tree()
    tree["calendar"]["end"] = "2000-02-09"
    tree["settlements"][1]["point"] = {"x": 0.9}
    hard = [actor(f"h{k}", "gov", 0.05) for k in range(6)]
    open_ = [actor(f"s{k}", "gov", 0.8, press=0.3, organisation=0.4) for k in range(3)]
    tree["actors"] = [*hard, *open_, actor("o1", "opp", 1.0)]
    names = [entry["id"] for entry in hard + open_]
    tree["bodies"] = [
        body("gov_board", "gov", *names),
        body("opp_board", "opp", "o1"),
        body("cabinet", None, "h0", "s0", "s1", "s2", kind="cabinet"),
    ]
    tree["government"].update({"cabinet": "cabinet", "head": "h0"})
    tree["posts"] = [
        {"id": f"post{k}", "name": text("p"), "body": "cabinet", "holder": f"s{k}", "portfolio": 0.1, "assumed": "test"}
        for k in range(3)
    ]
    tree["factions"] = [{"id": "open", "name": text("open"), "party": "gov", "members": ["s0", "s1", "s2"]}]
    tree["parties"][0] = party(
        "gov", "gov_board", leader="h0", support=0.5, ultimatum={"deadline_days": 2, "quota": 0.3, "assumed": "test"}
    )
    tree["table"]["closes"] = "2000-01-10"
    tree["constituencies"] = [
        {"id": f"c{k}", "name": text("c"), "party": "gov", "support": 0.2, "assumed": "test"} for k in range(3)
    ]
    tree["history"] = {
        "breaches": [
            {"actors": ["s0", "s1", "s2"], "party": "gov", "date": "1999-12-31", "at_issue": True, "assumed": "test"}
        ]
    }
    return tree


CERTAIN = {
    "choice.lam": 12.0,
    "choice.rho": 0.05,
    "mandate.gain_expose": 0.1,
    "mandate.epsilon": 0.0,
    "mandate.cost_withdraw": 1e3,
    "forum.cost": 1e3,
    "ultimatum.cost": -1e3,
    "ultimatum.sign_cost": -1e3,
    "sanction.concession_cost": 1e3,
    "survival.horizon": 1e9,
    "leave.voice": 1.0,
    "leave.inside": 1e3,  # nobody goes before a demand forbids speech
    "leave.solidarity": 0.1,
    "leave.office": 0.0,
    "leave.prospect": 0.0,
    "leave.statement": 0.0,
    "constituency.resources": 0.3,
    "constituency.organise": 0.3,
    "appeal.cost": 0.0,
    "appeal.reach": 1.0,
    "appeal.exit_bonus": 0.1,
}


def _ran(tree: Tree | None = None, **changes: float) -> Ran:
    parameters = {**CERTAIN, **{name.replace("__", "."): value for name, value in changes.items()}}
    return run(tree or _crisis_tree(), parameters, runs=RUNS)


def test_identity_keeps_members_in_the_party_but_not_in_their_posts() -> None:
    weak, strong = _ran(leave__identity=0.1, leave__duty=0.1), _ran(leave__identity=0.6, leave__duty=0.1)
    assert strong.count("leave_party") < weak.count("leave_party") - 0.2
    assert strong.count("leave_post") >= weak.count("leave_post") - 0.05


def test_duty_makes_more_who_sign_but_stay() -> None:
    light, heavy = _ran(leave__duty=0.0, leave__identity=0.8), _ran(leave__duty=0.4, leave__identity=0.8)
    assert heavy.count("stay_signed") > light.count("stay_signed") + 0.1
    assert heavy.count("leave_post") < light.count("leave_post")


def test_duty_and_identity_of_one_person_work_on_that_person() -> None:
    tree = _crisis_tree()
    tree["actors"][7]["duty"] = 10.0
    ran = _ran(tree, leave__duty=0.1)
    left = np.bincount(ran.events("leave_post")["entity"], minlength=3)
    assert left[1] < min(left[0], left[2])


@pytest.mark.parametrize("support", [0.0, 0.3, 0.9])
def test_without_press_and_organisation_no_centre_forms_at_any_support(support: float) -> None:
    tree = _crisis_tree()
    for entry in tree["constituencies"]:
        entry["support"] = support
    poor = copy.deepcopy(tree)
    for entry in poor["actors"]:
        entry["press"] = entry["organisation"] = 0.0
    assert _ran(poor, constituency__resources=0.0).count("centre") == 0.0
    if support < 0.4:
        assert _ran(tree).count("centre") > 0.1


def test_exits_cascade_through_solidarity() -> None:
    apart = _ran(leave__solidarity=0.0, leave__seat=0.2, leave__duty=0.2)
    bound = _ran(leave__solidarity=0.3, leave__seat=0.2, leave__duty=0.2)
    assert bound.count("leave_seat") > apart.count("leave_seat")
    assert bound.count("leave_post") > apart.count("leave_post")


def test_absent_hard_liners_move_the_mandate_towards_earnest() -> None:
    tree = _crisis_tree()
    tree["parties"][0].pop("ultimatum")
    away = copy.deepcopy(tree)
    for seat in away["bodies"][0]["seats"][:5]:
        seat["attendance"] = 0.0
    parameters = {**CERTAIN, "mandate.gain_expose": 0.02, "survival.s_calm": 0.6}
    shares = []
    for version in (tree, away):
        ran = run(version, parameters, runs=RUNS)
        mandates = ran.events("mandate")
        of_government = mandates["entity"] == 0
        first = of_government & (mandates["step"] == 0)
        shares.append(float((mandates["value"][first] == 1).mean()))
    assert shares[1] > shares[0] + 0.2


def test_the_memory_of_a_breach_makes_an_ultimatum_likelier() -> None:
    tree = _crisis_tree()
    fresh = {**CERTAIN, "ultimatum.cost": 0.25, "ultimatum.grievance": 0.3, "breach.half_life": 5.0}
    recent = run(tree, fresh, runs=RUNS).share("ultimatum")
    tree["history"]["breaches"][0]["date"] = "1999-11-01"
    assert run(tree, fresh, runs=RUNS).share("ultimatum") < recent


def test_with_enough_signatures_only_is_an_ultimatum_presented() -> None:
    tree = _crisis_tree()
    few = run(tree, {**CERTAIN, "ultimatum.sign_cost": 1e3}, runs=50)
    assert few.share("draft") > 0.9
    assert few.share("ultimatum") == 0.0
    assert few.share("lapse") > 0.9
    many = run(tree, CERTAIN, runs=50)
    presented = many.events("ultimatum")
    assert np.all(presented["value"] >= 0.3 * 9)


def test_a_name_is_put_only_by_who_is_there() -> None:
    tree = _crisis_tree()
    names = [f"h{k}" for k in range(6)] + [f"s{k}" for k in range(3)]
    far = {"actor": "h5", "attendance": 0.0}
    tree["bodies"][0] = body("gov_board", "gov", *(far if name == "h5" else name for name in names))
    ran = run(tree, CERTAIN, runs=50)
    signed = {int(entity) for entity in ran.events("sign")["entity"]}
    assert signed == set(range(5))


def test_a_demand_is_made_of_what_is_at_issue_and_not_of_what_has_been_dealt_with() -> None:
    tree = _crisis_tree()
    tree["history"]["breaches"][0]["at_issue"] = False
    dealt_with = run(tree, CERTAIN, runs=50)
    assert dealt_with.measure("grievance:gov")[0].min() > 0.5  # it is remembered all the same
    assert dealt_with.share("draft") == 0.0
    assert run(_crisis_tree(), CERTAIN, runs=50).share("draft") > 0.9


def test_an_indefinite_answer_counts_as_refusal_only_where_the_rule_says_so() -> None:
    only_evade = {"reply.pride": 0.0, "reply.voice_cost": 5.0, "sanction.expected": 0.0, "ballot.discipline": 1e3}
    shares = []
    for counts in (True, False):
        tree = _crisis_tree()
        tree["parties"][0]["ultimatum"]["evasion_counts"] = counts
        ran = run(tree, {**CERTAIN, **only_evade, "reply.evasion": -100.0, "leave.seat": 1e3}, runs=60)
        assert np.all(ran.events("reply")["value"] == 2)
        shares.append(ran.share("sanction"))
    assert shares[0] > 0.9
    assert shares[1] == 0.0


def test_a_treaty_drives_out_the_partner_who_is_far_from_it() -> None:
    tree = two_party_tree()
    tree["settlements"][0] = settlement("alone", 0.5, ("gov", "opp"), gov=0.6, opp=0.4)
    tree["government"]["head"] = "g1"
    tree["table"]["opens"] = tree["table"]["closes"] = "2000-01-01"
    tree["events"] = [
        {
            "id": "treaty",
            "name": text("treaty"),
            "date": "2000-01-10",
            "effects": {"government": {"x": 0.0}},
            "assumed": "test",
        }
    ]
    costs = {"withdrawal.stakes": 1.0, "withdrawal.loss": 0.1, "survival.horizon": 1e9}
    far = run(tree, costs, runs=100)
    assert far.share("withdraw") > 0.9
    assert np.all(far.events("withdraw")["step"] == 9)
    tree["events"][0]["effects"]["government"]["x"] = 0.95
    assert run(tree, costs, runs=100).share("withdraw") < 0.1
