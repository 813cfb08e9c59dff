"""Who moves what: standing motions are tabled where somebody who may propose expects to gain."""

from ..vocabulary import Array, Day, Mechanism, Param, State, Uniform, Verb
from . import motions
from .ballot import discipline


class Agenda(Mechanism):
    """The proposer who gains most tables the motion if P(pass) x gain exceeds its cost (Romer & Rosenthal 1978).

    P(pass) comes from the distribution of the tally, given how each member would vote.
    """

    id = "agenda"
    after = ("forum",)
    references = ("romer_rosenthal_1978",)
    verbs = (Verb("tabled", per="motion", doc="a standing motion is tabled"),)

    cost = Param(0.02, prior=Uniform(0.0, 0.06), unit="utility", doc="cost of tabling a motion")
    meetings = Param(0.3, unit="1 / day", doc="how often a body takes up standing motions")
    again = Param(14.0, unit="days", doc="how long a motion rests before it can be moved again")

    tabled = State(per="motion", kind="mask", doc="tabled today")
    moved_day = State(per="motion", initial=-1000.0, doc="day on which it was last tabled")

    def step(self, day: Day) -> None:
        """Each motion that is open today may be tabled at a meeting of its body."""
        if not day.size("motion"):
            return
        self.tabled.set(False)
        can = (day.today("motion.open") > 0.0) & ~day.carried & ~day.fallen
        can = can & (day.number - self.moved_day >= self.again) & day.happens("meeting", self.meetings, "motion")
        for motion in day.ids("motion"):
            body = motions.is_body(day, motion)
            sits = day.any(body & day.quorate & day.in_being)
            with day.when(day.row(can, motion) & sits):
                self._consider(day, motion, body)

    def _consider(self, day: Day, motion: str, body: Array) -> None:
        gain = motions.gain(day, motion)
        whip = motions.whip(day, gain)
        pull = day.spread(discipline(day) * day.given("actor.conformity"), "seat") * whip
        yes = day.logistic(2.0 * day.parameter("choice.lam") * (0.5 * day.spread(gain, "seat") + pull))
        weight = day.where(day.present & day.spread(body, "seat"), day.given("seat.weight"), 0.0)
        passing = day.pick(day.chance_of_majority(yes, 1.0 - yes, weight, "body"), body)
        may = day.given(f"seat.proposer.{motion}") & day.present
        mover = day.best(day.spread(gain, "seat"), may)
        best = day.pick(day.spread(gain, "seat"), mover)
        move = day.choose(
            f"table {motion}",
            who=day.any(may),
            lam=day.parameter("choice.lam"),
            epoch=day.pick(day.spread(day.actor_epoch, "seat"), mover),
            table={"expected gain": passing * best, "cost": -self.cost},
            wait={},
        )
        tabled = motions.one_hot(day, motion) & move.is_("table")
        day.record("tabled", tabled, probability=move.chance("table"))
        self.tabled.set(True, where=tabled)
        self.moved_day.set(day.number, where=tabled)
