"""What a calibration says of each parameter: how the posterior lies in each sixteenth of the prior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from whipcount.text import number, say

from . import theme
from .chart import Chart, charted
from .marks import histogram

if TYPE_CHECKING:
    from whipcount.questions.calibration import Calibration, ParameterPosterior

DRAWS = ("whipcount.questions.calibration.Calibration",)
BINS = 16


def draw(result: Calibration) -> Chart:
    """A histogram for each parameter: the posterior's weight in each sixteenth of the prior."""
    import altair as alt
    from scipy import special

    unit = special.ndtr(result.posterior.z)
    shares = [
        np.histogram(unit[:, place], bins=BINS, range=(0, 1), weights=result.posterior.weights)[0]
        for place in range(unit.shape[1])
    ]
    highest = max(float(max(share.max() for share in shares)), 2 / BINS)
    cells = [_cell(one, share.tolist(), highest) for one, share in zip(result.parameters, shares, strict=True)]
    return charted(
        result,
        "calibration",
        alt.concat(*cells, columns=3, spacing=30),
        say("What the patterns say about the parameters"),
        say("Share of the posterior in each sixteenth of the prior; the line is the prior itself"),
        say(
            "A flat histogram says nothing beyond the prior. Below each: the prior's ends (5 and 95%) and "
            "the ratio of standard deviations, posterior over prior."
        ),
    )


def _cell(one: ParameterPosterior, shares: list[float], highest: float) -> Any:
    colour = theme.MODEL if one.verdict == "narrowed" else theme.MODEL_LIGHT
    frame = pl.DataFrame({"height": shares, "colour": [colour] * BINS})
    below = (_short(one.prior[0]), f"× {number(one.contraction, 2)}", _short(one.prior[-1]))
    return histogram(frame, one.name, below, highest, 1 / BINS)


def _short(value: float) -> str:
    return number(value, 3 if abs(value) < 1 else 1)
