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


SPONSORSHIP = """
[[sponsorships]]
sponsor = "Acme"
from = 2026-07-01
to = 2026-10-01
groups = ["Makers Lagos"]
amount = 2500.50
currency = "EUR"
"""


def test_sponsorships_lie_in_the_configuration_or_in_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "sponsors.toml").write_text(SPONSORSHIP.replace("Acme", "Birch"))
    text = 'sponsors_file = "sponsors.toml"\n' + GOOD + SPONSORSHIP
    settings = load(write(tmp_path, text), tokens_of=None)
    assert [
        (given.sponsor, str(given.start), str(given.end), given.groups, str(given.amount))
        for given in settings.sponsorships
    ] == [
        ("Acme", "2026-07-01", "2026-10-01", ("Makers Lagos",), "2500.5"),
        ("Birch", "2026-07-01", "2026-10-01", ("Makers Lagos",), "2500.5"),
    ]


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('"EUR"', '"euro"', "currency: 'euro' is no currency. Write its three letters, like EUR"),
        ("2026-10-01", "2026-07-01", "`to` is the first day after it, so it must be later than"),
        ("2500.50", "-1", "amount: Input should be greater than or equal to 0"),
        ('groups = ["Makers Lagos"]', 'sources = ["x"]', "sources: 'x' is no source of this"),
        ("2026-07-01", '"soon"', "from: Input should be a valid date"),
    ],
)
def test_a_mistake_in_a_sponsorship(tmp_path: Path, written: str, instead: str, said: str) -> None:
    [line] = mistakes(tmp_path, GOOD + SPONSORSHIP.replace(written, instead), tokens_of=[])
    assert line.startswith("[[sponsorships]] 1")
    assert said in line


def test_a_file_of_sponsors_that_cannot_be_read(tmp_path: Path) -> None:
    text = 'sponsors_file = "sponsors.toml"\n' + GOOD
    [line] = mistakes(tmp_path, text, tokens_of=[])
    assert line == "sponsors_file: sponsors.toml cannot be read: No such file or directory"
    (tmp_path / "sponsors.toml").write_text("amount = 1\n[[sponsorships]]\n")
    lines = mistakes(tmp_path, text, tokens_of=[])
    assert lines[0].startswith("sponsors.toml: amount: this key is not known")
    assert lines[1].startswith("sponsors.toml: [[sponsorships]] 1: sponsor: this key is missing")


ACCESS = """
[access]
provider = "google"
managers = ["ama@community.example", "@community.example"]
organisers = ["kofi@community.example", "group:team"]
sponsors = { "Acme" = ["@acme.example"] }
public = "nothing"
"""


def test_who_may_see_what(tmp_path: Path) -> None:
    access = load(write(tmp_path, GOOD + ACCESS)).access
    assert access.provider == ("google",)
    assert access.managers == ("ama@community.example", "@community.example")
    assert access.sponsors == {"Acme": ("@acme.example",)}
    several = ACCESS.replace('"google"', '["google", "keycloak"]')
    assert load(write(tmp_path, GOOD + several)).access.provider == ("google", "keycloak")
    assert not load(write(tmp_path, GOOD)).access.is_open


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('"ama@community.example"', '"ama"', "access.managers.0: write an address"),
        ('"@acme.example"', '"acme.example"', "access.sponsors.Acme.0: write an address"),
        ('"group:team"', '"team"', "access.organisers.1: write an address"),
        ('public = "nothing"', 'public = "all"', "access.public: Input should be 'nothing'"),
        ('"google"', '"my_google"', "access.provider.0: write the name of a section"),
        ('"google"', "7", "access.provider: Input should be a valid tuple"),
        ("organisers", "organizers", "access.organizers: this key is not known"),
        ('[ "@acme.example"]', "7", "access.sponsors.Acme: Input should be a valid tuple"),
    ],
)
def test_a_mistake_in_who_may_see_what(
    tmp_path: Path, written: str, instead: str, said: str
) -> None:
    text = ACCESS.replace('["@acme', '[ "@acme').replace(written, instead)
    [line] = mistakes(tmp_path, GOOD + text)
    assert line.startswith(said)
    assert "@community.example" not in line.replace("(ama@community.example)", "").replace(
        "(@community.example)", ""
    )
