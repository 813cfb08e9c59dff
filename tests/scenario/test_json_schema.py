"""The exported schema says what the loader accepts."""

from __future__ import annotations

import jsonschema
import pytest

from whipcount.scenario import json_schema, names, scaffold
from whipcount.scenario.loader import FOLDER
from whipcount.scenario.yaml_nodes import parse

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TEXTS = {"scaffold": scaffold("demo")} | {
    name: (FOLDER / f"{name}.yaml").read_text(encoding="utf-8") for name in names()
}


def test_it_is_a_schema_of_its_draft() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("name", TEXTS)
def test_scenarios_validate(name: str) -> None:
    errors = [
        f"{error.json_path}: {error.message[:120]}" for error in VALIDATOR.iter_errors(parse(TEXTS[name], name).plain())
    ]
    assert errors == []


def test_every_field_is_described() -> None:
    records = [SCHEMA, *SCHEMA["$defs"].values()]
    bare = [
        name
        for record in records
        for name, field in record.get("properties", {}).items()
        if not field.get("description")
    ]
    assert bare == []


@pytest.mark.parametrize(
    ("key", "value", "valid"),
    [
        ("ideal", {"breadth": 0.3}, True),
        ("ideal", {"breadth": [0.3, 0.4]}, True),
        ("ideal", {"breadth": {"prior": {"beta": [1, 2]}, "assumed": "so"}}, True),
        ("ideal", {"breadth": "high"}, False),
        ("evidence", ["A:2", {"source": "A", "where": 3}], True),
        ("evidence", [{"where": "3"}], False),
        ("shoe_size", 40, False),
        ("size", 0, False),
    ],
)
def test_short_and_long_forms(key: str, value: object, valid: bool) -> None:
    actor = {"id": "x", "name": {"en": "X", "ru": "Х"}, "party": "p", "ideal": {"breadth": 0.1}, key: value}
    check = jsonschema.Draft202012Validator({**SCHEMA["$defs"]["Actor"], "$defs": SCHEMA["$defs"]})
    assert check.is_valid(actor) is valid
