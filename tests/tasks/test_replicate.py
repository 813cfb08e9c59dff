"""Packages that others verify: what comes out the same, what a changed byte does, what is refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import whipcount
from whipcount.cli import main
from whipcount.errors import WhipcountError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some runs of a changed scenario."""
    there = tmp_path_factory.mktemp("runs") / "run"
    whipcount.run("two-bodies", 40, 3, there, set={"calendar.step_days": 2}, workers=1)
    return there


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of seats in the folder where one is."""
    monkeypatch.chdir(tmp_path)
    Path("seats.csv").write_text("party,seats\nA,40\nB,35\nC,25\n", encoding="utf-8")


def test_runs_come_out_to_the_byte(folder: Path) -> None:
    told = whipcount.verify(folder, workers=1)
    assert told.verified
    assert {name for name, _, _ in told.files} >= {"runs.parquet", "events.parquet", "manifest.json", "scenario.json"}


def test_runs_by_other_rules_are_refused_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whipcount.counterfactual.kept_runs.code_fingerprint", lambda: "other")
    monkeypatch.setattr("whipcount.counterfactual.kept_runs.plan_of", lambda _: SimpleNamespace(digest="other"))
    with pytest.raises(WhipcountError, match="WC344"):
        whipcount.verify(folder, workers=1)


def test_rules_that_are_written_in_another_way_are_no_other_rules(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is the same, so tables are; only the manifest says that other code wrote it."""
    for module in ("results.manifest", "results.ensemble", "counterfactual.kept_runs"):
        monkeypatch.setattr(f"whipcount.{module}.code_fingerprint", lambda: "0" * 64)
    told = whipcount.verify(folder, workers=1)
    assert told.verified
    assert "manifest.json" not in [name for name, _, _ in told.files]
    assert [what for what, _, _ in told.changed] == ["code"]


def test_another_version_of_python_is_named_and_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from whipcount.results import ensemble, manifest

    other = {**manifest.versions(), "python": "3.99.1"}
    for module in (manifest, ensemble):
        monkeypatch.setattr(module, "versions", lambda: other)
    told = whipcount.verify(folder, workers=1)
    assert told.verified
    assert [what for what, _, _ in told.changed] == ["python"]
    assert "manifest.json" not in [name for name, _, _ in told.files]


def test_a_manifest_that_says_something_else_is_named(folder: Path, tmp_path: Path) -> None:
    """The runs are right and another version wrote them, but the manifest has the order of a step wrong."""
    from whipcount.results.manifest import read_manifest, write_manifest

    shutil.copytree(folder, tmp_path / "run")
    kept = read_manifest(tmp_path / "run")
    order = (*kept.step_order[1:], kept.step_order[0])
    write_manifest(tmp_path / "run", replace(kept, step_order=order, versions=kept.versions | {"python": "3.99.1"}))
    told = whipcount.verify(tmp_path / "run", workers=1)
    assert [name for name, there, again in told.files if there != again] == ["manifest.json"]


def test_a_package_of_runs_verifies_elsewhere(folder: Path, tmp_path: Path) -> None:
    made = whipcount.replicate(folder, out=tmp_path / "package")
    assert {"README.md", "citations.bib", "requirements.txt", "model.md", ".zenodo.json", "SHA256SUMS"} < set(
        made.files
    )
    shutil.move(tmp_path / "package", tmp_path / "elsewhere")
    assert whipcount.verify(tmp_path / "elsewhere", workers=1).verified


@pytest.mark.parametrize("name", ["run/runs.parquet", "run/two-bodies.yaml", "citations.bib"])
def test_a_changed_byte_is_named(folder: Path, tmp_path: Path, name: str) -> None:
    whipcount.replicate(folder, out=tmp_path / "package")
    file = tmp_path / "package" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    told = whipcount.verify(tmp_path / "package")
    assert [one for one, _, _ in told.files] == [name]
    assert main(["--quiet", "verify", str(tmp_path / "package")]) == 3


def test_a_lost_file_is_named(folder: Path, tmp_path: Path) -> None:
    whipcount.replicate(folder, out=tmp_path / "package")
    (tmp_path / "package" / "model.md").unlink()
    assert "model.md" in str(whipcount.verify(tmp_path / "package"))


@pytest.mark.usefixtures("table")
def test_a_command_is_packed_with_its_files_and_verified() -> None:
    whipcount.replicate(line="whipcount power seats.csv --quota 51", out="package")
    assert json.loads(Path("package/command.json").read_text()) == ["power", "inputs/seats.csv", "--quota", "51"]
    assert json.loads(Path("package/result.json").read_text())["quota"] == 51
    assert whipcount.verify("package").verified
    result = Path("package/result.json")
    other = result.read_bytes().replace(b"51", b"52")
    result.write_bytes(other)
    sums = Path("package/SHA256SUMS")
    lines = [line for line in sums.read_text().splitlines() if not line.endswith("result.json")]
    sums.write_text("\n".join(lines) + "\n")
    assert not whipcount.verify("package").verified, "the answer itself is computed again, whatever the sums say"


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("by", "rounding"), [(1e-12, True), (1e-6, False)])
def test_last_digits_are_told_apart_from_another_answer(by: float, rounding: bool) -> None:
    """Another processor may add in another order: that is said, and is no refutation; a sixth digit is one."""
    whipcount.replicate(line="power seats.csv", out="package")
    result = Path("package/result.json")
    answer = json.loads(result.read_text())
    answer["shapley_shubik"][1] *= 1 + by
    result.write_text(json.dumps(answer))
    Path("package/SHA256SUMS").unlink()
    told = whipcount.verify("package")
    assert not told.verified
    assert [place for place, _, _ in told.differing] == ["shapley_shubik[2]"]
    assert (told.rounding, told.refuted()) == (rounding, not rounding)
    assert ("nine digits" in str(told)) == rounding


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("change", [{"quota": "51"}, {"quota": 52}, {"new": 1}])
def test_what_is_no_fraction_agrees_or_does_not(change: dict[str, object]) -> None:
    whipcount.replicate(line="power seats.csv --quota 51", out="package")
    result = Path("package/result.json")
    result.write_text(json.dumps(json.loads(result.read_text()) | change))
    Path("package/SHA256SUMS").unlink()
    assert whipcount.verify("package").refuted()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "power",
        "power seats.csv --write out.csv",
        "power /etc/hostname",
        "power ../seats.csv",
        "no-such-thing",
        "run two-bodies --out=x",
    ],
)
def test_what_fails_or_leads_out_is_refused_and_leaves_nothing(line: str) -> None:
    with pytest.raises(WhipcountError, match="WC346"):
        whipcount.replicate(line=line, out="package")
    assert not Path("package").exists()


BAD = "import pathlib; pathlib.Path('code-has-run').touch()\n"
FOREIGN = (
    ["power", "../seats.csv"],
    ["power", "/etc/hostname"],
    ["power", "link.csv"],
    ["power", "inputs/seats.csv", "--write=/tmp/x"],
    ["power", "inputs/seats.csv", "--mechanisms", "."],
    ["power", "--mechanisms=.", "inputs/seats.csv"],
    ["--mechanisms", ".", "power", "inputs/seats.csv"],
    ["rollcall", "export", "inputs/seats.csv", "--out", "x"],
    ["explore", "two-bodies"],
    "power",
    [1],
)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("words", FOREIGN, ids=str)
def test_a_package_from_elsewhere_runs_no_code_and_reads_nothing_outside(words: object) -> None:
    whipcount.replicate(line="power seats.csv", out="package")
    package = Path("package").resolve()
    for name in ("bad.py", "numpy.py", "polars.py"):
        (package / name).write_text(BAD)
    (package / "link.csv").symlink_to(Path("seats.csv").resolve())
    (package / "SHA256SUMS").unlink()
    assert whipcount.verify("package").verified, "what lies beside the table is not imported"
    (package / "command.json").write_text(json.dumps(words))
    with pytest.raises(WhipcountError, match="WC346"):
        whipcount.verify("package")
    assert not list(Path().rglob("code-has-run"))


def test_runs_that_rest_on_more_than_their_folder_are_refused(tmp_path: Path) -> None:
    given = {"leave.voice": [0.5] * 20}
    whipcount.run("two-bodies", 20, 1, tmp_path / "run", parameters=given, workers=1)
    with pytest.raises(WhipcountError, match="WC345"):
        whipcount.verify(tmp_path / "run")


def test_nothing_is_overwritten(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "mine").touch()
    with pytest.raises(WhipcountError, match="WC605"):
        whipcount.replicate(folder, out=tmp_path / "package")
    assert [one.name for one in (tmp_path / "package").iterdir()] == ["mine"]
    for both in ({"folder": folder, "line": "power seats.csv"}, {}):
        with pytest.raises(WhipcountError, match="WC604"):
            whipcount.replicate(**both, out=tmp_path / "other")
