"""`vitals schedule`: the deployments of prefect.yaml, served from one process without a worker."""

import warnings
from pathlib import Path
from typing import Any

from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import load_flow_from_entrypoint
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType
from ruamel.yaml import YAML

from pipelines import prefect_server, steps
from pipelines.settings import Settings
from pipelines.terminal import say

DEFINITION = Path(__file__).with_name("prefect.yaml")


def run(settings: Settings) -> None:
    """Serve until stopped, with a Prefect server as our child where none is configured.

    Raises Busy if another process serves this warehouse, ServerError without a server.
    """
    warehouse = steps.open_warehouse(settings)
    with warehouse.lock("schedule", wait=False):
        say("waiting for the Prefect server")
        with prefect_server.available(settings) as place:
            served = deployments(settings.file)
            names = ", ".join(f"{one.flow_name}/{one.name}" for one in served)
            say(f"serving {names}; the runs are shown on {place} (stop with Ctrl-C)")
            with warnings.catch_warnings():
                # On SIGTERM Prefect's runner forgets to await its own stop, and ends all the same.
                warnings.filterwarnings("ignore", "coroutine 'Runner.astop'", RuntimeWarning)
                serve(*served, print_starting_message=False)


def deployments(config: Path) -> list[RunnerDeployment]:
    """Return what prefect.yaml defines, for runs with this configuration."""
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
