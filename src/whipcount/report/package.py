"""Replication packages: a result with all that it rests on, in a folder that says how to compute it again.

A package holds `run/` (a run folder) or `command.json`, `inputs/` and `result.json` (a command and what it printed),
and beside them what to cite, versions, a description for an archive, and the checksum of every file.
"""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.errors import RunError, UsageError
from whipcount.store import sha256_of, write_whole
from whipcount.task import all_tasks

from . import bibliography
from .odd import odd_text

if TYPE_CHECKING:
    from whipcount.results import Results

RUN, INPUTS, COMMAND, RESULT, SUMS = "run", "inputs", "command.json", "result.json", "SHA256SUMS"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
WRITES = ("--out", "--train", "--write-sheet")  # options of counting commands that write a file


def pack_runs(results: Results, package: Path) -> None:
    """Put a run folder into a new package, with the model's description and all works to cite."""
    from whipcount.mechanisms import all_mechanisms

    loaded = results.loaded()
    shutil.copytree(results.folder, package / RUN, ignore=shutil.ignore_patterns(".lock", "*.part"))
    keys = (key for mechanism in all_mechanisms().values() for key in mechanism.references)
    works = (*bibliography.works(keys), *bibliography.sources(loaded.scenario, loaded.slug))
    write_whole(package / "model.md", odd_text(loaded).encode())
    title = f"{loaded.scenario.title.en}: {results.runs} simulated histories"
    _describe(package, title, works, f"whipcount report {RUN} --out report.html")


def pack_command(line: str, package: Path) -> None:
    """Put a command, its input files and what it prints as JSON into a new package (WC346)."""
    words = shlex.split(line)
    words = words[1:] if words[:1] == ["whipcount"] else words
    (package / INPUTS).mkdir(parents=True)
    arguments = []
    for word in words:
        path = Path(word)
        if not word.startswith("-") and path.is_file():
            if (package / INPUTS / path.name).exists():
                raise RunError.one("WC346", f"two files are called {path.name}", "give them names of their own")
            shutil.copyfile(path, package / INPUTS / path.name)
            word = f"{INPUTS}/{path.name}"
        arguments.append(word)
    write_whole(package / RESULT, answer(package, arguments))
    write_whole(package / COMMAND, json.dumps(arguments, indent=1, ensure_ascii=False).encode() + b"\n")
    command = shlex.join(["whipcount", *arguments])
    _describe(package, f"What `{command}` found", (), command)


def answer(package: Path, arguments: Sequence[str]) -> bytes:
    """What a counting command prints as JSON, run inside the package.

    A package may come from anybody, so its command gets only options of its own that read and none of the program's
    (one of those loads mechanisms, which are code), and nothing in the folder can be imported. Raises RunError (WC346):
    another command or option, a file outside, or a command that fails.
    """
    refused = _refused(package, arguments)
    if refused:
        hint = "a package holds a command that counts a table and prints its answer: 'power seats.csv'"
        raise RunError.one("WC346", refused, hint)
    command = [sys.executable, "-P", "-m", "whipcount", "--lang", "en", *arguments, "--json"]
    done = subprocess.run(command, cwd=package, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise RunError.one("WC346", f"the command failed: {said[-1] if said else done.returncode}", "try it by itself")
    return done.stdout


def _refused(package: Path, arguments: Sequence[str]) -> str:
    """Why a package may not hold a command; empty if it may."""
    known = {one.name: one for one in all_tasks() if one.counts and one.command}
    found = next((known[name] for size in (2, 1) if (name := " ".join(arguments[:size])) in known), None)
    if found is None:
        return f"'{' '.join(arguments[:2])}' counts no table"
    flags = {flag for one in found.inputs for flag in (*one.option.short, *one.flag.split("/"))} - {*WRITES}
    for word in arguments[len(found.name.split()) :]:
        option, _, value = word.partition("=") if word.startswith("-") else ("", "", word)
        if option and option not in flags:
            return f"{option} is no option that reads, of {found.name}"
        if _leads_out(package, value):
            return f"{value} leads out of the package"
    return ""


def arguments_of(package: Path) -> list[str]:
    """The words of a package's command (WC346)."""
    try:
        words = json.loads((package / COMMAND).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise RunError.one("WC346", f"{package / COMMAND} is no list of words", "make the package again")
    return words


def altered(package: Path) -> Iterator[tuple[str, str, str]]:
    """Files whose checksum is not the one noted: name, checksum noted, checksum now (empty where it is not there).

    Raises RunError (WC346) where the list of checksums is no text.
    """
    try:
        lines = (package / SUMS).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise RunError.one("WC346", f"{package / SUMS} is no text", "make the package again") from None
    for line in lines:
        noted, _, name = line.partition("  ")
        file, now = package / name, ""
        with contextlib.suppress(OSError):  # a name may be longer than any file's
            if not _leads_out(package, name) and file.is_file():
                now = sha256_of(file)
        if now != noted:
            yield name, noted, now


@contextlib.contextmanager
def begun(package: Path) -> Iterator[None]:
    """A new folder for a package, gone again if the block fails. Raises UsageError (WC605) where one is."""
    if package.exists() and any(package.iterdir() if package.is_dir() else [package]):
        raise UsageError.one("WC605", f"{package} is there already", "give a new folder with --out")
    package.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        shutil.rmtree(package, ignore_errors=True)
        raise


def _leads_out(package: Path, name: str) -> bool:
    """Whether a name, followed through links, is of something outside the package."""
    return "\0" in name or not (package / name).resolve().is_relative_to(package.resolve())


def _describe(package: Path, title: str, works: Sequence[bibliography.Work], command: str) -> None:
    cited = (bibliography.program(), *works)
    write_whole(package / "citations.bib", ("\n\n".join(one.bibtex() for one in cited) + "\n").encode())
    write_whole(package / "requirements.txt", ("\n".join(_installed()) + "\n").encode())
    archive: dict[str, Any] = {
        "title": title, "upload_type": "dataset", "description": f"{title}. Replication package made by whipcount.",
        "creators": [], "keywords": ["political science", "simulation", "replication"],
    }  # fmt: skip
    write_whole(package / ".zenodo.json", json.dumps(archive, indent=1, ensure_ascii=False).encode() + b"\n")
    write_whole(package / "README.md", _readme(title, command).encode())
    names = sorted(path for path in package.rglob("*") if path.is_file())
    sums = "".join(f"{sha256_of(path)}  {path.relative_to(package).as_posix()}\n" for path in names)
    write_whole(package / SUMS, sums.encode())


def _installed() -> list[str]:
    """Pins of the program and of everything that it needs here, as pip reads them."""
    pins: dict[str, str] = {}
    waiting = ["whipcount"]
    while waiting:
        try:
            one = metadata.distribution(waiting.pop())
        except metadata.PackageNotFoundError:
            continue  # needed on other systems only
        name = str(one.metadata["Name"])
        if name not in pins:
            pins[name] = one.version
            needs = (need for need in one.requires or () if "extra ==" not in need)
            waiting += [found.group() for need in needs if (found := _NAME.match(need))]
    return [f"{name}=={pins[name]}" for name in sorted(pins, key=str.lower)]


def _readme(title: str, command: str) -> str:
    return f"""# {title}

To compute everything again and compare it byte for byte:

```console
$ pip install -r requirements.txt
$ whipcount verify .
```

To look at it: `{command}`.

`citations.bib` says what to cite, `SHA256SUMS` what every file was. Before it goes into an archive, name its authors
and its licence in `.zenodo.json`: they are yours to choose.
"""
