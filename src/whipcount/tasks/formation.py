"""Who governs after an election, and how good such forecasts are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.session import notice
from whipcount.task import DAY_OR_YEAR, GIVEN, PAIRS, TABLE, WORDS, Form, Option, task
from whipcount.text import mark, say

from ._inputs import Decimal, Excluded, Sheet, ends_of, pairs_among, table

if TYPE_CHECKING:
    from whipcount.data.parlgov import ParlGov
    from whipcount.table import Result
    from whipcount.theory.formation_model import Model
    from whipcount.theory.formation_table import Opportunity

Days = tuple[dt.date | None, dt.date | None]
PARTIES = """party,seats,position,incumbent,premier
Left,30,2,0,0
Labour,90,3.5,1,1
Liberals,40,6,1,0
Conservatives,100,7.5,0,0
Nation,40,9,0,0
"""

Pact = Annotated[
    Any,
    Option(
        "two that govern together or not at all; may be repeated",
        PAIRS,
        "A+B",
        title=mark("Who stood together before the election, a pair a line"),
        example="Left+Labour",
        rows=True,
    ),
]


@task(
    "formation",
    mark("Forecast the cabinet that forms after an election: the probability of every set of parties."),
    "whipcount formation parties.csv",
    "whipcount formation --parlgov FOLDER --election SWE:2006-09-17",
    "whipcount formation --parlgov FOLDER --evaluate --since 2000-01-01 --json",
    "whipcount formation --parlgov FOLDER --cross-validate --chart calibration.svg",
    "whipcount formation --parlgov FOLDER --reasons",
    "whipcount formation --parlgov FOLDER --cordons --tested-from 1990",
    "whipcount formation parties.csv --pact Left+Labour",
    "whipcount formation parties.csv --lattice economic,social",
    order=74,
    drawn=True,
    form=Form(
        mark("Formation"), mark("Who governs after an election?"), "party,seats,position", PARTIES, order=14,
        parliament=True, excluded="excluded",
    ),
)  # fmt: skip
def formation(
    table: Annotated[Any, table("parties: party, seats, position (CSV)")] = None,
    parlgov: Annotated[Path | None, Option("folder of a ParlGov release", metavar="FOLDER")] = None,
    election: Annotated[str | None, Option("one election of it", metavar="COUNTRY[:DATE]")] = None,
    reasons: Annotated[bool, Option("what makes a cabinet form: coefficients, errors clustered by country")] = False,
    cordons: Annotated[
        bool, Option("learn who never governs together though they could, and whether that helps to forecast")
    ] = False,
    evaluate: Annotated[bool, Option("score the model on all formations")] = False,
    cross_validate: Annotated[bool, Option("refit without each tenth of the countries")] = False,
    rolling: Annotated[bool, Option("train before each span of years, test in it")] = False,
    span: Annotated[int, Option("years of such a span", low=1, high=100, shown=True)] = 10,
    tested_from: Annotated[
        int | None, Option("first year that is tested so (the earliest there can be)", metavar="YEAR")
    ] = None,
    zero_intelligence: Annotated[bool, Option("forecast by random proposals")] = False,
    since: Annotated[Any, Option("elections from this day", DAY_OR_YEAR, "DATE")] = None,
    until: Annotated[Any, Option("elections before this day", DAY_OR_YEAR, "DATE")] = None,
    only: Annotated[Any, Option("only these countries are scored", WORDS, "A,B,...")] = None,
    mixed: Annotated[Any, Option("fit a mixed logit, these coefficients vary", WORDS, "A,B,...")] = None,
    excluded: Excluded = None,
    cordon: Annotated[Any, Option("parties that nobody governs with", WORDS, "A,B,...")] = None,
    pact: Pact = None,
    model: Annotated[Path | None, Option("use this model", metavar="FILE")] = None,
    train: Annotated[Path | None, Option("train a model into this file", metavar="FILE")] = None,
    history: Annotated[Any, Option("past cabinets (CSV)", TABLE, "FILE")] = None,
    scale: Annotated[
        Any,
        Option("ends of the positions [0,10]", GIVEN, "LOW,HIGH", title=mark("Ends of the positions"), example="0,10"),
    ] = None,
    total: Annotated[
        float | None,
        Option("all seats", metavar="SEATS", title=mark("All seats, if some are missing"), example="300"),
    ] = None,
    lattice: Annotated[Any, Option("portfolio allocation on these columns", WORDS, "A,B")] = None,
    top: Annotated[int, Option("cabinets shown [10]", metavar="N")] = 10,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> Result | None:
    """The cabinets that may form after one election; or the score, the test or the training of a model (WC621)."""
    if lattice:
        return _lattice(_needed(table, "a lattice needs a table"), lattice, decimal, sheet)
    chosen = _model(model)
    if parlgov is not None and election is None:
        asked = _Asked(
            (since, until),
            evaluate,
            cross_validate or rolling,
            rolling,
            span,
            tested_from,
            zero_intelligence,
            only,
            mixed,
            reasons,
            cordons,
        )
        return _many(parlgov, asked, chosen, train)
    opportunity = _opportunity(table, parlgov, election, history, scale, total, decimal, sheet)
    from whipcount.data.reading.names import find_name
    from whipcount.theory.formation import excluding, forecast, summarise

    names = opportunity.parties
    pairs, pacts = pairs_among(excluded, names), pairs_among(pact, names)
    behind = [find_name(name, names) for name in cordon]
    if not zero_intelligence:
        return forecast(opportunity, chosen, top, pairs, behind, pacts).told(opportunity.remarks)
    from whipcount.theory.formation_zero import zero_intelligence as random_proposals

    chance = excluding(opportunity, random_proposals(opportunity), pairs, behind, pacts)
    return summarise(opportunity, chance, top).told(opportunity.remarks)


def _needed(given: Any, why: str) -> Any:
    if given is not None:
        return given
    hint = mark("give TABLE, or --parlgov FOLDER with --election or one of: {asked}")
    asked = "--evaluate, --cross-validate, --rolling, --reasons, --cordons, --train"
    raise UsageError.one("WC621", say(why), say(hint, asked=asked))


def _model(path: Path | None) -> Model | None:
    if path is None:
        return None
    from whipcount.theory.formation_model import Model

    return Model.load(path)


def _opportunity(
    given: Any,
    parlgov: Path | None,
    election: str | None,
    history: Any,
    scale: Any,
    total: float | None,
    decimal: str | None,
    sheet: str | None,
) -> Opportunity:
    if parlgov is not None and election is not None:
        from whipcount.data.parlgov import election as of_election
        from whipcount.data.parlgov import read_parlgov

        country, _, day = election.partition(":")
        return of_election(read_parlgov(parlgov), country, DAY_OR_YEAR.read(day or None, "--election"))
    from whipcount.data.parties import read_parties

    ends = ends_of(scale) if scale else None
    return read_parties(_needed(given, "nothing to count"), ends, total, history, decimal=decimal, sheet=sheet)


@dataclass(frozen=True)
class _Asked:
    """What is done with all elections of a folder."""

    days: Days
    evaluate: bool
    test: bool
    rolling: bool
    span: int
    tested_from: int | None
    zero: bool
    only: Sequence[str]
    mixed: Sequence[str]
    reasons: bool
    cordons: bool


def _many(folder: Path, asked: _Asked, model: Model | None, train: Path | None) -> Result | None:
    """What is done with all elections of a folder."""
    from whipcount.data.parlgov import read_parlgov

    tables = read_parlgov(folder)
    if train is not None:
        _train(tables, train, asked.days)
        return None
    if asked.mixed:
        return _mixed(tables, asked.days, asked.mixed)
    if asked.reasons or asked.cordons:
        return _learnt(tables, asked)
    if asked.test:
        return _test(tables, asked)
    if not asked.evaluate:
        _needed(None, "a folder holds many elections")
    from whipcount.data.parlgov import opportunities
    from whipcount.theory import formation as scoring

    kept = _countries(tables, asked.only)
    cases = [case for case in opportunities(tables, *asked.days) if case.country in kept]
    if not asked.zero:
        return scoring.evaluate(cases, model, "shipped" if model is None else "given")
    from whipcount.theory.formation_zero import zero_intelligence

    return scoring.evaluation(cases, [zero_intelligence(case) for case in cases], "zero intelligence")


def _countries(tables: ParlGov, only: Sequence[str]) -> set[str]:
    """The countries that are scored: all, or those named (WC546)."""
    from whipcount.data.columns import choose

    return {choose(name, sorted(tables.cabinets), "country") for name in only} or set(tables.cabinets)


def _test(tables: ParlGov, asked: _Asked) -> Result:
    from whipcount.data.parlgov import opportunities
    from whipcount.theory.formation import compare
    from whipcount.theory.formation_validation import leave_countries_out
    from whipcount.theory.formation_validation import rolling as roll

    kept = _countries(tables, asked.only)
    notice(say("refitting; this takes some minutes"))
    cases = opportunities(tables, *asked.days)
    tested = roll(cases, years=asked.span, first=asked.tested_from) if asked.rolling else leave_countries_out(cases)
    design = "ten folds of countries, each left out once"
    if asked.rolling:
        design = f"trained before each {asked.span} years, tested in them"
    told = [one.where([case.country in kept for case in one.opportunities]) for one in tested]
    design = f"{design}; scored: {', '.join(sorted(kept))}" if asked.only else design
    return compare(told, design, years=asked.span if asked.rolling else 10)


def _learnt(tables: ParlGov, asked: _Asked) -> Result:
    """What the record teaches of formations: reasons, or cordons with their test."""
    from whipcount.data.parlgov import opportunities

    kept = _countries(tables, asked.only)
    cases = [case for case in opportunities(tables, *asked.days) if case.country in kept]
    if asked.reasons:
        from whipcount.theory.formation_reasons import reasons

        return reasons(cases)
    from whipcount.theory.formation_cordons import cordons

    notice(say("refitting; this takes some minutes"))
    return cordons(cases, asked.span, asked.tested_from)


def _mixed(tables: ParlGov, days: Days, varying: Sequence[str]) -> Result:
    from whipcount.data.parlgov import opportunities
    from whipcount.theory.formation_logit import ChoiceSets
    from whipcount.theory.formation_mixed import compare_mixed
    from whipcount.theory.formation_model import INCUMBENCY, tables_of

    cases = opportunities(tables, *days)
    columns, names = tables_of(cases, INCUMBENCY.blocks)
    sets = ChoiceSets.stack(columns, [case.choice for case in cases])
    notice(say("fitting by simulation; this takes a minute or two"))
    return compare_mixed(sets, names, list(varying))


def _train(tables: ParlGov, path: Path, days: Days) -> None:
    import importlib.metadata

    from whipcount.data.parlgov import opportunities
    from whipcount.theory.formation_model import WHOLE
    from whipcount.theory.formation_model import train as fit

    cases = opportunities(tables, *days)
    formations: dict[str, list[str]] = {}  # what is later evaluated is told apart by the days of those learnt from
    for case in cases:
        formations.setdefault(case.country, []).append(case.date.isoformat())
    provenance = {
        "data": "ParlGov (doi:10.7910/DVN/2VZ5ZC), view_cabinet, view_election, view_party, party_change",
        "licence": "CC0 1.0",
        "sample": "first cabinet after an election since 1945, no caretaker, no majority party, 98% of seats placed, "
        "3 to 12 parties",
        "opportunities": len(cases),
        "countries": len({case.country for case in cases}),
        "first_election": min((case.date.isoformat() for case in cases), default=None),
        "last_election": max((case.date.isoformat() for case in cases), default=None),
        "formations": formations,
        "ridge": "chosen by five folds of countries",
        "command": "whipcount formation --parlgov FOLDER --train FILE",
        "whipcount": importlib.metadata.version("whipcount"),
    }
    fit(cases, WHOLE, provenance).save(path)
    notice(say("{many_cases} formations, model: {path}", many_cases=len(cases), path=path))


def _lattice(given: Any, axes: tuple[str, ...], decimal: str | None, sheet: str | None) -> Result:
    from whipcount.data.parties import read_places
    from whipcount.theory.formation_portfolios import portfolio_lattice

    places = read_places(given, axes, decimal=decimal, sheet=sheet)
    return portfolio_lattice(places, axes).told(places.remarks)
