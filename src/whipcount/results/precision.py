"""How precisely an outcome is to be known, and how precisely it is: for ensembles that go on until it is enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from whipcount.errors import RunError
from whipcount.text import say

from .manifest import OutcomeRecord
from .queries import nearest
from .sequence import is_within, sequence_interval, trials_fixed, trials_needed

FINEST = 1e-5
_WRITTEN = re.compile(r"\s*(?P<outcome>\S+?)\s*(?:±|\+-|\+/-)\s*(?P<width>[0-9.eE-]+)\s*(?P<percent>%?)\s*")


@dataclass(frozen=True)
class Wanted:
    """The probability of an outcome, to be known within `half_width` on both sides."""

    outcome: str
    half_width: float

    def __str__(self) -> str:
        return f"{self.outcome} ± {self.half_width:g}"

    def found(self, successes: int, used: int, runs: int) -> Precision:
        """What so many runs say of it, of which `used` have the outcome at all and `successes` have it happen."""
        low, high = sequence_interval(successes, used, self.half_width)
        share = successes / used if used else float("nan")
        reached = is_within(successes, used, self.half_width)
        return Precision(self.outcome, self.half_width, runs, used, share, low, high, reached)

    def runs_needed(self, successes: int, used: int, runs: int) -> int:
        """About how many runs it takes, as so many say; for no run at all, at worst (a probability of one half)."""
        if used == 0:
            return trials_needed(0.5, self.half_width)
        return -(-trials_needed(successes / used, self.half_width) * runs // used)


@dataclass(frozen=True)
class Precision:
    """The probability of an outcome with the interval `low`..`high` of its confidence sequence (95%).

    The interval holds whenever one stops, by whatever rule. `used` of the `runs` have the outcome at all; `reached`:
    whether the interval is within `half_width` of the probability on both sides.
    """

    outcome: str
    half_width: float
    runs: int
    used: int
    probability: float
    low: float
    high: float
    reached: bool

    @property
    def runs_fixed(self) -> int:
        """How many runs give an ordinary interval so narrow, if their number is fixed beforehand and looked at once."""
        return 0 if not self.used else -(-trials_fixed(self.probability, self.half_width) * self.runs // self.used)

    def record(self) -> dict[str, Any]:
        """The fields, and the runs that a number fixed beforehand would have taken."""
        return asdict(self) | {"runs_fixed": self.runs_fixed}

    def sentence(self) -> str:
        """What is known, how surely, and what it has cost."""
        told = say(
            "{outcome}: {share:.4f}, between {low:.4f} and {high:.4f} (95%, wherever one stops), after {runs:,} runs.",
            outcome=self.outcome, share=self.probability, low=self.low, high=self.high, runs=self.runs,
        )  # fmt: skip
        if self.reached:
            fixed = say("A number fixed beforehand would have been about {runs:,}.", runs=self.runs_fixed)
            return f"{told} {fixed}"
        return told + " " + say("That is wider than ± {width:g}.", width=self.half_width)


def parse_wanted(given: str | Sequence[str], outcomes: Sequence[OutcomeRecord]) -> tuple[Wanted, ...]:
    """Precisions as written, `OUTCOME ± 0.005` or `OUTCOME +- 0.5%`.

    Raises RunError: WC300 written otherwise, or of an outcome that is a number; WC314 no such outcome.
    """
    binary = {record.name: record.binary for record in outcomes}
    found = []
    for text in [given] if isinstance(given, str) else given:
        parts = _WRITTEN.fullmatch(text)
        try:
            width = float(parts["width"]) / (100 if parts["percent"] else 1) if parts else 0.0
        except ValueError:
            width = 0.0
        if parts is None or not FINEST <= width < 0.5:
            raise RunError.one(
                "WC300", f"until is {text!r}", f"write it as 'OUTCOME ± 0.005', from {FINEST:g} to below 0.5"
            )
        name = parts["outcome"]
        if name not in binary:
            raise RunError.one("WC314", f"no outcome is called {name!r}", nearest(name, list(binary)))
        if not binary[name]:
            raise RunError.one(
                "WC300", f"until is {text!r}, but {name} is a number", "name an outcome that happens or does not"
            )
        found.append(Wanted(name, width))
    return tuple(found)


__all__ = ["Precision", "Wanted", "parse_wanted"]
