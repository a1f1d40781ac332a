"""vitals.toml: every mistake at once, each with its file, its key and what to do."""

from pathlib import Path

import pytest

from connectors.sandbox.state import SANDBOX_TOKEN
from pipelines.settings import SettingsError, load

GOOD = """
[community]
name = "Made Up"
timezone = "Africa/Lagos"

[[sources]]
name = "slack"
kind = "slack"
token = "env:VITALS_TEST_TOKEN"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "vitals.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str, *, tokens_of: list[str] | None = None) -> list[str]:
    """The lines of the error; each begins with the file."""
    path = write(folder, text)
    with pytest.raises(SettingsError) as caught:
        load(path, tokens_of=tokens_of)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    return [line.removeprefix(f"{path}: ") for line in lines]


def test_a_good_one(tmp_path: Path) -> None:
    settings = load(write(tmp_path, GOOD), tokens_of=[])
    assert settings.community.timezone == "Africa/Lagos"
    assert settings.warehouse_path == (tmp_path / "data" / "vitals.duckdb").resolve()
    [source] = settings.sources
    assert source.token is not None
    assert source.token.get_secret_value() == SANDBOX_TOKEN
    assert SANDBOX_TOKEN not in repr(settings)


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    text = """
    [community]
    nme = "Made Up"
    timezone = "Africa/Lagoss"
    [privacy]
    store_txt = true
    min_group_size = "five"
    [[sources]]
    name = "slack"
    kind = "slack"
    token = "xoxb-1234-literal"
    tokn = "xoxb-5678-literal"
    [[sources]]
    name = "slack"
    kind = "slack"
    token = "env:NO_SUCH_VARIABLE"
    [[sources]]
    name = "chat"
    kind = "slak"
    """
    found = "\n".join(mistakes(tmp_path, text))
    for words in (
        "community.name: this key is missing",
        "community.nme: this key is not known",
        "'Africa/Lagoss' is no time zone. Write one like",
        "privacy.store_txt: this key is not known",
        "privacy.min_group_size: ",
        "[[sources]] slack: token: a secret does not belong in this file. Write env:NAME",
        "[[sources]] slack: tokn: this key is not known",
        "'slak' is not known. Write one of: ",
        "NO_SUCH_VARIABLE is not set. Set it: export NO_SUCH_VARIABLE=",
    ):
        assert words in found
    assert "literal" not in found


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('timezone = "Africa/Lagos"', 'timezone = ""', "is no time zone"),
        ('timezone = "Africa/Lagos"', "timezone = 3", "community.timezone"),
        ('name = "Made Up"', 'name = ""', "community.name"),
        ('name = "slack"', 'name = "a/b"', "Write it with letters, digits, - and _"),
        ('name = "slack"', 'name = "../x"', "Write it with letters, digits, - and _"),
        ('name = "slack"', 'name = "a:b"', "Write it with letters, digits, - and _"),
        ('name = "slack"', "", "name: this key is missing"),
        ("[[sources]]", "[sources]", "[[sources]] heading"),
        ("[community]", "[comunity]", "comunity: this key is not known"),
        ('"env:VITALS_TEST_TOKEN"', '"env:"', "env:NAME"),
        ('"env:VITALS_TEST_TOKEN"', "12345", "env:NAME"),
        ('"env:VITALS_TEST_TOKEN"', '""', "env:NAME"),
    ],
)
def test_one_mistake(tmp_path: Path, before: str, after: str, words: str) -> None:
    assert before in GOOD
    assert any(words in line for line in mistakes(tmp_path, GOOD.replace(before, after, 1)))


def test_a_name_is_taken_even_by_a_source_with_another_mistake(tmp_path: Path) -> None:
    second = '[[sources]]\nname = "slack"\nkind = "slak"\n'
    found = mistakes(tmp_path, GOOD + second)
    assert any("'slack' is used twice" in line for line in found)
    assert any("'slak' is not known" in line for line in found)


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    [line] = mistakes(tmp_path, GOOD + "[privacy\n")
    assert "not valid TOML" in line
    assert "line" in line


def test_a_missing_variable_matters_to_a_sync_of_its_source_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VITALS_TEST_TOKEN")
    monkeypatch.setenv("OTHER_TOKEN", "made-up")
    other = GOOD[GOOD.index("[[sources]]") :].replace("slack", "other", 1)
    path = write(tmp_path, GOOD + other.replace("VITALS_TEST_TOKEN", "OTHER_TOKEN"))
    for settings in (load(path), load(path, tokens_of=["other"])):
        assert [source.has_credentials for source in settings.sources] == [True, True]
    for asked in (["slack"], []):
        [line] = mistakes(tmp_path, path.read_text(), tokens_of=asked)
        assert line.startswith("[[sources]] slack: token: the variable VITALS_TEST_TOKEN is not")


def test_the_file_is_found_by_option_variable_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("option", "variable", "place"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, GOOD.replace("Made Up", name))
    monkeypatch.chdir(tmp_path / "place")
    assert load().community.name == "place"
    monkeypatch.setenv("VITALS_CONFIG", str(tmp_path / "variable" / "vitals.toml"))
    assert load().community.name == "variable"
    assert load(tmp_path / "option" / "vitals.toml").community.name == "option"


def test_no_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no such file\. Run `vitals init`"):
        load(tmp_path / "vitals.toml")


def test_an_unknown_source_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no source called 'slak'.* are: slack"):
        load(write(tmp_path, GOOD)).source("slak")
