"""The notes of a release as CHANGELOG.md has them: `python tools/release_notes.py 0.2.0`; without a version what waits.

Exit code 1 where the changelog has no such version.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"
HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<date>\d{4}-\d{2}-\d{2}))?\s*$", re.MULTILINE)
WAITING = "Unreleased"


def sections(text: str) -> dict[str, str]:
    """What stands under each version's heading, newest first, links at the end left out."""
    found = list(HEADING.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    body = {one["version"]: text[one.end() : end] for one, end in zip(found, ends, strict=True)}
    return {
        version: re.sub(r"^\[[^\]]+\]: .*\n?", "", part, flags=re.MULTILINE).strip() for version, part in body.items()
    }


def notes(text: str, version: str = WAITING) -> str:
    """The notes of a version, as Markdown; KeyError where there is none."""
    return sections(text)[version] + "\n"


def main(arguments: list[str]) -> int:
    """Print them."""
    version = arguments[0].removeprefix("v") if arguments else WAITING
    try:
        print(notes(CHANGELOG.read_text(encoding="utf-8"), version), end="")
    except KeyError:
        print(f"CHANGELOG.md has no version {version}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
