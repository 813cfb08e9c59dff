"""Talks in which a settlement needs only its members: recognition, the cheapest partner, minorities and investiture."""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, Tree, actor, body, party, run, settlement, text

SEATS = {"a": 3, "b": 2, "c": 2}  # any two win
WEIGHTS = {"a": 3.0, "b": 2.0, "c": 1.0}  # odds of being asked
OFFICE = {  # offices alone count, and everybody would rather have some than none
    "choice.lam": 1e4,
    "talks.policy": 0.0,
    "talks.office": 0.2,
    "formateur.hope": 0.0,
    "mandate.gain_expose": -0.05,
    "mandate.epsilon": 0.0,
    "talks.renege": 0.1,
    "ballot.abstention": 0.1,
}


def parliament(menu: dict[str, dict[str, float]], **table: object) -> Tree:
    """Three parties of one seat-holder each; the menu gives each government's shares."""
    members = {name: tuple(shares) for name, shares in menu.items()}
    return {
        "whipcount": 2,
        "title": text("small"),
        "summary": text("small"),
        "calendar": {"start": "2000-01-01", "end": "2000-02-10", "step_days": 1},
        "dimensions": [{"id": "x", "name": text("x"), "low": text("0"), "high": text("1")}],
        "settlements": [
            settlement("nobody", 0.5),
            settlement("fall", 0.5),
            *(settlement(name, 0.5, members[name], **shares) for name, shares in menu.items()),
        ],
        "government": {"settlement": "nobody", "fall": "fall", "confidence": "house", "assumed": "test"},
        "parties": [party(name, f"{name}_group", leader=f"{name}1", support=SEATS[name] / 7) for name in SEATS],
        "actors": [actor(f"{name}1", name, 0.5) for name in SEATS],
        "bodies": [
            body("house", None, *({"actor": f"{name}1", "weight": SEATS[name]} for name in SEATS)),
            *(body(f"{name}_group", name, f"{name}1") for name in SEATS),
        ],
        "table": {
            "id": "table",
            "name": text("table"),
            "consent": "members",
            "sides": [{"party": name, "weight": WEIGHTS[name]} for name in SEATS],
            "menu": list(menu),
            "opens": "2000-01-01",
            "closes": "2000-02-10",
            "sessions_per_day": 1.0,
            "lag_days": 1.0,
            "assumed": "test",
            **table,
        },
    }


PAIRS = {"ab": {"a": 0.6, "b": 0.4}, "ac": {"a": 0.75, "c": 0.25}, "bc": {"b": 2 / 3, "c": 1 / 3}}
ORDER = ("nobody", "fall", "ab", "ac", "bc")


def outcome(ran: Ran, verb: str, order: tuple[str, ...]) -> dict[str, float]:
    """Share of runs in which the event is about each entity."""
    entity = ran.events(verb)["entity"]
    return {name: float(np.mean(entity == number)) for number, name in enumerate(order) if (entity == number).any()}


def test_recognition_has_the_odds_of_the_weights() -> None:
    runs = 3000
    ran = run(parliament(PAIRS), OFFICE, runs=runs)
    events = ran.events("formateur")
    first = events["entity"][events["step"] == 0]
    assert len(first) == runs
    shares = np.bincount(first, minlength=3) / runs
    np.testing.assert_allclose(shares, [1 / 2, 1 / 3, 1 / 6], atol=0.03)


def test_each_formateur_takes_the_partner_that_leaves_it_most() -> None:
    ran = run(parliament(PAIRS), OFFICE, runs=400)
    asked = ran.events("formateur")
    former = {
        int(run): int(entity)
        for run, entity, step in zip(asked["run"], asked["entity"], asked["step"], strict=True)
        if step == 0
    }
    proposed = ran.events("favoured")
    best = {0: ORDER.index("ac"), 1: ORDER.index("bc"), 2: ORDER.index("bc")}
    seen = [
        entity == best[former[int(run)]]
        for run, entity, step in zip(proposed["run"], proposed["entity"], proposed["step"], strict=True)
        if step == 0
    ]
    assert len(seen) == 400
    assert all(seen)


def test_who_is_left_out_is_not_asked() -> None:
    ran = run(parliament(PAIRS), OFFICE, runs=300)
    settled = ran.events("settled")
    assert ran.share("settled") > 0.9
    inside = {ORDER.index(name): set(shares) for name, shares in PAIRS.items()}
    ratified = ran.events("ratify")
    for number, government in zip(settled["run"], settled["entity"], strict=True):
        voted = {"abc"[entity] for entity in ratified["entity"][ratified["run"] == number]}
        assert voted == inside[int(government)]


@pytest.mark.parametrize(("hope", "rule", "forms"), [(0.5, "vote", False), (0.5, "none", True), (0.0, "none", True)])
def test_a_minority_needs_a_rule_that_lets_it_pass(hope: float, rule: str, forms: bool) -> None:
    menu = {"b_alone": {"b": 1.0}}  # two of seven seats, and the others hope for offices in the next round
    ran = run(parliament(menu, investiture=rule), {**OFFICE, "formateur.hope": hope})
    assert (ran.share("settled") > 0.9) == forms
    assert (ran.share("investiture") > 0) == (rule == "vote")
    if not forms:
        assert ran.share("settled") == 0


def test_precedent_decides_between_equals() -> None:
    menu = {"ab": {"a": 0.6, "b": 0.4}, "ac": {"a": 0.6, "c": 0.4}}
    tree = parliament(menu)
    next(one for one in tree["settlements"] if one["id"] == "ac")["standing"] = 3.0
    tree["table"]["sides"] = [
        {"party": "a", "weight": 1e6},
        {"party": "b", "weight": 1e-3},
        {"party": "c", "weight": 1e-3},
    ]
    ran = run(tree, {**OFFICE, "choice.lam": 5.0}, runs=3000)
    proposed = ran.events("favoured")
    first = proposed["entity"][proposed["step"] == 0]
    assert np.mean(first == ORDER.index("ac")) == pytest.approx(0.75, abs=0.03)
