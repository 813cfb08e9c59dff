"""The counterfactual halves of the rows: what would have been otherwise, on a historical crisis and an invented one.

Effects are between paired worlds, so a thousand pairs tell small ones apart from none; what is asserted is the sign,
with an interval clear of zero. Effects that are small are asked of more pairs. Most changes are a program of their own,
to be compiled; the programs of the historical crisis take long, so that its halves are among the slow tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from crises import NAMES, crisis

from whipcount.counterfactual.engines import engine_of
from whipcount.counterfactual.interventions import parse_interventions
from whipcount.questions.ask import Answer, ask
from whipcount.questions.claims import claims
from whipcount.questions.claims_ledger import Ledger
from whipcount.questions.compare import compare
from whipcount.questions.why import why

PAIRS = 1500
MANY = 6000


@dataclass(frozen=True)
class Asked:
    """How the words of the rows are said in one scenario."""

    name: str
    return_of_leaders: str
    hardening: str
    danger: str
    settlement: str
    opposition: str
    leaving_day: str
    posts_left: str
    stayed: str
    weighed: str


HISTORICAL = Asked(
    name="november-1917",
    return_of_leaders="event.leaders_return = removed",
    hardening="mandate_flips",
    danger="march",
    settlement="council_parties",
    opposition="opposition",
    leaving_day="1917-11-17",
    posts_left="lesser_officials_leave",
    stayed="none_leaves_party",
    weighed="s188_danger_gone",
)
INVENTED = Asked(
    name="two-bodies",
    return_of_leaders="event.leader_back = removed",
    hardening="mandate_hardens",
    danger="blackout",
    settlement="grand",
    opposition="openers",
    leaving_day="2030-03-12",
    posts_left="post_left",
    stayed="none_leaves_party",
    weighed="power_hardens",
)


@pytest.fixture(params=[pytest.param(HISTORICAL, marks=pytest.mark.slow), INVENTED], ids=NAMES)
def words(request: pytest.FixtureRequest) -> Asked:
    """The rows' words in one of the scenarios."""
    assert isinstance(request.param, Asked)
    return request.param


def _ask(words: Asked, do: str, outcome: str, pairs: int = PAIRS) -> Answer:
    return ask(crisis(words.name).loaded, [do], runs=pairs, outcomes=[outcome])


@cache
def _ledger(name: str, claim: str, runs: int = 2000) -> Ledger:
    return claims(crisis(name).loaded, runs, only=[claim], structures=())


def test_row_07_without_the_return_the_line_hardens_less_often(words: Asked) -> None:
    assert _ask(words, words.return_of_leaders, words.hardening)[words.hardening].high < 0


def test_row_08_danger_moves_the_readiness_of_both_sides_apart(words: Asked) -> None:
    """The same worlds with the danger held low and held high, on the first day of the talks, none fallen yet."""
    loaded = crisis(words.name).loaded
    means = []
    for level in (0.1, 0.8):
        engine = engine_of(loaded, parse_interventions([f"pressure.{words.danger} = {level}"], loaded), PAIRS)
        labels = [measure.label for measure in engine.plan.measures]
        series = engine.backend.run(1, 0, PAIRS).series
        sides = [series[:, labels.index(f"readiness_{side}:{words.settlement}")] for side in ("power", "opponents")]
        opening = int(np.argmax(sides[0].max(axis=1) > 0))
        means.append([side[opening] for side in sides])
    for side, sign in ((0, 1), (1, -1)):
        both = (means[0][side] > 0) & (means[1][side] > 0)  # the table is set in both worlds
        moved = means[1][side][both] - means[0][side][both]
        assert sign * moved.mean() > 3 * moved.std() / np.sqrt(both.sum())
        assert np.mean(sign * moved < 0) > 0.01  # and not by construction: some worlds go the other way


def test_row_13_without_the_earlier_breach_an_ultimatum_is_less_likely(words: Asked) -> None:
    """Compared in the same worlds, whenever it comes: by three standard errors."""
    loaded = crisis(words.name).loaded
    issued = []
    for do in ([], ["history = removed"]):
        engine = engine_of(loaded, parse_interventions(do, loaded), PAIRS)
        events = engine.backend.run(1, 0, PAIRS).events
        verbs = [verb.name for verb in engine.plan.verbs]
        runs = np.unique(events.run[events.verb == verbs.index("ultimatum")])
        issued.append(np.isin(np.arange(PAIRS), runs).astype(float))
    difference = issued[1] - issued[0]
    assert difference.mean() < -3 * difference.std() / np.sqrt(PAIRS)


def test_row_20_without_credibility_fewer_are_punished(words: Asked) -> None:
    """More ultimatums that are defied end in toleration or concession."""
    loaded = crisis(words.name).loaded
    shares = []
    for do in ([], ["param.sanction.credibility = 0", "param.sanction.sabotage = 0"]):
        engine = engine_of(loaded, parse_interventions(do, loaded), MANY)
        events = engine.backend.run(1, 0, MANY).events
        verbs = [verb.name for verb in engine.plan.verbs]
        taken = events.value[events.verb == verbs.index("sanction")]
        shares.append(np.mean(taken <= 2.0))  # tolerate, concede
    assert shares[1] > shares[0]


@pytest.mark.slow
def test_row_20_the_claim_is_tested() -> None:
    entry = _ledger("november-1917", "s168_split_over_sabotage")["s168_split_over_sabotage"]
    assert entry.verdict in {"supported", "contradicted", "undetermined", "built in"}
    assert entry.estimate is not None


@pytest.mark.slow
def test_row_24_without_exits_from_the_committee_fewer_leave_their_posts(words: Asked) -> None:
    """On the invented crisis people give up posts without leaving the committee too: there it is only never more."""
    found = _ask(words, f"{words.opposition}.leave.seat = no", words.posts_left, MANY)[words.posts_left]
    assert found.low < 0
    assert words.name != "november-1917" or found.high < 0


@pytest.mark.slow
def test_row_28_the_belief_about_the_distance_is_tested() -> None:
    entry = _ledger("november-1917", "s169_opposition_believes")["s169_opposition_believes"]
    assert entry.verdict in {"supported", "contradicted", "undetermined", "built in"}
    assert entry.estimate is not None


def test_row_29_exits_from_the_party_answer_to_identity(words: Asked) -> None:
    stayed = []
    for weight in (0, 0.5, 2):
        stayed.append(_ask(words, f"trait.{words.opposition}.identity = {weight}", words.stayed)[words.stayed].after)
    assert all(fewer < more for fewer, more in pairwise(stayed))


def test_row_32_why_the_congress_never_met(words: Asked) -> None:
    loaded = crisis(words.name).loaded
    met = crisis(words.name).runs_with("convene")
    run = next(run for run in sorted(crisis(words.name).runs_with("ultimatum")) if run not in met)
    told = why(loaded, "no_congress", run=run, flips=4)
    assert told.value == 1.0
    assert any("congress" in one.decision for one in told.bearing)
    assert "congress" in told.words()


def test_row_37_had_they_left_the_party_each_effect_has_its_interval(words: Asked) -> None:
    do = f"faction.{words.opposition}.leave.membership = yes @ {words.leaving_day}"
    answer = ask(crisis(words.name).loaded, [do], runs=PAIRS)
    assert answer[words.stayed].high < -0.5
    assert all(effect.low <= effect.effect <= effect.high for effect in answer.effects)
    if words is HISTORICAL:
        assert answer["concession_made"].low > 0
        assert answer["capacity_at_end"].effect < 0
        assert {"government_survives", "survival_at_end"} <= {effect.outcome for effect in answer.effects}
    else:
        assert answer["government_falls"].low > 0


def test_row_38_an_effect_is_apportioned_among_rival_causes(words: Asked) -> None:
    entry = _ledger(words.name, words.weighed)[words.weighed]
    shares = entry.apportioned
    assert shares is not None
    assert sum(cause.share.effect for cause in shares.causes) == pytest.approx(shares.joint.effect, abs=1e-9)


@pytest.mark.slow
def test_row_40_the_accounts_are_run_and_compared(words: Asked) -> None:
    compared = compare(crisis(words.name).loaded, ["A", "B"], runs=300)
    assert compared.matters
    assert {matter.variant for matter in compared.matters} <= {v.id for v in crisis(words.name).scenario.variants}
