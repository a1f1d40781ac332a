"""Text and addresses planted in Meetup's responses and files: nothing of it is left anywhere."""

import json
from pathlib import Path

import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from tests.connectors.test_privacy import EMAIL, EVERYTHING, NAME, PLANTED, found, what_is_left
from tests.support.installations import Installation
from tests.support.installations.meetup import MeetupInstallation, tiny_world
from tests.support.tiny.meetup import serving

MARKS = [*PLANTED, SANDBOX_TOKEN]
WALK_IN = "Sterntaler Quitte"
MEMBERS = f"""Name\tUser ID\tJoined Group on\tIntro\tWhat do you make?\tURL of Member Profile
{NAME}\tuser 11\t2024-05-30\t{EVERYTHING}\t{EVERYTHING}\thttp://www.meetup.com/g/members/11/
"""
ATTENDEES = f"""Name,Attendance,User ID,RSVP,RSVPed on,Notes,Email
{NAME},Y,11,Yes,2024-05-30,"<p>{EVERYTHING.replace('"', "'")}

</p>",{EMAIL}
{WALK_IN} {EMAIL},Y,-1,,,{EMAIL},{EMAIL}
"""
EVENTS = [
    {
        "id": "987654321",
        "title": f"Evening with {EMAIL}",
        "dateTime": "2024-06-01T18:00+01:00",
        "description": EVERYTHING,
        "howToFindUs": EVERYTHING,
        "host": {"name": EVERYTHING, "email": EMAIL},
        "rsvps": [{"member": {"name": EVERYTHING, "bio": EVERYTHING}, "answers": [EVERYTHING]}],
        "venue": {"name": f"at {EMAIL}", "address_1": EVERYTHING, "phone": EVERYTHING},
        "group": {"id": 5, "urlname": "g", "name": "G", "description": EVERYTHING},
    }
]


def left(folder: Path, marks: list[str]) -> dict[str, list[str]]:
    return {name: there for name, text in what_is_left(folder) if (there := found(text, marks))}


def test_nothing_that_the_sandbox_sends_is_left_anywhere(tmp_path: Path) -> None:
    with serve(make_world(members=30, days=90), Options(limits=False)) as sandbox:
        place = Installation(tmp_path / "place", sandbox, kind="meetup")
        said = [place.vitals(*command) for command in (["sync"], ["check"], ["sync", "--full"])]
        assert [one.returncode for one in said] == [0, 0, 0], said
        sandbox.set_token(revoked=True)
        said.append(place.vitals("sync"))
    assert said[-1].returncode == 1
    assert found("".join(one.stdout + one.stderr for one in said), MARKS) == []
    assert left(place.folder, MARKS) == {}


def test_nothing_planted_in_a_response_is_left_anywhere(tmp_path: Path) -> None:
    world = tiny_world()
    for one in world.groups["lagos-data"]["members"]:
        one["node"] |= {"name": NAME, "email": EMAIL, "bio": EVERYTHING, "intro": EVERYTHING}
        one["metadata"] |= {"bio": EVERYTHING, "proAnswers": [{"answer": EVERYTHING}]}
    for one in world.groups["lagos-data"]["events"]:
        one |= {"description": EVERYTHING, "howToFindUs": EVERYTHING, "title": f"By {EMAIL}"}
        for rsvp in one["rsvps"]:
            rsvp |= {"answers": [{"text": EVERYTHING}], "note": EVERYTHING}
    with serving(world) as tiny:
        place = MeetupInstallation(tmp_path / "place", tiny)
        place.sync()
    place.publish().close()
    assert place.counts()["members"] == 3
    assert left(place.folder, MARKS) == {}


@pytest.mark.parametrize("kind", ["members", "attendees", "archive"])
def test_nothing_planted_in_a_file_is_left_anywhere(tmp_path: Path, kind: str) -> None:
    place = Installation(tmp_path / "place", kind="meetup")
    texts = {"members": MEMBERS, "attendees": ATTENDEES, "archive": json.dumps(EVENTS)}
    path = tmp_path / f"987654321.{'json' if kind == 'archive' else 'csv'}"
    path.write_text(texts[kind], encoding="utf-8")
    environment = {"PREFECT_HOME": str(place.folder / "prefect")}
    given = ("import", f"meetup-{kind}", str(path), "--source", "meetup")
    result = place.vitals(*given, **environment)
    assert result.returncode == 0, result.stderr
    marks = [*MARKS, "Sterntaler", "Quitte"]
    assert found(result.stdout + result.stderr, marks) == []
    assert left(place.folder, marks) == {}
    assert place.raw()
