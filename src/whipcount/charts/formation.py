"""The cabinets that may form: who would sit in each, and how probable each is; the parties' own chances above."""

from __future__ import annotations

from whipcount.table import Table
from whipcount.text import count, percent, say
from whipcount.text.fitting import shortened
from whipcount.theory.formation import KINDS, CabinetForecast, Forecast

from . import svg, theme
from .chart import Chart, table_of
from .known_parties import own_colours
from .marks import Scale, axis_below, party_colours

DRAWS = ("whipcount.theory.formation.Forecast",)
ROW = 30.0
CELL = 64.0
LEFT = 30.0
TOP = 176.0
BARS = 330.0
MOST_PARTIES = 14


def draw(result: Forecast) -> Chart:
    """A matrix of cabinets by parties, the parties from left to right, with a bar of probability for each cabinet."""
    order = sorted(range(len(result.parties)), key=lambda row: (result.parties[row].place, row))
    own = own_colours([party.name for party in result.parties])
    colours = party_colours(len(result.parties), [party.place for party in result.parties], own.colours)
    if len(order) > MOST_PARTIES:
        largest = sorted(order, key=lambda row: -result.parties[row].seats)[:MOST_PARTIES]
        order = [row for row in order if row in largest]
    bars_at = LEFT + CELL * len(order) + 30
    bottom = TOP + ROW * len(result.cabinets)
    width = bars_at + BARS + 300
    most = max(one.probability for one in result.cabinets)
    scale = Scale(0.0, 100 * most * 1.02, bars_at, bars_at + BARS)
    where = f": {result.title}" if result.title not in ("", "table") else ""  # a pasted table has no name
    title = say("Who will govern") + where
    subtitle = say(
        "The most probable of {candidates} cabinets; parties from left to right, discs as large as their seats",
        candidates=count(result.candidates),
    )
    parts = svg.heading(title, subtitle)
    parts += _heads(result, order)
    parts += axis_below(scale, bottom + 6, TOP - 8, say("probability, per cent"), 5)
    for place, one in enumerate(result.cabinets):
        y = TOP + ROW * place + ROW / 2
        formed = result.formed is not None and one.members == result.formed
        parts += _row(result, one, order, colours, y, formed)
        end = scale(100 * one.probability)
        fill = theme.MODEL if not formed else theme.POWER
        parts.append(svg.element("rect", x=bars_at, y=y - 9, width=max(end - bars_at, 0.6), height=18.0, fill=fill))
        label = percent(one.probability)
        parts.append(svg.text(label, end + 8, y + 4, theme.SMALL, bold=formed))
        parts.append(svg.text(_note(one, formed), bars_at + BARS + 56, y + 4, theme.SMALL, colour=theme.MUTED))
    caption = say("Months: the life to be expected of such a cabinet, until the term ends.")
    caption = f"{caption} {own.whose}".rstrip()
    return Chart(
        "formation", title, caption, result.words(), _numbers(result), drawing=svg.document(parts, width, bottom + 62)
    )


def _heads(result: Forecast, order: list[int]) -> list[str]:
    """Names of the parties, and the chance of each to govern."""
    parts = []
    for column, row in enumerate(order):
        party = result.parties[row]
        x = LEFT + CELL * (column + 0.5)
        # names lean, so that long ones of neighbours do not meet
        name = svg.text(shortened(party.name, 14), 0, 0, theme.SMALL, bold=party.incumbent)
        parts.append(svg.element("g", name, transform=f"translate({x - 4:.1f} {TOP - 34:.1f}) rotate(-38)"))
        parts.append(svg.text(percent(party.governs), x, TOP - 14, theme.SMALL, "middle", theme.MUTED))
    bold = say("bold: in the outgoing cabinet; per cent: governs")
    parts.append(svg.text(bold, LEFT + CELL * len(order) + 60, TOP - 14, theme.SMALL, colour=theme.MUTED))
    return parts


def _row(
    result: Forecast, one: CabinetForecast, order: list[int], colours: list[str], y: float, formed: bool
) -> list[str]:
    parts = []
    if formed:
        width = CELL * len(order) + 20
        parts.append(
            svg.element("rect", x=LEFT - 10, y=y - ROW / 2 + 1, width=width, height=ROW - 2, rx=4.0, fill=theme.WASH)
        )
    inside = [column for column, row in enumerate(order) if result.parties[row].name in one.members]
    if len(inside) > 1:
        first, last = (LEFT + CELL * (column + 0.5) for column in (inside[0], inside[-1]))
        parts.append(svg.element("line", x1=first, x2=last, y1=y, y2=y, stroke=theme.FAINT, stroke_width=2.0))
    largest = max(party.seats for party in result.parties)
    for column, row in enumerate(order):
        x = LEFT + CELL * (column + 0.5)
        size = 3.5 + 9.0 * (result.parties[row].seats / largest) ** 0.5
        if column in inside:
            parts.append(
                svg.element(
                    "circle",
                    cx=x,
                    cy=y,
                    r=size,
                    fill=colours[row],
                    stroke_width=1.0,
                    stroke=svg.edge_of(colours[row]) or theme.PAPER,
                )
            )
        else:
            between = bool(inside) and inside[0] < column < inside[-1]
            if not between:  # a disc on the line that joins the members would look like a member
                parts.append(svg.element("circle", cx=x, cy=y, r=2.2, fill=theme.RULE))
    return parts


def _note(one: CabinetForecast, formed: bool) -> str:
    months = say("{months:.0f} months", months=one.months)
    kind = say(KINDS[one.kind])
    history = say(" · formed") if formed else ""
    return f"{kind} · {months}{history}"


def _numbers(result: Forecast) -> Table:
    columns = (
        say("cabinet"),
        say("seats"),
        say("kind"),
        say("probability"),
    )
    rows = tuple(
        (
            " + ".join(one.members),
            percent(one.seats),
            say(KINDS[one.kind]),
            percent(one.probability),
        )
        for one in result.cabinets
    )
    return table_of(columns, rows)
