"""Lesson: one question and one picture in large type, for a wall that a class looks at; then its answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from whipcount.charts import svg
from whipcount.charts.names import Names
from whipcount.text import language, mark, say
from whipcount.web.pages.library import drawn, told_by
from whipcount.web.rendering import render, subject_of

if TYPE_CHECKING:
    from whipcount.web.subject import Subject

PATH = "/lesson"
TITLE = mark("Lesson")
ORDER = 28
HUNDRED = 100
STEP, RADIUS = 22.0, 8.0  # between two dots, and of one


def routes() -> list[Route]:
    """The page."""
    return [Route(PATH, lesson, name="lesson")]


@dataclass(frozen=True)
class Asked:
    """A question of the crisis: in how many of a hundred histories it comes about, and whether it did."""

    key: str
    question: str
    hundred: int
    happened: bool | None


def lesson(request: Request) -> Response:
    """A question with the body that decides, or with its answer."""
    subject = subject_of(request)
    if not subject.is_ready:
        return render(request, "waiting.html", progress=subject.progress)
    known = subject.kept(("lesson", language()), partial(questions_of, subject))
    keys = [one.key for one in known]
    chosen = request.query_params.get("question", "")
    place = keys.index(chosen) if chosen in keys else 0
    is_shown = request.query_params.get("shown") == "yes"
    one = known[place] if known else None
    return render(
        request,
        "lesson.html",
        known=known,
        one=one,
        number=place + 1,
        before=keys[place - 1] if place > 0 else None,
        after=keys[place + 1] if place + 1 < len(keys) else None,
        is_shown=is_shown,
        sentence=_sentence(one) if one is not None else "",
        picture=(hundred_dots(one.hundred, _sentence(one)) if is_shown and one is not None else _body(subject)),
    )


def questions_of(subject: Subject) -> tuple[Asked, ...]:
    """What can come about or not, the most open question first."""
    odds = {row["name"]: row["probability"] for row in subject.material.outcomes.to_dicts()}
    asked = []
    for outcome in subject.loaded.scenario.outcomes:
        share = odds.get(outcome.id)
        if outcome.measure.is_binary and share is not None and share == share:
            name = outcome.name.in_language()
            happened = None if outcome.happened is None else bool(outcome.happened)
            asked.append(Asked(outcome.id, f"{name[0].upper()}{name[1:]}", round(HUNDRED * share), happened))
    return tuple(sorted(asked, key=lambda one: abs(one.hundred - HUNDRED / 2)))


def _sentence(one: Asked) -> str:
    if one.hundred in (0, HUNDRED):
        return (
            say("In none of a hundred histories.") if not one.hundred else say("In every one of a hundred histories.")
        )
    return say("In {number} of a hundred histories.", number=one.hundred)


def hundred_dots(number: int, label: str) -> str:
    """A hundred histories as dots in ten rows, those in which it comes about full and first."""
    dots = [
        svg.element(
            "circle", cx=STEP / 2 + STEP * (dot % 10), cy=STEP / 2 + STEP * (dot // 10), r=RADIUS,
            class_="full" if dot < number else "hollow",
        )
        for dot in range(HUNDRED)
    ]  # fmt: skip
    side = svg.number(10 * STEP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="hundred" viewBox="0 0 {side} {side}" role="img" '
        f'aria-label="{escape(label)}">{"".join(dots)}</svg>'
    )


def _body(subject: Subject) -> str:
    """The body that decides, as it is on the first day; nothing where none has two parties."""
    scenario = subject.loaded.scenario
    confidence = next((body for body in scenario.bodies if body.id == scenario.government.confidence), None)
    body = confidence or told_by(scenario)
    if body is None:
        return ""
    return drawn(subject.loaded, body, Names(scenario))[0]
