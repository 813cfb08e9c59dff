"""When members leave the party: lost cadre, a new party perhaps, and the confidence of the council."""

from ..vocabulary import DIVISION_VERBS, Array, Day, Mechanism, Param, State, Uniform, Verb
from . import foresight, formulas, majority, whipping
from .ballot import divide
from .government import FALL, bring_down
from .tallies import chance_carried, votes_on


class Split(Mechanism):
    """Leavers take cadre with them, and their seats in other bodies outlive their membership.

    So motions of confidence can be lost there. A majority that foresees defeat may concede, or let it come to a vote; a
    lost vote topples the government. It is not asked for again without news, as no motion is (see `agenda`). A new
    party needs a minimum of leavers and of resources (Laver & Kato 2001).
    """

    id = "split"
    after = ("congress",)
    references = ("laver_kato_2001", "diermeier_feddersen_1998")
    verbs = (
        *DIVISION_VERBS,
        FALL,
        Verb("new_party", per="party", doc="leavers found a new party; the event is about the one they left"),
        Verb("confidence", per="body", codes=("failed", "passed"), doc="a vote of confidence"),
        Verb("forced_concession", per="party", doc="the majority gives way before a vote of confidence"),
    )

    minimum = Param(
        0.1, prior=Uniform(0.03, 0.25), unit="share of cadre or members", doc="leavers that a new party needs"
    )
    resources = Param(
        0.4, prior=Uniform(0.1, 1.0), unit="resources", doc="press and organisation that a new party needs"
    )
    confidence = Param(
        0.1, prior=Uniform(0.0, 0.3), unit="1 / beat", doc="rate of confidence motions once the party splits"
    )

    founded = State(per="party", kind="mask", doc="leavers have founded a new party")
    asked_day = State(initial=-1000.0, doc="day on which confidence was last asked for, without news since")
    conceded = State(per="party", kind="mask", doc="the majority has given way")

    def step(self, day: Day) -> None:
        """What follows from exits from the party."""
        gone = ~day.member & (day.joined == 0.0)
        with day.when(day.any(gone)):
            share = self._share(day, gone)
            means = day.total(day.where(gone, day.given("actor.press") + day.given("actor.organisation"), 0.0), "party")
            led = day.any(gone & day.given("actor.person"), "party")
            founds = ~self.founded & led & (share >= self.minimum) & (means >= self.resources)
            day.record("new_party", founds, share)
            self.founded.set(True, where=founds)
        if day.fact("government.confidence"):
            body = day.given("body.confidence") & day.quorate
            moves = day.happens("confidence motion", self.confidence) & day.any(gone) & ~day.fallen
            moves = moves & self._fresh(day) & day.any(body) & ~day.any(self.conceded)
            self.asked_day.set(day.number, where=moves)
            with day.when(moves):
                self._confidence(day, body)

    def _fresh(self, day: Day) -> Array:
        """Whether confidence has not been asked for yet, or there is news since."""
        news = day.any(day.given("body.confidence") & day.roll_changed) | day.any(day.line_changed & day.governs)
        self.asked_day.set(-1000.0, where=news | day.moved | day.fallen)
        return day.number - self.asked_day >= day.parameter("agenda.rest")

    def _share(self, day: Day, gone: Array) -> Array:
        """By party: who has left and not joined another one, as a share of its cadre or of its members, if more."""
        cadre, size = day.given("actor.cadre"), day.given("actor.size")
        of_cadre = day.total(day.where(gone, cadre, 0.0), "party") / day.larger(day.total(cadre, "party"), 1e-6)
        heads = day.total(day.where(gone, size, day.departed), "party") / day.larger(day.total(size, "party"), 1e-6)
        return day.larger(of_cadre, heads)

    def _confidence(self, day: Day, body: Array) -> None:
        protest = day.where(~day.member, day.parameter("forum.q") * day.gap, 0.0)
        gain = -formulas.gain_by_fall(day) - protest
        whip = whipping.whipped(day, day.where(day.governs, 1.0, 0.0), gain)
        holds = day.pick(chance_carried(day, votes_on(day, gain, whip)), day.first(body))
        self._concede(day, holds)
        stands = ~day.any(self.conceded)
        result = divide(day, "confidence", gain, whip, body & stands)
        majority.show(day, body & stands, result.ayes)
        day.record("confidence", body & stands, day.number_of(result.passed))
        if not day.fact("government.constructive"):  # a vote that names nobody removes nobody
            falls = day.any(body & stands & ~result.passed)
            day.record("fall", falls)
            bring_down(day, falls)

    def _concede(self, day: Day, holds: Array) -> None:
        party = day.governs & day.any(~day.member, "party")
        loss = foresight.majority_loss(day)
        worth = formulas.of_party(day, -formulas.gain_by_fall(day))
        choice = day.choose(
            "concede",
            who=party,
            lam=day.parameter("choice.lam"),
            epoch=day.party_epoch,
            concede={"policy": -loss, "face": -day.parameter("sanction.concession_cost")},
            stand={"risk": -(1.0 - holds) * worth},
        )
        gives = choice.is_("concede")
        day.record("forced_concession", gives, probability=choice.chance("concede"))
        self.conceded.set(True, where=gives)
