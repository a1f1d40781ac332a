"""`vitals people forget`: a person is nowhere, and the counts stay."""

import json
from pathlib import Path

from tests.support.hand_made.slack import write_folder
from tests.support.installations import Installation, every_metric

ID, HANDLE, NAME = "UZQXW1", "zqhandle", "Zqname Zqfamily"
FILES = {
    "channels.json": [{"id": "C1", "name": "general", "is_general": True}],
    "users.json": [
        {"id": ID, "name": HANDLE, "real_name": NAME, "profile": {"display_name": NAME}},
        {"id": "U2", "name": "bo", "real_name": "Bo"},
    ],
    "general/2026-01-01.json": [
        {"ts": "1767261600.000100", "user": ID, "text": NAME},
        {
            "ts": "1767261601.000100",
            "user": "U2",
            "text": f"<@{ID}>",
            "reactions": [{"name": "wave", "users": [ID, "U2"], "count": 2}],
        },
    ],
}
TRACES = [trace.encode() for trace in (ID, HANDLE, NAME)]


def traces(place: Installation) -> list[str]:
    """The files of a folder in which something of the person is."""
    return [
        str(path.relative_to(place.folder))
        for path in place.folder.rglob("*")
        if path.is_file() and any(t.lower() in path.read_bytes().lower() for t in TRACES)
    ]


def test_a_forgotten_person_is_nowhere_and_stays_so(tmp_path: Path) -> None:
    place = Installation(tmp_path / "place", more="[privacy]\nstore_text = true")
    export = write_folder(tmp_path / "export", FILES)
    place.import_export(export)
    place.settings.people_path.write_text(
        f'[[decisions]]\nwhat = "reject"\naccounts = ["slack:{ID}", "slack:bo"]\nwhy = "{NAME}"\n'
    )
    before = place.publish()
    counted = every_metric(before)
    before.close()
    assert traces(place)
    told = place.vitals("people", "forget", f"slack:{HANDLE}", "--yes")
    assert told.returncode == 0, told.stderr
    assert traces(place) == []
    place.import_export(export)
    after = place.publish()
    assert traces(place) == []
    for name in ("active_members", "lifecycle", "members", "activity_volume", "retention"):
        assert every_metric(after)[name] == counted[name], name
    listed = json.loads(place.vitals("people", "list", "--format", "json").stdout)
    assert [len(row["accounts"]) for row in listed] == [1, 1]
