"""Nothing that a server sends is unbounded: the error of a response names the bound."""

import gzip
import json
import time
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import msgspec
import pytest
import requests

from connectors import bounds
from connectors.base import Context, Denied, Retryable
from connectors.discord.rate_limits import BucketPacer
from connectors.github.api import seconds_to_reset
from connectors.http import Client, MinutePacer, Oversized, RateLimited, decode_json
from connectors.paging import Endless, PageGuard
from tests.support.local_http import served

TOKEN = "made-up-token-0123456789"
Respond = Callable[[BaseHTTPRequestHandler], None]


def handler(respond: Respond) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.close_connection = True
            try:
                respond(self)
            except OSError:
                self.close_connection = True

    return Handler


def ask(respond: Respond, **more: object) -> requests.Response:
    """Return the response of a server, waiting for nothing between attempts."""
    context = Context("here", str, sleep=lambda seconds: None)
    with served(handler(respond)) as url:
        client = Client(url, {"Authorization": f"Bearer {TOKEN}"}, context)
        return client.request("list", where="here, list", read=lambda response: response)


def raw(*pieces: bytes, pause: float = 0.0, times: int = 1) -> Respond:
    def respond(server: BaseHTTPRequestHandler) -> None:
        for _ in range(times):
            for piece in pieces:
                server.wfile.write(piece)
                server.wfile.flush()
                time.sleep(pause)

    return respond


def packed(encoding: str, body: bytes) -> Respond:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
    return raw(head.encode() + body)


OK = b"HTTP/1.1 200 OK\r\n"
ENDLESS = OK + b"\r\n" + b"x" * 4096


@pytest.mark.parametrize(
    "respond",
    [
        raw(OK, b"A: b\r\n", b"C: d", *[b"e"] * 400, pause=0.02),
        raw(OK + b"\r\n", *[b"x"] * 400, pause=0.02),
        raw(b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.02, times=400),
        lambda server: time.sleep(1),
    ],
    ids=["slow head", "slow body", "continue for ever", "no response"],
)
def test_a_slow_response_ends_in_time(respond: Respond, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_RESPONSE_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(Oversized, match="MOST_RESPONSE_SECONDS") as caught:
        ask(respond)
    assert time.monotonic() - began < 3
    assert caught.value.where == "here, list"
    assert caught.value.advice


@pytest.mark.parametrize(
    "respond",
    [
        raw(ENDLESS, b"x" * 65536, times=40),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", *[b"T: x\r\n" * 9000] * 40),
        raw(*[b"HTTP/1.1 100 Continue\r\n\r\n" * 2000] * 40),
        packed("gzip", gzip.compress(b"x" * 30_000_000)),
        packed("deflate", zlib.compress(b"x" * 30_000_000)),
    ],
    ids=["body", "trailers", "continue", "gzip", "deflate"],
)
def test_a_long_response_ends_at_once(respond: Respond, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_RESPONSE_BYTES", 1_000_000)
    with pytest.raises(Oversized, match=r"1,000,000 bytes [(]the bound MOST_RESPONSE_BYTES"):
        ask(respond)


def test_nothing_is_packed_twice() -> None:
    body = gzip.compress(gzip.compress(b"x" * 1000))
    with pytest.raises(Oversized, match="packed more than once"):
        ask(packed("gzip, gzip", body))


@pytest.mark.parametrize(
    "respond",
    [
        raw(b"HTTP/1.1 OK\r\n\r\n"),
        raw(b"\x00\xff\r\n\r\n"),
        raw(OK + b"X: y\r\n" * 101 + b"\r\n"),
        raw(OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n"),
        raw(OK + b"Content-Length: 10\r\n\r\n{}"),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc"),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 1_000_000),
        packed("gzip", b"this is not gzip"),
        packed("deflate", b"nor deflate"),
        raw(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_an_odd_response_may_work_later(respond: Respond) -> None:
    with pytest.raises(Retryable) as caught:
        ask(respond)
    assert not isinstance(caught.value, Oversized)
    assert caught.value.where.startswith("here, list")


def test_odd_headers_print_nothing(caplog: pytest.LogCaptureFixture) -> None:
    response = ask(raw(OK + b"no colon\r\nContent-Length: 2\r\n\r\n{}"))
    assert response.status_code == requests.codes.ok
    assert caplog.records == []


def test_no_redirect_gets_the_token() -> None:
    with pytest.raises(Denied, match="redirects"):
        ask(
            raw(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")
        )


def test_an_echoed_token_stands_nowhere_in_a_response() -> None:
    body = json.dumps({"error": f"who is {TOKEN}?"})
    head = f"X-Request-Id: {TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    response = ask(raw(OK + head.encode()))
    assert response.json() == {"error": "who is [secret]?"}
    assert TOKEN not in str(response.headers)


@pytest.mark.parametrize(
    ("after", "least", "most"),
    [
        ("0", 0, 200),
        ("", 1, 200),
        ("²", 1, 200),
        ("-5", 1, 200),
        ("NaN", 1, 200),
        ("inf", 1, 200),
        ("1e3", 1, 200),
        ("0x10", 1, 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1, 200),
        ("Fri, 03 May 2024 10:00:00", 0, 200),
        ("Fri, 99 May 99999 10:00:00 GMT", 1, 200),
        ("9" * 5000, 1, 200),
        ("12", 12, 13),
    ],
)
def test_odd_waits_are_bounded_and_end(after: str, least: float, most: float) -> None:
    """A 429 that says so three times, then a good response."""
    statuses, waits = [429, 429, 429, 200], list[float]()
    head = f"Retry-After: {after}\r\n" if after else ""

    def respond(server: BaseHTTPRequestHandler) -> None:
        line = (
            f"HTTP/1.1 {statuses.pop(0)} X\r\n{head}Connection: close\r\nContent-Length: 0\r\n\r\n"
        )
        server.wfile.write(line.encode("latin-1"))

    warnings: list[str] = []
    context = Context("here", str, warn=warnings.append, sleep=waits.append)
    with served(handler(respond)) as url:
        Client(url, {}, context).request("x", where="here", read=lambda response: response)
    assert len(waits) == 3
    assert all(least <= wait <= most for wait in waits)
    assert not any(words.endswith(" 0 s") for words in warnings)


def test_a_server_that_always_says_no_wait_ends_with_an_error() -> None:
    waits: list[float] = []
    context = Context("here", str, sleep=waits.append)
    limited = raw(
        b"HTTP/1.1 429 X\r\nConnection: close\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
    )
    with served(handler(limited)) as url, pytest.raises(RateLimited):
        Client(url, {}, context).request("x", where="here", read=lambda response: response)
    assert 60 < sum(waits) < bounds.MOST_WAIT_SECONDS


def test_a_list_without_an_end_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_PAGES", 50)
    guard = PageGuard("here, list")
    for page in range(49):
        guard.turn(f"cursor {page}", [f"row {page}"])
    with pytest.raises(Endless, match=r"50 pages [(]the bound MOST_PAGES") as caught:
        guard.turn("cursor", ["row"])
    assert caught.value.where == "here, list"


def test_a_bad_byte_or_depth_costs_its_field_alone() -> None:
    deep = b"[" * 50_000 + b"]" * 50_000
    body = b'{"name": "caf\xe9", "deep": ' + deep + b', "id": 7}'
    head = b"Content-Length: %d\r\n\r\n" % len(body)
    response = ask(raw(OK + head + body))
    decoder = msgspec.json.Decoder(dict[str, object])
    found = decode_json(decoder, response, "here", "Board")
    assert (found["name"], found["id"]) == ("caf\ufffd", 7)


@pytest.mark.parametrize("reset", ["²", "-1", "NaN", "9" * 40, "9" * 5000, "0", ""])
def test_odd_resets_are_short_waits(reset: str) -> None:
    response = requests.Response()
    response.status_code = 403
    response.headers.update({"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset})
    assert 0 < seconds_to_reset(response) <= 61
    policy = {"RateLimit-Policy": f"x;q={reset};w={reset}"}
    limits = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": reset, **policy}
    response.headers.update(limits)
    pacer = BucketPacer()
    pacer.note("channels/12345/messages", response, 0.0)
    assert 0 <= pacer.delay("channels/12345/messages", None, 0.0) < 10**10


def test_no_pacer_waits_for_longer_than_the_bound() -> None:
    class Stopped(MinutePacer):
        def delay(self, path: str, per_minute: int | None, now: float) -> float:
            return 10.0**9

    client = Client("http://127.0.0.1:9", {}, Context("here", str), Stopped())
    with pytest.raises(RateLimited, match="MOST_WAIT_SECONDS"):
        client.request("x", where="here", read=lambda response: response)
