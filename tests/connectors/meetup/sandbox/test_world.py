"""The made-up groups are like real ones, whatever their size."""

import hashlib
import subprocess
import sys
import time
from collections import Counter

import pytest

from connectors.meetup.sandbox.model import Event, Group, Rsvp
from connectors.meetup.sandbox.world import MeetupWorld
from connectors.sandbox.community import DAY, HOUR, SECOND, World, make_world
from tests.support.paths import ROOT

CHECK_INS = ("ATTENDED", "NO_SHOW", "EXCUSED_ABSENCE")
PRINT = """
from connectors.sandbox.community import make_world
from connectors.meetup.sandbox.world import MeetupWorld
for group in MeetupWorld(make_world(members=90, days=300)).groups:
    print(group.urlname, group.memberships, group.events)
"""


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=400, days=500)


@pytest.fixture(scope="module")
def meetup(world: World) -> MeetupWorld:
    return MeetupWorld(world)


def past(meetup: MeetupWorld) -> list[tuple[Group, Event]]:
    """What has taken place."""
    now = meetup.world.end
    return [(c, e) for c in meetup.groups for e in c.events if e.status(now) == "PAST"]


def rsvps(meetup: MeetupWorld) -> list[tuple[Group, Event, Rsvp]]:
    """Every RSVP to what has taken place."""
    return [(c, e, rsvp) for c, e in past(meetup) for rsvp in e.rsvps]


def times(rsvp: Rsvp) -> list[int]:
    return [int(at) for at in rsvp.states[::2]]


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    def digest(hash_seed: str) -> str:
        shown = subprocess.run(
            [sys.executable, "-c", PRINT],
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        )
        assert len(shown.stdout) > 10_000
        return hashlib.sha256(shown.stdout).hexdigest()

    assert digest("1") == digest("2")


@pytest.mark.parametrize(("members", "days"), [(1, 1), (2, 30), (40, 60), (90, 1000)])
def test_small_worlds_work(members: int, days: int) -> None:
    meetup = MeetupWorld(make_world(members=members, days=days))
    assert len(meetup.groups) == 2
    assert all(group.memberships for group in meetup.groups)


def test_groups_have_members_and_leaders(meetup: MeetupWorld) -> None:
    now = meetup.world.end
    assert 2 <= len(meetup.groups) <= 4
    assert len({group.urlname for group in meetup.groups}) == len(meetup.groups)
    for group in meetup.groups:
        members = group.members(now)
        assert [membership.role for membership in members if membership.role != "MEMBER"] == [
            "ORGANIZER",
            "COORGANIZER",
            "EVENT_ORGANIZER",
        ]
        assert any(0 < membership.left_at <= now for membership in group.memberships), "some leave"
        assert any(membership.joined_at > now for membership in group.memberships), (
            "some are still to come"
        )
        assert all(membership.joined_at >= group.founded_at for membership in group.memberships)
    assert any(s.status(s.joined_at) == "PENDING" for c in meetup.groups for s in c.memberships)


def test_events_differ(meetup: MeetupWorld) -> None:
    now = meetup.world.end
    events = [event for group in meetup.groups for event in group.events]
    assert {event.kind for event in events} == {"PHYSICAL", "ONLINE", "HYBRID"}
    statuses = Counter(event.status(now) for event in events)
    assert set(statuses) == {"PAST", "ACTIVE", "CANCELLED", "DRAFT"}
    assert any(event.fee for event in events)
    assert len({event.number for event in events}) == len(events)
    assert len({event.token for event in events}) == len(events)
    assert max(event.starts_at for event in events) > now + 30 * DAY
    assert any(event.is_series for event in events if event.status(now) == "ACTIVE")


def test_an_id_changes_once_and_the_token_never(meetup: MeetupWorld) -> None:
    for _, event in past(meetup):
        ids = {event.id(event.drafted_at), event.id(event.ends_at)}
        assert len(ids) == (2 if event.is_series and event.touched_at else 1)
        assert meetup.find(event.id(meetup.world.end), meetup.world.end) is not None


def test_seats_are_never_given_twice(meetup: MeetupWorld) -> None:
    moved_up = 0
    for _, event in past(meetup):
        if not event.capacity:
            continue
        for at in sorted({at for rsvp in event.rsvps for at in times(rsvp)}):
            if at >= event.starts_at:
                break
            states = [(rsvp, rsvp.state(at)) for rsvp in event.rsvps]
            seated = [a for a, s in states if s and s[1] in ("YES", "YES_PENDING_PAYMENT")]
            assert sum(1 + rsvp.guests for rsvp in seated) <= event.capacity
        moved_up += sum(a.states[1] == "WAITLIST" and "YES" in a.states for a in event.rsvps)
    assert moved_up > 0


def test_rsvps_come_before_and_check_ins_after(meetup: MeetupWorld) -> None:
    changed = 0
    for group, event, rsvp in rsvps(meetup):
        assert times(rsvp) == sorted(times(rsvp))
        assert times(rsvp)[0] >= event.announced_at
        for at, status in zip(times(rsvp), rsvp.states[1::2], strict=True):
            if status in CHECK_INS:
                assert event.ends_at + HOUR <= at <= event.ends_at + 27 * DAY
            else:
                assert at < event.starts_at + 10 * SECOND
        joined_at = group.membership_of[rsvp.person].joined_at
        assert times(rsvp)[0] >= joined_at
        changed += rsvp.states[1::2][:2] == ("YES", "NO")
    assert changed > 20


def test_two_of_three_who_say_yes_come_where_it_is_known(meetup: MeetupWorld) -> None:
    for group in meetup.groups:
        checked_in = [
            rsvp.states[-1]
            for c, event, rsvp in rsvps(meetup)
            if c is group and "YES" in rsvp.states and rsvp.states[-1] in CHECK_INS
            if any("NO_SHOW" in other.states for other in event.rsvps)
        ]
        if group.city.checked == 0:
            assert checked_in == [], "some groups never check anybody in"
        elif len(checked_in) > 100:
            assert 0.5 < checked_in.count("ATTENDED") / len(checked_in) < 0.8, group.name


def test_check_ins_come_the_same_night_or_weeks_later(meetup: MeetupWorld) -> None:
    waits = [
        (times(rsvp)[-1] - event.ends_at) / DAY
        for _, event, rsvp in rsvps(meetup)
        if rsvp.states[-1] == "ATTENDED"
    ]
    assert min(waits) < 0.5
    assert max(waits) > 10
    walk_ins = [a for _, _, a in rsvps(meetup) if a.states[1] == "ATTENDED"]
    assert 0 < len(walk_ins) < len(waits) / 4
    excused = [a for _, _, a in rsvps(meetup) if a.states[-1] == "EXCUSED_ABSENCE"]
    assert excused


def test_who_comes_is_more_often_active_afterwards(meetup: MeetupWorld) -> None:
    """So there is a conversion to be seen, and a comparison group is needed."""
    start, shares = meetup.world.start, []
    for has_come in (True, False):
        around = total = 0
        for group, event in past(meetup):
            day = (event.starts_at - start) // DAY
            came = {a.person for a in event.rsvps if a.states[-1] in ("YES", "ATTENDED")}
            for membership in group.members(event.starts_at):
                if (membership.person in came) == has_come:
                    days = meetup.world.people[membership.person].days
                    around += any(day < one <= day + 30 for one in days)
                    total += 1
        shares.append(around / total)
    assert shares[0] > shares[1] + 0.1


def test_nothing_is_quadratic() -> None:
    """100 groups, 10,000 events and 500,000 RSVPs are made up in seconds.

    A world of twice the members, groups and RSVPs may take at most three times as long.
    """

    def seconds(members: int) -> tuple[float, int]:
        world = make_world(members=members, days=1000)
        begin = time.process_time()
        meetup = MeetupWorld(world)
        return time.process_time() - begin, sum(
            len(event.rsvps) for group in meetup.groups for event in group.events
        )

    small, few = seconds(4000)
    large, many = seconds(8000)
    assert 1.6 < many / few < 2.4
    assert large < 3 * small + 0.2


def test_the_number_of_groups_can_be_given() -> None:
    meetup = MeetupWorld(make_world(members=60, days=90), groups=30)
    assert len({group.urlname for group in meetup.groups}) == 30
