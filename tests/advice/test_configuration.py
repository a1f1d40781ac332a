"""What is advised about vitals.toml is done to the letter, and helps."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from pipelines.settings import SettingsError, load
from tests.support.hand_made.slack import SMALL, write_folder
from tests.support.in_process import Vitals
from tests.support.installations import Installation
from warehouse.landing import Run, write_run

COMMUNITY = '[community]\nname = "Made Up"\n'
SLACK = '[[sources]]\nname = "slack"\nkind = "slack"\n'
MEETUP = '[[sources]]\nname = "meetup"\nkind = "meetup"\n'
GITHUB = '[[sources]]\nname = "github"\nkind = "github"\n'
DISCORD = '[[sources]]\nname = "discord"\nkind = "discord"\n'
JWT = 'client_key = "c"\nmember_id = 1\nkey_id = "k"\nsigning_key = "env:VITALS_TEST_TOKEN"\n'
LITERAL = 'token = "xoxb-made-up"'

# What is wrong, the words of the advice, and the text that is put in place of another.
MISTAKES = {
    "an unknown key": (
        f"{COMMUNITY}nme = 3\n", r"community.nme: .*\. Remove it", "nme = 3\n", ""),
    "a misspelt key": (
        "[community]\nnme = 'A'\n", "nme: .* look for a misspelling", "nme", "name"),
    "a missing key": (
        f"{COMMUNITY}[[sources]]\nkind = 'slack'\n", "name: .* Add it", "kind", "name = 'x'\nkind"),
    "a time zone": (
        f"{COMMUNITY}timezone = 'Lagos'\n", "Write one like ([^ ]+) or UTC", "Lagos", r"\1"),
    "a kind": (
        f"{COMMUNITY}{SLACK}".replace('"slack"\n', '"slak"\n'), "Write one of: .*(slack)",
        '"slak"', r'"\1"'),
    "a name": (
        f"{COMMUNITY}{SLACK}".replace('"slack"', '"my chat"', 1),
        "Write it with letters, digits, - and _", "my chat", "my-chat_2"),
    "one name twice": (
        f"{COMMUNITY}{SLACK}{SLACK}", "Give each source its own name",
        f"{SLACK}{SLACK}", f"{SLACK}{SLACK}".replace('"slack"', '"second"', 1)),
    "one heading": (
        f"{COMMUNITY}{SLACK}".replace("[[sources]]", "[sources]"),
        r"write each source under its own (\[\[sources\]\]) heading", "[sources]", r"\1"),
    "no heading": (
        f"sources = ['slack']\n{COMMUNITY}", r"Write (\[\[sources\]\]) above its keys",
        f"sources = ['slack']\n{COMMUNITY}", COMMUNITY + r"\1\nname = 'slack'\nkind = 'slack'"),
    "a literal token": (
        f"{COMMUNITY}{SLACK}{LITERAL}\n", "Write (env:)NAME", "xoxb-made-up",
        r"\1VITALS_TEST_TOKEN"),
    "a repository": (
        f"{COMMUNITY}{GITHUB}repositories = ['repo']\n", r"Write (org/repo), or org/\*",
        "'repo'", r"'\1'"),
    "all repositories": (
        f"{COMMUNITY}{GITHUB}repositories = ['org']\n", r"or (org/\*) for all", "'org'", r"'\1'"),
    "a server": (
        f"{COMMUNITY}{DISCORD}server = 'mine'\n", "a number in quotes", "mine",
        "112233445566778899"),
    "a group": (
        f"{COMMUNITY}{MEETUP}groups = ['https://www.meetup.com/lagos-data/']\n",
        "Write what follows meetup.com/ in its address",
        "https://www.meetup.com/lagos-data/", "lagos-data"),
    "a key of the JWT flow": (
        f"{COMMUNITY}{MEETUP}groups = ['a']\n{JWT}".replace('key_id = "k"\n', ""),
        "lacks (key_id). Add it", "member_id", r'\1 = "k"' + "\nmember_id"),
    "a reference": (
        f"{COMMUNITY}{MEETUP}groups = ['a']\n{JWT}".replace('"c"', '"env:C"'),
        "Write it itself", "env:C", "c"),
    "two ways to a token": (
        f"{COMMUNITY}{MEETUP}groups = ['a']\n{JWT}token = 'env:VITALS_TEST_TOKEN'\n",
        "write either token, or", JWT, ""),
    "groups and a network": (
        f"{COMMUNITY}{MEETUP}groups = ['a']\nnetwork = 'b'\n",
        "write either groups", "network = 'b'\n", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "advice", "old", "new"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_mended_as_the_error_says(
    tmp_path: Path, text: str, advice: str, old: str, new: str
) -> None:
    path = tmp_path / "vitals.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(path)
    said = re.search(advice, str(caught.value))
    assert said, caught.value
    assert old in text
    path.write_text(text.replace(old, said.expand(new)), encoding="utf-8")
    load(path, tokens_of=[])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Ada and Bo on Slack; Ada wrote once."""
    place = Installation(tmp_path_factory.mktemp("built"))
    place.import_export(write_folder(place.folder / "export", SMALL))
    place.publish().close()
    return place


@pytest.fixture
def place(tmp_path: Path, built: Installation) -> Installation:
    place = Installation(tmp_path / "place")
    place.goes_on_from(built)
    return place


def rewrite(place: Installation, old: str, new: str) -> None:
    text = place.config.read_text()
    assert old in text
    place.config.write_text(text.replace(old, new))


ACTIVE = ("metric", "active_members", "--format", "csv")
NAME = 'name = "slack"'


def test_somebody_in_people_is_found_by_what_the_warning_asks_for(
    place: Installation, vitals: Vitals
) -> None:
    """The name of the source, a colon, and the account's id or handle."""
    rewrite(place, "[[sources]]", '[people]\nstaff = ["ada"]\nbots = ["slack:BO"]\n[[sources]]')
    said = vitals(place, "build")
    assert "[people]: no account is called ada. Write the name of the source, a colon" in said
    for name, other in (("ada", "slack:ada"), ("slack:ada", "slack:U1")):
        rewrite(place, f'"{name}"', f'"{other}"')
        assert "no account is called" not in vitals(place, "build")
        listed = vitals(place, "people", "list", "--format", "csv").splitlines()
        assert [row.split(",")[4] for row in listed[1:]] == ["True"]


def test_a_renamed_source_gets_its_old_name_back(place: Installation, vitals: Vitals) -> None:
    before = vitals(place, *ACTIVE)
    rewrite(place, NAME, 'name = "chat"')
    said = vitals(place, "build")
    [old] = re.findall(r"(\S+): \d+ landed records are not counted", said)
    assert "If it was renamed, give it its old name back" in said
    assert vitals(place, *ACTIVE) != before
    rewrite(place, 'name = "chat"', f'name = "{old}"')
    assert "not counted" not in vitals(place, "build")
    assert vitals(place, *ACTIVE) == before


def test_a_source_and_a_file_are_named_as_the_errors_say(
    place: Installation, vitals: Vitals, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = vitals(place, "sync", "slak", status=2)
    [name] = re.findall(r"The configured sources are: (\w+)", said)
    assert "passed over" in vitals(place, "sync", name)
    monkeypatch.chdir(place.folder.parent)
    moved = place.config.rename(place.folder / "other.toml")
    said = vitals(place, "status", status=2)
    assert "name yours with --config" in said
    assert "slack" in vitals(place, "status", "--config", str(moved))


def test_after_a_wrong_clock_it_is_run_twice(tmp_path: Path, vitals: Vitals) -> None:
    world, future = make_world(members=8, days=10), datetime(2099, 1, 1)
    with serve(world, Options(limits=False, platforms=("slack",))) as sandbox:
        place = Installation(tmp_path, sandbox)
        with place.warehouse.landing() as con:
            write_run(con, Run("slack", "sync", future, future, covered_to=future))
        said = vitals(place, "build")
        assert "ended on 2099-01-01 by a wrong clock" in said
        assert "see that the clock is right, and run it twice" in said
        for _ in range(2):
            said = vitals(place, "sync")
    assert "wrong clock" not in said
