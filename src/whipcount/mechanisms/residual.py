"""Posts that dissenters keep elsewhere: the risk that a beaten motion could still be carried somewhere."""

from ..vocabulary import Day, Measure, Mechanism


class Residual(Mechanism):
    """The share of posts and seats outside the party's own organs that dissenters hold.

    Bookkeeping only: one minus the product over such posts of (1 - value), so that each adds to the risk.
    """

    id = "residual"
    after = ("reconcile",)
    references = ("hirschman_1970",)
    measures = (Measure("residual", per="party", doc="risk left by posts that dissenters keep elsewhere"),)

    def step(self, day: Day) -> None:
        """Measure the risk of today."""
        free = 1.0 - day.number_of(day.dissent) * 0.0
        if day.size("tenure"):
            kept = day.holds & ~day.given("tenure.cabinet") & day.spread(day.dissent, "tenure")
            logs = day.log(day.larger(1.0 - day.where(kept, day.given("tenure.portfolio"), 0.0), 1e-6))
            by_party = day.total(logs, "party")
        else:
            by_party = day.total(day.log(free), "party")
        forum = day.sits & day.given("seat.forum") & ~day.given("seat.own_organ") & day.spread(day.dissent, "seat")
        in_forum = day.where(day.given("seat.forum"), day.weight, 0.0)
        share = day.total(day.where(forum, in_forum, 0.0), "party") / day.larger(day.total(in_forum, "party"), 1.0)
        day.measure("residual", 1.0 - day.exp(by_party) * (1.0 - day.clip(share, 0.0, 1.0)))
