"""Results that are tables of what a scenario or the package holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from whipcount.table import Result, Table, records


@dataclass(frozen=True)
class Listed(Result):
    """Tables, with what stands beside them in JSON, and what is said of them."""

    undrawn: ClassVar[str] = "it lists what is written"

    head: Mapping[str, Any]
    shown: tuple[Table, ...]
    said: str = ""

    def tables(self) -> tuple[Table, ...]:
        """What is listed, the main table first."""
        return self.shown

    def sentences(self) -> str:
        """What is said of them."""
        return self.said

    def record(self) -> dict[str, Any]:
        """The tables' rows by name, with what stands beside them."""
        return {**self.head, **records(self.shown)}


class Introduced(Listed):
    """Tables whose words stand above them."""

    above: ClassVar[bool] = True
