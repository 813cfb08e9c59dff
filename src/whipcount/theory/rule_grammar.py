"""Decision rules as they are written: "2/3", "majority of all", "3/5 of present and 1/4 of all", "...; veto: King".

A rule is a list of alternatives joined by `or`, each a list of needs joined by `and`. A need is a share or a number of
what counts for it, of the votes cast (yes and no), of those present (with abstentions), or of all. Shares are exact
fractions: 2/3 of 300 is 200. After a semicolon stand what bends the rule: `veto: A, B` (nothing passes against them),
`casting: A` (decides a tie), `quorum: 1/2` (who has to be present), `also: A` (another body must agree), `tolerated`
(carried unless so many are against, as in negative parliamentarism).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from ..errors import UsageError

Base = Literal["cast", "present", "all"]
EXPECTED = 'majority, 2/3, 60%, 218, "2/3 of present", "majority of all", joined by and / or; then "; veto: NAME"'
_BASES = {
    **dict.fromkeys(("cast", "votes", "votes cast", "voting", "those voting"), "cast"),
    **dict.fromkeys(("present", "those present", "members present"), "present"),
    **dict.fromkeys(("all", "members", "all members", "seats", "all seats", "total", "the house"), "all"),
}
_NEED = re.compile(
    r"(?P<how>more than|over|at least|>=|≥|>)?\s*"
    r"(?P<what>(?:simple |absolute )?majority|half|unanimity|all|\d+\s*/\s*\d+|\d+(?:[.,]\d+)?\s*%|\d+(?:\.\d+)?)"
    r"(?:\s+(?:of|in)\s+(?:the\s+)?(?P<of>.+))?"
)


@dataclass(frozen=True)
class Need:
    """What must say yes: a share (Fraction) or a number (int), reached or, if strict, exceeded, of a base.

    column: whose weights count, where not everybody counts one ("" for the members or seats themselves).
    """

    amount: Fraction | int
    strict: bool
    of: Base = "cast"
    column: str = ""

    def quota(self, total: int) -> int:
        """The smallest whole number of yes that is enough, where `total` is all that counts."""
        if isinstance(self.amount, Fraction):
            exact = self.amount * total
            return exact.__floor__() + 1 if self.strict else max(1, exact.__ceil__())
        return self.amount + 1 if self.strict else self.amount

    def describe(self) -> str:
        """The need as it would be written."""
        how = "more than " if self.strict else "at least "
        what = f"{self.amount} yes" if isinstance(self.amount, int) else str(self.amount)
        where = {"cast": "votes cast", "present": "members present", "all": "all members"}[self.of]
        if isinstance(self.amount, int):
            return f"{how}{what}" + (f" ({self.column})" if self.column else "")
        return f"{how}{what} of {f'{self.column}' if self.column else where}"


@dataclass(frozen=True)
class WrittenRule:
    """A rule as written: alternatives of needs; who may veto; who decides a tie; who has to be present."""

    alternatives: tuple[tuple[Need, ...], ...]
    vetoes: tuple[str, ...] = ()
    casting: str = ""
    quorum: Need | None = None
    also: tuple[str, ...] = ()
    tolerated: bool = False

    @property
    def single(self) -> Need | None:
        """The one need, where there is nothing else."""
        plain = len(self.alternatives) == 1 and len(self.alternatives[0]) == 1
        return self.alternatives[0][0] if plain and not self.bent else None

    @property
    def bent(self) -> bool:
        """Whether anything stands beside what must say yes."""
        return bool(self.vetoes or self.casting or self.quorum or self.also or self.tolerated)

    @property
    def need(self) -> Need:
        """The first need of the first alternative."""
        return self.alternatives[0][0]

    def describe(self) -> str:
        """The rule in words."""
        text = " or ".join(" and ".join(need.describe() for need in one) for one in self.alternatives)
        if self.quorum is not None:
            text += f"; quorum: {self.quorum.describe()}"
        if self.casting:
            text += f"; casting vote: {self.casting}"
        if self.also:
            text += f"; also: {', '.join(self.also)}"
        if self.tolerated:
            text += "; tolerated"
        if self.vetoes:
            text += f"; veto: {', '.join(self.vetoes)}"
        return text


def parse_rule(text: str, base: Base = "cast", columns: tuple[str, ...] = ()) -> WrittenRule:
    """A rule from its text (WC625 where it cannot be read).

    base: what shares are of where the text does not say. columns: names of weights that a need may be of.
    """
    main, *bends = [part.strip() for part in text.split(";")]
    alternatives = tuple(
        tuple(_need(part, base, columns) for part in re.split(r"\s+and\s+|\s*&\s*", one.strip()))
        for one in re.split(r"\s+or\s+|\s*\|\s*", main)
    )
    vetoes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    casting, quorum, tolerated = "", None, False
    for bend in filter(None, bends):
        kind, colon, names = bend.partition(":")
        kind, names = kind.strip().lower(), names.strip()
        if kind == "tolerated" and not colon:
            tolerated = True
            continue
        if not colon or not names:
            raise _wrong(text, bend)
        if kind in ("veto", "vetoes"):
            vetoes = tuple(name.strip() for name in names.split(",") if name.strip())
        elif kind in ("casting", "casting vote", "tie", "chair"):
            casting = names
        elif kind == "also":
            also = tuple(name.strip() for name in names.split(",") if name.strip())
        elif kind == "quorum":
            quorum = _need(names, "all", columns)
        else:
            raise _wrong(text, bend)
    return WrittenRule(alternatives, vetoes, casting, quorum, also, tolerated)


def _need(text: str, base: Base, columns: tuple[str, ...]) -> Need:
    """One need: `majority`, `2/3 of present`, `more than 60% of population`, `218`."""
    plain = " ".join(text.strip().split())
    lower = plain.lower()
    # the two words by which whip counts called their rules
    if lower in ("cast", "present", "members") and lower not in columns:
        return Need(Fraction(1, 2), True, _BASES[lower])  # type: ignore[arg-type]
    column, of = "", base
    match = _NEED.fullmatch(lower)
    if match is None and ":" in plain:  # COLUMN:QUOTA
        column, _, rest = plain.rpartition(":")
        column, match = column.strip().lower(), _NEED.fullmatch(rest.strip().lower())
    if match is None:
        raise _wrong(text, text)
    if match["of"]:
        named = match["of"].strip()
        if named in columns or named not in _BASES:
            if columns and named not in columns:
                raise UsageError.one(
                    "WC625", f"{text!r}: no base {named!r}", f"of cast, present, all, {', '.join(columns)}"
                )
            column, of = named, "all"
        else:
            of = _base(_BASES[named])
    what = match["what"]
    if what == "absolute majority":
        return Need(Fraction(1, 2), True, "all" if not match["of"] else of, column)
    if what in ("majority", "simple majority"):
        return Need(Fraction(1, 2), True, of, column)
    amount = _amount(what, text)
    strict = match["how"] in ("more than", "over", ">")
    if what == "half" and match["how"] is None:
        raise UsageError.one(
            "WC625", f"{text!r}: half of what is not enough to tell", "write majority, or at least half"
        )
    if isinstance(amount, Fraction) and not (0 < amount < 1 or (amount == 1 and not strict)):
        raise UsageError.one("WC625", f"{text!r} is no share that can be reached", "a share lies between 0 and 1")
    return Need(amount, strict, of, column)


def _base(text: str) -> Base:
    return next(base for base in get_args(Base) if base == text)


def _amount(what: str, text: str) -> Fraction | int:
    if what == "half":
        return Fraction(1, 2)
    if what in ("unanimity", "all"):
        return Fraction(1)
    if "/" in what:
        above, _, below = what.partition("/")
        if int(below) == 0:
            raise _wrong(text, text)
        return Fraction(int(above), int(below))
    if what.endswith("%"):
        return Fraction(what.rstrip("% ").replace(",", ".")) / 100
    if "." in what:
        raise UsageError.one("WC625", f"{text!r}: {what} of what?", "write a share as 2/3 or 60%, a number as 218")
    return int(what)


def _wrong(text: str, part: str) -> UsageError:
    error = UsageError.one("WC625", f"{part.strip()!r} in {text!r} is no rule", f"write {EXPECTED}")
    assert isinstance(error, UsageError)
    return error


def near_fraction(text: str, total: int) -> str | None:
    """A word where a percentage lies near a well-known fraction and needs another number: 66.67% of 300, and 2/3."""
    if not text.strip().endswith("%"):
        return None
    share = Fraction(text.strip().rstrip("% ").replace(",", ".")) / 100
    for known in (Fraction(2, 3), Fraction(1, 3), Fraction(1, 6), Fraction(5, 6)):
        if share != known and abs(share - known) < Fraction(1, 1000):
            ours, theirs = Need(share, False, "all").quota(total), Need(known, False, "all").quota(total)
            if ours != theirs:
                side = "above" if share > known else "below"
                return f"{text.strip()} lies {side} {known}: {ours} are needed of {total}, with {known} it is {theirs}"
    return None
