"""Which governments could follow the present one, what each is worth, and how likely it is."""

from __future__ import annotations

from dataclasses import dataclass

from ..vocabulary import Array, Day, Mechanism, Param, State, Uniform
from . import formulas

ROUNDS = 2  # how often expectations of the next government are formed, each time from the ones before


@dataclass(frozen=True)
class Candidate:
    """A government that could be formed: who is in it, with what share of the offices, at what point."""

    name: str
    inside: Array
    share: Array
    point: formulas.Point
    standing: Array


def candidates(day: Day) -> list[Candidate]:
    """Every settlement that names parties, without what follows an overthrow; and the parties that govern now, as they
    are, which may carry on (as a minority, where a partner has left)."""
    fall = day.fact("government.fall")
    listed = day.fact("government.candidates")
    names = [name for name in (listed if isinstance(listed, tuple) else ()) if name != fall]
    found = [
        Candidate(
            name,
            day.given(f"party.inside.{name}"),
            day.given(f"party.share.{name}"),
            formulas.settlement_point(day, name),
            day.row(day.given("settlement.standing"), name),
        )
        for name in names
    ]
    held = day.larger(day.total(day.share), 1e-6)
    found.append(Candidate("carry_on", day.governs, day.share / held, day.vector("point"), 1.0 + 0.0 * day.number))
    return found


def worth(day: Day, candidate: Candidate) -> Array:
    """Each actor's value of a government: its policy, its offices, less the cost of sharing power with the other side
    (those who governed at the start are one side)."""
    in_power, inside = day.given("party.in_power"), candidate.inside
    other = day.where(in_power, day.any(inside & ~in_power), day.any(inside & in_power))
    cost = day.where(in_power, day.parameter("talks.association_power"), day.parameter("talks.association"))
    association = day.spread(day.where(other & inside, cost, 0.0), "actor")
    policy = formulas.policy_weight(day) * formulas.policy_of(day, candidate.point)
    return policy + formulas.office_value(day, day.where(inside, candidate.share, 0.0)) - association


def standstill(day: Day) -> Array:
    """Each actor's value of a caretaker that goes on: current business at the present point, and the cost of having no
    government."""
    return formulas.policy_weight(day) * formulas.policy_of(day, day.vector("point")) - day.parameter(
        "succession.vacuum"
    )


def wanted(day: Day, own: Array, inside: Array) -> Array:
    """By party: what joining a government is worth, or letting it pass where it is not in it, which costs opposing."""
    return own - day.where(inside, 0.0, day.parameter("ballot.opposition"))


def readiness(day: Day, candidate: Candidate, otherwise: Array) -> Array:
    """By party: the chance that it joins the government, or lets it pass where it is not in it, if what comes otherwise
    is worth that much to each actor."""
    own = formulas.of_party(day, worth(day, candidate) - otherwise)
    return day.logistic(day.parameter("choice.lam") * wanted(day, own, candidate.inside))


def passes(day: Day, candidate: Candidate, ready: Array) -> Array:
    """The chance that the body whose confidence is needed lets a government pass; 1 where none is asked."""
    if not votes_on_governments(day):
        return 1.0 + 0.0 * day.number
    body = day.given("body.confidence")
    yes = day.spread(day.where(candidate.inside, 1.0, ready), "seat")
    weight = day.where(day.spread(body, "seat") & day.sits, day.weight, 0.0)
    return day.pick(day.chance_of_majority(yes, 1.0 - yes, weight, "body"), body)


def votes_on_governments(day: Day) -> bool:
    """Whether a body divides on a new government before it takes office."""
    return bool(day.fact("government.confidence")) and day.fact("table.investiture") != "none"


def all_join(day: Day, candidate: Candidate, ready: Array, asker: Array | None = None) -> Array:
    """The chance that all who would be in a government join it; without the party that asks."""
    asked = candidate.inside if asker is None else candidate.inside & ~asker
    logs = day.where(asked, day.log(day.larger(ready, 1e-6)), 0.0)
    return day.exp(day.total(logs))


class Succession(Mechanism):
    """What everybody expects of the next government, if somebody brings this one down.

    The chance of each government that could follow is in proportion to how much it is talked of, the chance that its
    parties join, and the chance that it passes. Who is asked compares it with what would come otherwise: first with a
    caretaker that goes on, then with what so is to be expected, the continuation value of the next round (Baron &
    Ferejohn 1989) taken one step far. Expectations are formed anew when the government's point or a line moves, when a
    motion is tabled, when a government falls or is formed, and every week or so.
    """

    id = "succession"
    after = ("survival",)
    references = ("baron_ferejohn_1989", "laver_schofield_1990")

    # Going without a government costs everybody a little: from nothing to what a bill may be worth.
    vacuum = Param(0.03, prior=Uniform(0.0, 0.1), unit="utility", doc="cost to everybody of having only a caretaker")
    review = Param(7.0, unit="beats", doc="from one look at what could follow to the next")

    sequel = State(per="actor", doc="value of what follows a fall that somebody decides")
    knew_fallen = State(kind="mask", doc="a caretaker governed when expectations were last formed")
    foreseen = State(kind="mask", doc="expectations have been formed")

    def step(self, day: Day) -> None:
        """Form expectations where there is news, or it is time."""
        news = ~self.foreseen | day.moved | day.any(day.line_changed) | (day.fallen != self.knew_fallen)
        self.knew_fallen.set(day.fallen)
        if day.size("motion"):
            news = news | day.any(day.tabled)
        stale = news | day.happens("look", 1.0 / self.review)
        self.foreseen.set(True)
        with day.when(stale):
            found = candidates(day)
            otherwise = standstill(day)
            for _ in range(ROUNDS):
                weights = []
                for one in found:
                    ready = readiness(day, one, otherwise)
                    chance = all_join(day, one, ready) * passes(day, one, ready) * day.number_of(day.any(one.inside))
                    weights.append(day.larger(one.standing * chance, 1e-9))
                total = weights[0]
                for weight in weights[1:]:
                    total = total + weight
                otherwise = -self.vacuum + 0.0 * day.vector("ideal")[0]
                for one, weight in zip(found, weights, strict=True):
                    otherwise = otherwise + weight / total * worth(day, one)
            self.sequel.set(otherwise)
