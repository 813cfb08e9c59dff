"""Colours of well-known parties: taken where a table is of one country, never on the strength of a name alone."""

from __future__ import annotations

import re

import pytest

from whipcount import coalitions
from whipcount.charts import svg, theme
from whipcount.charts.known_parties import _by_country, fold, known_colours
from whipcount.text import LANGUAGES, say, speaking

BUNDESTAG = {"SPD": 206, "CDU/CSU": 197, "Grüne": 118, "FDP": 92, "AfD": 83, "Die Linke": 39, "SSW": 1}


def table(parties: dict[str, int], **colours: str) -> list[dict[str, object]]:
    given = [{"party": name, "seats": seats} for name, seats in parties.items()]
    return [{**row, "colour": colours.get(str(row["party"]), "")} for row in given] if colours else given


def test_a_parliament_has_the_colours_that_its_readers_know() -> None:
    chart = coalitions(table(BUNDESTAG)).chart()
    drawing = chart.drawing or ""
    for colour in ("#c31906", "#0a0a0a", "#66a622", "#d1cc00", "#0084c7", "#8440a3"):
        assert f'fill="{colour}"' in drawing
    assert "Germany" in chart.caption
    assert "NZZ" in chart.caption


def test_colours_that_are_given_come_first() -> None:
    chart = coalitions(table(BUNDESTAG, SPD="#123456")).chart()
    assert 'fill="#123456"' in (chart.drawing or "")
    assert "NZZ" not in chart.caption


@pytest.mark.parametrize(
    "names",
    [
        ("Labour", "Centre", "Liberals", "Nation"),
        ("Left", "Greens", "Labour", "Centre", "Liberals", "Nation", "Others"),
        ("Social Democrats", "Christian Democrats", "Moderates", "Left Party"),
        ("S", "M", "C", "L", "V"),
        ("SPD", "FDP", "AfD", "ÖVP", "SPÖ"),
        ("Labour", "Greens"),
        ("A", "B", "C"),
        (),
        ("SPD", "ÖVP", "PSOE", "VVD"),
    ],
)
def test_a_name_alone_is_not_enough(names: tuple[str, ...]) -> None:
    assert known_colours(names) is None


def test_the_examples_of_the_page_are_of_no_country() -> None:
    from whipcount.web.counting import kinds

    for kind in kinds().values():
        rows = [line.split(",")[0] for line in kind.form.example.splitlines()[1:]]
        assert known_colours(rows) is None, kind.name


def test_names_are_known_as_people_write_them() -> None:
    assert fold("Bündnis 90/Die Grünen") == fold("BUNDNIS 90 die grunen")
    found = known_colours(["fidesz", "Mi Hazank", "dk", "Somebody"])
    assert found is not None
    assert found.country == "Hungary"
    assert found.colours[-1] is None


def test_the_list_is_sound() -> None:
    for country, colours in _by_country().items():
        assert len(colours) >= 3, country
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours.values())
        for language in LANGUAGES:
            with speaking(language):
                assert language == "en" or say(country) != country
    assert svg.contrast("#0a0a0a", theme.PAPER) > 3
