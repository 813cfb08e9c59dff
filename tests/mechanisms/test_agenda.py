"""Who moves what: the setter's closed form, confidence attached by a government, failure as the point, news."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import Ran, Tree, actor, body, party, run, settlement, text, two_party_tree

SHARP = {
    "choice.lam": 2000.0,
    "ballot.abstention": 1e3,
    "ballot.discipline": 0.0,
    "agenda.cost": 0.01,
    "agenda.meetings": 1e3,
    "survival.horizon": 1e9,
    "succession.vacuum": 0.0,
}
GRID = [round(0.05 * step, 2) for step in range(21)]


def motion(name: str, kind: str, **more: Any) -> Tree:
    return {"id": name, "name": text(name), "body": "council", "kind": kind, "assumed": "test", **more}


def _house(status_quo: float, fall: float, proposer: float, median: float, **measure: Any) -> Tree:
    """A council of three with a pivotal member, in which the head of the party that governs may propose any point."""
    tree = two_party_tree()
    del tree["table"]
    options = [settlement(f"p{step}", point) for step, point in enumerate(GRID)]
    tree["settlements"] = [
        settlement("alone", status_quo, ("gov",), gov=1.0),
        settlement("fall", fall, ("opp",), opp=1.0),
        *options,
        {**settlement("next", fall, ("opp",), opp=1.0), "standing": 1e4},  # all but certain to follow a fall
    ]
    tree["parties"] = [
        party("gov", None, leader="g1", support=0.5),
        party("opp", None, support=0.5),
        party("mid", None),
    ]
    tree["actors"] = [actor("g1", "gov", proposer), actor("m1", "mid", median), actor("o1", "opp", 0.0)]
    tree["bodies"] = [body("council", None, "g1", "m1", "o1")]
    names = [one["id"] for one in options]
    tree["motions"] = [motion("bill", "measure", options=names, proposers=["g1"], **measure)]
    return tree


def _enacted(ran: Ran) -> set[float]:
    """Points of the measures that took effect first."""
    events = ran.events("enacted")
    first: dict[int, int] = {}
    for run_, entity in zip(events["run"], events["entity"], strict=True):
        first.setdefault(int(run_), int(entity))
    return {GRID[entity - 2] for entity in first.values()}


@pytest.mark.parametrize(
    ("status_quo", "median", "setter", "expected"),
    [
        (0.2, 0.3, 0.9, 0.35),  # the far end of the win set, 2m - q = .4, and just inside it
        (0.2, 0.5, 0.7, 0.7),  # the setter's own ideal point lies inside
        (0.6, 0.3, 0.9, None),  # nothing that the median prefers is nearer to the setter
    ],
)
def test_the_setter_gets_the_nearest_point_of_the_win_set(
    status_quo: float, median: float, setter: float, expected: float | None
) -> None:
    """Romer & Rosenthal 1978."""
    ran = run(_house(status_quo, 0.0, setter, median), SHARP, runs=40)
    assert _enacted(ran) == (set() if expected is None else {expected})


def test_confidence_lets_a_government_go_to_where_the_median_would_rather_see_it_fall() -> None:
    """Huber 1996: with confidence the win set is that over the fall (0), not that over the status quo (.2)."""
    tree = _house(0.2, 0.0, 0.9, 0.3, attach="may")
    ran = run(tree, SHARP, runs=40)
    assert _enacted(ran) == {0.55}  # |.55 - .3| < .3, the distance of the fall; .6 is as far as it
    assert ran.share("attached") == 1.0
    assert ran.share("fall") == 0.0


def test_confidence_is_not_attached_where_it_wins_nothing() -> None:
    ran = run(_house(0.2, 0.2, 0.7, 0.5, attach="may"), SHARP, runs=40)
    assert _enacted(ran) == {0.7}
    assert ran.share("fall") == 0.0


def test_only_those_who_govern_attach_confidence() -> None:
    tree = _house(0.2, 0.0, 0.9, 0.3, attach="may")
    tree["motions"][0]["proposers"] = ["m1"]
    assert run(tree, SHARP, runs=40).share("attached") == 0.0


def _confidence(kind: str, proposer: str, lost: bool = True) -> Tree:
    """The opposition has two of three votes if the fall is to be decided by it, else one."""
    tree = _house(0.9, 0.1, 0.9, 0.1 if lost else 0.9)
    tree["motions"] = [motion("question", kind, proposers=[proposer])]
    return tree


@pytest.mark.parametrize("kind", ["confidence", "no_confidence"])
def test_the_opposition_puts_a_question_that_it_wants_the_government_to_lose(kind: str) -> None:
    """Failure is the point: a question of confidence is worth to its opponents what its failure brings."""
    ran = run(_confidence(kind, "o1"), SHARP, runs=40)
    assert ran.share("tabled") == 1.0
    assert ran.share("fall") == 1.0
    assert run(_confidence(kind, "o1", lost=False), SHARP, runs=40).share("fall") == 0.0


@pytest.mark.parametrize("kind", ["confidence", "no_confidence"])
def test_a_government_that_would_lose_does_not_ask(kind: str) -> None:
    assert run(_confidence(kind, "g1"), SHARP, runs=40).share("tabled") == 0.0


def test_who_moves_a_motion_votes_for_it() -> None:
    """Also where choices are next to random."""
    ran = run(_confidence("confidence", "o1"), {**SHARP, "choice.lam": 8.0, "agenda.cost": -10.0}, runs=300)
    votes = ran.events("vote", "ballot")
    first = votes["step"] == 0  # before news of what would follow changes sides
    assert set(votes["value"][first & (votes["entity"] == 2)]) == {1.0}
    assert len(set(votes["value"][first & (votes["entity"] == 1)])) > 1


def test_a_stage_is_put_after_the_one_that_leads_to_it() -> None:
    """A budget that falls is followed by the question of confidence; its failure is worth what that brings."""
    tree = _house(0.9, 0.1, 0.9, 0.1)
    budget = motion("budget", "measure", options=["p18"], proposers=["g1"], if_failed="question")
    tree["motions"] = [budget, motion("question", "confidence", proposers=["g1"])]
    ran = run(tree, {**SHARP, "agenda.cost": -10.0}, runs=40)
    tabled = ran.events("tabled")
    first = {name: tabled["step"][tabled["entity"] == index].min() for index, name in enumerate(("budget", "question"))}
    assert first["question"] > first["budget"]
    assert ran.share("fall") == 1.0


NEWS = {"choice.lam": 5.0, "agenda.cost": -10.0, "agenda.rest": 1e9}


def _often(tree: Tree, **more: float) -> float:
    given = {name.replace("__", "."): value for name, value in more.items()}
    return run(tree, {**SHARP, **NEWS, **given}, runs=60).count("tabled")


def _bill() -> Tree:
    """A bill that never passes, and that its mover would put every day."""
    tree = _house(0.1, 0.0, 0.9, 0.1)
    tree["motions"] = [motion("bill", "measure", options=["p18"], proposers=["g1"])]
    return tree


def test_without_news_a_bill_is_divided_on_once() -> None:
    assert _often(_bill(), choice__lam=2000.0) == 1.0


def test_a_rest_makes_it_new() -> None:
    assert _often(_bill(), choice__lam=2000.0, agenda__rest=7.0) == 3.0


def _event(**effects: Any) -> list[Tree]:
    return [{"id": "news", "name": text("n"), "date": "2000-01-10", "effects": effects, "assumed": "test"}]


def test_other_members_make_it_new() -> None:
    tree = _bill()
    tree["events"] = _event(seats=[{"actor": "o1", "body": "council", "occupied": False}])
    assert _often(tree, choice__lam=2000.0) == 2.0


def test_another_expected_tally_makes_it_new() -> None:
    tree = _bill()
    tree["events"] = _event(ideals=[{"actor": "m1", "dimension": "x", "by": 0.8}])
    ran = run(tree, {**SHARP, **NEWS, "choice.lam": 2000.0}, runs=20)
    assert ran.count("tabled") == 2.0
    assert ran.share("enacted") == 1.0


def test_a_member_who_has_left_is_not_whipped() -> None:
    """A member at .6 of a party at 0, on a bill for .5: bound by discipline in it, free outside."""
    tree = two_party_tree()
    del tree["table"]
    tree["actors"] = [actor(f"g{k}", "gov", 0.0) for k in range(3)] + [actor("d1", "gov", 0.6), actor("o1", "opp", 1.0)]
    tree["bodies"] = [
        body("gov_board", "gov", "g0", "g1", "g2"),
        body("opp_board", "opp", "o1"),
        body("council", None, "g0", "g1", "g2", "d1"),
    ]
    tree["motions"] = [motion("bill", "measure", options=["half"], proposers=["g1"])]
    given = {**SHARP, "choice.lam": 60.0, "ballot.discipline": 1.0, "agenda.cost": -10.0, "leave.voice": -10.0}

    def against(tree: Tree) -> float:
        votes = run(tree, given, runs=60).events("vote", "ballot")
        return float(np.mean(votes["value"][votes["entity"] == 7] == 1.0))

    assert against(tree) == 1.0  # as the whip asks
    tree["parties"][0]["principal"] = "gov_board"
    tree["actors"][3]["party"] = "free"
    tree["parties"].append(party("free", None))
    assert against(tree) == 0.0
