"""Decisions explained: who is asked what, the options with their named terms, the probabilities, the draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whipcount.charts.names import Names
from whipcount.text import localised, probability, say
from whipcount.text.dates import DayLabels
from whipcount.text.layout import Field, drawn

from .glossary import question, word

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from whipcount.engine import Decision

CERTAIN = 0.98  # from here on a choice counts as settled beforehand
VOTES = frozenset({"yes", "no", "abstain"})


@dataclass(frozen=True)
class Wanted:
    """Which decisions a reader wants: of a step, an actor, a mechanism; `everything` leaves nothing out."""

    step: int | None = None
    actor: str | None = None
    mechanism: str | None = None
    everything: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether votes and repeated questions are wanted too, since little else is asked for."""
        return self.everything or self.actor is not None or self.mechanism is not None


def chosen_decisions(decisions: Iterable[Decision], wanted: Wanted) -> list[Decision]:
    """The decisions wanted. By default those whose choice was open, without the votes of divisions.

    A question that stands is asked daily: it is told once, and again when its answer changes.
    """
    kept: list[Decision] = []
    last: dict[tuple[Any, ...], tuple[int, str]] = {}
    for one in decisions:
        if wanted.mechanism is not None and one.mechanism != wanted.mechanism:
            continue
        if wanted.actor is not None and one.actor != wanted.actor:
            continue
        if not wanted.everything:
            if is_vote(one) and not wanted.is_narrow:
                continue
            question_asked = (one.mechanism, one.decision, one.actor, one.object)
            step, choice = last.get(question_asked, (-1, ""))
            last[question_asked] = (one.step, one.choice)
            # within a day a standing question is asked in sweeps, and again every day
            stands = choice == one.choice and (step == one.step or (not is_vote(one) and wanted.step is None))
            if stands or max(one.probabilities.values(), default=1.0) >= CERTAIN:
                continue
        if wanted.step is None or one.step == wanted.step:
            kept.append(one)
    return kept


def is_vote(decision: Decision) -> bool:
    """Whether a decision is a member's vote in a division (told by tally unless votes are asked for)."""
    return frozenset(decision.options) == VOTES


def record_of(decision: Decision, labels: DayLabels) -> dict[str, Any]:
    """A decision as plain data."""
    return {
        "step": decision.step,
        "date": _date(decision, labels).isoformat(),
        "mechanism": decision.mechanism,
        "decision": decision.decision,
        "actor": decision.actor,
        "object": decision.object,
        "options": [
            {
                "name": name,
                "terms": dict(terms),
                "utility": decision.utilities[name],
                "probability": decision.probabilities[name],
            }
            for name, terms in decision.options.items()
        ],
        "draw": decision.draw,
        "choice": decision.choice,
    }


def print_decisions(console: Console, decisions: Sequence[Decision], names: Names, labels: DayLabels) -> None:
    """Decisions for people, day by day."""
    from rich.text import Text

    day: dt.date | None = None
    for one in decisions:
        date = _date(one, labels)
        if date != day:
            console.print(Text(labels.full(date), style="bold underline"))
            day = date
        console.print(Text(heading(one, names)), style="bold")
        for line in _table(one, console.width):
            console.print(line, soft_wrap=True)
        console.print(Text(_verdict(one), style="dim"))
        console.print()


def heading(decision: Decision, names: Names) -> str:
    """ "Kamenev: leave the post? Chairman of the council executive  [leave, post]"."""
    who, asked, about = asked_of(decision, names)
    label = ", ".join(dict.fromkeys((decision.mechanism, decision.decision)))
    return f"{who + ': ' if who else ''}{asked}{' ' + about if about else ''}  [{label}]"


def asked_of(decision: Decision, names: Names) -> tuple[str, str, str]:
    """Who is asked, what, and what it is about beside that (a post, a body; nothing where the question says it)."""
    asked = question(decision.mechanism, decision.decision)
    about = ""
    if decision.object and decision.axis in ("seat", "tenure"):
        about = names.about("vote" if decision.axis == "seat" else "appoint", decision.object)
    return names.brief(decision.actor) or names.what(decision.object), asked, about


def _date(decision: Decision, labels: DayLabels) -> dt.date:
    return labels.date_of(decision.step * labels.step_days)


def _table(decision: Decision, width: int) -> list[Text]:
    """Options as rows: the choice marked, probability with a bar, utility, and its terms from the largest."""
    from rich.text import Text

    columns = list(zip(*(_row(decision, name) for name in decision.options), strict=True))
    headings = ("", say("option"), say("chance"), "", say("utility"), say("its terms"))
    fields = [
        Field(heading, cells, whole=heading in headings[2:5:2], long=heading == headings[-1], priority=1 + (place == 3))
        for place, (heading, cells) in enumerate(zip(headings, columns, strict=True))
    ]
    options = list(decision.options)

    def style(row: int, column: int) -> str:
        return "blue" if column == 3 else "bold" if column == 1 and options[row] == decision.choice else ""

    return [Text.assemble(*line) for line in drawn(fields, width, style=style)[0]]


def _row(decision: Decision, name: str) -> tuple[str, ...]:
    share = decision.probabilities[name]
    return (
        "▶" if name == decision.choice else " ", word(name), probability(share), bar(share),
        signed(decision.utilities[name]), _terms(decision.options[name]),
    )  # fmt: skip


def bar(share: float, width: int = 12) -> str:
    """A share as a bar of blocks."""
    eighths = round(max(0.0, min(share, 1.0)) * width * 8)
    full, rest = divmod(eighths, 8)
    return "█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")


def signed(value: float) -> str:
    """A utility with its sign and three decimals."""
    return localised(f"{value:+.3f}").replace("-", "−")


def _terms(terms: Any) -> str:
    shown = sorted(terms.items(), key=lambda item: -abs(item[1]))
    told = [f"{word(name)} {signed(value)}" for name, value in shown if abs(value) >= 0.0005]
    return ", ".join(told) or "0"


def _verdict(decision: Decision) -> str:
    draw, chosen = probability(decision.draw), word(decision.choice)
    return say("  draw {draw}: {chosen}", draw=draw, chosen=chosen)
