"""36 cases of one attendance by hand: what each status means with and without check-ins.

Beside the one in question there are always two RSVPs: Yan's is yes and Noa's is no. Where others
were checked in, Yan was; so what is expected here is easily added up by eye.
"""

from collections.abc import Iterator

import pytest

from tests.support.worlds import World, rows
from warehouse.query import Selection
from warehouse.snapshots import Snapshot

COLUMNS = [
    "yes",
    "no",
    "waitlist",
    "guests",
    "attended",
    "walk_ins",
    "basis",
    "show_rate",
    "first_timers",
]

# How a platform's status comes out of its connector: the RSVP, and the check-in that overwrites it.
STATUSES: dict[str, tuple[str | None, str | None]] = {
    "YES": ("yes", None),
    "NO": ("no", None),
    "WAITLIST": ("waitlist", None),
    "ATTENDED": (None, "attended"),
    "NO_SHOW": (None, "no_show"),
    "EXCUSED": (None, "excused"),
}

# others: somebody else was checked in (+), nobody else was (-).
# plus: what more there is to it; said_no: the RSVP that the check-in overwrote was a no.
CASES = """
status  others plus    | yes no wait guests came walk basis       show   first
YES      +     -       | 2   1  0    0      1    0    checked_in  0.5    1
NO       +     -       | 1   2  0    0      1    0    checked_in  1.0    1
WAITLIST +     -       | 1   1  1    0      1    0    checked_in  1.0    1
ATTENDED +     -       | 2   1  0    0      2    0    checked_in  1.0    2
NO_SHOW  +     -       | 2   1  0    0      1    0    checked_in  0.5    1
EXCUSED  +     -       | 2   1  0    0      1    0    checked_in  0.5    1
YES      -     -       | 2   1  0    0      2    ?    rsvp        ?      2
NO       -     -       | 1   2  0    0      1    ?    rsvp        ?      1
WAITLIST -     -       | 1   1  1    0      1    ?    rsvp        ?      1
ATTENDED -     -       | 2   1  0    0      1    0    checked_in  0.5    1
NO_SHOW  -     -       | 2   1  0    0      0    0    checked_in  0.0    0
EXCUSED  -     -       | 2   1  0    0      1    ?    rsvp        ?      1
YES      +     guests  | 2   1  0    3      1    0    checked_in  0.5    1
NO       +     guests  | 1   2  0    0      1    0    checked_in  1.0    1
WAITLIST +     guests  | 1   1  1    0      1    0    checked_in  1.0    1
ATTENDED +     guests  | 2   1  0    3      2    0    checked_in  1.0    2
NO_SHOW  +     guests  | 2   1  0    3      1    0    checked_in  0.5    1
EXCUSED  +     guests  | 2   1  0    3      1    0    checked_in  0.5    1
YES      -     guests  | 2   1  0    3      2    ?    rsvp        ?      2
NO       -     guests  | 1   2  0    0      1    ?    rsvp        ?      1
WAITLIST -     guests  | 1   1  1    0      1    ?    rsvp        ?      1
ATTENDED -     guests  | 2   1  0    3      1    0    checked_in  0.5    1
NO_SHOW  -     guests  | 2   1  0    3      0    0    checked_in  0.0    0
EXCUSED  -     guests  | 2   1  0    3      1    ?    rsvp        ?      1
ATTENDED +     walk_in | 1   1  0    0      2    1    checked_in  1.0    2
ATTENDED -     walk_in | 1   1  0    0      1    1    checked_in  0.0    1
ATTENDED +     nobody  | 1   1  0    0      2    1    checked_in  1.0    1
ATTENDED -     nobody  | 1   1  0    0      1    1    checked_in  0.0    0
ATTENDED +     said_no | 1   2  0    0      2    1    checked_in  1.0    2
NO_SHOW  +     said_no | 1   2  0    0      1    0    checked_in  1.0    1
YES      +     cancel  | nowhere
NO       +     cancel  | nowhere
WAITLIST -     cancel  | nowhere
ATTENDED +     cancel  | nowhere
NO_SHOW  -     cancel  | nowhere
EXCUSED  +     cancel  | nowhere
"""


def cases() -> list[tuple[str, str]]:
    lines = [line.split("|") for line in CASES.strip().splitlines()[1:]]
    return [(" ".join(case.split()), " ".join(expected.split())) for case, expected in lines]


def told(value: object) -> str:
    return "?" if value is None else str(value)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """All cases in one community, each in a source of its own: they share no event and nobody."""
    world = World()
    for case, _ in cases():
        world.source(case, "meetup")
        add(world, case)
    snapshot = world.snapshot(tmp_path_factory.mktemp("cases"))
    yield snapshot
    snapshot.close()


def add(world: World, case: str) -> None:
    status, others, more = case.split()
    rsvp, check_in = STATUSES[status]
    name: str | None = "Ada"
    event = world.event(
        "Night",
        "2024-05-01 18:00",
        source=case,
        status="cancelled" if more == "cancel" else "past",
    )
    yan = (None, "attended") if others == "+" else ("yes", None)
    world.rsvp(event, "Yan", *yan)
    world.rsvp(event, "Noa", "no")
    if more == "walk_in":
        rsvp = "none"
    elif more == "nobody":
        name, rsvp = None, None
    elif more == "said_no":
        world.rsvp(event, "Ada", "no", superseded_at="2024-05-01 17:00")
    world.rsvp(event, name, rsvp, check_in, guests=3 if more == "guests" else 0)
    world.act("Ada", "2024-05-03 10:00", source=case)


@pytest.mark.parametrize(("case", "expected"), cases(), ids=[case for case, _ in cases()])
def test_a_status_means_what_the_table_says(case: str, expected: str, snapshot: Snapshot) -> None:
    alone = Selection(sources=(case,))
    found = snapshot.metric("event_attendance", alone).to_pylist()
    attended = rows(snapshot.metric("activity_volume", alone))
    attended = [row for row in attended if row[2] == "attended"]
    if expected == "nowhere":
        assert (found, attended) == ([], [])
        return
    [row] = found
    row["basis"] = row["attendance_basis"]
    assert " ".join(told(row[column]) for column in COLUMNS) == expected
    assert sum(row[3] for row in attended) == row["first_timers"], "each is an activity, too"
