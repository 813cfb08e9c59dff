"""Claims: every causal and counterfactual statement of the sources, executed on the model.

Each test changes what the claim names, in the same worlds, and looks at the outcome that it names. Baselines are
shared. A claim whose sign is the same in every draw of the prior is assumed by the model, which then cannot support
it; for that a counterexample is looked for among the least favourable draws. Rival causes share their joint effect
by Shapley values; verdicts are held against rival structures of the model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from whipcount.counterfactual.conditions import Condition, met, parse_given
from whipcount.counterfactual.effect_surrogate import expected_effects, layers
from whipcount.counterfactual.engines import changed_world, engine_of
from whipcount.counterfactual.interventions import contradictory, parse_interventions
from whipcount.counterfactual.pairs import EngineMaker, Progress
from whipcount.counterfactual.rival_structures import RIVALS, Structure
from whipcount.counterfactual.shapley import interaction, shapley_values, subsets
from whipcount.counterfactual.treatment_arms import Arms, Design, posterior_design, prior_design
from whipcount.counterfactual.turning_points import turning_point
from whipcount.counterfactual.verdicts import (
    NEGLIGIBLE,
    ByDraw,
    Estimate,
    Sign,
    Signs,
    Verdict,
    by_draw,
    estimate,
    holds_everywhere,
    least_favourable,
    perhaps_built_in,
    signs,
    verdict_of,
)
from whipcount.counterfactual.world_changes import Intervention
from whipcount.errors import Problem, QuestionError, WhipcountError
from whipcount.results.interfaces import Floats
from whipcount.scenario.hints import did_you_mean

from .claims_ledger import Apportioned, Cause, Entry, Fate, Ledger, UnderRival, source_of

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Claim, Outcome

LOOKED_AGAIN, FRESH = 24, 100  # draws looked at again for a counterexample, and pairs of each
UNDER_RIVALS = 4  # a rival structure gets one in so many of the draws
BAR = 0.5  # a description is true of the model if it holds in more than half of its worlds
MAIN, PRIOR, RIVAL, AGAIN = "main", "prior", "rival", "again"


@dataclass(frozen=True)
class Test:
    """A claim made ready: its interventions, conditions, rivals and outcome."""

    claim: Claim
    outcome: Outcome
    do: tuple[Intervention, ...]
    given: tuple[Condition, ...]
    rivals: tuple[tuple[Intervention, ...], ...]

    @property
    def sign(self) -> Sign:
        """The sign that is claimed."""
        return self.claim.sign or "+"

    @property
    def binary(self) -> bool:
        """Whether the outcome is yes or no."""
        return self.outcome.measure.is_binary

    def sets(self) -> list[tuple[Intervention, ...]]:
        """Every arm that the claim needs beside the baseline."""
        arms = [self.do] if self.do else []
        for chosen in subsets(len(self.rivals)):
            arms.append(joined([self.rivals[place] for place in sorted(chosen)]))
        return arms


def joined(groups: Sequence[Sequence[Intervention]]) -> tuple[Intervention, ...]:
    """Interventions of several groups, each once."""
    return tuple({one.text: one for group in groups for one in group}.values())


def claims(
    loaded: LoadedScenario,
    runs: int = 10_000,
    seed: int = 1,
    workers: int = 1,
    *,
    only: Sequence[str] = (),
    posterior: str | Path | None = None,
    structures: Sequence[Structure] = RIVALS,
    out: Path | None = None,
    progress: Progress | None = None,
    engine_maker: EngineMaker = engine_of,
) -> Ledger:
    """Test the claims of a scenario, all or those named.

    runs: pairs of worlds a test, as parameter draws with replicates. posterior: parameters in place of draws from the
    priors (`posterior_draws`). structures: rival structures to hold verdicts against. out: a folder in which computed
    worlds are kept, so that an interrupted ledger goes on where it was left.
    Raises QuestionError with every wrong claim: WC401..WC413 as interventions and conditions, WC416 the posterior,
    WC417 no such claim.
    """
    if runs < 4:
        raise QuestionError.one("WC415", f"runs is {runs}", "give 4 or more")
    tests = prepare(loaded, only)
    world = changed_world(loaded)
    arms = Arms(loaded, seed, workers, out, engine_maker)
    prior = prior_design(world, runs, seed)
    design = prior if posterior is None else posterior_design(world, posterior, runs, seed)
    arms.add_design(MAIN, design)
    arms.add_design(PRIOR, prior)
    few = max(design.draws // UNDER_RIVALS, min(design.draws, 2))
    arms.add_design(RIVAL, design.part(np.arange(few), design.replicates))
    known = world.structure.parameters
    tried = [(one, changes) for one in structures if (changes := one.interventions(known))]
    bench = _Bench(arms, tests, tried, with_posterior=posterior is not None)
    bench.run(progress)
    wanted = [claim for claim in loaded.scenario.claims if not only or claim.id in only]
    return Ledger(
        loaded.slug,
        loaded.scenario.title,
        loaded.account,
        seed,
        design.draws,
        design.replicates,
        Path(posterior).name if posterior else None,
        tuple(one.name for one, _ in tried),
        tuple(_entry(claim, loaded, bench) for claim in wanted),
    )


def prepare(loaded: LoadedScenario, only: Sequence[str] = ()) -> dict[str, Test]:
    """The testable claims by id, with everything wrong in any of them at once."""
    scenario = loaded.scenario
    known = [claim.id for claim in scenario.claims]
    for name in only:
        if name not in known:
            raise QuestionError.one(
                "WC417", f"there is no claim '{name}'", did_you_mean(name, known, "the scenario has no claims")
            )
    outcomes = {outcome.id: outcome for outcome in scenario.outcomes}
    tests: dict[str, Test] = {}
    problems: list[Problem] = []
    for claim in scenario.claims:
        if claim.outcome is None or (only and claim.id not in only):
            continue
        place = loaded.place(f"claims.{claim.id}")
        try:
            tests[claim.id] = Test(
                claim,
                outcomes[claim.outcome],
                parse_interventions(claim.do, loaded, place),
                parse_given(claim.given, scenario, place),
                tuple(parse_interventions(rival, loaded, place) for rival in claim.rivals),
            )
            if contradictory(tests[claim.id].rivals):
                problems.append(
                    Problem("WC409", f"claim '{claim.id}': two of its rivals contradict each other", "mend one", place)
                )
        except WhipcountError as error:
            problems.extend(error.problems)
    if problems:
        raise QuestionError(*problems)
    return tests


class _Bench:
    """All tests on their designs: what is computed, and what came out."""

    def __init__(
        self,
        arms: Arms,
        tests: dict[str, Test],
        structures: list[tuple[Structure, tuple[Intervention, ...]]],
        *,
        with_posterior: bool,
    ) -> None:
        self.arms = arms
        self.tests = tests
        self.structures = structures
        self.prior_name = PRIOR if with_posterior else MAIN
        self.again: dict[str, tuple[str, ByDraw]] = {}

    def run(self, progress: Progress | None) -> None:
        """Compute the tests, then the second look at what may be built in, then the rival structures."""
        for test in self.tests.values():
            for name in dict.fromkeys((MAIN, self.prior_name)):
                self.arms.want(name, ())
                if test.do:
                    self.arms.want(name, test.do)
            for arm in test.sets():
                self.arms.want(MAIN, arm)
            for _, changes in self.applicable(test):
                self.arms.want(RIVAL, changes)
                self.arms.want(RIVAL, joined([changes, test.do]))
        done = self.arms.compute(progress)
        for test in self.tests.values():
            self._look_again(test)
        self.arms.compute(progress, before=done)

    def applicable(self, test: Test) -> list[tuple[Structure, tuple[Intervention, ...]]]:
        """Rival structures that do not switch what the claim itself changes."""
        touched = {slot for one in test.do for slot in one.slots()}
        return [
            (structure, changes)
            for structure, changes in self.structures
            if test.do and not touched & {slot for one in changes for slot in one.slots()}
        ]

    def _look_again(self, test: Test) -> None:
        """Ask for fresh runs of the draws least favourable to a sign that may be built in."""
        suspected = perhaps_built_in(self.shares(test, self.prior_name))
        if not suspected or not test.do:
            return
        sign = _factor(test.sign) * (1 if suspected == "claimed" else -1)
        design, _ = self.arms.designs[self.prior_name]
        found = self.by_draw(test, self.prior_name)
        draws = np.sort(least_favourable(found, self.expected(found, self.prior_name), sign, LOOKED_AGAIN))
        name = f"{AGAIN} {test.claim.id}"
        self.arms.add_design(name, design.part(draws, FRESH), first_run=design.runs)
        self.arms.want(name, ())
        self.arms.want(name, test.do)

    def assumed(self, test: Test) -> tuple[Literal["claimed", "against", ""], int]:
        """Whether the model assumes a sign: every draw has it, and a second look found no counterexample."""
        suspected = perhaps_built_in(self.shares(test, self.prior_name))
        name = f"{AGAIN} {test.claim.id}"
        if not suspected or (test.do and name not in self.arms.designs):
            return "", 0
        if not test.do:
            return suspected, 0
        sign = _factor(test.sign) * (1 if suspected == "claimed" else -1)
        again = self.by_draw(test, name)
        return (suspected, len(again.draw)) if holds_everywhere(again, sign) else ("", 0)

    def difference(
        self, test: Test, name: str, arm: tuple[Intervention, ...], base: Sequence[Intervention] = ()
    ) -> Floats:
        """What an arm changes, run by run; missing where the unchanged world does not meet the conditions."""
        before = self.arms.get(name, base)
        kept = met(test.given, {key: values.astype(np.float64) for key, values in before.items()}, self.runs(name))
        start = before[test.outcome.id].astype(np.float64)
        if test.do or arm:
            change = self.arms.get(name, arm)[test.outcome.id] - start
        else:
            change = start - BAR if test.binary else start
        return np.where(kept, change, np.nan)

    def runs(self, name: str) -> int:
        """Runs of a design."""
        return self.arms.designs[name][0].runs

    def design(self, name: str) -> Design:
        """A design by name."""
        return self.arms.designs[name][0]

    def by_draw(self, test: Test, name: str) -> ByDraw:
        """The claim's effect draw by draw."""
        return by_draw(
            self.difference(test, name, test.do), self.design(name).draw_of, binary=test.binary and bool(test.do)
        )

    def negligible(self, test: Test) -> float:
        """An effect too small to speak of."""
        if test.binary:
            return NEGLIGIBLE
        values = self.arms.get(MAIN, ())[test.outcome.id]
        return NEGLIGIBLE * float(np.nanstd(values)) if np.isfinite(values).any() else NEGLIGIBLE

    def shares(self, test: Test, name: str) -> Signs:
        """Shares of a design's draws by the sign of the claim's effect."""
        found = self.by_draw(test, name)
        return signs(found, test.sign, self.negligible(test), layers(self.expected(found, name)))

    def expected(self, found: ByDraw, name: str) -> Floats:
        """Each draw's effect as its parameters let expect it."""
        return expected_effects(found.effect, found.draw, self.design(name).parameters)

    def estimate(self, test: Test, difference: Floats, name: str = MAIN) -> Estimate:
        """A mean over the worlds of a design."""
        return estimate(difference, self.design(name).draw_of, binary=test.binary and bool(test.do))


def _factor(sign: Sign) -> int:
    return -1 if sign == "-" else 1


def _entry(claim: Claim, loaded: LoadedScenario, bench: _Bench) -> Entry:
    """One claim's line in the ledger."""
    source, judgement = source_of(claim, loaded.scenario)
    test = bench.tests.get(claim.id)
    if test is None:
        return Entry(
            claim.id, claim.text, claim.kind, source, judgement, claim.do, claim.given, None, None, False, claim.sign,
            "untestable", claim.untestable or "",
        )  # fmt: skip
    difference = bench.difference(test, MAIN, test.do)
    found = bench.estimate(test, difference)
    shares = bench.shares(test, MAIN)
    assumed, looked = bench.assumed(test)
    verdict: Verdict = "built in" if assumed else verdict_of(test.sign, found, shares, bench.negligible(test))
    by = bench.by_draw(test, MAIN)
    kept = ~np.isnan(difference)
    base = bench.arms.get(MAIN, ())[test.outcome.id][kept]
    shown = found
    if not test.do and test.binary:  # a description is shown as its probability, and tested against the bar
        shown = Estimate(found.effect + BAR, max(found.low + BAR, 0.0), min(found.high + BAR, 1.0), found.pairs)
    return Entry(
        claim.id,
        claim.text,
        claim.kind,
        source,
        judgement,
        tuple(one.text for one in test.do),
        tuple(condition.text for condition in test.given),
        test.outcome.id,
        test.outcome.name,
        test.binary,
        test.sign,
        verdict,
        "",
        shown,
        float(np.nanmean(base)) if len(base) and np.isfinite(base).any() else math.nan,
        shares,
        bench.shares(test, bench.prior_name),
        assumed,
        looked,
        turning_point(by, bench.design(MAIN).parameters) if test.do else None,
        tuple(_under_rival(test, one, changes, found, bench) for one, changes in bench.applicable(test)),
        _apportioned(test, bench),
    )


def _under_rival(
    test: Test, structure: Structure, changes: tuple[Intervention, ...], found: Estimate, bench: _Bench
) -> UnderRival:
    """The effect where the model works otherwise."""
    difference = bench.difference(test, RIVAL, joined([changes, test.do]), changes)
    there = bench.estimate(test, difference, RIVAL)
    return UnderRival(structure.id, structure.name, there, fate_of(found, there))


def fate_of(found: Estimate, there: Estimate) -> Fate:
    """What becomes of an effect where the model works otherwise."""
    if not found.clear:
        return "lost" if there.clear else "kept"
    if there.clear:
        return "kept" if (there.effect > 0.0) == (found.effect > 0.0) else "reversed"
    return "open" if not there.pairs or there.low <= found.effect <= there.high else "lost"


def _apportioned(test: Test, bench: _Bench) -> Apportioned | None:
    """The joint effect of the rival causes, divided."""
    many = len(test.rivals)
    if many < 2:
        return None
    worth = {
        chosen: bench.difference(test, MAIN, joined([test.rivals[place] for place in sorted(chosen)]))
        for chosen in subsets(many)
    }
    missing = np.isnan(np.stack(list(worth.values()))).any(axis=0)
    worth = {chosen: np.where(missing, np.nan, values) for chosen, values in worth.items()}
    values = shapley_values(many, worth)

    def told(column: Floats) -> Estimate:
        return estimate(column, bench.design(MAIN).draw_of, binary=False)

    causes = tuple(
        Cause(tuple(one.text for one in rival), told(values[place]), told(worth[frozenset({place})]))
        for place, rival in enumerate(test.rivals)
    )
    return Apportioned(causes, told(worth[frozenset(range(many))]), told(interaction(many, worth)))
