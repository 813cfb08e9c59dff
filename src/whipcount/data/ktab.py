"""KTAB's files: CSV (a line about the scenario, a header, an actor a row) and XML, with the model's parameters.

Positions and saliences go from 0 to 100, as the toolkit has them (KAPSARC Toolkit for Behavioral Analysis, schema of
its spatial model of politics).
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import Place, Problem, TableError
from ..theory.tables import PositionsTable
from .reading.content import decode, load
from .reading.delimited import OpenQuotationError, separated
from .reading.names import tidy
from .reading.numerals import proofs, written

EXPECTED = "name,description,actors,dimensions and below it Actor,Description,Power,Pstn1,Sal1,..."
SCALE = (0.0, 100.0)
# Parameters of KTAB's XML and the options of the solver, with the values that are called otherwise there
PARAMETERS: dict[str, tuple[str, dict[str, str]]] = {
    "VictoryProbModel": ("victory", {}),
    "PCEModel": ("election", {"markovincentive": "markov_incentive", "markovuniform": "markov_uniform"}),
    "StateTransitions": ("transition", {}),
    "VotingRule": ("voting", {"propbin": "prop_bin", "propcbc": "prop_cubic", "asymprosp": "asym_prosp"}),
    "BigRAdjust": ("risk_adjustment", {"onethird": "one_third", "twothirds": "two_thirds", "no": "none"}),
    "BigRRange": ("risk_range", {}),
    "ThirdPartyCommit": ("third_parties", {"nocommit": "none", "semicommit": "semi", "fullcommit": "full"}),
    "InterVecBrgn": ("interpolation", {}),
    "BargnModel": (
        "bargains",
        {"initonlyinterp": "init_only", "initrcvrinterp": "init_rcvr", "pwcompinterp": "pw_comp"},
    ),
}


@dataclass(frozen=True)
class KtabFile:
    """A scenario of KTAB: its actors, and the options of the model that it names (empty in CSV)."""

    table: PositionsTable
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Lines:
    """A KTAB CSV file's rows, each with its line."""

    path: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def place(self, line: int) -> Place:
        return Place(self.path, line, 1)


def find_ktab(path: Path) -> KtabFile | None:
    """The scenario in a file of KTAB, CSV or XML; None where it is no file of KTAB's."""
    if not path.is_file():
        return None
    head = path.read_bytes()[:2000].lower()
    if b"<scenario" in head:
        return _from_xml(path)
    if b"actor" not in head:
        return None
    content, kind = load(path)
    if kind != "text":
        return None
    text, _ = decode(content, path)
    try:
        rows = _Lines(str(path), separated(text, ",").rows)
    except OpenQuotationError:
        return None
    return KtabFile(_from_rows(rows)) if _is_ktab(rows) else None


def load_ktab(path: str | Path) -> PositionsTable:
    """Read a KTAB file: positions stay on 0..100, saliences become shares of 1 (WC511 where it is none)."""
    where = Path(path)
    found = find_ktab(where)
    if found is None:
        if not where.is_file():
            raise TableError.one("WC540", "no such file", f"expected {EXPECTED}", Place(str(where)))
        raise TableError.one("WC511", "not a KTAB file", f"expected {EXPECTED}", Place(str(where), 1, 1))
    return found.table


def _is_ktab(rows: _Lines) -> bool:
    """Whether rows look like KTAB's: two counts in the first line, a header that starts with Actor in the second."""
    if len(rows.rows) < 2:
        return False
    first, second = rows.rows[0][1], rows.rows[1][1]
    counts = len(first) >= 4 and all(cell.isdigit() for cell in first[2:4])
    return counts and second[0].lower() == "actor"


def _from_rows(rows: _Lines) -> PositionsTable:
    (line, first), (header_line, header), *body = rows.rows
    actors, dimensions = int(first[2]), int(first[3])
    if len(body) != actors or dimensions < 1:
        raise TableError.one(
            "WC511",
            f"the first line tells of {actors} actors and {dimensions} dimensions, {len(body)} actors follow",
            "make the counts and the rows agree",
            rows.place(line),
        )
    width = 3 + 2 * dimensions
    if len([cell for cell in header if cell]) < width:
        raise TableError.one(
            "WC511",
            f"the header has too few columns for {dimensions} dimensions",
            f"expected Actor,Description,Power and {dimensions} times position,salience",
            rows.place(header_line),
        )
    names, power, ideal, salience = [], [], [], []
    problems: list[Problem] = []
    for number, cells in body:
        values = [_number(cell) for cell in cells[2:width]]
        known = [value for value in values if value is not None]
        if len(cells) < width or len(known) < len(values):
            hint = f"power and {dimensions} times position,salience"
            problems.append(Problem("WC543", f"{cells[0]}: a number is missing or wrong", hint, rows.place(number)))
            continue
        names.append(tidy(cells[0]))
        power.append(known[0])
        ideal.append(tuple(known[1::2]))
        salience.append(tuple(value / SCALE[1] for value in known[2::2]))
    if problems:
        raise TableError(*problems)
    return _table(names, power, ideal, salience, [_short(name) for name in header[3:width:2]], first[0])


def _number(text: str) -> float | None:
    """A number with a decimal point, as KTAB writes them; None where it is none."""
    one = written(text)
    return None if one.form == "none" or "," in proofs([one]) or "," in one.digits else one.value(".")


def _table(
    names: Sequence[str],
    power: Sequence[float],
    ideal: Sequence[tuple[float, ...]],
    salience: Sequence[tuple[float, ...]],
    dimensions: Sequence[str],
    title: str,
) -> PositionsTable:
    return PositionsTable(
        names=tuple(names),
        power=tuple(power),
        ideal=tuple(ideal),
        salience=tuple(salience),
        dimensions=tuple(dimensions),
        scale=(SCALE,) * len(dimensions),
        title=title,
    )


def _short(name: str) -> str:
    """The name of a dimension without the word that says that the column holds positions."""
    return name.removesuffix(" Position").removesuffix(" position").strip() or name


def _from_xml(path: Path) -> KtabFile:
    """A scenario in XML (WC511 where it is damaged or incomplete)."""
    content = path.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _wrong(path, "the file declares entities of its own", "save the scenario from KTAB again")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise _wrong(path, f"not readable as XML: {error}", "save the scenario from KTAB again") from None
    dimensions = [tidy(one.text or "") for one in root.findall("Dimensions/dName")]
    names, power, ideal, salience = [], [], [], []
    for actor in root.findall("Actors/Actor"):
        name = tidy(actor.findtext("name") or "")
        capability = [_number(actor.findtext("capability") or "")]
        places = [_number(one.text or "") for one in actor.findall("Position/dCoord")]
        cares = [_number(one.text or "") for one in actor.findall("Salience/dSal")]
        if not dimensions:
            dimensions = [f"dimension {number}" for number in range(1, len(places) + 1)]
        known = [value for value in (*capability, *places, *cares) if value is not None]
        if len(known) != 1 + 2 * len(dimensions) or len(places) != len(cares):
            hint = f"capability, and a position and a salience on each of {len(dimensions)} dimensions"
            raise _wrong(path, f"{name or 'an actor'}: a number is missing or wrong", hint)
        names.append(name)
        power.append(known[0])
        ideal.append(tuple(known[1 : 1 + len(dimensions)]))
        salience.append(tuple(value / SCALE[1] for value in known[1 + len(dimensions) :]))
    if not names or not dimensions:
        raise _wrong(path, "no actors with positions in this scenario", "expected Scenario/Actors/Actor")
    table = _table(names, power, ideal, salience, dimensions, tidy(root.findtext("name") or path.stem))
    return KtabFile(table, _options(root, path))


def _options(root: ElementTree.Element, path: Path) -> tuple[tuple[str, str], ...]:
    """The model's parameters as options of the solver; a parameter that is not known is an error (WC511)."""
    found = []
    for parameter in root.findall("ModelParameters/*"):
        if parameter.tag not in PARAMETERS:
            listed = ", ".join(PARAMETERS)
            raise _wrong(path, f"a parameter {parameter.tag!r} that KTAB's schema does not have", f"known are {listed}")
        option, renamed = PARAMETERS[parameter.tag]
        value = (parameter.text or "").strip().lower()
        found.append((option, renamed.get(value, value)))
    return tuple(found)


def _wrong(path: Path, message: str, hint: str) -> TableError:
    error = TableError.one("WC511", f"a KTAB scenario (XML): {message}", hint, Place(str(path)))
    assert isinstance(error, TableError)
    return error
