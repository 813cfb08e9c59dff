"""The pages: each module of this folder is one, found and not listed.

A module gives `routes()`; one that stands in the navigation also gives PATH, TITLE (marked with N_) and ORDER. With
`warm(subject)` it makes ready what its first visitor would otherwise wait for.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import Route

    from whipcount.web.subject import Subject


@dataclass(frozen=True)
class Listed:
    """A page of the navigation."""

    path: str
    title: str


@cache
def modules() -> tuple[ModuleType, ...]:
    """The modules of the pages, in the order of the navigation."""
    found = [importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    return tuple(sorted(found, key=lambda module: (getattr(module, "ORDER", 1000), module.__name__)))


@cache
def listed() -> tuple[Listed, ...]:
    """The navigation."""
    return tuple(Listed(module.PATH, module.TITLE) for module in modules() if hasattr(module, "TITLE"))


def all_routes() -> list[Route]:
    """The addresses of every page."""
    return [route for module in modules() if hasattr(module, "routes") for route in module.routes()]


def warm_all(subject: Subject) -> None:
    """Make ready what first visitors would wait for."""
    for module in modules():
        if hasattr(module, "warm"):
            module.warm(subject)
