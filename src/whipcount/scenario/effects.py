"""What a dated event does: seats, attendance, posts, pressures, ideal points, the government's place."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .values import Model, Share, Slug


class SeatChange(Model):
    """An event's effect on a seat: taken or left."""

    actor: Slug
    body: Slug
    occupied: bool = Field(description="true: taken; false: left")


class AttendanceChange(Model):
    """An event's effect on attendance: kept away, made present, or back to the usual chance."""

    actor: Slug
    body: Slug
    attends: Literal["absent", "present", "usual"] = Field(description="absent, present, or the usual chance again")


class PostChange(Model):
    """An event's effect on a post: who holds it from then on; none = vacant."""

    post: Slug
    holder: Slug | None = None


class PressureChange(Model):
    """An event's effect on a pressure: level set at once, and the level it returns to afterwards."""

    pressure: Slug
    level: Share | None = Field(default=None, description="level set at once")
    target: Share | None = Field(default=None, description="level it returns to from then on")


class IdealChange(Model):
    """An event's effect on ideal points, added; named actors, or all of a party."""

    actor: Slug | None = None
    party: Slug | None = None
    dimension: Slug
    by: float = Field(ge=-1, le=1, description="how far, along the dimension")


class Effects(Model):
    """What an event does."""

    seats: tuple[SeatChange, ...] = Field(default=(), description="seats taken or left")
    attendance: tuple[AttendanceChange, ...] = Field(default=(), description="who is kept away or made present")
    posts: tuple[PostChange, ...] = Field(default=(), description="posts filled or vacated")
    pressures: tuple[PressureChange, ...] = Field(default=(), description="levels set")
    ideals: tuple[IdealChange, ...] = Field(default=(), description="positions moved")
    government: dict[Slug, Share] = Field(
        default_factory=dict, description="dimension: value the government's point is set to (a treaty, a decree)"
    )
