"""Dissenters speak over the heads of their body to the rank and file."""

from ..vocabulary import Day, Mechanism, Param, State, Uniform, Verb
from . import formulas
from .tallies import discipline

OCCASION = 14.0  # days for which an act or an exit is an occasion to speak


class Appeal(Mechanism):
    """Reach = (press + organisation) x (1 - discipline x still bound), more after leaving a seat or post.

    Whoever has openly dissented or gone within the last fortnight may speak, once for each occasion: who has left
    freely, who stays under discipline, which makes speaking dear as it makes voting against the line dear (Hirschman
    1970 on voice that stays inside; Kam 2009). Appeals fade with time.
    """

    id = "appeal"
    after = ("leave",)
    references = ("hirschman_1970", "kam_2009")
    verbs = (Verb("appeal", per="actor", doc="a dissenter appeals to the rank and file"),)

    reach = Param(1.0, prior=Uniform(0.0, 2.0), unit="multiplier", doc="effect of press and organisation")
    bond = Param(0.7, prior=Uniform(0.3, 1.0), unit="share", doc="how far discipline silences who is still bound")
    exit_bonus = Param(0.1, prior=Uniform(-0.05, 0.3), unit="reach", doc="hearing that an exit wins by itself")
    fading = Param(10.0, unit="days", doc="mean life of an appeal")
    cost = Param(0.03, prior=Uniform(0.0, 0.1), unit="utility", doc="cost of an open appeal")

    acts = State(per="actor", initial="actor.past_breaches", doc="acts against the line so far")
    act_day = State(per="actor", initial=-1000.0, doc="day of the last act against the line")
    spoke_day = State(per="actor", initial=-2000.0, doc="day of the last appeal")
    loudness = State(per="actor", doc="reach of the actor's appeals, fading")
    heard = State(per="party", doc="total reach of dissent within the party")

    def step(self, day: Day) -> None:
        """Speak or keep silent; what was said fades."""
        kept = day.exp(-day.dt / day.larger(self.fading, 0.1))
        with day.when(day.any(self.loudness > 0.001)):
            self.loudness.set(self.loudness * kept)
        acts = formulas.acts_against(day)
        self.act_day.set(day.number, where=acts > self.acts)
        self.acts.set(acts)
        occasion = day.larger(day.exit_day, self.act_day)
        unused = (day.number - occasion <= OCCASION) & (self.spoke_day < occasion)
        able = day.dissent & day.given("actor.person") & unused
        with day.when(day.any(able)):
            free = day.left_work | day.left_party
            means = day.given("actor.press") + day.given("actor.organisation")
            reach = self.reach * means * (1.0 - self.bond * day.number_of(~free)) + day.where(
                free, self.exit_bonus, 0.0
            )
            reach = day.clip(reach, 0.0, 2.0)
            speak = day.choose(
                "appeal",
                who=able,
                lam=day.parameter("choice.lam"),
                epoch=day.actor_epoch,
                speak={
                    "voice": 0.3 * day.parameter("leave.voice") * day.gap,
                    "discipline": -day.where(free, 0.0, discipline(day)),
                    "cost": -self.cost,
                },
                silent={},
            )
            day.record("appeal", speak.is_("speak"), reach, speak.chance("speak"))
            self.loudness.set(reach, where=speak.is_("speak"))
            self.spoke_day.set(day.number, where=speak.is_("speak"))
        self.heard.set(day.total(self.loudness, "party"))
