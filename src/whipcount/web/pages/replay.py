"""Replay: a run by day, beside what is documented; and why each decision in it came out as it did."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from whipcount.charts import theme
from whipcount.charts.benches import (
    colours_of,
    faction_chips,
    faction_marks,
    party_chips,
)
from whipcount.charts.curves import NARROW, WIDE, documented_steps, draw_curves
from whipcount.charts.names import Names
from whipcount.errors import WebError
from whipcount.text import LANGUAGES, language, mark, number, probability, say, speaking
from whipcount.web import downloads
from whipcount.web.beside import card_of
from whipcount.web.engine_room import begin_job, jobs_of
from whipcount.web.explaining import ExplainWork
from whipcount.web.rendering import STATIC, environment, render, subject_of
from whipcount.web.styles import shared_styles

if TYPE_CHECKING:
    from whipcount.engine import Decision
    from whipcount.report.replay import Replay
    from whipcount.scenario.schema import Scenario
    from whipcount.web.jobs import JobView
    from whipcount.web.subject import Subject

PATH = "/replay"
TITLE = mark("Replay")
ORDER = 20
PATIENCE = 25.0  # seconds that a visitor waits for decisions before being told to ask again
LOOK = 0.05  # seconds between two looks at whether they are there
WARMING = 600.0  # seconds after which nobody waits for the runs any more
_DRAWING = threading.Lock()
STAGES = {
    "closed": mark("No talks yet"),
    "open": mark("The talks are open"),
    "agreed": mark("Agreed by all delegations, not yet in effect"),
    "settled": mark("The agreement has taken effect"),
    "broken": mark("The talks have ended without a deal"),
}
ANSWERS = {"accept": mark("accepts"), "decline": mark("declines")}


def routes() -> list[Route]:
    """The page, how far its runs are, and the decisions of a day."""
    return [
        Route(PATH, replay, name="replay"),
        Route("/replay/progress", progress, name="progress"),
        Route("/replay/decisions", decisions, name="decisions"),
        Route("/replay/take", take, name="take_replay"),
        Route("/replay/moving", moving, name="moving_replay"),
    ]


def warm(subject: Subject) -> None:
    """Once the runs are there, find those worth telling, and lay out the first."""
    if subject.wait(WARMING):
        closest = subject.kept(("told",), partial(_told, subject))["closest"]
        for chosen in LANGUAGES:
            with speaking(chosen):
                subject.kept(("replay", closest, chosen), partial(_replay, subject, closest))


def replay(request: Request) -> Response:
    """A run, standing at a day; or how far the simulation is."""
    subject = subject_of(request)
    if not subject.is_ready:
        return render(request, "waiting.html", progress=subject.progress)
    told = subject.kept(("told",), partial(_told, subject))
    run = _number(request, "run", told["closest"], subject.replayable)
    return render(
        request,
        "replay.html",
        runs=subject.replayable,
        kinds=_kinds(told),
        other_version=subject.is_of_other_code,
        can_move=_can_move(),
        **_shown(request, subject, run),
    )


def take(request: Request) -> Response:
    """A run as a file of its own: it opens from a disk, and everything is in it. Raises WebError (WC700, WC702)."""
    subject = subject_of(request)
    run = _number(request, "run", 0, subject.replayable)
    shown = _shown(request, subject, run)
    text = environment(language()).get_template("replay_alone.html").render(
        alone=True,
        language=language(),
        title=subject.loaded.scenario.title.in_language(),
        styles=Markup(shared_styles() + (STATIC / "explorer.css").read_text(encoding="utf-8")),
        script=Markup((STATIC / "replay.js").read_text(encoding="utf-8")),
        made=_made(subject, run),
        **shown,
    )  # fmt: skip
    return downloads.attachment(f"{subject.loaded.slug}-run-{run}", "html", text.encode())


def moving(request: Request) -> Response:
    """A run as a picture that moves (GIF). Raises WebError (WC700, WC702, WC710, WC747)."""
    from whipcount.report.animation import animated

    subject = subject_of(request)
    if not _can_move():
        raise WebError.one("WC747", "this server cannot draw pictures that move", "pip install 'whipcount[animation]'")
    run = _number(request, "run", 0, subject.replayable)
    if not _DRAWING.acquire(blocking=False):  # one at a time: each takes a core for some seconds
        raise WebError.one("WC710", "another picture is being drawn", "ask again in half a minute")
    try:
        shown = subject.kept(("replay", run, language()), partial(_replay, subject, run))
        drawn = animated(shown, subject.loaded.scenario, _made(subject, run))
    finally:
        _DRAWING.release()
    return downloads.attachment(f"{subject.loaded.slug}-run-{run}", "gif", drawn)


def _can_move() -> bool:
    return find_spec("PIL") is not None


def _made(subject: Subject, run: int) -> str:
    return say(
        "Made by whipcount {version}: {scenario}, run {run} of seed {seed}.",
        version=version("whipcount"), scenario=subject.loaded.slug, run=run, seed=subject.seed,
    )  # fmt: skip


def _shown(request: Request, subject: Subject, run: int) -> dict[str, Any]:
    """What a run is drawn from, standing at the day of the address."""
    shown: Replay = subject.kept(("replay", run, language()), partial(_replay, subject, run))
    day = _number(request, "day", 0, shown.steps)
    scenario = subject.loaded.scenario
    names, colours = Names(scenario), colours_of(scenario)
    curves = partial(draw_curves, shown.curves, subject.labels(), shown.steps, documented_steps(subject.material), day)
    record = _record(shown, scenario, names, colours)
    marks = faction_marks(scenario)
    return {
        "replay": shown,
        "day": day,
        "bodies": [card_of(one, number, day, names, colours, marks) for number, one in enumerate(shown.bodies)],
        "wide": curves(WIDE),
        "narrow": curves(NARROW),
        "parties": party_chips(scenario, names),
        "factions": faction_chips(scenario, names),
        "about": names.settlement(shown.about),
        "has_table": scenario.table is not None,
        "record": record,
        "now": [state for state in record["table"] if state["step"] <= day][-1],
    }


def _told(subject: Subject) -> dict[str, int]:
    from whipcount.report.transcript import told_runs

    return told_runs(subject.material)


def _replay(subject: Subject, run: int) -> Replay:
    from whipcount.report.replay import replay_of

    return replay_of(subject.material, run)


def _number(request: Request, key: str, default: int, below: int) -> int:
    """A whole number of the address. Raises WebError (WC702) where it is none, or not below `below`."""
    given = request.query_params.get(key, "")
    if not given:
        return min(default, below - 1)
    if not given.isascii() or not given.isdigit() or len(given) > 9 or int(given) >= below:
        raise WebError.one("WC702", f"{key} is {given[:20]!r}", f"give a whole number from 0 to {below - 1}")
    return int(given)


@dataclass(frozen=True)
class Kind:
    """A run worth telling."""

    label: str
    run: int


def _kinds(told: dict[str, int]) -> list[Kind]:
    """The runs worth telling, named."""
    from whipcount.report.transcript import kind_label

    return [Kind(kind_label(kind), run) for kind, run in told.items()]


def _table_record(shown: Replay, names: Names) -> list[dict[str, Any]]:
    """What lies on the table, in words, from the step on from which it does."""
    found: list[dict[str, Any]] = []
    for step, state in enumerate(shown.table):
        words = {
            "stage": say(STAGES[state.stage]),
            "settlement": names.settlement(state.settlement),
            "sessions": state.sessions,
            "answers": [
                {"party": names.brief(party), "answer": answer, "word": say(ANSWERS[answer])}
                for party, answer in state.answers
            ],
        }
        if not found or {key: found[-1][key] for key in words} != words:
            found.append({"step": step, **words})
    return found


def _record(shown: Replay, scenario: Scenario, names: Names, colours: dict[str, str]) -> dict[str, Any]:
    """What the page repaints from."""
    from whipcount.report.replay import as_record

    record = as_record(shown, names, colours, faction_marks(scenario))
    values = {curve.measure: [number(value, 2) for value in curve.values] for curve in shown.curves}
    return {**record, "table": _table_record(shown, names), "values": values, "paper": theme.PAPER}


def progress(request: Request) -> Response:
    """How far the simulation is; once it is done, the browser is told to load the page anew."""
    subject = subject_of(request)
    headers = {"HX-Refresh": "true"} if subject.is_ready else None
    return render(request, "parts/progress.html", headers=headers, progress=subject.progress)


async def decisions(request: Request) -> Response:
    """The decisions of a day."""
    subject = subject_of(request)
    if not subject.is_ready:
        raise WebError.one("WC700", "the runs are still being simulated", "ask again in a moment")
    run = _number(request, "run", 0, subject.replayable)
    found = await _explained_run(request, subject, run)
    if found is None:
        return render(request, "parts/decisions.html", waiting=True, run=run)
    return await run_in_threadpool(_decisions, request, subject, found, run)


async def _explained_run(request: Request, subject: Subject, run: int) -> list[Decision] | None:
    """The decisions of a run; none while they are waited for. Raises WebError where they cannot be had."""
    jobs = jobs_of(request)
    work = ExplainWork(subject.opened.folder, run)
    end = time.monotonic() + PATIENCE
    try:
        view: JobView | None = begin_job(request, work)
    except WebError:  # too many questions wait: the page asks again
        return None
    while view is not None and not view.is_finished and time.monotonic() < end:
        await asyncio.sleep(LOOK)
        view = jobs.view(work.key)
    if view is not None and view.problems:
        raise WebError(*view.problems)
    found: list[Decision] | None = view.result if view is not None and view.is_finished else None
    return found


@dataclass(frozen=True)
class Option:
    """An option of a decision: its chance, its utility, and the named terms of it from the largest."""

    name: str
    chosen: bool
    share: float
    chance: str
    utility: str
    terms: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Explained:
    """A decision in words: who decides, and what it is about beside the question."""

    key: str
    who: str
    about: str
    question: str
    choice: str
    chance: str
    draw: str
    options: tuple[Option, ...]


def _decisions(request: Request, subject: Subject, found: list[Decision], run: int) -> Response:
    from whipcount.report.explanation import Wanted, chosen_decisions

    labels = subject.labels()
    steps = int(labels.day_of(labels.end) / labels.step_days) + 1
    day = _number(request, "day", 0, steps)
    everything = request.query_params.get("all") == "1"
    names = Names(subject.loaded.scenario)
    telling = chosen_decisions(found, Wanted())
    here = chosen_decisions(found, Wanted(step=day, everything=everything))
    others = sorted({one.step for one in telling})
    return render(
        request,
        "parts/decisions.html",
        waiting=False,
        run=run,
        day=day,
        date=labels.full(labels.date_of(day * labels.step_days)),
        everything=everything,
        chosen=request.query_params.get("decision", ""),
        questions=_by_question(_explained(one, names) for one in here),
        shown=len(here),
        all_of_day=sum(one.step == day for one in found),
        before=next((step for step in reversed(others) if step < day), None),
        after=next((step for step in others if step > day), None),
        date_of=lambda step: labels.short(labels.date_of(step * labels.step_days)),
    )


def _by_question(explained: Iterable[Explained]) -> dict[str, list[Explained]]:
    """Decisions by what is asked, in the order of the day."""
    found: dict[str, list[Explained]] = {}
    times: dict[str, int] = {}
    for one in explained:
        times[one.key] = times.get(one.key, 0) + 1  # a question may be put again within a day
        key = one.key if times[one.key] == 1 else f"{one.key}.{times[one.key]}"
        found.setdefault(one.question, []).append(replace(one, key=key))
    return found


def _explained(one: Decision, names: Names) -> Explained:
    from whipcount.report.explanation import asked_of, signed
    from whipcount.report.glossary import word

    options = []
    for name, terms in one.options.items():
        share = one.probabilities[name]
        ordered = sorted(terms.items(), key=lambda item: -abs(item[1]))
        shown = tuple((word(term), signed(value), value < 0) for term, value in ordered)
        options.append(
            Option(
                word(name), name == one.choice, share, probability(share),
                signed(one.utilities[name]), shown,
            )
        )  # fmt: skip
    key = ".".join(str(part) for part in (one.mechanism, one.decision, one.actor or one.object or one.entity))
    who, question, about = asked_of(one, names)
    # "table sverdlov_chair": which of several things is put is the last word of what is asked
    thing = one.decision.rpartition(" ")[2]
    if names.what(thing) != thing:
        about = names.what(thing)
    return Explained(
        key.replace(" ", "_"),
        who,
        about,
        question,
        word(one.choice),
        probability(one.probabilities.get(one.choice)),
        probability(one.draw),
        tuple(options),
    )
