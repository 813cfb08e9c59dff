"""The guard: names of this machine only, a token elsewhere, forms of this page only, small and timely requests."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import threading
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from whipcount.results import Results
from whipcount.web.app import create_app
from whipcount.web.logs import Log, Logged, one_format
from whipcount.web.patience import PatientProtocol
from whipcount.web.security import ALWAYS, Gate, Guard, visitor_of
from whipcount.web.settings import Settings

HERE = "http://127.0.0.1:8017"
TOKEN = "a-token-of-many-letters"


def apart(task: Coroutine[Any, Any, None]) -> None:
    """Run a task in a thread of its own: a browser test in the same process may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, task).result()


async def page(request: Request) -> Response:
    """Gives the sign of its form, and who asks."""
    return PlainTextResponse(f"{request.state.csrf_token} {visitor_of(request)}")


async def form(request: Request) -> Response:
    """Tells what was sent."""
    async with request.form() as sent:
        upload = sent.get("file")
        size = len(await upload.read()) if hasattr(upload, "read") else 0
        return PlainTextResponse(f"{sent.get('text')} {size}")


async def broken(request: Request) -> Response:  # noqa: ARG001
    """A mistake of ours."""
    raise RuntimeError("secret details")


def client(gate: Gate | None = None, base: str = HERE) -> TestClient:
    app = Starlette(
        routes=[
            Route("/", page),
            Route("/form", form, methods=["POST"]),
            Route("/broken", broken),
            Route("/health", page),
        ],
        middleware=[Middleware(Guard, gate=gate or Gate())],
    )
    return TestClient(app, base_url=base, raise_server_exceptions=False)


def sign(asker: TestClient) -> str:
    return asker.get("/").text.split()[0]


# -- names of this machine -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8017", "localhost:8017", "[::1]:8017", "LOCALHOST"])
def test_it_answers_under_its_own_names(host: str) -> None:
    assert client().get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7", "localhost@evil", "", "a b", "::1"]
)
def test_it_does_not_answer_under_others(host: str) -> None:
    assert client().get("/", headers={"Host": host}).status_code == 421


def test_bound_elsewhere_it_answers_to_addresses_but_to_no_foreign_name() -> None:
    asker = client(Gate(host="0.0.0.0", token=TOKEN))
    assert asker.get("/", headers={"Host": "10.0.0.7:8017"}).status_code == 401
    assert asker.get("/", headers={"Host": socket.gethostname()}).status_code == 401
    assert asker.get("/", headers={"Host": "evil.example"}).status_code == 421


# -- the token -------------------------------------------------------------------------------------------------------


def test_a_token_opens_the_page_and_leaves_the_address() -> None:
    asker = client(Gate(host="0.0.0.0", token=TOKEN))
    assert asker.get("/").status_code == 401
    shown = asker.get(f"/?lang=ru&token={TOKEN}", follow_redirects=False)
    assert shown.status_code == 303
    assert shown.headers["location"] == "/?lang=ru"
    cookie = shown.headers["set-cookie"]
    assert TOKEN not in cookie
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert asker.get("/").status_code == 200
    assert client(Gate(host="0.0.0.0", token=TOKEN)).get("/").status_code == 401


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ключ"])
def test_a_wrong_token_does_not(token: str) -> None:
    asker = client(Gate(host="0.0.0.0", token=TOKEN))
    assert asker.get("/", params={"token": token}).status_code == 401
    assert asker.get("/").status_code == 401


def test_a_cookie_of_a_visitor_who_showed_no_token_does_not() -> None:
    gate = Gate(host="0.0.0.0", token=TOKEN)
    asker = client(gate)
    asker.get("/")  # refused, but it is given a cookie
    assert asker.get("/").status_code == 401
    forged = client(gate)
    forged.cookies.set("whipcount", "x" * 24 + "." + "0" * 64)
    assert forged.get("/").status_code == 401


@pytest.mark.parametrize(
    "value", [b"AAAAAAAAAAAAAAAAAAAAAAAA.\xc3\xa9", b"\xc3\xa9.a", b'"AAAAAAAAAAAAAAAAAAAAAAAA.\\351"', b"\xff"]
)
def test_a_cookie_in_other_letters_is_no_sign(value: bytes) -> None:
    gate = Gate(host="0.0.0.0", token=TOKEN)
    answer = client(gate).get("/", headers=[(b"cookie", gate.cookie.encode() + b"=" + value)])
    assert answer.status_code == 401


def test_two_explorers_in_one_browser_keep_their_own_cookies() -> None:
    """Browsers keep cookies by host, whatever the port."""
    first, second = client(Gate(port=18_717)), client(Gate(port=18_719))
    second.cookies = first.cookies
    given = sign(first)
    second.get("/")
    assert first.post("/form", data={"csrf_token": given, "text": "kept"}).text == "kept 0"


def test_the_cookie_is_secure_behind_https_and_the_redirect_stays_here() -> None:
    asker = client(Gate(host="0.0.0.0", token=TOKEN), "https://127.0.0.1")
    shown = asker.get(f"//evil.example/?token={TOKEN}", follow_redirects=False)
    assert "Secure" in shown.headers["set-cookie"]
    assert shown.headers["location"].startswith("/evil.example") or shown.headers["location"] == "/"


def test_health_and_styles_need_no_token() -> None:
    asker = client(Gate(host="0.0.0.0", token=TOKEN))
    assert asker.get("/health").status_code == 200
    assert asker.get("/static/x.css").status_code == 404
    assert asker.get("/healthy").status_code in (200, 401, 404)


# -- forms -----------------------------------------------------------------------------------------------------------


def test_a_form_needs_the_sign_of_this_page() -> None:
    asker = client()
    given = sign(asker)
    assert asker.post("/form", data={"text": "hello"}).status_code == 403
    assert asker.post("/form", data={"text": "hello", "csrf_token": "0" * 64}).status_code == 403
    assert asker.post("/form", data={"text": "hello", "csrf_token": given}).text == "hello 0"
    assert asker.post("/form", data={"text": "hello"}, headers={"X-CSRF-Token": given}).text == "hello 0"
    assert client().post("/form", data={"csrf_token": given}).status_code == 403  # another visitor's


def test_the_sign_may_stand_in_a_form_with_a_file() -> None:
    asker = client()
    files = {"file": ("a.csv", b"x" * 5000)}
    sent = asker.post("/form", data={"text": "table", "csrf_token": sign(asker)}, files=files)
    assert sent.text == "table 5000"
    assert asker.post("/form", data={"text": "table"}, files=files).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_from_another_site_is_refused_even_with_the_sign(headers: dict[str, str]) -> None:
    asker = client()
    assert asker.post("/form", data={"csrf_token": sign(asker)}, headers=headers).status_code == 403


def test_a_form_from_this_page_says_so() -> None:
    asker = client()
    headers = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
    assert asker.post("/form", data={"text": "a", "csrf_token": sign(asker)}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/html"]
)
def test_a_form_that_cannot_be_read_is_refused(kind: str) -> None:
    asker = client()
    sign(asker)
    sent = asker.post("/form", content=b"--x\r\nContent-Disposition: nonsense", headers={"Content-Type": kind})
    assert sent.status_code in (400, 403)


@pytest.mark.parametrize("letters", [100, 5_000, 50_000])
def test_a_form_with_an_endless_name_is_told_what_is_wrong(letters: int) -> None:
    asker = client()
    sent = asker.post(
        "/form", data={"csrf_token": sign(asker), "text": "x"}, files={"file": ("x" * letters + ".csv", b"a,b")}
    )
    assert sent.status_code in (200, 400)
    assert ("shorter name" in sent.text) is (sent.status_code == 400)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused(method: str) -> None:
    assert client().request(method, "/").status_code == 405


# -- sizes and times -------------------------------------------------------------------------------------------------


def test_what_is_too_large_is_refused() -> None:
    asker = client(Gate(body_bytes=1000))
    data = {"csrf_token": sign(asker), "text": "x" * 2000}
    assert asker.post("/form", data=data).status_code == 413
    assert asker.get("/?" + "x" * 9000).status_code == 414
    assert asker.get("/", headers={"X-Long": "x" * 20_000}).status_code == 431


def test_a_body_that_says_nothing_of_its_size_is_counted() -> None:
    asker = client(Gate(body_bytes=1000))
    given = sign(asker)

    def pieces() -> Iterator[bytes]:
        for _ in range(50):
            yield b"x" * 100

    assert asker.post("/form", content=pieces(), headers={"X-CSRF-Token": given}).status_code == 413


async def answered(gate: Gate, scope: dict[str, Any], receive: Any, send: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("told")(scope, receive, send)

    await Guard(app, gate)(scope, receive, send)


def scope_of(method: str) -> dict[str, Any]:
    headers = [(b"host", b"127.0.0.1:8017")]
    return {"type": "http", "method": method, "path": "/", "query_string": b"", "headers": headers, "scheme": "http"}


def test_a_body_that_trickles_in_is_not_waited_for() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    apart(answered(Gate(seconds=0.1), scope_of("POST"), receive, send))
    assert sent[0]["status"] == 408


def test_who_does_not_take_the_answer_is_left() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:  # noqa: ARG001
        await asyncio.sleep(60)

    with pytest.raises(ClientDisconnect):
        apart(answered(Gate(seconds=0.05), scope_of("GET"), receive, send))


def test_a_slow_head_is_hung_up_on_and_others_are_answered_meanwhile() -> None:
    import uvicorn

    class Hasty(PatientProtocol):
        seconds = 0.3

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("told")(scope, receive, send)

    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    config = uvicorn.Config(app, http=Hasty, lifespan="off", log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        slow = [socket.create_connection(address) for _ in range(20)]
        for one in slow[1:]:
            one.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        with socket.create_connection(address) as quick:
            quick.settimeout(20)
            for _ in range(2):  # the second on the same connection
                quick.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                got = b""
                while not got.endswith(b"told"):
                    got += quick.recv(1000)
                assert b"200 OK" in got
        for one in slow:
            one.settimeout(20)
            assert one.recv(1000) == b""
            one.close()
    finally:
        server.should_exit = True
        thread.join(20)


# -- every answer ----------------------------------------------------------------------------------------------------


def test_every_answer_says_what_it_may_do() -> None:
    asker = client()
    given = sign(asker)
    answers = [
        asker.get("/"), asker.get("/nothing"), asker.get("/broken"), asker.post("/form"), asker.put("/"),
        asker.post("/form", data={"csrf_token": given}), asker.get("/", headers={"Host": "evil.example"}),
        client(Gate(host="0.0.0.0", token=TOKEN)).get("/"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 404, 500, 403, 405, 200, 421, 401]
    for answer in answers:
        for name, value in ALWAYS.items():
            assert answer.headers[name] == value
    policy = answers[0].headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert re.search(r"(^|; )script-src 'self'(;|$)", policy)
    assert "secret" not in answers[2].text


def test_visitors_are_told_apart_and_known_again() -> None:
    first, second = client(), client()
    names = [asker.get("/").text.split()[1] for asker in (first, second)]
    assert len(set(names)) == 2
    assert first.get("/").text.split()[1] == names[0]


# -- the log ---------------------------------------------------------------------------------------------------------


def test_requests_are_written_down_without_their_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    routes = [Route("/", page), Route("/broken", broken), Route("/form\nnew", page)]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, gate=Gate())])
    asker = TestClient(Logged(app, Log()), base_url=HERE, raise_server_exceptions=False)
    asker.get(f"/?token={TOKEN}")
    asker.get("/broken")
    asker.get("/form%0Anew")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines] == ["request", "error", "request", "request"]
    assert lines[0]["status"] == 200
    assert lines[0]["bytes"] > 0
    assert lines[3]["path"] == "/form\nnew"  # one line, whatever the path holds
    assert TOKEN not in json.dumps(lines)


@pytest.mark.parametrize("address", ["/static/zz", "/static/", "/static/../app.py", "/static/zz?lang=ru", "/health/x"])
def test_before_the_token_nothing_is_told_of_what_is_looked_into(ensemble: Results, address: str) -> None:
    app = create_app(Settings(run_folder=ensemble.folder, host="0.0.0.0", token=TOKEN))
    asker = TestClient(app, base_url=HERE, raise_server_exceptions=False)
    for method in ("GET", "HEAD", "POST", "PUT"):
        answer = asker.request(method, address)
        assert answer.status_code in (401, 403, 404, 405)
        assert "Two bodies" not in answer.text
        assert "crisis-name" not in answer.text


def test_every_line_of_the_log_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    with one_format(Log()):
        logging.getLogger("some.server").warning("a warning of the server: %s", "x")
        try:
            raise ValueError("secret\nlines")
        except ValueError:
            logging.getLogger("some.library").exception("it failed")
        warnings.warn("a library warns", UserWarning, stacklevel=1)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["log", "log", "log"]
    assert "ValueError" in lines[1]["trace"]
    assert "a library warns" in lines[2]["message"]


def test_a_long_answer_is_sent_whole() -> None:
    async def long(request: Request) -> Response:  # noqa: ARG001
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(100):
                yield b"x" * 1000

        return StreamingResponse(pieces())

    app = Starlette(routes=[Route("/", long)], middleware=[Middleware(Guard, gate=Gate())])
    assert len(TestClient(app, base_url=HERE).get("/").content) == 100_000
