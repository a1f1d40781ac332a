"""Serves a made-up community over HTTP on 127.0.0.1: every platform that has a `sandbox`."""

import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette

from connectors import sandbox as package
from connectors.base import Denied
from connectors.discovery import connectors, sandbox_routes
from connectors.sandbox import control
from connectors.sandbox.community import SECOND, World
from connectors.sandbox.faults import App, Message, Receive, Scope, Send, TrackingProtocol, play
from connectors.sandbox.state import Options, Sandbox


@dataclass(frozen=True)
class Running:
    """The address of a running sandbox, and its controls."""

    url: str

    @property
    def slack_url(self) -> str:
        """The base_url of a Slack source."""
        return f"{self.url}/slack/api"

    @property
    def github_url(self) -> str:
        """The base_url of a GitHub source."""
        return f"{self.url}/github/api"

    @property
    def github_graphql_url(self) -> str:
        """Its graphql_url, which follows from the base_url."""
        return f"{self.github_url}/graphql"

    @property
    def discord_url(self) -> str:
        """The base_url of a Discord source."""
        return f"{self.url}/discord/api/v10"

    @property
    def meetup_url(self) -> str:
        """The base_url of a Meetup source; /gql-ext and /oauth2/access are under it."""
        return f"{self.url}/meetup"

    def advance(self, *, seconds: float = 0, days: float = 0) -> int:
        """Move the clock forward, so that news shows; return its new time in microseconds."""
        moved = self.control("clock", {"advance_seconds": seconds + days * 86400})
        return int(moved["now"])

    def fault(self, kind: str, **rule: Any) -> None:
        """Switch a fault on: methods, probability, count, skip, seconds as in faults.Fault."""
        self.control("faults", {"kind": kind, **rule})

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self.control("faults", {"clear": True})

    def set_limits(self, **limits: Any) -> None:
        """Change limits, throttled or uneven_pages."""
        self.control("limits", limits)

    def set_token(self, **token: Any) -> None:
        """Change the token: revoked (bool), scopes (list), signing_key (PEM, of assertions)."""
        self.control("token", token)

    def stats(self) -> dict[str, Any]:
        """Requests, statuses and faults by `platform/method`, and the highest concurrency."""
        return self.control("stats", None)

    def control(self, name: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """Call /sandbox/NAME and return its response."""
        data = None if body is None else msgspec.json.encode(body)
        with urllib.request.urlopen(f"{self.url}/sandbox/{name}", data) as answer:
            return msgspec.json.decode(answer.read(), type=dict[str, Any])


# A client keeps to the limits that it knows of the platform, unless a response says otherwise.
NO_LIMITS = (b"ratelimit-policy", b'"none";q=1000000;w=1')


class Gate:
    """Handles each request first: counts it, plays faults, and adds the world's time."""

    def __init__(self, app: App, sandbox: Sandbox) -> None:
        self.app = app
        self.sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http" or scope["path"].startswith("/sandbox/"):
            await self.app(scope, receive, send)
            return
        stats = self.sandbox.stats
        method = scope["path"].rpartition("/")[2]
        key = f"{scope['path'].split('/')[1]}/{method}"
        stats.requests[key] += 1
        stats.in_flight += 1
        stats.max_concurrency = max(stats.max_concurrency, stats.in_flight)
        now = datetime.fromtimestamp(self.sandbox.clock.now() // SECOND, UTC)
        date = (b"date", format_datetime(now, usegmt=True).encode())

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                stats.statuses[f"{key} {message['status']}"] += 1
                policy = [] if self.sandbox.limits else [NO_LIMITS]
                message = {**message, "headers": [*message["headers"], date, *policy]}
            await send(message)

        try:
            fault = self.sandbox.faults.pick(method)
            if fault is None:
                await self.app(scope, receive, dated)
            else:
                stats.faults[fault.kind] += 1
                await play(fault, self.app, scope, receive, dated)
        finally:
            stats.in_flight -= 1


def create_app(world: World, options: Options | None = None) -> Starlette:
    """Return the sandbox as an ASGI app; each platform that has a `sandbox` is mounted."""
    sandbox = Sandbox(world, options or Options())
    routes = control.routes(sandbox)
    for kind in connectors():
        served = sandbox_routes(kind)
        if served is not None and sandbox.serves(kind):
            routes += served.routes(sandbox)
    app = Starlette(routes=routes)
    app.add_middleware(Gate, sandbox=sandbox)
    return app


def run(world: World, options: Options | None = None, port: int = 0) -> None:
    """Serve until interrupted; print the address as the first line."""
    listener = _listen(port)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    with suppress(KeyboardInterrupt):
        _server(world, options).run(sockets=[listener])


@contextmanager
def serve(
    world: World, options: Options | None = None, *, in_process: bool = True
) -> Iterator[Running]:
    """Serve on a free port, in a thread or (in_process=False) in a process of its own."""
    serving = _in_thread(world, options) if in_process else _in_child(world, options)
    with serving as running:
        yield running


@contextmanager
def _in_thread(world: World, options: Options | None) -> Iterator[Running]:
    listener = _listen(0)
    server = _server(world, options)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def _in_child(world: World, options: Options | None) -> Iterator[Running]:
    served = {"world": [world.seed, world.members, world.days, world.end_date], "options": options}
    command = [sys.executable, "-m", package.__name__, msgspec.json.encode(served).decode()]
    root = Path(package.__path__[0]).parents[1]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, cwd=root, start_new_session=True
    ) as child:
        try:
            assert child.stdout is not None
            address = child.stdout.readline().strip()
            if not address:
                raise Denied("the sandbox did not start", advice="See its messages above")
            try:
                yield Running(address)
            except Exception as error:
                if child.poll() is None:
                    raise
                raise Denied("the sandbox ended by itself", advice="Start again") from error
        finally:
            child.terminate()


def _listen(port: int) -> socket.socket:
    """Return a listening socket: requests wait in its backlog until the server is up."""
    # asyncio turns Nagle's delay off only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def _server(world: World, options: Options | None) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(world, options),
        http=TrackingProtocol,
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        lifespan="off",
    )
    return uvicorn.Server(config)
