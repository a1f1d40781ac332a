"""What a sync of Meetup lands, how many queries it takes, and the facts of it."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Denied
from tests.support.installations.meetup import MeetupInstallation
from tests.support.tiny.meetup import TinyMeetup, event, group, member, rsvp


def events_of(tiny: TinyMeetup, urlname: str = "lagos-data") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tiny.groups[urlname]["events"]
    return found


def queries(tiny: TinyMeetup) -> Counter[str]:
    """The queries since the last call of this, by name."""
    counts = Counter(tiny.asked)
    tiny.asked.clear()
    return counts


def blind_spots(place: MeetupInstallation) -> list[str]:
    """What the last sync could not see."""
    [(spots,)] = place.rows("select blind_spots from raw.runs order by finished_at desc limit 1")
    return [spot["what"] for spot in spots]


def attendances(place: MeetupInstallation) -> list[tuple[Any, ...]]:
    return place.facts_of(
        "select attendance_id, rsvp, check_in, superseded_at is null from facts.attendances"
        " order by all"
    )


def test_a_first_sync_lands_everything(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    place.sync()
    assert place.counts() == {"groups": 1, "members": 3, "events": 3, "event_ids": 3, "rsvps": 6}
    assert queries(tiny) == {"Pulses": 1, "Members": 1, "Events": 1, "Answers": 3}
    with_address = place.rows("select key from raw.records where payload like '%email_hash%'")
    assert with_address == [("1",)], "an empty address is none"
    facts = place.facts()
    assert [row[:4] for row in facts["groups"]] == [("meetup", "meetup:42", "Lagos Data", "Lagos")]
    assert [row[1:3] for row in facts["accounts"]] == [
        ("meetup:1", "1"),
        ("meetup:2", "2"),
        ("meetup:3", "3"),
    ]
    assert place.facts_of("select activity_id from marts.attended order by all") == [
        ("meetup:tok1:meetup:1",),
        ("meetup:tok2:meetup:1",),
        ("meetup:tok2:meetup:2",),
    ]
    assert len(facts["joins"]) == 3
    assert place.facts_of(
        "select event_id, also_id, status, starts_at::varchar, utc_offset_minutes, stated_yes"
        " from facts.events order by all"
    ) == [
        ("meetup:tok1", "meetup:3001", "past", "2026-01-15 17:30:00", 60, 0),
        ("meetup:tok2", "meetup:3002", "past", "2026-05-20 17:30:00", 60, 2),
        ("meetup:tok3", "meetup:3003", "planned", "2026-06-10 17:30:00", 60, 1),
    ]
    assert set(
        place.facts_of("select ends_at - starts_at, is_online, capacity, venue from facts.events")
    ) == {(timedelta(hours=2), False, 30, "The Library")}
    assert attendances(place) == [
        ("meetup:tok1:11:ATTENDED", None, "attended", True),
        ("meetup:tok1:12:NO_SHOW", None, "no_show", True),
        ("meetup:tok2:21:YES", "yes", None, True),
        ("meetup:tok2:22:YES", "yes", None, True),
        ("meetup:tok2:23:NO", "no", None, True),
        ("meetup:tok3:31:YES", "yes", None, True),
    ]


def test_only_lists_with_news_are_read(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    place.sync()
    queries(tiny)
    tiny.groups["lagos-data"]["members"].append(member(4, "2026-06-01", name="Dee"))
    events_of(tiny)[2]["rsvps"].append(rsvp(32, 4, "WAITLIST", "2026-06-01"))
    synced = place.sync()
    assert queries(tiny) == {"Pulses": 1, "Answers": 1}
    assert (synced.landed.new, synced.landed.gone) == (2, 0)


def test_a_late_check_in_supersedes_the_rsvp_and_keeps_it(
    place: MeetupInstallation, tiny: TinyMeetup
) -> None:
    place.sync()
    tiny.now += timedelta(days=2)
    events_of(tiny)[1]["rsvps"][0] |= {"status": "ATTENDED", "updated": "2026-06-03T09:00:00Z"}
    place.sync()
    found = [row for row in attendances(place) if ":21:" in row[0]]
    assert found == [
        ("meetup:tok2:21:ATTENDED", None, "attended", True),
        ("meetup:tok2:21:YES", "yes", None, False),
    ]
    events_of(tiny)[1]["rsvps"][0] |= {"status": "YES", "updated": "2026-06-03T09:30:00Z"}
    place.sync()
    assert [row[3] for row in attendances(place) if ":21:" in row[0]] == [False, True]


def test_past_events_are_read_daily_for_a_while_and_then_left_alone(
    place: MeetupInstallation, tiny: TinyMeetup
) -> None:
    place.sync()
    queries(tiny)
    tiny.now += timedelta(days=1)
    place.sync()
    assert queries(tiny)["Answers"] == 2, "of the event twelve days ago, and of the next"
    tiny.now += timedelta(days=18)
    place.sync()
    assert queries(tiny)["Answers"] == 1, "the last one is thirty days old"
    tiny.now += timedelta(days=40)
    events_of(tiny)[1]["rsvps"][1] |= {"status": "NO_SHOW", "updated": "2026-07-29T09:00:00Z"}
    place.sync()
    assert queries(tiny)["Answers"] == 1, "its counts have moved"


def test_a_long_pause_leaves_no_hole(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    place.sync()
    tiny.now += timedelta(days=300)
    events_of(tiny).append(event(4, "2026-07-15", status="PAST", rsvps=[rsvp(41, 1)]))
    place.sync()
    assert place.counts()["events"] == 4
    assert place.counts()["rsvps"] == 7


def test_another_id_of_the_same_event_is_the_same_event(
    place: MeetupInstallation, tiny: TinyMeetup
) -> None:
    place.sync()
    before = attendances(place)
    events_of(tiny)[2]["id"] = "281553470!chp"
    events_of(tiny)[2]["eventUrl"] = "https://www.meetup.com/g/events/281553470/"
    place.sync()
    assert attendances(place) == before
    found = place.facts_of("select also_id from facts.events where event_id = 'meetup:tok3'")
    assert found == [("meetup:281553470!chp",)]


def test_an_id_that_is_another_event_s_by_now_gives_no_rsvps(
    place: MeetupInstallation, tiny: TinyMeetup
) -> None:
    first, second = events_of(tiny)[:2]
    second["id"] = first["id"]
    place.sync()
    assert place.counts()["rsvps"] == 3
    assert any("another id" in warning for warning in place.warnings)
    second["id"] = "3002"
    place.sync()
    assert place.counts()["rsvps"] == 6


def test_cancelled_and_deleted(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    events_of(tiny).append(event(4, "2026-06-20", rsvps=[rsvp(41, 1)]))
    place.sync()
    events_of(tiny)[2]["status"] = "CANCELLED"
    del events_of(tiny)[3]
    place.sync()
    states = dict(place.facts_of("select event_id, status from facts.events"))
    assert states == {"meetup:tok1": "past", "meetup:tok2": "past", "meetup:tok3": "cancelled"}
    assert place.facts_of("select reason from facts.left_out") == [("deleted event",)]
    assert ("meetup:tok4:41:YES", "yes", None, False) in attendances(place)
    events_of(tiny).append(event(4, "2026-06-20", rsvps=[rsvp(41, 1)]))
    place.sync()
    assert ("meetup:tok4:41:YES", "yes", None, True) in attendances(place), "it has come back"


def test_leavers_are_found_within_a_week(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    place.sync()
    del tiny.groups["lagos-data"]["members"][1]
    tiny.now += timedelta(days=6)
    assert place.sync().landed.gone == 0
    tiny.now += timedelta(days=1)
    assert place.sync().landed.gone == 1
    left = place.facts_of("select account_id, left_at::date::varchar from facts.accounts")
    assert ("meetup:2", "2026-06-08") in left
    tiny.groups["lagos-data"]["members"].append(member(2, "2026-06-08", name="Bo"))
    place.sync()
    assert place.facts_of("select count(*) from facts.accounts where left_at is null") == [(3,)]


def test_who_waits_for_approval_is_no_member(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    pending = member(5, "2026-05-30")
    pending["metadata"]["status"] = "PENDING"
    tiny.groups["lagos-data"]["members"] += [
        pending,
        {"node": None, "metadata": pending["metadata"]},
    ]
    place.sync()
    assert place.counts()["members"] == 3


def test_hidden_items_are_a_blind_spot(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    tiny.hidden |= {"tok2": 5, "42": 2}
    for _ in range(2):
        place.sync()
        assert blind_spots(place) == [
            "some members: Meetup counts 5 and shows 3 in 1 group",
            "some RSVPs: Meetup counts 8 and shows 3 in 1 event",
        ]


def test_a_hidden_list_is_not_empty(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    place.sync()
    tiny.hidden |= {"42": 3}
    tiny.groups["lagos-data"]["members"] = []
    assert place.sync(full=True).landed.gone == 0


def test_several_pages(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    lagos = tiny.groups["lagos-data"]
    lagos["members"] = [member(n, f"2025-{n % 12 + 1:02}-0{n % 9 + 1}") for n in range(1, 451)]
    days = [f"2025-{n // 28 + 1:02}-{n % 28 + 1:02}" for n in range(120)]
    lagos["events"] = [event(n, day) for n, day in enumerate(days)]
    lagos["events"][7]["rsvps"] = [rsvp(n, n) for n in range(1, 421)]
    place.sync()
    expected = {"groups": 1, "members": 450, "events": 120, "event_ids": 120, "rsvps": 420}
    assert place.counts() == expected
    assert queries(tiny) == {"Pulses": 1, "Members": 3, "Events": 3, "Answers": 3}
    lagos["members"] += [member(1000 + n, "2026-05-31") for n in range(30)]
    place.sync()
    assert place.counts()["members"] == 480
    assert queries(tiny) == {"Pulses": 1, "Members": 1}


def test_the_same_member_in_two_groups(tmp_path: Path, tiny: TinyMeetup) -> None:
    tiny.groups["abuja-data"] = group(43, "abuja-data", members=[member(1, "2025-05-05")])
    place = MeetupInstallation(tmp_path, tiny, 'groups = ["lagos-data", "abuja-data"]')
    place.sync()
    assert queries(tiny)["Pulses"] == 1
    joins = "select channel_id from facts.joins where account_id = 'meetup:1' order by all"
    assert place.facts_of(joins) == [("meetup:42",), ("meetup:43",)]


def test_a_group_that_is_unknown_is_named(tmp_path: Path, tiny: TinyMeetup) -> None:
    with pytest.raises(Denied, match=r"no group nowhere.*what follows meetup\.com/"):
        MeetupInstallation(tmp_path / "one", tiny, 'groups = ["nowhere"]').sync()
    place = MeetupInstallation(tmp_path / "two", tiny, 'groups = ["nowhere", "lagos-data"]')
    place.sync()
    assert place.counts()["groups"] == 1
    assert blind_spots(place) == ["the group nowhere"]


def test_a_pro_network(tmp_path: Path, tiny: TinyMeetup) -> None:
    tiny.network = "data-africa"
    for number in range(12):
        tiny.groups[f"chapter-{number}"] = group(100 + number, f"chapter-{number}")
        tiny.groups[f"chapter-{number}"]["membershipMetadata"] = None
    place = MeetupInstallation(tmp_path, tiny, 'network = "data-africa"')
    place.sync()
    assert place.counts()["groups"] == 13
    assert queries(tiny)["Network"] == 2
    assert blind_spots(place) == [], "its administrator sees all"
    del tiny.groups["chapter-7"]
    place.sync()
    assert queries(tiny) == {"Network": 2}
    gone = (
        "select payload ->> 'name' from raw.records where stream = 'groups' and gone_at is not null"
    )
    assert place.rows(gone) == [("Chapter 7",)]
    with pytest.raises(Denied, match="no Pro network elsewhere"):
        MeetupInstallation(tmp_path / "other", tiny, 'network = "elsewhere"').sync()


def test_a_token_of_no_organiser_is_a_blind_spot(
    place: MeetupInstallation, tiny: TinyMeetup
) -> None:
    tiny.groups["lagos-data"]["membershipMetadata"] = {"status": "ACTIVE", "role": "MEMBER"}
    place.sync()
    assert blind_spots(place) == ["who said no and who came, in Lagos Data"]


def test_check(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    done = place.vitals("check")
    assert done.returncode == 0, done.stderr
    assert "meetup: sees Lagos Data" in done.stderr
    assert done.stdout == "meetup: the token is good\n"
    tiny.groups["lagos-data"]["membershipMetadata"] = None
    assert (
        "will not be seen: who said no and who came, in Lagos Data" in place.vitals("check").stdout
    )
