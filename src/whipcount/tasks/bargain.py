"""What a bargain comes to, by rival models; what a forecast hangs on; who gains by moving; how a pie is divided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import NUMBERS, TEXT, TEXTS, Form, Option, task
from whipcount.text import mark, say

from ._inputs import Decimal, Election, Sheet, table
from ._lasting import beforehand, of_bargain

if TYPE_CHECKING:
    from whipcount.table import Result
    from whipcount.theory.ktab import SmpOptions

GOVERNMENTS = """actor,capability,position,salience
NL,.08,4,.8
BE,.08,7,.4
LU,.03,4,.2
DE,.16,4,.8
FR,.16,10,.6
IT,.16,10,.6
UK,.16,10,.9
IE,.05,7,.1
DK,.05,4,1
GR,.08,7,.7
"""


@task(
    "bargain",
    mark("Forecast a bargain among actors with positions, power and salience, by rival models."),
    "whipcount bargain actors.csv",
    "whipcount bargain actors.csv --model expected_utility --denominator pair --chart rounds.png",
    "whipcount bargain ktab.csv --model ktab --smp election=markov_uniform --json",
    "whipcount bargain actors.csv --model compromise --leverage",
    "whipcount bargain actors.csv --model nash --status-quo 4 --uncertain 1000 --spread 0.1",
    "whipcount bargain actors.csv --model setter --status-quo 4 --rule 'majority of members; veto: FR'",
    "whipcount bargain parlgov/ --election DEU:2005 --model compromise,median",
    "whipcount bargain --baron-ferejohn 9,5,0.9",
    order=73,
    drawn=True,
    form=Form(
        mark("Bargain"), mark("What do actors with positions, power and salience agree on?"),
        "actor,power,position,salience", GOVERNMENTS, order=16, parliament=True,
    ),
)  # fmt: skip
def bargain(
    table: Annotated[Any, table("actors: actor,power,position,salience (CSV), or a KTAB file")] = None,
    model: Annotated[
        Any,
        Option(
            "compromise, mean, median, nash, setter, expected_utility, ktab; may be repeated", TEXTS, "MODEL",
            title=mark("Models (all that fit, if left empty)"), example="compromise,median,expected_utility",
        ),
    ] = None,
    dimension: Annotated[str | None, Option("only this dimension", metavar="NAME")] = None,
    status_quo: Annotated[
        Any,
        Option("what stays without a deal", NUMBERS, "N,N,...", title=mark("What stays without a deal"), example="4"),
    ] = None,
    symmetric: Annotated[bool, Option("equal weights in Nash bargaining")] = False,
    setter: Annotated[str | None, Option("who sets the agenda", metavar="ACTOR")] = None,
    rule: Annotated[
        Any,
        Option(
            "who must accept a setter's proposal: 2/3, 'majority of members; veto: A'", TEXT, "RULE",
            default="majority", shown=True, flag="--rule",
        ),
    ] = None,
    rounds: Annotated[int, Option("of the expected-utility model", metavar="N", shown=True)] = 10,
    denominator: Annotated[
        str, Option("of its probabilities: all or pair", metavar="all|pair", shown=True)
    ] = "all",
    compromise: Annotated[
        str, Option("its compromise: lowest or nearest", metavar="lowest|nearest", shown=True)
    ] = "lowest",
    smp: Annotated[Any, Option("an option of KTAB's model; may be repeated", TEXTS, "NAME=VALUE")] = None,
    uncertain: Annotated[int | None, Option("forecast this many random versions", metavar="N")] = None,
    spread: Annotated[float, Option("uncertainty of inputs that give none", metavar="SHARE", shown=True)] = 0.1,
    seed: Annotated[int, Option("of random versions", metavar="N", shown=True)] = 1,
    leverage: Annotated[bool, Option("whose inputs the forecast hangs on")] = False,
    moves: Annotated[bool, Option("who gains by moving")] = False,
    rubinstein: Annotated[Any, Option("alternating offers: discount factors", NUMBERS, "D,D")] = None,
    baron_ferejohn: Annotated[Any, Option("a legislature's closed rule", NUMBERS, "N,QUOTA,D")] = None,
    salience_scale: Annotated[
        float | None, Option("upper end of the saliences (told from the numbers: 1, 10 or 100)", metavar="N")
    ] = None,
    country: Annotated[Any, Option("of a collection of elections, or of the Chapel Hill survey", TEXT, "NAME")] = None,
    election: Election = None,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> Result:  # fmt: skip
    """The outcome that each model expects; with leverage, moves or uncertain, what one model's forecast hangs on."""
    from whipcount.theory.forecasts import ModelOptions
    from whipcount.theory.rule_grammar import parse_rule

    if rubinstein is not None or baron_ferejohn is not None:
        return _division(rubinstein, baron_ferejohn)
    of_all: Any = denominator  # checked by the options themselves, as the compromise is
    nearest: Any = compromise
    actors, named = _actors(table, dimension, salience_scale, country, election, decimal=decimal, sheet=sheet)
    settings = (*(f"{name}={value}" for name, value in named), *smp)
    taken = parse_rule(str(rule) if rule else "majority", "all", ("power", "members"))
    options = ModelOptions(status_quo, symmetric, setter, taken, rounds, of_all, nearest, _smp(settings, seed))
    models = tuple(part.strip() for text in model for part in text.split(",") if part.strip())
    many, axes = len(actors.names), len(actors.dimensions)
    times = uncertain or ((4 * axes + 2) * many if leverage else 30 * many * axes if moves else 1)
    only = ("compromise",) if times > 1 and not models else models
    beforehand(of_bargain(many, axes, only, times))
    if uncertain is None and not leverage and not moves:
        from whipcount.theory.bargain import bargain as solve

        return solve(actors, models, options).told(actors.remarks)
    from whipcount.theory import leverage as inputs

    if len(models) > 1:
        raise UsageError.one("WC625", "several models", "--uncertain, --leverage and --moves take one --model")
    chosen = models[0] if models else "compromise"
    remarks = (*actors.remarks, *_ties(actors, chosen, options))
    if uncertain is not None:
        return inputs.uncertain_forecast(actors, chosen, options, uncertain, seed, spread).told(remarks)
    if leverage:
        return inputs.leverage(actors, chosen, options).told(remarks)
    # the model of many turns is slow: fewer places suffice to see who would gain
    return inputs.moves(actors, chosen, options, 11 if chosen == "ktab" else 41).told(remarks)


def _ties(actors: Any, model: str, options: Any) -> tuple[str, ...]:
    """What is to be said where the order of the rows decides what KTAB's model finds."""
    from whipcount.theory.ktab import spatial_model

    told = spatial_model(actors, options.smp).order_told() if model == "ktab" else ""
    return (told,) if told else ()


def _actors(
    given: Any,
    dimension: str | None,
    scale: float | None,
    country: str | None,
    election: str | None,
    **declared: str | None,
) -> tuple[Any, tuple[tuple[str, str], ...]]:
    """The actors of a table or of a KTAB file, and the options of KTAB's model that the file names."""
    from dataclasses import replace
    from pathlib import Path

    from whipcount.data.elections import as_actors, one_election
    from whipcount.data.ktab import find_ktab
    from whipcount.data.positions import load_positions

    if given is None:
        raise UsageError.one("WC624", "nothing to count", "give TABLE, or --rubinstein, or --baron-ferejohn")
    folder = isinstance(given, Path) and given.is_dir()
    elected = one_election(given, country, election) if folder or election else None
    if elected is not None:
        return as_actors(elected, [dimension] if dimension else []), ()
    found = find_ktab(given) if isinstance(given, Path) else None
    options = found.options if found is not None else ()
    actors = found.table if found is not None else load_positions(given, scale, country, **declared)
    if options:
        text = ", ".join(f"{name}={value}" for name, value in options)
        actors = replace(
            actors, remarks=(*actors.remarks, say("the file's own options of KTAB's model: {text}", text=text))
        )
    return (actors if dimension is None else actors.only(dimension)), options


def _smp(settings: Sequence[str], seed: int) -> SmpOptions:
    """Options of KTAB's model from `name=value` (WC625, WC516)."""
    from dataclasses import fields

    from whipcount.theory.ktab import SmpOptions

    known = [field.name for field in fields(SmpOptions)]
    given: dict[str, Any] = {"seed": seed}
    for setting in settings:
        name, equals, value = setting.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or name not in known:
            raise UsageError.one("WC625", f"--smp {setting}", f"write NAME=VALUE with one of {', '.join(known)}")
        if name in ("turns", "seed"):
            given[name] = int(NUMBERS.read(value, f"--smp {name}")[0])
        else:
            given[name] = value.strip().lower()
    return SmpOptions(**given)


def _division(rubinstein: tuple[float, ...] | None, legislature: tuple[float, ...] | None) -> Result:
    from whipcount.theory import divide

    if rubinstein is not None:
        if len(rubinstein) not in (2, 4):
            hint = "give two discount factors, and outside options"
            raise UsageError.one("WC625", f"--rubinstein of {len(rubinstein)} numbers", hint)
        first, second, *outside = rubinstein
        return divide.rubinstein(first, second, (outside[0], outside[1]) if outside else (0.0, 0.0))
    given = legislature or ()
    if len(given) < 3:
        hint = "give members, quota and discount factor"
        raise UsageError.one("WC625", f"--baron-ferejohn of {len(given)} numbers", hint)
    return divide.baron_ferejohn(int(given[0]), int(given[1]), given[2], given[3:] or None)
