"""One run alone, computed again: the same run as in any ensemble of its scenario and seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from whipcount.charts.material import Material
from whipcount.errors import UsageError

if TYPE_CHECKING:
    from whipcount.results import Results
    from whipcount.results.interfaces import Engine
    from whipcount.scenario import LoadedScenario

ENSEMBLE = 300  # runs from which the closest, the typical and the strangest are picked where no run folder is given


def material_of_run(loaded: LoadedScenario, seed: int, run: int, engine: Engine | None = None) -> Material:
    """The material of a single run, of which only the story can be told. engine: of a changed world, if it is one."""
    import pyarrow as pa

    from whipcount.results import OutcomeEvaluator, scenario_engine
    from whipcount.results.assembly import Assembler
    from whipcount.results.names import EventNames

    engine = scenario_engine(loaded) if engine is None else engine
    names = EventNames(engine.plan, engine.world)
    block = engine.backend.run(seed, run, 1, None)
    values = OutcomeEvaluator.of(loaded, engine.plan, engine.world, names).evaluate(block).values
    columns = block.events
    raw = pa.table(
        {name: np.asarray(getattr(columns, name)) for name in ("run", "step", "verb", "entity", "value", "probability")}
    )
    days = (pl.col("day") - pl.lit(loaded.scenario.calendar.start)).dt.total_days().cast(pl.Int64).alias("day")
    events = pl.DataFrame(Assembler(engine, names).event_table(raw)).with_columns(days)
    row = {"run": [run], **{name: [float(value[0])] for name, value in values.items()}}
    return Material(
        scenario=loaded.scenario,
        slug=loaded.slug,
        runs=1,
        outcomes=pl.DataFrame(schema={"name": pl.String, "probability": pl.Float64}),
        series=pl.DataFrame(schema={"day": pl.Int64, "measure": pl.String, "q50": pl.Float64}),
        events=events.lazy(),
        table=pl.DataFrame(row),
        logged=1,
        account=loaded.account,
        facts={"seed": str(seed)},
        loaded=loaded,
    )


def check_logged(results: Results, run: int) -> int:
    """The run, where its events are kept. Raises UsageError (WC660) where they are not."""
    if not 0 <= run < results.logged:
        kept = f"give a run below {results.logged}" if results.logged else "run it with --events auto"
        message = f"the events of run {run} are not kept in {results.folder}"
        raise UsageError.one("WC660", message, f"{kept}, or the scenario instead of the folder")
    return run
