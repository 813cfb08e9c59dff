"""The map of positions: ideal points, settlements, and the points at which factions see one another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from whipcount.scenario.schema import Dimension, Faction, Scenario
from whipcount.table import Table
from whipcount.text import number, say
from whipcount.text.fitting import halved, shortened, wrapped

from . import labels as labelling
from . import svg, theme
from .chart import Chart, table_of
from .material import Material
from .names import Names

DRAWS = ("whipcount.charts.material.Material",)
ORDER = 50
PLOT_WIDTH = 800.0
PLOT_HEIGHT = 590.0
LEFT = 62.0
TOP = 84.0
PAD = 26.0  # between the ends of the space and the frame
SAME = 11.0  # points closer than this (pixels) share a label
RING = 8.5  # radius of the ring at a faction's mean point
NEAR = 0.05  # factions nearer to their party's line than this are not drawn


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
    """A faction's mean point, its party's line, and where the faction believes the line to be (places in the space)."""

    name: str
    stands: tuple[float, float]
    line: tuple[float, float]
    seen: tuple[float, float]
    gap_true: float
    gap_seen: float


def points_of(scenario: Scenario, names: Names, axes: Sequence[Dimension]) -> list[MapPoint]:
    """Everyone and every settlement, at central values."""
    colours = theme.party_colours(
        [party.id for party in scenario.parties],
        {party.id: party.colour for party in scenario.parties},
        [party.id for party in scenario.parties if party.bloc],
    )
    points = []
    for settlement in scenario.settlements:
        x, y = (settlement.point[axis.id].centre if axis.id in settlement.point else 0.5 for axis in axes)
        points.append(MapPoint("settlement", names.settlement(settlement.id), theme.INK, x, y))
    for actor in scenario.actors:
        x, y = (actor.ideal[axis.id].centre if axis.id in actor.ideal else 0.5 for axis in axes)
        kind = "bloc" if actor.size > 1 else "person"
        points.append(MapPoint(kind, names.brief(actor.id), colours[actor.party], x, y, actor.size))
    return points


def perceptions(material: Material, names: Names, axes: Sequence[Dimension]) -> list[Perception]:
    """The factions that stand apart from their party's line: where the line is, and where they believe it to be.

    Runs keep distances, not points. The line is the settlement that most runs end with as the party's line; the point
    believed lies on the line from the faction through it, as far out as the kept distances say.
    """
    found = []
    for faction in material.scenario.factions:
        line = _line_of(material, faction.party, axes)
        true, seen = (_middle(material, f"{measure}:{faction.id}") for measure in ("gap_true", "gap_perceived"))
        if line is None or true is None or seen is None or true < NEAR:
            continue
        own = _centre(material.scenario, [faction], axes)
        x, y = (min(max(here + (there - here) * seen / true, 0.0), 1.0) for here, there in zip(own, line, strict=True))
        found.append(Perception(names.faction(faction.id), own, line, (x, y), true, seen))
    return found


def _line_of(material: Material, party: str, axes: Sequence[Dimension]) -> tuple[float, float] | None:
    """The settlement that is a party's line at the end of most runs; None without one, or without events."""
    if not material.logged:
        return None
    events = material.happenings("line").filter(pl.col("actor") == party)
    last = events.group_by("run", maintain_order=True).last()
    if last.is_empty():
        return None
    place = round(float(last["value"].value_counts(sort=True)["value"][0]))
    settlements = material.scenario.settlements
    if not 0 < place <= len(settlements):
        return None
    point = settlements[place - 1].point
    x, y = (point[axis.id].centre if axis.id in point else 0.5 for axis in axes)
    return x, y


def _middle(material: Material, measure: str) -> float | None:
    """The mean over time of a measure's daily medians."""
    medians = material.measure(measure)["q50"].drop_nulls().drop_nans()
    return None if medians.is_empty() else float(medians.to_numpy().mean())


def _centre(scenario: Scenario, factions: Sequence[Faction], axes: Sequence[Dimension]) -> tuple[float, float]:
    """Mean ideal point of the members of some factions."""
    members = {ident for faction in factions for ident in faction.members}
    people = [actor for actor in scenario.actors if actor.id in members]
    x, y = (
        sum(actor.ideal[axis.id].centre if axis.id in actor.ideal else 0.5 for actor in people) / max(len(people), 1)
        for axis in axes
    )
    return x, y


def draw(material: Material) -> Chart | None:
    """The map on the first two dimensions; none where the space has only one."""
    axes = material.scenario.dimensions[:2]
    if len(axes) < 2:
        return None
    names = material.names()
    points = points_of(material.scenario, names, axes)
    seen = perceptions(material, names, axes)
    title = say("Map of positions")
    subtitle = say(
        "Ideal points of persons and blocs, settlements, and the party's line as it is and as factions see it"
    )
    parts = svg.heading(title, subtitle)
    parts += _frame(axes)
    parts += _drawn(points, seen)
    legend, height = _legend(material, points, seen, names)
    parts += legend
    return Chart(
        name="positions",
        title=title,
        caption=_caption(material),
        alt=_alt(points, seen, axes),
        table=_numbers(points, seen, axes),
        drawing=svg.document(parts, LEFT + PLOT_WIDTH + 18, height),
    )


def _pixel(x: float, y: float) -> tuple[float, float]:
    return (
        LEFT + PAD + x * (PLOT_WIDTH - 2 * PAD),
        TOP + PLOT_HEIGHT - PAD - y * (PLOT_HEIGHT - 2 * PAD),
    )


def _frame(axes: Sequence[Dimension]) -> list[str]:
    """The field, its middle lines, and the ends of both dimensions named where they lie."""
    across, up = axes
    right, bottom = LEFT + PLOT_WIDTH, TOP + PLOT_HEIGHT
    parts = [
        svg.element("rect", x=LEFT, y=TOP, width=PLOT_WIDTH, height=PLOT_HEIGHT, fill="#fbfaf8", stroke=theme.RULE)
    ]
    middle_x, middle_y = _pixel(0.5, 0.5)
    for x1, y1, x2, y2 in ((middle_x, TOP, middle_x, bottom), (LEFT, middle_y, right, middle_y)):
        parts.append(svg.element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=theme.RULE, stroke_dasharray="2 3"))
    low, high = across.low.in_language(), across.high.in_language()
    parts += [
        svg.text(f"← {shortened(low, 44)}", LEFT, bottom + 19, colour=theme.MUTED),
        svg.text(f"{shortened(high, 44)} →", right, bottom + 19, anchor="end", colour=theme.MUTED),
        svg.text(across.name.in_language(), LEFT + PLOT_WIDTH / 2, bottom + 36, anchor="middle", bold=True),
    ]
    texts = (
        (f"← {shortened(up.low.in_language(), 44)}", bottom, "start", LEFT - 12, False),
        (f"{shortened(up.high.in_language(), 44)} →", TOP, "end", LEFT - 12, False),
        (up.name.in_language(), TOP + PLOT_HEIGHT / 2, "middle", LEFT - 30, True),
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
    arrows = [label for one in seen for label in _faction_labels(one)]
    boxes: list[labelling.Point] = []
    texts: list[tuple[str, MapPoint | None, bool]] = []
    for group in groups:
        x, y = _pixel(group[0].x, group[0].y)
        bold = group[0].kind == "settlement"
        words = _label(group)
        lines = words.split("\n")
        wide = max(svg.width_of(line, _type_size(group[0]), bold) for line in lines)
        radius = max(_label_radius(point) for point in group)
        guard = 4.0 if bold else 1.3
        boxes.append(labelling.Point(x - LEFT, y - TOP, radius, wide, 13.0 * len(lines), guard))
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
        name = f"{point.name} ({point.size})" if point.kind == "bloc" else point.name
        return "\n".join(halved(name)) if len(name) > 30 else name
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
    """A ring where the faction stands, and a dashed arrow from the line to where the faction believes it to be."""
    x, y = _pixel(*one.stands)
    ring = svg.element("circle", cx=x, cy=y, r=RING, fill="none", stroke=theme.INK, stroke_width=1.4, class_="faction")
    (x1, y1), (x2, y2) = _pixel(*one.line), _pixel(*one.seen)
    length = math.hypot(x2 - x1, y2 - y1)
    if length < RING:
        return [ring]
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    stroke: dict[str, Any] = {
        "stroke": theme.INK,
        "stroke_width": 1.4,
        "stroke_dasharray": "4 2",
        "class_": "perceived",
    }
    shaft = svg.element("line", x1=x1 + ux * RING, y1=y1 + uy * RING, x2=x2, y2=y2, **stroke)
    tip = [(x2, y2), (x2 - 8 * ux + 4 * uy, y2 - 8 * uy - 4 * ux), (x2 - 8 * ux - 4 * uy, y2 - 8 * uy + 4 * ux)]
    shape = " ".join(f"{svg.number(px)},{svg.number(py)}" for px, py in tip)
    return [ring, shaft, svg.element("polygon", points=shape, fill=theme.INK)]


def _along(one: Perception) -> list[labelling.Point]:
    """What labels keep clear of: the ring of a faction and the arrow."""
    (x1, y1), (x2, y2) = _pixel(*one.line), _pixel(*one.seen)
    steps = max(int(math.hypot(x2 - x1, y2 - y1) / 8), 1)
    arrow = [
        labelling.Point(x1 + (x2 - x1) * k / steps - LEFT, y1 + (y2 - y1) * k / steps - TOP, 3, 0, 0)
        for k in range(steps + 1)
    ]
    x, y = _pixel(*one.stands)
    return [labelling.Point(x - LEFT, y - TOP, RING + 1, 0, 0), *arrow]


def _faction_labels(one: Perception) -> list[tuple[labelling.Point, str]]:
    """A faction's name at its ring; at the arrow's head, whose view it is."""
    name = f"t{one.name[1:]}" if one.name.startswith("The ") else one.name
    seen = say("the line as seen by {name}", name=name)
    labels = []
    told = [(one.stands, one.name)]
    if math.dist(_pixel(*one.line), _pixel(*one.seen)) >= RING:
        told.append((one.seen, seen))
    for (px, py), words in told:
        x, y = _pixel(px, py)
        lines = wrapped(shortened(words, 60), 30)
        wide = svg.widest(lines, 10.5)
        radius = RING + 1 if words == one.name else 5.0
        labels.append((labelling.Point(x - LEFT, y - TOP, radius, wide, 13.0 * len(lines)), "\n".join(lines)))
    return labels


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
    for turn, line in enumerate(words.split("\n")):
        drawn = svg.text(line, left, top + 10.5 + 13 * turn, size, colour=colour, bold=bold)
        # attributes and no style, which a page with a strict content-security policy would drop
        style = ' font-style="italic"' if first is None else ""
        halo = f'<text stroke="{theme.PAPER}" stroke-width="2.6" stroke-linejoin="round" paint-order="stroke"{style} '
        parts.append(drawn.replace("<text ", halo, 1))
    return parts


def _legend(
    material: Material, points: Sequence[MapPoint], seen: Sequence[Perception], names: Names
) -> tuple[list[str], float]:
    """Parties and marks below the map, and the height of the whole drawing."""
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
        entries.append((ring, say("bloc (members)")))
    entries.append(
        (
            svg.element("rect", x=-4, y=-8, width=8, height=8, fill=theme.INK, transform="rotate(45 0 -4)"),
            say("settlement"),
        )
    )
    if seen:
        arrow = svg.element("circle", cx=-2, cy=-4, r=5, fill="none", stroke=theme.INK, stroke_width=1.4)
        entries.append((arrow, say("faction (mean)")))
        dashes = svg.element(
            "line", x1=-7, y1=-4, x2=10, y2=-4, stroke=theme.INK, stroke_width=1.4, stroke_dasharray="4 2"
        )
        entries.append((dashes, say("from the line to where it is seen")))
    parts, x, y = [], LEFT + 6, TOP + PLOT_HEIGHT + 62
    for mark, words in entries:
        wide = 26 + svg.width_of(words, theme.SMALL)
        if x + wide > LEFT + PLOT_WIDTH:
            x, y = LEFT + 6, y + 20
        parts.append(svg.element("g", mark, transform=f"translate({svg.number(x)} {svg.number(y)})"))
        parts.append(svg.text(words, x + 14 + (4 if "line" in mark else 0), y))
        x += wide + 10
    return parts, y + 20


def _caption(material: Material) -> str:
    more = len(material.scenario.dimensions) > 2
    text = say(
        "Points are central values; each run draws its own from their priors. A dashed arrow leads from the "
        "party's usual line to where a faction believes it to be: runs keep the distances, the direction is "
        "drawn straight from the faction."
    )
    if more:
        text += say(" Only the first two dimensions are drawn.")
    return text


def _alt(points: Sequence[MapPoint], seen: Sequence[Perception], axes: Sequence[Dimension]) -> str:
    persons = sum(point.kind == "person" for point in points)
    settlements = sum(point.kind == "settlement" for point in points)
    across, up = (axis.name.in_language() for axis in axes)
    text = say(
        "Map of {persons} persons and {settlements} settlements; across: {across}, up: {up}.",
        persons=persons,
        settlements=settlements,
        across=across,
        up=up,
    )
    for one in seen:
        true, perceived = number(one.gap_true, 2), number(one.gap_seen, 2)
        text += say(
            " {name}: distance to the line {true}, as seen {perceived}.", name=one.name, true=true, perceived=perceived
        )
    return text


def _numbers(points: Sequence[MapPoint], seen: Sequence[Perception], axes: Sequence[Dimension]) -> Table:
    kinds = {
        "person": say("person"),
        "bloc": say("bloc"),
        "settlement": say("settlement"),
    }
    rows = [(point.name, kinds[point.kind], number(point.x, 2), number(point.y, 2)) for point in points]
    for one in seen:
        for word, (x, y) in (
            (say("faction"), one.stands),
            (say("the line as it sees it"), one.seen),
        ):
            rows.append((one.name, word, number(x, 2), number(y, 2)))
    return table_of(
        (
            say("Name"),
            say("Kind"),
            *(axis.name.in_language() for axis in axes),
        ),
        tuple(rows),
    )
