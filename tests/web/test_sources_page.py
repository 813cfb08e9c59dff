"""Sources: claims lead to their passages, and a text of the reader's own stands beside what rests on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from asking_site import Asking, settings_for
from site_reader import Element, Site

from whipcount.results import Results
from whipcount.web.own_texts import MOST_BYTES, OwnTexts


@pytest.fixture
def asking(ensemble: Results, tmp_path: Path) -> Iterator[Asking]:
    settings = replace(settings_for(tmp_path / "explorer", ensemble.folder), studio=tmp_path / "studio")
    made = Asking.of(settings)
    yield made
    made.app.state.subjects.close()
    made.close()


def bring(asking: Asking, source: str, text: str = "", file: tuple[str, bytes] | None = None) -> Any:
    data = {"csrf_token": asking.sign(), "text": text}
    address = f"/sources/text?source={source}"
    return asking.client.post(address, data=data, files={"file": file or ("", b"")}, follow_redirects=False)


def passages(page: Element) -> dict[str, Element]:
    return {one.attributes["id"]: one for one in page.all("li", "passage")}


def shown(page: Element) -> set[str]:
    return {item.attributes["id"] for item in page.all("li") if item.attributes.get("id", "").startswith("claim-")}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_claim_leads_to_its_passage_and_back(bare_site: Site, language: str) -> None:
    ledger = bare_site.page(f"/claims?lang={language}")
    scenario = bare_site.subject.loaded.scenario
    rows = {row.attributes["id"]: row for row in ledger.all("li") if row.attributes.get("id", "").startswith("claim-")}
    assert len(rows) == len(scenario.claims)
    pages: dict[str, Element] = {}
    for claim in scenario.claims:
        pointers = rows[f"claim-{claim.id}"].one("p", "source").all("a")
        assert pointers
        for pointer in pointers:
            to = urlsplit(pointer.attributes["href"])
            source = parse_qs(to.query)["source"][0]
            work = next(one for one in scenario.sources if one.id == source)
            assert (work.author.partition(" (")[0] or work.title.in_language(language)) in pointer.text
            page = pages.setdefault(to.query, bare_site.page(f"{to.path}?{to.query}"))
            assert claim.text.in_language(language) in passages(page)[to.fragment].text


def test_the_list_counts_what_rests_on_each_work(bare_site: Site) -> None:
    page = bare_site.page("/sources")
    scenario = bare_site.subject.loaded.scenario
    works = page.one("main").all("ul", "works")
    assert sum(len(one.all("li")) for one in works) == len(scenario.sources)
    claims = sum(any(e.source == "A" for e in claim.evidence) for claim in scenario.claims)
    assert f"{claims} claims" in page.one("li", id="source-A").text


def test_claims_are_filtered_by_source_and_words(bare_site: Site) -> None:
    scenario = bare_site.subject.loaded.scenario
    of_a = {f"claim-{one.id}" for one in scenario.claims if any(e.source == "A" for e in one.evidence)}
    page = bare_site.page("/claims?source=A")
    assert shown(page) == of_a
    assert f"{len(of_a)} of {len(scenario.claims)}" in page.one("p", role="status").text
    assert shown(bare_site.page("/claims?words=treaty+left")) == {
        f"claim-{one.id}"
        for one in scenario.claims
        if "treaty" in one.text.en.lower() and "left" in one.text.en.lower()
    }
    untested = {f"claim-{one.id}" for one in scenario.claims if one.outcome is not None}
    assert shown(bare_site.page("/claims?verdict=untested")) == untested
    assert shown(bare_site.page("/claims?source=nobody")) == set()
    assert "source=A" in page.all("ol", "ledger")[0].all("a")[0].attributes["href"]  # a test keeps the filter


def test_a_text_of_ones_own_stands_beside_the_model(asking: Asking) -> None:
    answer = bring(asking, "A", "First.\n\nSecond <b>one</b>.\n\n\n\nThird.")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sources?source=A#passages")
    page = asking.page("/sources?source=A")
    assert [one.one("div", "words").text for one in passages(page).values() if one.one("div", "words").text][:2] == [
        "First.",
        "Second <b>one</b>.",
    ]
    bare = {ident for ident, one in passages(page).items() if "bare" in one.classes}
    assert bare == {"p-3"}  # the invented source has two paragraphs
    assert "¶ 3" in page.one("p", "lead").text
    only = asking.page("/sources?source=A&show=bare")
    assert set(passages(only)) == bare
    assert asking.another().page("/sources?source=A").all("div", "words")  # kept, and not with the visitor
    form = asking.client.post("/sources/forget?source=A", data={"csrf_token": asking.sign()}, follow_redirects=False)
    assert form.status_code == 303
    assert not asking.page("/sources?source=A").all("div", "words")


def test_a_file_is_taken_and_anything_else_refused(asking: Asking) -> None:
    assert bring(asking, "A", file=("a.txt", "\ufeffОдин.\n\nДва.".encode())).status_code == 303
    assert "Один." in asking.page("/sources?source=A").text
    for content in (b"", b" \n", b"\xff\xfe\x00", b"a\0b", b"x" * (MOST_BYTES + 1)):
        answer = bring(asking, "A", file=("b.txt", content))
        assert answer.status_code == 400, content[:10]
        assert "WC73" in answer.text
    assert "Один." in asking.page("/sources?source=A").text  # what was kept is still there
    assert bring(asking, "../../etc", "text").status_code == 400
    asking.page("/sources?source=nobody", 400)
    unsigned = asking.client.post("/sources/text?source=A", data={"text": "x"}, follow_redirects=False)
    assert unsigned.status_code == 403


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    texts = OwnTexts(tmp_path / "texts")
    for scenario, source in (("../x", "A"), ("x", "../../y"), ("", ""), ("a/b", "c\\d"), ("x" * 300, "B")):
        texts.save(scenario, source, b"words")
        assert texts.path(scenario, source).resolve().parent == (tmp_path / "texts").resolve()
        assert texts.read(scenario, source) == "words"
    assert len(list((tmp_path / "texts").iterdir())) == 5
    (tmp_path / "secret").write_text("secret")
    link = texts.path("linked", "a")
    link.symlink_to(tmp_path / "secret")
    assert texts.read("linked", "a") == ""
