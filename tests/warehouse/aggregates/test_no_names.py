"""Nobody's name, handle or id comes into the file that sponsors may read."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.support.worlds import World
from warehouse import aggregates, versions

PLANTED = "Quxwortle"  # in every name, handle and id of a person, and in every channel


@pytest.fixture
def file(world: World, tmp_path: Path) -> Path:
    world.rows["settings"]["one"]["min_group_size"] = 1
    names = [f"{PLANTED}{number}" for number in range(60)]
    world.rows["settings"]["one"]["staff"] = [f"slack:{names[0].lower()}"]
    world.source("slack", last_error=f"{PLANTED} is not in the channel")
    evening = world.event("An evening", "2024-02-01 18:00")
    for name in names:
        for source in ("slack", "meetup"):
            world.account(name, source)
        world.profile(name, place=PLANTED)
        world.clue(name, "stated", f"meetup:{name.lower()}")
        world.act(name, "2024-02-02 10:00", channel=f"{PLANTED} talk")
        world.rsvp(evening, name, "yes", "attended")
        world.join(name, "2024-01-02 10:00", "Lagos", "meetup")
    world.decide("merge", f"slack:{names[1].lower()}", f"meetup:{names[1].lower()}")
    world.forget(f"slack:{names[2].lower()}")
    world.sponsorship("Acme", "2024-01-01", "2024-04-01", events=[evening])
    return aggregates.current(world.publish(tmp_path).path)


def test_names_are_in_no_byte_and_in_no_table(file: Path, tmp_path: Path) -> None:
    words = [PLANTED.lower(), "slack:", "meetup:q", "meetup:#"]
    content = file.read_bytes().lower()
    assert b"an evening" in content, "text can be found in the file"
    exported = tmp_path / "exported"
    with closing(versions.connect(file, read_only=True)) as con:
        con.execute(f"export database '{exported}' (format csv)")
    texts = {path.name: path.read_text(encoding="utf-8") for path in exported.iterdir()}
    assert "An evening" in texts["events.csv"]
    for word in words:
        assert word.encode() not in content, word
        for name, text in texts.items():
            assert word not in text.lower(), f"{word} in {name}"
