"""The deployments of prefect.yaml on a real Prefect server, run by a real worker."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from tests.support.paths import ROOT
from tests.support.prefect_runs import Api, environment, eventually, running, write_config
from warehouse.snapshots import open_current

pytestmark = pytest.mark.prefect


def prefect(*arguments: str, env: dict[str, str]) -> None:
    """Runs Prefect's own command in the repository, as the README says."""
    subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        cwd=ROOT,
        env=env,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def said_by_a_sync_whose_server_dies(
    folder: Path, sandbox: Running, server: subprocess.Popen[bytes], env: dict[str, str]
) -> str:
    """What a sync says whose Prefect server is killed before it can land anything."""
    before, log = sandbox.stats()["requests"], folder / "sync.log"
    sandbox.fault("stall", count=1, seconds=2.0)
    with running("pipelines.cli", "sync", "--full", log=log, folder=folder, env=env) as sync:
        eventually(lambda: sandbox.stats()["requests"] != before or None, log)
        os.killpg(server.pid, signal.SIGKILL)
        assert sync.wait(60) == 1
    return log.read_text()


def test_a_worker_runs_the_deployed_sync(tmp_path: Path) -> None:
    log = tmp_path / "prefect.log"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    api = Api(f"http://127.0.0.1:{port}")
    env = environment(tmp_path) | {"PREFECT_API_URL": api.url}
    with (
        serve(make_world(members=10, days=20), Options(limits=False)) as sandbox,
        running(
            "prefect", "server", "start", "--port", str(port), log=log, folder=tmp_path, env=env
        ) as server,
    ):
        config = write_config(tmp_path, sandbox)
        eventually(api.is_up, log)
        prefect("work-pool", "create", "--type", "process", "vitals", env=env)
        prefect("deploy", "--all", env=env)
        api.hold_schedules("sync/sync")
        with running(
            "prefect", "worker", "start", "--pool", "vitals", log=log, folder=tmp_path, env=env
        ):
            prefect("deployment", "run", "sync/sync", "--param", f"config={config}", env=env)
            runs = api.post("flow_runs/filter", {})
            (run,) = [run for run in runs if not run["auto_scheduled"]]
            state = eventually(lambda: api.ended(run["id"]), log)
        said = said_by_a_sync_whose_server_dies(tmp_path, sandbox, server, env)

    assert "error: the sync is done (sound: " in said
    assert "published" in said
    assert "the Prefect server on 127.0.0.1 has gone" in said
    assert "Traceback" not in said

    assert state["type"] == "COMPLETED", state["message"]
    assert "sound: " in state["message"]
    assert run["parameters"] == {"config": str(config)}
    snapshot = open_current(tmp_path / "data/vitals.duckdb")
    assert snapshot.metric("active_members").num_rows > 0
