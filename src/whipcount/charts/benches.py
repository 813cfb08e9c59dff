"""A body's seats or posts as dots of a half circle that can be taken, emptied and chosen one by one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Protocol

from whipcount.text import say

from . import svg, theme
from .halfcircle import seat_places
from .seating import Place

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario

    from .names import Names

MOST_DOTS = 360  # of larger bodies a dot stands for several seats
WIDTH = 260.0
RADIUS = 118.0
BASE = 136.0
HEIGHT = 148.0
LARGEST = 9.5  # radius of a dot in pixels
MARKED = 3.2  # radius from which on a dot shows the faction of who sits there
# a faction's mark within a dot of radius 1: disc, bar, triangle, upright bar, cross; by its number within its party
MARKS = (
    "M-.42 0A.42 .42 0 1 0 .42 0A.42 .42 0 1 0 -.42 0Z",
    "M-.62 -.17H.62V.17H-.62Z",
    "M0 -.56L.52 .36H-.52Z",
    "M-.17 -.62H.17V.62H-.17Z",
    "M-.56 -.34L-.34 -.56L0 -.22L.34 -.56L.56 -.34L.22 0L.56 .34L.34 .56L0 .22L-.34 .56L-.56 .34L-.22 0Z",
)


class SeatNames(Protocol):
    """What the drawing of a body has to know of names: `Names`, or those of a scenario that is still being written."""

    def brief(self, ident: str | None) -> str:
        """A person, a bloc or a party, in short."""

    def about(self, verb: str, ident: str | None) -> str:
        """A post, as what the verb `appoint` is about."""

    def faction_of(self, actor: str) -> str:
        """The first faction that has an actor; empty where none has."""


@dataclass(frozen=True)
class Bench:
    """A place with its dots (in a half circle of radius 1, upwards) and their radius."""

    place: Place
    dots: tuple[tuple[float, float], ...]
    radius: float


def per_dot(places: Sequence[Place]) -> int:
    """Seats for which a dot stands."""
    return max(1, math.ceil(sum(place.size for place in places) / MOST_DOTS))


def benches_of(places: Sequence[Place]) -> tuple[Bench, ...]:
    """The dots of each place, from left to right; neighbours stand together."""
    seats = per_dot(places)
    numbers = [max(1, round(place.size / seats)) for place in places]
    spots, radius = seat_places(sum(numbers))
    benches, taken = [], 0
    for place, number in zip(places, numbers, strict=True):
        benches.append(Bench(place, tuple(spots[taken : taken + number]), radius))
        taken += number
    return tuple(benches)


def place_key(place: Place) -> str:
    """What a place is called in an address: the post, or whose seat it is."""
    return place.post or place.holder or ""


def place_name(place: Place, names: Names) -> str:
    """Whose place it is: a member, or a post with its first holder."""
    if place.post is None:
        return names.brief(place.holder)
    post = names.about("appoint", place.post)
    return f"{post} ({names.brief(place.holder)})" if place.holder else post


@dataclass(frozen=True)
class Taken:
    """Who has a place: the holder's id, and the party by which it is coloured; none: it is empty."""

    holder: str | None
    party: str | None


def taken_before(place: Place) -> Taken:
    """Who has a place at the start."""
    return Taken(place.holder, place.party) if place.taken_before else Taken(None, place.party)


def colours_of(scenario: Scenario) -> dict[str, str]:
    """The colour of each party."""
    return theme.party_colours(
        [party.id for party in scenario.parties],
        {party.id: party.colour for party in scenario.parties},
        [party.id for party in scenario.parties if party.bloc],
    )


@dataclass(frozen=True)
class PartyChip:
    """A party in the key of the colours."""

    name: str
    colour: str


def party_chips(scenario: Scenario, names: Names) -> tuple[PartyChip, ...]:
    """The parties of whom somebody sits somewhere, in the scenario's order."""
    colours = colours_of(scenario)
    sitting = {seat.actor for body in scenario.bodies for seat in body.seats}
    present = {actor.party for actor in scenario.actors if actor.id in sitting}
    return tuple(
        PartyChip(names.party(party.id), colours[party.id]) for party in scenario.parties if party.id in present
    )


@dataclass(frozen=True)
class FactionChip:
    """A faction in the key: its name, its party's colour, its mark and the mark's colour."""

    name: str
    colour: str
    mark: str
    tone: str


def faction_marks(scenario: Scenario) -> dict[str, int]:
    """By actor, the number of the mark of the first faction that has them; factions beyond the marks have none."""
    found: dict[str, int] = {}
    for party in scenario.parties:
        own = [faction for faction in scenario.factions if faction.party == party.id]
        for number, faction in enumerate(own[: len(MARKS)]):
            for member in faction.members:
                found.setdefault(member, number)
    return found


def faction_chips(scenario: Scenario, names: Names) -> tuple[FactionChip, ...]:
    """The factions that have a mark and of which somebody sits somewhere, in the scenario's order."""
    colours, marks = colours_of(scenario), faction_marks(scenario)
    sitting = {seat.actor for body in scenario.bodies for seat in body.seats}
    chips = []
    for faction in scenario.factions:
        number = next((marks[one] for one in faction.members if one in marks and one in sitting), None)
        if number is not None:
            colour = colours[faction.party]
            chips.append(FactionChip(names.faction(faction.id), colour, MARKS[number], tone_on(colour)))
    return tuple(chips)


def tone_on(colour: str) -> str:
    """Paper or ink, whichever stands out more on a colour."""
    return max((theme.PAPER, theme.INK), key=lambda one: svg.contrast(one, colour))


def number_taken(benches: Sequence[Bench], taken: Sequence[Taken]) -> int:
    """Seats that are occupied."""
    return sum(bench.place.size for bench, one in zip(benches, taken, strict=True) if one.holder is not None)


def draw_benches(
    benches: Sequence[Bench],
    taken: Sequence[Taken],
    colours: Mapping[str, str],
    names: SeatNames,
    label: str,
    link: Callable[[Place], str] | None = None,
    chosen: str = "",
    marks: Mapping[str, int] | None = None,
) -> str:
    """The half circle; each place a group with its number in `data-place`, or a link where one is given.

    marks: by actor, the number of the mark of their faction.
    """
    parts = []
    for number, (bench, one) in enumerate(zip(benches, taken, strict=True)):
        dots = "".join(_dot(x, y, bench.radius, one, bench.place, colours, marks) for x, y in bench.dots)
        told = told_place(bench.place, one, names)
        inner = f"<title>{escape(told)}</title>{dots}"
        here = " chosen" if chosen and place_key(bench.place) == chosen else ""
        if link is None:
            parts.append(svg.element("g", inner, class_="place" + here, data_place=number))
        else:
            parts.append(
                svg.element(
                    "a", inner, href=link(bench.place), class_="place" + here, data_place=number, aria_label=told,
                    aria_current="true" if here else None,
                )
            )  # fmt: skip
    count, total = number_taken(benches, taken), sum(bench.place.size for bench in benches)
    # where the benches reach far in, the number has less room
    crowded = any(math.hypot(x, y) < 0.6 for bench in benches for x, y in bench.dots)
    middle = svg.element(
        "text", str(count), x=WIDTH / 2, y=BASE - 12, font_size=20.0 if crowded else 30.0, font_weight="bold",
        text_anchor="middle", fill=theme.INK, class_="taken-count",
    )  # fmt: skip
    of = say("of {total}", total=total)
    middle += svg.text(of, WIDTH / 2, BASE + 4, 12, "middle", theme.MUTED)
    role = 'role="group"' if link else 'role="img"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="benches" viewBox="0 0 {svg.number(WIDTH)} '
        f'{svg.number(HEIGHT)}" {role} aria-label="{escape(label)}">{"".join(parts)}'
        f'<g aria-hidden="true">{middle}</g></svg>'
    )


def told_place(place: Place, taken: Taken, names: SeatNames) -> str:
    """A place in words: who, of which party, whether taken."""
    if place.post is not None:
        post = names.about("appoint", place.post)
        if taken.holder is None:
            return say("{post}: vacant", post=post)
        return f"{post}: {names.brief(taken.holder)}{_party(taken.party, names)}{_faction(taken.holder, names)}"
    name = names.brief(place.holder)
    size = f" ({place.size})" if place.size > 1 else ""
    if taken.holder is None:
        return say("{name}{size}: empty", name=name, size=size)
    return f"{name}{size}{_party(taken.party, names)}{_faction(taken.holder, names)}"


def _faction(actor: str, names: SeatNames) -> str:
    faction = names.faction_of(actor)
    return f" ({faction})" if faction else ""


def _party(party: str | None, names: SeatNames) -> str:
    return f", {names.brief(party)}" if party else say(", no party")


def _dot(
    x: float,
    y: float,
    radius: float,
    taken: Taken,
    place: Place,
    colours: Mapping[str, str],
    marks: Mapping[str, int] | None,
) -> str:
    size = min(radius * RADIUS, LARGEST)
    colour = colour_of(taken, place, colours)
    across, down = WIDTH / 2 + x * RADIUS, BASE - y * RADIUS
    circle = svg.element(
        "circle", cx=across, cy=down, r=size - 0.8,
        fill=theme.PAPER if taken.holder is None else colour, stroke=colour, stroke_width=1.6,
        stroke_dasharray="2 1.6" if taken.holder is None else None,
    )  # fmt: skip
    if not marks or size < MARKED:
        return circle
    number = mark_of(taken, place, marks)
    moved = f"translate({svg.number(across)} {svg.number(down)}) scale({svg.number(size)})"
    return circle + svg.element(
        "path", class_="faction", transform=moved, d="" if number < 0 else MARKS[number],
        fill=colour if taken.holder is None else tone_on(colour),
    )  # fmt: skip


def mark_of(taken: Taken, place: Place, marks: Mapping[str, int]) -> int:
    """The number of a place's mark, by who has it, or of an empty seat whose it is; -1: none."""
    return marks.get(taken.holder or (place.holder if place.post is None else None) or "", -1)


def colour_of(taken: Taken, place: Place, colours: Mapping[str, str]) -> str:
    """The colour of a place: of who has it, else of who had it or could."""
    if taken.holder is not None:
        return colours[taken.party] if taken.party else theme.INK
    return colours.get(place.party or "", theme.FAINT)
