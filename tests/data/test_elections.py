"""One election out of a collection: the same counts as from a table of its seats written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import whipcount
from whipcount.data.elections import one_election
from whipcount.errors import TableError, UsageError

VIEW_ELECTION = """country_name_short,country_name,election_type,election_date,vote_share,seats,seats_total,\
party_name_short,left_right,party_id
XXA,Exland,parliament,2001-05-06,60,60,100,OLD,5,9
XXA,Exland,parliament,2005-05-06,40,40,100,LAB,3,1
XXA,Exland,parliament,2005-05-06,20,20,100,LIB,5.5,2
XXA,Exland,parliament,2005-05-06,40,40,100,CON,7.5,3
XXA,Exland,parliament,2005-05-06,1,0,100,TINY,9,4
XXA,Exland,ep,2005-06-06,40,4,10,LAB,3,1
YYB,Whyland,parliament,2005-01-02,50,5,9,A,,11
YYB,Whyland,parliament,2005-01-02,50,4,9,B,2,12
YYB,Whyland,parliament,2005-11-02,50,9,9,A,,11
"""
VIEW_PARTY = "party_id,family_name_short,state_market,eu_anti_pro\n1,soc,2.5,8\n2,lib,6,9\n3,con,8,4\n"
MANIFESTO = """country,countryname,edate,date,party,partyname,partyabbrev,pervote,absseat,totseats,rile
41,Exland,06/05/2001,200105,41320,Old,OLD,60,60,100,0
41,Exland,06/05/2005,200505,41320,Labour,LAB,40,40,100,-20.5
41,Exland,06/05/2005,200505,41420,Liberals,LIB,20,20,100,3
41,Exland,06/05/2005,200505,41620,Conservatives,,40,40,100,31
"""
CHES = """country,year,party_id,party,vote,seat,lrgen,lrecon,galtan
3,2014,301,LAB,40,40.5,3,2,4
3,2014,302,LIB,20,19.5,5,6,2
3,2014,303,CON,40,40,8,8,7
3,2019,301,LAB,,,3,2,4
"""


@pytest.fixture
def parlgov(tmp_path: Path) -> Path:
    (tmp_path / "view_election.csv").write_text(VIEW_ELECTION)
    (tmp_path / "view_party.csv").write_text(VIEW_PARTY)
    return tmp_path


@pytest.mark.parametrize(
    ("country", "election"), [("Exland", "2005-05-06"), ("XXA", "2005"), (None, "XXA:2005"), ("xxa", None)]
)
def test_parlgov_in_every_way_of_asking(parlgov: Path, country: str | None, election: str | None) -> None:
    table = one_election(parlgov, country, election)
    assert table is not None
    assert dict(zip(table.names, table.seats, strict=True)) == {"CON": 40, "LAB": 40, "LIB": 20}
    assert table.measure("left_right") == (7.5, 3.0, 5.5)
    assert table.measure("eu_anti_pro") == (4.0, 8.0, 9.0)
    assert "elected in XXA on 2005-05-06" in table.remarks[0]


def test_the_same_counts_as_by_hand(parlgov: Path) -> None:
    plain = [
        {"party": "LAB", "seats": 40, "left_right": 3},
        {"party": "LIB", "seats": 20, "left_right": 5.5},
        {"party": "CON", "seats": 40, "left_right": 7.5},
    ]
    asked = {"country": "XXA", "election": "2005"}
    first, second = whipcount.power(parlgov, **asked).record(), whipcount.power(plain).record()
    for key in ("shapley_shubik", "banzhaf"):
        assert dict(zip(first["names"], first[key], strict=True)) == dict(
            zip(second["names"], second[key], strict=True)
        )
    theirs = whipcount.coalitions(parlgov, positions="left_right", **asked)
    assert theirs.record()["counts"] == whipcount.coalitions(plain, positions="left_right").record()["counts"]
    told = whipcount.bargain(parlgov, model=["compromise"], **asked)
    assert dict(told.forecasts)["compromise"] == pytest.approx(((40 * 3 + 20 * 5.5 + 40 * 7.5) / 100,))
    assert any("everybody cares fully" in remark for remark in told.remarks)
    assert whipcount.spatial(parlgov, positions="left_right", **asked).medians == ((5.5, 5.5),)


def test_manifesto_and_chapel_hill(tmp_path: Path) -> None:
    (tmp_path / "mpds.csv").write_text(MANIFESTO)
    table = one_election(tmp_path / "mpds.csv", "Exland", "2005")
    assert table is not None
    assert dict(zip(table.names, table.measure("rile"), strict=True)) == {
        "LAB": -20.5,
        "LIB": 3.0,
        "Conservatives": 31.0,
    }
    assert table.seats == (40, 40, 20)
    told = whipcount.bargain(tmp_path / "mpds.csv", country="Exland", election="2005", model=["mean"])
    assert dict(told.forecasts)["mean"] == pytest.approx(((-20.5 * 40 + 3 * 20 + 31 * 40) / 100,))
    (tmp_path / "ches.csv").write_text(CHES)
    result = whipcount.power(tmp_path / "ches.csv", country="GE", election="2014")
    assert result.rule.first.weights == (81, 80, 39)
    with pytest.raises(TableError, match="WC547"):
        whipcount.power(tmp_path / "ches.csv", country="GE", election="2019")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"country": "Nowhere", "election": "2005"}, "WC546"),
        ({"country": "XXA", "election": "2004"}, "WC547"),
        ({"country": "YYB", "election": "2005"}, "WC547"),
        ({"country": "XXA", "election": "2005-06-06"}, "WC547"),
    ],
)
def test_what_is_not_there_is_refused(parlgov: Path, asked: dict[str, str], code: str) -> None:
    with pytest.raises(TableError, match=code):
        whipcount.power(parlgov, **asked)


def test_a_plain_table_has_no_elections(tmp_path: Path, parlgov: Path) -> None:
    (tmp_path / "plain.csv").write_text("party,seats\nA,2\nB,1\n")
    with pytest.raises(TableError, match="WC547"):
        whipcount.power(tmp_path / "plain.csv", election="2005")
    with pytest.raises(UsageError, match="WC624"):
        whipcount.power(parlgov, seats="members", country="XXA", election="2005")
