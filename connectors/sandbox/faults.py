"""Breaks responses on purpose: by kind, method, probability and count, always the same way."""

import asyncio
import random
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Literal

import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

Kind = Literal[
    "too_many",  # 429 with Retry-After
    "too_many_with_200",  # the same words with status 200 and no header
    "server_error",  # 500 with JSON
    "html_error",  # 503 with an HTML page
    "html_with_200",
    "gone",  # 410 with an HTML page: the API has been switched off for good
    "other_shape",  # JSON of a shape that no platform sends
    "cut_json",  # half of the response, with the Content-Length of that half
    "cut_body",  # half of the response, with the Content-Length of the whole
    "stall",  # nothing for `seconds`, then the response
    "reset",  # the connection is reset
]
_HTML = b"<!DOCTYPE html><html><head><title>Slack</title></head><body>Server Error</body></html>"
_HTML_STATUS = {"html_error": 503, "html_with_200": 200, "gone": 410}
_TRANSPORTS: dict[tuple[Any, ...], asyncio.Transport] = {}


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """One rule. `methods` empty: any. `count` None: until cleared. `skip` lets so many pass."""

    kind: Kind
    methods: list[str] = []
    probability: float = 1.0
    count: int | None = None
    skip: int = 0
    seconds: float = 1.0  # of a stall, and the Retry-After of too_many


class Faults:
    """The rules that are switched on; the first that applies to a request breaks it."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.rules: list[Fault] = []

    def pick(self, method: str) -> Fault | None:
        """Return the fault of this request, if any."""
        for rule in self.rules:
            if (rule.methods and method not in rule.methods) or rule.count == 0:
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            if rule.probability < 1.0 and self._rng.random() >= rule.probability:
                continue
            if rule.count is not None:
                rule.count -= 1
            return rule
        return None


class TrackingProtocol(H11Protocol):
    """uvicorn's HTTP with a way to get at a connection's transport, so that it can be broken."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the transport by the addresses of both ends."""
        super().connection_made(transport)
        _TRANSPORTS[_ends(transport)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        _TRANSPORTS.pop(_ends(self.transport), None)
        super().connection_lost(exc)


def _ends(transport: asyncio.Transport) -> tuple[Any, ...]:
    return (*transport.get_extra_info("peername"), *transport.get_extra_info("sockname"))


def _transport(scope: Scope) -> asyncio.Transport:
    return _TRANSPORTS[(*scope["client"], *scope["server"])]


async def play(fault: Fault, app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request with the fault."""
    limited = b'{"ok":false,"error":"ratelimited"}'
    wait = (b"retry-after", str(max(1, round(fault.seconds))).encode())
    if fault.kind == "too_many":
        await _answer(send, 429, b"application/json", limited, wait)
    elif fault.kind == "too_many_with_200":
        await _answer(send, 200, b"application/json", limited)
    elif fault.kind == "server_error":
        body = b'{"ok":false,"error":"internal_error"}'
        await _answer(send, 500, b"application/json", body)
    elif fault.kind == "other_shape":
        await _answer(send, 200, b"application/json", b"[7]")
    elif fault.kind in _HTML_STATUS:
        await _answer(send, _HTML_STATUS[fault.kind], b"text/html", _HTML)
    elif fault.kind == "stall":
        await asyncio.sleep(fault.seconds)
        await app(scope, receive, send)
    elif fault.kind == "reset":
        _reset(_transport(scope))
    else:
        await _cut(fault.kind, app, scope, receive, send)


async def _answer(send: Send, status: int, kind: bytes, body: bytes, *more: Any) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _cut(kind: str, app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the first half of the real response."""
    parts: list[Message] = []

    async def keep(message: Message) -> None:
        parts.append(message)

    await app(scope, receive, keep)
    body = b"".join(part.get("body", b"") for part in parts[1:])
    half = body[: len(body) // 2]
    length = len(half) if kind == "cut_json" else len(body)
    headers = [pair for pair in parts[0]["headers"] if pair[0] != b"content-length"]
    headers.append((b"content-length", str(length).encode()))
    await send({**parts[0], "headers": headers})
    await send({"type": "http.response.body", "body": half, "more_body": kind == "cut_body"})
    if kind == "cut_body":
        _transport(scope).close()


def _reset(transport: asyncio.Transport) -> None:
    """Drop the connection so that the client sees a reset, not an orderly end."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
