"""Testing whip counts on the last motions in time, against party lines and uniform rebellion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, percent, say

from ..errors import TableError
from .rollcall_rebellion import FEWEST, Chances, Coming, RebellionModel, chances_under, learn, vote_chances
from .rollcall_table import YES, Bools, Floats, RollCalls
from .rollcall_whip import blocks_of, interval_of, tally_of

NAMES = {
    "whip_count": mark("whip count"),
    "party_line": mark("party line"),
    "uniform": mark("uniform rebellion"),
}


@dataclass(frozen=True)
class WhipScore:
    """Scores of one way of counting, over the held-out motions.

    tally: mean absolute error of the yes votes. crps: mean continuous ranked probability score of the whole tally, in
    votes (Gneiting & Raftery 2007), which is the absolute error where a tally is told for sure. coverage: share of
    tallies within the interval of nine in ten. brier: mean squared error of the members' yes. rebels: share of the
    rebels that stand in the tenth, held most rebellious, of the votes under a line (ties drawn by lot). loglik: mean
    log-probability of what members did (yes, no, abstain).
    """

    name: str
    tally: float
    crps: float
    coverage: float
    brier: float
    rebels: float
    loglik: float


@dataclass(frozen=True)
class MotionScore:
    """A held-out motion: yes votes as they were and as each way of counting expected them, and the rebels."""

    motion: str
    title: str
    date: str
    yes: int
    expected: float
    low: int
    high: int
    line: float
    uniform: float
    rebels: int
    expected_rebels: float


@dataclass(frozen=True)
class WhipTest(Result):
    """Whip counts on the last motions in time: scores against baselines, all members and those with a party given."""

    references: ClassVar[tuple[str, ...]] = (
        "Brier 1950, Verification of forecasts expressed in terms of probability",
        "Gneiting & Raftery 2007, Strictly proper scoring rules, prediction, and estimation",
    )

    scores: tuple[WhipScore, ...]
    labelled: tuple[WhipScore, ...]
    motions: tuple[MotionScore, ...]
    learnt: int
    tested: int
    votes: int
    rebels: int

    def tables(self) -> tuple[Table, ...]:
        """Scores, scores of labelled members, motions."""
        columns = (
            Column("name", "Forecast", names=NAMES),
            figure("tally", "Error of the yes tally", ".2f"),
            figure("crps", "CRPS of the tally", ".2f"),
            figure("coverage", "Within 90%", ".2f"),
            figure("brier", "Brier score", ".5f"),
            figure("rebels", "Rebels in the top tenth", ".3f"),
            figure("loglik", "Log-likelihood", ".4f"),
        )

        def rows(scores: tuple[WhipScore, ...]) -> tuple[tuple[Any, ...], ...]:
            return tuple(tuple(getattr(one, column.key) for column in columns) for one in scores)

        return (
            Table("scores", "Held-out motions", columns, rows(self.scores)),
            Table("labelled", "The same, members with a party given", columns, rows(self.labelled)),
            Table(
                "motions",
                "Motion by motion",
                (
                    Column("date", "Date"),
                    Column("motion", "Motion"),
                    Column("title", "Title", wide=True, priority=3),
                    Column("yes", "Yes", right=True),
                    figure("expected", "Count", ".1f"),
                    Column("low", "90% from", right=True),
                    Column("high", "to", right=True),
                    figure("line", "By the lines", ".1f", 2),
                    figure("uniform", "Uniform", ".1f", 2),
                    Column("rebels", "Rebels", right=True),
                    figure("expected_rebels", "Expected", ".1f"),
                ),
                tuple(
                    (
                        one.date,
                        one.motion,
                        one.title,
                        one.yes,
                        one.expected,
                        one.low,
                        one.high,
                        one.line,
                        one.uniform,
                        one.rebels,
                        one.expected_rebels,
                    )
                    for one in self.motions
                ),
            ),
        )

    def sentences(self) -> str:
        """The test in plain words."""
        own, line, uniform = self.scores
        return say(
            "Learnt from {learnt} motions, tested on the next {tested} ({votes} votes, {rebels} rebels). "
            "Error of the yes tally {tally:.2f} (party lines {tally_2:.2f}, uniform rebellion "
            "{tally_3:.2f}); Brier {brier:.5f} ({brier_2:.5f}, {brier_3:.5f}); {rebels_2} of the rebels in "
            "the top tenth ({rebels_3}, {rebels_4}).",
            learnt=self.learnt,
            tested=self.tested,
            votes=self.votes,
            rebels=self.rebels,
            tally=own.tally,
            tally_2=line.tally,
            tally_3=uniform.tally,
            brier=own.brier,
            brier_2=line.brier,
            brier_3=uniform.brier,
            rebels_2=percent(own.rebels, 1),
            rebels_3=percent(line.rebels, 1),
            rebels_4=percent(uniform.rebels, 1),
        )

    def record(self) -> dict[str, Any]:
        """The test as JSON can carry it."""
        return {
            "learnt": self.learnt,
            "tested": self.tested,
            "votes": self.votes,
            "rebels": self.rebels,
            **{grid.name: grid.records() for grid in self.tables()},
        }


def validate_whip_counts(calls: RollCalls, share: float = 0.2) -> WhipTest:
    """Learn from the first motions in time, count the last `share` of them one by one, each with the record before it.

    The lines of a coming motion are taken as announced (what most of a party then did). Members without a party are
    counted with the one whose line they shared in the learning part. Attendance is taken as it was, for all three.
    """
    ordered = calls.in_time()
    tested = max(round(share * len(ordered.motions)), 1)
    first = len(ordered.motions) - tested
    if first <= FEWEST:
        hint = f"at least {FEWEST + 2} motions are needed before the tested ones"
        raise TableError.one("WC562", f"only {first} motions to learn from", hint)
    known = ordered.with_inferred_parties(until=first)
    model = learn(known.only_motions(range(first)))
    ways: dict[str, list[_Told]] = {name: [] for name in NAMES}
    motions = []
    for place in range(first, len(known.motions)):
        # what comes is counted from the record before it; the lines are those of the whole table's parties
        coming = Coming(known.motions[place].title, tuple(int(line) for line in known.lines[:, place]))
        past, labelled = known.before(place), ordered.party_at[:, place] >= 0
        for name, chances in _forecasts(model, past, coming).items():
            ways[name].append(_told(known, place, past, chances, labelled))
        motions.append(_motion_score(known, place, *(ways[name][-1] for name in NAMES)))
    told = ways["whip_count"]
    return WhipTest(
        scores=tuple(_score(name, one) for name, one in ways.items()),
        labelled=tuple(_score(name, [each.labelled for each in one if each.labelled]) for name, one in ways.items()),
        motions=tuple(motions),
        learnt=first,
        tested=tested,
        votes=int(sum(len(one.votes) for one in told)),
        rebels=int(sum(one.broken.sum() for one in told)),
    )


def _forecasts(model: RebellionModel, past: RollCalls, coming: Coming) -> dict[str, Chances]:
    """Each way's chances of every vote; a party without a line divides alike for all of them."""
    one = np.ones(1)

    def alike(share: float) -> Chances:
        return chances_under(np.full((1, len(past.members)), share), one, model.leaves, past, coming)

    return {
        "whip_count": vote_chances(model, past, coming),
        "party_line": alike(0.0),
        "uniform": alike(model.rebel_share),
    }


@dataclass(frozen=True, eq=False)
class _Told:
    """What was told of one motion, and what happened, of those who took part.

    chances: of every vote. tally: the distribution of yes votes. suspicion: that a member breaks the line. under: who
    had a line. labelled: the same of members whose party the table gives; None where there are none.
    """

    chances: Floats
    tally: Floats
    suspicion: Floats
    votes: np.ndarray
    broken: Bools
    under: Bools
    labelled: _Told | None = None

    @property
    def yes(self) -> int:
        """The yes votes as they were."""
        return int((self.votes == YES).sum())

    @property
    def expected(self) -> float:
        """The yes votes expected."""
        return float(np.arange(len(self.tally)) @ self.tally)

    def interval(self, share: float = 0.9) -> tuple[int, int]:
        """The yes votes between which the tally lies with this probability."""
        return interval_of(self.tally, share)

    @property
    def crps(self) -> float:
        """The continuous ranked probability score of the tally, in votes."""
        return float(((np.cumsum(self.tally) - (np.arange(len(self.tally)) >= self.yes)) ** 2).sum())


def _told(calls: RollCalls, place: int, past: RollCalls, chances: Chances, labelled: Bools) -> _Told:
    def of(here: Bools, inner: _Told | None = None) -> _Told:
        tally = tally_of(chances, here.astype(float), blocks_of(past))
        return _Told(
            chances.mean[here],
            tally,
            chances.breaks[here],
            calls.votes[here, place],
            calls.rebelled[here, place],
            calls.under_line[here, place],
            inner,
        )

    here = calls.voted[:, place]
    return of(here, of(here & labelled) if (here & labelled).any() else None)


def _motion_score(calls: RollCalls, place: int, count: _Told, lines: _Told, uniform: _Told) -> MotionScore:
    motion = calls.motions[place]
    low, high = count.interval()
    return MotionScore(
        motion=motion.id,
        title=motion.title,
        date=motion.date.isoformat(),
        yes=count.yes,
        expected=count.expected,
        low=low,
        high=high,
        line=lines.expected,
        uniform=uniform.expected,
        rebels=int(calls.rebelled[:, place].sum()),
        expected_rebels=float(count.suspicion.sum()),
    )


def _score(name: str, told: list[_Told]) -> WhipScore:
    yes = [(one.chances[:, YES] - (one.votes == YES)) ** 2 for one in told]
    logs = [np.log(np.maximum(one.chances[np.arange(len(one.votes)), one.votes], 1e-6)) for one in told]
    within = [low <= one.yes <= high for one in told for low, high in (one.interval(),)]
    return WhipScore(
        name=name,
        tally=float(np.mean([abs(one.expected - one.yes) for one in told])),
        crps=float(np.mean([one.crps for one in told])),
        coverage=float(np.mean(within)),
        brier=float(np.concatenate(yes).mean()),
        rebels=top_share(
            np.concatenate([one.suspicion[one.under] for one in told]),
            np.concatenate([one.broken[one.under] for one in told]),
        ),
        loglik=float(np.concatenate(logs).mean()),
    )


def top_share(suspicion: Floats, happened: Bools, tenth: float = 0.1) -> float:
    """Share of what happened among the most suspected tenth; ties at its edge count in proportion."""
    if not happened.any():
        return float("nan")
    number_of = tenth * len(suspicion)
    order = np.sort(suspicion)[::-1]
    edge = order[min(max(int(np.ceil(number_of)) - 1, 0), len(order) - 1)]
    above, at = suspicion > edge, suspicion == edge
    room = max(number_of - above.sum(), 0.0)
    share = min(room / max(at.sum(), 1), 1.0)
    return float((happened[above].sum() + share * happened[at].sum()) / happened.sum())
