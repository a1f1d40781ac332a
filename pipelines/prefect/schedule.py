"""`vitals schedule`: the deployments of prefect.yaml, served from one process without a worker."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import load_flow_from_entrypoint
from prefect.runner import Runner
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType
from ruamel.yaml import YAML

from pipelines import steps
from pipelines.prefect import server as prefect_server
from pipelines.settings import Settings
from pipelines.terminal import say

DEFINITION = Path(__file__).with_name("prefect.yaml")


def run(settings: Settings) -> None:
    """Serve until stopped; where no Prefect server is configured, with one started for it.

    Raises Busy if another process serves this warehouse, ServerError without a server.
    """
    warehouse = steps.open_warehouse(settings)
    with warehouse.lock("schedule", wait=False):
        say("waiting for the Prefect server")
        with prefect_server.available(settings) as address:
            served = deployments(settings.file)
            names = ", ".join(f"{one.flow_name}/{one.name}" for one in served)
            say(f"serving {names}; the runs are shown on {address} (stop with Ctrl-C)")
            serve(served)


class _Runner(Runner):
    """A runner that ends its runs on SIGTERM; Prefect's own calls `sys.exit` while they run."""

    async def start(self, *args: Any, **kwargs: Any) -> None:
        self._running = asyncio.current_task()
        await super().start(*args, **kwargs)

    def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
        """End as on Ctrl-C: cancel what is running and wait for it."""
        if self._running:
            self._running.get_loop().call_soon_threadsafe(self._running.cancel)


def serve(served: list[RunnerDeployment]) -> None:
    """Run what is due until Ctrl-C or SIGTERM."""
    runner = _Runner()
    for deployment in served:
        runner.add_deployment(deployment)
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(runner.start())


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
        concurrency_limit=ConcurrencyLimitConfig(**entry["concurrency_limit"]),
        parameters={"config": str(config.resolve())},
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
