"""Drawing by own hand: a few SVG elements with escaped text, and a sober estimate of a text's width."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from . import theme

# widths of DejaVu Sans in thousandths of the size, by kind of character; enough to keep labels from touching
_NARROW = set("iljtfrI.,:;'|!()[] ")
_WIDE = set("mwMW@%ЖШЩЮФМжшщюфмы—")


def width_of(text: str, size: float, bold: bool = False) -> float:
    """About how wide a text is, in pixels."""
    total = 0.0
    for letter in text:
        if letter in _NARROW:
            total += 0.37
        elif letter in _WIDE:
            total += 0.92
        elif letter.isupper():
            total += 0.70
        else:
            total += 0.62
    return total * size * (1.1 if bold else 1.0)


def widest(texts: Iterable[str], size: float, bold: bool = False) -> float:
    """About how wide the widest of some texts is, in pixels."""
    return max((width_of(text, size, bold) for text in texts), default=0.0)


def number(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def element(tag: str, inner: str = "", /, **attributes: object) -> str:
    """An element; underscores in attribute names stand for hyphens, floats are shortened, values escaped."""
    parts = []
    for name, value in attributes.items():
        if value is None:
            continue
        shown = number(value) if isinstance(value, float) else str(value)
        parts.append(f' {name.rstrip("_").replace("_", "-")}="{escape(shown)}"')
    head = f"<{tag}{''.join(parts)}"
    return f"{head}>{inner}</{tag}>" if inner else f"{head}/>"


def luminance(colour: str) -> float:
    """How light a colour "#rrggbb" is, from 0 to 1 (relative luminance as in WCAG 2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def edge_of(colour: str) -> str | None:
    """A line around a filled mark whose own colour would not stand out on paper (3 to 1); none where it does."""
    return theme.MUTED if contrast(colour, "#ffffff") < 3.0 else None


def text(
    words: str,
    x: float,
    y: float,
    size: float = theme.SMALL,
    anchor: str = "start",
    colour: str = theme.INK,
    bold: bool = False,
) -> str:
    """A line of text with its baseline at y."""
    return element(
        "text",
        escape(words),
        x=float(x),
        y=float(y),
        font_size=float(size),
        text_anchor=anchor if anchor != "start" else None,
        fill=colour,
        font_weight="bold" if bold else None,
    )


def document(parts: list[str], width: float, height: float) -> str:
    """A whole drawing on white paper in the house's type."""
    body = element("rect", width=float(width), height=float(height), fill=theme.PAPER) + "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(height)}" '
        f'viewBox="0 0 {number(width)} {number(height)}" font-family="{escape(theme.FONT_FAMILY)}">{body}</svg>'
    )


def heading(title: str, subtitle: str, x: float = 14) -> list[str]:
    """Title and subtitle as on the other charts."""
    lines = (text(title, x, 30, theme.TITLE, bold=True), text(subtitle, x, 51, theme.TEXT, colour=theme.MUTED))
    return [element("g", "".join(lines), class_="heading")]
