"""Open dissent that spreads by thresholds: an example of a mechanism of one's own."""

from whipcount.vocabulary import Day, Measure, Mechanism, Param, State, Uniform, Verb


class Bandwagon(Mechanism):
    """Who is beaten speaks out in public once enough of the others who are beaten have (Granovetter 1978).

    Each member of a party has a threshold of their own, drawn evenly between 0 and 1 and kept. A threshold below the
    conviction needs nobody's example; the others need a share of their beaten comrades in open dissent, weighed by
    contagion. Who speaks today is heard tomorrow. With the same n members beaten throughout, the number who end up
    speaking is quasi-binomial (Consul 1974). Kuran (1991) tells why such a wave surprises everybody in it.
    """

    id = "bandwagon"
    after = ("leave",)
    references = ("granovetter_1978", "kuran_1991")
    assigns = ("dissent",)
    verbs = (Verb("speak_out", per="actor", doc="dissents in public because others have"),)
    measures = (Measure("outspoken", per="party", doc="share of the beaten members in open dissent"),)

    conviction = Param(0.02, prior=Uniform(0.0, 0.06), unit="share", doc="share who would speak without an example")
    contagion = Param(0.6, prior=Uniform(0.0, 1.0), unit="share per share", doc="weight of the others' example")

    spoke = State(per="actor", kind="mask", doc="has spoken out because others have")
    first_day = State(doc="the day on which thresholds are drawn: the first")

    def step(self, day: Day) -> None:
        """Count who dissents openly among the beaten; those whose threshold is reached join them."""
        beaten = day.beaten & day.member & day.given("actor.person")
        heard = day.number_of(beaten & day.dissent)
        share = day.total(heard, "party") / day.larger(day.total(day.number_of(beaten), "party"), 1.0)
        threshold = day.uniform("threshold", "actor", epoch=self.first_day)
        reached = threshold < self.conviction + self.contagion * day.spread(share, "actor")
        speaks = beaten & ~day.dissent & ~self.spoke & reached & ~day.fallen
        day.record("speak_out", speaks, day.spread(share, "actor"))
        self.spoke.set(True, where=speaks)
        day.dissent.set(True, where=speaks)
        day.measure("outspoken", share)
