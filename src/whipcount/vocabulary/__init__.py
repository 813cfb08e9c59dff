"""What a mechanism may say: declarations, recording arrays, and the operations of a day."""

from .array import Array, StateArray
from .choice import Choice, Division
from .declare import DIVISION_VERBS, Measure, Mechanism, Param, State, Verb
from .priors import Beta, Fixed, LogNormal, LogUniform, Normal, Prior, Triangular, Uniform
from .recording import record_program
from .rules import NAMES as RULE_NAMES
from .rules import Rules, rules_of
from .step import Day
from .structure import Structure

__all__ = [
    "DIVISION_VERBS",
    "RULE_NAMES",
    "Array",
    "Beta",
    "Choice",
    "Day",
    "Division",
    "Fixed",
    "LogNormal",
    "LogUniform",
    "Measure",
    "Mechanism",
    "Normal",
    "Param",
    "Prior",
    "Rules",
    "State",
    "StateArray",
    "Structure",
    "Triangular",
    "Uniform",
    "Verb",
    "record_program",
    "rules_of",
]
