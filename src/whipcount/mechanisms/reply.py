"""The answer to an ultimatum: submit, evade, refuse, or answer by resigning."""

from ..vocabulary import Array, Day, LogNormal, Mechanism, Param, State, Uniform, Verb
from . import foresight


class Reply(Mechanism):
    """Addressees answer within the deadline. Who has taken a public stand pays to submit (Fearon 1994 on audience
    costs).

    Submission costs voice in proportion to the distance to the line, pride, and solidarity with the other addressees;
    refusal, and evasion as far as it counts as refusal, bring the expected sanction; resigning gives up the seat
    and wins the freedom to speak. At the deadline silence is evasion.
    """

    id = "reply"
    after = ("ultimatum",)
    references = ("hirschman_1970", "fearon_1994")
    verbs = (Verb("reply", per="actor", codes=("", "submit", "evade", "refuse", "resign"), doc="an addressee answers"),)

    pride = Param(0.08, prior=LogNormal(0.08, 0.6), unit="utility", doc="cost of submitting after a public stand")
    voice_cost = Param(
        0.3, prior=Uniform(0.0, 0.6), unit="utility per gap", doc="cost of keeping silent about the distance"
    )
    solidarity = Param(0.1, prior=Uniform(-0.05, 0.25), unit="utility", doc="tie to the other addressees")
    evasion = Param(0.02, prior=Uniform(0.0, 0.1), unit="utility", doc="cost of an indefinite answer")
    foresight = Param(0.5, prior=Uniform(0.0, 1.0), unit="weight", doc="weight of what a refusal is expected to bring")
    pace = Param(1.0, unit="1 / beat", doc="rate at which addressees answer")

    answer = State(
        per="actor",
        kind="code",
        codes=("none", "submit", "evade", "refuse", "resign"),
        writers=("ultimatum",),
        doc="answer to the ultimatum",
    )

    def step(self, day: Day) -> None:
        """Those addressed who have not answered may answer today."""
        waiting = day.addressed & (self.answer == "none") & (day.spread(day.demand, "actor") == 2.0)
        with day.when(day.any(waiting)):
            self._answers(day, waiting)

    def _answers(self, day: Day, waiting: Array) -> None:
        age = day.number - day.spread(day.demand_day, "actor")
        late = age >= day.spread(day.given("party.deadline"), "actor")
        asked = waiting & (late | day.happens("answers", self.pace, "actor"))
        spoken = day.smaller(day.breaches, 2.0) * 0.5
        others = day.addressed & (self.answer != "submit")
        tie = day.spread(day.mean(day.number_of(others), day.number_of(day.addressed), "faction"), "actor")
        threat = day.parameter("sanction.expected")
        counts = day.spread(day.given("party.evasion_counts"), "actor")
        voice = self.voice_cost * day.gap
        reply = day.choose(
            "reply",
            who=asked,
            lam=day.parameter("choice.lam"),
            epoch=day.actor_epoch,
            submit={"voice": -voice, "pride": -self.pride * (0.5 + spoken), "solidarity": -self.solidarity * tie},
            evade={
                "voice": -0.5 * voice,
                "sanction": -threat * day.where(counts, 1.0, 0.3),
                "pride": -0.3 * self.pride,
                "form": -self.evasion,
            },
            refuse={
                "sanction": -threat,
                "discipline": -day.parameter("ballot.discipline") * day.given("actor.loyalty"),
                "expected answer": self.foresight * self._refusal_value(day),
            },
            resign={
                "freedom": 0.3 * day.parameter("leave.voice") * day.gap,
                "seat": -day.parameter("leave.seat"),
                "prospect": -day.parameter("leave.prospect"),
            },
        )
        answered = reply.is_("submit") | reply.is_("evade") | reply.is_("refuse") | reply.is_("resign")
        day.record("reply", answered, reply.code, reply.probability)
        self.answer.set(reply.code, where=answered)
        day.dissent.set(False, where=reply.is_("submit"))
        day.dissent.set(True, where=answered & ~reply.is_("submit"))

    def _refusal_value(self, day: Day) -> Array:
        """What a refusal brings: a concession, or being ignored, and then leaving or staying, as may be."""
        conceded = day.spread(foresight.concession_chance(day, day.addressed), "actor")
        ignored = foresight.leaving_chance(day) * foresight.leaving_value(day)
        return conceded * day.larger(-foresight.stake(day), 0.0) + (1.0 - conceded) * ignored
