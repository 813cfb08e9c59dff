"""The manifest of a run folder: what was run, with what, and the sums of everything written.

The manifest holds no clock, no machine and no backend, so two folders of the same key are the same byte for byte. When
a run was started, interrupted, resumed and finished, and on which backend, stands in `journal.jsonl` beside it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whipcount import objects
from whipcount.errors import RunError
from whipcount.scenario.schema import Outcome
from whipcount.session import BACKENDS
from whipcount.store import CHECKSUM, DamagedError, coded, sealed, unsealed, write_whole
from whipcount.text import Label

from .interfaces import Parameters

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

FORMAT = 2
INDENT = 1  # of the manifest
MANIFEST = "manifest.json"
JOURNAL = "journal.jsonl"
AS_RUN = "scenario.json"  # the scenario with account and overrides applied, as it was run
CHUNKS = "chunks"
CODE_ROOMS = ("vocabulary", "mechanisms", "scenario", "world", "engine", "results")


@dataclass(frozen=True)
class OutcomeRecord:
    """An outcome as declared: its label, what happened, and who says so."""

    name: str
    label: Label
    binary: bool
    happened: bool | float | None
    use: str
    source: str
    given_crisis: bool
    form: str


@dataclass(frozen=True)
class Manifest:
    """What a run folder holds and how it came about."""

    format: int
    key: str
    slug: str
    scenario_file: str
    scenario_hash: str
    account: str | None
    overrides: dict[str, Any]
    interventions: tuple[str, ...]
    start: str
    step_days: float
    steps: int
    seed: int
    runs: int
    events: str
    events_until: int
    parameters_given: tuple[str, ...]
    code: str
    versions: dict[str, str]
    step_order: tuple[str, ...]
    outcomes: tuple[OutcomeRecord, ...]
    mechanisms: tuple[dict[str, str], ...] = ()
    rules: dict[str, str] = dataclasses.field(default_factory=dict)
    program: str = ""
    complete: bool = False
    chunks: tuple[dict[str, Any], ...] = ()
    files: dict[str, str] = dataclasses.field(default_factory=dict)

    def to_json(self) -> bytes:
        """The file's bytes, with a checksum over all of them."""
        return sealed(dataclasses.asdict(self), INDENT)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run folder. Raises RunError: WC324 no run folder, WC323 of another version, WC325 damaged."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise RunError.one(
            "WC324", f"{folder} is not a run folder: it has no {MANIFEST}", "`whipcount run SCENARIO` makes one"
        ) from None
    except OSError as error:
        raise RunError.one("WC324", f"{path} cannot be read ({error.strerror})", "see who may read it") from error
    version = _other_format(content)
    if version is not None:
        raise RunError.one(
            "WC323",
            f"{folder} is of run folder format {version}; this version of whipcount reads format {FORMAT}",
            "read it with the version of whipcount named in its manifest, or run the scenario again in another folder",
        )
    try:
        fields = unsealed(content, INDENT)
        outcomes = tuple(
            OutcomeRecord(**{**record, "label": Label(**record["label"])}) for record in fields.pop("outcomes")
        )
        for name in ("interventions", "parameters_given", "step_order", "mechanisms", "chunks"):
            fields[name] = tuple(fields.get(name, ()))
        return Manifest(outcomes=outcomes, **fields)
    except (DamagedError, KeyError, TypeError, AttributeError):
        raise _damaged(path) from None


def _other_format(content: bytes) -> object:
    """The format that a manifest says it has, if that is another than this version's and the manifest is whole."""
    try:
        fields = json.loads(content)
        version = fields["format"]
        if CHECKSUM in fields:
            unsealed(content, INDENT)
    except (ValueError, KeyError, TypeError, RecursionError, DamagedError):
        return None
    return None if version == FORMAT else version


def _damaged(path: Path) -> RunError:
    return RunError.one(
        "WC325", f"{path} is damaged", "run the same command again: it is made anew, and sound chunks are kept"
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest whole."""
    write_whole(folder / MANIFEST, manifest.to_json())


def note(folder: Path, what: str, **details: Any) -> None:
    """Add a line to the journal: what happened to the folder, and when."""
    line = {"at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "what": what, **details}
    path = folder / JOURNAL
    with coded(path), path.open("ab+") as stream:
        stream.seek(0)
        stream.truncate(stream.read().rfind(b"\n") + 1)  # a line that a crash cut short
        stream.write(sealed(line))
    objects.send(path)


def read_journal(folder: Path) -> list[dict[str, Any]]:
    """The journal's lines that are what was written; one that is damaged, or cut short by a crash, is left out."""
    return [entry for _, entry in _journal(folder) if entry is not None]


def damaged_journal(folder: Path) -> list[int]:
    """Numbers of the journal's lines, from 1, that are not what was written."""
    return [number for number, entry in _journal(folder) if entry is None]


def mend_journal(folder: Path) -> list[int]:
    """Leave damaged lines out of the journal for good, and note that; gives their numbers."""
    lost = damaged_journal(folder)
    if lost:
        write_whole(folder / JOURNAL, b"".join(sealed(entry) for entry in read_journal(folder)))
        note(folder, "damaged", journal_lines=lost)
    return lost


def _journal(folder: Path) -> list[tuple[int, dict[str, Any] | None]]:
    try:
        content = (folder / JOURNAL).read_bytes()
    except OSError:
        return []
    lines = content.split(b"\n")[:-1]  # what follows the last line's end was cut short by a crash
    found: list[tuple[int, dict[str, Any] | None]] = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append((number, unsealed(line + b"\n")))
        except DamagedError:
            found.append((number, None))
    return found


def source_of(outcome: Outcome) -> str:
    """Who says what happened: sources with their places, or why it is assumed."""
    if outcome.evidence:
        return "; ".join(f"{entry.source}:{entry.where}" if entry.where else entry.source for entry in outcome.evidence)
    return f"assumed: {outcome.assumed}" if outcome.assumed else ""


def outcome_records(outcomes: Sequence[Outcome]) -> tuple[OutcomeRecord, ...]:
    """The outcomes of a scenario as a manifest keeps them."""
    return tuple(
        OutcomeRecord(
            name=outcome.id,
            label=Label(outcome.name.en, outcome.name.ru),
            binary=outcome.measure.is_binary,
            happened=outcome.happened,
            use=outcome.use,
            source=source_of(outcome),
            given_crisis=outcome.given_crisis,
            form=outcome.measure.form.rstrip("_"),
        )
        for outcome in outcomes
    )


@cache
def code_fingerprint() -> str:
    """SHA-256 over the sources that decide a run's numbers: another code never resumes an old folder."""
    root = Path(__file__).parents[1]
    total = hashlib.sha256()
    for room in CODE_ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            total.update(path.relative_to(root).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def versions() -> dict[str, str]:
    """Versions of what the numbers may depend on."""
    from importlib.metadata import version

    return {"whipcount": version("whipcount"), "python": platform.python_version(), "numpy": np.__version__}


def overrides_of(loaded: LoadedScenario) -> dict[str, Any]:
    """Every override of the base by path (of accounts, variants and the reader), as JSON can carry them."""
    return {change.path: json.loads(json.dumps(change.value, default=str)) for change in loaded.overrides}


def run_key(
    loaded: LoadedScenario,
    *,
    runs: int,
    seed: int,
    events: str = "auto",
    interventions: Sequence[object] = (),
    parameters: Parameters | None = None,
    backend: str = "numpy",
) -> str:
    """What identifies an ensemble: everything that its numbers depend on, as one SHA-256.

    backend: backends of the house give the same numbers, so only another's name makes a difference.
    """
    identity = {
        "format": FORMAT,
        "slug": loaded.slug,
        "scenario": loaded.hash,
        "as run": hashlib.sha256(loaded.scenario.model_dump_json().encode()).hexdigest(),
        "account": loaded.account,
        "overrides": overrides_of(loaded),
        "interventions": [str(intervention) for intervention in interventions],
        "seed": seed,
        "runs": runs,
        "events": events,
        "parameters": parameter_digest(parameters),
        "backend": "" if backend in BACKENDS else backend,
        "mechanisms": [(one["id"], one["sha256"]) for one in mechanism_records()],
        "code": code_fingerprint(),
        "version": versions()["whipcount"],
    }
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def mechanism_records() -> tuple[dict[str, str], ...]:
    """The mechanisms beside the shipped ones as a manifest keeps them: id, file or package, SHA-256 of its sources."""
    from whipcount.mechanisms import from_outside

    found = from_outside()
    return tuple({"id": name, "from": found[name].origin, "sha256": found[name].digest} for name in sorted(found))


def check_mechanisms(manifest: Manifest, folder: Path) -> None:
    """Refuse to compute a folder's runs again with other mechanisms than they were made with (RunError WC343)."""
    then, now = ({(one["id"], one["sha256"]) for one in found} for found in (manifest.mechanisms, mechanism_records()))
    if then == now:
        return
    if manifest.mechanisms:
        names = ", ".join(f"{one['id']} ({one['from']})" for one in manifest.mechanisms)
        changed = {name for name, _ in then} == {name for name, _ in now}
        what = "which have changed since" if changed else "which are not at hand"
        message, hint = f"{folder} was made with the mechanisms {names}, {what}", "give --mechanisms as it was run"
    else:
        message = f"{folder} was made without {', '.join(sorted(name for name, _ in now))}"
        hint = "leave out --mechanisms"
    raise RunError.one("WC343", message, hint)


def parameter_digest(parameters: Parameters | None) -> str | None:
    """SHA-256 of parameter values given run by run."""
    if not parameters:
        return None
    total = hashlib.sha256()
    for name in sorted(parameters):
        total.update(name.encode() + b"\0" + np.ascontiguousarray(parameters[name], dtype=np.float32).tobytes())
    return total.hexdigest()
