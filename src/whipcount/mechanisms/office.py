"""The head of government stays or resigns; the head of state accepts, refuses or dismisses; who follows."""

from __future__ import annotations

from ..vocabulary import Array, Day, LogUniform, Mechanism, Param, State, Uniform, Verb
from . import formulas, government, majority


class Office(Mechanism):
    """A head of government weighs resigning at each blow: a vote that showed too little support, a partner or ministers
    gone.

    A win on paper may be too small: support below a threshold of legitimacy costs in proportion to what is missing
    (Beetham 1991; Diermeier & Stevenson 2000 on critical events); a vote above it is no reason, nor one that shows no
    less than the head has stayed with before. Without a majority one may go on (Strom 1990).
    Against resigning stand the office and what would follow. A resignation takes effect at once unless a head of state
    may refuse it; a head of state may also dismiss, at a cost. What has resigned or been dismissed is a caretaker.

    The head who leaves the party or the last post in the cabinet is no head any more: the leader of the strongest
    governing party follows, else whoever of its members counts most.
    """

    id = "office"
    after = ("withdrawal",)
    references = ("beetham_1991", "diermeier_stevenson_2000", "strom_1990")
    verbs = (
        Verb("resigns", per="actor", doc="the head of government offers the resignation of the government"),
        Verb("resignation", codes=("refused", "accepted"), doc="what comes of it"),
        Verb("government_dismissed", doc="the head of state dismisses the government"),
        government.FALL,
        Verb("succeeds", per="actor", doc="follows a head of government who has gone"),
    )

    # Half of all votes is what a majority means; prior: from a third, which some laws take for enough, to two thirds.
    legitimacy = Param(
        0.5, prior=Uniform(0.33, 0.67), unit="share of all votes", doc="support below which a win is too small"
    )
    # Nothing, to a stake of .1 for ten votes in a hundred missing.
    shortfall = Param(
        0.5, prior=Uniform(0.0, 1.0), unit="utility per share", doc="cost of staying with support missing"
    )
    # A third of the governments of Western Europe are minorities, so it may be no burden at all.
    minority = Param(0.03, prior=Uniform(-0.03, 0.1), unit="utility", doc="cost of staying without a majority")
    # All ministers gone would leave nothing to head; one of ten is hardly a reason.
    ministers = Param(
        0.4, prior=Uniform(0.0, 0.8), unit="utility per share", doc="cost of staying after ministers have gone"
    )
    # Beyond the offices: nobody resigns lightly, and some never would.
    tenacity = Param(0.1, prior=Uniform(0.0, 0.25), unit="utility", doc="cost of giving up")
    # What is not done: a refusal of what the head of government asks.
    custom = Param(0.1, prior=Uniform(0.0, 0.25), unit="utility", doc="cost to a head of state of refusing a request")
    # Dismissals of governments with a majority are a few in a century of parliaments.
    dismissal = Param(
        0.3, prior=Uniform(0.15, 0.5), unit="utility", doc="cost to a head of state of dismissing a government"
    )
    review = Param(60.0, prior=LogUniform(20.0, 180.0), unit="days", doc="from one thought of dismissing to the next")

    shown = State(initial=1.0, writers=("ballot", "split"), doc="share of all votes that last stood by the government")
    asked = State(kind="mask", writers=("ballot", "split"), doc="its support was put to a vote today")
    filled = State(
        writers=("formation", "survival"), doc="held posts of the cabinet yesterday; 0 under a new government"
    )
    served = State(
        per="tenure", kind="mask", writers=("cabinet",), doc="a minister yesterday, who has not been asked to make room"
    )
    seated = State(per="actor", kind="mask", doc="held a post of the cabinet yesterday")
    borne = State(
        initial=1.0,
        writers=("formation", "survival", "election"),
        doc="least support shown with which the head has stayed",
    )
    gone = State(doc="share of the cabinet's posts that have been left since resigning was last weighed")
    struck = State(kind="mask", doc="there is a reason to weigh resigning")
    weighed_day = State(initial=-1000.0, doc="day on which resigning was last weighed")
    blows = State(doc="reasons to resign so far; renews the draw")

    def step(self, day: Day) -> None:
        """Weigh resigning where there is a reason; then who follows a head that has gone."""
        if not day.fact("government.head"):
            return
        lost = self._ministers_gone(day)
        partner_gone = day.any(day.governed & ~day.governs)
        too_little = self.asked & (self.shown < self.legitimacy) & (self.shown < self.borne)
        self.borne.set(self.shown, where=too_little)
        self.gone.set(day.where(day.fallen, 0.0, self.gone + lost))
        self.struck.set((self.struck | too_little | partner_gone | (lost > 0.0)) & ~day.fallen)
        blow = self.struck & (day.number - self.weighed_day >= day.beat)  # blows of one beat are one reason
        with day.when(blow):
            self._weigh(day, blow, self.gone)
        self.weighed_day.set(day.number, where=blow)
        self.struck.set(False, where=blow)
        self.gone.set(0.0, where=blow)
        if day.fact("government.head_of_state"):
            thinks = ~day.fallen & day.happens("thought of dismissing", 1.0 / self.review)
            with day.when(thinks):
                self._dismiss(day, thinks)
        self.asked.set(False)
        self._follow(day)

    def _ministers_gone(self, day: Day) -> Array:
        """The share of the cabinet's ministers who served yesterday and do not today, whether their posts have been
        filled again or not; nothing after a formation."""
        if not day.size("tenure"):
            return 0.0 * day.number
        holds = day.holds & day.given("tenure.cabinet")
        gone = day.total(day.number_of(self.served & ~holds))
        before = day.where(self.filled > 0.0, day.total(day.number_of(self.served)), 0.0)
        self.served.set(holds)
        self.filled.set(day.total(day.number_of(holds)))
        return day.where(before > 0.0, gone / day.larger(before, 1.0), 0.0)

    def _weigh(self, day: Day, blow: Array, lost: Array) -> None:
        self.blows.set(self.blows + 1.0, where=blow)
        change = self._change(day)
        missing = day.where(self.asked, day.larger(self.legitimacy - self.shown, 0.0), 0.0)
        without = day.number_of(majority.share_for(day) <= 0.5)
        choice = day.choose(
            "resign",
            who=day.premier & blow,
            lam=day.parameter("choice.lam"),
            epoch=self.blows + 0.0 * day.actor_epoch,
            stay={"office": formulas.office_value(day, day.share), "tenacity": self.tenacity},
            resign={
                "legitimacy": self.shortfall * missing,
                "minority": self.minority * without,
                "ministers": self.ministers * lost,
                "another government": change,
            },
        )
        offers = choice.is_("resign")
        day.record("resigns", offers, probability=choice.chance("resign"))
        accepted = day.any(offers)
        if day.fact("government.head_of_state"):
            answer = day.choose(
                "resignation",
                who=day.given("actor.head_of_state") & day.any(offers),
                lam=day.parameter("choice.lam"),
                accept={"another government": change, "custom": self.custom},
                refuse={},
            )
            accepted = day.any(answer.is_("accept"))
        day.record("resignation", day.any(offers), day.number_of(accepted))
        self._goes(day, accepted)

    def _change(self, day: Day) -> Array:
        """What each actor would gain in policy and offices to come by a fall, over the present policy."""
        return day.sequel - formulas.policy_weight(day) * formulas.policy_of(day, day.vector("point"))

    def _dismiss(self, day: Day, thinks: Array) -> None:
        without = day.number_of(majority.share_for(day) <= 0.5)
        choice = day.choose(
            "dismiss",
            who=day.given("actor.head_of_state") & thinks,
            lam=day.parameter("choice.lam"),
            dismiss={
                "another government": self._change(day),
                "minority": self.minority * without,
                "cost": -self.dismissal,
            },
            keep={},
        )
        dismissed = day.any(choice.is_("dismiss"))
        day.record("government_dismissed", dismissed)
        self._goes(day, dismissed)

    def _goes(self, day: Day, falls: Array) -> None:
        day.record("fall", falls)
        government.bring_down(day, falls)

    def _follow(self, day: Day) -> None:
        """Another head where the present one has left the party, or the cabinet."""
        governing = day.spread(day.governs, "actor") & day.member & day.given("actor.person")
        gone = day.premier & ~day.member
        if day.size("tenure"):
            serves = day.any(day.holds & day.given("tenure.cabinet"), "actor")
            gone = gone | (day.premier & self.seated & ~serves)
            self.seated.set(serves)
        rank = day.spread(day.share, "actor") + day.where(day.leader, 10.0, 0.0)
        heir = day.best(rank + 0.1 * day.given("actor.cadre"), governing & ~day.left_work & ~day.stepped_down & ~gone)
        follows = day.any(gone)
        day.record("succeeds", heir & follows)
        day.premier.set(heir, where=follows)
