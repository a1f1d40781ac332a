"""A place on disk whose dashboard can decide who is who."""

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
