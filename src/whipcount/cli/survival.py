"""`whipcount survival`: how long cabinets last, and what shortens their life."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from whipcount.text import say

from .options import json_option
from .output import help_text, note
from .told import chart_option, tell

ORDER = 75


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "survival",
        help=help_text(
            "Fit the durations of cabinets, some of them censored: exponential or Weibull.",
            "whipcount survival durations.csv --event ended --covariates majority,polarisation",
            "whipcount survival durations.csv --event ended --covariates majority --weibull --chart survival.svg",
            "whipcount survival --parlgov FOLDER --weibull",
        ),
    )(survival)


def _option(name: str, text: str, metavar: str, shown: bool = False) -> Any:
    return typer.Option(name, help=say(text), metavar=metavar, show_default=shown)


def survival(
    table: Annotated[
        Path | None,
        typer.Argument(metavar="TABLE", show_default=False, help=say("one row a cabinet (CSV)")),
    ] = None,
    duration: Annotated[str, _option("--duration", "column of durations", "NAME", True)] = "duration",
    event: Annotated[str, _option("--event", "column: 1 ended, 0 censored", "NAME", True)] = "ended",
    covariates: Annotated[str | None, _option("--covariates", "columns to explain with", "A,B,...")] = None,
    weibull: Annotated[bool, typer.Option("--weibull", help=say("let the risk change with age"))] = False,
    at: Annotated[
        str | None,
        _option("--at", "expected life at these values", "A=1,B=0.5"),
    ] = None,
    parlgov: Annotated[Path | None, _option("--parlgov", "folder of a ParlGov release", "FOLDER")] = None,
    train: Annotated[Path | None, _option("--train", "write the model into this file", "FILE")] = None,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """Print the coefficients of a duration model, its likelihood and shape."""
    from whipcount.data.durations import parlgov_durations, read_durations
    from whipcount.errors import UsageError
    from whipcount.theory.survival import fit_survival

    if parlgov is not None:
        from whipcount.data.parlgov import read_parlgov

        durations = parlgov_durations(read_parlgov(parlgov))
    elif table is not None:
        names = tuple(name.strip() for name in (covariates or "").split(",") if name.strip())
        durations = read_durations(table, duration, event, names)
    else:
        raise UsageError.one(
            "WC621",
            say("nothing to count"),
            say("give TABLE or --parlgov FOLDER"),
        )
    found = fit_survival(durations, "weibull" if weibull else "exponential")
    if train is not None:
        _train(found, train, parlgov is not None)
    head: dict[str, Any] = {} if at is None else {"expected": _expected(found, at)}

    def draw(told: Any) -> Any:
        from whipcount.report.count_charts.survival import draw as drawing

        return drawing(told)

    tell(found, as_json=as_json, chart=chart, draw=draw, only=("coefficients",), **head)
    if at is not None and not as_json:
        expected = head["expected"]
        note(say("expected ") + f"{expected['mean']:.2f}, " + say("median ") + f"{expected['median']:.2f}")


def _expected(found: Any, at: str) -> dict[str, float]:
    """Mean and median duration at given values (WC640 for what cannot be read)."""
    from whipcount.errors import UsageError

    values: dict[str, float] = {}
    for part in at.split(","):
        name, _, value = part.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            raise UsageError.one("WC640", f"--at {part}: not of the form name=number", "write --at A=1,B=0.5") from None
    names = [one.name for one in found.coefficients[1:]]
    missing = [name for name in names if name not in values]
    if missing or set(values) - set(names):
        raise UsageError.one(
            "WC640", f"--at {at}: needs exactly {', '.join(names) or 'nothing'}", "give each covariate once"
        )
    row = [values[name] for name in names]
    return {"mean": float(found.expected(row)), "median": float(found.median(row))}


def _train(found: Any, path: Path, parlgov: bool) -> None:
    import importlib.metadata

    from whipcount.theory.survival_cabinets import SurvivalModel

    provenance = {
        "data": "ParlGov (doi:10.7910/DVN/2VZ5ZC), view_cabinet, cabinet" if parlgov else "a table of durations",
        "licence": "CC0 1.0" if parlgov else "",
        "sample": "cabinets since 1945, no caretakers; ends at an election within a year of the term are censored",
        "unit": "months",
        "command": "whipcount survival --parlgov FOLDER --weibull --train FILE",
        "whipcount": importlib.metadata.version("whipcount"),
    }
    SurvivalModel(found, provenance).save(path)
    note(say("model: {path}", path=path))
