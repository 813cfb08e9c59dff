"""Factions by any name, overlapping membership, distances, and what rests on which source."""

from __future__ import annotations

import dataclasses

import pytest

from whipcount.errors import ScenarioError
from whipcount.scenario import LoadedScenario, load, names, portrait, provenance


@pytest.mark.parametrize("name", ["doves", "Doves", "ГОЛУБИ", "conciliators", "примирители", " Conciliators "])
def test_either_name_finds_the_faction(demo: LoadedScenario, name: str) -> None:
    assert [faction.id for faction in portrait.find_faction(demo.scenario, name)] == ["doves"]


def test_another_name_finds_none(demo: LoadedScenario) -> None:
    with pytest.raises(ScenarioError, match=r"WC143.*did you mean 'doves'"):
        portrait.find_faction(demo.scenario, "dovse")


def test_overlapping_membership(demo: LoadedScenario) -> None:
    found = {each.actor.id: [body.id for body in each.bodies] for each in portrait.overlapping(demo.scenario)}
    assert found == {
        "anna": ["committee", "cabinet", "council"],
        "boris": ["committee", "council"],
        "vera": ["committee", "cabinet", "council"],
        "dina": ["committee", "council"],
    }


@pytest.mark.parametrize("name", names())
def test_distances_are_distances(name: str) -> None:
    scenario = load(name).scenario
    matrix = portrait.settlement_distances(scenario)
    size = range(len(scenario.settlements))
    assert all(matrix[i][i] == 0 for i in size)
    assert all(matrix[i][j] == matrix[j][i] for i in size for j in size)
    assert all(matrix[i][j] <= matrix[i][k] + matrix[k][j] + 1e-12 for i in size for j in size for k in size)
    assert sum(portrait.mean_salience(scenario).values()) == pytest.approx(1, abs=1e-3)


def test_distance_in_one_dimension(demo: LoadedScenario) -> None:
    alone, joint, fallen = range(3)
    matrix = portrait.settlement_distances(demo.scenario)
    assert matrix[alone][joint] == pytest.approx(0.4)
    assert matrix[alone][fallen] == pytest.approx(0.9)


def test_every_citation_and_assumption_is_counted_once(demo: LoadedScenario) -> None:
    layer = provenance(demo)
    press = layer.sources[0]
    assert (press.facts, press.judgements, press.record) == (8, 0, 1)
    assert {statement.path for statement in layer.of_source("press")} >= {
        "actors.anna",
        "posts.treasury",
        "record.walkout",
    }
    assert {value.path: value.reason for value in layer.assumed} == {
        "defaults": "nobody has measured them",
        "actors.dina.ideal.breadth": "she voted with Vera last year",
        "actors.deputies": "taken near to their leader",
        "pressures.strike": "announced but never measured",
    }
    assert all(demo.place(value.path).line <= value.line for value in layer.assumed)
    with pytest.raises(dataclasses.FrozenInstanceError):
        layer.assumed = ()  # type: ignore[misc]


@pytest.mark.parametrize("name", names())
def test_judgements_stand_apart_from_facts(name: str) -> None:
    layer = provenance(load(name))
    assert {statement.kind for statement in layer.statements} <= {"fact", "judgement"}
    assert sum(each.facts + each.judgements for each in layer.sources) == len(layer.statements)
