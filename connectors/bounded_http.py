"""HTTP responses within bounds, whatever a server sends: of time, of size, and of packing.

The timeouts of `requests` hold for each read, so that a byte a minute goes on for ever.
"""

import io
import json
import logging
import time
from http.client import HTTPResponse
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from connectors import bounds
from connectors.redaction import redacted, redacted_bytes

PIECE_BYTES = 1 << 16

# It would print a trace, with the address, where a header has no colon.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class BeyondBound(Exception):
    """A response exceeds a bound; says which."""


class _BoundedStream(io.RawIOBase):
    """What a server sends for one response, head and body, until a bound is reached."""

    def __init__(self, sock: Any, raw: io.RawIOBase) -> None:
        self._sock, self._raw = sock, raw
        self._timeout: float | None = sock.gettimeout()
        self._ends_at = time.monotonic() + bounds.MOST_RESPONSE_SECONDS
        self._bytes_left = bounds.MOST_RESPONSE_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise _too_slow()
        is_last_wait = self._timeout is None or left < self._timeout
        if is_last_wait:
            self._sock.settimeout(left)
        try:
            size = self._raw.readinto(buffer)
        except TimeoutError:
            if is_last_wait:
                raise _too_slow() from None
            raise
        self._bytes_left -= size or 0
        if self._bytes_left < 0:
            raise _too_long()
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Socket:
    """A socket as `http.client` needs it to read a response."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock

    def makefile(self, mode: str) -> io.BufferedReader:
        raw = self._sock.makefile(mode, buffering=0)
        return io.BufferedReader(_BoundedStream(self._sock, raw), PIECE_BYTES)


class _BoundedResponse(HTTPResponse):
    def __init__(self, sock: Any, *arguments: Any, **named: Any) -> None:
        super().__init__(_Socket(sock), *arguments, **named)  # type: ignore[arg-type]


class BoundedAdapter(HTTPAdapter):
    """Sends requests; reading a response raises BeyondBound where a bound is reached."""

    def get_connection_with_tls_context(self, *arguments: Any, **named: Any) -> Any:
        """Return the pool of connections for a request, whose responses are bounded."""
        pool: Any = super().get_connection_with_tls_context(*arguments, **named)
        kind = pool.ConnectionCls
        if getattr(kind, "response_class", None) is not _BoundedResponse:
            pool.ConnectionCls = type("Bounded", (kind,), {"response_class": _BoundedResponse})
        return pool


def read_body(response: requests.Response, *, is_redacted: bool) -> None:
    """Read the body, unpacked, and replace bad bytes, and secrets of ours in it and in the headers.

    Raises BeyondBound, and what `requests` raises for a broken connection or body.
    """
    body = bytearray()
    try:
        if "," in response.headers.get("Content-Encoding", ""):
            raise BeyondBound("the response is packed more than once")
        for piece in response.iter_content(PIECE_BYTES):
            body += piece
            if len(body) > bounds.MOST_RESPONSE_BYTES:
                raise _too_long()
    finally:
        response.close()
    content = _text(bytes(body))
    response._content = redacted_bytes(content) if is_redacted else content
    for name, value in response.headers.items():
        response.headers[name] = redacted(value)


def _text(content: bytes) -> bytes:
    """Return a body whose bad bytes, if it is UTF-8, are replacement characters."""
    try:
        content.decode()
    except UnicodeDecodeError:
        if json.detect_encoding(content).startswith("utf-8"):
            return content.decode("utf-8", "replace").encode()
    return content


def _too_slow() -> BeyondBound:
    return BeyondBound(bounds.beyond("the response takes", "MOST_RESPONSE_SECONDS"))


def _too_long() -> BeyondBound:
    return BeyondBound(bounds.beyond("the response has", "MOST_RESPONSE_BYTES"))
