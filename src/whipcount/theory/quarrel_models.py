"""Forecasts of the 24 questions from first-day judgements: base rates, ridge logit, a control without dynamics.

Each takes documented quarrels and which may be learnt from, and gives probabilities (quarrels, questions) for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .first_day import JUDGEMENTS, REGIMES, FirstDay, Quarrels
from .questionnaire import KEYS

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Forecaster = Callable[[Quarrels, Bools], Floats]

# Which first-day columns should make a yes likelier (+) or less likely (-). Whoever set the signs had theory in view
# (exit and voice, pivotality, the fall of governments) and had seen the answers of the crises, not of ordinary windows.
SIGNS: Mapping[str, str] = {
    "q01_concession": "+d_pivotal +dist_L +leader_weak -ext_threat",
    "q02_compliance": "-stake +ext_threat -partner_is_d",
    "q03_defiance": "+stake +prior_breach",
    "q04_threat_down": "+sanctions_habit -leader_weak -partner_is_d",
    "q05_threat_up": "+stake +d_pivotal +threat_up",
    "q06_post_resigned": "+log_posts +stake",
    "q07_posts_resigned_3": "+log_posts +leader_weak",
    "q08_dismissed": "+sanctions_habit +log_posts",
    "q09_party_left": "-partner_is_d +sanctions_habit -ext_threat",
    "q10_party_left_10pc": "+d_share +d_party_resources -partner_is_d",
    "q11_expelled": "+sanctions_habit -partner_is_d",
    "q12_new_party": "+d_party_resources -partner_is_d",
    "q13_leader_out": "+leader_weak +leader_removable",
    "q14_head_changes": "+leader_weak +leader_removable +alt_government",
    "q15_falls": "+d_pivotal +partner_pivotal +alt_government",
    "q16_confidence_vote": "+governs +d_pivotal",
    "q17_confidence_lost": "+d_pivotal +governs +alt_government",
    "q18_partner_leaves": "+cabinet_partner +partner_unhappy",
    "q19_partner_enters": "+alt_government +cabinet_partner",
    "q20_election": "+election_possible +governs -alt_government",
    "q21_measure_passes": "-d_pivotal +k_urgent",
    "q22_returns": "-d_party_resources +ext_threat",
    "q23_wider_body": "+wider_body",
    "q24_abstention": "+abstention_useful",
}
TERMS = tuple(tuple((-1.0 if term[0] == "-" else 1.0, term[1:]) for term in SIGNS[key].split()) for key in KEYS)

# Columns that are made of judgements, with those that each is made of.
MADE_OF: Mapping[str, tuple[str, ...]] = {
    "stake": ("k_importance", "dist_D"),
    "log_posts": ("d_posts",),
    "governs": ("regime",),
    "cabinet_partner": ("partner_n", "regime"),
    "threat_up": ("threat_already",),
}
COLUMNS = tuple(sorted({name for terms in TERMS for _, name in terms}))
USED = tuple(
    one.key for one in JUDGEMENTS if any(one.key in MADE_OF.get(name, (name,)) for name in COLUMNS)
)  # the judgements that move a forecast
CONTROL_SLOPE = 0.7  # prior mean of the log odds a standard deviation of a signed sum moves


def columns_of(values: Mapping[str, Floats]) -> Floats:
    """The columns of the signs, last axis as `COLUMNS`, from judgements as numbers by key (any shape; nan: unknown)."""
    regime = values["regime"]
    unknown = np.where(np.isnan(regime), np.nan, 0.0)
    minority, outside = float(REGIMES.index("minority")), (REGIMES.index("committee"), REGIMES.index("opposition"))
    made = {
        "stake": values["k_importance"] * values["dist_D"],
        "log_posts": np.log1p(values["d_posts"]),
        "governs": ~np.isin(regime, outside) + unknown,
        "cabinet_partner": (values["partner_n"] > 0) * (regime != minority) + unknown + 0 * values["partner_n"],
        "threat_up": np.where(
            np.isnan(values["threat_already"]), np.nan, np.isin(values["threat_already"], (1.0, 3.0))
        ),
    }
    return np.stack([np.asarray(made.get(name, values.get(name)), dtype=float) for name in COLUMNS], axis=-1)


def middles(first_days: Sequence[FirstDay]) -> dict[str, Floats]:
    """The middle of each judgement of some quarrels, nan where one was not made."""
    return {one.key: np.array([day.middle(one.key) for day in first_days]) for one in JUDGEMENTS}


def standardised(values: Floats, learn: Bools) -> Floats:
    """Columns (quarrels, columns) with mean 0 and standard deviation 1 among those learnt from; unknown is the mean."""
    centre, spread = moments(values[learn])
    return np.nan_to_num((values - centre) / spread)


def moments(values: Floats) -> tuple[Floats, Floats]:
    """Means and standard deviations of columns over what is known; 1 for a column that does not vary."""
    spread = np.nanstd(values, axis=0)
    return np.nanmean(values, axis=0), np.where(spread > 1e-9, spread, 1.0)


def signed_sums(standard: Floats) -> Floats:
    """The signed sum of each question, shape (..., questions), from standardised columns (..., columns)."""
    return standard @ sign_matrix().T


def sign_matrix() -> Floats:
    """The sign of each column in each question, shape (questions, columns)."""
    signs = np.zeros((len(TERMS), len(COLUMNS)))
    for row, terms in enumerate(TERMS):
        for sign, name in terms:
            signs[row, COLUMNS.index(name)] = sign
    return signs


def coin(quarrels: Quarrels, learn: Bools) -> Floats:  # noqa: ARG001 - it learns nothing
    """One half of everything."""
    return np.full(quarrels.answers.shape, 0.5)


def base_rates(quarrels: Quarrels, learn: Bools) -> Floats:
    """The share of yes of the same question, with half an answer added to either side (Jeffreys)."""
    known, yes = _counts(quarrels, learn)
    return np.broadcast_to((yes + 0.5) / (known + 1.0), quarrels.answers.shape)


def shrunk_base_rates(quarrels: Quarrels, learn: Bools) -> Floats:
    """Base rates drawn to their common mean, as far as a beta-binomial model finds likely (Griffiths 1973)."""
    from scipy.optimize import minimize
    from scipy.special import betaln, expit

    known, yes = _counts(quarrels, learn)

    def surprise(place: Floats) -> float:
        mean, weight = float(expit(place[0])), float(np.exp(place[1]))
        prior = mean * weight, (1 - mean) * weight
        return -float((betaln(yes + prior[0], known - yes + prior[1]) - betaln(*prior)).sum())

    found = minimize(surprise, np.array([0.0, 1.0]), method="L-BFGS-B", bounds=[(-8, 8), (-2, 6)])
    mean, weight = float(expit(found.x[0])), float(np.exp(found.x[1]))
    return np.broadcast_to((yes + mean * weight) / (known + weight), quarrels.answers.shape)


def _counts(quarrels: Quarrels, learn: Bools) -> tuple[Floats, Floats]:
    answers = quarrels.answers[learn]
    return (~np.isnan(answers)).sum(axis=0).astype(float), np.nansum(answers, axis=0)


def logit_map(design: Floats, answers: Floats, mean: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """Penalised logit: coefficients at the maximum under independent normal priors, and their covariance there.

    design: (answers, coefficients). answers: 0 or 1. The posterior is strictly concave, so Newton's steps, halved where
    they go too far, find its only maximum; the covariance is Laplace's.
    """
    place = mean.copy()

    def value(at: Floats) -> float:
        line = design @ at
        return float(answers @ line - np.logaddexp(0, line).sum() - 0.5 * precision @ (at - mean) ** 2)

    now = value(place)
    for _ in range(100):
        chance = 1 / (1 + np.exp(-(design @ place)))
        slope = design.T @ (answers - chance) - precision * (place - mean)
        bend = (design.T * (chance * (1 - chance))) @ design + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        while (new := value(place + step)) < now - 1e-12:
            step = step / 2
        place, gained, now = place + step, new - now, new
        if gained < 1e-12 and float(np.abs(step).max()) < 1e-9:
            break
    return place, np.asarray(np.linalg.inv(bend), dtype=np.float64)


def control(quarrels: Quarrels, learn: Bools) -> Floats:
    """The control without dynamics: signed sums of two or three columns, one slope, an offset of each question, shrunk.

    log odds = m + a_q + b (signed sum), m ~ N(0, 2), a_q ~ N(0, 1), b ~ N(.7, .35).
    """
    sums = signed_sums(standardised(columns_of(middles(quarrels.first_days)), learn))
    rows, questions = sums.shape
    design = np.zeros((rows, questions, questions + 2))
    design[..., 0], design[..., 1] = 1.0, sums
    design[:, np.arange(questions), 2 + np.arange(questions)] = 1.0
    mean = np.r_[0.0, CONTROL_SLOPE, np.zeros(questions)]
    precision = np.r_[1 / 4, 1 / 0.35**2, np.ones(questions)]
    known = learn[:, None] & ~np.isnan(quarrels.answers)
    place, _ = logit_map(design[known], quarrels.answers[known], mean, precision)
    return np.asarray(1 / (1 + np.exp(-(design @ place))))


def ridge_logit(quarrels: Quarrels, learn: Bools) -> Floats:
    """A logit of every question on all columns, slopes shrunk so that together they move log odds by about 1.

    Slopes ~ N(0, 1/number of columns) on standardised columns, intercepts ~ N(0, 2).
    """
    values = middles(quarrels.first_days)
    kinds = {"regime": len(REGIMES), "threat_already": 4}
    plain = [
        values[one.key] for one in JUDGEMENTS if one.key not in kinds and one.key not in ("d_posts", "window_days")
    ]
    words = [(values[key] == place) * 1.0 for key, number in kinds.items() for place in range(number)]
    table = np.column_stack([*plain, np.log1p(values["d_posts"]), np.log1p(values["window_days"]), *words])
    standard = standardised(table, learn)
    design = np.column_stack([np.ones(len(standard)), standard])
    slopes = standard[0].size
    precision = np.r_[1 / 4, np.full(slopes, float(slopes))]
    found = np.empty(quarrels.answers.shape)
    for question in range(len(KEYS)):
        known = learn & ~np.isnan(quarrels.answers[:, question])
        answers = quarrels.answers[known, question]
        place, _ = logit_map(design[known], answers, np.zeros(len(precision)), precision)
        found[:, question] = 1 / (1 + np.exp(-(design @ place)))
    return found


def left_out(forecaster: Forecaster, quarrels: Quarrels) -> Floats:
    """Each quarrel's probabilities (quarrels, questions), learnt from all others."""
    found = np.empty(quarrels.answers.shape)
    for row in range(len(quarrels)):
        learn = np.arange(len(quarrels)) != row
        found[row] = forecaster(quarrels, learn)[row]
    return found
