"""The round of fall, caretaker and formation: one government every day, posts conserved, who forms and who does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import Ran, Tree, actor, body, party, run, settlement, text

SEATS = {"a": 3, "b": 2, "c": 2}  # any two win
ORDER = ("a", "b", "c")
FALLING = {  # the government is voted down as soon as somebody can gain by it
    "choice.lam": 200.0,
    "agenda.cost": 0.0,
    "agenda.meetings": 1.0,
    "formateur.hope": 0.0,
    "formation.turn": 2.0,
    "succession.vacuum": 0.05,
    "talks.office": 0.05,
    "ballot.abstention": 0.1,
    "ballot.discipline": 0.0,
}


def house(start: str, ideals: dict[str, float], governments: dict[str, tuple[float, str]], days: int = 60) -> Tree:
    """A house of three parties of one seat-holder each; governments: point and parties by name; two ministers."""
    listed = [settlement(name, point, tuple(parties), **{p: 1 / len(parties) for p in parties})
              for name, (point, parties) in governments.items()]  # fmt: skip
    people = [actor(f"{name}1", name, ideals[name]) for name in ORDER]
    people += [actor(f"{name}2", name, ideals[name]) for name in ORDER]
    eligible = [f"{name}{number}" for name in ORDER for number in (1, 2)]
    posts = [
        {"id": post, "name": text(post), "body": "cabinet", "holder": holder, "eligible": eligible, "assumed": "test"}
        for post, holder in (("premier", f"{governments[start][1][0]}1"), ("treasury", f"{governments[start][1][-1]}2"))
    ]
    end = np.datetime64("2000-01-01") + days
    return {
        "whipcount": 2,
        "title": text("small"),
        "summary": text("small"),
        "calendar": {"start": "2000-01-01", "end": str(end), "step_days": 1},
        "dimensions": [{"id": "x", "name": text("x"), "low": text("0"), "high": text("1")}],
        "settlements": [*listed, settlement("fall", 0.5)],
        "government": {
            "settlement": start,
            "fall": "fall",
            "head": f"{governments[start][1][0]}1",
            "cabinet": "cabinet",
            "confidence": "house",
            "assumed": "test",
        },
        "parties": [party(name, f"{name}_group", leader=f"{name}1", support=SEATS[name] / 7) for name in ORDER],
        "actors": people,
        "bodies": [
            body("house", None, *({"actor": f"{name}1", "weight": SEATS[name]} for name in ORDER)),
            body("cabinet", None, kind="cabinet"),
            *(body(f"{name}_group", name, f"{name}1") for name in ORDER),
        ],
        "posts": posts,
        "motions": [{"id": "distrust", "name": text("d"), "body": "house", "kind": "confidence", "assumed": "test"}],
    }


APART = house("a_alone", {"a": 0.0, "b": 1.0, "c": 1.0}, {"a_alone": (0.0, "a"), "bc": (1.0, "bc")})


@pytest.fixture(scope="module")
def apart() -> Ran:
    """A minority at one end, which the two at the other end vote down and follow."""
    return run(APART, FALLING, runs=60)


def holders(ran: Ran, tree: Tree, number: int) -> list[dict[str, set[str]]]:
    """Who holds each post after each step of a run, told by the events alone."""
    pairs = [(who, post["id"]) for post in tree["posts"]
             for who in dict.fromkeys([post["holder"], *post["eligible"]])]  # fmt: skip
    held: dict[str, set[str]] = {post["id"]: {post["holder"]} for post in tree["posts"]}
    changes: dict[int, list[tuple[str, int]]] = {}
    for verb in ("vacated", "dismiss", "stripped", "leave_post", "removed", "appoint", "elected", "reappoint"):
        events = ran.events(verb)
        for of, step, entity in zip(events["run"], events["step"], events["entity"], strict=True):
            if of == number:
                changes.setdefault(int(step), []).append((verb, int(entity)))
    told = []
    for step in range(ran.plan.steps):
        for verb, entity in sorted(changes.get(step, []), key=lambda one: one[0] in ("appoint", "elected")):
            who, post = pairs[entity]
            if verb in ("appoint", "elected", "reappoint"):
                held[post].add(who)
            else:
                assert who in held[post], f"{who} leaves {post}, which somebody else holds"
                held[post].discard(who)
        told.append({post: set(people) for post, people in held.items()})
    return told


def test_a_fall_is_followed_by_a_caretaker_and_then_by_another_government(apart: Ran) -> None:
    assert apart.share("fall") > 0.5
    assert apart.share("formed") > 0.85 * apart.share("fall")  # some fall in the last days
    caretaker = apart.measure("caretaker")
    first = {int(of): int(step) for of, step in _first(apart.events("fall"))}
    for of, step in _first(apart.events("formed")):
        assert step >= first[of]
        assert np.all(caretaker[first[of] : step, of] == 1.0)
    inside = apart.events("in_government")
    assert {ORDER[entity] for entity in inside["entity"][inside["step"] == inside["step"].min()]} == {"b", "c"}


def test_whoever_heads_the_government_holds_the_post_of_the_head(apart: Ran) -> None:
    """From the day after it was formed, and nobody else is ever given it."""
    pairs = [(who, post["id"]) for post in APART["posts"]
             for who in dict.fromkeys([post["holder"], *post["eligible"]])]  # fmt: skip
    heads, named = apart.events("head"), apart.events("appoint")
    people = [one["id"] for one in APART["actors"]]
    chosen = {int(run): (int(step), people[entity]) for run, step, entity in zip(
        heads["run"], heads["step"], heads["entity"], strict=True)}  # fmt: skip
    last = apart.plan.steps - 1
    waiting = {of for of, (step, _) in chosen.items() if step < last}
    for run_, step, entity in zip(named["run"], named["step"], named["entity"], strict=True):
        who, post = pairs[entity]
        if post == "premier":
            assert (int(step) - 1, who) == chosen[int(run_)]
            waiting.discard(int(run_))
    assert chosen
    assert not waiting


def _first(events: dict[str, Any]) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for of, step in zip(events["run"], events["step"], strict=True):
        found[int(of)] = min(int(step), found.get(int(of), 10_000))
    return sorted(found.items())


def test_exactly_one_government_of_one_kind_every_day(apart: Ran) -> None:
    """Some parties govern on every day, and they change only on a day on which a government is formed."""
    governing = np.stack([apart.measure(f"governing:{name}") for name in ORDER])
    assert np.all(governing.sum(axis=0) >= 1.0)
    changed = (np.diff(governing, axis=1) != 0).any(axis=0)
    formed = np.zeros_like(changed)
    events = apart.events("formed")
    formed[events["step"] - 1, events["run"]] = True
    assert not np.any(changed & ~formed)
    assert set(np.unique(apart.measure("caretaker"))) <= {0.0, 1.0}


def test_posts_are_conserved_and_a_caretaker_keeps_them(apart: Ran) -> None:
    caretaker = apart.measure("caretaker")
    for number in range(10):
        told = holders(apart, APART, number)
        for step, posts in enumerate(told):
            assert all(len(people) <= 1 for people in posts.values())
            if step and caretaker[step, number] and caretaker[step - 1, number]:
                assert posts == told[step - 1]
    last = holders(apart, APART, 0)[-1]
    assert all(who[0] in "bc" for people in last.values() for who in people)
    assert any(last.values())


def test_a_new_head_comes_from_the_new_government(apart: Ran) -> None:
    heads = apart.events("head")
    people = [one["id"] for one in APART["actors"]]
    assert {people[entity] for entity in heads["entity"]} <= {"b1", "c1"}
    assert apart.share("head") > 0.9 * apart.share("formed")


def test_where_nobody_wants_another_government_the_fallen_one_carries_on() -> None:
    """A death and no more: those who governed are formed anew, since nothing else promises them as much."""
    tree = house("ab", {"a": 0.0, "b": 0.0, "c": 1.0}, {"ab": (0.0, "ab"), "bc": (0.9, "bc")}, days=150)
    del tree["motions"]
    told = {**FALLING, "survival.s_calm": 0.3, "survival.undecided": 1.0}
    ran = run(tree, told, runs=60)
    assert ran.share("fall") > 0.9
    inside = ran.events("in_government")
    assert {ORDER[entity] for entity in inside["entity"]} == {"a", "b"}


def test_the_faster_the_attempts_the_shorter_the_caretaker() -> None:
    means = []
    for turn in (2.0, 20.0):
        ran = run(APART, {**FALLING, "formation.turn": turn}, runs=60)
        means.append(float(ran.measure("caretaker").mean()))
    assert means[0] < 0.5 * means[1]


def test_seats_decide_who_is_asked_first() -> None:
    ran = run(APART, {**FALLING, "formation.turn": 0.5}, runs=400)
    asked = ran.events("nominate")
    first: dict[int, int] = {}
    for of, entity in zip(asked["run"], asked["entity"], strict=True):
        first.setdefault(int(of), int(entity))
    shares = np.bincount(list(first.values()), minlength=3) / len(first)
    np.testing.assert_allclose(shares, [3 / 7, 2 / 7, 2 / 7], atol=0.08)


@pytest.mark.parametrize("better", [True, False])
def test_under_a_constructive_rule_there_is_no_fall_without_a_successor(better: bool) -> None:
    """The two at the other end can elect each other; where they would not, nothing removes who governs."""
    other = (1.0 if better else 0.0, "bc")
    tree = house("a_alone", {"a": 0.0, "b": 1.0, "c": 1.0}, {"a_alone": (0.0, "a"), "bc": other})
    tree["government"]["constructive"] = True
    told = {**FALLING, "formation.challenge": 3.0, "office.tenacity": 1e3, "withdrawal.review": 1e6}
    ran = run(tree, {**told, "talks.office": 0.05 if better else 0.0, "agenda.cost": 0.02}, runs=60)
    falls, formed = ran.events("fall"), ran.events("formed")
    assert set(zip(falls["run"], falls["step"], strict=True)) <= set(zip(formed["run"], formed["step"], strict=True))
    assert ran.measure("caretaker").max() == 0.0
    assert (ran.share("fall") > 0.9) == better
    assert better or ran.share("fall") < 0.1
