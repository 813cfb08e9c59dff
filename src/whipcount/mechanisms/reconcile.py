"""Leavers come back or persist; the majority readmits them, and posts follow."""

from ..vocabulary import Array, Day, LogUniform, Mechanism, Param, State, Uniform, Verb
from . import foresight, formulas

SETTLED = 3.0  # beats after a break in which nobody goes back


class Reconcile(Mechanism):
    """A dissenter persists for the voice, with what distance to the government remains; or returns to work and party.

    A change of the government (another partner) can bring it nearer, and takes away what there was to fight for;
    a centre of consolidation makes persisting worth more. The majority readmits, and posts come back with time.
    A public break is not taken back for nothing (Fearon 1994 on audience costs): it is weighed anew with news, which
    is another line, another government, what has happened to oneself, or from time to time.
    """

    id = "reconcile"
    after = ("withdrawal",)
    references = ("hirschman_1970", "fearon_1994")
    verbs = (
        Verb("return", per="actor", doc="ceases open opposition"),
        Verb("readmit", per="actor", doc="is readmitted to the party's work"),
        Verb("reseated", per="seat", doc="gets a seat back"),
        Verb("reappoint", per="tenure", doc="gets a post again"),
    )

    cost = Param(
        0.1, prior=Uniform(0.0, 0.25), unit="utility", doc="cost of giving in, fading with time since the exit"
    )
    work = Param(0.1, prior=Uniform(0.0, 0.25), unit="utility", doc="value of being at work in the party")
    lost_cause = Param(
        0.08, prior=Uniform(-0.03, 0.2), unit="utility", doc="what an end of the question takes from the fight"
    )
    # Between ten days and three months: breaks of a session are mended in the next, if nothing happens before.
    review = Param(30.0, prior=LogUniform(10.0, 90.0), unit="beats", doc="from one look at a break to the next")
    readmit = Param(0.05, prior=Uniform(0.01, 0.15), unit="1 / beat", doc="rate of readmission")
    again = Param(0.01, prior=Uniform(0.002, 0.05), unit="1 / day", doc="rate at which the readmitted get posts")

    returned = State(per="actor", kind="mask", doc="has ceased open opposition")
    readmitted = State(per="actor", kind="mask", doc="has been readmitted")
    break_news = State(per="actor", doc="news that had been heard at the break, or when it was last weighed")

    def step(self, day: Day) -> None:
        """Return, readmission, posts."""
        self.returned.set(False, where=self.returned & day.beaten & day.spread(day.line_changed, "actor"))
        away = day.left_work | day.left_party
        heard = foresight.occasion(day) + self._changes(day)
        out = away & ~self.returned & (day.number - day.exit_day >= SETTLED * day.beat)
        apart = out & ((heard != self.break_news) | day.happens("look", 1.0 / self.review, "actor"))
        self.break_news.set(heard, where=apart | ~out)
        with day.when(day.any(apart)):
            self._return(day, apart)
        waiting = self.returned & ~self.readmitted
        with day.when(day.any(waiting)):
            back = waiting & day.happens("readmission", self.readmit, "actor")
            day.record("readmit", back)
            self.readmitted.set(True, where=back)
            day.member.set(True, where=back)
        with day.when(day.any(self.readmitted & away)):
            self._posts(day)

    def _changes(self, day: Day) -> Array:
        """A number that changes where a government has fallen, another has been formed, or a partner has come."""
        accepted = day.total(day.number_of(day.accepted)) if day.size("offer") else 0.0 * day.fallen_day
        return day.fallen_day + 0.5 * day.number_of(day.fallen) + accepted

    def _return(self, day: Day, apart: Array) -> None:
        point = day.vector("point")
        distance = day.distance(day.vector("ideal"), point, formulas.salience(day))
        age = day.number - day.exit_day
        shame = self.cost * day.exp(-age / 30.0)
        settled = (
            day.number_of(day.spread(day.any(day.accepted, "party"), "actor")) if day.size("offer") else day.gap * 0.0
        )
        over = day.larger(settled, 0.0) + day.number_of(day.any(day.governs & ~day.given("party.in_power")))
        centre = day.number_of(day.spread(day.centred, "actor"))
        choice = day.choose(
            "return",
            who=apart,
            lam=day.parameter("choice.lam"),
            epoch=day.actor_epoch,
            back={
                "work": self.work,
                "identity": 0.2 * day.parameter("leave.identity") * day.given("actor.identity"),
                "lost cause": self.lost_cause * day.smaller(over, 1.0),
                "shame": -shame,
            },
            persist={
                "voice": 0.3 * day.parameter("leave.voice") * distance,
                "centre": 0.2 * centre,
                "solidarity": day.parameter("leave.solidarity") * self._still_out(day, apart),
            },
        )
        back = choice.is_("back")
        day.record("return", back, probability=choice.chance("back"))
        self.returned.set(True, where=back)
        day.dissent.set(False, where=back)

    def _still_out(self, day: Day, apart: Array) -> Array:
        left = day.number_of(day.left_work | day.left_party)
        return day.spread(day.mean(day.number_of(apart), left, "faction"), "actor")

    def _posts(self, day: Day) -> None:
        back = self.readmitted & day.member
        seat = (
            day.spread(back & day.left_seat, "seat")
            & day.given("seat.own_organ")
            & ~day.sits
            & day.given("seat.occupied")
        )
        regains = seat & day.happens("seat again", self.again, "seat")
        day.record("reseated", regains)
        day.sits.set(True, where=regains)
        if not day.size("tenure"):
            return
        vacant = ~day.spread(day.any(day.holds, "post"), "tenure") & day.given("tenure.cabinet")
        vacant = vacant & ~day.given("tenure.of_head")
        due = vacant & day.spread(back & day.left_post, "tenure") & day.happens("post again", self.again, "tenure")
        named = day.best_in(day.number_of(due), due, "post")
        day.record("reappoint", named)
        day.holds.set(True, where=named)
        working = back & (day.any(regains, "actor") | day.any(named, "actor"))
        day.left_work.set(False, where=working)
