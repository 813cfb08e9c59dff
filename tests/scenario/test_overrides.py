"""Paths: what an override changes, adds and takes away, in the file's own order of accounts, variants and user."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from known_names import declared

from whipcount.errors import ScenarioError
from whipcount.scenario import LoadedScenario, compare_accounts, load, parse_settings

Write = Callable[[str], Path]

ACCOUNTS = """
variants:
  - id: sanction
    name: {en: The threat, ru: Угроза}
    default: congress
    choices:
      expulsion: {text: {en: expulsion, ru: исключение}, set: {parties.blue.ultimatum.branch: expulsion}}
      congress:
        text: {en: a congress, ru: съезд}
        set: {parties.blue.ultimatum.branch: congress}
        evidence: ["press:2 March"]
accounts:
  - id: A
    name: {en: As A has it, ru: По А}
    source: press
    choices: {sanction: expulsion}
    set: {actors.vera.ideal.breadth: .9, bodies.council.seats.dina: null}
  - {id: B, name: {en: As B has it, ru: По Б}}
"""


@pytest.fixture
def path(text: str, write: Write) -> Path:
    return write(text + ACCOUNTS)


def loaded(path: Path, **asked: Any) -> LoadedScenario:
    return load(path, registry=declared, **asked)


def branch(scenario: LoadedScenario) -> str:
    ultimatum = scenario.scenario.parties[0].ultimatum
    assert ultimatum is not None
    return ultimatum.branch


def test_defaults_accounts_choices_and_settings_apply_in_this_order(path: Path) -> None:
    key = "parties.blue.ultimatum.branch"
    assert branch(loaded(path)) == "congress"
    assert branch(loaded(path, account="A")) == "expulsion"
    assert branch(loaded(path, account="B")) == "congress"
    assert branch(loaded(path, account="A", choices={"sanction": "congress"})) == "congress"
    assert branch(loaded(path, account="B", set={key: "expulsion"})) == "expulsion"
    origins = [each.origin for each in loaded(path, account="A", set={key: "congress"}).overrides]
    assert origins == ["sanction: expulsion", "account A", "account A", "set"]


def test_an_account_changes_values_and_takes_seats_away(path: Path) -> None:
    scenario = loaded(path, account="A").scenario
    vera = next(actor for actor in scenario.actors if actor.id == "vera")
    council = next(body for body in scenario.bodies if body.id == "council")
    assert vera.ideal["breadth"].value == 0.9
    assert [seat.actor for seat in council.seats] == ["anna", "boris", "vera", "deputies"]
    assert loaded(path).text == loaded(path, account="A").text
    assert loaded(path).hash == loaded(path, account="A").hash


@pytest.mark.parametrize(
    ("setting", "read"),
    [
        ("bodies.council.quorum=4", lambda s: s.bodies[3].quorum == 4),
        ("bodies.council.seats.deputies.weight=3", lambda s: s.bodies[3].seats[4].weight == 3),
        ("actors.anna.ideal.breadth=[.1, .2]", lambda s: s.actors[0].ideal["breadth"].coders == (0.1, 0.2)),
        ("actors.anna.ideal.breadth={prior: {beta: [2, 5]}, assumed: x}", lambda s: s.actors[0].ideal["breadth"].prior),
        ("actors.anna.ideal.breadth.assumed=x", lambda s: s.actors[0].ideal["breadth"].assumed == "x"),
        ("actors.boris.ideal.breadth.assumed=x", lambda s: s.actors[1].ideal["breadth"].coders == (0.2, 0.3)),
        ("actors.anna.loyalty=2", lambda s: s.actors[0].loyalty.value == 2),
        ("parties.blue.ultimatum.quota=.3", lambda s: s.parties[0].ultimatum.quota == 0.3),
        ("table.sides.green.weight=2", lambda s: s.table.sides[1].weight == 2),
        ("table.menu=[joint, alone]", lambda s: s.table.menu == ("joint", "alone")),
        ("government.head=null", lambda s: s.government.head is None),
        ("government.head=", lambda s: s.government.head is None),
        ("parameters.choice.lam=20", lambda s: s.parameters["choice.lam"].value == 20),
        (
            "parameters.choice.lam={prior: {fixed: 3}, assumed: x}",
            lambda s: s.parameters["choice.lam"].prior.fixed == 3,
        ),
        ("events.call_off.effects.pressures.strike.level=.4", lambda s: s.events[0].effects.pressures[0].level == 0.4),
        ("events.call_off.date=2024-03-14", lambda s: s.events[0].date.day == 14),
        ("events.call_off=null", lambda s: s.events == ()),
        ("bodies.cabinet.seats.+dina={weight: 2}", lambda s: s.bodies[2].seats[2].weight == 2),
        ("calendar.step_days=7", lambda s: s.calendar.step_days == 7),
        ("actors.anna.name.en=no", lambda s: s.actors[0].name.en == "no"),
    ],
)
def test_what_paths_reach(path: Path, setting: str, read: Callable[[Any], Any]) -> None:
    assert read(loaded(path, set=parse_settings([setting])).scenario)


def test_a_prior_by_override_needs_its_reason(path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"WC136 --set parameters.choice.lam.prior"):
        loaded(path, set=parse_settings(["parameters.choice.lam.prior={fixed: 3}"]))


def test_problems_point_at_the_override_and_not_at_the_file(path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        loaded(path, set={"actors.anna.ideal.breadth": 2})
    assert [str(problem.place) for problem in caught.value.problems] == ["--set actors.anna.ideal.breadth"]


def test_an_override_of_an_account_points_at_its_line(text: str, write: Write) -> None:
    path = write(text + ACCOUNTS.replace("breadth: .9", "breadth: 9"))
    with pytest.raises(ScenarioError) as caught:
        loaded(path, account="A")
    line = path.read_text(encoding="utf-8").splitlines()[caught.value.problems[0].place.line - 1]
    assert "breadth: 9" in line


def test_adding_needs_a_new_name_and_a_whole_entry(path: Path) -> None:
    for setting in ("actors.+anna={size: 2}", "actors.+zoe=1", "actors.+zoe.size=1"):
        with pytest.raises(ScenarioError, match="WC140"):
            loaded(path, set=parse_settings([setting]))


def test_unknown_account_and_variant_are_told_together(path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        loaded(path, account="C", choices={"sanktion": "x", "sanction": "exile"})
    assert [problem.code for problem in caught.value.problems] == ["WC142"] * 3
    assert "did you mean 'sanction'" in str(caught.value)


def test_comparison_of_accounts(path: Path) -> None:
    compared = compare_accounts(loaded(path))
    assert [name for name, _ in compared.accounts] == ["A", "B"]
    dispute = compared.disputes[0]
    assert dispute.differs
    assert [version.choice for version in dispute.versions] == ["expulsion", "congress"]
    assert [version.by_default for version in dispute.versions] == [False, True]
    by_path = {difference.path: difference for difference in compared.differences}
    assert by_path["actors.vera.ideal.breadth"].base == 0.6
    assert dict(by_path["actors.vera.ideal.breadth"].values) == {"A": 0.9, "B": 0.6}
    assert by_path["bodies.council.seats.dina"].values["A"] is None
    assert all(difference.differs for difference in compared.differences)
