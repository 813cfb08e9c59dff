"""A registry of a few names, so that these tests do not hang on the mechanisms there are."""

from __future__ import annotations

from whipcount.scenario.registry import Declared

DECLARED = Declared(
    verbs={
        "agreement": frozenset(),
        "leave_post": frozenset(),
        "mandate": frozenset({"earnest", "expose", "withdraw"}),
    },
    parameters=frozenset({"choice.lam", "choice.rho", "ballot.discipline"}),
    measures=frozenset({"survival", "readiness", "pressure"}),
)


def declared() -> Declared:
    """A registry of a few names, so that these tests do not hang on the mechanisms there are."""
    return DECLARED
