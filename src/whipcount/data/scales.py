"""Scales of salience and position: declared, or told from the numbers and reported; else asked for (WC523)."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Place, TableError
from ..text import say

ENDS = (1.0, 10.0, 100.0)
# the number beyond which the largest tells a scale; other scales end at 7 and below, and none between 10 and 35
REACHED = {10.0: 7.0, 100.0: 35.0}


def salience_end(
    values: Sequence[float], percent: bool, declared: float | None, place: Place
) -> tuple[float, str | None]:
    """The upper end of a scale of salience from 0, and a remark where it was told from the numbers (WC512, WC523).

    values: every salience of the table. percent: whether they carry percent signs. declared: the end, if it is known.
    """
    most = max(values, default=1.0)
    if declared is not None:
        if most > declared or declared <= 0:
            hint = f"the scale was said to go from 0 to {declared:g}"
            raise TableError.one("WC512", f"a salience of {most:g}", hint, place)
        return declared, None
    if percent:
        return 100.0, say("saliences are percentages, as their signs say")
    if most <= 1:
        return 1.0, None
    for end, reached in REACHED.items():
        if reached < most <= end:
            return end, say(
                "saliences are read on a scale from 0 to {end:g}: the largest is {most:g}", end=end, most=most
            )
    hint = "say --salience-scale 10 (or what its upper end is); 1, 10 and 100 are told where the numbers show it"
    raise TableError.one("WC523", f"the largest salience is {most:g}: on which scale?", hint, place)


def position_scale(
    values: Sequence[float], declared: tuple[float, float] | None, usual: tuple[float, float], place: Place
) -> tuple[tuple[float, float], str | None]:
    """The ends of a scale of positions and a remark; positions of 0 to 1 alone show no wider one (WC523)."""
    if declared is not None:
        return declared, None
    if len(values) > 1 and usual[0] <= min(values) and max(values) <= 1 < usual[1] and max(values) > 0:
        hint = f"say --scale 0,1, or --scale {usual[0]:g},{usual[1]:g}"
        raise TableError.one(
            "WC523", f"every position lies between 0 and {max(values):g}: on which scale?", hint, place
        )
    return usual, say("positions are read on a scale from {low:g} to {high:g}", low=usual[0], high=usual[1])
