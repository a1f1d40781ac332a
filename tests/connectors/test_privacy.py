"""Text, e-mail addresses and tokens: planted in every field, searched in every byte left."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.sandbox.community import EMAIL_DOMAIN, make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from connectors.sandbox.text import TEXT_MARK
from tests.support.hand_made.slack import SMALL, write_zip
from tests.support.in_process import Vitals
from tests.support.installations import Installation
from tests.support.tiny.slack import TinySlack, instead_of_http

TEXT = "Zimtstern7741"
EMAIL = "grete.honig@quarkkuchen.example"
TOKEN = "xoxb-111122223333-444455556666-Planted0Secret"
PLANTED = [TEXT, "quarkkuchen", "Planted0Secret", TEXT_MARK, EMAIL_DOMAIN]
EVERYTHING = f'{TEXT} {EMAIL} <mailto:{EMAIL}|{EMAIL}> "{EMAIL}" {TOKEN}\\n{TOKEN}'
NAME = f"Grete {EMAIL}"  # people do call themselves by their address, and bots by their token


def planted_user() -> dict[str, Any]:
    words = dict.fromkeys(
        ("title", "phone", "skype", "status_text", "status_emoji", "first_name", "last_name",
         "pronouns", "huddle_state", "guest_invited_by", "image_512"),
        EVERYTHING,
    )  # fmt: skip
    profile = words | {
        "email": EMAIL,
        "real_name": NAME,
        "display_name": NAME,
        "start_date": EVERYTHING,
        "fields": {"Xf1": {"value": EVERYTHING}},
    }
    user = {"id": "U1", "team_id": "T1", "name": EMAIL, "real_name": NAME, "profile": profile}
    return user | {"tz_label": EVERYTHING, "enterprise_user": {"id": EVERYTHING}, "is_bot": False}


def planted_channel() -> dict[str, Any]:
    said = {"value": EVERYTHING, "creator": "U1", "last_set": 0}
    channel = {"id": "C1", "name": "general", "is_general": True, "created": 1452837318}
    return channel | {"topic": said, "purpose": said, "previous_names": [EVERYTHING]}


def planted_messages() -> list[dict[str, Any]]:
    words = ("text", "username", "client_msg_id", "permalink", "topic", "inviter")
    everywhere = dict.fromkeys(words, EVERYTHING) | {
        "type": "message",
        "blocks": [{"type": "rich_text", "elements": [{"text": EVERYTHING}]}],
        "attachments": [{"fallback": EVERYTHING, "text": EVERYTHING, "author_name": EVERYTHING}],
        "files": [{"name": EVERYTHING, "title": EVERYTHING, "preview": EVERYTHING}],
        "comment": {"user": "U1", "comment": EVERYTHING},
        "user_profile": {"real_name": NAME, "display_name": NAME, "email": EMAIL},
        "edited": {"user": EVERYTHING, "ts": "1"},
        "root": {"text": EVERYTHING},
        "metadata": {"event_payload": EVERYTHING},
        "room": {"name": EVERYTHING, "participants": ["U1"]},
        "reactions": [{"name": "wave", "users": ["U1"], "url": EVERYTHING}],
    }
    subtypes = [None, "file_share", "file_comment", "huddle_thread", "bot_message", EVERYTHING]
    subtypes += ["channel_topic", "tombstone", "me_message", TEXT.lower()]
    rows = []
    for number, subtype in enumerate(subtypes):
        row = everywhere | {"ts": f"171455040{number}.000100", "user": "U1", "subtype": subtype}
        rows.append(row | ({"bot_id": EVERYTHING} if subtype == "bot_message" else {}))
    reply = everywhere | {"ts": "1714550420.000100", "user": "U1"}
    reply["thread_ts"] = rows[0]["ts"]
    return [*rows, reply, {"text": EVERYTHING, "user": "U1"}, EVERYTHING]


def planted_export(path: Path) -> Path:
    files = {
        "channels.json": [planted_channel()],
        "users.json": [planted_user()],
        "integration_logs.json": [{"user_name": NAME, "reason": EVERYTHING}],
        "general/2024-05-01.json": planted_messages(),
    }
    return write_zip(path, files)


def what_is_left(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file as text, and every value of every table; not the configuration itself."""
    for path in sorted(f for f in folder.rglob("*") if f.is_file() and f.name != "vitals.toml"):
        yield str(path), path.read_bytes().decode("latin-1")
        if path.suffix in (".duckdb", ".tmp"):
            with duckdb.connect(str(path), read_only=True) as con:
                tables = con.execute("select schema_name, table_name from duckdb_tables()")
                for schema, table in tables.fetchall():
                    rows = con.execute(f'from {schema}."{table}"').fetchall()
                    yield f"{path} {schema}.{table}", repr(rows)


def found(text: str, marks: list[str] = PLANTED) -> list[str]:
    return [mark for mark in marks if mark.lower() in text.lower()]


def left(folder: Path, marks: list[str] = PLANTED) -> dict[str, list[str]]:
    """The marks that are left, by file and table."""
    return {name: marked for name, text in what_is_left(folder) if (marked := found(text, marks))}


def test_nothing_planted_in_an_export_is_left_anywhere(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place")
    export = planted_export(tmp_path / "export.zip")
    environment = {"PREFECT_HOME": str(place.folder / "prefect")}
    printed = ""
    for command in (
        ["import", "slack-export", str(export), "--source", "slack"],
        ["build"],
        ["status", "--format", "json"],
        ["metric", "channels", "--format", "csv"],
        ["metric", "unanswered", "--format", "json"],
    ):
        result = place.vitals(*command, **environment)
        assert result.returncode == 0, result.stderr
        printed += result.stdout + result.stderr
    assert "grete.honig" in printed, "the name without the address is still a name"
    assert found(printed) == []
    names = [name for name, _ in what_is_left(place.folder)]
    assert any("raw.records" in name for name in names)
    assert any("snapshots" in name for name in names)
    assert left(place.folder) == {}


@pytest.mark.parametrize(
    "broken",
    [
        "[{" + EVERYTHING,
        json.dumps({EVERYTHING: EVERYTHING}),
    ],
)
def test_no_error_about_a_file_holds_what_is_in_it(
    tmp_path: Path, vitals: Vitals, broken: str
) -> None:
    place = Installation(tmp_path / "place")
    export = write_zip(tmp_path / "export.zip", SMALL | {"general/2024-05-02.json": broken})
    said = vitals(place, "import", "slack-export", str(export), "--source", "slack", status=1)
    assert "2024-05-02.json" in said
    assert found(said) == []
    assert left(place.folder) == {}


@pytest.mark.parametrize(
    "odd",
    [
        {"ts": "1714550401.1", "user": [EVERYTHING]},
        {"ts": EVERYTHING, "user": "U1", "text": EVERYTHING},
        {"ts": "1714550401.1", "subtype": {EVERYTHING: EVERYTHING}, "bot_id": [EVERYTHING]},
    ],
)
def test_nothing_of_an_odd_row_is_left_anywhere(
    tmp_path: Path, vitals: Vitals, odd: dict[str, object]
) -> None:
    place = Installation(tmp_path / "place")
    files = SMALL | {"general/2024-05-02.json": [odd]}
    export = write_zip(tmp_path / "export.zip", files)
    assert found(vitals(place, "import", "slack-export", str(export), "--source", "slack")) == []
    assert left(place.folder) == {}


def test_nothing_that_the_api_sends_is_left_anywhere(tmp_path: Path) -> None:
    marks = [*PLANTED, SANDBOX_TOKEN]
    with serve(make_world(members=30, days=40), Options(limits=False)) as sandbox:
        place = Installation(tmp_path / "place", sandbox)
        for command in (["sync"], ["check"], ["sync", "--full"]):
            result = place.vitals(*command)
            assert result.returncode == 0, result.stderr
            assert found(result.stdout + result.stderr, marks) == []
        sandbox.set_token(revoked=True)
        failed = place.vitals("sync")
    assert failed.returncode == 1
    assert found(failed.stdout + failed.stderr, marks) == []
    assert left(place.folder, marks) == {}


def test_no_error_about_a_response_holds_what_is_in_it(tmp_path: Path) -> None:
    place, tiny = Installation(tmp_path, base_url="http://tiny.invalid"), TinySlack()
    tiny.say(1, user={"real_name": EVERYTHING})
    tiny.say(2, text=EVERYTHING, ts=EVERYTHING)
    with instead_of_http(tiny):
        place.sync()
    [spot] = place.publish().metric("blind_spots").to_pylist()
    assert "conversations.history, C1: 1 rows left out" in spot["what"]
    assert found(str(spot)) == []
    assert left(place.folder) == {}


def test_stored_text_is_text_alone_and_in_raw_alone(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place", more="[privacy]\nstore_text = true")
    place.import_export(planted_export(tmp_path / "export.zip"))
    place.publish().close()
    payloads = [json.loads(p) for (p,) in place.rows("select payload from raw.records")]
    texts = [payload["text"] for payload in payloads if "text" in payload]
    assert len(texts) == len(planted_messages()) - 2
    assert all(TEXT in text for text in texts)
    others = json.dumps([{k: v for k, v in p.items() if k != "text"} for p in payloads])
    assert found(others) == []
    assert found(json.dumps(texts)) == [TEXT], "addresses and tokens are no part of it"
    assert {name.split()[0] for name in left(place.folder)} == {str(place.warehouse.path)}


def test_an_address_becomes_a_hash_that_only_this_warehouse_makes(tmp_path: Path) -> None:
    hashes = []
    for number in range(2):
        place = Installation(tmp_path / str(number))
        key = place.warehouse.path.with_name("email.key")
        if number:
            key.unlink()
        place.import_export(planted_export(tmp_path / "export.zip"))
        [(payload,)] = place.rows("select payload from raw.records where stream = 'members'")
        hashes.append(json.loads(payload)["email_hash"])
    assert [len(value) for value in hashes] == [64, 64]
    assert hashes[0] != hashes[1]
    assert key.stat().st_mode & 0o077 == 0, "the key is for its owner alone"
