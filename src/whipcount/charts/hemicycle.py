"""Seats of each body and posts of the cabinet as half circles, before the crisis and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whipcount.scenario.schema import Body
from whipcount.table import Table
from whipcount.text import number, percent, say
from whipcount.text.fitting import runs, wrapped

from . import svg, theme
from .benches import benches_of, per_dot, place_name
from .chart import Chart, table_of
from .halfcircle import glyph
from .material import Material
from .names import Names
from .seating import Place, Shares, places_of

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 40
RADIUS = 88.0
CELL_WIDTH = 432.0
MARGIN = 14.0
SMALL = 0.72  # scale of bodies in which nothing changes


@dataclass(frozen=True)
class _Panel:
    """A body with its places from left to right."""

    body: Body
    places: tuple[Place, ...]

    @property
    def before(self) -> float:
        return sum(place.size * place.taken_before for place in self.places)

    @property
    def after(self) -> float:
        return sum(place.size * place.taken_after for place in self.places)

    @property
    def changes(self) -> bool:
        return any(place.lost > 0.0005 or abs(place.taken_after - place.taken_before) > 0.0005 for place in self.places)

    @property
    def per_dot(self) -> int:
        """Seats for which a dot stands."""
        return per_dot(self.places)

    def title(self, names: Names) -> str:
        """The body's name, and that posts are drawn where they are."""
        name = names.body(self.body.id)
        return f"{name}: {say('posts')}" if self.places[0].post else name


def draw(material: Material, run: int | None = None) -> Chart | None:
    """Every body with more than one place, before and after; of one run, or of all."""
    panels = [_Panel(body, places_of(material, body, run)) for body in material.scenario.bodies]
    panels = [panel for panel in panels if sum(place.size for place in panel.places) > 1]
    if not panels:
        return None
    names = material.names()
    title = say("Seats of each body, before and after")
    subtitle = say(
        "At the end of {runs}: the disc inside a ring is the share of runs in which the place is taken",
        runs=runs(material.logged),
    )
    if run is not None:
        subtitle = say("At the end of run {run}; a ring is an empty place", run=run)
    parts = svg.heading(title, subtitle)
    colours = _colours(material)
    top = 78.0
    changing = [panel for panel in panels if panel.changes]
    for index in range(0, len(changing), 2):
        heights = []
        for column, panel in enumerate(changing[index : index + 2]):
            drawn, height = _before_and_after(panel, MARGIN + column * CELL_WIDTH, top, colours, names, run)
            parts += drawn
            heights.append(height)
        top += max(heights)
    still = [panel for panel in panels if not panel.changes]
    if still:
        drawn, height = _still(still, top, colours, names)
        parts += drawn
        top += height
    legend, height = _legend(_parties(material, panels), colours, names, top, run)
    return Chart(
        name="hemicycle" if run is None else f"hemicycle_run_{run}",
        title=title,
        caption=_caption(),
        alt=_alt(panels, names),
        table=_numbers(panels, names),
        drawing=svg.document([*parts, *legend], 2 * CELL_WIDTH + 2 * MARGIN, top + height),
    )


def _colours(material: Material) -> dict[str, str]:
    parties = material.scenario.parties
    return theme.party_colours(
        [party.id for party in parties],
        {party.id: party.colour for party in parties},
        [party.id for party in parties if party.bloc],
    )


def _parties(material: Material, panels: Sequence[_Panel]) -> list[str]:
    """The parties that appear, in the scenario's order."""
    present = {party for panel in panels for place in panel.places for party, _ in (*place.before, *place.after)}
    return [party.id for party in material.scenario.parties if party.id in present]


def _before_and_after(
    panel: _Panel, left: float, top: float, colours: Mapping[str, str], names: Names, run: int | None
) -> tuple[list[str], float]:
    """One body's two half circles with what changed most below them, and the height they take."""
    parts = _title(panel.title(names), left, top, 50)
    base = top + RADIUS + 34
    later = say("after, on average")
    if run is not None:
        later = say("after")
    halves = (
        (left + RADIUS + 8, [place.before for place in panel.places], panel.before, say("before")),
        (left + 3 * RADIUS + 46, [place.after for place in panel.places], panel.after, later),
    )
    for centre, shares, count, when in halves:
        parts += _half_circle(panel, shares, (centre, base, RADIUS), colours, names)
        digits = 0 if count > 99 else 1
        parts.append(svg.text(number(count, digits), centre, base - 2, 16, "middle", bold=True))
        parts.append(svg.text(when, centre, base + 24, 10.5, "middle", theme.MUTED))
    lines = wrapped(_what_changed(panel, names, run), 66)[:4]
    for row, line in enumerate(lines):
        parts.append(svg.text(line, left, base + 45 + 15 * row, theme.SMALL, colour=theme.MUTED))
    return parts, RADIUS + 34 + 45 + 15 * len(lines) + 20


def _title(name: str, left: float, top: float, letters: int) -> list[str]:
    lines = wrapped(name, letters)[:2]
    return [svg.text(line, left, top + 4 + 15 * row, theme.TEXT, bold=True) for row, line in enumerate(lines)]


def _still(panels: Sequence[_Panel], top: float, colours: Mapping[str, str], names: Names) -> tuple[list[str], float]:
    """Bodies in which nothing changes hands, small, four in a row."""
    words = say("No seat changes hands in:")
    parts = [svg.text(words, MARGIN, top + 4, theme.TEXT, colour=theme.MUTED)]
    width, radius = 2 * CELL_WIDTH / 4, RADIUS * SMALL
    for index, panel in enumerate(panels):
        row, column = divmod(index, 4)
        left, line = MARGIN + column * width, top + 28 + row * (radius + 74)
        centre, base = left + radius + 8, line + radius + 32
        parts += _title(panel.title(names), left, line, 29)
        parts += _half_circle(panel, [place.before for place in panel.places], (centre, base, radius), colours, names)
        parts.append(svg.text(number(panel.before, 0), centre, base, 13, "middle", bold=True))
    return parts, 28 + (-(-len(panels) // 4)) * (radius + 74) + 4


def _half_circle(
    panel: _Panel,
    shares: Sequence[Shares],
    where: tuple[float, float, float],
    colours: Mapping[str, str],
    names: Names,
) -> list[str]:
    """The dots of a body; `where`: middle, base line and radius in pixels. Neighbours stand together."""
    centre, base, outer = where
    drawn = []
    for bench, taken in zip(benches_of(panel.places), shares, strict=True):
        place = bench.place
        ring = colours[place.party] if place.party else theme.FAINT
        sectors = [(colours[party], share) for party, share in taken]
        label = f"{place_name(place, names)}: {percent(sum(share for _, share in taken))}"
        drawn += [
            glyph(centre + x * outer, base - y * outer, bench.radius * outer, ring, sectors, label)
            for x, y in bench.dots
        ]
    return drawn


def _what_changed(panel: _Panel, names: Names, run: int | None) -> str:
    """Whose places are lost most often, and which vacant ones are filled."""
    left = sorted((place for place in panel.places if place.lost > 0.005), key=lambda place: -place.lost)
    came = [place for place in panel.places if not place.before and place.taken_after > 0.005]
    came.sort(key=lambda place: -place.taken_after)
    parts = []
    for heading, chosen in (
        (say("Vacated: "), [(names.brief(place.holder), place.lost) for place in left]),
        (say("Filled: "), [(place_name(place, names), place.taken_after) for place in came]),
    ):
        if chosen:
            told = [name if run is not None else f"{name} {percent(share)}" for name, share in chosen[:6]]
            more = len(chosen) - len(told)
            rest = say(" and {more} more", more=more) if more else ""
            parts.append(f"{heading}{', '.join(told)}{rest}.")
    if not panel.body.convened:
        parts.append(say("Meets only if it is convened."))
    if panel.per_dot > 1:
        parts.append(say("Seats to a dot: {per_dot}.", per_dot=panel.per_dot))
    return " ".join(parts)


def _legend(
    parties: Sequence[str], colours: Mapping[str, str], names: Names, top: float, run: int | None
) -> tuple[list[str], float]:
    """Parties, then what fullness means."""
    width = 2 * CELL_WIDTH + MARGIN
    entries = [(colours[party], 1.0, names.party(party)) for party in parties]
    steps = [(1.0, say("taken")), (0.0, say("empty"))]
    if run is None:
        steps = [
            (1.0, say("taken in every run")),
            (0.5, say("in half of them")),
            (0.0, say("in none")),
        ]
    parts, x, y = [], MARGIN + 6, top + 6
    for turn, (colour, share, label) in enumerate([*entries, *((theme.MUTED, *step) for step in steps)]):
        needed = 22 + svg.width_of(label, theme.SMALL)
        if x + needed > width or turn == len(entries):
            x, y = MARGIN + 6, y + 21
        parts.append(glyph(x, y, 6.5, colour, [(colour, share)] if share else []))
        parts.append(svg.text(label, x + 12, y + 4))
        x += needed + 12
    return parts, y - top + 24


def _caption() -> str:
    return say(
        "Members sit from left to right by their ideal point on the first dimension of the policy space, "
        "party by party; blocs take as many seats as they have members. Of a cabinet the posts are drawn: a "
        "disc of several colours is held by several parties in different runs."
    )


def _alt(panels: Sequence[_Panel], names: Names) -> str:
    parts = []
    for panel in panels:
        before, after = number(panel.before, 0), number(panel.after, 1)
        parts.append(
            say("{panel}: {before} taken before, {after} after", panel=panel.title(names), before=before, after=after)
        )
    return "; ".join(parts) + "."


def _numbers(panels: Sequence[_Panel], names: Names) -> Table:
    """Every place that changes, and every bloc."""
    rows = []
    for panel in panels:
        for place in panel.places:
            if place.size > 1 or place.lost > 0.0005 or abs(place.taken_after - place.taken_before) > 0.0005:
                rows.append(
                    (
                        names.body(panel.body.id),
                        place_name(place, names),
                        names.party(place.party),
                        number(place.size * place.taken_before, 0),
                        percent(place.taken_after),
                        percent(place.lost) if place.before else "",
                    )
                )
    columns = (
        say("Body"),
        say("Place"),
        say("Party"),
        say("Taken before"),
        say("Taken at the end"),
        say("First holder gone"),
    )
    return table_of(columns, tuple(rows))
