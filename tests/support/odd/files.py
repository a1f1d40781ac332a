"""A file of every kind, of sound records and of such as have something odd in one field."""

import gzip
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from tests.support.hand_made import discord as discord_rows
from tests.support.hand_made.slack import ADA, BO, GENERAL, write_folder
from tests.support.odd.values import HUGE_TEXT, Many, Row, as_json

# Writes a file into a folder; returns it and how many rows it has.
Make = Callable[[Path, Many], tuple[Path, int]]
MAY = 1_714_550_400
NAME = "makers/tiny"
SOUND_ROWS = 100  # a table that begins with a NUL is no text
PERSON = {"login": "ada", "id": 1, "type": "User"}
AT = "2025-05-01T12:00:00Z"


def slack_message(number: int) -> Row:
    return {
        "ts": f"{MAY + number}.000100",
        "user": "U1",
        "text": "…",
        "subtype": "huddle_thread",
        "room": {"date_start": MAY, "participants": ["U1"], "participant_history": ["U2"]},
        "thread_ts": f"{MAY}.000100",
        "reply_count": 2,
        "latest_reply": f"{MAY}.000100",
        "bot_id": None,
        "comment": {"user": "U1"},
        "user_profile": {"real_name": "Ada"},
        "reactions": [{"name": "wave", "count": 2, "users": ["U2"]}],
    }


def slack_export(folder: Path, many: Many) -> tuple[Path, int]:
    """Members and channels are odd as well. Those without an id would count as rows."""
    profile = {"real_name": "Cem", "email": "cem@made.invalid", "start_date": "2020-01-01"}
    numbers = count(10)
    cem = {"name": "cem", "updated": MAY, "deleted": True, "profile": profile}
    members = many(lambda n: deepcopy(cem) | {"id": f"U{n}"}, numbers, but="id")
    channel = GENERAL | {"is_archived": False}
    channels = many(lambda n: channel | {"id": f"C{n}", "name": f"c{n}"}, numbers, but="id")
    messages = [
        slack_message(0),
        *many(slack_message),
        {"ts": f"{MAY}.7", "text": HUGE_TEXT},
    ]
    files = {
        "users.json": [ADA, BO, *members],
        "channels.json": [GENERAL, *channels],
        "general/2024-05-01.json": messages,
    }
    encoded = {name: as_json(rows) for name, rows in files.items()}
    return write_folder(folder / "export", encoded), len(messages)


def discord_message(number: int) -> Row:
    author = {"id": "21", "name": "ada", "isBot": False, "nickname": "Ada"}
    users = [{"id": "22", "name": "bo", "isBot": False}]
    return discord_rows.message(
        number,
        timestamp="2024-05-01T10:00:00+00:00",
        author=author,
        reference={"messageId": "5", "type": "Default"},
        reactions=[{"emoji": {"id": "", "name": "👋"}, "count": 2, "users": users}],
    )


def discord_export(folder: Path, many: Many) -> tuple[Path, int]:
    messages = [discord_message(0), *many(discord_message)]
    messages.append(discord_message(9000) | {"content": HUGE_TEXT})
    path = discord_rows.export(folder / "export", name="sound.json")
    head = json.loads(path.read_text())
    path.write_text(as_json(head | {"messages": messages}))
    return path, len(messages)


def github_events(number: int) -> dict[str, Row]:
    issue = {"number": number, "user": PERSON, "created_at": AT, "closed_at": AT, "merged_at": AT}
    about = {"id": number, "user": PERSON, "created_at": AT, "submitted_at": AT}
    commit = {
        "sha": f"{number:040x}",
        "message": "m",
        "author": {"name": "A", "email": "a@m.invalid"},
    }
    release = {"id": number, "tag_name": "v1", "author": PERSON, "published_at": AT}
    payloads: dict[str, Row] = {
        "IssuesEvent": {"action": "opened", "issue": issue},
        "PullRequestEvent": {"action": "closed", "number": number, "pull_request": issue},
        "IssueCommentEvent": {"action": "created", "issue": issue, "comment": about},
        "CommitCommentEvent": {"comment": about | {"commit_id": "a1"}},
        "PullRequestReviewEvent": {"action": "created", "pull_request": issue, "review": about},
        "PushEvent": {"commits": [commit]},
        "ReleaseEvent": {"action": "published", "release": release},
        "ForkEvent": {"forkee": about | {"owner": PERSON}},
        "WatchEvent": {"action": "started"},
    }
    head = {"id": str(number), "actor": PERSON, "repo": {"id": 77, "name": NAME}, "created_at": AT}
    return {
        kind: json.loads(json.dumps(head | {"type": kind, "payload": payload}))
        for kind, payload in payloads.items()
    }


def github_event(kind: str, number: int) -> Row:
    return github_events(number)[kind]


def github_archive(folder: Path, many: Many) -> tuple[Path, int]:
    numbers = count(10)
    rows = [*github_events(1).values()]
    for kind in github_events(1):
        rows += many(partial(github_event, kind), numbers)
    path = folder / "2025-05-01-12.json.gz"
    path.write_bytes(gzip.compress("\n".join(map(as_json, rows)).encode()))
    return path, len(rows)


def meetup_event(number: int) -> Row:
    return {
        "id": str(number),
        "title": "Show and tell",
        "status": "PAST",
        "dateTime": "2024-04-30T23:30:00-05:00",
        "endTime": "2024-05-01T01:30:00-05:00",
        "duration": "PT1H30M",
        "eventUrl": f"https://www.meetup.com/made-up/events/{number}/",
        "maxTickets": 30,
        "rsvps": {"yesCount": 7, "noCount": 1, "waitlistCount": 2, "totalCount": 7},
        "venues": [
            {"name": "Library", "city": "Austin", "country": "us", "lat": 30.3, "lon": -97.7}
        ],
        "group": {"name": "Made Up", "urlname": "made-up", "id": "77"},
    }


def meetup_archive(folder: Path, many: Many) -> tuple[Path, int]:
    events = [meetup_event(1), *many(meetup_event, count(10))]
    path = folder / "events.json"
    path.write_text(as_json(events))
    return path, len(events)


def cells(sound: str, many: Many) -> list[list[str]]:
    """Sound rows, and rows with something odd in each cell; 11 is the number of a member."""

    def row(number: int) -> list[str]:
        return sound.replace("11", str(1000 + number)).split("|")

    rows = [row(number) for number in range(SOUND_ROWS)]
    odd = [[str(cell) for cell in cells] for cells in many(row, count(SOUND_ROWS))]
    return rows + [[cell.encode("utf-8", "replace").decode() for cell in cells] for cells in odd]


def meetup_table(header: str, sound: str) -> Make:
    def make(folder: Path, many: Many) -> tuple[Path, int]:
        rows = [header.split("|"), *cells(sound, many)]
        path = folder / "list_287654321.tsv"
        path.write_text("\n".join("\t".join(row) for row in rows) + "\n", encoding="utf-8")
        return path, len(rows) - 1

    return make


URL = "http://www.meetup.com/Made-Up/members/"
ATTENDEES = (
    "Name|Attendance|User ID|Title|Event Host|RSVP|Guests|RSVPed on|Joined Group on"
    "|URL of Member Profile"
)
MEMBERS = (
    "Name|User ID|Title|Member ID|Location|Joined Group on|Last visited group on"
    "|URL of Member Profile"
)
# The platform of each kind of file, and how one is made.
FILES: dict[str, tuple[str, Make]] = {
    "slack-export": ("slack", slack_export),
    "discord-export": ("discord", discord_export),
    "github-archive": ("github", github_archive),
    "meetup-archive": ("meetup", meetup_archive),
    "meetup-attendees": (
        "meetup",
        meetup_table(ATTENDEES, f"Ada|Y|user 11|||Yes|1|04/24/2014|04/20/2014|{URL}11/"),
    ),
    "meetup-members": (
        "meetup",
        meetup_table(MEMBERS, f"Ada|user 11||11|Ulm|04/24/2014|06/22/2015|{URL}11/"),
    ),
}


# The settings that a source needs besides its kind.
KEYS = {
    "discord": ['server = "7"'],
    "github": [f'repositories = ["{NAME}"]'],
    "slack": [],
    "meetup": [],
}


def sound_records(
    make: Callable[[int], Any], numbers: Iterator[int] | None = None, but: str = ""
) -> Iterator[Any]:
    """Yield a few records as they should be."""
    numbers = numbers or count(1)
    return (make(next(numbers)) for _ in range(5))
