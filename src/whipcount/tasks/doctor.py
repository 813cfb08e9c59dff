"""What of this machine the program needs or can use: found, missing, and what that means."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from whipcount.table import Column, Result, Table
from whipcount.task import task
from whipcount.text import mark, say

OLDEST = (3, 11)
ROOM = 1_000_000_000  # bytes on the disk of the cache under which a long run may stop for want of space
# programs that show the explorer's page; a browser of text alone does not run its scripts
BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox", "firefox-esr",
    "microsoft-edge", "brave-browser", "vivaldi", "opera", "epiphany", "falkon",
)  # fmt: skip
# distribution of an extra: module that it brings, extra, what lacks it
EXTRAS = (
    ("pandas", "pandas", mark("results as pandas frames: .to_pandas()")),
    ("pyreadstat", "tables", mark("tables of Stata and SPSS (DTA, SAV)")),
    ("fastexcel", "tables", mark("workbooks (XLSX) read fast")),
    ("docx", "documents", mark("model descriptions as Word documents: `whipcount odd --out FILE.docx`")),
    ("PIL", "animation", mark("replays as pictures that move, on the page")),
    ("SALib", "sensitivity", mark("Sobol' and Morris indices: `whipcount sensitivity --method`")),
)


@dataclass(frozen=True)
class Finding:
    """One thing of a machine: what it is, whether it is as it should be, what was found, what follows."""

    what: str
    state: str  # "good", "missing" (something is slower or not there) or "wrong" (something will fail)
    found: str
    meaning: str


@dataclass(frozen=True)
class Findings(Result):
    """The state of a machine, a row for each thing that the program needs or can use."""

    undrawn: ClassVar[str] = "its table lists what was found"

    findings: tuple[Finding, ...]

    def tables(self) -> tuple[Table, ...]:
        """Thing, state, what was found, what follows from it."""
        columns = (
            Column("what", "what"), Column("state", "state"), Column("found", "found", wide=True),
            Column("meaning", "what follows", wide=True),
        )  # fmt: skip
        states = {"good": say("good"), "missing": say("missing"), "wrong": say("wrong")}
        rows = tuple((one.what, states[one.state], one.found, one.meaning) for one in self.findings)
        return (Table("findings", say("This machine"), columns, rows),)

    def sentences(self) -> str:
        """Whether all is well, else what is not."""
        bad = [one.what for one in self.findings if one.state == "wrong"]
        if bad:
            return say("Something will fail here: {names}.", names=", ".join(bad))
        if any(one.state == "missing" for one in self.findings):
            return say("Everything works here; some of it slower, or not at all, as the table says.")
        return say("Everything works here.")

    def record(self) -> dict[str, Any]:
        """The findings as JSON can carry them; `ok` unless something will fail."""
        rows = [vars(one) for one in self.findings]
        return {"ok": all(one.state != "wrong" for one in self.findings), "findings": rows}


@task(
    "doctor",
    mark("Look at this machine: compiler, cache, disk, pictures, browser, packages; what is missing and what follows."),
    "whipcount doctor",
    "whipcount doctor --json",
    order=79,
)
def doctor() -> Findings:
    """What the program finds on this machine. Nothing is changed, nothing is fetched."""
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python, _compiler, _cache, _pictures, _browser, _extras,
    )  # fmt: skip
    return Findings(tuple(finding for look in looks for finding in look()))


def _python() -> Iterator[Finding]:
    good = sys.version_info >= OLDEST
    needed = say("needs {version} or newer", version=".".join(map(str, OLDEST)))
    yield Finding("Python", "good" if good else "wrong", platform.python_version(), "" if good else needed)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding(say("cores"), "good", str(cores), say("as many processes run at once"))


def _compiler() -> Iterator[Finding]:
    from whipcount.compiler import CompilationError, find_compiler

    try:
        found = find_compiler().version.splitlines()[0]
    except CompilationError as error:
        yield Finding(say("C compiler"), "missing", str(error), say("runs are computed by NumPy: the same, but slower"))
    else:
        yield Finding(say("C compiler"), "good", found, say("runs are compiled"))


def _cache() -> Iterator[Finding]:
    from whipcount.compiler import cache_folder

    folder = cache_folder()
    parent = next(one for one in (folder, *folder.parents) if one.exists())
    if not os.access(parent, os.W_OK):
        yield Finding(say("cache"), "missing", str(folder), say("cannot be written: every run compiles anew"))
    else:
        size = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) if folder.exists() else 0
        found = f"{folder} ({size / 1e6:.0f} MB)"
        yield Finding(say("cache"), "good", found, say("compiled models are kept there; it may be deleted"))
    free = shutil.disk_usage(parent).free
    little = say("a long run may stop for want of space")
    yield Finding(
        say("disk"), "good" if free > ROOM else "wrong", f"{free / 1e9:.1f} GB", "" if free > ROOM else little
    )


def _pictures() -> Iterator[Finding]:
    """One letter is drawn: without any font of the machine the picture stays white."""
    import vl_convert

    blank, letter = (
        vl_convert.svg_to_png(
            "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'>"
            f"<text x='2' y='16' font-family='sans-serif'>{text}</text></svg>"
        )
        for text in ("", "W")
    )
    good = bool(letter != blank)
    without = say("pictures as PNG have no letters: install a font, such as DejaVu Sans; SVG and HTML are whole")
    yield Finding(say("fonts for pictures"), "good" if good else "missing", "", "" if good else without)


def _browser() -> Iterator[Finding]:
    """Some program for the explorer's page. macOS and Windows come with one."""
    found = next((name for name in BROWSERS if shutil.which(name)), "")
    if found or platform.system() in ("Darwin", "Windows"):
        yield Finding(say("browser"), "good", found, say("`whipcount explore` and charts as HTML are shown in it"))
    else:
        without = say("`whipcount explore` prints an address: open it where there is one; the page's tests are skipped")
        yield Finding(say("browser"), "missing", "", without)


def _extras() -> Iterator[Finding]:
    for module, extra, lacks in EXTRAS:
        spec = importlib.util.find_spec(module)
        if spec is None:
            hint = say("without it: {what}; pip install 'whipcount[{extra}]'", what=say(lacks), extra=extra)
            yield Finding(module, "missing", "", hint)
        else:
            yield Finding(module, "good", str(Path(spec.origin or "").parent.name), say(lacks))
