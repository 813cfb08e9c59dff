"""docs/reference/language.md from the schema and the mechanisms; run as a program, it writes the page.

Every key with its meaning, default, an example and the mechanisms that read it; every event that a run can record with
the choice it is, what it waits for, and the keys that feed it. Who reads what is found by trying (`language_keys.py`).
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from whipcount.mechanisms import all_mechanisms
from whipcount.scenario.json_schema import json_schema
from whipcount.scenario.schema import Scenario
from whipcount.scenario.shape import shape_of
from whipcount.scenario.values import Model, Text, UncertainRecord

sys.path.insert(0, str(Path(__file__).parent))
from language_keys import Reading, fed, reading, shipped, spots

PAGE = Path(__file__).parent / "reference" / "language.md"
LONGEST = 70
MANY = 12
HEAD = """# The language of scenarios

Written by `python docs/language_page.py` from the schema and the mechanisms, and held to them by a test. Which
mechanism reads a key was found by changing the key in the scenarios that come with the program and looking at what
changes; a key that no mechanism reads is shown, asked about, or tells where something comes from.

A file starts with `whipcount: 2`. A text is given as it is (`name: Anna`), or by language (`{en: Anna, ru: Анна}`); one
language is enough. A number may be several coders' (`[0.2, 0.4]`) or a prior with its reason
(`{prior: {uniform: [0.2, 0.4]}, assumed: why}`) wherever “uncertain” is written.
"""


def page() -> str:
    """The page: the keys section by section, then the events."""
    scenarios = shipped()
    feeds, read = fed(scenarios), reading(scenarios)
    readers = {
        key: sorted(name for name, inputs in read.inputs.items() if inputs & found) for key, found in feeds.items()
    }
    examples = _examples(scenarios)
    text = HEAD + "\n## Keys\n"
    for title, prefix, model in records():
        text += _record(title, prefix, model, readers, examples)
    return text + "\n## Events\n" + EVENTS + "".join(_event(one, read, feeds) for one in events())


EVENTS = """
What a run can record. “Waits for” names what other mechanisms have to have done; whether it can happen in a scenario of
yours is what `whipcount check` finds out.
"""


def records() -> Iterator[tuple[str, str, type[Model]]]:
    """Every record of the language once: title, path and model."""
    seen: set[type[Model]] = set()

    def walk(model: type[Model], path: str, title: str) -> Iterator[tuple[str, str, type[Model]]]:
        yield title, path, model
        for name, info in model.model_fields.items():
            key = info.alias or name
            shape = shape_of(info.annotation)
            inner, where = shape.model, f"{path}.{key}" if path else key
            for listed in (shape.item, shape.value):
                if listed is not None and inner is None:
                    inner, where = shape_of(listed).model, f"{where}.*"
            if inner is not None and inner not in seen and not issubclass(inner, (Text, UncertainRecord)):
                seen.add(inner)
                yield from walk(inner, where, where)

    yield from walk(Scenario, "", "the file")


def _record(
    title: str, prefix: str, model: type[Model], readers: dict[str, list[str]], examples: dict[str, str]
) -> str:
    called = title.replace("*", r"\*")  # else two stars would stand for emphasis
    lines = ["", f"### {called}", "", (model.__doc__ or "").strip(), ""]
    lines += ["| key | meaning | given as | default | example | read by |", "|---|---|---|---|---|---|"]
    for name, info in model.model_fields.items():
        key = info.alias or name
        path = f"{prefix}.{key}" if prefix else key
        told = ", ".join(readers.get(path, [])[:MANY])
        more = len(readers.get(path, [])) - MANY
        lines.append(
            f"| `{key}` | {_meaning(model, key, info)} | {_kind(info)} | {_default(info)} | {examples.get(path, '')} "
            f"| {told}{f' and {more} more' if more > 0 else ''} |"
        )
    return "\n".join(lines) + "\n"


def _meaning(model: type[Model], key: str, info: FieldInfo) -> str:
    described = json_schema()["$defs"].get(model.__name__, json_schema())["properties"].get(key, {})
    return str(described.get("description") or info.description or "").replace("|", "\\|")


def _kind(info: FieldInfo) -> str:
    """What may stand there, in a word or two."""
    shape = shape_of(info.annotation)
    if shape.model is Text:
        return "text"
    if shape.model is UncertainRecord:
        return "uncertain"
    if shape.choices and shape.item is None and shape.model is None:
        return ", ".join(f"`{one}`" for one in shape.choices)
    if shape.model is not None:
        return "record"
    if shape.item is not None:
        inner = shape_of(shape.item)
        return "list of records" if inner.model is not None and inner.model is not Text else "list"
    if shape.value is not None:
        return "mapping"
    words = str(info.annotation)
    for mark, word in (("bool", "yes or no"), ("datetime.date", "day"), ("int", "number"), ("float", "number")):
        if mark in words:
            return word
    return "text"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    value = info.get_default(call_default_factory=True)
    if value is None or value in ((), {}, "") or isinstance(value, Model):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _examples(scenarios: dict[str, Scenario]) -> dict[str, str]:
    """A value of each key from the scenarios that come with the program, the shortest that says something."""
    found: dict[str, str] = {}
    for scenario in scenarios.values():
        for spot in spots(scenario):
            shown = _shown(spot.value)
            if shown not in ("", "{}") and len(shown) <= LONGEST and spot.pattern not in found:
                found[spot.pattern] = f"`{shown}`"
    return found


def _shown(value: Any) -> str:
    """A value as it is written in a file; nothing for what is not given."""
    if value is None or value in ((), {}, ""):
        return ""
    if isinstance(value, Text):
        return value.en
    if isinstance(value, Model):
        plain = value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        if isinstance(value, UncertainRecord) and set(plain) <= {"value", "coders"}:
            plain = next(iter(plain.values()))
        return _flow(plain)
    if isinstance(value, (tuple, list)):
        return "" if any(isinstance(one, Model) for one in value) else _flow([str(one) for one in value])
    if isinstance(value, dict):
        parts = {key: _shown(one) for key, one in value.items()}
        return "{" + ", ".join(f"{key}: {one}" for key, one in parts.items()) + "}" if all(parts.values()) else ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flow(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False).replace('"', "").replace("|", "\\|")


# -- events ----------------------------------------------------------------------------------------------------------


def events() -> dict[str, list[tuple[str, Any]]]:
    """Every event by name, with the mechanisms that record it."""
    found: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for name, mechanism in sorted(all_mechanisms().items()):
        for verb in mechanism.verbs:
            found[verb.name].append((name, verb))
    return dict(sorted(found.items()))


def _event(name: str, read: Reading, feeds: dict[str, set[str]]) -> str:
    recorded = events()[name]
    verb = recorded[0][1]
    choices, states, inputs = set[str](), set[str](), set[str]()
    for mechanism, _ in recorded:
        choices |= read.event_choices.get((name, mechanism), set())
        states |= read.event_states.get((name, mechanism), set())
        inputs |= read.event_inputs.get((name, mechanism), set())
    keys = sorted(key for key, found in feeds.items() if found & inputs)
    by = ", ".join(f"`{mechanism}`" for mechanism, _ in recorded)
    lines = ["", f"### {name}", "", f"{verb.doc[:1].upper()}{verb.doc[1:]}. Recorded by {by}, {_about(verb.per)}."]
    if codes := [code for code in verb.codes if code]:
        lines.append(f"Its value: {', '.join(f'`{code}`' for code in codes)}.")
    if choices:
        lines.append(f"A choice: {', '.join(f'`{one}`' for one in sorted(choices))}.")
    if states:
        told = [f"`{state}` ({', '.join(sorted(read.writers[state])) or 'given'})" for state in sorted(states)]
        lines.append(f"Waits for: {', '.join(told)}.")
    if keys:
        lines.append(f"Fed by: {', '.join(f'`{key}`' for key in keys)}.")
    return "\n".join(lines) + "\n"


def _about(axis: str | None) -> str:
    return {
        None: "of the whole", "seat": "of a member in a body", "tenure": "of a person and a post",
    }.get(axis, f"of {'an' if (axis or '')[:1] in 'aeo' else 'a'} {axis}")  # fmt: skip


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
