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

    verbs: dict[str, frozenset[str]] = {}
    for verb in _call(mechanisms, "all_verbs"):
        verbs[verb.name] = verbs.get(verb.name, frozenset()) | frozenset(map(str, verb.codes.values()))
    return Declared(
        verbs=verbs,
        parameters=frozenset(_call(mechanisms, "all_parameters")),
        measures=frozenset(str(name).split(":")[0] for name in _call(mechanisms, "all_measures")),
    )


def _call(module: object, name: str) -> tuple:  # type: ignore[type-arg]
    declared = getattr(module, name, None)
    return tuple(declared()) if declared is not None else ()
