"""Institutions over the long run: democracy inside the party, independence of councils, centralisation."""

from ..vocabulary import Array, Day, Measure, Mechanism, Param, State, StateArray, Uniform


class Drift(Mechanism):
    """Inner-party democracy and the councils' independence fall with danger, sanctions and one-party rule and rise with
    tolerated dissent; centralisation does the reverse, and feeds discipline (Michels 1911; Levitsky & Way 2010).
    """

    id = "drift"
    after = ("residual",)
    references = ("michels_1911",)
    measures = (
        Measure("democracy", doc="democracy inside the ruling party"),
        Measure("independence", doc="independence of the councils"),
        Measure("centralisation", doc="centralisation"),
    )

    rate = Param(0.0015, prior=Uniform(0.0, 0.004), unit="1 / day", doc="pace of institutional drift")
    danger = Param(1.0, prior=Uniform(-0.5, 2.0), unit="weight", doc="effect of danger")
    one_party = Param(0.6, prior=Uniform(-0.3, 1.5), unit="weight", doc="effect of one-party rule")
    sanctions = Param(0.5, prior=Uniform(0.0, 1.0), unit="weight", doc="effect of sanctions decided")
    tolerance = Param(0.6, prior=Uniform(0.0, 1.5), unit="weight", doc="effect of dissent that is tolerated")
    feed = Param(0.5, prior=Uniform(0.0, 1.0), unit="share", doc="how far centralisation feeds discipline")
    centralisation_then = Param(0.4, unit="level", doc="centralisation at the start")

    democracy = State(initial=0.6, doc="inner-party democracy")
    independence = State(initial=0.6, doc="independence of the councils")
    centralisation = State(initial=0.4, doc="centralisation")

    def step(self, day: Day) -> None:
        """One step of drift, kept within 0..1 by its own form."""
        alone = day.number_of(day.total(day.governs) < 1.5)
        punished = day.number_of(day.any(day.punished))
        open_dissent = day.number_of(day.any(day.dissent & day.member) & ~day.any(day.punished))
        harsh = day.larger(self.danger * day.danger + self.one_party * alone + self.sanctions * punished, 0.0)
        mild = self.tolerance * open_dissent
        pace = self.rate * day.dt
        self._move(self.democracy, pace * mild, pace * harsh)
        councils = self.one_party * alone + self.danger * day.danger
        self._move(self.independence, pace * mild * 0.5, pace * day.larger(councils, 0.0))
        self._move(self.centralisation, pace * harsh, pace * mild)
        day.measure("democracy", self.democracy)
        day.measure("independence", self.independence)
        day.measure("centralisation", self.centralisation)

    def _move(self, state: StateArray, up: Array, down: Array) -> None:
        state.set(state + up * (1.0 - state) - down * state)
