"""Testing whip counts on the last motions in time, against party lines and uniform rebellion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, percent, say

from ..errors import TableError
from .rollcall_rebellion import FEWEST, Coming, learn, spread_votes
from .rollcall_table import YES, Bools, Floats, RollCalls
from .rollcall_whip import WhipCount, whip_count

NAMES = {
    "whip_count": mark("whip count"),
    "party_line": mark("party line"),
    "uniform": mark("uniform rebellion"),
}


@dataclass(frozen=True)
class WhipScore:
    """Scores of one way of counting, over the held-out motions.

    tally: mean absolute error of the yes votes. brier: mean squared error of the members' yes. rebels: share of the
    rebels that stand in the tenth of the votes held most rebellious (ties drawn by lot). loglik: mean log-probability
    of what members did (yes, no, abstain).
    """

    name: str
    tally: float
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

    references: ClassVar[tuple[str, ...]] = ("Brier 1950, Verification of forecasts expressed in terms of probability",)

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
            figure("brier", "Brier score", ".5f"),
            figure("rebels", "Rebels in the top tenth", ".3f"),
            figure("loglik", "Log-likelihood", ".4f"),
        )

        def rows(scores: tuple[WhipScore, ...]) -> tuple[tuple[Any, ...], ...]:
            return tuple((one.name, one.tally, one.brier, one.rebels, one.loglik) for one in scores)

        return (
            Table("scores", "Held-out motions", columns, rows(self.scores)),
            Table("labelled", "The same, members with a party given", columns, rows(self.labelled)),
            Table(
                "motions",
                "Motion by motion",
                (
                    Column("date", "Date"),
                    Column("motion", "Motion"),
                    Column("title", "Title"),
                    Column("yes", "Yes", right=True),
                    figure("expected", "Count", ".1f"),
                    Column("low", "90% from", right=True),
                    Column("high", "to", right=True),
                    figure("line", "By the lines", ".1f"),
                    figure("uniform", "Uniform", ".1f"),
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
        here = known.voted[:, place]
        count = whip_count(known.before(place), coming, model, attend=here.astype(float))
        lines = _by_line(known, place, 0.0, model.leaves)
        uniform = _by_line(known, place, model.rebel_share, model.leaves)
        votes, broken = known.votes[here, place], known.rebelled[here, place]
        party = ordered.party_at[here, place] >= 0
        own = np.array([[one.no, one.yes, one.abstain] for one in count.members])[here]
        ways["whip_count"].append(_Told(own, count.expected, votes, broken, party))
        for name, chances in (("party_line", lines[here]), ("uniform", uniform[here])):
            ways[name].append(_Told(chances, float(chances[:, YES].sum()), votes, broken, party))
        motions.append(_motion_score(known, place, count, lines[here], uniform[here]))
    told = ways["whip_count"]
    return WhipTest(
        scores=tuple(_score(name, one) for name, one in ways.items()),
        labelled=tuple(_score(name, [each.labelled() for each in one]) for name, one in ways.items()),
        motions=tuple(motions),
        learnt=first,
        tested=tested,
        votes=int(sum(len(one.votes) for one in told)),
        rebels=int(sum(one.broken.sum() for one in told)),
    )


@dataclass(frozen=True)
class _Told:
    """What was told of one motion, and what happened: chances by member, forecast of the tally, votes, rebels."""

    chances: Floats
    tally: float
    votes: np.ndarray
    broken: Bools
    party: Bools

    def labelled(self) -> _Told:
        """Only members whose party the table gives; the tally is then the sum of their chances."""
        keep = self.party
        chances = self.chances[keep]
        return _Told(chances, float(chances[:, YES].sum()), self.votes[keep], self.broken[keep], keep[keep])


def _motion_score(calls: RollCalls, place: int, count: WhipCount, lines: Floats, uniform: Floats) -> MotionScore:
    motion = calls.motions[place]
    here = calls.voted[:, place]
    breaks = np.array([one.breaks for one in count.members])
    low, high = count.interval()
    return MotionScore(
        motion=motion.id,
        title=motion.title,
        date=motion.date.isoformat(),
        yes=int((calls.votes[here, place] == YES).sum()),
        expected=count.expected,
        low=low,
        high=high,
        line=float(lines[:, YES].sum()),
        uniform=float(uniform[:, YES].sum()),
        rebels=int(calls.rebelled[:, place].sum()),
        expected_rebels=float(breaks[here].sum()),
    )


def _by_line(calls: RollCalls, place: int, rebel: float, leaves: Floats) -> Floats:
    """Chances of no, yes, abstain if everybody breaks the line with the same chance; without a line, as the house."""
    line = calls.member_lines[:, place].astype(np.int64)
    return np.asarray(spread_votes(np.full((1, len(line)), rebel), line, leaves)[0])


def _score(name: str, told: list[_Told]) -> WhipScore:
    yes = [(one.chances[:, YES] - (one.votes == YES)) ** 2 for one in told]
    logs = [np.log(np.maximum(one.chances[np.arange(len(one.votes)), one.votes], 1e-6)) for one in told]
    return WhipScore(
        name=name,
        tally=float(np.mean([abs(one.tally - (one.votes == YES).sum()) for one in told])),
        brier=float(np.concatenate(yes).mean()),
        rebels=top_share(
            np.concatenate([1 - one.chances.max(axis=1) for one in told]), np.concatenate([one.broken for one in told])
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
