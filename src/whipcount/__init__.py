"""Count the votes before they are cast: an executable model of how political bodies decide under pressure.

The public names are few, and each is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # type checkers take this name for true; importing it would take longer than all the rest here

if TYPE_CHECKING:
    from whipcount.errors import Place, Problem, WhipcountError
    from whipcount.results import Results, open_run
    from whipcount.scenario import LoadedScenario, load
    from whipcount.scenario import names as scenarios
    from whipcount.session import using
    from whipcount.tasks.ablate import ablate
    from whipcount.tasks.ask import ask
    from whipcount.tasks.bargain import bargain
    from whipcount.tasks.calibrate import calibrate
    from whipcount.tasks.check import check
    from whipcount.tasks.check_inference import check_inference
    from whipcount.tasks.cite import cite
    from whipcount.tasks.claims import claims
    from whipcount.tasks.coalitions import coalitions
    from whipcount.tasks.code_check import code_check
    from whipcount.tasks.compare import compare
    from whipcount.tasks.data_sets import check_files, data_sets, fetch
    from whipcount.tasks.doctor import doctor
    from whipcount.tasks.explain import explain
    from whipcount.tasks.forecast import forecast
    from whipcount.tasks.formation import formation
    from whipcount.tasks.list_scenarios import list_scenarios
    from whipcount.tasks.odd import odd
    from whipcount.tasks.outlook import outlook
    from whipcount.tasks.parliament import against_record, from_table
    from whipcount.tasks.plan import plan
    from whipcount.tasks.polls import polls
    from whipcount.tasks.power import power
    from whipcount.tasks.preregister import preregister
    from whipcount.tasks.prior import prior
    from whipcount.tasks.priors import priors
    from whipcount.tasks.questionnaire import questionnaire
    from whipcount.tasks.rare import rare
    from whipcount.tasks.replicate import replicate
    from whipcount.tasks.report import write_report
    from whipcount.tasks.rollcall import rollcall
    from whipcount.tasks.run import run
    from whipcount.tasks.score import score
    from whipcount.tasks.seats import seats
    from whipcount.tasks.sensitivity import sensitivity
    from whipcount.tasks.sheets import export_sheets, import_sheets
    from whipcount.tasks.show import show
    from whipcount.tasks.sources import accounts, sources
    from whipcount.tasks.spatial import spatial
    from whipcount.tasks.sql import sql
    from whipcount.tasks.survival import survival
    from whipcount.tasks.transcript import transcript
    from whipcount.tasks.validate import validate
    from whipcount.tasks.verify import verify
    from whipcount.tasks.why import why

    __version__: str

__all__ = [
    "LoadedScenario",
    "Place",
    "Problem",
    "Results",
    "WhipcountError",
    "__version__",
    "ablate",
    "accounts",
    "against_record",
    "ask",
    "bargain",
    "calibrate",
    "check",
    "check_files",
    "check_inference",
    "cite",
    "claims",
    "coalitions",
    "code_check",
    "compare",
    "data_sets",
    "doctor",
    "explain",
    "export_sheets",
    "fetch",
    "forecast",
    "formation",
    "from_table",
    "import_sheets",
    "list_scenarios",
    "load",
    "odd",
    "open_run",
    "outlook",
    "plan",
    "polls",
    "power",
    "preregister",
    "prior",
    "priors",
    "questionnaire",
    "rare",
    "replicate",
    "rollcall",
    "run",
    "scenarios",
    "score",
    "seats",
    "sensitivity",
    "show",
    "sources",
    "spatial",
    "sql",
    "survival",
    "transcript",
    "using",
    "validate",
    "verify",
    "why",
    "write_report",
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
    elif not name.startswith("_") and (task := _task(name)) is not None:
        value = task
    else:
        raise AttributeError(f"module 'whipcount' has no attribute {name!r}")
    globals()[name] = value
    return value


def _task(name: str) -> object:
    """The function that a file of `tasks/`, or of the folders beside it, gives by this name; most are called alike."""
    from importlib.util import find_spec

    if find_spec(f"whipcount.tasks.{name}") is not None:
        found = getattr(importlib.import_module(f"whipcount.tasks.{name}"), name, None)
        if found is not None:
            return found
    if find_spec(f"whipcount.{name}") is not None:
        return None  # a room, which `from whipcount import` looks for here before it imports it
    from whipcount.task import all_tasks

    return next((one.function for one in all_tasks() if one.python == name), None)


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted({*globals(), *__all__})
