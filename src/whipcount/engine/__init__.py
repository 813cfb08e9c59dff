"""Running a world: the plan of a day, random streams, backends. No mechanism is known here by name."""

from .api import BlockResult, EventColumns
from .backends import BACKENDS, Backend, make_backend
from .decisions import Decision, explain_run
from .numpy.backend import NumpyBackend
from .plan import Plan, build_plan

__all__ = [
    "BACKENDS",
    "Backend",
    "BlockResult",
    "Decision",
    "EventColumns",
    "NumpyBackend",
    "Plan",
    "build_plan",
    "explain_run",
    "make_backend",
]
