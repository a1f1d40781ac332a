"""An export of the sandbox holds exactly what its API shows."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.sandbox.community import DAY, World, make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from connectors.slack.sandbox.export import write_export
from tests.support.sandbox.client import PlainSlack

LATER = 20
ONLY_IN_EXPORTS = {"user_profile", "user_team", "source_team", "replies"}
ZONE = ZoneInfo("America/Los_Angeles")


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=80, days=200)


@pytest.fixture(scope="module")
def slack(world: World) -> Iterator[PlainSlack]:
    with serve(world, Options(limits=False)) as running:
        running.advance(days=LATER)
        yield PlainSlack(running)


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export")
    write_export(world, path, now=world.end + LATER * DAY)
    return path


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def exported(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    """Every message of a channel by ts."""
    rows = [row for file in (folder / name).glob("*.json") for row in read(file)]
    found = {row["ts"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_messages_are_those_of_the_api(slack: PlainSlack, folder: Path) -> None:
    for name, channel in slack.channels().items():
        if not channel["is_member"]:
            continue
        rows = exported(folder, name)
        bare = {
            ts: {key: value for key, value in row.items() if key not in ONLY_IN_EXPORTS}
            for ts, row in rows.items()
        }
        assert bare == slack.everything(channel["id"])


def test_parents_list_their_replies(folder: Path) -> None:
    rows = exported(folder, "help")
    parents = [row for row in rows.values() if "reply_count" in row]
    assert parents
    for parent in parents:
        inside = sorted(
            ts for ts, row in rows.items() if row.get("thread_ts") == parent["ts"] != ts
        )
        assert [reply["ts"] for reply in parent["replies"]] == inside


def test_an_export_sees_what_the_bot_does_not(world: World, folder: Path, tmp_path: Path) -> None:
    assert exported(folder, "founders-corner")
    assert not (folder / "organisers").exists(), "private"
    write_export(world, tmp_path, with_closed_channels=False)
    assert not (tmp_path / "founders-corner").exists()
    assert "founders-corner" not in {row["name"] for row in read(tmp_path / "channels.json")}


def test_channels_are_those_of_the_api_with_numbers_as_strings(
    slack: PlainSlack, folder: Path
) -> None:
    live = slack.channels()
    rows = {row["name"]: row for row in read(folder / "channels.json")}
    assert set(rows) == set(live)
    for name, row in rows.items():
        assert row["id"] == live[name]["id"]
        assert row["created"] == str(live[name]["created"])
        assert len(row["members"]) == live[name]["num_members"]
    assert rows["machine-learning"]["id"], "a renamed channel has its new name"
    assert isinstance(read(folder / "integration_logs.json")[0]["date"], str)


def test_days_are_cut_in_the_exporters_time_zone(folder: Path) -> None:
    elsewhere = 0
    for file in folder.glob("*/*.json"):
        for row in read(file):
            moment = datetime.fromtimestamp(float(row["ts"]), UTC)
            assert f"{moment.astimezone(ZONE):%Y-%m-%d}" == file.stem
            elsewhere += f"{moment:%Y-%m-%d}" != file.stem
    assert elsewhere > 100
