"""Testing whip counts on the last motions in time, against party lines and uniform rebellion.

Either once learnt and then scored on the last share of motions, or learnt anew before each motion from a first one on
(an expanding window), so that nothing that is scored was seen. Differences to the baselines are paired by motion.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, percent, say

from ..errors import TableError
from .rollcall_attendance import Attendance, attendance
from .rollcall_rebellion import FEWEST, Chances, Coming, RebellionModel, chances_under, learn, vote_chances
from .rollcall_table import YES, Bools, Floats, RollCalls
from .rollcall_whip import blocks_of, interval_of, sums_of, tally_of

NAMES = {
    "whip_count": mark("whip count"),
    "party_line": mark("party line"),
    "uniform": mark("uniform rebellion"),
    "drifting": mark("uniform rebellion, drifting"),
}
COMERS = {
    "whip_count": mark("whip count"),
    "record": mark("own record"),
    "house": mark("share of the house"),
}
DRIFTS = 10.0  # motions after which a past motion counts half in the drifting uniform rate
RESAMPLES = 2_000  # of motions, for the intervals of paired differences
SCORES = {
    "tally": mark("error of the yes tally"),
    "crps": mark("CRPS of the tally"),
    "brier": mark("Brier score"),
    "rebels": mark("rebels in the top tenth"),
}


@dataclass(frozen=True)
class WhipScore:
    """Scores of one way of counting, over the held-out motions.

    tally: mean absolute error of the yes votes, told as the median of the tally, which is the number that errs least
    in this measure (Gneiting 2011). crps: mean continuous ranked probability score of the whole tally, in
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
class WhipDifference:
    """A score of the whip count less a baseline's, with its 95% interval: the same motions drawn again and again.

    Below 0 the whip count is better, but for `rebels` above 0.
    """

    baseline: str
    score: str
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class AttendanceScore:
    """Scores of one way of telling who comes: of each member's chance, of the number who came, and its 90% interval."""

    name: str
    brier: float
    present: float
    coverage: float


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
        "Gneiting 2011, Making and evaluating point forecasts",
    )

    scores: tuple[WhipScore, ...]
    labelled: tuple[WhipScore, ...]
    attendance: tuple[AttendanceScore, ...]
    differences: tuple[WhipDifference, ...]
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
                "attendance",
                "Who came",
                (
                    Column("name", "Forecast", names=COMERS),
                    figure("brier", "Brier score", ".5f"),
                    figure("present", "Error of the number present", ".1f"),
                    figure("coverage", "Within 90%", ".2f"),
                ),
                tuple((one.name, one.brier, one.present, one.coverage) for one in self.attendance),
            ),
            Table(
                "differences",
                "Whip count less baseline, with 95% intervals paired by motion",
                (
                    Column("baseline", "Baseline", names=NAMES),
                    Column("score", "Score", names=SCORES),
                    figure("difference", "Difference", ".4f"),
                    figure("low", "95% from", ".4f"),
                    figure("high", "to", ".4f"),
                ),
                tuple((one.baseline, one.score, one.difference, one.low, one.high) for one in self.differences),
            ),
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
        own, line, uniform, _ = self.scores
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


def validate_whip_counts(calls: RollCalls, share: float = 0.2, start: int | None = None) -> WhipTest:
    """Learn from the first motions in time, count the others one by one, each with the record before it.

    share: of the motions, the last ones, that are counted by a model learnt once. start: the number of the first motion
    that is counted (from 1); then the model is learnt anew before each (WC562 where there is too little to learn from).
    The lines of a coming motion are taken as announced (what most of a party then did). Members without a party are
    counted with the one whose line they shared in the record before. Attendance is taken as it was, for all; how well
    it is foretold is scored beside.
    """
    ordered = calls.in_time()
    tested = max(round(share * len(ordered.motions)), 1) if start is None else len(ordered.motions) - start + 1
    first = len(ordered.motions) - tested
    if first <= FEWEST or tested < 1:
        hint = f"at least {FEWEST + 2} motions are needed before the tested ones"
        raise TableError.one("WC562", f"only {first} motions to learn from", hint)
    known = ordered.with_inferred_parties(until=first)
    model = learn(known.only_motions(range(first)))
    ways: dict[str, list[_Told]] = {name: [] for name in NAMES}
    motions, comers = [], dict[str, list[_Came]]()
    for place in range(first, len(known.motions)):
        if start is not None and place > first:
            known = ordered.with_inferred_parties(until=place)
            model = learn(known.only_motions(range(place)))
        # what comes is counted from the record before it; the lines are those of the whole table's parties
        coming = Coming(known.motions[place].title, tuple(int(line) for line in known.lines[:, place]))
        past, labelled = known.before(place), ordered.party_at[:, place] >= 0
        for name, chances in _forecasts(model, past, coming).items():
            ways[name].append(_told(known, place, past, chances, labelled))
        for name, present in _comers(past, known.motions[place].date).items():
            comers.setdefault(name, []).append(_came(known, place, present))
        motions.append(_motion_score(known, place, *(ways[name][-1] for name in NAMES)))
    told = ways["whip_count"]
    return WhipTest(
        scores=tuple(_score(name, one) for name, one in ways.items()),
        labelled=tuple(_score(name, [each.labelled for each in one if each.labelled]) for name, one in ways.items()),
        attendance=tuple(_attendance_score(name, one) for name, one in comers.items()),
        differences=tuple(_differences(ways)),
        motions=tuple(motions),
        learnt=first,
        tested=tested,
        votes=int(sum(len(one.votes) for one in told)),
        rebels=int(sum(one.broken.sum() for one in told)),
    )


_Came = tuple[float, int, float, bool]  # sum of squares, members, error of the number present, whether within 90%


def _comers(past: RollCalls, day: dt.date) -> dict[str, Attendance]:
    """Each way's chances of taking part; the own record is shrunk by 20 motions of the house's."""
    sat = past.sat.sum(axis=1)
    house = float(past.cast.sum() / max(int(sat.sum()), 1))
    return {
        "whip_count": attendance(past, day),
        "record": Attendance.sure((past.cast.sum(axis=1) + 20 * house) / (sat + 20)),
        "house": Attendance.sure(np.full(len(sat), house)),
    }


def _came(calls: RollCalls, place: int, present: Attendance) -> _Came:
    here = calls.sat[:, place]
    came = calls.cast[here, place]
    number = np.zeros(1)
    for weight, chances in zip(present.weights, present.chances[:, here], strict=True):
        one = sums_of(chances[None])[0] * weight
        number = one if len(number) == 1 else number + one
    low, high = interval_of(number, 0.9)
    middle = int(np.searchsorted(np.cumsum(number), 0.5))
    squares = float(((present.mean[here] - came) ** 2).sum())
    return squares, len(came), float(abs(middle - came.sum())), bool(low <= came.sum() <= high)


def _attendance_score(name: str, told: list[_Came]) -> AttendanceScore:
    squares, votes, off, within = (np.array(column, dtype=float) for column in zip(*told, strict=True))
    return AttendanceScore(name, float(squares.sum() / votes.sum()), float(off.mean()), float(within.mean()))


def drifting_rate(past: RollCalls) -> float:
    """The share of votes that break a line, lately: a motion counts half after ten; one motion's worth of the whole."""
    seen, broken = past.under_line.sum(axis=0), past.rebelled.sum(axis=0)
    age = 0.5 ** (np.arange(len(past.motions))[::-1] / DRIFTS)
    usual, motion = broken.sum() / max(int(seen.sum()), 1), seen.mean()
    return float((broken @ age + motion * usual) / max(float(seen @ age + motion), 1e-9))


def _forecasts(model: RebellionModel, past: RollCalls, coming: Coming) -> dict[str, Chances]:
    """Each way's chances of every vote; a party without a line divides alike for all of them."""
    one = np.ones(1)

    def alike(share: float) -> Chances:
        return chances_under(np.full((1, len(past.members)), share), one, model.leaves, past, coming)

    return {
        "whip_count": vote_chances(model, past, coming),
        "party_line": alike(0.0),
        "uniform": alike(model.rebel_share),
        "drifting": alike(drifting_rate(past)),
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

    @property
    def off(self) -> float:
        """The absolute error of the median of the tally."""
        return float(abs(int(np.searchsorted(np.cumsum(self.tally), 0.5)) - self.yes))

    @property
    def squares(self) -> Floats:
        """The squared error of each member's chance of yes."""
        return np.asarray((self.chances[:, YES] - (self.votes == YES)) ** 2)

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


def _motion_score(calls: RollCalls, place: int, count: _Told, lines: _Told, uniform: _Told, _: _Told) -> MotionScore:
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
    logs = [np.log(np.maximum(one.chances[np.arange(len(one.votes)), one.votes], 1e-6)) for one in told]
    within = [low <= one.yes <= high for one in told for low, high in (one.interval(),)]
    scored = _scored(told)
    return WhipScore(
        name=name,
        tally=scored["tally"],
        crps=scored["crps"],
        coverage=float(np.mean(within)),
        brier=scored["brier"],
        rebels=scored["rebels"],
        loglik=float(np.concatenate(logs).mean()),
    )


def _scored(told: list[_Told]) -> dict[str, float]:
    """The scores that are compared, over some motions."""
    return {
        "tally": float(np.mean([one.off for one in told])),
        "crps": float(np.mean([one.crps for one in told])),
        "brier": float(np.concatenate([one.squares for one in told]).mean()),
        "rebels": top_share(
            np.concatenate([one.suspicion[one.under] for one in told]),
            np.concatenate([one.broken[one.under] for one in told]),
        ),
    }


def _differences(ways: dict[str, list[_Told]]) -> list[WhipDifference]:
    """The whip count's scores less each baseline's, and the same over motions drawn with replacement."""
    random = np.random.default_rng(1)
    count = len(ways["whip_count"])
    draws = [random.integers(0, count, count) for _ in range(RESAMPLES)]
    found = []
    for score in SCORES:
        drawn = {name: np.array(_redrawn(told, score, draws)) for name, told in ways.items()}
        whole = {name: _scored(told)[score] for name, told in ways.items()}
        for name in list(ways)[1:]:
            gap = drawn["whip_count"] - drawn[name]
            known = gap[~np.isnan(gap)]  # none, where nobody broke a line
            low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
            found.append(WhipDifference(name, score, whole["whip_count"] - whole[name], float(low), float(high)))
    return found


def _redrawn(told: list[_Told], score: str, draws: list[np.ndarray]) -> list[float]:
    """A score of each sample of motions."""
    if score in ("tally", "crps"):
        each = np.array([one.off if score == "tally" else one.crps for one in told])
        return [float(each[draw].mean()) for draw in draws]
    if score == "brier":
        sums, votes = (np.array([f(one.squares) for one in told]) for f in (np.sum, len))
        return [float(sums[draw].sum() / votes[draw].sum()) for draw in draws]
    suspicion = [one.suspicion[one.under] for one in told]
    broken = [one.broken[one.under] for one in told]
    return [
        top_share(np.concatenate([suspicion[one] for one in draw]), np.concatenate([broken[one] for one in draw]))
        for draw in draws[: RESAMPLES // 10]
    ]


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
