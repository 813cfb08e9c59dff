"""Effects as rows of a page: in numbers, and as dots with intervals on one scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whipcount.text import number, percent

if TYPE_CHECKING:
    from whipcount.counterfactual.effects import Effect
    from whipcount.questions.ask_in_batches import Flip
    from whipcount.text.dates import DayLabels

ENDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
WHOLLY = 0.95
WIDTH = 240.0
LINE = 200.0  # of shares before and after
MARGIN = 8.0


@dataclass(frozen=True)
class FlipLink:
    """A run in which the outcome flips: its number, the step on which the worlds part, that day in words."""

    run: int
    step: int
    day: str


@dataclass(frozen=True)
class EffectRow:
    """An effect as it is shown. low, dot, high: places on the scale, for yes-or-no outcomes.

    ends: where its shares before and after stand between 0 and 100%.
    """

    outcome: str
    name: str
    before: str
    after: str
    effect: str
    low: str
    high: str
    clear: bool
    binary: bool
    up: int
    down: int
    first_day: str
    places: tuple[float, float, float] | None
    ends: tuple[float, float]
    beyond: bool
    rising: tuple[FlipLink, ...]
    falling: tuple[FlipLink, ...]


@dataclass(frozen=True)
class Scale:
    """The scale of the dots: its ends in points, and where its marks stand."""

    points: float
    marks: tuple[tuple[float, str], ...]

    @property
    def zero(self) -> float:
        """Where no effect stands."""
        return WIDTH / 2


@dataclass(frozen=True)
class Shown:
    """All rows: clear effects on yes-or-no outcomes first, then those on numbers, then what does not clearly change."""

    scale: Scale
    clear: tuple[EffectRow, ...]
    numbers: tuple[EffectRow, ...]
    unclear: tuple[EffectRow, ...]


def shown(effects: Sequence[Effect], flips: Mapping[str, Sequence[Flip]], days: DayLabels) -> Shown:
    """The rows of an answer, the largest effects first."""
    binary = [effect for effect in effects if effect.binary]
    clear = [effect for effect in binary if effect.clear]
    # what is changed by the very change (an event that is removed) would make all else small
    told = [one for one in clear if abs(one.effect) < WHOLLY] or clear or binary
    widest = max((max(abs(one.low), abs(one.high)) for one in told if one.low == one.low), default=0.1)
    end = next((end for end in ENDS if end >= widest), 1.0)
    rows = {one.outcome: _row(one, flips.get(one.outcome, ()), end, days) for one in effects}

    def chosen(some: Sequence[Effect]) -> tuple[EffectRow, ...]:
        return tuple(rows[one.outcome] for one in some)

    numbers = [effect for effect in effects if not effect.binary and effect.clear]
    return Shown(
        _scale(
            end,
        ),
        chosen(sorted(clear, key=lambda one: -abs(one.effect))),
        chosen(numbers),
        chosen([effect for effect in effects if not effect.clear and not effect.fixed]),
    )


def _scale(end: float) -> Scale:
    marks = tuple(
        (_place(share, end), ("+" if share > 0 else "") + number(100 * share, 1))
        for share in (-end, -end / 2, 0.0, end / 2, end)
    )
    return Scale(100 * end, marks)


def _place(share: float, end: float) -> float:
    """Where a share stands, cut at the ends of the scale."""
    if math.isnan(share):
        return WIDTH / 2
    return round(WIDTH / 2 + max(min(share / end, 1.0), -1.0) * (WIDTH / 2 - MARGIN), 1)


def _row(one: Effect, flips: Sequence[Flip], end: float, days: DayLabels) -> EffectRow:
    if one.binary:
        before, after = percent(one.before), percent(one.after)
        effect, low, high = (
            _signed(
                100 * value,
            )
            for value in (one.effect, one.low, one.high)
        )
        places = (_place(one.low, end), _place(one.effect, end), _place(one.high, end))
        beyond = abs(one.effect) > end
    else:
        before, after = (number(value, 3) for value in (one.before, one.after))
        effect, low, high = (_signed(value, 3) for value in (one.effect, one.low, one.high))
        places, beyond = None, False
    rising, falling = (
        tuple(FlipLink(flip.run, flip.step, days.short(flip.day)) for flip in flips if flip.rises is rises)
        for rises in (True, False)
    )
    return EffectRow(
        one.outcome, one.name.in_language(), before, after, effect, low, high, one.clear, one.binary,
        one.flips_up, one.flips_down, days.short(one.first_day) if one.first_day is not None else "", places,
        (_end(one.before), _end(one.after)), beyond, rising, falling,
    )  # fmt: skip


def _end(share: float) -> float:
    """Where a share stands on the line from none to all."""
    known = 0.0 if math.isnan(share) else min(max(share, 0.0), 1.0)
    return round(MARGIN + known * (LINE - 2 * MARGIN), 1)


def _signed(value: float, digits: int = 1) -> str:
    text = number(value, digits)
    return f"+{text}" if value > 0 and text not in ("0", "–") else text
