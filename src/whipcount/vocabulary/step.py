"""A day as a mechanism sees it: the operations of the vocabulary, choices and divisions, and nothing else."""

from __future__ import annotations

from .array import Array
from .choice import Choice, Division, Terms, choose, divide, order_of
from .operations import Operations


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

    def divide(
        self, name: str, *, voting: Array, present: Array, lam: Array, yes: Terms, no: Terms, abstain: Terms
    ) -> Division:
        """A division: members present vote yes, no or abstain; the body's rule decides.

        voting: mask of bodies that divide now. present: mask of seats. Terms are per seat.
        """
        return divide(self, self._tracer, name, voting, present, lam, {"no": no, "yes": yes, "abstain": abstain})
