"""What a day calls, in which order, and what it reads and writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from whipcount.table import Column, Result, Table, records
from whipcount.task import Option, task
from whipcount.text import mark, say

from ._scenario import Account, Scenario, Settings, Variant, scenario_of

if TYPE_CHECKING:
    from whipcount.engine import Plan


@dataclass(frozen=True, eq=False)
class Program(Result):
    """The program of a scenario: the mechanisms of a day in their order, or what was asked of them."""

    undrawn: ClassVar[str] = "its tables list mechanisms, keys and works"

    slug: str
    program: str
    steps: int
    asked: tuple[Table, ...]

    def tables(self) -> tuple[Table, ...]:
        """The tables asked for, the mechanisms if none is named."""
        return self.asked

    def sentences(self) -> str:
        """How long a run is, and which program it is."""
        return say(
            "{slug}: {steps} steps; program {program}.", slug=self.slug, steps=self.steps, program=self.program[:12]
        )

    def record(self) -> dict[str, Any]:
        """The tables as JSON can carry them."""
        return {"scenario": self.slug, "program": self.program, "steps": self.steps, **records(self.asked)}


@task(
    "plan",
    mark("Show the order of a day: each mechanism, what it waits for, reads, writes, records and decides."),
    "whipcount plan two-bodies",
    "whipcount plan november-1917 --parameters",
    "whipcount plan november-1917 --verbs --json",
    "whipcount plan november-1917 --profile",
    order=31,
)
def plan(
    scenario: Scenario,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
    parameters: Annotated[bool, Option("list parameters and priors")] = False,
    states: Annotated[bool, Option("list state variables")] = False,
    verbs: Annotated[bool, Option("list kinds of event")] = False,
    inputs: Annotated[bool, Option("list inputs of the scenario")] = False,
    maps: Annotated[bool, Option("list which axis belongs to which")] = False,
    profile: Annotated[bool, Option("run it, and tell where the time goes")] = False,
) -> Program:
    """The program of a scenario: what runs in a day, in which order, and what it reads and writes."""
    from whipcount.engine import build_plan
    from whipcount.world import build_world

    built = build_plan(build_world(scenario_of(scenario, account, variant, set)))
    wanted = (
        (parameters, _parameters), (states, _states), (verbs, _verbs), (inputs, _inputs), (maps, _maps),
        (profile, _profile),
    )  # fmt: skip
    tables = tuple(make(built) for asked, make in wanted if asked) or (_steps(built),)
    return Program(built.world.slug, built.digest, built.steps, tables)


def _steps(built: Plan) -> Table:
    from whipcount.vocabulary.program import Decision, Node, Record, Write, walk

    rows = []
    for number, (mechanism, block) in enumerate(zip(built.mechanisms, dict(built.program.steps).values(), strict=True)):
        said = list(walk(block))
        owned = set(mechanism.states())
        read = {str(s.attrs[0]).split(".")[0] for s in said if isinstance(s, Node) and s.op == "read"} - owned
        written = {s.state.split(".")[0] for s in said if isinstance(s, Write)}
        recorded = {built.verbs[s.verb].name for s in said if isinstance(s, Record)}
        decided = [s.name for s in said if isinstance(s, Decision)]
        nodes = sum(isinstance(s, Node) for s in said)
        parts = (mechanism.after, sorted(read), sorted(written), sorted(recorded), decided)
        rows.append((number + 1, mechanism.id, *(", ".join(part) for part in parts), nodes))
    columns = (
        Column("number", "", right=True),
        Column("mechanism", say("mechanism")),
        Column("after", say("after")),
        Column("reads", say("reads of others"), wide=True),
        Column("writes", say("writes"), wide=True),
        Column("records", say("records"), wide=True),
        Column("decides", say("decides"), wide=True),
        Column("values", say("values"), right=True),
    )
    title = say("the order of a day")
    return Table("mechanisms", f"{built.world.slug}: {title}", columns, tuple(rows))


def _parameters(built: Plan) -> Table:
    world = built.world
    rows = []
    for mechanism in built.mechanisms:
        for name, param in mechanism.parameters().items():
            full = f"{mechanism.id}.{name}"
            prior = world.drawn_parameters.get(full)
            value = str(prior) if prior is not None else f"{world.fixed_parameters[full]:g}"
            rows.append((full, value, param.unit, param.doc))
    columns = (
        Column("parameter", say("parameter")),
        Column("value", say("value or prior")),
        Column("unit", say("unit")),
        Column("meaning", say("meaning"), wide=True),
    )
    return Table("parameters", say("parameters"), columns, tuple(rows))


def _states(built: Plan) -> Table:
    rows = tuple(
        (spec.name, spec.mechanism, spec.axis or "", spec.dtype, ", ".join(sorted(spec.writers)), spec.doc)
        for spec in built.program.states.values()
    )
    columns = (
        Column("state", say("state")),
        Column("owner", say("owner")),
        Column("per", say("per")),
        Column("type", say("type")),
        Column("writers", say("others who write"), wide=True),
        Column("meaning", say("meaning"), wide=True),
    )
    return Table("states", say("state variables"), columns, rows)


def _verbs(built: Plan) -> Table:
    docs = {(m.id, verb.name): verb.doc for m in built.mechanisms for verb in m.verbs}
    rows = tuple(
        (spec.name, spec.mechanism, spec.axis or "", ", ".join(spec.codes.values()), docs[spec.mechanism, spec.name])
        for spec in built.verbs
    )
    columns = (
        Column("verb", say("event")),
        Column("mechanism", say("mechanism")),
        Column("per", say("about each")),
        Column("codes", say("values by name")),
        Column("meaning", say("meaning"), wide=True),
    )
    return Table("verbs", say("kinds of event"), columns, rows)


def _inputs(built: Plan) -> Table:
    rows = tuple(
        (name, given.axis or "", given.dtype, given.per_run)
        for name, given in sorted(built.world.structure.given.items())
    )
    columns = (
        Column("input", say("input")),
        Column("per", say("per")),
        Column("type", say("type")),
        Column("drawn", say("drawn each run")),
    )
    return Table("inputs", say("inputs of the scenario"), columns, rows)


def _maps(built: Plan) -> Table:
    axes = built.world.structure.axes
    rows = tuple((fine, len(axes[fine]), coarse, len(axes[coarse])) for fine, coarse in sorted(built.world.maps))
    columns = (
        Column("of", say("each")),
        Column("entities", say("entities"), right=True),
        Column("to", say("belongs to a")),
        Column("groups", say("entities"), right=True),
    )
    return Table("maps", say("which axis belongs to which"), columns, rows)


def _profile(built: Plan) -> Table:
    from whipcount.engine.profile import profile

    found = profile(built)
    other = say("(draws, events in order)")
    rows = []
    for cost in found.costs:
        shares = (cost.numpy / found.total_numpy, cost.compiled / found.total_compiled)
        faster = cost.numpy / cost.compiled if cost.compiled else float("nan")
        rows.append((cost.mechanism or other, cost.numpy, shares[0], cost.compiled, shares[1], faster))
    whole = (found.total_numpy, 1.0, found.total_compiled, 1.0, found.total_numpy / found.total_compiled)
    rows.append((say("all"), *whole))
    columns = (
        Column("mechanism", say("mechanism")),
        Column("numpy", say("NumPy, µs a run"), ",.1f", right=True),
        Column("numpy_share", say("share"), ".1%", right=True),
        Column("compiled", say("compiled, µs a run"), ",.2f", right=True),
        Column("compiled_share", say("share"), ".1%", right=True),
        Column("faster", say("times faster"), ",.0f", right=True),
    )
    title = say("where the time goes, on one core")
    return Table("profile", f"{built.world.slug}: {title}", columns, tuple(rows))
