"""Tables of seats that once gave a wrong answer or none, each with neighbours of the same fault."""

from __future__ import annotations

import io
import math
from collections import Counter
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from by_hand import shapley, weighted


class TestAColumnNobodyAskedFor:
    SEATS = (10, 8, 5, 4)

    @pytest.mark.parametrize(
        "column",
        [
            ("+2", "-1", "new", "+3"),
            ("51%", "49", "k.A.", "12,5%"),
            ("1.234", "2,345", "3 456", "4'567"),
            ("01.02.2020", "n/a", "#REF!", "(3)"),
        ],
    )
    def test_it_does_not_stop_power(self, put, found, column) -> None:  # type: ignore[no-untyped-def]
        rows = [f"{name};{seats};{cell}" for name, seats, cell in zip("ABCD", self.SEATS, column, strict=True)]
        told = found("power", put("seats.csv", "party;seats;change\n" + "\n".join(rows) + "\n"))
        assert told["shapley_shubik"] == pytest.approx(list(map(float, shapley(4, weighted(self.SEATS, 14)))))

    @pytest.mark.parametrize("column", [("51", "49", "unknown", "60"), ("x", "", "–", "7"), ("1,2", "3.4", "?", "!")])
    def test_it_does_not_stop_a_map(self, put, found, column) -> None:  # type: ignore[no-untyped-def]
        places = (2, 5, 7, 9)
        rows = [
            f'{name},{seats},{place},"{cell}"'
            for name, seats, place, cell in zip("ABCD", self.SEATS, places, column, strict=True)
        ]
        table = put("map.csv", "party,seats,position,leader_age\n" + "\n".join(rows) + "\n")
        one_by_one = sorted(place for place, seats in zip(places, self.SEATS, strict=True) for _ in range(seats))
        assert found("spatial", table, "--positions", "position")["medians"]["position"] == [one_by_one[13]] * 2

    def test_asked_for_it_stops(self, put, refused) -> None:  # type: ignore[no-untyped-def]
        table = put("map.csv", "party,seats,position\nA,10,2\nB,8,left\nC,5,7\n")
        assert "WC543 map.csv:3" in refused("spatial", table, "--positions", "position")


class TestAPlusInAName:
    @pytest.mark.parametrize(
        ("parties", "pair", "apart"),
        [
            ({"+Europa": 10, "Lega": 20, "PD": 30, "M5S": 25, "Más+": 5}, "+Europa+Lega", ("+Europa", "Lega")),
            ({"Sí+": 7, "+Más": 6, "PP": 9, "PSOE": 8}, "Sí+++Más", ("Sí+", "+Más")),
            ({"A+B": 12, "A": 9, "B": 8, "C": 7}, "A+B+C", ("A+B", "C")),
            ({"C++": 5, "Go": 6, "R": 7}, "Go+C++", ("Go", "C++")),
        ],
    )
    def test_pairs_are_split_where_names_are_known(self, put, found, parties, pair, apart) -> None:  # type: ignore[no-untyped-def]
        table = put("seats.csv", "party,seats\n" + "".join(f"{name},{seats}\n" for name, seats in parties.items()))
        told = found("coalitions", table, "--excluded", pair)
        quota = sum(parties.values()) // 2 + 1
        wins = {frozenset(some) for many in range(1, len(parties) + 1) for some in combinations(parties, many)
                if sum(parties[name] for name in some) >= quota and not set(apart) <= set(some)}  # fmt: skip
        minimal = {some for some in wins if not any(other < some for other in wins)}
        assert {frozenset(one["parties"]) for one in told["minimal_winning"]} == minimal

    def test_two_ways_to_split_are_asked_about(self, put, refused) -> None:  # type: ignore[no-untyped-def]
        table = put("seats.csv", "party,seats\nA,5\nB,6\nC,7\nA+B,8\nB+C,9\n")
        assert "WC513" in refused("coalitions", table, "--excluded", "A+B+C")

    @pytest.mark.parametrize("cabinet", ["+Europa + Lega", "Lega + +Europa", "+Europa+Lega"])
    def test_past_cabinets(self, put, found, cabinet) -> None:  # type: ignore[no-untyped-def]
        places = put("places.csv", "party,seats,position\n+Europa,10,5\nLega,20,8\nPD,30,3\nM5S,25,5\n")
        past = put("past.csv", f"start,parties,premier\n2018-06-01,Lega + M5S,M5S\n2022-10-22,{cabinet},Lega\n")
        told = found("formation", places, "--history", past)
        governed = {one["party"] for one in told["parties"] if one["incumbent"]}
        assert governed == {"+Europa", "Lega"}


class TestARowOfTotals:
    ROWS = (("A", 208), ("B", 152), ("C", 120), ("D", 150))

    @pytest.mark.parametrize(
        ("word", "first"), [("Total", True), ("Summe", False), ("Всего мест", False), ("TOTAL SEATS:", True)]
    )
    def test_it_is_no_party(self, put, found, word, first) -> None:  # type: ignore[no-untyped-def]
        total = (word, sum(seats for _, seats in self.ROWS))
        rows = [total, *self.ROWS] if first else [*self.ROWS, total]
        told = found("power", put("seats.csv", "Party;Seats\n" + "".join(f"{a};{b}\n" for a, b in rows)))
        assert told["names"] == ["A", "B", "C", "D"]
        seats = [seats for _, seats in self.ROWS]
        assert told["shapley_shubik"] == pytest.approx(list(map(float, shapley(4, weighted(seats, 316)))))
        assert any("is a total and is left out" in remark for remark in told["remarks"])

    @pytest.mark.parametrize("command", ["formation", "bargain", "coalitions"])
    def test_in_every_command(self, put, found, command) -> None:  # type: ignore[no-untyped-def]
        clean = "party,seats,position\nA,40,3\nB,35,6\nC,25,8\n"
        both = [found(command, put("t.csv", text)) for text in (clean, clean + "Gesamt,100,\n")]
        assert any("Gesamt" in remark for remark in both[1].pop("remarks"))
        both[0].pop("remarks")
        assert both[0] == both[1]

    @pytest.mark.parametrize(
        "rows",
        [
            "A,40\nB,35\nTotal,99\n",
            "A,40\nB,35\nVacant,5\n",
            "Government,75\nA,40\nB,35\nC,50\n",
            "Union,75\ndavon CSU,20\nB,35\n",
            "A,40\nB,35\nMajority,38\n",
            "A,40\nB,35\nAverage,37\n",
            "A,4000\nB,3500\nInvalid votes,40\n",
        ],
    )
    def test_rows_that_are_no_members_are_asked_about(self, put, refused, rows) -> None:  # type: ignore[no-untyped-def]
        assert "WC520" in refused("power", put("seats.csv", "party,seats\n" + rows))

    def test_a_last_row_of_another_name_is_told(self, put, found) -> None:  # type: ignore[no-untyped-def]
        told = found("power", put("seats.csv", "party,seats\nA,40\nB,35\nC,25\nChamber,100\n"))
        assert "if its row is a total" in told["remarks"][0]


class TestExcelOfOtherCountries:
    ROWS = (("Left", 69, 1.2), ("Greens", 67, 2.9), ("Labour", 153, 3.8), ("Centre", 246, 6.3))

    def plain(self) -> str:
        return "party,seats,position\n" + "".join(f"{name},{seats},{place}\n" for name, seats, place in self.ROWS)

    def german(self, encoding: str = "utf-8-sig", ending: str = "\r\n", separator: str = ";") -> bytes:
        text = self.plain().replace(",", separator).replace(".", ",").replace("\n", ending)
        return text.encode(encoding)

    @pytest.mark.parametrize("command", ["power", "coalitions", "formation", "bargain"])
    @pytest.mark.parametrize(
        "how",
        [
            {},
            {"encoding": "utf-16", "separator": "\t"},
            {"encoding": "cp1252"},
            {"encoding": "utf-8", "ending": "\r"},
        ],
    )
    def test_every_command_reads_it(self, put, found, command, how) -> None:  # type: ignore[no-untyped-def]
        both = [found(command, put("t.csv", content)) for content in (self.plain(), self.german(**how))]
        assert both[0] == both[1]

    def test_a_scenario_is_made_of_it(self, put, capsys) -> None:  # type: ignore[no-untyped-def]
        from whipcount.cli import main

        made = []
        for content in (self.plain(), self.german()):
            assert main(["scenario", "from-table", put("t.csv", content), "--to", "made.yaml", "--force"]) == 0
            made.append(Path("made.yaml").read_text(encoding="utf-8"))
        assert made[0] == made[1]
        capsys.readouterr()

    @pytest.mark.parametrize("mark", [".", ","])
    def test_durations(self, put, found, mark) -> None:  # type: ignore[no-untyped-def]
        rows = [(12.5, 1, 1), (8.0, 1, 0), (20.1, 0, 1), (3.5, 1, 0), (15.5, 1, 1), (6.5, 1, 0)]
        text = "duration;ended;majority\n" + "".join(
            f"{str(months).replace('.', mark)};{ended};{majority}\n" for months, ended, majority in rows
        )
        told = found("survival", put("durations.csv", text), "--covariates", "majority")
        # exponential durations with one yes-or-no covariate: each group's mean is its months by its ends
        means = [
            sum(months for months, _, group in rows if group == one)
            / sum(ended for _, ended, group in rows if group == one)
            for one in (0, 1)
        ]
        constant, majority = (one["coefficient"] for one in told["coefficients"])
        assert constant == pytest.approx(math.log(means[0]), abs=1e-6)
        assert majority == pytest.approx(math.log(means[1] / means[0]), abs=1e-6)


class TestFilesThatAreNoCsv:
    ROWS = (("Left", 69), ("Grüne", 67), ("Labour", 153), ("Centre", 246))

    def workbook(self) -> bytes:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in (("party", "seats"), *self.ROWS):
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    def contents(self) -> dict[str, bytes]:
        text = "party;seats\r\n" + "".join(f"{name};{seats}\r\n" for name, seats in self.ROWS)
        parquet = io.BytesIO()
        pl.DataFrame(self.ROWS, schema=["party", "seats"], orient="row").write_parquet(parquet)
        return {
            "parliament.xlsx": self.workbook(),
            "called-otherwise.csv": self.workbook(),
            "sep.csv": b"\xef\xbb\xbfsep=;\r\n" + text.encode(),
            "unicode.txt": text.replace(";", "\t").encode("utf-16"),
            "no-mark.csv": text.encode("utf-16-le"),
            "latin.csv": text.encode("latin-1"),
            "t.parquet": parquet.getvalue(),
            "t.json": ("{" + ",".join(f'"{name}": {seats}' for name, seats in self.ROWS) + "}").encode(),
        }

    def test_they_are_read(self, put, found) -> None:  # type: ignore[no-untyped-def]
        right = shapley(4, weighted([seats for _, seats in self.ROWS], 268))
        for name, content in self.contents().items():
            told = found("power", put(name, content))
            assert told["names"] == [party for party, _ in self.ROWS], name
            assert told["shapley_shubik"] == pytest.approx(list(map(float, right))), name

    @pytest.mark.parametrize(
        ("name", "content", "word"),
        [
            ("t.csv", b"%PDF-1.7\n", "PDF"),
            ("t.csv", b"<!DOCTYPE html><table>", "web page"),
            ("t.xml", b"<?xml version='1.0'?><Scenario><Actors/></Scenario>", "KTAB"),
            ("t.ord", b"1169991299 0USA     200  TRUMP      9999\n", "ord"),
            ("t.rds", b"X\n\x00\x00\x00\x03", "R object"),
            ("t.csv", b"SQLite format 3\x00", "SQLite"),
        ],
    )
    def test_or_called_what_they_are(self, put, refused, name, content, word) -> None:  # type: ignore[no-untyped-def]
        said = refused("power", put(name, content))
        assert "WC521" in said
        assert word in said


class TestThousandsWithPoints:
    @pytest.mark.parametrize("group", [".", ",", " ", "\u202f"])
    def test_powers(self, put, found, group) -> None:  # type: ignore[no-untyped-def]
        actors = {"A": (1000, 10), "B": (900, 50), "C": (200, 90)}
        mark = "." if group == "," else ","
        rows = [
            f"{name};{f'{power:,}'.replace(',', group)};{place};0{mark}5" for name, (power, place) in actors.items()
        ]
        table = put("actors.csv", "actor;power;position;salience\n" + "\n".join(rows) + "\n")
        told = found("bargain", table, "--model", "mean")
        assert told["forecasts"]["mean"][0] == pytest.approx((1000 * 10 + 900 * 50 + 200 * 90) / 2100)

    @pytest.mark.parametrize("largest", ["1.000", "1,000", "1.204", "2,500"])
    def test_or_they_are_asked_about(self, put, refused, largest) -> None:  # type: ignore[no-untyped-def]
        assert "WC519" in refused("power", put("t.csv", f"holder;shares\nA;{largest}\nB;900\nC;200\n"))

    def test_said_which(self, put, found) -> None:  # type: ignore[no-untyped-def]
        table = put("t.csv", "holder;shares\nA;1.000\nB;900\nC;200\n")
        told = found("power", table, "--decimal", "comma")
        assert told["weights"] == [1000, 900, 200]
        assert told["shapley_shubik"] == pytest.approx([1 / 3] * 3)


class TestTwoThirds:
    @pytest.mark.parametrize(
        ("quota", "weights", "needed"),
        [
            ("2/3", (1, 1, 1), 2),
            ("2/3", (100, 100, 50, 50), 200),
            ("3/5", (2, 2, 1), 3),
            ("3/4", (5, 4, 2, 1), 9),
            ("5/7", (3, 2, 2), 5),
        ],
    )
    def test_shares_are_exact(self, found, quota, weights, needed) -> None:  # type: ignore[no-untyped-def]
        told = found("power", "--quota", quota, "--weights", ",".join(map(str, weights)))
        assert told["quota"] == needed
        right = shapley(len(weights), weighted(weights, needed))
        assert told["exact"]["shapley_shubik"] == list(map(str, right))
        names = [str(number) for number in range(1, len(weights) + 1)]
        coalitions = found("coalitions", "--quota", quota, "--weights", ",".join(map(str, weights)))
        wins = [some for many in range(1, len(names) + 1) for some in combinations(range(len(names)), many)
                if sum(weights[one] for one in some) >= needed]  # fmt: skip
        minimal = {
            some for some in wins if all(sum(weights[one] for one in some) - weights[out] < needed for out in some)
        }
        assert {tuple(names.index(name) for name in one["parties"]) for one in coalitions["minimal_winning"]} == minimal

    def test_coleman(self, found) -> None:  # type: ignore[no-untyped-def]
        told = found("power", "--quota", "2/3", "--weights", "100,100,50,50")
        assert told["exact"]["coleman_prevent"][0] == str(Fraction(4, 6))

    @pytest.mark.parametrize(
        ("quota", "fraction", "total", "needed", "with_fraction"),
        [("66.67%", "2/3", 300, 201, 200), ("66.7%", "2/3", 3000, 2001, 2000), ("33.34%", "1/3", 600, 201, 200)],
    )
    def test_a_percentage_above_a_fraction_is_told(self, found, quota, fraction, total, needed, with_fraction) -> None:  # type: ignore[no-untyped-def]
        third = total // 3
        told = found("power", "--quota", quota, "--weights", f"{third},{third},{third}")
        assert told["quota"] == needed
        assert f"{quota} lies above {fraction}" in told["remarks"][0]
        assert str(with_fraction) in told["remarks"][0]

    def test_one_that_decides_nothing_is_not(self, found) -> None:  # type: ignore[no-untyped-def]
        assert found("power", "--quota", "65%", "--weights", "40,35,25")["remarks"] == []


class TestLargeBodies:
    @pytest.mark.parametrize("members", [705, 101, 2, 1000])
    def test_equal_members(self, put, found, members) -> None:  # type: ignore[no-untyped-def]
        table = put("t.csv", "member,seats\n" + "".join(f"M{one},1\n" for one in range(members)))
        told = found("power", table)
        assert told["shapley_shubik"] == pytest.approx([1 / members] * members, abs=1e-12)
        needed = members // 2 + 1
        banzhaf = Fraction(math.comb(members - 1, needed - 1), 2 ** (members - 1))
        assert told["banzhaf_absolute"][0] == pytest.approx(float(banzhaf), rel=1e-12)

    @pytest.mark.parametrize(
        ("house", "senate", "quotas"), [(435, 100, (218, 51)), (9, 4, (5, 3)), (12, 5, (8, 3)), (40, 10, (21, 6))]
    )
    def test_a_president_and_two_houses(self, put, found, house, senate, quotas) -> None:  # type: ignore[no-untyped-def]
        rows = [f"H{one},1,0,0" for one in range(house)] + [f"S{one},0,1,0" for one in range(senate)] + ["P,0,0,1"]
        table = put("t.csv", "member,house,senate,pres\n" + "\n".join(rows) + "\n")
        majorities = ("--majority", f"house:{quotas[0]}", "--majority", f"senate:{quotas[1]}", "--majority", "pres:1")
        told = found("power", table, "--seats", "members", "--quota", "1", *majorities, "--index", "shapley_shubik")
        # the President turns where enough of both houses stand before: by how many of each do
        members, right = house + senate + 1, Fraction(0)
        for before in range(quotas[0], house + 1):
            for others in range(quotas[1], senate + 1):
                ahead = before + others
                orders = math.factorial(ahead) * math.factorial(members - 1 - ahead)
                right += Fraction(
                    math.comb(house, before) * math.comb(senate, others) * orders, math.factorial(members)
                )
        assert told["shapley_shubik"][-1] == pytest.approx(float(right), abs=1e-12)
        assert sum(told["shapley_shubik"]) == pytest.approx(1, abs=1e-9)

    @pytest.mark.parametrize(
        ("weights", "share"),
        [
            ((831407, 308669, 306283, 268421, 203017, 152239, 132547, 96519, 57202, 20414), 85),
            ((500001, 400002, 300003, 200004, 100005, 90006, 80007), 70),
            ((999983, 99991, 99989, 99971, 99961, 99929), 80),
            ((123457, 123456, 123455, 123454, 1), 66),
        ],
    )
    def test_weights_too_large_for_a_table(self, found, weights, share) -> None:  # type: ignore[no-untyped-def]
        told = found("power", "--quota", f"{share}%", "--weights", ",".join(map(str, weights)), "--index", "banzhaf",
                     "--index", "coleman_prevent")  # fmt: skip
        needed = math.ceil(Fraction(share, 100) * sum(weights))
        swings: Counter[int] = Counter()
        winning = 0
        for some in range(2 ** len(weights)):
            total = sum(weight for one, weight in enumerate(weights) if some >> one & 1)
            winning += total >= needed
            for one, weight in enumerate(weights):
                swings[one] += total >= needed > total - weight and bool(some >> one & 1)
        assert told["quota"] == needed
        assert told["banzhaf"] == pytest.approx(
            [swings[one] / swings.total() for one in range(len(weights))], rel=1e-12
        )
        assert told["coleman_prevent"] == pytest.approx([swings[one] / winning for one in range(len(weights))])
