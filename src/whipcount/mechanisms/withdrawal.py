"""A partner stays in the government, leaves and tolerates it from outside, or leaves and opposes it."""

from __future__ import annotations

from ..vocabulary import DIVISION_VERBS, Array, Day, LogUniform, Mechanism, Param, State, Uniform, Verb
from . import election, formulas, majority
from .ballot import divide


class Withdrawal(Mechanism):
    """Each partner weighs staying at each turn: a measure carried or lost, the government's point moved, its own vote
    lost, a demand run out, another partner gone, and now and then, with the polls.

    Staying makes a partner answerable for the policy: its cost is the distance, times stakes, against the offices held.
    Where the government needs the partner for its majority, leaving brings what would follow (Lupia & Strom 1995): with
    the chance of an election, what the polls promise; else another government, by its chances, in which one may be or
    not. Where the majority is gone without it, offices are worth less to all (Laver & Shepsle 1998). Who leaves may
    tolerate the government from outside: it then does not fall, and a part of the answer for its policy is borne on
    (Strom 1990).
    """

    id = "withdrawal"
    after = ("cabinet", "succession")
    references = ("lupia_strom_1995", "laver_shepsle_1998", "strom_1990")
    verbs = (
        *DIVISION_VERBS,
        Verb("withdraw", per="party", doc="a partner leaves the government"),
        Verb("tolerate", per="party", doc="a partner that has left lets the government go on"),
        Verb("remain", per="party", doc="a partner stays in the government"),
    )

    stakes = Param(
        0.8, prior=Uniform(0.1, 1.5), unit="weight", doc="how far a partner answers for the government's policy"
    )
    loss = Param(0.06, prior=Uniform(0.0, 0.15), unit="utility", doc="loss of influence by leaving")
    # Every two months or so where nothing else does: then partners end about one cabinet in twelve a year, as they do
    # (theory/trained/endings.json).
    review = Param(60.0, prior=LogUniform(20.0, 180.0), unit="days", doc="from one look at the polls to the next")
    # From not at all to fully: a government without a majority may go on or not, and nobody knows.
    doomed = Param(
        0.4, prior=Uniform(0.0, 0.8), unit="share", doc="offices that a government without a majority takes for lost"
    )
    # Less than who holds office, more than nothing: contracts of support name policies.
    outside = Param(
        0.4, prior=Uniform(0.0, 0.8), unit="share of the stakes", doc="answer for the policy of who tolerates it"
    )
    # Between nothing and the whole of what the offices are worth: seats are offices to come.
    election = Param(
        1.0,
        prior=Uniform(0.0, 2.0),
        unit="share of seats",
        doc="value of offices that seats gained at the polls promise",
    )

    tolerates = State(per="party", kind="mask", writers=("formation", "survival"), doc="supports from outside")
    stay_weighed = State(per="party", doc="how often the partner has stay_weighed staying")
    governed = State(per="party", kind="mask", initial="party.in_power", doc="was in the government yesterday")
    formed = State(
        kind="mask",
        writers=("formation", "survival"),
        doc="another government has taken office since partners last looked",
    )
    line_day = State(per="party", initial=1e6, doc="day of the party's first line")
    knew_line = State(per="party", kind="mask", doc="the party's line has stood for a beat")
    knew_demand = State(per="party", doc="the state of the own party's demand yesterday")

    def step(self, day: Day) -> None:
        """Partners with a reason to weigh staying do so."""
        leading = day.any(day.premier, "party")
        partners = day.governs & ~leading & ~day.fallen & (day.total(day.number_of(day.governs)) > 1.0)
        deciding = partners & self._occasion(day)
        self.governed.set(day.governs)
        self.formed.set(False)
        with day.when(day.any(deciding)):
            self._decide(day, deciding)

    def _occasion(self, day: Day) -> Array:
        """By party: whether something has happened today that makes partners reconsider."""
        another_gone = day.any(self.governed & ~day.governs)
        measure = another_gone
        for motion in day.ids("motion"):  # what is of persons is no measure of the government
            if str(day.fact(f"motion.{motion}.kind")) in ("settlement", "measure", "confidence", "no_confidence"):
                measure = measure | day.row(day.tabled, motion)
        own_vote = day.any(day.put_elsewhere & day.governs) & day.any(day.carried_it)
        run_out = (day.demand == "closed") & (self.knew_demand == 2.0)
        self.knew_demand.set(day.demand + 0.0)
        polls = day.happens("polls", 1.0 / self.review, "party")
        another_line = day.line_changed & self.knew_line  # a first line is no news, nor is one that replaces it at once
        self.line_day.set(day.number, where=(day.line_number > 0.0) & (self.line_day > day.number))
        self.knew_line.set(day.number - self.line_day >= day.beat - day.dt)
        weighed = ~self.governed | self.formed  # who has just entered has weighed it in entering
        return (day.moved | another_gone | measure | own_vote | run_out | another_line | polls) & ~weighed

    def _decide(self, day: Day, deciding: Array) -> None:
        self.stay_weighed.set(self.stay_weighed + 1.0, where=deciding)
        leave, tolerate = self._gains(day)
        by_vote = deciding & day.given("party.decides") & day.spread(day.quorate, "party")
        none = day.number_of(day.spread(deciding, "seat") & (day.given("seat.weight") < 0.0))
        # A body first asks whether to go at all, in the way that is better for it, and then in which.
        better = day.where(formulas.of_party(day, tolerate) > formulas.of_party(day, leave), 1.0, 0.0)
        going = day.where(day.spread(better, "actor") > 0.0, tolerate, leave)
        result = divide(day, "leave the government", going, none, day.spread(by_vote, "body"))
        second = divide(day, "tolerate", tolerate - leave, none, day.spread(by_vote, "body") & result.passed)
        leaves = by_vote & day.spread(result.passed, "party")
        mildly = leaves & day.spread(second.passed, "party")
        choice = day.choose(
            "stay",
            who=deciding & ~day.given("party.decides"),
            lam=day.parameter("choice.lam"),
            epoch=self.stay_weighed,
            stay={},
            tolerate={"gain": formulas.of_party(day, tolerate)},
            leave={"gain": formulas.of_party(day, leave)},
        )
        mildly = mildly | choice.is_("tolerate")
        leaves = leaves | choice.is_("tolerate") | choice.is_("leave")
        self._carry_out(day, deciding, leaves, mildly)

    def _gains(self, day: Day) -> tuple[Array, Array]:
        """Each actor's gain from leaving into opposition, and from leaving and tolerating, over staying."""
        policy = formulas.policy_of(day, day.vector("point"))
        kept = formulas.office_value(day, day.share)
        stands = majority.share_for(day)
        without = majority.share_without(day)
        needed = day.where((stands > 0.5) & (without <= 0.5), 1.0, 0.0)  # by party: without it the majority is gone
        lost = day.where(stands <= 0.5, self.doomed, 0.0)
        called = majority.election_chance(day)
        fall = (1.0 - called) * (day.sequel - policy) + called * election.polls(day)
        staying = (1.0 - lost) * kept + self.stakes * policy
        leave = -self.loss + day.spread(needed, "actor") * fall - staying
        tolerate = -self.loss + self.outside * self.stakes * policy - staying
        return leave, tolerate

    def _carry_out(self, day: Day, deciding: Array, leaves: Array, mildly: Array) -> None:
        day.record("withdraw", leaves)
        day.record("tolerate", mildly)
        day.record("remain", deciding & ~leaves)
        day.governs.set(False, where=leaves)
        day.share.set(0.0, where=leaves)
        self.tolerates.set(mildly, where=leaves)
        if day.size("tenure"):
            day.holds.set(False, where=day.spread(leaves, "tenure") & day.given("tenure.cabinet"))
        members = day.spread(leaves, "actor") & day.member
        day.sits.set(False, where=day.spread(day.given("body.cabinet"), "seat") & day.spread(members, "seat"))
