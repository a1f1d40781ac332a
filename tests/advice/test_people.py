"""What is advised about who is who is done to the letter, and helps."""

import json
import re
from pathlib import Path

import pytest

from pipelines.people import decisions, preview
from pipelines.settings import SettingsError
from tests.support.hand_made.slack import ADA, BO, CEM, THREE, write_folder
from tests.support.in_process import Vitals
from tests.support.installations import Installation

HELPER = {"id": "U4", "name": "helper", "team_id": "T1", "is_bot": True}
FILES = THREE | {
    "users.json": [ADA, BO, CEM, HELPER],
    "general/2024-05-02.json": [{"ts": "1714636800.000100", "user": "U4", "text": "…"}],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Ada, Bo and Cem, who all wrote on Slack, and a bot."""
    place = Installation(tmp_path_factory.mktemp("built"))
    place.import_export(write_folder(place.folder / "export", FILES))
    place.publish().close()
    return place


@pytest.fixture
def place(tmp_path: Path, built: Installation) -> Installation:
    place = Installation(tmp_path / "place")
    place.goes_on_from(built)
    return place


def accounts(place: Installation, vitals: Vitals) -> list[list[str]]:
    """The accounts of every person."""
    said = vitals(place, "people", "list", "--format", "json")
    return [row["accounts"] for row in json.loads(said)]


def command_in(said: str) -> list[str]:
    """The arguments of the command that a message names."""
    [command] = re.findall(r"`vitals ([^`]+)`", said)
    return command.split()


MERGED, APART = [["slack:U1", "slack:U2"], ["slack:U3"]], [[f"slack:U{n}"] for n in (1, 2, 3)]


@pytest.mark.parametrize("wrong", ["slack:adda", "ada", "github:ada", "Ada", "slack:U11"])
def test_an_account_is_called_as_the_error_offers(
    built: Installation, vitals: Vitals, wrong: str
) -> None:
    said = vitals(built, "people", "merge", wrong, "slack:bo", status=2)
    [offered] = re.findall(f"no account is called '{wrong}'. Name one of: (.*)", said)
    assert "slack:U1" in vitals(built, "people", "show", offered.split(", ")[0], "--format", "json")


def test_of_several_accounts_of_a_name_one_is_named_by_its_id(
    place: Installation, vitals: Vitals, tmp_path: Path
) -> None:
    files = FILES | {"users.json": [ADA, BO | {"name": "ada"}, CEM]}
    export = str(write_folder(tmp_path / "newer", files))
    vitals(place, "import", "slack-export", export, "--source", "slack")
    said = vitals(place, "people", "show", "slack:ada", status=2)
    assert said.endswith(
        "several accounts are called 'slack:ada'. Name one of: slack:U1, slack:U2\n"
    )
    vitals(place, "people", "show", "slack:U2")


def test_where_there_is_no_account_something_is_imported_first(
    tmp_path: Path, vitals: Vitals
) -> None:
    place = Installation(tmp_path / "place")
    vitals(place, "build")
    said = vitals(place, "people", "show", "slack:ada", status=2)
    assert "no account is called 'slack:ada': there is none. Sync or import first" in said
    export = str(write_folder(tmp_path / "export", FILES))
    vitals(place, "import", "slack-export", export, "--source", "slack")
    vitals(place, "people", "show", "slack:ada")


def test_decisions_are_made_and_undone_in_the_way_that_is_said(
    place: Installation, vitals: Vitals
) -> None:
    """One after the other: of the same account, of people kept apart, taken back, not in force."""
    reject = ("people", "reject", "slack:ada", "--yes")
    said = vitals(place, *reject, "slack:U1", status=2)
    assert "are the same account. Name two different ones" in said
    vitals(place, *reject, "slack:U2")
    merge = ("people", "merge", "slack:ada", "slack:bo")
    undo = command_in(vitals(place, *merge, "--preview", status=2))
    assert undo == command_in(vitals(place, *merge, "--yes", status=2))
    vitals(place, *undo, "--yes")
    assert "persons" in vitals(place, *merge, "--preview")
    undo = command_in(vitals(place, *merge, "--yes"))
    assert accounts(place, vitals) == MERGED
    said = vitals(place, "people", "undo", "7", status=2)
    [number] = re.findall(r"decision 7 is not in force\. Decisions in force: (\d+);", said)
    assert undo == ["people", "undo", number]
    assert "merge" in vitals(place, *command_in(said))
    vitals(place, *undo, "--yes")
    assert accounts(place, vitals) == APART
    said = vitals(place, "people", "undo", status=2)
    assert "nothing can be undone. Decisions in force: none" in said


def test_somebody_is_forgotten_without_the_bot(place: Installation, vitals: Vitals) -> None:
    joined = '[[decisions]]\nwhat = "merge"\naccounts = ["slack:U1", "slack:U4"]\n'
    place.settings.people_path.write_text(joined)
    vitals(place, "build")
    said = vitals(place, "people", "forget", "slack:U1", "--yes", status=2)
    vitals(place, *command_in(said), "--yes")
    assert "slack: " in vitals(place, "people", "forget", "slack:U1", "--yes")
    assert accounts(place, vitals)[:2] == APART[1:]


def test_who_was_forgotten_is_taken_out_of_the_configuration(
    place: Installation, vitals: Vitals
) -> None:
    text = place.config.read_text()
    people = '[people]\nstaff = ["slack:U1"]\n'
    place.config.write_text(text.replace("[[sources]]", f"{people}[[sources]]"))
    forget = ("people", "forget", "slack:U1", "--yes")
    assert f"Remove the person from [people] in {place.config} by hand" in vitals(place, *forget)
    place.config.write_text(text)
    assert "was forgotten before" in vitals(place, *forget)
    assert "[people]" not in vitals(place, "build")


def test_a_decision_about_nobody_counts_once_there_is_somebody(
    place: Installation, vitals: Vitals, tmp_path: Path
) -> None:
    text = '[[decisions]]\nwhat = "merge"\naccounts = ["slack:U1", "slack:U9"]\n'
    place.settings.people_path.write_text(text)
    said = vitals(place, "build")
    assert "decision 1: no account is called slack:U9. It is kept, and counts once there is" in said
    files = FILES | {"users.json": [ADA, BO, CEM, HELPER, CEM | {"id": "U9", "name": "dee"}]}
    export = str(write_folder(tmp_path / "newer", files))
    vitals(place, "import", "slack-export", export, "--source", "slack")
    assert ["slack:U1", "slack:U9"] in accounts(place, vitals)


def test_after_somebody_elses_decision_the_command_is_run_again(
    place: Installation, vitals: Vitals
) -> None:
    theirs = decisions.next_decision([], "reject", ["slack:U1", "slack:U3"])

    def moved(*_: object) -> object:
        """Somebody else decides while this one is shown what would move."""
        decisions.write(place.settings, place.warehouse, theirs)
        return preview.COLUMNS.empty_table()

    merge = ("people", "merge", "slack:U1", "slack:U2", "--yes")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(preview, "moved", moved)
        said = vitals(place, *merge, status=2)
    assert "somebody else has decided something meanwhile" in said
    assert "reject" in vitals(place, *command_in(said))
    vitals(place, *merge)
    assert accounts(place, vitals) == MERGED


MERGE = '[[decisions]]\nwhat = "merge"\naccounts = ["slack:U1", "slack:U2"]\n'
SPLIT = '[[decisions]]\nnumber = 1\nwhat = "split"\naccounts = ["slack:U1"]\n'
UNDO = '[[decisions]]\nwhat = "undo"\nundoes = 1\n'

# What is wrong, the line of it, the words of the advice, and what is put in place of what.
MISTAKES = {
    "broken": (MERGE + "\n[[decisions]\n", 5, "it is not valid TOML", "[[decisions]\n", ""),
    "another table": ("[people]\n" + MERGE, None, r"people is not known", "[people]\n", ""),
    "no headings": ("decisions = 3\n", None, r"write each one under its own (\[\[decisions\]\])",
                    "decisions = 3", r"\1" + '\nwhat = "bot"\naccounts = ["slack:U4"]'),
    "no such act": (MERGE + "# Ours.\n" + MERGE.replace("merge", "join"), 5,
                    r"what: .*'(merge)'", "join", r"\1"),
    "an unknown key": (MERGE + "wy = 'they said so'\n", 1, r"wy: .* misspelling", "wy", "why"),
    "no act": (MERGE.replace("what", "why"), 1, r"what: .* Add it", "why", "what"),
    "one account": (MERGE + MERGE.replace(', "slack:U2"', ""), 4, "needs at least 2 different",
                    'accounts = ["slack:U1"]', 'accounts = ["slack:U1", "slack:U3"]'),
    "one number twice": (SPLIT + SPLIT, 5, r"number 1 is used twice\. Give one of them another",
                         "number = 1\nwhat = \"split\"\naccounts = [\"slack:U1\"]\n[[d",
                         "number = 2\nwhat = \"split\"\naccounts = [\"slack:U1\"]\n[[d"),
    "an undo of nothing": (UNDO.replace("undoes = 1\n", "") + MERGE, 1, "undoes: ",
                           'what = "undo"\n', 'what = "split"\naccounts = ["slack:U1"]\n'),
    "an undo of a later one": (MERGE + UNDO.replace("1", "3"), 4, "only undo one before it",
                               "undoes = 3", "undoes = 1"),
    "an undo of a missing one": (MERGE.replace("[[decisions]]", "[[decisions]]\nnumber = 5") + UNDO,
                                 5, "or name another", "undoes = 1", "undoes = 5"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "advice", "old", "new"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_decisions_is_mended_in_the_line_that_the_error_names(
    tmp_path: Path, text: str, line: int | None, advice: str, old: str, new: str
) -> None:
    place = Installation(tmp_path)
    path = place.settings.people_path
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        decisions.read(place.settings)
    found = re.search(advice, str(caught.value))
    assert found, caught.value
    assert str(caught.value).startswith(f"{path}: ")
    lines = re.findall(r"line (\d+)", str(caught.value))
    assert lines == ([str(line)] if line else []), caught.value
    assert old in text
    path.write_text(text.replace(old, found.expand(new)))
    assert decisions.read(place.settings)
