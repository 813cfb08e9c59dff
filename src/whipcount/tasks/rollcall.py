"""Roll calls: unity, ideal points, rebels, a whip count for a coming motion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.task import DAY, TABLE, TEXT, TEXTS, Family, Form, Option, task
from whipcount.text import mark, say

from ._inputs import written
from ._lasting import beforehand, of_order, of_points, of_whip

if TYPE_CHECKING:
    from whipcount.theory.rollcall_ballot import Calibration
    from whipcount.theory.rollcall_classification import Classification
    from whipcount.theory.rollcall_dimensions import Dimensions
    from whipcount.theory.rollcall_dynamic import DynamicPoints
    from whipcount.theory.rollcall_export import Exported
    from whipcount.theory.rollcall_ideal import IdealPoints
    from whipcount.theory.rollcall_table import RollCalls
    from whipcount.theory.rollcall_unity import Unity
    from whipcount.theory.rollcall_validation import WhipTest
    from whipcount.theory.rollcall_whip import WhipCount

HELP = mark("Count roll calls: unity, ideal points, rebels, a whip count for a coming motion.")
HEADER = "member,party,motion,vote"
# the votes beyond which a record does not fit in memory
MOST_LEARNT = 3_000_000
rollcall = Family("rollcall", HELP, "unity")

Source = Annotated[
    Any,
    Option(
        "votes: member, motion, vote (CSV), or a folder of abgeordnetenwatch or Voteview",
        TABLE,
        "SOURCE",
        argument=True,
    ),
]
Layout = Annotated[
    str | None,
    Option("plain, abgeordnetenwatch or voteview (found out by itself)", metavar="NAME", flag="--format"),
]
Votes = Annotated[str | None, Option("what codes of votes mean", metavar='"1=yes 2=no ..."')]
Members = Annotated[Any, Option("who sat when: member, party, from, to (a table)", TABLE, "FILE")]
Lopsided = Annotated[
    float, Option("leave out motions whose losing side has at most this share", low=0.0, high=0.49, shown=True)
]
MinVotes = Annotated[int, Option("leave out members with fewer votes of yes and no", low=1, shown=True)]
Chamber = Annotated[
    str | None,
    Option("which chamber, where a source holds several: Senate, 109, or 109:Senate", TEXT, "[CONGRESS:]NAME"),
]
Infer = Annotated[bool, Option("count members without a party with the one they vote with", flag="--infer-parties")]


def _read(
    source: Any,
    kind: str | None,
    infer: bool = False,
    votes: str | None = None,
    members: Any = None,
    chamber: str | None = None,
) -> RollCalls:
    from whipcount.data.roll_call_sources import read_roll_calls

    calls = read_roll_calls(source, kind, votes, members, chamber).in_time()
    calls = calls.with_inferred_parties() if infer else calls
    alone = [name for name, party in zip(calls.members, calls.parties, strict=True) if not party]
    if 0 < len(alone) < len(calls.members):
        shown = ", ".join(alone[:5]) + (" ..." if len(alone) > 5 else "")
        told = say(
            "{count} members have no party, and are in the count of none: {names}", count=len(alone), names=shown
        )
        calls = replace(calls, remarks=(*calls.remarks, told))
    return calls


def _learnable(calls: RollCalls) -> None:
    """Say how long learning from a record lasts; refuse one that is too large (WC515)."""
    from whipcount.errors import TableError

    if calls.votes.size > MOST_LEARNT:
        members, motions = calls.shape
        hint = f"keep the last {MOST_LEARNT // members:,} motions: older ones tell little of a coming one"
        raise TableError.one("WC515", f"{members:,} members by {motions:,} motions are too many to learn from", hint)
    beforehand(of_whip(calls))


@task(
    "rollcall unity",
    mark("Unity of parties (Rice, agreement), rebels, parties that took the same line."),
    "whipcount rollcall unity votes.csv",
    order=76.1,
    drawn=True,
    form=Form(mark("Unity"), mark("How united do parties vote, and who breaks the line?"), HEADER, order=60),
    family=rollcall,
)
def unity(
    source: Source,
    format: Layout = None,
    votes: Votes = None,
    members: Members = None,
    chamber: Chamber = None,
    infer_parties: Infer = False,
) -> Unity:
    """Unity by party, the most frequent rebels, and pairs of parties."""
    from whipcount.theory.rollcall_unity import unity as count

    calls = _read(source, format, infer_parties, votes, members, chamber)
    remarks = calls.remarks
    if not any(calls.parties):
        told = say("no member has a party: unity is that of parties, and every member is in none")
        remarks = (*remarks, told)
    return count(calls).told(remarks)


@task(
    "rollcall ideal",
    mark("Ideal points of members with their uncertainty, cutting lines of motions."),
    "whipcount rollcall ideal votes.csv --dimensions 2 --chart ideal.svg",
    "whipcount rollcall ideal votes.csv --draws 1000",
    "whipcount rollcall ideal votes.csv --by-party --covariates members.csv --draws 1000",
    "whipcount rollcall ideal votes.csv --ordered --draws 1000",
    order=76.2,
    drawn=True,
    form=Form(mark("Ideal points"), mark("Where do members stand, as their votes tell?"), HEADER, order=70),
    family=rollcall,
)
def ideal(
    source: Source,
    dimensions: Annotated[
        int, Option("dimensions", low=1, high=3, shown=True, title=mark("Dimensions: 1 or 2"), example="1")
    ] = 1,
    draws: Annotated[
        int,
        Option(
            "draws from the posterior, for intervals that cover (1000 will do); 0: its mode",
            low=0,
            shown=True,
            title=mark("Draws for intervals: 0 or 1000"),
            example="0",
        ),
    ] = 0,
    item_spread: Annotated[
        float | None,
        Option("spread of the prior of motions' parameters in the draws (learnt from them)", low=0.01, high=100.0),
    ] = None,
    by_party: Annotated[
        bool, Option("draw members around their party's mean, which is learnt (with --draws)", flag="--by-party")
    ] = False,
    covariates: Annotated[
        Any, Option("numbers that may go with the points: member, age, ... (with --draws)", TABLE, "FILE")
    ] = None,
    abstentions: Annotated[
        bool, Option("abstaining tells of points too (otherwise it is missing, as absence is)", flag="--abstentions")
    ] = False,
    ordered: Annotated[
        bool, Option("abstaining stands between no and yes, with two cut points a motion", flag="--ordered")
    ] = False,
    bootstrap: Annotated[int, Option("samples for standard errors of the mode", low=0, shown=True)] = 0,
    seed: Annotated[int, Option("of the draws and samples", low=0, shown=True)] = 1,
    right: Annotated[str | None, Option("member or party on the positive side", metavar="NAME")] = None,
    lopsided: Lopsided = 0.005,
    min_votes: MinVotes = 10,
    format: Layout = None,
    votes: Votes = None,
    members: Members = None,
    chamber: Chamber = None,
    infer_parties: Infer = False,
) -> IdealPoints:
    """Ideal points of members and cutting lines of motions."""
    from whipcount.theory.rollcall_ideal import ideal_points

    calls = _read(source, format, infer_parties, votes, members, chamber)
    beforehand(of_points(calls, dimensions, draws, bootstrap))
    names: tuple[str, ...] = ()
    values, remarks = None, names
    if covariates is not None:
        from whipcount.data.covariates import read_covariates

        names, values, remarks = read_covariates(covariates, calls.members)
    found = ideal_points(
        calls, dimensions, bootstrap, right, seed, lopsided, min_votes, draws, item_spread, by_party, names, values,
        abstentions, ordered,
    )  # fmt: skip
    return found.told((*calls.remarks, *remarks, *found.remarks))


@task(
    "rollcall dynamic",
    mark("Ideal points that move from period to period, on one scale that members of several hold together."),
    "whipcount rollcall dynamic votes.csv --period 12",
    "whipcount rollcall dynamic votes.csv --period 12 --chart paths.svg",
    "whipcount rollcall dynamic votes.csv --period 12 --linear",
    order=76.25,
    tables=True,
    drawn=True,
    family=rollcall,
)
def dynamic(
    source: Source,
    period: Annotated[int, Option("months of a period", low=1, high=1200, shown=True)] = 12,
    drift: Annotated[
        float,
        Option(
            "standard deviation of a point's step to the next period, or of a line's slope (first points have 1)",
            low=1e-4,
            high=10.0,
            shown=True,
        ),
    ] = 0.1,
    linear: Annotated[
        bool, Option("a member's points lie on a line (linear drift), instead of walking at random", flag="--linear")
    ] = False,
    draws: Annotated[int, Option("draws from the posterior; 0: its mode", low=0, shown=True)] = 1000,
    seed: Annotated[int, Option("of the draws", low=0, shown=True)] = 1,
    right: Annotated[str | None, Option("member or party on the positive side", metavar="NAME")] = None,
    lopsided: Lopsided = 0.025,
    min_votes: MinVotes = 10,
    format: Layout = None,
    votes: Votes = None,
    members: Members = None,
    chamber: Chamber = None,
    infer_parties: Infer = False,
) -> DynamicPoints:
    """Points of members by period, each a random walk or on a line (WC567)."""
    from whipcount.theory.rollcall_dynamic import dynamic_points

    calls = _read(source, format, infer_parties, votes, members, chamber)
    beforehand(of_points(calls, 1, draws))
    found = dynamic_points(calls, period, drift, draws, right, seed, lopsided, min_votes, linear)
    return found.told((*calls.remarks, *found.remarks))


@task(
    "rollcall dimensions",
    mark("Score models of more and more dimensions on votes that they did not see."),
    "whipcount rollcall dimensions votes.csv --most 2",
    order=76.27,
    tables=True,
    family=rollcall,
)
def dimensions(
    source: Source,
    most: Annotated[int, Option("dimensions, at most", low=1, high=3, shown=True)] = 3,
    seed: Annotated[int, Option("of the tenths into which votes are dealt", low=0, shown=True)] = 1,
    lopsided: Lopsided = 0.025,
    min_votes: MinVotes = 20,
    format: Layout = None,
    votes: Votes = None,
    members: Members = None,
    infer_parties: Infer = False,
) -> Dimensions:
    """The models side by side."""
    from whipcount.theory.rollcall_dimensions import held_out

    calls = _read(source, format, infer_parties, votes, members)
    found = held_out(calls, most, lopsided, min_votes, seed)
    return found.told((*calls.remarks, *found.remarks))


@task(
    "rollcall classify",
    mark("Order the members, or place them on a plane, so that most votes are right (optimal classification)."),
    "whipcount rollcall classify votes.csv --dimensions 2",
    order=76.3,
    tables=True,
    family=rollcall,
)
def classify(
    source: Source,
    dimensions: Annotated[int, Option("an order, or a plane", low=1, high=2, shown=True)] = 1,
    lopsided: Lopsided = 0.0,
    min_votes: MinVotes = 1,
    format: Layout = None,
    votes: Votes = None,
    members: Members = None,
    chamber: Chamber = None,
) -> Classification:
    """The best order of members, or places on a plane."""
    from whipcount.theory.rollcall_classification import optimal_classification

    calls = _read(source, format, False, votes, members, chamber)
    beforehand(of_order(calls))
    found = optimal_classification(calls, lopsided, min_votes, dimensions)
    return found.told((*calls.remarks, *found.remarks))


@task(
    "rollcall whip",
    mark("Count a coming motion: chances of members, distribution of the tally, who is pivotal, whom to persuade."),
    'whipcount rollcall whip votes.csv --title "Budget 2020" --line A=yes --line B=no',
    "whipcount rollcall whip votes.csv --like M7 --chart tally.svg",
    order=76.4,
    drawn=True,
    form=Form(
        mark("Whip count"), mark("Who will vote how on a motion that is still to come?"), HEADER,
        settings={"like": "m21"}, order=50,
    ),
    family=rollcall,
)  # fmt: skip
def whip(
    source: Source,
    title: Annotated[
        str,
        Option(
            "title of the coming motion", metavar="TEXT",
            title=mark("Title of the coming motion"), example="Mission abroad: extension",
        ),
    ] = "",
    line: Annotated[
        Any,
        Option(
            "a party's line: yes, no, abstain, or free for none; may be repeated", TEXTS, "PARTY=VOTE",
            title=mark("The line of each party, one a row"), example="Labour=yes", rows=True,
        ),
    ] = None,
    like: Annotated[
        str | None,
        Option(
            "take title and lines of this motion", metavar="MOTION",
            title=mark("Or: title and lines of this earlier motion"), example="m3",
        ),
    ] = None,
    rule: Annotated[
        Any,
        Option(
            "cast, members, 2/3, 3/5 of present, yes votes needed; casting: A; veto: B", TEXT, shown=True,
            title=mark("When it passes: cast, members, or a number of yes votes"), example="cast",
        ),
    ] = "cast",
    day: Annotated[Any, Option("who sits on this day votes", DAY, "DATE")] = None,
    format: Layout = None,
    votes: Votes = None,
    members: Members = None,
    chamber: Chamber = None,
    infer_parties: Infer = True,
) -> WhipCount:  # fmt: skip
    """The count of a coming motion: each member's chances, the tally, who is pivotal, whom to persuade (WC641)."""
    from whipcount.data.reading.names import find_name
    from whipcount.theory.rollcall_table import WORDS
    from whipcount.theory.rollcall_whip import coming_motion, whip_count

    calls = _read(source, format, infer_parties, votes, members, chamber)
    lines: dict[str, str] = {}
    if like is not None:
        place = calls.motion(like)
        title = title or calls.motions[place].title
        lines = {party: WORDS[int(calls.lines[row, place])] for row, party in enumerate(calls.party_names)}
    for given in line:
        party, equals, vote = given.rpartition("=")
        if not equals:
            raise UsageError.one("WC641", f"--line {given}: not of the form party=vote", 'write --line "A=yes"')
        lines[find_name(party, calls.party_names, "nobody here is of the party")] = vote.strip()
    if not lines:
        hint = "give --line PARTY=VOTE for each party, or --like MOTION"
        raise UsageError.one("WC641", say("no party's line is known"), hint)
    _learnable(calls)
    count = whip_count(calls, coming_motion(calls, title, lines), rule=rule, day=day)
    silent = [party for party in dict.fromkeys(one.party for one in count.members) if party and party not in lines]
    remarks = calls.remarks
    if silent:
        remarks += (
            say(
                "no line is known of {names}: counted as parties without a line; --line gives it",
                names=", ".join(silent),
            ),
        )
    return count.told(remarks)


@task(
    "rollcall test",
    mark("Test whip counts on the last motions in time."),
    order=76.5,
    drawn=True,
    family=rollcall,
)
def backtest(
    source: Source,
    share: Annotated[float, Option("share of motions tested", low=0.02, high=0.8, shown=True)] = 0.2,
    start: Annotated[
        int | None,
        Option(
            "instead of a share: learn anew before each motion, from the one of this number on", low=2, flag="--from"
        ),
    ] = None,
    before: Annotated[Any, Option("only motions before this day", DAY, "DATE")] = None,
    format: Layout = None,
    votes: Votes = None,
    members: Members = None,
    chamber: Chamber = None,
) -> WhipTest:
    """The scores of whip counts on the last motions, against party lines and uniform rebellion."""
    from whipcount.theory.rollcall_validation import validate_whip_counts

    calls = _read(source, format, False, votes, members, chamber)
    if before is not None:
        calls = calls.only_motions([place for place, one in enumerate(calls.motions) if one.date < before])
    _learnable(calls)
    return validate_whip_counts(calls, share, start).told(calls.remarks)


@task(
    "rollcall export",
    mark("Write votes for pscl, emIRT (matrices of members by motions) or Stan (JSON)."),
    "whipcount rollcall export votes.csv --form pscl --out votes-pscl.csv",
    "whipcount rollcall export votes.csv --form stan --out votes.json",
    order=76.55,
    family=rollcall,
)
def export(
    source: Source,
    out: Annotated[Path, Option("the file to write", metavar="FILE")],
    form: Annotated[str, Option("pscl, emirt or stan", metavar="NAME", shown=True)] = "pscl",
    format: Layout = None,
    votes: Votes = None,
    members: Members = None,
    chamber: Chamber = None,
) -> Exported:
    """The files written: yes and no as the other program codes them; abstentions are neither (WC625)."""
    from whipcount.theory.rollcall_export import export_votes

    calls = _read(source, format, False, votes, members, chamber)
    return export_votes(calls, form, out).told(calls.remarks)


@task(
    "rollcall calibrate",
    mark("Fit the ballot mechanism (discipline, lambda) to real votes, as parameters of a scenario."),
    "whipcount rollcall calibrate votes.csv --out ballot.yaml",
    order=76.6,
    tables=True,
    family=rollcall,
)
def calibrate(
    source: Source,
    stake: Annotated[float, Option("how far a motion moves policy, as a share of the line", shown=True)] = 0.3,
    out: Annotated[Path | None, Option("write the scenario parameters here (YAML)", metavar="FILE")] = None,
    format: Layout = None,
    votes: Votes = None,
    members: Members = None,
    chamber: Chamber = None,
) -> Calibration:
    """Discipline and lambda of the ballot mechanism; its `.yaml()` is a block of a scenario."""
    from whipcount.theory.rollcall_ballot import calibrate_ballot

    calls = _read(source, format, True, votes, members, chamber)
    result = calibrate_ballot(calls, stake).told(calls.remarks)
    if out is not None:
        out.write_text(result.yaml(), encoding="utf-8")
        written(out, mark("parameters: {path}"))
    return result
