"""What a stranger goes through: install, first insight, each tutorial by copy and paste, a package checked elsewhere.

    python benchmarks/strangers.py [--python python3.13] [--installer uv] [--out benchmarks/STRANGERS.md]

It clones the project into a folder of its own, builds the wheel there, installs it into an empty environment, and
follows every tutorial block by block, each in its own folder. Times are of the clock and of processes (of this process
and its children). Nothing is taken from the environment that runs it but the cache of downloads of pip and uv.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests" / "docs"))
from machine import cores, processor  # noqa: E402
from pages import Block, blocks  # noqa: E402

TUTORIALS = ("first-run", "ask-a-question", "own-crisis", "real-parliament", "whip-count")
READING, TYPING = 150, 150  # words and keystrokes a minute: of somebody who reads to understand, and types with care
HEAVY = 5_000_000  # bytes from which a distribution is named


@dataclass(frozen=True)
class Taken:
    """Seconds of the clock and of processes."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{self.clock:.1f} | {self.processor:.1f}"


class Stranger:
    """An environment of its own, a clone, and a home without settings or caches but pip's."""

    def __init__(self, folder: Path, python: str, installer: str) -> None:
        self.folder, self.clone, self.installer = folder, folder / "clone", installer
        self.bin = folder / "environment" / "bin"
        home = folder / "home"
        home.mkdir()
        kept = {
            name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "UV_", "REQUESTS_"))
        }
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        self.environment = kept | {
            "HOME": str(home), "PATH": f"{self.bin}{os.pathsep}/usr/local/bin:/usr/bin:/bin", "COLUMNS": "120",
            "LANG": "C.UTF-8", "PIP_CACHE_DIR": str(cache / "pip"), "UV_CACHE_DIR": str(cache / "uv"),
        }  # fmt: skip
        subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(self.clone)], check=True)
        self.python = python

    def run(self, command: list[str] | str, where: Path, code: int = 0) -> Taken:
        """Run a command (a text is given to a shell) and say what it took; SystemExit with what it said if it fails."""
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        words = ["bash", "-c", command] if isinstance(command, str) else command
        done = subprocess.run(words, cwd=where, env=self.environment, capture_output=True, text=True, check=False)
        clock, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != code:
            raise SystemExit(f"$ {command}\n{done.stdout}{done.stderr}\nended with {done.returncode}, not {code}")
        return Taken(clock, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)

    def install(self) -> Taken:
        """An empty environment with the wheel."""
        wheels = self.folder / "wheels"
        self.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(wheels), "."], self.clone)
        wheel = str(next(wheels.glob("*.whl")))
        uv = f"{sys.executable} -m uv pip install --quiet --python {self.bin / 'python'} {wheel}"
        pip = f"{self.bin / 'python'} -m pip install --quiet {wheel}"
        making = f"{self.python} -m venv {self.bin.parent}"
        return self.run(f"{making} && {uv if self.installer == 'uv' else pip}", self.folder)

    def distributions(self) -> dict[str, int]:
        """Bytes of each installed distribution, with what it was compiled to; of all together under ""."""
        packages = next(self.bin.parent.glob("lib/python*/site-packages"))
        found = {
            one.metadata["Name"]: sum(
                Path(str(one.locate_file(file))).stat().st_size
                for file in one.files or ()
                if Path(str(one.locate_file(file))).is_file()
            )
            for one in metadata.distributions(path=[str(packages)])
        }
        everything = sum(file.stat().st_size for file in self.bin.parent.rglob("*") if file.is_file())
        return {"": everything, **dict(sorted(found.items(), key=lambda one: -one[1]))}


def page_of(stranger: Stranger, name: str) -> str:
    """A tutorial as the clone has it."""
    return (stranger.clone / "docs" / "tutorials" / f"{name}.md").read_text(encoding="utf-8")


def steps(stranger: Stranger, name: str, folder: Path) -> Iterator[tuple[str, Taken]]:
    """Follow a tutorial: every block that can be run, those that are slow too, with what each took."""
    session = ""  # Python blocks of a page share their names, as in an interpreter
    for block in blocks(page_of(stranger, name)):
        if block.skipped:
            continue
        if saved := block.options.get("file"):
            (folder / saved).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            for command, _ in block.commands():
                yield command, stranger.run(command, folder, int(block.options.get("exit", "0")))
        elif block.language == "python":
            session += block.text
            yield (
                "python (the page's blocks so far)",
                stranger.run([str(stranger.bin / "python"), "-c", session], folder),
            )


def typed(block: Block) -> int:
    """Keystrokes of a block: what one has to type if nothing is pasted."""
    if block.skipped or block.language == "text":
        return 0
    if block.language == "console":
        return sum(len(command) + 1 for command, _ in block.commands())
    return len(block.text)


def effort(text: str) -> tuple[int, int]:
    """Words to read and keystrokes to type of a page."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return len(prose.split()), sum(map(typed, blocks(text)))


def tree(folder: Path) -> dict[str, str]:
    """Every file of a folder by its checksum, git's own left out."""
    files = (one for one in sorted(folder.rglob("*")) if one.is_file() and ".git" not in one.relative_to(folder).parts)
    return {str(one.relative_to(folder)): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


def import_time(stranger: Stranger, times: int = 15) -> float:
    """The shortest `import whipcount` of several, in milliseconds, without the start of Python."""
    code = "import time; begun = time.perf_counter(); import whipcount; print(time.perf_counter() - begun)"
    found = [
        float(
            subprocess.run(
                [stranger.bin / "python", "-c", code],
                env=stranger.environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for _ in range(times)
    ]
    return min(found) * 1000


def told(stranger: Stranger, say: Callable[[str], None]) -> None:
    """Do all of it and say what it took."""
    begun = time.perf_counter()
    installed = stranger.install()
    first = stranger.folder / "first"
    first.mkdir()
    insight = stranger.run("whipcount run two-bodies -n 500 --out run --no-report", first)
    elapsed = time.perf_counter() - begun
    sizes = stranger.distributions()
    say("| step | seconds | of processor |\n|---|---:|---:|")
    say(f"| environment and wheel installed ({stranger.installer}) | {installed} |")
    say(f"| first run: 500 histories of `two-bodies` | {insight} |")
    say(f"| **from nothing to the first insight, building the wheel too** | **{elapsed:.1f}** | |\n")
    say(f"`import whipcount`: {import_time(stranger):.1f} ms.\n")
    say(f"The environment weighs {sizes.pop('') / 1e6:.0f} MB; distributions over {HEAVY // 1_000_000} MB:\n")
    say("| distribution | MB |\n|---|---:|")
    for name, size in sizes.items():
        if size >= HEAVY:
            say(f"| {name} | {size / 1e6:.0f} |")
    before = tree(stranger.clone)
    say(
        "\n| tutorial | words | keystrokes | reading and typing, minutes | steps | seconds | of processor "
        "| slowest step |"
    )
    say("|---|---:|---:|---:|---:|---:|---:|---|")
    for name in TUTORIALS:
        folder = stranger.folder / name
        folder.mkdir()
        took = list(steps(stranger, name, folder))
        words, keys = effort(page_of(stranger, name))
        minutes = words / READING + keys / TYPING
        slowest = max(took, key=lambda one: one[1].clock)
        clock, processor = (sum(getattr(one, part) for _, one in took) for part in ("clock", "processor"))
        shown = slowest[0].splitlines()[0][:60]
        say(
            f"| {name} | {words} | {keys} | {minutes:.0f} | {len(took)} | {clock:.0f} | {processor:.0f} "
            f"| `{shown}` ({slowest[1].clock:.0f} s) |"
        )
    left = {name for name, mark in tree(stranger.clone).items() if before.get(name) != mark}
    say(f"\nFiles left behind in the clone: {', '.join(sorted(left)) or 'none'}.")


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--python", default="python3", help="the interpreter of the empty environment")
    parser.add_argument("--installer", choices=("pip", "uv"), default="pip")
    parser.add_argument("--out", type=Path, default=None, help="write the page there too")
    parser.add_argument("--keep", type=Path, default=None, help="keep everything in this new folder")
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="stranger-"))
    folder.mkdir(exist_ok=True)
    lines: list[str] = []

    def say(line: str) -> None:
        print(line, flush=True)
        lines.append(line)

    where = f"{processor()}, {cores()} cores, `{asked.python}`"
    say(f"# What a stranger goes through\n\n{where}\n\nWritten by `python benchmarks/strangers.py`.\n")
    told(Stranger(folder, asked.python, asked.installer), say)
    if asked.out:
        asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not asked.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
