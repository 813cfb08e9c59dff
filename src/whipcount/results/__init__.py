"""Results: ensembles of runs, recorded in folders that can be interrupted, resumed, verified and queried."""

from __future__ import annotations

from .ensemble import EnsembleInterrupted, outcome_values, run_ensemble
from .interfaces import Engine, scenario_engine
from .manifest import Manifest, run_key
from .outcomes import OutcomeEvaluator
from .precision import Precision
from .reading import Results, open_run
from .summary import OutcomeSummary
from .until import run_until

__all__ = [
    "Engine",
    "EnsembleInterrupted",
    "Manifest",
    "OutcomeEvaluator",
    "OutcomeSummary",
    "Precision",
    "Results",
    "open_run",
    "outcome_values",
    "run_ensemble",
    "run_key",
    "run_until",
    "scenario_engine",
]
