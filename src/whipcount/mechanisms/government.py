"""What a government is made of, and how it goes: out of office, overthrown, followed by another."""

from __future__ import annotations

from ..vocabulary import Array, Day, Verb

FALL = Verb("fall", doc="the government falls")
VACATED = Verb("vacated", per="tenure", doc="a minister of a party that does not govern any more leaves the post")


def bring_down(day: Day, falls: Array) -> None:
    """In the runs of the mask the government loses office and goes on as a caretaker until another is formed.

    Its parties stay answerable for current business, at the point and in the posts that they hold: there is never no
    government, and never two.
    """
    with day.when(falls):
        day.fallen.set(True)
        day.fallen_day.set(day.number)


def overthrow(day: Day, falls: Array) -> None:
    """In the runs of the mask what follows a fall that nobody decided takes the place of the government at once.

    If the settlement that follows names parties, they are the new government, unless it is theirs that falls; else
    there is a caretaker, with those parties or none.
    """
    with day.when(falls):
        place = str(day.fact("government.fall"))
        inside = day.given(f"party.inside.{place}")
        point = tuple(day.row(value, place) for value in day.given_vector("settlement.point"))
        day.fallen.set(~day.any(inside) | ~day.any(inside != day.governs))
        day.fallen_day.set(day.number)
        take_office(day, falls, inside, day.given(f"party.share.{place}"), point)


def take_office(day: Day, takes: Array, inside: Array, share: Array, point: tuple[Array, ...]) -> None:
    """In the runs of the mask these parties govern from now on, with these shares of the offices, at this point.

    Posts of the cabinet are left by those whose party is not inside; nobody gets one here. The head stays if the own
    party is inside, else the leader of the party with the largest share follows. What a government has lived through is
    its own, so the next one begins anew.
    """
    for value, target in zip(point, day.vector("point"), strict=True):
        target.set(value, where=takes)
    day.governs.set(inside, where=takes)
    day.share.set(day.where(inside, share, 0.0), where=takes)
    day.tolerates.set(False, where=takes)
    day.formed.set(True, where=takes)
    day.filled.set(0.0, where=takes)
    day.borne.set(1.0, where=takes)
    day.lived.set(0.0, where=takes)
    day.started.set(False, where=takes)
    if day.size("tenure"):
        day.holds.set(False, where=takes & leaving_posts(day, inside))
    in_cabinet = day.spread(day.given("body.cabinet"), "seat") & day.given("seat.occupied")
    belongs = day.spread(day.spread(inside, "actor") & day.member, "seat")
    day.sits.set(belongs, where=takes & in_cabinet)
    serving = day.premier & day.member & day.spread(inside, "actor")
    heir = day.best(day.spread(share, "actor"), day.leader & day.member & day.spread(inside, "actor"))
    named = day.where(day.any(serving), serving, heir)
    day.premier.set(named, where=takes & day.any(day.given("actor.head")))


def leaving_posts(day: Day, inside: Array) -> Array:
    """By tenure: held posts of the cabinet whose holder's party is not inside, or who has left it."""
    stays = day.spread(day.spread(inside, "actor") & day.member, "tenure")
    return day.holds & day.given("tenure.cabinet") & ~stays
