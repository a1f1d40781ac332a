"""The same files in any order, twice, in one import or several, give the same rows."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.installations.meetup import FileInstallation, write
from tests.support.samples import some

RAW = "select stream, partition, key, payload, as_of, gone_at from raw.records order by all"
HEADER = "Event ID,Event name,Event time,Member ID,Name,RSVP,RSVPed on,Checked in\n"


def evening(id: str, day: str, yes: int, **more: Any) -> dict[str, Any]:
    row = {"id": id, "title": "Evening", "status": "PAST", "dateTime": f"{day}T18:00:00Z"}
    return row | {"group": {"urlname": "made-up", "id": "7"}, "rsvps": {"yesCount": yes}} | more


FILES = {
    "members": {
        "1.csv": "Member ID,Name,Joined Group on,Last visited\n1,Ada,2020-01-01,2024-01-01\n"
        "2,Bo,2020-01-02,2024-01-02\n",
        "2.csv": "Member ID,Name,Joined Group on,Last visited\n1,Ada L.,2020-01-01,2024-02-01\n",
        "3.csv": "Member ID,Name,Joined Group on,Last visited\n1,Ada,2019-01-01,2024-03-01\n"
        "3,Cem,2024-02-25,2024-03-02\n",
    },
    "attendees": {
        "1.csv": f"{HEADER}77,Talk,2024-05-01 18:00,1,Ada,yes,2024-04-01,\n"
        "77,Talk,2024-05-01 18:00,2,Bo,yes,2024-04-02,\n",
        "2.csv": f"{HEADER}77,Talk,2024-05-01 18:00,1,Ada,no,2024-04-20,\n",
        "3.csv": "Event ID,Name,E-Mail,Checked in\n77,Bo,bo@home.invalid,2024-05-01 18:00\n"
        "77,Cem,,2024-05-01 18:10\n77,Cem,,2024-05-01 18:20\n",
    },
    "archive": {
        "1.json": json.dumps([evening("qwltb", "2024-03-01", 1, status="ACTIVE")]),
        "2.json": json.dumps([evening("1", "2024-01-01", 5), evening("300111", "2024-03-01", 7)]),
        "3.json": json.dumps([evening("1", "2024-01-01", 6), evening("2", "2024-04-01", 3)]),
    },
}


@pytest.mark.parametrize("kind", some(["attendees", "members", "archive"], 1))
def test_files_in_any_order(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "files"
    paths = [
        write(folder / str(n) / name, text) for n, (name, text) in enumerate(FILES[kind].items())
    ]
    raw, told = [], []
    one, two, three = ([path] for path in paths)
    one_by_one = [[one, two, three], [three, two, one], [two, three, one]]
    for number, imports in enumerate([*one_by_one, [[folder]], [paths[::-1]]]):
        place = FileInstallation(tmp_path / str(number))
        for _ in range(2):
            landed = [place.bring(kind, *some).landed for some in imports]
        assert [(one.new, one.changed, one.gone) for one in landed] == [(0, 0, 0)] * len(imports)
        raw.append(place.rows(RAW))
        snapshot = place.publish()
        told.append([snapshot.metric(m).to_pylist() for m in ("event_attendance", "members")])
    for number in range(1, len(raw)):
        assert raw[number] == raw[0], number
        assert told[number] == told[0], number
