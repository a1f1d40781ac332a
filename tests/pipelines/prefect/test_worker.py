"""The deployments of prefect.yaml on a real Prefect server, run by a real worker."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from pipelines.prefect.server import read_secret
from pipelines.settings import SettingsError, load
from tests.support.installations import Installation
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


class Served(NamedTuple):
    """A sandbox, and a Prefect server with its log and the environment that names it."""

    sandbox: Running
    api: Api
    process: subprocess.Popen[bytes]
    log: Path
    env: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("server")
    log = folder / "prefect.log"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    api = Api(f"http://127.0.0.1:{port}")
    env = environment(folder) | {"PREFECT_API_URL": api.url}
    server = ("prefect", "server", "start", "--port", str(port))
    with (
        serve(make_world(members=10, days=20), Options(limits=False)) as sandbox,
        running(*server, log=log, folder=folder, env=env) as process,
    ):
        eventually(api.is_up, log)
        yield Served(sandbox, api, process, log, env)


def test_a_secret_block_is_made_where_the_error_says(
    tmp_path: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    api = served.api
    monkeypatch.setenv("PREFECT_API_URL", api.url)
    place = Installation(tmp_path, served.sandbox, token='token = "prefect:slack-token"')
    advice = r"no Secret block called slack-token .* Make one there: Blocks, then Secret"
    with temporary_settings({PREFECT_API_URL: api.url}):
        with pytest.raises(SettingsError, match=advice):
            load(place.config, tokens_of=[], read_block=read_secret)
        kinds = {kind["name"]: kind["id"] for kind in api.post("block_types/filter", {})}
        about = {"block_schemas": {"block_type_id": {"any_": [kinds["Secret"]]}}}
        [schema] = api.post("block_schemas/filter", about)
        block = {"block_schema_id": schema["id"], "block_type_id": kinds["Secret"]}
        value = {"name": "slack-token", "data": {"value": SANDBOX_TOKEN}}
        api.post("block_documents/", block | value)
        place.settings = load(place.config, tokens_of=[], read_block=read_secret)
    assert place.sync().landed.new > 0


def test_a_worker_runs_the_deployed_sync(tmp_path: Path, served: Served) -> None:
    """At last the server is killed."""
    sandbox, api, process, log, env = served
    config = write_config(tmp_path, sandbox)
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
    said = said_by_a_sync_whose_server_dies(tmp_path, sandbox, process, env)

    assert "error: the sync is done (sound: " in said
    assert "published" in said
    assert "the Prefect server on 127.0.0.1 has gone" in said
    assert "Traceback" not in said

    assert state["type"] == "COMPLETED", state["message"]
    assert "sound: " in state["message"]
    assert run["parameters"] == {"config": str(config)}
    snapshot = open_current(tmp_path / "data/vitals.duckdb")
    assert snapshot.metric("active_members").num_rows > 0
