"""Divisions: a bloc's votes are beta-binomial, and what is expected of a division has the distribution of its tally."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm
from small import Ran, Tree, actor, body, run, settlement, text, two_party_tree

from whipcount.theory.rule_grammar import parse_rule

SIZE = 60


def _tree(ideal: float = 0.55, attendance: float = 1.0) -> Tree:
    """A council, nearly all of it one bloc, in which the member at 0 moves to bring the government from 1 to 0."""
    tree = two_party_tree()
    del tree["table"]
    tree["settlements"][0]["point"] = {"x": 1.0}
    tree["settlements"].append(settlement("bill", 0.0))
    tree["parties"][1]["principal"] = None
    tree["bodies"].pop(1)
    tree["actors"].append(actor("bloc", "opp", ideal, size=SIZE))
    seat = {"actor": "bloc", "weight": SIZE, "attendance": attendance}
    tree["bodies"].append(body("council", None, "g1", seat, quorum=1))
    motion = {"id": "motion", "name": text("motion"), "body": "council", "kind": "measure", "options": ["bill"]}
    tree["motions"] = [{**motion, "proposers": ["g1"], "assumed": "test"}]
    return tree


PLAIN = {"ballot.abstention": 1e3, "ballot.discipline": 0.0, "agenda.cost": -1e3, "agenda.meetings": 1e3}


def _ran(tree: Tree, runs: int = 1500, **parameters: float) -> Ran:
    given = {name.replace("__", "."): value for name, value in parameters.items()}
    return run(tree, {**PLAIN, **given}, runs=runs)


def _first_ayes(ran: Ran) -> NDArray[np.float64]:
    ayes = ran.events("ayes", "ballot")
    return np.asarray(ayes["value"][ayes["step"] == 0], np.float64)


@pytest.mark.parametrize("common", [0.0, 0.1, 0.5])
def test_the_votes_of_a_bloc_are_beta_binomial(common: float) -> None:
    """From 1 to 0, for a bloc at .55: D = .45^2 - .55^2, P(yes) = logistic(lambda D); the mover votes for it."""
    ayes = _first_ayes(_ran(_tree(), ballot__common=common, choice__lam=5.0))
    yes = 1 / (1 + np.exp(-5.0 * (0.45**2 - 0.55**2)))
    variance = SIZE * yes * (1 - yes) * (1 + (SIZE - 1) * common)
    assert ayes.mean() == pytest.approx(SIZE * yes + 1.0, abs=4 * np.sqrt(variance / ayes.size))
    assert ayes.var() == pytest.approx(variance, rel=0.12)


def test_with_nothing_but_common_reasons_a_bloc_votes_as_one() -> None:
    ayes = _first_ayes(_ran(_tree(), ballot__common=1.0, choice__lam=5.0))
    assert set(np.round(ayes)) <= {0.0, 1.0, SIZE, SIZE + 1.0}


def test_the_agenda_knows_chances_and_not_who_has_come() -> None:
    """The same expectation on a day on which few have come and on one on which all have."""
    tree = _tree(attendance=0.7)
    wide = _ran(tree, runs=300, attendance__common=0.3, agenda__cost=0.0)
    tabled = wide.events("tabled")
    chances = tabled["probability"][tabled["step"] == 0]
    assert len(chances) > 100
    assert np.ptp(chances) < 1e-6


@pytest.mark.parametrize(("together", "alike"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (0.3, 0.2)])
def test_the_expected_chance_of_passing_is_the_frequency(together: float, alike: float) -> None:
    """P(tabled) = logistic(lambda x P(pass) x gain) gives P(pass) away; the divisions have that frequency."""
    tree = _tree(ideal=0.5, attendance=0.8)
    given = {"attendance__common": together, "ballot__common": alike, "choice__lam": 2.0}
    asked = _ran(tree, runs=1, agenda__cost=0.0, **given).events("tabled")["probability"]
    held = _ran(tree, runs=2500, **given)
    passed = held.events("division", "ballot")
    frequency = passed["value"][passed["step"] == 0].mean()
    if not len(asked):
        asked = _ran(tree, runs=40, agenda__cost=0.0, **given).events("tabled")["probability"]
    told = np.log(asked[0] / (1 - asked[0])) / 2.0  # the mover gains 1
    spread = norm.ppf(0.99) * np.sqrt(0.25 / 2500)
    assert told == pytest.approx(frequency, abs=0.025 + spread)


RULES = (
    "2/3 of cast",
    "more than 1/3 of cast",
    "majority of present",
    "2/5 of all",
    "24",
    "majority of all; tolerated",
    "3/5 of present; tolerated",
)


@pytest.mark.parametrize("rule", RULES)
def test_by_any_rule_the_expected_chance_of_passing_is_the_frequency(rule: str) -> None:
    tree = _tree(ideal=0.5, attendance=0.8)
    tree["bodies"][-1]["rule"] = rule
    given = {"attendance__common": 0.2, "ballot__common": 0.1, "choice__lam": 2.0, "ballot__abstention": 0.2}
    asked = _ran(tree, runs=40, agenda__cost=0.0, **given).events("tabled")["probability"]
    division = _ran(tree, runs=2500, **given).events("division", "ballot")
    frequency = division["value"][division["step"] == 0].mean()
    told = np.log(asked[0] / (1 - asked[0])) / 2.0
    assert told == pytest.approx(frequency, abs=0.06)


@pytest.mark.parametrize("rule", [*RULES, "cast", "3/5 of cast; quorum: 1/2"])
def test_divisions_are_decided_as_the_rule_is_written(rule: str) -> None:
    tree = _tree(ideal=0.5, attendance=0.8)
    tree["bodies"][-1]["rule"] = rule
    ran = _ran(tree, runs=300, choice__lam=2.0, ballot__abstention=0.2, attendance__common=0.2, ballot__common=0.2)
    columns = {verb: ran.events(verb, "ballot") for verb in ("division", "ayes", "noes")}
    present = np.round(ran.measure("attendance:council") * (SIZE + 1))
    written = parse_rule(rule)
    for row in range(len(columns["division"]["run"])):
        step, run_ = columns["division"]["step"][row], columns["division"]["run"][row]
        ayes, noes = (round(float(columns[verb]["value"][row])) for verb in ("ayes", "noes"))
        here = int(present[step, run_])
        base = {"cast": ayes + noes, "present": here, "all": SIZE + 1}[written.need.of]
        needed = written.need.quota(base)
        expected = noes < needed if written.tolerated else ayes >= needed
        assert bool(columns["division"]["value"][row]) == expected, (ayes, noes, here)


def test_a_veto_stops_what_a_majority_wants() -> None:
    tree = _tree(ideal=0.0)
    tree["actors"].append(actor("king", "opp", 1.0))
    tree["bodies"][-1]["seats"].append({"actor": "king"})
    assert _ran(tree, runs=20, choice__lam=200.0).share("enacted") == 1.0
    tree["bodies"][-1]["rule"] = "majority; veto: king"
    assert _ran(tree, runs=20, choice__lam=200.0).share("enacted") == 0.0


def test_where_two_chambers_must_agree_both_divide() -> None:
    tree = _tree(ideal=0.0)
    tree["actors"].append(actor("lord", "opp", 1.0))
    tree["bodies"].append(body("upper", None, "lord"))
    assert _ran(tree, runs=20, choice__lam=200.0).share("enacted") == 1.0
    tree["motions"][0]["rule"] = "majority; also: upper"
    ran = _ran(tree, runs=20, choice__lam=200.0)
    assert ran.share("enacted") == 0.0
    assert set(ran.events("division", "ballot")["entity"]) == {1, 2}


def test_a_rule_of_the_matter_takes_the_place_of_the_bodys() -> None:
    tree = _tree(ideal=0.0)
    tree["actors"].append(actor("lord", "opp", 1.0))
    tree["bodies"][-1]["seats"].append({"actor": "lord"})
    tree["motions"][0]["rule"] = "unanimity"
    assert _ran(tree, runs=20, choice__lam=200.0).share("enacted") == 0.0
