"""DiscordChatExporter files made by hand, in today's layout."""

import json
from pathlib import Path
from typing import Any

from connectors.sandbox.text import TEXT_MARK
from pipelines.imports import Imported
from tests.support.installations import Installation

MAY_1 = "2024-05-01T{hour:02}:00:00.5+02:00"


def message(number: int, **more: Any) -> dict[str, Any]:
    row = {
        "id": str(1_235_000_000_000_000_000 + number),
        "type": "Default",
        "timestamp": MAY_1.format(hour=number),
        "content": TEXT_MARK,
        "author": {"id": "81234567890123456", "name": "ada", "isBot": False},
    }
    return row | more


def export(folder: Path, *messages: object, channel: dict[str, Any] | None = None,
           name: str = "a.json", indent: int | None = 2, **more: Any) -> Path:  # fmt: skip
    head = {
        "guild": {"id": "7", "name": "Made Up"},
        "channel": {"id": "1234567", "type": "GuildTextChat", "name": "general"} | (channel or {}),
        "dateRange": {"after": None, "before": None},
    }
    folder.mkdir(exist_ok=True, parents=True)
    content = head | more | {"messages": messages, "messageCount": len(messages)}
    (folder / name).write_text(json.dumps(content, indent=indent), encoding="utf-8")
    return folder / name


def imported(place: Installation, *messages: object, **more: Any) -> Imported:
    """Write one file beside those made before, and import them all."""
    export(place.folder / "e", *messages, **more)
    return place.import_export(place.folder / "e")
