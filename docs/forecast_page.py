"""The figures of the page on forecasts of November 1917: `python docs/forecast_page.py A.json B.json ...`.

Each file is what `whipcount forecast november-1917 --until DATE --json` prints. The part between the markers of
`docs/explanation/november-1917-forecast.md` is written anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from posterior_page import _table
from readme_table import replace

PAGE = Path(__file__).parent / "explanation" / "november-1917-forecast.md"
Record = dict[str, Any]
SHOWN = 8


def _score(told: Record) -> str:
    score = told["score"]
    gain = f"{score['difference']:+.3f} ({score['low']:+.3f} to {score['high']:+.3f})"
    return f"{score['second']:.3f} against {score['first']:.3f}: {gain}, {score['outcomes']} outcomes"


def _summary(forecasts: Sequence[Record]) -> list[str]:
    head = (
        "until",
        "facts",
        "worlds that agree with all",
        "effective worlds",
        "slack",
        "mean log score against before",
    )
    rows = (
        (
            told["until"], str(len(told["facts"])), f"{told['agreeing']:,} of {told['runs']:,}",
            f"{told['effective_size']:,.0f}", f"{told['slack']:.3g}", _score(told),
        )
        for told in forecasts
    )  # fmt: skip
    return _table(head, rows)


def _moved(told: Record) -> list[str]:
    """The outcomes whose odds the facts have moved most."""
    moved = sorted(told["outcomes"], key=lambda one: -abs(one["probability"] - one["prior"]))[:SHOWN]
    rows = (
        (one["label"]["en"], f"{one['prior']:.3f}", f"{one['probability']:.3f}", "yes" if one["happened"] else "no")
        for one in moved
    )
    return _table(("outcome", "before any fact", "given the facts", "happened"), rows)


def _watch(told: Record) -> str:
    first = told["watch"][0]
    return (
        f"To watch next: *{first['decision']}* (comes with {first['probability']:.2f}); it moves `{first['outcome']}` "
        f"most, {first['if_taken']:.2f} if it comes and {first['if_not']:.2f} if not."
    )


def figures(forecasts: Sequence[Record]) -> str:
    """The part between the markers."""
    lines = _summary(forecasts)
    for told in forecasts:
        lines += [f"### Until {told['until']}", "", _watch(told), "", *_moved(told)]
    return "\n".join(lines)


if __name__ == "__main__":
    forecasts = [json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:]]
    START, END = "<!-- outcomes: start -->", "<!-- outcomes: end -->"
    text = replace(PAGE.read_text(encoding="utf-8"), f"{START}\n\n{figures(forecasts)}\n{END}")
    PAGE.write_text(text, encoding="utf-8")
