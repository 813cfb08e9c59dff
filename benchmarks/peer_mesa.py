"""The benchmark model in Mesa 3, as its documentation teaches: agent classes, agent sets, one model instance a run."""

from __future__ import annotations

import math

import mesa
from peer import COUNCIL, DAYS, DIMENSIONS, SEATS, VERBS, Peer, Simulated, gather, peer

CARRIED, RESIGN, COOPT, TABLED, FALL = range(len(VERBS))


class Politician(mesa.Agent):
    """One of the forty: believes, takes a stance, votes, resigns."""

    def __init__(self, model: Politics, number: int) -> None:
        super().__init__(model)
        structure, p = model.structure, model.structure.parameters
        self.number = number
        self.ideal = structure.ideal[number]
        self.loyalty = structure.loyalty[number]
        self.belief = [d + p["spread"] * (self.random.random() - 0.5) for d in structure.point]
        self.next_belief = self.belief
        self.confidants: list[Politician] = []
        self.seats: list[Body] = []
        self.gap = 0.0
        self.voice = self.next_voice = False
        self.leaves = False
        self.left = -100

    def squared_distance(self, point: list[float]) -> float:
        salience = self.model.structure.salience
        return sum(s * (x - y) ** 2 for s, x, y in zip(salience, self.ideal, point, strict=True))

    def hear(self) -> None:
        p, point = self.model.structure.parameters, self.model.point
        self.next_belief = [
            (1.0 - p["mu"] - p["nu"]) * self.belief[d]
            + p["mu"] * sum(other.belief[d] for other in self.confidants) / len(self.confidants)
            + p["nu"] * point[d]
            for d in range(DIMENSIONS)
        ]

    def believe(self) -> None:
        self.belief = self.next_belief

    def take_stance(self) -> None:
        p = self.model.structure.parameters
        lam = p["lam"]
        gap = self.gap = math.sqrt(self.squared_distance(self.belief))
        echo = sum(other.voice for other in self.confidants) / len(self.confidants)
        support = math.exp(lam * (self.loyalty - gap))
        speak = math.exp(lam * (p["voice_gap"] * gap + p["voice_echo"] * echo - p["voice_loyalty"] * self.loyalty))
        leave = math.exp(
            lam * (p["exit_gap"] * gap + p["exit_echo"] * echo - p["exit_cost"] - p["office"] * len(self.seats))
        )
        drawn = self.random.random() * (support + 1.0 + speak + leave)
        self.next_voice = support + 1.0 <= drawn < support + 1.0 + speak
        self.leaves = drawn >= support + 1.0 + speak and bool(self.seats)

    def act(self) -> None:
        self.voice = self.next_voice
        if self.leaves:
            for body in self.seats:
                body.members.remove(self)
            self.seats = []
            self.left = self.model.day
            self.model.record(RESIGN, self.number)

    def says_yes(self, worth: float) -> bool:
        return self.random.random() < 1.0 / (1.0 + math.exp(-self.model.structure.parameters["lam_vote"] * worth))


class Body(mesa.Agent):
    """A body: its members, who else may sit in it, its motions."""

    def __init__(self, model: Politics, number: int, eligible: list[Politician], first_place: int) -> None:
        super().__init__(model)
        self.number, self.eligible, self.first_place = number, eligible, first_place
        self.carried: list[float] | None = None
        self.members = eligible[: SEATS[number]]
        for member in self.members:
            member.seats.append(self)

    def mean_ideal(self, politicians: list[Politician]) -> list[float]:
        return [sum(one.ideal[d] for one in politicians) / len(politicians) for d in range(DIMENSIONS)]

    def meet(self) -> None:
        self.carried = None
        if not self.members:
            return
        p = self.model.structure.parameters
        proposed = self.mean_ideal(self.members)
        ayes = sum(
            one.says_yes(one.gap**2 - one.squared_distance(proposed) - p["discipline"] * one.loyalty)
            for one in self.members
        )
        if 2 * ayes > len(self.members):
            self.carried = proposed
            self.model.record(CARRIED, self.number)

    def question_confidence(self) -> None:
        model, p = self.model, self.model.structure.parameters
        dissent = sum(one.voice for one in self.members)
        if dissent <= p["dissent"] * len(self.members) or model.day - model.last < p["pause"]:
            return
        if self.random.random() >= p["hazard"]:
            return
        model.last = model.day
        model.record(TABLED, COUNCIL)
        ayes = [
            one
            for one in self.members
            if one.says_yes(one.gap - p["blame"] + p["solidarity"] * one.voice - p["discipline"] * one.loyalty)
        ]
        if 2 * len(ayes) > len(self.members):
            model.point = self.mean_ideal(ayes)
            model.record(FALL, COUNCIL)

    def coopt(self) -> None:
        p, day = self.model.structure.parameters, self.model.day
        if len(self.members) >= SEATS[self.number] or self.random.random() >= p["chi"]:
            return
        free = [one for one in self.eligible if self not in one.seats and day - one.left >= p["cooling"]]
        if free:
            chosen = max(free, key=lambda one: self.model.standing[one.number] - one.gap)
            self.members.append(chosen)
            chosen.seats.append(self)
            self.model.record(COOPT, self.first_place + self.eligible.index(chosen))


class Politics(mesa.Model):
    """Forty politicians in four bodies for forty days."""

    def __init__(self, structure: Peer, seed: int) -> None:
        super().__init__(seed=seed)
        self.structure = structure
        self.point = list(structure.point)
        self.day = -1
        self.last = -100
        self.events: list[tuple[int, int, int]] = []
        self.daily: list[tuple[float, ...]] = []
        people = [Politician(self, number) for number in range(len(structure.ideal))]
        for one, confidants in zip(people, structure.confidants, strict=True):
            one.confidants = [people[number] for number in confidants]
        first_place = 0
        for number, eligible in enumerate(structure.eligible):
            Body(self, number, [people[actor] for actor in eligible], first_place)
            first_place += len(eligible)
        self.politicians = self.agents_by_type[Politician]
        self.bodies = self.agents_by_type[Body]
        self.council = self.bodies[COUNCIL]
        self.standing = [0.0] * len(people)

    def record(self, verb: int, entity: int) -> None:
        self.events.append((self.day, verb, entity))

    def move_towards(self, carried: list[list[float]]) -> None:
        eta = self.structure.parameters["eta"]
        self.point = [now + eta * sum(proposed[d] - now for proposed in carried) for d, now in enumerate(self.point)]

    def step(self) -> None:
        self.day += 1
        self.politicians.do("hear")
        self.politicians.do("believe")
        self.politicians.do("take_stance")
        self.politicians.do("act")
        self.bodies.do("meet")
        self.move_towards([body.carried for body in self.bodies if body.carried])
        self.council.question_confidence()
        noise = self.structure.parameters["noise"]
        self.standing = [noise * self.random.random() for _ in self.standing]
        self.bodies.do("coopt")
        self.daily.append(
            (
                self.politicians.agg("voice", sum),
                self.bodies.agg("members", lambda members: sum(map(len, members))),
                self.politicians.agg("gap", sum) / len(self.politicians),
                *self.point,
            )
        )


def history(structure: Peer, seed: int) -> tuple[list[tuple[int, int, int]], list[tuple[float, ...]]]:
    """One run: its events and its daily measures."""
    model = Politics(structure, seed)
    for _ in range(DAYS):
        model.step()
    return model.events, model.daily


def simulate(runs: int, seed: int = 1, first: int = 0, model: Peer | None = None) -> Simulated:
    """`runs` histories from number `first` on."""
    model = model or peer()
    return gather(history(model, (seed << 32) + run) for run in range(first, first + runs))
