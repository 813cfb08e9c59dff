"""Who governs after an election: the probability of every cabinet, the parties' chances, how good forecasts are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, mark, number, percent, say, say_many

from ..errors import TableError
from .formation_covariates import Cabinets
from .formation_model import Model, shipped
from .formation_scores import Bin, Leaning, Means, Score, calibration, leanings, membership, score
from .formation_table import HALF, Opportunity
from .formation_validation import Gain, Tested, gains
from .survival_cabinets import shipped_survival

REFERENCES = (
    "McFadden 1974, Conditional logit analysis of qualitative choice behavior",
    "Martin & Stevenson 2001, Government formation in parliamentary democracies",
    "Franklin & Mackie 1983, Familiarity and inertia in the formation of governing coalitions",
    "Tavits 2008, The role of parties' past behavior in coalition formation",
    "Gamson 1961, A theory of coalition formation",
)
KINDS = {  # a kind of cabinet in both languages
    "minority": mark("minority"),
    "minimal": mark("minimal winning"),
    "oversized": mark("oversized"),
}
SPECIFICATION_NAMES = {
    "uniform": mark("all cabinets equal"),
    "kind": mark("size, median, range"),
    "kind_incumbency": mark("the same and incumbency"),
    "whole": mark("the whole model"),
}
SCORE_NAMES = {
    "first": mark("first choice right"),
    "five": mark("among the first five"),
    "loglik": mark("log-likelihood"),
}
UNUSUAL = 1.5  # standard deviations beyond which a country's leaning is worth telling
EQUAL = 1e-9  # shares of a probability that count as none


@dataclass(frozen=True)
class CabinetForecast:
    """One cabinet that may form: members, share of seats, kind, probability, Gamson's portfolios, expected life."""

    members: tuple[str, ...]
    seats: float
    kind: str
    probability: float
    portfolios: tuple[float, ...]
    months: float


@dataclass(frozen=True)
class PartyForecast:
    """A party's chances: to be in the cabinet, and its expected share of portfolios (0 where it is out)."""

    name: str
    seats: float
    place: float
    incumbent: bool
    governs: float
    portfolios: float


@dataclass(frozen=True)
class Forecast(Result):
    """The forecast for one election: the most probable cabinets, and every party's chances.

    as_probable: how many more cabinets are as probable as the first; equals stand in the order of their names.
    """

    references: ClassVar[tuple[str, ...]] = REFERENCES

    title: str
    cabinets: tuple[CabinetForecast, ...]
    parties: tuple[PartyForecast, ...]
    kinds: tuple[tuple[str, float], ...]
    candidates: int
    formed: tuple[str, ...] | None = None
    formed_rank: int | None = None
    formed_probability: float | None = None
    as_probable: int = 0

    def tables(self) -> tuple[Table, ...]:
        """Cabinets, parties."""
        cabinets = tuple(
            (", ".join(one.members), one.seats, one.kind, one.probability, one.months, _shares(one))
            for one in self.cabinets
        )
        parties = tuple(
            (one.name, one.seats, one.place, one.incumbent, one.governs, one.portfolios) for one in self.parties
        )
        return (
            Table(
                "cabinets",
                "Cabinets, the most probable first",
                (
                    Column("members", "Parties", wide=True),
                    figure("seats", "Seats", ".3f"),
                    Column("kind", "Kind", names=KINDS, priority=2),
                    figure("probability", "Probability", ".3f"),
                    figure("months", "Months expected", ".0f"),
                    Column("portfolios", "Portfolios (Gamson)", wide=True, priority=2),
                ),
                cabinets,
            ),
            Table(
                "parties",
                "Parties",
                (
                    Column("party", "Party"),
                    figure("seats", "Seats", ".3f"),
                    figure("position", "Position", ".2f"),
                    Column("incumbent", "Incumbent"),
                    figure("governs", "In the cabinet", ".3f"),
                    figure("portfolios", "Portfolios expected", ".3f"),
                ),
                parties,
            ),
        )

    def sentences(self) -> str:
        """The forecast in plain words."""
        first = self.cabinets[0]
        sure = [one.name for one in self.parties if one.governs >= 0.9]
        text = say(
            "Of {candidates:,} cabinets the most probable is {members} ({probability}, {kind}).",
            candidates=self.candidates,
            members=listing(first.members),
            probability=percent(first.probability, 1),
            kind=_kind(first.kind),
        )
        if self.as_probable:
            text += say_many(" {n} more is as probable.", " {n} more are as probable.", self.as_probable)
        if sure:
            text += say(" Almost certain to govern: {sure}.", sure=listing(sure))
        if self.formed is not None and self.formed_probability is not None:
            text += say(
                " What formed was {formed}: number {formed_rank} of the forecast ({formed_probability}).",
                formed=listing(self.formed),
                formed_rank=self.formed_rank,
                formed_probability=percent(self.formed_probability, 1),
            )
        return text

    def record(self) -> dict[str, Any]:
        """The forecast as JSON can carry it."""
        return {
            "title": self.title,
            "candidates": self.candidates,
            "kinds": dict(self.kinds),
            "formed": None if self.formed is None else list(self.formed),
            "formed_rank": self.formed_rank,
            "formed_probability": self.formed_probability,
            **{grid.name: grid.records() for grid in self.tables()},
        }


def _shares(one: CabinetForecast) -> str:
    # rounded first: what is half way between two hundredths must not hang on the last bit of a sum
    return ", ".join(f"{name} {round(share, 9):.2f}" for name, share in zip(one.members, one.portfolios, strict=True))


def _kind(name: str) -> str:
    return say(KINDS[name])


def kind_of(share: float, smallest: float) -> str:
    """Minority, minimal (minimal winning) or oversized."""
    if share <= HALF:
        return "minority"
    return "minimal" if share - smallest <= HALF else "oversized"


def forecast(
    opportunity: Opportunity,
    model: Model | None = None,
    shown: int = 10,
    excluded: Sequence[tuple[str, str]] = (),
    cordon: Sequence[str] = (),
    pacts: Sequence[tuple[str, str]] = (),
) -> Forecast:
    """Forecast the cabinet after one election, with the shipped model or another; `excluding`: what is ruled out."""
    chance = (model or shipped()).probabilities(opportunity)
    return summarise(opportunity, excluding(opportunity, chance, excluded, cordon, pacts), shown)


def excluding(
    opportunity: Opportunity, chance: np.ndarray, pairs: Sequence[tuple[str, str]], cordon: Sequence[str] = (),
    pacts: Sequence[tuple[str, str]] = (),
) -> np.ndarray:  # fmt: skip
    """The probabilities of cabinets where some will not govern together, or nobody with some (WC536 if none is left).

    pairs: two parties that will not; cordon: parties that no other governs with, nor they alone; pacts: two that enter
    a cabinet together or not at all. In a conditional logit what is ruled out is left out of the choice, and the odds
    of the others stay as they are.
    """
    inside = Cabinets(opportunity).inside > 0
    column = {name: inside[:, place] for place, name in enumerate(opportunity.parties)}
    out = np.zeros(len(inside), dtype=bool)
    for name in cordon:
        out |= column[name]
    for one, other in pairs:
        out |= column[one] & column[other]
    for one, other in pacts:
        out |= column[one] ^ column[other]
    left = np.where(out, 0.0, chance)
    if not left.sum() > 0:
        hint = "rule out less"
        raise TableError.one("WC536", "with all that is ruled out nobody can govern", hint)
    return np.asarray(left / left.sum())


def summarise(opportunity: Opportunity, chance: np.ndarray, shown: int = 10) -> Forecast:
    """The forecast that a probability for every cabinet amounts to."""
    cabinets = Cabinets(opportunity)
    kinds = [kind_of(share, small) for share, small in zip(cabinets.share, cabinets.smallest, strict=True)]
    order = _most_probable(opportunity, chance, shown)
    portfolios = cabinets.inside * opportunity.seats / cabinets.share[:, None]
    governs = membership(chance, opportunity.size)
    months = shipped_survival().months(cabinets.inside[order], opportunity.seats, opportunity.place)
    formed = score(opportunity, chance) if opportunity.chosen is not None and any(opportunity.chosen) else None
    return Forecast(
        title=" ".join(part for part in (opportunity.country, _day(opportunity)) if part),
        cabinets=tuple(
            CabinetForecast(
                members=opportunity.members(int(row)),
                seats=float(cabinets.share[row]),
                kind=kinds[row],
                probability=float(chance[row]),
                portfolios=tuple(float(share) for share in portfolios[row] if share > 0),
                months=float(life),
            )
            for row, life in zip(order, months, strict=True)
        ),
        parties=tuple(
            PartyForecast(
                name=name,
                seats=float(opportunity.seats[party]),
                place=float(opportunity.place[party]),
                incumbent=bool(opportunity.record.incumbent[party]),
                governs=float(governs[party]),
                portfolios=float(chance @ portfolios[:, party]),
            )
            for party, name in enumerate(opportunity.parties)
        ),
        kinds=tuple((kind, float(chance[np.array(kinds) == kind].sum())) for kind in KINDS),
        candidates=opportunity.cabinets,
        formed=None if formed is None else opportunity.members(opportunity.choice),
        formed_rank=None if formed is None else formed.rank,
        formed_probability=None if formed is None else formed.probability,
        as_probable=int((chance >= chance.max() * (1 - EQUAL)).sum()) - 1,
    )


def _most_probable(opportunity: Opportunity, chance: np.ndarray, shown: int) -> np.ndarray:
    """The most probable cabinets; equals in the order of their names, whatever the order of the parties' rows was."""
    least = np.sort(chance)[::-1][min(shown, len(chance)) - 1]
    rows = np.flatnonzero(chance >= least * (1 - EQUAL)).tolist()
    first = float(chance.max())

    def rank(row: int) -> tuple[float, tuple[str, ...]]:
        return round(-float(chance[row]) / first, 9), tuple(sorted(opportunity.members(row)))

    return np.array(sorted(rows, key=rank)[:shown])


def _day(opportunity: Opportunity) -> str:
    return "" if opportunity.date.year <= 1 else opportunity.date.isoformat()


@dataclass(frozen=True)
class CountryScore:
    """A country's means, and the traits of its cabinets that surprised the model most."""

    country: str
    means: Means
    leanings: tuple[Leaning, ...]

    def why(self) -> str:
        """What the model expected otherwise, where that is more than chance."""
        told = [lean for lean in self.leanings if abs(lean.deviations) >= UNUSUAL][:2]
        return "; ".join(
            f"{trait_name(lean.trait)} {number(lean.observed)}{say(', expected ')}{number(lean.expected)}"
            for lean in told
        )


TRAIT_NAMES = {
    "minority": mark("minority cabinets"),
    "parties": mark("parties"),
    "superfluous": mark("superfluous parties"),
    "largest_party": mark("with the largest party"),
    "median_party": mark("with the median party"),
    "range": mark("range"),
    "connected": mark("connected"),
    "overlap": mark("overlap with the incumbents"),
}


def trait_name(trait: str) -> str:
    """A trait of cabinets in words."""
    return say(TRAIT_NAMES[trait])


@dataclass(frozen=True)
class Evaluation(Result):
    """A model scored on opportunities: means, means by country with reasons, the worst misses, calibration."""

    references: ClassVar[tuple[str, ...]] = REFERENCES
    brief: ClassVar[tuple[str, ...]] = ("means", "countries", "worst")

    means: Means
    countries: tuple[CountryScore, ...]
    scores: tuple[Score, ...]
    party_bins: tuple[Bin, ...]
    cabinet_bins: tuple[Bin, ...]
    model: str
    note: str = ""

    def tables(self) -> tuple[Table, ...]:
        """Means, countries, the worst misses, calibration of parties and of cabinets."""
        worst = sorted(self.scores, key=lambda one: one.loglik)[:12]
        return (
            means_grid("means", (("model", self.means),)),
            Table(
                "countries",
                "By country",
                (
                    Column("country", "Country"),
                    *_mean_columns(),
                    Column("why", "Expected otherwise"),
                ),
                tuple((one.country, *_mean_row(one.means), one.why()) for one in self.countries),
            ),
            Table(
                "worst",
                "Least expected cabinets",
                (
                    Column("country", "Country"),
                    Column("date", "Election"),
                    Column("formed", "Formed", wide=True),
                    Column("expected", "First choice", wide=True),
                    figure("probability", "Probability", ".4f"),
                    Column("rank", "Rank", right=True),
                ),
                tuple((one.country, one.date, one.formed, one.expected, one.probability, one.rank) for one in worst),
            ),
            bins_grid("calibration_parties", "Calibration: parties in the cabinet", self.party_bins),
            bins_grid("calibration_cabinets", "Calibration: cabinets", self.cabinet_bins),
        )

    def sentences(self) -> str:
        """The scores in plain words."""
        means = self.means
        return say(
            "{opportunities} formations: the first choice formed in {first_choice}, one of the first five in "
            "{top_five}; mean log-likelihood {mean_loglik} (all cabinets equal: {uniform}); {party_accuracy} "
            "of the parties right.",
            opportunities=means.opportunities,
            first_choice=percent(means.first_choice, 1),
            top_five=percent(means.top_five, 1),
            mean_loglik=number(means.mean_loglik, digits=3),
            uniform=number(means.uniform, digits=3),
            party_accuracy=percent(means.party_accuracy, 1),
        ) + (f" {self.note}" if self.note else "")

    def record(self) -> dict[str, Any]:
        """The scores as JSON can carry them: the five figures at the top."""
        means = self.means
        return {
            "opportunities": means.opportunities,
            "first_choice": means.first_choice,
            "top_five": means.top_five,
            "mean_loglik": means.mean_loglik,
            "party_accuracy": means.party_accuracy,
            "uniform_loglik": means.uniform,
            "model": self.model,
            "note": self.note,
            **{grid.name: grid.records() for grid in self.tables()[1:]},
        }


def _mean_columns() -> tuple[Column, ...]:
    return (
        Column("opportunities", "Formations", right=True),
        figure("first_choice", "First choice", ".3f"),
        figure("top_five", "First five", ".3f"),
        figure("mean_loglik", "Mean log-likelihood", ".3f"),
        figure("party_accuracy", "Parties right", ".3f"),
        figure("uniform", "All equal", ".3f"),
    )


def _mean_row(means: Means) -> tuple[Any, ...]:
    return (
        means.opportunities,
        means.first_choice,
        means.top_five,
        means.mean_loglik,
        means.party_accuracy,
        means.uniform,
    )


def means_grid(name: str, rows: Sequence[tuple[str, Means]], title: str = "Scores") -> Table:
    """Means of several forecasts as one table."""
    columns = (Column("name", "Forecast", names=SPECIFICATION_NAMES), *_mean_columns())
    return Table(name, title, columns, tuple((label, *_mean_row(means)) for label, means in rows))


def bins_grid(name: str, title: str, bins: Sequence[Bin]) -> Table:
    """Calibration bins as a table."""
    columns = (
        figure("low", "From", ".3f"),
        figure("high", "To", ".3f"),
        figure("forecast", "Mean forecast", ".3f"),
        Column("number", "Number", right=True),
        figure("happened", "Came true", ".3f"),
    )
    return Table(name, title, columns, tuple((one.low, one.high, one.forecast, one.number, one.share) for one in bins))


def evaluate(opportunities: Sequence[Opportunity], model: Model | None = None, name: str = "shipped") -> Evaluation:
    """Score the shipped model, or another, on observed formations."""
    chosen = model or shipped()
    forecasts = [chosen.probabilities(opportunity) for opportunity in opportunities]
    known = sum(chosen.knows(opportunity) for opportunity in opportunities)
    note = f"The model was trained on {known} of them: for those it is no test." if known else ""
    return evaluation(opportunities, forecasts, name, note)


def evaluation(
    opportunities: Sequence[Opportunity], forecasts: Sequence[np.ndarray], name: str, note: str = ""
) -> Evaluation:
    """Score given forecasts: a probability for every cabinet of every opportunity."""
    scores = tuple(score(one, chance) for one, chance in zip(opportunities, forecasts, strict=True))
    countries = []
    for country in sorted({one.country for one in opportunities}):
        rows = [row for row, one in enumerate(opportunities) if one.country == country]
        lean = leanings([opportunities[row] for row in rows], [forecasts[row] for row in rows])
        countries.append(CountryScore(country, Means.over([scores[row] for row in rows]), lean))
    return Evaluation(
        means=Means.over(scores),
        countries=tuple(countries),
        scores=scores,
        party_bins=calibration(opportunities, forecasts, parties=True),
        cabinet_bins=calibration(opportunities, forecasts, parties=False),
        model=name,
        note=note,
    )


@dataclass(frozen=True)
class Comparison(Result):
    """Several specifications tested on the same held-out opportunities, in parts (folds of countries, or decades)."""

    references: ClassVar[tuple[str, ...]] = REFERENCES
    brief: ClassVar[tuple[str, ...]] = ("means", "gains", "parts", "countries", "worst")

    means: tuple[tuple[str, Means], ...]
    parts: tuple[tuple[str, str, Means], ...]
    best: Evaluation
    design: str
    ridges: tuple[float, ...]
    gains: tuple[Gain, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """Means by specification, by part, and the evaluation of the whole model out of sample."""
        parts = Table(
            "parts",
            "By time",
            (Column("part", "Part"), Column("name", "Forecast", names=SPECIFICATION_NAMES), *_mean_columns()),
            tuple((part, name, *_mean_row(means)) for part, name, means in self.parts),
        )
        gained = Table(
            "gains",
            "What the whole model gains, with 95% intervals over countries",
            (
                Column("against", "Against", names=SPECIFICATION_NAMES),
                Column("score", "Score", names=SCORE_NAMES),
                figure("gain", "Gain", "+.3f"),
                figure("low", "95% from", "+.3f"),
                figure("high", "to", "+.3f"),
            ),
            tuple((one.against, one.score, one.gain, one.low, one.high) for one in self.gains),
        )
        return (means_grid("means", self.means), gained, parts, *self.best.tables()[1:])

    def sentences(self) -> str:
        """The comparison in plain words."""
        whole = dict(self.means)["whole"]
        text = []
        for name, means in self.means:
            if name in ("kind", "kind_incumbency"):
                text.append(
                    say(
                        "against «{name}»: log-likelihood {mean_loglik:+.3f}, first choice "
                        "{first_choice:+.3f}, first five {top_five:+.3f}",
                        name=say(SPECIFICATION_NAMES[name]),
                        mean_loglik=whole.mean_loglik - means.mean_loglik,
                        first_choice=whole.first_choice - means.first_choice,
                        top_five=whole.top_five - means.top_five,
                    )
                )
        return f"{self.best.words()} {say('The whole model ')}{'; '.join(text)}."

    def record(self) -> dict[str, Any]:
        """The comparison as JSON can carry it."""
        return {
            "design": self.design,
            "ridges": list(self.ridges),
            **{grid.name: grid.records() for grid in self.tables()},
        }


def compare(tested: Sequence[Tested], design: str, note: str = "", years: int = 10) -> Comparison:
    """Compare specifications tested side by side, also by spans of so many years; the last one is the whole model."""
    whole = tested[-1]
    uniform = [score(one, np.full(one.cabinets, 1 / one.cabinets)) for one in whole.opportunities]
    parts = []
    for start in sorted({one.date.year // years * years for one in whole.opportunities}):
        keep = [one.date.year // years * years == start for one in whole.opportunities]
        name = f"{start}s" if years == 10 else f"{start}–{start + years - 1}"
        parts += [(name, one.specification.name, one.where(keep).means) for one in tested]
    return Comparison(
        means=(("uniform", Means.over(uniform)), *((one.specification.name, one.means) for one in tested)),
        parts=tuple(parts),
        best=evaluation(whole.opportunities, whole.forecasts, "whole", note),
        design=design,
        ridges=whole.ridges,
        gains=gains(tested),
    )
