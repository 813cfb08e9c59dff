"""The leader's threat: waited with or issued, signed one by one, presented."""

from ..vocabulary import Array, Day, Mechanism, Param, State, Uniform, Verb
from . import foresight

COOLING = 14.0  # beats: after a demand has lapsed or been settled, the next one waits
LAPSES = 7.0  # beats in which those who would sign have signed


class Ultimatum(Mechanism):
    """Wait or issue: grievance, danger that dissent prevails, cost of a split, and what the replies are worth.

    Leader, if need be by letter, and members of the principal body who are there and content with the line sign one by
    one, until there are enough; the demand is then presented to the members at odds with the line whose faction has
    acted against it. Its form, deadline, what counts as refusal and the threatened sanction are the scenario's. A
    threat may be the issuer's own exit (Schelling 1960; Hirschman 1970).
    """

    id = "ultimatum"
    after = ("breach",)
    references = ("schelling_1960", "hirschman_1970")
    verbs = (
        Verb("draft", per="party", doc="the leader writes an ultimatum"),
        Verb("sign", per="actor", doc="a member signs the ultimatum"),
        Verb("ultimatum", per="party", doc="the ultimatum is presented; the value is the number of signers"),
        Verb("addressed", per="actor", doc="a member is addressed by the ultimatum"),
        Verb("lapse", per="party", doc="too few sign, and the draft lapses"),
    )

    grievance = Param(0.15, prior=Uniform(-0.05, 0.25), unit="utility per breach", doc="weight of the grievance")
    prevail = Param(
        0.5, prior=Uniform(0.0, 1.0), unit="share of the stake", doc="weight of the danger that dissent prevails"
    )
    cost = Param(0.1, prior=Uniform(0.0, 0.25), unit="utility", doc="cost of issuing an ultimatum")
    letter = Param(0.05, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of demanding from afar, by letter")
    split_cost = Param(0.1, prior=Uniform(0.0, 0.3), unit="utility per share of the body", doc="cost of a split")
    foresight = Param(0.5, prior=Uniform(0.0, 1.0), unit="weight", doc="weight of the replies that are foreseen")
    sign_cost = Param(0.08, prior=Uniform(0.0, 0.2), unit="utility", doc="cost of signing")
    bandwagon = Param(0.1, prior=Uniform(0.0, 0.2), unit="utility", doc="pull of those who have signed")

    demand = State(
        per="party",
        kind="code",
        codes=("none", "drafted", "presented", "closed"),
        writers=("sanction",),
        doc="the demand",
    )
    demand_day = State(per="party", initial=-1000.0, doc="day on which it was drafted or presented")
    signed = State(per="actor", kind="mask", doc="has signed the ultimatum")
    addressed = State(per="actor", kind="mask", doc="is addressed by it")

    def step(self, day: Day) -> None:
        """Draft, sign, present."""
        cooled = day.number - self.demand_day >= COOLING * day.beat
        idle = (self.demand == "none") | (self.demand == "closed")
        provoked = day.given("party.can_threaten") & idle & cooled & (day.grievance > 0.02)
        with day.when(day.any(provoked)):
            self._draft(day, provoked)
        drafted = self.demand == "drafted"
        with day.when(day.any(drafted)):
            self._collect(day, drafted)

    def _seated(self, day: Day) -> Array:
        return day.any(day.sits & day.given("seat.principal"), "actor") & day.member & day.given("actor.person")

    def _there(self, day: Day) -> Array:
        """Who sits in the principal body today: a name is put by hand."""
        return day.any(day.present & day.given("seat.principal"), "actor")

    def _targets(self, day: Day) -> Array:
        """Members at odds with the line, of a faction in which somebody has acted against it.

        An act that has been dealt with still feeds the grievance, but a demand is made of present conduct: a threat
        compels to stop what is being done.
        """
        defiant = day.dissent | (day.breaches > day.given("actor.settled_breaches"))
        of_faction = day.spread(day.any(defiant & day.at_odds, "faction"), "actor")
        return day.member & day.given("actor.person") & day.at_odds & (defiant | of_faction)

    def _draft(self, day: Day, provoked: Array) -> None:
        leader = day.leader & ~day.at_odds & day.member
        away = day.any(leader & ~self._there(day), "party")  # who is away writes a letter
        targets = self._targets(day)
        head = day.any(leader, "party")
        stake = day.total(day.where(leader, foresight.stake(day), 0.0), "party")
        threat = day.number_of(day.any(day.backed))
        seats = day.larger(day.total(day.number_of(self._seated(day)), "party"), 1.0)
        share = day.smaller(day.total(day.number_of(targets), "party") / seats, 1.0)
        gap = day.mean(day.gap, day.number_of(targets), "party")
        submit = day.logistic(
            day.parameter("choice.lam")
            * (
                day.parameter("sanction.expected")
                - day.parameter("reply.voice_cost") * gap
                - day.parameter("reply.pride")
            )
        )
        able = provoked & head & day.any(targets, "party")
        issue = day.choose(
            "issue",
            who=able,
            lam=day.parameter("choice.lam"),
            epoch=day.party_epoch,
            issue={
                "grievance": self.grievance * day.grievance,
                "danger": self.prevail * stake * (0.5 + 0.5 * threat),
                "split": -self.split_cost * share * (1.0 - submit),
                "replies": self.foresight * submit * day.larger(stake, 0.0),
                "letter": day.where(away, -self.letter, 0.0),
                "cost": -self.cost,
            },
            wait={},
        )
        drafts = issue.is_("issue")
        day.record("draft", drafts, day.grievance, issue.chance("issue"))
        self.demand.set("drafted", where=drafts)
        self.demand_day.set(day.number, where=drafts)
        mine = day.spread(drafts, "actor")
        self.signed.set(leader, where=mine)
        day.record("sign", leader & mine)

    def _collect(self, day: Day, drafted: Array) -> None:
        mine = day.spread(drafted, "actor")
        seats = day.larger(day.total(day.number_of(self._seated(day)), "party"), 1.0)
        quota = day.given("party.quota") * seats
        complete = day.total(day.number_of(self.signed & mine), "party") >= quota
        wanted = mine & ~day.spread(complete, "actor")
        eligible = self._seated(day) & self._there(day) & wanted & ~day.beaten & ~day.dissent
        stake = foresight.stake(day)
        heat = self.grievance * day.spread(day.grievance, "actor")
        with day.repeat(3):
            share = day.total(day.number_of(self.signed & mine), "party") / seats
            sign = day.choose(
                "sign",
                who=eligible & ~self.signed,
                lam=day.parameter("choice.lam"),
                epoch=day.actor_epoch,
                sign={
                    "grievance": heat,
                    "stake": self.prevail * stake,
                    "bandwagon": self.bandwagon * day.spread(share, "actor"),
                    "cost": -self.sign_cost,
                },
                decline={},
            )
            day.record("sign", sign.is_("sign"), probability=sign.chance("sign"))
            self.signed.set(True, where=sign.is_("sign"))
        signers = day.total(day.number_of(self.signed & mine), "party")
        enough = signers >= quota
        age = day.number - self.demand_day
        presented = drafted & enough & (age > 0.0)
        day.record("ultimatum", presented, signers)
        self.demand.set("presented", where=presented)
        self.demand_day.set(day.number, where=presented)
        targets = self._targets(day) & day.spread(presented, "actor") & ~self.signed
        self.addressed.set(targets, where=day.spread(presented, "actor"))
        day.answer.set("none", where=targets)  # another demand wants another answer
        day.record("addressed", targets)
        lapses = drafted & ~presented & (age >= LAPSES * day.beat)
        self.demand.set("closed", where=lapses)
        day.record("lapse", lapses)
