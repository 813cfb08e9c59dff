"""Exit by rungs: sign the statement, leave a seat, leave a post, leave the party."""

from ..vocabulary import Array, Day, Mechanism, Param, State, StateArray, Uniform, Verb
from . import foresight


class Leave(Mechanism):
    """Separate choices, at any time, of those whom the line has beaten or left behind, leaders and all.

    A standing question is put anew only with news (see `choice`); what others do moves it meanwhile. Voice: the freedom
    to speak, times the perceived distance to the line; inside, a member has a share of it, until a demand forbids it.
    Solidarity: the share of one's own faction that has gone, swept three times a step, so that exits in one body bring
    exits in another (Kuran 1991 on cascades). Against: what the line itself is worth to those who prefer it, the seat,
    the office, the duty not to abandon a post, the identity of a party member, the prospect of a later revision from
    within, and the word of those who have submitted (Hirschman 1970; Kam 2009). A person may leave the party and keep
    the post, or the reverse. An addressee of a demand answers first.
    """

    id = "leave"
    after = ("sanction", "demand", "dismissal")
    references = ("hirschman_1970", "kuran_1991", "kam_2009", "clark_golder_golder_2017")
    verbs = (
        Verb("statement", per="actor", doc="signs the reasoned statement of protest"),
        Verb("joint_statement", per="party", doc="the statement is made public; the value is the number of signers"),
        Verb("leave_seat", per="seat", doc="leaves a seat"),
        Verb("leave_post", per="tenure", doc="leaves a post"),
        Verb("leave_party", per="actor", doc="leaves the party"),
        Verb("stay_signed", per="tenure", doc="has signed the statement and keeps the post"),
    )

    voice = Param(1.0, prior=Uniform(-0.3, 2.0), unit=".3 utility per gap", doc="value of the freedom to speak")
    inside = Param(
        0.35, prior=Uniform(-0.3, 1.0), unit="share", doc="freedom to speak inside, as long as no demand forbids it"
    )
    word = Param(0.15, prior=Uniform(0.0, 0.3), unit="utility", doc="cost of going after having submitted to a demand")
    solidarity = Param(0.15, prior=Uniform(-0.1, 0.3), unit="utility per full share", doc="pull of those who have gone")
    statement = Param(0.06, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of signing a statement")
    seat = Param(0.12, prior=Uniform(0.0, 0.3), unit="utility", doc="value of a seat")
    office = Param(0.05, prior=Uniform(0.0, 0.15), unit="utility per tenth of portfolios", doc="value of an office")
    platform = Param(0.2, prior=Uniform(0.0, 0.4), unit="utility", doc="use of a post outside the government")
    duty = Param(0.1, prior=Uniform(0.0, 0.3), unit="utility", doc="cost of abandoning a post")
    identity = Param(0.5, prior=Uniform(0.0, 0.8), unit="utility", doc="cost of leaving the party")
    prospect = Param(0.05, prior=Uniform(0.0, 0.15), unit="utility", doc="hope of a revision from within")
    review = Param(7.0, unit="beats", doc="from one look at a standing question to the next, where nothing happens")

    told = State(doc="a sum that changes where those who are at odds have reason to choose again")
    protests = State(per="actor", kind="mask", doc="has signed the statement")
    left_seat = State(per="actor", kind="mask", writers=("reconcile",), doc="has left a seat in an organ of the party")
    left_post = State(per="actor", kind="mask", writers=("reconcile",), doc="has left a post")
    left_party = State(per="actor", kind="mask", writers=("reconcile",), doc="has left the party")
    left_work = State(per="actor", kind="mask", writers=("reconcile", "sanction"), doc="has left a seat or post")
    exit_day = State(per="actor", initial=-1000.0, writers=("sanction",), doc="day of the last exit")
    published = State(per="party", kind="mask", doc="the joint statement is out")
    kept = State(per="tenure", kind="mask", doc="has signed and keeps the post")

    def step(self, day: Day) -> None:
        """Those whom the line has beaten or left behind choose, rung by rung."""
        unanswered = day.addressed & (day.answer == "none")  # an addressee answers first, and then acts
        aroused = day.at_odds & day.given("actor.person") & ~day.returned & ~unanswered & day.turn("leave", "actor")
        with day.when(day.or_ordered(self._asked(day, aroused), "statement", "seat", "post", "membership")):
            with day.repeat(3):
                self._sign(day, aroused)
                self._seats(day, aroused)
                if day.size("tenure"):
                    self._posts(day, aroused)
                self._membership(day, aroused)
            self._publish(day, aroused)

    def _asked(self, day: Day, aroused: Array) -> Array:
        """Whether others are at odds, have news, have answered, spoken or gone since; or a look is due."""
        done = day.number_of(self.protests) + day.number_of(self.left_work) + day.number_of(self.left_party)
        heard = foresight.occasion(day) + day.answer + day.number_of(day.refused) + day.spread(day.demand, "actor")
        told = day.total(day.where(aroused, 1.0 + heard, 0.0)) + day.total(done)
        asked = day.any(aroused)
        if day.beat <= day.dt:  # else everybody has a turn of their own, and comes to it with all the news
            asked = asked & ((told != self.told) | day.happens("look", 1.0 / self.review))
        self.told.set(told)
        return asked

    def _held(self, day: Day) -> dict[str, Array]:
        """What holds or drives everyone: the line, as far as it is preferred; a word given; a threat refused."""
        return {
            "line": -day.larger(foresight.stake(day), 0.0),
            "word": day.where(day.answer == "submit", -self.word, 0.0),
            "face": day.where(day.refused, day.parameter("demand.face"), 0.0),
        }

    def _share(self, day: Day, mask: Array) -> Array:
        """Share of one's own faction for which the mask is true."""
        return day.spread(day.mean(day.number_of(mask), day.number_of(day.given("actor.person")), "faction"), "actor")

    def _sign(self, day: Day, aroused: Array) -> None:
        choice = day.choose(
            "statement",
            who=aroused & ~self.protests,
            able=day.member & day.given("actor.person") & ~self.protests,
            lam=day.parameter("choice.lam"),
            epoch=foresight.occasion(day),
            yes={
                "voice": foresight.voice_value(day),
                "solidarity": self.solidarity * self._share(day, self.protests | self.left_work),
                "statement": -self.statement,
                "discipline": -day.parameter("ballot.discipline") * day.given("actor.loyalty"),
                **self._held(day),
            },
            no={},
        )
        day.record("statement", choice.is_("yes"), probability=choice.chance("yes"))
        self.protests.set(True, where=choice.is_("yes"))
        day.dissent.set(True, where=choice.is_("yes"))

    def _seats(self, day: Day, aroused: Array) -> None:
        threat = day.where(day.addressed & (day.answer != "none"), 0.3 * day.parameter("sanction.expected"), 0.0)
        choice = day.choose(
            "seat",
            who=day.spread(aroused, "seat") & day.sits & day.given("seat.own_organ"),
            able=day.sits & day.given("seat.own_organ") & day.spread(day.given("actor.person"), "seat"),
            lam=day.parameter("choice.lam"),
            epoch=day.spread(foresight.occasion(day), "seat"),
            yes={
                "voice": day.spread(foresight.voice_value(day), "seat"),
                "solidarity": day.spread(self.solidarity * self._share(day, self.left_work), "seat"),
                "sanction escaped": day.spread(threat, "seat"),
                **{term: day.spread(value, "seat") for term, value in self._held(day).items()},
                "pledge": day.number_of(day.spread((day.answer == "resign") & day.addressed, "seat")),
                "seat": -self.seat,
                "prospect": -self.prospect,
            },
            no={},
        )
        day.record("leave_seat", choice.is_("yes"), probability=choice.chance("yes"))
        day.sits.set(False, where=choice.is_("yes"))
        self._gone(day, self.left_seat, day.any(choice.is_("yes"), "actor"))

    def _posts(self, day: Day, aroused: Array) -> None:
        in_cabinet = day.given("tenure.cabinet")
        gone = day.spread(self.solidarity * self._share(day, self.left_work | self.protests), "tenure")
        ambition = day.spread(day.given("actor.ambition"), "tenure")
        choice = day.choose(
            "post",
            who=day.spread(aroused, "tenure") & day.holds,
            able=day.holds & day.spread(day.given("actor.person"), "tenure"),
            lam=day.parameter("choice.lam"),
            epoch=day.spread(foresight.occasion(day), "tenure"),
            yes={
                "voice": day.where(in_cabinet, day.spread(foresight.voice_value(day), "tenure"), 0.0),
                "platform": day.where(in_cabinet, 0.0, -self.platform),
                "solidarity": gone,
                "office": -10.0 * self.office * day.given("tenure.portfolio") * ambition,
                "duty": -self.duty * day.spread(day.given("actor.duty"), "tenure"),
                **{term: day.spread(value, "tenure") for term, value in self._held(day).items()},
            },
            no={},
        )
        day.record("leave_post", choice.is_("yes"), probability=choice.chance("yes"))
        day.holds.set(False, where=choice.is_("yes"))
        self._gone(day, self.left_post, day.any(choice.is_("yes"), "actor"))

    def _membership(self, day: Day, aroused: Array) -> None:
        escaped = day.where(day.spread(day.punished, "actor"), 0.3 * day.parameter("sanction.expected"), 0.0)
        choice = day.choose(
            "membership",
            who=aroused & day.member,
            able=day.member & day.given("actor.person"),
            lam=day.parameter("choice.lam"),
            epoch=foresight.occasion(day),
            yes={
                "voice": foresight.voice_value(day),
                "solidarity": self.solidarity * self._share(day, self.left_party),
                "sanction escaped": escaped,
                "identity": -self.identity * day.given("actor.identity"),
                **self._held(day),
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
        day.record("joint_statement", ~self.published & (signers >= 2.0), signers)
        self.published.set(True, where=signers >= 2.0)
        if day.size("tenure"):
            keeps = day.spread(self.protests & aroused, "tenure") & day.holds & day.given("tenure.cabinet") & ~self.kept
            day.record("stay_signed", keeps)
            self.kept.set(True, where=keeps)
