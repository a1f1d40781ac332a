"""The whole product on a made-up community: the sandbox, a sync over HTTP, a dashboard."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from connectors.discovery import connectors, sandbox_routes
from connectors.sandbox.community import make_world
from connectors.sandbox.server import run, serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from pipelines.terminal import say

FOLDER = Path("demo")
SEED, MEMBERS, DAYS = 7, 300, 365
TOKEN_VARIABLE = "VITALS_SANDBOX_TOKEN"

CONFIGURATION = """\
# Written by `vitals demo`: a made-up community, served by `vitals sandbox`.
[community]
name = "Made-up Makers"
timezone = "Africa/Lagos"

[warehouse]
path = "vitals.duckdb"
"""

SOURCE = """
[[sources]]
name = "{kind}"
kind = "{kind}"
token = "env:{variable}"
base_url = "{url}/{kind}/api"
"""


def sources(url: str) -> str:
    """Return the [[sources]] of every platform that a sandbox at this address serves."""
    tables = []
    for kind in sorted(connectors()):
        served = sandbox_routes(kind)
        tables.append(SOURCE.format(kind=kind, variable=TOKEN_VARIABLE, url=url))
        tables += [f"{line}\n" for line in getattr(served, "SOURCE_KEYS", [])]
    return "".join(tables)


def serve_forever(port: int, members: int, days: int, seed: int, limits: bool) -> None:
    """Serve a made-up community until interrupted; the first line printed is the address."""
    now = datetime.now(UTC)
    world = make_world(seed=seed, members=members, days=days, end=now.date())
    options = Options(limits=limits, clock_start=int(now.timestamp() * 1_000_000), is_ticking=True)
    say(
        f"export {TOKEN_VARIABLE}={SANDBOX_TOKEN}   # then, in vitals.toml, with the address below:"
    )
    say(sources(f"http://127.0.0.1:{port or 'PORT'}"))
    run(world, options, port)


def prepare() -> Path:
    """Serve the made-up community, sync it as a flow, and return its configuration.

    The demo starts anew each time: it deletes the folder of an earlier one.
    """
    from pipelines.prefect import flows

    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    now = datetime.now(UTC)
    say(f"making up a community of {MEMBERS} people over {DAYS} days")
    world = make_world(seed=SEED, members=MEMBERS, days=DAYS, end=now.date())
    os.environ[TOKEN_VARIABLE] = SANDBOX_TOKEN
    options = Options(limits=False, clock_start=int(now.timestamp() * 1_000_000))
    with serve(world, options, in_process=False) as sandbox:
        config = FOLDER / "vitals.toml"
        config.write_text(CONFIGURATION + sources(sandbox.url), encoding="utf-8")
        flows.run_flow(flows.sync, config)
    return config
