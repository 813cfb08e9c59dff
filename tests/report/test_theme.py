"""Colours of the house style, and texts fitted to a width."""

from __future__ import annotations

from whipcount.charts import theme
from whipcount.text.fitting import halved, shortened


def test_party_colours_are_distinct_and_respect_the_scenario() -> None:
    colours = theme.party_colours(["a", "b", "c"], {"a": "#b2182b", "b": None, "c": None})
    assert colours["a"] == "#b2182b"
    assert len(set(colours.values())) == 3


def test_words() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert halved("Council government in proportion") == ["Council government", "in proportion"]
