"""The table: sessions, offers, acceptance, ratification, and the agreement that takes effect or not."""

from ..vocabulary import DIVISION_VERBS, Array, Day, Mechanism, Param, State, Uniform, Verb
from . import formulas, whipping
from .ballot import divide


class Talks(Mechanism):
    """Delegations accept or decline the weighted Nash solution over the menu, no deal included (Nash 1950; Kalai 1977).

    Where only the members of a settlement must consent to it, the table takes up what a formateur proposes.
    Each party in earnest accepts with its readiness, one sent to expose with a small chance epsilon, one that withdrew
    never. What all have accepted is put to each principal body; ratified, it takes effect after a lag and may be
    reneged on meanwhile. Talks end without a deal when somebody who must accept withdraws, or when the table closes.
    """

    id = "talks"
    after = ("mandate", "belief")
    references = ("nash_1950", "kalai_1977", "putnam_1988")
    verbs = (
        *DIVISION_VERBS,
        Verb("session", doc="the delegations meet"),
        Verb("favoured", per="settlement", doc="what the session comes closest to"),
        Verb("accept", per="party", doc="a delegation accepts"),
        Verb("decline", per="party", doc="a delegation declines"),
        Verb("agreement", per="settlement", doc="all delegations have accepted"),
        Verb("ratify", per="party", codes=("no", "yes"), doc="a principal body votes on the agreement"),
        Verb("investiture", per="body", codes=("failed", "passed"), doc="a vote on who is to govern"),
        Verb("settled", per="settlement", doc="the agreement takes effect"),
        Verb("reneged", per="party", doc="a party goes back on the agreement"),
        Verb("breakdown", doc="the talks end without a deal"),
    )

    policy = Param(1.0, unit="weight", doc="w: weight of policy beside office")
    office = Param(0.1, prior=Uniform(0.0, 0.25), unit="utility", doc="value of all portfolios together")
    association = Param(
        0.1,
        prior=Uniform(-0.05, 0.5),
        unit="utility",
        doc="opponents' cost of sharing power with those in power",
        level="case",
    )
    association_power = Param(
        0.02, prior=Uniform(-0.05, 0.15), unit="utility", doc="the same cost for those in power", level="case"
    )
    fall_cost = Param(
        0.15,
        prior=Uniform(0.0, 0.3),
        unit="utility",
        doc="cost of an overthrow beyond its policy, to those in power",
        level="case",
    )
    mediator = Param(
        0.06,
        prior=Uniform(0.0, 0.15),
        unit="utility",
        doc="what the mediator's full force would cost a side",
        level="case",
    )
    forum_push = Param(
        0.03, prior=Uniform(-0.03, 0.1), unit="utility", doc="push of another body's backing on rulers", level="case"
    )
    recognition = Param(
        0.5,
        prior=Uniform(0.0, 1.0),
        unit="share of the association cost",
        doc="cost of consenting from outside to a government with the other side",
    )
    renege = Param(0.02, prior=Uniform(0.0, 0.1), unit="utility", doc="cost of going back on one's word")

    stage = State(kind="code", codes=("idle", "open", "agreed", "ratified", "done", "failed"), doc="stage of the talks")
    talks_over = State(kind="mask", doc="talks have ended, with or without a deal")
    agreed = State(per="settlement", kind="mask", doc="what was agreed")

    def step(self, day: Day) -> None:
        """A session, a ratification, or an agreement taking effect."""
        if not formulas.menu(day):
            return
        is_open = day.today("table.open") > 0.0
        opens = is_open & (self.stage == "idle") & ~day.fallen
        self.stage.set("open", where=opens)
        in_session = (self.stage == "open") & is_open & ~day.fallen
        meets = in_session & (opens | day.happens("session", _number(day, "table.sessions")))
        with day.when(meets):
            self._session(day, meets)
        with day.when(self.stage == "agreed"):
            self._ratification(day)
        with day.when(self.stage == "ratified"):
            self._taking_effect(day)
        self._end(day, is_open)

    def _session(self, day: Day, meets: Array) -> None:
        menu = formulas.menu(day)
        gain = formulas.chosen(day, menu, [day.vector_entry("gain", name) for name in menu], day.favoured)
        exposing = day.course == "expose"
        lam = day.parameter("choice.lam")
        chance = day.parameter("mandate.epsilon")
        log_odds = day.log(day.larger(chance, 1e-4) / day.larger(1.0 - chance, 1e-4))
        asked = day.given("party.at_table") & meets & (day.course != "withdraw")
        if formulas.members_consent(day):
            asked = asked & formulas.needed(day, day.favoured)
        answer = day.choose(
            "accept",
            who=asked,
            lam=lam,
            epoch=day.party_epoch,
            accept={"gain": day.where(exposing, 0.0, gain), "pretence": day.where(exposing, log_odds / lam, 0.0)},
            decline={},
        )
        day.record("session", meets)
        day.record("favoured", day.favoured & meets)
        day.record("accept", answer.is_("accept"), probability=answer.chance("accept"))
        day.record("decline", answer.is_("decline"), probability=answer.chance("decline"))
        needed = formulas.needed(day, day.favoured)
        withdrawn = day.any(needed & (day.course == "withdraw"))
        deal = meets & ~withdrawn & ~day.any(needed & ~answer.is_("accept"))
        if formulas.members_consent(day):
            deal = deal & day.any(needed)
        self.agreed.set(day.favoured, where=deal)
        self.stage.set("agreed", where=deal)
        if not formulas.members_consent(day):  # else others can still agree among themselves
            self.stage.set("failed", where=meets & withdrawn)
        day.record("agreement", day.favoured & deal)

    def _gain(self, day: Day) -> Array:
        menu = formulas.menu(day)
        return formulas.chosen(day, menu, [formulas.deal_gain(day, name) for name in menu], self.agreed)

    def _ratification(self, day: Day) -> None:
        waiting = self.stage == "agreed"
        deciding = formulas.needed(day, self.agreed) & day.given("party.decides") & waiting
        ready = waiting & ~day.any(deciding & ~day.spread(day.quorate, "party"))
        voting = day.spread(deciding & ready, "body")
        earnest = day.where(day.course == "earnest", 1.0, -1.0)
        result = divide(day, "ratify", self._gain(day), day.spread(earnest, "seat"), voting)
        passed = day.spread(result.passed, "party")
        day.record("ratify", deciding & ready, day.number_of(passed))
        refused = ready & day.any(deciding & ~passed)
        if formulas.invested(day):
            refused = refused | self._rejected(day, ready & ~refused)
        self.stage.set("ratified", where=ready & ~refused)
        self.stage.set("open", where=refused)

    def _rejected(self, day: Day, ready: Array) -> Array:
        """Investiture: the body whose confidence is needed divides; partners are whipped for, the others each by its
        own gain."""
        gain = self._gain(day)
        of_party = formulas.of_party(day, gain)
        own = day.where(of_party > 0.0, 1.0, -1.0)
        whip = whipping.whipped(day, day.where(formulas.needed(day, self.agreed), 1.0, own))
        body = day.given("body.confidence") & ready
        result = divide(day, "investiture", gain, whip, body)
        day.record("investiture", body, day.number_of(result.passed))
        return ready & day.any(body & ~result.passed)

    def _taking_effect(self, day: Day) -> None:
        waiting = self.stage == "ratified"
        menu = formulas.menu(day)
        gain = formulas.chosen(day, menu, [day.vector_entry("gain", name) for name in menu], self.agreed)
        bound = formulas.needed(day, self.agreed) & waiting
        word = day.choose(
            "word",
            who=bound,
            lam=day.parameter("choice.lam"),
            epoch=day.party_epoch,
            keep={"gain": gain, "word": self.renege},
            renege={},
        )
        broken = day.any(word.is_("renege"))
        day.record("reneged", word.is_("renege"), probability=word.chance("renege"))
        self.stage.set("open", where=waiting & broken)
        lag = _number(day, "table.lag")
        effective = waiting & ~broken & ~day.fallen & day.happens("effect", 1.0 / lag if lag > 0.0 else 1.0)
        with day.when(effective):
            for column, target in zip(day.given_vector("settlement.point"), day.vector("point"), strict=True):
                target.set(day.pick(column, self.agreed))
            inside = formulas.chosen(
                day, menu, [day.number_of(day.given(f"party.inside.{name}")) for name in menu], self.agreed
            )
            share = formulas.chosen(day, menu, [day.given(f"party.share.{name}") for name in menu], self.agreed)
            day.governs.set(inside > 0.0)
            day.share.set(share)
            if formulas.members_consent(day) and day.size("tenure"):  # those who go leave their offices to the others
                day.holds.set(False, where=day.given("tenure.cabinet") & ~day.spread(inside > 0.0, "tenure"))
            self.stage.set("done")
            self.talks_over.set(True)
            day.record("settled", self.agreed & effective)

    def _end(self, day: Day, is_open: Array) -> None:
        late = ((self.stage == "open") | (self.stage == "agreed")) & ~is_open
        ends = ~self.talks_over & (late | (self.stage == "failed") | (day.fallen & (self.stage != "idle")))
        self.stage.set("failed", where=ends)
        self.talks_over.set(True, where=ends)
        day.record("breakdown", ends)


def _number(day: Day, fact: str) -> float:
    value = day.fact(fact)
    return value if isinstance(value, float) else 0.0
