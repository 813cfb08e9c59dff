"""Facts: what is known by a date, as questions to simulated worlds.

A documented outcome is known from the day on which its measure can no longer change. One that says that something
never happened is known earlier too, as far as the day goes: by 1 November nothing of the kind had happened yet. Facts
of one's own come in a YAML file, each with the day on which it became known.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from whipcount.errors import Place, Problem, QuestionError
from whipcount.scenario.measures import Measure, Query, Tally, queries_of
from whipcount.scenario.schema import Outcome, Scenario
from whipcount.scenario.values import Evidence, Model, Slug, Text
from whipcount.text import Label

Floats = NDArray[np.float64]
_EXACT = 0.5  # a number is as documented within half a unit, and missed wholly at one unit and more


class FactRecord(Model):
    """A fact of a file: what is known, and since when."""

    id: Slug
    date: dt.date = Field(description="the day on which it became known")
    measure: Measure
    happened: bool | float = True
    name: Text | None = None
    evidence: tuple[Evidence, ...] = ()
    note: str = ""


class FactsFile(Model):
    """A file of facts."""

    facts: tuple[FactRecord, ...]


@dataclass(frozen=True)
class Fact:
    """Something known from `known` on. With `absent`, a query that has no match up to any day in question."""

    name: str
    label: Label
    known: dt.date
    measure: Measure
    target: float = 1.0
    absent: Query | None = None
    until: dt.date | None = None
    place: Place = field(default_factory=Place)

    def column(self, number: int) -> Outcome:
        """The outcome that a world is asked for."""
        measure = self.measure if self.absent is None else Measure(first=self.absent)
        return Outcome(id=f"fact_{number}", name=Text(en=self.label.en, ru=self.label.ru), measure=measure)

    def holds_from(self, date: dt.date) -> bool:
        """Whether it is known on a date."""
        return date >= self.known

    def missed(self, values: Floats, day: float) -> Floats:
        """How far each world misses it by the end of a day (counted from the start of the calendar)."""
        if self.absent is not None:
            return np.asarray(values <= day, np.float64)
        if self.measure.is_binary:
            return np.asarray(values != self.target, np.float64)
        distance = np.clip(np.abs(values - self.target) - _EXACT, 0.0, _EXACT) / _EXACT
        return np.where(np.isnan(distance), 1.0, distance)


# -- when a measure is decided ---------------------------------------------------------------------------------------


def decided(measure: Measure, start: dt.date, end: dt.date, truth: bool | float | None = None) -> dt.date:
    """The day from which a run's value can no longer change (the last day, if it may to the end)."""
    if measure.all is not None or measure.any is not None:
        return max(decided(one, start, end) for one in measure.all or measure.any or ())
    if measure.not_ is not None:
        return decided(measure.not_, start, end)
    if measure.final is not None:
        return end
    if measure.tally is not None:
        return min(measure.tally.before or end, end)
    latest = max(query.before or end for query in queries_of(measure))
    if measure.first is not None and truth is True:
        bound = measure.between[1] if measure.between is not None else measure.at_most
        if bound is not None:
            latest = min(latest, start + dt.timedelta(days=int(bound)))
    return min(latest, end)


def parts(measure: Measure, truth: bool | float, start: dt.date, end: dt.date) -> Iterator[tuple[Measure, float, bool]]:
    """What a documented value says piece by piece: (measure, value, whether it says that something is absent)."""
    if isinstance(truth, bool):
        if measure.not_ is not None:
            yield from parts(measure.not_, not truth, start, end)
            return
        inner = measure.all if truth else measure.any
        if inner is not None:
            for one in inner:
                yield from parts(one, truth, start, end)
            return
        absent = measure.never if truth else measure.ever
        if absent is not None and measure.falls == "count":
            yield Measure(never=absent), 1.0, True
            return
    yield measure, float(truth), False


def documented(scenario: Scenario, until: dt.date) -> list[Fact]:
    """What the scenario documents up to a date, of outcomes of any use."""
    facts: list[Fact] = []
    for outcome in scenario.outcomes:
        # answers to the questionnaire are coded for comparison; what they rest on stands in the other outcomes
        if outcome.happened is not None and outcome.use != "questionnaire":
            label = Label(outcome.name.in_language("en"), outcome.name.in_language("ru"))
            facts += _facts(scenario, outcome.id, label, outcome.measure, outcome.happened, Place())
    return once([fact for fact in facts if fact.known <= until])


def once(facts: Sequence[Fact]) -> list[Fact]:
    """Facts of which several outcomes speak, each once."""
    found: dict[tuple[str, float, bool], Fact] = {}
    for fact in facts:
        key = (fact.measure.model_dump_json(), fact.target, fact.absent is not None)
        if key not in found or fact.known < found[key].known:
            found[key] = fact
    return list(found.values())


def _facts(
    scenario: Scenario, name: str, label: Label, measure: Measure, truth: bool | float, place: Place
) -> Iterator[Fact]:
    start, end = scenario.calendar.start, scenario.calendar.end
    truth = bool(truth) if measure.is_binary else float(truth)
    found = list(parts(measure, truth, start, end))
    for number, (piece, value, absent) in enumerate(found, start=1):
        own = name if len(found) == 1 else f"{name}.{number}"
        if absent:
            query = piece.never
            assert query is not None
            known = max(query.after or start, start)
            yield Fact(own, label, known, piece, 1.0, query, query.before, place)
        else:
            told = bool(value) if piece.is_binary else value
            yield Fact(own, label, decided(piece, start, end, told), piece, value, None, None, place)


def settled(measure: Measure, facts: Sequence[Fact], start: dt.date) -> bool | None:
    """What facts already say of a yes-or-no measure, for good; None where it is still open.

    What has happened stays so: an event that a fact reports settles every measure that asks whether there was one. That
    something had not happened by a day settles nothing that can still come.
    """
    if measure.not_ is not None:
        inner = settled(measure.not_, facts, start)
        return None if inner is None else not inner
    if measure.all is not None or measure.any is not None:
        decisive = measure.any is not None
        values = [settled(one, facts, start) for one in measure.all or measure.any or ()]
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    asked = measure.ever or measure.never or (measure.count if _is_one(measure) else None)
    if asked is not None and any(_covers(asked, query, start) for fact in facts for query in present(fact)):
        return measure.never is None
    for fact in facts:
        same = fact.absent is None and limit(measure, fact.known) == fact.measure
        if same and measure.is_binary and _lasts(measure, bool(fact.target)):
            return bool(fact.target)
    return None


def _is_one(measure: Measure) -> bool:
    return measure.at_least == 1 and measure.at_most is None and measure.between is None


def _lasts(measure: Measure, value: bool) -> bool:
    """Whether a value that a measure has by some day is its value for good."""
    if measure.form in ("ever", "sequence"):
        return value
    if measure.form == "never":
        return not value
    if measure.form == "count" and measure.between is None:
        rising, falling = measure.at_least is not None, measure.at_most is not None
        return rising != falling and value is rising
    return False


# -- a file of facts -------------------------------------------------------------------------------------------------


def read_facts(path: str | Path, scenario: Scenario, until: dt.date) -> list[Fact]:
    """Facts of a YAML file that are known by a date. Raises QuestionError WC451 with every fault of the file."""
    from whipcount.errors import ScenarioError
    from whipcount.scenario.yaml_nodes import parse

    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError.one("WC451", f"{file} cannot be read: {error}", "give a YAML file of facts") from None
    try:
        tree = parse(text, str(file))
        read = FactsFile.model_validate_json(json.dumps(tree.plain()), strict=True)
    except ScenarioError as error:
        raise QuestionError(*(Problem("WC451", one.message, one.hint, one.place) for one in error.problems)) from None
    except ValidationError as error:
        hint = "facts: a list of {id, date, measure, happened}; `docs/how-to/forecast.md` has an example"
        problems = [
            Problem("WC451", f"{'.'.join(map(str, one['loc']))}: {one['msg']}", hint, Place(str(file)))
            for one in error.errors()
        ]
        raise QuestionError(*problems) from None
    facts: list[Fact] = []
    entries = tree.get("facts")
    for record, node in zip(read.facts, entries.entries() if entries is not None else [], strict=True):
        if not scenario.calendar.start <= record.date <= scenario.calendar.end:
            message = f"fact {record.id!r} is dated {record.date}, outside the calendar"
            hint = f"dates are new style, {scenario.calendar.start} to {scenario.calendar.end}"
            raise QuestionError.one("WC451", message, hint, node.place)
        name = record.name
        label = Label(name.en, name.ru) if name is not None else Label(record.id, record.id)
        limited = limit(record.measure, record.date)
        found = list(_facts(scenario, record.id, label, limited, record.happened, node.place))
        facts += [_since(fact, record.date) for fact in found]
    return [fact for fact in facts if fact.known <= until]


def _since(fact: Fact, date: dt.date) -> Fact:
    """A fact as known from the day on which it was told."""
    return replace(fact, known=date)


def limit(measure: Measure, date: dt.date) -> Measure:
    """The measure with every query cut off at a date: what happened later cannot have been known."""

    def cut(query: Query | None) -> Query | None:
        if query is None:
            return None
        return query.model_copy(update={"before": min(query.before or date, date)})

    def cut_tally(tally: Tally | None) -> Tally | None:
        return None if tally is None else tally.model_copy(update={"before": min(tally.before or date, date)})

    return measure.model_copy(
        update={
            "ever": cut(measure.ever),
            "never": cut(measure.never),
            "count": cut(measure.count),
            "first": cut(measure.first),
            "tally": cut_tally(measure.tally),
            "sequence": tuple(one for query in measure.sequence if (one := cut(query))) if measure.sequence else None,
            "all": tuple(limit(one, date) for one in measure.all) if measure.all else None,
            "any": tuple(limit(one, date) for one in measure.any) if measure.any else None,
            "not_": limit(measure.not_, date) if measure.not_ else None,
        }
    )


# -- contradictions --------------------------------------------------------------------------------------------------


def check_consistent(facts: Sequence[Fact], start: dt.date) -> None:
    """Refuse facts of which two cannot both be true, whatever the model (WC452)."""
    problems = []
    for place, one in enumerate(facts):
        for other in facts[place + 1 :]:
            reason = _contradiction(one, other, start) or _contradiction(other, one, start)
            if reason is not None:
                message = f"facts {one.name!r} and {other.name!r} contradict each other: {reason}"
                where = other.place if str(other.place) else one.place
                problems.append(Problem("WC452", message, "correct one of them, or leave it out", where))
    if problems:
        raise QuestionError(*problems)


def _contradiction(one: Fact, other: Fact, start: dt.date) -> str | None:
    if one.measure == other.measure and one.target != other.target:
        return "the same thing is said to have happened and not to have happened"
    if one.absent is not None:
        for query in present(other):
            if _covers(one.absent, query, start):
                return f"one says that there was no {' or '.join(query.verbs)}, the other that there was"
    if one.measure.form == other.measure.form and one.measure.form in ("count", "first"):
        first, second = (next(queries_of(fact.measure)) for fact in (one, other))
        low, high = np.maximum(_bounds(one), _bounds(other))[0], np.minimum(_bounds(one), _bounds(other))[1]
        if first == second and low > high:
            return f"no number of {' or '.join(first.verbs)} fits both"
    return None


def present(fact: Fact) -> list[Query]:
    """Queries that a fact says have a match."""
    measure = fact.measure
    if fact.absent is not None or (measure.is_binary and fact.target != 1.0):
        return []
    if measure.ever is not None:
        return [measure.ever]
    if measure.sequence is not None:
        return list(measure.sequence)
    low = _bounds(fact)[0]
    if measure.count is not None and low >= 1:
        return [measure.count]
    return [measure.first] if measure.first is not None else []


def _bounds(fact: Fact) -> tuple[float, float]:
    measure = fact.measure
    if not measure.is_binary:
        return fact.target, fact.target
    if fact.target != 1.0:
        return -np.inf, np.inf
    low, high = measure.between or (-np.inf, np.inf)
    return max(low, measure.at_least or -np.inf), min(high, np.inf if measure.at_most is None else measure.at_most)


def _covers(absent: Query, query: Query, start: dt.date) -> bool:
    """Whether every match of `query` would be a match of `absent`."""
    for name in ("verb", "actor", "party", "faction", "object", "value"):
        general, particular = getattr(absent, name), getattr(query, name)
        if general is None or general == particular:
            continue
        wide = (general,) if not isinstance(general, tuple) else general
        narrow = (particular,) if not isinstance(particular, tuple) else particular
        if particular is None or not set(narrow) <= set(wide):
            return False
    if (absent.after or start) > (query.after or start):
        return False
    return absent.before is None or (query.before is not None and query.before <= absent.before)
