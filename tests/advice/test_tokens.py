"""What checks and syncs advise about tokens, scopes, intents and permissions helps."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.discord import permissions
from connectors.discovery import connectors
from connectors.meetup.sandbox.token import CLIENT_KEY, KEY_ID, MEMBER_ID
from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import SANDBOX_TOKEN, SCOPES, Options
from connectors.slack import SlackConnector
from pipelines import check
from tests.support.in_process import Vitals
from tests.support.installations import Installation
from tests.support.installations.github import GitHubInstallation
from tests.support.paths import ROOT
from tests.support.sandbox.meetup import new_key
from tests.support.tiny.github import NAME, Response, serving, tiny_of
from tests.support.tiny.slack import TinySlack, instead_of_http

BITS = {name: bit for bit, name in permissions.NAMES.items()}


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    with serve(make_world(members=8, days=10), Options(limits=False)) as running:
        yield running


@pytest.fixture
def sandbox(shared: Running) -> Iterator[Running]:
    """The sandbox with a good token and every right, before and after."""
    yield shared
    shared.set_token(revoked=False, scopes=list(SCOPES))
    everything = sum(permissions.NAMES)
    intents = ["GUILD_MEMBERS", "MESSAGE_CONTENT"]
    shared.control("discord/bot", {"intents": intents, "permissions": everything})


@pytest.mark.parametrize("kind", sorted(connectors()))
def test_a_source_without_a_token_gets_one(
    tmp_path: Path,
    sandbox: Running,
    vitals: Vitals,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """First the line that the sync names is added, then the variable that the next one names."""
    place = Installation(tmp_path, sandbox, kind=kind, token="")
    said = vitals(place, "sync", "--no-build")
    [line] = re.findall(r"add to its part of \S+ (token = .*)", said)
    place.config.write_text(f"{place.config.read_text()}{line}\n")
    name = connectors()[kind].token_variable
    monkeypatch.delenv(name, raising=False)
    said = vitals(place, "sync", "--no-build", status=2)
    assert f"Set it: export {name}=" in said
    monkeypatch.setenv(name, SANDBOX_TOKEN)
    assert "records new" in vitals(place, "sync", "--no-build")


def test_scopes_are_added_until_the_check_is_content(
    tmp_path: Path, sandbox: Running, vitals: Vitals
) -> None:
    """They are those that `vitals init` and the manifest in the README ask for."""
    place = Installation(tmp_path, sandbox)
    scopes: list[str] = []
    while len(scopes) <= len(SCOPES):
        sandbox.set_token(scopes=scopes)
        said = vitals(place, "check", status=len(scopes) < 3)
        if "the token is good" in said:
            break
        scopes += re.findall(r"Add (\S+) under OAuth & Permissions", said)
    manifest = (ROOT / "README.md").read_text(encoding="utf-8")
    for scope in scopes:
        assert scope in SlackConnector.token_advice
        assert scope in manifest
    vitals(place, "sync", "--no-build")


def test_a_revoked_token_is_replaced(tmp_path: Path, sandbox: Running, vitals: Vitals) -> None:
    place = Installation(tmp_path, sandbox)
    sandbox.set_token(revoked=True)
    assert "install the app again and copy its new token" in vitals(place, "check", status=1)
    sandbox.set_token(revoked=False)
    assert "the token is good" in vitals(place, "check")


@pytest.mark.parametrize("kind", sorted(connectors()))
def test_a_token_that_is_none_is_replaced(
    tmp_path: Path,
    sandbox: Running,
    vitals: Vitals,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    """In the variable that vitals.toml names."""
    place = Installation(tmp_path, sandbox, kind=kind)
    variable = re.search(r'"env:(\w+)"', place.config.read_text())
    assert variable
    monkeypatch.setenv(variable[1], "made-up-and-wrong")
    said = vitals(place, "check", status=1)
    assert re.search(r"[Mm]ake a new|[Cc]opy|[Rr]eset", said), said
    monkeypatch.setenv(variable[1], SANDBOX_TOKEN)
    assert "the token is good" in vitals(place, "check")


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9", "{}/nowhere", "{}:x", "nowhere"])
@pytest.mark.parametrize("kind", sorted(connectors()))
def test_a_wrong_base_url_is_checked(
    tmp_path: Path, sandbox: Running, vitals: Vitals, kind: str, base_url: str
) -> None:
    place = Installation(tmp_path, sandbox, kind=kind)
    good, wrong = place.config.read_text(), base_url.format(sandbox.url)
    place.config.write_text(re.sub('base_url = ".*"', f'base_url = "{wrong}"', good))
    is_address = wrong.startswith("http") and not wrong.endswith(":x")
    is_not_found = kind == "github" and wrong.endswith("/nowhere")  # as a repository may be
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(check, "MOST_SECONDS", 1.0 if wrong.endswith(":9") else 60.0)
        said = vitals(place, "check", status=2 if not is_address else 0 if is_not_found else 1)
    assert "base_url" in said, said
    place.config.write_text(good)
    assert "the token is good" in vitals(place, "check")


JWT = f"""client_key = "{CLIENT_KEY}"
member_id = {MEMBER_ID}
key_id = "{KEY_ID}"
signing_key = "env:VITALS_TEST_KEY"
"""


def test_a_key_that_is_refused_is_checked_with_the_three_beside_it(
    tmp_path: Path, sandbox: Running, vitals: Vitals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the four in turn is another than Meetup knows; then a key that is cut short."""
    pem, public = new_key()
    other, _ = new_key()
    sandbox.set_token(signing_key=public)
    place = Installation(tmp_path, sandbox, kind="meetup", token=JWT)
    good = place.config.read_text()
    monkeypatch.setenv("VITALS_TEST_KEY", pem)
    for key in ("client_key", "member_id", "key_id", "signing_key"):
        wrong = re.sub(f'{key} = "?([\\w-]+)', lambda found: found[0] + "0", good)
        assert wrong != good
        if key == "signing_key":
            monkeypatch.setenv("VITALS_TEST_KEY", other)
        else:
            place.config.write_text(wrong)
        said = vitals(place, "check", status=1)
        assert "Check client_key, member_id and key_id, and that signing_key is the key" in said
        place.config.write_text(good)
        monkeypatch.setenv("VITALS_TEST_KEY", pem)
        assert "the token is good" in vitals(place, "check")
    for cut in (pem[:200], pem.replace("-----", ""), pem.splitlines()[1]):
        monkeypatch.setenv("VITALS_TEST_KEY", cut)
        said = vitals(place, "check", status=1)
        assert "Copy all of it, from -----BEGIN to the last -----" in said
    begin = pem.index("-----BEGIN")
    monkeypatch.setenv("VITALS_TEST_KEY", pem[begin : pem.rindex("-----") + 5])
    assert "the token is good" in vitals(place, "check")


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ('groups = ["nowhere"]', r"Check `groups` in vitals\.toml: write what follows"),
        ('network = "nowhere"', r"Check `network` in vitals\.toml"),
    ],
)
def test_a_group_or_network_of_meetup_is_checked(
    tmp_path: Path, sandbox: Running, vitals: Vitals, wrong: str, advice: str
) -> None:
    place = Installation(tmp_path, sandbox, kind="meetup")
    good = place.config.read_text()
    changed = re.sub("network = .*", wrong, good)
    assert changed != good
    place.config.write_text(changed)
    said = vitals(place, "check", status=1)
    assert re.search(advice, said), said
    place.config.write_text(good)
    assert "the token is good" in vitals(place, "check")


def test_a_channel_is_seen_once_the_app_is_invited(tmp_path: Path, sandbox: Running) -> None:
    place = Installation(tmp_path, sandbox)
    tiny = TinySlack()
    with instead_of_http(tiny):
        tiny.say(1)
        tiny.refusals["conversations.history"] = ["not_in_channel"]
        place.sync()
        [spot] = place.publish().metric("blind_spots").to_pylist()
        assert spot["advice"].endswith("/invite @ and its name in #general, then sync again")
        place.sync()
    assert place.publish().metric("blind_spots").num_rows == 0
    assert place.counts()["messages"] == 1


def test_the_check_says_how_to_open_channels(
    tmp_path: Path, sandbox: Running, vitals: Vitals
) -> None:
    slack = Installation(tmp_path / "slack", sandbox)
    assert "Invite the app: write /invite @ and its name in each of them" in vitals(slack, "check")


def test_a_bot_is_given_what_the_check_names(
    tmp_path: Path, sandbox: Running, vitals: Vitals
) -> None:
    place = Installation(tmp_path, sandbox, kind="discord", more="[privacy]\nstore_text = true")
    sandbox.control("discord/bot", {"intents": [], "permissions": 0})
    said = vitals(place, "check")
    closed = _closed(said)
    [advice] = re.findall(r"Give the bot (.*) in each of them, and (\w+) if it is a voice", said)
    named = [*advice[0].split(" and "), advice[1]]
    intents = {"Server Members": "GUILD_MEMBERS", "Message Content": "MESSAGE_CONTENT"}
    switched = [intents[name] for name in re.findall(r"Switch on ([\w ]+) Intent under Bot", said)]
    granted = sum(BITS[name] for name in named)
    sandbox.control("discord/bot", {"intents": switched, "permissions": granted})
    said = vitals(place, "check")
    assert "Switch on" not in said
    assert 0 < _closed(said) < closed, "two channels of the sandbox stay closed to every bot"


def _closed(said: str) -> int:
    return int(re.findall(r"messages of (\d+) channels?", said)[0])


def test_a_blind_spot_of_a_bot_ends_once_it_is_given_its_right(
    tmp_path: Path, sandbox: Running
) -> None:
    place = Installation(tmp_path, sandbox, kind="discord")
    sandbox.control("discord/bot", {"intents": [], "permissions": BITS["View Channel"]})
    place.sync()
    before = {s["advice"] for s in place.publish().metric("blind_spots").to_pylist()}
    assert any("Server Members Intent" in advice for advice in before)
    assert "members" not in place.counts()
    granted = {"intents": ["GUILD_MEMBERS"], "permissions": sum(permissions.NAMES)}
    sandbox.control("discord/bot", granted)
    place.sync()
    after = {s["advice"] for s in place.publish().metric("blind_spots").to_pylist()}
    assert after < before
    assert place.counts()["members"] > 0
    assert place.counts()["messages"] > 0


def test_the_invitation_gives_the_rights_that_a_text_channel_needs() -> None:
    source = (ROOT / "connectors" / "discord" / "permissions.py").read_text(encoding="utf-8")
    [number] = re.findall(r"&permissions=(\d+)", source)
    assert int(number) == BITS["View Channel"] | BITS["Read Message History"]


def test_a_repository_is_seen_once_it_is_named_rightly(tmp_path: Path, vitals: Vitals) -> None:
    with serving(tiny_of(1)) as tiny:
        place = GitHubInstallation(tmp_path, ["makers/tyni", NAME], tiny.url)
        said = vitals(place, "check")
        assert (
            "makers/tyni: it does not exist, or the token may not see it. Check its name in" in said
        )
        place.config.write_text(place.config.read_text().replace('"makers/tyni", ', ""))
        assert "will not be seen" not in vitals(place, "check")


def test_a_list_is_seen_once_the_token_has_the_permission(tmp_path: Path) -> None:
    with serving(tiny_of(1)) as tiny:
        place = GitHubInstallation(tmp_path, [NAME], tiny.url)
        needed = {"X-Accepted-GitHub-Permissions": "issues=read"}
        path = f"/repos/{NAME}/issues"
        tiny.oddities[path] = [Response(403, needed, b'{"message": "not accessible"}')]
        place.sync()
        assert "Give it the permission issues=read" in {s["advice"] for s in place.last_spots()}
        place.sync()
        assert place.last_spots() == []
        assert place.counts()["issues"] == 1


def test_a_repository_is_read_once_single_sign_on_is_authorized(
    tmp_path: Path, vitals: Vitals
) -> None:
    """The organisation's owner asks for it; authorized, the same token is good."""
    with serving(tiny_of(1)) as tiny:
        place = GitHubInstallation(tmp_path, [NAME], tiny.url)
        refused = {"X-GitHub-SSO": "required; url=https://github.com/orgs/makers/sso"}
        tiny.oddities[f"/repos/{NAME}"] = [Response(403, refused, b'{"message": "SAML"}')]
        said = vitals(place, "sync", "--no-build", status=1)
        assert "Open github.com/settings/tokens, Configure SSO, Authorize" in said
        vitals(place, "sync", "--no-build")
        assert place.counts()["issues"] == 1
