"""Ideal points against the field's own programs, closed forms and the two ways in which they are computed."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from formation_bodies import SHARED, one_dimension
from scipy.stats import kstest, norm, spearmanr, truncnorm

from whipcount.errors import TableError
from whipcount.session import using
from whipcount.theory import rollcall_votes
from whipcount.theory.rollcall_chains import Chains
from whipcount.theory.rollcall_classification import optimal_classification
from whipcount.theory.rollcall_dimensions import held_out
from whipcount.theory.rollcall_dynamic import dynamic_points, paths_of, periods_of
from whipcount.theory.rollcall_ideal import ideal_points
from whipcount.theory.rollcall_mode import Scaling, scale_ballots, scale_votes
from whipcount.theory.rollcall_plane import along, classify_plane
from whipcount.theory.rollcall_posterior import sample_posterior, standardised
from whipcount.theory.rollcall_table import ABSENT, YES, Motion, RollCalls
from whipcount.theory.rollcall_votes import Ballots, ascend, ballots_of, from_votes, likelihood, normals

GOLDEN = SHARED / "golden" / "rollcall"
needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="no reference estimates beside the repository")
PSCL_SPREAD = 5.0  # pscl's prior of the items


@dataclass(frozen=True, eq=False)
class Senate:
    """The votes that every reference fit of a Senate has used."""

    name: str
    members: list[str]
    yes: np.ndarray
    seen: np.ndarray

    def column(self, file: str, column: str) -> np.ndarray:
        """A column of a reference table, in the order of members."""
        rows = {row["member"]: row for row in read(GOLDEN / f"{self.name}_{file}.csv")}
        return np.array([float(rows[member][column]) for member in self.members])

    def fit(self, package: str, dims: int) -> dict[str, float]:
        """What a package reports of its fit."""
        rows = [one for one in read(GOLDEN / "fits.csv") if one["data"] == self.name and one["package"] == package]
        found = next(one for one in rows if int(one["dims"]) == dims)
        return {key: float(found[key]) for key in ("correct", "apre", "gmp", "errors") if found[key]}

    def errors(self, found: Scaling) -> int:
        """Votes on the wrong side of the cutting lines."""
        utility = found.difficulty + found.points @ found.discrimination.T
        return int((((utility > 0) != self.yes) & self.seen).sum())


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def senate(name: str) -> Senate:
    """A Senate's votes on the motions that are kept."""
    with gzip.open(GOLDEN / f"{name}_votes.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    kept = [one["motion"] for one in read(GOLDEN / f"{name}_motions.csv") if one["kept"] == "1"]
    motions = {motion: place for place, motion in enumerate(kept)}
    members = {member: place for place, member in enumerate(dict.fromkeys(row["member"] for row in rows))}
    yes = np.zeros((len(members), len(motions)), dtype=bool)
    seen = np.zeros_like(yes)
    for row in rows:
        if row["motion"] in motions:
            where = members[row["member"]], motions[row["motion"]]
            seen[where], yes[where] = True, row["vote"] == "yes"
    return Senate(name, list(members), yes, seen)


@pytest.fixture(scope="module", params=["s109", "sen90"])
def body(request: pytest.FixtureRequest) -> Senate:
    """Each of the two Senates."""
    return senate(request.param)


def small(seed: int = 0, members: int = 20, motions: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A body drawn from the model: yes, seen, points."""
    calls, points = one_dimension(members, motions, seed)
    return calls.votes == YES, calls.votes != ABSENT, points


def walking(seed: int = 0, chains: int = 6, terms: int = 4, motions: int = 30) -> Ballots:
    """Members whose points walk, of whom one sits in one term only."""
    random = np.random.default_rng(seed)
    length = np.full(chains, terms)
    length[-1] = 1
    start = np.concatenate([[0], length.cumsum()])
    points = int(start[-1])
    given = Chains(start, np.linspace(-1, 1, chains), np.full(chains, 0.5), np.full(points, 0.1))
    point = np.repeat(np.arange(points), motions)
    motion = (np.concatenate([np.arange(one) for one in length])[:, None] * motions + np.arange(motions)).ravel()
    place = random.normal(size=points)
    yes = random.normal(size=len(point)) < place[point] * random.normal(size=motion.max() + 1)[motion]
    return from_votes(point, motion, yes, given, int(motion.max()) + 1)


class TestAgainstTheField:
    @needs_golden
    def test_the_mode_agrees_with_pscl_w_nominate_and_emirt(self, body: Senate) -> None:
        found = scale_votes(body.yes, body.seen)
        points = found.points[:, 0]
        for file, rank, straight in (("ideal", 0.99, 0.998), ("mcmcirt1d", 0.99, 0.998), ("wnominate", 0.98, 0.98)):
            if file == "wnominate":
                rows = {row["member"]: row for row in read(GOLDEN / f"{body.name}_{file}.csv") if row["dims"] == "1"}
                theirs = np.array([float(rows[member]["x1"]) for member in body.members])
            else:
                theirs = body.column(file, "mean")
            assert abs(spearmanr(points, theirs)[0]) >= rank
            assert abs(np.corrcoef(points, theirs)[0, 1]) >= straight
        assert body.errors(found) <= 1.02 * body.fit("wnominate", 1)["errors"]
        gmp = np.exp(found.loglik / body.seen.sum())
        assert gmp >= body.fit("binIRT", 1)["gmp"] - 0.005

    @needs_golden
    def test_two_dimensions_err_as_seldom_as_w_nominate(self, body: Senate) -> None:
        assert body.errors(scale_votes(body.yes, body.seen, 2)) <= 1.02 * body.fit("wnominate", 2)["errors"]

    @needs_golden
    def test_optimal_classification_errs_as_seldom_as_oc(self, body: Senate) -> None:
        votes = np.where(body.seen, body.yes, ABSENT).astype(np.int8)
        motions = tuple(Motion(str(place)) for place in range(votes.shape[1]))
        calls = RollCalls(tuple(body.members), ("",) * len(body.members), motions, votes)
        found = optimal_classification(calls)
        rows = {row["member"]: float(row["rank"]) for row in read(GOLDEN / f"{body.name}_oc.csv") if row["dims"] == "1"}
        assert sum(found.errors) <= 1.01 * body.fit("oc", 1)["errors"]
        assert abs(spearmanr(found.ranks, [rows[member] for member in found.members])[0]) >= 0.98
        plane = optimal_classification(calls, dimensions=2)
        assert sum(plane.errors) <= body.fit("oc", 2)["errors"]

    @needs_golden
    @pytest.mark.slow
    def test_the_posterior_is_pscls(self, body: Senate) -> None:
        # the same priors: means within the tolerance of both samplers' errors, deviations within 10% at the median
        ballots = ballots_of(body.yes, body.seen)
        found = sample_posterior(ballots, scale_ballots(ballots), 1000, spread=PSCL_SPREAD)
        mean, spread, size = (body.column("ideal", name) for name in ("mean", "sd", "ess"))
        own, error = found.mean[:, 0], found.spread[:, 0]
        own = own * np.sign(np.corrcoef(own, mean)[0, 1])
        assert found.mixing is None or found.mixing[0] < 1.05
        near = np.abs(own - mean) <= 0.02 + 3 * (spread / np.sqrt(size) + error / np.sqrt(200))
        assert near.mean() >= 0.95
        assert np.median(error / spread) == pytest.approx(1, abs=0.1)
        assert (np.abs(error / spread - 1) < np.where(size >= 200, 0.2, 0.35)).all()


class TestTwoWaysOfComputing:
    def test_rounds_are_the_same_in_c_and_numpy(self) -> None:
        if rollcall_votes.library() is None:
            pytest.skip("no C compiler")
        yes, seen, _ = small()
        line = np.where(np.arange(len(yes))[:, None] % 2, 1.0, -1.0) * np.ones(yes.shape)
        for ballots, width in ((ballots_of(yes, seen, line), 2), (ballots_of(yes, seen), 3), (walking(), 2)):
            told = []
            for name in ("compiled", "numpy"):
                random = np.random.default_rng(1)
                points = np.column_stack([np.ones(ballots.points), random.normal(size=(ballots.points, width - 1))])
                items = random.normal(size=(ballots.motions, width))
                with using(backend=name):
                    logs = [ascend(ballots, items, points, 0.3, np.full(width, 0.04)) for _ in range(5)]
                    logs += likelihood(ballots, items, points, 0.3)
                told.append((items, points, np.array(logs)))
            for one, other in zip(*told, strict=True):
                assert one == pytest.approx(other, rel=1e-7, abs=1e-7)

    def test_a_round_never_lessens_the_density(self, backend: str) -> None:
        # from far out, where a whole Newton step would overshoot
        for ballots in (ballots_of(*small(3)[:2]), walking(3)):
            random = np.random.default_rng(2)
            points = np.column_stack([np.ones(ballots.points), 4 * random.normal(size=ballots.points)])
            items, precision = 8 * random.normal(size=(ballots.motions, 2)), np.full(2, 0.04)
            worth = []
            for _ in range(25):
                prior = -0.5 * float((items**2 @ precision).sum()) + float(
                    ballots.chains.log_priors(points[:, 1:]).sum()
                )
                worth.append(ascend(ballots, items, points, 0.0, precision) + prior)
            assert (np.diff(worth) >= -1e-7).all(), backend

    def test_at_the_mode_no_slope_is_left(self, backend: str) -> None:
        yes, seen, _ = small(4)
        found = scale_votes(yes, seen)
        sign = np.where(yes, 1.0, -1.0)
        # undo the standardisation: points are their prior's where sum of squares balances the slopes' (as below)
        utility = found.difficulty + found.points @ found.discrimination.T
        pull = np.where(seen, sign * norm.pdf(utility) / norm.cdf(sign * utility), 0.0)
        stretch = np.sqrt((pull * (found.points @ found.discrimination.T)).sum() / (found.points**2).sum())
        points, slopes = found.points * stretch, found.discrimination / stretch
        assert (pull @ slopes - points)[:, 0] == pytest.approx(0, abs=2e-2), backend


class TestDraws:
    def test_normals_are_normal(self) -> None:
        if rollcall_votes.library() is None:
            pytest.skip("no C compiler")
        plain = normals(200_000, 1)
        assert plain is not None
        assert kstest(plain, "norm").pvalue > 1e-3
        assert abs(np.mean(np.abs(plain) > 3.7) - 2 * norm.sf(3.7)) < 4e-5  # the tail beyond the ziggurat
        for least in (-3.0, 0.2, 0.5, 4.0):
            above = normals(50_000, 2, least)
            assert above is not None
            assert kstest(above, truncnorm(least, np.inf).cdf).pvalue > 1e-3

    @pytest.mark.slow
    def test_both_ways_draw_from_one_posterior(self) -> None:
        if rollcall_votes.library() is None:
            pytest.skip("no C compiler")
        for ballots in (ballots_of(*small(5, 8, 25)[:2]), walking(5)):
            mode, told = scale_ballots(ballots), []
            for name, draws in (("compiled", 2000), ("numpy", 1000)):
                with using(backend=name):
                    found = sample_posterior(ballots, mode, draws, seed=3, spread=1.0, settled=lambda x, y: (x, y))
                told.append((found.mean[:, 0], found.spread[:, 0]))
            (mean, spread), (other_mean, other_spread) = told
            assert np.abs(mean - other_mean).max() < 0.25 * spread.max()
            assert np.median(spread / other_spread) == pytest.approx(1, abs=0.08)

    def test_without_votes_the_posterior_is_the_prior(self, backend: str) -> None:
        # one vote on each of two motions tells almost nothing of the other chain: a walk from N(1, .5) in steps of .1
        chains = Chains(np.array([0, 1, 4]), np.array([0.0, 1.0]), np.array([1.0, 0.5]), np.full(4, 0.1))
        ballots = from_votes(np.array([0, 0]), np.array([0, 1]), np.array([True, False]), chains, 2)
        mode = Scaling(np.ones((4, 1)), np.ones((4, 1)), np.zeros(2), np.ones((2, 1)), 0.0, 1)
        found = sample_posterior(ballots, mode, 600, spread=1.0, settled=lambda x, y: (x, y))
        assert found.mean[1:, 0] == pytest.approx([1, 1, 1], abs=0.2), backend
        assert found.spread[1:, 0] ** 2 == pytest.approx([0.5, 0.6, 0.7], abs=0.15)

    @pytest.mark.parametrize("dimensions", [1, 2])
    def test_standardising_changes_no_chance(self, dimensions: int) -> None:
        random = np.random.default_rng(4)
        points = np.concatenate([np.ones((3, 9, 1)), random.normal(2, 3, (3, 9, dimensions))], axis=2)
        items = random.normal(size=(3, 7, dimensions + 1))
        towards = random.normal(size=(9, dimensions))
        settled, fitting = standardised(points, items, towards)
        before, after = (np.einsum("dpa,dja->dpj", *pair) for pair in ((points, items), (settled, fitting)))
        assert after == pytest.approx(before)
        assert settled[..., 1:].mean(axis=1) == pytest.approx(0, abs=1e-12)
        assert (settled[..., 1:] ** 2).mean() == pytest.approx(1)
        assert (np.einsum("dpa,pa->d", settled[..., 1:], towards) > 0).all()

    @pytest.mark.slow
    @pytest.mark.parametrize(("members", "motions", "sets"), [(9, 45, 60), (25, 60, 40)])
    def test_intervals_cover(self, members: int, motions: int, sets: int) -> None:
        # benchmarks/ideal_points.py does the same with 500 sets of four sizes
        inside = []
        for seed in range(sets):
            yes, seen, points = small(seed, members, motions)
            told = (yes & seen).any(axis=0) & (~yes & seen).any(axis=0)
            ballots = ballots_of(yes[:, told], seen[:, told])
            found = sample_posterior(ballots, scale_ballots(ballots), 400, seed)
            truth = (points - points.mean()) / points.std()
            low, high = (one[:, 0] for one in found.interval())
            turned = np.corrcoef(found.mean[:, 0], truth)[0, 1] > 0
            truth = truth if turned else -truth
            inside.append(((low <= truth) & (truth <= high)).mean())
        assert 0.9 < np.mean(inside) < 0.99


class TestTheTask:
    def test_draws_tell_intervals_fit_and_mixing(self) -> None:
        calls, truth = one_dimension(members=40, motions=80)
        found = ideal_points(calls, right="Right", draws=200)
        assert found.draws == 200
        points = np.array([one.point[0] for one in found.members])
        assert np.corrcoef(points, truth)[0, 1] > 0.97
        assert all(one.low[0] < one.point[0] < one.high[0] for one in found.members)
        assert found.waic > -2 * found.loglik
        assert any("R-hat" in one or "ArviZ" in one for one in found.remarks)

    def test_a_side_is_turned_with_its_intervals(self) -> None:
        calls, _ = one_dimension(members=20, motions=40)
        left, right = (ideal_points(calls, right=side, draws=100) for side in ("Left", "Right"))
        for one, other in zip(left.members, right.members, strict=True):
            assert (one.point[0], one.low[0], one.high[0]) == (-other.point[0], -other.high[0], -other.low[0])

    def test_the_fit_by_party_adds_up(self) -> None:
        calls, _ = one_dimension(members=30, motions=50)
        found = ideal_points(calls)
        whole, *parties = found.fits
        assert sum(one.votes for one in parties) == whole.votes
        assert sum(one.correct * one.votes for one in parties) == pytest.approx(whole.correct * whole.votes)
        logs = [np.log(one.gmp) * one.votes for one in parties]
        assert sum(logs) == pytest.approx(np.log(whole.gmp) * whole.votes)
        assert whole.gmp == pytest.approx(np.exp(found.loglik / whole.votes))
        assert (whole.correct, whole.apre) == (pytest.approx(found.correct), pytest.approx(found.apre))

    def test_the_motions_that_tell_most_come_first(self) -> None:
        # on m0 the halves part without an error, on m1 one member errs, m2 is noise
        votes = np.array([[member >= 5, member >= 5, member % 2] for member in range(10)], dtype=np.int8)
        votes[0, 1] = YES
        votes = np.concatenate([votes, np.repeat(votes[:, :1], 10, axis=1)], axis=1)
        names = tuple(Motion(f"m{place}") for place in range(votes.shape[1]))
        calls = RollCalls(tuple(f"member {row}" for row in range(10)), ("",) * 10, names, votes)
        found = ideal_points(calls)
        assert found.telling[0].pre == 1.0
        assert "m2" not in [one.motion for one in found.telling]


class TestHeldOut:
    @pytest.mark.parametrize("true", [1, 2])
    def test_the_dimensions_that_there_are_foretell_best(self, true: int) -> None:
        random = np.random.default_rng(11)
        points, slopes = random.normal(size=(60, true)), 2 * random.normal(size=(true, 150))
        votes = (random.normal(size=(60, 150)) < points @ slopes + 0.5 * random.normal(size=150)).astype(np.int8)
        names = tuple(Motion(str(place)) for place in range(150))
        parties = tuple("AB"[int(point[0] > 0)] for point in points)
        found = held_out(RollCalls(tuple(f"m{row}" for row in range(60)), parties, names, votes))
        assert found.best.dimensions == true
        by_name = {one.name: one for one in found.models}
        assert by_name["side"].gmp < by_name["party"].gmp < found.best.gmp
        assert by_name["side"].apre < 0.03
        # more dimensions always fit better what they saw
        fitted = [one.seen_gmp for one in found.models if one.dimensions]
        assert fitted == sorted(fitted)

    def test_coins_have_no_dimension(self) -> None:
        votes = np.random.default_rng(12).integers(0, 2, (30, 60)).astype(np.int8)
        names = tuple(Motion(str(place)) for place in range(60))
        found = held_out(RollCalls(tuple(f"m{row}" for row in range(30)), ("",) * 30, names, votes), 2)
        assert found.best.name == "side"
        assert found.best.gmp == pytest.approx(0.5, abs=0.01)


class TestPlane:
    def test_votes_without_an_error_are_classified_without_one(self) -> None:
        random = np.random.default_rng(7)
        points, normals = random.normal(size=(40, 2)), random.normal(size=(80, 2))
        yes = points @ normals.T > 0.5 * random.normal(size=80)
        found = classify_plane(yes, np.ones(yes.shape, dtype=bool), points + 0.05 * random.normal(size=(40, 2)))
        assert found.errors <= 0.002 * yes.size
        assert found.errors == (found.says() != yes).sum()

    def test_a_member_goes_to_the_stretch_with_fewest_errors(self) -> None:
        # on a line with cuts at 1, 2, 3: above the first two and below the third is where nothing is wrong
        normals, cuts = np.array([[1.0, 0.0]] * 3), np.array([1.0, 2.0, 3.0])
        moved = along(np.array([0.0, 7.0]), np.array([1.0, 0.0]), normals, cuts, np.array([True, True, False]))
        assert moved.tolist() == [2.5, 7.0]
        stays = along(np.array([2.2, 7.0]), np.array([1.0, 0.0]), normals, cuts, np.array([True, True, False]))
        assert stays.tolist() == [2.2, 7.0]
        back = along(np.array([9.0, 0.0]), np.array([1.0, 0.0]), normals, cuts, np.array([False, False, False]))
        assert back[0] < 1.0

    def test_abstentions_count_for_nothing(self) -> None:
        random = np.random.default_rng(8)
        points, normals = random.normal(size=(30, 2)), random.normal(size=(50, 2))
        yes, seen = points @ normals.T > 0, random.random((30, 50)) < 0.8
        other = np.where(seen, yes, ~yes)
        one, two = (classify_plane(table, seen, points) for table in (yes, other))
        assert one.errors == two.errors
        assert one.points == pytest.approx(two.points)


@needs_golden
class TestSupremeCourt:
    def test_the_paths_are_martin_and_quinns(self) -> None:
        # 1953 to 1968 with their priors; Douglas is left out, whose reference draws did not settle
        justices = {row["justice"]: row for row in read(GOLDEN / "mq_justices.csv")}
        reference = read(GOLDEN / "mq_1953_1968_mcmc.csv")
        with gzip.open(GOLDEN / "mq_votes.csv.gz", "rt", encoding="utf-8") as stream:
            rows = [row for row in csv.DictReader(stream) if 1953 <= int(row["term"]) <= 1968]
        place = {(row["justice"], row["term"]): at for at, row in enumerate(reference)}
        names = [row["justice"] for row in reference]
        start = [at for at, name in enumerate(names) if not at or names[at - 1] != name]
        prior = [justices[names[at]] for at in start]
        mean, variance = (np.array([float(row[key]) for row in prior]) for key in ("x_mu0", "x_sigma0"))
        drift = np.array([float(justices[name]["omega2"]) for name in names])
        cases = {case: at for at, case in enumerate(dict.fromkeys(row["case"] for row in rows))}
        ballots = from_votes(
            np.array([place[row["justice"], row["term"]] for row in rows]),
            np.array([cases[row["case"]] for row in rows]),
            np.array([row["vote"] == "yes" for row in rows]),
            Chains(np.array([*start, len(names)]), mean, variance, drift),
            len(cases),
        )
        mode = scale_ballots(ballots, spread=1.0)
        found = sample_posterior(ballots, mode, 600, spread=1.0, settled=lambda points, items: (points, items))
        theirs, spread, size = (np.array([float(row[key]) for row in reference]) for key in ("mean", "sd", "ess"))
        kept = np.array([name != "Douglas" for name in names])
        own, error = found.mean[:, 0], found.spread[:, 0]
        near = np.abs(own - theirs) <= 0.05 + 3 * (spread / np.sqrt(size) + error / np.sqrt(100))
        assert near[kept].mean() >= 0.98
        assert (np.abs(error / spread - 1)[kept] < 0.2).mean() >= 0.9
        assert np.corrcoef(own[kept], theirs[kept])[0, 1] > 0.99


class TestMovingPoints:
    def body(self, moved: float) -> RollCalls:
        """Thirty members over four years, of whom the first goes right by `moved`, the others stay."""
        random = np.random.default_rng(8)
        place = np.sort(random.normal(size=30))
        place[0] = -moved / 2
        votes, days = [], []
        for year in range(4):
            here = place.copy()
            here[0] += moved * year / 3
            for motion in range(80):
                utility = random.normal() * 0.5 + 1.5 * random.choice([-1, 1]) * here
                votes.append(utility + random.normal(size=30) > 0)
                days.append(Motion(f"m{year}-{motion}", date=dt.date(2000 + year, 1 + motion % 12, 1)))
        parties = tuple("Left" if one < 0 else "Right" for one in place)
        names = tuple(f"member {row}" for row in range(30))
        return RollCalls(names, parties, tuple(days), np.array(votes).T.astype(np.int8))

    def test_whoever_moves_is_found_and_how_far(self) -> None:
        found = dynamic_points(self.body(2.5), drift=1.0, draws=200, right="Right")
        most = found.moves[0]
        assert (most.member, most.first, most.last) == ("member 0", "2000", "2003")
        scale = np.random.default_rng(8).normal(size=30).std()  # of the others, who stay
        assert most.moved == pytest.approx(2.5 / scale, abs=0.8)
        assert most.rightward > 0.99
        assert len(found.points) == 120

    def test_without_drift_points_stay(self) -> None:
        found = dynamic_points(self.body(1.0), drift=1e-3, draws=0, right="Right")
        assert max(abs(one.moved) for one in found.moves) < 0.02
        still = {one.member: one.point[0] for one in ideal_points(self.body(1.0), right="Right").members}
        moving = [(one.point, still[one.member]) for one in found.points if one.period == "2001"]
        assert np.corrcoef(np.array(moving).T)[0, 1] > 0.999

    def test_far_off_periods_keep_their_sides(self) -> None:
        # twenty seats over thirty years, of which each changes hands every five years or so: nobody sees both ends
        random = np.random.default_rng(9)
        names, truth = [f"{seat}-0" for seat in range(20)], dict[str, float]()
        votes, days = [], []
        for year in range(30):
            names = [f"{seat}-{year}" if random.random() < 0.2 else name for seat, name in enumerate(names)]
            for name in names:
                truth.setdefault(name, random.normal())
            here = np.array([truth[name] for name in names])
            for motion in range(40):
                said = random.normal() * 0.5 + random.normal() * 1.5 * here + random.normal(size=20) > 0
                votes.append(dict(zip(names, said, strict=True)))
                days.append(Motion(f"m{year}-{motion}", date=dt.date(1950 + year, 1, 1)))
        members = tuple(truth)
        table = np.array([[int(vote.get(name, ABSENT)) for vote in votes] for name in members], dtype=np.int8)
        found = dynamic_points(RollCalls(members, ("",) * len(members), tuple(days), table), draws=0)
        pairs = np.array([(one.point, truth[one.member]) for one in found.points])
        assert abs(np.corrcoef(pairs.T)[0, 1]) > 0.9

    def test_errors_of_the_mode_are_those_of_the_chain(self) -> None:
        # the precision of a whole chain written out and inverted
        ballots = walking(6)
        found = scale_ballots(ballots)
        side, chains = ballots.by_point, ballots.chains
        utility = found.difficulty[side.other] + found.discrimination[side.other, 0] * found.points[side.block, 0]
        told = (
            norm.pdf(utility) ** 2 / (norm.cdf(utility) * norm.cdf(-utility)) * found.discrimination[side.other, 0] ** 2
        )
        precision = np.diag(np.bincount(side.block, told, ballots.points))
        precision[chains.heads, chains.heads] += 1 / chains.variance
        for point in chains.followers:
            pair = np.array([point - 1, point])
            precision[np.ix_(pair, pair)] += np.array([[1, -1], [-1, 1]]) / chains.drift[point]
        assert found.errors[:, 0] == pytest.approx(np.sqrt(np.diag(np.linalg.inv(precision))))

    def test_a_gap_lets_a_point_go_further(self) -> None:
        calls = self.body(0.0)
        gone = [place for place, motion in enumerate(calls.motions) if motion.date.year not in (2001, 2002)]
        paths = paths_of(calls.only_motions(gone), 12, 0.1)
        assert paths.names == ("2000", "2003")
        assert paths.ballots.chains.drift[1] == pytest.approx(3 * 0.01)

    def test_periods_are_counted_from_january(self) -> None:
        days = [dt.date(2001, 3, 1), dt.date(2001, 8, 1), dt.date(2003, 1, 1)]
        assert periods_of(days, 12)[1] == ("2001", "2003")
        assert periods_of(days, 6)[1] == ("2001-01", "2001-07", "2003-01")

    def test_without_dates_nothing_moves(self) -> None:
        votes = np.array([[0, 1], [1, 0], [1, 1]], dtype=np.int8)
        calls = RollCalls(("a", "b", "c"), ("", "", ""), (Motion("m"), Motion("n")), votes)
        with pytest.raises(TableError, match="WC567"):
            dynamic_points(calls, fewest=1)

    def test_periods_that_few_members_bridge_are_told(self) -> None:
        calls = self.body(0.0)
        votes = calls.votes.copy()
        later = np.array([motion.date.year >= 2002 for motion in calls.motions])
        votes[:15, later], votes[15:, ~later] = ABSENT, ABSENT
        found = dynamic_points(replace(calls, votes=votes), draws=0)
        assert any("2001 – 2002 (0)" in one for one in found.remarks)
