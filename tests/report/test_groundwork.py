"""What rests on a passage, against the scenario's own records; and how a text falls into numbered paragraphs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from whipcount.report.groundwork import (
    CLAIMS,
    FACTS,
    Groundwork,
    all_groundwork,
    anchor_of,
    assumed,
    groundwork,
    paragraphs_of,
    places_of,
)
from whipcount.scenario import LoadedScenario, load, names
from whipcount.scenario.provenance import provenance
from whipcount.scenario.yaml_nodes import Node
from whipcount.text import LANGUAGES, speaking


@pytest.fixture(scope="module")
def november() -> LoadedScenario:
    return load("november-1917")


def resting_on(work: Groundwork, where: str, kind: str, section: str) -> set[str]:
    """Ids of what rests on a passage."""
    passage = next((one for one in work.passages if one.where == where), None)
    return {one.ident for one in (passage.of(kind) if passage else ()) if one.path.startswith(section + ".")}


@pytest.mark.parametrize("source", ["A", "B"])
def test_claims_and_facts_of_a_paragraph_are_those_that_cite_it(november: LoadedScenario, source: str) -> None:
    work = groundwork(november, source)
    assert work is not None
    for paragraph in map(str, range(1, 12)):
        for kind, section, records in (
            (CLAIMS, "claims", november.scenario.claims),
            (FACTS, "record", november.scenario.record),
        ):
            cited = {
                one.id
                for one in records
                if any(e.source == source and paragraph in places_of(e.where) for e in one.evidence)
            }
            assert resting_on(work, paragraph, kind, section) == cited


@pytest.mark.parametrize("name", names())
def test_nothing_that_is_cited_or_assumed_is_lost(name: str) -> None:
    loaded = load(name)
    known = provenance(loaded)
    for work in all_groundwork(loaded):
        paths = {one.path for passage in work.passages for one in passage.rests}
        assert paths == {one.path for one in known.of_source(work.id)}
    assert [one.path for one, _ in assumed(loaded)] == [one.path for one in known.assumed]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_told_in_words(november: LoadedScenario, language: str) -> None:
    """No id of the file stands where a name belongs."""
    scenario = november.scenario
    ids = {
        one.id for one in (*scenario.actors, *scenario.bodies, *scenario.outcomes, *scenario.record) if "_" in one.id
    }
    with speaking(language):
        told = [one.what for work in all_groundwork(november) for passage in work.passages for one in passage.rests]
        told += [one.what for one, _ in assumed(november) if not one.path.startswith("parameters.")]
    assert not [text for text in told if "_" in text or set(text.replace(",", " ").split()) & ids]


def test_runs_rest_on_what_their_scenario_rests_on(november: LoadedScenario) -> None:
    """A run folder gives a scenario without its tree; its copy of the text has it."""
    bare = replace(november, tree=Node(november.tree.place, {}))
    assert all_groundwork(bare) == all_groundwork(november)


def test_accounts_stand_first(november: LoadedScenario) -> None:
    found = all_groundwork(november)
    assert [one.id for one in found if one.account] == [one.id for one in found[:2]] == ["A", "B"]


def test_a_text_shows_what_nothing_rests_on(november: LoadedScenario) -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(1, 7))
    work = groundwork(november, "A", text)
    assert work is not None
    assert [one.where for one in work.bare] == ["5", "6"]  # the scenario knows four
    assert not work.missing
    short = groundwork(november, "A", "One.\n\nTwo.")
    assert short is not None
    assert [one.where for one in short.missing] == ["3", "4"]
    assert groundwork(november, "nobody") is None


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ("3", ("3",)), ("3-5", ("3", "4", "5")), ("2, 4", ("2", "4")), ("1–2; 7", ("1", "2", "7")),
        ("23 February 1918", ("23 February 1918",)), ("", ("",)), ("5-3", ("5-3",)), ("1-400", ("1-400",)),
        ("pp. 122-123", ("pp. 122-123",)),
    ],
)  # fmt: skip
def test_pointers_name_passages(where: str, places: tuple[str, ...]) -> None:
    assert places_of(where) == places


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("a\n\nb\nc\n \nd", [("1", "a"), ("2", "b c"), ("3", "d")]),
        ("a\r\nb\r\n", [("1", "a"), ("2", "b")]),
        ("3. a\n\n5) b\n\n[9] c", [("3", "a"), ("5", "b"), ("9", "c")]),
        ("Title\n\n1. a\n\nmore\n\n2. b", [("1", "a\nmore"), ("2", "b")]),
        ("1917. a\n\nb\n\nc", [("1", "1917. a"), ("2", "b"), ("3", "c")]),
        ("2. a\n\n1. b", [("1", "2. a"), ("2", "1. b")]),
        ("\ufeffa", [("1", "a")]),
        (" \n ", []),
    ],
)
def test_paragraphs_are_numbered(text: str, paragraphs: list[tuple[str, str]]) -> None:
    assert list(paragraphs_of(text)) == paragraphs


def test_passages_have_addresses_of_their_own(november: LoadedScenario) -> None:
    for work in all_groundwork(november):
        anchors = [one.anchor for one in work.passages]
        assert len(anchors) == len(set(anchors))
    assert anchor_of("") == "p-whole"
