"""One run as a story: its events day by day as sentences, with what is documented of the same days beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import theme
from .names import Names
from .phrases import Phrase, phrase_of, topics
from .words import listing, plural, say

if TYPE_CHECKING:
    from .material import Material

DIVISION = ("division", "ayes", "noes", "vote")
TALKS = ("session", "favoured", "accept", "decline")


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


@dataclass
class _Telling:
    """What a day's sentences are made from; remembers what the last session of the talks came to."""

    material: Material
    names: Names
    last_session: tuple[Any, ...] | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.names.language


Row = Mapping[str, Any]


def story_of(material: Material, run: int, language: str = "en", introduction: Sequence[str] = ()) -> Story:
    """The story of one run."""
    names, labels = material.names(language), material.labels(language)
    telling = _Telling(material, names, sizes={actor.id: actor.size for actor in material.scenario.actors})
    by_day: dict[int, list[Row]] = {}
    for row in material.story(run).iter_rows(named=True):
        by_day.setdefault(row["day"], []).append(row)
    history = history_by_day(material, language)
    step = max(1, round(material.scenario.calendar.step_days))
    last = labels.day_of(labels.end)
    days: list[StoryDay] = []
    quiet: list[int] = []
    sittings = 0

    def close() -> None:
        nonlocal sittings
        if quiet:
            days.append(
                _quiet(quiet, sittings, labels.span(labels.date_of(quiet[0]), labels.date_of(quiet[-1])), language)
            )
        quiet.clear()
        sittings = 0

    # with long steps a documented fact belongs to the step that contains it
    facts: dict[int, list[str]] = {}
    for day, texts in history.items():
        facts.setdefault(day // step * step, []).extend(texts)
    for day in range(0, last + 1, step):
        rows = by_day.get(day, [])
        sentences = _sentences(rows, telling)
        if not sentences and day not in facts:
            quiet.append(day)
            sittings += any(row["verb"] == "session" for row in rows)
            continue
        close()
        heading = labels.full(labels.date_of(day))
        days.append(StoryDay(day, day, heading, tuple(sentences), tuple(facts.get(day, ()))))
    close()
    title = f"{material.scenario.title.in_language(language)}: {say(language, 'run', 'прогон')} {run}"
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


def _sentences(rows: Sequence[Row], telling: _Telling) -> list[str]:
    """A day's sentences in the order of its events; the talks and each division are told as one."""
    told: list[str] = []
    done: set[tuple[Any, ...]] = set()
    talks = [row for row in rows if row["mechanism"] == "talks" and row["verb"] in TALKS]
    divisions = _divisions(rows)
    motions = [row for row in rows if row["verb"] in ("carried", "defeated")]
    for row in rows:
        verb, mechanism = row["verb"], row["mechanism"]
        if row in talks:
            key: tuple[Any, ...] = ("talks",)
            sentence = _session(talks, telling) if key not in done else []
        elif verb in DIVISION:
            key = ("division", mechanism)
            sentence = []
            if key not in done:
                for (held_by, body, number), votes in divisions.items():
                    if held_by == mechanism:
                        sentence.append(_division(held_by, body, number, votes, motions, telling))
        else:
            phrase = phrase_of(verb, row["code"], telling.language)
            grouping = phrase.group if phrase else "each"
            key = (verb, row["code"], *_group_key(row, grouping))
            group = [other for other in rows if (other["verb"], other["code"], *_group_key(other, grouping)) == key]
            sentence = [_told(phrase, verb, group, telling)] if key not in done else []
        done.add(key)
        told += [text for text in sentence if text]
    return told


def _group_key(row: Row, grouping: str) -> tuple[Any, ...]:
    if grouping == "who by what":
        return (row["object"],)
    if grouping == "each":
        return (row["actor"], row["object"], row["value"])
    return ()


def _told(phrase: Phrase | None, verb: str, group: Sequence[Row], telling: _Telling) -> str:
    """A group of like events as one sentence."""
    names = telling.names
    who = list(dict.fromkeys(_who(row, telling) for row in group if row["actor"]))
    what = list(dict.fromkeys(_thing(row, verb, names) for row in group if row["object"]))
    pairs = [_pair(row, names) for row in group]
    if phrase is None:
        return f"{verb}: {', '.join(who + what)}."
    value = group[0]["value"]
    quoted = say(telling.language, "”, “", "», «")
    between = quoted if phrase.group == "what" and ("“" in phrase.one or "«" in phrase.one) else ", "
    words = {
        "who": _list(who, phrase.one, telling.language),
        "what": between.join(what),
        "the": between.join(name if name.lower().startswith("the ") else f"the {name}" for name in what),
        "pairs": "; ".join(pairs),
        "number": theme.number(value, telling.language, 0),
        "settlement": _settlement(group[0], telling) if "{settlement}" in phrase.one else "",
    }
    return phrase.text(len(pairs) if phrase.group == "pairs" else len(who)).format(**words)


def _list(who: Sequence[str], template: str, language: str) -> str:
    """Names with a closing "and" where they begin the sentence or stand in it; plain commas after a colon."""
    return ", ".join(who) if template.endswith(": {who}.") else listing(who, language)


def _who(row: Row, telling: _Telling) -> str:
    """Whom an event is about; a bloc with its size."""
    name = telling.names.brief(row["actor"])
    size = telling.sizes.get(row["actor"], 1)
    return f"{name} ({size})" if size > 1 else name


def _thing(row: Row, verb: str, names: Names) -> str:
    """What an event is about: a settlement where the verb says so, else whatever bears the id; bodies in short."""
    if verb in ("favoured", "agreement", "settled"):
        return names.settlement(row["object"])
    return names.brief_body(row["object"])


def _pair(row: Row, names: Names) -> str:
    thing = names.what(row["object"])
    return f"{names.brief(row['actor'])} ({thing})" if row["object"] else names.brief(row["actor"])


def _settlement(row: Row, telling: _Telling) -> str:
    """The settlement that a code names, or that the value numbers (from 1)."""
    settlements = telling.material.scenario.settlements
    if row["code"]:
        return telling.names.settlement(row["code"])
    number = round(row["value"] or 0)
    return telling.names.settlement(settlements[number - 1].id) if 0 < number <= len(settlements) else "–"


def _session(talks: Sequence[Row], telling: _Telling) -> list[str]:
    """A session of the talks as one sentence; nothing where it came to the same as the one before."""
    favoured = tuple(row["object"] for row in talks if row["verb"] == "favoured")
    ready = tuple(row["actor"] for row in talks if row["verb"] == "accept")
    unready = tuple(row["actor"] for row in talks if row["verb"] == "decline")
    result = (favoured, frozenset(ready), frozenset(unready))
    if result == telling.last_session:
        return []
    telling.last_session = result
    groups = [[row for row in talks if row["verb"] == verb] for verb in TALKS]
    parts = []
    for verb, group in zip(TALKS, groups, strict=True):
        if group:
            parts.append(_told(phrase_of(verb, group[0]["code"], telling.language), verb, group, telling))
    return [" ".join(parts)]


def _divisions(rows: Iterable[Row]) -> dict[tuple[str, str, int], list[Row]]:
    """Events of divisions by mechanism, body and number: a body may divide several times a day on one matter."""
    found: dict[tuple[str, str, int], list[Row]] = {}
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if row["verb"] not in DIVISION:
            continue
        cell = (row["mechanism"], row["verb"], row["actor"], row["object"])
        seen[cell] = seen.get(cell, 0) + 1
        found.setdefault((row["mechanism"], row["object"], seen[cell]), []).append(row)
    return dict(sorted(found.items(), key=lambda item: item[0][2]))


def _division(
    mechanism: str, body: str, number: int, rows: Sequence[Row], motions: Sequence[Row], telling: _Telling
) -> str:
    """ "Central Committee, on the mandate: 10 for, 4 against, passed. For: ...; against: ...; abstaining: ..." """
    language, names = telling.language, telling.names
    values = {row["verb"]: row["value"] for row in rows if row["verb"] != "vote"}
    passed = bool(values.get("division"))
    topic = _topic(mechanism, body, number, passed, motions, telling)
    ayes, noes = (theme.number(values.get(verb), language, 0) for verb in ("ayes", "noes"))
    tally = say(language, f"{ayes} for, {noes} against", f"за — {ayes}, против — {noes}")
    result = say(language, "carried" if passed else "lost", "принято" if passed else "отклонено")
    sentence = f"{names.brief_body(body)}, {topic}: {tally}, {result}."
    groups = []
    for code, en, ru in (("yes", "For", "За"), ("no", "Against", "Против"), ("abstain", "Abstaining", "Воздержание")):
        who = [_who(row, telling) for row in rows if row["verb"] == "vote" and row["code"] == code]
        if who:
            groups.append(f"{say(language, en, ru)}: {', '.join(who)}.")
    return " ".join([sentence, *groups])


def _topic(mechanism: str, body: str, number: int, passed: bool, motions: Sequence[Row], telling: _Telling) -> str:
    """What the division is about: the motion that it carried or defeated, or the mechanism's matter."""
    known = topics(telling.language)
    if mechanism == "ballot":
        wanted = "carried" if passed else "defeated"
        own = {motion.id for motion in telling.material.scenario.motions if motion.body == body}
        here = [row["object"] for row in motions if row["object"] in own]
        fitting = [row["object"] for row in motions if row["object"] in own and row["verb"] == wanted]
        if len(here) == 1 or len(fitting) == 1:
            name = telling.names.what(here[0] if len(here) == 1 else fitting[0])
            return say(telling.language, f"on “{name}”", f"«{name}»")
    return (
        known.get(f"{mechanism} {number}") or known.get(mechanism) or say(telling.language, "division", "голосование")
    )
