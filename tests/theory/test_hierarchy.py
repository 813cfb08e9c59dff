"""What members have in common, learnt with their points: shrinkage, slopes, scale, and draws from the right place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import kstest, norm

from whipcount import rollcall
from whipcount.data.covariates import read_covariates
from whipcount.errors import TableError
from whipcount.session import using
from whipcount.theory.rollcall_hierarchy import hierarchy_of, sample_shared
from whipcount.theory.rollcall_ideal import IdealPoints, ideal_points
from whipcount.theory.rollcall_mode import scale_ballots
from whipcount.theory.rollcall_posterior import sample_posterior
from whipcount.theory.rollcall_table import ABSENT, NO, YES, Motion, RollCalls
from whipcount.theory.rollcall_votes import ballots_of

MEANS, SLOPE, WITHIN = (-1.2, 0.2, 1.1), 0.5, 0.35


@dataclass(frozen=True, eq=False)
class House:
    """Sixty members of three parties, every second of whom voted six times in forty."""

    calls: RollCalls
    age: np.ndarray
    point: np.ndarray
    seldom: np.ndarray


def house(seed: int, members: int = 60, motions: int = 40, few: int = 6) -> House:
    random = np.random.default_rng(seed)
    party, age = random.integers(0, 3, members), random.standard_normal(members)
    point = np.array(MEANS)[party] + SLOPE * age + WITHIN * random.standard_normal(members)
    cut, slope = 0.7 * random.standard_normal(motions), 1.2 * random.standard_normal(motions)
    votes = np.where(random.random((members, motions)) < norm.cdf(cut + np.outer(point, slope)), YES, NO)
    for member in range(0, members, 2):
        votes[member, random.permutation(motions)[few:]] = ABSENT
    calls = RollCalls(
        members=tuple(f"m{place}" for place in range(members)),
        parties=tuple("ABC"[place] for place in party),
        motions=tuple(Motion(f"v{place}") for place in range(motions)),
        votes=votes.astype(np.int8),
    )
    return House(calls, age, (point - point.mean()) / point.std(), np.arange(members) % 2 == 0)


def told(found: IdealPoints, right: House) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points and ends of intervals, on the right side."""
    points = np.array([(one.point[0], one.low[0], one.high[0]) for one in found.members]).T
    return points if np.corrcoef(points[0], right.point)[0, 1] > 0 else -points[[0, 2, 1]]


@pytest.mark.parametrize("seed", range(2))
def test_who_votes_seldom_is_told_by_the_party(seed: int) -> None:
    body = house(seed)
    alone = ideal_points(body.calls, draws=400, fewest=1)
    common = ideal_points(body.calls, draws=400, fewest=1, by_party=True, covariates=("age",), values=body.age[:, None])
    off = [np.sqrt(((told(one, body)[0] - body.point)[body.seldom] ** 2).mean()) for one in (alone, common)]
    assert off[1] < 0.8 * off[0]
    assert common.loo < alone.loo
    _, low, high = told(common, body)
    assert ((low < body.point) & (body.point < high)).mean() > 0.85


def test_slopes_and_means_are_found_on_the_scale_of_the_points() -> None:
    body = house(3, few=30)
    found = ideal_points(body.calls, draws=400, by_party=True, covariates=("age",), values=body.age[:, None], right="C")
    party = np.array(body.calls.parties)
    rows = np.column_stack([*(party == name for name in "ABC"), body.age / body.age.std()]).astype(float)
    rows[:, 3] -= rows[:, 3].mean()
    right, *_ = np.linalg.lstsq(rows, body.point, rcond=None)
    assert [one.name for one in found.shared] == ["A", "B", "C", "age"]
    for one, value in zip(found.shared, right, strict=True):
        assert abs(one.value - value) < 3.5 * one.error
        assert one.low < one.value < one.high
    off = body.point - rows @ right
    assert abs(found.within - off.std()) < 0.12
    assert "age" in found.words()


def test_numbers_that_mean_nothing_are_told_from_chance() -> None:
    body = house(4, few=20)
    noise = np.random.default_rng(9).standard_normal((len(body.age), 1))
    found = ideal_points(body.calls, draws=400, covariates=("shoe size",), values=noise)
    (only,) = found.shared
    assert only.low < 0 < only.high
    assert "No covariate's part is told from chance" in found.words()


@pytest.mark.parametrize("compiled", [True, False])
def test_without_votes_the_prior_comes_back(compiled: bool) -> None:
    """With one vote that says nothing, draws of coefficients are those of their prior: normal, whatever the spread."""
    yes, seen = np.zeros((4, 1), dtype=bool), np.zeros((4, 1), dtype=bool)
    ballots = ballots_of(yes, seen)
    hierarchy = hierarchy_of(4, ["A", "A", "B", "B"])
    items, points = np.zeros((1, 2)), np.column_stack([np.ones(4), np.zeros(4)])
    shared, precision = np.array([0.0, 0.0, 1.0]), np.ones(2)
    with using(backend="auto" if compiled else "numpy"):
        _, _, drawn = sample_shared(ballots, items, points, precision, False, (1,), 3000, 4, hierarchy, shared)
    kept = drawn[::10]
    assert kstest(kept[:, 0], "norm").pvalue > 0.005
    assert kstest(kept[:, 1], "norm").pvalue > 0.005
    assert kstest(kept[:, 2] ** -2, "expon").pvalue > 0.005


@pytest.mark.slow
def test_ranks_of_the_spread_are_uniform() -> None:
    """Simulation-based calibration (Talts et al. 2018): truth drawn from the prior has any rank among the draws."""
    ranks = []
    for seed in range(120):
        random = np.random.default_rng([17, seed])
        spread, party = random.exponential() ** -0.5, np.repeat(np.arange(3), 8)
        if spread > 3:  # so far apart that probit votes say nothing of the difference
            continue
        point = random.standard_normal(3)[party] + spread * random.standard_normal(24)
        items = random.standard_normal((30, 2))
        yes = random.random((24, 30)) < norm.cdf(items[:, 0] + np.outer(point, items[:, 1]))
        ballots = ballots_of(yes, np.ones(yes.shape, dtype=bool))
        hierarchy = hierarchy_of(24, [str(one) for one in party])
        found = sample_posterior(ballots, scale_ballots(ballots, 1), 400, seed, 1.0, hierarchy=hierarchy)
        assert found.shared is not None
        drawn = found.shared[..., -1].ravel()[::4]
        ranks.append((drawn < spread / point.std()).mean() + random.uniform(-0.005, 0.005))
    assert kstest(ranks, "uniform").pvalue > 0.01


def test_what_cannot_be_learnt_is_refused() -> None:
    body = house(1, members=12, motions=12, few=12)
    for more in ({"draws": 0}, {"draws": 100, "dimensions": 2}):
        with pytest.raises(TableError) as caught:
            ideal_points(body.calls, by_party=True, **more)  # type: ignore[arg-type]
        assert caught.value.problems[0].code == "WC516"


def test_numbers_about_members_are_read_by_name() -> None:
    names, values, remarks = read_covariates(
        {"member": ["b", "A", "c"], "age": [40, 50, 60], "home": ["x", "y", "z"], "same": [1, 1, 1]}, ("a", "b")
    )
    assert names == ("age",)
    assert values.tolist() == [[50.0], [40.0]]
    assert any("home, same" in one for one in remarks)


@pytest.mark.parametrize(
    "table",
    [
        {"member": ["a"], "age": [4]},
        {"member": ["a", "A", "b"], "age": [4, 5, 6]},
        {"member": ["a", "b"], "age": [4, None]},
        {"member": ["a", "b"], "age": ["x", "y"]},
    ],
)
def test_members_without_a_number_are_refused(table: dict[str, list[object]]) -> None:
    with pytest.raises(TableError) as caught:
        read_covariates(table, ("a", "b"))
    assert caught.value.problems[0].code == "WC568"


def test_the_command_takes_both() -> None:
    body = house(2, members=20, motions=20, few=20)
    rows = [
        (name, party, motion.id, "yes" if vote == YES else "no")
        for name, party, row in zip(body.calls.members, body.calls.parties, body.calls.votes, strict=True)
        for motion, vote in zip(body.calls.motions, row, strict=True)
    ]
    votes = dict(zip(("member", "party", "motion", "vote"), map(list, zip(*rows, strict=True)), strict=True))
    found = rollcall.ideal(
        votes, draws=100, by_party=True, covariates={"member": list(body.calls.members), "age": list(body.age)}
    )
    assert [one.name for one in found.shared] == ["A", "B", "C", "age"]
    assert found.frame("shared").height == 4
