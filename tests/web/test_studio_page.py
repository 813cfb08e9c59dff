"""Home and studio: the library, opening another crisis, and files of one's own, good and bad."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asking_site import Asking, settings_for
from site_reader import Element, read

from whipcount.errors import WebError
from whipcount.results import Results
from whipcount.scenario import load, names
from whipcount.scenario.scaffold import scaffold
from whipcount.web.studio import MOST_BYTES, Studio, examined, name_of_upload

GOOD = scaffold("mine")


@pytest.fixture
def asking(ensemble: Results, tmp_path: Path) -> Iterator[Asking]:
    settings = replace(
        settings_for(tmp_path / "explorer", ensemble.folder, upload_seconds=40), studio=tmp_path / "studio"
    )
    made = Asking.of(settings)
    yield made
    made.app.state.subjects.close()
    made.close()


def kept(asking: Asking, name: str = "", text: str = "", file: tuple[str, bytes] | None = None) -> Any:
    """What the studio answers to a text or a file."""
    data = {"csrf_token": asking.sign(), "name": name, "text": text}
    return asking.client.post("/studio", data=data, files={"file": file or ("", b"")}, follow_redirects=False)


def folder(asking: Asking) -> Path:
    found: Path = asking.app.state.settings.studio
    return found


def refusals(page: Element) -> str:
    return " ".join(notice.text for notice in page.all("div", "notice", "wrong"))


# -- home -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
def test_home_lists_every_crisis_with_a_line_and_a_picture_of_its_own(asking: Asking, language: str) -> None:
    page = asking.page(f"/library?lang={language}")
    cards = {card.attributes["data-crisis"]: card for card in page.all("li", "crisis")}
    assert set(cards) == set(names())
    for name, card in cards.items():
        scenario = load(name).scenario
        assert scenario.title.in_language(language) in card.text
        assert " ".join(scenario.summary.in_language(language).split()) in card.text
        assert card.one("svg").all("circle")
    drawings = {card.one("svg").text for card in cards.values()}
    assert len(drawings) == len(cards)  # each tells its own crisis


def test_another_crisis_is_opened_for_its_visitor_alone(asking: Asking) -> None:
    sent = {"csrf_token": asking.sign(), "kind": "library", "name": "germany-1982"}
    answer = asking.client.post("/library/open", data=sent, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert load("germany-1982").scenario.title.in_language("en") in asking.page("/").one("h1").text
    assert load("two-bodies").scenario.title.in_language("en") in asking.another().page("/").one("h1").text


@pytest.mark.parametrize(
    ("kind", "name"), [("library", "nothing"), ("library", "../x"), ("runs", "../.."), ("own", "x"), ("file", "/etc")]
)
def test_nothing_else_is_opened(asking: Asking, kind: str, name: str) -> None:
    sent = {"csrf_token": asking.sign(), "kind": kind, "name": name}
    answer = asking.client.post("/library/open", data=sent)
    assert answer.status_code == 400
    assert "WC742" in answer.text


# -- studio ---------------------------------------------------------------------------------------------------------


def test_a_crisis_is_written_kept_taken_away_and_found_again(asking: Asking) -> None:
    answer = kept(asking, "mine", GOOD.replace("\n", "\r\n"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/studio?file=mine")
    assert (folder(asking) / "mine.yaml").read_text(encoding="utf-8") == GOOD
    page = asking.another().page("/studio?file=mine")
    assert "parties:" in page.one("textarea", id="text").text
    taken = asking.client.get("/studio/take/mine.yaml")
    assert taken.text == GOOD
    assert taken.headers["content-disposition"] == 'attachment; filename="mine.yaml"'
    assert "mine" in asking.page("/library").one("ul", "lines").text


def test_an_uploaded_file_is_kept_under_a_plain_name(asking: Asking) -> None:
    answer = kept(asking, file=("C:\\docs\\My Crisis (2).yaml", GOOD.encode()))
    assert answer.headers["location"] == "/studio?file=my-crisis-2"
    assert [path.name for path in folder(asking).iterdir()] == ["my-crisis-2.yaml"]


@pytest.mark.parametrize(
    ("name", "text", "file", "code"),
    [
        ("../out", GOOD, None, "WC743"),
        ("/tmp/out", GOOD, None, "WC743"),
        ("", GOOD, None, "WC743"),
        ("a" * 61, GOOD, None, "WC743"),
        ("november-1917", GOOD, None, "WC743"),
        ("mine", "x" * (MOST_BYTES + 1), None, "WC744"),
        ("mine", "", ("a.yaml", b"\xff\xfe\x00"), "WC744"),
        ("mine", "", ("....", GOOD.encode()), "WC743"),
    ],
)
def test_what_would_leave_the_folder_or_fill_it_is_refused(
    asking: Asking, name: str, text: str, file: tuple[str, bytes] | None, code: str
) -> None:
    answer = kept(asking, name, text, file)
    assert answer.status_code == 400
    assert code in refusals(read(answer.text))
    assert not folder(asking).exists() or not list(folder(asking).iterdir())


@pytest.mark.parametrize("name", ["../secret", "%2e%2e%2fsecret", "..%2Fsecret", "secret"])
def test_nothing_is_read_outside_the_folder(asking: Asking, name: str) -> None:
    folder(asking).mkdir(parents=True)
    secret = folder(asking).parent / "secret.yaml"
    secret.write_text("a secret", encoding="utf-8")
    (folder(asking) / "secret.yaml").symlink_to(secret)
    for address in (f"/studio?file={name}", f"/studio/take/{name}.yaml"):
        answer = asking.client.get(address)
        assert answer.status_code in (400, 404)
        assert "a secret" not in answer.text
    with pytest.raises(WebError, match="WC743"):
        Studio(folder(asking)).save("secret", "other")
    assert secret.read_text(encoding="utf-8") == "a secret"


def test_nothing_is_kept_without_the_forms_sign(asking: Asking) -> None:
    for address in ("/studio", "/studio/check", "/studio/run", "/studio/cancel", "/library/open"):
        assert asking.client.post(address, data={"name": "mine", "text": GOOD}).status_code == 403
    assert not folder(asking).exists()


def test_a_save_that_fails_leaves_what_was_there(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(asking, "mine", GOOD)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    monkeypatch.setattr(Path, "replace", full)
    answer = kept(asking, "mine", "parties: []")
    monkeypatch.undo()
    assert answer.status_code == 400
    assert "WC737" in answer.text
    assert str(folder(asking)) not in answer.text
    assert (folder(asking) / "mine.yaml").read_text(encoding="utf-8") == GOOD


def test_names_of_uploads() -> None:
    assert name_of_upload("../../etc/passwd.yaml") == "passwd"
    assert name_of_upload("Кризис.yaml") == ""
    assert name_of_upload("a--b__c.yml") == "a-b-c"


def test_the_button_checks_and_keeps_what_was_written_on_the_page(asking: Asking) -> None:
    sent = {"csrf_token": asking.sign(), "name": "mine", "text": "parties: []"}
    answer = asking.client.post("/studio/check", data=sent)
    page = read(answer.text)
    assert answer.status_code == 200
    assert page.one("textarea", id="text").text == "parties: []"
    assert page.one("input", id="name").attributes["value"] == "mine"
    assert page.one("section", id="answer").all("p", "job-line")
    assert not folder(asking).exists()


# -- checking -------------------------------------------------------------------------------------------------------


def test_a_good_text_is_drawn() -> None:
    found = examined(GOOD)
    assert found.problems == ()
    assert {body.name for body in found.bodies}
    assert all("<circle" in body.drawing for body in found.bodies)


def test_every_mistake_has_its_line_and_a_hint() -> None:
    wrong = GOOD.replace("parties:", "partys:", 1)
    found = examined(wrong)
    lines = {problem.place.line for problem in found.problems}
    assert wrong[: wrong.index("partys:")].count("\n") + 1 in lines
    assert any(problem.hint for problem in found.problems)
    assert found.bodies == ()


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)
)


@pytest.mark.parametrize(
    "text",
    ["", "[" * 5_000, BOMB, "!!python/object/apply:os.system ['touch PWNED']", "\x00", "just words", "- a\n- b"],
    ids=["nothing", "deep", "bomb", "code", "control", "words", "list"],
)
def test_an_evil_text_is_only_told_to_be_wrong(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert examined(text).problems
    assert not list(tmp_path.iterdir())


def test_a_checked_file_is_run_and_an_unchecked_one_is_not(asking: Asking) -> None:
    folder(asking).mkdir(parents=True)  # put there by hand: what the page keeps, it checks
    (folder(asking) / "mine.yaml").write_text(GOOD, encoding="utf-8")
    refused = asking.client.post("/studio/run", data={"csrf_token": asking.sign(), "name": "mine"})
    assert "WC745" in refusals(read(refused.text))
    first = asking.send("/studio/check", text=GOOD)
    query = first.one("div", "job").attributes["hx-get"].partition("?")[2] if first.all("div", "job") else ""
    work = next(iter(asking.app.state.jobs._jobs))
    asking.app.state.jobs.wait(work, 120)
    found = asking.page(f"/studio/checked?{query}") if query else first
    assert "can be run" in found.one("p", "finding").text
    assert found.one("ul", "drawn-bodies").all("svg")
    answer = asking.client.post(
        "/studio/run", data={"csrf_token": asking.sign(), "name": "mine"}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert asking.app.state.subjects.of("nobody").loaded.slug == "two-bodies"
    assert "Mine" in asking.page("/").one("h1").text
