"""The benchmark model in plain Python: one run after the other, lists and the standard library only."""

from __future__ import annotations

import math
import random

from peer import ACTORS, BODIES, COUNCIL, DAYS, DIMENSIONS, SEATS, VERBS, Peer, Simulated, gather, peer

CARRIED, RESIGN, COOPT, TABLED, FALL = range(len(VERBS))
Events = list[tuple[int, int, int]]
Point = list[float]


class History:
    """The state of one run."""

    def __init__(self, model: Peer, draws: random.Random) -> None:
        self.model, self.draws = model, draws
        self.point: Point = list(model.point)
        spread = model.parameters["spread"]
        self.belief = [[d + spread * (draws.random() - 0.5) for d in self.point] for _ in range(ACTORS)]
        self.gap = [0.0] * ACTORS
        self.voice = [False] * ACTORS
        self.left = [-100] * ACTORS
        self.last = -100
        self.places = [list(places) for places in model.eligible]
        self.sits = [[rank < SEATS[body] for rank in range(len(places))] for body, places in enumerate(self.places)]
        self.first_place = [sum(len(places) for places in self.places[:body]) for body in range(BODIES)]
        self.events: Events = []

    def members(self, body: int) -> list[int]:
        """The actors who sit in a body."""
        return [actor for actor, sits in zip(self.places[body], self.sits[body], strict=True) if sits]

    def update_beliefs(self) -> None:
        mu, nu = self.model.parameters["mu"], self.model.parameters["nu"]
        old = self.belief
        updated = []
        for i in range(ACTORS):
            row = []
            confidants = self.model.confidants[i]
            for d in range(DIMENSIONS):
                heard = sum(old[j][d] for j in confidants) / len(confidants)
                row.append((1.0 - mu - nu) * old[i][d] + mu * heard + nu * self.point[d])
            updated.append(row)
        self.belief = updated

    def squared_distance(self, i: int, point: Point) -> float:
        ideal, salience = self.model.ideal[i], self.model.salience
        return sum(salience[d] * (ideal[d] - point[d]) ** 2 for d in range(DIMENSIONS))

    def take_stances(self, day: int) -> None:
        p, loyalty, lam = self.model.parameters, self.model.loyalty, self.model.parameters["lam"]
        held = [0] * ACTORS
        for body in range(BODIES):
            for actor in self.members(body):
                held[actor] += 1
        voice, leaving = [False] * ACTORS, []
        for i in range(ACTORS):
            gap = self.gap[i] = math.sqrt(self.squared_distance(i, self.belief[i]))
            confidants = self.model.confidants[i]
            echo = sum(self.voice[j] for j in confidants) / len(confidants)
            support = math.exp(lam * (loyalty[i] - gap))
            speak = math.exp(lam * (p["voice_gap"] * gap + p["voice_echo"] * echo - p["voice_loyalty"] * loyalty[i]))
            leave = math.exp(
                lam * (p["exit_gap"] * gap + p["exit_echo"] * echo - p["exit_cost"] - p["office"] * held[i])
            )
            drawn = self.draws.random() * (support + 1.0 + speak + leave)
            if drawn < support + 1.0:
                continue
            if drawn < support + 1.0 + speak:
                voice[i] = True
            elif held[i]:
                leaving.append(i)
        self.voice = voice
        for i in leaving:
            self.resign(i, day)

    def resign(self, i: int, day: int) -> None:
        for places, sits in zip(self.places, self.sits, strict=True):
            for rank, actor in enumerate(places):
                if actor == i:
                    sits[rank] = False
        self.left[i] = day
        self.events.append((day, RESIGN, i))

    def says_yes(self, worth: float) -> bool:
        return self.draws.random() < 1.0 / (1.0 + math.exp(-self.model.parameters["lam_vote"] * worth))

    def mean_ideal(self, actors: list[int]) -> Point:
        return [sum(self.model.ideal[i][d] for i in actors) / len(actors) for d in range(DIMENSIONS)]

    def ballots(self, day: int) -> None:
        p, loyalty = self.model.parameters, self.model.loyalty
        carried = []
        for body in range(BODIES):
            members = self.members(body)
            if not members:
                continue
            proposed = self.mean_ideal(members)
            ayes = sum(
                self.says_yes(self.gap[i] ** 2 - self.squared_distance(i, proposed) - p["discipline"] * loyalty[i])
                for i in members
            )
            if 2 * ayes > len(members):
                carried.append(proposed)
                self.events.append((day, CARRIED, body))
        self.point = [now + p["eta"] * sum(q[d] - now for q in carried) for d, now in enumerate(self.point)]

    def confidence(self, day: int) -> None:
        p, loyalty = self.model.parameters, self.model.loyalty
        members = self.members(COUNCIL)
        dissent = sum(self.voice[i] for i in members)
        if dissent <= p["dissent"] * len(members) or day - self.last < p["pause"] or self.draws.random() >= p["hazard"]:
            return
        self.last = day
        self.events.append((day, TABLED, COUNCIL))
        ayes = [
            i
            for i in members
            if self.says_yes(self.gap[i] - p["blame"] + p["solidarity"] * self.voice[i] - p["discipline"] * loyalty[i])
        ]
        if 2 * len(ayes) > len(members):
            self.point = self.mean_ideal(ayes)
            self.events.append((day, FALL, COUNCIL))

    def coopt(self, day: int) -> None:
        p = self.model.parameters
        standing = [p["noise"] * self.draws.random() - gap for gap in self.gap]
        for body in range(BODIES):
            sits, places = self.sits[body], self.places[body]
            if sum(sits) >= SEATS[body] or self.draws.random() >= p["chi"]:
                continue
            free = [r for r, i in enumerate(places) if not sits[r] and day - self.left[i] >= p["cooling"]]
            if free:
                rank = max(free, key=lambda r: standing[places[r]])
                sits[rank] = True
                self.events.append((day, COOPT, self.first_place[body] + rank))

    def measures(self) -> tuple[float, ...]:
        return (sum(self.voice), sum(map(sum, self.sits)), sum(self.gap) / ACTORS, *self.point)


def history(model: Peer, seed: int) -> tuple[Events, list[tuple[float, ...]]]:
    """One run: its events and its daily measures."""
    run = History(model, random.Random(seed))
    daily = []
    for day in range(DAYS):
        run.update_beliefs()
        run.take_stances(day)
        run.ballots(day)
        run.confidence(day)
        run.coopt(day)
        daily.append(run.measures())
    return run.events, daily


def simulate(runs: int, seed: int = 1, first: int = 0, model: Peer | None = None) -> Simulated:
    """`runs` histories from number `first` on."""
    model = model or peer()
    return gather(history(model, (seed << 32) + run) for run in range(first, first + runs))
