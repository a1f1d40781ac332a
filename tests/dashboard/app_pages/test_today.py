"""The page Today: what waits, in plain words, and what becomes of it when it is marked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.dashboard.world import HOSTILE, Open, texts
from tests.support.worlds import NOW, World
from warehouse.done_items import DoneItems

REGULAR_DAYS = range(46, 21, -3)


def ago(days: float) -> str:
    """A time so many days before now, UTC; negative ones are to come."""
    return str(datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days))


def section(app: AppTest, title: str) -> list[str]:
    """The lines of the section whose title has these words, without their ages."""
    shown = [part.value for part in app.markdown]
    heads = [at for at, value in enumerate(shown) if value.startswith("#####")]
    [start] = [at for at in heads if title in shown[at]]
    end = next((at for at in heads if at > start), len(shown))
    return [value.partition(" :gray[")[0] for value in shown[start + 1 : end]]


def press(app: AppTest, label: str, number: int = 0) -> AppTest:
    """Presses the button of this label in one of the lines that have one."""
    app = [button for button in app.button if button.label == label][number].click().run()
    assert not app.exception
    return app


@pytest.fixture
def world() -> World:
    """Bo answers most in #help and nobody in #memes; Eve drifts away; Cem has become a regular.

    #standup fell silent, #lounge did not; github failed; an event is near."""
    world = World(covered_to=ago(0))
    world.source("slack", last_success_at=NOW)
    world.source("github", "github", last_success_at=ago(3), covered_to=ago(3), last_error="401")
    for number in range(12):
        asked = world.act("Ada", ago(70 - 3 * number), channel="help")
        world.act("Bo", ago(70 - 3 * number), answers=asked, channel="help")
        world.act("Ada", ago(70 - 3 * number), channel="memes")
        for _ in range(5):
            for channel in ("standup", "lounge"):
                world.act("Bo", ago(70 - 3 * number), kind="huddle", channel=channel)
    world.act("Bo", ago(5), kind="huddle", channel="lounge")
    for days in REGULAR_DAYS:
        world.act("Eve", ago(days), kind="huddle", channel="help")
    for days in (30, 21, 14, 1):
        world.act("Cem", ago(days), kind="huddle", channel="help")
    world.act("Ada", ago(3), channel="help")
    world.act("Ada", ago(2), channel="memes")
    world.act(HOSTILE[0], ago(1), channel="help")
    here = {"status": "planned", "utc_offset_minutes": 0, "url": "https://meetup.example/1"}
    event = world.event("Vectors", ago(-3), **here)
    world.rsvp(event, "Ada", "yes")
    world.event("Later", ago(-30), **here)
    world.source("meetup", "meetup", last_success_at=NOW)
    return world


def test_what_waits_is_listed_by_kind(open_page: Open, world: World) -> None:
    app = open_page("today", world)
    assert section(app, "1 question waits for an answer") == ["**ada** asked in \\#help"]
    [newcomer] = section(app, "1 newcomer got no answer yet")
    assert newcomer == r"**\<b\>bold\</b\>** wrote for the first time in \#help"
    assert section(app, "1 regular is drifting away") == ["**eve** usually took part every 3 days"]
    assert section(app, "1 person to thank") == ["**cem** became a regular"]
    [event] = section(app, "1 event within a week")
    assert event.startswith("**Vectors**, ")
    assert event.endswith("Lagos · 1 said yes")
    broken = section(app, "2 things do not work")
    assert len(broken) == 2
    assert broken[0] == "**github** failed at its last attempt"
    assert broken[1].startswith(r"**\#standup** fell silent, after 60 contributions")
    assert (
        "1 question, 1 newcomer, 1 regular, 1 person to thank, 1 event and 2 things wait for you."
    ) in texts(app)
    assert ":gray[· 3 days ago]" in texts(app)
    assert ":gray[· read 3 days ago]" in texts(app)


def test_every_item_leads_to_its_place(open_page: Open, world: World) -> None:
    app = open_page("today", world)
    links = [link.proto.url for link in app.get("link_button")]
    assert links[0].startswith("https://slack.example/help/p")
    assert links[-1] == "https://meetup.example/1"
    assert len(links) == 5
    assert len(app.get("page_link")) == 2, "of what broke"


def test_done_stays_done_after_the_next_snapshot_and_for_others(
    open_page: Open, world: World, tmp_path: Path
) -> None:
    app = press(open_page("today", world), "Done")
    assert "question" not in app.markdown[1].value
    assert "No question waits for an answer" in texts(app)
    world.act("Ada", ago(0.1), channel="help")
    world.snapshot(tmp_path, "29990101T060000000000").close()
    other = open_page("today", tmp_path / "vitals.duckdb")
    assert section(other, "1 question waits for an answer") == ["**ada** asked in \\#help"]
    assert "ada" not in (tmp_path / "today.json").read_text()
    assert "question" not in press(other, "Done").markdown[1].value
    assert "1 question waits" not in texts(app.run())


def test_what_is_put_off_or_done_can_be_taken_back(open_page: Open, world: World) -> None:
    app = press(press(open_page("today", world), "Later"), "Done")
    assert "newcomer" not in app.markdown[1].value
    app = app.toggle(key="with-done").set_value(True).run()
    day = datetime.now(UTC) + timedelta(days=7)
    said = [caption.value for caption in app.caption]
    assert f"until {day.day} {day:%b %Y}" in said
    assert "done" in said
    app = press(press(app, "Take back"), "Take back")
    assert "1 question, 1 newcomer" in app.markdown[1].value
    assert "Take back" not in [button.label for button in app.button]


def test_a_broken_file_is_said_and_not_overwritten(
    open_page: Open, world: World, tmp_path: Path
) -> None:
    app = open_page("today", world)
    (tmp_path / "today.json").write_text("{half")
    app = press(app, "Done")
    assert "today.json: its content is not valid" in app.warning[0].value.replace("\\", "")
    assert all(button.disabled for button in app.button)
    assert "1 question" in app.markdown[1].value
    assert (tmp_path / "today.json").read_text() == "{half"


def test_long_lists_are_short_until_more_is_asked_for(open_page: Open) -> None:
    world = World(covered_to=ago(0))
    world.source("slack", last_success_at=NOW)
    world.act("Ada", ago(30))
    for number in range(60):
        world.act("Ada", ago(10 - number / 60))
    app = open_page("today", world)
    assert len(section(app, "60 questions wait")) == 5
    app = app.toggle(key="more-question").set_value(True).run()
    assert len(section(app, "60 questions wait")) == 50
    [more] = app.get("page_link")
    assert more.proto.label == "The first 50 are here; Conversations has more"


def test_nothing_to_do_is_said_kindly(open_page: Open) -> None:
    world = World(covered_to=ago(0))
    world.source("slack", last_success_at=NOW)
    asked = world.act("Ada", ago(1))
    world.act("Bo", ago(1), answers=asked)
    world.act("Ada", ago(1), answers=asked)
    said = texts(open_page("today", world))
    assert "Nothing waits for you. A good day to say hello to somebody." in said
    assert "every newcomer got an answer, no regular is drifting away" in said


def test_an_old_history_says_how_old_it_is(open_page: Open, published: Path) -> None:
    assert "The newest activity is from 11 Jun 2024: so it was then." in texts(open_page("today"))
    assert not DoneItems(published).path.exists(), "looking marks nothing"
