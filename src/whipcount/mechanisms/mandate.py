"""What a party's principal body tells its delegates: negotiate in earnest, take part to expose, or withdraw."""

from ..vocabulary import DIVISION_VERBS, Array, Day, Mechanism, Param, State, Uniform, Verb
from . import formulas
from .ballot import divide


class Mandate(Mechanism):
    """Ballots over three mandates, as a sequence of two motions: break off, then expose against earnest.

    V(earnest) = r U(y*) + (1 - r) d; V(expose) = d + gain + epsilon r (U(y*) - d), epsilon being the risk that the
    delegates accept after all, which settles only if the others do too; V(withdraw) = d - cost - the mediator's force.
    r is the chance that all other parties accept. The resolution becomes the party's binding line. It is retaken only
    when survival has moved by more than `shift`, when an event changes who attends, or at rate `review`: taken daily it
    would oscillate. A party's leader who is in the room draws the others, each as it conforms, to the leader's side
    (Michels 1911).
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
    review = Param(0.1, prior=Uniform(0.0, 0.3), unit="1 / day", doc="rate at which a body reviews its mandate")

    course = State(
        per="party",
        kind="code",
        codes=("none", "earnest", "expose", "withdraw"),
        writers=("sanction", "congress"),
        doc="mandate in force",
    )
    line = State(per="party", over="dimension", writers=("sanction", "congress"), doc="the binding line")
    alternative = State(per="party", over="dimension", doc="what the beaten side stands for")
    line_number = State(per="party", doc="settlement that the line stands for; 0 before there is one")
    line_changed = State(per="party", kind="mask", doc="the line changed today")
    beaten = State(per="actor", kind="mask", doc="preferred the course that lost when the line was last set")
    outlook_then = State(per="party", doc="estimate of survival when the mandate was given")

    def step(self, day: Day) -> None:
        """Give or retake mandates where there is a reason to."""
        self.line_changed.set(False)
        table = day.given("party.at_table") & (day.today("table.open") > 0.0) & ~day.talks_over
        if formulas.members_consent(day):  # who is not asked to join has nothing to decide
            table = table & formulas.needed(day, day.favoured)
        asked = day.given("party.decides") & ~day.fallen & (table | (self.line_number == 0.0))
        quorate = day.spread(day.quorate, "party")
        reopened = (
            (self.course == "none")
            | (abs(day.outlook - self.outlook_then) > self.shift)
            | day.spread(day.turnout_changed, "party")
            | day.happens("review", self.review, "party")
        )
        retake = asked & quorate & (reopened & table | (self.line_number == 0.0))
        with day.when(day.any(retake)):
            self._retake(day, retake, table)

    def _retake(self, day: Day, retake: Array, table: Array) -> None:
        menu = formulas.menu(day)
        if not menu:
            self._set_line(day, retake, None, None)
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
        self._set_line(day, retake, at_table, earnest - expose)

    def _lead(self, day: Day, gain: Array) -> Array:
        """By seat: what the side of a leader who is there adds to yes; nothing if the leader is all but indifferent."""
        leader = day.given("actor.leader")
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

    def _set_line(self, day: Day, retake: Array, voted: Array | None, margin: Array | None) -> None:
        """The line: the favoured settlement if the mandate is earnest, else the one that the members present like
        best."""
        settlements = tuple(name for name in day.ids("settlement") if name != day.fact("government.fall"))
        means = [
            formulas.of_party(day, formulas.policy_of(day, formulas.settlement_point(day, name)))
            for name in settlements
        ]
        number: Array = day.number_of(retake)
        best = means[0]
        for index, mean in enumerate(means[1:], start=1):
            number = day.where(mean > best, float(index + 1), number)
            best = day.larger(best, mean)
        own = self._points(day, settlements, number)
        if margin is None or voted is None:
            self._assign_line(day, retake, own, own, number)
            return
        menu = formulas.menu(day)
        target = tuple(
            formulas.chosen(day, menu, [day.row(column, name) for name in menu], day.favoured)
            for column in day.given_vector("settlement.point")
        )
        earnest = self.course == "earnest"
        line = tuple(day.where(earnest, t, o) for t, o in zip(target, own, strict=True))
        other = tuple(day.where(earnest, o, t) for t, o in zip(target, own, strict=True))
        self._assign_line(day, retake, line, other, number)
        mine = day.spread(earnest, "actor")
        lost = day.where(mine, margin < -self.indifference, margin > self.indifference)
        self.beaten.set(lost, where=day.spread(voted, "actor") & day.member)

    def _points(self, day: Day, settlements: tuple[str, ...], number: Array) -> tuple[Array, ...]:
        columns = day.given_vector("settlement.point")
        points = []
        for column in columns:
            value: Array = number * 0.0
            for index, name in enumerate(settlements):
                value = day.where(number == float(index + 1), day.row(column, name), value)
            points.append(value)
        return tuple(points)

    def _assign_line(
        self, day: Day, retake: Array, line: tuple[Array, ...], other: tuple[Array, ...], number: Array
    ) -> None:
        moved = retake & (self.line_number == 0.0)
        for old, new in zip(day.vector("line"), line, strict=True):
            moved = moved | (retake & (abs(old - new) > 1e-3))
        self.line_changed.set(True, where=moved)
        for state, value in zip(day.vector("line"), line, strict=True):
            state.set(value, where=retake)
        for state, value in zip(day.vector("alternative"), other, strict=True):
            state.set(value, where=retake)
        self.line_number.set(number, where=retake)
        day.record("line", moved, number)
