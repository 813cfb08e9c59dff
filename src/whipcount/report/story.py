"""One run as a story: its events day by day as sentences, with what is documented of the same days beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from whipcount.text import language as spoken
from whipcount.text import say, say_many

from .telling import Row, Teller

if TYPE_CHECKING:
    from whipcount.charts.material import Material


@dataclass(frozen=True)
class StoryDay:
    """A day, or a quiet stretch up to `last`: what the run says, and what is documented."""

    first: int
    last: int
    heading: str
    sentences: tuple[str, ...]
    history: tuple[str, ...] = ()
    is_quiet: bool = False  # it sums up days on which nothing new happens


@dataclass(frozen=True)
class Story:
    """A run told from its first day to its last."""

    run: int
    title: str
    introduction: tuple[str, ...]
    days: tuple[StoryDay, ...]
    language: str = field(default_factory=spoken)


def story_of(material: Material, run: int, introduction: Sequence[str] = ()) -> Story:
    """The story of one run."""
    names, labels = material.names(), material.labels()
    by_day: dict[int, list[Row]] = {}
    for row in material.story(run).iter_rows(named=True):
        by_day.setdefault(row["day"], []).append(row)
    step = max(1, round(material.scenario.calendar.step_days))
    # with long steps a documented fact belongs to the step that contains it
    facts: dict[int, list[str]] = {}
    for day, texts in history_by_day(material).items():
        facts.setdefault(day // step * step, []).extend(texts)
    teller = Teller(material, names)
    days: list[StoryDay] = []
    quiet: list[int] = []
    sittings = 0
    for day in [*range(0, labels.day_of(labels.end) + 1, step), None]:
        rows = by_day.get(day, []) if day is not None else []
        sentences = teller.day(rows)
        if day is not None and not sentences and day not in facts:
            quiet.append(day)
            sittings += any(row["verb"] == "session" for row in rows)
            continue
        if quiet:
            span = labels.span(labels.date_of(quiet[0]), labels.date_of(quiet[-1]))
            days.append(_quiet(quiet, sittings, span))
            quiet, sittings = [], 0
        if day is not None:
            heading = labels.full(labels.date_of(day))
            days.append(StoryDay(day, day, heading, tuple(sentences), tuple(facts.get(day, ()))))
    title = f"{material.scenario.title.in_language()} {say('Run')} {run}"
    return Story(run, title, tuple(introduction), tuple(days))


def history_by_day(material: Material) -> dict[int, list[str]]:
    """Documented facts by day from the start, with their sources."""
    names, labels = material.names(), material.labels()
    found: dict[int, list[str]] = {}
    for fact in sorted(material.scenario.record, key=lambda fact: fact.date):
        sources = "; ".join(dict.fromkeys(names.source(entry.source, entry.where) for entry in fact.evidence))
        until = f" ({say('until')} {labels.short(fact.until)})" if fact.until else ""
        text = f"{fact.text.in_language()}{until}"
        found.setdefault(labels.day_of(fact.date), []).append(f"{text} [{sources}]" if sources else text)
    return found


def _quiet(days: Sequence[int], sittings: int, span: str) -> StoryDay:
    if sittings:
        words = say_many(
            "Nothing new; the talks hold {n} more session with the same result.",
            "Nothing new; the talks hold {n} more sessions with the same result.",
            sittings,
        )
    else:
        words = say("Nothing new.")
    return StoryDay(days[0], days[-1], span, (words,), is_quiet=True)
