"""What a cell says: how values of a scenario are written in one cell of a spreadsheet, and read back unchanged.

| value            | in a cell                                                                     |
|------------------|-------------------------------------------------------------------------------|
| uncertain number | `0.3`, `0.2; 0.3` (coders), `beta(6, 4)`, and `{assumed: why}` after any of them |
| evidence         | one line a citation: `A:2`, `B:3 [judgement] — paraphrase`                     |
| list of ids      | `ivanov, petrov`                                                              |
| yes or no        | `yes`, `no`                                                                   |
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from whipcount.errors import Place

from ..values import Prior
from ..yaml_nodes import parse, scalar

Cell: TypeAlias = str | int | float | None

_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_PRIOR = re.compile(r"(\w+)\s*\(([^()]*)\)")
_WITH_REST = re.compile(r"(?P<head>[^{]*?)\s*(?P<rest>\{.*\})?\s*", re.DOTALL)
_CITATION = re.compile(
    r"(?P<source>[^:\[\]—]+?)\s*(?::\s*(?P<where>.*?))?(?:\s+\[(?P<kind>fact|judgement)\])?(?:\s+—\s+(?P<note>.*))?"
)
PRIORS = tuple(Prior.model_fields)
_YES = ("yes", "true", "1", "да", "истина")
_NO = ("no", "false", "0", "нет", "ложь")


@dataclass(frozen=True)
class Kind:
    """A kind of cell: how it is written and read; reading gives plain values, nonsense as the text it is."""

    write: Callable[[Any], Cell]
    read: Callable[[Cell, Place], Any]


def _number_of(text: str) -> Any:
    """A number, also with a decimal comma; other text as it is."""
    stripped = text.strip()
    if _DECIMAL_COMMA.fullmatch(stripped):
        stripped = stripped.replace(",", ".")
    value = scalar(stripped)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else text.strip()


def _write_text(value: Any) -> Cell:
    return str(value)


def _read_text(cell: Cell, place: Place) -> Any:  # noqa: ARG001 (all kinds are read alike)
    return cell if isinstance(cell, str) else _shortest(cell)


def _read_word(cell: Cell, place: Place) -> Any:
    return str(_read_text(cell, place)).strip()


def _shortest(cell: Cell) -> str:
    """A number typed where text is meant: `1917` and not `1917.0`."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _write_number(value: Any) -> Cell:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def _read_number(cell: Cell, place: Place) -> Any:  # noqa: ARG001 (all kinds are read alike)
    return _number_of(cell) if isinstance(cell, str) else cell


def _read_integer(cell: Cell, place: Place) -> Any:
    value = _read_number(cell, place)
    # spreadsheets keep every number as a fraction
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _write_flag(value: Any) -> Cell:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _read_flag(cell: Cell, place: Place) -> Any:  # noqa: ARG001 (all kinds are read alike)
    text = _shortest(cell).strip().lower()
    return True if text in _YES else False if text in _NO else text


def _write_words(value: Any) -> Cell:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _read_words(cell: Cell, place: Place) -> Any:
    return [word for part in re.split(r"[,;\n]", str(_read_text(cell, place))) if (word := part.strip())]


def write_uncertain(value: Any) -> Cell:
    """A number as a number; coders and priors as text; evidence and reasons in braces after them."""
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return _coders(value)
    rest = {key: item for key, item in value.items() if key not in ("value", "coders", "prior")}
    head = ""
    if value.get("prior"):
        form, numbers = next(iter(value["prior"].items()))
        listed = numbers if isinstance(numbers, (list, tuple)) else [numbers]
        head = f"{form}({', '.join(map(repr, listed))})"
    elif value.get("coders"):
        head = _coders(value["coders"])
    elif not rest:
        return _write_number(value.get("value"))
    else:
        head = repr(value.get("value"))
    return f"{head} {_flow(rest)}" if rest else head


def _coders(numbers: Any) -> str:
    return "; ".join(map(repr, numbers)) + (";" if len(numbers) == 1 else "")


def _flow(value: Any) -> str:
    """A value on one line; JSON is YAML too."""
    return json.dumps(value, ensure_ascii=False)


def read_uncertain(cell: Cell, place: Place) -> Any:
    """The plain value that a cell stands for; what cannot be read stays text, and the schema complains of it."""
    if not isinstance(cell, str):
        return cell
    found = _WITH_REST.fullmatch(cell.strip())
    if found is None:
        return cell
    head = _read_head(found["head"].strip())
    if found["rest"] is None or isinstance(head, str):
        return head if found["rest"] is None else cell
    rest = parse(found["rest"], place.file, place).plain()
    if not isinstance(rest, dict):
        return cell
    if isinstance(head, dict):
        return {**head, **rest}
    return {"coders" if isinstance(head, list) else "value": head, **rest}


def _read_head(text: str) -> Any:
    prior = _PRIOR.fullmatch(text)
    if prior is not None and prior[1] in PRIORS:
        numbers = [_number_of(part) for part in _split_numbers(prior[2])]
        return {"prior": {prior[1]: numbers[0] if prior[1] == "fixed" and numbers else numbers}}
    if ";" in text:
        return [_number_of(part) for part in text.split(";") if part.strip()]
    return _number_of(text)


def _split_numbers(text: str) -> list[str]:
    """Arguments of a prior: by semicolons where commas are decimal, else by commas."""
    return [part for part in text.split(";" if ";" in text else ",") if part.strip()]


def write_evidence(value: Any) -> Cell:
    """One line a citation; what would not be read back as it is, as one line of JSON."""
    lines = [_citation(entry) for entry in value]
    text = "\n".join(lines)
    if [_long(entry) for entry in read_evidence(text, Place())] == [_long(entry) for entry in value]:
        return text
    return _flow([_long(entry) for entry in value])


def _long(entry: Any) -> dict[str, str]:
    """A citation with only those keys that say something."""
    if isinstance(entry, str):
        source, _, place = entry.partition(":")
        entry = {"source": source.strip(), "where": place.strip()}
    record = {key: str(entry.get(key) or "") for key in ("source", "where", "kind", "note")}
    return {key: text for key, text in record.items() if text and (key, text) != ("kind", "fact")}


def _short(long: dict[str, str]) -> str | dict[str, str]:
    """The short form of a citation that says no more than where."""
    if set(long) <= {"source", "where"}:
        return ":".join(long.values())
    return long


def _citation(entry: Any) -> str:
    long = _long(entry)
    where = f":{long['where']}" if "where" in long else ""
    kind = f" [{long['kind']}]" if "kind" in long else ""
    note = f" — {long['note']}" if "note" in long else ""
    return f"{long.get('source', '')}{where}{kind}{note}"


def read_evidence(cell: Cell, place: Place) -> Any:
    """Citations as mappings."""
    text = _shortest(cell) if not isinstance(cell, str) else cell
    if text.lstrip().startswith(("[{", "{")):
        return parse(text, place.file, place).plain()
    cited: list[Any] = []
    for line in text.split("\n"):
        # people put several short citations on one line; a paraphrase may hold semicolons of its own
        for part in [line] if "—" in line else line.split(";"):
            found = _CITATION.fullmatch(part.strip())
            if found is not None:
                cited.append(_short({key: words for key, words in found.groupdict().items() if words}))
            elif part.strip():
                cited.append(part.strip())
    return cited


TEXT = Kind(_write_text, _read_text)
WORD = Kind(_write_text, _read_word)
NUMBER = Kind(_write_number, _read_number)
INTEGER = Kind(_write_number, _read_integer)
FLAG = Kind(_write_flag, _read_flag)
DATE = Kind(_write_text, _read_word)
WORDS = Kind(_write_words, _read_words)
UNCERTAIN = Kind(write_uncertain, read_uncertain)
EVIDENCE = Kind(write_evidence, read_evidence)
