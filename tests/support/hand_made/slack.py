"""Slack exports of a few hand-written rows."""

import json
import zipfile
from pathlib import Path
from typing import Any

GENERAL = {"id": "C1", "name": "general", "created": "1452837318", "is_general": True}
ADA = {"id": "U1", "name": "ada", "team_id": "T1", "profile": {"real_name": "Ada"}}
BO = {"id": "U2", "name": "bo", "team_id": "T1", "profile": {"real_name": "Bo"}}
CEM = {"id": "U3", "name": "cem", "team_id": "T1", "profile": {"real_name": "Cem"}}
SMALL: dict[str, Any] = {
    "channels.json": [GENERAL],
    "users.json": [ADA, BO],
    "general/2024-05-01.json": [{"ts": "1714550400.000100", "user": "U1", "text": "…"}],
}

# Each of the three writes once.
THREE = SMALL | {
    "users.json": [ADA, BO, CEM],
    "general/2024-05-01.json": [
        {"ts": f"171455040{n}.000100", "user": f"U{n}", "text": "…"} for n in (1, 2, 3)
    ],
}


def write_folder(folder: Path, files: dict[str, Any]) -> Path:
    """An export as a folder; what is no text is written as JSON."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(as_text(content), encoding="utf-8")
    return folder


def write_zip(path: Path, files: dict[str, Any], root: str = "") -> Path:
    """An export as a zip, all of it below `root`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(root + name, as_text(content))
    return path


def as_text(content: Any) -> str:
    """The content of a file: JSON, or what is given as text."""
    return content if isinstance(content, str) else json.dumps(content)
