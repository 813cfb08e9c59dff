"""Divisions: a bloc's votes are beta-binomial, and what is expected of a division has the distribution of its tally."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm
from small import Ran, Tree, actor, body, run, two_party_tree

SIZE = 60


def _tree(ideal: float = 0.55, attendance: float = 1.0) -> Tree:
    """A council, nearly all of it one bloc, in which anybody may move that the government has its confidence."""
    tree = two_party_tree()
    tree["parties"][1]["principal"] = None
    tree["bodies"].pop(1)
    tree["actors"].append(actor("bloc", "opp", ideal, size=SIZE))
    seat = {"actor": "bloc", "weight": SIZE, "attendance": attendance}
    tree["bodies"].append(body("council", None, "g1", seat, quorum=1))
    tree["motions"] = [
        {
            "id": "confidence",
            "name": {"en": "confidence", "ru": "confidence"},
            "body": "council",
            "kind": "confidence",
            "assumed": "test",
        }
    ]
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
    """Government at 0, fall at 1, a bloc at .55: D = .45^2 - .55^2, P(yes) = logistic(lambda D)."""
    ayes = _first_ayes(_ran(_tree(), ballot__common=common, choice__lam=5.0))
    person = 1 / (1 + np.exp(-5.0))  # the member at 0 gains 1
    yes = 1 / (1 + np.exp(-5.0 * (0.45**2 - 0.55**2)))
    variance = SIZE * yes * (1 - yes) * (1 + (SIZE - 1) * common) + person * (1 - person)
    assert ayes.mean() == pytest.approx(SIZE * yes + person, abs=4 * np.sqrt(variance / ayes.size))
    assert ayes.var() == pytest.approx(variance, rel=0.12)


def test_with_nothing_but_common_reasons_a_bloc_votes_as_one() -> None:
    ayes = _first_ayes(_ran(_tree(), ballot__common=1.0, choice__lam=5.0))
    assert set(np.round(ayes)) <= {0.0, 1.0, SIZE, SIZE + 1.0}


def test_the_agenda_knows_chances_and_not_who_has_come() -> None:
    """The same expectation on a day on which few have come and on one on which all have."""
    tree = _tree(attendance=0.7)
    wide = _ran(tree, runs=300, attendance__common=0.3, agenda__cost=0.0, agenda__again=1.0)
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
    gain = 1.0
    told = np.log(asked[0] / (1 - asked[0])) / (2.0 * gain)
    spread = norm.ppf(0.99) * np.sqrt(0.25 / 2500)
    assert told == pytest.approx(frequency, abs=0.025 + spread)
