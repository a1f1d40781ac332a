"""`vitals schedule`: the deployments of prefect.yaml, served from one process without a worker."""

import asyncio
import os
import threading
from contextvars import copy_context
from pathlib import Path
from typing import Any

from prefect.deployments.runner import RunnerDeployment
from prefect.flows import load_flow_from_entrypoint
from prefect.runner import Runner
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType
from ruamel.yaml import YAML

from pipelines import steps, stopping
from pipelines.prefect import deployed
from pipelines.prefect import server as prefect_server
from pipelines.prefect.server import Server
from pipelines.settings import Settings
from pipelines.terminal import say

DEFINITION = Path(__file__).with_name("prefect.yaml")
LOOK_SECONDS = 1.0
MOST_RETRIES = "2"


def run(settings: Settings) -> None:
    """Serve until stopped; where no Prefect server is configured, with one started for it.

    A server of ours that dies is started anew. Raises Busy if another process serves this
    warehouse, ServerError without a server.
    """
    os.environ[stopping.PARENT] = str(os.getpid())  # The runs end with this process.
    if not prefect_server.is_configured():
        # A run whose server was killed with us would ask it for a minute before it begins.
        os.environ["PREFECT_CLIENT_MAX_RETRIES"] = MOST_RETRIES
    warehouse = steps.open_warehouse(settings)
    with warehouse.lock("schedule", wait=False):
        say("waiting for the Prefect server")
        while True:
            with prefect_server.available(settings) as server:
                if server.is_ours:
                    deployed.end_lost_runs()
                serve(deployments(settings.file), server)
            stopping.check()
            say(f"the Prefect server on {server.address} has ended: starting it anew")


def serve(served: list[RunnerDeployment], server: Server) -> None:
    """Run what is due until the process is stopped, or a server of ours has gone.

    In a thread, for in the main one Prefect takes the signals over.
    """
    errors: list[Exception] = []

    def work() -> None:
        try:
            asyncio.run(_serve(served, server))
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=copy_context().run, args=[work], daemon=True)
    thread.start()
    stopping.join([thread])
    if errors and not (server.is_ours and server.is_gone()):
        raise errors[0]


async def _serve(served: list[RunnerDeployment], server: Server) -> None:
    runner = Runner()
    for deployment in served:
        await runner.aadd_deployment(deployment)
    names = ", ".join(f"{one.flow_name}/{one.name}" for one in served)
    say(f"serving {names}; the runs are shown on {server.address} (stop with Ctrl-C)")
    serving = asyncio.ensure_future(runner.start())
    while not serving.done():
        await asyncio.wait([serving], timeout=LOOK_SECONDS)
        if server.is_ours and server.is_gone():
            runner.pause_on_shutdown = False  # It would ask the server, for a minute.
        elif not stopping.status():
            continue
        serving.cancel()
        await asyncio.wait([serving])
    if not serving.cancelled():
        serving.result()


def deployments(config: Path) -> list[RunnerDeployment]:
    """Return the deployments of prefect.yaml, for runs with this configuration."""
    content = YAML(typ="safe").load(DEFINITION)
    return [_deployment(entry, config) for entry in content["deployments"]]


def _deployment(entry: dict[str, Any], config: Path) -> RunnerDeployment:
    return RunnerDeployment.from_flow(
        load_flow_from_entrypoint(entry["entrypoint"]),
        entry["name"],
        description=entry["description"],
        schedules=[Schedule(**schedule) for schedule in entry.get("schedules", [])],
        parameters={"config": str(config.resolve())},
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
