"""The page: everything in it, nothing from elsewhere, names as data, both languages, readable by machines."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from whipcount.charts import all_charts
from whipcount.charts.material import Material, material_of
from whipcount.errors import RunError
from whipcount.report import write_report
from whipcount.report.html import page, write_material
from whipcount.report.pages import (
    assumed_rows,
    documented_shares,
    extremes,
    fact_rows,
    method_rows,
    outcome_groups,
    prior_rows,
)
from whipcount.results import Results
from whipcount.text import speaking

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Collects what the tests look at, and complains of tags that do not match."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert not reader.open
    return reader


@pytest.fixture(scope="module", params=["en", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def text(material: Material, language: str) -> str:
    with speaking(language):
        return page(material, list(all_charts(material)))


def test_the_page_asks_no_host_for_anything(text: str) -> None:
    for tag, attributes in read(text).tags:
        assert tag not in ("script", "link", "iframe", "img", "object", "embed", "base")
        for name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
            value = attributes.get(name)
            assert value is None or value.startswith("#"), (tag, name, value)
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}  # names, not places


def test_names_are_data_and_never_markup(text: str, language: str) -> None:
    assert "<b>bold</b>" not in text
    assert "<b>жирный</b>" not in text
    name = "Fir <b>bold</b> & Co" if language == "en" else "Пихтов <b>жирный</b>"
    assert name in "".join(read(text).text)


def test_the_page_is_well_formed_and_navigable(text: str, language: str) -> None:
    reader = read(text)
    assert dict(reader.tags)["html"]["lang"] == language
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for tag, attributes in reader.tags if tag == "a"]
    assert all(link and link.removeprefix("#") in ids for link in links)
    headings = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch(r"h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(headings))
    assert any(attributes.get("name") == "viewport" for _, attributes in reader.tags)
    assert "@media print" in text
    assert "@media (max-width" in text


def test_every_drawing_has_a_description_and_a_table(text: str, material: Material) -> None:
    reader = read(text)
    shown = (attributes for tag, attributes in reader.tags if tag == "svg")
    drawings = [attributes for attributes in shown if attributes.get("aria-hidden") != "true"]
    charts = len(list(all_charts(material)))
    assert len(drawings) >= charts
    assert all(attributes.get("role") == "img" and attributes.get("aria-labelledby") for attributes in drawings)
    figures = sum(tag == "figure" for tag, _ in reader.tags)
    assert figures == charts
    assert text.count("</figure>") == len(
        re.findall(r"<details>\s*<summary>(?:The numbers as a table|Числа таблицей)", text)
    )


def test_the_page_says_what_its_sections_should(text: str, language: str) -> None:
    told = "".join(read(text).text)
    english = ("Prior predictive page", "The record beside the model", "Three runs told", "agreement with history")
    russian = ("Априорное предсказание", "Летопись рядом с моделью", "Три прогона", "совпадение с историей")
    for words in english if language == "en" else russian:
        assert words in told
    assert "3 (16) Nov" in told or "3 (16) нояб." in told


def test_outcome_groups_tell_history_and_sources(material: Material) -> None:
    groups = {group.heading: group.rows for group in outcome_groups(material)}
    calibrate = {row.name: row for row in groups["May be used to calibrate"]}
    assert calibrate["The talks fail"].history == "yes"
    assert calibrate["The talks fail"].agrees is True
    assert calibrate["An ultimatum is presented"].agrees is False
    assert calibrate["An ultimatum is presented"].source == "A, 2; B, 3"
    reported = {row.name: row for row in groups["Reported only"]}
    assert reported["Day of the ultimatum"].history == "4 (17) Nov"


def test_extremes_are_those_beyond_two_per_cent(material: Material) -> None:
    found = {one.name: one for one in extremes(material)}
    assert set(found) == {"Any leaves the party", "A centre of consolidation forms"}
    assert "all but excludes what happened" in found["Any leaves the party"].meaning
    assert "no evidence" in found["A centre of consolidation forms"].meaning


def test_documented_shares_are_those_of_what_happened(material: Material) -> None:
    assert documented_shares(material) == pytest.approx([0.81, 0.27, 1 - 0.995, 0.91, 0.44, 1 - 0.012])


def test_the_record_stands_beside_the_model(material: Material) -> None:
    rows = {row.text: row for row in fact_rows(material)}
    assert rows["The Left enter the cabinet."].source == "A, 2"
    assert "partner leaves" in rows["The Left withdraw."].model


def test_method_and_priors(material: Material) -> None:
    assert ("Seed", "7") in method_rows(material)
    prior = prior_rows(material)[0]
    assert (prior.name, prior.prior, prior.reason) == ("choice.lam", "loguniform(8, 60)", "scale of the stakes")
    assert assumed_rows(material) == []  # the made-up crisis has no file


def test_a_run_folder_is_reported(results: Results, tmp_path: Path) -> None:
    english = write_report(results, tmp_path)
    with speaking("ru"):
        russian = write_report(results, tmp_path)
    assert english[0].name == "report.html"
    assert russian[0].name == "report.ru.html"
    assert not {path.name for path in english} & {path.name for path in russian}
    for path in [*english, *russian]:
        assert path.stat().st_size > 0
    assert {path.suffix for path in english[1:]} == {".svg", ".png"}
    assert "readiness.png" in {path.name for path in english}
    read(english[0].read_text(encoding="utf-8"))


def test_how_much_is_assumed_is_counted(results: Results) -> None:
    rows = assumed_rows(material_of(results))
    assert sum(row.assumed for row in rows) > 0


def test_the_same_runs_give_the_same_page(results: Results) -> None:
    material = material_of(results)
    first, second = (page(material, list(all_charts(material))) for _ in range(2))
    assert first == second


def test_a_folder_that_cannot_be_written_is_named(material: Material, tmp_path: Path, monkeypatch: Any) -> None:
    from whipcount.report import html

    monkeypatch.setattr(html, "all_charts", lambda *_: [])
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(RunError, match="file"):
        write_material(replace(material), blocked)
