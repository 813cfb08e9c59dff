"""Models of government formation: which covariates, which coefficients, where they come from; and the shipped one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import Place, TableError
from .formation_covariates import BLOCKS, covariates
from .formation_logit import ChoiceSets, Floats, choose_ridge, fit
from .formation_table import Opportunity

SHIPPED = "formation.json"


@dataclass(frozen=True)
class Specification:
    """A model before it is fitted: blocks of covariates; ridge None means chosen by leaving out training countries."""

    name: str
    blocks: tuple[str, ...]
    ridge: float | None = 0.0


# The two conditional logits that any forecast of cabinets has to beat, and the whole model.
KIND = Specification("kind", ("kind",))
INCUMBENCY = Specification("kind_incumbency", ("kind", "incumbency"))
WHOLE = Specification("whole", tuple(BLOCKS), None)
SPECIFICATIONS = (KIND, INCUMBENCY, WHOLE)


@dataclass(frozen=True)
class Model:
    """A fitted model of formation: a coefficient for each covariate, with its standard error and the model's origin."""

    blocks: tuple[str, ...]
    names: tuple[str, ...]
    coefficients: tuple[float, ...]
    errors: tuple[float, ...]
    ridge: float
    loglik: float
    separated: bool = False
    provenance: dict[str, Any] = field(default_factory=dict, compare=False)

    def utilities(self, opportunity: Opportunity) -> Floats:
        """The systematic utility of every cabinet."""
        values, names, _ = covariates(opportunity, self.blocks)
        if names != self.names:
            hint = "train it again with this version"
            raise TableError.one("WC534", "the model was trained with other covariates", hint)
        return np.asarray(values @ np.array(self.coefficients))

    def probabilities(self, opportunity: Opportunity) -> Floats:
        """The probability of every cabinet; they sum to 1."""
        utility = self.utilities(opportunity)
        weight = np.exp(utility - utility.max())
        return np.asarray(weight / weight.sum())

    def knows(self, opportunity: Opportunity) -> bool:
        """Whether the model was trained on this very formation."""
        learnt = self.provenance.get("formations", {})
        return opportunity.date.isoformat() in learnt.get(opportunity.country, ())

    def save(self, path: Path) -> None:
        """Write the model as a small JSON table with its provenance."""
        blocks = [block for block in self.blocks for _ in _names_of(block)]
        rows = zip(self.names, blocks, self.coefficients, self.errors, strict=True)
        table = {
            "provenance": self.provenance,
            "blocks": list(self.blocks),
            "ridge": self.ridge,
            "loglik": round(self.loglik, 4),
            "covariates": [
                {"name": name, "block": block, "coefficient": float(f"{value:.6g}"), "error": float(f"{error:.4g}")}
                for name, block, value, error in rows
            ],
        }
        path.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Model:
        """Read a model that `save` wrote (WC534 where it is none)."""
        return _model(path.read_text(encoding="utf-8"), str(path))


def _names_of(block: str) -> tuple[str, ...]:
    return covariates(_EXAMPLE, (block,))[1]


def _model(text: str, where: str) -> Model:
    try:
        table = json.loads(text)
        rows = table["covariates"]
        return Model(
            blocks=tuple(table["blocks"]),
            names=tuple(row["name"] for row in rows),
            coefficients=tuple(float(row["coefficient"]) for row in rows),
            errors=tuple(float(row["error"]) for row in rows),
            ridge=float(table["ridge"]),
            loglik=float(table["loglik"]),
            provenance=dict(table["provenance"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        hint = "give a file that `whipcount formation --train` wrote"
        raise TableError.one("WC534", f"no formation model: {error!r}", hint, Place(where)) from None


@cache
def shipped() -> Model:
    """The model that comes with the program, trained as its provenance tells."""
    file = resources.files(__package__).joinpath("trained", SHIPPED)
    return _model(file.read_text(encoding="utf-8"), SHIPPED)


def tables_of(opportunities: Sequence[Opportunity], blocks: tuple[str, ...]) -> tuple[list[Floats], tuple[str, ...]]:
    """The covariates of all opportunities, and their names."""
    names: tuple[str, ...] = ()
    tables = []
    for opportunity in opportunities:
        values, names, _ = covariates(opportunity, blocks)
        tables.append(values)
    return tables, names


def train(
    opportunities: Sequence[Opportunity], specification: Specification = WHOLE, provenance: dict[str, Any] | None = None
) -> Model:
    """Fit a specification to observed formations (WC533 where there are none)."""
    if not opportunities:
        raise TableError.one("WC533", "there is no formation to learn from", "give a folder with cabinets")
    tables, names = tables_of(opportunities, specification.blocks)
    return train_on(tables, names, opportunities, specification, provenance)


def train_on(
    tables: Sequence[Floats],
    names: tuple[str, ...],
    opportunities: Sequence[Opportunity],
    specification: Specification,
    provenance: dict[str, Any] | None = None,
) -> Model:
    """The same from covariates already computed."""
    chosen = [opportunity.choice for opportunity in opportunities]
    ridge = specification.ridge
    if ridge is None:
        ridge = choose_ridge(tables, chosen, [opportunity.country for opportunity in opportunities])
    found = fit(ChoiceSets.stack(tables, chosen), ridge)
    return Model(
        blocks=specification.blocks,
        names=names,
        coefficients=tuple(float(value) for value in found.coefficients),
        errors=tuple(float(value) for value in found.errors),
        ridge=ridge,
        loglik=found.loglik,
        separated=found.separated,
        provenance=provenance or {},
    )


def _example() -> Opportunity:
    from .formation_table import Record

    return Opportunity(
        parties=("A", "B"),
        seats=np.array([0.6, 0.4]),
        place=np.array([0.3, 0.7]),
        swing=np.zeros(2),
        family=("none", "none"),
        record=Record.none(2),
    )


_EXAMPLE = _example()
