"""Divisions: how members vote, and the standing motions that they vote on."""

from ..vocabulary import DIVISION_VERBS, Array, Day, Division, Mechanism, Param, State, Uniform, Verb
from . import motions
from .survival import FALL, bring_down


def discipline(day: Day) -> Array:
    """Cost of acting against the line, for each actor: falls with loyalty, rises with centralisation."""
    tightening = 1.0 + day.parameter("drift.feed") * (day.centralisation - day.parameter("drift.centralisation_then"))
    return day.parameter("ballot.discipline") * day.given("actor.loyalty") * day.larger(tightening, 0.0)


def divide(day: Day, name: str, gain: Array, whip: Array, voting: Array, lead: Array | None = None) -> Division:
    """A division: U_yes = D/2 + discipline x conformity x whip, U_no its negative, U_abstain = -cost + split saved.

    gain: D, each actor's gain if the motion passes. whip: +1, -1 or 0 by seat, what the line asks. voting: by body.
    lead: pull of a leader towards yes, by seat, in utility.
    """
    stake = day.spread(gain, "seat") * 0.5
    pull = day.spread(discipline(day) * day.given("actor.conformity"), "seat") * whip
    torn = stake * pull < 0.0
    saved = day.where(torn, day.parameter("ballot.split_saving"), 0.0)
    towards: dict[str, Array] = {} if lead is None else {"leader": lead}
    against: dict[str, Array] = {} if lead is None else {"leader": -lead}
    return day.divide(
        name,
        voting=voting,
        present=day.present,
        lam=day.parameter("choice.lam"),
        yes={"stake": stake, "discipline": pull, **towards},
        no={"stake": -stake, "discipline": -pull, **against},
        abstain={"abstention": -day.parameter("ballot.abstention"), "unity": saved},
    )


class Ballot(Mechanism):
    """Votes on the motions tabled today, by each body's rule; what is carried takes effect.

    The party whip weighs as much as conformity makes it; abstention is a way out where the line and one's own interest
    point apart (Krehbiel 1998 on pivotal votes; Cox & McCubbins 2005 on party pressure).
    """

    id = "ballot"
    after = ("agenda",)
    references = ("krehbiel_1998", "cox_mccubbins_2005")
    verbs = (
        *DIVISION_VERBS,
        FALL,
        Verb("carried", per="motion", doc="a standing motion is carried"),
        Verb("defeated", per="motion", doc="a standing motion is defeated"),
        Verb("removed", per="tenure", doc="a vote removes the holder of a post"),
        Verb("elected", per="tenure", doc="a vote gives a post to a new holder"),
    )

    discipline = Param(0.04, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of voting against the line")
    abstention = Param(0.06, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of abstaining")
    split_saving = Param(0.03, prior=Uniform(0.0, 0.1), unit="utility", doc="an open split that abstaining avoids")

    carried = State(per="motion", kind="mask", doc="the motion has been carried")

    def step(self, day: Day) -> None:
        """Divide on each motion that was tabled today."""
        for motion in day.ids("motion"):
            tabled = day.row(day.tabled, motion)
            with day.when(tabled):
                self._divide_on(day, motion, tabled)

    def _divide_on(self, day: Day, motion: str, tabled: Array) -> None:
        here = motions.is_body(day, motion) & tabled
        gain = motions.gain(day, motion)
        result = divide(day, motion, gain, motions.whip(day, gain), here)
        passed = day.any(result.passed)
        this = motions.one_hot(day, motion)
        day.record("carried", this & passed)
        day.record("defeated", this & ~passed)
        self.carried.set(True, where=this & passed)
        kind = day.fact(f"motion.{motion}.kind")
        if kind == "confidence":
            falls = tabled & ~passed & ~day.fallen
            day.record("fall", falls)
            bring_down(day, falls)
        elif kind in ("appointment", "dismissal"):
            seat = day.given(f"tenure.motion.{motion}")
            post = day.spread(day.any(seat, "post"), "tenure")
            removed = day.holds & post & passed
            if kind == "appointment":
                removed = removed & ~seat
                day.record("elected", seat & passed & ~day.holds)
            day.record("removed", removed)
            day.holds.set(False, where=removed)
            if kind == "appointment":
                day.holds.set(True, where=seat & passed)
        elif kind == "settlement":
            day.backed.set(True, where=here & passed)
        elif kind == "congress":
            day.called.set(True, where=motions.owners(day, motion) & passed)
