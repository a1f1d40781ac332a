"""Something odd in every field of every record: no trace, a build, and an account that adds up.

`odd_values.ODD_VALUES` are put into one field after the other. Each changed record stands beside
the others in one file, or in one answer, so that each must leave its neighbours alone.
"""

import gzip
import json
import re
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from connectors.base import SourceError
from connectors.discovery import connectors
from connectors.sandbox.community import make_world
from pipelines.imports import import_files
from pipelines.steps import Reporter
from tests.support.hand_made import discord as discord_rows
from tests.support.hand_made.slack import ADA, BO, GENERAL, write_folder
from tests.support.installations import Installation
from tests.support.odd_answers import serve_odd
from tests.support.odd_values import HUGE_TEXT, ODD_VALUES, as_json, odd_records

MAY = 1_714_550_400
NAME = "makers/tiny"
MOST_REASON = 100
SOUND_ROWS = 100  # a table that begins with a NUL is no text
PERSON = {"login": "ada", "id": 1, "type": "User"}
AT = "2025-05-01T12:00:00Z"
Row = dict[str, Any]


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


def slack_export(folder: Path) -> tuple[Path, int]:
    """Members and channels are odd as well. Those without an id would count as rows."""
    profile = {"real_name": "Cem", "email": "cem@made.invalid", "start_date": "2020-01-01"}
    numbers = count(10)
    cem = {"name": "cem", "updated": MAY, "deleted": True, "profile": profile}
    members = odd_records(lambda n: deepcopy(cem) | {"id": f"U{n}"}, numbers, but="id")
    channel = GENERAL | {"is_archived": False}
    channels = odd_records(lambda n: channel | {"id": f"C{n}", "name": f"c{n}"}, numbers, but="id")
    messages = [
        slack_message(0),
        *odd_records(slack_message),
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


def discord_export(folder: Path) -> tuple[Path, int]:
    messages = [discord_message(0), *odd_records(discord_message)]
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


def github_archive(folder: Path) -> tuple[Path, int]:
    numbers = count(10)
    rows = [*github_events(1).values()]
    for kind in github_events(1):
        rows += odd_records(partial(github_event, kind), numbers)
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


def meetup_archive(folder: Path) -> tuple[Path, int]:
    events = [meetup_event(1), *odd_records(meetup_event, count(10))]
    path = folder / "events.json"
    path.write_text(as_json(events))
    return path, len(events)


def cells(sound: str) -> list[list[str]]:
    """Sound rows, and rows with something odd in each cell; 11 is the number of a member."""
    odd = [*(str(value) for value in ODD_VALUES.values()), "", '"', "=1+1", "9" * 5000]
    numbers = count(1000)
    rows = [sound.replace("11", str(next(numbers))).split("|") for _ in range(SOUND_ROWS)]
    for column in range(len(rows[0])):
        for value in odd:
            row = sound.replace("11", str(next(numbers))).split("|")
            row[column] = value.encode("utf-8", "replace").decode()
            rows.append(row)
    return rows


def meetup_table(header: str, sound: str) -> Callable[[Path], tuple[Path, int]]:
    def make(folder: Path) -> tuple[Path, int]:
        rows = [header.split("|"), *cells(sound)]
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
FILES: dict[str, tuple[str, Callable[[Path], tuple[Path, int]]]] = {
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


def account_adds_up(place: Installation) -> None:
    """Build and publish; every landed record is in the account."""
    intake = place.publish().metric("intake").to_pylist()
    [(records,)] = place.rows("select count(*) from raw.records where gone_at is null")
    assert sum(row["records"] for row in intake) >= records


@pytest.mark.parametrize("kind", FILES)
def test_a_file_with_odd_records_is_imported_but_for_them(tmp_path: Path, kind: str) -> None:
    platform, make = FILES[kind]
    place = Installation(tmp_path / "place", kind=platform, keys=_keys(platform))
    path, rows = make(tmp_path)
    report = Reporter(warn=place.warnings.append)
    outcome = import_files(place.settings, kind, [path], platform, report).outcome
    assert outcome.read == rows
    assert outcome.taken + sum(outcome.left_out.values()) == outcome.read
    assert outcome.taken > 0
    assert all(len(reason) < MOST_REASON for reason in outcome.left_out), "reasons are ours"
    account_adds_up(place)


@pytest.mark.parametrize("kind", sorted(connectors()))
def test_a_sync_of_odd_answers_lands_what_can_be_built(tmp_path: Path, kind: str) -> None:
    with serve_odd(make_world(members=10, days=20), share=0.5, seed=1) as sandbox:
        place = Installation(tmp_path, sandbox, kind=kind)
        with suppress(SourceError):
            place.sync()
    account_adds_up(place)


def test_a_command_says_how_many_records_are_odd_and_leaves_no_trace(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place")
    path, rows = slack_export(tmp_path)
    result = place.vitals("import", "slack-export", str(path), "--source", "slack")
    assert result.returncode == 0, result.stderr
    assert re.search(rf"rows read\W+{rows}\b", result.stdout)
    assert "Traceback" not in result.stderr
    assert "unforeseen" not in result.stderr
    assert "cannot be read and are left out, the first is" in result.stderr


def _keys(platform: str) -> list[str]:
    return {"discord": ['server = "7"'], "github": [f'repositories = ["{NAME}"]']}.get(platform, [])
