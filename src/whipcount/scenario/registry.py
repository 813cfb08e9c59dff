"""What the mechanisms declare, as far as scenario files may name it: verbs with their codes, parameters, measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Declared:
    """Names that outcomes and parameters of a scenario may use; an empty collection is not checked against."""

    verbs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    measures: frozenset[str] = frozenset()


Registry = Callable[[], Declared]


def from_mechanisms() -> Declared:
    """The declarations of the installed mechanisms (imported only here: files can be read without them)."""
    from whipcount import mechanisms

    return Declared(
        verbs={name: frozenset(verb.codes) - {""} for name, verb in mechanisms.all_verbs().items()},
        parameters=frozenset(mechanisms.all_parameters()),
        measures=frozenset(name.split(":")[0] for name in mechanisms.all_measures()),
    )
