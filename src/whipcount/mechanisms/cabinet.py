"""Vacant posts are filled; another partner is invited, enters or refuses, and gets portfolios."""

from ..vocabulary import DIVISION_VERBS, Array, Day, Mechanism, Param, State, Uniform, Verb
from . import formulas
from .ballot import divide


class Cabinet(Mechanism):
    """The head of government appoints the nearest eligible person; invites a partner when the talks have failed.

    The post of the head goes with the headship: whoever heads the government holds it, and nobody else is given it.

    The partner's principal body votes on entering (investiture inside the party); portfolios follow with a lag, since
    posts have holders (Laver & Schofield 1990; Strom 1990 on policy, office and support).
    """

    id = "cabinet"
    after = ("split",)
    references = ("laver_schofield_1990", "strom_1990")
    verbs = (
        *DIVISION_VERBS,
        Verb("appoint", per="tenure", doc="somebody is appointed to a post"),
        Verb("dismiss", per="tenure", doc="somebody is dismissed to make room"),
        Verb("invite", per="party", doc="the head of government invites a partner"),
        Verb("enter", per="party", doc="the partner enters the government"),
        Verb("refuse_entry", per="party", doc="the partner refuses"),
    )

    fill_rate = Param(0.1, prior=Uniform(0.03, 0.3), unit="1 / day", doc="rate at which vacant posts are filled")
    invite = Param(
        0.08, prior=Uniform(0.02, 0.3), unit="1 / beat", doc="rate at which inviting a partner is considered"
    )
    invite_cost = Param(0.03, prior=Uniform(0.0, 0.1), unit="utility", doc="cost of sharing with a partner")
    capacity = Param(0.1, prior=Uniform(-0.05, 0.25), unit="utility", doc="value of the support that a partner brings")

    again = Param(14.0, unit="beats", doc="how long a refused invitation rests, unless the partner's line changes")

    accepted = State(per="offer", kind="mask", doc="the offer has been accepted")
    invited_day = State(per="offer", initial=-1000.0, doc="day on which the partner was last invited")

    def step(self, day: Day) -> None:
        """Fill vacancies; invite; hand over portfolios."""
        if day.size("tenure"):
            self._fill(day)
        for offer in day.ids("offer"):
            self._offer(day, offer)

    def _fill(self, day: Day) -> None:
        went = day.seated & ~day.any(day.holds & day.given("tenure.cabinet"), "actor")  # has left, or been removed
        heads = day.given("tenure.of_head") & day.spread(day.premier & day.member & ~went, "tenure")
        takes = heads & ~day.holds & ~day.fallen
        with day.when(day.any(takes)):
            self._give(day, takes)
        vacant = day.given("post.cabinet") & ~day.given("post.of_head") & ~day.any(day.holds, "post") & ~day.fallen
        filling = vacant & day.happens("fill", self.fill_rate, "post")
        with day.when(day.any(filling)):
            distance = self._distance_to_head(day)
            loyal = day.member & ~day.left_work & ~day.dissent  # nobody appoints who has openly dissented
            free = day.spread(loyal & day.spread(day.governs, "actor"), "tenure")
            among = day.spread(filling, "tenure") & free
            score = day.spread(-distance, "tenure") + 0.05 * day.uniform("candidate", "tenure")
            named = day.best_in(score, among, "post")
            day.record("appoint", named)
            day.holds.set(True, where=named)

    def _distance_to_head(self, day: Day) -> Array:
        head = day.premier
        point = tuple(day.pick(x, head) for x in day.vector("ideal"))
        return day.distance(day.vector("ideal"), point, formulas.salience(day))

    def _offer(self, day: Day, offer: str) -> None:
        partner = day.only("party", str(day.fact(f"offer.{offer}.party")))
        row = day.ids("offer").index(offer)
        over = day.talks_over if formulas.menu(day) else day.begun
        self.invited_day.set(-1000.0, where=day.only("offer", offer) & day.any(partner & day.line_changed))
        rested = day.number - day.row(self.invited_day, row) >= self.again
        open_today = day.row(day.today("offer.open"), row) > 0.0
        waiting = rested & open_today & ~day.row(self.accepted, row) & over & ~day.fallen
        considers = waiting & ~day.any(partner & day.governs) & day.happens(f"consider {offer}", self.invite)
        with day.when(considers):
            self._invite(day, offer, partner)
        entered = day.row(self.accepted, row) & day.any(partner & day.governs)
        with day.when(entered & day.happens(f"portfolios {offer}", 1.0 / day.row(day.given("offer.lag"), row))):
            self._hand_over(day, offer)

    def _invite(self, day: Day, offer: str, partner: Array) -> None:
        settlement = str(day.fact(f"offer.{offer}.settlement"))
        head = day.premier
        gain = formulas.settlement_value(day, settlement) - formulas.no_deal_value(day)
        support = day.pick(day.given("party.support"), partner)
        move = day.choose(
            f"invite {offer}",
            who=day.any(partner),
            lam=day.parameter("choice.lam"),
            invite={"gain": day.pick(gain, head), "support": self.capacity * support, "cost": -self.invite_cost},
            wait={},
        )
        invited = partner & move.is_("invite")
        day.record("invite", invited, probability=move.chance("invite"))
        self.invited_day.set(day.number, where=day.only("offer", offer) & day.any(invited))
        deciding = invited & day.spread(day.quorate, "party") & day.given("party.decides")
        none = day.spread(partner, "seat") & (day.given("seat.weight") < 0.0)
        result = divide(day, f"enter {offer}", gain, day.number_of(none), day.spread(deciding, "body"))
        enters = invited & (day.spread(result.passed, "party") | ~day.given("party.decides"))
        day.record("enter", enters)
        day.record("refuse_entry", deciding & ~enters)
        with day.when(day.any(enters)):
            day.governs.set(True, where=enters)
            day.share.set(day.given(f"party.share.{settlement}"), where=day.governs)
            for name, value, target in zip(
                day.ids("dimension"), day.given_vector("settlement.point"), day.vector("point"), strict=True
            ):
                if not day.fact(f"events.move_government.{name}"):
                    target.set(day.row(value, settlement))
            self.accepted.set(True, where=day.only("offer", offer))

    def _hand_over(self, day: Day, offer: str) -> None:
        """Posts of the offer go to the partner's people, one for each post; who holds one makes room."""
        mine = day.given(f"tenure.offer.{offer}")
        due = mine & ~day.holds & ~day.spread(day.any(day.holds & mine, "post"), "tenure")
        named = day.best_in(day.uniform(f"minister {offer}", "tenure"), due, "post")
        self._give(day, named)

    def _give(self, day: Day, named: Array) -> None:
        """Posts get new holders; who holds one makes room, which is no loss of a minister."""
        making_room = day.holds & day.spread(day.any(named, "post"), "tenure")
        day.record("dismiss", making_room)
        day.holds.set(False, where=making_room)
        day.served.set(False, where=making_room)
        day.record("appoint", named)
        day.holds.set(True, where=named)
