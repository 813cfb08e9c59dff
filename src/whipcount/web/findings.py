"""What an answer found, in one sentence that stands before every table."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from whipcount.text import listing, number, percent, say

if TYPE_CHECKING:
    from whipcount.counterfactual.effects import Effect
    from whipcount.questions.ask import Answer
    from whipcount.questions.forecast_result import Forecast
    from whipcount.text.dates import DayLabels

    from .changes import Teller

TOLD = 2  # outcomes that one sentence holds


def finding_of(teller: Teller, answer: Answer) -> str:
    """What changes do, the largest effects first; of outcomes that the changes decide by themselves nothing is told."""
    changed = listing([teller.told(text) for text in answer.do])
    binary = sorted((one for one in answer.effects if one.clear and one.binary), key=lambda one: -abs(one.effect))
    numbers = [one for one in answer.effects if one.clear and not one.binary]
    found = (binary or numbers)[:TOLD]
    if not answer.parted:
        return say("{changed}: nothing changes in any of {worlds} worlds.", changed=changed, worlds=answer.worlds)
    if not found:
        return say("{changed}: no outcome clearly changes.", changed=changed)
    return f"{changed}: {'; '.join(map(_told, found))}."


def _told(effect: Effect) -> str:
    name = effect.name.in_language()
    if not effect.binary:
        return say("{name}: {before} before, {after} after", name=name,
                   before=number(effect.before, 3), after=number(effect.after, 3))  # fmt: skip
    before, after = percent(effect.before), percent(effect.after)
    if effect.effect > 0:
        return say("{name}: more often, {before} to {after}", name=name, before=before, after=after)
    return say("{name}: less often, {before} to {after}", name=name, before=before, after=after)


def forecast_finding(forecast: Forecast) -> str:
    """What is most likely of what is open, and what the facts moved most."""
    known = [one for one in forecast.outcomes if one.probability == one.probability]
    if not known:
        return say("Nothing that is asked for is still open.")
    moved = sorted(known, key=lambda one: -abs(one.probability - one.prior))[:TOLD]
    parts = [
        say("{name}: {now}, {prior} before any fact", name=one.label.in_language(), now=percent(one.probability),
            prior=percent(one.prior))
        for one in moved
    ]  # fmt: skip
    return say("What the facts move most: {parts}.", parts="; ".join(parts))


def dated(text: str, days: DayLabels) -> str:
    """A sentence whose dates are written for programs (2030-03-07), with dates as people write them."""

    def told(found: re.Match[str]) -> str:
        try:
            return days.full(dt.date.fromisoformat(found.group()))
        except ValueError:
            return found.group()

    return re.sub(r"\b\d{4}-\d{2}-\d{2}\b", told, text)
