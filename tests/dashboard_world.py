"""A made-up community for the dashboard's tests: half a year, two sources, and hostile names."""

from datetime import UTC, datetime
from pathlib import Path

from worlds import World

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


def build(folder: Path, snapshot_id: str = "20240620T060000000000") -> Snapshot:
    """Writes and publishes it below `folder`: slack is fresh, github failed three weeks ago."""
    world = World(timezone="Africa/Lagos", covered_to=f"{LAST_DAY} 00:00")
    world.rows["settings"]["one"]["community"] = COMMUNITY
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    world.source("slack", last_success_at=now, requests=12, waited_seconds=1.5)
    world.source(
        "github",
        kind="github",
        last_success_at="2024-06-01 00:00",
        last_error="github: 401 at /orgs: make a new token",
    )
    _people(world)
    for month in range(1, 7):
        _month(world, month)
    judged = (("taken as activity", 40), ("channel_join", 7), ("of people, places and events", 22))
    for number, (outcome, records) in enumerate(judged):
        world.rows["intake"][outcome] = {
            "source": "slack",
            "outcome": outcome,
            "is_activity": number == 0,
            "records": records,
            "is_left_out": number == 1,
        }
    world.rows["blind_spots"][0] = {
        "source": "slack",
        "what": "#<u>secret</u>",
        "reason": "not a member",
        "advice": "invite the app",
    }
    return world.snapshot(folder, snapshot_id)


def _people(world: World) -> None:
    for number, name in enumerate(HOSTILE):
        world.account(name, stated_joined_at=f"2024-0{number + 1}-03 08:00")
    for number in range(12):
        world.account(f"Member {number}", stated_joined_at=f"2024-0{1 + number % 6}-02 08:00")


def _month(world: World, month: int) -> None:
    """Everybody asks on the 4th, half are answered; the hostile ones talk on the 11th."""
    for number in range(4 + month):
        asked = world.act(
            f"Member {number}", f"2024-0{month}-04 {8 + number:02}:00", channel=CHANNEL
        )
        if number % 2:
            world.act(HOSTILE[0], f"2024-0{month}-04 {8 + number:02}:20", answers=asked)
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
