"""Meetup's tokens, given or signed for, and their keys in vitals.toml."""

import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner

from connectors.base import Context, Denied, SourceError
from connectors.meetup.sandbox.token import CLIENT_KEY, KEY_ID, MEMBER_ID
from connectors.meetup.token import SignedTokens, Signer
from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import SANDBOX_TOKEN, Options
from pipelines import steps
from pipelines.cli import app
from pipelines.settings import SettingsError, load
from tests.support.places import TOKEN_VARIABLE, Place
from tests.support.places.meetup import MeetupPlace, tiny_world
from tests.support.tiny.meetup import TinyMeetup, serving

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
).decode()
PUBLIC = (
    PRIVATE.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
JWT = """client_key = "made-up-client"
member_id = 77
key_id = "made-up-key"
signing_key = "env:VITALS_TEST_KEY"
"""
SANDBOX_JWT = f"""client_key = "{CLIENT_KEY}"
member_id = "{MEMBER_ID}"
key_id = "{KEY_ID}"
signing_key = "env:VITALS_TEST_KEY"
"""


@pytest.fixture
def tiny() -> Iterator[TinyMeetup]:
    with serving(tiny_world()) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, tiny: TinyMeetup) -> MeetupPlace:
    return MeetupPlace(tmp_path, tiny)


@pytest.fixture
def signed(tmp_path: Path, tiny: TinyMeetup, monkeypatch: pytest.MonkeyPatch) -> MeetupPlace:
    """A source that signs for tokens; its key has its line ends written out."""
    monkeypatch.setenv("VITALS_TEST_KEY", PEM.replace("\n", "\\n"))
    tiny.public_key = PUBLIC
    return MeetupPlace(tmp_path, tiny, token=JWT)


def test_a_signature_brings_a_token_that_is_nowhere_on_disk(
    signed: MeetupPlace, tiny: TinyMeetup
) -> None:
    signed.sync()
    assert tiny.asked.count("token") == 1
    assert signed.counts()["rsvps"] == 6
    assert signed.rows("select requests from raw.runs") == [(len(tiny.asked),)]
    for path in signed.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert b"granted-" not in content
        assert PEM.splitlines()[1].encode() not in content


def test_a_token_that_ends_on_the_way_is_renewed(signed: MeetupPlace, tiny: TinyMeetup) -> None:
    def end_tokens(name: str, body: dict[str, Any]) -> None:
        if name == "Members":
            tiny.tokens = dict.fromkeys(tiny.tokens, tiny.now)

    tiny.alter = end_tokens
    signed.sync()
    assert tiny.asked.count("token") == 2
    assert signed.counts()["rsvps"] == 6


def test_a_token_is_renewed_before_it_ends(tiny: TinyMeetup) -> None:
    tiny.public_key = PUBLIC
    clock = [0.0]
    context = Context("meetup", str, clock=lambda: clock[0])
    signer = Signer("made-up-client", "77", "made-up-key", PEM)
    tokens = SignedTokens(f"{tiny.url}/oauth2/access", signer, context)
    found = []
    for now in (0.0, 3539.0, 3541.0, 3600.0):
        clock[0] = now
        found.append(tokens.current())
    assert found == ["granted-0", "granted-0", "granted-1", "granted-1"]


def test_the_assertion_is_what_meetup_asks_for(
    signed: MeetupPlace, tiny: TinyMeetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    grant = tiny.grant

    def keep(form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        text = form["assertion"][0]
        seen.append(jwt.get_unverified_header(text) | {"grant": form["grant_type"][0]})
        seen.append(jwt.decode(text, PUBLIC, ["RS256"], audience="api.meetup.com"))
        return grant(form)

    monkeypatch.setattr(tiny, "grant", keep)
    signed.sync()
    assert seen[0] == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": "made-up-key",
        "grant": "urn:ietf:params:oauth:grant-type:jwt-bearer",
    }
    assert (seen[1]["sub"], seen[1]["iss"]) == ("77", "made-up-client")
    assert 60 < seen[1]["exp"] - time.time() <= 120


def test_a_refused_token_is_asked_with_once(place: MeetupPlace, tiny: TinyMeetup) -> None:
    tiny.is_revoked = True
    with pytest.raises(Denied, match=r"refuses the token.*Make a new token") as caught:
        place.sync()
    assert tiny.asked == ["Groups"]
    assert SANDBOX_TOKEN not in str(caught.value)


def test_a_token_that_is_refused_anew_is_renewed_once(
    signed: MeetupPlace, tiny: TinyMeetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "admits", lambda header: False)
    with pytest.raises(Denied, match="refuses the token"):
        signed.sync()
    assert tiny.asked == ["token", "Groups", "token", "Groups"]


def test_a_key_that_is_none_and_a_key_of_another(
    signed: MeetupPlace, tiny: TinyMeetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.public_key = PUBLIC.replace("A", "B")
    with pytest.raises(Denied, match=r"gives no token \(invalid_grant\).*Check client_key"):
        signed.sync()
    monkeypatch.setenv("VITALS_TEST_KEY", "-----BEGIN made-up-secret-----")
    signed.settings = load(signed.config)
    with pytest.raises(Denied, match="not an RSA private key") as caught:
        signed.sync()
    seen, error = "", caught.value
    while error is not None:
        seen, error = f"{seen}{error!r}{error}", error.__cause__
    assert "made-up-secret" not in seen


def test_a_machine_whose_clock_is_behind_gets_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VITALS_TEST_KEY", PEM)
    options = Options(limits=False, platforms=("meetup",))
    with serve(make_world(members=20, days=60), options) as sandbox:
        sandbox.set_token(signing_key=PUBLIC)
        sandbox.advance(days=3650)
        place = Place(tmp_path, sandbox, kind="meetup")
        text = place.config.read_text(encoding="utf-8")
        text = text.replace(f'token = "env:{TOKEN_VARIABLE}"\n', SANDBOX_JWT)
        place.config.write_text(text, encoding="utf-8")
        place.settings = load(place.config, with_tokens=True)
        place.sync()
        assert sandbox.stats()["requests"]["meetup/access"] == 2
    assert place.counts()["groups"] == 2


@pytest.mark.parametrize(
    "body",
    [
        b'{"access_token": "made-up-secret", "expires_in": 36',
        b'{"access_token": ["made-up-secret"]}',
        b'{"access_token": "a", "expires_in": "made-up-secret"}',
        b"made-up-secret",
    ],
)
def test_a_token_that_cannot_be_read_is_not_quoted(tiny: TinyMeetup, body: bytes) -> None:
    tiny.token_response = body
    context = Context("meetup", str, sleep=lambda seconds: None)
    signer = Signer("made-up-client", "77", "made-up-key", PEM)
    with pytest.raises(SourceError) as caught:
        SignedTokens(f"{tiny.url}/oauth2/access", signer, context).current()
    shown = "".join(traceback.format_exception(caught.value))
    assert "made-up-secret" not in shown


def test_a_source_with_a_key_has_credentials(
    signed: MeetupPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert steps.with_token(signed.settings, []) == (["meetup"], [])
    monkeypatch.delenv("VITALS_TEST_KEY")
    assert steps.with_token(load(signed.config), []) == ([], ["meetup"])
    with pytest.raises(SettingsError, match="signing_key: the variable VITALS_TEST_KEY is not set"):
        load(signed.config, with_tokens=True)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (
            'token = "env:VITALS_TEST_TOKEN"',
            '[[sources]] meetup: write either groups = ["…"] or network',
        ),
        ('groups = ["a"]\nnetwork = "b"', 'write either groups = ["…"] or network'),
        ('groups = ["https://www.meetup.com/a"]', "Write what follows meetup.com/"),
        ('groups = ["a"]\nclient_key = "c"', "the JWT flow lacks member_id, signing_key, key_id"),
        ('groups = ["a"]\nsigning_key = "----BEGIN"', "a secret does not belong in this file"),
        ('groups = ["a"]\nclient_key = "env:C"', "client_key: it is no secret. Write it itself"),
        (
            f'groups = ["a"]\ntoken = "env:VITALS_TEST_TOKEN"\n{JWT}',
            "write either token, or client_key, member_id, signing_key, key_id",
        ),
    ],
)
def test_mistakes_in_the_configuration(tmp_path: Path, keys: str, words: str) -> None:
    config = tmp_path / "vitals.toml"
    source = f'[[sources]]\nname = "meetup"\nkind = "meetup"\n{keys}\n'
    config.write_text(f'[community]\nname = "Made Up"\n{source}', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(config)
    assert f"{config}: [[sources]] meetup: " in str(caught.value)
    assert words in str(caught.value)
    assert "----BEGIN" not in str(caught.value)


def test_a_source_for_files_alone_names_no_group(tmp_path: Path) -> None:
    config = tmp_path / "vitals.toml"
    config.write_text('[community]\nname = "Made Up"\n[[sources]]\nname = "m"\nkind = "meetup"\n')
    assert steps.with_token(load(config, with_tokens=True), []) == ([], ["m"])


def test_init_asks_for_groups_and_writes_what_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEETUP_TOKEN", "made-up")
    given = "Made Up\nUTC\nn\nn\ny\nn\nlagos-data, abuja-data\n"
    done = CliRunner().invoke(app, ["init"], input=given)
    assert done.exit_code == 0, done.output
    [source] = load(tmp_path / "vitals.toml", with_tokens=True).sources
    assert source.model_dump()["groups"] == ["lagos-data", "abuja-data"]
    assert source.has_credentials
    assert "www.meetup.com/api/oauth/list" in done.output
    assert "?:" not in done.output
