"""What the library of crises teaches of the parameters that politics shares: a small table, shipped with the program.

For a crisis of the library the table has what the *other* crises teach, so that nothing is ever foreseen from its own
answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Place, TableError
from .politics import Learnt, Simulated, fit, surrogate

Floats = NDArray[np.float64]
SHIPPED = "politics.json"
DIGITS = 4


@dataclass(frozen=True, eq=False)
class PoliticsTable:
    """Shared parameters by name, each with the prior (form, numbers) on whose normal scale it was learnt.

    learnt: from all crises; without: by crisis, from the others. rules: checksums of the files of rules under which
    histories were simulated.
    """

    names: tuple[str, ...]
    priors: tuple[tuple[str, tuple[float, ...]], ...]
    learnt: Learnt
    without: Mapping[str, Learnt]
    rules: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def crises(self) -> tuple[str, ...]:
        """The crises of the library from which it was learnt."""
        return tuple(self.without)

    def of(self, crisis: str | None) -> Learnt:
        """What may be used of a crisis: what the others teach if it is one of the library, else what all do."""
        return self.without.get(crisis or "", self.learnt)

    def record(self) -> dict[str, Any]:
        """The table as JSON can carry it; of each covariance the lower triangle, row by row."""
        return {
            "provenance": dict(self.provenance),
            "parameters": [
                {"name": name, "prior": {form: list(numbers)}}
                for name, (form, numbers) in zip(self.names, self.priors, strict=True)
            ],
            "learnt": _told(self.learnt),
            "without": {crisis: _told(one) for crisis, one in self.without.items()},
            "rules": dict(self.rules),
        }

    def save(self, path: Path) -> None:
        """Write the table with its provenance, a crisis a line."""
        record = self.record()
        parts = {key: json.dumps(value, ensure_ascii=False) for key, value in record.items() if key != "without"}
        rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(one)}" for name, one in record["without"].items())
        parts["without"] = "{\n" + rows + "\n }"
        body = ",\n".join(f" {json.dumps(key)}: {parts[key]}" for key in record)
        path.write_text("{\n" + body + "\n}\n", encoding="utf-8")


def learn_table(
    crises: Sequence[Simulated],
    answers: Floats,
    parameters: Sequence[tuple[str, tuple[str, tuple[float, ...]]]],
    rules: Mapping[str, str],
    provenance: Mapping[str, Any],
) -> PoliticsTable:
    """The table that crises teach: histories with the deviates of just these parameters; answers (crises, questions).

    Raises TableError (WC533) where fewer than three crises have answers: one of them would be left out of two.
    """
    if len(crises) < 3 or np.isnan(answers).all():
        raise TableError.one(
            "WC533", f"{len(crises)} crises with answers", "three at least: each is left out of the others"
        )
    logits = [surrogate(one) for one in crises]
    without = {}
    for place, one in enumerate(crises):
        others = [row for row in range(len(crises)) if row != place]
        without[one.name] = fit([logits[row] for row in others], answers[others])
    names, priors = zip(*parameters, strict=True)
    return PoliticsTable(tuple(names), tuple(priors), fit(logits, answers), without, rules, provenance)


def _told(learnt: Learnt) -> dict[str, Any]:
    lower = learnt.covariance[np.tril_indices(len(learnt.mean))]
    return {
        "spread": learnt.spread,
        "mean": np.round(learnt.mean, DIGITS).tolist(),
        "covariance": np.round(lower, DIGITS + 1).tolist(),
    }


def _read(told: Mapping[str, Any], size: int) -> Learnt:
    mean = np.array(told["mean"], dtype=float)
    covariance = np.zeros((size, size))
    covariance[np.tril_indices(size)] = told["covariance"]
    covariance += np.tril(covariance, -1).T
    if mean.shape != (size,):
        raise ValueError("as many means as parameters")
    return Learnt(mean, covariance, float(told["spread"]))


def read_politics(text: str, where: str) -> PoliticsTable:
    """A table that `save` wrote (WC534 where it is none)."""
    try:
        table = json.loads(text)
        rows = table["parameters"]
        priors = []
        for row in rows:
            ((form, numbers),) = row["prior"].items()
            priors.append((str(form), tuple(float(one) for one in numbers)))
        return PoliticsTable(
            tuple(row["name"] for row in rows),
            tuple(priors),
            _read(table["learnt"], len(rows)),
            {crisis: _read(one, len(rows)) for crisis, one in table["without"].items()},
            table["rules"],
            table["provenance"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "give a file that `whipcount priors --train` wrote"
        raise TableError.one("WC534", f"no table of shared parameters: {error!r}", hint, Place(where)) from None


@cache
def shipped_politics() -> PoliticsTable:
    """The table that comes with the program."""
    file = resources.files(__package__).joinpath("trained", SHIPPED)
    return read_politics(file.read_text(encoding="utf-8"), SHIPPED)
