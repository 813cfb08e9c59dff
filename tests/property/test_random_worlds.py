"""Random valid crises run without error and keep what must be kept, whatever their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whipcount.engine import BlockResult, NumpyBackend, Plan, build_plan
from whipcount.scenario.schema import Scenario
from whipcount.world import World, build

Tree = dict[str, Any]
shares = st.floats(0.0, 1.0).map(lambda x: round(x, 3))


def _text(words: str) -> Tree:
    return {"en": words, "ru": words}


def _named(name: str, **more: Any) -> Tree:
    return {"id": name, "name": {"en": name, "ru": name}, "assumed": "random", **more}


class _Maker:
    """Makes the parts of a random crisis from a draw."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.dimensions = [f"d{k}" for k in range(draw(st.integers(1, 3)))]
        self.parties = [f"p{k}" for k in range(draw(st.integers(2, 3)))]
        self.menu = [f"deal{k}" for k in range(draw(st.integers(1, 2)))]
        self.actors = [entry for party in self.parties for entry in self._members(party)]
        self.names = [entry["id"] for entry in self.actors]

    def _members(self, party: str) -> list[Tree]:
        sizes = st.sampled_from([1, 1, 1, 5, 30])
        return [
            _named(f"{party}_m{k}", party=party, size=self.draw(sizes), ideal=self.point(), press=self.draw(shares))
            for k in range(self.draw(st.integers(1, 4)))
        ]

    def point(self) -> dict[str, float]:
        return {dimension: self.draw(shares) for dimension in self.dimensions}

    def _seats(self, members: list[str]) -> list[Tree]:
        sizes = {entry["id"]: entry["size"] for entry in self.actors}
        booleans = st.booleans()
        return [
            {"actor": name, "weight": sizes[name], "attendance": self.draw(shares), "occupied": self.draw(booleans)}
            for name in members
        ]

    def bodies(self) -> list[Tree]:
        rules, names = st.sampled_from(["cast", "present", "members", "unanimity"]), self.names
        boards = [
            _named(f"{p}_board", party=p, rule=self.draw(rules), seats=self._seats(self._of(p))) for p in self.parties
        ]
        assembly = _named(
            "assembly",
            kind="executive",
            rule=self.draw(rules),
            forum=True,
            seats=self._seats(names),
            chair=names[0],
            casting_vote=True,
        )
        congress = {"kind": "congress", "party": self.parties[0], "convened": False, "lead_days": 3}
        return [
            *boards,
            assembly,
            _named("cabinet", kind="cabinet", seats=self._seats(names[:2])),
            _named("congress", seats=self._seats(names[:1]), **congress),
        ]

    def _of(self, party: str) -> list[str]:
        return [name for name in self.names if name.startswith(party)]

    def settlements(self) -> list[Tree]:
        first = self.parties[0]
        return [
            _named(
                name,
                point=self.point(),
                parties=self.parties if name.startswith("deal") else [first],
                shares={first: self.draw(shares)},
            )
            for name in ("now", *self.menu, "fall")
        ]

    def posts(self) -> list[Tree]:
        holders = st.sampled_from([*self.names, None])
        return [
            _named(f"post{k}", body="cabinet", holder=self.draw(holders), eligible=self.names[:3], portfolio=0.2)
            for k in range(self.draw(st.integers(0, 3)))
        ]

    def events(self) -> list[Tree]:
        attends = self.draw(st.sampled_from(["absent", "present"]))
        shift = {"party": self.parties[0], "dimension": self.dimensions[0], "by": self.draw(st.floats(-0.5, 0.5))}
        effects = {
            "pressures": [{"pressure": "war", "level": self.draw(shares), "target": self.draw(shares)}],
            "government": {self.dimensions[0]: self.draw(shares)},
            "ideals": [shift],
            "attendance": [{"actor": self.names[0], "body": "assembly", "attends": attends}],
        }
        rate = self.draw(st.floats(0.01, 2.0))
        return [
            _named("shock", date="2000-01-06", effects=effects),
            _named("hazard", after="2000-01-02", before="2000-01-20", rate_per_day=rate, effects={}),
        ]

    def party_list(self) -> list[Tree]:
        return [
            _named(
                party,
                principal=f"{party}_board",
                leader=self._of(party)[0],
                support=self.draw(shares) / 3,
                congress="congress" if party == self.parties[0] else None,
                ultimatum={"quota": self.draw(shares), "own_exit": self.draw(st.booleans()), "assumed": "random"},
            )
            for party in self.parties
        ]

    def table(self) -> Tree:
        sides = [{"party": party, "weight": 1 + self.draw(shares)} for party in self.parties]
        return _named(
            "table", sides=sides, menu=self.menu, opens="2000-01-02", closes="2000-01-15", mediator_pressure="war"
        )


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """A crisis of two or three parties with committees, an assembly, a cabinet, a table and events."""
    make = _Maker(draw)
    first, posts = make.parties[0], make.posts()
    return {
        "whipcount": 2,
        "title": _text("r"),
        "summary": _text("r"),
        "calendar": {"start": "2000-01-01", "end": "2000-02-01", "step_days": draw(st.sampled_from([0.5, 1, 7]))},
        "dimensions": [{"id": d, "name": _text(d), "low": _text("0"), "high": _text("1")} for d in make.dimensions],
        "settlements": make.settlements(),
        "government": {
            "settlement": "now",
            "fall": "fall",
            "head": make.names[0],
            "cabinet": "cabinet",
            "confidence": "assembly",
            "assumed": "random",
        },
        "parties": make.party_list(),
        "actors": make.actors,
        "factions": [_named("wing", party=first, members=[n for n in make.names if n.startswith(first)])],
        "bodies": make.bodies(),
        "posts": posts,
        "table": make.table(),
        "pressures": [_named("war", level=draw(shares), noise=0.2)],
        "constituencies": [_named("town", party=first, support=draw(shares))],
        "events": make.events(),
        "motions": [
            _named("confidence", body="assembly", kind="confidence"),
            _named("deal_motion", body="assembly", kind="settlement", settlement=make.menu[0]),
        ],
        "offers": [
            {
                "id": "offer",
                "party": make.parties[1],
                "settlement": make.menu[0],
                "posts": [post["id"] for post in posts],
                "assumed": "random",
            }
        ],
        "history": {
            "breaches": [{"actors": make.names[:1], "party": first, "date": "1999-12-20", "assumed": "random"}]
        },
    }


def _runs(tree: Tree) -> tuple[World, Plan, BlockResult]:
    world = build(Scenario.model_validate(tree), slug="random")
    plan = build_plan(world)
    return world, plan, NumpyBackend(plan).run(1, 0, 16)


def _rows(plan: Plan, block: BlockResult, verb: str) -> Iterator[tuple[int, int, int, int, float]]:
    for number, spec in enumerate(plan.verbs):
        if spec.name == verb:
            events = block.events
            for row in np.flatnonzero(events.verb == number):
                yield (
                    int(events.run[row]),
                    int(events.step[row]),
                    number,
                    int(events.entity[row]),
                    float(events.value[row]),
                )


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(trees())
def test_random_crises_run_and_keep_the_invariants(tree: Tree) -> None:
    world, plan, block = _runs(tree)
    assert np.all(np.isfinite(block.series))
    for row, spec in enumerate(plan.measures):
        values = block.series[:, row, :]
        assert values.min() >= -1e-5, spec.label
        if spec.name not in ("grievance", "capacity"):  # a sum, and a ratio that grows when a partner brings cadre
            assert values.max() <= spec.high + 1e-5, spec.label
    chances = block.events.probability
    assert np.all(np.isnan(chances) | ((chances >= 0) & (chances <= 1)))
    _nobody_votes_twice(plan, block)
    _tallies_do_not_exceed_the_seats(world, plan, block)
    _nobody_acts_after_leaving(world, plan, block)


def _nobody_votes_twice(plan: Plan, block: BlockResult) -> None:
    names = [spec.mechanism for spec in plan.verbs]
    divisions: dict[tuple[int, int, str, int], int] = {}
    for run, step, verb, body, _ in _rows(plan, block, "division"):
        key = (run, step, names[verb], body)
        divisions[key] = divisions.get(key, 0) + 1
    votes: dict[tuple[int, int, str, int], int] = {}
    for run, step, verb, seat, value in _rows(plan, block, "vote"):
        assert value in (1.0, 2.0, 3.0)
        body = int(plan.world.maps["seat", "body"][seat])
        key = (run, step, names[verb], seat)
        votes[key] = votes.get(key, 0) + 1
        assert votes[key] <= divisions[run, step, names[verb], body]


def _tallies_do_not_exceed_the_seats(world: World, plan: Plan, block: BlockResult) -> None:
    weight = world.static["seat.weight"][:, 0]
    total = np.bincount(world.maps["seat", "body"], weights=weight, minlength=len(world.structure.axes["body"]))
    ayes = list(_rows(plan, block, "ayes"))
    noes = list(_rows(plan, block, "noes"))
    assert len(ayes) == len(noes)
    for (_, _, _, body, yes), (_, _, _, same, no) in zip(ayes, noes, strict=True):
        assert body == same
        assert yes + no <= total[body] + 1e-3


def _nobody_acts_after_leaving(world: World, plan: Plan, block: BlockResult) -> None:
    """A seat once left casts no vote until it is taken again, and is not left twice in between."""
    out: dict[tuple[int, int], int] = {}
    changes = [(run, step, 0, seat) for run, step, _, seat, _ in _rows(plan, block, "leave_seat")]
    changes += [(run, step, 1, seat) for run, step, _, seat, _ in _rows(plan, block, "reseated")]
    for run, step, back, seat in sorted(changes):
        if back:
            out.pop((run, seat), None)
        else:
            assert (run, seat) not in out
            out[run, seat] = step
    for run, step, _, seat, _ in _rows(plan, block, "vote"):
        assert step <= out.get((run, seat), world.steps)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(trees())
def test_a_post_has_at_most_one_holder(tree: Tree) -> None:
    world, plan, block = _runs(tree)
    posts = [post.id for post in world.scenario.posts]
    holder: dict[tuple[int, str], set[str]] = {}
    for run in range(16):
        for post in world.scenario.posts:
            holder[run, post.id] = {post.holder} if post.holder else set()
    order = {"stripped": 0, "leave_post": 0, "removed": 0, "dismiss": 0, "elected": 1, "appoint": 1, "reappoint": 1}
    changes = [
        (run, step, verb, kind, seat)
        for name, kind in order.items()
        for run, step, verb, seat, _ in _rows(plan, block, name)
    ]
    falls = {run: step for run, step, _, _, _ in _rows(plan, block, "fall")}
    withdrawals = {(run, step) for run, step, *_ in _rows(plan, block, "withdraw")}
    rank = {name: index for index, name in enumerate(plan.step_names)}
    changes.sort(key=lambda row: (row[0], row[1], rank[plan.verbs[row[2]].mechanism], row[3]))
    for run, step, _, takes, seat in changes:
        actor, post = world.tenure_pairs[seat]
        assert post in posts
        current = holder[run, post]
        if not takes:
            current.discard(actor)
        elif run in falls or any(r == run for r, _ in withdrawals):
            holder[run, post] = {actor}  # a fall or a withdrawal vacates without an event of its own
        else:
            current.add(actor)
            assert len(current) == 1, (run, step, post, current)
