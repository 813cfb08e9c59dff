"""A decision rule in the reader's language."""

from __future__ import annotations

from fractions import Fraction

from whipcount.text import say
from whipcount.theory.rule_grammar import Need, parse_rule


def rule_in_words(text: str) -> str:
    """For instance: more than half of the votes cast; quorum 1/2."""
    rule = parse_rule(text)
    told = _share(rule.need)
    if rule.tolerated:
        told = say("carried unless against it are {share}", share=told)
    found = [told]
    if rule.quorum is not None:
        found.append(say("quorum {number}", number=str(rule.quorum.amount)))
    if rule.casting:
        found.append(say("a tie is decided by {names}", names=rule.casting))
    if rule.vetoes:
        found.append(say("veto: {names}", names=", ".join(rule.vetoes)))
    if rule.also:
        found.append(say("also in {names}", names=", ".join(rule.also)))
    return "; ".join(found)


def _share(need: Need) -> str:
    bases = {"cast": say("of the votes cast"), "present": say("of those present"), "all": say("of all members")}
    base = bases[need.of]
    if need.amount == 1 and isinstance(need.amount, Fraction):
        return say("no vote against") if need.of == "cast" else say("all {base}", base=base)
    if need.amount == Fraction(1, 2) and need.strict:
        return say("more than half {base}", base=base)
    if isinstance(need.amount, int):
        return say("at least {number} votes", number=str(need.quota(need.amount)))
    if need.strict:
        return say("more than {number} {base}", number=str(need.amount), base=base)
    return say("at least {number} {base}", number=str(need.amount), base=base)
