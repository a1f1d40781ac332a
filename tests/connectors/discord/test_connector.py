"""The Discord connector in a living community, with everything that goes wrong on a server."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Denied, SourceError
from connectors.discord.sandbox.call import CONNECT, READ_MESSAGE_HISTORY, VIEW_CHANNEL
from connectors.sandbox.community import DAY, World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from connectors.sandbox.text import TEXT_MARK
from pipelines.settings import load
from pipelines.steps import Reporter, make_connector
from tests.support.places import Place
from tests.support.plain.discord import GUILD, PlainDiscord

FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("too_many", {"seconds": 20, "count": 25}),
    ("server_error", {"count": 5}),
    ("html_error", {"count": 5}),
    ("html_with_200", {"count": 5}),
    ("cut_json", {"count": 5}),
    ("cut_body", {"count": 5}),
    ("reset", {"count": 5}),
    ("stall", {"count": 5, "seconds": 0.2}),
]


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=40, days=60)


@pytest.fixture
def sandbox(world: World) -> Iterator[Running]:
    with serve(world, Options(limits=False)) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, sandbox: Running) -> Place:
    return Place(tmp_path / "place", sandbox, kind="discord")


@pytest.fixture
def discord(sandbox: Running) -> PlainDiscord:
    return PlainDiscord(sandbox)


def blind(place: Place) -> list[str]:
    """What the last sync could not see."""
    query = "select blind_spots from raw.runs order by finished_at desc limit 1"
    [(spots,)] = place.rows(query)
    return [spot["what"] for spot in spots]


def listed(place: Place) -> set[str]:
    """The accounts on the member list, as the facts have them."""
    return {row[1] for row in place.facts()["accounts"] if row[-1]}


def gone(place: Place) -> dict[str, int]:
    """Records that are marked as gone, by stream."""
    query = "select stream, count(*) from raw.records where gone_at is not null group by all"
    return dict(place.rows(query))


def test_every_message_is_landed_once_and_no_other(place: Place, discord: PlainDiscord) -> None:
    place.sync()
    places = [c["id"] for c in discord.channels().values() if c["type"] in (0, 2, 5, 13)]
    places.remove(discord.channels()["organisers"]["id"])
    places += [thread["id"] for thread in discord.threads()]
    told = Counter(int(row["id"]) for one in places for row in discord.everything(one))
    landed = Counter(int(key) for (key,) in place.rows(
        "select key from raw.records where stream in ('messages', 'thread_messages')"
    ))  # fmt: skip
    assert landed == told
    assert max(told.values()) == 1


def test_members_of_the_list_with_their_joining(place: Place, discord: PlainDiscord) -> None:
    place.sync()
    people = discord.body(f"{GUILD}/members", limit=1000)
    accounts = [row for row in place.facts()["accounts"] if row[-1]]
    assert len(accounts) == len(people)
    assert {row[1].removeprefix("discord:") for row in accounts} == {
        row["user"]["id"] for row in people
    }
    joins = place.facts()["joins"]
    assert {row[2] for row in joins} == {None}, "who joins, joins the whole server"


def test_syncs_day_by_day_come_to_what_a_fresh_one_finds(tmp_path: Path) -> None:
    with serve(make_world(members=300, days=60), Options(limits=False)) as sandbox:
        place = Place(tmp_path / "place", sandbox, kind="discord")
        fresh = Place(tmp_path / "fresh", sandbox, kind="discord")
        place.sync()
        for days in (1, 3, 6, 2, 4, 5):
            sandbox.advance(days=days)
            assert place.sync().landed.new > 0
        assert gone(place).keys() >= {"messages", "thread_messages"}, "deletions show within a week"
        synced = place.sync(full=True)
        fresh.sync()
    assert synced.landed.new == 0, "a full sync finds nothing that was missed"
    incremental, anew = place.facts(), fresh.facts()
    for table in ("channels", "joins", "activities"):
        assert incremental[table] == anew[table], table
    left = listed(place) - listed(fresh)
    assert len(left) == gone(place)["members"] > 0


def test_a_leaver_is_known_by_absence_from_a_whole_walk(tmp_path: Path, sandbox: Running) -> None:
    place = Place(tmp_path, sandbox, kind="discord")
    place.sync()
    sandbox.advance(days=50)
    sandbox.fault("server_error", methods=["members"], skip=0)
    with pytest.raises(SourceError):
        place.sync()
    assert "members" not in gone(place)
    sandbox.clear_faults()
    place.sync()
    assert gone(place)["members"] > 0


def test_a_thread_that_is_archived_and_one_that_is_deleted(tmp_path: Path, world: World) -> None:
    with serve(world, Options(limits=False, clock_start=world.end - 20 * DAY)) as sandbox:
        place = Place(tmp_path, sandbox, kind="discord")
        plain = PlainDiscord(sandbox)
        place.sync()
        before = {thread["id"] for thread in plain.threads()}
        sandbox.advance(days=19)
        place.sync()
        after = {thread["id"] for thread in plain.threads()}
        landed = {str(int(key)) for (key,) in place.rows(
            "select key from raw.records where stream = 'threads'"
        )}  # fmt: skip
        assert landed == before | after
        place.sync(full=True)
    assert gone(place).get("threads", 0) == len(before - after)


def test_an_empty_list_without_permission_is_no_empty_channel(
    place: Place, discord: PlainDiscord
) -> None:
    place.sync()
    assert blind(place) == ["#founders-corner", "#organisers"]
    discord.change_bot(permissions=VIEW_CHANNEL | CONNECT)
    synced = place.sync()
    assert synced.landed.gone == 0
    assert len(blind(place)) > 10
    discord.change_bot(permissions=VIEW_CHANNEL | READ_MESSAGE_HISTORY)
    place.sync(full=True)
    assert {"#meetups", "#東京もくもく会"} < set(blind(place))


def test_a_missing_intent_is_said_with_its_remedy(place: Place, discord: PlainDiscord) -> None:
    discord.change_bot(intents=["MESSAGE_CONTENT"])
    place.sync()
    assert "members: when they joined and who left" in blind(place)
    assert place.counts()["messages"] > 0
    assert not listed(place)
    found = place.facts()
    names = {account: name for _, account, _, name, *_ in found["accounts"]}
    wrote = {row[3] for row in found["activities"]}
    assert wrote <= names.keys(), "who is on no list, has left or is hidden, has a name"
    assert not any(name in account for account, name in names.items())


def test_without_the_intent_for_texts_nothing_is_missing(
    tmp_path: Path, place: Place, discord: PlainDiscord
) -> None:
    place.sync()
    discord.change_bot(intents=["GUILD_MEMBERS"])
    other = Place(tmp_path / "other", place.sandbox, kind="discord")
    other.sync()
    assert other.raw() == place.raw()


def test_text_is_kept_where_it_is_wanted(tmp_path: Path, sandbox: Running) -> None:
    more = "[privacy]\nstore_text = true"
    place = Place(tmp_path, sandbox, kind="discord", more=more)
    place.sync()
    kept = dict(place.rows(
        f"select stream, count(*) from raw.records where contains(payload, '{TEXT_MARK}')"
        " group by all"
    ))  # fmt: skip
    assert kept.keys() == {"messages", "thread_messages"}


def test_a_revoked_token_stops_at_once(place: Place, sandbox: Running) -> None:
    sandbox.set_token(revoked=True)
    with pytest.raises(Denied, match="rejected the token"):
        place.sync()
    statuses = sandbox.stats()["statuses"]
    assert sum(count for name, count in statuses.items() if name.endswith("401")) == 1


@pytest.mark.parametrize(("kind", "rule"), FAULTS, ids=[kind for kind, _ in FAULTS])
def test_faults_change_nothing(
    tmp_path: Path, world: World, kind: str, rule: dict[str, Any]
) -> None:
    with serve(world, Options(limits=False)) as sandbox:
        undisturbed = Place(tmp_path / "undisturbed", sandbox, kind="discord")
        undisturbed.sync()
    with serve(world, Options(limits=False)) as sandbox:
        sandbox.fault(kind, methods=["messages"], skip=20, **rule)
        place = Place(tmp_path / "place", sandbox, kind="discord")
        place.sync()
        assert sandbox.stats()["faults"][kind] == rule["count"]
    assert place.raw() == undisturbed.raw()


def test_a_ban_is_waited_out(place: Place, discord: PlainDiscord) -> None:
    discord.change_bot(bans=2)
    place.sync()
    assert 1200 <= place.waited < 1300


def test_reactors_are_asked_for_where_wanted(tmp_path: Path, sandbox: Running) -> None:
    counted = Place(tmp_path / "counted", sandbox, kind="discord")
    counted.sync()
    assert not any(row[2] == "reaction" for row in counted.facts()["activities"])
    [(count,)] = counted.rows(
        "select sum(list_sum((payload->>'$.reactions[*].count')::int[]))::int from raw.records"
        " where stream in ('messages', 'thread_messages')"
    )
    asked = Place(tmp_path / "asked", sandbox, kind="discord")
    text = asked.config.read_text(encoding="utf-8") + "reactors = true\n"
    asked.config.write_text(text, encoding="utf-8")
    asked.settings = load(asked.config)
    asked.sync()
    reactions = [row for row in asked.facts()["activities"] if row[2] == "reaction"]
    assert len(reactions) == count > 50


def test_scheduled_events_stay_when_discord_drops_them(place: Place, sandbox: Running) -> None:
    place.sync()
    landed = place.counts()
    assert landed["events"] > 0
    assert landed["interested"] > 0
    sandbox.advance(days=30)
    place.sync()
    kept = place.rows("select payload, gone_at from raw.records where stream = 'events'")
    assert len(kept) > landed["events"]
    assert sum(at is not None for _, at in kept) >= landed["events"]
    assert "interested" not in gone(place)
    statuses = place.facts_of("select status, bool_and(is_online) from facts.events group by all")
    assert dict(statuses).keys() == {"planned", "past"}
    assert all(is_online for _, is_online in statuses)
    [(interests, persons)] = place.facts_of(
        "select count(*), count(distinct account_id) from facts.attendances semi join facts.events"
        " using (event_id) where answer = 'interested' and mark is null"
    )
    assert interests == place.counts()["interested"]
    assert 20 < persons <= interests


def test_check_says_what_will_be_missing(place: Place, discord: PlainDiscord) -> None:
    [closed] = make_connector(place.settings, "discord", Reporter()).check()
    assert closed.startswith("messages of 2 channels that the bot may not read")
    discord.change_bot(intents=[])
    members, _ = make_connector(place.settings, "discord", Reporter()).check()
    assert "Server Members Intent" in members


def test_a_bot_that_was_not_invited_is_told_how(tmp_path: Path, sandbox: Running) -> None:
    place = Place(tmp_path, sandbox, kind="discord")
    config = place.config.read_text(encoding="utf-8")
    place.config.write_text(config.replace('server = "11', 'server = "12'), encoding="utf-8")
    place.settings = load(place.config)
    with pytest.raises(Denied, match="not on the server"):
        place.sync()
