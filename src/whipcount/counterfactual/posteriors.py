"""Parameters that have been learnt, in place of draws from the priors: a calibration's, a table of one's own, or what
the library of crises teaches (`shipped`)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from whipcount.errors import QuestionError
from whipcount.results.structure import Structure, rules, structure_as_run, structure_from, unlike
from whipcount.session import notice
from whipcount.text import listing, say
from whipcount.theory.politics_table import shipped_politics
from whipcount.vocabulary.priors import Prior
from whipcount.world.draws import quantile

from .engines import Parameters, plan_of
from .weighted_samples import resample

if TYPE_CHECKING:
    from whipcount.world import World

STRUCTURE = "whipcount structure"  # entry of a posterior's metadata: under what it was found
FILE = "posterior.parquet"  # in the folder of a calibration
SHIPPED = "shipped"
EDGE = 1e-9  # quantiles stay this far from 0 and 1, where some priors have no finite value


def posterior_draws(world: World, source: str | Path, count: int, seed: int) -> Parameters:
    """So many equally likely draws of the parameters that a posterior holds, by name; all others stay with the priors.

    source: `shipped`, the folder of a calibration, or a Parquet file with a column for each parameter, and perhaps a
    column `weight`. What `whipcount calibrate` has written says in its metadata under which rules and which scenario it
    was found, and is refused under others (WC420). Raises QuestionError: WC416 what cannot be read.
    """
    if str(source) == SHIPPED:
        return _shipped(world, count, seed)
    return _found(world, Path(source), count, seed)


def _found(world: World, source: Path, count: int, seed: int) -> Parameters:
    """Draws from a calibration, or from somebody's table."""
    import polars as pl

    file = source / FILE if source.is_dir() else source
    try:
        table = pl.read_parquet(file)
        told = pl.read_parquet_metadata(file).get(STRUCTURE)
    except Exception as error:
        hint = "`whipcount calibrate --out FOLDER` writes posterior.parquet; `shipped` needs no file"
        raise QuestionError.one("WC416", f"{file} cannot be read as a posterior ({error})", hint) from None
    names = [name for name in table.columns if name in world.drawn_parameters]
    if not names or not len(table):
        raise QuestionError.one(
            "WC416", f"{file} holds no parameter of this scenario", "its columns are parameters, mechanism.name"
        )
    _refuse_other_structure(world, file, told, calibrated="missed" in table.columns)
    weights = table["weight"].to_numpy() if "weight" in table.columns else np.ones(len(table))
    rows = resample(np.asarray(weights, np.float64), count, seed)
    return {name: table[name].to_numpy()[rows].astype(np.float32) for name in names}


def _shipped(world: World, count: int, seed: int) -> Parameters:
    """Draws of the parameters that politics shares, as a further crisis has them.

    A crisis of the library gets what the others teach. A parameter to which the scenario gives another prior, or a
    value, keeps it: what is known of the case comes before what is known of politics.
    """
    from scipy import special

    table = shipped_politics()
    learnt = table.of(world.slug)
    root = np.linalg.cholesky(learnt.of_a_crisis())
    deviates = learnt.mean + np.random.default_rng(seed).standard_normal((count, len(learnt.mean))) @ root.T
    u = np.clip(special.ndtr(deviates), EDGE, 1.0 - EDGE)
    found, own = {}, []
    for place, (name, (form, numbers)) in enumerate(zip(table.names, table.priors, strict=True)):
        prior = Prior(form, numbers)
        if world.drawn_parameters.get(name) == prior:
            found[name] = quantile(prior, u[:, place]).astype(np.float32)
        else:
            own.append(name)
    crises = len(table.crises) - (world.slug in table.without)
    notice(say("{count} parameters as {crises} other crises teach them", count=len(found), crises=crises), kept=True)
    if own:
        notice(say("as the scenario has them: {names}", names=listing(own)), kept=True)
    if changed := unlike(table.rules, {name: digest for name, digest in rules().items() if name in table.rules}):
        notice(say("the shipped table was learnt when these rules were others: {names}", names=changed), kept=True)
    return found


def _refuse_other_structure(world: World, file: Path, told: str | None, *, calibrated: bool) -> None:
    """Refuse a posterior that was found under other rules, or in another scenario (QuestionError WC420)."""
    then = _structure(told)
    if then is None:
        if not calibrated:  # a table of parameters that somebody has made by hand
            return
        differs = ["it does not say under which rules it was found, as all posteriors do by now"]
        version = "the version of whipcount that wrote it"
    else:
        now = structure_as_run(world.scenario, world.slug, world.account)
        differs = then.differences(now)
        if differs and then.program:  # rules may be written in another way and come to the same
            differs = then.differences(replace(now, program=plan_of(world).digest))
        version = f"whipcount {then.version}"
    if differs:
        raise QuestionError.one(
            "WC420",
            f"{file} is a posterior of another structure: {'; '.join(differs)}",
            f"calibrate again (`whipcount calibrate {world.slug} --out FOLDER`), or ask with the scenario as it was "
            f"and {version}",
        )


def _structure(told: str | None) -> Structure | None:
    try:
        return structure_from(json.loads(told)) if told is not None else None
    except ValueError:
        return None
