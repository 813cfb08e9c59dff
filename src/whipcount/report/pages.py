"""The contents of the HTML report, page by page: plain records of texts that the templates set."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from . import theme
from .charts.outcomes import use_heading
from .phrases import notable
from .words import runs, say

if TYPE_CHECKING:
    from whipcount.scenario.schema import Outcome

    from .material import Material

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


def outcome_groups(material: Material, language: str) -> list[OutcomeGroup]:
    """The table of outcomes, by use."""
    values = {row["name"]: row for row in material.outcomes.iter_rows(named=True)}
    groups = []
    for use in ("calibrate", "holdout", "report"):
        rows = [
            _outcome_row(material, outcome, values[outcome.id], language)
            for outcome in material.scenario.outcomes
            if outcome.use == use and outcome.id in values
        ]
        if rows:
            groups.append(OutcomeGroup(use_heading(use, language), tuple(rows)))
    return groups


def _outcome_row(material: Material, outcome: Outcome, row: Mapping[str, Any], language: str) -> OutcomeRow:
    names = material.names(language)
    source = "; ".join(dict.fromkeys(names.source(entry.source, entry.where) for entry in outcome.evidence))
    if not source and outcome.assumed:
        source = say(language, "assumed", "допущение")
    binary = outcome.measure.is_binary
    fields = ("probability", "low", "high") if binary else ("mean", "mean_low", "mean_high")
    value, low, high = (row.get(field) for field in fields)
    agrees = None
    if binary and outcome.happened is not None and value is not None:
        agrees = (value >= 0.5) == bool(outcome.happened)
    crisis = row.get("crisis_probability") if outcome.given_crisis else None
    return OutcomeRow(
        name=outcome.name.in_language(language),
        value=shown(material, outcome, value, language),
        interval=f"{shown(material, outcome, low, language)} – {shown(material, outcome, high, language)}",
        history=_history(material, outcome, language),
        agrees=agrees,
        crisis="" if crisis is None else shown(material, outcome, crisis, language),
        source=source,
        share=value if binary else None,
    )


def shown(material: Material, outcome: Outcome, value: float | None, language: str) -> str:
    """A value of an outcome as its kind is read: a share, a count, a day, a level."""
    if value is None or math.isnan(value):
        return "–"
    if outcome.measure.is_binary:
        return theme.percent(value, language)
    if outcome.measure.form == "first":
        labels = material.labels(language)
        return labels.short(labels.date_of(value))
    return theme.number(value, language, 2 if outcome.measure.form == "final" else 1)


def _history(material: Material, outcome: Outcome, language: str) -> str:
    if outcome.happened is None:
        return "–"
    if outcome.measure.is_binary:
        return say(language, "yes", "да") if outcome.happened else say(language, "no", "нет")
    return shown(material, outcome, float(outcome.happened), language)


def documented_shares(material: Material) -> list[float]:
    """The model's probability of what happened, for each yes or no outcome with known history."""
    values = dict(material.outcomes.select("name", "probability").iter_rows())
    shares = []
    for outcome in material.scenario.outcomes:
        value = values.get(outcome.id)
        if outcome.measure.is_binary and outcome.happened is not None and value is not None and not math.isnan(value):
            shares.append(value if outcome.happened else 1 - value)
    return shares


def key_points(material: Material, language: str) -> list[str]:
    """What a hurried reader should take away."""
    shares = documented_shares(material)
    points = []
    if shares:
        leaning = sum(share >= 0.5 for share in shares)
        brier = sum((1 - share) ** 2 for share in shares) / len(shares)
        points.append(
            say(
                language,
                f"Of {len(shares)} documented yes-or-no outcomes the model finds what happened likelier than not in "
                f"{leaning}; its Brier score is {theme.number(brier, language, 2)} (a coin has 0.25, an oracle 0).",
                f"Из документированных исходов «да или нет» ({len(shares)}) модель считает произошедшее вероятнее "
                f"обратного в {leaning}; оценка Бриера {theme.number(brier, language, 2)} (у монеты 0,25, у "
                "оракула 0).",
            )
        )
    fallen = material.happenings("fall")["run"].n_unique() / max(material.logged, 1)
    points.append(
        say(
            language,
            f"The government falls in {theme.percent(fallen, language)} of runs.",
            f"Правительство падает в {theme.percent(fallen, language)} прогонов.",
        )
    )
    listed = len(extremes(material, language))
    points.append(
        say(
            language,
            f"{listed} outcomes are nearly certain or nearly impossible under the priors; see what that means below.",
            f"Почти достоверных или почти невозможных при априорных распределениях исходов — {listed}; что это значит, "
            "сказано ниже.",
        )
    )
    points.append(
        say(
            language,
            f"All this is a model of {runs(material.runs, language)}, not a record: what is documented is marked so.",
            f"Всё это модель ({runs(material.runs, language)}), а не летопись: документированное отмечено.",
        )
    )
    return points


def extremes(material: Material, language: str) -> list[Extreme]:
    """Yes or no outcomes with a probability under .02 or over .98, and documented numbers that hardly a run reaches."""
    found = []
    values = {row["name"]: row for row in material.outcomes.iter_rows(named=True)}
    for outcome in material.scenario.outcomes:
        row = values.get(outcome.id)
        meaning = None if row is None else _extreme(outcome, row, language)
        if row is None or meaning is None:
            continue
        shares = _outcome_row(material, outcome, row, language)
        found.append(Extreme(shares.name, shares.value, shares.history, meaning, shares.crisis))
    return found


def _extreme(outcome: Outcome, row: Mapping[str, Any], language: str) -> str | None:
    """What it means that an outcome is extreme; none where it is not."""
    if outcome.measure.is_binary:
        share = row["probability"]
        if share is None or math.isnan(share) or RARE <= share <= SURE:
            return None
        return _meaning(share > 0.5, outcome.happened, language)
    at_most, at_least = row.get("at_most"), row.get("at_least")
    if outcome.happened is None or at_most is None or at_least is None:
        return None
    if at_most < RARE:
        return say(
            language,
            "Hardly a run stays as low as history.",
            "Почти ни один прогон не остаётся так низко, как история.",
        )
    if at_least < RARE:
        return say(language, "Hardly a run goes as high as history.", "Почти ни один прогон не поднимается до истории.")
    return None


def _meaning(sure: bool, happened: bool | float | None, language: str) -> str:
    if happened is None:
        return say(
            language,
            "All but settled by the model's structure; history is not known.",
            "Почти предрешено устройством модели; что было на деле, неизвестно.",
        )
    if bool(happened) == sure:
        return say(
            language,
            "The model gives this whatever its parameters: agreement with history is no evidence for it.",
            "Модель даёт это при любых параметрах: совпадение с историей ничего не доказывает.",
        )
    return say(
        language,
        "The model all but excludes what happened: history took a rare course, or something that led to it is missing.",
        "Модель почти исключает произошедшее: либо история пошла редким путём, либо в модели чего-то не хватает.",
    )


def fact_rows(material: Material, language: str) -> list[FactRow]:
    """The record, each fact with what the model most often does on its day."""
    names, labels = material.names(language), material.labels(language)
    doings = _doings_by_day(material, language)
    rows = []
    for fact in sorted(material.scenario.record, key=lambda fact: fact.date):
        day = labels.day_of(fact.date)
        source = "; ".join(dict.fromkeys(names.source(entry.source, entry.where) for entry in fact.evidence))
        date = labels.short(fact.date) if fact.until is None else labels.span(fact.date, fact.until)
        judgement = fact.kind == "judgement"
        model = doings.pop(day, "")  # told once a day, beside its first fact
        rows.append(FactRow(date, fact.text.in_language(language), judgement, source, fact.conflict, model))
    return rows


def _doings_by_day(material: Material, language: str) -> dict[int, str]:
    """For each day, what happens in most runs of those in which something notable does: at most three, with shares."""
    known = notable(language)
    verbs = sorted({key.partition(":")[0] for key in known})
    events = material.happenings(*verbs)
    counts = events.group_by("day", "verb", "code").agg(pl.col("run").n_unique().alias("runs"))
    by_day: dict[int, list[tuple[float, str]]] = {}
    for day, verb, code, number in counts.iter_rows():
        name = known.get(f"{verb}:{code}") or known.get(verb)
        share = number / max(material.logged, 1)
        if name and share >= 0.005:
            by_day.setdefault(day, []).append((share, name))
    return {
        day: "; ".join(f"{name} {theme.percent(share, language)}" for share, name in _merged(found)[:3])
        for day, found in by_day.items()
    }


def _merged(found: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Largest shares first; one entry a name."""
    best: dict[str, float] = {}
    for share, name in found:
        best[name] = max(share, best.get(name, 0.0))
    return sorted(((share, name) for name, share in best.items()), reverse=True)


def assumed_rows(material: Material, language: str) -> list[AssumedRow]:
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
    labels = _sections(language)
    return [
        AssumedRow(labels.get(section, section), cited[section], assumed[section])
        for section in dict.fromkeys([*cited, *assumed])
    ]


def _sections(language: str) -> dict[str, str]:
    pairs = {
        "settlements": ("settlements", "соглашения"),
        "government": ("government", "правительство"),
        "parties": ("parties", "партии"),
        "defaults": ("default traits", "свойства по умолчанию"),
        "actors": ("actors and their positions", "действующие лица и их позиции"),
        "factions": ("factions", "фракции"),
        "bodies": ("bodies and seats", "органы и места"),
        "posts": ("posts", "посты"),
        "table": ("the talks", "переговоры"),
        "pressures": ("pressures", "давления"),
        "constituencies": ("local organisations", "местные организации"),
        "events": ("outside events", "внешние события"),
        "motions": ("standing motions", "предложения"),
        "offers": ("offers", "приглашения"),
        "history": ("before the start", "до начала"),
        "record": ("record", "летопись"),
        "outcomes": ("outcomes", "исходы"),
        "claims": ("claims", "тезисы"),
        "variants": ("variants", "варианты"),
        "parameters": ("parameters", "параметры"),
    }
    return {section: say(language, *pair) for section, pair in pairs.items()}


def prior_rows(material: Material, language: str) -> list[PriorRow]:
    """The parameters that the scenario sets, with their reasons."""
    names = material.names(language)
    rows = []
    for name, given in sorted(material.scenario.parameters.items()):
        if given.prior is not None:
            value = getattr(given.prior, given.prior.form)
            numbers = value if isinstance(value, tuple) else (value,)
            prior = f"{given.prior.form}({', '.join(theme.number(number, language, 4) for number in numbers)})"
        else:
            prior = theme.number(given.value, language, 4)
        source = "; ".join(names.source(entry.source, entry.where) for entry in given.evidence)
        rows.append(PriorRow(name, prior, given.assumed or source))
    return rows


def method_rows(material: Material, language: str) -> list[tuple[str, str]]:
    """How the runs were made, so that they can be made again."""
    facts = dict(material.facts)
    labels = material.labels(language)
    account = material.account or say(language, "the shared base", "общая основа")
    rows = [
        (say(language, "Scenario", "Сценарий"), material.slug),
        (say(language, "Account", "Версия источников"), account),
        (say(language, "Time", "Время"), labels.span(labels.start, labels.end)),
        (say(language, "Runs", "Прогоны"), theme.count(material.runs, language)),
        (
            say(language, "Events kept of the first", "События сохранены у первых"),
            theme.count(material.logged, language),
        ),
        (say(language, "Seed", "Зерно"), facts.pop("seed", "–")),
        (say(language, "Hash of the scenario's file", "Хеш файла сценария"), facts.pop("hash", "–")),
        (say(language, "Order of a step", "Порядок шага"), facts.pop("step_order", "–")),
    ]
    version = say(language, "Version of", "Версия")
    return [*rows, *((key.replace("version of", version), value) for key, value in facts.items())]


def source_rows(material: Material, language: str) -> list[tuple[str, str]]:
    """The works that the scenario draws on: id and full reference."""
    rows = []
    for source in material.scenario.sources:
        year = f", {source.year}" if source.year else ""
        author = f"{source.author.rstrip('.')}. " if source.author else ""
        note = f" — {source.note}" if source.note else ""
        rows.append((source.id, f"{author}{source.title.in_language(language)}{year}{note}"))
    return rows
