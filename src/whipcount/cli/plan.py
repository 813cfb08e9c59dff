"""`whipcount plan`: what a day calls, in which order, and what it reads and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import account_option, json_option, load_scenario, scenario_argument, set_option, variant_option
from .output import Column, Table, help_text, say, show, show_json

if TYPE_CHECKING:
    from whipcount.engine import Plan

ORDER = 31


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "plan",
        help=help_text(
            "Show the order of a day: each mechanism, what it waits for, reads, writes, records and decides.",
            "Показать порядок дня: каждый механизм, что он ждёт, читает, записывает, отмечает и решает.",
            "whipcount plan two-bodies",
            "whipcount plan november-1917 --parameters",
            "whipcount plan november-1917 --verbs --json",
            "whipcount plan november-1917 --profile",
        ),
    )(plan)


def _flag(name: str, en: str, ru: str) -> Any:
    return typer.Option(name, help=say(en, ru))


def plan(
    scenario: Annotated[str, scenario_argument()],
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    parameters: Annotated[bool, _flag("--parameters", "list parameters and priors", "параметры и априорные")] = False,
    states: Annotated[bool, _flag("--states", "list state variables", "переменные состояния")] = False,
    verbs: Annotated[bool, _flag("--verbs", "list kinds of event", "виды событий")] = False,
    inputs: Annotated[bool, _flag("--inputs", "list inputs of the scenario", "входные величины сценария")] = False,
    maps: Annotated[bool, _flag("--maps", "list which axis belongs to which", "какая ось какой принадлежит")] = False,
    profile: Annotated[
        bool, _flag("--profile", "run it, and tell where the time goes", "прогнать и показать, на что уходит время")
    ] = False,
    json: Annotated[bool, json_option()] = False,
) -> None:
    """Record the program of a scenario and describe it."""
    from whipcount.engine import build_plan
    from whipcount.world import build_world

    built = build_plan(build_world(load_scenario(scenario, account, set_, variant)))
    chosen = {
        "parameters": parameters, "states": states, "verbs": verbs, "inputs": inputs, "maps": maps, "profile": profile,
    }  # fmt: skip
    makers = {
        "parameters": _parameters, "states": _states, "verbs": _verbs, "inputs": _inputs, "maps": _maps,
        "profile": _profile,
    }  # fmt: skip
    tables = [makers[name](built) for name, wanted in chosen.items() if wanted] or [_steps(built)]
    if json:
        found = {table.name: table.records() for table in tables}
        show_json({"scenario": built.world.slug, "program": built.digest, "steps": built.steps, **found})
        return
    for table in tables:
        show(table)


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
        Column("mechanism", say("mechanism", "механизм")),
        Column("after", say("after", "после")),
        Column("reads", say("reads of others", "читает у других"), wide=True),
        Column("writes", say("writes", "записывает"), wide=True),
        Column("records", say("records", "отмечает"), wide=True),
        Column("decides", say("decides", "решает"), wide=True),
        Column("values", say("values", "величин"), right=True),
    )
    title = say("the order of a day", "порядок дня")
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
        Column("parameter", say("parameter", "параметр")),
        Column("value", say("value or prior", "значение или априорное")),
        Column("unit", say("unit", "единица")),
        Column("meaning", say("meaning", "смысл"), wide=True),
    )
    return Table("parameters", say("parameters", "параметры"), columns, tuple(rows))


def _states(built: Plan) -> Table:
    rows = tuple(
        (spec.name, spec.mechanism, spec.axis or "", spec.dtype, ", ".join(sorted(spec.writers)), spec.doc)
        for spec in built.program.states.values()
    )
    columns = (
        Column("state", say("state", "состояние")),
        Column("owner", say("owner", "владелец")),
        Column("per", say("per", "по оси")),
        Column("type", say("type", "тип")),
        Column("writers", say("others who write", "кто ещё записывает"), wide=True),
        Column("meaning", say("meaning", "смысл"), wide=True),
    )
    return Table("states", say("state variables", "переменные состояния"), columns, rows)


def _verbs(built: Plan) -> Table:
    docs = {(m.id, verb.name): verb.doc for m in built.mechanisms for verb in m.verbs}
    rows = tuple(
        (spec.name, spec.mechanism, spec.axis or "", ", ".join(spec.codes.values()), docs[spec.mechanism, spec.name])
        for spec in built.verbs
    )
    columns = (
        Column("verb", say("event", "событие")),
        Column("mechanism", say("mechanism", "механизм")),
        Column("per", say("about each", "о каждом")),
        Column("codes", say("values by name", "значения по имени")),
        Column("meaning", say("meaning", "смысл"), wide=True),
    )
    return Table("verbs", say("kinds of event", "виды событий"), columns, rows)


def _inputs(built: Plan) -> Table:
    rows = tuple(
        (name, given.axis or "", given.dtype, given.per_run)
        for name, given in sorted(built.world.structure.given.items())
    )
    columns = (
        Column("input", say("input", "величина")),
        Column("per", say("per", "по оси")),
        Column("type", say("type", "тип")),
        Column("drawn", say("drawn each run", "разыгрывается в каждом прогоне")),
    )
    return Table("inputs", say("inputs of the scenario", "входные величины сценария"), columns, rows)


def _maps(built: Plan) -> Table:
    axes = built.world.structure.axes
    rows = tuple((fine, len(axes[fine]), coarse, len(axes[coarse])) for fine, coarse in sorted(built.world.maps))
    columns = (
        Column("of", say("each", "каждый")),
        Column("entities", say("entities", "число"), right=True),
        Column("to", say("belongs to a", "принадлежит к")),
        Column("groups", say("entities", "число"), right=True),
    )
    return Table("maps", say("which axis belongs to which", "какая ось какой принадлежит"), columns, rows)


def _profile(built: Plan) -> Table:
    from whipcount.engine.profile import profile

    found = profile(built)
    other = say("(draws, events in order)", "(розыгрыш, события по порядку)")
    rows = []
    for cost in found.costs:
        shares = (cost.numpy / found.total_numpy, cost.compiled / found.total_compiled)
        faster = cost.numpy / cost.compiled if cost.compiled else float("nan")
        rows.append((cost.mechanism or other, cost.numpy, shares[0], cost.compiled, shares[1], faster))
    whole = (found.total_numpy, 1.0, found.total_compiled, 1.0, found.total_numpy / found.total_compiled)
    rows.append((say("all", "всего"), *whole))
    columns = (
        Column("mechanism", say("mechanism", "механизм")),
        Column("numpy", say("NumPy, µs a run", "NumPy, мкс на прогон"), ",.1f", right=True),
        Column("numpy_share", say("share", "доля"), ".1%", right=True),
        Column("compiled", say("compiled, µs a run", "компиляция, мкс на прогон"), ",.2f", right=True),
        Column("compiled_share", say("share", "доля"), ".1%", right=True),
        Column("faster", say("times faster", "во сколько раз быстрее"), ",.0f", right=True),
    )
    title = say("where the time goes, on one core", "на что уходит время, на одном ядре")
    return Table("profile", f"{built.world.slug}: {title}", columns, tuple(rows))
