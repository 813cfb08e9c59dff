"""The head of government under blows: what makes it resign, what the head of state does, who follows."""

from __future__ import annotations

from typing import Any

import pytest
from small import Ran, Tree, run
from test_formation_of_governments import house
from test_withdrawal import GOVERNMENTS
from test_withdrawal import TOLD as CALM

TOLD = {
    **CALM,
    "talks.office": 0.05,
    "office.legitimacy": 0.5,
    "office.shortfall": 0.0,
    "office.minority": 0.0,
    "office.ministers": 0.0,
    "office.tenacity": 0.1,
    "office.custom": 0.0,
    "office.dismissal": 1e3,
    "office.review": 1e6,
}


def governing(*effects: dict[str, Any], **government: Any) -> Tree:
    """Two parties of three govern; on the fourth day something happens to their cabinet."""
    tree = house("ab", {"a": 0.0, "b": 0.2, "c": 0.9}, GOVERNMENTS, days=8)
    del tree["motions"]
    tree["government"].update(government)
    tree["events"] = [
        {"id": f"e{number}", "name": {"en": "e", "ru": "e"}, "date": "2000-01-04", "effects": one, "assumed": "test"}
        for number, one in enumerate(effects)
    ]
    return tree


MINISTER_GOES = {"posts": [{"post": "treasury", "holder": None}]}
QUIET_POSTS = {"cabinet.fill_rate": 0.0}


def test_without_a_blow_nobody_resigns() -> None:
    ran = run(governing(), {**TOLD, "office.tenacity": -1.0}, runs=40)
    assert ran.share("resigns") == 0.0


def test_ministers_who_go_draw_the_head_out_the_more_the_more_it_counts() -> None:
    shares = [
        run(governing(MINISTER_GOES), {**TOLD, **QUIET_POSTS, "office.ministers": weight}, runs=400).share("resigns")
        for weight in (0.0, 0.3, 0.6)
    ]
    assert shares[0] < shares[1] < shares[2]


def test_tenacity_and_office_keep_it() -> None:
    told = {**TOLD, **QUIET_POSTS, "office.ministers": 0.3}
    free = run(governing(MINISTER_GOES), {**told, "office.tenacity": 0.0}, runs=400).share("resigns")
    bound = run(governing(MINISTER_GOES), {**told, "office.tenacity": 0.25}, runs=400).share("resigns")
    rich = run(governing(MINISTER_GOES), {**told, "office.tenacity": 0.0, "talks.office": 0.4}, runs=400).share(
        "resigns"
    )
    assert bound < free
    assert rich < free


def test_a_lost_partner_weighs_as_much_as_a_minority_does() -> None:
    tree = governing({"government": {"x": 1.0}})  # drives b out, and is what a wants
    tree["actors"][0]["ideal"] = tree["actors"][3]["ideal"] = {"x": 1.0}
    told = {**TOLD, "withdrawal.stakes": 1.5, "withdrawal.loss": 0.0, "choice.lam": 40.0}
    shares = [run(tree, {**told, "office.minority": cost}, runs=300).share("resigns") for cost in (-0.5, 1.0)]
    assert shares[0] < 0.2
    assert shares[1] > 0.8


def _small_win() -> tuple[Tree, dict[str, float]]:
    """A government that wins its votes with five of seven."""
    tree = house("ab", {"a": 0.0, "b": 0.4, "c": 1.0}, {"ab": (0.0, "ab"), "bc": (0.9, "bc")}, days=20)
    told = {**TOLD, "agenda.cost": -1.0, "agenda.meetings": 1.0, "ballot.discipline": 2.0, "withdrawal.loss": 2.0}
    return tree, told


def _confidence(threshold: float) -> Ran:
    tree, told = _small_win()
    return run(tree, {**told, "office.legitimacy": threshold, "office.shortfall": 3.0}, runs=60)


def test_a_win_that_is_too_small_is_a_blow_and_a_large_one_is_none() -> None:
    enough, short = _confidence(0.6), _confidence(0.95)
    assert enough.share("fall") < 0.05
    assert short.share("resigns") > 0.9


def test_who_has_stayed_with_a_small_win_does_not_think_again_at_another_like_it() -> None:
    """The vote comes back every day; where staying after the first was as likely as not, half of the heads remain."""
    tree, told = _small_win()
    ran = run(tree, {**told, "office.legitimacy": 0.95, "office.shortfall": 0.0, "agenda.rest": 1.0}, runs=200)
    assert ran.count("tabled") > 5.0
    assert ran.share("resigns") < 0.5
    assert ran.events("resigns")["step"].max() == ran.events("tabled")["step"].min()


def test_a_head_of_state_may_refuse_the_resignation() -> None:
    def told(head_of_state: str, custom: float) -> Ran:
        tree = governing(MINISTER_GOES, head_of_state=head_of_state)
        return run(tree, {**TOLD, **QUIET_POSTS, "office.ministers": 9.0, "office.custom": custom}, runs=200)

    accepted, refused = told("a2", 1.0), told("a2", -1.0)
    assert accepted.share("fall") > 0.95
    assert refused.share("fall") < 0.05
    assert set(refused.events("resignation")["value"]) == {0.0}
    assert refused.share("resigns") > 0.95
    assert refused.measure("caretaker").max() == 0.0  # it stays in office


def test_a_head_of_state_dismisses_at_a_price() -> None:
    tree = governing(head_of_state="c2")
    cheap = run(tree, {**TOLD, "office.review": 2.0, "office.dismissal": -1.0}, runs=100)
    dear = run(tree, {**TOLD, "office.review": 2.0, "office.dismissal": 1.0}, runs=100)
    assert cheap.share("government_dismissed") > 0.9
    assert dear.share("government_dismissed") < 0.05
    assert cheap.share("fall") == cheap.share("government_dismissed")


def test_who_leaves_the_cabinet_heads_it_no_more() -> None:
    tree = governing({"posts": [{"post": "premier", "holder": None}]})
    ran = run(tree, {**TOLD, **QUIET_POSTS}, runs=50)
    people = [one["id"] for one in tree["actors"]]
    follows = {people[entity] for entity in ran.events("succeeds")["entity"]}
    assert ran.share("succeeds") == 1.0
    assert follows
    assert follows <= {f"{name}{number}" for name in "ab" for number in (1, 2)} - {"a1"}
    assert len(ran.events("succeeds")["run"]) == 50


@pytest.mark.parametrize("verb", ["resigns", "fall", "succeeds", "government_dismissed"])
def test_nothing_of_this_happens_in_quiet_times(verb: str) -> None:
    assert run(governing(), TOLD, runs=40).share(verb) == 0.0
