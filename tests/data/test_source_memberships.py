"""Who sat on which day, from the sources' own files: made in small, with their own counts; and the real Bundestag's."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from whipcount.data.roll_call_sources import read_roll_calls
from whipcount.errors import TableError
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, RollCalls

SHARED = Path(__file__).parents[3] / "shared"
BUNDESTAG = SHARED / "data" / "bundestag"
SENATE = SHARED / "golden" / "rollcall"
CHAIRS = 20  # of the made chambers
ROLLS = 30
# chair -> who holds it: (member, party, the first roll call, the last one)
HOLDERS: dict[int, list[tuple[int, str, int, int]]] = {
    chair: [(chair, "D" if chair < 11 else "R", 1, ROLLS)] for chair in range(CHAIRS)
} | {
    3: [(3, "D", 1, 12), (103, "D", 13, ROLLS)],  # a successor of the party
    7: [(7, "D", 1, 5), (107, "R", 9, ROLLS)],  # one of the other, the chair empty between
    15: [(15, "R", 1, 20), (15, "D", 21, ROLLS)],  # one who goes over
    18: [(18, "R", 1, 2), (118, "R", 3, 3), (218, "R", 4, ROLLS)],  # two successors, one for a single day
}


def vote_of(member: int, roll: int) -> int:
    """Everybody votes by a rule of its own; every seventh is absent, every eleventh abstains."""
    if (member + roll) % 7 == 0:
        return ABSENT
    if (member + 2 * roll) % 11 == 0:
        return ABSTAIN
    return YES if (member * roll + member) % 3 else NO


def seats() -> list[tuple[int, int, str]]:
    """Roll call, member, party of everybody who sat."""
    return [
        (roll, member, party)
        for roll in range(1, ROLLS + 1)
        for holders in HOLDERS.values()
        for member, party, first, last in holders
        if first <= roll <= last
    ]


def day(roll: int) -> dt.date:
    return dt.date(2068, 1, 1) + dt.timedelta(days=3 * roll)


def tallies() -> dict[int, Counter[int]]:
    found: dict[int, Counter[int]] = {roll: Counter() for roll in range(1, ROLLS + 1)}
    for roll, member, _ in seats():
        found[roll][vote_of(member, roll)] += 1
    return found


def is_right(calls: RollCalls, name: dict[int, str]) -> None:
    """Who sat, for whom and how they voted is that of the chairs, on every day."""
    assert [motion.date for motion in calls.motions] == [day(roll) for roll in range(1, ROLLS + 1)]
    row = {member: calls.members.index(told) for member, told in name.items()}
    assert len(calls.members) == len(name)
    sat = np.zeros((len(name), ROLLS), dtype=bool)
    for roll, member, party in seats():
        sat[row[member], roll - 1] = True
        assert calls.votes[row[member], roll - 1] == vote_of(member, roll)
        of = calls.parties_at[row[member], roll - 1] if calls.parties_at is not None else calls.parties[row[member]]
        assert of == party
    assert (calls.sat == sat).all()
    for column, counts in enumerate(tallies().values()):
        for code in (YES, NO, ABSTAIN, ABSENT):
            assert ((calls.votes[:, column] == code) & calls.sat[:, column]).sum() == counts[code]


def everybody() -> list[int]:
    return sorted({member for _, member, _ in seats()})


def howtheyvote(folder: Path, off: int = 0) -> dict[int, str]:
    """HowTheyVote's three tables; `off` is added to the first count of votes for."""
    words = {YES: "FOR", NO: "AGAINST", ABSTAIN: "ABSTENTION", ABSENT: "DID_NOT_VOTE"}
    rows = [f"{roll},{member},{words[vote_of(member, roll)]},DEU,{party}" for roll, member, party in seats()]
    (folder / "member_votes.csv").write_text(
        "vote_id,member_id,position,country_code,group_code\n" + "\n".join(rows) + "\n"
    )
    head = "id,timestamp,display_title,count_for,count_against,count_abstention,count_did_not_vote\n"
    votes = [
        f"{roll},{day(roll)} 11:30:00,Title,{one[YES] + off * (roll == 1)},{one[NO]},{one[ABSTAIN]},{one[ABSENT]}"
        for roll, one in tallies().items()
    ]
    (folder / "votes.csv").write_text(head + "\n".join(votes) + "\n")
    name = {member: f"Ann M{member}" for member in everybody()}
    people = [f"{member},Ann,M{member}" for member in name]
    with gzip.open(folder / "members.csv.gz", "wt") as file:
        file.write("id,first_name,last_name\n" + "\n".join(people) + "\n")
    return name


def voteview(folder: Path, off: int = 0, head: bool = True) -> dict[int, str]:
    """Voteview's three tables of a chamber: a member who goes over has two numbers, and `head` is the President."""
    codes = {YES: 1, NO: 6, ABSTAIN: 7, ABSENT: 9}
    party = {"D": 100, "R": 200}
    number = {(member, of): 40000 + member + (500 if member == 15 and of == "D" else 0) for _, member, of in seats()}
    rows = [
        f"90,Senate,{roll},{number[member, of]},{codes[vote_of(member, roll)]},99.1" for roll, member, of in seats()
    ]
    if head:
        rows += [f"90,Senate,{roll},99912,{1 if roll % 2 else 6},99.1" for roll in range(1, ROLLS + 1, 2)]
    (folder / "S090_votes.csv").write_text(
        "congress,chamber,rollnumber,icpsr,cast_code,prob\n" + "\n".join(rows) + "\n"
    )
    name = {one: f"M{member}{of}" for (member, of), one in number.items()}
    people = [f'90,Senate,{one},{party[of]},"M{member}{of}",AA' for (member, of), one in number.items()]
    people.insert(0, '90,President,99912,200,"CHIEF, Pat",USA')
    (folder / "S090_members.csv").write_text(
        "congress,chamber,icpsr,party_code,bioname,state_abbrev\n" + "\n".join(people) + "\n"
    )
    calls = [
        f"90,Senate,{roll},{day(roll)},{one[YES] + off * (roll == 4)},{one[NO]}" for roll, one in tallies().items()
    ]
    (folder / "S090_rollcalls.csv").write_text(
        "congress,chamber,rollnumber,date,yea_count,nay_count\n" + "\n".join(calls) + "\n"
    )
    return {one: f"{told} (AA)" for one, told in name.items()}


def abgeordnetenwatch(folder: Path) -> dict[int, str]:
    """abgeordnetenwatch's table with absences listed."""
    words = {YES: "yes", NO: "no", ABSTAIN: "abstain", ABSENT: "no_show"}
    rows = [
        f"{roll},{member},Ann M{member},{party},{words[vote_of(member, roll)]},{day(roll)}"
        for roll, member, party in seats()
    ]
    head = "poll_id,mandate_id,politician name,party,vote,poll_date\n"
    (folder / "votes_2068.csv").write_text(head + "\n".join(rows) + "\n")
    return {member: f"Ann M{member}" for member in everybody()}


def test_howtheyvote(tmp_path: Path) -> None:
    name = howtheyvote(tmp_path)
    calls = read_roll_calls(tmp_path)
    is_right(calls, name)
    assert not any("counts" in remark for remark in calls.remarks)


def test_abgeordnetenwatch(tmp_path: Path) -> None:
    name = abgeordnetenwatch(tmp_path)
    is_right(read_roll_calls(tmp_path), name)


@pytest.mark.parametrize("head", [True, False])
def test_voteview(tmp_path: Path, head: bool) -> None:
    name = voteview(tmp_path, head=head)
    calls = read_roll_calls(tmp_path)
    assert sorted(calls.members) == sorted(name.values())
    assert calls.sat.sum(axis=0).tolist() == [sum(roll == one for one, _, _ in seats()) for roll in range(1, ROLLS + 1)]
    for column, counts in enumerate(tallies().values()):
        assert [(calls.votes[:, column] == code).sum() for code in (YES, NO, ABSTAIN)] == [
            counts[YES],
            counts[NO],
            counts[ABSTAIN],
        ]
    before, after = calls.members.index("M15R (AA)"), calls.members.index("M15D (AA)")
    assert (calls.parties[before], calls.parties[after]) == ("Republican", "Democrat")
    assert not (calls.sat[before] & calls.sat[after]).any()
    assert any("President" in remark for remark in calls.remarks) == head
    assert not any("counts" in remark for remark in calls.remarks)


@pytest.mark.parametrize("source", [howtheyvote, voteview])
def test_counts_that_differ_are_told(tmp_path: Path, source) -> None:  # type: ignore[no-untyped-def]
    source(tmp_path, off=1)
    assert any(
        "1 motions have other rows than the source's own counts" in one for one in read_roll_calls(tmp_path).remarks
    )


@pytest.mark.skipif(not BUNDESTAG.is_dir(), reason=f"{BUNDESTAG} is not there")
def test_the_bundestag() -> None:
    """Counts by motion are the table's own, a seat is held once, and what the record does not show is told."""
    calls = read_roll_calls(BUNDESTAG)
    with gzip.open(BUNDESTAG / "votes_2017_2019.csv.gz", "rt", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    own = Counter((row["poll_id"], row["vote"]) for row in rows)
    for column, motion in enumerate(calls.motions):
        for word, code in (("yes", YES), ("no", NO), ("abstain", ABSTAIN)):
            assert (calls.votes[:, column] == code).sum() == own[motion.id, word]
    assert (calls.sat | (calls.votes == ABSENT)).all(), "who voted sat"
    doubtful = next(remark for remark in calls.remarks if "seldom took part" in remark)
    open_seats = int(doubtful.partition("listed: ")[2].partition(" ")[0])
    sat = calls.sat.sum(axis=0)
    # the 19th Bundestag had 709 seats; beside them only those of whom the record leaves open whether they sat
    assert sat.max() <= 709 + open_seats
    assert sat.min() >= 700
    changed = [name for row, name in enumerate(calls.members) if not calls.sat[row].all()]
    assert len(changed) > 20, "successors follow predecessors"


@pytest.mark.skipif(not SENATE.is_dir(), reason=f"{SENATE} is not there")
def test_the_109th_senate(tmp_path: Path) -> None:
    """Votes of yes and no alone, on days in the order of the record: one senator resigned, another followed.

    Corzine of New Jersey left for the office of governor in January 2006, and Menendez took the seat; nobody else came
    or went. The record has the President's positions too, who in a plain table is told from a member by nothing.
    """
    with (SENATE / "s109_motions.csv").open(encoding="utf-8") as file:
        told = {
            row["motion"]: (place, int(row["yes"]), int(row["no"])) for place, row in enumerate(csv.DictReader(file))
        }
    with gzip.open(SENATE / "s109_votes.csv.gz", "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not row["member"].startswith("BUSH")]
    days = {motion: dt.date(2005, 1, 1) + dt.timedelta(place) for motion, (place, _, _) in told.items()}
    lines = [f"{row['member']},{row['party']},{row['motion']},{days[row['motion']]},{row['vote']}" for row in rows]
    path = tmp_path / "votes.csv"
    path.write_text("member,party,motion,date,vote\n" + "\n".join(lines) + "\n", encoding="utf-8")
    calls = read_roll_calls(path)
    assert {name.split()[0] for row, name in enumerate(calls.members) if not calls.sat[row].all()} == {
        "CORZINE",
        "MENENDEZ",
    }
    sat = calls.sat.sum(axis=0)
    assert set(sat.tolist()) <= {99, 100}
    assert (sat == 99).sum() <= 3, "the seat was empty for a day or two"
    counted = [((calls.votes == YES).sum(axis=0), 1), ((calls.votes == NO).sum(axis=0), 2)]
    for votes, place in counted:
        off = [abs(int(votes[column]) - told[motion.id][place]) for column, motion in enumerate(calls.motions)]
        assert max(off) <= 1, "but for the President's position"


# the columns of the tables that voteview.com gives for one chamber, in their order
MEMBERS_AS_PUBLISHED = (
    "congress,chamber,icpsr,state_icpsr,district_code,state_abbrev,party_code,occupancy,last_means,bioname,bioguide_id,"
    "born,died,nominate_dim1,nominate_dim2,nominate_log_likelihood,nominate_geo_mean_probability,"
    "nominate_number_of_votes,nominate_number_of_errors,conditional,nokken_poole_dim1,nokken_poole_dim2"
)
ROLLCALLS_AS_PUBLISHED = (
    "congress,chamber,rollnumber,date,session,clerk_rollnumber,yea_count,nay_count,nominate_mid_1,nominate_mid_2,"
    "nominate_spread_1,nominate_spread_2,nominate_log_likelihood,bill_number,vote_result,vote_desc,vote_question,dtl_desc"
)
FIRST_OF_2006 = 366  # roll calls of the first session; Corzine sat in it, Menendez in the second
PARTY_CODES = {"D": 100, "R": 200, "Indep": 328}


def published_109th_senate(folder: Path, stem: str, outside: bool, house: bool) -> dict[str, str]:
    """The real votes of yes and no, absences as 9, in Voteview's columns; what each member is called.

    outside: whether who has no seat has rows with code 0. house: whether a made chamber stands in the same files.
    """
    with (SENATE / "s109_motions.csv").open(encoding="utf-8") as file:
        motions = [row["motion"] for row in csv.DictReader(file)]
    with gzip.open(SENATE / "s109_votes.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    party = {row["member"]: row["party"] for row in rows}
    number = {name: 99911 if name.startswith("BUSH") else 40000 + place for place, name in enumerate(sorted(party))}
    cast = {(row["member"], row["motion"]): {"yes": 1, "no": 6}[row["vote"]] for row in rows}
    people, votes, calls = [], [], []
    for name, icpsr in number.items():
        head, state = name.startswith("BUSH"), name.rstrip(")")[-2:]
        about = ("President", 99, "USA") if head else ("Senate", 41, state)
        people.append(
            f"109,{about[0]},{icpsr},{about[1]},0.0,{about[2]},{PARTY_CODES.get(party[name], 328)},,,"
            f'"{name.split(" (")[0]}, Given ""Nick"" Jr.",X000001,1950,,0.1,-0.2,-80.3,0.88,600,33,,-0.08,0.23'
        )
    for place, motion in enumerate(motions):
        counts: Counter[int] = Counter()
        for name, icpsr in number.items():
            gone = (name.startswith("CORZINE") and place >= FIRST_OF_2006) or (
                name.startswith("MENENDEZ") and place < FIRST_OF_2006
            )
            code = cast.get((name, motion), 0 if gone else 9)
            assert not (gone and code), "nobody voted without a seat"
            if (gone and not outside) or (name.startswith("BUSH") and code == 9):
                continue
            counts[code] += not name.startswith("BUSH")
            votes.append(f"109,Senate,{place + 1},{icpsr},{code},99.7")
        day = dt.date(2005 + (place >= FIRST_OF_2006), 1, 31) + dt.timedelta(place % FIRST_OF_2006 // 2)
        about = f'1,{place},{counts[1]},{counts[6]},0.1,0.2,0.3,0.4,-12.5,S{place},Passed,"On it, as amended",,'
        calls.append(f"109,Senate,{place + 1},{day},{about}")
    if house:
        people.append('109,House,10000,41,1.0,AL,100,,,"ELSE, Some",X1,1950,,0.1,-0.2,-80.3,0.88,600,33,,-0.08,0.23')
        votes += [f"109,House,{roll},10000,1,99.7" for roll in (1, 2)]
        calls += [f"109,House,{roll},2005-02-01,1,{roll},1,0,,,,,,H1,Passed,,," for roll in (1, 2)]
    for kind, header, lines in (
        ("members", MEMBERS_AS_PUBLISHED, people),
        ("rollcalls", ROLLCALLS_AS_PUBLISHED, calls),
        ("votes", "congress,chamber,rollnumber,icpsr,cast_code,prob", votes),
    ):
        (folder / f"{stem}109_{kind}.csv").write_text(header + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return party


@pytest.mark.skipif(not SENATE.is_dir(), reason=f"{SENATE} is not there")
@pytest.mark.parametrize(("stem", "outside", "house"), [("S", False, False), ("S", True, False), ("HS", False, True)])
def test_the_109th_senate_as_voteview_publishes_it(tmp_path: Path, stem: str, outside: bool, house: bool) -> None:
    """A hundred senators on every day, Menendez after Corzine, no President, and the source's own counts."""
    party = published_109th_senate(tmp_path, stem, outside, house)
    if house:
        with pytest.raises(TableError, match=r"WC547.*--chamber 109:Senate"):
            read_roll_calls(tmp_path)
    calls = read_roll_calls(tmp_path, chamber="109:Senate" if house else None)
    assert calls.shape == (101, 645)
    assert calls.sat.sum(axis=0).tolist() == [100] * 645
    assert not any(name.startswith("BUSH") for name in calls.members)
    assert any("positions of a President" in remark for remark in calls.remarks)
    assert not any("other rows than" in remark for remark in calls.remarks)
    row = {name.split(",")[0]: place for place, name in enumerate(calls.members)}
    assert calls.sat[row["CORZINE"]].tolist() == [True] * 366 + [False] * 279
    assert calls.sat[row["MENENDEZ"]].tolist() == [False] * 366 + [True] * 279
    of = {name.split(" (")[0]: PARTY_CODES.get(letter, 328) for name, letter in party.items()}
    words = {100: "Democrat", 200: "Republican", 328: "Independent"}
    assert {name: calls.parties[place] for name, place in row.items()} == {name: words[of[name]] for name in row}
