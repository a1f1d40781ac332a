"""Slack's native export: the same events as the API gives, and every row accounted for."""

import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.community import World
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from connectors.slack.sandbox.export import write_export
from pipelines.imports import Imported
from tests.support.hand_made.slack import ADA, GENERAL, SMALL, write_folder, write_zip
from tests.support.installations import Installation, every_metric

MAY_1 = 1_714_550_400


def ts(second: int) -> str:
    return f"{MAY_1 + second}.000100"


def row(second: int, **more: Any) -> dict[str, Any]:
    return {"type": "message", "ts": ts(second), "text": "…"} | more


def huddle(room: dict[str, Any]) -> dict[str, Any]:
    return row(1, subtype="huddle_thread", user="USLACKBOT", room=room)


def activities(place: Installation) -> str:
    """Kind and account of each activity, in the order of time."""
    found = sorted(place.facts()["activities"], key=lambda fact: fact[6])
    return ", ".join(f"{fact[2]} {fact[3].removeprefix('slack:')}" for fact in found)


def imported(place: Installation, files: dict[str, Any]) -> Imported:
    return place.import_export(write_zip(place.folder / "export.zip", files))


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    """A source for files alone."""
    return Installation(tmp_path / "place")


# The export and the API lead to the same community.


@pytest.fixture(scope="module")
def export(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "export.zip"
    write_export(world, path, with_closed_channels=False)
    return path


@pytest.fixture(scope="module")
def synced(world: World, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    with serve(world, Options(limits=False)) as sandbox:
        place = Installation(tmp_path_factory.mktemp("synced"), sandbox)
        place.sync()
    return place


def test_export_and_api_give_the_same_events(
    place: Installation, synced: Installation, export: Path
) -> None:
    outcome = place.import_export(export).outcome
    by_file, by_api = place.facts(), synced.facts()
    for table in ("accounts", "joins", "activities", "left_out"):
        assert by_file[table] == by_api[table], table
    assert set(by_file["channels"]) < set(by_api["channels"]), "the API lists those it cannot read"
    assert outcome.read == outcome.taken + sum(outcome.left_out.values())
    assert outcome.left_out["channel_join"] == len(by_file["joins"])


def test_import_then_sync_doubles_nothing(
    tmp_path: Path, sandbox: Running, synced: Installation, export: Path
) -> None:
    place = Installation(tmp_path, sandbox)
    place.import_export(export)
    before = every_metric(place.publish())
    place.sync()
    assert place.raw() == synced.raw()
    after = every_metric(place.publish())
    for name in ("active_members", "activity_volume", "retention", "heatmap", "first_response"):
        assert without_completeness(before[name]) == without_completeness(after[name]), name


def without_completeness(table: Any) -> Any:
    """A sync covers a little more time than the newest row of an export."""
    return table.drop_columns([c for c in ("is_complete",) if c in table.column_names])


def test_sync_then_import_changes_nothing(
    tmp_path: Path, sandbox: Running, synced: Installation, export: Path
) -> None:
    place = Installation(tmp_path, sandbox)
    place.sync()
    imported = place.import_export(export)
    assert (imported.landed.new, imported.landed.changed) == (0, 0)
    assert place.raw() == synced.raw()


def test_importing_twice_changes_nothing(place: Installation, export: Path) -> None:
    first = place.import_export(export)
    raw, metrics = place.raw(), every_metric(place.publish())
    again = place.import_export(export, export)
    assert (again.landed.new, again.landed.changed, again.landed.gone) == (0, 0, 0)
    assert place.raw() == raw
    assert every_metric(place.publish()) == metrics
    assert again.outcome.taken == first.outcome.taken
    assert again.outcome.left_out["duplicate"] == first.outcome.read


def test_an_old_export_brings_nothing_deleted_back(
    tmp_path: Path, world: World, sandbox: Running
) -> None:
    """What the platform said is never replaced by what a file says."""
    old = tmp_path / "old.zip"
    write_export(world, old, now=world.end - 3 * 86_400_000_000, with_closed_channels=False)
    place = Installation(tmp_path / "place", sandbox)
    place.import_export(old)
    place.sync()
    raw = place.raw()
    place.import_export(old)
    assert place.raw() == raw


def test_folder_zip_and_nested_zip_are_the_same(tmp_path: Path, export: Path) -> None:
    with zipfile.ZipFile(export) as archive:
        archive.extractall(tmp_path / "folder")
        with zipfile.ZipFile(tmp_path / "nested.zip", "w") as nested:
            for name in archive.namelist():
                nested.writestr(f"My community Slack export/{name}", archive.read(name))
    (tmp_path / "folder" / "general" / "notes.txt").write_text("not ours")
    landed = []
    for path in (export, tmp_path / "folder", tmp_path / "nested.zip"):
        place = Installation(tmp_path / f"place of {path.stem}")
        place.import_export(path)
        landed.append(place.raw())
    assert landed[0] == landed[1] == landed[2]


# Rows of real exports.


@pytest.mark.parametrize(
    ("rows", "kinds", "left_out"),
    [
        ([row(1, user="U1"), row(2, user="U9")], "message U1, message U9", {}),
        ([row(1, user="U1", bot_id="B1")], "", {"bot": 1}),
        ([row(1, bot_id="B1", subtype="bot_message", username="x")], "", {"bot": 1}),
        ([row(1, user="USLACKBOT")], "", {"bot": 1}),
        ([row(1)], "", {"no author": 1}),
        ([row(1, user=None, bot_id=None)], "", {"no author": 1}),
        ([row(1, subtype="file_comment", comment={"user": "U2"})], "message U2", {}),
        ([row(1, subtype="file_share", user="U1", bot_id=None)], "message U1", {}),
        ([row(1, subtype="me_message", user="U1")], "message U1", {}),
        ([row(1, subtype="tombstone", user="USLACKBOT")], "", {"tombstone": 1}),
        ([row(1, subtype="channel_topic", user="U1", topic="…")], "", {"channel_topic": 1}),
        ([row(1, subtype="never seen before!", user="U1")], "", {"unknown": 1}),
        (
            [
                row(1, user="U1", reply_count="1", latest_reply=ts(2)),
                row(2, user="U2", thread_ts=ts(1)),
            ],
            "message U1, reply U2",
            {},
        ),
        ([row(1, subtype="thread_broadcast", user="U2", thread_ts=ts(0))], "reply U2", {}),
        (
            [huddle({"date_start": str(MAY_1), "participant_history": ["U1", "U2", "U1"]})],
            "huddle U1, huddle U2",
            {},
        ),
        ([huddle({"participants": None})], "", {"huddle without people": 1}),
        (
            [row(1, user="U1", reactions=[{"name": "wave", "count": "2", "users": ["U2", "U2"]}])],
            "message U1, reaction U2",
            {},
        ),
        ([row(1, user="U1"), row(1, user="U1")], "message U1", {"duplicate": 1}),
        ([{"user": "U1"}, {"user": "U1", "ts": None}, None, 7], "", {"no timestamp": 4}),
        ([row(1, user="U1"), {"user": "U1"}], "message U1", {"no timestamp": 1}),
    ],
)
def test_rows(place: Installation, rows: list[Any], kinds: str, left_out: dict[str, int]) -> None:
    files = SMALL | {"general/2024-05-01.json": rows}
    outcome = imported(place, files).outcome
    assert activities(place) == kinds
    assert outcome.left_out == left_out
    assert outcome.read == len(rows) == outcome.taken + sum(left_out.values())


def test_an_account_with_the_bot_flag_is_left_out_of_the_account_too(place: Installation) -> None:
    files = SMALL | {"users.json": [ADA | {"is_bot": "true", "updated": "1714550400"}]}
    outcome = imported(place, files).outcome
    assert outcome.left_out == {"bot": 1}
    assert place.publish().metric("active_members").num_rows == 0


def test_accounts_of_the_configuration_are_bots_by_id_or_handle(tmp_path: Path) -> None:
    for entry in ("slack:U1", "slack:ada"):
        place = Installation(tmp_path / entry, more=f'[people]\nbots = ["{entry}"]')
        outcome = place.import_export(write_folder(tmp_path / "export", SMALL)).outcome
        assert outcome.left_out == {"bot": 1}
        assert place.publish().metric("active_members").num_rows == 0


def test_private_channels_and_direct_messages_are_counted_and_left_out(place: Installation) -> None:
    day = [row(1, user="U1"), row(2, user="U2")]
    files = SMALL | {
        "groups.json": [{"id": "G1", "name": "secret"}],
        "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
        "mpims.json": [{"id": "G2", "name": "mpdm-ada--bo-1"}],
        "secret/2024-05-01.json": day,
        "D1/2024-05-01.json": day,
        "mpdm-ada--bo-1/2024-05-01.json": day,
        "D0ABCDEFGH/2024-05-01.json": day,
    }
    outcome = imported(place, files).outcome
    assert outcome.left_out == {"direct message": 6, "private channel": 2}
    assert (outcome.read, outcome.taken) == (9, 1)
    assert {channel[1] for channel in place.facts()["channels"]} == {"slack:C1"}


def test_a_folder_without_a_channel_is_taken_by_its_name(place: Installation) -> None:
    files = SMALL | {"renamed/2024-05-01.json": [row(1, user="U1")]}
    assert imported(place, files).outcome.taken == 2
    assert "slack:renamed" in {channel[1] for channel in place.facts()["channels"]}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_japanese_channel_names(tmp_path: Path, place: Installation, form: str) -> None:
    """macOS unpacks and packs names in another normal form, and marks them as no UTF-8."""
    name = "データ分析ガイド"
    files = SMALL | {
        "channels.json": [GENERAL, GENERAL | {"id": "C2", "name": name, "is_general": False}],
        f"{unicodedata.normalize(form, name)}/2024-05-01.json": [row(1, user="U1")],
    }
    path = write_zip(tmp_path / "export.zip", files)
    if form == "NFD":
        path.write_bytes(path.read_bytes().replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00"))
    place.import_export(path)
    channels = {channel[1]: channel[2] for channel in place.facts()["channels"]}
    assert channels == {"slack:C1": "general", "slack:C2": name}
    assert {activity[4] for activity in place.facts()["activities"]} == {"slack:C1", "slack:C2"}


def test_an_enterprise_export_names_its_members_elsewhere(place: Installation) -> None:
    files = dict(SMALL)
    files["org_users.json"] = files.pop("users.json")
    imported(place, files)
    assert len(place.facts()["accounts"]) == 2


def test_fields_that_are_empty_or_of_another_type_do_no_harm(place: Installation) -> None:
    files = SMALL | {
        "channels.json": [{"id": "C1", "name": "general", "created": None}],
        "users.json": [
            {"id": "U1", "deleted": True, "updated": "1714550400", "profile": None},
            {"id": "U2", "name": "bo", "deleted": "false", "profile": {"start_date": "soon"}},
        ],
    }
    imported(place, files)
    names = {account[1]: account[3] for account in place.facts()["accounts"]}
    assert names == {"slack:U1": "U1", "slack:U2": "bo"}


def test_members_alone_are_a_member_list(place: Installation) -> None:
    files = {"channels.json": [], "users.json": [ADA | {"updated": MAY_1, "deleted": True}]}
    imported(place, files)
    snapshot = place.publish()
    assert [m["left"] for m in snapshot.metric("members").to_pylist()] == [1]
