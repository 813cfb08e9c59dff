"""Who moves what, and in which form: motions are put where somebody who may propose expects to gain."""

from collections.abc import Mapping
from typing import Any, cast

from ..vocabulary import Array, Day, Mechanism, Param, State, Uniform, Verb
from . import motions
from .motions import Consequences, Form
from .tallies import perceived

BARRED = -10.0  # utility of what one is not entitled to do


class Agenda(Mechanism):
    """The proposer who gains most puts the motion if what it leads to is worth more than its cost.

    Worth: P(carried) x the gain if it is carried + (1 - P) x the gain if it fails, both over things as they are (Romer
    & Rosenthal 1978): who gains by the failure of a question of confidence puts it too. Among several options, and
    between putting one with confidence attached and without, the proposer chooses; only those who govern may attach
    confidence (Huber 1996). P comes from the distribution of the tally, given how likely each member is to come and
    how each would vote, and is known up to an error (see `belief`); who has come is not known before. A motion that
    has been divided on is not put again without news: a line that has changed, members who have come or gone, another
    expected tally, or a long rest.
    """

    id = "agenda"
    after = ("forum", "succession")
    references = ("romer_rosenthal_1978", "huber_1996")
    verbs = (
        Verb("tabled", per="motion", doc="a standing motion is tabled"),
        Verb("attached", per="motion", doc="the government makes the motion a question of confidence"),
    )

    cost = Param(0.02, prior=Uniform(0.0, 0.06), unit="utility", doc="cost of tabling a motion")
    meetings = Param(0.3, unit="1 / beat", doc="how often a body takes up standing motions")
    shift = Param(0.1, unit="probability", doc="change of a motion's chance to be carried that is news")
    rest = Param(90.0, unit="days", doc="after so long a motion can be moved again without news: a session's length")

    tabled = State(per="motion", kind="mask", doc="tabled today")
    moved_day = State(per="motion", initial=-1000.0, doc="day on which it was last tabled")
    form = State(per="motion", doc="number of the form in which it is put, from 1")
    moves = State(per="seat", over="motion", doc="+1: has put the motion to be carried; -1: to fail")
    reopened = State(per="motion", kind="mask", doc="a line or the members have changed since it was put")
    expected = State(per="motion", doc="chance that it would be carried, added up over its forms, when it was put")

    def step(self, day: Day) -> None:
        """Each motion that is open today may be tabled at a meeting of its body."""
        if not day.size("motion"):
            return
        self.tabled.set(False)
        changed = day.any(day.spread(day.line_changed, "seat") & day.sits, "body") | day.roll_changed
        self.reopened.set(True, where=day.spread(changed, "motion"))
        about = day.only("motion", *(name for name in day.ids("motion") if motions.questions(day, name)))
        can = (day.today("motion.open") > 0.0) & ~day.carried & ~(about & day.fallen)  # a caretaker has fallen already
        can = can & (day.reached | ~day.given("motion.staged")) & day.happens("meeting", self.meetings, "motion")
        for motion in day.ids("motion"):
            body = motions.is_body(day, motion)
            sits = day.any(body & day.quorate & day.in_being)
            with day.when(day.row(can, motion) & sits):
                self._consider(day, motion)

    def _consider(self, day: Day, motion: str) -> None:
        forms = motions.forms(day, motion)
        what = [motions.consequences(day, motion, form) for form in forms]
        told = [motions.chance(day, motion, one) for one in what]
        total = told[0]
        for one in told[1:]:
            total = total + one
        body = motions.is_body(day, motion)
        chances = [perceived(day, one, body) for one in told]
        may = day.given(f"seat.proposer.{motion}") & day.present & self._fresh(day, motion, total)
        worth = [self._worth(day, *one) for one in zip(forms, what, chances, strict=True)]
        best = worth[0]
        for one in worth[1:]:
            best = day.larger(best, one)
        mover = day.best(day.spread(best, "seat"), may)
        governs = day.any(day.spread(self._entitled(day), "seat") & mover)
        options = {
            form.label: self._terms(day, one, chance, mover, governs if form.attached else None)
            for form, one, chance in zip(forms, what, chances, strict=True)
        }
        move = day.choose(
            f"table {motion}",
            who=day.any(may),
            lam=day.parameter("choice.lam"),
            epoch=day.pick(day.spread(day.actor_epoch, "seat"), mover),
            **cast("dict[str, Any]", options),
            wait={},
        )
        self._put(day, motion, forms, what, move.masks, mover)
        tabled = motions.one_hot(day, motion) & self._any_of(day, motion, forms, move.masks)
        day.record("tabled", tabled, probability=1.0 - move.chance("wait"))
        self.tabled.set(True, where=tabled)
        self.moved_day.set(day.number, where=tabled)
        self.reopened.set(False, where=tabled)
        self.expected.set(total, where=tabled)

    def _fresh(self, day: Day, motion: str, chances: Array) -> Array:
        """Whether the motion has not been put yet, or there is news since."""
        rested = day.number - day.row(self.moved_day, motion) >= self.rest
        other = abs(chances - day.row(self.expected, motion)) > self.shift
        return (day.row(self.moved_day, motion) < 0.0) | day.row(self.reopened, motion) | rested | other

    def _entitled(self, day: Day) -> Array:
        """Actors who may attach confidence: members of the parties that govern."""
        return day.spread(day.governs, "actor") & day.member

    def _worth(self, day: Day, form: Form, what: Consequences, chance: Array) -> Array:
        """By actor: what putting the motion in this form is worth."""
        worth = what.expected(chance)
        return day.where(self._entitled(day), worth, BARRED) if form.attached else worth

    def _terms(
        self, day: Day, what: Consequences, chance: Array, mover: Array, governs: Array | None
    ) -> dict[str, Array | float]:
        terms: dict[str, Array | float] = {
            "if carried": day.pick(day.spread(chance * what.carried, "seat"), mover),
            "if it fails": day.pick(day.spread((1.0 - chance) * what.failed, "seat"), mover),
            "cost": -self.cost,
        }
        if governs is not None:
            terms["not for the opposition"] = day.where(governs, 0.0, BARRED)
        return terms

    def _any_of(self, day: Day, motion: str, forms: tuple[Form, ...], masks: Mapping[str, Array]) -> Array:
        """Whether it is put in any form; what follows an earlier stage is put as a matter of course."""
        put = masks[forms[0].label]
        for form in forms[1:]:
            put = put | masks[form.label]
        return put | (day.row(day.given("motion.staged"), motion) & day.row(day.reached, motion))

    def _put(
        self,
        day: Day,
        motion: str,
        forms: tuple[Form, ...],
        what: list[Consequences],
        masks: Mapping[str, Array],
        mover: Array,
    ) -> None:
        """Note the form, and on which side who has put it stands."""
        this = motions.one_hot(day, motion)
        self.form.set(1.0, where=this)
        moves = day.vector_entry("moves", motion)
        moves.set(0.0)
        for number, (form, one) in enumerate(zip(forms, what, strict=True), start=1):
            chosen = masks[form.label]
            self.form.set(float(number), where=this & chosen)
            side = day.where(day.spread(one.stake, "seat") > 0.0, 1.0, -1.0)
            moves.set(day.where(mover, side, 0.0), where=chosen)
            if form.attached:
                day.record("attached", this & chosen)
