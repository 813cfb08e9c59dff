"""Mechanisms from a folder or a package: they run, compile and are recorded as the shipped ones; mistakes are told."""

from __future__ import annotations

import json
import math
import shutil
import sys
import textwrap
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from small import actor, scenario_of, two_party_tree

from whipcount import session
from whipcount.cli import main
from whipcount.engine import build_plan, make_backend
from whipcount.errors import MechanismError, RunError
from whipcount.mechanisms import all_mechanisms, from_outside, outside, shipped
from whipcount.results import open_run, run_ensemble
from whipcount.scenario import load
from whipcount.vocabulary import Day, Mechanism, State
from whipcount.world import build, build_world

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDER = EXAMPLES / "mechanisms"
SCENARIO = EXAMPLES / "two-bodies-bandwagon.yaml"
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
BACKENDS = ("numpy", "compiled") if COMPILER else ("numpy",)
MEMBERS = 10


class Stage(Mechanism):
    """Everybody is a member and beaten, and nobody has spoken: what the example mechanism meets in its closed form."""

    id = "stage"

    beaten = State(per="actor", kind="mask", initial=True)
    member = State(per="actor", kind="mask", initial=True)
    dissent = State(per="actor", kind="mask")
    fallen = State(kind="mask")

    def step(self, day: Day) -> None:
        """Nothing happens here."""


def quasi_binomial(n: int, a: float, b: float) -> np.ndarray:
    """Consul's distribution of how many of n end up above their thresholds: alone with a, by example with b a share."""
    chances = []
    for k in range(n + 1):
        reached = a + b * k / n
        chances.append(math.comb(n, k) * a * reached ** (k - 1) * max(1.0 - reached, 0.0) ** (n - k))
    return np.array(chances)


def final_numbers(conviction: float, contagion: float, runs: int) -> np.ndarray:
    """How many of ten beaten members of one party end up in open dissent."""
    tree = two_party_tree()
    tree["actors"] += [actor(f"member_{number}", "gov", 0.0) for number in range(1, MEMBERS)]
    with session.using(mechanisms=[FOLDER]):
        bandwagon = all_mechanisms()["bandwagon"]
    plan = build_plan(build(scenario_of(tree), slug="stage", mechanisms=(Stage, bandwagon)))
    given = {"bandwagon.conviction": np.full(runs, conviction), "bandwagon.contagion": np.full(runs, contagion)}
    found = [make_backend(plan, name).run(4, 0, runs, given) for name in BACKENDS]
    for other in found[1:]:
        assert np.array_equal(found[0].events.run, other.events.run)
        assert np.array_equal(found[0].series, other.series)
    government = np.array([plan.world.party_of[name] == "gov" for name in plan.world.structure.axes["actor"]])
    events = found[0].events
    return np.bincount(events.run[government[events.entity]], minlength=runs)


@pytest.mark.parametrize(("conviction", "contagion"), [(0.05, 0.5), (0.1, 0.9), (0.03, 0.0)])
def test_thresholds_give_the_quasi_binomial_distribution(conviction: float, contagion: float) -> None:
    runs = 20_000
    expected = quasi_binomial(MEMBERS, conviction, contagion)
    assert expected.sum() == pytest.approx(1.0)
    shares = np.bincount(final_numbers(conviction, contagion, runs), minlength=MEMBERS + 1) / runs
    error = np.sqrt(expected * (1 - expected) / runs)
    assert (abs(shares - expected) <= 4.5 * error + 1e-4).all()


def test_without_conviction_nobody_begins() -> None:
    assert final_numbers(0.0, 1.0, 500).sum() == 0


@pytest.mark.skipif(COMPILER is None, reason="no C compiler here")
def test_it_runs_compiles_and_is_recorded_like_the_shipped_ones(tmp_path: Path) -> None:
    with session.using(mechanisms=[FOLDER]):
        loaded = load(SCENARIO)
        plan = build_plan(build_world(loaded))
        assert "bandwagon" in plan.step_names
        one, other = (make_backend(plan, name).run(2, 0, 150) for name in ("numpy", "compiled"))
        results = run_ensemble(loaded, 20, 2, out=tmp_path / "run", workers=1)
        assert results.loaded().slug == loaded.slug
    for name in ("run", "step", "verb", "entity", "value", "probability"):
        assert np.array_equal(getattr(one.events, name), getattr(other.events, name), equal_nan=True), name
    assert np.array_equal(one.series, other.series, equal_nan=True)
    (recorded,) = results.manifest.mechanisms
    assert (recorded["id"], recorded["from"], len(recorded["sha256"])) == ("bandwagon", "bandwagon.py", 64)
    assert "bandwagon.contagion" in results.table().columns


def test_workers_have_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from whipcount.results import chunks, ensemble

    monkeypatch.setattr(ensemble, "SMALL", 0)
    monkeypatch.setattr(chunks, "FEW", 10)
    with session.using(mechanisms=[FOLDER], backend="numpy"):
        alone = run_ensemble(load(SCENARIO), 20, 2, workers=1)
        together = run_ensemble(load(SCENARIO), 20, 2, workers=2)
        assert alone.table().equals(together.table())


def test_a_folder_is_computed_again_only_with_its_mechanisms(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(FOLDER, mine)
    with session.using(mechanisms=[mine], backend="numpy"):
        run_ensemble(load("two-bodies"), 5, 1, out=tmp_path / "with", workers=1)
    run_ensemble(load("two-bodies"), 5, 1, out=tmp_path / "without", workers=1)
    made, plain = open_run(tmp_path / "with"), open_run(tmp_path / "without")
    assert len(made.table()) == 5  # what was recorded can be read in any case
    assert made.manifest.key != plain.manifest.key
    assert told(made) == "WC343"
    with session.using(mechanisms=[mine]):
        assert told(made) is None
        assert told(plain) == "WC343"
        (mine / "bandwagon.py").write_text((mine / "bandwagon.py").read_text() + "\n# changed\n")
        assert told(made) == "WC343"


def told(results: object) -> str | None:
    try:
        results.loaded()  # type: ignore[attr-defined]
    except RunError as error:
        return error.problems[0].code
    return None


def test_only_the_flag_loads_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["check", str(SCENARIO)]) == 2
    assert "WC133" in capsys.readouterr().err
    assert main(["check", str(SCENARIO), "--mechanisms", str(FOLDER)]) == 0
    capsys.readouterr()
    out = tmp_path / "run"
    arguments = ["run", str(SCENARIO), "-n", "12", "--workers", "1", "--out", str(out), "--json"]
    assert main([*arguments, "--mechanisms", str(FOLDER)]) == 0
    outcomes = {one["name"] for one in json.loads(capsys.readouterr().out)["outcomes"]}
    assert {"somebody_speaks", "spoken"} <= outcomes
    assert main(["transcript", str(out), "--run", "1", f"--mechanisms={FOLDER}"]) == 0
    assert from_outside() == {}
    assert "bandwagon" not in shipped()


def test_a_package_offers_mechanisms_under_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(FOLDER / "bandwagon.py", tmp_path / "offered_mechanisms.py")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("waves", "offered_mechanisms", outside.GROUP)
    monkeypatch.setattr(outside, "entry_points", lambda group: [point] if group == outside.GROUP else [])
    monkeypatch.setattr(outside, "_loaded", {})
    assert "bandwagon" not in all_mechanisms()  # being installed changes nothing
    with session.using(mechanisms=["waves"]):
        assert set(all_mechanisms()) == {*shipped(), "bandwagon"}
        assert from_outside()["bandwagon"].origin == "offered_mechanisms"
    with session.using(mechanisms=["tides"]), pytest.raises(MechanismError) as failure:
        all_mechanisms()
    assert failure.value.problems[0].code == "WC215"
    assert "waves" in failure.value.problems[0].hint
    sys.modules.pop("offered_mechanisms")


HEAD = "from whipcount.vocabulary import Day, Mechanism, State, Verb\n\n\nclass Mine(Mechanism):\n    id = 'mine'\n"
WRONG = {
    "syntax": ("class Mine(\n", "WC214", 1),
    "syntax_below": ("x = 1\n\nclass 3\n", "WC214", 3),
    "import": ("import math\nfrom whipcount.vocabulary import Nothing\n", "WC214", 2),
    "raises": ("x = 1\n\nraise ValueError('no')\n", "WC214", 3),
    "empty": ("x = 1\n", "WC215", 1),
    "no_step": (HEAD, "WC215", 4),
    "no_id": (HEAD.replace("id = 'mine'", "def step(self, day): pass"), "WC215", 4),
    "taken": (HEAD.replace("mine", "talks") + "\n    def step(self, day): pass\n", "WC216", 4),
    "state_taken": (HEAD + "    member = State(per='actor')\n\n    def step(self, day): pass\n", "WC210", 4),
    "no_axis": (HEAD + "    verbs = (Verb('x', per='choir'),)\n\n    def step(self, day): pass\n", "WC207", 4),
    "anothers": (HEAD + "\n    def step(self, day):\n        day.member.set(False)\n", "WC208", 8),
    "branches": (
        HEAD + "\n    def step(self, day):\n        if day.fallen:\n            pass\n",
        "WC201",
        8,
    ),
    "outside": (HEAD + "\n    def step(self, day):\n        import numpy\n\n        numpy.exp(day.gap)\n", "WC201", 10),
    "twice": (HEAD + "\n    def step(self, day):\n        day.uniform('a')\n        day.uniform('a')\n", "WC209", 9),
    "fails": (HEAD + "\n    def step(self, day):\n        undefined_name\n", "WC213", 8),
}


@pytest.mark.parametrize("kind", WRONG)
def test_mistakes_name_file_and_line(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, code, line = WRONG[kind]
    (tmp_path / "mine.py").write_text(textwrap.dedent(text))
    assert main(["plan", "two-bodies", "--mechanisms", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{code} {tmp_path.resolve() / 'mine.py'}:{line}:"), told


def test_a_folder_without_files_and_a_file_that_helps(tmp_path: Path) -> None:
    with session.using(mechanisms=[tmp_path]), pytest.raises(MechanismError) as failure:
        all_mechanisms()
    assert failure.value.problems[0].code == "WC215"
    (tmp_path / "_shared.py").write_text("RATE = 0.5\n")
    (tmp_path / "mine.py").write_text(
        "from ._shared import RATE\n" + HEAD + "    rate = RATE\n\n    def step(self, day):\n        pass\n"
    )
    with session.using(mechanisms=[tmp_path]):
        assert all_mechanisms()["mine"].rate == 0.5  # type: ignore[attr-defined]
    with session.using(mechanisms=[tmp_path, FOLDER]):
        assert set(from_outside()) == {"mine", "bandwagon"}


def test_a_mechanism_says_which_states_of_others_it_assigns(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        HEAD + "    assigns = ('member',)\n\n    def step(self, day):\n        day.member.set(False)\n"
    )
    with session.using(mechanisms=[tmp_path]):
        assert "mine" in build_plan(build_world(load("two-bodies"))).step_names
