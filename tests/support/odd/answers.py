"""Servers of the platforms whose every list has sound rows, and rows with an odd field each."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.local_http import served
from tests.support.odd import discord, github, meetup, slack
from tests.support.odd.values import Rows, as_json

PLATFORMS = {"discord": discord, "github": github, "meetup": meetup, "slack": slack}


@contextmanager
def serving(kind: str, found: dict[str, Rows]) -> Iterator[str]:
    """Serve these lists as a platform does; yields the address."""
    platform = PLATFORMS[kind]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._send(parts.path, dict(parse_qsl(parts.query)))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._send(self.path, json.loads(self.rfile.read(length)))

        def _send(self, path: str, query: dict[str, Any]) -> None:
            found_body = platform.answer(path, query, found)
            body = as_json({} if found_body is None else found_body).encode()
            self.send_response(404 if found_body is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with served(Handler) as url:
        yield url
