"""Where the model and history lie furthest apart: the outcomes of which history is least expected."""

from __future__ import annotations

from collections.abc import Sequence

from whipcount.text import percent, say
from whipcount.text.fitting import runs

from .chart import Chart
from .material import Material
from .outcomes import Row, caption_of, laid_out, numbers_of, rows_of, spec_of

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 19
MOST = 10  # outcomes that are drawn
FEWEST = 14  # of which history is known, before the largest gaps are drawn apart


def draw(material: Material) -> Chart | None:
    """The largest gaps, the largest first; none where all outcomes can be seen at a glance anyway."""
    every, _, _ = rows_of(material)
    known = [row for row in every if row.happened is not None]
    if len(known) < FEWEST:
        return None
    chosen = sorted(known, key=lambda row: -_gap(row))[:MOST]
    rows, height = laid_out(chosen)
    first = rows[0]
    title = (
        say("Least expected: {name}", name=first.name)
        if first.happened
        else say("Least expected not to happen: {name}", name=first.name)
    )
    subtitle = say(
        "The {number} largest gaps between {runs} and history; all outcomes are in the next chart",
        number=len(rows), runs=runs(material.runs),
    )  # fmt: skip
    return Chart(
        name="gaps",
        title=title,
        caption=caption_of(),
        alt=_alt(rows),
        table=numbers_of(rows),
        spec=spec_of(rows, [], height, title, subtitle),
    )


def _gap(row: Row) -> float:
    """How far the model is from history, 0..1."""
    return abs(row.probability - float(bool(row.happened)))


def _alt(rows: Sequence[Row]) -> str:
    return "; ".join(f"{row.name}: {percent(row.probability)}" for row in rows) + "."
