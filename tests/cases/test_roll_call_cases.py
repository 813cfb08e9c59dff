"""Roll calls that once gave a wrong answer or none, each with neighbours of the same fault."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, ClassVar

import pytest
from by_hand import agreement, rice

Row = tuple[str, str, str, str, str]  # member, party, motion, day, vote
HEAD = "member,party,motion,date,vote\n"


def table(rows: list[Row]) -> str:
    return HEAD + "".join(",".join(row) + "\n" for row in rows)


def of(told: dict[str, Any], party: str) -> dict[str, Any]:
    return next(one for one in told["parties"] if one["party"] == party)


class TestPartyAtTheTimeOfTheVote:
    """Somebody goes over between motions, and votes with the own party before and after."""

    @staticmethod
    def rows(before: int, after: int, switchers: int = 1, back: int = 0) -> list[Row]:
        found = []
        for motion in range(before + after + back):
            day = f"2020-{motion // 28 + 1:02d}-{motion % 28 + 1:02d}"
            red = motion < before or motion >= before + after
            sides = [(f"R{one}", "Red", "yes") for one in range(4)] + [(f"B{one}", "Blue", "no") for one in range(4)]
            sides += [(f"S{one}", "Red" if red else "Blue", "yes" if red else "no") for one in range(switchers)]
            found += [(member, party, f"m{motion:02d}", day, vote) for member, party, vote in sides]
        return found

    @pytest.mark.parametrize(
        ("before", "after", "switchers", "back"), [(6, 5, 1, 0), (2, 9, 1, 0), (5, 5, 3, 0), (4, 3, 1, 4)]
    )
    def test_nobody_broke_a_line(self, put, found, before, after, switchers, back) -> None:  # type: ignore[no-untyped-def]
        told = found("rollcall", "unity", put("votes.csv", table(self.rows(before, after, switchers, back))))
        for party in ("Red", "Blue"):
            one = of(told, party)
            assert (one["rice"], one["agreement"], one["rebellions"], one["attendance"]) == (1, 1, 0, 1)
        assert all(one["rebellions"] == 0 for one in told["rebels"])
        assert of(told, "Red")["members"] == 4 + (switchers if back else 0)
        assert of(told, "Red")["ever"] == 4 + switchers

    def test_the_next_motion_counts_them_where_they_are(self, put, found) -> None:  # type: ignore[no-untyped-def]
        rows = [
            (*row[:4], "no") if row[0] == "R3" and row[2] in ("m05", "m20", "m28") else row for row in self.rows(16, 15)
        ]
        votes = put("votes.csv", table(rows))
        told = found("rollcall", "whip", votes, "--line", "Red=yes", "--line", "Blue=no")
        assert {one["party"]: one["members"] for one in told["parties"]} == {"Red": 4, "Blue": 5}

    def test_spells_say_it_too(self, put, found) -> None:  # type: ignore[no-untyped-def]
        rows = [(member, "", motion, day, vote) for member, _, motion, day, vote in self.rows(6, 5)]
        spells = "member,party,from,to\n" + "".join(
            f"{c}{n},{p},,\n" for c, p in (("R", "Red"), ("B", "Blue")) for n in range(4)
        )
        spells += "S0,Red,,2020-01-06\nS0,Blue,2020-01-07,\n"
        told = found("rollcall", "unity", put("votes.csv", table(rows)), "--members", put("members.csv", spells))
        assert [of(told, party)["rice"] for party in ("Red", "Blue")] == [1, 1]

    def test_spells_in_two_parties_at_once_are_refused(self, put, refused) -> None:  # type: ignore[no-untyped-def]
        spells = put("members.csv", "member,party,from,to\nS0,Red,,2020-03-01\nS0,Blue,2020-01-07,\n")
        said = refused("rollcall", "unity", put("votes.csv", table(self.rows(6, 5))), "--members", spells)
        assert "WC543 members.csv" in said


class TestTheLineOfAWrongVote:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("member,party,motion,vote\nA,X,m1,yes\nB,X,m1,\nC,X,m1,\nD,Y,m1,maybe\nE,Y,m1,no\n", 5),
            ("sep=,\nmember,party,motion,vote\nA,X,m1,yes\n\n\nD,Y,m1,maybe\n", 6),
            (
                'member,party,motion,title,vote\nA,X,m1,"a\ntitle",yes\nD,Y,m1,"a\ntitle",maybe\n',
                4,
            ),
            ("member,party,V1,V2\nA,X,yes,no\n,,,\nB,X,no,yes\nD,Y,no,maybe\n", 5),
        ],
    )
    def test_it_is_the_line_of_the_file(self, put, refused, text, line) -> None:  # type: ignore[no-untyped-def]
        said = refused("rollcall", "unity", put("votes.csv", text))
        assert f"WC563 votes.csv:{line}:" in said
        assert "maybe" in said


class TestCodes:
    """Motions of X and Y: C of X votes no twice, yes twice."""

    X: ClassVar = {"A": "yyyy", "B": "yyyy", "C": "nnyy"}
    Y: ClassVar = {"D": "nnnn", "E": "nnnn", "F": "nnnn"}

    def text(self, yes: str, no: str, third: str | None = None) -> str:
        rows = ["member,party,motion,vote"]
        for party, votes in (("X", self.X), ("Y", self.Y)):
            for member, said in votes.items():
                codes = [third if third is not None and member == "F" else (yes if one == "y" else no) for one in said]
                rows += [f"{member},{party},m{motion},{code}" for motion, code in enumerate(codes)]
        return "\n".join(rows) + "\n"

    def right(self) -> tuple[float, float]:
        motions = [[{"y": "yes", "n": "no"}[said[motion]] for said in self.X.values()] for motion in range(4)]
        return (
            float(sum(map(rice, motions), Fraction()) / 4),
            float(sum(map(agreement, motions), Fraction()) / 4),
        )

    @pytest.mark.parametrize(("yes", "no"), [("1", "-1"), ("1", "0"), ("1.0", "−1.0"), ("+", "-")])
    def test_codes_that_show_what_they_are(self, put, found, yes, no) -> None:  # type: ignore[no-untyped-def]
        told = of(found("rollcall", "unity", put("votes.csv", self.text(yes, no))), "X")
        assert (told["rice"], told["agreement"]) == pytest.approx(self.right())
        assert (told["attendance"], told["rebellions"]) == (1, 2)

    @pytest.mark.parametrize("codes", [("1", "-1", "0"), ("1", "2", "3"), ("1", "6", "9"), ("1", "2", None)])
    def test_others_are_asked_about(self, put, refused, found, codes) -> None:  # type: ignore[no-untyped-def]
        votes = put("votes.csv", self.text(*codes))
        assert "WC563 votes.csv:2:" in refused("rollcall", "unity", votes)
        yes, no, third = codes
        declared = f"{yes}=yes {no}=no" + (f" {third}=abstain" if third else "")
        told = found("rollcall", "unity", votes, "--votes", declared)
        assert (of(told, "X")["rice"], of(told, "X")["agreement"]) == pytest.approx(self.right())
        of_y = ["no", "no", "abstain" if third else "no"]
        assert of(told, "Y")["agreement"] == pytest.approx(float(agreement(of_y)))


class TestWordsForVotes:
    """X is split 1 yes, 1 no; of Y one votes yes and one is not there."""

    @pytest.mark.parametrize(
        ("header", "yes", "no", "away"),
        [
            ("vote_id,member_id,position,group_code", "FOR", "AGAINST", "DID_NOT_VOTE"),
            ("motion,member,vote,party", "за", "против", "не голосовал"),
            ("motion,member,vote,party", "for", "against", "not voting"),
            ("rollnumber,legislator,cast,faction", "pour", "contre", "absent"),
            ("motion,name,vote,party", "Sí", "No", "No vota"),
            ("division,mep,vote,group", "Aye", "Nay", "Excused"),
            ("motion,member,vote,party", "Ja", "Nein", "nicht abgegeben"),
        ],
    )
    def test_they_are_known(self, put, found, header, yes, no, away) -> None:  # type: ignore[no-untyped-def]
        rows = [("1", "100", yes, "X"), ("1", "101", no, "X"), ("1", "102", yes, "Y"), ("1", "103", away, "Y")]
        told = found(
            "rollcall", "unity", put("votes.csv", header + "\n" + "".join(",".join(one) + "\n" for one in rows))
        )
        assert (of(told, "X")["rice"], of(told, "X")["agreement"]) == (0, 0.25)
        assert of(told, "Y")["attendance"] == 0.5

    def test_a_word_that_is_none_is_refused(self, put, refused) -> None:  # type: ignore[no-untyped-def]
        assert "WC563 votes.csv:3:" in refused(
            "rollcall", "unity", put("votes.csv", "member,motion,vote\nA,1,yes\nB,1,yse\n")
        )


class TestOneNameTwice:
    """What stands twice is one thing only if nothing speaks against it."""

    @pytest.mark.parametrize(
        "rows",
        [
            [("Smith", "X", "1", "2020-01-01", "yes"), ("Smith", "Y", "1", "2020-01-01", "yes")],
            [("A", "X", "1", "2020-01-01", "yes"), ("A", "X", "1", "2020-02-01", "yes")],
            [("A", "X", "1", "2020-01-01", "yes"), ("A", "X", "1", "2020-01-01", "no")],
        ],
    )
    def test_members_and_motions(self, put, refused, rows) -> None:  # type: ignore[no-untyped-def]
        votes = table([*rows, ("B", "Y", "1", rows[-1][3], "no")])
        assert "WC565" in refused("rollcall", "unity", put("votes.csv", votes))

    def test_rows_that_say_the_same_are_told(self, put, found) -> None:  # type: ignore[no-untyped-def]
        row = ("A", "X", "1", "2020-01-01", "yes")
        told = found("rollcall", "unity", put("votes.csv", table([row, row, ("B", "X", "1", "2020-01-01", "no")])))
        assert "1 rows say again" in told["remarks"][0]

    def test_spellings_are_one_member(self, put, found) -> None:  # type: ignore[no-untyped-def]
        spellings = ("Jean-Luc Müller", "Jean‑Luc Mu\u0308ller", "JEAN-LUC MÜLLER")
        rows = [(name, "X", str(motion), f"2020-01-0{motion + 1}", "yes") for motion, name in enumerate(spellings)]
        rows += [("B", "X", str(motion), f"2020-01-0{motion + 1}", "no") for motion in range(3)]
        told = found("rollcall", "unity", put("votes.csv", table(rows)))
        assert of(told, "X")["members"] == 2
        assert "in several spellings are read as one" in told["remarks"][0]

    def test_a_header_that_holds_votes_is_none(self, put, refused) -> None:  # type: ignore[no-untyped-def]
        assert "WC542" in refused("rollcall", "unity", put("votes.csv", "Ann,X,1,0\nBob,Y,0,0\nCy,Y,1,1\n"))

    def test_what_is_no_vote_in_a_matrix_is_told(self, put, found) -> None:  # type: ignore[no-untyped-def]
        told = found(
            "rollcall", "unity", put("votes.csv", "member,party,female,V1,V2\nA,X,1,1,0\nB,X,0,1,1\nTotal,,1,2,1\n")
        )
        assert told["motions"] == 2
        assert of(told, "X")["members"] == 2
        assert [word for word in ("female", "Total") if any(word in one for one in told["remarks"])] == [
            "female",
            "Total",
        ]


def voteview(put: Any, folder: str, successor: bool, president: bool, before: int = 15, motions: int = 40) -> str:
    """Five loyal Democrats and four Republicans; one of these is followed by another after `before` roll calls."""
    people = [(41000 + one, 100, f"DEM{one}") for one in range(5)] + [
        (42000 + one, 200, f"REP{one}") for one in range(3)
    ]
    last = [(42003, 200, "REP3"), (42099, 200, "NEWCOMER")] if successor else [(42099, 200, "NEWCOMER")]
    chief = [(99990, 200, "CHIEF")]
    members = [f'90,{"President" if who >= 99000 else "Senate"},{who},{party},"{name}, X",AA'
               for who, party, name in [*people, *last, *(chief if president else [])]]  # fmt: skip
    votes = []
    for roll in range(1, motions + 1):
        for who, party, _ in people:
            broke = (roll + 7 * who) % 33 == 0
            votes.append(f"90,Senate,{roll},{who},{1 if (party == 100) != broke else 6}")
        sits = 42003 if successor and roll <= before else 42099
        votes.append(f"90,Senate,{roll},{sits},{9 if roll % 20 == 0 else 6}")
        if president and roll % 2 == 0:
            votes.append(f"90,Senate,{roll},99990,6")
    put(
        f"{folder}/S090_members.csv",
        "congress,chamber,icpsr,party_code,bioname,state_abbrev\n" + "\n".join(members) + "\n",
    )
    put(f"{folder}/S090_votes.csv", "congress,chamber,rollnumber,icpsr,cast_code\n" + "\n".join(votes) + "\n")
    days = "".join(
        f"90,Senate,{roll},2068-{roll // 28 + 1:02d}-{roll % 28 + 1:02d}\n" for roll in range(1, motions + 1)
    )
    put(f"{folder}/S090_rollcalls.csv", "congress,chamber,rollnumber,date\n" + days)
    return folder


class TestWhipCountsThoseWhoSit:
    LINES = ("--line", "Democrat=yes", "--line", "Republican=no", "--rule", "members")

    @pytest.mark.parametrize(("before", "president"), [(15, True), (3, True), (36, False), (20, True)])
    def test_former_members_and_presidents_do_not_count(self, put, found, before, president) -> None:  # type: ignore[no-untyped-def]
        clean = found("rollcall", "whip", voteview(put, "clean", False, False), *self.LINES)
        told = found("rollcall", "whip", voteview(put, "senate", True, president, before), *self.LINES)
        assert (told["members_counted"], told["needed"]) == (clean["members_counted"], clean["needed"]) == (9, 5)
        names = {one["member"] for one in told["members"]}
        assert any("NEWCOMER" in name for name in names)
        assert not any("REP3" in name or "CHIEF" in name for name in names)
        assert told["passes"] == pytest.approx(clean["passes"], abs=0.08)
        assert any("President" in remark for remark in told["remarks"]) == president

    def test_nor_in_unity_and_scaling(self, put, found) -> None:  # type: ignore[no-untyped-def]
        folder = voteview(put, "senate", True, True)
        told = found("rollcall", "unity", folder)
        assert {one["party"]: (one["members"], one["ever"]) for one in told["parties"]} == {
            "Democrat": (5, 5), "Republican": (4, 5)}  # fmt: skip
        absences = sum(roll % 20 == 0 for roll in range(1, 41))
        assert of(told, "Republican")["attendance"] == pytest.approx(1 - absences / 160)


class TestWhipRules:
    """Members who break the line twice in forty motions, all of a party together: whether a motion passes is nearly
    told by counting."""

    @staticmethod
    def rows(yes: int, no: int, motions: int = 40) -> str:
        found: list[Row] = []
        for motion in range(motions):
            day = f"2020-{motion // 28 + 1:02d}-{motion % 28 + 1:02d}"
            for side, many, says in (("Gov", yes, ("yes", "no")), ("Opp", no, ("no", "yes"))):
                broke = motion % many if motion % 20 == 10 else None
                found += [(f"{side}{one}", side, f"m{motion}", day, says[one == broke]) for one in range(many)]
        return table(found)

    @pytest.mark.parametrize(
        ("yes", "no", "rule", "passes"),
        [
            (6, 3, "2/3", True),
            (5, 4, "2/3", False),
            (6, 4, "3/5", True),
            (11, 9, "3/5", False),
            (6, 3, "2/3 of all", True),
            (7, 3, "3/4 of present", False),
            (5, 4, "cast", True),
        ],
    )
    def test_shares_of_votes(self, put, found, yes, no, rule, passes) -> None:  # type: ignore[no-untyped-def]
        told = found("rollcall", "whip", put("votes.csv", self.rows(yes, no)), "--line", "Gov=yes", "--line", "Opp=no",
                     "--rule", rule)  # fmt: skip
        # what is against the count of the lines needs one who breaks them: less likely than the breaks expected
        breaks = sum(one["breaks"] for one in told["parties"])
        assert (told["passes"] > 0.5) == passes
        assert min(told["passes"], 1 - told["passes"]) <= breaks + told["passes_error"]

    def test_the_chance_is_that_of_its_members(self, put, found) -> None:  # type: ignore[no-untyped-def]
        """Of six yes and three no at two thirds, every yes counts: the chance by convolution of the members' own."""
        told = found("rollcall", "whip", put("votes.csv", self.rows(6, 3)), "--line", "Gov=yes", "--line", "Opp=no",
                     "--rule", "members")  # fmt: skip
        chances = [1.0]
        for one in told["members"]:
            chances = [
                (chances[many] if many < len(chances) else 0) * (1 - one["yes"])
                + (chances[many - 1] * one["yes"] if many else 0)
                for many in range(len(chances) + 1)
            ]
        assert math.isclose(sum(chances), 1, abs_tol=1e-12)
        assert told["passes"] == pytest.approx(sum(chances[5:]), abs=0.02)
