"""`whipcount formation`: who governs after an election, and how good such forecasts are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.text import mark, say

from .options import json_option
from .output import help_text, note, show_json
from .told import chart_option, tell, write_chart

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from whipcount.data.parlgov import ParlGov
    from whipcount.theory.formation_model import Model
    from whipcount.theory.formation_table import Opportunity

ORDER = 74


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "formation",
        help=help_text(
            "Forecast the cabinet that forms after an election: the probability of every set of parties.",
            "whipcount formation parties.csv",
            "whipcount formation --parlgov FOLDER --election SWE:2006-09-17",
            "whipcount formation --parlgov FOLDER --evaluate --since 2000-01-01 --json",
            "whipcount formation --parlgov FOLDER --cross-validate --chart calibration.svg",
            "whipcount formation parties.csv --lattice economic,social",
        ),
    )(formation)


OPTIONS = {
    "parlgov": (mark("folder of a ParlGov release"), "FOLDER"),
    "election": (mark("one election of it"), "COUNTRY[:DATE]"),
    "evaluate": (mark("score the model on all formations"), ""),
    "cross-validate": (mark("refit without each tenth of the countries"), ""),
    "rolling": (mark("train before each decade, test in it"), ""),
    "zero-intelligence": (mark("forecast by random proposals"), ""),
    "since": (mark("elections from this day"), "DATE"),
    "until": (mark("elections before this day"), "DATE"),
    "only": (mark("only these countries are scored"), "A,B,..."),
    "mixed": (mark("fit a mixed logit, these coefficients vary"), "A,B,..."),
    "model": (mark("use this model"), "FILE"),
    "train": (mark("train a model into this file"), "FILE"),
    "history": (mark("past cabinets (CSV)"), "FILE"),
    "scale": (mark("ends of the positions [0,10]"), "LOW,HIGH"),
    "total": (mark("all seats"), "SEATS"),
    "lattice": (mark("portfolio allocation on these columns"), "A,B"),
    "top": (mark("cabinets shown [10]"), "N"),
}


def _option(name: str) -> Any:
    """An option with its help in the reader's language."""
    text, metavar = OPTIONS[name]
    return typer.Option(f"--{name}", help=say(text), metavar=metavar or None, show_default=False)


def _table() -> Any:
    text = say("parties: party, seats, position (CSV)")
    return typer.Argument(metavar="TABLE", show_default=False, help=text)


def formation(
    table: Annotated[Path | None, _table()] = None,
    parlgov: Annotated[Path | None, _option("parlgov")] = None,
    election: Annotated[str | None, _option("election")] = None,
    evaluate: Annotated[bool, _option("evaluate")] = False,
    cross_validate: Annotated[bool, _option("cross-validate")] = False,
    rolling: Annotated[bool, _option("rolling")] = False,
    zero: Annotated[bool, _option("zero-intelligence")] = False,
    since: Annotated[str | None, _option("since")] = None,
    until: Annotated[str | None, _option("until")] = None,
    only: Annotated[str | None, _option("only")] = None,
    mixed: Annotated[str | None, _option("mixed")] = None,
    model: Annotated[Path | None, _option("model")] = None,
    train: Annotated[Path | None, _option("train")] = None,
    history: Annotated[Path | None, _option("history")] = None,
    scale: Annotated[str, _option("scale")] = "0,10",
    total: Annotated[float | None, _option("total")] = None,
    lattice: Annotated[str | None, _option("lattice")] = None,
    shown: Annotated[int, _option("top")] = 10,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """Forecast one election, or score, test or train a model on a folder."""
    if lattice is not None:
        _lattice(table, lattice, as_json)
        return
    chosen = _model(model)
    days = (_day(since), _day(until))
    if parlgov is not None and election is None:
        from whipcount.data.parlgov import read_parlgov

        tables = read_parlgov(parlgov)
        if train is not None:
            _train(tables, train, days)
        elif mixed is not None:
            _mixed(tables, days, mixed, as_json)
        elif cross_validate or rolling:
            _test(tables, days, rolling, only, as_json, chart)
        elif evaluate:
            _evaluate(tables, days, only, chosen, zero, as_json, chart)
        else:
            _wrong("a folder holds many elections")
        return
    _forecast(_opportunity(table, parlgov, election, history, scale, total), chosen, zero, shown, as_json, chart)


def _wrong(text: str) -> None:
    from whipcount.errors import UsageError

    raise UsageError.one(
        "WC621",
        say(text),
        say("give TABLE, or --parlgov FOLDER with --election, --evaluate, --cross-validate, --rolling or --train"),
    )


def _day(text: str | None) -> dt.date | None:
    """A date of an option (WC622)."""
    import datetime as dt

    from whipcount.errors import UsageError

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text if len(text) > 4 else f"{text}-01-01")
    except ValueError:
        raise UsageError.one("WC622", f"{text!r} is no date", "write it as 2009-09-27, or a year") from None


def _model(path: Path | None) -> Model | None:
    if path is None:
        return None
    from whipcount.theory.formation_model import Model

    return Model.load(path)


def _ends(scale: str) -> tuple[float, float]:
    from whipcount.errors import UsageError

    parts = scale.split(",")
    try:
        low, high = (float(part) for part in parts)
    except ValueError:
        raise UsageError.one("WC623", f"--scale {scale}: not two numbers", "write --scale 0,10") from None
    if not low < high:
        raise UsageError.one("WC623", f"--scale {scale}: the first end is not below the second", "write --scale 0,10")
    return low, high


def _opportunity(
    table: Path | None,
    parlgov: Path | None,
    election: str | None,
    history: Path | None,
    scale: str,
    total: float | None,
) -> Opportunity:
    if parlgov is not None and election is not None:
        from whipcount.data.parlgov import election as of_election
        from whipcount.data.parlgov import read_parlgov

        country, _, day = election.partition(":")
        return of_election(read_parlgov(parlgov), country, _day(day or None))
    if table is None:
        _wrong("nothing to count")
        raise AssertionError
    from whipcount.data.parties import read_parties

    return read_parties(table, _ends(scale), total, history)


def _forecast(
    opportunity: Opportunity, model: Model | None, zero: bool, shown: int, as_json: bool, chart: Path | None
) -> None:
    from whipcount.theory.formation import forecast, summarise

    if zero:
        from whipcount.theory.formation_zero import zero_intelligence

        result = summarise(opportunity, zero_intelligence(opportunity), shown)
    else:
        result = forecast(opportunity, model, shown)

    def draw(told: Any) -> Any:
        from whipcount.report.count_charts.formation import draw as drawing

        return drawing(told)

    from whipcount.theory.formation import KINDS

    tell(result, as_json=as_json, chart=chart, draw=draw, labels={"kind": KINDS})


def _evaluate(
    tables: ParlGov,
    days: tuple[dt.date | None, dt.date | None],
    only: str | None,
    model: Model | None,
    zero: bool,
    as_json: bool,
    chart: Path | None,
) -> None:
    from whipcount.data.parlgov import opportunities
    from whipcount.theory.formation import evaluate, evaluation

    kept = _countries(tables, only)
    cases = [case for case in opportunities(tables, *days) if case.country in kept]
    if zero:
        from whipcount.theory.formation_zero import zero_intelligence

        result = evaluation(cases, [zero_intelligence(case) for case in cases], "zero intelligence")
    else:
        result = evaluate(cases, model, "shipped" if model is None else "given")
    tell(result, as_json=as_json, chart=chart, draw=_calibration, only=("means", "countries", "worst"))


def _calibration(told: Any) -> Any:
    from whipcount.report.count_charts.formation_calibration import draw

    return draw(told)


def _countries(tables: ParlGov, only: str | None) -> set[str]:
    """The countries that are scored: all, or those named (WC546)."""
    from whipcount.data.columns import choose

    if only is None:
        return set(tables.cabinets)
    return {choose(name.strip(), sorted(tables.cabinets), "country") for name in only.split(",") if name.strip()}


def _test(
    tables: ParlGov,
    days: tuple[dt.date | None, dt.date | None],
    forward: bool,
    only: str | None,
    as_json: bool,
    chart: Path | None,
) -> None:
    from whipcount.data.parlgov import opportunities
    from whipcount.theory.formation import SPECIFICATION_NAMES, compare
    from whipcount.theory.formation_validation import leave_countries_out
    from whipcount.theory.formation_validation import rolling as roll

    kept = _countries(tables, only)
    note(say("refitting; this takes some minutes"))
    cases = opportunities(tables, *days)
    tested = roll(cases) if forward else leave_countries_out(cases)
    design = "trained before each decade, tested in it" if forward else "ten folds of countries, each left out once"
    told = [one.where([case.country in kept for case in one.opportunities]) for one in tested]
    result = compare(told, design if only is None else f"{design}; scored: {', '.join(sorted(kept))}")
    if chart is not None:
        write_chart(_calibration(result.best), chart)
    shown = ("means", "parts", "worst") if forward else ("means", "countries", "worst")
    tell(result, as_json=as_json, only=shown, labels={"name": SPECIFICATION_NAMES})


def _mixed(tables: ParlGov, days: tuple[dt.date | None, dt.date | None], random: str, as_json: bool) -> None:
    from whipcount.data.parlgov import opportunities
    from whipcount.theory.formation_logit import ChoiceSets
    from whipcount.theory.formation_mixed import compare_mixed
    from whipcount.theory.formation_model import INCUMBENCY, tables_of

    cases = opportunities(tables, *days)
    columns, names = tables_of(cases, INCUMBENCY.blocks)
    sets = ChoiceSets.stack(columns, [case.choice for case in cases])
    varying = [name.strip() for name in random.split(",") if name.strip()]
    note(say("fitting by simulation; this takes a minute or two"))
    tell(compare_mixed(sets, names, varying), as_json=as_json)


def _train(tables: ParlGov, path: Path, days: tuple[dt.date | None, dt.date | None]) -> None:
    import importlib.metadata

    from whipcount.data.parlgov import opportunities
    from whipcount.theory.formation_model import WHOLE
    from whipcount.theory.formation_model import train as fit

    cases = opportunities(tables, *days)
    provenance = {
        "data": "ParlGov (doi:10.7910/DVN/2VZ5ZC), view_cabinet, view_election, view_party, party_change",
        "licence": "CC0 1.0",
        "sample": "first cabinet after an election since 1945, no caretaker, no majority party, 98% of seats placed, "
        "3 to 12 parties",
        "opportunities": len(cases),
        "countries": len({case.country for case in cases}),
        "first_election": min((case.date.isoformat() for case in cases), default=None),
        "last_election": max((case.date.isoformat() for case in cases), default=None),
        "formations": _formations(cases),
        "ridge": "chosen by five folds of countries",
        "command": "whipcount formation --parlgov FOLDER --train FILE",
        "whipcount": importlib.metadata.version("whipcount"),
    }
    model = fit(cases, WHOLE, provenance)
    model.save(path)
    note(say("{many_cases} formations, model: {path}", many_cases=len(cases), path=path))


def _formations(cases: Sequence[Opportunity]) -> dict[str, list[str]]:
    """The election days of the formations learnt from, by country: what is later evaluated is told apart by them."""
    days: dict[str, list[str]] = {}
    for case in cases:
        days.setdefault(case.country, []).append(case.date.isoformat())
    return days


def _lattice(table: Path | None, dimensions: str, as_json: bool) -> None:
    if table is None:
        _wrong("a lattice needs a table")
        return
    from whipcount.data.parties import read_places
    from whipcount.theory.formation_portfolios import portfolio_lattice

    axes = tuple(name.strip() for name in dimensions.split(",") if name.strip())
    result = portfolio_lattice(read_places(table, axes), axes)
    if as_json:
        show_json(result.record())
    else:
        tell(result)
