"""A day as a mechanism sees it: the operations of the vocabulary, choices and divisions, and nothing else."""

from __future__ import annotations

from .array import Array
from .choice import Choice, Division, Terms, choose, divide, logit, order_of, total_of
from .operations import Operations
from .rules import Rules, rules_of


class Day(Operations):
    """One step of simulated time, in every run at once."""

    def choose(
        self,
        name: str,
        *,
        who: Array,
        lam: Array,
        epoch: Array | None = None,
        able: Array | None = None,
        **options: Terms,
    ) -> Choice:
        """A logit choice among options whose utilities are sums of named terms (quantal response).

        who: mask of those who choose. lam: payoff responsiveness. epoch: makes the draw persistent. able: those who
        could act of their own accord, unasked; only an intervention that orders the act for a date makes them.
        """
        return choose(self, self._tracer, name, who, lam, epoch, options, able)

    def or_ordered(self, mask: Array, *choices: str) -> Array:
        """The mask, or true in every run on a day for which an intervention orders one of these choices of the
        mechanism; without an intervention the mask itself."""
        for name in choices:
            order = order_of(self, self._tracer, name)
            if order is not None:
                mask = mask | (self.any(order) if order.axis is not None else order)
        return mask

    def probabilities(self, lam: Array, *options: Terms) -> list[Array]:
        """Probabilities of a logit choice among options, without a draw: what others expect of who chooses."""
        return logit(self, lam, [total_of(self._tracer, terms) for terms in options])

    def divide(
        self,
        name: str,
        *,
        voting: Array,
        turnout: Array,
        common: Array,
        lam: Array,
        yes: Terms,
        no: Terms,
        abstain: Terms,
        rules: Rules | None = None,
    ) -> Division:
        """A division: members present vote yes, no or abstain; the body's rule decides.

        voting: mask of bodies that divide now. turnout: share of each seat's members who are present. common: how far
        the members of a bloc vote alike. Terms are per seat. rules: those of the bodies, unless others are given.
        """
        options = {"no": no, "yes": yes, "abstain": abstain}
        return divide(self, self._tracer, name, voting, turnout, common, lam, options, rules or rules_of(self))
