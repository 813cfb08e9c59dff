"""One rule of political behaviour a file. A new file here is found by itself; nothing else is to be registered."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from ..vocabulary import Mechanism, Verb


@cache
def all_mechanisms() -> dict[str, type[Mechanism]]:
    """Every mechanism of this folder, by id."""
    found: dict[str, type[Mechanism]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, Mechanism)
                and value.__module__ == module.__name__
                and value.id
            ):
                found[value.id] = value
    return found


def all_verbs() -> dict[str, Verb]:
    """Every kind of event that some mechanism records, by name."""
    return {verb.name: verb for mechanism in all_mechanisms().values() for verb in mechanism.verbs}


def all_measures() -> dict[str, str | None]:
    """Every daily measure: name and axis (none for one value)."""
    return {measure.name: measure.per for mechanism in all_mechanisms().values() for measure in mechanism.measures}


def all_parameters() -> dict[str, float]:
    """Every parameter, `mechanism.name`, and its default."""
    return {
        f"{mechanism.id}.{name}": param.default
        for mechanism in all_mechanisms().values()
        for name, param in mechanism.parameters().items()
    }
