"""The Discord connector against the sandbox: what it lands, and what it says where it cannot."""

from collections import Counter
from pathlib import Path

import pytest

from connectors.base import Denied
from connectors.discord.sandbox.call import CONNECT, READ_MESSAGE_HISTORY, VIEW_CHANNEL
from connectors.sandbox.community import DAY, World, make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from connectors.sandbox.text import TEXT_MARK
from pipelines.steps import Reporter, make_connector
from tests.support.installations import Installation
from tests.support.plain.discord import GUILD, REACTORS, WITH_MESSAGES, PlainDiscord


@pytest.fixture
def place(tmp_path: Path, sandbox: Running) -> Installation:
    return Installation(tmp_path / "place", sandbox, kind="discord")


@pytest.fixture
def discord(sandbox: Running) -> PlainDiscord:
    return PlainDiscord(sandbox)


def blind_spots(place: Installation) -> list[str]:
    query = "select blind_spots from raw.runs order by finished_at desc limit 1"
    [(spots,)] = place.rows(query)
    return [spot["what"] for spot in spots]


def listed(place: Installation) -> set[str]:
    """The ids of the accounts on the member list."""
    found = place.facts_of("select account_id from facts.accounts where is_listed")
    return {account.removeprefix("discord:") for (account,) in found}


def landed_keys(place: Installation, *streams: str) -> Counter[str]:
    """How often each id was landed in these streams."""
    names = ", ".join(f"'{stream}'" for stream in streams)
    found = place.rows(f"select key from raw.records where stream in ({names})")
    return Counter(str(int(key)) for (key,) in found)


def test_every_message_is_landed_once_and_no_other(
    place: Installation, discord: PlainDiscord
) -> None:
    place.sync()
    closed = discord.channels()["organisers"]["id"]
    channels = [c["id"] for c in discord.channels().values() if c["type"] in WITH_MESSAGES]
    channels += [thread["id"] for thread in discord.threads()]
    sent = [row["id"] for one in channels if one != closed for row in discord.everything(one)]
    assert landed_keys(place, "messages", "thread_messages") == Counter(sent)
    assert len(set(sent)) == len(sent)


def test_members_of_the_list_with_their_joining(place: Installation, discord: PlainDiscord) -> None:
    place.sync()
    people = discord.body(f"{GUILD}/members", limit=1000)
    assert listed(place) == {row["user"]["id"] for row in people}
    assert place.counts()["members"] == len(people)
    joins = place.facts_of("select distinct channel_id from facts.joins")
    assert joins == [(None,)], "people join the whole server"


def test_syncs_day_by_day_give_the_facts_of_a_fresh_one(tmp_path: Path) -> None:
    options = Options(limits=False, platforms=("discord",))
    with serve(make_world(members=520, days=60), options) as sandbox:
        place = Installation(tmp_path / "place", sandbox, kind="discord")
        fresh = Installation(tmp_path / "fresh", sandbox, kind="discord")
        place.sync()
        for days in (1, 3, 6, 2, 4, 5):
            sandbox.advance(days=days)
            assert place.sync().landed.new > 0
        assert place.counts(gone=True).keys() >= {"messages", "thread_messages"}, (
            "deletions show within a week"
        )
        synced = place.sync(full=True)
        fresh.sync()
    assert synced.landed.new == 0, "a full sync finds nothing that was missed"
    by_day, at_once = place.facts(), fresh.facts()
    for table in ("channels", "joins", "activities"):
        assert by_day[table] == at_once[table], table
    left = listed(place) - listed(fresh)
    assert len(left) == place.counts(gone=True)["members"] > 0


@pytest.mark.long
def test_a_member_has_left_once_a_whole_list_lacks_them(tmp_path: Path) -> None:
    with serve(make_world(members=360, days=30), Options(limits=False)) as sandbox:
        place = Installation(tmp_path, sandbox, kind="discord")
        place.sync()
        sandbox.advance(days=50)
        sandbox.fault("server_error", methods=["members"], skip=0)
        assert place.sync().unread_lists == ("members",)
        assert "members" not in place.counts(gone=True)
        sandbox.clear_faults()
        place.sync()
        assert place.counts(gone=True)["members"] > 0


def test_a_thread_that_is_archived_and_one_that_is_deleted(tmp_path: Path, world: World) -> None:
    with serve(world, Options(limits=False, clock_start=world.end - 20 * DAY)) as sandbox:
        place = Installation(tmp_path, sandbox, kind="discord")
        plain = PlainDiscord(sandbox)
        place.sync()
        before = {thread["id"] for thread in plain.threads()}
        sandbox.advance(days=19)
        place.sync()
        after = {thread["id"] for thread in plain.threads()}
        assert landed_keys(place, "threads").keys() == before | after
        place.sync(full=True)
    assert place.counts(gone=True).get("threads", 0) == len(before - after)


def test_an_empty_list_without_permission_is_no_empty_channel(
    place: Installation, discord: PlainDiscord
) -> None:
    place.sync()
    assert blind_spots(place) == ["#founders-corner", "#organisers"]
    discord.change_bot(permissions=VIEW_CHANNEL | CONNECT)
    synced = place.sync()
    assert synced.landed.gone == 0
    assert len(blind_spots(place)) > 10
    discord.change_bot(permissions=VIEW_CHANNEL | READ_MESSAGE_HISTORY)
    place.sync(full=True)
    assert {"#meetups", "#東京もくもく会"} < set(blind_spots(place))


def test_without_the_members_intent_authors_have_names(
    place: Installation, discord: PlainDiscord
) -> None:
    discord.change_bot(intents=["MESSAGE_CONTENT"])
    place.sync()
    assert "members: when they joined and who left" in blind_spots(place)
    assert place.counts()["messages"] > 0
    assert not listed(place)
    names = dict(place.facts_of("select account_id, name from facts.accounts"))
    authors = {a for (a,) in place.facts_of("select distinct account_id from facts.activities")}
    assert authors <= names.keys()
    assert not any(name in account for account, name in names.items())


def test_without_the_intent_for_texts_nothing_is_missing(
    tmp_path: Path, place: Installation, discord: PlainDiscord
) -> None:
    place.sync()
    discord.change_bot(intents=["GUILD_MEMBERS"])
    other = Installation(tmp_path / "other", place.sandbox, kind="discord")
    other.sync()
    assert other.raw() == place.raw()


def test_text_is_kept_where_store_text_is_set(tmp_path: Path, sandbox: Running) -> None:
    place = Installation(tmp_path, sandbox, kind="discord", more="[privacy]\nstore_text = true")
    place.sync()
    kept = f"select distinct stream from raw.records where contains(payload, '{TEXT_MARK}')"
    assert {stream for (stream,) in place.rows(kept)} == {"messages", "thread_messages"}


def test_a_revoked_token_stops_at_once(place: Installation, sandbox: Running) -> None:
    sandbox.set_token(revoked=True)
    with pytest.raises(Denied, match="rejected the token"):
        place.sync()
    statuses = sandbox.stats()["statuses"]
    assert sum(count for name, count in statuses.items() if name.endswith("401")) == 1


def test_a_ban_is_waited_out(place: Installation, discord: PlainDiscord) -> None:
    discord.change_bot(bans=2)
    place.sync()
    assert 1200 <= place.waited < 1300


def test_reactors_are_read_where_that_is_set(
    tmp_path: Path, place: Installation, sandbox: Running
) -> None:
    place.sync()
    reactions = "select count(*) from facts.activities where kind = 'reaction'"
    assert place.facts_of(reactions) == [(0,)]
    [(count,)] = place.rows(
        "select sum(list_sum((payload->>'$.reactions[*].count')::int[]))::int from raw.records"
        " where stream in ('messages', 'thread_messages')"
    )
    place = Installation(tmp_path / "named", sandbox, kind="discord", keys=REACTORS)
    place.sync()
    assert place.facts_of(reactions) == [(count,)]
    assert count > 50


def test_scheduled_events_stay_when_discord_drops_them(
    place: Installation, sandbox: Running
) -> None:
    place.sync()
    landed = place.counts()
    assert landed["events"] > 0
    assert landed["interested"] > 0
    sandbox.advance(days=30)
    place.sync()
    kept = place.rows("select payload, gone_at from raw.records where stream = 'events'")
    assert len(kept) > landed["events"]
    assert sum(at is not None for _, at in kept) >= landed["events"]
    assert "interested" not in place.counts(gone=True)
    statuses = place.facts_of("select status, bool_and(is_online) from facts.events group by all")
    assert dict(statuses).keys() == {"planned", "past"}
    assert all(is_online for _, is_online in statuses)
    [(interests, persons)] = place.facts_of(
        "select count(*), count(distinct account_id) from facts.attendances semi join facts.events"
        " using (event_id) where rsvp = 'interested' and check_in is null"
    )
    assert interests == place.counts()["interested"]
    assert 20 < persons <= interests


def test_check_says_what_will_be_missing(place: Installation, discord: PlainDiscord) -> None:
    [closed] = make_connector(place.settings, "discord", Reporter()).check()
    assert closed.startswith("messages of 2 channels that the bot may not read")
    discord.change_bot(intents=[])
    members, _ = make_connector(place.settings, "discord", Reporter()).check()
    assert "Server Members Intent" in members


def test_a_bot_that_was_not_invited_is_told_how(tmp_path: Path, sandbox: Running) -> None:
    keys = ['server = "1200000000000000001"']
    with pytest.raises(Denied, match="not on the server"):
        Installation(tmp_path, sandbox, kind="discord", keys=keys).sync()
