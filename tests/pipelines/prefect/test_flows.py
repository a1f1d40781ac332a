"""The flows without a server, and how a configured server is found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from connectors.base import Denied
from pipelines import run
from pipelines.failures import explain
from pipelines.prefect import server as prefect_server
from pipelines.run import Step
from pipelines.settings import Settings, SettingsError, load
from pipelines.steps import SILENT, Reporter
from tests.support.paths import ROOT
from tests.support.processes import printed_by
from warehouse.db import Warehouse

SETTINGS_OF_PREFECT = ("API_URL", "PROFILE", "PROFILES_PATH", "HOME")


@pytest.fixture(autouse=True)
def _no_prefect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS_OF_PREFECT:
        monkeypatch.delenv(f"PREFECT_{name}", raising=False)
    monkeypatch.delenv("VITALS_CONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SLACK_TOKEN", "xoxb-made-up")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write(tmp_path, "env:SLACK_TOKEN")
    return load(tokens_of=[])


def write(folder: Path, *tokens: str) -> None:
    sources = [
        f'[[sources]]\nname = "s{number}"\nkind = "slack"\ntoken = "{token}"\n'
        for number, token in enumerate(tokens)
    ]
    (folder / "vitals.toml").write_text("".join(['[community]\nname = "C"\n', *sources]))


def outcome(task: Callable[..., Any], *arguments: object) -> tuple[str, str]:
    """Type and message of the state that a task or flow returns, outside any run."""
    from prefect.logging import disable_run_logger

    with disable_run_logger():
        state = task(*arguments)
    return state.type.value, state.message


def test_a_bare_machine_has_no_server() -> None:
    assert not prefect_server.is_configured()


def test_the_environment_names_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")
    assert prefect_server.is_configured()


@pytest.mark.parametrize(("active", "expected"), [("there", "True"), ("here", "False")])
def test_the_active_profile_names_a_server(tmp_path: Path, active: str, expected: str) -> None:
    (tmp_path / ".prefect").mkdir()
    (tmp_path / ".prefect/profiles.toml").write_text(
        f'active = "{active}"\n[profiles.here]\n'
        '[profiles.there]\nPREFECT_API_URL = "http://127.0.0.1:4200/api"\n'
    )
    printed = printed_by("from pipelines.prefect.server import is_configured as x; print(x())")
    assert printed == expected


def test_a_block_without_a_server_is_one_mistake_among_the_others(tmp_path: Path) -> None:
    write(tmp_path, "env:NOT_SET", "prefect:slack-token", "xoxb-literal")
    with pytest.raises(SettingsError) as caught:
        load(tokens_of=[], read_block=prefect_server.read_secret)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert any("s1: token: the block slack-token" in line for line in lines)
    assert "xoxb-literal" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Denied("token_revoked", advice="Make a new one"), "token_revoked. Make a new one"),
        (ValueError("ada@example.org wrote: hello"), "unforeseen ValueError at test_flows.py:"),
    ],
)
def test_a_failed_step_says_why_without_anybody_s_data(error: Exception, message: str) -> None:
    from pipelines.prefect import flows

    def fail(report: Reporter) -> str:
        raise error

    kind, said = outcome(flows.carry_out.fn, Step("pull s0", fail))
    assert kind == "FAILED"
    assert said.startswith(message)
    assert "ada" not in said


def test_a_source_that_is_being_pulled_is_not_pulled_twice(settings: Settings) -> None:
    with Warehouse(settings.warehouse_path).lock("source-s0"):
        runner = run.in_this_process(SILENT)
        [result] = run.sync(settings, [], runner, SILENT, is_built=False)
    assert result.has_failed
    assert result.message.startswith("s0: another process holds")


def test_a_wrong_configuration_fails_the_run(tmp_path: Path) -> None:
    from pipelines.prefect import flows

    write(tmp_path, "env:NOT_SET")
    kind, message = outcome(flows.sync.fn)
    assert kind == "FAILED"
    assert "export NOT_SET" in message


def test_an_error_of_the_system_is_told() -> None:
    assert explain(PermissionError(13, "Permission denied")) == (
        "PermissionError: [Errno 13] Permission denied"
    )


def test_a_laptop_serves_what_prefect_deploys(settings: Settings) -> None:
    from pipelines.prefect import schedule

    served = {one.name: one for one in schedule.deployments(settings.file)}
    assert (ROOT / "prefect.yaml").samefile(schedule.DEFINITION)
    entries = YAML(typ="safe").load(ROOT / "prefect.yaml")["deployments"]
    assert sorted(served) == [entry["name"] for entry in sorted(entries, key=lambda e: e["name"])]
    for entry in entries:
        one = served[entry["name"]]
        assert one.entrypoint == entry["entrypoint"]
        assert one.concurrency_limit is None, "a killed server would keep its slot"
        assert one.parameters == {"config": str(settings.file.resolve())}
        assert len(one.schedules or []) == len(entry.get("schedules", []))
