"""Elections: called by the head of government, by a deadlock or in due time; votes become seats, and another government
must be formed."""

from __future__ import annotations

from ..vocabulary import Array, Day, LogUniform, Measure, Mechanism, Param, State, Uniform, Verb
from . import apportion, formulas, government, majority


class Election(Mechanism):
    """Who leads the government calls an election where the polls promise it more than it costs (Lupia & Strom 1995;
    Smith 2004), if the law lets it and a head of state does not refuse; a caretaker's deadlock brings one with time.

    Shares are drawn around what the scenario says of the polls, else around the last result: their logarithms are
    Gaussian with spread `swing`. The law's method turns them into seats. Seats of blocs are scaled to the result,
    persons keep theirs as far as it reaches. After the poll the government is a caretaker, whoever has won.
    """

    id = "election"
    after = ("office",)
    references = ("lupia_strom_1995", "smith_2004", "balinski_young_1982")
    verbs = (
        Verb("dissolve", doc="an early election is called"),
        Verb("refuse_dissolution", doc="the head of state refuses an early election"),
        Verb("election", doc="an election is held"),
        Verb("wins", per="party", doc="the party's seats after the election"),
    )
    measures = (Measure("seats", per="party", doc="share of the seats of the body whose confidence is needed"),)

    # Final polls err by two or three points on a party of a quarter of the votes (Jennings & Wlezien 2018).
    swing = Param(0.12, prior=LogUniform(0.05, 0.3), unit="log share", doc="sd of a party's result around the polls")
    # Constitutions set two months or so; practice runs from one to half a year.
    deadlock = Param(90.0, prior=LogUniform(45.0, 200.0), unit="days", doc="from a fall to an election, if none forms")
    # Early elections end about one cabinet in twenty-five a year (theory/trained/endings.json): the two together.
    review = Param(
        300.0, prior=LogUniform(120.0, 730.0), unit="days", doc="from one thought of an early election to the next"
    )
    cost = Param(0.25, prior=Uniform(0.1, 0.4), unit="utility", doc="cost of going to the people early")
    # Of the early ends with a recorded cause, 32 of 214 were elections, more where governments had just lost a vote.
    after_fall = Param(
        0.3, prior=Uniform(0.1, 0.6), unit="probability", doc="chance of an election after a fall, as everybody reckons"
    )

    weight = State(per="seat", initial="seat.weight", doc="votes of the seat; an election changes them")
    campaigning = State(kind="mask", doc="an election is called")
    polling_day = State(initial=-1.0, doc="day on which it is held")

    def step(self, day: Day) -> None:
        """Call an election; hold it."""
        day.measure("seats", majority.seats_held(day))
        if not day.fact("election.body"):
            return
        if day.fact("election.possible"):
            self._call(day)
        due = (self.campaigning & (day.number >= self.polling_day)) | (day.today("election.due") > 0.0)
        with day.when(due):
            self._hold(day, due)

    def _call(self, day: Day) -> None:
        open_ = ~self.campaigning
        deadlocked = open_ & day.fallen & day.happens("deadlock", 1.0 / self.deadlock)
        thinks = open_ & ~day.fallen & day.happens("thought of an election", 1.0 / self.review)
        with day.when(thinks):
            choice = day.choose(
                "early election",
                who=day.premier,
                lam=day.parameter("choice.lam"),
                call={"polls": polls(day), "cost": -self.cost},
                wait={},
            )
            asks = day.any(choice.is_("call"))
            self._grant(day, asks)
        with day.when(deadlocked):
            self._set_date(day, deadlocked)

    def _grant(self, day: Day, asks: Array) -> None:
        """The head of state, where there is one who may refuse, compares an election with another government."""
        if not day.fact("government.head_of_state"):
            self._set_date(day, asks)
            return
        here = formulas.policy_weight(day) * formulas.policy_of(day, day.vector("point"))
        choice = day.choose(
            "dissolution",
            who=day.given("actor.head_of_state") & asks,
            lam=day.parameter("choice.lam"),
            grant={"advice": self.cost},
            refuse={"another government": day.sequel - here},
        )
        refused = day.any(choice.is_("refuse"))
        day.record("refuse_dissolution", asks & refused)
        self._set_date(day, asks & ~refused)

    def _set_date(self, day: Day, where: Array) -> None:
        day.record("dissolve", where)
        self.campaigning.set(True, where=where)
        campaign = day.fact("election.campaign")
        self.polling_day.set(day.number + (campaign if isinstance(campaign, float) else 30.0), where=where)

    def _hold(self, day: Day, due: Array) -> None:
        day.record("election", due)
        self.campaigning.set(False)
        method, seats, threshold = (day.fact(f"election.{name}") for name in ("method", "seats", "threshold"))
        assert isinstance(seats, float)
        assert isinstance(threshold, float)
        stands = day.given("party.poll") > 0.0
        logs = day.log(day.larger(day.given("party.poll"), 1e-6)) + self.swing * day.normal("vote", "party")
        votes = day.where(stands, day.exp(logs), 0.0)
        votes = votes / day.larger(day.total(votes), 1e-9)
        counted = day.where(votes >= threshold, votes, 0.0)
        counted = counted / day.larger(day.total(counted), 1e-9)
        won = apportion.seats_for(day, counted, round(seats), str(method))
        day.record("wins", stands & due, won)
        self._seat(day, won)
        government.bring_down(day, due)

    def _seat(self, day: Day, won: Array) -> None:
        """Each party's seats in the body: persons keep theirs as far as the result reaches, blocs take the rest."""
        mine = day.spread(day.only("body", str(day.fact("election.body"))), "seat") & day.sits
        person = mine & (day.given("seat.size") == 1.0)
        persons = day.total(day.where(person, day.given("seat.weight"), 0.0), "party")
        blocs = day.total(day.where(mine & ~person, day.given("seat.weight"), 0.0), "party")
        kept = day.where(blocs > 0.0, day.smaller(persons, won), won)
        factor_person = kept / day.larger(persons, 1e-6)
        factor_bloc = (won - kept) / day.larger(blocs, 1e-6)
        factor = day.where(person, day.spread(factor_person, "seat"), day.spread(factor_bloc, "seat"))
        self.weight.set(day.given("seat.weight") * factor, where=mine)


def polls(day: Day) -> Array:
    """Each actor's value of the seats that the own party would gain in an election held today."""
    share = day.given("party.poll") / day.larger(day.total(day.given("party.poll")), 1e-6)
    gained = share - majority.seats_held(day)
    return day.parameter("withdrawal.election") * formulas.office_value(day, gained)
