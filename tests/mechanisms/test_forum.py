"""Who carries a beaten motion to another body, and when it stands there."""

from __future__ import annotations

import numpy as np
from small import Ran, Tree, actor, body, party, run, settlement, text, two_party_tree

GIVEN = {
    "choice.lam": 200.0,
    "forum.cost": -1.0,
    "forum.expression": 1.0,
    "forum.meetings": 1e3,
    "ballot.discipline": 0.0,
    "ballot.abstention": 1e3,
    "ultimatum.cost": 1e3,
    "leave.voice": -10.0,
    "survival.horizon": 1e9,
}


def _tree() -> Tree:
    """A board of five at .5, one at 0 and two at 1, who all sit in a council too; the line is .5."""
    tree = two_party_tree()
    del tree["table"]
    tree["settlements"] = [
        settlement("alone", 0.0, ("gov",), gov=1.0),
        settlement("fall", 1.0, ("opp",), opp=1.0),
        settlement("half", 0.5),
        settlement("all", 1.0),
    ]
    places = [0.5] * 5 + [0.0, 1.0, 1.0]
    tree["actors"] = [actor(f"g{k}", "gov", place) for k, place in enumerate(places)] + [actor("o1", "opp", 1.0)]
    names = [f"g{k}" for k in range(8)]
    tree["parties"][0] = party("gov", "gov_board", support=0.5)
    tree["bodies"] = [
        body("gov_board", "gov", *names),
        body("opp_board", "opp", "o1"),
        body("council", None, *names, forum=True),
    ]
    return tree


def _carried(ran: Ran) -> dict[int, int]:
    """How often each seat of the council has carried it, in the runs together."""
    seats, times = np.unique(ran.events("carry")["entity"] - 9, return_counts=True)
    return dict(zip(seats.tolist(), times.tolist(), strict=True))


def test_only_those_carry_a_beaten_motion_who_prefer_it_to_the_line() -> None:
    """The member at 0 is beaten too, and would have something else than what those at 1 stand for."""
    ran = run(_tree(), GIVEN, runs=20)
    assert set(_carried(ran)) == {6, 7}


def test_it_is_carried_there_once_without_news() -> None:
    assert set(_carried(run(_tree(), GIVEN, runs=20)).values()) == {20}


def test_it_is_carried_there_again_when_members_change() -> None:
    tree = _tree()
    change = {"actor": "g0", "body": "council", "occupied": False}
    tree["events"] = [
        {"id": "e", "name": text("e"), "date": "2000-01-10", "effects": {"seats": [change]}, "assumed": "test"}
    ]
    assert set(_carried(run(tree, GIVEN, runs=20)).values()) == {40}
