"""Meetup's tokens, given or signed for, and their keys in vitals.toml."""

import hashlib
import traceback
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import jwt
import pytest
from typer.testing import CliRunner

from connectors.base import Context, Denied, SourceError
from connectors.meetup.sandbox.token import CLIENT_KEY, KEY_ID, MEMBER_ID, Tokens
from connectors.meetup.token import SignedTokens, Signer, _assertion
from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from pipelines import steps
from pipelines.cli import app
from pipelines.settings import SettingsError, load
from tests.support.installations import Installation
from tests.support.installations.meetup import MeetupInstallation
from tests.support.sandbox.meetup import PlainMeetup, new_key
from tests.support.tiny.meetup import TinyMeetup

PEM, PUBLIC = new_key()
JWT = f"""client_key = "{CLIENT_KEY}"
member_id = {MEMBER_ID}
key_id = "{KEY_ID}"
signing_key = "env:VITALS_TEST_KEY"
"""
SIGNER = Signer(CLIENT_KEY, MEMBER_ID, KEY_ID, PEM)


@pytest.fixture
def sandbox() -> Iterator[Running]:
    """A sandbox of the past, which knows the key of a client."""
    world = make_world(members=20, days=60, end=date(2020, 6, 1))
    with serve(world, Options(limits=False, platforms=("meetup",))) as running:
        running.set_token(signing_key=PUBLIC)
        yield running


@pytest.fixture
def signed(tmp_path: Path, sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A source that signs for tokens; its key has its line ends written out."""
    monkeypatch.setenv("VITALS_TEST_KEY", PEM.replace("\n", "\\n"))
    return Installation(tmp_path, sandbox, kind="meetup", token=JWT)


def calls(sandbox: Running) -> tuple[int, int]:
    """How many tokens and how many queries were asked for."""
    requests = sandbox.stats()["requests"]
    return requests["meetup/access"], requests["meetup/gql-ext"]


def test_a_signature_brings_a_token_that_is_nowhere_on_disk(
    signed: Installation, sandbox: Running
) -> None:
    signed.sync()
    tokens, queries = calls(sandbox)
    assert tokens == 1
    assert signed.counts()["groups"] == 2
    assert signed.rows("select requests from raw.runs") == [(tokens + queries,)]
    token = hashlib.sha256(b"a7/1").hexdigest()
    assert PlainMeetup(sandbox, token).data("{ self { id } }"), "this is the token"
    for path in signed.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert token.encode() not in content
        assert PEM.splitlines()[1].encode() not in content


def test_a_token_that_ends_on_the_way_is_renewed(
    signed: Installation, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_good = iter([True, True, False])
    monkeypatch.setattr(Tokens, "is_good", lambda *_: next(is_good, True))
    signed.sync()
    assert calls(sandbox)[0] == 2
    assert signed.counts()["groups"] == 2


def test_a_token_is_renewed_before_it_ends(sandbox: Running) -> None:
    clock = [0.0]
    context = Context("meetup", str, clock=lambda: clock[0])
    tokens = SignedTokens(f"{sandbox.meetup_url}/oauth2/access", SIGNER, context)
    found = []
    for clock[0] in (0.0, 3539.0, 3541.0, 3600.0):
        found.append(tokens.current())
    assert found[0] == found[1] != found[2] == found[3]


def test_an_assertion_is_good_for_two_minutes() -> None:
    text = _assertion(SIGNER, 1000, "here")
    claims = jwt.decode(text, PUBLIC, ["RS256"], options={"verify_signature": False})
    assert claims["exp"] == 1120


def test_a_refused_token_is_asked_with_once(place: MeetupInstallation, tiny: TinyMeetup) -> None:
    tiny.oddities = [(401, b"{}")] * 2
    with pytest.raises(Denied, match=r"refuses the token.*Make a new token"):
        place.sync()
    assert tiny.asked == ["Pulses"]


def test_a_token_that_is_refused_anew_is_renewed_once(
    signed: Installation, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tokens, "is_good", lambda *_: False)
    with pytest.raises(Denied, match="refuses the token"):
        signed.sync()
    assert calls(sandbox) == (2, 2)


def test_a_key_that_is_none_and_a_key_of_another(
    signed: Installation, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.set_token(signing_key=PUBLIC.replace("A", "B"))
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
    signed: Installation, sandbox: Running
) -> None:
    sandbox.advance(days=7300)
    signed.sync()
    assert calls(sandbox)[0] == 2
    assert signed.counts()["groups"] == 2


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
    tiny.oddities = [(200, body)] * 10
    context = Context("meetup", str, sleep=lambda seconds: None)
    with pytest.raises(SourceError) as caught:
        SignedTokens(f"{tiny.url}/oauth2/access", SIGNER, context).current()
    shown = "".join(traceback.format_exception(caught.value))
    assert "made-up-secret" not in shown


def test_a_source_with_a_key_has_credentials(
    signed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert steps.with_token(signed.settings, []) == (["meetup"], [])
    monkeypatch.delenv("VITALS_TEST_KEY")
    assert steps.with_token(load(signed.config), []) == (["meetup"], []), (
        "its value alone is missing"
    )
    with pytest.raises(SettingsError, match="signing_key: the variable VITALS_TEST_KEY is not set"):
        load(signed.config, tokens_of=[])


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
    assert steps.with_token(load(config, tokens_of=[]), []) == ([], ["m"])


def test_init_asks_for_groups_and_writes_what_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEETUP_TOKEN", "made-up")
    given = "Made Up\nUTC\nn\nn\ny\nn\nlagos-data, abuja-data\n"
    done = CliRunner().invoke(app, ["init"], input=given)
    assert done.exit_code == 0, done.output
    [source] = load(tmp_path / "vitals.toml", tokens_of=[]).sources
    assert source.model_dump()["groups"] == ["lagos-data", "abuja-data"]
    assert source.has_credentials
    assert "www.meetup.com/api/oauth/list" in done.output
    assert "?:" not in done.output
