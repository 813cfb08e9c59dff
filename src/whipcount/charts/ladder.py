"""The exit ladder: statement, seat, post, party membership; on how many runs' hands how many people stand on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from whipcount.scenario.schema import Outcome
from whipcount.table import Table
from whipcount.text import number, percent, say
from whipcount.text.fitting import runs, shortened

from . import svg, theme
from .chart import Chart, finished, table_of
from .material import Material
from .names import Names
from .shares import numbers, shares

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 45
VERBS = ("statement", "stay_signed", "leave_seat", "leave_post", "leave_party")
MOST = 12
STEP = 46
HEIGHT = 54
GAP = 42


@dataclass(frozen=True)
class Rung:
    """Persons per run on one rung: shares of runs with 0, 1, 2 ... (the last: that many or more), and history's."""

    verb: str
    name: str
    shares: tuple[float, ...]
    happened: float | None


def rungs(material: Material) -> list[Rung]:
    """The rungs from the lowest to the highest; a declared count of the same act gives its history."""
    names = material.names()
    found = []
    for verb in VERBS:
        declared = _declared(material, verb)
        for outcome in declared:
            values = numbers(material.table[outcome.id])
            found.append(_rung(verb, _name(verb, outcome, names), values, outcome))
        if not declared:
            counted = _counted(material, verb)
            if counted is not None:
                found.append(_rung(verb, _name(verb, None, names), counted, None))
    return found


def _declared(material: Material, verb: str) -> list[Outcome]:
    """Outcomes that count this act as numbers, at most two of them, those with known history first."""
    fitting = [
        outcome
        for outcome in material.scenario.outcomes
        if outcome.measure.count is not None
        and outcome.measure.count.verb == verb
        and not outcome.measure.is_binary
        and outcome.id in material.table.columns
    ]
    return sorted(fitting, key=lambda outcome: outcome.happened is None)[:2]


def _counted(material: Material, verb: str) -> npt.NDArray[np.float64] | None:
    """Distinct persons per logged run, from the events."""
    events = material.happenings(verb)
    if events.is_empty():
        return None
    per_run = events.group_by("run").agg(pl.col("actor").n_unique().alias("persons"))["persons"]
    counts = np.zeros(max(material.logged, len(per_run)))
    counts[: len(per_run)] = per_run.to_numpy()
    return counts


def _rung(verb: str, name: str, values: npt.NDArray[np.float64], outcome: Outcome | None) -> Rung:
    happened = None if outcome is None or outcome.happened is None else float(outcome.happened)
    return Rung(verb, name, shares(values, MOST), happened)


def _name(verb: str, outcome: Outcome | None, names: Names) -> str:
    general = {
        "statement": say("sign a statement of protest"),
        "stay_signed": say("sign it, but keep the post"),
        "leave_seat": say("leave a seat"),
        "leave_post": say("leave a post"),
        "leave_party": say("leave the party"),
    }[verb]
    query = None if outcome is None else outcome.measure.count
    if query is not None and isinstance(query.object, str):
        return f"{general}: {names.about(verb, query.object)}"
    return general


def draw(material: Material) -> Chart | None:
    """The ladder, where anybody stands on it."""
    rows = list(reversed(rungs(material)))
    if not any(sum(row.shares[1:]) > 0 for row in rows):
        return None
    title = say("The exit ladder")
    subtitle = say("Share of {runs} by persons on each rung; the framed number is history's", runs=runs(material.runs))
    return Chart(
        name="ladder",
        title=title,
        caption=say(
            "Each rung is a decision of its own: a person may leave a post and keep the seat, or the "
            "reverse. {MOST} stands for {MOST} or more.",
            MOST=MOST,
        ),
        alt=_alt(rows),
        table=_numbers(rows),
        spec=_spec(rows, title, subtitle),
    )


def _spec(rows: list[Rung], title: str, subtitle: str) -> dict[str, Any]:
    import altair as alt

    last = max(
        [4]
        + [many for row in rows for many, share in enumerate(row.shares) if share >= 0.001]
        + [int(min(row.happened, MOST)) for row in rows if row.happened is not None]
    )
    tallest = max(max(row.shares) for row in rows)
    bars: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for index, row in enumerate(rows):
        foot = index * (HEIGHT + GAP) + HEIGHT
        names.append(
            {
                "name": row.name.partition(": ")[0],
                "where": shortened(row.name.partition(": ")[2], 44),
                "y": foot - (37 if ": " in row.name else 22),
                "wy": foot - 21,
                "nobody": say("nobody: ") + percent(row.shares[0]),
                "ny": foot - 5,
            }
        )
        lines.append({"y": foot})
        for many, share in enumerate(row.shares[: last + 1]):
            bars.append(
                {
                    "rung": row.name,
                    "number": many,
                    "share": share,
                    "x": _x(many) - 15,
                    "x2": _x(many) + 15,
                    "mid": _x(many),
                    "y": foot - HEIGHT * share / tallest,
                    "foot": foot,
                    "label": percent(share) if share > 0 else "",
                    "tick": f"{many}+" if many == MOST else str(many),
                    "ty": foot + 11,
                }
            )
        if row.happened is not None:
            many = int(min(row.happened, MOST))
            at = _x(many)
            left, right, middle = at - 13, at + 13, foot + 11
            marks.append({"x": left, "x2": right, "y": middle - 9, "y2": middle + 9})
    return finished(
        alt.layer(*_layers(bars, names, marks, lines, last)).properties(
            width=_x(last) + 24,
            height=len(rows) * (HEIGHT + GAP) - 8,
            title=alt.Title(title, subtitle=subtitle, dx=-_margin(names)),
        )
    )


def _margin(names: list[dict[str, Any]]) -> float:
    """Room for the names at the left of the bars."""
    bold = svg.widest((name["name"] for name in names), theme.TEXT, bold=True)
    return max(bold, svg.widest((name["where"] for name in names), theme.SMALL)) + 16


def _x(number: float) -> float:
    """Middle of the bar of a number, in pixels."""
    return (number + 0.5) * STEP


def _layers(
    bars: list[dict[str, Any]],
    names: list[dict[str, Any]],
    marks: list[dict[str, Any]],
    lines: list[dict[str, Any]],
    last: int,
) -> list[Any]:
    import altair as alt

    def at(field: str) -> Any:
        return alt.Y(f"{field}:Q", scale=None, axis=None)

    def across(field: str) -> Any:
        return alt.X(f"{field}:Q", scale=None, axis=None)

    bar, name = alt.Chart(pl.DataFrame(bars)), alt.Chart(pl.DataFrame(names))
    layers = [
        alt.Chart(pl.DataFrame(lines))
        .mark_rule(color=theme.FAINT)
        .encode(x=alt.value(0), x2=alt.value(_x(last) + 24), y=at("y")),
        bar.mark_rect(color=theme.MODEL).encode(x=across("x"), x2="x2:Q", y=at("y"), y2="foot:Q"),
        bar.mark_text(dy=-7, fontSize=10).encode(x=across("mid"), y=at("y"), text="label:N"),
        bar.mark_text(fontSize=theme.SMALL, color=theme.MUTED, baseline="middle").encode(
            x=across("mid"), y=at("ty"), text="tick:N"
        ),
        name.mark_text(align="right", fontSize=theme.TEXT, fontWeight="bold", baseline="middle").encode(
            x=alt.value(-14), y=at("y"), text="name:N"
        ),
        name.mark_text(align="right", fontSize=theme.SMALL, baseline="middle").encode(
            x=alt.value(-14), y=at("wy"), text="where:N"
        ),
        name.mark_text(align="right", fontSize=theme.SMALL, color=theme.MUTED, baseline="middle").encode(
            x=alt.value(-14), y=at("ny"), text="nobody:N"
        ),
    ]
    if marks:
        layers.append(
            alt.Chart(pl.DataFrame(marks))
            .mark_rect(fillOpacity=0, stroke=theme.HISTORY, strokeWidth=2, clip=False)
            .encode(x=across("x"), x2="x2:Q", y=at("y"), y2="y2:Q")
        )
    return layers


def _alt(rows: list[Rung]) -> str:
    parts = []
    for row in rows:
        somebody = percent(1 - row.shares[0])
        history = "–" if row.happened is None else number(row.happened, 1)
        parts.append(
            say(
                "{name}: somebody in {somebody} of runs, in history {history}",
                name=row.name,
                somebody=somebody,
                history=history,
            )
        )
    return "; ".join(parts) + "."


def _numbers(rows: list[Rung]) -> Table:
    heads = tuple(f"{many}+" if many == MOST else str(many) for many in range(MOST + 1))
    return table_of(
        (say("Rung"), *heads, say("History")),
        tuple(
            (
                row.name,
                *(percent(share) if share else "" for share in row.shares),
                "–" if row.happened is None else number(row.happened, 1),
            )
            for row in rows
        ),
    )
