"""A place on disk whose dashboard can decide who is who."""

import json
from pathlib import Path

import duckdb

from tests.support.installations import Installation

USERS = [
    {"id": f"U{number}", "name": name.lower(), "real_name": name}
    for number, name in enumerate(("Ada", "Bo", "Cem"), start=1)
]


def deciding_place(folder: Path) -> Installation:
    """Ada, Bo and Cem, who all wrote on Slack on 1 January 2026; Ada and Bo may be one, Bo and Cem
    as well."""
    export = folder / "export"
    (export / "general").mkdir(parents=True)
    (export / "users.json").write_text(json.dumps(USERS))
    (export / "channels.json").write_text('[{"id": "C1", "name": "general"}]')
    day = [
        {"type": "message", "user": user["id"], "text": "a", "ts": f"176726160{number}.000100"}
        for number, user in enumerate(USERS)
    ]
    (export / "general" / "2026-01-01.json").write_text(json.dumps(day))
    place = Installation(folder / "place")
    place.import_export(export)
    place.publish().close()
    with duckdb.connect(str(place.warehouse.marts_path)) as con:
        con.execute("""
            insert into facts.suggestions values
                ('slack:U1', 'slack:U2', 0.9, ['same name']),
                ('slack:U2', 'slack:U3', 0.4, ['both write at night'])
        """)
    place.publish().close()
    return place
