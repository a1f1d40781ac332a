"""A made-up community for the dashboard's tests: half a year, three sources, and hostile names."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
from streamlit.testing.v1 import AppTest

from tests.support.worlds import World, make_one_person
from warehouse.snapshots import Snapshot

HOSTILE = (
    "<b>bold</b>",
    "[link](javascript:alert(1))",
    '=HYPERLINK("https://x.example","x")',
    "$x^2$ :red[red]",
    "Robert'); drop table people;--",
)
COMMUNITY = "<i>Vitals</i> & *friends* :red[x]"
CHANNEL = "<b>help</b>"
LAST_DAY = "2024-06-20"
CHAPTER = "<b>Lagos</b> *one*"
NEXT = "[Feature](javascript:alert(1)) stores in <i>anger</i>"
CHECKED = "Night of $x^2$"
UNCHECKED = "=Vectors"
CANCELLED = "Rained off"
PAGES = {
    "today": "What waits for you today?",
    "overview": "Is the community healthy, and what changed?",
    "engagement": "Who takes part, how, when, and how much hangs on a few?",
    "retention": "Do people stay?",
    "conversations": "Does anyone answer?",
    "code": "Can newcomers contribute?",
    "events": "Who came, who comes back, who will come?",
    "people": "Who is who?",
    "sponsors": "How many people does a sponsor reach?",
    "metrics": "What does each number mean?",
    "data": "Can I trust it today?",
}
Open = Callable[..., AppTest]


class Community(World):
    """The first members are one person on Slack and on Meetup."""

    def build(self, con: duckdb.DuckDBPyConnection, changed_dates: set[date] | None = None) -> None:
        super().build(con, changed_dates)
        for number in range(4):
            make_one_person(con, f"slack:member {number}", f"meetup:member {number}")


def build(folder: Path, snapshot_id: str = "20240620T060000000000") -> Snapshot:
    """Writes and publishes it below `folder`: slack is fresh, github failed three weeks ago."""
    world = Community(timezone="Africa/Lagos", covered_to=f"{LAST_DAY} 00:00")
    world.rows["settings"]["one"]["community"] = COMMUNITY
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    cost = {"requests": 12, "profile_requests": 1, "waited_seconds": 1.5}
    world.source("slack", last_success_at=now, **cost)
    error = "github: 401 at /orgs: make a new token"
    world.source("github", "github", last_success_at="2024-06-01 00:00", last_error=error)
    world.source("meetup", "meetup", last_success_at=now)
    _chapter(world)
    _second_chapter(world)
    for number, name in enumerate(HOSTILE):
        world.account(name, stated_joined_at=f"2024-0{number + 1}-03 08:00")
    for number in range(12):
        world.account(f"Member {number}", stated_joined_at=f"2024-0{1 + number % 6}-02 08:00")
    for month in range(1, 7):
        _month(world, month)
    judged = (("taken as activity", 40), ("channel_join", 7), ("of people, places and events", 22))
    for number, (outcome, records) in enumerate(judged):
        judgement = {"source": "slack", "outcome": outcome, "records": records}
        kind = {"is_activity": number == 0, "is_left_out": number == 1}
        world.rows["intake"][outcome] = judgement | kind
    hidden = {"source": "slack", "what": "#<u>secret</u>"}
    why = {"reason": "not a member", "advice": "invite the app"}
    world.rows["blind_spots"][0] = hidden | why
    return world.snapshot(folder, snapshot_id)


def texts(app: AppTest) -> str:
    """All that a page says, but for its charts and tables."""
    return "\n".join(part.value for part in [*app.markdown, *app.caption, *app.text])


def numbers(app: AppTest) -> dict[str, str]:
    """What the number cards of a page show, by their labels."""
    return {metric.label: metric.value for metric in app.metric}


def row_of(snapshot: Snapshot, name: str, **values: object) -> dict[str, Any]:
    """The first row of a metric that has these values; a month is that of its period."""
    rows = snapshot.metric(name).to_pylist()
    known = [row | {"month": row["period"].month} if "period" in row else row for row in rows]
    return next(row for row in known if values.items() <= row.items())


def _month(world: World, month: int) -> None:
    """Everybody asks on the 4th, half are answered; the hostile ones talk on the 11th."""
    for number in range(4 + month):
        hour = f"2024-0{month}-04 {8 + number:02}"
        asked = world.act(f"Member {number}", f"{hour}:00", channel=CHANNEL)
        if number % 2:
            world.act(HOSTILE[0], f"{hour}:20", answers=asked)
    for number, name in enumerate(HOSTILE):
        world.act(name, f"2024-0{month}-11 {10 + number}:30", channel="general")
    world.act("Coder", f"2024-0{month}-05 09:00", kind="issue", channel=None, source="github")
    if month > 1:
        _work(world, month)


def _work(world: World, month: int) -> None:
    """A pull request that is reviewed and merged, an issue that is closed, a star, a release."""
    here = {"channel": "app", "source": "github"}
    pull = world.act("Coder", f"2024-0{month}-06 09:00", kind="pull_request", **here)
    world.act(HOSTILE[month - 2], f"2024-0{month}-06 12:00", kind="review", answers=pull, **here)
    world.stands(pull, merged=f"2024-0{month}-08 09:00")
    issue = world.act(HOSTILE[0], f"2024-0{month}-07 09:00", kind="issue", **here)
    world.stands(issue, closed=f"2024-0{month}-09 09:00")
    world.act(HOSTILE[month - 2], f"2024-0{month}-07 10:00", kind="star", **here)
    if month % 2:
        world.act("Coder", f"2024-0{month}-10 09:00", kind="release", **here)


def _chapter(world: World) -> None:
    """Two evenings with check-ins; one without, one cancelled, one of interest only, one ahead."""
    world.group(CHAPTER, city="Lagos", country="ng", latitude=6.45, longitude=3.39)
    here = {"group": CHAPTER, "utc_offset_minutes": 60, "venue": "Hall <1>", "capacity": 12}
    for number in range(10):
        world.account(f"Member {number}", "meetup")
        world.join(f"Member {number}", f"2023-12-{number + 1:02} 10:00", CHAPTER, "meetup")
    for title, day, came in ((CHECKED, "2024-02-08", 5), ("Retrieval", "2024-05-09", 6)):
        event = world.event(title, f"{day} 17:30", url="https://meetup.example/lagos/1", **here)
        for number in range(8):
            mark = "attended" if number < came else "no_show"
            world.rsvp(event, f"Member {number}", "yes", mark, guests=number // 7)
        world.rsvp(event, "Passer-by", "none", "attended")
        world.rsvp(event, None, "none", "attended")
    unchecked = world.event(UNCHECKED, "2024-03-14 17:30", **here)
    cancelled = world.event(CANCELLED, "2024-04-11 17:30", status="cancelled", **here)
    coming = world.event(NEXT, "2024-06-27 17:30", status="planned", **here)
    for number in range(9):
        for event in (unchecked, cancelled, coming):
            world.rsvp(event, f"Member {number}", "yes")
    world.event("Stage", "2024-06-06 17:00", status="past", stated_interested=7, **here)


def _second_chapter(world: World) -> None:
    """Once a month, every second time online, with ever more people; all are checked in."""
    world.group("Accra", city="Accra", country="gh", latitude=5.6, longitude=-0.19)
    first = world.event("First round", "2023-11-02 18:00", "Accra", utc_offset_minutes=0)
    for number in range(3):
        world.rsvp(first, f"Guest {number}", "yes", "attended")
    for month in range(1, 7):
        how = {"is_online": month % 2 == 0, "utc_offset_minutes": 0}
        event = world.event(f"Round {month}", f"2024-0{month}-02 18:00", "Accra", **how)
        for number in range(2 + month):
            world.rsvp(event, f"Guest {number}", "yes", "attended" if number else "no_show")
