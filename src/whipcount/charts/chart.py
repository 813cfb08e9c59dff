"""A finished chart: what it shows, the numbers it shows, and its drawing in the formats people use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from whipcount.errors import UsageError
from whipcount.table import Column, Result, Table
from whipcount.text import language as spoken
from whipcount.text import writing

from . import theme

FORMATS = (".svg", ".png", ".html")


@dataclass(frozen=True, repr=False)
class Chart:
    """A drawing of a result or of runs, with its numbers as a table; a notebook shows it.

    name: file stem. title: what it is. caption: how to read it. alt: what it says, for those who do not see it.
    table: its numbers, the first column naming the row. Exactly one of `spec` (Vega-Lite) and `drawing` (SVG) is given.
    """

    name: str
    title: str
    caption: str
    alt: str
    table: Table
    language: str = field(default_factory=spoken)
    spec: Mapping[str, Any] | None = None
    drawing: str | None = None
    _drawn: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if (self.spec is None) == (self.drawing is None):
            raise ValueError("a chart is either a Vega-Lite specification or an SVG drawing")

    def __repr__(self) -> str:
        return f"<Chart {self.name}: {self.title}>"

    @property
    def altair(self) -> Any:
        """The Altair chart, to change or combine further. Raises UsageError (WC628) for a chart drawn by hand."""
        if self.spec is None:
            hint = "save it as SVG, or plot its .table.frame()"
            raise UsageError.one("WC628", f"the chart {self.name!r} is not drawn with Altair", hint)
        import altair

        return altair.Chart.from_dict(dict(self.spec))

    def save(self, path: Path | str) -> None:
        """Write the chart as SVG, PNG or HTML, by the file's ending. Raises UsageError (WC620) for another ending."""
        path = Path(path)
        suffix = check_format(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if suffix == ".png":
            path.write_bytes(self.png())
        else:
            path.write_text(self.svg() if suffix == ".svg" else self.html(), encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg()

    def svg(self) -> str:
        """The drawing as an SVG document that can also stand inside a page (its ids carry the chart's name)."""
        return labelled(self._plain_svg(), self.name, self.title, self.alt)

    def png(self, scale: float = theme.PNG_SCALE) -> bytes:
        """The drawing as PNG, `scale` pixels for each unit of the drawing."""
        import vl_convert

        return bytes(vl_convert.svg_to_png(self._plain_svg(), scale=scale))

    def html(self) -> str:
        """A page of its own, with everything it needs inside."""
        return _PAGE.format(
            language=self.language,
            title=escape(self.title),
            caption=escape(self.caption),
            font=theme.FONT,
            ink=theme.INK,
            muted=theme.MUTED,
            svg=self.svg(),
        )

    def _plain_svg(self) -> str:
        if self.drawing is not None:
            return self.drawing
        if "svg" not in self._drawn:
            self._drawn["svg"] = self._rendered()
        return self._drawn["svg"]

    def _rendered(self) -> str:
        import altair
        import vl_convert

        # the Vega-Lite that altair wrote the specification for, "6.4" of "v6.4.1"
        version = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
        locale: Any = writing(self.language).charts
        return str(vl_convert.vegalite_to_svg(dict(self.spec or {}), vl_version=version, format_locale=locale))


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: {font}; color: {ink}; margin: 1.5rem auto; max-width: 62rem; padding: 0 1rem; }}
figure {{ margin: 0; overflow-x: auto; }}
svg {{ max-width: 100%; min-width: 40rem; height: auto; }}
figcaption {{ color: {muted}; line-height: 1.5; }}
</style>
</head>
<body>
<figure>
{svg}
<figcaption>{caption}</figcaption>
</figure>
</body>
</html>
"""


def check_format(path: Path) -> str:
    """The ending of a file's name, one of `FORMATS`. Raises UsageError (WC620) for another."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UsageError.one("WC620", f"{path.name}: charts are drawn as {', '.join(FORMATS)}", "name such a file")
    return suffix


def table_of(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A chart's numbers as texts, under headings in the reader's language."""
    return Table("numbers", "", tuple(Column(head, head) for head in heads), tuple(tuple(row) for row in rows))


def labelled(svg: str, name: str, title: str, alt: str) -> str:
    """An SVG with a name and a description for screen readers, and ids that do not clash with another chart's."""
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    body = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', body)
    # described as a whole: marks that call themselves pictures too would each need words of their own
    body = re.sub(r' (?:role="graphics-[a-z-]+"|aria-roledescription="[^"]*")', "", body)
    body = re.sub(r' aria-label="(?:Title|Subtitle) text [^"]*"', "", body)  # it is said in English, whatever the page
    start = body.index("<svg")
    end = body.index(">", start)
    ids = f'role="img" aria-labelledby="{name}-title {name}-desc"'
    texts = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(alt)}</desc>'
    return f"{body[start:end]} {ids}>{texts}{body[end + 1 :]}"


def charted(result: Result, name: str, drawn: Any, title: str, subtitle: str | Sequence[str], caption: str) -> Chart:
    """An Altair chart of a result: its first table has the numbers, its sentences say what is to be seen."""
    import altair as alt

    headed = drawn.properties(title=alt.Title(title, subtitle=subtitle, frame="bounds"))
    return Chart(name, title, caption, result.words(), result.tables()[0], spec=finished(headed))


def finished(layered: Any) -> dict[str, Any]:
    """The specification of an altair chart in the house style."""
    spec: dict[str, Any] = layered.to_dict()
    # the drawing is described as a whole, mark by mark only repeats the table of numbers
    spec["config"] = {**theme.config(), "aria": False}
    spec.pop("usermeta", None)
    return spec
