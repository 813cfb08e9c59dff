"""How long cabinets last, and what shortens their life."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import GIVEN, WORDS, Option, task
from whipcount.text import mark, say

from ._inputs import Decimal, Sheet, table, written

if TYPE_CHECKING:
    from whipcount.theory.survival import SurvivalFit
    from whipcount.theory.survival_causes import EndingsFit
    from whipcount.theory.survival_cox import CoxFit

COUNTRY = "country"


@task(
    "survival",
    mark(
        "Fit the durations of cabinets, some of them censored: exponential, Weibull, log-normal, or proportional "
        "hazards (Cox)."
    ),
    "whipcount survival durations.csv --event ended --covariates majority,polarisation",
    "whipcount survival durations.csv --event ended --covariates majority --weibull --chart survival.svg",
    "whipcount survival durations.csv --event ended --covariates majority --cox --clustered-by country",
    "whipcount survival durations.csv --event ended --covariates majority --lognormal --frailty country",
    "whipcount survival --parlgov FOLDER --weibull --frailty country",
    "whipcount survival --parlgov FOLDER --causes",
    order=75,
    drawn=True,
)
def survival(
    table: Annotated[Any, table("one row a cabinet (CSV)")] = None,
    duration: Annotated[str, Option("column of durations", metavar="NAME", shown=True)] = "duration",
    event: Annotated[str, Option("column: 1 ended, 0 censored", metavar="NAME", shown=True)] = "ended",
    covariates: Annotated[Any, Option("columns to explain with", WORDS, "A,B,...")] = None,
    weibull: Annotated[bool, Option("let the risk change with age")] = False,
    lognormal: Annotated[bool, Option("let the risk first rise and then fall")] = False,
    cox: Annotated[bool, Option("proportional hazards, nothing assumed of how the risk runs with age")] = False,
    clustered_by: Annotated[
        str | None, Option("column of groups whose cabinets resemble each other: errors allow for it", metavar="NAME")
    ] = None,
    frailty: Annotated[
        str | None, Option("column of groups that share a risk unseen: it is learnt", metavar="NAME")
    ] = None,
    at: Annotated[Any, Option("expected life at these values", GIVEN, "A=1,B=0.5")] = None,
    parlgov: Annotated[Path | None, Option("folder of a ParlGov release", metavar="FOLDER")] = None,
    causes: Annotated[bool, Option("the hazard of each cause of an end")] = False,
    train: Annotated[Path | None, Option("write the model into this file", metavar="FILE")] = None,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> SurvivalFit | EndingsFit | CoxFit:
    """A duration model, proportional hazards, or causes of ends (WC540 to WC555, WC621, WC625, WC640)."""
    from whipcount.data.durations import parlgov_durations, read_durations
    from whipcount.theory.survival import fit_survival

    if weibull + lognormal + cox > 1:
        raise UsageError.one("WC625", "several models of durations", "give one of --weibull, --lognormal and --cox")
    if cox and (train is not None or at is not None):
        raise UsageError.one("WC625", "--cox", "give it without --at and --train: it has no durations to tell")
    if frailty is not None and (clustered_by is not None or train is not None):
        raise UsageError.one("WC625", "--frailty", "give it without --clustered-by and --train")
    group = clustered_by or frailty
    if parlgov is not None and group not in (None, COUNTRY):
        raise UsageError.one("WC625", f"{group}: not a group of ParlGov's cabinets", f"its groups are by {COUNTRY}")
    if causes:
        return _causes(parlgov, train)
    if parlgov is not None:
        from whipcount.data.parlgov import read_parlgov

        durations = parlgov_durations(read_parlgov(parlgov))
        durations = durations if group else replace(durations, groups=())
    elif table is not None:
        durations = read_durations(table, duration, event, covariates, group, decimal=decimal, sheet=sheet)
    else:
        raise UsageError.one("WC621", say("nothing to count"), say("give TABLE or --parlgov FOLDER"))
    if cox:
        from whipcount.theory.survival_cox import fit_cox

        return fit_cox(durations, frailty is not None).told(durations.remarks)
    model = "weibull" if weibull else "lognormal" if lognormal else "exponential"
    found = fit_survival(durations, model, frailty is not None)
    if train is not None:
        _train(found, train, parlgov is not None)
    found = found if at is None else replace(found, at=_values(found, at))
    return found.told(durations.remarks)


def _values(found: SurvivalFit, at: Any) -> tuple[tuple[str, float], ...]:
    """The values of the covariates in their order (WC640)."""
    values: dict[str, float] = {}
    told = at if isinstance(at, str) else ",".join(f"{name}={value}" for name, value in dict(at).items())
    for part in told.split(","):
        name, _, value = part.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            raise UsageError.one("WC640", f"--at {part}: not of the form name=number", "write --at A=1,B=0.5") from None
    names = [one.name for one in found.coefficients[1:]]
    if set(values) != set(names):
        hint = "give each covariate once"
        raise UsageError.one("WC640", f"--at {told}: needs exactly {', '.join(names) or 'nothing'}", hint)
    return tuple((name, values[name]) for name in names)


def _causes(parlgov: Path | None, train: Path | None) -> EndingsFit:
    """The causes of ends as competing risks (WC621 without a folder of ParlGov)."""
    from whipcount.data.durations import parlgov_ends
    from whipcount.data.parlgov import read_parlgov
    from whipcount.theory.survival_causes import fit_endings

    if parlgov is None:
        raise UsageError.one("WC621", say("no causes to count"), say("give --parlgov FOLDER"))
    sample = (
        "cabinets since 1945, no caretakers; ends at an election within a year of the term are censored; causes "
        "are the codes of cabinet_termination, which are recorded for some of the cabinets"
    )
    command = "whipcount survival --parlgov FOLDER --causes --train FILE"
    fitted = fit_endings(parlgov_ends(read_parlgov(parlgov)))
    found = replace(fitted, provenance=_provenance(True, sample, command))
    if train is not None:
        found.save(train)
        written(train, "model: {path}")
    return found


def _train(found: SurvivalFit, path: Path, parlgov: bool) -> None:
    from whipcount.theory.survival_cabinets import SurvivalModel

    sample = "cabinets since 1945, no caretakers; ends at an election within a year of the term are censored"
    command = "whipcount survival --parlgov FOLDER --weibull --train FILE"
    SurvivalModel(found, _provenance(parlgov, sample, command)).save(path)
    written(path, "model: {path}")


def _provenance(parlgov: bool, sample: str, command: str) -> dict[str, str]:
    """Where a fitted table comes from, as it is written into its file."""
    import importlib.metadata

    return {
        "data": "ParlGov (doi:10.7910/DVN/2VZ5ZC), view_cabinet, cabinet" if parlgov else "a table of durations",
        "licence": "CC0 1.0" if parlgov else "",
        "sample": sample,
        "unit": "months",
        "command": command,
        "whipcount": importlib.metadata.version("whipcount"),
    }
