"""RESULTS.md: one section for each benchmark, each with the machine it was measured on, renewed one by one."""

from __future__ import annotations

import re
from pathlib import Path

OPENING = """# Measured

Written by the programs of this folder (`make bench`), never by hand. Times on a shared machine wander; ratios within a
round wander less.
"""


def sections(text: str) -> dict[str, str]:
    """The sections by heading."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {heading.strip(): body.strip() for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


def write(path: Path, heading: str, lines: list[str], machine: list[str]) -> None:
    """Put a section in its place in the file; the others stay as they are."""
    found = sections(path.read_text(encoding="utf-8")) if path.exists() else {}
    found[heading] = "\n".join([*machine, "", *lines]).strip()
    text = OPENING + "".join(f"\n## {name}\n\n{body}\n" for name, body in found.items())
    path.write_text(text, encoding="utf-8")
