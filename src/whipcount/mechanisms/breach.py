"""Acts against the binding line, and the grievance that they leave."""

from ..vocabulary import Day, LogUniform, Measure, Mechanism, Param, State, Uniform, Verb


class Breach(Mechanism):
    """Acting against the line counts; the majority's grievance is the decayed sum, acts before the start included.

    Memory of earlier breaches is what makes escalation depend on history; its half-life is a parameter.
    """

    id = "breach"
    after = ("ballot",)
    references = ("hirschman_1970",)
    verbs = (Verb("breach", per="actor", doc="a member acts against the binding line"),)
    measures = (Measure("grievance", per="party", high=12.0, doc="decayed sum of breaches"),)

    half_life = Param(10.0, prior=LogUniform(2.0, 30.0), unit="days", doc="half-life of the grievance")
    carry_weight = Param(
        0.5, prior=Uniform(0.1, 1.0), unit="breaches", doc="weight of carrying a beaten motion elsewhere"
    )
    vote_weight = Param(
        0.05, prior=Uniform(0.0, 0.15), unit="breaches", doc="weight of a vote against the line elsewhere"
    )

    grievance = State(per="party", doc="decayed sum of breaches")
    breaches = State(per="actor", initial="actor.past_breaches", doc="breaches of each member so far")
    dissent = State(
        per="actor", kind="mask", writers=("demand", "leave", "reply", "reconcile"), doc="openly against the line"
    )
    remembered = State(kind="mask", doc="history has been taken in")

    def step(self, day: Day) -> None:
        """Count today's breaches; let the grievance fade."""
        with day.when(~self.remembered):
            faded = day.exp(-0.6931472 * day.given("party.past_age") / self.half_life)
            self.grievance.set(day.given("party.past_breaches") * faded)
            self.remembered.set(True)
        kept = day.exp(-0.6931472 * day.dt / self.half_life)
        bound = day.member & (day.spread(day.line_number, "actor") > 0.0)
        carried, defied = bound & day.carried_it, bound & day.defied & ~day.carried_it
        size = day.given("actor.size")
        weight = day.where(carried, self.carry_weight, 0.0) + day.where(
            defied, self.vote_weight * day.smaller(size, 5.0), 0.0
        )
        self.grievance.set(self.grievance * kept + day.total(weight, "party"))
        acts = carried | defied
        self.breaches.set(self.breaches + 1.0, where=acts)
        self.dissent.set(True, where=carried)
        day.record("breach", acts, weight)
        day.measure("grievance", self.grievance)
