"""How cost grows with actors, bodies, steps and runs: `python benchmarks/growth.py`.

The benchmark model, one size at a time over a tenfold range, compiled; the rest as `peer_model.md` has it. The exponent
is the slope of a line through the logarithms of size and of processor time, the sizes taken in turn and the least time
of the rounds kept. Writes RESULTS.md (its part about this) and growth.svg.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import machine
import measured
import numpy as np
from peer import CONFIDANTS, Peer, fraction, peer
from peer_whipcount import world

from whipcount.engine import build_plan
from whipcount.engine.c.backend import CompiledBackend

HERE = Path(__file__).resolve().parent
HEADING = "How cost grows"
FACTORS = (1, 2, 4, 7, 10)
RUNS = 512
MOST = 1.1


def sized(actors: int = 40, bodies: int = 4, days: int = 40) -> Peer:
    """The benchmark model with more of something. With more actors each body has as much more room, with more bodies
    those of the page come again."""
    model = peer()
    scale = actors / 40
    golden = (0.6180339887, 0.4142135624, 0.7320508076)
    rooms = [(len(places), seats) for places, seats in zip(model.eligible, model.seats, strict=True)]
    repeated = [rooms[b % len(rooms)] for b in range(bodies)]
    return Peer(
        ideal=tuple(tuple(fraction((i + 1) * c) for c in golden) for i in range(actors)),
        loyalty=tuple(0.2 + 0.6 * fraction((i + 1) * 0.3247179572) for i in range(actors)),
        confidants=tuple(tuple((i + step) % actors for step in CONFIDANTS) for i in range(actors)),
        eligible=tuple(
            tuple((7 * b + k) % actors for k in range(round(room * scale))) for b, (room, _) in enumerate(repeated)
        ),
        seats=tuple(round(seats * scale) for _, seats in repeated),
        days=days,
    )


def backend(model: Peer) -> CompiledBackend:
    """The compiled backend of a model."""
    return CompiledBackend(build_plan(world(model)))


def cases() -> dict[str, list[tuple[int, CompiledBackend, int]]]:
    """What grows: sizes, each with its backend and number of runs."""
    base = backend(sized())
    larger: dict[str, Callable[[int], tuple[int, CompiledBackend, int]]] = {
        "actors": lambda factor: (40 * factor, backend(sized(actors=40 * factor)), RUNS),
        "bodies": lambda factor: (4 * factor, backend(sized(bodies=4 * factor)), RUNS),
        "steps": lambda factor: (40 * factor, backend(sized(days=40 * factor)), RUNS),
        "runs": lambda factor: (RUNS * factor, base, RUNS * factor),
    }
    return {name: [make(factor) for factor in FACTORS] for name, make in larger.items()}


def seconds(rounds: int) -> dict[str, list[tuple[int, float]]]:
    """Processor time by size: the least of the rounds."""
    grown = cases()
    taken = {name: [(size, float("inf")) for size, _, _ in sizes] for name, sizes in grown.items()}
    for number in range(rounds + 1):
        for name, sizes in grown.items():
            for place, (size, engine, runs) in enumerate(sizes):
                started = time.process_time()
                engine.run(number, 0, runs)
                spent = time.process_time() - started
                if number:  # the first time also asks for memory
                    taken[name][place] = (size, min(taken[name][place][1], spent))
    return taken


def exponent(points: list[tuple[int, float]]) -> float:
    """Slope of the logarithms."""
    sizes, times = np.log(np.array(points, float)).T
    return float(np.polyfit(sizes, times, 1)[0])


def plot(taken: dict[str, list[tuple[int, float]]], target: Path) -> None:
    """Relative cost over relative size, with a line for cost in proportion."""
    import altair as alt
    import vl_convert

    from whipcount.charts import theme

    names = {name: f"{name} ({exponent(points):.2f})" for name, points in taken.items()}
    rows = [
        {"what": names[name], "size": size / points[0][0], "cost": spent / points[0][1]}
        for name, points in taken.items()
        for size, spent in points
    ]
    size = alt.X("size:Q", title="times as large", scale=alt.Scale(type="log", domain=[1, 10]))
    cost = alt.Y("cost:Q", title="times the processor time", scale=alt.Scale(type="log", domain=[0.8, 12]))
    size = size.axis(values=list(FACTORS))
    cost = cost.axis(values=list(FACTORS))
    what = alt.Color("what:N", title="exponent of", sort=list(names.values()))
    shape = alt.Shape("what:N", legend=None, sort=list(names.values()))
    lines = alt.Chart(alt.Data(values=rows)).mark_line().encode(x=size, y=cost, color=what)
    points = (
        alt.Chart(alt.Data(values=rows))
        .mark_point(filled=True, size=60)
        .encode(x=size, y=cost, color=what, shape=shape)
    )
    even = alt.Data(values=[{"size": factor, "cost": factor} for factor in (1, 10)])
    line = alt.Chart(even).mark_line(strokeDash=[4, 4], color="gray").encode(x=size, y=cost)
    words = alt.Chart(alt.Data(values=[{"size": 4, "cost": 4, "says": "in proportion"}]))
    told = words.mark_text(align="right", dx=-10, dy=-10, color=theme.MUTED).encode(x=size, y=cost, text="says:N")
    drawn = (line + lines + points + told).properties(
        width=420, height=320, title="How cost grows: the benchmark model, compiled, one core"
    )
    target.write_text(vl_convert.vegalite_to_svg(drawn.to_dict() | {"config": theme.config()}), encoding="utf-8")


def main(given: Sequence[str] | None = None) -> int:
    """Measure, fit, draw; fails if cost grows too fast."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    parser.add_argument("--plot", type=Path, default=HERE / "growth.svg")
    arguments = parser.parse_args(given)
    others = machine.Others()
    taken = seconds(arguments.rounds)
    lines = [
        f"Processor time of the benchmark model, compiled, least of {arguments.rounds} rounds; {others.used()}.",
        "",
        f"| what grows | from | to | ms | ms | exponent (at most {MOST}) |",
        "|---|---|---|---|---|---|",
    ]
    for name, points in taken.items():
        (small, least), (large, most) = points[0], points[-1]
        cells = (name, f"{small:,}", f"{large:,}", f"{1e3 * least:.1f}", f"{1e3 * most:.1f}", f"{exponent(points):.2f}")
        lines.append(f"| {' | '.join(cells)} |")
    plot(taken, arguments.plot)
    lines += ["", f"![Cost over size]({arguments.plot.name})"]
    print("\n".join(lines))
    measured.write(arguments.out, HEADING, lines, machine.description("whipcount", "numpy"))
    return int(any(exponent(points) > MOST for points in taken.values()))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    raise SystemExit(main())
