"""The whole product on a made-up community: the sandbox, a sync over HTTP, a dashboard."""

import os
import shutil
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from connectors.discovery import connectors, sandbox_routes
from connectors.sandbox.community import make_world
from connectors.sandbox.server import run, serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from connectors.sandbox.truth import write_truth
from dashboard.report.quarter import Quarter
from pipelines.terminal import say

FOLDER = "demo"
# What a demo makes in its folder; anything else there is somebody's own.
MADE = (
    "vitals.toml",
    "people-truth.csv",
    "vitals.duckdb",
    "vitals.duckdb.wal",
    "vitals.marts.duckdb",
    "vitals.marts.duckdb.wal",
    "email.key",
    "today.json",
    "snapshots",
    "aggregates",
    "reports",
    "locks",
    "prefect",
)
SEED, MEMBERS, DAYS = 7, 300, 365
TOKEN_VARIABLE = "VITALS_SANDBOX_TOKEN"

FIRST_LINE = "# Written by `vitals demo`: a made-up community, served by `vitals sandbox`.\n"
CONFIGURATION = f"""\
{FIRST_LINE}[community]
name = "Made-up Makers"
timezone = "Africa/Lagos"

[warehouse]
path = "vitals.duckdb"
"""

SPONSORSHIP = """
[[sponsorships]]
sponsor = "Acme"
from = {start}
to = {end}
groups = ["Makers Lagos", "Makers Berlin"]
amount = 2500
currency = "EUR"
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


def sponsorship(today: date) -> str:
    """Return the [[sponsorships]] of somebody who pays for the last quarter that is over."""
    this = Quarter.of(today)
    return SPONSORSHIP.format(start=this.after(-1).start, end=this.start)


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

    The demo starts anew each time: it deletes what an earlier one made. A folder that no demo made
    is left alone, and the next free name is taken.
    """
    from pipelines.prefect import flows

    folder = empty_folder()
    now = datetime.now(UTC)
    say(f"making up a community of {MEMBERS} people over {DAYS} days")
    world = make_world(seed=SEED, members=MEMBERS, days=DAYS, end=now.date())
    write_truth(world, folder / "people-truth.csv")
    os.environ[TOKEN_VARIABLE] = SANDBOX_TOKEN
    options = Options(limits=False, clock_start=int(now.timestamp() * 1_000_000))
    with serve(world, options, in_process=False) as sandbox:
        config = folder / "vitals.toml"
        config.write_text(
            CONFIGURATION + sponsorship(now.date()) + sources(sandbox.url), encoding="utf-8"
        )
        flows.run_flow(flows.sync, config)
    return config


def empty_folder() -> Path:
    """Return the demo's folder, without what an earlier demo made there."""
    names = (f"{FOLDER}-{number}" if number > 1 else FOLDER for number in count(1))
    folder = next(folder for folder in map(Path, names) if _is_ours(folder))
    for path in [folder / name for name in MADE]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    folder.mkdir(exist_ok=True)
    return folder


def _is_ours(folder: Path) -> bool:
    """Say whether a demo may use this folder: it made it, or there is nothing in it."""
    if folder.is_symlink() or folder.is_file():
        return False
    if not folder.exists() or not any(folder.iterdir()):
        return True
    config = folder / "vitals.toml"
    return config.is_file() and config.read_bytes().startswith(FIRST_LINE.encode())
