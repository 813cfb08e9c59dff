"""The map of positions: ideal points, settlements, and the points at which factions see one another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from whipcount.report import labels as labelling
from whipcount.report import svg, theme
from whipcount.report.chart import Chart, Numbers
from whipcount.report.material import Material
from whipcount.report.names import Names
from whipcount.report.words import say, shortened
from whipcount.scenario.schema import Dimension, Faction, Scenario

ORDER = 50
PLOT_WIDTH = 780.0
PLOT_HEIGHT = 520.0
LEFT = 62.0
TOP = 84.0
PAD = 26.0  # between the ends of the space and the frame
SAME = 5.0  # points closer than this (pixels) share a label


@dataclass(frozen=True)
class MapPoint:
    """A point of the map: kind (person, bloc, settlement, faction or perceived), name, colour, place in the space."""

    kind: str
    name: str
    colour: str
    x: float
    y: float
    size: int = 1


@dataclass(frozen=True)
class Perception:
    """Where a faction stands, and where the other side of its party sees it (places in the space)."""

    name: str
    true: tuple[float, float]
    seen: tuple[float, float]
    gap_true: float
    gap_seen: float


def points_of(scenario: Scenario, language: str, axes: Sequence[Dimension]) -> list[MapPoint]:
    """Everyone and every settlement, at central values."""
    colours = theme.party_colours(
        [party.id for party in scenario.parties],
        {party.id: party.colour for party in scenario.parties},
        [party.id for party in scenario.parties if party.bloc],
    )
    points = []
    for settlement in scenario.settlements:
        x, y = (settlement.point[axis.id].centre if axis.id in settlement.point else 0.5 for axis in axes)
        points.append(MapPoint("settlement", settlement.name.in_language(language), theme.INK, x, y))
    for actor in scenario.actors:
        x, y = (actor.ideal[axis.id].centre if axis.id in actor.ideal else 0.5 for axis in axes)
        kind = "bloc" if actor.size > 1 else "person"
        points.append(MapPoint(kind, actor.name.in_language(language), colours[actor.party], x, y, actor.size))
    return points


def perceptions(material: Material, names: Names, axes: Sequence[Dimension]) -> list[Perception]:
    """The factions whose distance from the rest of their party is kept, as they are and as they are seen.

    Runs keep distances, not points; so the point at which a faction is seen lies on the line from the others through
    its true point, as far out as the distance says.
    """
    found = []
    for faction in material.scenario.factions:
        true, seen = (
            _first_median(material, f"gap_true:{faction.id}"),
            _first_median(material, f"gap_perceived:{faction.id}"),
        )
        others = [
            other for other in material.scenario.factions if other.party == faction.party and other.id != faction.id
        ]
        if true is None or seen is None or not others or true < 1e-6:
            continue
        own = _centre(material.scenario, [faction], axes)
        rest = _centre(material.scenario, others, axes)
        place = tuple(
            min(max(there + (here - there) * seen / true, 0.0), 1.0) for here, there in zip(own, rest, strict=True)
        )
        found.append(Perception(names.faction(faction.id), own, (place[0], place[1]), true, seen))
    return found


def _first_median(material: Material, measure: str) -> float | None:
    series = material.measure(measure).filter(pl.col("q50").is_not_nan())
    return None if series.is_empty() else float(series["q50"][0])


def _centre(scenario: Scenario, factions: Sequence[Faction], axes: Sequence[Dimension]) -> tuple[float, float]:
    """Mean ideal point of the members of some factions."""
    members = {ident for faction in factions for ident in faction.members}
    people = [actor for actor in scenario.actors if actor.id in members]
    x, y = (
        sum(actor.ideal[axis.id].centre if axis.id in actor.ideal else 0.5 for actor in people) / max(len(people), 1)
        for axis in axes
    )
    return x, y


def draw(material: Material, language: str = "en") -> Chart | None:
    """The map on the first two dimensions; none where the space has only one."""
    axes = material.scenario.dimensions[:2]
    if len(axes) < 2:
        return None
    names = material.names(language)
    points = points_of(material.scenario, language, axes)
    seen = perceptions(material, names, axes)
    title = say(language, "Map of positions", "Карта позиций")
    subtitle = say(
        language,
        "Ideal points of persons and blocs, settlements, and where factions are seen by the others of their party",
        "Идеальные точки людей и блоков, соглашения и то, где фракции видят остальные в их партии",
    )
    parts = svg.heading(title, subtitle)
    parts += _frame(axes, language)
    parts += _drawn(points, seen)
    parts += _legend(material, points, seen, names, language)
    height = TOP + PLOT_HEIGHT + 102
    return Chart(
        name="positions",
        title=title,
        caption=_caption(material, language),
        alt=_alt(points, seen, axes, language),
        numbers=_numbers(points, seen, axes, language),
        language=language,
        drawing=svg.document(parts, LEFT + PLOT_WIDTH + 18, height),
    )


def _pixel(x: float, y: float) -> tuple[float, float]:
    return (
        LEFT + PAD + x * (PLOT_WIDTH - 2 * PAD),
        TOP + PLOT_HEIGHT - PAD - y * (PLOT_HEIGHT - 2 * PAD),
    )


def _frame(axes: Sequence[Dimension], language: str) -> list[str]:
    """The field, its middle lines, and the ends of both dimensions named where they lie."""
    across, up = axes
    right, bottom = LEFT + PLOT_WIDTH, TOP + PLOT_HEIGHT
    parts = [
        svg.element("rect", x=LEFT, y=TOP, width=PLOT_WIDTH, height=PLOT_HEIGHT, fill="#fbfaf8", stroke=theme.RULE)
    ]
    middle_x, middle_y = _pixel(0.5, 0.5)
    for x1, y1, x2, y2 in ((middle_x, TOP, middle_x, bottom), (LEFT, middle_y, right, middle_y)):
        parts.append(svg.element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=theme.RULE, stroke_dasharray="2 3"))
    low, high = across.low.in_language(language), across.high.in_language(language)
    parts += [
        svg.text(f"← {shortened(low, 44)}", LEFT, bottom + 19, colour=theme.MUTED),
        svg.text(f"{shortened(high, 44)} →", right, bottom + 19, anchor="end", colour=theme.MUTED),
        svg.text(across.name.in_language(language), LEFT + PLOT_WIDTH / 2, bottom + 36, anchor="middle", bold=True),
    ]
    texts = (
        (f"← {shortened(up.low.in_language(language), 30)}", bottom, "start", LEFT - 12, False),
        (f"{shortened(up.high.in_language(language), 30)} →", TOP, "end", LEFT - 12, False),
        (up.name.in_language(language), TOP + PLOT_HEIGHT / 2, "middle", LEFT - 30, True),
    )
    for words, y, anchor, x, bold in texts:
        turned = svg.text(words, 0, 0, anchor=anchor, colour=theme.INK if bold else theme.MUTED, bold=bold)
        parts.append(svg.element("g", turned, transform=f"translate({svg.number(x)} {svg.number(y)}) rotate(-90)"))
    return parts


def _radius(point: MapPoint) -> float:
    if point.kind == "bloc":
        return min(5.0 + 1.7 * math.sqrt(point.size), 24.0)
    return 5.5 if point.kind == "settlement" else 4.6


def _drawn(points: Sequence[MapPoint], seen: Sequence[Perception]) -> list[str]:
    """Marks first (blocs below persons), then arrows, then labels with their leaders."""
    order = {"bloc": 0, "person": 1, "settlement": 2}
    parts = []
    for point in sorted(points, key=lambda point: (order[point.kind], -point.size)):
        parts.append(_mark(point))
    for one in seen:
        parts += _arrow(one)
    groups = _together(points)
    arrows = [_perceived_label(one) for one in seen]
    boxes: list[labelling.Point] = []
    texts: list[tuple[str, MapPoint | None, bool]] = []
    for group in groups:
        x, y = _pixel(group[0].x, group[0].y)
        bold = group[0].kind == "settlement"
        words = _label(group)
        lines = words.split("\n")
        wide = max(svg.width_of(line, _type_size(group[0]), bold) for line in lines)
        boxes.append(
            labelling.Point(x - LEFT, y - TOP, max(_label_radius(point) for point in group), wide, 13.0 * len(lines))
        )
        texts.append((words, group[0], bold))
    for arrow_point, words in arrows:
        boxes.append(arrow_point)
        texts.append((words, None, False))
    obstacles = [clear for one in seen for clear in _along(one)]
    placed = labelling.place(boxes, PLOT_WIDTH, PLOT_HEIGHT, obstacles)
    for box, spot, (words, first, bold) in zip(boxes, placed, texts, strict=True):
        parts += _write(box, spot, words, first, bold)
    return parts


def _label_radius(point: MapPoint) -> float:
    """The radius that labels keep clear of: a settlement's square stands on its corner."""
    return _radius(point) * (1.42 if point.kind == "settlement" else 1.0) + 1


def _type_size(point: MapPoint | None) -> float:
    return theme.TEXT if point is not None and point.kind == "settlement" else 10.5


def _together(points: Sequence[MapPoint]) -> list[list[MapPoint]]:
    """Points of one kind and party that coincide share a label."""
    groups: list[list[MapPoint]] = []
    for point in points:
        x, y = _pixel(point.x, point.y)
        for group in groups:
            gx, gy = _pixel(group[0].x, group[0].y)
            alike = group[0].kind == point.kind and group[0].colour == point.colour
            if alike and math.hypot(x - gx, y - gy) < SAME:
                group.append(point)
                break
        else:
            groups.append([point])
    return groups


def _label(group: Sequence[MapPoint]) -> str:
    if len(group) == 1:
        point = group[0]
        return f"{point.name} ({point.size})" if point.kind == "bloc" else point.name
    lines: list[str] = []
    for point in group:
        if lines and len(lines[-1]) + len(point.name) < 26:
            lines[-1] += f", {point.name}"
        else:
            lines.append(point.name)
    return ",\n".join(lines)


def _mark(point: MapPoint) -> str:
    x, y = _pixel(point.x, point.y)
    radius = _radius(point)
    if point.kind == "settlement":
        return svg.element(
            "rect", x=x - radius, y=y - radius, width=2 * radius, height=2 * radius, fill=theme.INK, stroke=theme.PAPER,
            transform=f"rotate(45 {svg.number(x)} {svg.number(y)})", class_="settlement",
        )  # fmt: skip
    if point.kind == "bloc":
        return svg.element(
            "circle", cx=x, cy=y, r=radius, fill=point.colour, fill_opacity=0.16, stroke=point.colour,
            stroke_width=1.2, class_="bloc",
        )  # fmt: skip
    return svg.element(
        "circle", cx=x, cy=y, r=radius, fill=point.colour, stroke=theme.PAPER, stroke_width=1.0, class_="person"
    )


def _arrow(one: Perception) -> list[str]:
    """From where a faction stands to where it is seen."""
    x1, y1 = _pixel(*one.true)
    x2, y2 = _pixel(*one.seen)
    length = math.hypot(x2 - x1, y2 - y1)
    parts = [
        svg.element("circle", cx=x1, cy=y1, r=8.5, fill="none", stroke=theme.INK, stroke_width=1.4, class_="faction")
    ]
    if length < 2:
        return parts
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    start = min(8.5, length)
    parts.append(
        svg.element(
            "line",
            x1=x1 + ux * start,
            y1=y1 + uy * start,
            x2=x2,
            y2=y2,
            stroke=theme.INK,
            stroke_width=1.4,
            stroke_dasharray="4 2",
            class_="perceived",
        )
    )
    tip = [(x2, y2), (x2 - 8 * ux + 4 * uy, y2 - 8 * uy - 4 * ux), (x2 - 8 * ux - 4 * uy, y2 - 8 * uy + 4 * ux)]
    shape = " ".join(f"{svg.number(x)},{svg.number(y)}" for x, y in tip)
    parts.append(svg.element("polygon", points=shape, fill=theme.INK))
    return parts


def _along(one: Perception) -> list[labelling.Point]:
    """What labels keep clear of: the ring of a faction and its arrow."""
    (x1, y1), (x2, y2) = _pixel(*one.true), _pixel(*one.seen)
    steps = max(int(math.hypot(x2 - x1, y2 - y1) / 8), 1)
    line = [
        labelling.Point(x1 + (x2 - x1) * k / steps - LEFT, y1 + (y2 - y1) * k / steps - TOP, 3, 0, 0)
        for k in range(steps + 1)
    ]
    return [labelling.Point(x1 - LEFT, y1 - TOP, 9, 0, 0), *line]


def _perceived_label(one: Perception) -> tuple[labelling.Point, str]:
    x, y = _pixel(*one.seen)
    return labelling.Point(x - LEFT, y - TOP, 5.0, svg.width_of(one.name, 10.5), 13.0), one.name


def _write(box: labelling.Point, spot: labelling.Placed, words: str, first: MapPoint | None, bold: bool) -> list[str]:
    """A label with a pale edge, and a leader where it stands far from its point."""
    left, top = LEFT + spot.left, TOP + spot.top
    parts = []
    if spot.far:
        x, y = LEFT + box.x, TOP + box.y
        near_x = min(max(x, left), left + box.width)
        near_y = min(max(y, top), top + box.height)
        parts.append(
            svg.element("line", x1=x, y1=y, x2=near_x, y2=near_y, stroke=theme.FAINT, stroke_width=0.7, class_="leader")
        )
    size = _type_size(first)
    colour = theme.INK if first is not None else theme.MUTED
    for number, line in enumerate(words.split("\n")):
        drawn = svg.text(line, left, top + 10.5 + 13 * number, size, colour=colour, bold=bold)
        style = "paint-order:stroke;font-style:italic" if first is None else "paint-order:stroke"
        halo = f'<text stroke="{theme.PAPER}" stroke-width="2.6" stroke-linejoin="round" style="{style}" '
        parts.append(drawn.replace("<text ", halo, 1))
    return parts


def _legend(
    material: Material, points: Sequence[MapPoint], seen: Sequence[Perception], names: Names, language: str
) -> list[str]:
    colours: Mapping[str, str] = theme.party_colours(
        [party.id for party in material.scenario.parties],
        {party.id: party.colour for party in material.scenario.parties},
        [party.id for party in material.scenario.parties if party.bloc],
    )
    present = {actor.party for actor in material.scenario.actors}
    entries = [(svg.element("circle", cx=0, cy=-4, r=4.6, fill=colours[party.id]), names.party(party.id))
               for party in material.scenario.parties if party.id in present]  # fmt: skip
    if any(point.kind == "bloc" for point in points):
        ring = svg.element("circle", cx=0, cy=-4, r=7, fill=theme.MUTED, fill_opacity=0.16, stroke=theme.MUTED)
        entries.append((ring, say(language, "bloc (members)", "блок (членов)")))
    entries.append(
        (
            svg.element("rect", x=-4, y=-8, width=8, height=8, fill=theme.INK, transform="rotate(45 0 -4)"),
            say(language, "settlement", "соглашение"),
        )
    )
    if seen:
        arrow = svg.element("circle", cx=-2, cy=-4, r=5, fill="none", stroke=theme.INK, stroke_width=1.4) + svg.element(
            "line", x1=4, y1=-4, x2=12, y2=-4, stroke=theme.INK, stroke_width=1.4, stroke_dasharray="3 2"
        )
        entries.append((arrow, say(language, "faction → as others see it", "фракция → как её видят")))
    parts, x, y = [], LEFT + 6, TOP + PLOT_HEIGHT + 62
    for mark, words in entries:
        wide = 26 + svg.width_of(words, theme.SMALL)
        if x + wide > LEFT + PLOT_WIDTH:
            x, y = LEFT + 6, y + 20
        parts.append(svg.element("g", mark, transform=f"translate({svg.number(x)} {svg.number(y)})"))
        parts.append(svg.text(words, x + 14 + (4 if "line" in mark else 0), y))
        x += wide + 14
    return parts


def _caption(material: Material, language: str) -> str:
    more = len(material.scenario.dimensions) > 2
    text = say(
        language,
        "Points are central values; each run draws its own from their priors. A dashed arrow leads from a faction's "
        "mean point to where the rest of its party sees it: runs keep the distance, the direction is that of the line "
        "between the two.",
        "Точки — центральные значения; каждый прогон берёт свои из априорных распределений. Пунктир ведёт от средней "
        "точки фракции туда, где её видят остальные в партии: прогоны хранят расстояние, направление взято по линии "
        "между ними.",
    )
    if more:
        text += say(language, " Only the first two dimensions are drawn.", " Нарисованы только первые две оси.")
    return text


def _alt(points: Sequence[MapPoint], seen: Sequence[Perception], axes: Sequence[Dimension], language: str) -> str:
    persons = sum(point.kind == "person" for point in points)
    settlements = sum(point.kind == "settlement" for point in points)
    across, up = (axis.name.in_language(language) for axis in axes)
    text = say(
        language,
        f"Map of {persons} persons and {settlements} settlements; across: {across}, up: {up}.",
        f"Карта: людей — {persons}, соглашений — {settlements}; по горизонтали: {across}, по вертикали: {up}.",
    )
    for one in seen:
        true, perceived = theme.number(one.gap_true, language, 2), theme.number(one.gap_seen, language, 2)
        text += say(
            language,
            f" {one.name}: true distance {true}, as seen {perceived}.",
            f" {one.name}: истинное расстояние {true}, видимое {perceived}.",
        )
    return text


def _numbers(
    points: Sequence[MapPoint], seen: Sequence[Perception], axes: Sequence[Dimension], language: str
) -> Numbers:
    kinds = {
        "person": say(language, "person", "человек"),
        "bloc": say(language, "bloc", "блок"),
        "settlement": say(language, "settlement", "соглашение"),
    }
    rows = [
        (point.name, kinds[point.kind], theme.number(point.x, language, 2), theme.number(point.y, language, 2))
        for point in points
    ]
    for one in seen:
        for word, (x, y) in (
            (say(language, "faction", "фракция"), one.true),
            (say(language, "faction as seen", "фракция, как её видят"), one.seen),
        ):
            rows.append((one.name, word, theme.number(x, language, 2), theme.number(y, language, 2)))
    return Numbers(
        (
            say(language, "Name", "Имя"),
            say(language, "Kind", "Вид"),
            *(axis.name.in_language(language) for axis in axes),
        ),
        tuple(rows),
    )
