"""A folder with one Meetup source, and a small Meetup whose clock waiting moves."""

from datetime import timedelta
from pathlib import Path

from pipelines.settings import load
from pipelines.steps import open_warehouse
from tests.support.places import TOKEN_VARIABLE, Place
from tests.support.tiny.meetup import TinyMeetup, event, group, member, rsvp

TOKEN = f'token = "env:{TOKEN_VARIABLE}"'


class MeetupPlace(Place):
    """One Meetup source at a small server. `keys` are its lines in vitals.toml."""

    def __init__(self, folder: Path, tiny: TinyMeetup, *keys: str, token: str = TOKEN) -> None:
        self.folder, self.tiny, self.kind = folder, tiny, "meetup"
        self.waited, self.warnings = 0.0, list[str]()
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "data" / "email.key").write_text("0" * 64)
        self.config = folder / "vitals.toml"
        lines = ['[community]\nname = "Made Up"\n[[sources]]\nname = "meetup"\nkind = "meetup"']
        lines += [f'base_url = "{tiny.url}"', token, *(keys or ['groups = ["lagos-data"]'])]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.settings = load(self.config, with_tokens=True)
        self.warehouse = open_warehouse(self.settings)

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
