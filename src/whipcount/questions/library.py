"""The library of documented crises: those of its scenarios that are played with roles, and their histories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from whipcount.session import notice, progressing
from whipcount.text import say
from whipcount.theory.questionnaire import KEYS

from .politics import histories

if TYPE_CHECKING:
    from whipcount.results import Results
    from whipcount.scenario import LoadedScenario
    from whipcount.theory.politics import Simulated

POPULATION = "crisis"


def documented(names: Sequence[str] | None = None) -> list[LoadedScenario]:
    """The shipped scenarios of documented crises, those named or all of which the answers are known."""
    from whipcount.data.documented_quarrels import shipped_quarrels
    from whipcount.scenario import load
    from whipcount.scenario import names as shipped

    wanted = shipped_quarrels().of(POPULATION).names if names is None else names
    found = [load(name) for name in shipped() if name in wanted]
    return [one for one in found if one.scenario.roles is not None]


def ensembles(
    scenarios: Sequence[LoadedScenario], runs: int, seed: int, out: Path | None, workers: int
) -> Iterator[tuple[LoadedScenario, Results]]:
    """Each scenario with its runs, in a folder of its own if `out` is named: a file that changed is run anew."""
    from whipcount.results import run_ensemble

    for loaded in scenarios:
        folder = None if out is None else out / f"{loaded.slug}-{loaded.hash[:8]}"
        with progressing(runs) as progress:
            yield loaded, run_ensemble(loaded, runs, seed, folder, events="none", workers=workers, progress=progress)


def simulated(
    scenarios: Sequence[LoadedScenario], runs: int, seed: int, out: Path | None, workers: int
) -> list[Simulated]:
    """Histories of each scenario with their parameters, and the answers to the questions that can be put."""
    found = []
    for loaded, results in ensembles(scenarios if runs else (), runs, seed, out, workers):
        found.append(histories(loaded.slug, results))
        put = int((~np.isnan(found[-1].chances)).sum())
        notice(say("{crisis}: {put} of {all} questions simulated", crisis=loaded.slug, put=put, all=len(KEYS)))
    return found
