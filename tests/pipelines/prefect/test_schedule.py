"""`vitals schedule` for real: its server, its runs, red ones too, and its end."""

import signal
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.prefect_runs import Api, environment, eventually, running, write_config
from warehouse.snapshots import open_current

pytestmark = pytest.mark.prefect


def address(log: Path) -> str | None:
    """Where the schedule says that its server is, once it serves."""
    words = log.read_text().split()
    return next((word for word in words if word.startswith("http://")), None)


def schedule_in_a_moment(api: Api, deployment: str, parameters: dict[str, Any]) -> None:
    """Gives a deployment a second schedule, whose first run is due in some seconds."""
    soon = datetime.now(UTC) + timedelta(seconds=5)
    schedule = {"interval": 3600, "anchor_date": soon.isoformat()}
    api.post(
        f"deployments/{deployment}/schedules",
        [{"schedule": schedule, "active": True, "parameters": parameters}],
    )


def first_scheduled_run(api: Api, parameters: dict[str, Any]) -> dict[str, Any] | None:
    runs = api.post("flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC"})
    return next((run for run in runs if run["parameters"].items() >= parameters.items()), None)


def test_a_laptop_syncs_by_itself(tmp_path: Path) -> None:
    log = tmp_path / "schedule.log"
    env = environment(tmp_path, broken_token="xoxb-no-such-token")
    env["PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS"] = "3"
    warehouse = tmp_path / "data/vitals.duckdb"
    with ExitStack() as stack:
        sandbox = stack.enter_context(serve(make_world(members=10, days=20), Options(limits=False)))
        config = write_config(tmp_path, sandbox)
        process = stack.enter_context(
            running("pipelines.cli", "schedule", log=log, folder=tmp_path, env=env)
        )
        api = Api(eventually(lambda: address(log), log))
        deployment = eventually(lambda: api.get("deployments/name/sync/sync"), log)
        assert [entry["schedule"]["cron"] for entry in deployment["schedules"]] == ["7 * * * *"]
        api.hold_schedules("sync/sync")

        # One source is broken: the run is red, and what is sound is published.
        run = api.post(f"deployments/{deployment['id']}/create_flow_run", {})
        state = eventually(lambda: api.ended(run["id"]), log)
        assert state["type"] == "FAILED"
        assert state["message"].startswith("broken: Slack says invalid_auth")
        freshness = open_current(warehouse).metric("freshness").to_pylist()
        assert {row["source"]: row["is_stale"] for row in freshness} == {
            "sound": False,
            "broken": True,
        }
        assert open_current(warehouse).metric("active_members").num_rows > 0

        # A schedule fires without anybody asking.
        parameters = {"config": str(config), "sources": ["sound"]}
        schedule_in_a_moment(api, deployment["id"], parameters)
        run = eventually(lambda: first_scheduled_run(api, parameters), log)
        assert run["auto_scheduled"]
        state = eventually(lambda: api.ended(run["id"]), log)
        assert state["type"] == "COMPLETED", state["message"]

        # It is ended during a run.
        run = api.post(f"deployments/{deployment['id']}/create_flow_run", {})
        eventually(lambda: api.state(run["id"])["type"] == "RUNNING" or None, log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not api.is_up()
    assert "Traceback" not in log.read_text()
    assert "no-such-token" not in log.read_text()
    assert "broken: Slack says invalid_auth" in log.read_text()
    assert "unexpected exception" not in log.read_text()
