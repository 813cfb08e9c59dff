"""Transcripts: a story as text for the terminal, for a file, and the runs worth telling."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from whipcount.text import count, say

from .story import Story, StoryDay, story_of

if TYPE_CHECKING:
    from whipcount.charts.material import Material

KINDS = ("closest", "typical", "strangest")
INDENT = "  "
MARGIN = "      │ "


def transcript(material: Material, run: int, width: int = 100) -> str:
    """One run as a readable day-by-day text."""
    return as_text(story_of(material, run, introduction(material, run)), width)


def as_text(story: Story, width: int = 100) -> str:
    """A story as plain text: the run's sentences, and history set off by a bar."""
    lines = [story.title, "=" * min(len(story.title), width), ""]
    for paragraph in story.introduction:
        lines += textwrap.wrap(paragraph, width)
    if story.introduction:
        lines.append("")
    for day in story.days:
        lines += _day_lines(day, width)
    return "\n".join(lines).rstrip() + "\n"


def _day_lines(day: StoryDay, width: int) -> list[str]:
    if day.is_quiet:
        return [*textwrap.wrap(f"{day.heading}: {' '.join(day.sentences)}", width), ""]
    lines = [day.heading]
    for sentence in day.sentences:
        lines += textwrap.wrap(sentence, width, initial_indent=INDENT, subsequent_indent=INDENT + INDENT)
    if day.history:
        lines.append(MARGIN + say("In history:"))
    for fact in day.history:
        lines += textwrap.wrap(fact, width, initial_indent=f"{MARGIN}· ", subsequent_indent=f"{MARGIN}  ")
    return [*lines, ""]


def introduction(material: Material, run: int) -> tuple[str, ...]:
    """What a reader should know first: how near this run comes to what is documented, and how to read it."""
    names = {outcome.id: outcome.name.in_language() for outcome in material.scenario.outcomes}
    known = documented(material)
    row = material.table.filter(pl.col("run") == run).row(0, named=True)
    met = [name for name, happened in known.items() if row[name] is not None and _agrees(row[name], happened)]
    missed = [names[name] for name in known if name not in met]
    text = say(
        "Of {many_known} documented outcomes this run agrees with {many_met}.", many_known=len(known), many_met=len(met)
    )
    if missed and len(missed) <= 8:
        text += say(" It differs in: ") + "; ".join(missed) + "."
    how = say("What follows is simulated; lines set off by a bar tell what is documented of the same day.")
    return text, how


def documented(material: Material) -> dict[str, float]:
    """Outcomes with known history that the runs' table holds, as numbers (yes is 1)."""
    return {
        outcome.id: float(outcome.happened)
        for outcome in material.scenario.outcomes
        if outcome.happened is not None and outcome.id in material.table.columns and outcome.use != "questionnaire"
    }


def _agrees(value: float, happened: float) -> bool:
    return not math.isnan(value) and abs(value - happened) < 0.5


def told_runs(material: Material) -> dict[str, int]:
    """The run closest to history, a typical one and the strangest, among those whose events are kept, if any are."""
    if not material.logged:
        return {}
    return {kind: pick_run(material, kind) for kind in KINDS}


def pick_run(material: Material, kind: str) -> int:
    """The run of a kind; ties go to the lowest number.

    closest: the smallest distance to what is documented; an outcome that does not agree counts more, the likelier its
    agreement is in the model. typical: the outcomes that are most usual, taken one by one. strangest: the least usual.
    """
    names, usual = _unusualness(material)
    if kind in ("typical", "strangest"):
        total = usual.sum(axis=1)
        return int(np.argmin(total) if kind == "typical" else np.argmax(total))
    known = documented(material)
    distance = np.zeros(len(usual))
    for name in names:
        if name in known:
            values = _column(material, name)
            off = np.minimum(np.abs(values - known[name]) / max(_spread(values), 0.5), 3.0)
            distance += np.where(np.isnan(values), 1.0, off)
    return int(np.argmin(distance))


def _unusualness(material: Material) -> tuple[Sequence[str], np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """By logged run and outcome: minus the log of how usual the value is; numbers by their deviation."""
    declared = [
        outcome
        for outcome in material.scenario.outcomes
        if outcome.id in material.table.columns and outcome.use != "questionnaire"
    ]
    columns = []
    for outcome in declared:
        values = _column(material, outcome.id)
        if outcome.measure.is_binary:
            share = np.nanmean(values) if not np.isnan(values).all() else 0.5
            share = min(max(float(share), 1e-3), 1 - 1e-3)
            surprise = np.where(values > 0.5, -math.log(share), -math.log(1 - share))
        else:
            spread = _spread(values)
            centre = float(np.nanmedian(values)) if not np.isnan(values).all() else 0.0
            surprise = 0.5 * np.minimum(((values - centre) / (spread or 1.0)) ** 2, 9.0)
        columns.append(np.where(np.isnan(values), 0.0, surprise))
    table = np.stack(columns, axis=1) if columns else np.zeros((max(material.logged, 1), 0))
    return [outcome.id for outcome in declared], table


def _spread(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Standard deviation of the values that are there; 0 where there is none."""
    there = values[~np.isnan(values)]
    return float(there.std()) if len(there) else 0.0


def _column(material: Material, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    column = material.table[name].head(max(material.logged, 1))
    return np.asarray(column.cast(float).to_numpy(), dtype=np.float64)


def kind_label(kind: str) -> str:
    """What a told run is, in words."""
    return {
        "closest": say("The run closest to history"),
        "typical": say("A typical run"),
        "strangest": say("The strangest run"),
    }[kind]


def share_line(material: Material, run: int) -> str:
    """Where a run stands among those told: its number and how many were run."""
    return say("Run {run} of {runs}", run=run, runs=count(material.runs))
