"""Interruptions, limits, tokens that end, and a Meetup that is not what it was."""

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from meetup_places import MeetupPlace, tiny_world
from tiny_meetup import TinyMeetup, event, group, member, rsvp, serving

from connectors.base import Changed, Context, Denied, Retryable, SourceError
from connectors.meetup_api import GAP_SECONDS, PER_MINUTE, MeetupApi, PointsPacer
from connectors.meetup_token import GivenToken, SignedTokens, Signer
from connectors.sandbox.state import SANDBOX_TOKEN
from pipelines import steps
from pipelines.settings import SettingsError, load

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
JWT = (
    'client_key = "made-up-client"\nmember_id = 77\nkey_id = "made-up-key"\n'
    'signing_key = "env:VITALS_TEST_KEY"'
)
HTML = b"<!DOCTYPE html><html><body>Gone fishing</body></html>"


@pytest.fixture
def tiny() -> Iterator[TinyMeetup]:
    with serving(tiny_world()) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, tiny: TinyMeetup) -> MeetupPlace:
    return MeetupPlace(tmp_path, tiny)


@pytest.fixture
def signed(tmp_path: Path, tiny: TinyMeetup, monkeypatch: pytest.MonkeyPatch) -> MeetupPlace:
    """A place whose tokens are had for a signature; its key has its line ends written out."""
    monkeypatch.setenv("VITALS_TEST_KEY", PEM.replace("\n", "\\n"))
    tiny.public_key = PUBLIC
    return MeetupPlace(tmp_path, tiny, token=JWT)


# Interruption.


def wide_world() -> TinyMeetup:
    """Two groups, sixty events each, some with RSVPs."""
    groups = {}
    for number in (1, 2):
        made = group(number, f"group-{number}")
        made["members"] = [member(n, f"2025-{n % 12 + 1:02}-05") for n in range(1, 230)]
        made["events"] = [
            event(n + 100 * number, f"2025-{n // 28 + 1:02}-{n % 28 + 1:02}") for n in range(60)
        ]
        for n in range(0, 60, 6):
            made["events"][n]["rsvps"] = [rsvp(1000 * number + n, n + 1)]
        groups[f"group-{number}"] = made
    return TinyMeetup(groups)


def test_an_interrupted_sync_goes_on_where_it_stopped(tmp_path: Path) -> None:
    keys = 'groups = ["group-1", "group-2"]'
    with serving(wide_world()) as tiny:
        whole = MeetupPlace(tmp_path / "whole", tiny, keys)
        requests = whole.sync().requests
        for cut in range(1, requests, 7):
            place = MeetupPlace(tmp_path / str(cut), tiny, keys)
            tiny.asked.clear()
            tiny.breaks_after = cut
            with pytest.raises(Retryable):
                place.sync()
            assert place.raw()
            tiny.asked.clear()
            tiny.breaks_after = None
            place.sync()
            assert place.raw() == whole.raw()
            assert len(tiny.asked) <= requests - cut + 5, "what a walk that began anew costs"
            tiny.asked.clear()
            place.sync()
            assert tiny.asked == ["Pulses"], "and nothing was left out"


# Limits, on a clock that waiting moves.


def test_the_limit_of_points_is_waited_for(place: MeetupPlace, tiny: TinyMeetup) -> None:
    tiny.points = 4
    synced = place.sync()
    assert place.counts() == {"groups": 1, "members": 3, "events": 3, "rsvps": 6}
    assert synced.waited_seconds == pytest.approx(60, abs=2)
    assert any("asks to wait 60 s" in warning for warning in place.warnings)


@pytest.mark.parametrize("reset_at", [None, "soon", 5])
def test_a_limit_without_a_time_is_a_minute(
    place: MeetupPlace, tiny: TinyMeetup, reset_at: object
) -> None:
    extensions = {"code": "RATE_LIMITED", "resetAt": reset_at}
    problem = {"message": "Too many requests", "extensions": extensions}
    tiny.oddities = [(200, json.dumps({"errors": [problem]}).encode())]
    assert place.sync().waited_seconds == pytest.approx(60, abs=2)


def test_points_are_kept_under_and_meetup_itself_gets_a_rest() -> None:
    pacer, now, calls = PointsPacer(GAP_SECONDS), 0.0, []
    while now < 120:
        now += pacer.delay("gql-ext", None, now)
        calls.append(now)
        pacer.note("gql-ext", None, now)
    gaps = [then - first for first, then in pairwise(calls)]
    assert min(gaps) >= 0.25
    pacer, now = PointsPacer(0.0), 0.0
    for _ in range(PER_MINUTE):
        assert pacer.delay("gql-ext", None, now) == 0
        pacer.note("gql-ext", None, now)
    assert pacer.delay("gql-ext", None, now) == pytest.approx(60, abs=1)


@pytest.mark.parametrize(
    ("url", "gap"),
    [
        ("https://api.meetup.com/gql-ext", GAP_SECONDS),
        ("https://notmeetup.com/gql-ext", 0),
        ("http://127.0.0.1:1/meetup/api/gql-ext", 0),
    ],
)
def test_only_meetup_itself_gets_a_rest(url: str, gap: float) -> None:
    api = MeetupApi(url, GivenToken("made-up"), Context("meetup", str))
    pacer = api._client._pacer
    pacer.note("gql-ext", None, 10.0)
    assert pacer.delay("gql-ext", None, 10.0) == gap


def test_faults_are_survived(place: MeetupPlace, tiny: TinyMeetup) -> None:
    half = b'{"data": {"g0": '
    fault = {"message": "Exception while fetching data", "path": ["g0"]}
    fault["extensions"] = {"classification": "DataFetchingException"}  # type: ignore[assignment]
    partial = json.dumps({"data": {"g0": None}, "errors": [fault]}).encode()
    tiny.oddities = [
        (503, HTML),
        (200, HTML),
        (200, half),
        (200, b'{"data": null}'),
        (200, partial),
    ]
    place.sync()
    assert place.counts()["rsvps"] == 6


# Tokens.


def test_a_token_is_had_for_a_signature_and_is_nowhere_on_disk(
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
    ask = tiny.ask

    def ending(question: dict[str, Any]) -> dict[str, Any]:
        if "Members" in question["query"]:
            tiny.tokens = dict.fromkeys(tiny.tokens, tiny.now)
        return ask(question)

    tiny.ask = ending  # type: ignore[method-assign]
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
    assert tiny.asked == ["Pulses"]
    assert SANDBOX_TOKEN not in str(caught.value)


def test_a_token_that_is_refused_anew_is_renewed_once(
    signed: MeetupPlace, tiny: TinyMeetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "admits", lambda header: False)
    with pytest.raises(Denied, match="refuses the token"):
        signed.sync()
    assert tiny.asked == ["token", "Pulses", "token", "Pulses"]


def test_a_key_that_is_none_and_a_key_of_another(
    signed: MeetupPlace, tiny: TinyMeetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.public_key = PUBLIC.replace("A", "B")
    with pytest.raises(Denied, match=r"gives no token \(invalid_grant\).*Check client_key"):
        signed.sync()
    monkeypatch.setenv("VITALS_TEST_KEY", "-----BEGIN made-up-secret-----")
    signed.settings = load(signed.config)
    with pytest.raises(Denied, match="no RSA private key") as caught:
        signed.sync()
    seen, error = "", caught.value
    while error is not None:
        seen, error = f"{seen}{error!r}{error}", error.__cause__
    assert "made-up-secret" not in seen


def test_a_source_with_a_key_has_credentials(
    signed: MeetupPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert steps.with_token(signed.settings, []) == (["meetup"], [])
    monkeypatch.delenv("VITALS_TEST_KEY")
    assert steps.with_token(load(signed.config), []) == ([], ["meetup"])
    with pytest.raises(SettingsError, match="signing_key: the variable VITALS_TEST_KEY is not set"):
        load(signed.config, with_tokens=True)


# A Meetup that is not what it was.


@pytest.mark.parametrize(
    ("status", "body"),
    [(410, b""), (410, HTML), (404, HTML), (404, b'{"message": "not found"}')],
)
def test_a_sunset_is_said_at_once(
    place: MeetupPlace, tiny: TinyMeetup, status: int, body: bytes
) -> None:
    tiny.oddities = [(status, body)]
    with pytest.raises(Denied, match=r"switched this API off.*vitals import meetup-members"):
        place.sync()
    assert len(tiny.asked) == 1


def test_a_web_page_that_stays_is_a_sunset(place: MeetupPlace, tiny: TinyMeetup) -> None:
    tiny.oddities = [(200, HTML)] * 10
    with pytest.raises(Denied, match="switched this API off"):
        place.sync()


def test_a_changed_schema_is_one_clear_message(place: MeetupPlace, tiny: TinyMeetup) -> None:
    message = (
        "Validation error (FieldUndefined@[groupByUrlname/events]): Field 'events' is undefined"
    )
    problem = {"message": message, "extensions": {"classification": "ValidationError"}}
    tiny.oddities = [(200, json.dumps({"errors": [problem] * 3}).encode())]
    with pytest.raises(Changed) as caught:
        place.sync()
    assert str(caught.value) == (
        f"Meetup changed its schema: {message} [meetup, groups, HTTP 200]. Update Community Vitals"
    )
    assert len(tiny.asked) == 1


def drop(answer: Any, path: str) -> None:
    *way, last = path.split(".")
    for step in way:
        answer = answer[int(step) if step.isdigit() else step]
    answer[last] = None


@pytest.mark.parametrize(
    ("operation", "path", "words"),
    [
        ("Pulses", "g0.name", "name"),
        ("Pulses", "g0.events.edges", "edges"),
        ("Events", "groupByUrlname.events.edges.0.node.token", "token"),
        ("Events", "groupByUrlname.events.edges.0.node.status", "status"),
        ("Members", "groupByUrlname.members.edges.0.node.id", "id"),
        ("Answers", "event.rsvps.edges.0.node.status", "status"),
        ("Answers", "event.rsvps.edges.0.node.member", "member"),
    ],
)
def test_a_null_where_a_value_must_be_is_named_with_its_path(
    place: MeetupPlace, tiny: TinyMeetup, operation: str, path: str, words: str
) -> None:
    ask = tiny.ask

    def holed(question: dict[str, Any]) -> dict[str, Any]:
        answer = ask(question)
        if f"query {operation}(" in question["query"]:
            drop(answer["data"], path)
        return answer

    tiny.ask = holed  # type: ignore[method-assign]
    with pytest.raises(Changed, match=rf"changed its schema: .*got `null`.*{words}`"):
        place.sync()


def test_a_state_that_we_do_not_know_is_a_changed_schema(
    place: MeetupPlace, tiny: TinyMeetup
) -> None:
    ask = tiny.ask

    def newer(question: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(ask(question)).replace('"NO"', '"PERHAPS"')
        return dict(json.loads(text))

    tiny.ask = newer  # type: ignore[method-assign]
    with pytest.raises(Changed, match="PERHAPS"):
        place.sync()


def test_a_refusal_of_one_group_spares_the_others(tmp_path: Path, tiny: TinyMeetup) -> None:
    tiny.groups["abuja-data"] = group(43, "abuja-data")
    place = MeetupPlace(tmp_path, tiny, 'groups = ["lagos-data", "abuja-data"]')
    ask = tiny.ask

    def refusing(question: dict[str, Any]) -> dict[str, Any]:
        answer = ask(question)
        if "g1" in answer["data"]:
            answer["data"]["g1"] = None
            forbidden = {"classification": "FORBIDDEN"}
            answer["errors"] = [{"message": "no", "path": ["g1"], "extensions": forbidden}]
        return answer

    tiny.ask = refusing  # type: ignore[method-assign]
    place.sync()
    assert place.counts()["groups"] == 1


def test_a_redirect_is_not_followed(place: MeetupPlace, tiny: TinyMeetup) -> None:
    with serving(TinyMeetup()):
        tiny.oddities = [(302, b"")]
        with pytest.raises(SourceError, match="another address"):
            place.sync()
        assert len(tiny.asked) == 1


# vitals.toml.


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('token = "env:VITALS_TEST_TOKEN"', 'meetup: write either groups = ["…"] or network'),
        ('groups = ["a"]\nnetwork = "b"', 'write either groups = ["…"] or network'),
        ('groups = ["https://www.meetup.com/a"]', "Write what follows meetup.com/"),
        ('groups = ["a"]\nclient_key = "c"', "the JWT flow lacks member_id, signing_key, key_id"),
        ('groups = ["a"]\nsigning_key = "----BEGIN"', "a secret does not belong into this file"),
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
    assert f"[[sources]] meetup: {words}" in str(caught.value) or words in str(caught.value)
    assert "----BEGIN" not in str(caught.value)
