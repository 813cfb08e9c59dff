"""One rule of political behaviour a file. A new file here is found by itself; nothing else is to be registered."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from .. import session
from ..vocabulary import Mechanism, Verb
from .outside import Outside, outside_mechanisms


def all_mechanisms() -> dict[str, type[Mechanism]]:
    """Every mechanism by id: those of this folder, and those from elsewhere that the reader has named."""
    return {**shipped(), **{name: one.kind for name, one in from_outside().items()}}


def from_outside() -> dict[str, Outside]:
    """The mechanisms that the session's reader has named, by id."""
    names = session.current().mechanisms
    return outside_mechanisms(names, shipped()) if names else {}


@cache
def shipped() -> dict[str, type[Mechanism]]:
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
