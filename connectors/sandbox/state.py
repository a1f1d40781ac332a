"""What a running sandbox knows: its options, its clock, its limits, its token and its counts."""

import math
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from connectors.sandbox.community import SECOND, World
from connectors.sandbox.faults import Faults

SANDBOX_TOKEN = "xoxb-000000000000-000000000000-sandboxNotASecret"
SCOPES = (
    "channels:read",
    "channels:history",
    "users:read",
    "users:read.email",
    "users.profile:read",
    "team:read",
)
MINUTE = 60.0


@dataclass(frozen=True)
class Options:
    """How the sandbox behaves at first; /sandbox/ changes much of it while it runs.

    limits: obey the platforms' rate limits. rate_scale: how many of their seconds pass in one
    second; Retry-After is then given in real, whole seconds. throttled: treat the client as a
    distributed app outside Slack's Marketplace (one request a minute, 15 items). uneven_pages:
    sprinkle short and empty pages. clock_start: microseconds since 1970, None for the world's end.
    is_ticking: the clock moves with time; otherwise only when told to. platforms: the ones to
    serve, None for all; a world of tens of thousands is made up sooner for one.
    """

    limits: bool = True
    rate_scale: float = 1.0
    throttled: bool = False
    uneven_pages: bool = True
    clock_start: int | None = None
    is_ticking: bool = False
    scopes: tuple[str, ...] = SCOPES
    platforms: tuple[str, ...] | None = None


class Clock:
    """The world's time. Limits run on the same clock: moving it forward also ends a wait."""

    def __init__(self, start: int, *, is_ticking: bool, rate_scale: float) -> None:
        self._start = start
        self._is_ticking = is_ticking
        self._begun = time.monotonic()
        self._advanced = 0.0
        self.rate_scale = rate_scale

    def now(self) -> int:
        """Microseconds since 1970 in the world."""
        passed = time.monotonic() - self._begun if self._is_ticking else 0.0
        return self._start + int((passed + self._advanced) * SECOND)

    def platform_seconds(self) -> float:
        """Seconds as the rate limits count them."""
        return (time.monotonic() - self._begun) * self.rate_scale + self._advanced

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._advanced += seconds


class Limiter:
    """Lets so many requests per key pass in any minute, with 1% of grace for a slow network."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def wait_for(self, key: str, per_minute: int) -> int | None:
        """Return the whole seconds until the next request is allowed; None lets this one pass."""
        now = self._clock.platform_seconds()
        times = self._times.setdefault(key, deque())
        while times and now - times[0] >= MINUTE * 0.99:
            times.popleft()
        if len(times) < per_minute:
            times.append(now)
            return None
        wait = MINUTE - (now - times[len(times) - per_minute])
        return max(1, math.ceil(wait / self._clock.rate_scale))


@dataclass
class Token:
    """The one token that is valid, and what it may do."""

    value: str = SANDBOX_TOKEN
    scopes: list[str] = field(default_factory=list)
    is_revoked: bool = False
    signing_key: str = ""  # the public half (PEM) of what a client signs assertions with


@dataclass
class Stats:
    """Counts of requests; keys are `platform/method`."""

    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)  # `platform/method 429`
    faults: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    max_concurrency: int = 0


class Sandbox:
    """Everything that the platforms' endpoints share."""

    def __init__(self, world: World, options: Options) -> None:
        self.world = world
        self.limits = options.limits
        self.throttled = options.throttled
        self.uneven_pages = options.uneven_pages
        self._platforms = options.platforms
        start = world.end if options.clock_start is None else options.clock_start
        self.clock = Clock(start, is_ticking=options.is_ticking, rate_scale=options.rate_scale)
        self.limiter = Limiter(self.clock)
        self.token = Token(scopes=list(options.scopes))
        self.faults = Faults(world.stream("faults"))
        self.stats = Stats()

    def serves(self, platform: str) -> bool:
        """Tell whether a platform's routes are mounted."""
        return self._platforms is None or platform in self._platforms

    def wait_for(self, key: str, per_minute: int) -> int | None:
        """Return the seconds until a request of `key` is allowed, None where it is."""
        return self.limiter.wait_for(key, per_minute) if self.limits else None
