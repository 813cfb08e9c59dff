"""The charts of a report; every module of this folder that has `draw(material, language)` is one of them.

`draw` gives a finished chart, a list of them, or nothing where the scenario or the runs have nothing to show. A module
may give `ORDER` (default 50): charts appear in the report by it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from whipcount.report.chart import Chart
from whipcount.report.material import Material


def modules() -> list[ModuleType]:
    """The chart modules in the order of the report."""
    found = [importlib.import_module(f"{__name__}.{entry.name}") for entry in pkgutil.iter_modules(__path__)]
    drawing = [module for module in found if hasattr(module, "draw")]
    return sorted(drawing, key=lambda module: (getattr(module, "ORDER", 50), module.__name__))


def all_charts(material: Material) -> Iterator[Chart]:
    """Every chart that this material gives, in the order of the report."""
    for module in modules():
        drawn = module.draw(material)
        if isinstance(drawn, Chart):
            yield drawn
        elif drawn:
            yield from drawn
