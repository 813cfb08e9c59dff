"""The body above the principal body: called, insisted on, convened, or never."""

from ..vocabulary import Array, Day, Mechanism, Param, State, Uniform, Verb
from . import concession


class Congress(Mechanism):
    """Majority and opposition may each call the congress; it meets with enough force and lead time, or never.

    Delegates follow their constituencies. Its verdict is a mandate to govern for the opposition, or its expulsion. Each
    side calls only if it expects to win, so a congress that both would lose is never held.
    """

    id = "congress"
    after = ("constituency",)
    references = ("tsebelis_2002",)
    verbs = (
        Verb(
            "call",
            per="party",
            codes=("", "majority", "opposition", "motion", "leader"),
            doc="a side, or a motion, calls the congress",
        ),
        Verb("convene", per="body", doc="the congress meets"),
        Verb("expelled", per="actor", doc="a member is expelled by the congress"),
        Verb("verdict", per="party", codes=("", "majority", "opposition"), doc="whom the congress backs"),
    )

    stake = Param(0.15, prior=Uniform(0.0, 0.4), unit="utility", doc="what a verdict is worth to either side")
    insist = Param(0.08, prior=Uniform(0.0, 0.2), unit="utility", doc="cost of calling and campaigning")
    force = Param(
        0.04, prior=Uniform(0.0, 0.15), unit="1 / day", doc="rate at which a called congress is brought about"
    )
    spread = Param(0.1, unit="support", doc="sd of the delegates' support around the constituencies'")

    in_being = State(per="body", kind="mask", initial="body.convened", doc="the body is in being")
    called = State(per="party", kind="mask", writers=("ballot", "leadership"), doc="the congress has been called")
    call_day = State(per="party", initial=-1000.0, doc="day of the call")
    judged = State(per="party", kind="mask", doc="the congress has given its verdict")

    def step(self, day: Day) -> None:
        """Call, wait for the lead time, meet, decide."""
        eligible = day.given("party.has_congress") & ~self.judged
        open_dispute = day.any(day.dissent & (day.left_work | day.left_party), "party") | day.appealed
        uncalled = eligible & ~self.called & open_dispute
        with day.when(day.any(uncalled)):
            self._call(day, uncalled)
        pending = eligible & self.called
        with day.when(day.any(pending)):
            self._meet(day, pending)

    def _backing(self, day: Day) -> Array:
        if not day.size("constituency"):
            return day.where(day.given("party.has_congress"), day.number * 0.0 + 0.5, 0.5)
        return day.mean(day.support, day.given("constituency.weight"), "party", otherwise=0.5)

    def _call(self, day: Day, uncalled: Array) -> None:
        odds = 2.0 * self._backing(day) - 1.0
        lam = day.parameter("choice.lam")
        majority = day.choose(
            "majority calls",
            who=uncalled & day.appealed,
            lam=lam,
            epoch=day.party_epoch,
            call={
                "verdict": self.stake * odds,
                "credibility": day.parameter("sanction.credibility"),
                "cost": -self.insist,
            },
            wait={},
        )
        means = day.total(
            day.where(day.dissent, day.given("actor.press") + day.given("actor.organisation"), 0.0), "party"
        )
        opposition = day.choose(
            "opposition insists",
            who=uncalled & day.any(day.dissent & day.member & (day.left_work | day.left_party), "party"),
            lam=lam,
            epoch=day.party_epoch,
            insist={
                "verdict": -self.stake * odds,
                "resources": self.insist * day.smaller(means, 1.0),
                "cost": -2.0 * self.insist,
            },
            wait={},
        )
        calls = majority.is_("call") | opposition.is_("insist")
        day.record("call", calls, day.where(majority.is_("call"), 1.0, 2.0))
        self.called.set(True, where=calls)
        self.call_day.set(day.number, where=calls)

    def _meet(self, day: Day, pending: Array) -> None:
        by_motion = pending & (self.call_day < -1.0)
        day.record("call", by_motion, day.where(day.over_heads, 4.0, 3.0))
        self.call_day.set(day.number, where=by_motion)
        age = day.number - self.call_day
        meets = pending & (age >= day.given("party.congress_lead")) & day.happens("convened", self.force, "party")
        backing = self._backing(day) + self.spread * day.normal("delegates", "party")
        opposition = meets & (backing < 0.5)
        convened = day.total(day.number_of(day.spread(meets, "seat") & day.given("seat.congress")), "body") > 0.0
        day.record("convene", convened & ~self.in_being)
        self.in_being.set(True, where=convened)
        day.record("verdict", meets, day.where(opposition, 2.0, 1.0))
        self.judged.set(True, where=meets)
        concession.give_way(day, opposition)
        expelled = day.spread(meets & ~opposition & day.appealed, "actor") & day.dissent & day.member
        day.record("expelled", expelled)
        day.member.set(False, where=expelled)
        day.sits.set(False, where=day.spread(expelled, "seat") & day.given("seat.own_organ"))
