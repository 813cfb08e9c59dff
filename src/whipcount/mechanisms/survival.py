"""How long the government lasts, as it is and as each side believes."""

from ..vocabulary import Array, Day, Measure, Mechanism, Param, State, Uniform, Verb

MOST = 0.999  # of one pressure's part in the danger; the logarithm of what it leaves stays finite

FALL = Verb("fall", doc="the government falls")


def bring_down(day: Day, falls: Array) -> None:
    """In the runs of the mask the government falls: its point, its parties and its posts follow."""
    with day.when(falls):
        day.fallen.set(True)
        place = str(day.fact("government.fall"))
        for value, target in zip(day.given_vector("settlement.point"), day.vector("point"), strict=True):
            target.set(day.row(value, place))
        day.governs.set(day.given(f"party.inside.{place}"))
        day.share.set(day.given(f"party.share.{place}"))
        if day.size("tenure"):
            day.holds.set(False, where=day.given("tenure.cabinet"))


class Survival(Mechanism):
    """The probability S that the government outlasts the next `horizon` days, anchored at its calm value.

    logit S = logit s_calm + breadth (B - B0) + capacity (K - 1) + unity (U - 1) - threat (T - calm). B: share of
    organised support represented in the government. K: cadre still in the party and at work, over the initial one.
    U: loyal share of those who remain. The government falls with hazard -ln(S) / horizon a day, or is toppled by a
    vote. Each side has its own estimate: optimism raises that of those in power and lowers that of their opponents
    (Fearon 1995).
    """

    id = "survival"
    after = ("pressure", "attendance")
    references = ("king_alt_burns_laver_1990", "fearon_1995")
    verbs = (FALL,)
    measures = (
        Measure("survival", doc="chance to outlast the horizon"),
        Measure("danger", doc="the pressures together, each by its weight"),
        Measure("capacity", high=1.5, doc="cadre at work, over the initial one"),
        Measure("unity", doc="loyal share of the governing parties' cadre"),
        Measure("breadth", doc="share of organised support in the government"),
    )

    s_calm = Param(0.95, prior=Uniform(0.85, 0.998), unit="probability", doc="S in calm times")
    horizon = Param(30.0, unit="days", doc="what S looks ahead")
    breadth = Param(2.0, prior=Uniform(-1.0, 6.0), unit="logit", doc="effect of breadth (aB)")
    capacity = Param(1.5, prior=Uniform(-1.0, 4.0), unit="logit", doc="effect of capacity (aK)")
    unity = Param(1.0, prior=Uniform(-1.0, 3.0), unit="logit", doc="effect of unity (aU)")
    threat = Param(2.5, prior=Uniform(-1.0, 6.0), unit="logit", doc="effect of danger (aT)")
    calm_threat = Param(0.05, unit="level", doc="danger in calm times")
    optimism = Param(0.4, prior=Uniform(-0.5, 1.5), unit="logit", doc="each side's optimism about its own cause")

    settled_risk = Param(
        0.5, prior=Uniform(0.0, 1.0), unit="share", doc="how far an agreement's own risk of not lasting counts"
    )

    odds = State(doc="logit of S")
    danger = State(doc="the pressures together, each by its weight")
    broad = State(doc="breadth of the government")
    broad_at_start = State(doc="breadth at the start")
    cadre_at_start = State(doc="cadre at work at the start")
    outlook = State(per="party", doc="each party's own estimate of S")
    fallen = State(kind="mask", writers=("ballot", "split"), doc="the government has fallen")
    started = State(kind="mask", doc="initial values are taken")

    def step(self, day: Day) -> None:
        """Estimate survival, then draw the fall."""
        cadre, loyal = self._cadre(day)
        at_work = day.total(cadre)
        breadth = day.total(day.where(day.governs, day.given("party.support"), 0.0))
        with day.when(~self.started):
            self.cadre_at_start.set(at_work)
            self.broad_at_start.set(breadth)
            self.started.set(True)
        danger = self._danger(day)
        capacity = at_work / day.larger(self.cadre_at_start, 1e-6)
        unity = day.where(at_work > 0.0, loyal / day.larger(at_work, 1e-6), 1.0)
        odds = (
            day.log(self.s_calm / (1.0 - self.s_calm))
            + self.breadth * (breadth - self.broad_at_start)
            + self.capacity * (capacity - 1.0)
            + self.unity * (unity - 1.0)
            - self.threat * (danger - self.calm_threat)
        )
        self.odds.set(odds)
        self.danger.set(danger)
        self.broad.set(breadth)
        leaning = day.where(day.given("party.in_power"), self.optimism, -self.optimism)
        self.outlook.set(day.logistic(odds + leaning))
        self._fall(day, day.logistic(odds))
        day.measure("survival", day.logistic(odds))
        day.measure("danger", danger)
        day.measure("capacity", capacity)
        day.measure("unity", unity)
        day.measure("breadth", breadth)

    def _cadre(self, day: Day) -> tuple[Array, Array]:
        """Cadre of the governing parties' members, less where they have given up their work; and its loyal part."""
        governing = day.spread(day.governs, "actor") & day.member
        lost = day.where(day.left_work, 0.5, 0.0)
        cadre = day.where(governing, day.given("actor.cadre") * (1.0 - lost), 0.0)
        return cadre, day.total(day.where(day.dissent, 0.0, cadre))

    def _danger(self, day: Day) -> Array:
        """1 - product of (1 - weight x level): risks compete, so a further pressure never lessens the danger."""
        if not day.size("pressure"):
            return day.number * 0.0
        averted = 1.0 - day.smaller(day.given("pressure.threat") * day.level, MOST)
        return 1.0 - day.exp(day.total(day.log(averted)))

    def _fall(self, day: Day, s: Array) -> None:
        risk = 1.0 - day.exp(day.log(day.larger(s, 1e-6)) * (day.dt / self.horizon))
        falls = ~self.fallen & (day.uniform("fall") < risk)
        day.record("fall", falls, probability=risk)
        bring_down(day, falls)
