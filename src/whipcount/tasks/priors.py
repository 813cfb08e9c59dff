"""What the library of crises teaches of the parameters that politics shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from whipcount.errors import UsageError
from whipcount.session import notice
from whipcount.task import Option, task
from whipcount.text import mark, say

from ._scenario import Kept, Seed, Workers, workers_of

if TYPE_CHECKING:
    from whipcount.questions.politics import LearntPriors
    from whipcount.theory.politics_table import PoliticsTable

RUNS = 1_000
LEVEL = "politics"


@task(
    "priors",
    mark("What the library of crises teaches of the parameters that politics shares, beside their priors."),
    "whipcount priors politics",
    "whipcount priors politics --without november-1917",
    "whipcount priors politics --train politics.json -n 1000 --out build/validation",
    order=45.7,
    drawn=True,
)
def priors(
    level: Annotated[str, Option("whose parameters", metavar="politics", argument=True)] = LEVEL,
    without: Annotated[str | None, Option("as learnt without this crisis", metavar="CRISIS")] = None,
    table: Annotated[Path | None, Option("a table of one's own, not the shipped one", metavar="FILE")] = None,
    train: Annotated[Path | None, Option("learn the table anew, into this file", metavar="FILE")] = None,
    runs: Annotated[int, Option("with --train: runs of each crisis", short=("-n",), low=100, shown=True)] = RUNS,
    seed: Seed = 1,
    out: Kept = None,
    workers: Workers = None,
) -> LearntPriors:
    """Mean, spread and prior of each parameter that is learnt over the library (WC442, WC533, WC534, WC625)."""
    from whipcount.questions.politics import learnt_priors
    from whipcount.theory.politics_table import read_politics, shipped_politics

    if level != LEVEL:
        hint = say("parameters of a case stand in its scenario: whipcount show SCENARIO parameters")
        raise UsageError.one("WC625", say("there is no table of '{level}'", level=level), hint)
    if train is not None:
        found = _learn(runs, seed, out, workers_of(workers))
        found.save(train)
        notice(say("{crises} crises, table: {path}", crises=len(found.crises), path=train))
    elif table is not None:
        found = read_politics(table.read_text(encoding="utf-8"), str(table))
    else:
        found = shipped_politics()
    return learnt_priors(found, without)


def _learn(runs: int, seed: int, out: Path | None, workers: int) -> PoliticsTable:
    """The table, from runs of all crises of the library and their documented answers."""
    import datetime as dt
    import importlib.metadata

    from whipcount.data.documented_quarrels import shipped_quarrels
    from whipcount.questions.library import POPULATION, documented, simulated
    from whipcount.questions.politics import learn_politics

    known = shipped_quarrels().of(POPULATION)
    crises = simulated(documented(known.names), runs, seed, out, workers)
    rows = [list(known.names).index(one.name) for one in crises]
    provenance = {
        "command": f"whipcount priors politics --train FILE -n {runs} --seed {seed}",
        "date": dt.date.today().isoformat(),
        "crises": len(crises),
        "runs": runs,
        "seed": seed,
        "data": "scenarios of whipcount, and their answers in answers.csv",
        "licence": "MIT",
        "whipcount": importlib.metadata.version("whipcount"),
    }
    return learn_politics(crises, known.answers[rows], provenance)
