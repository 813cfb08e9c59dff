"""One run as a story: its events day by day as sentences, with what is documented of the same days beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .telling import Row, Teller
from .words import plural, say

if TYPE_CHECKING:
    from .material import Material


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
    language: str = "en"


def story_of(material: Material, run: int, language: str = "en", introduction: Sequence[str] = ()) -> Story:
    """The story of one run."""
    names, labels = material.names(language), material.labels(language)
    by_day: dict[int, list[Row]] = {}
    for row in material.story(run).iter_rows(named=True):
        by_day.setdefault(row["day"], []).append(row)
    step = max(1, round(material.scenario.calendar.step_days))
    # with long steps a documented fact belongs to the step that contains it
    facts: dict[int, list[str]] = {}
    for day, texts in history_by_day(material, language).items():
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
            days.append(_quiet(quiet, sittings, span, language))
            quiet, sittings = [], 0
        if day is not None:
            heading = labels.full(labels.date_of(day))
            days.append(StoryDay(day, day, heading, tuple(sentences), tuple(facts.get(day, ()))))
    title = f"{material.scenario.title.in_language(language)} {say(language, 'Run', 'Прогон')} {run}"
    return Story(run, title, tuple(introduction), tuple(days), language)


def history_by_day(material: Material, language: str) -> dict[int, list[str]]:
    """Documented facts by day from the start, with their sources."""
    names, labels = material.names(language), material.labels(language)
    found: dict[int, list[str]] = {}
    for fact in sorted(material.scenario.record, key=lambda fact: fact.date):
        sources = "; ".join(dict.fromkeys(names.source(entry.source, entry.where) for entry in fact.evidence))
        until = f" ({say(language, 'until', 'до')} {labels.short(fact.until)})" if fact.until else ""
        text = f"{fact.text.in_language(language)}{until}"
        found.setdefault(labels.day_of(fact.date), []).append(f"{text} [{sources}]" if sources else text)
    return found


def _quiet(days: Sequence[int], sittings: int, span: str, language: str) -> StoryDay:
    if sittings:
        noun = plural(sittings, language, ("session", "sessions"), ("заседание", "заседания", "заседаний"))
        words = say(
            language,
            f"Nothing new; the talks hold {sittings} more {noun} with the same result.",
            f"Ничего нового; на переговорах ещё {sittings} {noun} с тем же итогом.",
        )
    else:
        words = say(language, "Nothing new.", "Ничего нового.")
    return StoryDay(days[0], days[-1], span, (words,), is_quiet=True)
