"""Members of a bloc leave the party in numbers."""

from ..vocabulary import Array, Day, Measure, Mechanism, Param, State, Uniform, Verb
from . import foresight

PROBIT = 0.3926991  # pi / 8: the slope of a logit averaged over normal differences (Zeger, Liang & Albert 1988)


class Members(Mechanism):
    """With news of the line each member of a bloc at odds with it who is still in the party weighs leaving it, by the
    terms of `leave`.

    Whom the line suits has no reason to go, as with persons. A bloc has a number of members with a spread of ideal
    points, so some are farther from the line than others; the chance of one of them is that of the bloc's middle,
    flattened by the spread, and how many go is beta-binomial. Their seats go with them: they vote on, unwhipped
    (Aldrich & Bianco 1992; Laver & Benoit 2003; Heller & Mershon 2009).
    """

    id = "members"
    after = ("leave",)
    references = ("aldrich_bianco_1992", "laver_benoit_2003", "heller_mershon_2009", "zeger_liang_albert_1988")
    verbs = (Verb("depart", per="actor", doc="members of a bloc leave the party; the value is their number"),)
    measures = (Measure("kept", per="party", doc="share of the party's members at the start who are still in it"),)

    # Assumed: members of one party differ by less than parties do, a tenth of a scale, give or take.
    spread = Param(0.1, prior=Uniform(0.02, 0.2), unit="scale", doc="sd of the ideal points within a bloc")

    departed = State(per="actor", doc="members of the bloc who have left the party")

    def step(self, day: Day) -> None:
        """Those of a bloc who have news of the line go or stay."""
        size = day.given("actor.size")
        told = day.spread(day.line_changed, "actor") | day.prompted
        asked = told & day.at_odds & day.member & ~day.given("actor.person") & (self.departed < size)
        with day.when(day.any(asked)):
            left = size - self.departed
            chance = self._chance(day)
            goes = day.heads("departures", left, chance, day.parameter("ballot.common"), "actor")
            goes = day.where(asked, goes, 0.0)
            day.record("depart", goes > 0.0, goes)
            self.departed.set(self.departed + goes)
        share = day.where(day.member, 1.0 - self.departed / size, 0.0)
        day.measure("kept", day.mean(share, size, "party"))

    def _chance(self, day: Day) -> Array:
        """A member's chance to leave, over the spread of the bloc."""
        free = 1.0 - day.parameter("leave.inside")
        slope = foresight.VOICE_SCALE * day.parameter("leave.voice") * free * self.spread
        identity = day.parameter("leave.identity") * day.given("actor.identity")
        pull = day.parameter("leave.solidarity") * self._gone(day)
        worth = foresight.voice_value(day) + pull - identity - day.parameter("leave.prospect")
        worth = worth - day.larger(foresight.stake(day), 0.0)
        lam = day.parameter("choice.lam")
        return day.logistic(lam * worth / day.sqrt(1.0 + PROBIT * lam * lam * slope * slope))

    def _gone(self, day: Day) -> Array:
        """Share of the own faction that has left the party."""
        size = day.given("actor.size")
        out = day.where(day.member, self.departed, size)
        return day.spread(day.mean(out / size, size, "faction"), "actor")
