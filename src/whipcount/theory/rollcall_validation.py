"""Testing whip counts on the last motions in time, against party lines and uniform rebellion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..errors import TableError
from .result import Grid, Measure, Result, figure, percent, say
from .rollcall_rebellion import FEWEST, Coming, learn, spread_votes
from .rollcall_table import YES, Bools, Floats, RollCalls
from .rollcall_whip import WhipCount, whip_count

NAMES = {
    "whip_count": ("whip count", "подсчёт голосов"),
    "party_line": ("party line", "линия партии"),
    "uniform": ("uniform rebellion", "равномерное нарушение"),
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

    def grids(self) -> tuple[Grid, ...]:
        """Scores, scores of labelled members, motions."""
        columns = (
            Measure("name", "Forecast", "Прогноз"),
            figure("tally", "Error of the yes tally", "Ошибка числа за", ".2f"),
            figure("brier", "Brier score", "Оценка Брайера", ".5f"),
            figure("rebels", "Rebels in the top tenth", "Нарушители в первой десятой", ".3f"),
            figure("loglik", "Log-likelihood", "Лог-правдоподобие", ".4f"),
        )

        def rows(scores: tuple[WhipScore, ...]) -> tuple[tuple[Any, ...], ...]:
            return tuple((one.name, one.tally, one.brier, one.rebels, one.loglik) for one in scores)

        return (
            Grid("scores", "Held-out motions", "Отложенные голосования", columns, rows(self.scores)),
            Grid(
                "labelled",
                "The same, members with a party given",
                "То же, члены с партией",
                columns,
                rows(self.labelled),
            ),
            Grid(
                "motions",
                "Motion by motion",
                "По голосованиям",
                (
                    Measure("date", "Date", "Дата"),
                    Measure("motion", "Motion", "Голосование"),
                    Measure("title", "Title", "Название"),
                    Measure("yes", "Yes", "За", right=True),
                    figure("expected", "Count", "Подсчёт", ".1f"),
                    Measure("low", "90% from", "90% от", right=True),
                    Measure("high", "to", "до", right=True),
                    figure("line", "By the lines", "По линиям", ".1f"),
                    figure("uniform", "Uniform", "Равномерно", ".1f"),
                    Measure("rebels", "Rebels", "Нарушителей", right=True),
                    figure("expected_rebels", "Expected", "Ожидалось", ".1f"),
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

    def words(self, language: str = "en") -> str:
        """The test in plain words."""
        own, line, uniform = self.scores
        return say(
            language,
            f"Learnt from {self.learnt} motions, tested on the next {self.tested} ({self.votes} votes, {self.rebels} "
            f"rebels). Error of the yes tally {own.tally:.2f} (party lines {line.tally:.2f}, uniform rebellion "
            f"{uniform.tally:.2f}); Brier {own.brier:.5f} ({line.brier:.5f}, {uniform.brier:.5f}); "
            f"{percent(own.rebels)} of the rebels in the top tenth "
            f"({percent(line.rebels)}, {percent(uniform.rebels)}).",
            f"Обучено на {self.learnt} голосованиях, проверено на следующих {self.tested} ({self.votes} голосов, "
            f"нарушителей {self.rebels}). Ошибка числа «за» {own.tally:.2f} (линии партий {line.tally:.2f}, равномерно "
            f"{uniform.tally:.2f}); Брайер {own.brier:.5f} ({line.brier:.5f}, {uniform.brier:.5f}); в первой десятой "
            f"{percent(own.rebels, language)} нарушителей ({percent(line.rebels, language)}, "
            f"{percent(uniform.rebels, language)}).",
        )

    def record(self) -> dict[str, Any]:
        """The test as JSON can carry it."""
        return {
            "learnt": self.learnt,
            "tested": self.tested,
            "votes": self.votes,
            "rebels": self.rebels,
            **{grid.name: grid.records() for grid in self.grids()},
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
        count = whip_count(known.only_motions(range(place)), coming, model, attend=here.astype(float))
        lines = _by_line(known, place, 0.0, model.leaves)
        uniform = _by_line(known, place, model.rebel_share, model.leaves)
        votes, broken = known.votes[here, place], known.rebelled[here, place]
        party = ordered.party_of[here] >= 0
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
