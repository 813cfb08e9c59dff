"""What crises teach of each parameter that politics shares: what they leave of each sixteenth of its prior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from whipcount.text import number, say

from . import theme
from .chart import Chart, charted
from .marks import histogram

if TYPE_CHECKING:
    from whipcount.questions.politics import LearntPriors, Shared

DRAWS = ("whipcount.questions.politics.LearntPriors",)
BINS = 16
COLUMNS = 4


def draw(result: LearntPriors) -> Chart:
    """A histogram for each parameter, those that moved most first."""
    import altair as alt

    ordered = sorted(result.parameters, key=lambda one: -abs(one.shift))
    shares = [_shares(one) for one in ordered]
    highest = max(2 / BINS, *(float(share.max()) for share in shares))
    cells = [_cell(one, share.tolist(), highest) for one, share in zip(ordered, shares, strict=True)]
    return charted(
        result,
        "learnt_priors",
        alt.concat(*cells, columns=COLUMNS, spacing=30),
        say("What crises teach about the parameters that they share"),
        say("Share of what is left in each sixteenth of the prior; the line is the prior itself"),
        say(
            "A flat histogram says nothing beyond the prior. Below each: the prior's ends (5 and 95%) and by how many "
            "of its standard deviations the mean has moved; dark: by a quarter or more."
        ),
    )


def _shares(one: Shared) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The probability of each sixteenth of the prior, normal on the prior's scale."""
    from scipy import special

    ends = special.ndtri(np.arange(BINS + 1) / BINS)
    return np.diff(special.ndtr((ends - one.shift) / one.deviation))


def _cell(one: Shared, shares: list[float], highest: float) -> Any:
    from whipcount.questions.politics import MOVED

    colour = theme.MODEL if abs(one.shift) >= MOVED else theme.MODEL_LIGHT
    frame = pl.DataFrame({"height": shares, "colour": [colour] * BINS})
    below = (_short(one.before[2]), f"{one.shift:+.2f}".replace("-", "−"), _short(one.before[-1]))
    return histogram(frame, one.name, below, highest, 1 / BINS)


def _short(value: float) -> str:
    return number(value, 3 if abs(value) < 1 else 1)
