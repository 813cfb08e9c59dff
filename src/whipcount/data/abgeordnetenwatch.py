"""Roll calls of abgeordnetenwatch.de as tables: votes by member and poll, and a list of polls with their titles.

Known faults are mended or told: members without a party, or of "fraktionslos", have none; one party stands for each
member, so that those who changed party are counted with the later one; free votes are not marked.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import Place, TableError
from ..theory.rollcall_table import Motion, RollCalls
from .columns import Header, read_table
from .roll_calls import VOTE_WORDS, assemble, coded

VOTES = Header(
    "abgeordnetenwatch votes",
    {
        "poll_id": "text",
        "mandate_id": "text",
        "politician name": "text",
        "party": "text",
        "vote": "text",
        "poll_date": "date",
    },
)
POLLS = Header("abgeordnetenwatch polls", {"poll_id": "text", "poll_title": "text"}, {"poll_date": "date"})
NO_PARTY = ("fraktionslos", "parteilos")


def read_abgeordnetenwatch(source: Path) -> RollCalls:
    """Read a votes file, or a folder that holds one beside its polls (`votes*.csv`, `polls*.csv`, also gzipped)."""
    votes_path, polls_path = _files(source)
    frame = coded(read_table(votes_path, VOTES).drop_nulls(["poll_id", "mandate_id", "vote"]), votes_path, VOTE_WORDS)
    titles: dict[str, str] = {}
    if polls_path is not None:
        polls = read_table(polls_path, POLLS)
        titles = {row["poll_id"]: (row["poll_title"] or "").strip() for row in polls.iter_rows(named=True)}
    frame = frame.rename({"mandate_id": "member", "poll_id": "motion"})
    people = frame.unique("member", keep="first", maintain_order=True)
    names = [str(name or key) for name, key in zip(people["politician name"], people["member"], strict=True)]
    called = {
        key: name if names.count(name) == 1 else f"{name} [{key}]"
        for key, name in zip(people["member"], names, strict=True)
    }
    parties = {
        called[row["member"]]: "" if (row["party"] or "").lower() in NO_PARTY else (row["party"] or "")
        for row in people.iter_rows(named=True)
    }
    days = frame.unique("motion", keep="first", maintain_order=True).sort("poll_date", "motion")
    motions = {
        row["motion"]: Motion(row["motion"], titles.get(row["motion"], row["motion"]), row["poll_date"])
        for row in days.iter_rows(named=True)
    }
    return assemble(
        frame.with_columns(frame["member"].replace_strict(called)), votes_path, parties, motions, "Bundestag"
    )


def _files(source: Path) -> tuple[Path, Path | None]:
    if source.is_file():
        beside = sorted(source.parent.glob("polls*.csv*"))
        return source, beside[0] if beside else None
    found = sorted(source.glob("votes*.csv*")) if source.is_dir() else []
    if not found:
        hint = f"give a folder with votes*.csv, or such a file: {VOTES.line}"
        raise TableError.one("WC540", "abgeordnetenwatch: no votes here", hint, Place(str(source)))
    polls = sorted(source.glob("polls*.csv*"))
    return found[0], polls[0] if polls else None
