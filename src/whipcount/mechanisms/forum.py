"""A beaten motion carried to another body where the dissenters have seats."""

from ..vocabulary import DIVISION_VERBS, Array, Day, Mechanism, Param, State, Uniform, Verb
from . import foresight, formulas, whipping
from .ballot import divide_by
from .tallies import Votes, chance_carried, discipline, perceived, votes_on


class Forum(Mechanism):
    """Dissenters with a seat elsewhere carry the beaten motion there: U = P(pass) q stake + expression gap -
    discipline.

    q is the chance that a motion passed there becomes a settlement. The body votes by its own rule; members of the
    party whose line it contradicts are whipped against it. Venue shopping inside a political system (Baumgartner &
    Jones 1993).
    """

    id = "forum"
    after = ("belief", "talks")
    references = ("baumgartner_jones_1993",)
    verbs = (
        *DIVISION_VERBS,
        Verb("carry", per="seat", doc="a dissenter moves the beaten motion in another body"),
        Verb("prevail", per="seat", doc="the motion that a dissenter has moved in another body passes there"),
        Verb("backed", per="body", codes=("failed", "passed"), doc="the other body votes on the beaten motion"),
    )

    q = Param(0.5, prior=Uniform(0.1, 1.0), unit="probability", doc="chance that a motion there becomes a settlement")
    expression = Param(0.12, prior=Uniform(0.0, 0.4), unit="utility per gap", doc="value of saying so openly")
    cost = Param(0.02, prior=Uniform(0.0, 0.08), unit="utility", doc="cost of moving a motion")
    meetings = Param(0.5, unit="1 / beat", doc="how often such bodies meet")

    backed = State(per="body", kind="mask", writers=("ballot",), doc="the body backs the beaten motion")
    voted_day = State(per="body", initial=-1000.0, doc="day on which the body last voted on it")
    put_elsewhere = State(per="party", kind="mask", doc="a motion that its line beat has been put to another body")
    carried_it = State(per="actor", kind="mask", doc="carried the motion elsewhere today")
    defied = State(per="actor", kind="mask", doc="voted against the line elsewhere today")

    def step(self, day: Day) -> None:
        """A meeting of the other bodies, if anybody beaten sits there."""
        self.carried_it.set(False)
        self.defied.set(False)
        theirs = foresight.stake(day) < 0.0  # others are beaten too, who would have something else than what is carried
        able = day.spread(day.beaten & theirs & day.member, "seat") & day.given("seat.forum") & day.present
        # Where the line has changed, another motion is the beaten one, and the earlier vote does not stand against it;
        # nor does it where other members sit. Otherwise a body's vote stands for a session.
        anew = day.any(self.put_elsewhere & day.line_changed) | day.roll_changed
        self.voted_day.set(-1000.0, where=anew)
        settled = day.number - self.voted_day < day.parameter("agenda.rest")
        able = able & ~day.given("seat.own_organ") & day.spread(day.quorate & ~settled, "seat")
        meets = day.happens("meeting", self.meetings)
        with day.when(meets & day.any(able)):
            self._meeting(day, able)

    def _meeting(self, day: Day, able: Array) -> None:
        mover = day.best(day.total(day.number_of(able), "party"), day.total(day.number_of(able), "party") > 0.0)
        point = tuple(day.pick(entry, mover) for entry in day.vector("alternative"))
        now = day.vector("point")
        gain = self.q * (formulas.policy_of(day, point) - formulas.policy_of(day, now))
        whip = self._whip(day, mover, point, now)
        able = able & day.spread(mover, "seat")
        stake = day.spread(day.larger(gain, 0.0), "seat")
        gap = day.spread(day.gap, "seat")
        passing = self._passing(day, votes_on(day, gain, whip))
        move = day.choose(
            "carry",
            who=able,
            lam=day.parameter("choice.lam"),
            epoch=day.spread(day.actor_epoch, "seat"),
            carry={
                "settlement": passing * stake,
                "expression": self.expression * gap,
                "discipline": -day.spread(discipline(day), "seat"),
                "cost": -self.cost,
            },
            hold={},
        )
        carries = move.is_("carry")
        day.record("carry", carries, probability=move.chance("carry"))
        self.carried_it.set(day.any(carries, "actor"))
        voting = day.any(carries, "body") & day.quorate
        with day.when(day.any(voting)):
            # Who moves a motion has already paid for the breach, and stands by it.
            votes = votes_on(day, gain, day.where(carries, 0.0, whip), moved=day.number_of(carries))
            result = divide_by(day, "beaten motion", votes, voting)
            day.record("backed", voting, day.number_of(result.passed))
            day.record("prevail", carries & day.spread(voting & result.passed, "seat"))
            self.backed.set(result.passed, where=voting)
            self.voted_day.set(day.number, where=voting)
            day.seen.set(day.seen + 1.0, where=voting)
            self.put_elsewhere.set(True, where=mover)
            self.defied.set(day.any(result.voted_yes & day.spread(mover, "seat"), "actor"))

    def _passing(self, day: Day, votes: Votes) -> Array:
        """By seat: what its holder takes the chance in that body to be."""
        told = chance_carried(day, votes)
        passing = day.given("seat.weight") * 0.0
        for name in day.ids("body"):
            body = day.only("body", name)
            if day.fact(f"body.{name}.forum"):
                here = day.spread(perceived(day, day.pick(told, body), body), "seat")
                passing = day.where(day.spread(body, "seat"), here, passing)
        return passing

    def _whip(self, day: Day, mover: Array, point: formulas.Point, now: formulas.Point) -> Array:
        """The mover's own party whips against; another party for or against, as its line is nearer to one or the
        other."""
        nearer = day.number * 0.0
        total: Array = nearer
        for line, there, here in zip(day.vector("line"), point, now, strict=True):
            total = total + (line - here) * (line - here) - (line - there) * (line - there)
        side = day.where(total > 0.01, 1.0, day.where(total < -0.01, -1.0, 0.0))
        asked = day.where(mover, -1.0, day.where(day.given("party.decides"), side, 0.0))
        return whipping.whipped(day, asked)
