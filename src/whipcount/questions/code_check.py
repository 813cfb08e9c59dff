"""Two coders' files of one crisis side by side: how far they agree, and one file that keeps what is between them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pydantic import TypeAdapter

from whipcount.errors import QuestionError
from whipcount.scenario.emit import replace_section, section_text
from whipcount.scenario.loader import check_tree
from whipcount.scenario.schema import ParameterPrior, Source
from whipcount.scenario.shape import Shape, scenario_shape, shape_of
from whipcount.scenario.values import EvidenceRecord, Prior, Text, Uncertain, UncertainRecord
from whipcount.scenario.yaml_nodes import parse
from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, say
from whipcount.theory.agreement import Metric, alpha_interval, krippendorff_alpha

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

# what is said about a crisis, and how it is said; the rest is how it is coded
UNCODED = {"whipcount", "title", "summary", "sources", "record", "outcomes", "claims", "variants", "accounts"}
WORDS = {"name", "note", "text", "evidence", "assumed", "aliases", "colour", "summary", "title"}
ENOUGH = 0.8  # alpha from which codes are usually relied on (Krippendorff 2004, p. 241)
TENTATIVE = 0.667
DATE = re.compile(r"\d{4}-\d\d-\d\d")
Pattern = tuple[str, ...]  # the section and the keys below it, without names of entries
KINDS = {"nominal": mark("named"), "interval": mark("numbers")}


@dataclass(frozen=True)
class Code:
    """A value that both coders gave: where, of what kind, what each says; uncertain: the file can carry a spread."""

    path: str
    section: str
    key: str
    kind: Metric
    first: Any
    second: Any
    uncertain: bool = False
    raw: tuple[Any, Any] = (None, None)

    @property
    def same(self) -> bool:
        """Whether the two say the same."""
        return bool(self.first == self.second)

    @property
    def mergeable(self) -> bool:
        """Whether a merged file can hold both: a list of names, or an entry without a name, is settled by hand."""
        return self.uncertain or not set("[#") & set(self.path)


@dataclass(frozen=True)
class Agreement:
    """Values of one kind in one place of the files: how many, how many the same, alpha with a 95% interval."""

    section: str
    key: str
    kind: Metric
    values: int
    same: int
    distance: float
    alpha: float
    low: float
    high: float


@dataclass(frozen=True)
class CodeCheck(Result):
    """How far two coders agree on a crisis, where they differ, and what only one of them has."""

    references: ClassVar[tuple[str, ...]] = (
        "Krippendorff 2004, Content analysis: an introduction to its methodology",
        "Krippendorff 2011, Computing Krippendorff's alpha-reliability",
    )
    undrawn: ClassVar[str] = "its tables list agreement and differences"
    brief: ClassVar[tuple[str, ...]] = ("agreement", "differences", "one_only")

    first: str
    second: str
    agreement: tuple[Agreement, ...]
    codes: tuple[Code, ...]
    one_only: tuple[tuple[str, str], ...]
    merged: Path | None = None

    def tables(self) -> tuple[Table, ...]:
        """Agreement by kind of value and place; the values that differ; entries of one file only."""
        columns = (
            Column("section", "Section"),
            Column("key", "Value"),
            Column("kind", "Kind", names=KINDS),
            figure("values", "Values", "d"),
            figure("same", "The same", "d"),
            figure("distance", "Mean distance", ".3f"),
            figure("alpha", "Alpha", ".3f"),
            figure("low", "95% from", ".3f"),
            figure("high", "to", ".3f"),
        )
        rows = [tuple(getattr(one, column.key) for column in columns) for one in self.agreement]
        whole = [one.same == one.values for one in self.agreement]
        apart = tuple(row for row, all_same in zip(rows, whole, strict=True) if not all_same)
        agreed = tuple(row for row, all_same in zip(rows, whole, strict=True) if all_same)
        differ = tuple((one.path, str(one.first), str(one.second)) for one in self.codes if not one.same)
        places = (Column("path", "Where", wide=True), Column("first", self.first), Column("second", self.second))
        return (
            Table("agreement", "Kinds of values on which they differ", columns, apart),
            Table("differences", "Where they differ", places, differ),
            Table("one_only", "In one file only", (Column("path", "Where"), Column("file", "File")), self.one_only),
            Table("agreed", "Kinds of values on which they agree", columns, agreed),
        )

    def sentences(self) -> str:
        """The comparison in plain words."""
        differ = sum(not one.same for one in self.codes)
        lines = [say("{values} values are in both files; {differ} differ.", values=len(self.codes), differ=differ)]
        weak = [one for one in self.agreement if one.alpha < TENTATIVE]
        if weak:
            worst = min(weak, key=lambda one: one.alpha)
            lines.append(
                say(
                    "Coders agree least on {key} in {section} (alpha {alpha:.2f}); below {least} codes "
                    "are not relied on.",
                    key=worst.key, section=worst.section, alpha=worst.alpha, least=TENTATIVE,
                )
            )  # fmt: skip
        by_hand = len(self.one_only) + sum(not one.same and not one.mergeable for one in self.codes)
        if by_hand:
            lines.append(say("{n} entries are in one file or one list only: settle them by hand.", n=by_hand))
        if self.merged is not None:
            lines.append(
                say(
                    "{path}: numbers of both coders where they differ, a variant for each other difference.",
                    path=self.merged,
                )
            )
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """The comparison as JSON can carry it."""
        return {
            "first": self.first,
            "second": self.second,
            "values": len(self.codes),
            "merged": None if self.merged is None else str(self.merged),
            **{grid.name: grid.records() for grid in self.tables()},
        }


@dataclass
class _Walk:
    """What is found on the way through both files at once; `put` changes the copy of the first."""

    codes: list[Code] = field(default_factory=list)
    one_only: list[tuple[str, bool]] = field(default_factory=list)
    spread: list[tuple[dict[str, Any], str, Any, str]] = field(default_factory=list)


def check_codes(first: LoadedScenario, second: LoadedScenario, merge: Path | None = None) -> CodeCheck:
    """Compare two coders' files, and write one that keeps both if a path is given (WC425 where nothing is shared)."""
    # as the files are written: a variant's default is no code of its own
    tree, other = (parse(one.text, str(one.path)).plain() for one in (first, second))
    walk = _Walk()
    shape = scenario_shape()
    for section in sorted((set(tree) | set(other)) - UNCODED):
        _key(walk, shape, tree, other, section, section, ())
    if not walk.codes:
        hint = "give two files of the same crisis, with the same ids"
        raise QuestionError.one("WC425", "the two files have no value in common", hint)
    names = _names(first, second)
    only = tuple((path, names[0] if mine else names[1]) for path, mine in walk.one_only)
    found = CodeCheck(*names, tuple(_agreements(walk.codes)), tuple(walk.codes), only, merge)
    if merge is not None:
        _write(first, tree, walk, names, merge)
    return found


def _names(first: LoadedScenario, second: LoadedScenario) -> tuple[str, str]:
    if first.slug != second.slug:
        return first.slug, second.slug
    return str(first.path), str(second.path)


def _key(walk: _Walk, shape: Shape, mine: Any, yours: Any, key: str, path: str, kept: Pattern) -> None:
    """One key of a record or mapping; where one coder leaves it to its default, the default is compared."""
    inner = shape.inside(key)
    one, two = mine.get(key), yours.get(key)
    if key not in mine or key not in yours:
        default = _default(shape, key)
        if default is None:
            walk.one_only.append((path, key in mine))
            return
        one, two = (default if key not in mine else one), (default if key not in yours else two)
    pattern = (*kept, key) if shape.model is not None else kept  # what a mapping's keys name is of one kind
    _compare(walk, inner, one, two, path, pattern, (mine, key))


def _default(shape: Shape, key: str) -> Any:
    for name, info in shape.model.model_fields.items() if shape.model is not None else ():
        if key in (info.alias, name) and isinstance(info.default, (int, float, str, bool)):
            return info.default
    return None


def _compare(
    walk: _Walk, shape: Shape, one: Any, two: Any, path: str, pattern: Pattern, place: tuple[dict[str, Any], str]
) -> None:
    if shape.model in (Text, EvidenceRecord, Source):
        return
    if shape.model in (UncertainRecord, ParameterPrior):
        centres = _record(one).centre, _record(two).centre
        walk.codes.append(Code(path, pattern[0], _kept(pattern), "interval", centres[0], centres[1], uncertain=True))
        if _record(one) != _record(two) and centres[0] != centres[1]:
            walk.spread.append((*place, _between(one, two, shape.model is ParameterPrior), path))
    elif shape.item is not None:
        _compare_lists(walk, shape, one, two, path, pattern)
    elif isinstance(one, dict) and isinstance(two, dict):
        for key in [*one, *(key for key in two if key not in one)]:
            if key not in WORDS:
                _key(walk, shape, one, two, key, f"{path}.{key}", pattern)
    elif not isinstance(one, (dict, list)) and not isinstance(two, (dict, list)):
        numbers = _number(one), _number(two)
        kind: Metric = "nominal" if None in numbers else "interval"
        mine, yours = (one, two) if kind == "nominal" else numbers
        walk.codes.append(Code(path, pattern[0], _kept(pattern), kind, mine, yours, raw=(one, two)))


def _compare_lists(walk: _Walk, shape: Shape, one: Any, two: Any, path: str, pattern: Pattern) -> None:
    called = shape.called_by
    lists = [value if isinstance(value, list) else [] for value in (one, two)]
    if called is None:
        if all(not isinstance(item, (dict, list)) for value in lists for item in value):
            for item in sorted({str(item) for value in lists for item in value}):
                inside = item in map(str, lists[0]), item in map(str, lists[1])
                walk.codes.append(Code(f"{path}[{item}]", pattern[0], _kept(pattern), "nominal", *inside))
        return
    named = [
        {str(item.get(called, f"#{place}")): item for place, item in enumerate(value, 1) if isinstance(item, dict)}
        for value in lists
    ]
    for name in [*named[0], *(name for name in named[1] if name not in named[0])]:
        if name not in named[0] or name not in named[1]:
            walk.one_only.append((f"{path}.{name}", name in named[0]))
            continue
        mine, yours = named[0][name], named[1][name]
        for key in [*mine, *(key for key in yours if key not in mine)]:
            if key not in WORDS and key != called:
                _key(walk, shape_of(shape.item), mine, yours, key, f"{path}.{name}.{key}", pattern)


def _kept(pattern: Pattern) -> str:
    """Under which name values of one kind are put together: the keys below the section, without names of entries."""
    return ".".join(pattern[1:]) or pattern[0]


def _number(value: Any) -> float | None:
    if isinstance(value, str) and DATE.fullmatch(value):
        value = dt.date.fromisoformat(value)
    if isinstance(value, dt.date):
        return float(value.toordinal())
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


_UNCERTAIN: TypeAdapter[UncertainRecord] = TypeAdapter(Uncertain)


def _record(given: Any) -> UncertainRecord:
    kept = (
        {key: given[key] for key in ("value", "coders", "prior") if key in given} if isinstance(given, dict) else given
    )
    return _UNCERTAIN.validate_python(kept)


def _between(one: Any, two: Any, parameter: bool) -> dict[str, Any]:
    """What keeps both: each coder's numbers side by side; a uniform prior over both where one gave a prior."""
    records = _record(one), _record(two)
    reason = say("between two coders")
    if parameter or any(record.prior is not None for record in records):
        ends = [end for record in records for end in _ends(record)]
        return {"prior": {"uniform": [min(ends), max(ends)]}, "assumed": reason}
    numbers = [number for record in records for number in record.coders or (record.centre,)]
    return {"coders": numbers, "assumed": reason}


def _ends(record: UncertainRecord) -> tuple[float, float]:
    """The 5 and 95% quantiles of a value's distribution, or its numbers."""
    if record.prior is None:
        numbers = record.coders or (record.centre,)
        return min(numbers), max(numbers)
    return _quantiles(record.prior)


def _quantiles(prior: Prior) -> tuple[float, float]:
    from scipy import stats

    ends = np.array([0.05, 0.95])
    if prior.fixed is not None:
        return prior.fixed, prior.fixed
    if prior.triangular is not None:
        low, mode, high = prior.triangular
        found = stats.triang(c=(mode - low) / (high - low), loc=low, scale=high - low).ppf(ends)
    elif prior.uniform is not None:
        found = prior.uniform[0] + ends * (prior.uniform[1] - prior.uniform[0])
    elif prior.loguniform is not None:
        found = prior.loguniform[0] * (prior.loguniform[1] / prior.loguniform[0]) ** ends
    elif prior.normal is not None:
        found = stats.norm(*prior.normal).ppf(ends)
    elif prior.lognormal is not None:
        found = prior.lognormal[0] * np.exp(prior.lognormal[1] * stats.norm.ppf(ends))
    else:
        assert prior.beta is not None
        found = stats.beta(*prior.beta).ppf(ends)
    return float(found[0]), float(found[1])


def _agreements(codes: list[Code]) -> Iterator[Agreement]:
    """Alpha of each kind of value in each section, the weakest first."""
    groups: dict[tuple[str, str, Metric], list[Code]] = {}
    for one in codes:
        groups.setdefault((one.section, one.key, one.kind), []).append(one)
    found = []
    for (section, key, kind), own in groups.items():
        table = _coded(own, kind)
        apart = np.abs(table[0] - table[1]).mean() if kind == "interval" else float("nan")
        ends = alpha_interval(table, kind) if len(own) > 2 else (float("nan"), float("nan"))
        same = sum(one.same for one in own)
        found.append(
            Agreement(section, key, kind, len(own), same, float(apart), krippendorff_alpha(table, kind), *ends)
        )
    return iter(sorted(found, key=lambda one: (np.isnan(one.alpha), one.alpha)))


def _coded(codes: list[Code], kind: Metric) -> Any:
    """The codes as numbers, (2, values)."""
    if kind == "interval":
        return np.array([[one.first for one in codes], [one.second for one in codes]], dtype=float)
    known = {
        str(value): float(place)
        for place, value in enumerate({str(v) for one in codes for v in (one.first, one.second)})
    }
    return np.array([[known[str(one.first)] for one in codes], [known[str(one.second)] for one in codes]])


def _write(first: LoadedScenario, tree: dict[str, Any], walk: _Walk, names: tuple[str, str], path: Path) -> None:
    """The first file with both coders' numbers, and a variant for each other difference (refused if it is faulty)."""
    changed = set()
    for holder, key, value, where in walk.spread:
        holder[key] = value
        changed.add(where.split(".")[0])
    settled = {
        where
        for one in tree.get("variants") or []
        for version in one["choices"].values()
        for where in version.get("set", {})
    }
    other = [one for one in walk.codes if not one.same and not one.uncertain and one.mergeable]
    variants = [_variant(one, names) for one in other if one.path not in settled]
    if variants:
        tree["variants"] = [*(tree.get("variants") or []), *variants]
        changed.add("variants")
    text = first.text
    for section in sorted(changed):
        text = replace_section(text, parse(text, str(path)), section, section_text(section, tree[section]))
    problems = check_tree(parse(text, str(path)))
    if problems:
        raise QuestionError(*problems)
    path.write_text(text, encoding="utf-8")


def _variant(one: Code, names: tuple[str, str]) -> dict[str, Any]:
    label = one.path.replace(".", "_").replace("-", "_").lower()
    return {
        "id": f"coders_{label}",
        "name": say("{path}: two coders", path=one.path),
        "choices": {
            "first": {"text": say("as in {file}", file=names[0]), "set": {one.path: one.raw[0]}},
            "second": {"text": say("as in {file}", file=names[1]), "set": {one.path: one.raw[1]}},
        },
        "default": "first",
    }
