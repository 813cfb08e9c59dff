"""The page of the library of crises: `python docs/library_page.py FOLDER`.

The folder is that of the runs of all crises, as this keeps them (and takes them up again):

    whipcount validate -n 1000 --out FOLDER

The part between the markers of `docs/explanation/library.md` is written anew; what is said about it stands outside.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from readme_table import END, START, replace

from whipcount.data.documented_quarrels import shipped_quarrels
from whipcount.questions.library import POPULATION, documented
from whipcount.questions.politics import histories
from whipcount.results import open_run
from whipcount.scenario import LoadedScenario
from whipcount.theory.first_day import Quarrels
from whipcount.theory.politics import Simulated, surrogate
from whipcount.theory.politics_table import PoliticsTable, shipped_politics
from whipcount.theory.probability_scores import log_score
from whipcount.theory.quarrel_models import base_rates, left_out
from whipcount.theory.questionnaire import HAPPENED, KEYS

PAGE = Path(__file__).parent / "explanation" / "library.md"
Floats = NDArray[np.float64]
REACTIONS = {
    "comply": "q02_compliance",
    "abstain": "q24_abstention",
    "resign a post": "q06_post_resigned",
    "are dismissed": "q08_dismissed",
    "leave the party": "q09_party_left",
    "split off": "q12_new_party",
    "come back": "q22_returns",
    "leader out": "q13_leader_out",
}
SURPRISES = 3


@dataclass(frozen=True, eq=False)
class Told:
    """Forecasts of all crises, (crises, questions): by the simulation on its priors, with what the other crises teach,
    and by the base rates of the others; documented answers, and which of them are doubtful."""

    crises: tuple[LoadedScenario, ...]
    answers: Floats
    doubtful: NDArray[np.bool_]
    simulated: Floats
    learnt: Floats
    base: Floats

    def score(self, forecast: Floats, *where: object) -> float:
        """The mean log score of a forecast over the answers that the simulation covers, of some rows or columns."""
        covered = np.where(np.isnan(self.simulated), np.nan, self.answers)
        scores = log_score(forecast, covered)[where if where else ...]
        return float(np.nanmean(scores))


def forecasts(
    scenarios: Sequence[LoadedScenario], simulated: Sequence[Simulated], known: Quarrels, table: PoliticsTable
) -> Told:
    """Every forecast of every crisis, from histories and the table of shared parameters."""
    places = [shared.index(name) for shared in (_names(),) for name in table.names]
    rows = [list(known.names).index(one.slug) for one in scenarios]
    learnt = []
    for one in simulated:
        teaches = table.of(one.name)
        fitted = surrogate(Simulated(one.name, one.deviates[:, places], one.answers))
        learnt.append(fitted.adjusted(teaches.mean, teaches.of_a_crisis()))
    return Told(
        tuple(scenarios), known.answers[rows], known.doubtful[rows], np.array([one.chances for one in simulated]),
        np.array(learnt), left_out(base_rates, known)[rows],
    )  # fmt: skip


def _names() -> list[str]:
    from whipcount.questions.politics import shared_parameters

    return list(shared_parameters())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    sides = ["---", *["---:"] * (len(head) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (head, sides, *rows)] + [""]


def _probability(value: float) -> str:
    return f"{value:.2f}".removeprefix("0") if 0.005 <= value < 0.995 else ("<.01" if value < 0.5 else ">.99")


def _score(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1)


def _documented(answer: float, doubtful: bool) -> str:
    if np.isnan(answer):
        return "–"
    return ("yes" if answer else "no") + ("?" if doubtful else "")


def reactions(told: Told) -> list[str]:
    """Each type of reaction by crisis: what is documented, and the simulation's probability."""
    columns = [KEYS.index(key) for key in REACTIONS.values()]
    rows = []
    for place, loaded in enumerate(told.crises):
        cells = [
            f"{_documented(told.answers[place, one], told.doubtful[place, one])} {_shown(told.simulated[place, one])}"
            for one in columns
        ]
        rows.append((loaded.slug, *cells))
    return _table(("crisis", *REACTIONS), rows)


def _shown(value: float) -> str:
    return "" if np.isnan(value) else _probability(value)


def expected_and_observed(told: Told) -> Iterator[tuple[str, int, int, float, float, float, float, float]]:
    """By reaction: answers, how many were yes, how many were expected and with which standard deviation if answers were
    independent, and the log scores of the simulation, of what the others teach, and of base rates."""
    for name, key in REACTIONS.items():
        column = KEYS.index(key)
        both = ~np.isnan(told.answers[:, column]) & ~np.isnan(told.simulated[:, column])
        chance = told.simulated[both, column]
        at = (slice(None), column)
        yield (
            name, int(both.sum()), int(told.answers[both, column].sum()), float(chance.sum()),
            float(np.sqrt((chance * (1 - chance)).sum())), told.score(told.simulated, *at),
            told.score(told.learnt, *at), told.score(told.base, *at),
        )  # fmt: skip


def counts(told: Told) -> list[str]:
    """Counts expected against observed, and scores, by type of reaction."""
    head = (
        "reaction",
        "asked of",
        "happened in",
        "expected in",
        "simulation",
        "with what the others teach",
        "base rates",
    )
    rows = [
        (name, str(asked), str(yes), f"{expected:.1f} ± {spread:.1f}", *(_score(one) for one in scores))
        for name, asked, yes, expected, spread, *scores in expected_and_observed(told)
    ]
    every = (told.score(told.simulated), told.score(told.learnt), told.score(told.base))
    rows.append(("**all 24 questions**", "", "", "", *(_score(one) for one in every)))
    return _table(head, rows)


def crisis(told: Told, place: int) -> list[str]:
    """One crisis: what it was, who is who, how it was foreseen, and where the simulation was most wrong."""
    loaded = told.crises[place]
    scenario = loaded.scenario
    names = {one.id: one.name.en for one in (*scenario.parties, *scenario.factions, *scenario.actors)}
    heading = f"### [{scenario.title.en}](../crises/{loaded.slug}.md) (`{loaded.slug}`)"
    lines = [heading, "", _sentence(scenario.summary.en)]
    if scenario.roles is not None:
        roles = scenario.roles
        lines.append(
            f"Leader: {names[roles.leader]}. Dissenters: {', '.join(names.get(one, one) for one in roles.dissenters)}. "
            f"{_date(scenario.calendar.start)} to {_date(scenario.calendar.end)}."
        )
    scores = [told.score(one, place) for one in (told.simulated, told.learnt, told.base)]
    better = "better than" if scores[0] > scores[2] else "worse than"
    lines += [
        "",
        f"Log score: simulation {_score(scores[0])}, {better} base rates ({_score(scores[2])}); with what the other "
        f"crises teach {_score(scores[1])}.",
    ]
    lines += ["", "Most wrong about: " + "; ".join(surprises(told, place)) + ".", ""]
    return lines


def _date(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."


def surprises(told: Told, place: int) -> list[str]:
    """The documented answers to which the simulation gave least."""
    own = log_score(told.simulated[place], told.answers[place])
    order = [one for one in np.argsort(own, kind="stable") if not np.isnan(own[one])][:SURPRISES]
    return [
        f"{HAPPENED[KEYS[one]]}: {_documented(told.answers[place, one], told.doubtful[place, one])}, held "
        f"{_probability(told.simulated[place, one])} likely"
        for one in order
    ]


def figures(told: Told, runs: int) -> str:
    """The part between the markers."""
    lines = [
        f"{len(told.crises)} crises, {runs:,} runs each on the priors; {int((~np.isnan(told.answers)).sum())} answers.",
        "",
        "## Who reacts how",
        "",
        "Each cell: what is documented (`?`: doubtful, –: not known), and the simulation's probability of a yes; none "
        "where the question cannot be put.",
        "",
        *reactions(told),
        "## Expected and observed",
        "",
        *counts(told),
        "## Crisis by crisis",
        "",
    ]
    for place in range(len(told.crises)):
        lines += crisis(told, place)
    return "\n".join(lines)


def main(folder: Path) -> None:
    """Write the page from kept runs, one folder for each crisis, of which the names begin with it."""
    scenarios, simulated, runs = documented(), [], 0
    for loaded in scenarios:
        (kept,) = folder.glob(f"{loaded.slug}-????????")
        results = open_run(kept)
        runs = results.runs
        simulated.append(histories(loaded.slug, results))
    told = forecasts(scenarios, simulated, shipped_quarrels().of(POPULATION), shipped_politics())
    PAGE.write_text(
        replace(PAGE.read_text(encoding="utf-8"), f"{START}\n\n{figures(told, runs)}\n{END}"), encoding="utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
