"""A commented, runnable scenario to start from."""

from __future__ import annotations

import re
from pathlib import Path

from whipcount.errors import ScenarioError

TEMPLATE = Path(__file__).parent / "templates" / "scenario.yaml"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")


def scaffold(name: str) -> str:
    """The text of a new scenario called `name` (lower-case letters, digits, - and _)."""
    if not _NAME.fullmatch(name):
        raise ScenarioError.one(
            "WC116",
            f"'{name[:80]}' is not a name for a scenario",
            "use lower-case latin letters, digits, - and _: crisis-1917",
        )
    title = name.replace("-", " ").replace("_", " ").capitalize()
    return TEMPLATE.read_text(encoding="utf-8").replace("{title}", title).replace("{name}", name)
