"""Random files: mutations of a valid one never crash the loader, and random valid ones load."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from known_names import declared

from whipcount.errors import Place, ScenarioError
from whipcount.scenario import load, scaffold
from whipcount.scenario.emit import section_text
from whipcount.scenario.loader import assemble
from whipcount.scenario.yaml_nodes import Node, from_plain, parse

TEXT = scaffold("demo")
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "no", "anna", "blue", "committee", "x" * 300, "2024-03-05", "A:2", "🂡", "a\nb", "{", "-1"]),
    st.just([]),
    st.just({}),
    st.just({"value": 2, "coders": [1]}),
    st.just({"prior": {"beta": [0, -1]}}),
    st.just([[[]], {"id": "anna"}, 3]),
    st.just({"id": "anna", "verb": "x", "evidence": {"source": 3}, "set": {"a.b": None}}),
)


@quick
@given(seed=st.integers(0, 2**32), times=st.integers(1, 6))
def test_mutated_texts_never_crash_the_loader(seed: int, times: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    text = TEXT
    for _ in range(times):
        here, there = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        there = min(there, here + chance.choice([0, 1, 3, 40]))
        new = chance.choice(
            ["", ":", "\n", "  ", "- ", "{", "]", "&a ", "*a", "!!str ", "null", "'", "#", text[here : here + 30]]
        )
        text = text[:here] + new + text[there:]
    path = tmp_path / "demo.yaml"
    path.write_bytes(text.encode())
    check_outcome(path)


@quick
@given(seed=st.integers(0, 2**32))
def test_mutated_bytes_never_crash_the_loader(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    content = bytearray(TEXT.encode())
    for _ in range(chance.randint(1, 4)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path = tmp_path / "demo.yaml"
    path.write_bytes(content)
    check_outcome(path)


def check_outcome(path: Path) -> None:
    """The file loads, or is refused with coded problems."""
    try:
        load(path, registry=declared)
    except ScenarioError as error:
        codes = [problem.code for problem in error.problems]
        places = [problem.place.file for problem in error.problems]
        assert codes
        assert all(code.startswith("WC1") for code in codes)
        assert all(places)


def nodes(node: Node) -> list[Node]:
    found = [node]
    for _, inner in node.items():
        found += nodes(inner)
    for inner in node.entries():
        found += nodes(inner)
    return found


@quick
@given(data=st.data())
def test_any_value_may_stand_anywhere(data: st.DataObject) -> None:
    root = parse(TEXT, "demo.yaml")
    for _ in range(data.draw(st.integers(1, 3))):
        every = nodes(root)
        target = every[data.draw(st.integers(0, len(every) - 1))]
        junk = from_plain(data.draw(JUNK), target.place)
        target.value, target.keys = junk.value, junk.keys
    loaded, problems = assemble(root, None, {}, {}, declared)
    assert (loaded is None) == bool(problems)


SLUGS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
UNIT = st.floats(0, 1).map(lambda number: round(number, 4))
NAME = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Small valid scenarios of any shape."""
    ids = st.lists(SLUGS, min_size=2, max_size=4, unique=True)
    dimensions, parties, settlements = draw(ids), draw(ids), draw(ids)
    people = draw(st.lists(SLUGS, min_size=len(parties), max_size=8, unique=True))
    party_of = {name: parties[index % len(parties)] for index, name in enumerate(people)}

    def named() -> dict[str, str]:
        return {"en": draw(NAME), "ru": draw(NAME)}

    def uncertain() -> Any:
        return draw(
            st.one_of(
                UNIT,
                st.lists(UNIT, min_size=1, max_size=3),
                st.just({"prior": {"beta": [2, 3]}, "assumed": "so"}),
                UNIT.map(lambda number: {"value": number, "evidence": ["s:1"]}),
            )
        )

    def seated(members: list[str]) -> list[dict[str, Any]]:
        return [{"actor": name, "weight": draw(st.integers(1, 9))} for name in members]

    principals = [
        {"id": f"b_{party}", "name": named(), "seats": seated([p for p in people if party_of[p] == party])}
        for party in parties
    ]
    council = {
        "id": "council_of_all",
        "name": named(),
        "seats": seated(people),
        "rule": draw(st.sampled_from(["cast", "members"])),
    }
    council["quorum"] = draw(st.integers(0, sum(seat["weight"] for seat in council["seats"])))
    return {
        "whipcount": 2,
        "title": named(),
        "summary": named(),
        "calendar": {"start": "1917-11-01", "end": "1917-12-01", "step_days": draw(st.sampled_from([0.5, 1, 7]))},
        "sources": [{"id": "s", "title": named()}],
        "dimensions": [{"id": name, "name": named(), "low": named(), "high": named()} for name in dimensions],
        "settlements": [
            {"id": name, "name": named(), "point": {d: uncertain() for d in dimensions}} for name in settlements
        ],
        "government": {"settlement": settlements[0], "fall": settlements[1]},
        "parties": [{"id": name, "name": named(), "principal": f"b_{name}"} for name in parties],
        "actors": [
            {
                "id": name,
                "name": named(),
                "party": party_of[name],
                "ideal": {d: uncertain() for d in dimensions},
                "salience": {d: 1 / len(dimensions) for d in dimensions},
                "assumed": draw(NAME),
            }
            for name in people
        ],
        "bodies": [*principals, council],
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(scenario=scenarios())
def test_random_valid_scenarios_load(scenario: dict[str, Any]) -> None:
    text = "".join(section_text(key, value) for key, value in scenario.items())
    loaded, problems = assemble(parse(text, "random.yaml"), None, {}, {}, declared)
    assert [str(problem) for problem in problems] == []
    assert loaded is not None
    found = loaded[0]
    assert [actor.id for actor in found.actors] == [actor["id"] for actor in scenario["actors"]]
    assert [actor.name.en for actor in found.actors] == [actor["name"]["en"] for actor in scenario["actors"]]
    assert all(0 <= value.centre <= 1 for actor in found.actors for value in actor.ideal.values())


@settings(max_examples=80, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=20))
def test_written_texts_are_read_back(text: str) -> None:
    assert parse(section_text("key", text), "f").plain() == {"key": text}


@pytest.mark.parametrize(
    "text", ["no", "12:30", "1e5", "0o17", "~", "1917-11-17", " x ", "a: b", "#", "- a", "", "=1", "\u2028x"]
)
def test_doubtful_texts_are_read_back(text: str) -> None:
    assert parse(section_text("key", [{"a": text}]), "f").plain() == {"key": [{"a": text}]}


def test_places_of_plain_values() -> None:
    assert from_plain({"a": [1]}, Place("x", 1, 1)).items()[0][1].entries()[0].place == Place("x", 1, 1)


def test_a_list_where_one_body_is_named_is_a_coded_error() -> None:
    with pytest.raises(ScenarioError):
        load("two-bodies", set={"parties.union.principal": []})
