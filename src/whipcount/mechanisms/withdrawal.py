"""A partner stays in the government or leaves it when the government's point moves."""

from ..vocabulary import DIVISION_VERBS, Array, Day, Mechanism, Param, Uniform, Verb
from . import formulas
from .ballot import divide


class Withdrawal(Mechanism):
    """When the government moves (a treaty, a decree), each partner's principal body votes to leave or stay.

    Staying makes a partner answerable for the policy: its cost is the distance, times stakes, against the offices held
    and the danger that leaving adds (Lupia & Strom 1995 on coalition termination).
    """

    id = "withdrawal"
    after = ("cabinet",)
    references = ("lupia_strom_1995",)
    verbs = (
        *DIVISION_VERBS,
        Verb("withdraw", per="party", doc="a partner leaves the government"),
        Verb("remain", per="party", doc="a partner stays in the government"),
    )

    stakes = Param(
        0.8, prior=Uniform(0.1, 1.5), unit="weight", doc="how far a partner answers for the government's policy"
    )
    loss = Param(0.06, prior=Uniform(0.0, 0.15), unit="utility", doc="loss of influence by leaving")

    def step(self, day: Day) -> None:
        """Partners decide on the day of the move."""
        leading = day.any(day.given("actor.head"), "party")
        partners = day.governs & ~leading & day.given("party.decides") & ~day.fallen
        deciding = partners & day.moved & day.spread(day.quorate, "party")
        with day.when(day.any(deciding)):
            self._decide(day, deciding)

    def _decide(self, day: Day, deciding: Array) -> None:
        distance = -self.stakes * formulas.policy_of(day, day.vector("point"))
        gain = distance - formulas.office_value(day, day.share) - self.loss
        none = day.spread(deciding, "seat") & (day.given("seat.weight") < 0.0)
        result = divide(day, "leave the government", gain, day.number_of(none), day.spread(deciding, "body"))
        leaves = deciding & day.spread(result.passed, "party")
        day.record("withdraw", leaves)
        day.record("remain", deciding & ~leaves)
        day.governs.set(False, where=leaves)
        day.share.set(0.0, where=leaves)
        if day.size("tenure"):
            day.holds.set(False, where=day.spread(leaves, "tenure") & day.given("tenure.cabinet"))
