"""Reading a run folder back: outcomes beside history, events, daily series, and any query in SQL.

Files are verified against the manifest's checksums when they are first read; nothing is ever half-read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.errors import RunError
from whipcount.objects import at_hand
from whipcount.store import sha256_of
from whipcount.table import ARTISTS
from whipcount.text import speaking

from .assembly import TABLE_FILES
from .chunks import check_chunk, chunk_store, chunks_of
from .manifest import (
    AS_RUN,
    CHUNKS,
    JOURNAL,
    Manifest,
    check_mechanisms,
    damaged_journal,
    read_journal,
    read_manifest,
)
from .precision import Precision, parse_wanted
from .query import MEGABYTES, SECONDS, query_tables
from .summary import OutcomeSummary, documented, figures, summarise

if TYPE_CHECKING:
    import polars as pl
    from pydantic import ValidationError

    from whipcount.scenario.loader import LoadedScenario
    from whipcount.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Results:
    """A finished ensemble: frozen, self-describing, read from its folder as it is asked for."""

    folder: Path
    manifest: Manifest
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        account = f", account {self.account}" if self.account else ""
        return f"<Results: {self.slug}{account}, {self.runs} runs, seed {self.seed}, in {self.folder}>"

    def __str__(self) -> str:
        """The outcomes, one a line: estimate, interval, what happened."""
        lines = [repr(self)]
        for outcome in self.outcomes:
            low, high = (figures(end, outcome.binary) for end in outcome.interval)
            estimate = f"{figures(outcome.estimate, outcome.binary)} [{low}, {high}]"
            lines.append(f"{outcome.name:32} {estimate:24} happened: {documented(outcome.happened)}")
        return "\n".join(lines)

    def chart(self, name: str = "readiness", language: str | None = None) -> Any:
        """A chart of the runs by its name, as "readiness" or "hemicycle". Raises UsageError (WC628) for other names."""
        import importlib

        with speaking(language):
            return importlib.import_module(ARTISTS).chart_of(self, name)

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.manifest.runs

    @property
    def seed(self) -> int:
        """The seed."""
        return self.manifest.seed

    @property
    def slug(self) -> str:
        """The scenario's short name."""
        return self.manifest.slug

    @property
    def account(self) -> str | None:
        """The account that was run, if one was chosen."""
        return self.manifest.account

    @property
    def logged(self) -> int:
        """Runs whose events are kept whole: the first so many."""
        return self.manifest.events_until

    @property
    def created(self) -> str:
        """When the folder was begun (ISO, UTC), from its journal; nothing where that line is damaged."""
        started = (line for line in read_journal(self.folder) if line.get("what") == "started")
        return str(next(started, {}).get("at", ""))

    @property
    def outcomes(self) -> tuple[OutcomeSummary, ...]:
        """Each declared outcome: probability or mean with interval, and what happened."""
        if "outcomes" not in self._kept:
            self._kept["outcomes"] = summarise(self.manifest, self._path("runs.parquet"))
        summaries: tuple[OutcomeSummary, ...] = self._kept["outcomes"]
        return summaries

    def outcome(self, name: str) -> OutcomeSummary:
        """One outcome by name. Raises RunError (WC314) with the nearest right name."""
        from .queries import nearest

        for summary in self.outcomes:
            if summary.name == name:
                return summary
        known = [summary.name for summary in self.outcomes]
        raise RunError.one("WC314", f"no outcome is called {name!r}", nearest(name, known))

    def precision(self, wanted: str | Sequence[str]) -> tuple[Precision, ...]:
        """How precisely outcomes are known, each for what is wanted of it (`OUTCOME ± 0.005`).

        The intervals are of confidence sequences: they hold wherever one stops, as a run `until` does. Raises RunError
        (WC300, WC314).
        """
        parsed = parse_wanted(wanted, self.manifest.outcomes)
        columns = {one.outcome: self.table([one.outcome])[one.outcome].drop_nulls() for one in parsed}
        return tuple(one.found(int(columns[one.outcome].sum()), len(columns[one.outcome]), self.runs) for one in parsed)

    def outcome_table(self) -> pl.DataFrame:
        """Outcomes as a table, one row each."""
        import polars as pl

        return pl.DataFrame([summary.record() for summary in self.outcomes], infer_schema_length=None, strict=False)

    def table(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """One row a run: run, parameters as drawn, persons who left something, outcomes."""
        return self._read("runs.parquet", columns)

    def parameters(self) -> pl.DataFrame:
        """Parameters as drawn, one row a run."""
        outcomes = {record.name for record in self.manifest.outcomes} | {"crisis.exits"}
        return self._read("runs.parquet").drop(sorted(outcomes), strict=False)

    def events(self, run: int | None = None) -> pl.DataFrame:
        """Events by name, of one run or of all whose events are kept. Raises RunError (WC312) for another run."""
        if run is None:
            return self._read("events.parquet")
        if not 0 <= run < self.logged:
            raise RunError.one(
                "WC312",
                f"the events of run {run} are not kept: there are {self.runs} runs, events of the first {self.logged}",
                "run with `--events all`, or ask for an earlier run",
            )
        import polars as pl

        return pl.scan_parquet(self._path("events.parquet")).filter(pl.col("run") == run).collect()

    def series(self, measure: str | None = None) -> pl.DataFrame:
        """Mean and quantiles by day and measure."""
        table = self._read("series.parquet")
        return table if measure is None else table.filter(table["measure"] == measure)

    def paths(self, run: int | None = None) -> pl.DataFrame:
        """Daily measures (a column each) of the first runs, or of one of them."""
        table = self._read("paths.parquet")
        return table if run is None else table.filter(table["run"] == run)

    def counts(self) -> pl.DataFrame:
        """Events, and runs with at least one, by verb, actor, object and code: over all runs."""
        return self._read("counts.parquet")

    def sql(self, query: str, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> pl.DataFrame:
        """A query over the tables runs, events, series, paths and counts. Raises RunError WC330, WC331, WC332.

        seconds, megabytes: how long it may take, and how much memory.
        """
        tables = {name.removesuffix(".parquet"): self._path(name) for name in TABLE_FILES}
        return query_tables(tables, query, seconds, megabytes)

    @property
    def scenario(self) -> Scenario:
        """The scenario as it was run, with its account and overrides applied.

        Raises RunError (WC344) where it is of another version of the language.
        """
        if "scenario" not in self._kept:
            from pydantic import ValidationError

            from whipcount.scenario.schema import Scenario

            content = self._path(AS_RUN).read_bytes()
            try:
                self._kept["scenario"] = Scenario.model_validate_json(content)
            except ValidationError as error:
                raise _of_other_language(self.folder, self.manifest, error) from None
        scenario: Scenario = self._kept["scenario"]
        return scenario

    def loaded(self) -> LoadedScenario:
        """The scenario as it was run in the form in which an engine takes it; its text is the folder's own copy.

        Raises RunError (WC343) where other mechanisms are at hand than those that it was run with.
        """
        from whipcount.scenario.loader import LoadedScenario

        check_mechanisms(self.manifest, self.folder)
        path = self._path(self.manifest.scenario_file)
        text = path.read_text(encoding="utf-8")
        return LoadedScenario(self.scenario, self.slug, path, self.manifest.scenario_hash, text, self.account)

    def verify(self) -> None:
        """Check every file against its checksum. Raises RunError (WC325, WC326) that names the damaged file."""
        for name in self.manifest.files:
            self._path(name)
        store = chunk_store(self.folder / CHUNKS, self.manifest.key)
        for chunk in chunks_of(self.runs, self.manifest.events):
            check_chunk(store, chunk)
        lines = damaged_journal(self.folder)
        if lines:
            raise RunError.one("WC325", f"{self.folder / JOURNAL} is damaged: line {lines[0]}", _AGAIN)

    def _read(self, name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        import polars as pl

        return pl.read_parquet(self._path(name), columns=None if columns is None else list(columns))

    def _path(self, name: str) -> Path:
        """The path of a table, once its checksum has been verified."""
        path = self.folder / name
        verified: set[str] = self._kept.setdefault("verified", set())
        if name not in verified:
            _verify(path, self.manifest.files)
            verified.add(name)
        return path


_AGAIN = "run the same command again: sound chunks are kept, and the rest is made anew from them"


def _verify(path: Path, sums: Mapping[str, str]) -> None:
    try:
        sound = sha256_of(path) == sums.get(path.name)
    except OSError as error:
        raise RunError.one("WC325", f"{path} cannot be read ({error.strerror})", _AGAIN) from error
    if not sound:
        raise RunError.one("WC325", f"{path} is damaged: its checksum is not the manifest's", _AGAIN)


def _of_other_language(folder: Path, manifest: Manifest, error: ValidationError) -> RunError:
    keys = sorted({".".join(str(part) for part in one["loc"][:3]) for one in error.errors()})
    return RunError.one(
        "WC344",
        f"{folder}: the scenario in it is of another version of the language ({', '.join(keys[:3])})",
        f"run {manifest.slug} again in another folder, or read this one with whipcount "
        f"{manifest.versions.get('whipcount', 'as it was')}, with which it was made",
    )


def open_run(path: str | Path) -> Results:
    """Open a finished run folder, on a disk or at an address of an object store (`s3://bucket/name`).

    Raises RunError: WC324 no run folder, WC323 of another format version, WC325 damaged, WC328 unfinished.
    """
    folder = at_hand(path)
    manifest = read_manifest(folder)
    if not manifest.complete:
        raise RunError.one(
            "WC328", f"{folder} is unfinished", "run the same command again: it continues where it was interrupted"
        )
    return Results(folder, manifest)
