"""The prior predictive page: what the model says before it has seen any of what happened.

It comes before any comparison with history. What it finds nearly certain or nearly impossible is listed, because an
agreement there is no evidence and a disagreement cannot be mended by data; no prior is tuned because of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from whipcount.table import Column, Result, Table
from whipcount.text import mark, say

from .reading import Results
from .summary import EXTREME, OutcomeSummary, documented, figures, in_figures

TITLES = (
    mark("outcome"),
    mark("what it is"),
    mark("model"),
    "95%",
    mark("given a crisis"),
    mark("happened"),
    mark("use"),
    mark("source"),
)

SETTLED = mark("Nearly settled by the priors (under .02 or over .98)")
_CERTAIN_AND_SO = mark(
    "nearly certain under the priors, and it happened: the model could hardly have said otherwise, so the agreement "
    "is no evidence for it"
)
_CERTAIN_BUT_NOT = mark(
    "nearly certain under the priors, but it did not happen: history lies where the model almost never goes; a "
    "mechanism or a prior is missing something"
)
_IMPOSSIBLE_BUT_SO = mark(
    "nearly impossible under the priors, but it happened: no calibration can find many such runs; a mechanism or a "
    "prior is missing something"
)
_IMPOSSIBLE_AND_NOT = mark(
    "nearly impossible under the priors, and it did not happen: the model could hardly have said otherwise, so the "
    "agreement is no evidence for it"
)
_TOO_LOW = mark(
    "the documented number is higher than in nearly all runs: history lies in the far tail of what the priors allow"
)
_TOO_HIGH = mark(
    "the documented number is lower than in nearly all runs: history lies in the far tail of what the priors allow"
)


@dataclass(frozen=True)
class PriorPage(Result):
    """Documented outcomes under the priors, and those of them that the priors all but settle."""

    undrawn: ClassVar[str] = "a run's chart of outcomes draws the same numbers"

    slug: str
    account: str | None
    runs: int
    seed: int
    outcomes: tuple[OutcomeSummary, ...]
    extremes: tuple[tuple[OutcomeSummary, str], ...]

    def tables(self) -> tuple[Table, ...]:
        """Every documented outcome; those that are nearly settled, with what that means."""
        columns = (
            Column("name", "outcome", priority=0), Column("label", "what it is", wide=True, priority=3),
            Column("model", "priors", right=True), Column("interval", "95%", right=True),
            Column("crisis", "given a crisis", right=True), Column("happened", "happened", right=True),
            Column("use", "use", priority=2), Column("source", "source", priority=2),
        )  # fmt: skip
        rows = tuple(
            (one.name, one.label.in_language(), *in_figures(one), _given_crisis(one), one.happened, one.use, one.source)
            for one in self.outcomes
        )
        title = f"{self.slug}: {self.runs} {say('runs from the priors, seed')} {self.seed}"
        about = say("given a crisis: in runs in which three or more persons left a seat, a post or the party")
        settled = (
            Column("name", "outcome", priority=0), Column("model", "priors", right=True),
            Column("happened", "happened", right=True), Column("meaning", "what it means", wide=True),
        )  # fmt: skip
        extremes = tuple((one.name, in_figures(one)[0], one.happened, say(text)) for one, text in self.extremes)
        return (
            Table("outcomes", title, columns, rows, about),
            Table("extremes", SETTLED, settled, extremes),
        )

    def sentences(self) -> str:
        """How many outcomes are documented, and how many of them the priors all but settle."""
        return say(
            "{documented} documented outcomes under the priors; {settled} nearly settled by them.",
            documented=len(self.outcomes), settled=len(self.extremes),
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The page as JSON can carry it."""
        return {
            "scenario": self.slug,
            "account": self.account,
            "runs": self.runs,
            "seed": self.seed,
            "outcomes": [outcome.record() | {"happened": outcome.happened} for outcome in self.outcomes],
            "extremes": [
                {"name": outcome.name, "estimate": outcome.estimate, "meaning": text} for outcome, text in self.extremes
            ],
        }


def _given_crisis(outcome: OutcomeSummary) -> str | None:
    return figures(outcome.crisis_probability, outcome.binary) if outcome.crisis_runs else None


def prior_page(results: Results) -> PriorPage:
    """The prior predictive page of an ensemble drawn from the priors."""
    documented = tuple(outcome for outcome in results.outcomes if outcome.happened is not None)
    extremes = tuple((outcome, meaning(outcome)) for outcome in documented if outcome.is_extreme)
    return PriorPage(results.slug, results.account, results.runs, results.seed, documented, extremes)


def meaning(outcome: OutcomeSummary) -> str:
    """What it means, in English, that a documented outcome is nearly settled by the priors."""
    if not outcome.binary:
        return _TOO_LOW if outcome.at_least < EXTREME else _TOO_HIGH
    if outcome.probability > 0.5:
        return _CERTAIN_AND_SO if outcome.happened else _CERTAIN_BUT_NOT
    return _IMPOSSIBLE_BUT_SO if outcome.happened else _IMPOSSIBLE_AND_NOT


def markdown(page: PriorPage) -> str:
    """The page as Markdown; generated by a command, so that it never differs from what the command prints."""
    account = say(", account {account}", account=page.account) if page.account else ""
    head = say("# {slug}{account}: what the priors say", slug=page.slug, account=account)
    before = say(
        "{runs} runs, seed {seed}. Before any comparison with history; no prior is tuned to mend it.",
        runs=page.runs,
        seed=page.seed,
    )
    titles = tuple(say(title) for title in TITLES)
    rows = [titles, ("---",) * len(titles), *(_cells(outcome) for outcome in page.outcomes)]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    section = say("## Nearly settled by the priors (under {low} or over {high})", low=EXTREME, high=1 - EXTREME)
    listed = "".join(
        f"- `{outcome.name}` ({figures(outcome.estimate, outcome.binary)}): {say(text)}.\n"
        for outcome, text in page.extremes
    )
    return f"{head}\n\n{before}\n\n{table}\n\n{section}\n\n{listed or say('Nothing.') + chr(10)}"


def _cells(outcome: OutcomeSummary) -> tuple[str, ...]:
    low, high = outcome.interval
    crisis = "–"
    if outcome.crisis_runs:
        crisis = f"{figures(outcome.crisis_probability, outcome.binary)} ({outcome.crisis_runs})"
    return (
        f"`{outcome.name}`",
        outcome.label.in_language(),
        figures(outcome.estimate, outcome.binary),
        f"{figures(low, outcome.binary)}–{figures(high, outcome.binary)}",
        crisis,
        documented(outcome.happened),
        outcome.use,
        outcome.source,
    )
