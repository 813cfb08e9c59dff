"""What members believe the line to be, and how far from it they stand."""

from ..vocabulary import Day, Measure, Mechanism, Normal, Param, State, Uniform
from . import formulas


class Belief(Mechanism):
    """Perceived point of the other side = true point + bias away from one's own + noise of one's own.

    Choices of dissent use the perceived distance; the true and the perceived one are both reported, so that a claim
    about misperception can be tested. A positive bias exaggerates differences (contrast), a negative one plays them
    down (assimilation; Granberg & Brent 1980).

    Who expects to win or lose a vote knows its chance up to an error of one's own, on the logit scale. Every division
    that a body holds tells how it votes: the variance of the error falls as s^2 / (1 + n / lesson), as that of a normal
    mean does with n observations (DeGroot 1970).
    """

    id = "belief"
    after = ("mandate",)
    references = ("granberg_brent_1980", "degroot_1970")
    measures = (
        Measure("gap_true", per="faction", doc="mean distance of a faction's members to their party's line"),
        Measure("gap_perceived", per="faction", doc="the same, as they perceive it"),
    )

    bias = Param(0.0, prior=Normal(0.0, 0.3), unit="share of the distance", doc="exaggeration of the distance")
    noise = Param(0.05, prior=Uniform(0.0, 0.15), unit="scale", doc="sd of each member's error, by dimension")

    tally = Param(
        0.5,
        prior=Uniform(0.0, 1.5),
        unit="logit",
        doc="sd of each actor's error about the chance that a motion is carried, in a body of which no vote is known",
    )
    lesson = Param(2.0, unit="divisions", doc="divisions of a body after which half of that error's variance is left")

    gap = State(per="actor", doc="perceived distance to the party's line")
    guess = State(per="actor", doc="each actor's error about tallies, in standard deviations")
    seen = State(per="body", writers=("ballot", "forum"), doc="divisions held since the body's members last changed")

    def step(self, day: Day) -> None:
        """Perceive the line."""
        ideal, lines = day.vector("ideal"), day.vector("line")
        line = tuple(day.spread(entry, "actor") for entry in lines)
        perceived = []
        for name, x, y in zip(day.ids("dimension"), ideal, line, strict=True):
            error = self.noise * day.normal(f"error {name}", "actor", epoch=day.actor_epoch)
            perceived.append(day.clip(y + self.bias * (y - x) + error, 0.0, 1.0))
        self.guess.set(day.normal("tally", "actor", epoch=day.actor_epoch))
        self.seen.set(self.seen * 0.5, where=day.roll_changed)  # what is known of some members holds for those who stay
        salience = formulas.salience(day)
        true = day.distance(ideal, line, salience)
        self.gap.set(day.distance(ideal, tuple(perceived), salience))
        size = day.where(day.member, day.given("actor.size"), 0.0)
        day.measure("gap_true", day.mean(true, size, "faction"))
        day.measure("gap_perceived", day.mean(self.gap, size, "faction"))
