"""What an answer leaves out is told beside it, in words and in JSON, and the thresholds are options."""

from __future__ import annotations

import pytest

from whipcount.cli import main

MEMBERS = tuple(f"M{one:02d}" for one in range(12))


def votes(seldom: int = 6, motions: int = 30) -> str:
    """Twelve members on a line; M11 votes on the first `seldom` motions only, one motion in five has a single no."""
    rows = ["member,party,motion,vote"]
    for motion in range(motions):
        cut = 0 if motion % 5 == 0 else 2 + motion % 8
        for place, member in enumerate(MEMBERS):
            if place == 11 and motion >= seldom:
                continue
            yes = place > cut
            rows.append(f"{member},{'Left' if place < 6 else 'Right'},m{motion},{'yes' if yes else 'no'}")
    return "\n".join(rows) + "\n"


class TestScaling:
    @pytest.mark.parametrize("command", ["ideal", "classify"])
    @pytest.mark.parametrize(("share", "fewest"), [(0.0, 1), (0.0, 7), (0.1, 1), (0.1, 6), (0.2, 10)])
    def test_motions_and_members_are_counted_by_hand(self, put, found, command, share, fewest) -> None:  # type: ignore[no-untyped-def]
        seldom, motions = 6, 30
        told = found("rollcall", command, put("votes.csv", votes(seldom, motions)), "--lopsided", str(share),
                     "--min-votes", str(fewest))  # fmt: skip
        kept = []
        for motion in range(motions):
            noes = (0 if motion % 5 == 0 else 2 + motion % 8) + 1
            cast = 12 if motion < seldom else 11
            noes = min(noes, cast)
            if min(noes, cast - noes) > share * cast:
                kept.append(motion)
        left = [] if sum(motion < seldom for motion in kept) >= fewest else ["M11"]
        assert {one["member"] for one in told["members"]} == set(MEMBERS) - set(left)
        remarks = " ".join(told["remarks"])
        assert (f"{motions - len(kept)} of {motions} motions are left out" in remarks) == (len(kept) < motions)
        assert (f"1 members are left out, with fewer than {fewest} votes" in remarks) == bool(left)
        assert ("M11" in remarks) == bool(left)

    def test_steps_are_told(self, put, found) -> None:  # type: ignore[no-untyped-def]
        told = found("rollcall", "ideal", put("votes.csv", votes()))
        assert told["converged"]
        assert f"stood still after {told['steps']} steps" in told["remarks"][-1]

    def test_in_words_too(self, put, capsys) -> None:  # type: ignore[no-untyped-def]
        assert main(["rollcall", "ideal", put("votes.csv", votes()), "--lopsided", "0.1"]) == 0
        said = capsys.readouterr()
        assert said.out.endswith("\n")
        assert "motions are left out" in said.err
        assert "after" in said.err

    def test_thresholds_that_leave_nothing(self, put, refused) -> None:  # type: ignore[no-untyped-def]
        assert "WC561" in refused("rollcall", "ideal", put("votes.csv", votes(seldom=2)), "--lopsided", "0.49")


def test_members_without_a_party(put, found) -> None:  # type: ignore[no-untyped-def]
    told = found("rollcall", "unity", put("votes.csv", votes().replace("M03,Left", "M03,")))
    assert any("1 members have no party" in remark and "M03" in remark for remark in told["remarks"])


def test_parties_without_seats(put, found) -> None:  # type: ignore[no-untyped-def]
    told = found("formation", put("t.csv", "party,seats,position\nA,10,1\nB,9,4\nC,8,6\nD,0,9\n"))
    assert any("left out without seats: D" in remark for remark in told["remarks"])


def test_rows_without_a_vote(put, found) -> None:  # type: ignore[no-untyped-def]
    text = votes().replace("M02,Left,m3,no", "M02,Left,m3,")
    assert (
        "1 rows without a member, a motion or a vote"
        in found("rollcall", "unity", put("votes.csv", text))["remarks"][0]
    )
