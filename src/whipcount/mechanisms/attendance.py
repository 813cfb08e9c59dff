"""Who is in the room."""

from ..vocabulary import Array, Day, Measure, Mechanism, State


class Attendance(Mechanism):
    """Members are present with a probability of their own; events keep some away or bring them back; quorum.

    A resolution is that of the members present: who stays away can decide it (Poole & Rosenthal 1997 on abstention).
    """

    id = "attendance"
    after = ("chronicle",)
    references = ("poole_rosenthal_1997",)
    measures = (
        Measure("attendance", per="body", doc="share of the occupied seats present"),
        Measure("seated", per="body", doc="share of all seats occupied"),
    )

    ordered = State(per="seat", kind="code", codes=("usual", "absent", "present"), doc="what events have ordered")
    present = State(per="seat", kind="mask", doc="present today")
    quorate = State(per="body", kind="mask", doc="enough members are present")
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
        comes = day.uniform("attends", "seat") < day.given("seat.attendance")
        comes = day.where(self.ordered == "usual", comes, self.ordered == "present")
        self.present.set(day.sits & comes)
        weight = day.given("seat.weight")
        attending = day.total(day.where(self.present, weight, 0.0), "body")
        occupied = day.total(day.where(day.sits, weight, 0.0), "body")
        self.quorate.set(attending >= day.given("body.quorum"))
        day.measure("attendance", attending / day.larger(occupied, 1.0))
        day.measure("seated", occupied / day.larger(day.total(weight, "body"), 1.0))
