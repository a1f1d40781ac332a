"""DiscordChatExporter's files give the facts of the API, and every row is counted."""

import json
import statistics
import zipfile
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.base import BadFile
from connectors.discord.sandbox.export import write_export
from connectors.files import json_stream
from connectors.sandbox.community import World
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from tests.support.hand_made.discord import export, imported, message
from tests.support.installations import Installation
from tests.support.paths import SHARED
from warehouse.query import Selection
from warehouse.snapshots import Snapshot

REAL = SHARED / "data/discord_pyscript/json"
MONTHLY = Selection(grain="month")


@pytest.fixture(scope="module")
def synced(world: World, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    with serve(world, Options(limits=False)) as sandbox:
        place = Installation(tmp_path_factory.mktemp("synced"), sandbox, kind="discord")
        place.sync()
    return place


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "place", kind="discord")


def activities(place: Installation) -> list[tuple[Any, ...]]:
    """Kind, author and parent of each activity, by id."""
    columns = ", ".join(f"replace({name}, 'discord:', '')" for name in ("account_id", "parent_id"))
    return place.facts_of(f"select kind, {columns} from facts.activities order by activity_id")


# Files and API give the same.


def test_files_and_api_give_the_same_facts(
    tmp_path: Path, world: World, synced: Installation
) -> None:
    write_export(world, tmp_path / "export")
    place = Installation(tmp_path / "place", kind="discord")
    imported = place.import_export(tmp_path / "export")
    from_file, from_api = place.facts(), synced.facts()
    assert from_file["activities"] == from_api["activities"]
    assert from_file["joins"] == from_api["joins"]
    assert from_file["left_out"] == [r for r in from_api["left_out"] if r[1] != "thread"]
    counts = synced.counts()
    assert imported.outcome.read == counts["messages"] + counts["thread_messages"]


def test_importing_and_then_syncing_doubles_nothing(
    tmp_path: Path, world: World, sandbox: Running, synced: Installation
) -> None:
    write_export(world, tmp_path / "export", part_size=50)
    place = Installation(tmp_path / "place", sandbox, kind="discord")
    place.import_export(tmp_path / "export")
    place.sync()
    assert [row for row in place.raw() if row[1] != "file_authors"] == synced.raw()
    assert place.import_export(tmp_path / "export").landed.changed == 0
    both, from_api = place.facts(), synced.facts()
    for found in (both, from_api):
        found["accounts"] = [account for account in found["accounts"] if account[-1]]
    assert both == from_api
    persons = (
        "select person_id, authors.is_bot, is_listed"
        " from marts.authors left join marts.accounts using (account_id) order by all"
    )
    assert [row for row in place.facts_of(persons) if not row[1]] == [
        row for row in synced.facts_of(persons) if not row[1]
    ]


def test_who_reacted_is_read_where_a_file_lists_it(tmp_path: Path, world: World) -> None:
    write_export(world, tmp_path / "export", with_reactors=True)
    place = Installation(tmp_path / "place", kind="discord")
    place.import_export(tmp_path / "export")
    kinds = Counter(kind for kind, _, _ in activities(place))
    assert kinds["reaction"] > 50


def test_a_folder_a_zip_and_single_files_are_the_same(tmp_path: Path, world: World) -> None:
    write_export(world, tmp_path / "export")
    files = sorted((tmp_path / "export").iterdir())
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, f"inside/{file.name}")
    forms = {"folder": [tmp_path / "export"], "zip": [tmp_path / "export.zip"], "files": files}
    found = []
    for name, paths in forms.items():
        place = Installation(tmp_path / name, kind="discord")
        place.import_export(*paths)
        found.append(place.raw())
    assert found[0] == found[1] == found[2]


def test_pieces_may_end_anywhere(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [message(n, content='“ü🌻\\"messages": [{]}' * n) for n in range(1, 20)]
    for size in (1, 7, 64):
        monkeypatch.setattr(json_stream, "PIECE_BYTES", size)
        imported(place, *rows)
        assert len(activities(place)) == 19


@pytest.mark.parametrize("indent", [None, 2, 4])
def test_layout_and_byte_order_mark_make_no_difference(
    place: Installation, indent: int | None
) -> None:
    path = export(place.folder / "e", message(1), message(2), indent=indent)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    place.import_export(path)
    assert len(activities(place)) == 2


# What real files contain.


def test_times_have_any_offset_and_precision(place: Installation) -> None:
    """A time without an offset is of an old file: the id has it in UTC."""
    times = {
        "2024-05-01T10:00:00.5+02:00": "2024-05-01 08:00:00.500000",
        "2024-05-01T10:36:07.123+05:30": "2024-05-01 05:06:07.123000",
        "2024-05-01T05:06:07+00:00": "2024-05-01 05:06:07",
        "2024-05-01T03:00:00.1234567-07:00": "2024-05-01 10:00:00.123456",
        "2024-05-01T10:00:00": "2024-05-01 06:39:01.406000",
    }
    first = 1235118263500800000
    rows = [message(1, id=str(first + n), timestamp=time) for n, time in enumerate(times)]
    imported(place, *rows)
    found = place.facts_of("select occurred_at from facts.activities order by activity_id")
    assert [str(time) for (time,) in found] == list(times.values())


def test_replies_and_their_parents(place: Installation) -> None:
    first, deleted = "1235000000000000001", "1235000000000000099"
    cases: list[tuple[dict[str, Any], tuple[str, str | None]]] = [
        ({}, ("message", None)),
        ({"type": "Reply", "reference": {"messageId": first}}, ("reply", first)),
        ({"type": "Reply", "reference": {"messageId": deleted}}, ("reply", deleted)),
        ({"type": "Reply", "reference": {"messageId": None}}, ("reply", None)),
        ({"type": "Reply", "reference": None}, ("reply", None)),
        ({"type": "19", "reference": {"messageId": deleted}}, ("reply", deleted)),
        ({"reference": {"messageId": deleted}}, ("reply", deleted)),
        ({"reference": {"messageId": deleted, "type": "Forward"}}, ("message", None)),
    ]
    imported(place, *(message(n, **row) for n, (row, _) in enumerate(cases, start=1)))
    assert [(kind, parent) for kind, _, parent in activities(place)] == [
        found for _, found in cases
    ]


@pytest.mark.parametrize(
    ("thread", "type_of_first", "root"),
    [
        ("1235000000000000001", "Default", "1235000000000000001"),
        ("1235000000000000000", "21", "1235000000000000000"),
        ("1234999999999999999", "Default", "1235000000000000001"),
    ],
    ids=["forum post", "started from a message", "started alone"],
)
def test_root_of_a_thread(place: Installation, thread: str, type_of_first: str, root: str) -> None:
    channel = {"id": thread, "type": "GuildPublicThread", "categoryId": "99", "category": "help"}
    export(place.folder / "e", message(1, type=type_of_first), message(2), channel=channel)
    imported(place, message(3), channel=channel, name="a [part 2].json")
    assert {parent for kind, _, parent in activities(place) if kind == "reply"} == {root}
    assert place.facts_of("select channel_id, name from facts.channels") == [("discord:99", "help")]
    assert place.facts_of("select distinct channel_id from facts.activities") == [("discord:99",)]


def test_every_row_is_counted(place: Installation) -> None:
    bot = {"id": "91234567890123456", "name": "hook", "isBot": True}
    export(
        place.folder / "e",
        message(1),
        message(2, author=bot),
        message(3, type="GuildMemberJoin"),
        message(4, type="ChannelPinnedMessage"),
        message(5, type="SomethingNew"),
        message(6, type="8"),
        message(7, author=None),
        message(8, author={"id": "456226577798135808", "name": "Deleted User", "isBot": False}),
        message(1),
        {"id": "5"},
    )
    direct = {"id": "5", "type": "DirectTextChat"}
    export(place.folder / "e", message(1), channel=direct, name="b.json")
    private = {"id": "6", "type": "GuildPrivateThread"}
    outcome = imported(place, message(1), message(2), channel=private, name="c.json").outcome
    assert (outcome.read, outcome.taken) == (13, 2)
    assert outcome.left_out == {
        "private thread": 2,
        "bot": 1,
        "channel_pinned_message": 1,
        "direct message": 1,
        "duplicate": 1,
        "guild_boost": 1,
        "no author": 1,
        "no timestamp": 1,
        "unknown message type": 1,
        "user_join": 1,
    }
    assert [row[1] for row in place.facts()["joins"]] == ["discord:81234567890123456"]


# Bad files.


def test_nothing_of_a_truncated_file_is_landed(place: Installation) -> None:
    path = export(place.folder / "e", *(message(n) for n in range(1, 9)))
    content = path.read_text(encoding="utf-8")
    path.write_text(content[: len(content) // 2], encoding="utf-8")
    with pytest.raises(BadFile, match="breaks off"):
        place.import_export(path)
    assert place.raw() == []


def test_other_json_is_passed_over_and_alone_an_error(place: Installation) -> None:
    (place.folder / "e").mkdir()
    other = place.folder / "e" / "package.json"
    other.write_text('{"name": "x", "messages": ["hello"]}', encoding="utf-8")
    with pytest.raises(BadFile, match="no file of DiscordChatExporter"):
        place.import_export(other)
    assert imported(place, message(1)).outcome.taken == 1


def test_files_of_two_servers_are_not_mixed(place: Installation) -> None:
    export(place.folder / "e", message(1))
    with pytest.raises(BadFile, match="of the server 8"):
        imported(place, message(2), name="b.json", guild={"id": "8", "name": "Other"})


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"timestamp": "yesterday"}, "no timestamp"),
        ({"timestamp": 1714550400}, "no timestamp"),
        ({"author": "ada"}, "no author"),
        ({"id": "ada"}, "no id"),
        ({"id": 10**400}, "no id"),
        ({"type": []}, "unknown message type"),
    ],
)
def test_an_odd_row_alone_is_left_out(
    place: Installation, broken: dict[str, Any], reason: str
) -> None:
    outcome = imported(place, message(1), message(2, **broken), message(3)).outcome
    assert (outcome.taken, outcome.left_out) == (2, {reason: 1})


@pytest.mark.parametrize(
    "odd",
    [
        {"id": 1_235_000_000_000_000_002},
        {"type": 0},
        {"author": {"id": 81234567890123456, "name": None, "isBot": 0}},
        {"author": {"id": "81234567890123456", "name": "\ud83d", "nickname": "half \ud83d"}},
        {"reactions": None, "reference": {"messageId": None}},
        {"reactions": [None, {"emoji": None}, {"emoji": {"name": "x"}, "count": 10**30}]},
        {"reference": [], "content": 7},
    ],
)
def test_what_nobody_needs_may_be_odd(place: Installation, odd: dict[str, Any]) -> None:
    assert imported(place, message(1), message(2, **odd)).outcome.taken == 2


def test_a_number_of_thousands_of_digits(place: Installation) -> None:
    path = export(place.folder / "e", message(1), message(2, callEnded=77), message(3, id=77))
    path.write_text(path.read_text("utf-8").replace("77", "7" * 5000), encoding="utf-8")
    outcome = place.import_export(path).outcome
    assert (outcome.taken, outcome.left_out) == (2, {"no id": 1})


def test_a_head_with_numbers_and_halves_of_characters(place: Installation) -> None:
    channel = {"id": 1234567, "type": 0, "topic": "half \ud83d", "categoryId": 5}
    imported(place, message(1), channel=channel, guild={"id": 7}, dateRange=None)
    thread = {"id": 55, "type": 11, "categoryId": 1234567, "category": "general"}
    imported(place, message(2), message(3), channel=thread, name="b.json")
    assert [kind for kind, *_ in activities(place)] == ["message", "message", "reply"]


def test_no_list_of_messages_is_an_empty_one(place: Installation) -> None:
    path = export(place.folder / "e", name="null.json")
    text = path.read_text(encoding="utf-8").replace('"messages": []', '"messages": null')
    path.write_text(text, encoding="utf-8")
    assert imported(place, message(1)).outcome.taken == 1
    assert place.warnings[1:] == []


# A real community, counted once more in plain Python.


@pytest.fixture(scope="module")
def real_rows() -> list[dict[str, Any]]:
    if not REAL.exists():
        pytest.skip("the real archive is not here: ../shared is absent")
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(REAL.glob("*.json"))]
    return [row for file in files for row in file["messages"]]


@pytest.fixture(scope="module")
def human(real_rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = ("Default", "Reply")
    return [row for row in real_rows if row["type"] in kinds and not row["author"]["isBot"]]


@pytest.fixture(scope="module")
def real(
    real_rows: list[dict[str, Any]],
    human: list[dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Snapshot:
    place = Installation(tmp_path_factory.mktemp("real"), kind="discord")
    outcome = place.import_export(REAL).outcome
    assert (outcome.read, outcome.taken) == (len(real_rows), len(human))
    return place.publish()


def month(row: dict[str, Any]) -> str:
    return f"{row['timestamp'][:7]}-01"


def test_a_real_community_is_counted_right(human: list[dict[str, Any]], real: Snapshot) -> None:
    volume = {
        (str(row["period"]), row["kind"]): row["activities"]
        for row in real.metric("activity_volume", MONTHLY).to_pylist()
        if row["activities"] and row["kind"] != "reaction"
    }
    kinds = {"Default": "message", "Reply": "reply"}
    assert volume == Counter((month(row), kinds[row["type"]]) for row in human)

    active = defaultdict(set)
    for row in human:
        active[month(row)].add(row["author"]["id"])
    counted = real.metric("active_members", MONTHLY).to_pylist()
    assert {str(r["period"]): r["active_members"] for r in counted if r["active_members"]} == {
        period: len(people) for period, people in active.items()
    }


def test_first_responses_of_a_real_community(human: list[dict[str, Any]], real: Snapshot) -> None:
    replies = defaultdict(list)
    for row in human:
        if row["type"] == "Reply":
            replies[row["reference"]["messageId"]].append(row)
    expected = defaultdict(list)
    for row in human:
        if row["type"] == "Default":
            opened = datetime.fromisoformat(row["timestamp"])
            waits = [
                (datetime.fromisoformat(reply["timestamp"]) - opened).total_seconds()
                for reply in replies[row["id"]]
                if reply["author"]["id"] != row["author"]["id"]
            ]
            expected[month(row)].append(min(waits, default=None))
    counted = real.metric("first_response", MONTHLY).to_pylist()
    assert sum(row["openers"] for row in counted) == sum(map(len, expected.values()))
    for row in counted:
        waits = expected[str(row["period"])]
        answered = [wait for wait in waits if wait is not None]
        assert (row["openers"], row["answered"]) == (len(waits), len(answered))
        median = statistics.median(answered) if answered else None
        assert row["median_seconds"] == (pytest.approx(median) if answered else None)
