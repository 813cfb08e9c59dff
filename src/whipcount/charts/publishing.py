"""A chart made ready to stand elsewhere: heading, source and footer of its own, in a width, on paper or in the dark."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Any, Final, Literal

from . import svg, theme
from .chart import Chart, labelled

Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
SIZES: Final = {"600": (600, 0), "1200": (1200, 0), "square": (1080, 1080)}  # width and height in pixels; 0: as needed
EDGE = 24.0  # around everything
HEADING_ENDS = 58.0  # of a drawing with a heading of its own
NARROWEST = 220  # of a plotting area
NEARLY_WHITE = 0.88  # luminance of grounds that are paper but for a tint
TIMES = 3  # that a specification is drawn to find its width

# what the theme's colours become on dark paper; other colours are made lighter until they stand out
DARK: Final = {
    theme.PAPER: theme.DARK["paper"], theme.INK: theme.DARK["ink"], theme.MUTED: theme.DARK["muted"],
    theme.FAINT: "#9098a0", theme.RULE: theme.DARK["rule"], theme.WASH: theme.DARK["wash"],
    theme.MODEL: theme.DARK["model"], theme.MODEL_LIGHT: "#54748b", theme.HISTORY: "#6f7780",
    theme.DANGER: "#b4b9bf", theme.LINK: theme.DARK["link"], theme.OFF: theme.DARK["off"],
    theme.FINE: theme.DARK["fine"],
}  # fmt: skip
_COLOUR = re.compile(r'\b(fill|stroke|stop-color)="(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}|white|black)"')
_HEADING = re.compile(r'<g class="heading">(.*?)</g>', re.DOTALL)
_TEXT = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)


@dataclass(frozen=True)
class Publication:
    """How a chart is to be published. size: of SIZES. source: whose numbers they are. footer: how they were made."""

    title: str
    subtitle: str = ""
    source: str = ""
    footer: str = ""
    size: str = "1200"
    scheme: Scheme = "light"


def heading_of(chart: Chart) -> tuple[str, str]:
    """Title and subtitle as the chart itself has them."""
    if chart.spec is None:
        found = _HEADING.search(chart.drawing or "")
        texts = [unescape(one) for one in _TEXT.findall(found.group(1))] if found else []
        return (texts[0] if texts else chart.title), (texts[1] if len(texts) > 1 else "")
    title = chart.spec.get("title", chart.title)
    if not isinstance(title, Mapping):
        return str(title), ""
    return _joined(title.get("text", chart.title)), _joined(title.get("subtitle", ""))


def _joined(text: Any) -> str:
    return " ".join(map(str, text)) if isinstance(text, (list, tuple)) else str(text)


def published(chart: Chart, wanted: Publication) -> str:
    """The chart as an SVG document of the size and in the colours that are wanted."""
    width, height = SIZES[wanted.size]
    large = width > 800
    parts, top = _head(wanted, width - 2 * EDGE, large)
    foot = _foot(wanted, width - 2 * EDGE)
    foot_height = 18.0 * len(foot) + (14 if foot else 0)
    drawing = _bare(chart, width - 2 * EDGE)
    room = width - 2 * EDGE, (height - top - foot_height - EDGE if height else float("inf"))
    scale = min(room[0] / drawing.width, room[1] / drawing.height, 1.7)
    drawn = drawing.width * scale, drawing.height * scale
    left = EDGE + (room[0] - drawn[0]) / 2 if height else EDGE
    parts.append(drawing.placed(left, top, *drawn))
    whole = float(height) if height else top + drawn[1] + foot_height + EDGE
    parts += _footed(foot, whole - EDGE - foot_height, width - EDGE)
    document = svg.document(parts, float(width), whole)
    coloured = darkened(document) if wanted.scheme == "dark" else document
    return labelled(coloured, f"{chart.name}-published", wanted.title, chart.alt)


def png(drawing: str, scale: float = 1.0) -> bytes:
    """An SVG document as PNG, `scale` pixels for each of its own."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(drawing, scale=scale))


def fragment(drawing: str, chart: Chart, wanted: Publication) -> str:
    """A piece of a page with the drawing in it: nothing is fetched, no script runs, and it shrinks with its column."""
    start = drawing.index("<svg")
    fluid = f'{drawing[:start]}<svg style="display:block;width:100%;height:auto"{drawing[start + 4 :]}'
    caption = f'<figcaption style="font:13px/1.5 {escape(theme.FONT_FAMILY)};color:{theme.MUTED}">'
    return (
        f'<figure style="margin:0;max-width:{SIZES[wanted.size][0]}px" lang="{chart.language}">\n{fluid}\n'
        f"{caption}{escape(chart.caption)}</figcaption>\n</figure>\n"
    )


def darkened(document: str) -> str:
    """An SVG document in colours for dark paper: marks stand out 3 to 1, texts 4.5 to 1."""

    def recoloured(least: float, kept: str = "") -> Any:
        def one(found: re.Match[str]) -> str:
            colour = _hex(found.group(2))
            return f'{found.group(1)}="{colour if colour == kept else _on_dark(colour, least)}"'

        return one

    pieces = re.split(r"(<text\b[^>]*>)", document)
    marks, words, halos = recoloured(3.0), recoloured(4.5, theme.PAPER), recoloured(4.5)
    return "".join(
        # white words stand on marks, not on paper; what has a line around it is the halo of others
        _COLOUR.sub(marks if not piece.startswith("<text") else halos if " stroke=" in piece else words, piece)
        for piece in pieces
    )


def _hex(colour: str) -> str:
    colour = {"white": "#ffffff", "black": "#000000"}.get(colour, colour).lower()
    return "#" + "".join(2 * digit for digit in colour[1:]) if len(colour) == 4 else colour


def _on_dark(colour: str, least: float) -> str:
    """A colour on dark paper: what the theme has for it, else the same, lightened until its contrast is enough."""
    paper = theme.DARK["paper"]
    if colour in (theme.PAPER, theme.RULE, theme.WASH):
        return DARK[colour]
    if svg.luminance(colour) > NEARLY_WHITE:
        return theme.DARK["wash"]
    colour = DARK.get(colour, colour)
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    while svg.contrast(colour, paper) < least:
        parts = [min(255, part + max(1, (255 - part) // 10)) for part in parts]
        colour = "#" + "".join(f"{part:02x}" for part in parts)
    return colour


# -- the drawing without its heading ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawing:
    """What stands inside an SVG element, and the part of it that is shown."""

    inner: str
    left: float
    top: float
    width: float
    height: float

    def placed(self, x: float, y: float, width: float, height: float) -> str:
        """It at a place of another document, in a size."""
        box = " ".join(svg.number(one) for one in (self.left, self.top, self.width, self.height))
        return svg.element("svg", self.inner, x=x, y=y, width=width, height=height, viewBox=box)


def _bare(chart: Chart, room: float) -> _Drawing:
    """The drawing without heading; what is drawn from a specification is drawn anew for the room that there is."""
    if chart.spec is None:
        drawing = chart.drawing or ""
        found = _read(_HEADING.sub("", drawing, count=1))
        cut = HEADING_ENDS if _HEADING.search(drawing) else 0.0
        return replace(found, top=found.top + cut, height=found.height - cut)
    spec = copy.deepcopy(dict(chart.spec))
    spec.pop("title", None)
    found = _read(_drawn(chart, spec))
    for _ in range(TIMES):
        if -40 <= found.width - room <= 4:
            break
        if not _fitted(spec, room - found.width):
            break
        found = _read(_drawn(chart, spec))
    return found


def _fitted(view: Any, more: float) -> bool:
    """Make plotting areas wider (or narrower) by so many pixels together; whether any was changed."""
    if not isinstance(view, dict):
        return False
    beside = view.get("hconcat")
    if isinstance(beside, list) and beside:
        fitted = [_fitted(one, more / len(beside)) for one in beside]  # every one of them
        return any(fitted)
    if "facet" in view or "columns" in view:
        columns = max(int(view.get("columns", 1) or 1), 1)
        return _fitted(view.get("spec"), more / columns)
    width = view.get("width")
    changed = False
    if isinstance(width, (int, float)) and width + more >= NARROWEST and not _in_pixels(view):
        view["width"] = width + more
        _moved(view, width, more)
        changed = True
    for key in ("vconcat", "layer", "concat"):
        fitted = [_fitted(one, more) for one in view.get(key, ())]
        changed = any(fitted) or changed
    return _fitted(view.get("spec"), more) or changed


def _across(view: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The encodings of a view and its layers that say how far to the right something stands."""
    for one in (view, *view.get("layer", ())):
        yield from (found for key, found in one.get("encoding", {}).items() if key in ("x", "x2"))


def _in_pixels(view: Mapping[str, Any]) -> bool:
    """Whether places across are counted in pixels, so that another width would tear the drawing apart."""
    return any("scale" in one and one["scale"] is None for one in _across(view))


def _moved(view: Mapping[str, Any], width: float, more: float) -> None:
    """What stands at the right edge or beyond it goes with the edge."""
    for one in _across(view):
        if isinstance(one.get("value"), (int, float)) and one["value"] >= width:
            one["value"] += more


def _drawn(chart: Chart, spec: Mapping[str, Any]) -> str:
    return replace(chart, spec=spec, _drawn={})._plain_svg()


def _read(document: str) -> _Drawing:
    start = document.index("<svg")
    end = document.index(">", start)
    head, close = document[start:end], document.rindex("</svg>")
    box = re.search(r'viewBox="([^"]+)"', head)
    assert box is not None, "every drawing of ours says how large it is"
    left, top, width, height = (float(one) for one in box.group(1).split())
    kept = "".join(f' {name}="{value}"' for name, value in re.findall(r'(font-family|class)="([^"]*)"', head))
    return _Drawing(f"<g{kept}>{document[end + 1 : close]}</g>", left, top, width, height)


# -- heading and footer -----------------------------------------------------------------------------------------------


def wrapped(text: str, width: float, size: float, bold: bool = False, most: int = 3) -> list[str]:
    """A text in lines that fit; what does not fit into the last is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if svg.width_of(longer, size, bold) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [line for line in lines if line]


def _head(wanted: Publication, width: float, large: bool) -> tuple[list[str], float]:
    size, small = (26.0, 16.0) if large else (19.0, 13.0)
    parts, top = [], EDGE
    for line in wrapped(wanted.title, width, size, bold=True):
        top += 1.25 * size
        parts.append(svg.text(line, EDGE, top - 0.3 * size, size, bold=True))
    for line in wrapped(wanted.subtitle, width, small):
        top += 1.4 * small
        parts.append(svg.text(line, EDGE, top - 0.3 * small, small, colour=theme.MUTED))
    return parts, top + 10


def _foot(wanted: Publication, width: float) -> list[str]:
    return [line for text in (wanted.source, wanted.footer) for line in wrapped(text, width, 12.0, most=2)]


def _footed(lines: list[str], top: float, right: float) -> list[str]:
    if not lines:
        return []
    rule = svg.element("line", x1=EDGE, x2=right, y1=top + 6, y2=top + 6, stroke=theme.RULE)
    return [
        rule,
        *(svg.text(line, EDGE, top + 26 + 18 * at, 12.0, colour=theme.MUTED) for at, line in enumerate(lines)),
    ]
