"""After a fall: parties are asked, one after another, to form a government; one is formed, or the caretaker goes on."""

from __future__ import annotations

from typing import Any

from ..vocabulary import DIVISION_VERBS, Array, Day, LogUniform, Measure, Mechanism, Param, State, Verb
from . import formulas, government, succession
from .ballot import divide

Candidates = list[succession.Candidate]


class Formation(Mechanism):
    """While a caretaker governs, attempts are made at a rate: a party is asked, proposes, others join, a body votes.

    The party that tries is recognised with odds of its seats in the body whose confidence is needed (Baron & Ferejohn
    1989; Austen-Smith & Banks 1988), and of its closeness to a head of state, where one nominates. It proposes the
    government that promises most: its own gain over what is to be expected otherwise, times the chance that the
    partners join, times the chance that the body lets it pass (Laver & Schofield 1990; Strom 1990). If somebody
    refuses, the caretaker goes on and another attempt follows. Which governments there are to choose from is the
    scenario's: its settlements, and the parties that govern now.

    Under a constructive rule an opponent may try the same while a government is in office; it falls only as another is
    elected.
    """

    id = "formation"
    after = ("election",)
    references = ("baron_ferejohn_1989", "austen_smith_banks_1988", "laver_schofield_1990", "strom_1990")
    verbs = (
        *DIVISION_VERBS,
        Verb("nominate", per="party", doc="a party is asked, or sets out, to form another government"),
        Verb("propose", per="settlement", doc="the government that it proposes"),
        Verb("join", per="party", codes=("no", "yes"), doc="a party that it asks joins or declines"),
        Verb("approve", per="body", codes=("failed", "passed"), doc="a body votes on the new government"),
        government.FALL,
        Verb("formed", doc="a new government takes office"),
        Verb("in_government", per="party", doc="a party is in the new government"),
        Verb("head", per="actor", doc="another head of government takes office"),
        government.VACATED,
    )
    measures = (
        Measure("caretaker", doc="a caretaker governs: the government has fallen and no other is formed"),
        Measure("governing", per="party", doc="the party is in the government, caretaking or not"),
    )

    # Within a term another government took days to months, mostly some weeks, in Western Europe (Golder 2010).
    turn = Param(14.0, prior=LogUniform(5.0, 40.0), unit="days", doc="from one attempt to the next, on average")

    # Constructive votes are rare: the question comes up every month or two, and is mostly left alone.
    challenge = Param(
        45.0, prior=LogUniform(20.0, 120.0), unit="days", doc="from one thought of a constructive vote to the next"
    )

    premier = State(
        per="actor",
        kind="mask",
        initial="actor.head",
        writers=("survival", "talks", "office"),
        doc="heads the government",
    )

    def step(self, day: Day) -> None:
        """An attempt, at a rate, while a caretaker governs."""
        trying = day.fallen & day.happens("attempt", 1.0 / self.turn)
        if day.fact("government.constructive"):
            trying = trying | (~day.fallen & day.happens("challenge", 1.0 / self.challenge))
        with day.when(trying):
            self._attempt(day, succession.candidates(day))
        day.measure("caretaker", day.number_of(day.fallen))
        day.measure("governing", day.number_of(day.governs))

    def _recognised(self, day: Day, listed: Candidates) -> Array:
        """The party that is asked: odds of its seats, or of its support where no body's confidence is needed."""
        able = day.only("party")  # while a government is in office, none that leads it
        for one in listed:
            able = able | one.inside
        able = able & (day.fallen | ~day.any(day.premier, "party"))
        weight = day.given("party.support")
        if day.fact("government.confidence"):
            seats = day.where(day.spread(day.given("body.confidence"), "seat") & day.sits, day.weight, 0.0)
            held = day.total(seats, "party")
            weight = day.where(day.any(held > 0.0), held, weight)
        odds = day.log(day.larger(weight, 1e-6))
        if day.fact("government.head_of_state"):
            odds = odds + day.parameter("choice.lam") * self._closeness(day)
        luck = -day.log(-day.log(day.larger(day.uniform("recognition", "party"), 1e-7)))
        return day.best(odds + luck, able)  # the largest of log-weights with Gumbel noise: odds of the weights

    def _closeness(self, day: Day) -> Array:
        """By party: the head of state's policy utility of what the party's members want on average."""
        head = day.given("actor.head_of_state")
        size = day.where(day.member, day.given("actor.size"), 0.0)
        total = 0.0 * day.share
        for ideal, salience in zip(day.vector("ideal"), formulas.salience(day), strict=True):
            gap = day.mean(ideal, size, "party") - day.pick(ideal, head)
            total = total - day.pick(salience, head) * gap * gap
        return total

    def _attempt(self, day: Day, listed: Candidates) -> None:
        former = self._recognised(day, listed)
        lam = day.parameter("choice.lam")
        # While a government is in office, another one must be better than it; else better than what is to be expected.
        otherwise = day.where(day.fallen, day.sequel, formulas.status_quo_value(day))
        gains = [succession.worth(day, one) - otherwise for one in listed]
        of_party = [formulas.of_party(day, gain) for gain in gains]
        price = day.where(day.fallen, 0.0, -day.parameter("agenda.cost"))
        options: dict[str, Any] = {"wait": {"duty": day.where(day.fallen, -1.0, 0.0)}}
        for one, own in zip(listed, of_party, strict=True):
            ready = day.logistic(lam * succession.wanted(day, own, one.inside))
            chance = succession.passes(day, one, ready) * succession.all_join(day, one, ready, former)
            options[_option(one.name)] = {
                "expected gain": chance * own,
                "precedent": day.log(one.standing) / lam,
                "left out": day.where(one.inside, 0.0, -1.0),
                "cost": price,
            }
        choice = day.choose("propose", who=former, lam=lam, epoch=day.party_epoch, **options)
        day.record("nominate", former & ~choice.is_("wait"))
        taken = [day.any(choice.is_(_option(one.name))) for one in listed]
        self._answer(day, listed, taken, former, gains, of_party)

    def _answer(
        self, day: Day, listed: Candidates, taken: list[Array], former: Array, gains: list[Array], of_party: list[Array]
    ) -> None:
        inside = day.only("party")
        share, own, gain = 0.0 * day.share, 0.0 * day.share, 0.0 * gains[0]
        for one, chosen, each, party in zip(listed, taken, gains, of_party, strict=True):
            inside = inside | (one.inside & chosen)
            share, own = day.where(chosen, one.share, share), day.where(chosen, party, own)
            gain = day.where(chosen, each, gain)
        names = [one.name for one in listed]
        nothing = day.any(former) & ~day.any(former)
        column = [taken[names.index(name)] if name in names else nothing for name in day.ids("settlement")]
        day.record("propose", day.stack(column, "settlement"))
        asked = inside & ~former
        answer = day.choose(
            "join", who=asked, lam=day.parameter("choice.lam"), epoch=day.party_epoch, no={}, yes={"gain": own}
        )
        day.record("join", asked, answer.code - 1.0, answer.chance("yes"))
        agreed = day.any(former) & day.any(inside) & ~day.any(asked & ~answer.is_("yes"))
        if succession.votes_on_governments(day):
            agreed = self._approved(day, agreed, inside, gain, own)
        points = list(zip(*(one.point for one in listed), strict=True))
        point = tuple(self._of_taken(day, taken, list(column)) for column in points)
        self._install(day, agreed, inside, share, point)

    def _of_taken(self, day: Day, taken: list[Array], values: list[Array]) -> Array:
        value = 0.0 * day.number
        for chosen, one in zip(taken, values, strict=True):
            value = day.where(chosen, one, value)
        return value

    def _approved(self, day: Day, agreed: Array, inside: Array, gain: Array, own: Array) -> Array:
        """The body divides; parties inside are whipped for, the others each by its own gain."""
        whip = day.spread(day.where(inside | (succession.wanted(day, own, inside) > 0.0), 1.0, -1.0), "seat")
        body = day.given("body.confidence") & day.quorate & agreed
        result = divide(day, "approve", gain - formulas.opposing(day, inside), whip, body)
        day.record("approve", body, day.number_of(result.passed))
        return day.any(result.passed)

    def _install(self, day: Day, takes: Array, inside: Array, share: Array, point: formulas.Point) -> None:
        before = day.premier & ~day.fallen  # who heads a government after a fall does so anew
        if day.size("tenure"):
            day.record("vacated", takes & government.leaving_posts(day, inside))
        day.record("fall", takes & ~day.fallen)
        government.take_office(day, takes, inside, share, point)
        day.fallen.set(False, where=takes)
        day.record("formed", takes)
        day.record("in_government", inside & takes)
        day.record("head", day.premier & ~before & takes)


def _option(name: str) -> str:
    """The option that proposes a government: its id, unless `choose` has an argument of that name."""
    return f"{name}_" if name in ("name", "who", "lam", "epoch", "able") else name
