"""Count the votes before they are cast: an executable model of how political bodies decide under pressure.

The public names are few, and each is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whipcount.errors import Place, Problem, WhipcountError
    from whipcount.results import Results, open_run
    from whipcount.scenario import LoadedScenario, load
    from whipcount.scenario import names as scenarios
    from whipcount.session import using
    from whipcount.tasks.ask import ask
    from whipcount.tasks.bargain import bargain
    from whipcount.tasks.calibrate import calibrate
    from whipcount.tasks.check import check
    from whipcount.tasks.claims import claims
    from whipcount.tasks.coalitions import coalitions
    from whipcount.tasks.code_check import code_check
    from whipcount.tasks.compare import compare
    from whipcount.tasks.explain import explain
    from whipcount.tasks.forecast import forecast
    from whipcount.tasks.formation import formation
    from whipcount.tasks.outlook import outlook
    from whipcount.tasks.plan import plan
    from whipcount.tasks.power import power
    from whipcount.tasks.rollcall import rollcall
    from whipcount.tasks.run import run
    from whipcount.tasks.sensitivity import sensitivity
    from whipcount.tasks.spatial import spatial
    from whipcount.tasks.survival import survival
    from whipcount.tasks.transcript import transcript
    from whipcount.tasks.why import why

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
    "check",
    "claims",
    "coalitions",
    "code_check",
    "compare",
    "explain",
    "forecast",
    "formation",
    "load",
    "open_run",
    "outlook",
    "plan",
    "power",
    "rollcall",
    "run",
    "scenarios",
    "sensitivity",
    "spatial",
    "survival",
    "transcript",
    "using",
    "why",
]

_HOMES = {
    "LoadedScenario": ("scenario", "LoadedScenario"),
    "Place": ("errors", "Place"),
    "Problem": ("errors", "Problem"),
    "Results": ("results", "Results"),
    "WhipcountError": ("errors", "WhipcountError"),
    "load": ("scenario", "load"),
    "open_run": ("results", "open_run"),
    "scenarios": ("scenario", "names"),
    "using": ("session", "using"),
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
