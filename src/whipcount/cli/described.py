"""The commands of all described tasks: arguments, options and help come from the descriptions in `tasks/`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from whipcount import session
from whipcount.errors import UsageError
from whipcount.task import SCENARIO
from whipcount.text import say

from .keeping import resumable
from .options import json_option, scenarios_beginning
from .output import REFUTED, console_for_output, help_text, show_json
from .progress import progress_bar
from .run import cores
from .told import chart_option, tell, write_option

if TYPE_CHECKING:
    from whipcount.task import Input, Task


def commands() -> list[tuple[float, Callable[[typer.Typer], None]]]:
    """For each task, or family of tasks, its place in the list of commands and what adds it to an application."""
    from whipcount.task import all_tasks

    families: dict[str, typer.Typer] = {}
    found: list[tuple[float, Callable[[typer.Typer], None]]] = []
    for task in all_tasks():
        first, _, second = task.name.partition(" ")
        if not task.command:
            continue
        if task.family is None:
            found.append((task.order, partial(_add, task.name, task)))
            continue
        if first not in families:
            group = typer.Typer(help=say(task.family.help), no_args_is_help=True, rich_markup_mode=None)
            families[first] = group
            found.append((task.order, partial(typer.Typer.add_typer, typer_instance=group, name=first)))
        _add(second, task, families[first])
    return found


def _add(name: str, task: Task, app: typer.Typer) -> None:
    app.command(name, help=help_text(task.help, *task.examples))(command(task))


def command(task: Task) -> Callable[..., None]:
    """The function that the command line calls for a task: its inputs, `--json`, and `--chart` or `--write`."""

    def run(*, as_json: bool = False, chart: Any = None, **given: Any) -> None:
        out = given.get("folder" if "folder" in given else "out") if "workers" in given else None
        if as_json and given.get("csv"):
            raise UsageError.one("WC609", "--json and --csv exclude each other", "give one of them")
        asking = session.phase(say("computing"))
        with resumable(out), session.showing_progress(progress_bar), session.using(workers=cores()), asking:
            result = task(**given)
        if result is not None and as_json and task.printed:
            show_json(result.record()[task.printed])
        elif hasattr(result, "print_on") and not as_json:
            result.print_on(console_for_output())
        elif result is not None:
            tell(result, as_json=as_json, chart=chart)
            if result.refuted():
                raise typer.Exit(REFUTED)

    parameters = [_parameter(one) for one in task.inputs]
    parameters.append(_named("as_json", Annotated[bool, json_option()], False))
    if task.drawn or task.tables:
        from pathlib import Path

        asked = chart_option() if task.drawn else write_option()
        parameters.append(_named("chart", Annotated[Optional[Path], asked], None))  # noqa: UP045 - evaluated, with a type that is a value
    vars(run)["__signature__"] = inspect.Signature(parameters)
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _named(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _parameter(one: Input) -> inspect.Parameter:
    option, help = one.option, say(one.option.help)
    if option.argument:
        offered = scenarios_beginning if one.kind is SCENARIO else None
        described: Any = typer.Argument(help=help, metavar=option.metavar, show_default=False, autocompletion=offered)
    else:
        low, high = option.low, option.high
        names = [*option.short, one.flag]
        described = typer.Option(
            *names, help=help, metavar=option.metavar, show_default=option.default or option.shown, min=low, max=high
        )
    default = inspect.Parameter.empty if one.default is ... else one.default
    shape = Optional[one.kind.shape] if default is None else one.kind.shape  # noqa: UP045 - evaluated, with a type that is a value
    return _named(one.name, Annotated[shape, described], default)
