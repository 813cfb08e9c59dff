"""Simulation-based calibration: it passes an honest inference, and catches one that is not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from whipcount.cli import main
from whipcount.errors import QuestionError
from whipcount.inference.parameter_space import Space
from whipcount.inference.population import Proposal
from whipcount.inference.simulation_based_calibration import DRAWS, Draws, Ranked, ranked, uniformity
from whipcount.questions.check_inference import check_inference, checks_of
from whipcount.scenario import load
from whipcount.vocabulary.priors import Uniform

SPACE = Space(("a", "b"), (Uniform(0.0, 1.0), Uniform(0.0, 1.0)))


def observed(z: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Shares of forty yes-or-no crises with chances a and (a + b) / 2."""
    a, b = SPACE.natural(z).T
    chances = np.column_stack([a, (a + b) / 2])
    return generator.binomial(40, chances) / 40


def inferred(bias: float = 0.0, kept: int = 400) -> tuple[Ranked, np.ndarray]:
    generator = np.random.default_rng(11)
    design = Proposal.prior(2).draw(6_000, 2, 0)
    truths = generator.normal(size=(400, 2))
    summaries = observed(design, generator)
    data = observed(truths, generator) + bias
    tables = Draws(design[:2_000], summaries[:2_000]), Draws(design[2_000:], summaries[2_000:]), Draws(truths, data)
    return ranked(SPACE, *tables, kept, 5), truths


def test_an_honest_inference_passes() -> None:
    found, truths = inferred()
    for one in checks_of(SPACE, found, truths):
        assert one.p > 0.01
        assert sum(one.histogram) == 400
        assert one.coverage_50_interval[0] < 0.5 < one.coverage_50_interval[1]
        assert one.coverage_90_interval[0] < 0.92
        assert one.coverage_90_interval[1] > 0.88
        assert one.correlation > 0.6
        assert one.contraction < 0.7


def test_a_biased_inference_is_caught() -> None:
    found, truths = inferred(bias=0.06)
    assert not checks_of(SPACE, found, truths)[0].passed


def test_posteriors_that_are_too_narrow_are_caught() -> None:
    found, _ = inferred()
    centre = (DRAWS + 1) / 2
    stretched = np.clip(np.rint(centre + 1.6 * (found.ranks - centre)), 0, DRAWS).astype(np.int64)
    assert uniformity(stretched[:, 0])[2] < 1e-6


def test_even_ranks_are_even() -> None:
    counts, statistic, p = uniformity(np.tile(np.arange(DRAWS + 1), 5))
    assert counts.tolist() == [25] * 20
    assert statistic == 0
    assert p == 1


def test_a_scenario_is_checked() -> None:
    steps: list[tuple[int, int]] = []
    told = check_inference(
        load("two-bodies"), 20, table=160, each=5, progress=lambda done, total: steps.append((done, total))
    )
    assert steps[-1] == (180, 180)
    assert len(told.parameters) == 6
    for one in told.parameters:
        assert sum(one.histogram) == 20
        assert 0 <= one.p <= 1
    assert "two-bodies" in told.record()["slug"]
    assert "хи-квадрат" in told.words("ru")


@pytest.mark.slow
def test_the_inference_of_two_bodies_is_honest() -> None:
    # with half the table the regression still leaves one posterior too narrow (solidarity: half-intervals cover .42)
    told = check_inference(load("two-bodies"), 500, table=8_000)
    assert told.passed, str(told)
    for one in told.parameters:
        assert one.coverage_50 == pytest.approx(0.5, abs=0.07)
        assert one.coverage_90 == pytest.approx(0.9, abs=0.05)


def test_small_checks_are_refused() -> None:
    for wrong in ({"datasets": 3}, {"table": 5}, {"each": 0}):
        with pytest.raises(QuestionError, match="WC463"):
            check_inference(load("two-bodies"), **wrong)


def test_the_command_checks_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = f"two-bodies --datasets 20 --table 100 --each 2 --workers 1 --chart {tmp_path / 'ranks.svg'} --json"
    assert main(["check-inference", *arguments.split()]) == 0
    assert len(json.loads(capsys.readouterr().out)["parameters"]) == 6
    assert "leave.voice" in (tmp_path / "ranks.svg").read_text(encoding="utf-8")
