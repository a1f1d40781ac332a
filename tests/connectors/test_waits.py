"""What is said of a wait: what the platform asks for, else how long it will be."""

from http.server import BaseHTTPRequestHandler

import pytest
import requests

from connectors.base import Context
from connectors.http import Client, MinutePacer
from tests.support.local_http import served

BAN_SECONDS = 600.0


class BanPacer(MinutePacer):
    """Waits out a ban of which no header tells."""

    def delay(self, path: str, per_minute: int | None, now: float) -> float:
        return BAN_SECONDS if self._calls[path] else 0.0


@pytest.mark.parametrize(
    ("pacer", "headers", "words"),
    [
        (MinutePacer, {"Retry-After": "7"}, "asks to wait 7 s"),
        (MinutePacer, {}, "has to wait 1 s"),
        (MinutePacer, {"Retry-After": "²"}, "has to wait 1 s"),
        (BanPacer, {}, "has to wait 600 s"),
    ],
)
def test_the_length_of_a_wait_is_said(
    pacer: type[MinutePacer], headers: dict[str, str], words: str
) -> None:
    statuses = [429, 200]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses.pop(0))
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

    warnings: list[str] = []
    waits: list[float] = []
    context = Context("here", str, warn=warnings.append, sleep=waits.append)
    with served(Handler) as url:
        client = Client(url, {}, context, pacer())
        answer = client.request("x", where="here", read=lambda r: r.status_code)
    assert answer == requests.codes.ok
    [warning] = warnings
    assert warning.endswith(words)
    assert max(waits) >= float(words.split()[-2])
