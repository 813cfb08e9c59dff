"""Local organisations: support for the line, wavering, calls for severity, an organised centre or none."""

from ..vocabulary import Array, Day, Measure, Mechanism, Param, State, Uniform, Verb


class Constituency(Mechanism):
    """Support moves with appeals and returns; where the line is strong an appeal provokes a backlash.

    An organised form arises only with low support, with resources (press or organisation) and with leaders who have
    left; a centre of consolidation needs a third of the party's local weight organised (McCarthy & Zald 1977 on
    resources).
    """

    id = "constituency"
    after = ("appeal",)
    references = ("mccarthy_zald_1977",)
    verbs = (
        Verb("waver", per="constituency", doc="a local organisation wavers"),
        Verb("severity", per="constituency", doc="a local organisation calls for stricter measures"),
        Verb("organised", per="constituency", doc="the opposition gains an organised form there"),
        Verb("centre", per="party", doc="a centre of consolidation forms"),
    )
    measures = (Measure("support", per="constituency", doc="support for the line"),)

    persuasion = Param(0.05, prior=Uniform(0.0, 0.15), unit="1 / day", doc="fall of support under full reach")
    backlash = Param(
        0.03, prior=Uniform(-0.03, 0.12), unit="1 / day", doc="rise of support under full reach where it is strong"
    )
    decay = Param(0.03, prior=Uniform(0.0, 0.1), unit="1 / day", doc="return of support to its usual level")
    severity = Param(0.05, prior=Uniform(0.0, 0.2), unit="1 / day", doc="rate of calls for severity under full reach")
    resources = Param(0.3, prior=Uniform(0.1, 0.8), unit="resources", doc="press and organisation that a centre needs")
    organise = Param(0.1, prior=Uniform(0.0, 0.3), unit="1 / day", doc="rate of organising where all is there")

    support = State(per="constituency", initial="constituency.support", doc="support for the line")
    wavered = State(per="constituency", kind="mask", doc="has wavered")
    organised = State(per="constituency", kind="mask", initial="constituency.organised", doc="opposition is organised")
    centred = State(per="party", kind="mask", doc="a centre of consolidation exists")

    def step(self, day: Day) -> None:
        """Support moves; something may form."""
        if not day.size("constituency"):
            return
        usual = day.given("constituency.support")
        heard = day.spread(day.heard, "constituency")
        with day.when(day.any((heard > 0.001) | (abs(self.support - usual) > 0.001))):
            strong = day.larger(self.support - 0.5, 0.0) * 2.0
            pull = self.persuasion * heard * self.support - self.backlash * heard * strong
            self.support.set(day.clip(self.support + day.dt * (self.decay * (usual - self.support) - pull), 0.0, 1.0))
        with day.when(day.any(heard > 0.001)):
            self._reactions(day, heard)
            self._organising(day)
        day.measure("support", self.support)

    def _reactions(self, day: Day, heard: Array) -> None:
        shaken = self.support < day.larger(day.given("constituency.support") - 0.03, 0.45)
        wavers = ~self.wavered & (heard > 0.001) & shaken
        day.record("waver", wavers, self.support)
        self.wavered.set(True, where=wavers)
        calls = (self.support > 0.55) & day.happens("severity", self.severity * heard * self.support, "constituency")
        day.record("severity", calls, self.support)

    def _organising(self, day: Day) -> None:
        leaders = day.dissent & (day.left_work | day.left_party) & day.given("actor.person")
        means = day.where(leaders, day.given("actor.press") + day.given("actor.organisation"), 0.0)
        equipped = (day.total(means, "party") >= self.resources) & (day.total(means, "party") > 0.0)
        fertile = day.spread(equipped, "constituency") & (self.support < 0.4) & ~self.organised
        forms = fertile & day.happens("organising", self.organise, "constituency")
        day.record("organised", forms)
        self.organised.set(True, where=forms)
        share = day.mean(day.number_of(self.organised), day.given("constituency.weight"), "party")
        centre = ~self.centred & equipped & (share > 0.3333)
        day.record("centre", centre, share)
        self.centred.set(True, where=centre)
