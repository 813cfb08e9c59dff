"""Where those who leave a party go: they sit alone, or join another party and vote by its whip."""

from ..vocabulary import Array, Day, Mechanism, Param, State, Uniform, Verb
from . import formulas


class Affiliation(Mechanism):
    """Whoever has left a party weighs once, with the exit, whether to join another one that sits in the same bodies.

    It is the one whose line suits best. What draws is how much better it suits than the line left; what holds is that
    changing sides costs, voters and old friends (Heller & Mershon 2005; O'Brien & Shomer 2013: few switch at once).
    Who joins is whipped by the new party; a seat held goes along, posts stay as the law and their givers say.
    """

    id = "affiliation"
    after = ("members",)
    references = ("heller_mershon_2005", "obrien_shomer_2013")
    verbs = (Verb("join_party", per="actor", doc="joins another party after leaving the own one"),)

    # Changing sides costs at least as much as a seat is worth and up to what identity is.
    cost = Param(0.3, prior=Uniform(0.1, 0.8), unit="utility", doc="cost of joining another party")

    joined = State(per="actor", doc="number of the party joined, in the order of the file; 0: none")
    weighed = State(per="actor", kind="mask", doc="has weighed joining another party since the exit")

    def step(self, day: Day) -> None:
        """Those who have just left choose where to go."""
        self.joined.set(0.0, where=day.member)
        self.weighed.set(False, where=day.member)
        out = ~day.member & day.given("actor.person") & ~self.weighed
        parties = tuple(name for name in day.ids("party") if day.fact(f"party.{name}.principal"))
        if len(parties) < 2:
            return
        with day.when(day.any(out)):
            self._choose(day, out, parties)
            self.weighed.set(True, where=out)

    def _choose(self, day: Day, out: Array, parties: tuple[str, ...]) -> None:
        own = formulas.policy_of(day, tuple(day.spread(entry, "actor") for entry in day.vector("line")))
        best, nearest = 0.0 * own - 100.0, 0.0 * own
        for name in parties:
            there = formulas.policy_of(day, tuple(day.row(entry, name) for entry in day.vector("line")))
            other = ~day.spread(day.only("party", name), "actor") & (day.row(day.line_number, name) > 0.0)
            nearer = other & (there > best)
            best = day.where(nearer, there, best)
            nearest = day.where(nearer, float(day.ids("party").index(name) + 1), nearest)
        choice = day.choose(
            "join",
            who=out,
            lam=day.parameter("choice.lam"),
            epoch=day.news,
            alone={},
            join={"policy": best - own, "sides": -self.cost},
        )
        joins = choice.is_("join") & (nearest > 0.0)
        day.record("join_party", joins, probability=choice.chance("join"))
        self.joined.set(nearest, where=joins)
