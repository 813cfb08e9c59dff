"""The contents of the HTML report, page by page: plain records of texts that the templates set."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from whipcount.charts.outcomes import USES, use_heading
from whipcount.text import count, mark, number, percent, say
from whipcount.text.fitting import runs

from .phrases import NOTABLE, notable

if TYPE_CHECKING:
    from whipcount.charts.material import Material
    from whipcount.scenario.schema import Outcome

RARE, SURE = 0.02, 0.98  # beyond these the prior predictive page lists an outcome


@dataclass(frozen=True)
class OutcomeRow:
    """An outcome of the table: the model's value and interval, history, sources; `share` draws its bar."""

    name: str
    value: str
    interval: str
    history: str
    agrees: bool | None
    crisis: str
    source: str
    share: float | None


@dataclass(frozen=True)
class OutcomeGroup:
    """Outcomes of one use."""

    heading: str
    rows: tuple[OutcomeRow, ...]


@dataclass(frozen=True)
class Extreme:
    """An outcome that the priors all but exclude or all but impose, and what that means."""

    name: str
    value: str
    history: str
    meaning: str
    crisis: str


@dataclass(frozen=True)
class FactRow:
    """A documented fact, and what the model does on its day."""

    date: str
    text: str
    judgement: bool
    source: str
    conflict: str
    model: str


@dataclass(frozen=True)
class AssumedRow:
    """A section of the scenario: how many of its statements cite a source, how many are assumed."""

    section: str
    cited: int
    assumed: int


@dataclass(frozen=True)
class PriorRow:
    """A parameter with its value or prior and the reason for it."""

    name: str
    prior: str
    reason: str


def outcome_groups(material: Material) -> list[OutcomeGroup]:
    """The table of outcomes, by use."""
    values = {row["name"]: row for row in material.outcomes.iter_rows(named=True)}
    groups = []
    for use in USES:
        rows = [
            _outcome_row(material, outcome, values[outcome.id])
            for outcome in material.scenario.outcomes
            if outcome.use == use and outcome.id in values
        ]
        if rows:
            groups.append(OutcomeGroup(use_heading(use), tuple(rows)))
    return groups


def _outcome_row(material: Material, outcome: Outcome, row: Mapping[str, Any]) -> OutcomeRow:
    names = material.names()
    source = "; ".join(dict.fromkeys(names.source(entry.source, entry.where) for entry in outcome.evidence))
    if not source and outcome.assumed:
        source = say("assumed")
    binary = outcome.measure.is_binary
    fields = ("probability", "low", "high") if binary else ("mean", "mean_low", "mean_high")
    value, low, high = (row.get(field) for field in fields)
    agrees = None
    if binary and outcome.happened is not None and value is not None:
        agrees = (value >= 0.5) == bool(outcome.happened)
    crisis = row.get("crisis_probability") if outcome.given_crisis else None
    return OutcomeRow(
        name=outcome.name.in_language(),
        value=shown(material, outcome, value),
        interval=f"{shown(material, outcome, low)} – {shown(material, outcome, high)}",
        history=_history(material, outcome),
        agrees=agrees,
        crisis="" if crisis is None else shown(material, outcome, crisis),
        source=source,
        share=value if binary else None,
    )


def shown(material: Material, outcome: Outcome, value: float | None) -> str:
    """A value of an outcome as its kind is read: a share, a count, a day, a level."""
    if value is None or math.isnan(value):
        return "–"
    if outcome.measure.is_binary:
        return percent(value)
    if outcome.measure.form == "first":
        labels = material.labels()
        return labels.short(labels.date_of(value))
    return number(value, 2 if outcome.measure.form == "final" else 1)


def _history(material: Material, outcome: Outcome) -> str:
    if outcome.happened is None:
        return "–"
    if outcome.measure.is_binary:
        return say("yes") if outcome.happened else say("no")
    return shown(material, outcome, float(outcome.happened))


def documented_shares(material: Material) -> list[float]:
    """The model's probability of what happened, for each yes or no outcome with known history."""
    values = dict(material.outcomes.select("name", "probability").iter_rows())
    shares = []
    for outcome in material.scenario.outcomes:
        value = values.get(outcome.id)
        if outcome.measure.is_binary and outcome.happened is not None and value is not None and not math.isnan(value):
            shares.append(value if outcome.happened else 1 - value)
    return shares


def key_points(material: Material) -> list[str]:
    """What a hurried reader should take away."""
    shares = documented_shares(material)
    points = []
    if shares:
        leaning = sum(share >= 0.5 for share in shares)
        brier = sum((1 - share) ** 2 for share in shares) / len(shares)
        points.append(
            say(
                "Of {many_shares} documented yes-or-no outcomes the model finds what happened likelier than "
                "not in {leaning}; its Brier score is {brier} (a coin has 0.25, an oracle 0).",
                many_shares=len(shares),
                leaning=leaning,
                brier=number(brier, 2),
            )
        )
    if material.logged:
        fallen = material.happenings("fall")["run"].n_unique() / material.logged
        points.append(say("The government falls in {fallen} of runs.", fallen=percent(fallen)))
    else:
        points.append(
            say("No events of these runs were kept: what hangs on them (stories, seats, who has gone) is not told.")
        )
    listed = len(extremes(material))
    points.append(
        say(
            "{listed} outcomes are nearly certain or nearly impossible under the priors; see what that means below.",
            listed=listed,
        )
    )
    points.append(
        say("All this is a model of {runs}, not a record: what is documented is marked so.", runs=runs(material.runs))
    )
    return points


def extremes(material: Material) -> list[Extreme]:
    """Yes or no outcomes with a probability under .02 or over .98, and documented numbers that hardly a run reaches."""
    found = []
    values = {row["name"]: row for row in material.outcomes.iter_rows(named=True)}
    for outcome in material.scenario.outcomes:
        row = values.get(outcome.id)
        meaning = None if row is None else _extreme(outcome, row)
        if row is None or meaning is None:
            continue
        shares = _outcome_row(material, outcome, row)
        found.append(Extreme(shares.name, shares.value, shares.history, meaning, shares.crisis))
    return found


def _extreme(outcome: Outcome, row: Mapping[str, Any]) -> str | None:
    """What it means that an outcome is extreme; none where it is not."""
    if outcome.measure.is_binary:
        share = row["probability"]
        if share is None or math.isnan(share) or RARE <= share <= SURE:
            return None
        return _meaning(share > 0.5, outcome.happened)
    at_most, at_least = row.get("at_most"), row.get("at_least")
    if outcome.happened is None or at_most is None or at_least is None:
        return None
    if at_most < RARE:
        return say("Hardly a run stays as low as history.")
    if at_least < RARE:
        return say("Hardly a run goes as high as history.")
    return None


def _meaning(sure: bool, happened: bool | float | None) -> str:
    if happened is None:
        return say("All but settled by the model's structure; history is not known.")
    if bool(happened) == sure:
        return say("The model gives this whatever its parameters: agreement with history is no evidence for it.")
    return say(
        "The model all but excludes what happened: history took a rare course, or something that led to it is missing."
    )


def fact_rows(material: Material) -> list[FactRow]:
    """The record, each fact with what the model most often does on its day."""
    names, labels = material.names(), material.labels()
    doings = _doings_by_day(material)
    rows = []
    for fact in sorted(material.scenario.record, key=lambda fact: fact.date):
        day = labels.day_of(fact.date)
        source = "; ".join(dict.fromkeys(names.source(entry.source, entry.where) for entry in fact.evidence))
        date = labels.short(fact.date) if fact.until is None else labels.span(fact.date, fact.until)
        judgement = fact.kind == "judgement"
        model = doings.pop(day, "")  # told once a day, beside its first fact
        rows.append(FactRow(date, fact.text.in_language(), judgement, source, fact.conflict, model))
    return rows


def _doings_by_day(material: Material) -> dict[int, str]:
    """For each day, what happens in most runs of those in which something notable does: at most three, with shares.

    None where no events are kept.
    """
    if not material.logged:
        return {}
    verbs = sorted({key.partition(":")[0] for key in NOTABLE})
    events = material.happenings(*verbs)
    counts = events.group_by("day", "verb", "code").agg(pl.col("run").n_unique().alias("runs"))
    by_day: dict[int, list[tuple[float, str]]] = {}
    for day, verb, code, happened in counts.iter_rows():
        name = notable(f"{verb}:{code}") or notable(verb)
        share = happened / material.logged
        if name and share >= 0.005:
            by_day.setdefault(day, []).append((share, name))
    return {
        day: "; ".join(f"{name} {percent(share)}" for share, name in _merged(found)[:3])
        for day, found in by_day.items()
    }


def _merged(found: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Largest shares first; one entry a name."""
    best: dict[str, float] = {}
    for share, name in found:
        best[name] = max(share, best.get(name, 0.0))
    return sorted(((share, name) for name, share in best.items()), reverse=True)


def assumed_rows(material: Material) -> list[AssumedRow]:
    """How much of each section of the scenario is cited and how much assumed; empty where its file is not at hand."""
    if material.loaded is None:
        return []
    from whipcount.scenario import provenance
    from whipcount.scenario.yaml_nodes import parse

    loaded = material.loaded
    if not loaded.tree.value:  # a run folder keeps the file's text only
        loaded = replace(loaded, tree=parse(loaded.text, str(loaded.path)))
    known = provenance(loaded)
    cited = Counter(statement.section for statement in known.statements)
    assumed = Counter(value.path.split(".")[0] for value in known.assumed)
    labels = _sections()
    return [
        AssumedRow(labels.get(section, section), cited[section], assumed[section])
        for section in dict.fromkeys([*cited, *assumed])
    ]


def _sections() -> dict[str, str]:
    titles = {
        "settlements": mark("settlements"),
        "government": mark("government"),
        "parties": mark("parties"),
        "defaults": mark("default traits"),
        "actors": mark("actors and their positions"),
        "factions": mark("factions"),
        "bodies": mark("bodies and seats"),
        "posts": mark("posts"),
        "table": mark("the talks"),
        "pressures": mark("pressures"),
        "constituencies": mark("local organisations"),
        "events": mark("outside events"),
        "motions": mark("standing motions"),
        "offers": mark("offers"),
        "history": mark("before the start"),
        "record": mark("record"),
        "outcomes": mark("outcomes"),
        "claims": mark("claims"),
        "variants": mark("variants"),
        "parameters": mark("parameters"),
    }
    return {section: say(title) for section, title in titles.items()}


def prior_rows(material: Material) -> list[PriorRow]:
    """The parameters that the scenario sets, with their reasons."""
    names = material.names()
    rows = []
    for name, given in sorted(material.scenario.parameters.items()):
        if given.prior is not None:
            value = getattr(given.prior, given.prior.form)
            numbers = value if isinstance(value, tuple) else (value,)
            prior = f"{given.prior.form}({', '.join(number(one, 4) for one in numbers)})"
        else:
            prior = number(given.value, 4)
        source = "; ".join(names.source(entry.source, entry.where) for entry in given.evidence)
        rows.append(PriorRow(name, prior, given.assumed or source))
    return rows


def method_rows(material: Material) -> list[tuple[str, str]]:
    """How the runs were made, so that they can be made again."""
    facts = dict(material.facts)
    labels = material.labels()
    account = material.account or say("the shared base")
    rows = [
        (say("Scenario"), material.slug),
        (say("Account"), account),
        (say("Time"), labels.span(labels.start, labels.end)),
        (say("Runs"), count(material.runs)),
        (
            say("Events kept of the first"),
            count(material.logged),
        ),
        (say("Seed"), facts.pop("seed", "–")),
        (say("Hash of the scenario's file"), facts.pop("hash", "–")),
        (say("Order of a step"), facts.pop("step_order", "–")),
    ]
    version = say("Version of")
    return [*rows, *((key.replace("version of", version), value) for key, value in facts.items())]


def source_rows(material: Material) -> list[tuple[str, str]]:
    """The works that the scenario draws on: id and full reference."""
    rows = []
    for source in material.scenario.sources:
        year = f", {source.year}" if source.year else ""
        author = f"{source.author.rstrip('.')}. " if source.author else ""
        note = f" — {source.note}" if source.note else ""
        rows.append((source.id, f"{author}{source.title.in_language()}{year}{note}"))
    return rows
