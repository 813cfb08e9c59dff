"""Bargains and expert surveys that once gave a wrong answer or none, each with neighbours of the same fault."""

from __future__ import annotations

import itertools
from typing import Any, ClassVar

import pytest
from by_hand import weighted_mean

# Scholz, Calbert & Smith (2011): emission standards of the European Community; capability, position, salience
EMISSIONS = {
    "NL": (0.08, 4, 0.8), "BE": (0.08, 7, 0.4), "LU": (0.03, 4, 0.2), "DE": (0.16, 4, 0.8), "FR": (0.16, 10, 0.6),
    "IT": (0.16, 10, 0.6), "UK": (0.16, 10, 0.9), "IE": (0.05, 7, 0.1), "DK": (0.05, 4, 1.0), "GR": (0.08, 7, 0.7),
}  # fmt: skip
HEAD = "actor,power,position,salience\n"


def emissions(factor: float, sign: str = "") -> str:
    return HEAD + "".join(
        f"{name},{power},{place},{care * factor:g}{sign}\n" for name, (power, place, care) in EMISSIONS.items()
    )


class TestScalesOfSalience:
    """Saliences of 0.8, 8, 80 and 80% are one: the forecasts are those of the example, 7 and 5.975."""

    @pytest.mark.parametrize(
        ("factor", "sign", "options"),
        [
            (1, "", ()),
            (10, "", ()),
            (100, "", ()),
            (100, "%", ()),
            (5, "", ("--salience-scale", "5")),
            (7, "", ("--salience-scale", "7")),
        ],
    )
    def test_all_are_one(self, put, found, factor, sign, options) -> None:  # type: ignore[no-untyped-def]
        told = found("bargain", put("t.csv", emissions(factor, sign)), *options)["forecasts"]
        assert told["expected_utility"][0] == 7
        assert told["ktab"][0] == pytest.approx(5.975, abs=5e-4)
        compromise = weighted_mean({name: (power * care, place) for name, (power, place, care) in EMISSIONS.items()})
        assert told["compromise"][0] == pytest.approx(compromise)
        assert told["mean"][0] == pytest.approx(weighted_mean({name: one[:2] for name, one in EMISSIONS.items()}))

    @pytest.mark.parametrize("factor", [5, 7, 20, 0.1 * 25])
    def test_other_scales_are_asked_for(self, put, refused, factor) -> None:  # type: ignore[no-untyped-def]
        assert "WC523" in refused("bargain", put("t.csv", emissions(factor)))

    def test_a_scale_that_is_told_is_said(self, put, found) -> None:  # type: ignore[no-untyped-def]
        assert "0 to 10" in found("bargain", put("t.csv", emissions(10)))["remarks"][0]

    def test_no_salience_is_said(self, put, found) -> None:  # type: ignore[no-untyped-def]
        text = emissions(1).replace("salience", "saliance")
        told = found("bargain", put("t.csv", text), "--model", "compromise")
        assert "no column of salience" in told["remarks"][0]
        mean = weighted_mean({name: one[:2] for name, one in EMISSIONS.items()})
        assert told["forecasts"]["compromise"][0] == pytest.approx(mean)


class TestTheOrderOfTheRows:
    @pytest.mark.parametrize(
        "rows",
        [
            ("A,50,3", "B,50,7", "C,30,5", "D,10,1"),
            ("A,40,2", "B,40,8", "C,40,5"),
            ("A,30,4", "B,30,4", "C,20,6", "D,5,9"),
            ("A,35,1", "B,35,9", "C,20,5", "D,20,5"),
        ],
    )
    def test_cabinets(self, put, found, rows) -> None:  # type: ignore[no-untyped-def]
        """Two largest parties of one size: whatever the order of the rows, each cabinet has one probability."""
        told: list[dict[frozenset[str], float]] = []
        for order in list(itertools.permutations(rows))[:: max(1, len(rows) - 1)][:4]:
            result = found("formation", put("t.csv", "party,seats,position\n" + "\n".join(order) + "\n"), "--top", "20")
            told.append({frozenset(one["members"].split(", ")): one["probability"] for one in result["cabinets"]})
        for other in told[1:]:
            assert other == pytest.approx(told[0], abs=1e-9)

    @pytest.mark.parametrize(
        "rows",
        [("A,5,2,1", "B,5,8,1", "C,3,5,1"), ("A,4,1,1", "B,4,9,1", "C,4,5,1"), ("A,2,0,.5", "B,2,10,.5", "C,1,5,.5")],
    )
    def test_symmetric_bargains(self, put, found, rows) -> None:  # type: ignore[no-untyped-def]
        """A table that is its own mirror about 5 settles at 5, or says that the order of its rows decides."""
        both = [
            found("bargain", put("t.csv", HEAD + "\n".join(order) + "\n"), "--model", "ktab")
            for order in (rows, rows[::-1])
        ]
        ends = [one["forecasts"]["ktab"][0] for one in both]
        assert sum(ends) == pytest.approx(10, abs=1e-6)
        if abs(ends[0] - 5) > 1e-6:
            assert [one["ktab"]["rows_turned_round"][0] for one in both] == pytest.approx(ends[::-1])
            moves = found("bargain", put("t.csv", HEAD + "\n".join(rows) + "\n"), "--model", "ktab", "--leverage")
            assert any("order of the rows" in remark for remark in moves["remarks"])

    @pytest.mark.parametrize("model", ["mean", "compromise", "median", "nash", "expected_utility"])
    def test_other_models_have_no_order(self, put, found, model) -> None:  # type: ignore[no-untyped-def]
        rows = emissions(1).splitlines()[1:]
        ends: list[Any] = [
            found("bargain", put("t.csv", HEAD + "\n".join(order) + "\n"), "--model", model)["forecasts"][model][0]
            for order in (rows, rows[::-1], rows[5:] + rows[:5])
        ]
        assert ends == pytest.approx([ends[0]] * 3)


class TestChapelHill:
    ROWS: ClassVar = {
        "CDU": (5.90, 6.48, 5.86, 6.24),
        "SPD": (3.71, 7.67, 3.38, 5.48),
    }  # lrecon, its salience, galtan, its salience

    def wave(self, year: str = "", seats: dict[str, float] | None = None, separator: str = ",") -> str:
        header = [
            "country",
            "eastwest",
            "party",
            "party_id",
            "lrgen",
            "lrecon",
            "lrecon_salience",
            "galtan",
            "galtan_salience",
        ]
        rows = [["3", "1", name, str(300 + place), "5", *(f"{one:.2f}" for one in cells)]
                for place, (name, cells) in enumerate(self.ROWS.items())]  # fmt: skip
        if year:
            header, rows = [*header, "year"], [[*row, year] for row in rows]
        if seats:
            header, rows = [*header, "seat"], [[*row, f"{seats[row[2]]:g}"] for row in rows]
        lines = [separator.join(row) for row in [header, *rows]]
        return ("\n".join(lines) + "\n").replace(".", "," if separator == ";" else ".")

    @pytest.mark.parametrize(
        ("options", "power"),
        [
            ({}, {"CDU": 1.0, "SPD": 1.0}),
            ({"year": "2019"}, {"CDU": 1.0, "SPD": 1.0}),
            ({"separator": ";"}, {"CDU": 1.0, "SPD": 1.0}),
            ({"year": "2019", "seats": {"CDU": 35.0, "SPD": 21.0}}, {"CDU": 35.0, "SPD": 21.0}),
        ],
    )
    def test_a_file_of_one_wave(self, put, found, options, power) -> None:  # type: ignore[no-untyped-def]
        told = found("bargain", put("ches.csv", self.wave(**options)), "--country", "GE", "--model", "mean")
        assert told["names"] == ["CDU", "SPD"]
        for axis, place in enumerate((0, 2)):
            right = weighted_mean({name: (power[name], cells[place]) for name, cells in self.ROWS.items()})
            assert told["forecasts"]["mean"][axis] == pytest.approx(right)
        assert any("same power" in remark for remark in told["remarks"]) == ("seats" not in options)

    def test_a_country_is_asked_for(self, put, refused) -> None:  # type: ignore[no-untyped-def]
        assert "WC546" in refused("bargain", put("ches.csv", self.wave()), "--model", "mean")


class TestKtabFiles:
    """KTAB's own XML is read with its numbers; the mean is that of its actors."""

    @staticmethod
    def scenario(actors: dict[str, tuple[str, str, str]]) -> str:
        inside = "".join(
            f"<Actor><name>{name}</name><capability>{power}</capability><Position><dCoord>{place}</dCoord></Position>"
            f"<Salience><dSal>{care}</dSal></Salience></Actor>"
            for name, (power, place, care) in actors.items()
        )
        axes = "<Dimensions><dName>tax</dName></Dimensions>"
        return f"<?xml version='1.0'?><Scenario><name>x</name>{axes}<Actors>{inside}</Actors></Scenario>"

    @pytest.mark.parametrize(
        "actors",
        [{"A": ("102.5", "75.79", "50"), "B": ("50", "10", "20")}, {"A": ("1", "0", "100"), "B": ("3", "100", "1")}],
    )
    def test_they_are_read(self, put, found, actors) -> None:  # type: ignore[no-untyped-def]
        told = found("bargain", put("s.xml", self.scenario(actors)), "--model", "mean")
        right = weighted_mean({name: (float(power), float(place)) for name, (power, place, _) in actors.items()})
        assert told["forecasts"]["mean"][0] == pytest.approx(right)

    @pytest.mark.parametrize(
        "broken", [{"A": ("many", "1", "1"), "B": ("1", "1", "1")}, {"A": ("1", "", "1"), "B": ("1", "1", "1")}]
    )
    def test_or_refused_as_ktab(self, put, refused, broken) -> None:  # type: ignore[no-untyped-def]
        said = refused("bargain", put("s.xml", self.scenario(broken)))
        assert "WC511" in said
        assert "KTAB" in said
