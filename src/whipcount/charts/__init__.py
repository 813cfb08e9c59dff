"""Charts of results and of runs, one module each: what a module's `DRAWS` names, its `draw` draws.

`DRAWS` holds full names of classes, so that looking for a chart imports neither solvers nor questions; charts of runs
draw `Material`, the tables of an ensemble. `draw` gives a finished `Chart`, a list of them, or None where there is
nothing to show. `ORDER` (default 50) sorts the charts of runs in a report. Files in the folders that WHIPCOUNT_CHARTS
names stand beside those shipped.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

from whipcount.errors import UsageError
from whipcount.table import Result

from .chart import Chart

if TYPE_CHECKING:
    from whipcount.results import Results

    from .material import Material

VARIABLE = "WHIPCOUNT_CHARTS"

__path__ += [folder for folder in os.environ.get(VARIABLE, "").split(os.pathsep) if folder]

__all__ = ["Chart", "all_charts", "chart_of", "charts_by", "modules", "modules_for"]

MATERIAL = f"{__name__}.material.Material"


def modules() -> list[ModuleType]:
    """Every module that draws something, by `ORDER` and name."""
    found = [importlib.import_module(f"{__name__}.{entry.name}") for entry in pkgutil.iter_modules(__path__)]
    drawing = [module for module in found if hasattr(module, "DRAWS")]
    return sorted(drawing, key=lambda module: (getattr(module, "ORDER", 50), module.__name__))


def modules_for(drawn: type) -> list[ModuleType]:
    """The modules that draw a class, by `ORDER` and name."""
    names = {f"{one.__module__}.{one.__qualname__}" for one in drawn.__mro__}
    return [module for module in modules() if names & set(module.DRAWS)]


def chart_of(result: Result | Results | Material, name: str | None = None) -> Chart:
    """The chart of a result or of a run folder's `Results`: of several the one called `name`, or the first.

    Raises UsageError (WC628) where nothing draws it, or there is no chart of that name, or it would be empty.
    """
    if not isinstance(result, Result):
        from .material import Material, material_of

        result = result if isinstance(result, Material) else material_of(result)
    drawing = {module.__name__.rpartition(".")[2]: module for module in modules_for(type(result))}
    if not drawing:
        why = getattr(result, "undrawn", "") or "use its tables: frame(), to_pandas()"
        raise UsageError.one("WC628", f"there is no chart of {type(result).__name__}", why)
    if name is not None and name not in drawing:
        raise UsageError.one("WC628", f"there is no chart {name!r}", f"there are {', '.join(drawing)}")
    for module in drawing.values() if name is None else [drawing[name]]:
        for chart in _drawn(module, result):
            return chart
    raise UsageError.one("WC628", "there is nothing to draw", "the result is empty, or lacks what the chart shows")


def all_charts(material: Material) -> Iterator[Chart]:
    """Every chart that an ensemble of runs gives, in the order of the report; without those that hang on events where
    no run's were kept."""
    for module in modules_for(type(material)):
        yield from _of_runs(module, material)


def charts_by(name: str, material: Material) -> Iterator[Chart]:
    """The charts that one module, by its own name, gives of an ensemble of runs; none where there is none such."""
    for module in modules_for(type(material)):
        if module.__name__.rpartition(".")[2] == name:
            yield from _of_runs(module, material)


def _of_runs(module: ModuleType, material: Material) -> list[Chart]:
    from .material import NotKeptError

    try:
        return _drawn(module, material)
    except NotKeptError:
        return []


def _drawn(module: ModuleType, result: Any) -> list[Chart]:
    drawn = module.draw(result)
    return [drawn] if isinstance(drawn, Chart) else list(drawn or ())
