"""Count the votes before they are cast: an executable model of how political bodies decide under pressure.

The public names are few, and each is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whipcount.errors import Place, Problem, WhipcountError
    from whipcount.questions.ask import ask
    from whipcount.questions.calibrate import calibrate
    from whipcount.questions.claims import claims
    from whipcount.questions.compare import compare
    from whipcount.questions.forecast import forecast
    from whipcount.questions.why import why
    from whipcount.results import Results, open_run
    from whipcount.results import run_ensemble as run
    from whipcount.scenario import LoadedScenario, load
    from whipcount.scenario import names as scenarios
    from whipcount.session import using
    from whipcount.tasks.bargain import bargain
    from whipcount.tasks.coalitions import coalitions
    from whipcount.tasks.formation import formation
    from whipcount.tasks.power import power
    from whipcount.tasks.rollcall import rollcall
    from whipcount.tasks.spatial import spatial
    from whipcount.tasks.survival import survival

    __version__: str

__all__ = [
    "LoadedScenario",
    "Place",
    "Problem",
    "Results",
    "WhipcountError",
    "__version__",
    "ask",
    "bargain",
    "calibrate",
    "claims",
    "coalitions",
    "compare",
    "forecast",
    "formation",
    "load",
    "open_run",
    "power",
    "rollcall",
    "run",
    "scenarios",
    "spatial",
    "survival",
    "using",
    "why",
]

_HOMES = {
    "LoadedScenario": ("scenario", "LoadedScenario"),
    "Place": ("errors", "Place"),
    "Problem": ("errors", "Problem"),
    "Results": ("results", "Results"),
    "WhipcountError": ("errors", "WhipcountError"),
    "ask": ("questions.ask", "ask"),
    "calibrate": ("questions.calibrate", "calibrate"),
    "claims": ("questions.claims", "claims"),
    "compare": ("questions.compare", "compare"),
    "forecast": ("questions.forecast", "forecast"),
    "load": ("scenario", "load"),
    "open_run": ("results", "open_run"),
    "run": ("results", "run_ensemble"),
    "scenarios": ("scenario", "names"),
    "using": ("session", "using"),
    "why": ("questions.why", "why"),
}


def __getattr__(name: str) -> object:
    """A public name, from the room where it lives."""
    if name == "__version__":
        from importlib.metadata import version

        value: object = version("whipcount")
    elif name in _HOMES:
        room, original = _HOMES[name]
        value = getattr(importlib.import_module(f"whipcount.{room}"), original)
    elif not name.startswith("_") and _is_task(name):
        value = getattr(importlib.import_module(f"whipcount.tasks.{name}"), name)
    else:
        raise AttributeError(f"module 'whipcount' has no attribute {name!r}")
    globals()[name] = value
    return value


def _is_task(name: str) -> bool:
    """Whether a file of `tasks/`, or of the folders beside it, gives a function of this name."""
    from importlib.util import find_spec

    return find_spec(f"whipcount.tasks.{name}") is not None


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
