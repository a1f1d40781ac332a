"""Before a dashboard is served: the secrets of signing in, and lists that lead nowhere."""

import stat
from pathlib import Path

import pytest

from pipelines import sign_in
from pipelines.settings import Settings, SettingsError, load

SECRETS = """
[auth]
redirect_uri = "https://vitals.example/oauth2callback"
cookie_secret = "0123456789abcdef"
[auth.google]
client_id = "made-up-client"
client_secret = "made-up-secret"
server_metadata_url = "https://id.example/.well-known/openid-configuration"
"""
ACCESS = '[access]\nprovider = "google"\nmanagers = ["ama@community.example"]\n'


def configured(folder: Path, access: str = ACCESS, secrets: str | None = SECRETS) -> Settings:
    """A configuration, with its file of secrets where there is one."""
    file = folder / "vitals.toml"
    file.write_text(f'[community]\nname = "Made Up"\n{access}', encoding="utf-8")
    settings = load(file)
    if secrets is not None:
        settings.secrets_path.parent.mkdir(exist_ok=True)
        settings.secrets_path.touch(0o600)
        settings.secrets_path.write_text(secrets, encoding="utf-8")
    return settings


def mistakes(settings: Settings) -> list[str]:
    """What is wrong with the file of secrets, without its name."""
    with pytest.raises(SettingsError) as caught:
        sign_in.check(settings)
    path = f"{settings.secrets_path}: "
    lines = str(caught.value).splitlines()
    assert all(line.startswith(path) for line in lines)
    assert "made-up" not in str(caught.value)
    return [line.removeprefix(path) for line in lines]


def test_it_says_where_people_come_back(tmp_path: Path) -> None:
    settings = configured(tmp_path)
    assert settings.secrets_path == tmp_path / ".streamlit" / "secrets.toml"
    assert sign_in.check(settings) == "vitals.example"
    assert sign_in.check(configured(tmp_path, "")) is None


def test_without_the_file_nobody_is_served(tmp_path: Path) -> None:
    [line] = mistakes(configured(tmp_path, secrets=None))
    assert line.startswith("there is no such file. It holds the secrets of signing in")


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("oauth2callback", "callback", "[auth] redirect_uri: write the dashboard's address"),
        ("https://vitals.example", "vitals.example", "[auth] redirect_uri: write the dashboard's"),
        ("0123456789abcdef", "0123456789abcde", "[auth] cookie_secret: write at least 16 random"),
        ("client_secret", "secret", "[auth.google] client_secret: this key is missing"),
        ("[auth.", "[", "[auth.google] client_id: this key is missing"),
        ("[auth]", "[auth", "it is not valid TOML"),
    ],
)
def test_every_mistake_in_the_file_is_said(
    tmp_path: Path, written: str, instead: str, said: str
) -> None:
    assert mistakes(configured(tmp_path, secrets=SECRETS.replace(written, instead)))[0].startswith(
        said
    )


def test_all_mistakes_at_once_and_for_each_provider(tmp_path: Path) -> None:
    access = ACCESS.replace('"google"', '["google", "keycloak"]')
    secrets = SECRETS.replace("redirect_uri", "x")
    lines = mistakes(configured(tmp_path, access, secrets))
    assert [line.partition(": ")[0] for line in lines] == [
        "[auth] redirect_uri",
        "[auth.keycloak] client_id",
        "[auth.keycloak] client_secret",
        "[auth.keycloak] server_metadata_url",
    ]


def test_the_file_is_its_owners_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = configured(tmp_path)
    settings.secrets_path.chmod(0o644)
    sign_in.check(settings)
    assert stat.S_IMODE(settings.secrets_path.stat().st_mode) == 0o600
    assert "was readable by others" in capsys.readouterr().err
    sign_in.check(settings)
    assert capsys.readouterr().err == ""


def test_a_file_of_somebody_else_that_others_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def barred(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    settings = configured(tmp_path)
    settings.secrets_path.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", barred)
    [line] = mistakes(settings)
    assert line == (
        f"it must be yours, and readable by you alone. Run: chmod 600 {settings.secrets_path}"
    )


SPONSORSHIP = """
[[sponsorships]]
sponsor = "Acme"
from = 2026-07-01
to = 2026-10-01
amount = 2500
currency = "EUR"
"""


@pytest.mark.parametrize(
    ("access", "said"),
    [
        ('[access]\nsponsors = { "Acme" = ["@acme.example"] }', "without a provider nobody signs"),
        (f'{ACCESS}sponsors = {{ "Acm" = ["@acme.example"] }}', "no sponsorship of 'Acm' yet"),
        (f'{ACCESS}sponsors = {{ "Acme" = ["@acme.example"] }}', ""),
    ],
)
def test_lists_that_lead_nowhere_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], access: str, said: str
) -> None:
    sign_in.check(configured(tmp_path, f"{access}\n{SPONSORSHIP}"))
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == bool(said)
