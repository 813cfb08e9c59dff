"""What happens from outside, and who holds what: seats, posts, membership, the government's point."""

from ..vocabulary import Array, Day, Mechanism, State, Verb

GOVERNING = ("talks", "survival", "formation", "election")  # through which another government takes office


class Chronicle(Mechanism):
    """Dated events and events with a hazard; they set seats, posts, ideal points and the government's point.

    It also keeps the roster that other mechanisms change: nobody holds a seat or post that was never given, since
    seats and posts exist only as declared pairs of an actor and a body or post.
    """

    id = "chronicle"
    after = ("choice",)
    verbs = (Verb("event", per="event", doc="an event from outside takes place"),)

    happened = State(per="event", kind="mask", doc="the event has taken place")
    fired = State(per="event", kind="mask", doc="the event takes place today")
    shaken = State(kind="mask", doc="some event takes place today")
    sits = State(
        per="seat",
        kind="mask",
        initial="seat.occupied",
        writers=("leave", "sanction", "dismissal", "reconcile", "congress", "withdrawal", "formation", "survival"),
        doc="the seat is occupied",
    )
    holds = State(
        per="tenure",
        kind="mask",
        initial="tenure.held",
        writers=("leave", "sanction", "dismissal", "cabinet", "withdrawal", "reconcile", "ballot", *GOVERNING),
        doc="the actor holds the post",
    )
    member = State(
        per="actor",
        kind="mask",
        initial=1.0,
        writers=("leave", "sanction", "dismissal", "congress", "reconcile"),
        doc="in the party",
    )
    ideal = State(per="actor", over="dimension", initial="actor.ideal", doc="ideal point")
    point = State(
        over="dimension",
        initial=0.0,
        writers=("cabinet", *GOVERNING, "ballot"),
        doc="the government's point",
    )
    governs = State(
        per="party",
        kind="mask",
        initial="party.in_power",
        writers=("cabinet", "withdrawal", *GOVERNING),
        doc="the party is in the government",
    )
    share = State(
        per="party",
        writers=("cabinet", "withdrawal", *GOVERNING),
        doc="share of the portfolios",
    )
    moved = State(kind="mask", writers=("ballot",), doc="an event moves the government's point today")
    begun = State(kind="mask", doc="the first day is over")

    def step(self, day: Day) -> None:
        """Events of today, and their effects."""
        self._begin(day)
        self.moved.set(False)
        if not day.size("event"):
            return
        by_hazard = day.uniform("event", "event") < day.chance(day.today("event.rate"))
        fires = ~self.happened & ((day.today("event.due") > 0.0) | by_hazard)
        self.fired.set(fires)
        self.happened.set(True, where=fires)
        self.shaken.set(day.any(fires))
        day.record("event", fires)
        with day.when(day.any(fires)):
            self._seats_and_posts(day, fires)
            self._points(day, fires)

    def _begin(self, day: Day) -> None:
        settlement = str(day.fact("government.settlement"))
        with day.when(~self.begun):
            for value, target in zip(day.given_vector("settlement.point"), day.vector("point"), strict=True):
                target.set(day.row(value, settlement))
            self.share.set(day.given(f"party.share.{settlement}"))
            self.begun.set(True)

    def _seats_and_posts(self, day: Day, fires: Array) -> None:
        self.sits.set(False, where=day.weigh("event.seat_off", fires) > 0.0)
        self.sits.set(True, where=day.weigh("event.seat_on", fires) > 0.0)
        if day.size("tenure"):
            self.holds.set(False, where=day.weigh("event.tenure_off", fires) > 0.0)
            self.holds.set(True, where=day.weigh("event.tenure_on", fires) > 0.0)

    def _points(self, day: Day, fires: Array) -> None:
        for name, ideal, point in zip(day.ids("dimension"), day.vector("ideal"), day.vector("point"), strict=True):
            if day.fact(f"events.shift_ideals.{name}"):
                ideal.set(day.clip(ideal + day.weigh(f"event.ideal.{name}", fires), 0.0, 1.0))
            if day.fact(f"events.move_government.{name}"):
                mover = fires & day.given(f"event.moves.{name}")
                moves = day.any(mover)
                point.set(day.pick(day.given(f"event.point.{name}"), day.first(mover)), where=moves)
                self.moved.set(True, where=moves)
