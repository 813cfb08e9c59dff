"""Runs of a folder that are to be computed once more, to see into them: only by the rules that made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.errors import RunError
from whipcount.results.manifest import code_fingerprint
from whipcount.results.structure import rules, unlike

from .engines import changed_world, plan_of
from .interventions import parse_interventions

if TYPE_CHECKING:
    from whipcount.results import Results
    from whipcount.world import World


def world_of_runs(results: Results) -> World:
    """The world in which a folder's runs were computed, their interventions included.

    Raises RunError: WC343 other mechanisms are at hand, WC344 the rules are not those that the runs were made by, so
    that computed again they would be other runs, or the folder's scenario is of another version of the language.
    """
    loaded, manifest = results.loaded(), results.manifest
    world = changed_world(loaded, parse_interventions(manifest.interventions, loaded))
    if manifest.code == code_fingerprint():
        return world
    if manifest.program and manifest.program == plan_of(world).digest:  # written in another way, and the same
        return world
    changed = unlike(manifest.rules, rules()) if manifest.rules else ""
    raise RunError.one(
        "WC344",
        f"{results.folder} was run by other rules" + (f" ({changed})" if changed else ""),
        f"run {results.slug} again in another folder, or look into these runs with whipcount "
        f"{manifest.versions.get('whipcount', 'as it was')}, with which they were made",
    )
