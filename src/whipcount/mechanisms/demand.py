"""Demands from below: members at odds with the line threaten to go, the leadership answers, and they go or stay."""

from ..vocabulary import Array, Day, LogUniform, Mechanism, Param, State, Uniform, Verb
from . import concession, foresight


class Demand(Mechanism):
    """Whoever is at odds with the line may say that they will go unless it changes; the consequence is their own exit.

    A threat is as credible as what it threatens is worth to who makes it: what is foreseen on both sides is the chance
    that it is carried out, the face lost by backing down included (Schelling 1960; Fearon 1994). The leadership weighs
    giving way against the exits that it foresees, and against the majority of the government where that hangs on those
    who threaten; a weak leader gives way sooner (Dewan & Myatt 2007). Refused, they go by the rungs of `leave`.
    """

    id = "demand"
    after = ("sanction",)
    references = ("schelling_1960", "hirschman_1970", "fearon_1994", "dewan_myatt_2007")
    verbs = (
        Verb("threaten", per="actor", doc="says that it will go unless the line changes"),
        Verb(
            "answer_below",
            per="party",
            codes=("", "concede", "stand"),
            doc="the leadership answers a threat from below",
        ),
        Verb("back_down", per="actor", doc="stays, though the threat has been refused"),
    )

    # To threaten is to speak and more: dearer than a statement of protest, cheaper than the seat that is staked.
    cost = Param(0.1, prior=Uniform(0.0, 0.25), unit="utility", doc="cost of threatening to go")
    # Audience costs of a threat not carried out: as those of a leadership (`sanction.credibility`, up to .15).
    face = Param(0.06, prior=Uniform(0.0, 0.15), unit="utility", doc="face lost by staying after a threat")
    # From a day to three weeks: a cabinet answers at its next meeting, a parliamentary party in weeks.
    pace = Param(0.25, prior=LogUniform(0.05, 1.0), unit="1 / beat", doc="rate at which the leadership answers")
    # How much of the value of the government its majority is to who loses it: none to all.
    majority = Param(0.5, prior=Uniform(0.0, 1.0), unit="share", doc="weight of a majority that would be lost")

    threatens = State(per="actor", kind="mask", doc="has threatened to go, and waits for the answer")
    weighed_at = State(per="actor", doc="news heard, and 1, when the question was last put")
    refused = State(per="actor", kind="mask", doc="the threat has been refused")
    tried = State(per="actor", kind="mask", doc="has threatened in vain, and the line has not changed since")

    def step(self, day: Day) -> None:
        """Those who were refused have gone or backed down; others threaten; leaderships answer."""
        with day.when(day.any(self.refused)):
            stay = self.refused & ~day.left_work & ~day.left_party
            day.record("back_down", stay)
            self.refused.set(False)
        self.tried.set(False, where=day.spread(day.line_changed, "actor"))
        free = day.at_odds & day.member & day.given("actor.person") & ~day.left_work & ~day.returned
        able = free & ~self.threatens & ~self.tried & (day.answer != "submit")
        heard = foresight.occasion(day) + 1.0
        fresh = (heard != self.weighed_at) | day.happens("look", 1.0 / day.parameter("leave.review"), "actor")
        able = able & fresh & day.turn("threaten", "actor")
        self.weighed_at.set(heard, where=able)
        with day.when(day.or_ordered(day.any(able), "threaten")):
            self._threaten(day, able)
        waiting = day.any(self.threatens, "party") & day.happens("answers", self.pace, "party")
        with day.when(day.or_ordered(day.any(waiting), "answer")):
            self._answer(day, waiting)

    def _threaten(self, day: Day, able: Array) -> None:
        gives = day.spread(foresight.gives_way_below(day, day.at_odds & day.member), "actor")
        goes, worth = foresight.going_chance(day), foresight.going_value(day)
        choice = day.choose(
            "threaten",
            who=able,
            able=day.member & day.given("actor.person"),
            lam=day.parameter("choice.lam"),
            epoch=foresight.occasion(day),
            threaten={
                "concession": gives * day.larger(-foresight.stake(day), 0.0),
                "own exit": (1.0 - gives) * goes * worth,
                "face": -(1.0 - gives) * (1.0 - goes) * self.face,
                "cost": -self.cost,
            },
            wait={},
        )
        day.record("threaten", choice.is_("threaten"), probability=choice.chance("threaten"))
        self.threatens.set(True, where=choice.is_("threaten"))
        day.dissent.set(True, where=choice.is_("threaten"))

    def _answer(self, day: Day, waiting: Array) -> None:
        give, stand = foresight.answers_below(day, self.threatens)
        choice = day.choose(
            "answer",
            who=waiting,
            lam=day.parameter("choice.lam"),
            epoch=day.party_epoch,
            concede=give,
            stand=stand,
        )
        day.record("answer_below", choice.code > 0.0, choice.code, choice.probability)
        concession.give_way(day, choice.is_("concede"))
        heard = self.threatens & day.spread(choice.code > 0.0, "actor")
        refused = heard & day.spread(choice.is_("stand"), "actor")
        self.refused.set(True, where=refused)
        self.tried.set(True, where=refused)
        day.prompted.set(True, where=refused)
        self.threatens.set(False, where=heard)
