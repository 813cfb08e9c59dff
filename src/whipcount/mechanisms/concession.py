"""What a concession does: the line and what it had beaten change places."""

from __future__ import annotations

from ..vocabulary import Array, Day
from . import foresight


def give_way(day: Day, gives: Array) -> None:
    """In the parties of the mask the beaten alternative becomes the line; who preferred the line is beaten now."""
    loses = foresight.stake(day) > day.parameter("mandate.indifference")
    lines, others = day.vector("line"), day.vector("alternative")
    day.beaten.set(loses, where=day.spread(gives, "actor") & day.member)
    for line, other in zip(lines, others, strict=True):
        line.set(other, where=gives)
    for line, other in zip(lines, others, strict=True):
        other.set(line, where=gives)
    day.course.set("earnest", where=gives)
    day.prompted.set(True, where=day.spread(gives, "actor"))
