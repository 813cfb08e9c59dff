"""The scenario language as a JSON Schema, for editors that complete and check YAML while it is written."""

from __future__ import annotations

from typing import Any

from .schema import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# what fields are that bear the same name in many records
_COMMON = {
    "id": "identifier by which other records refer to this one",
    "name": "name: a text, or {en: ..., ru: ...}",
    "title": "title: a text, or {en: ..., ru: ...}",
    "text": "text: in English alone, or {en: ..., ru: ...}",
    "evidence": "where it comes from: short as 'source:place', or as a mapping",
    "party": "id of a party",
    "actor": "id of an actor",
    "body": "id of a body",
    "post": "id of a post",
    "settlement": "id of a settlement",
    "dimension": "id of a dimension",
    "pressure": "id of a pressure",
    "holder": "id of an actor",
    "date": "day, new style: year-month-day",
    "after": "on this day or later",
    "before": "on this day or earlier",
    "since": "first day",
    "until": "last day",
    "note": "remark",
    "default": "the choice taken where no account says otherwise",
}


def json_schema() -> dict[str, Any]:
    """The schema of a scenario file (draft 2020-12), with descriptions and the short forms of values."""
    schema: dict[str, Any] = Scenario.model_json_schema(by_alias=True, mode="validation")
    records = schema["$defs"]
    _accept_short_forms(schema)
    records["Uncertain"] = {
        "description": "a number, a list of coders' numbers, or a value or prior with its evidence or reason",
        "anyOf": [
            {"type": "number"},
            {"type": "array", "items": {"type": "number"}, "minItems": 1},
            {"$ref": "#/$defs/UncertainRecord"},
        ],
    }
    records["Evidence"] = {
        "description": "a source such as 'A:2' (source A, paragraph 2), or a mapping",
        "anyOf": [{"type": "string"}, {"$ref": "#/$defs/EvidenceRecord"}],
    }
    records["Text"].pop("required")
    records["Text"] = {
        "description": "a text in English, or in English, Russian or both: {en: ..., ru: ...}",
        "anyOf": [{"type": "string", "minLength": 1}, {**records["Text"], "minProperties": 1}],
    }
    records["Answer"] = {
        "description": "yes or no, doubtful or not, or a mapping with the day",
        "anyOf": [
            {"enum": ["yes", "no", "doubtful", "doubtful yes", "doubtful no"]},
            {"$ref": "#/$defs/AnswerRecord"},
        ],
    }
    records["EvidenceRecord"]["properties"]["where"]["type"] = ["string", "integer"]
    for record in (schema, *records.values()):
        _describe(record)
        _allow_empty(record)
    return {
        "$schema": DIALECT,
        "$id": "https://whipcount.invalid/schema/scenario-2.json",
        **schema,
        "title": "whipcount scenario",
    }


def _accept_short_forms(node: Any) -> None:
    """Point every use of the long forms at the definitions that allow the short ones too."""
    if isinstance(node, dict):
        for name in ("Uncertain", "Evidence", "Answer"):
            if node.get("$ref") == f"#/$defs/{name}Record":
                node["$ref"] = f"#/$defs/{name}"
        for inner in node.values():
            _accept_short_forms(inner)
    elif isinstance(node, list):
        for inner in node:
            _accept_short_forms(inner)


def _describe(record: dict[str, Any]) -> None:
    """Give each field a description: its own, the common one of its name, or that of what it holds."""
    for name, field in record.get("properties", {}).items():
        field.pop("title", None)
        if field.get("description", "lower-case identifier") == "lower-case identifier":
            field["description"] = _COMMON.get(name, name.replace("_", " "))


def _allow_empty(record: dict[str, Any]) -> None:
    """A key without a value counts as not given, where it may be left out."""
    required = set(record.get("required", ()))
    for name, field in record.get("properties", {}).items():
        if name not in required and "default" in field and field.get("type") in ("array", "object"):
            field["type"] = [field["type"], "null"]
