"""Real tables as people have them: each kind of fault that once gave a wrong answer in silence, and its neighbours.

And random changes of valid tables: each gives the answer of the clean table, or a coded refusal.
"""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from pathlib import Path

import pytest

from whipcount.data.chapel_hill import positions, read_chapel_hill
from whipcount.data.durations import read_durations
from whipcount.data.ktab import find_ktab
from whipcount.data.parliaments import read_parliament
from whipcount.data.parties import read_history, read_parties
from whipcount.data.positions import load_positions
from whipcount.data.roll_call_sources import read_roll_calls
from whipcount.data.seats import load_seats, position_columns
from whipcount.errors import TableError
from whipcount.theory.bargain import bargain
from whipcount.theory.coalitions import coalitions
from whipcount.theory.formation import forecast
from whipcount.theory.power import power
from whipcount.theory.rollcall_table import NO, YES
from whipcount.theory.rule_grammar import parse_rule
from whipcount.theory.rules import weighted_majority
from whipcount.theory.rules_written import written_rule
from whipcount.theory.tables import SeatsTable


def put(folder: Path, text: str | bytes, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def shapley(table: SeatsTable, quota: int | None = None) -> dict[str, Fraction]:
    rule = weighted_majority(table.seats, quota, table.names)
    exact = power(rule, indices=["shapley_shubik"]).index("shapley_shubik").exact
    assert exact is not None
    return dict(zip(table.names, exact, strict=True))


HALF_AND_SIXTHS = {"A": Fraction(1, 2), "B": Fraction(1, 6), "C": Fraction(1, 6), "D": Fraction(1, 6)}


class TestColumnsNobodyAskedFor:
    @pytest.mark.parametrize(
        "change",
        [
            ("+2", "-1", "new", "+3"),
            ("1.234", "5.678", "9.123", "4.567"),  # doubtful
            ("1,5", "2.5", "x", "?"),
            ("51", "49", "unknown", "60"),
        ],
    )
    def test_they_do_not_stop_a_count(self, tmp_path: Path, change: tuple[str, ...]) -> None:
        rows = [f"{name};{seats};{one}" for name, seats, one in zip("ABCD", (10, 8, 5, 4), change, strict=True)]
        table = load_seats(put(tmp_path, "party;seats;change\n" + "\n".join(rows) + "\n"))
        assert shapley(table) == HALF_AND_SIXTHS


class TestSignsInNames:
    ITALY = "party,seats\n+Europa,10\nLega,20\nPD,30\nM5S,25\nMás+,5\n"

    @pytest.mark.parametrize("pair", ["+Europa+Lega", "+Europa + Lega", "Lega++Europa", "Más++PD", "Más+ + +Europa"])
    def test_pairs_can_be_named(self, tmp_path: Path, pair: str) -> None:
        from whipcount.data.reading.names import split_names

        table = load_seats(put(tmp_path, self.ITALY))
        first, second = split_names(pair, table.names, parts=2)
        result = coalitions(table, 46, excluded=[(first, second)])
        assert all({first, second} - set(result.names_of(one.parties)) for one in result.minimal_winning)

    def test_past_cabinets_keep_the_sign(self, tmp_path: Path) -> None:
        past = put(tmp_path, "start,parties,premier\n2018-06-01,Lega + M5S,M5S\n2022-10-22,+Europa + Lega,Lega\n")
        record = read_history(past, ("+Europa", "Lega", "PD", "M5S"))
        assert record.incumbent.tolist() == [True, True, False, False]


class TestTotals:
    def test_of_a_web_page(self, tmp_path: Path) -> None:
        text = "Party;Seats;%\nTotal;630;100\nA;208;33,0\nB;152;24,1\nC;120;19,0\nD;150;23,8\n"
        assert shapley(load_seats(put(tmp_path, text))) == HALF_AND_SIXTHS

    @pytest.mark.parametrize("word", ["Total", "Итого", "Gesamt:"])
    def test_in_formation_and_parliaments(self, tmp_path: Path, word: str) -> None:
        path = put(tmp_path, f"party,seats,position\nA,40,3\nB,35,6\nC,25,8\n{word},100,5\n")
        assert read_parties(path).parties == ("A", "B", "C")
        assert [party.name for party in read_parliament(path).parties] == ["A", "B", "C"]

    def test_in_bargains(self, tmp_path: Path) -> None:
        path = put(tmp_path, "actor,power,position,salience\nA,2,1,1\nB,3,2,1\nC,4,3,1\nTotal,9,,\n")
        assert load_positions(path).names == ("A", "B", "C")

    def test_a_game_of_a_half_is_a_game(self, tmp_path: Path) -> None:
        assert load_seats(put(tmp_path, "party,seats\nA,50\nB,49\nC,1\n")).names == ("A", "B", "C")


class TestChapelHill:
    ONE_WAVE = (
        "country,eastwest,party,party_id,lrgen,lrecon,lrecon_salience,galtan,galtan_salience\n"
        "3,1,CDU,301,5.86,5.90,6.48,5.86,6.24\n3,1,SPD,302,3.62,3.71,7.67,3.38,5.48\n"
    )

    def test_a_file_of_one_wave(self, tmp_path: Path) -> None:
        table = positions(read_chapel_hill(put(tmp_path, self.ONE_WAVE)), "GE")
        assert table.names == ("CDU", "SPD")
        assert table.ideal == ((5.90, 5.86), (3.71, 3.38))
        assert table.power == (1.0, 1.0)
        assert "same power" in table.remarks[0]

    def test_the_bargain_knows_it(self, tmp_path: Path) -> None:
        path = put(tmp_path, self.ONE_WAVE)
        assert load_positions(path, country="ge").salience[0] == pytest.approx((0.648, 0.624))
        with pytest.raises(TableError, match="WC546"):
            load_positions(path)

    def test_with_commas_and_another_order(self, tmp_path: Path) -> None:
        text = self.ONE_WAVE.replace(",", ";").replace(".", ",")
        assert positions(read_chapel_hill(put(tmp_path, text)), "GE").ideal[1] == (3.71, 3.38)


class TestOneReaderForAll:
    PLAIN = "party,seats,position\nLeft,69,1.2\nGreens,67,2.9\nLabour,153,3.8\nCentre,246,6.3\n"

    @staticmethod
    def german(text: str) -> bytes:
        swapped = text.replace(".", "\0").replace(",", ";").replace("\0", ",")
        return swapped.replace("\n", "\r\n").encode("utf-8-sig")

    def test_a_german_table_in_every_reader(self, tmp_path: Path) -> None:
        plain = put(tmp_path, self.PLAIN, "plain.csv")
        german = put(tmp_path, self.german(self.PLAIN), "german.csv")
        assert load_seats(plain).measures == load_seats(german).measures
        for one in (plain, german):
            assert read_parties(one).place.tolist() == pytest.approx([0.12, 0.29, 0.38, 0.63])
            assert [party.seats for party in read_parliament(one).parties] == [246, 153, 69, 67]

    @pytest.mark.parametrize("comma", [True, False])
    def test_durations(self, tmp_path: Path, comma: bool) -> None:
        text = "duration;ended;majority\n12.5;1;1\n8.0;1;0\n20.1;0;1\n"
        told = read_durations(
            put(tmp_path, text.replace(".", ",") if comma else text), "duration", "ended", ["majority"]
        )
        assert told.duration.tolist() == [12.5, 8.0, 20.1]

    def test_an_end_that_is_not_told_is_no_censoring(self, tmp_path: Path) -> None:
        with pytest.raises(TableError, match=r"WC543 .*:3:1 ended is empty"):
            read_durations(put(tmp_path, "duration,ended\n12,1\n8,\n"), "duration", "ended", [])


class TestOtherFiles:
    XML = (
        "<?xml version='1.0'?><Scenario><name>x</name><ModelParameters><PCEModel>MarkovUniform</PCEModel>"
        "<VotingRule>PropCbc</VotingRule></ModelParameters><Dimensions><dName>tax</dName></Dimensions><Actors>"
        "<Actor><name>A</name><capability>102.543</capability><Position><dCoord>75.79</dCoord></Position>"
        "<Salience><dSal>50</dSal></Salience></Actor><Actor><name>B</name><capability>50</capability><Position>"
        "<dCoord>10</dCoord></Position><Salience><dSal>20</dSal></Salience></Actor></Actors></Scenario>"
    )

    def test_ktab_xml_with_its_parameters(self, tmp_path: Path) -> None:
        found = find_ktab(put(tmp_path, self.XML, "s.xml"))
        assert found is not None
        assert found.options == (("election", "markov_uniform"), ("voting", "prop_cubic"))
        assert found.table.power == (102.543, 50.0)
        assert found.table.salience == ((0.5,), (0.2,))
        assert load_positions(tmp_path / "s.xml").dimensions == ("tax",)

    @pytest.mark.parametrize(
        "text",
        [
            XML.replace("102.543", "many"),
            XML.replace("PCEModel>", "Guess>"),
            "<Scenario><Actors><Actor><name>A</name></Actor></Actors></Scenario>",
            "<Scenario><unclosed>",
        ],
    )
    def test_damaged_xml_is_called_what_it_is(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(TableError, match=r"WC511.*KTAB"):
            find_ktab(put(tmp_path, text, "s.xml"))

    def test_ord(self, tmp_path: Path) -> None:
        text = (
            "1169991299 0USA     200  TRUMP      9999\n1164170541 0ALABAMA 100  JONES      1661\n"
            "1164130041 0ALABAMA 200  SHELBY     6619\n"
        )
        calls = read_roll_calls(put(tmp_path, text, "senate.ord"))
        assert calls.members == ("JONES (ALABAMA)", "SHELBY (ALABAMA)")
        assert calls.parties == ("Democrat", "Republican")
        assert calls.votes[0].tolist() == [YES, NO, NO, YES]
        with pytest.raises(TableError, match=r"WC510 .*:2:1"):
            read_roll_calls(put(tmp_path, text.replace("1661\n", "166\n"), "short.ord"))

    def test_a_matrix_of_members_by_votes(self, tmp_path: Path) -> None:
        matrix = put(tmp_path, '"","party","V1","V2"\n"A","X",1,0\n"B","X",1,NA\n"C","Y",0,1\n')
        calls = read_roll_calls(matrix)
        assert calls.members == ("A", "B", "C")
        assert [motion.id for motion in calls.motions] == ["V1", "V2"]
        assert calls.votes[:, 0].tolist() == [YES, YES, NO]
        coded = put(tmp_path, "member,rc1,rc2\nA,1,6\nB,9,6\n")
        with pytest.raises(TableError, match="WC563"):
            read_roll_calls(coded)
        assert read_roll_calls(coded, votes="1=yes 6=no 9=absent").votes[0].tolist() == [YES, NO]

    def test_howtheyvote(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "vote_id,member_id,position,country_code,group_code\n7,1,FOR,DEU,X\n7,2,DID_NOT_VOTE,ITA,Y\n8,1,AGAINST,DEU,X\n8,3,FOR,ITA,Y\n",
            "member_votes.csv",
        )
        put(tmp_path, "id,timestamp,display_title\n7,2020-01-01T10:00:00,One\n8,2020-01-02T10:00:00,Two\n", "votes.csv")
        put(tmp_path, "id,first_name,last_name\n1,Ann,A\n2,Bob,B\n3,Cy,C\n", "members.csv")
        calls = read_roll_calls(tmp_path)
        assert calls.members == ("Ann A", "Bob B", "Cy C")
        assert calls.sat.tolist() == [[True, True], [True, False], [False, True]]
        assert [motion.title for motion in calls.motions] == ["One", "Two"]


class TestSalience:
    ACTORS = (("NL", ".08", 4, 8), ("BE", ".08", 7, 4), ("LU", ".03", 4, 2), ("FR", ".16", 10, 6), ("DK", ".05", 4, 10))

    def table(self, folder: Path, factor: float) -> Path:
        rows = [f"{name},{strength},{place},{care * factor:g}" for name, strength, place, care in self.ACTORS]
        return put(folder, "actor,power,position,salience\n" + "\n".join(rows) + "\n")

    def test_scales_to_one_ten_and_a_hundred_are_one(self, tmp_path: Path) -> None:
        told = [load_positions(self.table(tmp_path, factor)) for factor in (0.1, 1, 10)]
        for table in told:
            assert [row[0] for row in table.salience] == pytest.approx([0.8, 0.4, 0.2, 0.6, 1.0])
            assert bargain(table, ("ktab",)).forecasts == bargain(told[0], ("ktab",)).forecasts
        assert "0 to 10" in "".join(told[1].remarks)

    @pytest.mark.parametrize("factor", [0.5, 2.0])
    def test_other_scales_are_asked_for(self, tmp_path: Path, factor: float) -> None:
        with pytest.raises(TableError, match="WC523"):
            load_positions(self.table(tmp_path, factor))
        assert load_positions(self.table(tmp_path, factor), 10 * factor).salience[-1] == (1.0,)

    def test_percent_signs(self, tmp_path: Path) -> None:
        path = put(tmp_path, "actor,power,position,salience\nA,1,2,5%\nB,1,3,4%\n")
        assert load_positions(path).salience == ((0.05,), (0.04,))


class TestThousands:
    ACTORS = "actor;power;position;salience\nA;1.000;10;0,5\nB;900;50;0,5\nC;200;90;0,5\n"

    def test_points_group_in_a_table_of_decimal_commas(self, tmp_path: Path) -> None:
        table = load_positions(put(tmp_path, self.ACTORS))
        found = dict(bargain(table, ("mean",)).forecasts)["mean"]
        assert found is not None
        assert found[0] == pytest.approx((1000 * 10 + 900 * 50 + 200 * 90) / 2100)

    def test_or_are_asked_for(self, tmp_path: Path) -> None:
        path = put(tmp_path, "holder;shares\nA;1.000\nB;900\nC;200\n")
        with pytest.raises(TableError, match="WC519"):
            load_seats(path, "shares")
        assert set(shapley(load_seats(path, "shares", decimal="comma")).values()) == {Fraction(1, 3)}

    @pytest.mark.parametrize("group", [" ", "\u00a0", "\u202f", "'", "’"])
    def test_other_groups_are_no_doubt(self, tmp_path: Path, group: str) -> None:
        path = put(tmp_path, f"holder;shares\nA;1{group}000\nB;900\nC;200\n")
        assert load_seats(path, "shares").seats == (1000, 900, 200)


class TestRulesAndTies:
    @pytest.mark.parametrize(
        ("text", "total", "quota"), [("2/3", 3, 2), ("2/3", 300, 200), ("3/5", 5, 3), ("66.67%", 300, 201)]
    )
    def test_shares_are_exact(self, text: str, total: int, quota: int) -> None:
        need = parse_rule(text, "all").single
        assert need is not None
        assert need.quota(total) == quota

    def test_two_thirds(self) -> None:
        table = SeatsTable(("A", "B", "C", "D"), (100, 100, 50, 50))
        assert list(shapley(table, 200).values()) == [Fraction(1, 3)] * 2 + [Fraction(1, 6)] * 2
        result = power(weighted_majority(table.seats, 200))
        assert result.index("coleman_prevent").exact == tuple(Fraction(one, 6) for one in (4, 4, 2, 2))

    def test_vetoes_and_casting_votes(self) -> None:
        names, seats = ("A", "B", "C", "D"), (1, 1, 1, 1)

        def weights(_: str) -> tuple[int, ...]:
            return seats

        chair = (
            power(written_rule(parse_rule("majority; casting: A", "all"), names, weights)).index("shapley_shubik").exact
        )
        assert chair == (Fraction(1, 2), *[Fraction(1, 6)] * 3)  # the same as two votes of five
        veto = power(written_rule(parse_rule("majority; veto: A", "all"), names, weights))
        assert veto.index("coleman_prevent").exact is not None
        assert veto.index("coleman_prevent").values[0] == 1

    def test_fractions_are_scaled_exactly(self) -> None:
        from whipcount.data.seats import weighed

        table = weighed([0.1, 0.2, 0.3, 1.5], fractions=True)
        assert (table.seats, table.unit) == ((1, 2, 3, 15), 10)
        with pytest.raises(TableError, match="WC506"):
            weighed([0.1, 1 / 3], fractions=True)

    def test_the_order_of_rows_decides_nothing(self, tmp_path: Path) -> None:
        rows = ("A,50,3", "B,50,7", "C,30,5", "D,10,1")
        told = []
        for order in itertools.islice(itertools.permutations(rows), 0, 24, 5):
            opportunity = read_parties(put(tmp_path, "party,seats,position\n" + "\n".join(order) + "\n"))
            result = forecast(opportunity, None, 10)
            told.append({frozenset(one.members): round(one.probability, 9) for one in result.cabinets})
        assert all(one == told[0] for one in told)

    def test_ktab_says_where_the_order_decides(self, tmp_path: Path) -> None:
        path = put(tmp_path, "actor,power,position,salience\nA,5,2,1\nB,5,8,1\nC,3,5,1\n")
        result = bargain(load_positions(path), ("ktab",))
        assert "order of the rows" in result.words()
        clear = put(tmp_path, "actor,power,position,salience\nA,5,2,.9\nB,4,8,.7\nC,3,5,.4\n")
        assert "order of the rows" not in bargain(load_positions(clear), ("ktab",)).words()


PARTIES = (
    ("Bündnis 90–Grüne", 1118, 2.9),
    ("Labour", 153, 3.85),
    ("Centre", 2046, 6.3),
    ("People's Party", 990, 7.125),
    ("Niños+", 12, 0.5),
)
WORDS_OF_TOTALS = ("Total", "Gesamt", "Итого", "Sum", "TOTAL SEATS")


def mutated(seed: int) -> tuple[bytes, str]:
    """A random change of the table of parties: the bytes of the file, and what was done."""
    draw = random.Random(seed)
    separator = draw.choice([",", ";", "\t", "|"])
    decimal = draw.choice([".", ","])
    group = draw.choice(["", "", ".", ",", " ", "'", "\u00a0"])
    if group == decimal:
        group = ""
    rows = list(PARTIES)
    draw.shuffle(rows)

    def whole(value: int) -> str:
        return f"{value:,}".replace(",", group)

    def cell(text: str) -> str:
        return f'"{text}"' if separator in text or draw.random() < 0.2 else text

    header = ["party", "seats", "position", "note"]
    header = draw.choice(
        [header, [one.upper() for one in header], [one.title() for one in header], [f" {one} " for one in header]]
    )
    lines = [
        [name, whole(seats), f"{place:g}".replace(".", decimal), draw.choice(["", "NA", "new", "?"])]
        for name, seats, place in rows
    ]
    total = [draw.choice(WORDS_OF_TOTALS), whole(sum(seats for _, seats, _ in PARTIES)), "", ""]
    if draw.random() < 0.3:
        lines.insert(draw.choice([0, len(lines)]), total)
    text = [separator.join(map(cell, row)) for row in [header, *lines]]
    if draw.random() < 0.25:
        text.insert(0, f"sep={separator}")
    if draw.random() < 0.3:
        text.append(
            draw.choice(["", "* provisional result of the count", "Source: the electoral office", "Quelle: Wahlleiter"])
        )
    if draw.random() < 0.2:
        text.insert(draw.randrange(1, len(text)), "")
    if draw.random() < 0.3 and separator != "\t":
        text = [line + separator for line in text]
    ending = draw.choice(["\n", "\r\n"])
    plain = ending.join(text) + draw.choice(["", ending])
    encoding = draw.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    if encoding == "cp1252":
        plain = plain.replace("Итого", "Total")
    done = f"separator {separator!r} decimal {decimal!r} group {group!r} {encoding}"
    return plain.encode(encoding), done


def test_a_thousand_changed_tables(tmp_path: Path) -> None:
    """Each gives the answer of the clean table or is refused with a code, and most are read."""
    clean = {name: (seats, place) for name, seats, place in PARTIES}
    read = 0
    for seed in range(1000):
        content, done = mutated(seed)
        path = put(tmp_path, content)
        try:
            table = load_seats(path)
            places = table.measure("position")
        except TableError:
            continue
        found = dict(zip(table.names, zip(table.seats, places, strict=True), strict=True))
        assert found == clean, (seed, done, content.decode("utf-8", "replace"))
        assert "position" in position_columns(table)
        read += 1
    assert read > 700
