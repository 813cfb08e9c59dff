"""Whether a run folder or a replication package, computed again here and now, comes out byte for byte as it was."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from whipcount.errors import RunError
from whipcount.session import notice, progressing
from whipcount.table import Column, Result, Table
from whipcount.task import PATH, Option, task
from whipcount.text import mark, say

from ._scenario import Workers, workers_of

if TYPE_CHECKING:
    from whipcount.results import Results

NEAR, TINY = 1e-9, 1e-15  # how far numbers of the same answer may lie apart, of their size and at all
SHOWN = 10  # differences that are listed; all of them are in the record


@dataclass(frozen=True)
class Verification(Result):
    """What a folder holds beside what the same runs, or the same command, give today.

    files: name, checksum there, checksum of today's; of a package in which files have been altered since it was made
    only those, with the checksum noted and that of now. changed: what the program was built with: then and now.
    differing: of a command's answer, the places where it is another now, there and again. rounding: these are numbers
    that agree to nine digits, as where another processor's linear algebra adds in another order.
    """

    undrawn: ClassVar[str] = "it is a comparison of files"

    folder: Path
    runs: int
    files: tuple[tuple[str, str, str], ...]
    changed: tuple[tuple[str, str, str], ...]
    differing: tuple[tuple[str, str, str], ...] = ()
    rounding: bool = False

    @property
    def verified(self) -> bool:
        """Whether every file is the same byte for byte."""
        return all(there == again for _, there, again in self.files)

    def refuted(self) -> bool:
        """Whether a file comes out otherwise, by more than the last digits of numbers."""
        return not (self.verified or self.rounding)

    def tables(self) -> tuple[Table, ...]:
        """Files and their checksums; versions that have changed."""
        files = (Column("file", "file"), Column("same", "same"), Column("sha256", "SHA-256"))
        rows = tuple((name, there == again, there) for name, there, again in self.files)
        versions = (Column("what", "what"), Column("then", "then"), Column("now", "now"))
        found = [Table("files", say("Files"), files, rows)]
        if self.changed:
            found.append(Table("versions", say("What has changed since"), versions, self.changed))
        if self.differing:
            places = (Column("place", "place"), Column("there", "there"), Column("again", "again"))
            found.append(Table("differing", say("What differs"), places, self.differing[:SHOWN]))
        return tuple(found)

    def sentences(self) -> str:
        """Whether it comes out the same, and what does not."""
        other = [name for name, there, again in self.files if there != again]
        if not other:
            return say("All {number} files come out byte for byte as they are.", number=len(self.files))
        if self.rounding:
            return say(
                "The answer is the same to nine digits, though not byte for byte: {number} numbers differ in digits "
                "after those, as they do where another processor adds in another order.",
                number=len(self.differing),
            )
        return say("Not as it was: {names}.", names=", ".join(other))

    def record(self) -> dict[str, Any]:
        """The comparison."""
        return {
            "folder": str(self.folder),
            "runs": self.runs,
            "verified": self.verified,
            "files": [dict(zip(("file", "there", "again"), one, strict=True)) for one in self.files],
            "changed": [dict(zip(("what", "then", "now"), one, strict=True)) for one in self.changed],
            "differing": [dict(zip(("place", "there", "again"), one, strict=True)) for one in self.differing],
            "rounding": self.rounding,
        }


@task(
    "verify",
    mark("Compute a run folder or a replication package again, and say whether it comes out the same to the byte."),
    "whipcount verify runs/november",
    order=39.5,
)
def verify(
    folder: Annotated[Any, Option("run folder, or a replication package", PATH, "FOLDER", argument=True)],
    workers: Workers = None,
) -> Verification:
    """The comparison. Raises RunError: WC324 no run folder, WC325 damaged, WC343 other mechanisms, WC344 other rules,
    WC345 and WC346 what cannot be computed from the folder alone."""
    from whipcount.report import package

    given = Path(folder)
    altered = tuple(package.altered(given)) if (given / package.SUMS).is_file() else ()
    if altered:
        return Verification(given, 0, altered, ())
    if (given / package.COMMAND).is_file():
        return _answered(
            given, (given / package.RESULT).read_bytes(), package.answer(given, package.arguments_of(given))
        )
    return _again(given / package.RUN if (given / package.RUN).is_dir() else given, workers_of(workers))


def _answered(folder: Path, there: bytes, again: bytes) -> Verification:
    """A command's answer beside what the same command answers now."""
    from whipcount.report.package import RESULT

    sums = (RESULT, hashlib.sha256(there).hexdigest(), hashlib.sha256(again).hexdigest())
    differing: list[tuple[str, str, str]] = []
    rounding = False
    if there != again:
        with contextlib.suppress(ValueError):  # who altered it may have left no JSON
            found = list(_differences(json.loads(there), json.loads(again)))
            differing = [(place, json.dumps(one), json.dumps(other)) for place, one, other in found]
            rounding = bool(found) and all(_near(one, other) for _, one, other in found)
    return Verification(folder, 0, (sums,), (), tuple(differing), rounding)


def _differences(there: Any, again: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The places at which two answers differ, as a path of keys and positions."""
    if isinstance(there, dict) and isinstance(again, dict) and there.keys() == again.keys():
        for key in there:
            yield from _differences(there[key], again[key], f"{place}.{key}" if place else key)
    elif isinstance(there, list) and isinstance(again, list) and len(there) == len(again):
        for number, (one, other) in enumerate(zip(there, again, strict=True), 1):
            yield from _differences(one, other, f"{place}[{number}]")
    elif there != again or type(there) is not type(again):
        yield place or "all of it", there, again


def _near(one: Any, other: Any) -> bool:
    """Whether two values are numbers with a fraction that agree to nine digits."""
    if bool in (type(one), type(other)) or {type(one), type(other)} not in ({float}, {float, int}):
        return False
    return math.isclose(one, other, rel_tol=NEAR, abs_tol=TINY)


def _again(folder: Path, workers: int) -> Verification:
    """A run folder beside what the same runs give now; of other rules it is refused before anything is computed."""
    from whipcount.counterfactual.kept_runs import world_of_runs
    from whipcount.results import open_run, run_ensemble
    from whipcount.results.manifest import code_fingerprint, versions
    from whipcount.scenario.overrides import Override

    results = open_run(folder)
    results.verify()
    manifest = results.manifest
    if manifest.parameters_given or manifest.interventions:
        what = "values of parameters that it was given" if manifest.parameters_given else "a change that was asked for"
        hint = "give the command that made it again, with another --out, and compare the two manifests"
        raise RunError.one("WC345", f"{results.folder} rests on {what}, which it does not hold", hint)
    world_of_runs(results)
    overrides = tuple(Override(path, value, "set") for path, value in manifest.overrides.items())
    loaded = replace(results.loaded(), overrides=overrides)
    with tempfile.TemporaryDirectory(prefix="whipcount-") as scratch, progressing(results.runs) as progress:
        again = run_ensemble(
            loaded, results.runs, results.seed, Path(scratch) / "run", manifest.events, workers=workers,
            progress=progress, on_notice=notice,
        )  # fmt: skip
        files = _compared(results, again)
    then, now = manifest.versions | {"code": manifest.code[:12]}, versions() | {"code": code_fingerprint()[:12]}
    changed = tuple(
        (name, then.get(name, ""), now.get(name, ""))
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    )
    return Verification(results.folder, results.runs, files, changed)


def _compared(there: Results, again: Results) -> tuple[tuple[str, str, str], ...]:
    """The checksums of both; of the manifest only where the same code and versions wrote it, since it says which those
    were, or where it differs in anything else."""
    from whipcount.results.manifest import AS_RUN, MANIFEST
    from whipcount.store import sha256_of

    names = dict.fromkeys((*there.manifest.files, AS_RUN, there.manifest.scenario_file))
    wrote = [(one.manifest.code, one.manifest.versions) for one in (there, again)]
    said = [json.loads((one.folder / MANIFEST).read_text(encoding="utf-8")) for one in (there, again)]
    for one in said:
        for key in ("code", "versions", "key", "checksum"):  # the last two are made of the others
            one.pop(key)
    if wrote[0] == wrote[1] or said[0] != said[1]:
        names[MANIFEST] = None
    return tuple((name, sha256_of(there.folder / name), sha256_of(again.folder / name)) for name in names)
