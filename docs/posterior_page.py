"""The figures of the page on the calibrated crisis: `python docs/posterior_page.py CALIBRATION.json CLAIMS.json`.

The files are what these print (some minutes each):

    whipcount calibrate november-1917 -n 500000 --generations 6 --predictive 10000 --out calibrated --json
    whipcount claims november-1917 --posterior calibrated/posterior.parquet --json

The part between the markers of `docs/explanation/november-1917-posterior.md` is written anew; what is said about the
figures stands outside them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from readme_table import replace

PAGE = Path(__file__).parent / "explanation" / "november-1917-posterior.md"
Record = dict[str, Any]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)] + [""]


def _happened(fit: Record) -> str:
    if not fit["binary"]:
        return f"{fit['happened']:g}"
    return "yes" if fit["happened"] else "no"


def _fits(fits: Sequence[Record]) -> list[str]:
    head = ("outcome", "what it is", "happened", "priors", "others anew", "posterior")
    rows = []
    for fit in fits:
        shares = (f"{fit[key]:.3f}" for key in ("prior", "posterior", "carried"))
        rows.append((f"`{fit['name']}`", fit["label"]["en"], _happened(fit), *shares))
    return _table(head, rows)


def _together(held: Record) -> list[str]:
    count = held["patterns"]
    rows = (
        (f"at least {least} of {count}", *(f"{held[k][least]:.4f}" for k in ("prior", "renewed", "carried")))
        for least in range(4, count + 1)
    )
    return _table(("patterns that hold in one run", "priors", "others anew", "posterior"), rows)


def _parameters(parameters: Sequence[Record]) -> list[str]:
    head = ("parameter", "prior 5–95%", "posterior 5–50–95%", "sd / prior sd", "the data")
    rows = []
    for one in parameters:
        before = f"{one['prior'][0]:.3g} – {one['prior'][-1]:.3g}"
        after = f"{one['posterior'][0]:.3g} – {one['posterior'][2]:.3g} – {one['posterior'][-1]:.3g}"
        rows.append((f"`{one['name']}`", before, after, f"{one['contraction']:.2f}", one["verdict"]))
    return _table(head, rows)


def _score(score: Record) -> str:
    return f"{score['difference']:+.3f} ({score['low']:+.3f} to {score['high']:+.3f})"


def _effect(claim: Record) -> str:
    if claim["effect"] is None:
        return "–"
    return f"{claim['effect']:+.3f} ({claim['low']:+.3f} to {claim['high']:+.3f})"


def figures(calibration: Record, claims: Sequence[Record]) -> str:
    """The part between the markers."""
    sizes = calibration["sizes"]
    verdicts = Counter(claim["verdict"] for claim in claims)
    lines = [
        f"{sum(sizes):,} worlds in {len(sizes)} generations, seed {calibration['seed']}; tolerance "
        f"{calibration['tolerance']:g} missed patterns, {calibration['effective_size']:,.0f} effective draws; checked "
        f"with {calibration['predictive_runs']:,} new runs.",
        "",
        "### How many patterns hold together",
        "",
        *_together(calibration["held"]),
        "### The patterns",
        "",
        *_fits(calibration["patterns"]),
        "### Held out",
        "",
        f"Mean log score over that of the priors, {calibration['score']['outcomes']} outcomes: posterior "
        f"{_score(calibration['carried_score'])}, all but the twelve drawn anew {_score(calibration['score'])}.",
        "",
        *_fits(calibration["holdout"]),
        "### The parameters",
        "",
        *_parameters(calibration["parameters"]),
        "### The claims",
        "",
        ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()) + ".",
        "",
        *_table(
            ("claim", "source", "kind", "effect", "verdict"),
            ((f"`{c['id']}`", c["source"], c["kind"], _effect(c), c["verdict"]) for c in claims),
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    calibration, claims = (json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:3])
    text = PAGE.read_text(encoding="utf-8")
    START, END = "<!-- outcomes: start -->", "<!-- outcomes: end -->"
    new = f"{START}\n\n{figures(calibration, claims)}\n{END}"
    PAGE.write_text(replace(text, new), encoding="utf-8")
