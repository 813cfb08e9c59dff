"""Every way in which a scenario file can be wrong: a coded error with place and hint, and nothing written."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from fault_runner import say

from whipcount.scenario import scaffold

TEXT = scaffold("demo")

# what is replaced, by what, the code, what the complaint says, and what the hint says
FAULTS: dict[str, tuple[str, str, str, str, str]] = {
    "unknown key": ("principal: committee", "principle: committee", "WC110", "unknown key 'principle'", "'principal'"),
    "unknown section": ("factions:", "fractions:", "WC110", "unknown key 'fractions'", "'factions'"),
    "missing key": (
        "party: blue, ideal: {breadth: .1}",
        "ideal: {breadth: .1}",
        "WC111",
        "actors.anna has no 'party'",
        "party",
    ),
    "no language": ("{en: Dina, ru: Дина}", "{}", "WC118", "a text needs words", ""),
    "another language": ("{en: Dina, ru: Дина}", "{de: Dina}", "WC110", "unknown key 'de'", "en"),
    "wrong type": ("menu: [joint]", "menu: joint", "WC112", "is not a list", "settlements"),
    "text for a number": ("breadth: .6", "breadth: left", "WC112", '"left"', "coders"),
    "no text": ("name: {en: Anna, ru: Анна}", "name: [Anna]", "WC112", "is not a text", ""),
    "below the least": ("size: 12", "size: 0", "WC113", "at least 1", "bloc"),
    "rule out of range": (
        "quorum: 3,",
        "quorum: 3, rule: 4/3 of votes cast,",
        "WC118",
        "no share that can be reached",
        "",
    ),
    "unknown rule": ("quorum: 3,", "quorum: 3, rule: most,", "WC118", "'most' in 'most' is no rule", ""),
    "older version": ("whipcount: 2 ", "whipcount: 1 ", "WC119", "version 1", "line 3: write `whipcount: 2`"),
    "later version": ("whipcount: 2 ", "whipcount: 3 ", "WC119", "version 3", "version 2"),
    "no version": ("whipcount: 2 ", "whipcount: two ", "WC114", '"two"', "version|2"),
    "not a date": ("start: 2024-03-01", "start: 1 March", "WC115", '"1 March"', "year-month-day"),
    "not an identifier": ("id: strike,", "id: Strike!,", "WC116", "Strike!", "lower-case"),
    "empty text": ("en: Anna,", 'en: "",', "WC117", "at least 1 characters", "English"),
    "too few": ("sides: [{party: blue}, {party: green}]", "sides: [{party: blue}]", "WC117", "at least 2", "parties"),
    "two forms of a prior": ("{beta: [6, 4]}", "{beta: [6, 4], fixed: 1}", "WC118", "exactly one", ""),
    "backwards calendar": ("end: 2024-04-15", "end: 2024-02-15", "WC118", "after the start", ""),
    "missing actor": (
        "seats: [{actor: gleb}]",
        "seats: [{actor: glib}]",
        "WC120",
        "no actor 'glib'",
        "'gleb'",
    ),
    "unknown party": (
        "party: green, ideal: {breadth: .7}",
        "party: gren, ideal: {breadth: .7}",
        "WC120",
        "'gren'",
        "'green'",
    ),
    "unknown body": ("body: cabinet, portfolio", "body: cabnet, portfolio", "WC120", "no body 'cabnet'", "'cabinet'"),
    "unknown settlement": ("fall: fallen", "fall: falen", "WC120", "no settlement 'falen'", "'fallen'"),
    "another kind": ("head: anna", "head: blue", "WC120", "no actor 'blue'", "'blue' is the id of a party"),
    "unknown source": ('["press:3 March"]', '["pres:3 March"]', "WC120", "no source 'pres'", "'press'"),
    "unknown dimension": (
        "ideal: {breadth: .6}",
        "ideal: {breadth: .6, width: 1}",
        "WC120",
        "no dimension 'width'",
        "breadth",
    ),
    "unknown pressure": ("pressure: strike,", "pressure: strikes,", "WC120", "no pressure 'strikes'", "'strike'"),
    "unknown faction": ("faction: doves}", "faction: hawks}", "WC120", "no faction 'hawks'", "doves"),
    "duplicate id": ("{id: boris,", "{id: anna,", "WC121", "'anna' is declared twice", "line"),
    "seat twice": (
        "{actor: vera}, {actor: dina}]}\n  - {id: gr",
        "{actor: vera}, {actor: anna}]}\n  - {id: gr",
        "WC122",
        "two seats",
        "line",
    ),
    "quorum over seats": ("quorum: 3", "quorum: 9", "WC123", "quorum 9 exceeds its 4 seats", "lower the quorum"),
    "ideal outside": ("ideal: {breadth: .7}", "ideal: {breadth: 1.7}", "WC124", "1.7 is outside 0..1", "0 to 1"),
    "coder outside": ("[.2, .3]", "[.2, -.3]", "WC124", "-0.3 is outside 0..1", "0 to 1"),
    "prior outside": ("{beta: [6, 4]}", "{uniform: [0, 2]}", "WC124", "2 is outside 0..1", "0 to 1"),
    "missing dimension": ("ideal: {breadth: .7}", "ideal: {}", "WC125", "no value for breadth", "every dimension"),
    "salience": (", press: .6", ", salience: {breadth: .8}, press: .6", "WC126", "sums to 0.8, not 1", "add up"),
    "shares": ("{blue: .6, green: .4}", "{blue: .6, green: .6}", "WC127", "sum to 1.2", "at most 1"),
    "circle of bodies": (
        "rty: blue, quorum: 3,",
        "rty: blue, superior: committee,",
        "WC128",
        "committee -> committee",
        "highest",
    ),
    "date outside": ("date: 2024-03-12", "date: 2024-05-12", "WC129", "2024-05-12 is outside", "calendar"),
    "record before the start": ("date: 2024-03-10", "date: 2024-02-10", "WC129", "outside the calendar", "history"),
    "talks outside": ("closes: 2024-03-20", "closes: 2025-03-20", "WC129", "outside the calendar", "calendar"),
    "event about nobody": (
        "effects: {pressures: [{pressure: strike, level: .1, target: .1}]}",
        "effects: {}",
        "WC130",
        "about nobody",
        "effects",
    ),
    "event about a non-seat": (
        "effects: {pressures:",
        "effects: {attendance: [{actor: gleb, body: committee, attends: absent}], pressures:",
        "WC130",
        "'gleb' has no seat in 'committee'",
        "seat",
    ),
    "claim on an unknown outcome": (
        "record: ",
        "claims:\n  - {id: c, text: {en: x, ru: х}, kind: causal, outcome: dael}\nrecord: ",
        "WC131",
        "no outcome 'dael'",
        "'deal'",
    ),
    "leader of another party": ("leader: anna", "leader: gleb", "WC137", "is of party 'green'", "member"),
    "faction over parties": (
        "members: [vera, dina]",
        "members: [vera, gleb]",
        "WC137",
        "'gleb' is not of party",
        "one party",
    ),
    "principal without seats": ("seats: [{actor: gleb}]", "seats: []", "WC137", "has no seats", "decide"),
    "motion about nothing": (
        "record: ",
        "motions:\n  - {id: m, name: {en: x, ru: х}, body: council, kind: settlement}\nrecord: ",
        "WC138",
        "names no settlement",
        "settlement:",
    ),
    "motions in a circle": (
        "record: ",
        "motions:\n  - {id: m, name: {en: x, ru: х}, body: council, kind: confidence, if_failed: m}\nrecord: ",
        "WC156",
        "leads back to itself",
        "if_carried",
    ),
    "no source": (', evidence: ["press:3 March"]', "", "WC135", "actors.gleb has no source", "evidence"),
    "prior without reason": (", assumed: she voted with Vera last year", "", "WC136", "without a reason", "assumed"),
    "override of an unknown path": (
        "record: ",
        "accounts:\n  - {id: A, name: {en: x, ru: х}, set: {actors.vera.idael.breadth: 1}}\nrecord: ",
        "WC140",
        "no 'idael' in actors.vera",
        "'ideal'",
    ),
    "account with an unknown choice": (
        "record: ",
        "variants:\n  - {id: v, name: {en: x, ru: х}, default: a,\n"
        "     choices: {a: {text: {en: x, ru: х}}, b: {text: {en: x, ru: х}}}}\n"
        "accounts:\n  - {id: A, name: {en: x, ru: х}, choices: {v: c}}\nrecord: ",
        "WC142",
        "has no choice 'c'",
        "a, b",
    ),
    "account with an unknown variant": (
        "record: ",
        "accounts:\n  - {id: A, name: {en: x, ru: х}, choices: {sanction: c}}\nrecord: ",
        "WC120",
        "no variant 'sanction'",
        "variants",
    ),
    "duplicate key": ("summary:", "title: {en: x, ru: х}\nsummary:", "WC106", "'title' is given twice", "line 4"),
    "tab": ("  - {id: green_board", "\t- {id: green_board", "WC105", "tab", "spaces"),
    "not YAML": ("menu: [joint]", "menu: [joint", "WC105", "not valid YAML", ""),
    "tag": ("size: 12", "size: !!python/object:int 12", "WC108", "tag", "plain"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_named_with_place_and_hint(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, code, message, hint = FAULTS[name]
    assert TEXT.count(old) == 1, f"{TEXT.count(old)} times {old!r}"
    path = folder / "demo.yaml"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    said = say(capsys, "check", path)
    assert said.code == 2
    assert said.out == ""
    line = said.line(code)
    assert re.match(rf"{code} {re.escape(str(path))}:\d+:\d+ ", line)
    assert message in line
    before, _, after = line.partition(" Hint: ")
    assert after or not hint
    assert re.search(hint, after)
    assert [each.name for each in folder.iterdir()] == ["demo.yaml"]
    first = TEXT.replace(old, new).splitlines()
    number = int(line.removeprefix(f"{code} {path}:").split(":")[0])
    assert 1 <= number <= len(first)
    assert before


def test_all_faults_of_a_file_come_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = TEXT
    expected = set()
    for name in (
        "unknown key",
        "wrong type",
        "not a date",
        "missing actor",
        "salience",
        "shares",
        "unknown rule",
        "no source",
    ):
        old, new, code, _, _ = FAULTS[name]
        text = text.replace(old, new)
        expected.add(code)
    (folder / "demo.yaml").write_text(text, encoding="utf-8")
    said = say(capsys, "check", "demo.yaml")
    assert expected <= set(said.codes)
    lines = [int(line.split(":")[1]) for line in said.err.splitlines()]
    assert lines == sorted(lines)


def test_more_than_twelve_calibrated(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = "".join(f"  m.p{i}: {{value: 1, assumed: x, calibrate: true}}\n" for i in range(13))
    (folder / "demo.yaml").write_text(f"{TEXT}parameters:\n{many}", encoding="utf-8")
    assert "WC134" in say(capsys, "check", "demo.yaml").codes


def bomb() -> str:
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x]"]
    return "\n".join(lines + [f"b{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)])


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "WC104"),
    "only comments": (b"# nothing\n\n", "WC104"),
    "a list": (b"- a\n- b\n", "WC109"),
    "a word": (b"hello", "WC109"),
    "ten megabytes": (b"a: 1\n" * 2_000_000, "WC101"),
    "alias bomb": (bomb().encode(), "WC107"),
    "binary": (bytes(range(256)) * 8, "WC102"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200), "WC102"),
    "latin-1": (TEXT.replace("Anna", "Änna").encode("latin-1", "replace"), "WC103"),
    "cyrillic in windows-1251": (TEXT.encode("cp1251", "replace"), "WC103"),
    "utf-16": (TEXT.encode("utf-16"), "WC103"),
    "deep nesting": (b"[" * 100_000, "WC107"),
    "many dashes": (b"- " * 100_000, "WC107"),
    "a lone surrogate": (b"a: \xed\xa0\x80", "WC103"),
    "a long line": (b"a: '" + b"x" * 3_000_000 + b"'", "WC110"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_scenario_is_refused_fast(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, code = FILES[name]
    path = folder / "junk.yaml"
    path.write_bytes(content)
    start = time.perf_counter()
    said = say(capsys, "check", path)
    assert time.perf_counter() - start < 5
    assert said.code == 2
    assert code in said.codes
    assert str(path) in said.line(code)
    assert "Hint:" in said.line(code)
    assert [each.name for each in folder.iterdir()] == ["junk.yaml"]


@pytest.mark.parametrize("given", ["nowhere.yaml", ".", "./", "a\0b.yaml", "x" * 5000 + ".yaml", "november", "../"])
def test_what_is_no_file(given: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.is_dir()
    said = say(capsys, "check", given)
    assert said.code == 2
    assert said.codes == ["WC100"]


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        (["x=1"], "WC140", "no 'x'"),
        (["actors.ana.size=2"], "WC140", "'anna'"),
        (["actors.anna.sise=2"], "WC140", "'size'"),
        (["actors.anna.size=big"], "WC112", "--set actors.anna.size"),
        (["actors.anna.ideal.breadth=3"], "WC124", "--set actors.anna.ideal.breadth"),
        (["bodies.committee.quorum=40"], "WC123", "--set bodies.committee.quorum"),
        (["actors.anna.size.x=2"], "WC140", "nothing inside"),
        (["history.breaches.october=1"], "WC140", "no 'october'"),
        (["whipcount=2"], "WC140", "cannot be overridden"),
        (["actors"], "WC141", "path=value"),
        (["actors..size=1"], "WC140", "empty"),
        (["actors.anna.size=[1"], "WC105", "not valid YAML"),
        (["actors.anna.evidence.press=1"], "WC140", "have no names"),
        (["a=1", "b=2"], "WC140", "no 'a'"),
    ],
)
def test_wrong_overrides(
    settings: list[str], code: str, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "demo.yaml").write_text(TEXT, encoding="utf-8")
    said = say(capsys, "show", "demo.yaml", *[each for setting in settings for each in ("--set", setting)])
    assert said.code == 2
    assert words in said.line(code)
    assert len(said.codes) >= len(settings)
