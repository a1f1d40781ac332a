"""`vitals schedule` for real: its server, its runs, red ones too, and its end."""

import os
import re
import signal
import subprocess
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.settings import PREFECT_API_URL, temporary_settings

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from pipelines.prefect import deployed
from tests.support.prefect_runs import Api, environment, eventually, running, write_config
from warehouse.db import Warehouse
from warehouse.snapshots import open_current

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.prefect


def address(log: Path, which: int = 0) -> str | None:
    """Where the schedule says that its first, or a later, server is, once it serves."""
    found = re.findall(r"shown on (\S+) ", log.read_text())
    return found[which] if len(found) > which else None


def server_of(process: subprocess.Popen[bytes]) -> int:
    """The process id of its Prefect server, the one child that outlives runs."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "ppid=,pid=,args="], capture_output=True, text=True, check=True
    )
    lines = [line.split(None, 2) for line in listed.stdout.splitlines()]
    [pid] = [
        int(pid)
        for parent, pid, args in lines
        if int(parent) == process.pid and "server start" in args
    ]
    return pid


def schedule_in_a_moment(api: Api, deployment: str, parameters: dict[str, Any]) -> None:
    """Gives a deployment a second schedule, whose first run is due in some seconds."""
    soon = datetime.now(UTC) + timedelta(seconds=5)
    schedule = {"interval": 3600, "anchor_date": soon.isoformat()}
    api.post(
        f"deployments/{deployment}/schedules",
        [{"schedule": schedule, "active": True, "parameters": parameters}],
    )


def start_run(api: Api, deployment: str, log: Path) -> str:
    """Start a run and return its id, once it is under way."""
    run: str = api.post(f"deployments/{deployment}/create_flow_run", {})["id"]
    eventually(lambda: api.state(run)["type"] == "RUNNING" or None, log)
    return run


def first_scheduled_run(api: Api, parameters: dict[str, Any]) -> dict[str, Any] | None:
    runs = api.post("flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC"})
    return next((run for run in runs if run["parameters"].items() >= parameters.items()), None)


class Laptop:
    """A folder in which `vitals schedule` is started, for a sound source and a broken one."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.env = environment(folder, broken_token="xoxb-no-such-token")
        self.env["PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS"] = "3"
        world = make_world(members=10, days=20)
        self.config = write_config(folder, stack.enter_context(serve(world, Options(limits=False))))
        self.warehouse = folder / "data/vitals.duckdb"
        self.logs: list[Path] = []

    def start(self) -> tuple[subprocess.Popen[bytes], Api, Path]:
        """The schedule, its server and its log."""
        log = self.folder / f"schedule{len(self.logs)}.log"
        self.logs.append(log)
        schedule = running("pipelines.cli", "schedule", log=log, folder=self.folder, env=self.env)
        process = self.stack.enter_context(schedule)
        return process, Api(eventually(lambda: address(log), log)), log

    def skip(self, api: Api, deployment: dict[str, Any], log: Path) -> None:
        """A run that finds another one at work ends well."""
        with Warehouse(self.warehouse).lock(f"run-{deployment['flow_id']}"):
            run = api.post(f"deployments/{deployment['id']}/create_flow_run", {})
            state = eventually(lambda: api.ended(run["id"]), log)
        assert (state["type"], state["name"]) == ("COMPLETED", "Skipped")

    def said(self) -> str:
        """Its logs, in which nothing went wrong that was not foreseen."""
        said = "".join(log.read_text() for log in self.logs)
        assert "Traceback" not in said
        assert "no-such-token" not in said
        assert "unexpected exception" not in said
        return said


def synced_by(api: Api, log: Path) -> dict[str, Any]:
    """The deployment that syncs, which does so only when it is told to."""
    found = eventually(lambda: api.get("deployments/name/sync/sync"), log)
    api.hold_schedules("sync/sync")
    return found


def assert_ends_during_a_run(
    process: subprocess.Popen[bytes], api: Api, deployment: dict[str, Any], log: Path
) -> None:
    start_run(api, deployment["id"], log)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 128 + signal.SIGTERM
    assert not api.is_up()


def test_a_laptop_syncs_by_itself(tmp_path: Path) -> None:
    with ExitStack() as stack:
        laptop = Laptop(tmp_path, stack)
        process, api, log = laptop.start()
        deployment = synced_by(api, log)
        assert [entry["schedule"]["cron"] for entry in deployment["schedules"]] == ["7 * * * *"]

        # One source is broken: the run is red, and what is sound is published.
        run = api.post(f"deployments/{deployment['id']}/create_flow_run", {})
        state = eventually(lambda: api.ended(run["id"]), log)
        assert state["type"] == "FAILED"
        assert state["message"].startswith("broken: Slack says invalid_auth")
        freshness = open_current(laptop.warehouse).metric("freshness").to_pylist()
        assert {row["source"]: row["is_stale"] for row in freshness} == {
            "sound": False,
            "broken": True,
        }
        assert open_current(laptop.warehouse).metric("active_members").num_rows > 0

        # A schedule fires without anybody asking.
        parameters = {"config": str(laptop.config), "sources": ["sound"]}
        schedule_in_a_moment(api, deployment["id"], parameters)
        run = eventually(lambda: first_scheduled_run(api, parameters), log)
        assert run["auto_scheduled"]
        state = eventually(lambda: api.ended(run["id"]), log)
        assert state["type"] == "COMPLETED", state["message"]

        # One that was due before that has nothing left to do, as after a night with the lid closed.
        with temporary_settings({PREFECT_API_URL: api.url}), get_client(sync_client=True) as client:
            these = DeploymentFilter(id=DeploymentFilterId(any_=[deployment["id"]]))
            done = client.read_flow_run(run["id"])
            for hours, expected in ((-1, done.name), (1, None)):
                due = {"id": uuid4(), "expected_start_time": datetime.now(UTC) + hours * HOUR}
                later = deployed.done_since_due(client, these, done.model_copy(update=due))
                assert (later and later.name) == expected

        laptop.skip(api, deployment, log)
        assert_ends_during_a_run(process, api, deployment, log)
    assert "broken: Slack says invalid_auth" in laptop.said()


@pytest.mark.long
def test_after_a_power_cut_and_without_its_server_it_goes_on(tmp_path: Path) -> None:
    with ExitStack() as stack:
        laptop = Laptop(tmp_path, stack)
        process, api, log = laptop.start()
        deployment = synced_by(api, log)

        # The power is cut during a run.
        lost = start_run(api, deployment["id"], log)
        server = server_of(process)
        os.killpg(process.pid, signal.SIGKILL)
        os.kill(server, signal.SIGKILL)
        process, api, log = laptop.start()
        assert api.state(lost)["type"] == "CRASHED"

        # Runs start as before.
        laptop.skip(api, deployment, log)

        # The server dies, and another one takes its place.
        os.kill(server_of(process), signal.SIGKILL)
        api = Api(eventually(lambda: address(log, 1), log))
        assert_ends_during_a_run(process, api, deployment, log)
    laptop.said()
