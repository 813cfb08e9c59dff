"""The expected life of cabinets from what is known when they form; with the shipped duration model."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import Place, TableError
from .formation_table import HALF
from .survival import Coefficient, Floats, SurvivalFit

TRAITS = ("minority", "single_party", "parties", "range", "effective_parties", "years_since_election")
SHIPPED = "survival.json"
TERM = 48.0  # months after which an election ends any cabinet, where nothing else is known


def traits(inside: Floats, seats: Floats, place: Floats, years_since_election: float = 0.0) -> Floats:
    """The traits of cabinets, shape (cabinets, 6): membership (cabinets, parties), shares of seats, positions 0..1."""
    share = inside @ seats
    count = inside.sum(axis=1)
    low = np.where(inside > 0, place, np.inf).min(axis=1)
    high = np.where(inside > 0, place, -np.inf).max(axis=1)
    relative = seats / seats.sum()
    effective = 1 / float(relative @ relative)
    rows = np.ones(len(inside))
    return np.column_stack(
        [share <= HALF, count == 1, count, high - low, effective * rows, years_since_election * rows]
    ).astype(float)


@dataclass(frozen=True)
class SurvivalModel:
    """A fitted duration model of cabinets in months, with its origin."""

    fit: SurvivalFit
    provenance: dict[str, Any] = field(default_factory=dict, compare=False)

    def months(self, inside: Floats, seats: Floats, place: Floats, term: float = TERM) -> Floats:
        """Expected life of each cabinet in months, until `term` months at most."""
        return self.fit.expected_within(traits(inside, seats, place), np.full(len(inside), term))

    def save(self, path: Path) -> None:
        """Write the model as a small JSON table with its provenance."""
        table = {
            "provenance": self.provenance,
            "model": self.fit.model,
            "shape": round(self.fit.shape, 6),
            "shape_error": round(self.fit.shape_error, 6),
            "loglik": round(self.fit.loglik, 4),
            "cabinets": self.fit.cabinets,
            "events": self.fit.events,
            "covariates": [
                {"name": one.name, "coefficient": round(one.value, 6), "error": round(one.error, 6)}
                for one in self.fit.coefficients
            ],
        }
        path.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_survival(text: str, where: str) -> SurvivalModel:
    """A model that `save` wrote (WC534 where it is none)."""
    try:
        table = json.loads(text)
        shape = float(table["shape"])
        coefficients = tuple(
            Coefficient(
                row["name"],
                float(row["coefficient"]),
                float(row["error"]),
                float(np.exp(-shape * float(row["coefficient"]))),
            )
            for row in table["covariates"]
        )
        fit = SurvivalFit(
            model=table["model"],
            coefficients=coefficients,
            shape=shape,
            shape_error=float(table["shape_error"]),
            loglik=float(table["loglik"]),
            cabinets=int(table["cabinets"]),
            events=int(table["events"]),
            curve=(),
        )
        return SurvivalModel(fit, dict(table["provenance"]))
    except (ValueError, KeyError, TypeError) as error:
        hint = "give a file that `whipcount survival --train` wrote"
        raise TableError.one("WC534", f"no survival model: {error!r}", hint, Place(where)) from None


@cache
def shipped_survival() -> SurvivalModel:
    """The duration model that comes with the program."""
    file = resources.files(__package__).joinpath("trained", SHIPPED)
    return read_survival(file.read_text(encoding="utf-8"), SHIPPED)
