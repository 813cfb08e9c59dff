"""Conditional logits and durations against R's clogit, survreg and survfit on the same tables."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest
from formation_bodies import DURATIONS, SHARED

from whipcount.data.durations import read_durations
from whipcount.theory.formation_logit import ChoiceSets, fit
from whipcount.theory.survival import fit_survival, kaplan_meier

GOLDEN = SHARED / "golden" / "rollcall"
pytestmark = pytest.mark.skipif(not GOLDEN.is_dir(), reason="no reference estimates beside the repository")


def read(name: str) -> list[dict[str, str]]:
    """The rows of a reference table."""
    with (GOLDEN / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_clogit() -> None:
    with gzip.open(GOLDEN / "formation_choices.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    names = [name for name in rows[0] if name not in ("opportunity", "cabinet", "chosen")]
    tables: dict[str, list[list[float]]] = {}
    chosen: dict[str, int] = {}
    for row in rows:
        table = tables.setdefault(row["opportunity"], [])
        if row["chosen"] == "1":
            chosen[row["opportunity"]] = len(table)
        table.append([float(row[name]) for name in names])
    found = fit(ChoiceSets.stack([np.array(one) for one in tables.values()], [chosen[name] for name in tables]))
    reference = {row["term"]: row for row in read("formation_clogit.csv")}
    assert found.coefficients == pytest.approx([float(reference[name]["estimate"]) for name in names], abs=1e-6)
    assert found.errors == pytest.approx([float(reference[name]["se"]) for name in names], abs=1e-6)
    assert found.loglik == pytest.approx(float(reference["loglik"]["estimate"]), abs=1e-6)
    covariances = [[float(row[name]) for name in names] for row in read("formation_clogit_vcov.csv")]
    assert found.covariance == pytest.approx(np.array(covariances), abs=1e-6)


@pytest.mark.parametrize("names", [("fract", "numst2"), ("invest", "fract", "polar", "numst2", "crisis")])
@pytest.mark.parametrize("model", ["exponential", "weibull"])
def test_survreg(names: tuple[str, ...], model: str) -> None:
    rows = [
        row for row in read("survival_survreg.csv") if (row["model"], row["distribution"]) == ("+".join(names), model)
    ]
    reference = {row["term"]: row for row in rows}
    found = fit_survival(read_durations(DURATIONS, "duration", "ciep12", names), model)
    terms = ["const", *names]
    assert found.values == pytest.approx([float(reference[term]["estimate"]) for term in terms], abs=1e-6)
    errors = [one.error for one in found.coefficients]
    assert errors == pytest.approx([float(reference[term]["se"]) for term in terms], abs=1e-6)
    assert found.loglik == pytest.approx(float(reference["loglik"]["estimate"]), abs=1e-6)
    if model == "weibull":
        assert found.shape == pytest.approx(float(reference["shape"]["estimate"]), abs=1e-6)


def test_survfit() -> None:
    told = kaplan_meier(read_durations(DURATIONS, "duration", "ciep12", ("fract",)))
    for row in read("survival_kaplan_meier.csv"):
        if row["conf_type"] == "log":
            at = [one for one in told if one[0] <= float(row["time"])][-1]
            expected = [float(row[name]) for name in ("survival", "lower", "upper")]
            assert at[1:] == pytest.approx(expected, rel=1e-6)
