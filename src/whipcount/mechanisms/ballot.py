"""Divisions: how members vote, and the standing motions that they vote on."""

from ..vocabulary import DIVISION_VERBS, Array, Day, Division, Mechanism, Param, Rules, State, Uniform, Verb
from . import majority, motions
from .government import FALL, bring_down
from .tallies import Votes, votes_on


def divide(day: Day, name: str, gain: Array, whip: Array, voting: Array, lead: Array | None = None) -> Division:
    """A division of the bodies `voting` in which each member votes by `votes_on`."""
    return divide_by(day, name, votes_on(day, gain, whip, lead), voting)


def divide_by(day: Day, name: str, votes: Votes, voting: Array, rules: Rules | None = None) -> Division:
    """A division in which each way to vote is worth this to each seat."""
    return day.divide(
        name,
        voting=voting,
        turnout=day.turnout,
        common=day.parameter("ballot.common"),
        lam=day.parameter("choice.lam"),
        yes=votes.yes,
        no=votes.no,
        abstain=votes.abstain,
        rules=rules,
    )


QUESTIONS = ("confidence", "no_confidence")  # decided, they may come up again


class Ballot(Mechanism):
    """Votes on the motions tabled today, by each body's rule; what is carried takes effect.

    Members compare what follows if the motion is carried with what follows if it fails, which confidence attached to it
    changes (Huber 1996; Diermeier & Feddersen 1998). The party whip weighs as much as conformity makes it; abstention
    is a way out where the line and one's own interest point apart (Krehbiel 1998 on pivotal votes; Cox & McCubbins
    2005 on party pressure). Where the government itself is at stake, those outside it gain by opposing it, and those
    in it lose by that, whatever comes of it (Dewan & Spirling 2011; Hix & Noury 2016). Who has put a motion stands by
    it, and who has left a party is not whipped by it.
    """

    id = "ballot"
    after = ("agenda",)
    references = (
        "krehbiel_1998", "cox_mccubbins_2005", "huber_1996", "diermeier_feddersen_1998", "dewan_spirling_2011",
        "hix_noury_2016",
    )  # fmt: skip
    verbs = (
        *DIVISION_VERBS,
        FALL,
        Verb("carried", per="motion", doc="a standing motion is carried"),
        Verb("defeated", per="motion", doc="a standing motion is defeated"),
        Verb("enacted", per="settlement", doc="a measure that was carried takes effect"),
        Verb("removed", per="tenure", doc="a vote removes the holder of a post"),
        Verb("elected", per="tenure", doc="a vote gives a post to a new holder"),
    )

    discipline = Param(0.04, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of voting against the line")
    abstention = Param(0.06, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of abstaining")
    # From nothing, where parliaments work by consent, to as much as discipline and abstention together.
    opposition = Param(
        0.1,
        prior=Uniform(0.0, 0.2),
        unit="utility",
        doc="worth to an opponent of voting against a government, to its own of not",
    )
    common = Param(
        0.05, prior=Uniform(0.0, 0.2), unit="correlation", doc="how far a bloc's members vote alike for reasons unseen"
    )
    split_saving = Param(0.03, prior=Uniform(0.0, 0.1), unit="utility", doc="an open split that abstaining avoids")

    carried = State(per="motion", kind="mask", doc="the motion has been carried, for good")
    reached = State(per="motion", kind="mask", doc="an earlier stage has led to the motion, which is to be put")

    def step(self, day: Day) -> None:
        """Divide on each motion that was tabled today."""
        for motion in day.ids("motion"):
            tabled = day.row(day.tabled, motion)
            with day.when(tabled):
                self._divide_on(day, motion, tabled)

    def _divide_on(self, day: Day, motion: str, tabled: Array) -> None:
        here = motions.is_body(day, motion) & tabled
        forms = motions.forms(day, motion)
        what = [motions.consequences(day, motion, form) for form in forms]
        form = day.row(day.form, motion)
        carried, failed, shown = what[0].carried, what[0].failed, what[0].shown
        for number, one in enumerate(what[1:], start=2):
            carried = day.where(form == float(number), one.carried, carried)
            failed = day.where(form == float(number), one.failed, failed)
            shown = day.where(form == float(number), one.shown, shown)
        chosen = motions.Consequences(carried, failed, shown)
        moved = day.vector_entry("moves", motion)
        votes = motions.votes(day, chosen, moved)
        result = divide_by(day, motion, votes, here, motions.rules(day, motion))
        passed = day.any(result.passed)
        if day.fact(f"motion.{motion}.kind") == "confidence":
            majority.show(day, here, result.ayes)
        for number, other in enumerate(motions.deciding(day, motion)[1:], start=2):
            passed = passed & day.any(divide_by(day, f"{motion} {number}", votes, other & tabled).passed)
        day.seen.set(day.seen + 1.0, where=here)
        this = motions.one_hot(day, motion)
        day.record("carried", this & passed)
        day.record("defeated", this & ~passed)
        self._stages(day, motion, passed)
        attached = tabled & ~tabled
        for number, way in enumerate(forms, start=1):
            attached = attached | ((form == float(number)) & way.attached)
        self._confidence(day, motion, tabled, passed, attached)
        if day.fact(f"motion.{motion}.kind") not in QUESTIONS:
            self.carried.set(True, where=this & passed)
            self._effects(day, motion, here, passed, form)

    def _stages(self, day: Day, motion: str, passed: Array) -> None:
        """Another stage may follow."""
        self.reached.set(False, where=motions.one_hot(day, motion))
        for outcome, where in (("carried", passed), ("failed", ~passed)):
            after = day.fact(f"motion.{motion}.if_{outcome}")
            if isinstance(after, str):
                self.reached.set(True, where=motions.one_hot(day, after) & where)

    def _confidence(self, day: Day, motion: str, tabled: Array, passed: Array, attached: Array) -> None:
        """Confidence lost, by a motion about it or one that it was attached to, is the end of the government."""
        kind = day.fact(f"motion.{motion}.kind")
        lost = passed if kind == "no_confidence" else ~passed & (attached | (kind == "confidence"))
        falls = tabled & lost & ~day.fallen
        if day.fact("government.constructive"):  # a vote that names nobody removes nobody
            falls = falls & ~tabled
        day.record("fall", falls)
        bring_down(day, falls)

    def _effects(self, day: Day, motion: str, here: Array, passed: Array, form: Array) -> None:
        """What is carried takes effect."""
        kind = day.fact(f"motion.{motion}.kind")
        if kind in ("appointment", "dismissal"):
            self._posts(day, motion, passed, appointing=kind == "appointment")
        elif kind == "settlement":
            day.backed.set(True, where=here & passed)
        elif kind == "congress":
            day.called.set(True, where=motions.owners(day, motion) & passed)
        elif kind == "measure":
            for number, one in enumerate(motions.forms(day, motion), start=1):
                self._enact(day, motion, str(one.option), passed & (form == float(number)))

    def _enact(self, day: Day, motion: str, option: str, where: Array) -> None:
        """A measure takes effect: the government's point moves."""
        for target, value in zip(day.vector("point"), motions.place(day, motion, option), strict=True):
            target.set(value, where=where)
        day.moved.set(True, where=where)
        day.record("enacted", day.only("settlement", option) & where)

    def _posts(self, day: Day, motion: str, passed: Array, *, appointing: bool) -> None:
        """A vote takes a post from its holder, and perhaps gives it to another."""
        seat = day.given(f"tenure.motion.{motion}")
        post = day.spread(day.any(seat, "post"), "tenure")
        removed = day.holds & post & passed
        if appointing:
            removed = removed & ~seat
            day.record("elected", seat & passed & ~day.holds)
        day.record("removed", removed)
        day.holds.set(False, where=removed)
        if appointing:
            day.holds.set(True, where=seat & passed)
