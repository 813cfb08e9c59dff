"""What the majority does when its ultimatum is refused."""

from ..vocabulary import Array, Day, Mechanism, Param, State, Uniform, Verb
from . import concession, foresight


class Sanction(Mechanism):
    """Tolerate, concede, strip of posts, refer to the congress, or expel. A threat is not its execution.

    Tolerating costs credibility, in proportion to what was threatened; conceding costs the distance to the beaten
    alternative, and saves the cadre that would otherwise leave; the harsher the step, the greater the split. Where the
    threat was the issuer's own exit, its execution is that the leader goes (Schelling 1960; Clark, Golder & Golder
    2017).
    """

    id = "sanction"
    after = ("reply",)
    references = ("schelling_1960", "clark_golder_golder_2017")
    verbs = (
        Verb(
            "sanction", per="party", codes=("", "tolerate", "concede", "strip", "refer", "expel"), doc="what is decided"
        ),
        Verb("stripped", per="tenure", doc="a post is taken away"),
        Verb("expelled", per="actor", doc="a member is expelled"),
        Verb("concession", per="party", doc="the majority gives way"),
        Verb("leader_goes", per="party", doc="the issuer carries out the threat of an own exit"),
    )

    credibility = Param(0.06, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of a threat not carried out")
    sabotage = Param(0.05, prior=Uniform(-0.05, 0.15), unit="utility", doc="cost of keeping open dissent in the party")
    split_cost = Param(
        0.3, prior=Uniform(0.0, 0.6), unit="utility per share of cadre", doc="cost of driving dissenters out"
    )
    concession_cost = Param(0.05, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of giving way, beyond its policy")
    harshness = Param(0.03, prior=Uniform(0.0, 0.1), unit="utility", doc="cost of punishing, beyond the split")
    foresight = Param(
        0.5, prior=Uniform(0.0, 1.0), unit="weight", doc="weight of the exits foreseen if nothing is done"
    )
    delay = Param(0.04, prior=Uniform(0.0, 0.12), unit="utility", doc="cost of waiting for a congress")
    expected = Param(
        0.12, prior=Uniform(0.0, 0.3), unit="utility", doc="cost of the threatened sanction to who refuses"
    )

    punished = State(per="party", kind="mask", doc="a sanction beyond toleration has been decided")
    appealed = State(per="party", kind="mask", doc="the majority has referred the matter to the congress")

    def step(self, day: Day) -> None:
        """Decide once the answers are in, or the deadline has passed."""
        pending = day.demand == "presented"
        with day.when(day.any(pending)):
            self._decide(day, pending)

    def _decide(self, day: Day, pending: Array) -> None:
        silent = day.addressed & (day.answer == "none")
        late = day.number - day.demand_day > day.given("party.deadline")
        ready = pending & (late | ~day.any(silent, "party"))
        evaded = (day.answer == "evade") | (day.answer == "none")
        counts = day.spread(day.given("party.evasion_counts"), "actor")
        defiant = day.addressed & day.member & ((day.answer == "refuse") | (evaded & counts))
        opposed = defiant | (day.addressed & day.member & (day.answer == "resign"))
        defied = day.any(defiant, "party")
        day.prompted.set(True, where=opposed & day.spread(ready, "actor"))  # who submitted has made up the mind
        day.demand.set("closed", where=ready)
        with day.when(day.any(ready & day.any(opposed, "party"))):
            self._choose(day, ready, defiant, opposed, defied)

    def _choose(self, day: Day, ready: Array, defiant: Array, opposed: Array, defied: Array) -> None:
        split = self.split_cost * foresight.cadre_share(day, opposed)
        foreseen = self.foresight * foresight.exits_foreseen(day, opposed)
        broken = day.where(defied, self.credibility, 0.3 * self.credibility)
        refers = day.given("party.refers") & day.given("party.has_congress")
        step = day.choose(
            "sanction",
            who=ready & day.any(opposed, "party"),
            lam=day.parameter("choice.lam"),
            epoch=day.party_epoch,
            tolerate={"credibility": -broken, "sabotage": -self.sabotage, "exits foreseen": -foreseen},
            concede={
                "policy": -foresight.majority_loss(day),
                "face": -self.concession_cost,
                "credibility": -broken,
            },
            strip={"split": -0.5 * split, "harshness": -0.5 * self.harshness, "credibility": -0.5 * broken},
            refer={"delay": -self.delay, "split": -0.3 * split, "unannounced": day.where(refers, 0.0, -0.5)},
            expel={"split": -split, "harshness": -self.harshness, "unannounced": day.where(refers, -0.1, 0.0)},
        )
        taken = step.code > 0.0
        day.record("sanction", taken, step.code, step.probability)
        self.punished.set(True, where=taken & ~step.is_("tolerate") & ~step.is_("concede"))
        self._carry_out(
            day, step.is_("concede"), step.is_("strip"), step.is_("refer"), step.is_("expel"), defiant, opposed
        )

    def _carry_out(
        self, day: Day, concede: Array, strip: Array, refer: Array, expel: Array, defiant: Array, opposed: Array
    ) -> None:
        own = day.given("party.own_exit")
        goes = (strip | expel) & own
        day.record("leader_goes", goes)
        day.record("concession", concede)
        concession.give_way(day, concede)
        self.appealed.set(True, where=refer)
        expelled = day.spread(expel & ~own, "actor") & opposed
        leader = day.spread(goes, "actor") & day.leader
        day.left_work.set(True, where=leader)  # who goes is not the one to fill the places left
        day.exit_day.set(day.number, where=leader)
        leaving = expelled | leader
        stripped = (day.spread(strip & ~own, "actor") & defiant) | leaving
        if day.size("tenure"):
            lost = day.spread(stripped, "tenure") & day.holds & day.given("tenure.cabinet")
            day.record("stripped", lost)
            day.holds.set(False, where=lost)
            day.prompted.set(True, where=day.any(lost, "actor"))
        day.record("expelled", expelled)
        day.member.set(False, where=expelled)
        day.sits.set(False, where=day.spread(leaving, "seat") & day.given("seat.own_organ"))
