"""A scenario as arrays: axes, maps, inputs, tables; built once, immutable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .build import build
from .world import Calendar, World

if TYPE_CHECKING:
    from ..scenario import LoadedScenario


def build_world(loaded: LoadedScenario) -> World:
    """The world of a loaded scenario."""
    return build(loaded.scenario, slug=loaded.slug, account=loaded.account)


__all__ = ["Calendar", "World", "build", "build_world"]
