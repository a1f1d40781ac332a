"""The one HTTP client: pacing, Retry-After, bounded retries, redaction. Nothing else retries.

A response is read within its bounds of time and size; our secrets in it are replaced at once.
"""

import random
import re
import time
from codecs import BOM_UTF8
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
import requests

from connectors import bounds
from connectors.base import Changed, Context, Denied, Retryable
from connectors.bounded_http import BeyondBound, BoundedAdapter, read_body
from connectors.redaction import keep_secret, quoted
from connectors.tolerant import decode

T = TypeVar("T")

TIMEOUT_SECONDS = (10.0, 60.0)
MOST_FAILURES = 6
MOST_RATE_LIMITED = 30
LONGEST_BACKOFF_SECONDS = 32.0
WINDOW_SECONDS = 60.0
MARGIN_SECONDS = 0.1
LATER = "Run the sync again later: it goes on where it stopped"
MOST_ID_CHARACTERS = 100
REQUEST_IDS = ("x-slack-req-id", "x-github-request-id", "x-request-id")
POLICY = re.compile(r";\s*q=(?P<quota>[0-9]{1,9})\s*;\s*w=(?P<window>[1-9][0-9]{0,8})\b")
SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{0,9})?")
EPOCH_SECONDS = re.compile(r"[0-9]{1,12}")
DATED_YEARS = range(1990, 2200)


class RateLimited(Retryable):
    """The platform says that there were too many requests."""


class Oversized(Retryable):
    """A response exceeds a bound. It is not asked for again before the next sync."""


class Pacer(Protocol):
    """Keeps a platform's limits: those that are known, or those that its responses state."""

    def delay(self, path: str, per_minute: int | None, now: float) -> float:
        """Return the seconds to wait before the next call of this path."""

    def note(self, path: str, response: requests.Response | None, now: float) -> None:
        """Note that a call got its response now, or with None that it got none."""


class MinutePacer:
    """Keeps each path under its number of calls in any window of a minute.

    The window slides, so that a short sync never waits and a long one never exceeds the limit.
    """

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._stated_per_minute: int | None = None

    def delay(self, path: str, per_minute: int | None, now: float) -> float:
        quota = self._stated_per_minute or per_minute
        calls = self._calls[path]
        while calls and calls[0] <= now - WINDOW_SECONDS - MARGIN_SECONDS:
            calls.popleft()
        if quota is None or len(calls) < quota:
            return 0.0
        return calls[-quota] + WINDOW_SECONDS + MARGIN_SECONDS - now

    def note(self, path: str, response: requests.Response | None, now: float) -> None:
        self._calls[path].append(now)
        if response is not None:
            self._stated_per_minute = quota_per_minute(response)


class _Call(NamedTuple):
    """One request, a POST where it has a body. `judged`: statuses that `read` handles itself."""

    path: str
    params: Mapping[str, str]
    where: str
    per_minute: int | None
    headers: Mapping[str, str]
    body: bytes | None
    judged: Collection[int]


class Client:
    """A session with one host. Its requests and waits are counted in the context.

    `platform_time` is the host's own clock in microseconds since 1970, from its last Date header.
    The token goes to the configured host alone: redirects are not followed. A secret of ours in a
    response is replaced, unless the host `brings_secrets`.
    """

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        context: Context,
        pacer: Pacer | None = None,
        *,
        brings_secrets: bool = False,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        _keep_secrets(headers)
        session = requests.Session()
        session.headers.update(headers)
        # netrc and proxy settings of the machine must not replace the token or leave the machine.
        session.trust_env = urlsplit(base_url).hostname not in ("127.0.0.1", "localhost")
        # This is the same for every call and takes longer than the rest of one: it is done once.
        self._template = session.prepare_request(requests.Request("GET", self.base_url))
        self._environment: dict[str, Any] = dict(
            session.merge_environment_settings(self.base_url, {}, None, None, None)
        )
        self._adapter = BoundedAdapter()
        self._brings_secrets = brings_secrets
        self._context = context
        self._pacer = pacer or MinutePacer()
        self.platform_time = int(time.time() * 1_000_000)

    def request(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        where: str,
        read: Callable[[requests.Response], T],
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        per_minute: int | None = None,
        judged: Collection[int] = (),
        limited: Callable[[float | None], None] = lambda after: None,
    ) -> T:
        """Return what `read` makes of the response; `read` raises Retryable, Denied or Changed.

        With a `body`, JSON unless `headers` say otherwise, it is a POST, which may be sent again:
        it must change nothing on the platform. Waits as the limit and the server say, and calls
        `limited` with the seconds of a RateLimited. Raises Denied and Changed at once, and the last
        Retryable after a bounded number of attempts or a bounded wait. `read` also gets responses
        of statuses in `judged`.
        """
        call = _Call(path, params or {}, where, per_minute, headers or {}, body, judged)
        limited_times, failed, waited = 0, 0, 0.0
        while True:
            try:
                return self._once(call, read)
            except RateLimited as error:
                limited_times += 1
                limited(error.after)
                pause = _pause_after(error, limited_times + failed)
                self._warn_of_wait(call, error.after, pause)
                if limited_times >= MOST_RATE_LIMITED or waited + pause > bounds.MOST_WAIT_SECONDS:
                    raise
            except Oversized:
                raise
            except Retryable as error:
                failed += 1
                pause = _pause_after(error, limited_times + failed)
                if failed >= MOST_FAILURES or waited + pause > bounds.MOST_WAIT_SECONDS:
                    raise
            waited += pause
            self._pause(pause)

    def _warn_of_wait(self, call: _Call, asked: float | None, pause: float) -> None:
        """Say how long a wait is; where the platform does not, the pacer may know, as of a ban."""
        if asked is not None and asked >= pause - 1:
            words = f"the platform asks to wait {max(asked, 1):.0f} s"
        else:
            delay = self._pacer.delay(call.path, call.per_minute, self._context.clock())
            words = f"too many requests, the sync has to wait {max(pause, delay):.0f} s"
        self._context.warn(f"{call.where}: {words}")

    def _pause(self, seconds: float) -> None:
        self._context.waited_seconds += seconds
        self._context.sleep(seconds)

    def _once(self, call: _Call, read: Callable[[requests.Response], T]) -> T:
        delay = self._pacer.delay(call.path, call.per_minute, self._context.clock())
        if delay > bounds.MOST_WAIT_SECONDS:
            what = bounds.beyond("the rate limit requires a wait of", "MOST_WAIT_SECONDS")
            raise RateLimited(what, where=call.where, after=delay, advice=LATER)
        if delay > 0:
            self._pause(delay)
        self._context.requests += 1
        response = None
        try:
            response = self._send(call)
        except BeyondBound as error:
            raise Oversized(
                str(error),
                where=call.where,
                advice="Check base_url, and that no proxy stands in between",
            ) from None
        except ValueError:
            raise Denied(
                "the request cannot be written", where=call.where, advice="Check base_url"
            ) from None
        except requests.exceptions.ContentDecodingError as error:
            raise Retryable(
                "the response is not packed as its Content-Encoding says",
                where=call.where,
                advice=LATER,
            ) from error
        except requests.Timeout as error:
            raise Retryable(
                "the platform did not answer in time", where=call.where, advice=LATER
            ) from error
        except requests.RequestException as error:
            raise Retryable(
                f"the connection to {urlsplit(self.base_url).hostname} failed "
                f"({type(error).__name__})",
                where=call.where,
                advice="Check the network and the base_url, then run the sync again",
            ) from error
        finally:
            self._pacer.note(call.path, response, self._context.clock())
        date = seconds_of_date(response.headers.get("Date"))
        if date is not None:
            self.platform_time = int(date) * 1_000_000
        if response.status_code not in call.judged:
            self._raise_for_status(response, call.where)
        return read(response)

    def _send(self, call: _Call) -> requests.Response:
        request = self._template.copy()
        query = f"?{urlencode(call.params)}" if call.params else ""
        request.url = f"{self.base_url}/{call.path}{query}"
        if call.body is not None:
            request.method = "POST"
            request.headers["Content-Type"] = "application/json"
            request.prepare_body(call.body, None)
        request.headers.update(call.headers)
        _keep_secrets(call.headers)
        environment = self._environment | {"stream": True}
        response = self._adapter.send(request, timeout=TIMEOUT_SECONDS, **environment)
        read_body(response, is_redacted=not self._brings_secrets)
        return response

    def _raise_for_status(self, response: requests.Response, where: str) -> None:
        status = response.status_code
        place = place_of(response, where)
        if status == 429:
            after = retry_after(response)
            raise RateLimited("too many requests", where=place, after=after, advice=LATER)
        if status >= 500:
            after = retry_after(response)
            raise Retryable("the platform has a fault", where=place, after=after, advice=LATER)
        if 300 <= status < 400:
            raise Denied(
                "the platform redirects to another address, to which no token is sent",
                where=place,
                advice=f"If {_host_of(response)} is the platform's, set base_url to its address "
                "there; else a proxy answers in place of the platform",
            )


def _host_of(response: requests.Response) -> str:
    """Return where a redirect leads."""
    try:
        host = urlsplit(response.headers.get("Location", "")).hostname
    except ValueError:
        host = None
    return quoted(host) if host else "the other address"


def _keep_secrets(headers: Mapping[str, str]) -> None:
    if authorization := headers.get("Authorization"):
        keep_secret(authorization, authorization.rpartition(" ")[2])


def _pause_after(error: Retryable, attempts: int) -> float:
    """Return the seconds to wait: as the server says, else doubled each time; with some jitter.

    A server that says it again and again after no wait at all is not believed.
    """
    backoff = min(LONGEST_BACKOFF_SECONDS, 0.5 * 2.0**attempts)
    if error.after is not None:
        backoff = max(error.after, backoff if attempts > 1 and error.after < 1 else 0)
    return backoff + random.uniform(0, 0.25)


def place_of(response: requests.Response, where: str) -> str:
    """Return where a response comes from, for errors: with its status and its request id."""
    request_id = next((response.headers[h] for h in REQUEST_IDS if h in response.headers), None)
    place = f"{where}, HTTP {response.status_code}"
    return place + (f", request {quoted(request_id, MOST_ID_CHARACTERS)}" if request_id else "")


def decode_json(
    decoder: msgspec.json.Decoder[T], response: requests.Response, where: str, platform: str
) -> T:
    """Decode a response.

    What is nested too deeply in it is null, as is NaN. Raises Changed for an unknown shape,
    Retryable for invalid or truncated JSON, and Denied where it comes with an error status: then
    something else answers in the platform's place.
    """
    place = place_of(response, where)
    try:
        return decode(response.content.removeprefix(BOM_UTF8), decoder)
    except msgspec.ValidationError as error:
        raise Changed(
            f"{platform}'s response has an unknown shape: {error}",
            where=place,
            advice="Update community-vitals, or report this line",
        ) from error
    except (msgspec.DecodeError, ValueError, RecursionError):
        # The error would quote what was sent, which may be private.
        if response.status_code >= 400:
            raise Denied(
                f"the response does not come from {platform}",
                where=place,
                advice="Check base_url, and that no proxy stands in between",
            ) from None
        raise Retryable("invalid or truncated JSON response", where=place, advice=LATER) from None


def seconds_of_date(value: str | None) -> float | None:
    """Return an HTTP date as seconds since 1970; None where there is none or it is invalid."""
    try:
        moment = parsedate_to_datetime(value) if value else None
    # The parser of dates raises all of these for odd ones.
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment is None or moment.year not in DATED_YEARS:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def retry_after(response: requests.Response) -> float | None:
    """Return the seconds of the Retry-After header, a number or a date; None without one."""
    value = response.headers.get("Retry-After", "").strip()
    if SECONDS.fullmatch(value):
        return float(value)
    date = seconds_of_date(value)
    return None if date is None else max(0.0, date - time.time())


def quota_per_minute(response: requests.Response) -> int | None:
    """Return the calls a minute of a RateLimit-Policy header, None without one.

    A server may state its own limit, as a proxy or a test server does
    (draft-ietf-httpapi-ratelimit-headers).
    """
    found = POLICY.search(response.headers.get("RateLimit-Policy", ""))
    return int(int(found["quota"]) * WINDOW_SECONDS / int(found["window"])) if found else None
