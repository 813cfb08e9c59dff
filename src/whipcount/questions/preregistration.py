"""A forecast registered before the end is known: priors, rules, outcomes and plan, with a date and a checksum.

What is registered is what a forecast follows from: whoever has the file, the scenario and the version of the program
gets the same probabilities, and sees by name what was changed afterwards (Nosek, Ebersole, DeHaven & Mellor 2018).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from whipcount.errors import QuestionError
from whipcount.results.manifest import versions
from whipcount.results.structure import structure_from, structure_of
from whipcount.store import DamagedError, sealed, sha256_of, unsealed, write_whole
from whipcount.table import Column, Result, Table
from whipcount.text import say, say_many
from whipcount.world import build_world

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

KIND = "preregistration of whipcount"
STRUCTURE, PRIORS, OUTCOMES, PLAN = "structure", "prior", "outcome", "plan"
NONE = "–"


@dataclass(frozen=True)
class Preregistration(Result):
    """A registered forecast, and in what the scenario and the program differ from it now.

    changes: what kind of thing (structure, prior, outcome, plan), which, as registered, as it is now.
    """

    undrawn: ClassVar[str] = "it is a file"
    references: ClassVar[tuple[str, ...]] = ("Nosek, Ebersole, DeHaven & Mellor 2018, The preregistration revolution",)

    scenario: str
    path: Path
    sha256: str
    date: dt.datetime
    outcomes: tuple[str, ...]
    priors: int
    runs: int
    seed: int
    changes: tuple[tuple[str, str, str, str], ...]
    made: bool

    def refuted(self) -> bool:
        """Whether something is another now than it was registered."""
        return bool(self.changes)

    def tables(self) -> tuple[Table, ...]:
        """What has changed since; of a new file, what it registers."""
        columns = (Column("kind", "Kind"), Column("what", "What"), Column("then", "Registered"), Column("now", "Now"))
        registered = (Column("outcome", "Outcome registered"),)
        if self.made:
            return (Table("outcomes", "Registered", registered, tuple((one,) for one in self.outcomes)),)
        return (Table("changes", "What has changed since", columns, self.changes),)

    def sentences(self) -> str:
        """What was registered and when; whether it still stands."""
        day = self.date.date().isoformat()
        if self.made:
            return say(
                "{path}: {outcomes} outcomes, {priors} priors, {runs} runs with seed {seed}, registered on {day}; "
                "publish its checksum where others date it: {sha256}",
                path=self.path, outcomes=len(self.outcomes), priors=self.priors, runs=self.runs, seed=self.seed,
                day=day, sha256=self.sha256,
            )  # fmt: skip
        if not self.changes:
            return say("Nothing that the forecast follows from has changed since {day}.", day=day)
        changed = say_many("{n} thing has changed", "{n} things have changed", len(self.changes))
        return say("{changed} since {day}.", changed=changed, day=day)

    def record(self) -> dict[str, Any]:
        """The registration as JSON can carry it."""
        return {
            "scenario": self.scenario,
            "file": str(self.path),
            "sha256": self.sha256,
            "date": self.date.isoformat(),
            "outcomes": list(self.outcomes),
            "priors": self.priors,
            "runs": self.runs,
            "seed": self.seed,
            "changes": [dict(zip(("kind", "what", "then", "now"), one, strict=True)) for one in self.changes],
        }


def register(loaded: LoadedScenario, path: Path, runs: int, seed: int, until: dt.date | None = None) -> Preregistration:
    """Write the file. until: facts up to this day will be given.

    Raises QuestionError (WC455) where there is one already: a registration is never renewed.
    """
    if path.exists():
        raise QuestionError.one(
            "WC455",
            say("{path} is there already", path=path),
            say("a registration is never renewed: give another name"),
        )
    fields = {
        "kind": KIND,
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        **_fields(loaded, runs, seed, until),
    }
    write_whole(path, sealed(fields, indent=1))
    return _result(loaded, path, fields, (), made=True)


def check(loaded: LoadedScenario, path: Path, runs: int, seed: int, until: dt.date | None = None) -> Preregistration:
    """Compare what the forecast follows from now with what was registered. Raises QuestionError (WC456) for a file that
    is none, or that has been altered."""
    try:
        fields = unsealed(path.read_bytes(), indent=1)
    except (OSError, DamagedError) as error:
        raise QuestionError.one("WC456", f"{path}: {error}", say("give the file as it was written")) from None
    if fields.get("kind") != KIND:
        raise QuestionError.one("WC456", say("{path} registers no forecast", path=path), "whipcount preregister --help")
    changes = tuple(_changes(loaded, fields, _fields(loaded, runs, seed, until)))
    return _result(loaded, path, fields, changes, made=False)


def _fields(loaded: LoadedScenario, runs: int, seed: int, until: dt.date | None) -> dict[str, Any]:
    """What a forecast follows from: structure, priors, outcomes, plan."""
    world, scenario = build_world(loaded), loaded.scenario
    priors = {name: str(prior) for name, prior in world.drawn_parameters.items()}
    priors |= {name: f"{value:g}" for name, value in world.fixed_parameters.items()}
    return {
        "scenario": loaded.slug,
        "window": [scenario.calendar.start.isoformat(), scenario.calendar.end.isoformat()],
        "structure": structure_of(loaded).record(),
        "priors": dict(sorted(priors.items())),
        "outcomes": {
            one.id: {"name": one.name.en, "measure": one.measure.model_dump(mode="json", exclude_defaults=True)}
            for one in scenario.outcomes
        },
        "plan": {"runs": runs, "seed": seed, "facts_until": None if until is None else until.isoformat()},
    }


def _changes(
    loaded: LoadedScenario, then: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str]]:
    """Everything that is another, by kind and name."""
    before = structure_from(then["structure"])
    if before is None:
        raise QuestionError.one(
            "WC456", say("the structure in it cannot be read"), say("give the file as it was written")
        )
    for what in before.differences(structure_of(loaded)):
        yield STRUCTURE, what, NONE, NONE
    for kind, key in ((PRIORS, "priors"), (OUTCOMES, "outcomes"), (PLAN, "plan")):
        for name in dict.fromkeys((*then[key], *now[key])):
            one, other = then[key].get(name), now[key].get(name)
            if one != other:
                yield kind, name, _told(one), _told(other)


def _told(value: Any) -> str:
    """A registered value in a cell."""
    if isinstance(value, Mapping):
        return str(value.get("measure", value))
    return NONE if value is None else str(value)


def _result(
    loaded: LoadedScenario,
    path: Path,
    fields: Mapping[str, Any],
    changes: tuple[tuple[str, str, str, str], ...],
    made: bool,
) -> Preregistration:
    return Preregistration(
        loaded.slug, path, sha256_of(path), dt.datetime.fromisoformat(fields["written"]), tuple(fields["outcomes"]),
        len(fields["priors"]), fields["plan"]["runs"], fields["plan"]["seed"], changes, made,
    )  # fmt: skip
