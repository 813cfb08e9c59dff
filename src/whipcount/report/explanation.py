"""Decisions explained: who is asked what, the options with their named terms, the probabilities, the draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whipcount.charts.names import Names
from whipcount.text import localised, probability, say
from whipcount.text.dates import DayLabels

from .glossary import question, word

if TYPE_CHECKING:
    from rich.console import Console

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
        console.print(_table(one))
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


def _table(decision: Decision) -> Any:
    """Options as rows: the choice marked, probability with a bar, utility, and its terms from the largest."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("")
    table.add_column(say("option"))
    table.add_column(say("chance"), justify="right")
    table.add_column("")
    table.add_column(say("utility"), justify="right")
    table.add_column(say("its terms"), overflow="fold")
    for name, terms in decision.options.items():
        share = decision.probabilities[name]
        chosen = name == decision.choice
        table.add_row(
            "▶" if chosen else "",
            Text(word(name), style="bold" if chosen else ""),
            probability(share),
            Text(bar(share), style="blue"),
            signed(decision.utilities[name]),
            Text(_terms(terms)),
        )
    return table


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
