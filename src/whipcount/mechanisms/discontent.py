"""Who is at odds with the line of the own party."""

from ..vocabulary import Day, Measure, Mechanism, State
from . import formulas


class Discontent(Mechanism):
    """A member is at odds who preferred what lost when the line was set, or whom the line has left behind since.

    The second is a comparison with the line that the member knew first: a party may move away from people who were
    never beaten in it (Kitschelt 1989 on members and electoral strategy; Kam 2009 on dissent). Whoever is at odds may
    speak, break the whip, demand, resign or leave; nobody need have threatened them.
    """

    id = "discontent"
    after = ("belief",)
    references = ("kitschelt_1989", "kam_2009")
    measures = (Measure("at_odds", per="party", doc="share of the party's members who are at odds with its line"),)

    at_odds = State(per="actor", kind="mask", doc="was beaten, or has been left behind by the line")
    knew = State(per="actor", kind="mask", doc="the party has had a line")
    worth_then = State(per="actor", doc="policy utility of the line that the member knew first")

    def step(self, day: Day) -> None:
        """Compare the line with what it has beaten, and with what it was."""
        worth = formulas.policy_of(day, tuple(day.spread(entry, "actor") for entry in day.vector("line")))
        bound = day.spread(day.line_number, "actor") > 0.0
        self.worth_then.set(worth, where=bound & ~self.knew)
        self.knew.set(True, where=bound)
        behind = worth < self.worth_then - day.parameter("mandate.indifference")
        self.at_odds.set(bound & (day.beaten | behind))
        size = day.where(day.member, day.given("actor.size"), 0.0)
        day.measure("at_odds", day.mean(day.number_of(self.at_odds), size, "party"))
