"""Discord's rate limits, as in its responses (docs.discord.com/developers/topics/rate-limits)."""

import re
from collections import deque

import msgspec
import requests

from connectors.http import SECONDS, quota_per_minute, retry_after
from connectors.tolerant import ODD_JSON

GLOBAL_PER_SECOND = 50
MARGIN_SECONDS = 0.02
BAN_SECONDS = 600.0
INVALID_STATUSES = (401, 403, 429)
INVALID_WINDOW_SECONDS = 600.0
MOST_INVALID = 5000  # Discord bans an IP address after 10,000 within the window
ID = re.compile(r"\d{5,}|@me")


class TooManyRequests(msgspec.Struct, frozen=True):
    """The body of Discord's own 429. A ban comes from Cloudflare as HTML."""

    retry_after: float | None = None
    is_global: bool = msgspec.field(default=False, name="global")


class BucketPacer:
    """Waits as the headers of earlier responses say, per bucket and its channel or server.

    It also keeps the limit of all calls per second, a pause that Discord asked for, and a limit of
    calls that Discord rejects: too many of them lead to a ban.
    """

    def __init__(self) -> None:
        self._buckets: dict[str, str] = {}
        self._free_at: dict[tuple[str, str], float] = {}
        self._calls: deque[float] = deque()
        self._invalid: deque[float] = deque()
        self._paused_until = 0.0
        self._per_second = GLOBAL_PER_SECOND

    def delay(self, path: str, per_minute: int | None, now: float) -> float:
        calls, invalid = self._calls, self._invalid
        while calls and calls[0] <= now - 1 - MARGIN_SECONDS:
            calls.popleft()
        while invalid and invalid[0] <= now - INVALID_WINDOW_SECONDS:
            invalid.popleft()
        waits = [self.bucket_delay(path, now), self._paused_until - now]
        if len(calls) >= self._per_second:
            waits.append(calls[-self._per_second] + 1 + MARGIN_SECONDS - now)
        if len(invalid) >= MOST_INVALID:
            waits.append(invalid[-MOST_INVALID] + INVALID_WINDOW_SECONDS - now)
        return max(waits)

    def bucket_delay(self, path: str, now: float) -> float:
        """Return the seconds that the bucket of this path alone makes us wait."""
        route, owner = _route(path)
        return max(0.0, self._free_at.get((self._buckets.get(route, route), owner), 0.0) - now)

    def note(self, path: str, response: requests.Response | None, now: float) -> None:
        self._calls.append(now)
        if response is None:
            return
        per_minute = quota_per_minute(response)
        self._per_second = max(1, per_minute // 60) if per_minute else GLOBAL_PER_SECOND
        route, owner = _route(path)
        headers = response.headers
        bucket = self._buckets[route] = headers.get("X-RateLimit-Bucket", route)
        if headers.get("X-RateLimit-Remaining") == "0":
            after = headers.get("X-RateLimit-Reset-After", "").strip()
            wait = float(after) if SECONDS.fullmatch(after) else 0.0
            self._free_at[bucket, owner] = now + wait + MARGIN_SECONDS
        if response.status_code in INVALID_STATUSES:
            if headers.get("X-RateLimit-Scope") != "shared":
                self._invalid.append(now)
            if response.status_code == 429:
                self._note_too_many(response, (bucket, owner), now)

    def _note_too_many(
        self, response: requests.Response, bucket: tuple[str, str], now: float
    ) -> None:
        after = retry_after(response)
        try:
            body = msgspec.json.decode(response.content, type=TooManyRequests)
        except ODD_JSON:
            self._paused_until = now + max(BAN_SECONDS if after is None else after, 1.0)
            return
        wait = body.retry_after if body.retry_after is not None else after or 1.0
        free_at = now + wait + MARGIN_SECONDS
        if body.is_global or "X-RateLimit-Global" in response.headers:
            self._paused_until = free_at
        else:
            self._free_at[bucket] = free_at


def _route(path: str) -> tuple[str, str]:
    """Return a path without its ids, and its first id: every bucket counts per such id."""
    kind, _, rest = path.partition("/")
    owner, _, rest = rest.partition("/")
    return f"{kind}/{ID.sub(':id', rest)}", owner
