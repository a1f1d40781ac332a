"""The pages People and a member's: what they show, what they decide, and where they only tell."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import CONFIG
from tests.support.dashboard.world import Open, numbers, texts
from tests.support.worlds import NOW, World

KOFI, DEV = "slack:kofi", "github:kofi-dev"


@pytest.fixture
def world() -> World:
    """Kofi on Slack and on GitHub, joined by nobody yet; Ada answers him, and met him."""
    world = World(covered_to="2024-06-01 00:00")
    for source in ("slack", "github", "meetup"):
        world.source(source, source, last_success_at=NOW)
    world.account("Kofi", stated_joined_at="2024-01-03 08:00")
    world.account("Ada")
    world.account("Kofi-dev", "github", handle="KD")
    asked = world.act("Kofi", "2024-05-20 10:00")
    world.act("Ada", "2024-05-20 11:00", answers=asked)
    world.act("Kofi", "2024-05-20 12:00", answers=asked)
    world.act("Kofi-dev", "2024-05-21 10:00", "issue", "app", source="github")
    met = world.event("Meet", "2024-05-09 18:00")
    world.rsvp(met, "Kofi", "yes", "attended")
    return world


def buttons(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def test_a_suggestion_shows_both_accounts_and_the_reasons(open_page: Open, world: World) -> None:
    world.suggest(KOFI, DEV, 0.8)
    world.suggest("slack:ada", DEV, 0.09)
    said = texts(open_page("people", world))
    assert "1 suggestion to review" in said, "the unlikely one is not asked"
    assert "80% likely: same name" in said
    assert "kofi on slack" in said
    assert "KD on github" in said
    assert "2 participations, 20 May 2024" in said
    assert "1 participation, 21 May 2024" in said


def test_every_rule_that_joined_accounts_has_words(open_page: Open, world: World) -> None:
    for name, source in (("Bo", "slack"), ("Bo", "github"), ("Bo2", "github"), ("Bo", "meetup")):
        world.account(name, source, also_id="github:#5" if source == "github" else None)
    world.account("Hash", "github", is_listed=False)
    world.account("Gone", "meetup")
    world.clue("Bo", "email", "email:1", source="slack")
    world.clue("Bo", "email", "email:1", source="github")
    world.clue("Hash", "written", "email:1", source="github")
    world.clue("Bo", "stated", "slack:bo", source="meetup")
    world.forget("slack:kofi", "meetup:gone")
    world.decide("merge", "slack:ada", DEV)
    said = texts(open_page("people", world))
    for words in (
        "1 person by the same verified e-mail address",
        "1 person by commits with an address that the other verified",
        "1 person by an account that names another as its own",
        "1 person by the same lasting id",
        "1 person by having been forgotten together",
        "1 person by a decision",
    ):
        assert words in said


def test_without_a_configuration_the_page_says_what_to_type(
    open_page: Open, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CONFIG, raising=False)
    world.suggest(KOFI, DEV)
    app = open_page("people", world)
    assert "Same person" not in buttons(app)
    assert f"vitals people merge {KOFI} {DEV}" in app.code[0].value


def test_later_shows_the_next_one(open_page: Open, world: World) -> None:
    world.suggest(KOFI, DEV, 0.8)
    world.suggest("slack:ada", DEV, 0.4)
    app = open_page("people", world)
    app.button(key="later").click().run()
    assert "40% likely" in texts(app)
    assert "1 suggestion to review" in texts(app)
    app.button(key="later").click().run()
    app.button(key="again").click().run()
    assert "80% likely" in texts(app)


def test_an_account_that_acts_like_a_bot_is_shown_with_reasons(
    open_page: Open, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CONFIG, raising=False)
    for name in ("Leo", "Ines"):
        world.account(name)
        for hour in range(20):
            world.act(name, f"2024-05-{hour // 12 + 1:02} {hour % 12:02}:35")
    app = open_page("people", world)
    assert "2 accounts act like a bot: is this one?" in texts(app)
    assert "20 of 20 posts at minute 35 of the hour" in texts(app)
    assert "ines on slack" in texts(app)
    commands = "vitals people bot slack:ines\nvitals people not-bot slack:ines"
    assert commands in [code.value for code in app.code]
    app.button(key="later-bot").click().run()
    assert "1 account acts like a bot: is this one?" in texts(app)
    assert "leo on slack" in texts(app)
    app.button(key="later-bot").click().run()
    assert "2 accounts that act like a bot are put off" in texts(app)
    app.button(key="bots-again").click().run()
    assert "2 accounts act like a bot" in texts(app)


def test_where_nobody_acts_like_a_bot_nothing_is_said_of_it(open_page: Open, world: World) -> None:
    assert "like a bot" not in texts(open_page("people", world))


def test_a_person_is_found_by_a_part_of_a_handle(open_page: Open, world: World) -> None:
    app = open_page("people", world)
    app.text_input(key="find").set_value("kd").run()
    assert r"Kofi-dev \(github\:KD\)" in [link.proto.label for link in app.get("page_link")]
    app.text_input(key="find").set_value("%").run()
    assert "Nobody is called so" in texts(app)


def test_a_member_has_one_timeline_over_all_platforms(open_page: Open, world: World) -> None:
    world.decide("merge", KOFI, DEV)
    app = open_page("member", world, person=KOFI)
    assert app.header[0].value.startswith("Kofi")
    shown = numbers(app)
    assert shown["Member since"] == "3 Jan 2024"
    assert shown["Last took part"] == "21 May 2024"
    assert shown["Level now"] == "Occasional"
    [talks, timeline] = [frame.value for frame in app.dataframe][-2:]
    assert list(talks["name"]) == ["Ada"]
    assert (list(talks["they answered"]), list(talks["answered them"])) == ([0], [1])
    assert list(timeline["source"]) == ["github", "slack", "slack"]
    assert list(timeline["kind"]) == ["Issue", "Reply", "Message"]
    assert "decision 1 says so" in texts(app)


def test_a_link_to_an_account_leads_to_its_person(open_page: Open, world: World) -> None:
    world.decide("merge", KOFI, DEV)
    app = open_page("member", world, person=DEV)
    assert "2 accounts" in texts(app)


def test_an_account_that_is_not_there_is_no_error(open_page: Open) -> None:
    app = open_page("member", person="slack:nobody")
    assert app.header[0].value == "Which member?"
