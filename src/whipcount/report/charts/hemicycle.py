"""Seats of each body and posts of the cabinet as half circles, before the crisis and after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whipcount.report import svg, theme
from whipcount.report.benches import benches_of, per_dot, place_name
from whipcount.report.chart import Chart, Numbers
from whipcount.report.halfcircle import glyph
from whipcount.report.material import Material
from whipcount.report.names import Names
from whipcount.report.seating import Place, Shares, places_of
from whipcount.report.words import runs, say, wrapped
from whipcount.scenario.schema import Body

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
        return f"{name}: {say(names.language, 'posts', 'посты')}" if self.places[0].post else name


def draw(material: Material, language: str = "en", run: int | None = None) -> Chart | None:
    """Every body with more than one place, before and after; of one run, or of all."""
    panels = [_Panel(body, places_of(material, body, run)) for body in material.scenario.bodies]
    panels = [panel for panel in panels if sum(place.size for place in panel.places) > 1]
    if not panels:
        return None
    names = material.names(language)
    title = say(language, "Seats of each body, before and after", "Места в каждом органе до и после")
    subtitle = say(
        language,
        f"At the end of {runs(material.logged, language)}: the disc inside a ring is the share of runs in which "
        "the place is taken",
        f"В конце ({runs(material.logged, language)}): круг внутри кольца — доля прогонов, где место занято",
    )
    if run is not None:
        subtitle = say(
            language,
            f"At the end of run {run}; a ring is an empty place",
            f"В конце прогона {run}; кольцо — пустое место",
        )
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
        caption=_caption(language),
        alt=_alt(panels, names),
        numbers=_numbers(panels, names),
        language=language,
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
    language = names.language
    parts = _title(panel.title(names), left, top, 50)
    base = top + RADIUS + 34
    later = say(language, "after, on average", "после, в среднем")
    if run is not None:
        later = say(language, "after", "после")
    halves = (
        (left + RADIUS + 8, [place.before for place in panel.places], panel.before, say(language, "before", "до")),
        (left + 3 * RADIUS + 46, [place.after for place in panel.places], panel.after, later),
    )
    for centre, shares, count, when in halves:
        parts += _half_circle(panel, shares, (centre, base, RADIUS), colours, names)
        digits = 0 if count > 99 else 1
        parts.append(svg.text(theme.number(count, language, digits), centre, base - 2, 16, "middle", bold=True))
        parts.append(svg.text(when, centre, base + 24, 10.5, "middle", theme.MUTED))
    lines = wrapped(_what_changed(panel, names, run), 66)[:4]
    for number, line in enumerate(lines):
        parts.append(svg.text(line, left, base + 45 + 15 * number, theme.SMALL, colour=theme.MUTED))
    return parts, RADIUS + 34 + 45 + 15 * len(lines) + 20


def _title(name: str, left: float, top: float, letters: int) -> list[str]:
    lines = wrapped(name, letters)[:2]
    return [svg.text(line, left, top + 4 + 15 * row, theme.TEXT, bold=True) for row, line in enumerate(lines)]


def _still(panels: Sequence[_Panel], top: float, colours: Mapping[str, str], names: Names) -> tuple[list[str], float]:
    """Bodies in which nothing changes hands, small, four in a row."""
    language = names.language
    words = say(language, "No seat changes hands in:", "Места не меняются:")
    parts = [svg.text(words, MARGIN, top + 4, theme.TEXT, colour=theme.MUTED)]
    width, radius = 2 * CELL_WIDTH / 4, RADIUS * SMALL
    for index, panel in enumerate(panels):
        row, column = divmod(index, 4)
        left, line = MARGIN + column * width, top + 28 + row * (radius + 74)
        centre, base = left + radius + 8, line + radius + 32
        parts += _title(panel.title(names), left, line, 29)
        parts += _half_circle(panel, [place.before for place in panel.places], (centre, base, radius), colours, names)
        parts.append(svg.text(theme.number(panel.before, language, 0), centre, base, 13, "middle", bold=True))
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
        label = f"{place_name(place, names)}: {theme.percent(sum(share for _, share in taken), names.language)}"
        drawn += [
            glyph(centre + x * outer, base - y * outer, bench.radius * outer, ring, sectors, label)
            for x, y in bench.dots
        ]
    return drawn


def _what_changed(panel: _Panel, names: Names, run: int | None) -> str:
    """Whose places are lost most often, and which vacant ones are filled."""
    language = names.language
    left = sorted((place for place in panel.places if place.lost > 0.005), key=lambda place: -place.lost)
    came = [place for place in panel.places if not place.before and place.taken_after > 0.005]
    came.sort(key=lambda place: -place.taken_after)
    parts = []
    for heading, chosen in (
        (say(language, "Vacated: ", "Освобождены: "), [(names.brief(place.holder), place.lost) for place in left]),
        (say(language, "Filled: ", "Заняты: "), [(place_name(place, names), place.taken_after) for place in came]),
    ):
        if chosen:
            told = [
                name if run is not None else f"{name} {theme.percent(share, language)}" for name, share in chosen[:6]
            ]
            more = len(chosen) - len(told)
            rest = say(language, f" and {more} more", f" и ещё {more}") if more else ""
            parts.append(f"{heading}{', '.join(told)}{rest}.")
    if not panel.body.convened:
        parts.append(say(language, "Meets only if it is convened.", "Собирается, только если созван."))
    if panel.per_dot > 1:
        parts.append(say(language, f"Seats to a dot: {panel.per_dot}.", f"Мест в точке: {panel.per_dot}."))
    return " ".join(parts)


def _legend(
    parties: Sequence[str], colours: Mapping[str, str], names: Names, top: float, run: int | None
) -> tuple[list[str], float]:
    """Parties, then what fullness means."""
    language = names.language
    width = 2 * CELL_WIDTH + MARGIN
    entries = [(colours[party], 1.0, names.party(party)) for party in parties]
    steps = [(1.0, say(language, "taken", "занято")), (0.0, say(language, "empty", "пусто"))]
    if run is None:
        steps = [
            (1.0, say(language, "taken in every run", "занято во всех прогонах")),
            (0.5, say(language, "in half of them", "в половине")),
            (0.0, say(language, "in none", "ни в одном")),
        ]
    parts, x, y = [], MARGIN + 6, top + 6
    for number, (colour, share, label) in enumerate([*entries, *((theme.MUTED, *step) for step in steps)]):
        needed = 22 + svg.width_of(label, theme.SMALL)
        if x + needed > width or number == len(entries):
            x, y = MARGIN + 6, y + 21
        parts.append(glyph(x, y, 6.5, colour, [(colour, share)] if share else []))
        parts.append(svg.text(label, x + 12, y + 4))
        x += needed + 12
    return parts, y - top + 24


def _caption(language: str) -> str:
    return say(
        language,
        "Members sit from left to right by their ideal point on the first dimension of the policy space, party by "
        "party; blocs take as many seats as they have members. Of a cabinet the posts are drawn: a disc of several "
        "colours is held by several parties in different runs.",
        "Члены сидят слева направо по идеальной точке на первой оси пространства позиций, партия за партией; блоки "
        "занимают столько мест, сколько в них членов. У кабинета показаны посты: разноцветный круг — в разных прогонах "
        "пост у разных партий.",
    )


def _alt(panels: Sequence[_Panel], names: Names) -> str:
    language = names.language
    parts = []
    for panel in panels:
        before, after = theme.number(panel.before, language, 0), theme.number(panel.after, language)
        parts.append(
            say(
                language,
                f"{panel.title(names)}: {before} taken before, {after} after",
                f"{panel.title(names)}: занято до — {before}, после — {after}",
            )
        )
    return "; ".join(parts) + "."


def _numbers(panels: Sequence[_Panel], names: Names) -> Numbers:
    """Every place that changes, and every bloc."""
    language = names.language
    rows = []
    for panel in panels:
        for place in panel.places:
            if place.size > 1 or place.lost > 0.0005 or abs(place.taken_after - place.taken_before) > 0.0005:
                rows.append(
                    (
                        names.body(panel.body.id),
                        place_name(place, names),
                        names.party(place.party),
                        theme.number(place.size * place.taken_before, language, 0),
                        theme.percent(place.taken_after, language),
                        theme.percent(place.lost, language) if place.before else "",
                    )
                )
    columns = (
        say(language, "Body", "Орган"),
        say(language, "Place", "Место"),
        say(language, "Party", "Партия"),
        say(language, "Taken before", "Занято до"),
        say(language, "Taken at the end", "Занято в конце"),
        say(language, "First holder gone", "Первого держателя нет"),
    )
    return Numbers(columns, tuple(rows))
