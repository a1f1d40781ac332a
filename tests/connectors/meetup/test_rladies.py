"""A real network's archive of events, against counts in plain Python."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from connectors.timestamps import EPOCH
from tests.support.installations.meetup import FileInstallation
from tests.support.paths import SHARED

RLADIES = SHARED / "data" / "meetup_rladies"
pytestmark = pytest.mark.skipif(not RLADIES.is_dir(), reason=f"there is no {RLADIES}")


@pytest.fixture(scope="module")
def rladies(tmp_path_factory: pytest.TempPathFactory) -> FileInstallation:
    place = FileInstallation(tmp_path_factory.mktemp("rladies"))
    outcome = place.bring("archive", RLADIES).outcome
    assert (outcome.taken, outcome.left_out) == (outcome.read, {})
    return place


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    """Every event as it is in the archive."""
    files = sorted(RLADIES.glob("*/events.json"))
    return [row for path in files for row in json.loads(path.read_text(encoding="utf-8"))]


def test_every_count(rladies: FileInstallation, events: list[dict[str, Any]]) -> None:
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in events:
        key = row["group"]["urlname"].lower(), row["status"].lower()
        rsvps = row["rsvps"]
        expected[*key, "events"] += 1
        expected[*key, "yes"] += rsvps["yesCount"]
        expected[*key, "waitlist"] += rsvps["waitlistCount"]
        assert rsvps["totalCount"] == rsvps["yesCount"], "no total tells how many said no"
    found: Counter[tuple[str, str, str]] = Counter()
    for urlname, status, count, yes, waitlist, noes in rladies.facts_of(
        "select lower(split_part(url, '/', 4)), status, count(*), sum(stated_yes),"
        " sum(stated_waitlist), count(stated_no) from facts.events group by all"
    ):
        found[urlname, status, "events"] += count
        found[urlname, status, "yes"] += yes
        found[urlname, status, "waitlist"] += waitlist
        assert noes == 0
    assert +found == +expected
    assert len(events) == 797


def test_local_days(rladies: FileInstallation, events: list[dict[str, Any]]) -> None:
    """One event of the archive is in another month in UTC."""
    expected = {f"meetup:{row['id']}": row["dateTime"][:16] for row in events}
    found, in_another_month = {}, 0
    for event_id, at, offset in rladies.facts_of(
        "select event_id, epoch_us(starts_at), utc_offset_minutes from facts.events"
    ):
        starts = EPOCH + timedelta(microseconds=at)
        local = starts + timedelta(minutes=offset)
        found[event_id] = f"{local:%Y-%m-%dT%H:%M}"
        in_another_month += local.month != starts.month
    assert found == expected
    assert in_another_month == 1


def test_groups(rladies: FileInstallation) -> None:
    members = {}
    for path in RLADIES.glob("*/metadata.json"):
        row = json.loads(path.read_text(encoding="utf-8"))
        members[f"meetup:{row['id']}"] = row["memberships"]["totalCount"]
    assert dict(rladies.facts_of("select group_id, stated_members from facts.groups")) == members
    without_group = "from facts.events anti join facts.groups using (group_id)"
    assert rladies.facts_of(f"select group_id {without_group}") == []


def test_no_person_is_made(rladies: FileInstallation) -> None:
    for name in ("accounts", "attendances", "joins", "activities"):
        assert rladies.facts_of(f"select count(*) from facts.{name}") == [(0,)]


def test_venues(rladies: FileInstallation, events: list[dict[str, Any]]) -> None:
    venues = [venue for row in events for venue in row["venues"]]
    online = [venue for venue in venues if venue["venueType"] == "online"]
    placed = [venue for venue in venues if venue["venueType"] != "online" and venue["lat"]]
    counts = "count(*) filter (is_online), count(*) filter (latitude is not null)"
    found = rladies.facts_of(f"select {counts} from facts.events")
    assert found == [(len(online), len(placed))]
