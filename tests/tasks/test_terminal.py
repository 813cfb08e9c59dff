"""What is printed at 60 to 120 columns: lines that fit, no word and no number split, folded columns named."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount import session
from whipcount.cli import main
from whipcount.cli.output import Manner, in_manner
from whipcount.cli.progress import naming
from whipcount.table import Column
from whipcount.text.layout import Field, cells_of, drawn, lay_out, paragraphs

WORD = st.text("abcdefgöж", min_size=1, max_size=14)
WORDS = st.lists(WORD, max_size=6).map(" ".join)
FIGURE = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: f"{value:+.3f}")


@st.composite
def fields(draw: st.DrawFn) -> list[Field]:
    rows = draw(st.integers(1, 4))
    found = []
    for _ in range(draw(st.integers(1, 12))):
        whole = draw(st.booleans())
        cells = tuple(draw(st.lists(FIGURE if whole else WORDS, min_size=rows, max_size=rows)))
        found.append(Field(draw(WORDS), cells, whole, draw(st.booleans()), draw(st.integers(0, 3))))
    return found


def printed(lines: list[list[tuple[str, str]]]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def splits(lines: list[str], texts: list[str]) -> set[str]:
    """The words on the lines that the texts do not have."""
    known = {word for text in texts for word in text.split()}
    return {word for line in lines for word in line.split() if set(word) != {"─"}} - known


@settings(max_examples=300, deadline=None)
@given(fields(), st.integers(60, 120))
def test_no_word_and_no_number_of_any_table_is_split(table: list[Field], width: int) -> None:
    lines, folded = drawn(table, width)
    texts = [text for one in table for text in (one.heading, *one.cells)]
    assert splits(printed(lines), texts) == set()
    layout = lay_out(table, width)
    kept = [table[place] for place in layout.shown]
    assert sorted([*folded, *(one.heading for one in kept)]) == sorted(one.heading for one in table)
    assert layout.shown[0] == 0
    assert max(map(cells_of, printed(lines))) <= max(width, table[0].least)
    # every word and number of a column that is shown stands on the lines
    counts = " ".join(printed(lines)).split()
    for one in kept:
        assert all(word in counts for cell in one.cells for word in cell.split())


@settings(max_examples=100, deadline=None)
@given(fields(), st.integers(60, 120))
def test_a_column_folds_only_for_want_of_room_and_the_last_of_the_least_first(table: list[Field], width: int) -> None:
    layout = lay_out(table, width)
    gone = [place for place in range(len(table)) if place not in layout.shown]
    for place in gone:
        assert all(table[kept].priority <= table[place].priority for kept in layout.shown[1:])
        assert all(kept < place for kept in layout.shown[1:] if table[kept].priority == table[place].priority)
    assert lay_out(table, width, folding=False).folded == ()
    assert lay_out(table, 10_000).folded == ()


@given(st.lists(WORDS, max_size=4), st.integers(20, 80))
def test_sentences_are_broken_between_words(lines: list[str], width: int) -> None:
    broken = paragraphs("\n".join(lines), width)
    assert broken.split() == " ".join(lines).split()
    assert all(len(line) <= width for line in broken.splitlines())


PARLIAMENT = (
    "party,seats,left_right,europe\nLeft,69,1.2,4.0\nGreens,67,2.9,8.9\nLabour,153,3.8,8.6\nCentre,246,6.3,7.9\n"
    "Liberals,80,6.7,7.0\nNation,92,9.2,1.5\n"
)
ACTORS = "actor,power,position,salience\n" + "".join(f"Actor {n},{10 + n},{n * 13.7:.3f},{50 + n}\n" for n in range(9))
VOTE = ("yes", "no")
VOTES = "motion,date,member,party,vote\n" + "".join(
    f"m{motion},2020-01-{motion + 1:02d},Member {name},{'ABC'[name % 3]},"
    f"{VOTE[(motion + name % 3 + (motion * name % 11 == 3)) % 2]}\n"
    for motion in range(24)
    for name in range(9)
)
COMMANDS = [
    ["power", "parliament.csv"],
    ["power", "parliament.csv", "--positions", "left_right,europe", "--samples", "500"],
    ["coalitions", "parliament.csv", "--positions", "left_right,europe"],
    ["spatial", "parliament.csv", "--positions", "left_right,europe", "--grid", "9"],
    ["bargain", "actors.csv"],
    ["bargain", "actors.csv", "--model", "expected_utility"],
    ["bargain", "actors.csv", "--leverage"],
    ["formation", "parties.csv"],
    ["rollcall", "unity", "votes.csv"],
    ["rollcall", "ideal", "votes.csv"],
    ["rollcall", "whip", "votes.csv", "--like", "m3"],
    ["list"],
    ["show", "november-1917", "bodies", "members", "parties", "factions", "posts", "events", "outcomes", "claims"],
    ["show", "november-1917", "--actor", "kamenev"],
    ["sources", "november-1917"],
    ["accounts", "two-bodies"],
    ["check", "two-bodies"],
    ["plan", "two-bodies"],
    ["explain", "two-bodies", "--run", "1"],
    ["transcript", "two-bodies", "--run", "1"],
    ["run", "two-bodies", "-n", "60", "--no-report"],
    ["ask", "two-bodies", "--do", "trait.anna.loyalty = 0", "-n", "60"],
    ["compare", "two-bodies", "A", "B", "-n", "60"],
    ["why", "two-bodies", "--outcome", "talks_fail", "--run", "1", "--flips", "0"],
    ["data", "list"],
    ["--help"],
    ["ask", "--help"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_commands_output_keeps_words_and_numbers_whole(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    parties = PARLIAMENT.replace("left_right", "position")
    tables = {"parliament": PARLIAMENT, "parties": parties, "actors": ACTORS, "votes": VOTES}
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text)
    found: dict[str, str] = {}
    for width in ("80", "400"):
        monkeypatch.setenv("COLUMNS", width)
        code = main(command)
        found[width] = capsys.readouterr().out
        assert code == 0, found[width]
    broken = set(found["80"].split()) - {piece for word in found["400"].split() for piece in (word, *pieces(word))}
    about = set(" ".join(re.findall(r"^no room for.*?shows them\)$", found["80"], re.MULTILINE | re.DOTALL)).split())
    assert {word for word in broken - about if set(word) not in ({"─"}, {"="}) and not word.endswith("...")} <= {"\\"}
    for line in found["80"].splitlines():
        assert cells_of(line) <= 80 or " " not in line.strip().removeprefix("run folder: "), line


def pieces(word: str) -> list[str]:
    """The parts of a word in a heading, where a hyphen may end a line."""
    return re.split(r"(?<=\w-)(?=\w)", word)


def test_wide_shows_what_folds_away(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    weights = ["power", "--weights", "4,3,2,1"]
    assert main(weights) == 0
    narrow = capsys.readouterr().out
    assert main([*weights, "--wide"]) == 0
    wide = capsys.readouterr().out
    assert "Johnston" in narrow.split("no room for: ")[1]
    assert "no room for" not in wide
    assert any("Johnston" in line and "Shapley-Shubik" in line for line in wide.splitlines())
    monkeypatch.delenv("COLUMNS")
    assert main(weights) == 0  # a file has room
    assert capsys.readouterr().out.split("\n\n")[0] == wide.split("\n\n")[0]


@pytest.mark.parametrize("priority", [1, 2])
@pytest.mark.parametrize("width", range(8, 44, 3))
def test_no_half_of_an_interval_is_shown(width: int, priority: int) -> None:
    fields = [
        Field("name", ("abcdefgh",)),
        Field("estimate", ("0.123456",), whole=True),
        Field("from", ("0.100000",), whole=True, priority=priority),
        Field("to", ("0.200000",), whole=True, priority=priority, joined=True),
        Field("votes", ("12345678",), whole=True),
    ]
    shown = lay_out(fields, width).shown
    assert (2 in shown) == (3 in shown)
    assert 0 in shown


def test_the_upper_end_of_an_interval_is_known_by_the_lower_one_before_it() -> None:
    low, high, other = Column("x_low", "from"), Column("x_high", "to"), Column("y_high", "to")
    assert high.ends(low)
    assert not high.ends(None)
    assert not other.ends(low)
    assert Column("high", "to").ends(Column("low", "from"))


def test_the_first_column_stays_however_narrow() -> None:
    assert lay_out([Field("a", ("x" * 50,), priority=9), Field("b", ("y" * 50,), priority=0)], 60).shown == (0,)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whipcount.cli.progress.PATIENCE", 0.02)
    monkeypatch.setattr("whipcount.cli.progress.is_watched", lambda: True)


@pytest.mark.usefixtures("impatient")
class TestPhases:
    def test_a_long_phase_is_named_and_the_one_around_it_is_not(self, capsys: pytest.CaptureFixture[str]) -> None:
        told = ""
        with session.telling_phases(naming), session.phase("computing"), session.phase("compiling"):
            for _ in range(600):  # a busy machine may let the timer wait
                time.sleep(0.05)
                if told := capsys.readouterr().err:
                    break
        assert told == "compiling…\n"

    def test_a_short_one_is_not(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("whipcount.cli.progress.PATIENCE", 30.0)
        with session.telling_phases(naming), session.phase("computing"):
            pass
        assert capsys.readouterr().err == ""

    def test_a_pipe_is_not_told(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("whipcount.cli.progress.is_watched", lambda: False)
        with session.telling_phases(naming), session.phase("computing"):
            time.sleep(0.1)
        assert capsys.readouterr().err == ""

    def test_nobody_is_told_where_nobody_waits(self, capsys: pytest.CaptureFixture[str]) -> None:
        with session.phase("computing"):
            time.sleep(0.1)
        assert capsys.readouterr().err == ""

    def test_quiet(self, capsys: pytest.CaptureFixture[str]) -> None:
        with session.telling_phases(naming), in_manner(Manner(quiet=True)), session.phase("drawing"):
            time.sleep(0.1)
        assert capsys.readouterr().err == ""


def test_quiet_leaves_results_and_errors(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["power", "--weights", "2,1,1", "--chart", "power.csv"]
    assert main(command) == 0
    loud = capsys.readouterr()
    assert main([*command, "-q"]) == 0
    quiet = capsys.readouterr()
    assert (loud.out, "written" in loud.err) == (quiet.out, True)
    assert quiet.err == ""
    assert main(["--quiet", "power", "--weights", "2,one"]) == 2
    assert capsys.readouterr().err.startswith("WC625 ")


@pytest.mark.parametrize(("refused", "coloured"), [("", True), ("1", False)])
def test_errors_are_coloured_on_a_terminal_that_does_not_refuse_it(
    refused: str, coloured: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_COLOR", refused)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["power", "--weights", "2,one"]) == 2
    told = capsys.readouterr().err
    assert ("\x1b[" in told) is coloured
    assert "WC625" in re.sub(r"\x1b\[[0-9;]*m", "", told)


def test_help_lists_every_command_once_under_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    sections: dict[str, list[str]] = {}
    for line in capsys.readouterr().out.splitlines():
        if line.endswith(":") and not line.startswith(" "):
            sections[title := line] = []
        elif line.startswith("  ") and line[2] not in " -" and sections:
            sections[title].append(line.split()[0])
    names = [name for title, listed in sections.items() if title != "Options:" for name in listed]
    assert len(names) == len(set(names)) >= 35
    assert {"run", "report", "plan"} <= set(sections["Runs:"])
    assert {"ask", "why", "forecast"} <= set(sections["Questions:"])
    assert {"power", "rollcall"} <= set(sections["Counting votes and seats:"])
    assert {"list", "check", "scenario"} <= set(sections["Scenarios:"])


def test_a_shell_completes_commands_and_scenarios(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two-hands.yaml").write_text("")
    for words, offered in (
        ("whipcount sens", ["sensitivity"]),
        ("whipcount run two", ["two-bodies", "two-hands.yaml"]),
    ):
        monkeypatch.setenv("_WHIPCOUNT_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        with pytest.raises(SystemExit):
            main([])
        assert capsys.readouterr().out.split() == offered
