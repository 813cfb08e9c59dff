"""The tables of a finished ensemble, put together chunk by chunk: never more than one chunk is in memory.

runs: one row a run. events: one row an event. series: mean and quantiles by day and measure. paths: daily measures of
the first runs. counts: events, and runs with at least one, by verb, actor, object and code, over all runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from whipcount.store import Store, coded, sha256_of, whole_file

from .chunks import Chunk, merge_counts, read_chunk
from .columns import column, named, numbers, table, texts
from .interfaces import Engine
from .names import NOBODY, EventNames
from .series import QUANTILES, SeriesTally

TABLE_FILES = ("runs.parquet", "events.parquet", "series.parquet", "paths.parquet", "counts.parquet")
QUANTILE_NAMES = tuple(f"q{round(share * 100):02d}" for share in QUANTILES)
GROUP_BYTES = 16 * 2**20  # of rows in memory before they are written as a row group


class Assembler:
    """Turns the chunks of an ensemble into its tables."""

    def __init__(self, engine: Engine, names: EventNames) -> None:
        self.plan = engine.plan
        self.names = names
        steps = range(engine.plan.steps)
        since = [(engine.world.calendar.date_of(step) - dt.date(1970, 1, 1)).days for step in steps]
        self.days = column(np.array(since, np.int32)).cast(pa.date32())

    def assemble(self, folder: Path, chunks: Sequence[Chunk], store: Store) -> dict[str, str]:
        """Write the tables whole; gives the SHA-256 of each file."""
        tally = SeriesTally(self.plan.measures, self.plan.steps)
        counts: list[pa.Table] = []
        with ExitStack() as stack:
            runs, events, paths = (stack.enter_context(_Writer(folder / name)) for name in (
                "runs.parquet", "events.parquet", "paths.parquet"))  # fmt: skip
            for chunk in chunks:
                tables = read_chunk(store, chunk)
                runs.add(tables["runs"])
                events.add(self.event_table(tables["events"]))
                paths.add(self._with_days(tables["paths"], 1))
                tally.merge(
                    numbers(tables["places"]["place"]),
                    numbers(tables["places"]["count"]),
                    numbers(tables["sums"]["sum"]),
                )
                counts = [merge_counts(pa.concat_tables([*counts, tables["counts"]]))]
        with _Writer(folder / "series.parquet") as series:
            series.add(self.series_table(tally))
        with _Writer(folder / "counts.parquet") as writer:
            writer.add(self.count_table(pa.concat_tables(counts)))
        return {name: sha256_of(folder / name) for name in TABLE_FILES}

    def event_table(self, events: pa.Table) -> pa.Table:
        """Events by name: run, step, day, mechanism, verb, actor, object, value, code, probability."""
        names = self.names
        verb = numbers(events["verb"])
        cells = names.cell(verb, numbers(events["entity"]))
        value = numbers(events["value"])
        probability = numbers(events["probability"])
        mechanisms = tuple(dict.fromkeys(names.mechanism_names))
        mechanism_of = np.array([mechanisms.index(name) for name in names.mechanism_names], dtype=np.int64)
        verbs = tuple(dict.fromkeys(names.verb_names))
        verb_of = np.array([verbs.index(name) for name in names.verb_names], dtype=np.int64)
        named_events = table(
            {
                "run": events["run"],
                "step": events["step"],
                "mechanism": _named(mechanism_of[verb], mechanisms),
                "verb": _named(verb_of[verb], verbs),
                "actor": _named(names.actor_of[cells], names.actors),
                "object": _named(names.object_of[cells], names.objects),
                "value": column(value, np.isnan(value)),
                "code": _named(names.code(verb, value), names.codes),
                "probability": column(probability, np.isnan(probability)),
            }
        )
        return self._with_days(named_events, 1)

    def series_table(self, tally: SeriesTally) -> pa.Table:
        """Step, day, measure, number of runs, mean and quantiles."""
        summary = tally.summary()
        labels = [measure.label for measure in self.plan.measures]
        steps = self.plan.steps
        columns: dict[str, Any] = {
            "step": np.repeat(np.arange(steps, dtype=np.int32), len(labels)),
            "measure": _named(np.tile(np.arange(len(labels)), steps), labels),
            "runs": summary.count.ravel(),
            "mean": _number(summary.mean),
        }
        for place, name in enumerate(QUANTILE_NAMES):
            columns[name] = _number(summary.quantiles[:, :, place])
        return self._with_days(table(columns), 0)

    def count_table(self, counts: pa.Table) -> pa.Table:
        """Mechanism, verb, actor, object, code; events in all runs, and runs with at least one."""
        names = self.names
        key = numbers(counts["key"])
        cell, code = np.divmod(key, names.code_span)
        verbs: list[int] = np.subtract(np.searchsorted(names.offsets, cell, side="right"), 1).tolist()
        return table(
            {
                "mechanism": texts([names.mechanism_names[verb] for verb in verbs]),
                "verb": texts([names.verb_names[verb] for verb in verbs]),
                "actor": _named(names.actor_of[cell], names.actors),
                "object": _named(names.object_of[cell], names.objects),
                "code": _named(code - 1, names.codes),
                "events": counts["events"],
                "runs": counts["runs"],
            }
        )

    def _with_days(self, table: pa.Table, after: int) -> pa.Table:
        """Add the day (its date) behind the step, which stands in column `after`."""
        return table.add_column(after + 1, "day", self.days.take(table["step"].combine_chunks()))


class _Writer:
    """A Parquet file that appears whole; tables become row groups of a bounded size."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stack = ExitStack()
        self._writer: Any = None
        self._waiting: list[pa.Table] = []
        self._bytes = 0

    def __enter__(self) -> _Writer:
        self._stream = self._stack.enter_context(whole_file(self.path))
        return self

    def add(self, table: pa.Table) -> None:
        """Append rows; they are written when enough have gathered."""
        self._waiting.append(table)
        self._bytes += table.nbytes
        if self._bytes >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables(self._waiting).unify_dictionaries().combine_chunks()
        if self._writer is None:
            # drawn numbers hardly repeat: a dictionary of them would be built in vain
            repeated = [field.name for field in table.schema if not pa.types.is_floating(field.type)]
            self._writer = pq.ParquetWriter(self._stream, table.schema, compression="zstd", use_dictionary=repeated)
        self._writer.write_table(table)
        self._waiting, self._bytes = [], 0

    def __exit__(self, *failure: Any) -> None:
        try:
            if failure[0] is None:
                with coded(self.path):
                    self._flush()
                    if self._writer is not None:
                        self._writer.close()
        except BaseException as error:
            self._stack.__exit__(type(error), error, error.__traceback__)
            raise
        self._stack.__exit__(*failure)


def _named(indices: npt.NDArray[Any], labels: Sequence[str]) -> pa.Array:
    """Indices as names; `NOBODY` is missing."""
    return named(indices, labels, NOBODY)


def _number(values: npt.NDArray[np.float64]) -> pa.Array:
    flat = np.ascontiguousarray(values).ravel()
    return column(flat, np.isnan(flat))
