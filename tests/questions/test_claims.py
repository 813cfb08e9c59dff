"""Claims: verdicts from effects by draw, causes divided fairly, the place where an effect turns, the ledger."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from whipcount import LoadedScenario, load
from whipcount.cli import main
from whipcount.counterfactual.effect_surrogate import expected_effects, layers
from whipcount.counterfactual.engines import changed_world
from whipcount.counterfactual.interventions import parse_interventions
from whipcount.counterfactual.rival_structures import RIVALS
from whipcount.counterfactual.shapley import interaction, shapley_values, subsets
from whipcount.counterfactual.treatment_arms import Arms, posterior_design, prior_design
from whipcount.counterfactual.turning_points import turning_point
from whipcount.counterfactual.verdicts import (
    HOLDS,
    ByDraw,
    Estimate,
    Signs,
    by_draw,
    estimate,
    holds_everywhere,
    perhaps_built_in,
    signs,
    verdict_of,
)
from whipcount.errors import QuestionError
from whipcount.questions.claims import claims, fate_of, prepare
from whipcount.questions.claims_ledger import Ledger
from whipcount.report.claims_page import html, markdown, write_page
from whipcount.text import speaking

RNG = np.random.default_rng(11)


# -- Shapley ------------------------------------------------------------------------------------------------------


def game(players: int) -> dict[frozenset[int], np.ndarray]:
    return {chosen: RNG.normal(size=7) for chosen in subsets(players)}


@pytest.mark.parametrize("players", [1, 2, 3, 4])
def test_shares_sum_to_the_joint_effect(players: int) -> None:
    worth = game(players)
    assert np.allclose(sum(shapley_values(players, worth)), worth[frozenset(range(players))])


def test_causes_that_do_the_same_share_alike_and_a_dummy_gets_its_own() -> None:
    worth = {chosen: np.array([float(min(len(chosen - {2}), 1)) + 3.0 * (2 in chosen)]) for chosen in subsets(3)}
    first, second, dummy = shapley_values(3, worth)
    assert first == second == 0.5
    assert dummy == 3.0
    assert interaction(3, worth) == -1.0


def test_shares_are_averages_over_orders() -> None:
    worth = {**game(3), frozenset(): np.zeros(7)}
    totals = np.zeros((3, 7))
    for order in itertools.permutations(range(3)):
        for place, player in enumerate(order):
            before = frozenset(order[:place])
            totals[player] += worth[before | {player}] - worth[before]
    del worth[frozenset()]
    assert np.allclose(shapley_values(3, worth), totals / 6)


# -- verdicts -----------------------------------------------------------------------------------------------------


def differences(truth: np.ndarray, replicates: int = 25) -> tuple[np.ndarray, np.ndarray]:
    """Pairs whose draws have these true effects: a share of them flips, up or down."""
    draw_of = np.repeat(np.arange(len(truth)), replicates)
    flips = RNG.random(len(draw_of)) < np.abs(truth[draw_of])
    return np.where(flips, np.sign(truth[draw_of]), 0.0), draw_of


def test_signs_of_draws_are_found_through_the_noise() -> None:
    truth = np.concatenate([np.full(200, 0.15), np.zeros(100), np.full(100, -0.15)])
    difference, draw_of = differences(truth)
    found = by_draw(difference, draw_of, binary=True)
    layer = np.repeat([2, 1, 0], [200, 100, 100])
    shares = signs(found, "+", 0.01, layer)
    assert shares.claimed == pytest.approx(0.5, abs=0.08)
    assert shares.against == pytest.approx(0.25, abs=0.08)
    assert signs(found, "-", 0.01, layer).claimed == pytest.approx(shares.against)


def test_intervals_by_draw_hold_their_level() -> None:
    held = []
    for _ in range(300):
        truth = RNG.normal(0.1, 0.1, size=60).clip(-0.9, 0.9)
        difference, draw_of = differences(truth, 10)
        found = estimate(difference, draw_of, binary=True)
        held.append(found.low <= 0.1 <= found.high)
    assert 0.9 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(
    ("sign", "found", "shares", "verdict"),
    [
        ("+", (0.10, 0.05, 0.15), (0.9, 0.1, 0.0), "supported"),
        ("-", (0.10, 0.05, 0.15), (0.0, 0.1, 0.9), "contradicted"),
        ("+", (0.10, 0.05, 0.15), (0.6, 0.0, 0.4), "undetermined"),
        ("+", (0.02, -0.05, 0.09), (0.5, 0.0, 0.5), "undetermined"),
        ("+", (0.001, -0.005, 0.007), (0.02, 0.96, 0.02), "contradicted"),
        ("0", (0.001, -0.005, 0.007), (0.96, 0.96, 0.04), "supported"),
        ("0", (0.10, 0.05, 0.15), (0.1, 0.1, 0.9), "contradicted"),
    ],
)
def test_verdicts(
    sign: str, found: tuple[float, float, float], shares: tuple[float, float, float], verdict: str
) -> None:
    assert verdict_of(sign, Estimate(*found, pairs=1000), Signs(*shares), 0.01) == verdict  # type: ignore[arg-type]


def test_what_becomes_of_an_effect_elsewhere() -> None:
    found = Estimate(0.10, 0.05, 0.15, 900)
    fates = {(0.08, 0.02, 0.14): "kept", (-0.1, -0.2, -0.02): "reversed", (0.03, -0.1, 0.16): "open"}
    for there, fate in {**fates, (0.0, -0.02, 0.02): "lost"}.items():
        assert fate_of(found, Estimate(*there, 200)) == fate
    unclear = Estimate(0.01, -0.02, 0.04, 900)
    assert fate_of(unclear, Estimate(0.0, -0.1, 0.1, 200)) == "kept"


def test_no_world_decides_nothing() -> None:
    nothing = estimate(np.full(50, np.nan), np.repeat(np.arange(5), 10), binary=True)
    assert verdict_of("+", nothing, Signs(0, 1, 0), 0.01) == "undetermined"


def test_what_is_the_same_everywhere_is_looked_at_again() -> None:
    assert perhaps_built_in(Signs(0.97, 0.03, 0.0)) == "claimed"
    assert perhaps_built_in(Signs(0.0, 0.02, 0.98)) == "against"
    assert perhaps_built_in(Signs(0.9, 0.1, 0.0)) == ""
    even = ByDraw(np.arange(24), np.full(24, 100), np.full(24, 0.1), np.full(24, 0.03))
    assert holds_everywhere(even, 1)
    assert not holds_everywhere(even, -1)
    odd = replace(even, effect=np.where(np.arange(24) < 3, -0.01, 0.1))
    assert not holds_everywhere(odd, 1)


def test_where_an_effect_turns_is_found() -> None:
    values = {"a.turns": RNG.random(300), "b.does_not": RNG.random(300)}
    difference, draw_of = differences(np.where(values["a.turns"] < 0.4, -0.2, 0.2))
    found = by_draw(difference, draw_of, binary=True)
    turn = turning_point(found, values)
    assert turn is not None
    assert turn.parameter == "a.turns"
    assert turn.cut == pytest.approx(0.4, abs=0.06)
    assert turn.reverses
    difference, draw_of = differences(np.full(300, 0.1))
    assert turning_point(by_draw(difference, draw_of, binary=True), values) is None
    expected = expected_effects(found.effect, found.draw, values)
    assert np.corrcoef(expected, values["a.turns"])[0, 1] > 0.9
    assert np.bincount(layers(expected)).tolist() == [60] * 5


# -- the ledger ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crisis() -> LoadedScenario:
    return load("two-bodies")


@pytest.fixture(scope="module")
def ledger(crisis: LoadedScenario) -> Ledger:
    return claims(crisis, runs=300, structures=RIVALS[:2])


def test_every_claim_has_its_line(crisis: LoadedScenario, ledger: Ledger) -> None:
    assert [entry.id for entry in ledger.entries] == [claim.id for claim in crisis.scenario.claims]
    assert ledger["leader_hardens"].estimate is not None
    assert ledger["leader_hardens"].estimate.effect < 0
    assert ledger["leader_hardens"].source == "A:1"
    assert ledger["leader_hardens"].judgement
    assert {rival.structure for rival in ledger["leader_hardens"].rivals} == {"myopic", "farsighted"}


def test_rival_causes_share_the_joint_effect(ledger: Ledger) -> None:
    found = ledger["power_hardens"].apportioned
    assert found is not None
    assert sum(cause.share.effect for cause in found.causes) == pytest.approx(found.joint.effect)
    alone = sum(cause.alone.effect for cause in found.causes)
    assert found.interaction.effect == pytest.approx(found.joint.effect - alone)
    assert ledger["past_breach"].apportioned is None


def test_the_same_test_gives_the_same_numbers(crisis: LoadedScenario, ledger: Ledger) -> None:
    alone = claims(crisis, runs=300, structures=(), only=["past_breach"])
    assert alone["past_breach"].estimate == ledger["past_breach"].estimate


def test_the_ledger_reads_as_a_page(ledger: Ledger, tmp_path: Path) -> None:
    page = html(ledger)
    with speaking("ru"):
        text = markdown(ledger)
    for entry in ledger.entries:
        assert entry.text.ru in text
        assert f'id="{entry.id}"' in page
    assert "http" not in page
    write_page(ledger, tmp_path / "ledger.html")
    assert (tmp_path / "ledger.html").read_text(encoding="utf-8") == page
    assert "draws" in ledger.words()


def test_a_claim_that_cannot_be_tested_says_why() -> None:
    loaded = load("november-1917")
    assert "s204_years_of_trial" not in prepare(loaded)
    found = claims(loaded, runs=4, structures=(), only=["s204_years_of_trial"])
    assert found.entries[0].verdict == "untestable"
    assert "calendar" in found.entries[0].finding_in_words()
    assert found.tables()[2].records()[0]["id"] == "s204_years_of_trial"


def test_descriptions_are_held_against_the_model() -> None:
    loaded = load("november-1917")
    found = claims(loaded, runs=80, structures=(), only=["s171_formulas_differ"])["s171_formulas_differ"]
    assert found.estimate is not None
    assert 0.5 < found.estimate.effect <= 1.0
    assert found.share > 0.5
    enough = found.share >= HOLDS  # a description is supported where it holds in so many draws
    assert found.verdict in (("supported", "built in") if enough else ("undetermined",))


def test_what_is_computed_is_kept_and_read_again(crisis: LoadedScenario, tmp_path: Path) -> None:
    world = changed_world(crisis)
    change = parse_interventions(["param.leave.voice = 0"], crisis)
    counted = []
    found = []
    for _ in range(2):
        arms = Arms(crisis, 1, folder=tmp_path)
        arms.add_design("main", prior_design(world, 60, 1))
        arms.want("main", change)
        steps: list[int] = []
        arms.compute(lambda done, _, steps=steps: steps.append(done))  # type: ignore[misc]
        counted.append(len(steps))
        found.append(arms.get("main", change))
        for file in tmp_path.glob("*.piece"):
            assert file.stat().st_size > 0
    assert all(np.array_equal(found[0][name], found[1][name], equal_nan=True) for name in found[0])
    next(tmp_path.glob("*.piece")).write_bytes(b"damaged")
    arms = Arms(crisis, 1, folder=tmp_path)
    arms.add_design("main", prior_design(world, 60, 1))
    arms.want("main", change)
    arms.compute()
    assert all(np.array_equal(found[0][name], arms.get("main", change)[name], equal_nan=True) for name in found[0])


def test_a_posterior_takes_the_place_of_the_prior(crisis: LoadedScenario, tmp_path: Path) -> None:
    file = tmp_path / "posterior.parquet"
    pl.DataFrame({"weight": [0.0, 1.0], "leave.voice": [0.1, 1.5], "run": [0, 1]}).write_parquet(file)
    design = posterior_design(changed_world(crisis), file, 50, 1)
    assert set(design.parameters["leave.voice"].tolist()) == {1.5}
    assert len(set(design.parameters["leave.identity"].tolist())) > 10
    file.write_bytes(b"")
    with pytest.raises(QuestionError, match="WC416"):
        posterior_design(changed_world(crisis), file, 50, 1)


def test_wrong_questions_are_refused(crisis: LoadedScenario) -> None:
    with pytest.raises(QuestionError, match=r"WC417.*past_breach"):
        claims(crisis, only=["past_breech"])
    with pytest.raises(QuestionError, match="WC415"):
        claims(crisis, runs=1)
    scenario = crisis.scenario
    wrong = scenario.claims[0].model_copy(update={"do": ("event.power_restord = removed",)})
    with pytest.raises(QuestionError, match=r"WC403 .*two-bodies.yaml:\d+.*power_restord"):
        prepare(replace(crisis, scenario=scenario.model_copy(update={"claims": (wrong,)})))


def test_the_command_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["claims", "two-bodies", "-n", "40", "--no-structures", "--claim", "past_breach", "--json"]
    assert main(command) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert set(told) >= {"id", "source", "kind", "verdict", "effect", "low", "high", "share"}
