"""A folder with one Meetup source: for files alone, or at a small server."""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipelines.imports import Imported, import_files
from pipelines.steps import Reporter
from tests.support.installations import Installation
from tests.support.tiny.meetup import TinyMeetup, event, group, member, rsvp


class FileInstallation(Installation):
    """One Meetup source without a token."""

    def __init__(self, folder: Path, timezone: str = "UTC") -> None:
        super().__init__(folder, kind="meetup", timezone=timezone)

    def bring(self, kind: str, *paths: Path, options: Collection[str] = ()) -> Imported:
        """Import files: members, attendees, or an archive."""
        report = Reporter(warn=self.warnings.append)
        return import_files(self.settings, f"meetup-{kind}", list(paths), "meetup", report, options)

    def landed(self) -> str:
        return "\n".join(str(cell) for row in self.raw() for cell in row)

    def attendance(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.publish().metric("event_attendance").to_pylist()
        return [row | {"starts_at": str(row["starts_at"])[:19]} for row in rows]


class MeetupInstallation(Installation):
    """One Meetup source at a small server, whose clock waits move; `key` says what it reads."""

    def __init__(
        self, folder: Path, tiny: TinyMeetup, key: str = 'groups = ["lagos-data"]'
    ) -> None:
        self.tiny = tiny
        super().__init__(folder, kind="meetup", base_url=tiny.url, keys=[key])

    def _sleep(self, seconds: float) -> None:
        self.waited += seconds
        self.tiny.now += timedelta(seconds=seconds)


def tiny_world() -> TinyMeetup:
    """Three members of one group; a talk in winter, one twelve days ago, and one to come.

    Ada (1) and Bo (2) said yes to the last one, Cem (3) did not; Ada comes to the next.
    """
    lagos = group(42, "lagos-data")
    lagos["members"] = [
        member(1, "2024-01-10", name="Ada", email="Ada@Example.org"),
        member(2, "2025-03-01", name="Bo"),
        member(3, "2026-02-01", name="Cem"),
    ]
    lagos["members"][0]["metadata"] |= {"status": "LEADER", "role": "ORGANIZER"}
    lagos["events"] = [
        event(1, "2026-01-15", rsvps=[rsvp(11, 1, "ATTENDED"), rsvp(12, 2, "NO_SHOW")]),
        event(2, "2026-05-20", rsvps=[rsvp(21, 1), rsvp(22, 2), rsvp(23, 3, "NO")]),
        event(3, "2026-06-10", rsvps=[rsvp(31, 1)]),
    ]
    return TinyMeetup({"lagos-data": lagos})


def table(path: Path, *rows: str, separator: str = "\t", encoding: str = "utf-8") -> Path:
    """Write a table whose cells are given with bars between them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\r\n".join(row.replace("|", separator) for row in rows) + "\r\n"
    path.write_bytes(text.encode(encoding))
    return path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
