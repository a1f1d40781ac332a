"""Places on disk whose dashboard can decide who is who."""

import json
from pathlib import Path

from pipelines.imports import import_files
from tests.support.installations import Installation

NAMES = ("Kofi Agyeman", "Ama Mensah")
OLD = '[[sources]]\nname = "old"\nkind = "slack"'


def deciding_place(folder: Path) -> Installation:
    """Kofi and Ama, who wrote in two workspaces on 1 January 2026: two suggestions are open."""
    export = folder / "export"
    (export / "general").mkdir(parents=True)
    users = [
        {"id": f"U{number}", "name": name.lower().replace(" ", "."), "real_name": name}
        for number, name in enumerate(NAMES)
    ]
    (export / "users.json").write_text(json.dumps(users))
    (export / "channels.json").write_text('[{"id": "C1", "name": "general"}]')
    day = [
        {"type": "message", "user": user["id"], "text": "a", "ts": f"176726160{number}.000100"}
        for number, user in enumerate(users)
    ]
    (export / "general" / "2026-01-01.json").write_text(json.dumps(day))
    place = Installation(folder / "place", more=OLD)
    for source in ("slack", "old"):
        import_files(place.settings, "slack-export", [export], source)
    place.publish().close()
    return place


def robot_place(folder: Path) -> Installation:
    """Leo, a robot that posted at minute 35 of 30 hours, from 10:35 on 1 January 2026."""
    export = folder / "export"
    (export / "general").mkdir(parents=True)
    (export / "users.json").write_text('[{"id": "U9", "name": "leo", "real_name": "Leo Marsh"}]')
    (export / "channels.json").write_text('[{"id": "C1", "name": "general"}]')
    posts = [
        {"type": "message", "user": "U9", "text": "a", "ts": f"{1_767_263_700 + hour * 3600}.0001"}
        for hour in range(30)
    ]
    (export / "general" / "2026-01-01.json").write_text(json.dumps(posts))
    place = Installation(folder / "place")
    place.import_export(export)
    place.publish().close()
    return place
