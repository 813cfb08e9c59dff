"""Sanctions without a demand: the head of government dismisses, a party's body puts out, who openly dissents."""

from ..vocabulary import Array, Day, Mechanism, Param, State, Uniform, Verb
from . import foresight, formulas


class Dismissal(Mechanism):
    """Each open act against the line poses the question once: to the head of government, whether to keep a minister who
    has done it; to the party, whether to keep the member.

    Collective responsibility makes keeping a dissenting minister costly (Dewan & Dowding 2005; Dowding & Dumont 2009).
    A party bears dissent more easily inside than out, and excludes more rarely (Kam 2009). Against it speak the cadre
    lost, harshness for its own sake, and the majority of the government where it hangs on those who would go.
    """

    id = "dismissal"
    after = ("demand",)
    references = ("dewan_dowding_2005", "dowding_dumont_2009", "kam_2009")
    verbs = (
        Verb("dismissed", per="tenure", doc="the head of government dismisses a dissenter from a post"),
        Verb("put_out", per="actor", doc="the party puts out a member who dissents, without a demand"),
    )

    # Collective responsibility: from nothing (grand coalitions agree to differ) to as much as an office is worth.
    collective = Param(
        0.05, prior=Uniform(-0.05, 0.15), unit="utility", doc="cost of keeping an open dissenter in the government"
    )
    # A party is no cabinet: exclusion without a hearing costs more than losing a seat, up to what identity is worth.
    exclusion = Param(0.25, prior=Uniform(0.05, 0.5), unit="utility", doc="cost of putting a member out unheard")

    acts_then = State(per="actor", doc="acts against the line that have been weighed")
    put_out = State(per="actor", kind="mask", doc="has been put out of the party")

    def step(self, day: Day) -> None:
        """Weigh the acts that have not been weighed."""
        acts = formulas.acts_against(day)
        fresh = (acts > self.acts_then) & (acts > day.given("actor.settled_breaches")) & day.dissent
        fresh = fresh & day.given("actor.person") & ~(day.addressed & (day.spread(day.demand, "actor") == 2.0))
        turn = day.turn("dismiss", "actor")
        fresh = fresh & turn
        if day.size("tenure"):
            held = day.spread(fresh, "tenure") & day.holds & day.given("tenure.cabinet")
            with day.when(day.or_ordered(day.any(held), "dismiss")):
                self._dismiss(day, held & ~day.spread(day.premier, "tenure"), acts)
        members = fresh & day.member & ~day.leader
        with day.when(day.or_ordered(day.any(members), "put out")):
            self._put_out(day, members, acts)
        self.acts_then.set(acts, where=turn)

    def _dismiss(self, day: Day, held: Array, acts: Array) -> None:
        choice = day.choose(
            "dismiss",
            who=held & day.any(day.premier),
            able=day.holds & day.given("tenure.cabinet"),
            lam=day.parameter("choice.lam"),
            epoch=day.spread(acts, "tenure"),
            keep={
                "responsibility": -self.collective,
                "sabotage": -day.parameter("sanction.sabotage"),
            },
            dismiss={
                "split": day.spread(-0.5 * self._split(day), "tenure"),
                "harshness": -0.5 * day.parameter("sanction.harshness"),
                "majority": day.spread(-self._majority(day), "tenure"),
            },
        )
        out = choice.is_("dismiss")
        day.record("dismissed", out, probability=choice.chance("dismiss"))
        day.holds.set(False, where=out)
        day.prompted.set(True, where=day.any(out, "actor"))

    def _put_out(self, day: Day, members: Array, acts: Array) -> None:
        choice = day.choose(
            "put out",
            who=members,
            able=day.member & day.given("actor.person"),
            lam=day.parameter("choice.lam"),
            epoch=acts,
            keep={"sabotage": -day.parameter("sanction.sabotage")},
            put_out={
                "split": -self._split(day),
                "harshness": -day.parameter("sanction.harshness"),
                "majority": -self._majority(day),
                "unheard": -self.exclusion,
            },
        )
        out = choice.is_("put_out")
        day.record("put_out", out, probability=choice.chance("put_out"))
        self.put_out.set(True, where=out)
        day.member.set(False, where=out)
        day.sits.set(False, where=day.spread(out, "seat") & day.given("seat.own_organ"))
        day.prompted.set(True, where=out)

    def _split(self, day: Day) -> Array:
        """By actor: cost to the party of the cadre that goes with this member."""
        cadre = day.where(day.member, day.given("actor.cadre"), 0.0)
        share = day.given("actor.cadre") / day.larger(day.spread(day.total(cadre, "party"), "actor"), 1e-6)
        return day.parameter("sanction.split_cost") * share

    def _majority(self, day: Day) -> Array:
        """By actor: what is lost where the government's majority hangs on those of the member's kind."""
        return day.spread(foresight.majority_at_risk(day, day.dissent & day.member), "actor")
