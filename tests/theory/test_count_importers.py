"""Reading seats, positions and KTAB files: as people write them, and every mistake told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from count_bodies import KTAB_3, KTAB_6

from whipcount.data.ktab import load_ktab
from whipcount.data.positions import load_positions
from whipcount.data.seats import load_seats, position_columns
from whipcount.errors import TableError


@pytest.fixture
def write(tmp_path: Path):  # type: ignore[no-untyped-def]
    def file(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return file


class TestSeats:
    def test_a_plain_table(self, write) -> None:  # type: ignore[no-untyped-def]
        table = load_seats(write("Party,Seats,Left_Right,Colour\nA,10,1.5,red\nB,20,,blue\n"))
        assert table.names == ("A", "B")
        assert table.seats == (10, 20)
        assert table.measures == (("left_right", (1.5, None)),)
        assert position_columns(table) == ("left_right",)

    @pytest.mark.parametrize(
        "text",
        [
            "\ufeffparty,seats\nA,10\nB,20\n",
            "party;seats\nA;10\nB;20\n",
            "party\tseats\nA\t10\nB\t20\n",
            'party , seats\n"A" , 10\n\nB,20,\n',
            "party,seats\r\nA,10\r\nB,20.0\r\n",
        ],
    )
    def test_as_spreadsheets_save_them(self, write, text: str) -> None:  # type: ignore[no-untyped-def]
        table = load_seats(write(text))
        assert (table.names, table.seats) == (("A", "B"), (10, 20))

    def test_decimal_commas_between_semicolons(self, write) -> None:  # type: ignore[no-untyped-def]
        assert load_seats(write("party;seats;x\nA;10;1,5\n")).measures == (("x", (1.5,)),)

    def test_other_columns_as_seats(self, write) -> None:  # type: ignore[no-untyped-def]
        path = write("state,population\nA,83\nB,1\n")
        assert load_seats(path, "Population").seats == (83, 1)
        assert load_seats(path, "members").seats == (1, 1)
        assert load_seats(path, "members").weights("population") == (83, 1)

    @pytest.mark.parametrize(
        ("text", "code", "told"),
        [
            ("", "WC541", "no rows"),
            ("party,seats\n", "WC541", "no rows"),
            ("party,number\nA,1\n", "WC542", "party,seats"),
            ("party,seats,seats\nA,1,2\n", "WC542", "twice"),
            ("party,seats\nA,x\n", "WC543", ":2:"),
            ("party,seats\nA,\n", "WC543", "empty"),
            ("party,seats\nA,1,2\n", "WC510", ":2:"),
            ('party,seats\n"A,1\n', "WC543", "CSV"),
            ("party,seats\nA,1\nA,2\n", "WC503", "rows 1 and 2"),
            ("party,seats\n,1\n", "WC503", "no name"),
            ("party,seats\nA,-1\n", "WC505", "below 0"),
            ("party,seats\nA,1.5\n", "WC506", "whole"),
            ("party,seats\nA,0\n", "WC507", "nobody"),
        ],
    )
    def test_mistakes(self, write, text: str, code: str, told: str) -> None:  # type: ignore[no-untyped-def]
        with pytest.raises(TableError, match=code) as caught:
            load_seats(write(text))
        assert told in str(caught.value)

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(TableError, match="WC540"):
            load_seats(tmp_path / "missing.csv")

    def test_another_code_page_is_read_and_told(self, write) -> None:  # type: ignore[no-untyped-def]
        table = load_seats(write("party,seats\nÄ,1\n", "latin-1"))
        assert table.names == ("Ä",)
        assert "Western European" in table.remarks[0]


class TestPositions:
    def test_one_dimension(self, write) -> None:  # type: ignore[no-untyped-def]
        table = load_positions(write("Actor,Capability,Position,Salience\nNL,.08,4,.8\nBE,.08,7,.4\n"))
        assert table.names == ("NL", "BE")
        assert table.ideal == ((4.0,), (7.0,))
        assert table.salience == ((0.8,), (0.4,))
        assert table.dimensions == ("position",)

    def test_several_dimensions_and_percentages(self, write) -> None:  # type: ignore[no-untyped-def]
        text = "name,power,tax_position,tax_salience,eu_position,eu_salience\nA,1,2,60,3,40\nB,2,8,50,1,50\n"
        table = load_positions(write(text))
        assert table.dimensions == ("tax", "eu")
        assert table.ideal == ((2.0, 3.0), (8.0, 1.0))
        assert table.salience[0] == pytest.approx((0.6, 0.4))
        assert table.only("eu").ideal == ((3.0,), (1.0,))

    def test_no_salience_is_full_salience(self, write) -> None:  # type: ignore[no-untyped-def]
        assert load_positions(write("actor,power,position\nA,1,2\nB,1,3\n")).salience == ((1.0,), (1.0,))

    def test_uncertainty(self, write) -> None:  # type: ignore[no-untyped-def]
        text = "actor,power,position,salience,position_sd,power_sd,salience_sd\nA,1,2,80,.5,.1,5\nB,1,3,50,,,\n"
        table = load_positions(write(text))
        assert table.ideal_sd == ((0.5,), (0.0,))
        assert table.power_sd == (0.1, 0.0)
        assert table.salience_sd == ((0.05,), (0.0,))

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("actor,position\nA,1\n", "WC542"),
            ("actor,power\nA,1\n", "WC542"),
            ("actor,power,position\nA,1,\n", "WC543"),
            ("actor,power,position,salience\nA,1,2,many\n", "WC543"),
            ("actor,power,position,salience\nA,-1,2,1\n", "WC505"),
            ("actor,power,position,salience\nA,1,2,-1\n", "WC512"),
            ("actor,power,position\nA,1,2\nA,1,3\n", "WC503"),
        ],
    )
    def test_mistakes(self, write, text: str, code: str) -> None:  # type: ignore[no-untyped-def]
        with pytest.raises(TableError, match=code):
            load_positions(write(text))


SMALL = 'Small,"two, really",2,1,\nActor,Description,Power,Tax Position,Tax Salience\nA,,1,20,50,\nB,"a, b",2,80,100\n'


class TestKtab:
    def test_small(self, write) -> None:  # type: ignore[no-untyped-def]
        table = load_ktab(write(SMALL))
        assert table.title == "Small"
        assert table.dimensions == ("Tax",)
        assert table.scale == ((0.0, 100.0),)
        assert table.salience == ((0.5,), (1.0,))
        assert load_positions(write(SMALL)) == table

    @pytest.mark.skipif(not KTAB_3.exists(), reason="KTAB's samples are not on this machine")
    def test_samples_as_they_are(self) -> None:
        three, six = load_positions(KTAB_3), load_positions(KTAB_6)
        assert (len(three.names), three.dimensions) == (7, ("Pstn1", "Pstn2", "Pstn3"))
        assert (len(six.names), len(six.dimensions)) == (27, 6)
        assert six.power[0] == 99.98

    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ("2,1,", "3,1,", "WC511"),
            ("2,1,", "2,2,", "WC511"),
            ("2,1,", "2,0,", "WC511"),
            ("Actor,", "Who,", "WC511"),
            ("20", "", "WC543"),
            ("20", "left", "WC543"),
            ("80", "180", "WC512"),
            ("100", "101", "WC512"),
        ],
    )
    def test_mistakes(self, write, old: str, new: str, code: str) -> None:  # type: ignore[no-untyped-def]
        with pytest.raises(TableError, match=code):
            load_ktab(write(SMALL.replace(old, new)))
