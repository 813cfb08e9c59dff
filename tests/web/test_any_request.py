"""Whatever is asked of any address: an answer or a refusal, never a fault of the server's own, never a traceback.

Hypothesis makes methods, addresses (the explorer's own, with parts and queries of all kinds), forms, files, cookies and
heads. Half of the forms carry the page's sign, so that they are taken; there is nobody to compute what is then asked.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from site_reader import site_of

from whipcount.results import Results
from whipcount.web.jobs import Jobs
from whipcount.web.pages import all_routes
from whipcount.web.settings import Settings

METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "BREW")
ROUTES = sorted({route.path for route in all_routes()} | {"/theme.css", "/static/explorer.css", "/nowhere"})
# names that pages ask for; others are made up
NAMES = (
    "do", "runs", "seed", "seats", "what", "task", "table", "format", "language", "run", "day", "chart", "outcome",
    "claim", "source", "question", "method", "rule", "quota", "csrf_token", "token", "name", "text", "file", "scenario",
    "page", "part", "q", "sort", "by", "width", "title", "size", "dark", "account", "variant", "set",
)  # fmt: skip
WORDS = (
    "", "0", "1", "-1", "1e9", "nan", "9" * 400, "2.5", "two-bodies", "november-1917", "../../etc/passwd", "%00",
    "\x00", "A,10\nB,20", "A=10 B=20", "param.leave.voice = 0", "<script>alert(1)</script>", "{{7*7}}", "' or 1=1 --",
    "é", "\u202e", "😀" * 50, "[]", "{}", "x" * 5_000, "seats", "votes", "en", "ru", "xx", "png", "svg", "csv", "xlsx",
)  # fmt: skip
SIGNED: list[str] = []
UNSIGNED = ("/studio/run", "/library/open")  # they begin runs in this process
SLOW = 5.0  # seconds of processor time
DEAR = {"/replay/moving": 30.0}  # draws a picture that moves; the page lets one at a time be drawn

text = st.one_of(st.sampled_from(WORDS), st.text(max_size=30), st.integers().map(str))
named = st.one_of(st.sampled_from(NAMES), st.text(min_size=1, max_size=10))
fields = st.lists(st.tuples(named, text), max_size=6)
HEADS = (
    "cookie", "hx-request", "accept-language", "range", "origin", "referer", "content-type", "x-forwarded-for",
    "if-none-match", "accept", "transfer-encoding",
)  # fmt: skip
SAID = (
    "true", "ru,en;q=0.1", "bytes=0-1", "bytes=9-1", "http://elsewhere", "multipart/form-data", "application/json",
    "whipcount=1", "a=b; c=d", "application/x-www-form-urlencoded", "*/*",
)  # fmt: skip
plain = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
heads = st.dictionaries(st.sampled_from(HEADS), st.one_of(st.sampled_from(SAID), plain), max_size=3)


@pytest.fixture(scope="module")
def client(ensemble: Results, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One who speaks with the explorer of a small ensemble, and is told of every error of the server's own."""
    folder = tmp_path_factory.mktemp("studio")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Jobs, "_hire", lambda _: None)
        site = site_of(Settings(run_folder=ensemble.folder, data_dir=folder, studio=folder))
        page = site.page("/ask?do=param.leave.voice+%3D+0")
        SIGNED.append(page.all("input", name="csrf_token")[0].attributes["value"])
        yield site.client
        site.close()


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """An address of the explorer's, its parts filled in with anything."""
    path = draw(st.sampled_from(ROUTES))
    return re.sub(r"\{[^}]*\}", lambda _: re.sub(r"[?#/\x00-\x20\x7f]", "-", draw(text)) or "-", path)


def ask(client: Any, method: str, address: str, query: Any, heads: dict[str, str], body: dict[str, Any]) -> None:
    """Ask, and look at what comes."""
    if "data" in body and len(body["data"]) % 2 and address not in UNSIGNED:
        body = body | {"data": body["data"] | {"csrf_token": SIGNED[-1]}}
        heads = heads | {"origin": str(client.base_url)}
    began = time.process_time()
    answer = client.request(method, address, params=query, headers=heads, follow_redirects=False, **body)
    told = f"{method} {address} {query} {heads} {body}: {answer.status_code}"
    assert answer.status_code < 500 or answer.status_code == 503, told
    assert "Traceback" not in answer.text, told
    assert time.process_time() - began < DEAR.get(address, SLOW), told


def bodies() -> st.SearchStrategy[dict[str, Any]]:
    """Nothing, bytes, a form, or a form with files."""
    files = st.tuples(text.map(lambda one: one.replace("\x00", "")[:200] or "f"), st.binary(max_size=300))
    return st.one_of(
        st.just({}),
        st.binary(max_size=300).map(lambda content: {"content": content}),
        fields.map(lambda form: {"data": dict(form)}),
        st.tuples(fields, files).map(lambda both: {"data": dict(both[0]), "files": {"table": both[1]}}),
    )


def _trial(client: Any, examples: int) -> None:
    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=examples < 1_000,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(st.sampled_from(METHODS), addresses(), fields, heads, bodies())
    def any_request(method: str, address: str, query: Any, heads: dict[str, str], body: dict[str, Any]) -> None:
        ask(client, method, address, query, heads, body)

    any_request()


def test_any_request_is_answered_or_refused(client: Any) -> None:
    _trial(client, 150)


@pytest.mark.slow
def test_any_of_many_requests_is_answered_or_refused(client: Any) -> None:
    _trial(client, int(os.environ.get("REQUESTS", "1500")))
