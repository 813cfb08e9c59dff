"""`whipcount bargain`: what a bargain comes to, by rival models; what a forecast hangs on; who gains by moving."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import json_option
from .output import help_text
from .told import chart_option, tell
from .weighed import numbers_of, option, table_argument, with_default

if TYPE_CHECKING:
    from whipcount.theory.forecasts import ModelOptions
    from whipcount.theory.ktab import SmpOptions

ORDER = 73


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "bargain",
        help=help_text(
            "Forecast a bargain among actors with positions, power and salience, by rival models.",
            "whipcount bargain actors.csv",
            "whipcount bargain actors.csv --model expected_utility --denominator pair --chart rounds.png",
            "whipcount bargain ktab.csv --model ktab --smp election=markov_uniform --json",
            "whipcount bargain actors.csv --model compromise --leverage",
            "whipcount bargain actors.csv --model nash --status-quo 4 --uncertain 1000 --spread 0.1",
            "whipcount bargain --baron-ferejohn 9,5,0.9",
        ),
    )(bargain)


Table = Annotated[
    Path | None,
    table_argument("actors: actor,power,position,salience (CSV), or a KTAB file"),
]
Models = Annotated[
    list[str] | None,
    option("--model", "compromise, mean, median, nash, setter, expected_utility, ktab; may be repeated", "MODEL"),
]
Dimension = Annotated[str | None, option("--dimension", "only this dimension", "NAME")]
StatusQuo = Annotated[str | None, option("--status-quo", "what stays without a deal", "N,N,...")]
Symmetric = Annotated[bool, option("--symmetric", "equal weights in Nash bargaining")]
Setter = Annotated[str | None, option("--setter", "who sets the agenda", "ACTOR")]
Quota = Annotated[
    float,
    with_default("--quota", "share of power that accepts a proposal", "SHARE"),
]
Rounds = Annotated[int, with_default("--rounds", "of the expected-utility model", "N")]
Denominator = Annotated[str, with_default("--denominator", "of its probabilities: all or pair", "all|pair")]
Compromise = Annotated[
    str,
    with_default("--compromise", "its compromise: lowest or nearest", "lowest|nearest"),
]
Smp = Annotated[
    list[str] | None,
    option("--smp", "an option of KTAB's model; may be repeated", "NAME=VALUE"),
]
Uncertain = Annotated[int | None, option("--uncertain", "forecast this many random versions", "N")]
Spread = Annotated[
    float,
    with_default("--spread", "uncertainty of inputs that give none", "SHARE"),
]
Seed = Annotated[int, with_default("--seed", "of random versions", "N")]
Levers = Annotated[bool, option("--leverage", "whose inputs the forecast hangs on")]
Gains = Annotated[bool, option("--moves", "who gains by moving")]
Rubinstein = Annotated[
    str | None,
    option("--rubinstein", "alternating offers: discount factors", "D,D"),
]
BaronFerejohn = Annotated[
    str | None,
    option("--baron-ferejohn", "a legislature's closed rule", "N,QUOTA,D"),
]


def bargain(
    table: Table = None,
    model: Models = None,
    dimension: Dimension = None,
    status_quo: StatusQuo = None,
    symmetric: Symmetric = False,
    setter: Setter = None,
    quota: Quota = 0.5,
    rounds: Rounds = 10,
    denominator: Denominator = "all",
    compromise: Compromise = "lowest",
    smp: Smp = None,
    uncertain: Uncertain = None,
    spread: Spread = 0.1,
    seed: Seed = 1,
    levers: Levers = False,
    gains: Gains = False,
    rubinstein: Rubinstein = None,
    baron_ferejohn: BaronFerejohn = None,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """Forecast, or say what the forecast hangs on, and print it."""
    if rubinstein is not None or baron_ferejohn is not None:
        tell(_division(rubinstein, baron_ferejohn), as_json=as_json)
        return
    options = _options(status_quo, symmetric, setter, quota, rounds, denominator, compromise, smp, seed)
    actors = _table(table, dimension)
    if uncertain is None and not levers and not gains:
        from whipcount.theory.bargain import bargain as solve

        tell(solve(actors, tuple(model or ()), options), as_json=as_json, chart=chart, draw=_draw)
        return
    from whipcount.theory.leverage import leverage, moves, uncertain_forecast

    only = _one(model)
    if uncertain is not None:
        result: Any = uncertain_forecast(actors, only, options, uncertain, seed, spread)
    elif levers:
        result = leverage(actors, only, options)
    else:
        # the model of many turns is slow: fewer places suffice to see who would gain
        result = moves(actors, only, options, 11 if only == "ktab" else 41)
    tell(result, as_json=as_json, chart=chart, draw=_draw_inputs)


def _table(path: Path | None, dimension: str | None) -> Any:
    from whipcount.data.positions import load_positions
    from whipcount.errors import UsageError

    if path is None:
        raise UsageError.one("WC624", "nothing to count", "give TABLE, or --rubinstein, or --baron-ferejohn")
    table = load_positions(path)
    return table if dimension is None else table.only(dimension)


def _one(model: Sequence[str] | None) -> str:
    """The one model that an analysis of inputs is about; the compromise model by default (WC625)."""
    from whipcount.errors import UsageError

    if model and len(model) > 1:
        raise UsageError.one("WC625", "several models", "--uncertain, --leverage and --moves take one --model")
    return model[0] if model else "compromise"


def _options(
    status_quo: str | None,
    symmetric: bool,
    setter: str | None,
    quota: float,
    rounds: int,
    denominator: Any,
    compromise: Any,
    smp: Sequence[str] | None,
    seed: int,
) -> ModelOptions:
    from whipcount.theory.forecasts import ModelOptions

    point = numbers_of(status_quo, "--status-quo") if status_quo is not None else None
    chosen = _smp(smp, seed)
    return ModelOptions(point, symmetric, setter, quota, rounds, denominator, compromise, chosen)


def _smp(settings: Sequence[str] | None, seed: int) -> SmpOptions:
    """Options of KTAB's model from `name=value` (WC625, WC516)."""
    from dataclasses import fields

    from whipcount.errors import UsageError
    from whipcount.theory.ktab import SmpOptions

    known = [field.name for field in fields(SmpOptions)]
    given: dict[str, Any] = {"seed": seed}
    for setting in settings or ():
        name, equals, value = setting.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or name not in known:
            raise UsageError.one("WC625", f"--smp {setting}", f"write NAME=VALUE with one of {', '.join(known)}")
        if name in ("turns", "seed"):
            given[name] = int(numbers_of(value, f"--smp {name}")[0])
        else:
            given[name] = value.strip().lower()
    return SmpOptions(**given)


def _division(rubinstein: str | None, baron_ferejohn: str | None) -> Any:
    from whipcount.errors import UsageError
    from whipcount.theory import divide

    if rubinstein is not None:
        factors = numbers_of(rubinstein, "--rubinstein")
        if len(factors) not in (2, 4):
            raise UsageError.one(
                "WC625", f"--rubinstein {rubinstein}", "give two discount factors, and outside options"
            )
        outside = (factors[2], factors[3]) if len(factors) == 4 else (0.0, 0.0)
        return divide.rubinstein(factors[0], factors[1], outside)
    parts = numbers_of(baron_ferejohn or "", "--baron-ferejohn")
    if len(parts) < 3:
        raise UsageError.one("WC625", f"--baron-ferejohn {baron_ferejohn}", "give members, quota and discount factor")
    return divide.baron_ferejohn(int(parts[0]), int(parts[1]), parts[2], parts[3:] or None)


def _draw(result: Any) -> Any:
    from whipcount.report.count_charts.bargain import draw

    return draw(result)


def _draw_inputs(result: Any) -> Any:
    from whipcount.report.count_charts.bargain import draw_inputs

    return draw_inputs(result)
