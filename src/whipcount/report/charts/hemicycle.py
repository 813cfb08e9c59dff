"""Seats of each body as a half circle, before the crisis and after it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from whipcount.report import svg, theme
from whipcount.report.chart import Chart, Numbers
from whipcount.report.material import Material
from whipcount.report.names import Names
from whipcount.report.seating import SeatShare, seats_of
from whipcount.report.words import runs, say, wrapped
from whipcount.scenario.schema import Body

ORDER = 40
RADIUS = 88.0
CELL_WIDTH = 432.0
MARGIN = 14.0
SMALL = 0.72  # scale of bodies in which nothing changes
FILL = 0.42  # radius of a dot, as a share of the distance to its neighbour
LARGEST = 0.085  # radius of a dot in a half circle of radius 1
MOST_DOTS = 360  # of larger bodies a dot stands for several seats


@dataclass(frozen=True)
class _Dot:
    """A seat in the drawing: whose it is, its place in a half circle of radius 1, and how far it is taken."""

    x: float
    y: float
    party: str
    share: float
    label: str


def seat_places(seats: int) -> tuple[list[tuple[float, float]], float]:
    """Places of `seats` dots in a half circle of radius 1, from left to right, and the dots' radius.

    Of all numbers of rows and widths of the ring, those are taken that leave the dots farthest apart; each row has its
    share of seats by length.
    """
    if seats <= 0:
        return [], 0.0
    best: tuple[float, list[tuple[float, float]]] = (-1.0, [])
    for rows in range(1, 24):
        for inner in (0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4):
            placed = _rows(seats, rows, inner)
            # dots have a largest size, and among equals the fewest rows win
            if placed is not None and min(placed[0], LARGEST / FILL) > best[0] + 1e-9:
                best = (min(placed[0], LARGEST / FILL), placed[1])
    closest, places = best
    places.sort(key=lambda place: (-round(place[0], 6), place[1]))
    return [(radius * math.cos(angle), radius * math.sin(angle)) for angle, radius in places], FILL * closest


def _rows(seats: int, rows: int, inner: float) -> tuple[float, list[tuple[float, float]]] | None:
    """Angles and radii of seats in so many rows, and how close the closest two are; none where a row stays empty."""
    radii = [0.92] if rows == 1 else [inner + (1 - inner) * row / (rows - 1) for row in range(rows)]
    filled = _by_length(radii, seats)
    if min(filled) < 1 or (rows > 1 and min(filled) < 2):
        return None
    closest = 0.4 if rows == 1 else radii[1] - radii[0]
    places = []
    for radius, number in zip(radii, filled, strict=True):
        places += [(math.pi * (0.5 if number == 1 else 1 - seat / (number - 1)), radius) for seat in range(number)]
        if number > 1:
            closest = min(closest, 2 * radius * math.sin(math.pi / (number - 1) / 2))
    return closest, places


def _by_length(lengths: Sequence[float], total: int) -> list[int]:
    """`total` shared out in proportion to `lengths`, by largest remainders."""
    exact = [total * length / sum(lengths) for length in lengths]
    whole = [int(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda index: whole[index] - exact[index])
    for index in order[: total - sum(whole)]:
        whole[index] += 1
    return whole


def draw(material: Material, language: str = "en", run: int | None = None) -> Chart | None:
    """Every body with more than one seat, before and after; of one run, or of all."""
    bodies = [body for body in material.scenario.bodies if sum(_size(material, body)) > 1]
    if not bodies:
        return None
    names = material.names(language)
    seats = {body.id: seats_of(material, body, run) for body in bodies}
    title = say(language, "Seats of each body, before and after", "Места в каждом органе до и после")
    many = say(
        language,
        f"At the end of {runs(material.logged, language)}: the disc inside a ring is the share of runs in which "
        "the seat is taken",
        f"В конце ({runs(material.logged, language)}): круг внутри кольца — доля прогонов, где место занято",
    )
    one = say(
        language, f"At the end of run {run}; a ring is an empty seat", f"В конце прогона {run}; кольцо — пустое место"
    )
    parts = svg.heading(title, many if run is None else one)
    parties = _parties(material, seats)
    colours = _colours(material)
    changing = [body for body in bodies if any(_changes_hands(seat) for seat in seats[body.id])]
    still = [body for body in bodies if body not in changing]
    top = 78.0
    for index in range(0, len(changing), 2):
        heights = []
        for column, body in enumerate(changing[index : index + 2]):
            drawn, height = _body(body, seats[body.id], MARGIN + column * CELL_WIDTH, top, colours, names, run)
            parts += drawn
            heights.append(height)
        top += max(heights)
    if still:
        drawn, height = _still(still, seats, top, colours, names)
        parts += drawn
        top += height
    legend, height = _legend(parties, colours, names, top, language, run)
    drawing = svg.document([*parts, *legend], 2 * CELL_WIDTH + 2 * MARGIN, top + height)
    return Chart(
        name="hemicycle" if run is None else f"hemicycle_run_{run}",
        title=title,
        caption=_caption(language),
        alt=_alt(bodies, seats, names, language),
        numbers=_numbers(bodies, seats, names, language),
        language=language,
        drawing=drawing,
    )


def _colours(material: Material) -> dict[str, str]:
    parties = material.scenario.parties
    return theme.party_colours(
        [party.id for party in parties],
        {party.id: party.colour for party in parties},
        [party.id for party in parties if party.bloc],
    )


def _changes_hands(seat: SeatShare) -> bool:
    return abs(seat.after - seat.before) > 0.0005


def _size(material: Material, body: Body) -> list[int]:
    sizes = {actor.id: actor.size for actor in material.scenario.actors}
    return [max(1, round(seat.weight)) if sizes[seat.actor] > 1 else 1 for seat in body.seats]


def _parties(material: Material, seats: Mapping[str, Sequence[SeatShare]]) -> list[str]:
    present = {seat.party for body in seats.values() for seat in body}
    return [party.id for party in material.scenario.parties if party.id in present]


def _body(
    body: Body,
    seats: Sequence[SeatShare],
    left: float,
    top: float,
    colours: Mapping[str, str],
    names: Names,
    run: int | None,
) -> tuple[list[str], float]:
    """One body's two half circles with what changed most below them, and the height they take."""
    language = names.language
    parts = _title(names.body(body.id), left, top, 50)
    base = top + RADIUS + 34
    before = sum(seat.size for seat in seats if seat.before)
    after = sum(seat.size * seat.after for seat in seats)
    per_dot = _seats_per_dot(seats)
    later = say(language, "after, on average", "после, в среднем")
    if run is not None:
        later = say(language, "after", "после")
    halves = (
        (left + RADIUS + 8, [float(seat.before) for seat in seats], before, say(language, "before", "до")),
        (left + 3 * RADIUS + 46, [seat.after for seat in seats], after, later),
    )
    for centre, shares, count, when in halves:
        dots, radius = _dots(seats, shares, per_dot, names)
        parts += _half_circle(dots, radius, centre, base, RADIUS, colours)
        digits = 0 if count > 99 else 1
        parts.append(svg.text(theme.number(count, language, digits), centre, base - 2, 16, "middle", bold=True))
        parts.append(svg.text(when, centre, base + 24, 10.5, "middle", theme.MUTED))
    lines = wrapped(_changes(body, seats, names, per_dot, run), 66)[:4]
    for number, line in enumerate(lines):
        parts.append(svg.text(line, left, base + 45 + 15 * number, theme.SMALL, colour=theme.MUTED))
    return parts, RADIUS + 34 + 45 + 15 * len(lines) + 20


def _title(name: str, left: float, top: float, letters: int) -> list[str]:
    lines = wrapped(name, letters)[:2]
    return [svg.text(line, left, top + 4 + 15 * row, theme.TEXT, bold=True) for row, line in enumerate(lines)]


def _still(
    bodies: Sequence[Body],
    seats: Mapping[str, Sequence[SeatShare]],
    top: float,
    colours: Mapping[str, str],
    names: Names,
) -> tuple[list[str], float]:
    """Bodies in which no seat changes hands, small, four in a row."""
    language = names.language
    words = say(language, "No seat changes hands in:", "Места не меняются:")
    parts = [svg.text(words, MARGIN, top + 4, theme.TEXT, colour=theme.MUTED)]
    width, radius = 2 * CELL_WIDTH / 4, RADIUS * SMALL
    for place, body in enumerate(bodies):
        row, column = divmod(place, 4)
        left, line = MARGIN + column * width, top + 28 + row * (radius + 74)
        parts += _title(names.body(body.id), left, line, 29)
        own = seats[body.id]
        dots, size = _dots(own, [float(seat.before) for seat in own], _seats_per_dot(own), names)
        centre, base = left + radius + 8, line + radius + 32
        parts += _half_circle(dots, size, centre, base, radius, colours)
        taken = sum(seat.size for seat in own if seat.before)
        parts.append(svg.text(theme.number(taken, language, 0), centre, base, 13, "middle", bold=True))
    return parts, 28 + (-(-len(bodies) // 4)) * (radius + 74) + 4


def _seats_per_dot(seats: Sequence[SeatShare]) -> int:
    return max(1, math.ceil(sum(seat.size for seat in seats) / MOST_DOTS))


def _dots(seats: Sequence[SeatShare], shares: Sequence[float], per_dot: int, names: Names) -> tuple[list[_Dot], float]:
    """The dots of a half circle; neighbours in the seating stand together."""
    flat = []
    for seat, share in zip(seats, shares, strict=True):
        label = f"{names.brief(seat.actor)}: {theme.percent(share, names.language)}"
        flat += [(seat.party, share, label)] * max(1, round(seat.size / per_dot))
    places, radius = seat_places(len(flat))
    return [_Dot(x, y, *seat) for (x, y), seat in zip(places, flat, strict=True)], radius


def _half_circle(
    dots: Sequence[_Dot], radius: float, centre: float, base: float, outer: float, colours: Mapping[str, str]
) -> list[str]:
    size = radius * outer
    parts = []
    for dot in dots:
        x, y = centre + dot.x * outer, base - dot.y * outer
        parts.append(_seat(x, y, size, colours[dot.party], dot.share, dot.label))
    return parts


def _seat(x: float, y: float, size: float, colour: str, share: float, label: str = "") -> str:
    """A ring in the party's colour; the disc in it has the share's part of the area."""
    title = f"<title>{escape(label)}</title>" if label else ""
    if share >= 0.9995:
        return svg.element("circle", title, cx=x, cy=y, r=size, fill=colour, class_="seat taken")
    stroke = max(1.0, min(1.6, size / 6))
    ring = svg.element(
        "circle", title, cx=x, cy=y, r=size - stroke / 2, fill=theme.PAPER, stroke=colour, stroke_width=stroke,
        class_="seat vacated" if share < 0.0005 else "seat partly",
    )  # fmt: skip
    if share < 0.0005:
        return ring
    inner = (size - stroke - 0.5) * math.sqrt(share)
    return ring + svg.element("circle", cx=x, cy=y, r=max(inner, 0.4), fill=colour, class_="share")


def _changes(body: Body, seats: Sequence[SeatShare], names: Names, per_dot: int, run: int | None) -> str:
    """Whose seats are left most often, and who comes in."""
    language = names.language
    left = sorted((seat for seat in seats if seat.before and seat.after < 0.995), key=lambda seat: seat.after)
    came = sorted((seat for seat in seats if not seat.before and seat.after > 0.005), key=lambda seat: -seat.after)
    parts = []
    for heading, chosen, complement in (
        (say(language, "Vacated: ", "Освобождены: "), left, True),
        (say(language, "Filled: ", "Заняты: "), came, False),
    ):
        if not chosen:
            continue
        shown = []
        for seat in chosen[:6]:
            share = 1 - seat.after if complement else seat.after
            name = names.brief(seat.actor)
            shown.append(name if run is not None else f"{name} {theme.percent(share, language)}")
        more = len(chosen) - len(shown)
        rest = say(language, f" and {more} more", f" и ещё {more}") if more else ""
        parts.append(f"{heading}{', '.join(shown)}{rest}.")
    if not body.convened:
        parts.append(say(language, "Meets only if it is convened.", "Собирается, только если созван."))
    if per_dot > 1:
        parts.append(say(language, f"A dot stands for {per_dot} seats.", f"Точка — {per_dot} мест(а)."))
    return " ".join(parts) or say(language, "No seat changes hands.", "Места не меняются.")


def _legend(
    parties: Sequence[str], colours: Mapping[str, str], names: Names, top: float, language: str, run: int | None
) -> tuple[list[str], float]:
    """Parties, then what fullness means."""
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
    for number, (colour, share, label) in enumerate(
        [*entries, *((theme.MUTED, share, label) for share, label in steps)]
    ):
        needed = 22 + svg.width_of(label, theme.SMALL)
        if x + needed > width or number == len(entries):
            x, y = MARGIN + 6, y + 21
        parts.append(_seat(x, y, 6.5, colour, share))
        parts.append(svg.text(label, x + 12, y + 4))
        x += needed + 12
    return parts, y - top + 24


def _caption(language: str) -> str:
    return say(
        language,
        "Members sit from left to right by their ideal point on the first dimension of the policy space, party by "
        "party. Blocs take as many seats as they have members.",
        "Члены сидят слева направо по идеальной точке на первой оси пространства позиций, партия за партией. Блоки "
        "занимают столько мест, сколько в них членов.",
    )


def _alt(bodies: Sequence[Body], seats: Mapping[str, Sequence[SeatShare]], names: Names, language: str) -> str:
    parts = []
    for body in bodies:
        before = sum(seat.size for seat in seats[body.id] if seat.before)
        after = sum(seat.size * seat.after for seat in seats[body.id])
        shown = theme.number(after, language)
        parts.append(
            say(
                language,
                f"{names.body(body.id)}: {before} seats taken before, {shown} after",
                f"{names.body(body.id)}: мест занято до — {before}, после — {shown}",
            )
        )
    return "; ".join(parts) + "."


def _numbers(bodies: Sequence[Body], seats: Mapping[str, Sequence[SeatShare]], names: Names, language: str) -> Numbers:
    """Party by party in each body, and every seat that changes."""
    rows = []
    for body in bodies:
        for seat in seats[body.id]:
            if seat.before and seat.after >= 0.9995 and seat.size == 1:
                continue
            rows.append(
                (
                    names.body(body.id),
                    names.who(seat.actor),
                    names.party(seat.party),
                    str(seat.size) if seat.before else "0",
                    theme.percent(seat.after, language),
                )
            )
    columns = (
        say(language, "Body", "Орган"),
        say(language, "Seat", "Место"),
        say(language, "Party", "Партия"),
        say(language, "Seats before", "Мест до"),
        say(language, "Taken at the end", "Занято в конце"),
    )
    return Numbers(columns, tuple(rows))
