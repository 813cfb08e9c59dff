"""`whipcount rollcall`: what roll calls tell of unity, ideal points, rebels; a whip count for a coming motion."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.text import mark, say

from .options import json_option
from .output import help_text, note
from .told import chart_option, tell

if TYPE_CHECKING:
    import datetime as dt

    from whipcount.theory.rollcall_table import RollCalls

ORDER = 76
LINES = {"yes": mark("yes"), "no": mark("no"), "abstain": mark("abstain"), "free": mark("none")}


def register(app: typer.Typer) -> None:
    """Add the commands, one for each question."""
    group = typer.Typer(
        help=say("Count roll calls: unity, ideal points, rebels, a whip count for a coming motion."),
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command("unity", help=_unity_help())(unity)
    group.command("ideal", help=_ideal_help())(ideal)
    group.command(
        "classify",
        help=say("Order the members so that most votes are right (optimal classification)."),
    )(classify)
    group.command("whip", help=_whip_help())(whip)
    group.command(
        "test",
        help=say("Test whip counts on the last motions in time."),
    )(run_test)
    group.command("calibrate", help=_calibrate_help())(calibrate)
    app.add_typer(group, name="rollcall")


def _unity_help() -> str:
    return help_text(
        "Unity of parties (Rice, agreement), rebels, parties that took the same line.",
        "whipcount rollcall unity votes.csv",
    )


def _ideal_help() -> str:
    return help_text(
        "Ideal points of members with their uncertainty, cutting lines of motions.",
        "whipcount rollcall ideal votes.csv --dimensions 2 --chart ideal.svg",
    )


def _whip_help() -> str:
    return help_text(
        "Count a coming motion: chances of members, distribution of the tally, who is pivotal, whom to persuade.",
        'whipcount rollcall whip votes.csv --title "Budget 2020" --line A=yes --line B=no',
        "whipcount rollcall whip votes.csv --like M7 --chart tally.svg",
    )


def _calibrate_help() -> str:
    return help_text(
        "Fit the ballot mechanism (discipline, lambda) to real votes, as parameters of a scenario.",
        "whipcount rollcall calibrate votes.csv --out ballot.yaml",
    )


def _source() -> Any:
    text = say("votes: member, motion, vote (CSV), or a folder of abgeordnetenwatch or Voteview")
    return typer.Argument(help=text, metavar="SOURCE", show_default=False)


def _format() -> Any:
    text = say("plain, abgeordnetenwatch or voteview (found out by itself)")
    return typer.Option("--format", help=text, metavar="NAME", show_default=False)


def _infer() -> Any:
    text = say("count members without a party with the one they vote with")
    return typer.Option("--infer-parties", help=text)


def _read(source: Path, kind: str | None, infer: bool = False) -> RollCalls:
    from whipcount.data.roll_call_sources import read_roll_calls

    calls = read_roll_calls(source, kind).in_time()
    return calls.with_inferred_parties() if infer else calls


def _day(text: str) -> dt.date:
    """A date of an option (WC622)."""
    import datetime as dt

    from whipcount.errors import UsageError

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError.one("WC622", f"{text!r} is no date", "write it as 2019-06-28") from None


def _draw(module: str) -> Any:
    """The drawing of one of this command's charts, imported only when it is asked for."""

    def drawing(told: Any) -> Any:
        import importlib

        return importlib.import_module(f"whipcount.report.count_charts.{module}").draw(told)

    return drawing


def unity(
    source: Annotated[Path, _source()],
    kind: Annotated[str | None, _format()] = None,
    infer: Annotated[bool, _infer()] = False,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """Print unity by party, the most frequent rebels, and pairs of parties."""
    from whipcount.theory.rollcall_unity import unity as count

    tell(count(_read(source, kind, infer)), as_json=as_json, chart=chart, draw=_draw("rollcall_unity"))


def ideal(
    source: Annotated[Path, _source()],
    dimensions: Annotated[int, typer.Option("--dimensions", min=1, max=3, help=say("dimensions"))] = 1,
    bootstrap: Annotated[int, typer.Option("--bootstrap", min=0, help=say("samples for standard errors"))] = 0,
    right: Annotated[
        str | None,
        typer.Option(
            "--right",
            help=say("member or party on the positive side"),
            metavar="NAME",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[str | None, _format()] = None,
    infer: Annotated[bool, _infer()] = False,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """Print ideal points and cutting lines."""
    from whipcount.theory.rollcall_ideal import ideal_points

    result = ideal_points(_read(source, kind, infer), dimensions, bootstrap, right)
    tell(result, as_json=as_json, chart=chart, draw=_draw("rollcall_ideal"))


def classify(
    source: Annotated[Path, _source()],
    kind: Annotated[str | None, _format()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Print the best order of members."""
    from whipcount.theory.rollcall_classification import optimal_classification

    tell(optimal_classification(_read(source, kind)), as_json=as_json)


def whip(
    source: Annotated[Path, _source()],
    title: Annotated[
        str,
        typer.Option("--title", help=say("title of the coming motion"), metavar="TEXT", show_default=False),
    ] = "",
    line: Annotated[
        list[str] | None,
        typer.Option(
            "--line",
            help=say("a party's line; may be repeated"),
            metavar="PARTY=VOTE",
            show_default=False,
        ),
    ] = None,
    like: Annotated[
        str | None,
        typer.Option(
            "--like",
            help=say("take title and lines of this motion"),
            metavar="MOTION",
            show_default=False,
        ),
    ] = None,
    rule: Annotated[
        str,
        typer.Option("--rule", help=say("cast, members, or yes votes needed")),
    ] = "cast",
    kind: Annotated[str | None, _format()] = None,
    infer: Annotated[bool, _infer()] = True,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """Print the count of a coming motion."""
    from whipcount.errors import UsageError
    from whipcount.theory.rollcall_table import WORDS
    from whipcount.theory.rollcall_whip import coming_motion, whip_count

    calls = _read(source, kind, infer)
    lines: dict[str, str] = {}
    if like is not None:
        place = calls.motion(like)
        title = title or calls.motions[place].title
        lines = {party: WORDS[int(calls.lines[row, place])] for row, party in enumerate(calls.party_names)}
    for given in line or []:
        party, equals, vote = given.rpartition("=")
        if not equals:
            raise UsageError.one("WC641", f"--line {given}: not of the form party=vote", 'write --line "A=yes"')
        lines[party.strip()] = vote.strip()
    if not lines:
        hint = "give --line PARTY=VOTE for each party, or --like MOTION"
        raise UsageError.one("WC641", say("no party's line is known"), hint)
    result = whip_count(calls, coming_motion(calls, title, lines), rule=rule)
    only = ("parties", "rebels", "persuade", "like")
    labels = {"line": LINES}
    tell(result, as_json=as_json, chart=chart, draw=_draw("rollcall_whip"), only=only, labels=labels)


def run_test(
    source: Annotated[Path, _source()],
    share: Annotated[float, typer.Option("--share", min=0.02, max=0.8, help=say("share of motions tested"))] = 0.2,
    before: Annotated[
        str | None,
        typer.Option(
            "--before",
            help=say("only motions before this day"),
            metavar="DATE",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[str | None, _format()] = None,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """Print the scores of whip counts on the last motions, against party lines and uniform rebellion."""
    from whipcount.theory.rollcall_validation import NAMES, validate_whip_counts

    calls = _read(source, kind)
    if before is not None:
        calls = calls.only_motions([place for place, one in enumerate(calls.motions) if one.date < _day(before)])
    result = validate_whip_counts(calls, share)
    tell(result, as_json=as_json, chart=chart, draw=_draw("rollcall_test"), labels={"name": NAMES})


def calibrate(
    source: Annotated[Path, _source()],
    stake: Annotated[
        float,
        typer.Option(
            "--stake",
            help=say("how far a motion moves policy, as a share of the line"),
        ),
    ] = 0.3,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=say("write the scenario parameters here (YAML)"),
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[str | None, _format()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Print discipline and lambda, and write them as a block of a scenario."""
    from whipcount.theory.rollcall_ballot import calibrate_ballot

    result = calibrate_ballot(_read(source, kind, infer=True), stake)
    if out is not None:
        out.write_text(result.yaml(), encoding="utf-8")
        note(say("parameters: {out}", out=out))
    tell(result, as_json=as_json)
