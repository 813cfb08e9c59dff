"""The benchmark model as whipcount mechanisms: each step written once, run by any of the package's backends."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import numpy as np
from peer import ACTORS, COUNCIL, EVENT, MEASURES, SEATS, VERBS, Peer, Simulated, peer

from whipcount.engine import NumpyBackend, Plan, build_plan
from whipcount.vocabulary import Array, Day, Measure, Mechanism, Param, State, Structure, Verb
from whipcount.vocabulary.structure import Given
from whipcount.world import Calendar, World

BLOCK = 1024  # runs at a time on NumPy: a block's arrays stay in the processor's cache
DEFAULTS = peer().parameters


def param(name: str) -> Param:
    """A parameter with the value of peer_model.md."""
    return Param(DEFAULTS[name], doc=name)


def chance_of_yes(day: Day, lam: Array, worth: Array) -> Array:
    """A logit ballot: probability of a yes."""
    return day.logistic(lam * worth)


class Belief(Mechanism):
    """Perceived point of the government: pulled to what confidants perceive, and to the truth."""

    id = "belief"
    spread, mu, nu = param("spread"), param("mu"), param("nu")
    belief = State(per="actor", over="dimension")
    point = State(over="dimension", initial="point", writers=("ballot", "confidence"))

    def step(self, day: Day) -> None:
        with day.when(day.number < 1.0):
            for name, belief, point in zip(
                day.ids("dimension"), day.vector("belief"), day.vector("point"), strict=True
            ):
                belief.set(point + self.spread * (day.uniform(f"bias {name}", "actor") - 0.5))
        for belief, point in zip(day.vector("belief"), day.vector("point"), strict=True):
            heard = day.weigh("confidants", belief)
            belief.set((1.0 - self.mu - self.nu) * belief + self.mu * heard + self.nu * point)


class Stance(Mechanism):
    """Support, silence, voice or exit (Hirschman 1970); who exits gives up every place."""

    id = "stance"
    after = ("belief",)
    verbs = (Verb("resign", per="actor"),)
    lam = param("lam")
    voice_gap, voice_echo, voice_loyalty = param("voice_gap"), param("voice_echo"), param("voice_loyalty")
    exit_gap, exit_echo, exit_cost, office = param("exit_gap"), param("exit_echo"), param("exit_cost"), param("office")
    gap = State(per="actor")
    voice = State(per="actor", kind="mask")
    left = State(per="actor", initial=-100.0)
    sits = State(per="seat", kind="mask", initial="seat.taken", writers=("cooptation",))

    def step(self, day: Day) -> None:
        gap = day.distance(day.given_vector("ideal"), day.vector("belief"), day.given_vector("salience"))
        self.gap.set(gap)
        loyalty, echo = day.given("loyalty"), day.weigh("confidants", self.voice)
        held = day.total(self.sits, "actor")
        stance = day.choose(
            "stance",
            who=day.given("everyone"),
            lam=self.lam,
            support={"loyalty": loyalty, "policy": -gap},
            silence={},
            voice={
                "policy": self.voice_gap * gap,
                "echo": self.voice_echo * echo,
                "loyalty": -(self.voice_loyalty * loyalty),
            },
            exit={
                "policy": self.exit_gap * gap,
                "echo": self.exit_echo * echo,
                "cost": -self.exit_cost,
                "office": -(self.office * held),
            },
        )
        self.voice.set(stance.is_("voice"))
        leaving = stance.is_("exit") & (held > 0.0)
        with day.when(day.any(leaving)):
            day.record("resign", leaving)
            self.left.set(day.number, where=leaving)
            self.sits.set(False, where=day.spread(leaving, "seat"))


class Ballot(Mechanism):
    """Every body votes on moving the government towards its own mean."""

    id = "ballot"
    after = ("stance",)
    verbs = (Verb("carried", per="body"),)
    lam_vote, discipline, eta = param("lam_vote"), param("discipline"), param("eta")

    def step(self, day: Day) -> None:
        sits = day.sits
        seated = day.total(sits, "body")
        ideal = tuple(day.spread(x, "seat") for x in day.given_vector("ideal"))
        proposed = tuple(day.mean(x, day.number_of(sits), "body") for x in ideal)
        motion = tuple(day.spread(x, "seat") for x in proposed)
        gap, loyalty = day.spread(day.gap, "seat"), day.spread(day.given("loyalty"), "seat")
        worth = gap * gap + day.policy(ideal, motion, day.given_vector("salience")) - self.discipline * loyalty
        yes = sits & (day.uniform("vote", "seat") < chance_of_yes(day, self.lam_vote, worth))
        passed = 2.0 * day.total(yes, "body") > seated
        day.record("carried", passed)
        for point, towards in zip(day.vector("point"), proposed, strict=True):
            point.set(point + self.eta * day.total(day.where(passed, towards - point, 0.0)))


class Confidence(Mechanism):
    """No confidence in the council: a majority of those who sit makes the government fall."""

    id = "confidence"
    after = ("ballot",)
    verbs = (Verb("tabled"), Verb("fall"))
    dissent, hazard, pause = param("dissent"), param("hazard"), param("pause")
    blame, solidarity = param("blame"), param("solidarity")
    last = State(initial=-100.0)

    def step(self, day: Day) -> None:
        council = day.sits & day.given("seat.council")
        seated = day.total(council)
        speaking = day.spread(day.voice, "seat")
        moved = (
            (day.total(council & speaking) > self.dissent * seated)
            & (day.number - self.last >= self.pause)
            & (day.uniform("moved") < self.hazard)
        )
        with day.when(moved):
            self.last.set(day.number)
            day.record("tabled", moved)
            gap, loyalty = day.spread(day.gap, "seat"), day.spread(day.given("loyalty"), "seat")
            solidarity = self.solidarity * day.number_of(speaking)
            worth = gap - self.blame + solidarity - day.parameter("ballot.discipline") * loyalty
            chance = chance_of_yes(day, day.parameter("ballot.lam_vote"), worth)
            yes = council & (day.uniform("vote", "seat") < chance)
            fell = 2.0 * day.total(yes) > seated
            day.record("fall", fell)
            for point, ideal in zip(day.vector("point"), day.given_vector("ideal"), strict=True):
                point.set(day.mean(day.spread(ideal, "seat"), day.number_of(yes)), where=fell)


class Cooptation(Mechanism):
    """A body short of members takes in the candidate who stands nearest to the government."""

    id = "cooptation"
    after = ("confidence",)
    verbs = (Verb("coopt", per="seat"),)
    chi, cooling, noise = param("chi"), param("cooling"), param("noise")

    def step(self, day: Day) -> None:
        short = day.total(day.sits, "body") < day.given("body.seats")
        filling = short & (day.uniform("fill", "body") < self.chi)
        with day.when(day.any(filling)):
            standing = day.spread(self.noise * day.uniform("standing", "actor") - day.gap, "seat")
            cooled = day.spread(day.number - day.left >= self.cooling, "seat")
            free = cooled & ~day.sits & day.spread(filling, "seat")
            chosen = day.best_in(standing, free, "body")
            day.record("coopt", chosen)
            day.sits.set(True, where=chosen)


class Tally(Mechanism):
    """The daily measures."""

    id = "tally"
    after = ("cooptation",)
    measures = (
        Measure("voice", high=ACTORS),
        Measure("seated", high=sum(SEATS)),
        Measure("mean_gap"),
        *(Measure(f"point_{d}") for d in range(3)),
    )

    def step(self, day: Day) -> None:
        day.measure("voice", day.total(day.voice))
        day.measure("seated", day.total(day.sits))
        day.measure("mean_gap", day.total(day.gap) * (1.0 / ACTORS))
        for d, point in enumerate(day.vector("point")):
            day.measure(f"point_{d}", 1.0 * point)


MECHANISMS = (Belief, Stance, Ballot, Confidence, Cooptation, Tally)


def column(values: Any, kind: Any = np.float32) -> Any:
    """Values of an axis, one row each."""
    return np.array(values, kind).reshape(-1, 1)


def world(model: Peer) -> World:
    """The benchmark model's structure as the package's world, without a scenario file."""
    dimensions = tuple(f"d{d}" for d in range(len(model.salience)))
    actors, bodies = range(len(model.ideal)), tuple(f"body{b}" for b in range(len(model.eligible)))
    seat_bodies, seat_actors = np.array(model.seat_bodies), np.array(model.seat_actors)
    seats = tuple(f"{bodies[b]}/{i}" for b, i in zip(seat_bodies, seat_actors, strict=True))
    axes = {"actor": tuple(map(str, actors)), "body": bodies, "seat": seats, "dimension": dimensions}
    static: dict[str, tuple[str | None, Any]] = {
        "everyone": ("actor", column([True for _ in actors], np.bool_)),
        "loyalty": ("actor", column(model.loyalty)),
        "body.seats": ("body", column(model.seats)),
        "seat.taken": ("seat", column(model.seat_taken, np.bool_)),
        "seat.council": ("seat", column(seat_bodies == COUNCIL, np.bool_)),
    }
    for d, name in enumerate(dimensions):
        static[f"ideal.{name}"] = ("actor", column([ideal[d] for ideal in model.ideal]))
        static[f"salience.{name}"] = (None, column([model.salience[d]]))
        static[f"point.{name}"] = (None, column([model.point[d]]))
    confidants = np.zeros((len(actors), len(actors)), np.float32)
    for i, others in enumerate(model.confidants):
        confidants[i, list(others)] = 1.0 / len(others)
    maps = {("seat", "actor"): seat_actors.astype(np.int64), ("seat", "body"): seat_bodies.astype(np.int64)}
    fixed = {f"{kind.id}.{name}": model.parameters[name] for kind in MECHANISMS for name in kind.parameters()}
    given = {
        name: Given(axis, "mask" if values.dtype == np.bool_ else "number") for name, (axis, values) in static.items()
    }
    structure = Structure(
        axes=axes,
        maps=frozenset(maps),
        given=given,
        tables={},
        matrices={"confidants": ("actor", "actor")},
        parameters=dict.fromkeys(fixed, False),
    )
    start = dt.date(2000, 1, 1)
    nothing: Any = None
    return World(
        scenario=nothing,  # there is no file: the structure above is all the engine reads
        slug="peer",
        account=None,
        calendar=Calendar(start, start + dt.timedelta(days=model.days - 1), 1.0),
        mechanisms=MECHANISMS,
        structure=structure,
        maps=maps,
        static={name: values for name, (_, values) in static.items()},
        per_run={},
        tables={},
        matrices={"confidants": confidants},
        fixed_parameters=fixed,
        drawn_parameters={},
    )


@cache
def plan() -> Plan:
    """The recorded program of the benchmark model."""
    return build_plan(world(peer()))


def simulated(plan: Plan, block: Any) -> Simulated:
    """A backend's block in the form in which implementations are compared."""
    codes = np.array([VERBS.index(verb.name) for verb in plan.verbs], np.int16)
    events = np.empty(len(block.events), EVENT)
    events["run"] = block.events.run - block.first_run
    events["day"] = block.events.step
    events["verb"] = codes[block.events.verb]
    events["entity"] = block.events.entity
    labels = tuple(measure.label for measure in plan.measures)
    same = labels == MEASURES
    return Simulated(events, block.series if same else block.series[:, [labels.index(name) for name in MEASURES]])


def simulate(runs: int, seed: int = 1, first: int = 0, backend: Any = None) -> Simulated:
    """`runs` histories from number `first` on, in blocks."""
    backend = backend or numpy_backend()
    parts = []
    for start in range(0, runs, BLOCK):
        part = simulated(backend.plan, backend.run(seed, first + start, min(BLOCK, runs - start)))
        part.events["run"] += start
        parts.append(part)
    return Simulated(
        np.concatenate([part.events for part in parts]), np.concatenate([part.series for part in parts], axis=2)
    )


@cache
def numpy_backend() -> NumpyBackend:
    """The NumPy backend of the benchmark model."""
    return NumpyBackend(plan())
