"""`whipcount run`: simulate a crisis many times, and say what it says beside what happened."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount import session
from whipcount.objects import at_hand, shown
from whipcount.table import Column, Table
from whipcount.tasks._scenario import (
    AT_MOST,
    BOUND,
    LEARNT,
    RUNS,
    UNTIL,
    parameters_of,
    refuse_beside_until,
    workers_of,
)
from whipcount.text import say

from .options import account_option, json_option, load_scenario, scenario_argument, set_option, variant_option
from .output import has_width, help_text, in_lines, note, show, show_json
from .progress import progress_bar
from .told import drawing

if TYPE_CHECKING:
    from whipcount.results import Results
    from whipcount.results.interfaces import Parameters
    from whipcount.scenario import LoadedScenario

ORDER = 30
INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "run",
        help=help_text(
            "Simulate a crisis many times: each outcome's probability beside what happened, and a report.",
            "whipcount run november-1917",
            "whipcount run november-1917 --account B -n 2000 --seed 7",
            "whipcount run my-crisis.yaml --set bodies.council.quorum=11 --posterior shipped --json",
            "whipcount run two-bodies --until 'leavers_return ± 0.01'",
        ),
    )(run)


def runs_option() -> Any:
    """`-n`: how many runs."""
    return typer.Option("-n", "--runs", help=say("number of runs"), min=1)


def until_option() -> Any:
    """`--until`: how precisely outcomes are to be known."""
    return typer.Option("--until", help=say(UNTIL), metavar="'OUTCOME ± 0.005'", show_default=False)


def at_most_option() -> Any:
    """`--at-most`: the runs after which `--until` stops all the same."""
    return typer.Option("--at-most", help=say(BOUND), min=1)


def seed_option() -> Any:
    """`--seed`: the seed of all random draws."""
    return typer.Option("--seed", help=say("seed of all random draws"), min=0)


def workers_option() -> Any:
    """`--workers`: how many processes."""
    text = say("processes that compute (default: one a core)")
    return typer.Option("--workers", help=text, min=1, show_default=False)


def out_option() -> Any:
    """`--out`: the run folder."""
    text = say("run folder (default: runs/NAME-KEY)")
    return typer.Option("--out", help=text, metavar="FOLDER", show_default=False)


def posterior_option() -> Any:
    """`--posterior`: parameters as learnt, not from the priors."""
    return typer.Option("--posterior", help=say(LEARNT), metavar="FOLDER|shipped", show_default=False)


def run(
    scenario: Annotated[str, scenario_argument()],
    runs: Annotated[int, runs_option()] = RUNS,
    seed: Annotated[int, seed_option()] = 1,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    out: Annotated[Path | None, out_option()] = None,
    workers: Annotated[int | None, workers_option()] = None,
    events: Annotated[
        str,
        typer.Option(
            "--events",
            metavar="auto|all|none",
            help=say("which events to keep: auto keeps all up to 10,000 runs, and those of the first 1,000 beyond"),
        ),
    ] = "auto",
    until: Annotated[list[str] | None, until_option()] = None,
    at_most: Annotated[int, at_most_option()] = AT_MOST,
    resume: Annotated[
        bool,
        typer.Option("--resume", help=say("only continue an interrupted run")),
    ] = False,
    posterior: Annotated[str | None, posterior_option()] = None,
    report: Annotated[bool, typer.Option("--report/--no-report", help=say("draw charts and a page"))] = True,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Run, print the outcomes beside history, and write the report."""
    loaded = load_scenario(scenario, account, set_, variant)
    results = run_with_progress(
        loaded, runs, seed, out, workers, events, resume=resume, until=until, most=at_most, posterior=posterior
    )
    if not as_json:
        show(outcome_table(results))
        if until:
            sys.stdout.write("".join(one.sentence() + "\n" for one in results.precision(until)) + "\n")
        sys.stdout.flush()
    files: tuple[Path, ...] = ()
    with drawing(results.folder):
        files = write_report(results) if report else ()
    if as_json:
        precise = [one.record() for one in results.precision(until)] if until else None
        show_json(json_of(results, files) | ({"until": precise} if precise else {}))
    else:
        say_where(results, files)


def run_with_progress(
    loaded: LoadedScenario,
    runs: int,
    seed: int,
    out: Path | None,
    workers: int | None,
    events: str = "auto",
    *,
    resume: bool = False,
    until: Sequence[str] | None = None,
    most: int = AT_MOST,
    posterior: str | None = None,
) -> Results:
    """Run into `out` (or the default folder) with a bar on standard error; Ctrl-C keeps what is done, and says so."""
    from whipcount.errors import RunError
    from whipcount.results import EnsembleInterrupted, run_ensemble, run_until

    if until:
        refuse_beside_until(runs, posterior=posterior)
    given = parameters_of(loaded, posterior, runs, seed)
    with session.using(workers=cores()):
        processes = workers_of(workers)
    folder = at_hand(out or default_folder(loaded, 0 if until else runs, seed, events, until, given))
    if resume and not any((folder / name).exists() for name in ("manifest.json", "until")):
        raise RunError.one("WC329", f"there is nothing to resume in {shown(folder)}", "leave out --resume to begin")
    try:
        with progress_bar(most if until else runs) as progress:
            if until:
                return run_until(
                    loaded, until, most, seed, folder, events, processes, progress=progress, on_notice=note
                )
            return run_ensemble(
                loaded, runs, seed, out=folder, events=events, workers=processes,
                parameters=given, progress=progress, on_notice=note,
            )  # fmt: skip
    except EnsembleInterrupted as stopped:
        command = _resume_command(folder)
        note(
            say(
                "\ninterrupted: {done} of {runs} runs are kept in {folder}\nto go on: {command}",
                done=stopped.done,
                runs=stopped.runs,
                folder=shown(folder),
                command=command,
            )
        )
        raise typer.Exit(INTERRUPTED) from None


def _resume_command(folder: Path) -> str:
    """The same command again, with the folder named."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--resume"]
    if "--out" not in arguments and not any(argument.startswith("--out=") for argument in arguments):
        arguments += ["--out", shown(folder)]
    return shlex.join(["whipcount", *arguments, "--resume"])


def default_folder(
    loaded: LoadedScenario,
    runs: int,
    seed: int,
    events: str = "auto",
    until: Sequence[str] | None = None,
    parameters: Parameters | None = None,
) -> Path:
    """runs/NAME-KEY: the same arguments find the same folder again."""
    from whipcount.results import run_key

    key = run_key(loaded, runs=runs, seed=seed, events=events, parameters=parameters)
    if until:
        key = hashlib.sha256("\n".join((key, *sorted(until))).encode()).hexdigest()
    return Path("runs") / f"{loaded.slug}-{key[:8]}"


def cores() -> int:
    """Processor cores that this process may use."""
    import os

    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def write_report(results: Results) -> tuple[Path, ...]:
    """Charts and page beside the tables, in the language of the command."""
    from whipcount.report import write_report as write

    return tuple(write(results, results.folder))


def outcome_table(results: Results) -> Table:
    """Outcomes: name, the model's probability with its interval, what happened, who says so."""
    from whipcount.results.summary import in_figures

    columns = (
        Column("name", say("outcome"), priority=0),
        Column("label", say("what it is"), wide=True, priority=3),
        Column("model", say("model"), right=True),
        Column("interval", "95%", right=True),
        Column("happened", say("happened"), right=True),
        Column("source", say("source"), priority=2),
    )
    rows = tuple(
        (outcome.name, outcome.label.in_language(), *in_figures(outcome), outcome.happened, outcome.source)
        for outcome in results.outcomes
    )
    account = f", {say('account')} {results.account}" if results.account else ""
    title = f"{results.slug}{account}: {results.runs} {say('runs, seed')} {results.seed}"
    about = say("probabilities with Wilson's interval")
    if not all(outcome.binary for outcome in results.outcomes):
        about += say("; ⌀ the mean of a number, with its normal interval")
    return Table("outcomes", title, columns, rows, about)


def json_of(results: Results, files: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Everything that the table shows, and where the files are, as one object."""
    return {
        "scenario": results.slug,
        "account": results.account,
        "runs": results.runs,
        "seed": results.seed,
        "key": results.manifest.key,
        "folder": shown(results.folder),
        "report": [shown(path) for path in files],
        "outcomes": [outcome.record() | {"happened": outcome.happened} for outcome in results.outcomes],
    }


def say_where(results: Results, files: tuple[Path, ...]) -> None:
    """Where the files are, and what to do with them."""
    folder = shown(results.folder)
    lines = [say("run folder: {folder}", folder=folder)]
    page = next((path for path in files if path.suffix == ".html"), None)
    if page is not None:
        lines.append(say("report: {page}", page=shown(page)))
    asking = f'whipcount sql {shlex.quote(folder)} "select verb, sum(events) from counts group by verb"'
    lines.append(f"SQL: {in_lines(asking, '') if has_width() else asking}")
    sys.stdout.write("\n".join(lines) + "\n")
