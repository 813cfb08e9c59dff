"""How long the government lasts, as it is and as each side believes."""

from ..vocabulary import Array, Beta, Day, Measure, Mechanism, Param, State, Uniform
from .government import FALL, VACATED, leaving_posts, overthrow

ENDING = ("ballot", "split", "formation", "withdrawal", "office", "election")
MOST = 0.999  # of one pressure's part in the danger; the logarithm of what it leaves stays finite


class Survival(Mechanism):
    """The probability S that the government outlasts the next `horizon` days, anchored at how long cabinets last.

    logit S = logit s_calm + breadth (B - B0) + capacity (K - 1) + unity (U - 1) - threat (T - calm) + ln(1 + proven L).
    B: share of organised support represented in the government. K: cadre still in the party and at work, over the
    initial one. U: loyal share of those who remain. L: danger lived through, the integral of the hazard of falling
    beyond that of calm times: who has survived it was the stronger kind (frailty; Vaupel, Manton & Stallard 1979), and
    calm alone proves nothing (Warwick 1994). S is what everybody reckons with, all ends together; optimism raises it
    for those in power and lowers it for their opponents (Fearon 1995).

    Most ends are decided by somebody, and so by other mechanisms. What nobody decides (a death, a coup, a revolt) is
    the share `undecided` of the hazard -ln(S) / horizon a day (Diermeier & Stevenson 2000).
    """

    id = "survival"
    after = ("pressure", "attendance")
    references = (
        "king_alt_burns_laver_1990",
        "warwick_1994",
        "diermeier_stevenson_2000",
        "vaupel_manton_stallard_1979",
        "fearon_1995",
    )
    verbs = (FALL, VACATED)
    measures = (
        Measure("survival", doc="chance to outlast the horizon"),
        Measure("danger", doc="the pressures together, each by its weight"),
        Measure("capacity", high=1.5, doc="cadre at work, over the initial one"),
        Measure("unity", doc="loyal share of the governing parties' cadre"),
        Measure("breadth", doc="share of organised support in the government"),
    )

    # From the ends of 844 cabinets (theory/trained/endings.json): the total of all countries; the tenth and the
    # ninetieth percentile of the countries' own rates.
    s_calm = Param(
        0.9735, prior=Uniform(0.943, 0.988), unit="probability", doc="S in calm times, all ends together", level="case"
    )
    horizon = Param(30.0, unit="days", doc="what S looks ahead")
    undecided = Param(
        0.0467,
        prior=Beta(10.5, 204.5),  # 10 of 214 ends with a recorded cause, Jeffreys' prior
        unit="share of the hazard",
        doc="falls that nobody decides: deaths, coups, revolts",
    )
    proven = Param(
        2.0,
        prior=Uniform(0.0, 4.0),  # none, to governments whose strength differs by twice its mean
        unit="variance of the governments' frailty",
        doc="how far dangers survived lessen the odds of falling",
    )
    breadth = Param(2.0, prior=Uniform(-1.0, 6.0), unit="logit", doc="effect of breadth (aB)", level="case")
    capacity = Param(1.5, prior=Uniform(-1.0, 4.0), unit="logit", doc="effect of capacity (aK)", level="case")
    unity = Param(1.0, prior=Uniform(-1.0, 3.0), unit="logit", doc="effect of unity (aU)", level="case")
    threat = Param(2.5, prior=Uniform(-1.0, 6.0), unit="logit", doc="effect of danger (aT)", level="case")
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
    fallen = State(kind="mask", writers=ENDING, doc="the government has fallen and no other is formed: a caretaker")
    fallen_day = State(initial=-1000.0, writers=ENDING, doc="day of the last fall")
    lived = State(writers=ENDING, doc="danger lived through: hazard beyond that of calm times, added up")
    started = State(kind="mask", writers=ENDING, doc="initial values are taken")

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
        calm = day.log(self.s_calm / (1.0 - self.s_calm))
        odds = (
            calm
            + self.breadth * (breadth - self.broad_at_start)
            + self.capacity * (capacity - 1.0)
            + self.unity * (unity - 1.0)
            - self.threat * (danger - self.calm_threat)
        )
        beyond = day.log(day.logistic(calm)) - day.log(day.larger(day.logistic(odds), 1e-6))
        odds = odds + day.log(1.0 + self.proven * self.lived)
        self.lived.set(self.lived + day.larger(beyond, 0.0) * (day.dt / self.horizon))
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
        risk = 1.0 - day.exp(self.undecided * day.log(day.larger(s, 1e-6)) * (day.dt / self.horizon))
        falls = ~self.fallen & (day.uniform("fall") < risk)
        day.record("fall", falls, probability=risk)
        if day.size("tenure"):
            place = str(day.fact("government.fall"))
            day.record("vacated", falls & leaving_posts(day, day.given(f"party.inside.{place}")))
        overthrow(day, falls)
