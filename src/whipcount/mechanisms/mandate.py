"""What a party's principal body tells its delegates: negotiate in earnest, take part to expose, or withdraw."""

from ..vocabulary import DIVISION_VERBS, Array, Day, Mechanism, Param, State, Uniform, Verb
from . import formulas, matters
from .ballot import divide


class Mandate(Mechanism):
    """Ballots over three mandates, as a sequence of two motions: break off, then expose against earnest.

    V(earnest) = r U(y*) + (1 - r) d; V(expose) = d + gain + epsilon r (U(y*) - d), epsilon being the risk that the
    delegates accept after all, which settles only if the others do too; V(withdraw) = d - cost - the mediator's force.
    r is the chance that all other parties accept. The resolution becomes the party's binding line. It is retaken only
    when survival has moved by more than `shift`, when an event changes who attends, or at rate `review`: taken daily it
    would oscillate. A party's leader who is in the room draws the others, each as it conforms, to the leader's side
    (Michels 1911).

    On every matter that is not negotiated, and on one that is if the mandate is not in earnest, the line is the option
    that the members present like best, things as they are included, but not what has just been refused. An actor is
    beaten who would have another option of some matter, by more than `indifference`; what the beaten of a party stand
    for is the option by which they would gain most together. It is never the line itself.
    """

    id = "mandate"
    after = ("appraisal", "formateur")
    references = ("putnam_1988", "mckelvey_palfrey_1998", "michels_1911")
    verbs = (
        *DIVISION_VERBS,
        Verb("mandate", per="party", codes=("", "earnest", "expose", "withdraw"), doc="a mandate is given or changed"),
        Verb("line", per="party", doc="a binding line is set or changed; the value is the settlement's number"),
    )

    gain_expose = Param(
        0.015, prior=Uniform(-0.03, 0.08), unit="utility", doc="gain of showing that no deal is possible"
    )
    epsilon = Param(0.1, prior=Uniform(0.0, 0.3), unit="probability", doc="risk that delegates sent to expose settle")
    cost_withdraw = Param(0.05, prior=Uniform(0.0, 0.15), unit="utility", doc="cost of breaking off")
    shift = Param(0.1, unit="probability", doc="change of survival that reopens the question")
    indifference = Param(0.01, unit="utility", doc="smaller differences leave a member content with either course")
    deference = Param(
        0.05, prior=Uniform(-0.05, 0.15), unit="utility", doc="pull of the leader's side while the leader is there"
    )
    review = Param(0.1, prior=Uniform(0.0, 0.3), unit="1 / beat", doc="rate at which a body reviews its mandate")

    course = State(
        per="party",
        kind="code",
        codes=("none", "earnest", "expose", "withdraw"),
        writers=("sanction", "congress", "demand"),
        doc="mandate in force",
    )
    line = State(per="party", over="dimension", writers=("sanction", "congress", "demand"), doc="the binding line")
    alternative = State(
        per="party", over="dimension", writers=("sanction", "congress", "demand"), doc="what the beaten side stands for"
    )
    judged = State(per="party", over="dimension", doc="the line by which members were last found to be beaten or not")
    line_number = State(per="party", doc="settlement that the line stands for; 0 before there is one")
    line_changed = State(per="party", kind="mask", doc="the line changed today")
    beaten = State(
        per="actor",
        kind="mask",
        writers=("sanction", "congress", "demand"),
        doc="would have another option than the line, on some matter",
    )
    stirred = State(per="party", kind="mask", doc="something has happened that its body has not met on")
    met_day = State(per="party", initial=-1000.0, doc="day on which its body last met on its line")
    outlook_then = State(per="party", doc="estimate of survival when the mandate was given")

    def step(self, day: Day) -> None:
        """Give or retake mandates where there is a reason to."""
        self.line_changed.set(False)
        table = day.given("party.at_table") & (day.today("table.open") > 0.0) & ~day.talks_over
        if formulas.members_consent(day):  # who is not asked to join has nothing to decide
            table = table & formulas.needed(day, day.favoured)
        unset = self.line_number == 0.0
        stirred = day.spread(day.turnout_changed, "party") | day.shaken
        reopened = (abs(day.outlook - self.outlook_then) > self.shift) | day.happens("review", self.review, "party")
        self.stirred.set(self.stirred | stirred)
        asked = day.given("party.decides") & day.spread(day.quorate, "party")
        rested = day.number - self.met_day >= day.beat  # a body does not meet twice on the same matter in a beat
        needed = unset | (table & (self.course == "none"))
        retake = asked & (needed | (rested & (self.stirred | (table & reopened))))
        self.stirred.set(False, where=retake)
        self.met_day.set(day.number, where=retake)
        with day.when(day.any(retake)):
            self._retake(day, retake, table)
        moved = retake
        for line, then in zip(day.vector("line"), day.vector("judged"), strict=True):
            moved = moved | (abs(line - then) > 1e-3)  # a concession, or a congress, has moved it
        moved = moved & (self.line_number > 0.0)
        with day.when(day.any(moved)):
            self._judge(day, moved)

    def _retake(self, day: Day, retake: Array, table: Array) -> None:
        menu = formulas.menu(day)
        if not menu:
            self._set_lines(day, retake, table & ~table)
            return
        gain = formulas.chosen(day, menu, [formulas.deal_gain(day, name) for name in menu], day.favoured)
        chance = day.spread(self._others_accept(day, menu), "actor")
        cost = formulas.chosen(day, menu, [formulas.relief(day, name) for name in menu], day.favoured)
        earnest = chance * gain
        expose = self.gain_expose + self.epsilon * chance * gain
        withdraw = -self.cost_withdraw - day.spread(cost, "actor")
        voting = day.spread(retake & table, "body")
        none = day.spread(retake, "seat") & (day.given("seat.weight") < 0.0)
        breaking, exposing = withdraw - day.larger(earnest, expose), expose - earnest
        whip = day.number_of(none)
        first = divide(day, "break off", breaking, whip, voting, self._lead(day, breaking))
        second = divide(day, "expose", exposing, whip, voting & ~first.passed, self._lead(day, exposing))
        course = day.where(
            day.spread(first.passed, "party"), 3.0, day.where(day.spread(second.passed, "party"), 2.0, 1.0)
        )
        at_table = retake & table
        changed = at_table & (course != self.course)
        day.record("mandate", changed, course)
        self.course.set(course, where=at_table)
        self.outlook_then.set(day.outlook, where=retake)
        self._set_lines(day, retake, at_table)

    def _lead(self, day: Day, gain: Array) -> Array:
        """By seat: what the side of a leader who is there adds to yes; nothing if the leader is all but indifferent."""
        leader: Array = day.leader
        there = leader & day.any(day.present & day.given("seat.principal"), "actor")
        side = day.where(gain > self.indifference, 1.0, day.where(gain < -self.indifference, -1.0, 0.0))
        cue = day.spread(day.total(day.where(there, side, 0.0), "party"), "actor")
        pull = self.deference * day.given("actor.conformity") * cue
        return day.spread(day.where(leader, 0.0, pull), "seat")

    def _others_accept(self, day: Day, menu: tuple[str, ...]) -> Array:
        """By party: the chance that every other party that must accept would accept the favoured settlement."""
        ready = formulas.chosen(day, menu, [day.vector_entry("ready", name) for name in menu], day.favoured)
        counted = formulas.needed(day, day.favoured)
        logs = day.where(counted, day.log(day.larger(ready, 1e-6)), 0.0)
        return day.exp(day.total(logs) - logs)

    def _set_lines(self, day: Day, retake: Array, at_table: Array) -> None:
        """The line on each matter: what is negotiated in earnest, else what the members present like best."""
        earnest = at_table & (self.course == "earnest")
        for matter in matters.matters(day):
            negotiated = matter.name == day.fact("table.matter")
            refused = day.favoured if negotiated else None
            number, place = matters.liked_best(day, matter, refused, at_table & ~earnest)
            number, place = self._standing(day, matter, at_table, number, place)
            if negotiated:
                for option in matter.options:
                    if option.name is not None:
                        this = earnest & day.row(day.favoured, option.name)
                        number, place = option.instead(day, this, number, place)
            self._assign(day, matter, retake, number, place)

    def _standing(
        self, day: Day, matter: matters.Matter, at_table: Array, number: Array, place: tuple[Array, ...]
    ) -> tuple[Array, tuple[Array, ...]]:
        """At the start a party that does not negotiate stands for the line that it has, where the scenario names it."""
        first = (self.line_number == 0.0) & ~at_table
        for party in day.ids("party"):
            for option in matter.options:
                if option.name is not None and option.name == day.fact(f"party.{party}.line"):
                    number, place = option.instead(day, first & day.only("party", party), number, place)
        return number, place

    def _assign(self, day: Day, matter: matters.Matter, retake: Array, number: Array, place: tuple[Array, ...]) -> None:
        """Set the line on a matter, and tell where it is another."""
        named = zip(day.ids("dimension"), day.vector("line"), strict=True)
        line = [state for name, state in named if name in matter.dimensions]
        moved = retake & (self.line_number == 0.0)
        for old, new in zip(line, place, strict=True):
            moved = moved | (retake & (abs(old - new) > 1e-3))
        for state, value in zip(line, place, strict=True):
            state.set(value, where=retake)
        day.record("line", moved, number)
        self.line_changed.set(True, where=moved)
        self.line_number.set(number, where=retake)

    def _judge(self, day: Day, judged: Array) -> None:
        """Who is beaten, and what the beaten of each party stand for."""
        indifferent = self.indifference
        asked = matters.matters(day)
        gains = [matters.losses(day, matter) for matter in asked]
        beaten: Array = self.beaten & ~self.beaten
        for of_matter in gains:
            for gain in of_matter:
                beaten = beaten | (gain > indifferent)
        beaten = beaten & day.member
        self.beaten.set(beaten, where=day.spread(judged, "actor"))
        heads = day.where(beaten, day.given("actor.size"), 0.0)
        other = matters.best_of_the_beaten(day, heads, asked, gains)
        for state, value in zip(day.vector("alternative"), other, strict=True):
            state.set(value, where=judged)
        for state, value in zip(day.vector("judged"), day.vector("line"), strict=True):
            self.line_changed.set(True, where=judged & (abs(state - value) > 1e-3))
            state.set(value, where=judged)
