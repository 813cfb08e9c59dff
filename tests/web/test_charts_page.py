"""Charts of the runs are all there, and each leads to itself as it will be published."""

from __future__ import annotations

import io
from urllib.parse import urlencode

import pytest
from PIL import Image
from site_reader import Site

from whipcount.charts import all_charts
from whipcount.results import Results

CHART = {"kind": "survival", "chart": "survival"}


def test_every_chart_of_the_runs_is_led_to(site: Site) -> None:
    kinds = [one.attributes["hx-get"] for one in site.page("/charts").all("div", "awaited")]
    shown: list[str] = []
    for address in kinds:
        part = site.page(address)
        shown += [one.attributes["id"].removeprefix("chart-") for one in part.all("figure")]
        links = [link.attributes["href"] for link in part.all("a", "button")]
        assert len(links) == len(part.all("figure"))
        assert all(link.startswith("/charts/publish?") for link in links)
    assert shown == [chart.name for chart in all_charts(site.subject.material)]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_is_written_stands_in_the_picture_with_seed_and_version(
    site: Site, ensemble: Results, language: str
) -> None:
    own = {"own_title": "Who <b>lasts", "own_source": "Source: & I", "size": "600", "scheme": "dark", "lang": language}
    page = site.page(f"/charts/publish?{urlencode(CHART | own)}")
    preview = page.one("div", "preview").text
    assert "Who <b>lasts" in preview
    assert "Source: & I" in preview
    assert str(ensemble.seed) in preview
    assert "whipcount 0" in preview
    files = {
        link.attributes["href"].split("?")[0].rpartition("/")[2]: link for link in page.one("main").all("a", "button")
    }
    assert set(files) == {"png", "large", "svg", "html", "csv"}
    sizes = []
    for kind, link in files.items():
        answer = site.client.get(link.attributes["href"])
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
        if kind in ("png", "large"):
            sizes.append(Image.open(io.BytesIO(answer.content)).size[0])
        elif kind in ("svg", "html"):
            assert "Who &lt;b&gt;lasts" in answer.text
            assert "<script" not in answer.text
        else:
            assert len(answer.text.splitlines()) > 4
    assert sizes == [600, 1200]


def test_what_is_no_chart_is_said(site: Site, bare_site: Site) -> None:
    for address in (
        "/charts/drawn?kind=../x",
        "/charts/publish?kind=survival&chart=x",
        "/charts/take/exe?kind=survival",
    ):
        assert "WC722" in site.page(address, 400).text
    assert bare_site.page("/charts").all("progress")
    odd = site.page(f"/charts/publish?{urlencode(CHART | {'size': '9', 'scheme': 'x', 'own_title': ''})}")
    assert odd.one("option", selected="", value="1200")
    assert odd.one("textarea", id="own_title").text
