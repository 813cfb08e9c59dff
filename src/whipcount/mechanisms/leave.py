"""Exit by rungs: sign the statement, leave a seat, leave a post, leave the party."""

from ..vocabulary import Array, Day, Mechanism, Param, State, StateArray, Uniform, Verb

VOICE_SCALE = 0.3  # utility of full voice at a distance of one, for voice = 1


class Leave(Mechanism):
    """Separate choices of those beaten and challenged, in this order; each exit makes the next member's easier.

    Voice: the freedom to speak, times the perceived distance to the line. Solidarity: the share of one's own
    faction that has gone, swept three times a step, so that exits in one body bring exits in another (Kuran 1991 on
    cascades). Against: the seat, the office, the duty not to abandon a post, the identity of a party member, and
    the prospect of a later revision from within (Hirschman 1970). A person may leave the party and keep the post,
    or the reverse.
    """

    id = "leave"
    after = ("sanction",)
    references = ("hirschman_1970", "kuran_1991", "clark_golder_golder_2017")
    verbs = (
        Verb("statement", per="actor", doc="signs the reasoned statement of protest"),
        Verb("joint_statement", per="party", doc="the statement is made public; the value is the number of signers"),
        Verb("leave_seat", per="seat", doc="leaves a seat"),
        Verb("leave_post", per="tenure", doc="leaves a post"),
        Verb("leave_party", per="actor", doc="leaves the party"),
        Verb("stay_signed", per="tenure", doc="has signed the statement and keeps the post"),
    )

    voice = Param(1.0, prior=Uniform(-0.3, 2.0), unit=".3 utility per gap", doc="value of the freedom to speak")
    solidarity = Param(0.15, prior=Uniform(-0.1, 0.3), unit="utility per full share", doc="pull of those who have gone")
    statement = Param(0.06, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of signing a statement")
    seat = Param(0.12, prior=Uniform(0.0, 0.3), unit="utility", doc="value of a seat")
    office = Param(0.05, prior=Uniform(0.0, 0.15), unit="utility per tenth of portfolios", doc="value of an office")
    platform = Param(
        0.2, prior=Uniform(0.0, 0.4), unit="utility", doc="use of a post outside the government to dissent"
    )
    duty = Param(0.1, prior=Uniform(0.0, 0.3), unit="utility", doc="cost of abandoning a post")
    identity = Param(0.5, prior=Uniform(0.0, 0.8), unit="utility", doc="cost of leaving the party")
    prospect = Param(0.05, prior=Uniform(0.0, 0.15), unit="utility", doc="hope of a revision from within")

    protests = State(per="actor", kind="mask", doc="has signed the statement")
    left_seat = State(per="actor", kind="mask", writers=("reconcile",), doc="has left a seat in an organ of the party")
    left_post = State(per="actor", kind="mask", writers=("reconcile",), doc="has left a post")
    left_party = State(per="actor", kind="mask", writers=("reconcile",), doc="has left the party")
    left_work = State(per="actor", kind="mask", writers=("reconcile",), doc="has left a seat or post")
    exit_day = State(per="actor", initial=-1000.0, doc="day of the last exit")
    published = State(per="party", kind="mask", doc="the joint statement is out")
    kept = State(per="tenure", kind="mask", doc="has signed and keeps the post")

    def step(self, day: Day) -> None:
        """Those who are beaten, challenged and unreconciled choose, rung by rung."""
        challenged = day.spread((day.demand == "presented") | (day.demand == "closed"), "actor")
        aroused = challenged & day.beaten & day.given("actor.person") & ~day.signed & (day.answer != "submit")
        unanswered = day.addressed & (day.answer == "none")  # an addressee answers first, and then acts
        aroused = aroused & ~day.returned & ~unanswered
        exits = ("statement", "seat", "post", "membership")
        with day.when(day.or_ordered(day.any(aroused) & ~day.fallen, *exits)):
            with day.repeat(3):
                self._sign(day, aroused)
                self._seats(day, aroused)
                if day.size("tenure"):
                    self._posts(day, aroused)
                self._membership(day, aroused)
            self._publish(day, aroused)

    def _voice(self, day: Day) -> Array:
        return VOICE_SCALE * self.voice * day.gap

    def _share(self, day: Day, mask: Array) -> Array:
        """Share of one's own faction for which the mask is true."""
        persons = day.number_of(day.given("actor.person"))
        return day.spread(day.mean(day.number_of(mask), persons, "faction"), "actor")

    def _sign(self, day: Day, aroused: Array) -> None:
        choice = day.choose(
            "statement",
            who=aroused & ~self.protests,
            able=day.member & day.given("actor.person") & ~self.protests,
            lam=day.parameter("choice.lam"),
            epoch=day.actor_epoch,
            yes={
                "voice": self._voice(day),
                "solidarity": self.solidarity * self._share(day, self.protests | self.left_work),
                "statement": -self.statement,
                "discipline": -day.parameter("ballot.discipline") * day.given("actor.loyalty"),
            },
            no={},
        )
        day.record("statement", choice.is_("yes"), probability=choice.chance("yes"))
        self.protests.set(True, where=choice.is_("yes"))
        day.dissent.set(True, where=choice.is_("yes"))

    def _seats(self, day: Day, aroused: Array) -> None:
        mine = day.spread(aroused, "seat") & day.sits & day.given("seat.own_organ")
        pledged = day.spread((day.answer == "resign") & day.addressed, "seat")
        threat = day.where(day.addressed & (day.answer != "none"), 0.3 * day.parameter("sanction.expected"), 0.0)
        choice = day.choose(
            "seat",
            who=mine,
            able=day.sits & day.given("seat.own_organ") & day.spread(day.given("actor.person"), "seat"),
            lam=day.parameter("choice.lam"),
            epoch=day.spread(day.actor_epoch, "seat"),
            yes={
                "voice": day.spread(self._voice(day), "seat"),
                "solidarity": day.spread(self.solidarity * self._share(day, self.left_work), "seat"),
                "sanction escaped": day.spread(threat, "seat"),
                "word": day.where(pledged, 1.0, 0.0),
                "seat": -self.seat,
                "prospect": -self.prospect,
            },
            no={},
        )
        leaves = choice.is_("yes")
        day.record("leave_seat", leaves, probability=choice.chance("yes"))
        day.sits.set(False, where=leaves)
        self._gone(day, self.left_seat, day.any(leaves, "actor"))

    def _posts(self, day: Day, aroused: Array) -> None:
        mine = day.spread(aroused, "tenure") & day.holds
        in_cabinet = day.given("tenure.cabinet")
        share = self._share(day, self.left_work | self.protests)
        choice = day.choose(
            "post",
            who=mine,
            able=day.holds & day.spread(day.given("actor.person"), "tenure"),
            lam=day.parameter("choice.lam"),
            epoch=day.spread(day.actor_epoch, "tenure"),
            yes={
                "voice": day.where(in_cabinet, day.spread(self._voice(day), "tenure"), 0.0),
                "platform": day.where(in_cabinet, 0.0, -self.platform),
                "solidarity": day.spread(self.solidarity * share, "tenure"),
                "office": -self.office
                * day.spread(day.given("actor.ambition"), "tenure")
                * day.given("tenure.portfolio")
                * 10.0,
                "duty": -self.duty * day.spread(day.given("actor.duty"), "tenure"),
            },
            no={},
        )
        leaves = choice.is_("yes")
        day.record("leave_post", leaves, probability=choice.chance("yes"))
        day.holds.set(False, where=leaves)
        self._gone(day, self.left_post, day.any(leaves, "actor"))

    def _membership(self, day: Day, aroused: Array) -> None:
        choice = day.choose(
            "membership",
            who=aroused & day.member,
            able=day.member & day.given("actor.person"),
            lam=day.parameter("choice.lam"),
            epoch=day.actor_epoch,
            yes={
                "voice": self._voice(day),
                "solidarity": self.solidarity * self._share(day, self.left_party),
                "sanction escaped": day.where(
                    day.spread(day.punished, "actor"), 0.3 * day.parameter("sanction.expected"), 0.0
                ),
                "identity": -self.identity * day.given("actor.identity"),
                "prospect": -self.prospect,
            },
            no={},
        )
        leaves = choice.is_("yes")
        day.record("leave_party", leaves, probability=choice.chance("yes"))
        day.member.set(False, where=leaves)
        self.left_party.set(True, where=leaves)
        self.exit_day.set(day.number, where=leaves)
        seats = day.spread(leaves, "seat") & day.sits & day.given("seat.own_organ")
        day.record("leave_seat", seats)
        day.sits.set(False, where=seats)

    def _gone(self, day: Day, rung: StateArray, who: Array) -> None:
        rung.set(True, where=who)
        self.left_work.set(True, where=who)
        self.exit_day.set(day.number, where=who)
        day.dissent.set(True, where=who)

    def _publish(self, day: Day, aroused: Array) -> None:
        signers = day.total(day.number_of(self.protests & aroused), "party")
        out = ~self.published & (signers >= 2.0)
        day.record("joint_statement", out, signers)
        self.published.set(True, where=out)
        if day.size("tenure"):
            keeps = day.spread(self.protests & aroused, "tenure") & day.holds & day.given("tenure.cabinet") & ~self.kept
            day.record("stay_signed", keeps)
            self.kept.set(True, where=keeps)
