"""A made-up crisis and made-up tables of runs: what the charts, pages and stories of the report are tested on."""

# ruff: noqa: E501
from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import polars as pl

from whipcount.charts.material import Material
from whipcount.scenario.schema import Scenario

PARTIES = ("reds", "left", "centre", "right")
EVENT_SCHEMA = {
    "run": pl.Int64,
    "day": pl.Date,
    "step": pl.Int32,
    "mechanism": pl.String,
    "verb": pl.String,
    "actor": pl.String,
    "object": pl.String,
    "value": pl.Float64,
    "code": pl.String,
    "probability": pl.Float64,
}


def text(en: str, ru: str) -> dict[str, str]:
    return {"en": en, "ru": ru}


def actor(
    ident: str, en: str, ru: str, party: str, ideal: tuple[float, float], size: int = 1, **more: Any
) -> dict[str, Any]:
    point = {"breadth": ideal[0], "councils": ideal[1]}
    return {
        "id": ident,
        "name": text(en, ru),
        "party": party,
        "ideal": point,
        "size": size,
        "assumed": "made up",
        **more,
    }


def cast() -> list[dict[str, Any]]:
    """Persons and blocs."""
    return [
        actor("alder", "Alder", "Ольхов", "reds", (0.12, 0.9)),
        actor("birch", "Birch", "Берёзов", "reds", (0.18, 0.86)),
        actor("cedar", "Cedar", "Кедров", "reds", (0.15, 0.8)),
        actor("dogwood", "Dogwood", "Кизилов", "reds", (0.25, 0.78)),
        actor("elm", "Elm", "Вязов", "reds", (0.7, 0.62)),
        actor("fir", "Fir <b>bold</b> & Co", "Пихтов <b>жирный</b>", "reds", (0.72, 0.6)),
        actor("gorse", "Gorse", "Дроков", "reds", (0.66, 0.58)),
        actor("hazel", "Hazel", "Орешников", "reds", (0.6, 0.66)),
        actor("reds_bloc", "other Reds", "прочие красные", "reds", (0.3, 0.75), size=53),
        actor("larch", "Larch", "Листвянов", "left", (0.55, 0.7)),
        actor("left_bloc", "the Left", "левые", "left", (0.6, 0.68), size=28),
        actor("maple", "Maple", "Клёнов", "centre", (0.9, 0.35)),
        actor("centre_bloc", "the Centre", "центр", "centre", (0.88, 0.3), size=9),
        actor("oak", "Oak", "Дубов", "right", (0.97, 0.1)),
    ]


def bodies(named: list[str]) -> list[dict[str, Any]]:
    """Bodies with their seats, for the persons named."""
    return [
        {
            "id": "committee",
            "name": text("Central Committee", "Центральный комитет"),
            "party": "reds",
            "quorum": 4,
            "chair": "birch",
            "superior": "congress",
            "seats": [{"actor": ident} for ident in named[:8]] + [{"actor": "larch", "occupied": False}],
        },
        {
            "id": "executive",
            "name": text("Council Executive", "Исполком советов"),
            "kind": "executive",
            "forum": True,
            "seats": [
                {"actor": "elm"},
                {"actor": "fir"},
                {"actor": "larch"},
                {"actor": "maple"},
                {"actor": "reds_bloc", "weight": 53},
                {"actor": "left_bloc", "weight": 28},
                {"actor": "centre_bloc", "weight": 9},
            ],
        },
        {
            "id": "cabinet",
            "name": text("Cabinet", "Кабинет"),
            "kind": "cabinet",
            "seats": [{"actor": ident} for ident in ("alder", "birch", "elm", "gorse", "hazel")],
        },
        {
            "id": "congress",
            "name": text("Party congress", "Съезд партии"),
            "kind": "congress",
            "party": "reds",
            "convened": False,
            "seats": [{"actor": "reds_bloc", "weight": 53}],
        },
    ]


def document() -> dict[str, Any]:
    """The crisis as a document of the scenario language."""
    people = cast()
    start = dt.date(1917, 11, 7)
    return {
        "whipcount": 2,
        "title": text("A made-up crisis", "Выдуманный кризис"),
        "summary": text("Two wings of one party and their <neighbours>.", "Два крыла одной партии и <соседи>."),
        "calendar": {"start": start, "end": dt.date(1918, 3, 31), "old_style_until": dt.date(1918, 2, 14)},
        "sources": [
            {"id": "A", "title": text("First telling", "Первый рассказ"), "author": "N. N.", "year": 1976, "account": True},
            {"id": "B", "title": text("Second telling", "Второй рассказ"), "author": "M. M.", "account": True},
        ],
        "dimensions": [
            {"id": "breadth", "name": text("Breadth of the government", "Широта правительства"),
             "low": text("one party", "одна партия"), "high": text("all parties", "все партии")},
            {"id": "councils", "name": text("Power of the councils", "Власть советов"),
             "low": text("parliament", "парламент"), "high": text("councils", "советы")},
        ],
        "settlements": [
            {"id": "one_party", "name": text("Reds alone", "Одни красные"), "point": {"breadth": 0.05, "councils": 0.95},
             "parties": ["reds"], "shares": {"reds": 1.0}, "assumed": "made up"},
            {"id": "council", "name": text("All council parties", "Партии советов"),
             "point": {"breadth": 0.55, "councils": 0.75}, "parties": ["reds", "left"], "assumed": "made up"},
            {"id": "all_parties", "name": text("All socialists", "Все социалисты"),
             "point": {"breadth": 0.9, "councils": 0.45}, "parties": list(PARTIES), "assumed": "made up"},
            {"id": "restoration", "name": text("Old government", "Старое правительство"),
             "point": {"breadth": 0.95, "councils": 0.02}, "assumed": "made up"},
        ],
        "government": {"settlement": "one_party", "fall": "restoration", "head": "alder", "cabinet": "cabinet",
                       "confidence": "executive", "assumed": "made up"},
        "parties": [
            {"id": "reds", "name": text("Reds", "Красные"), "principal": "committee", "leader": "alder", "support": 0.5,
             "ultimatum": {}, "congress": "congress", "colour": "#b2182b"},
            {"id": "left", "name": text("Left", "Левые"), "support": 0.2},
            {"id": "centre", "name": text("Centre", "Центр"), "support": 0.2},
            {"id": "right", "name": text("Right", "Правые"), "support": 0.1},
        ],
        "actors": people,
        "factions": [
            {"id": "hard", "name": text("hard-liners", "непримиримые"), "party": "reds",
             "members": ["alder", "birch", "cedar", "dogwood"]},
            {"id": "soft", "name": text("conciliators", "примирители"), "party": "reds",
             "members": ["elm", "fir", "gorse", "hazel"], "aliases": [text("the right Reds", "правые красные")]},
        ],
        "bodies": bodies([person["id"] for person in people if person["size"] == 1]),
        "posts": [
            {"id": "interior", "name": text("Interior", "Внутренние дела"), "body": "cabinet", "holder": "elm",
             "assumed": "made up"},
            {"id": "labour", "name": text("Labour", "Труд"), "body": "cabinet", "holder": "hazel",
             "eligible": ["larch"], "assumed": "made up"},
            {"id": "trade", "name": text("Trade", "Торговля"), "body": "cabinet", "holder": "gorse",
             "assumed": "made up"},
        ],
        "table": {"id": "conference", "name": text("Conference", "Совещание"), "mediator": "maple",
                  "sides": [{"party": "reds"}, {"party": "centre"}, {"party": "right"}],
                  "menu": ["council", "all_parties"], "opens": dt.date(1917, 11, 11), "closes": dt.date(1917, 11, 30),
                  "assumed": "made up"},
        "pressures": [{"id": "march", "name": text("March on the city", "Поход на город"), "level": 0.7,
                       "assumed": "made up"}],
        "constituencies": [{"id": "north", "name": text("Northern district", "Северный район"), "party": "reds",
                            "support": 0.6, "assumed": "made up"}],
        "events": [
            {"id": "beaten", "name": text("The march is beaten", "Поход отбит"), "date": dt.date(1917, 11, 12),
             "effects": {"pressures": [{"pressure": "march", "level": 0.1}]}, "evidence": ["A:1"]},
        ],
        "motions": [{"id": "widen", "name": text("Widen the government", "Расширить правительство"), "body": "executive",
                     "kind": "settlement", "settlement": "all_parties", "assumed": "made up"}],
        "offers": [{"id": "left_entry", "party": "left", "settlement": "council", "posts": ["labour"],
                    "assumed": "made up"}],
        "history": {"breaches": [{"actors": ["elm", "fir"], "party": "reds", "date": dt.date(1917, 10, 31),
                                  "assumed": "made up"}]},
        "record": record(),
        "outcomes": outcomes(),
        "parameters": {"choice.lam": {"prior": {"loguniform": [8, 60]}, "assumed": "scale of the stakes"}},
    }  # fmt: skip


def record() -> list[dict[str, Any]]:
    """What is documented of the made-up crisis."""
    facts = [
        ("talks_open", dt.date(1917, 11, 11), "The conference opens.", "Совещание открывается."),
        ("march_beaten", dt.date(1917, 11, 12), "The march is beaten back.", "Поход отбит."),
        ("turn", dt.date(1917, 11, 14), "The committee turns to exposing the talks.", "Комитет меняет линию."),
        (
            "forum_vote",
            dt.date(1917, 11, 16),
            "The executive backs a wide government.",
            "Исполком за широкое правительство.",
        ),
        ("exits", dt.date(1917, 11, 17), "Three leave the committee & the cabinet.", "Трое выходят из комитета."),
        ("entry", dt.date(1917, 12, 25), "The Left enter the cabinet.", "Левые входят в кабинет."),
        ("treaty", dt.date(1918, 3, 15), "The Left withdraw.", "Левые уходят."),
    ]
    return [
        {"id": ident, "date": date, "text": text(en, ru), "evidence": ["A:2"], "actors": ["elm", "gorse"]}
        for ident, date, en, ru in facts
    ]


def outcomes() -> list[dict[str, Any]]:
    """Outcomes of every sort: yes or no, numbers, quiet ones, with and without history."""

    def one(
        ident: str, en: str, ru: str, measure: dict[str, Any], happened: Any, use: str, **more: Any
    ) -> dict[str, Any]:
        return {"id": ident, "name": text(en, ru), "measure": measure, "happened": happened, "use": use,
                "evidence": ["A:2", "B:3"], **more}  # fmt: skip

    return [
        one("talks_fail", "The talks fail", "Переговоры срываются", {"never": {"verb": "settled"}}, True, "calibrate"),
        one("ultimatum", "An ultimatum is presented", "Предъявлен ультиматум", {"ever": {"verb": "ultimatum"}}, True,
            "calibrate"),
        one("signers", "Signers of the ultimatum", "Подписавших ультиматум", {"count": {"verb": "sign"}}, 4,
            "calibrate"),
        one("seat_exits", "Seats left in the committee", "Выходов из комитета",
            {"count": {"verb": "leave_seat", "object": "committee"}}, 3, "calibrate"),
        one("party_exits", "Any leaves the party", "Кто-то выходит из партии", {"ever": {"verb": "leave_party"}}, False,
            "holdout", given_crisis=True),
        one("congress", "The congress never meets", "Съезд не собирается", {"never": {"verb": "convene"}}, True,
            "holdout", given_crisis=True),
        one("entry", "The Left enter the cabinet", "Левые входят в кабинет", {"ever": {"verb": "enter"}}, True, "holdout"),
        one("centre", "A centre of consolidation forms", "Складывается центр", {"ever": {"verb": "centre"}}, False,
            "holdout"),
        one("ultimatum_day", "Day of the ultimatum", "День ультиматума", {"first": {"verb": "ultimatum"}}, 10, "report"),
        one("entry_day", "Day of the Left's entry", "День входа левых", {"first": {"verb": "enter"}}, 48, "report"),
        one("centre_day", "Day of a centre", "День центра", {"first": {"verb": "centre"}}, None, "report"),
        one("survival_at_end", "Survival at the end", "Устойчивость в конце", {"final": "survival"}, None, "report"),
        one("government_falls", "The government falls", "Правительство падает", {"ever": {"verb": "fall"}}, None, "report"),
    ]  # fmt: skip


def scenario() -> Scenario:
    """The made-up crisis, validated."""
    return Scenario.model_validate(document())


def outcome_table() -> pl.DataFrame:
    """The outcomes as the results give them: a probability or a mean, with its interval."""
    chances = {"talks_fail": 0.81, "ultimatum": 0.27, "signers": 1.12, "seat_exits": 0.64, "party_exits": 0.995,
               "congress": 0.91, "entry": 0.44, "centre": 0.012, "government_falls": 0.18,
               "ultimatum_day": 11.0, "entry_day": 49.0, "centre_day": float("nan"), "survival_at_end": 0.9}  # fmt: skip
    rows = []
    for outcome in scenario().outcomes:
        value = chances[outcome.id]
        half = 0.01 if not outcome.measure.is_binary else 1.96 * math.sqrt(value * (1 - value) / 1000)
        rows.append({"name": outcome.id, "probability": value, "low": max(value - half, 0.0), "high": value + half})
    return pl.DataFrame(rows)


def series_table() -> pl.DataFrame:
    """Daily measures with their quantiles, of a plausible shape."""
    days = np.arange(145)
    decay = np.exp(-days / 12)
    shapes = {
        "readiness_power:all_parties": 0.25 + 0.45 * decay, "readiness_opponents:all_parties": 0.62 - 0.4 * decay,
        "readiness_power:council": 0.5 + 0.2 * decay,
        "readiness_opponents:council": 0.4 - 0.3 * decay,
        "danger": 0.12 + 0.6 * np.exp(-days / 6), "survival": 0.97 - 0.3 * decay, "window": 0.1 + 0.1 * decay,
        "grievance:reds": 0.1 + 1.6 * np.exp(-((days - 12) ** 2) / 90), "grievance:left": 0.05 + 0.6 / (1 + np.exp(-(days - 118) / 4)),
        "gap_true:hard": np.full(145, 0.31), "gap_perceived:hard": np.full(145, 0.44),
        "gap_true:soft": np.full(145, 0.31), "gap_perceived:soft": np.full(145, 0.38),
    }  # fmt: skip
    frames = []
    for measure, mean in shapes.items():
        spread = 0.08 + 0.1 * np.abs(mean)
        frames.append(
            pl.DataFrame(
                {
                    "step": days,
                    "day": [dt.date(1917, 11, 7) + dt.timedelta(days=int(day)) for day in days],
                    "measure": [measure] * 145,
                    "mean": mean,
                    "q05": np.clip(mean - 1.6 * spread, 0, None),
                    "q25": np.clip(mean - 0.7 * spread, 0, None),
                    "q50": mean,
                    "q75": mean + 0.7 * spread,
                    "q95": np.minimum(mean + 1.6 * spread, 1 if "grievance" not in measure else 9),
                }
            )
        )
    return pl.concat(frames)


def event_table(runs: int = 200, seed: int = 7) -> pl.DataFrame:
    """Events of made-up runs: some with a crisis (ultimatum, exits), most with talks alone."""
    draw = np.random.default_rng(seed)
    rows: list[tuple[Any, ...]] = []

    def add(run: int, step: int, mechanism: str, verb: str, who: str | None, what: str | None,
            value: float = 1.0, code: str | None = None, chance: float = 0.5) -> None:  # fmt: skip
        day = dt.date(1917, 11, 7) + dt.timedelta(days=step)
        rows.append((run, day, step, mechanism, verb, who, what, value, code, chance))

    for run in range(runs):
        add(run, 5, "chronicle", "event", None, "beaten")
        for step in range(4, 20, 2):
            add(run, step, "talks", "session", None, None)
            add(run, step, "talks", "favoured", None, "all_parties", float(draw.random()))
            add(run, step, "talks", "decline", "reds", None)
            add(run, step, "talks", "accept", "centre", None)
        add(run, 20, "talks", "breakdown", None, None)
        if draw.random() < 0.6:
            continue
        crisis(add, run, draw)
    frame = pl.DataFrame(rows, schema=EVENT_SCHEMA, orient="row")
    return frame.sort("run", "step", maintain_order=True)


def crisis(add: Any, run: int, draw: np.random.Generator) -> None:
    """One run's crisis, in the order of a step."""
    step = int(draw.integers(8, 14))
    for who, code in (("alder", "yes"), ("birch", "yes"), ("cedar", "yes"), ("dogwood", "yes"), ("elm", "no"),
                      ("fir", "no"), ("gorse", "abstain")):  # fmt: skip
        add(run, step, "mandate", "vote", who, "committee", {"no": 1.0, "yes": 2.0, "abstain": 3.0}[code], code)
    add(run, step, "mandate", "division", None, "committee", 1.0, "passed")
    add(run, step, "mandate", "ayes", None, "committee", 4.0)
    add(run, step, "mandate", "noes", None, "committee", 2.0)
    add(run, step, "mandate", "mandate", "reds", None, 2.0, "expose")
    add(run, step, "mandate", "line", "reds", None, 1.0)
    add(run, step + 1, "forum", "carry", "elm", "executive")
    add(run, step + 1, "forum", "backed", None, "executive", 1.0, "passed")
    for who in ("elm", "fir", "gorse"):
        add(run, step + 1, "breach", "breach", who, None)
    add(run, step + 2, "ultimatum", "draft", "reds", None)
    for who in ("alder", "birch", "cedar", "dogwood"):
        add(run, step + 2, "ultimatum", "sign", who, None)
    add(run, step + 2, "ultimatum", "ultimatum", "reds", None, 4.0)
    for who in ("elm", "fir", "gorse"):
        add(run, step + 2, "ultimatum", "addressed", who, None)
    leavers = [who for who in ("elm", "fir", "gorse") if draw.random() < 0.7]
    for who in ("elm", "fir", "gorse"):
        code = "resign" if who in leavers else "submit"
        add(run, step + 3, "reply", "reply", who, None, 4.0 if code == "resign" else 1.0, code)
    for who in leavers:
        add(run, step + 3, "leave", "statement", who, None)
        add(run, step + 3, "leave", "leave_seat", who, "committee")
        if who == "elm":
            add(run, step + 3, "leave", "leave_post", who, "interior")
    if len(leavers) > 1:
        add(run, step + 3, "leave", "joint_statement", "reds", None, float(len(leavers)))
    add(run, step + 3, "leave", "stay_signed", "hazel", "labour")
    if draw.random() < 0.1 and leavers:
        add(run, step + 4, "leave", "leave_party", leavers[0], "reds")
    add(run, 48, "cabinet", "invite", "left", None)
    add(run, 49, "cabinet", "enter", "left", None)
    add(run, 50, "cabinet", "appoint", "larch", "labour")
    add(run, 128, "withdrawal", "withdraw", "left", None)


def run_table(events: pl.DataFrame, runs: int = 200, seed: int = 9) -> pl.DataFrame:
    """One row a run: a parameter and every outcome."""
    draw = np.random.default_rng(seed)

    def counted(verb: str, thing: str | None = None) -> np.ndarray:
        found = events.filter(pl.col("verb") == verb)
        if thing is not None:
            found = found.filter(pl.col("object") == thing)
        per_run = dict(found.group_by("run").agg(pl.col("actor").n_unique().alias("n")).iter_rows())
        return np.array([per_run.get(run, 0) for run in range(runs)], dtype=float)

    def first(verb: str) -> np.ndarray:
        found = events.filter(pl.col("verb") == verb).group_by("run").agg(pl.col("step").min())
        per_run = dict(found.iter_rows())
        return np.array([per_run.get(run, np.nan) for run in range(runs)], dtype=float)

    return pl.DataFrame(
        {
            "run": np.arange(runs),
            "choice.lam": np.exp(draw.uniform(np.log(8), np.log(60), runs)),
            "talks_fail": np.ones(runs),
            "ultimatum": (counted("ultimatum") > 0).astype(float),
            "signers": counted("sign"),
            "seat_exits": counted("leave_seat", "committee"),
            "party_exits": (counted("leave_party") > 0).astype(float),
            "congress": np.ones(runs),
            "entry": (counted("enter") > 0).astype(float),
            "centre": np.zeros(runs),
            "ultimatum_day": first("ultimatum"),
            "entry_day": first("enter"),
            "centre_day": first("centre"),
            "survival_at_end": draw.beta(18, 2, runs),
            "government_falls": (draw.random(runs) < 0.18).astype(float),
        }
    )


def material(runs: int = 200) -> Material:
    """Everything a report is made from."""
    events = event_table(runs)
    days = (pl.col("day") - dt.date(1917, 11, 7)).dt.total_days().cast(pl.Int64)
    return Material(
        scenario=scenario(),
        slug="made-up",
        runs=runs,
        outcomes=outcome_table(),
        series=series_table().with_columns(days.alias("day")),
        events=events.with_columns(days.alias("day")).lazy(),
        table=run_table(events, runs),
        logged=runs,
        facts={"seed": "7"},
    )
