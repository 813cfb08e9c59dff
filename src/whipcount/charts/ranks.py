"""Rank histograms of simulation-based calibration, with the band in which even ranks would lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from whipcount.text import number, probability, say

from . import theme
from .chart import Chart, charted
from .marks import histogram

if TYPE_CHECKING:
    from whipcount.questions.check_inference import Check, InferenceCheck

DRAWS = ("whipcount.questions.check_inference.InferenceCheck",)


def draw(result: InferenceCheck) -> Chart:
    """A histogram for each parameter; the band holds 99% of the bars if the inference is right."""
    import altair as alt

    return charted(
        result,
        "ranks",
        alt.concat(*(_cell(one) for one in result.parameters), columns=3, spacing=30),
        say("Ranks of the true parameters"),
        say(
            "{datasets} data sets of {each} crises; even bars mean honest posteriors",
            datasets=result.datasets,
            each=result.each,
        ),
        say(
            "The band holds 99% of bars of even ranks. A heap in the middle: posteriors too wide; at the "
            "ends: too narrow; a slope: biased."
        ),
    )


def _cell(one: Check) -> Any:
    from scipy import stats

    bins, total = len(one.histogram), sum(one.histogram)
    low, high = (float(stats.binom.ppf(level, total, 1 / bins)) for level in (0.005, 0.995))
    colours = [theme.MODEL if low <= count <= high else theme.OPPONENTS for count in one.histogram]
    frame = pl.DataFrame({"height": list(one.histogram), "colour": colours})
    below = (f"p {probability(one.p)}", "", f"× {number(one.contraction, 2)}")
    return histogram(frame, one.name, below, max(*one.histogram, high) * 1.05, total / bins, (low, high))
