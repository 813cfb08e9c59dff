"""YAML 1.2 core scalars, places, and what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import Place, ScenarioError
from whipcount.scenario.yaml_nodes import parse, place_of_index, scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("1917-11-17", "1917-11-17"),
        ("1_000", "1_000"),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("-3", -3),
        ("+.5", 0.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("nUll", "nUll"),
        ("1e999", "1e999"),
        ("9" * 40, 1e40),
    ],
)
def test_core_schema(text: str, value: object) -> None:
    found = scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_quoted_scalars_are_text() -> None:
    assert parse("[\"1\", 'no', 'null', 1]", "f").plain() == ["1", "no", "null", 1]


def test_places_count_from_one() -> None:
    root = parse("a: 1\nb:\n  - {c: x}\n", "f.yaml")
    assert isinstance(root.value, dict)
    assert str(root.value["a"].place) == "f.yaml:1:4"
    assert root.key_place("b") == Place("f.yaml", 2, 1)
    entry = root.value["b"].entries()[0]
    assert entry.key_place("c") == Place("f.yaml", 3, 6)
    assert place_of_index("ab\ncd", 4, "f") == Place("f", 2, 2)


def test_columns_count_characters_and_not_bytes() -> None:
    assert parse("{имя: Анна, x: 1}", "f").items()[1][1].place.column == 16


def test_aliases_are_copies() -> None:
    root = parse("a: &x {n: 1}\nb: *x\n", "f")
    assert isinstance(root.value, dict)
    root.value["a"].value["n"].value = 2  # type: ignore[index,call-overload]
    assert root.plain() == {"a": {"n": 2}, "b": {"n": 1}}


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: 1\nb: 2\na: 3\n", "WC106", "f:3:1"),
        ("a: &x [*x]", "WC107", "f:1:8"),
        ("a: *x", "WC107", "f:1:4"),
        ("[" * 60 + "]" * 60, "WC107", "f:1:41"),
        ("- " * 5000 + "x", "WC107", "f:1:81"),
        ("a: 1\n---\nb: 2\n", "WC108", "f:2:1"),
        ("a: !!python/object:os.system {}", "WC108", "f:1:4"),
        ("? [1]\n: 2", "WC108", "f:1:3"),
        ("a: {<<: {b: 1}}", "WC108", "f:1:5"),
        ("a: .inf", "WC108", "f:1:4"),
        ("a:\n\t- b", "WC105", "f:2:1"),
        ("a: b: c", "WC105", "f:1:5"),
        ("a: 'x", "WC105", "f:1:6"),
        ("a: @x", "WC105", "f:1:4"),
        ("# only a comment\n", "WC104", "f"),
        ("", "WC104", "f"),
        ("a: \x01", "WC102", "f:1:4"),
    ],
)
def test_refused(text: str, code: str, place: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(text, "f")
    problem = caught.value.problems[0]
    assert problem.code == code
    assert str(problem.place) == place
    assert problem.hint


def test_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    with pytest.raises(ScenarioError) as caught:
        parse("\n".join(lines), "f")
    assert caught.value.problems[0].code == "WC107"


def test_all_duplicate_keys_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse("a: {x: 1, x: 2}\nb: {y: 1, y: 2}\n", "f")
    assert [str(problem.place) for problem in caught.value.problems] == ["f:1:11", "f:2:11"]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab:-{}[]&*!|>'\"#%@`,? \n\t01.", max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    with contextlib.suppress(ScenarioError):
        parse(text, "f")
