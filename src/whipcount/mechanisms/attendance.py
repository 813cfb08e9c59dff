"""Who is in the room."""

from ..vocabulary import Array, Day, Measure, Mechanism, Param, State, Uniform


class Attendance(Mechanism):
    """Members are present with a probability of their own; events keep some away or bring them back; quorum.

    A resolution is that of the members present: who stays away can decide it (Poole & Rosenthal 1997 on abstention).
    Members of a bloc come one by one, for reasons of their own and for reasons that they share: their number is
    beta-binomial (Skellam 1948), neither certain nor all or none.
    """

    id = "attendance"
    after = ("chronicle",)
    references = ("poole_rosenthal_1997", "skellam_1948")
    measures = (
        Measure("attendance", per="body", doc="share of the occupied seats present"),
        Measure("seated", per="body", doc="share of all seats occupied"),
    )

    common = Param(
        0.1, prior=Uniform(0.0, 0.3), unit="correlation", doc="how far a bloc's members stay away for common reasons"
    )

    ordered = State(per="seat", kind="code", codes=("usual", "absent", "present"), doc="what events have ordered")
    present = State(per="seat", kind="mask", doc="present today; of a bloc, some of its members")
    turnout = State(per="seat", doc="share of the seat's members who are present")
    quorate = State(per="body", kind="mask", doc="enough members are present")
    roll = State(per="seat", kind="mask", doc="seats occupied by members of the party that they belong to, yesterday")
    roll_changed = State(per="body", kind="mask", doc="members have come or gone, or left their party, since yesterday")
    turnout_changed = State(per="body", kind="mask", doc="an event changed who attends, today")

    def step(self, day: Day) -> None:
        """Today's attendance."""
        self.turnout_changed.set(False)
        with day.when(day.shaken):
            changed: Array = self.turnout_changed
            for name in ("absent", "present", "usual"):
                touched = day.weigh(f"event.{name}", day.fired) > 0.0
                self.ordered.set(name, where=touched)
                changed = changed | day.any(touched, "body")
            self.turnout_changed.set(True, where=changed)
        roll = day.sits & day.spread(day.member, "seat")
        self.roll_changed.set(day.any(roll != self.roll, "body"))
        self.roll.set(roll)
        size = day.given("seat.size")
        coming = day.where(day.sits & day.spread(day.in_being, "seat"), size, 0.0)
        usual = day.heads("attends", coming, day.given("seat.attendance"), self.common, "seat") / size
        comes = day.where(self.ordered == "usual", usual, day.number_of(self.ordered == "present"))
        self.turnout.set(day.where(day.sits, comes, 0.0))
        self.present.set(self.turnout > 0.0)
        weight = day.weight
        attending = day.total(weight * self.turnout, "body")
        occupied = day.total(day.where(day.sits, weight, 0.0), "body")
        self.quorate.set(attending >= day.given("body.quorum"))
        day.measure("attendance", attending / day.larger(occupied, 1.0))
        day.measure("seated", occupied / day.larger(day.total(weight, "body"), 1.0))
