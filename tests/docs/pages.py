"""The project's Markdown pages and the fenced blocks in them.

A block's first line may carry options after its language: `skip="reason"` (not run), `slow="reason"` (run only with
the slow tests), `exit=2` (the commands end with this code), `exact` (what is shown is what is printed; a line of three
dots stands for any lines), `file=PATH` (saved there, in the page's folder, and not run).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
RUSSIAN = [PROJECT / "README.ru.md", *sorted((PROJECT / "docs").rglob("*.ru.md"))]
PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").rglob("*.md")), RUSSIAN[0]]
RUN = ("console", "python")
SHOWN = ("yaml", "json", "text", "toml", "bibtex", "sql")
OPTIONS = {"skip", "slow", "exit", "exact", "file"}
SHORTEST_REASON = 10


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, options, text, and the line of the page it starts on."""

    language: str
    text: str
    line: int
    options: dict[str, str] = field(default_factory=dict)

    @property
    def skipped(self) -> bool:
        return "skip" in self.options

    @property
    def slow(self) -> bool:
        return "slow" in self.options

    def commands(self) -> list[tuple[str, list[str]]]:
        """Each command of a console block with the output shown under it; a backslash at its end continues it."""
        found: list[tuple[str, list[str]]] = []
        going_on = False
        for line in self.text.splitlines():
            if going_on:
                found[-1] = (f"{found[-1][0]}\n{line}", [])
            elif line.startswith("$ "):
                found.append((line[2:], []))
            elif found:
                found[-1][1].append(line)
            going_on = bool(found) and line.endswith("\\") and (going_on or line.startswith("$ "))
        return found

    def faults(self) -> list[str]:
        """What is wrong with the block as a block: unknown language or option, no reason given, nothing to run."""
        found = []
        if self.language not in (*RUN, *SHOWN):
            found.append(f"line {self.line}: language {self.language!r}: use one of {', '.join((*RUN, *SHOWN))}")
        if unknown := set(self.options) - OPTIONS:
            found.append(f"line {self.line}: unknown options {sorted(unknown)}")
        for option in ("skip", "slow"):
            if option in self.options and len(self.options[option]) < SHORTEST_REASON:
                found.append(f'line {self.line}: {option} needs a reason: {option}="..."')
        if self.language == "console" and not self.commands():
            found.append(f"line {self.line}: a console block without a line that starts with `$ `")
        return found


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order; a fence inside a list item may be indented."""
    opening: re.Match[str] | None = None
    start, lines = 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if opening is None:
            opening = re.match(r"^(\s*)(`{3,})(\w*)(.*)$", line)
            start, lines = number, []
        elif re.match(rf"^\s*{opening[2]}\s*$", line):
            yield Block(opening[3], "\n".join(lines) + "\n", start, _options(opening[4]))
            opening = None
        else:
            lines.append(line.removeprefix(opening[1]))
    if opening is not None:
        raise ValueError(f"line {start}: the block is never closed")


def _options(text: str) -> dict[str, str]:
    """The options of a fence: words, some with a value."""
    return {name: value for name, _, value in (word.partition("=") for word in shlex.split(text))}


def links(text: str) -> list[str]:
    """The targets of a page's links that point into the project, without anchors."""
    outside_blocks = re.sub(r"^\s*(`{3,}).*?^\s*\1\s*$", "", text, flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", outside_blocks)
    return [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
