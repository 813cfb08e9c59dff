"""Register a forecast before the end is known: priors, rules, outcomes and plan, with date and checksum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.task import DAY, PATH, Option, task
from whipcount.text import mark

from ._scenario import Account, Runs, Scenario, Seed, Settings, Variant, scenario_of

if TYPE_CHECKING:
    from whipcount.questions.preregistration import Preregistration

RUNS = 10_000


@task(
    "preregister",
    mark("Register a forecast before the end is known: priors, rules, outcomes and plan, with date and checksum."),
    "whipcount preregister my-crisis.yaml --out my-crisis.prereg.json --until 2026-12-01",
    "whipcount preregister my-crisis.yaml --check my-crisis.prereg.json --until 2026-12-01",
    order=39.6,
)
def preregister(
    scenario: Scenario,
    out: Annotated[Any, Option("write it here (default: NAME.prereg.json)", PATH, "FILE")] = None,
    check: Annotated[Any, Option("compare with what was registered in this file", PATH, "FILE")] = None,
    until: Annotated[Any, Option("facts up to this day will be given", DAY, "DATE")] = None,
    runs: Runs = RUNS,
    seed: Seed = 1,
    account: Account = None,
    variant: Variant = (),
    set: Settings = None,
) -> Preregistration:
    """What was registered, or what has changed since (WC455, WC456)."""
    from pathlib import Path

    from whipcount.questions import preregistration

    loaded = scenario_of(scenario, account, variant, set)
    if check is not None:
        return preregistration.check(loaded, Path(check), runs, seed, until)
    path = Path(f"{loaded.slug}.prereg.json") if out is None else Path(out)
    return preregistration.register(loaded, path, runs, seed, until)
