"""The door: what each session is told, by a real server, whatever it asks for."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.support.dashboard import aggregates, reports
from tests.support.dashboard import world as dashboard_world
from tests.support.dashboard.door import (
    ACCESS,
    ORGANISER,
    RIVAL,
    SPONSOR,
    STRANGER,
    Door,
)
from tests.support.dashboard.websocket import cookie, session
from warehouse.snapshots import open_current

FOR_SPONSORS = ("reach", "reports")
PAGES = (*dashboard_world.PAGES, "event", "member")
MEMBER = "person=slack%3Amember+3"
PUBLIC = '[access]\npublic = "aggregates"\n'
CLOSED = [
    ("GET", "/_stcore/metrics"),
    ("GET", "/_stcore/agent/openapi.json"),
    ("POST", "/_stcore/agent/interact"),
    ("POST", "/_stcore/agent/mcp"),
    ("PUT", "/_stcore/upload_file/a/b"),
    ("DELETE", "/_stcore/upload_file/a/b"),
    ("GET", "/_stcore/bidi-components/x/y.js"),
    ("GET", "/_stcore/script-health-check"),
    ("GET", "/component/x/y.js"),
    ("GET", "/app/static/vitals.toml"),
]
# Files of ours: there is the empty page of every address, or nothing.
OUTSIDE = [
    "/media/../../vitals.toml",
    "/static/../../../vitals.toml",
    "/.streamlit/secrets.toml",
    "/audit.log",
]
Planted = Callable[[bytes], list[str]]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    folder = tmp_path_factory.mktemp("door")
    dashboard_world.build(folder).close()
    aggregates.write(folder)
    reports.write(folder)
    door = Door(folder)
    door.configure()
    return door


@pytest.fixture(scope="module")
def address(door: Door) -> Iterator[str]:
    with door.served() as address:
        yield address


@pytest.fixture(autouse=True)
def configuration(door: Door) -> None:
    """Each test begins under the same configuration."""
    door.config.write_text(door.config.read_text().partition("[access]")[0] + ACCESS)


@pytest.fixture
def manager(request: pytest.FixtureRequest) -> str:
    """The address of a manager of one test: the audit log is of all."""
    return f"m{abs(hash(request.node.nodeid))}@managers.example"


@pytest.fixture
def sponsor(request: pytest.FixtureRequest) -> str:
    """The address of a sponsor of one test."""
    return f"s{abs(hash(request.node.nodeid))}@acme.example"


@pytest.fixture(scope="module")
def planted(door: Door) -> Planted:
    """Which names, handles and ids of members are in what a session was told."""
    snapshot = open_current(door.folder / "vitals.duckdb")
    names = {
        str(value)
        for row in snapshot.persons().to_pylist()
        for value in (row["name"], row["person_id"], *row["accounts"])
    } | {aggregates.RIVAL_EVENT}
    snapshot.close()
    assert len(names) > 40
    return lambda told: sorted(name for name in names if name.encode() in told)


def signed_in(door: Door, who: str) -> dict[str, str]:
    claims = {"email": who, "email_verified": True, "sub": who}
    return cookie(door.cookie_secret, door.address, claims)


def take_roles_away(door: Door) -> None:
    """Nobody is a manager from now on."""
    text = door.config.read_text()
    less = text.replace('["Ama@Community.example", "@managers.example"]', "[]")
    assert less != text
    door.config.write_text(less)


def opened(door: Door, who: str) -> list[str]:
    """Which pages and files somebody opened."""
    lines = [line for line in door.audited() if (line["who"], line["what"]) == (who, "opened")]
    return [line.get("page") or line["file"] for line in lines]


def nobodies(door: Door, who: str) -> dict[str, dict[str, str]]:
    """Cookies that are worth nothing, each but for one thing like that of a manager."""
    manager = {"email": who, "email_verified": True}
    return {
        "none": {},
        "stranger": signed_in(door, STRANGER),
        "forged": cookie("0" * 32, door.address, manager),
        "of another site": cookie(door.cookie_secret, "https://other.example", manager),
        "of another provider": cookie(door.cookie_secret, door.address, manager, "nobody"),
        "expired": cookie(door.cookie_secret, door.address, manager | {"iat": 1_700_000_000}),
        "not verified": cookie(
            door.cookie_secret, door.address, manager | {"email_verified": False}
        ),
    }


def test_a_manager_is_told_names(door: Door, address: str, planted: Planted, manager: str) -> None:
    """The check of all that follows: names are found where they are told."""
    with session(address, signed_in(door, manager)) as own:
        own.run()
        assert len(planted(own.run("member", query=MEMBER))) > 2
        for _ in range(2):
            assert b"undo-1" in own.run("people")
    assert opened(door, manager) == ["today", "member", "people"]


@pytest.mark.parametrize("page", PAGES)
def test_a_sponsor_is_told_nothing_of_a_page_of_managers(
    door: Door, address: str, planted: Planted, sponsor: str, page: str
) -> None:
    query = f"{MEMBER}&event=meetup%3Anight+of+%24x%5E2%24&source=slack&period=all"
    with session(address, signed_in(door, sponsor)) as own:
        assert own.run(query=query)
        by_hash, by_name = own.run(page, query=query), own.by_name(page)
    for told in (by_hash, by_name, b"".join(own.told)):
        assert planted(told) == []
        assert dashboard_world.PAGES.get(page, "nothing of it").encode() not in told
    assert b"This page is not for you" in by_hash
    assert (sponsor, page) in door.refused()


@pytest.mark.parametrize(
    "who", ["none", "stranger", "forged", "of another site", "of another provider", "expired",
            "not verified"],
)  # fmt: skip
def test_nobody_is_told_anything(
    door: Door, address: str, planted: Planted, manager: str, who: str
) -> None:
    with session(address, nobodies(door, manager)[who]) as own:
        for page in ("", "people", "overview", *FOR_SPONSORS):
            told = own.run(page, query=MEMBER)
            assert b"Sign in" in told
    told = b"".join(own.told)
    assert planted(told) == []
    for secret in (aggregates.COMMUNITY, aggregates.OWN_EVENT, dashboard_world.COMMUNITY):
        assert secret.encode() not in told
    assert {"people", "reach"} <= {what for _, what in door.refused()}
    assert (who not in ("forged", "of another site")) or ("", "cookie") in door.refused()


def test_an_organiser_sees_everything_but_people(
    door: Door, address: str, planted: Planted
) -> None:
    with session(address, signed_in(door, ORGANISER)) as own:
        assert planted(own.run("today"))
        for page in ("people", "member"):
            told = own.run(page, query=MEMBER)
            assert b"This page is not for you" in told
            assert planted(told) == []
    assert {(ORGANISER, "people"), (ORGANISER, "member")} <= set(door.refused())


def test_a_sponsor_sees_the_own_sponsorships_alone(
    door: Door, address: str, planted: Planted
) -> None:
    def told(who: str) -> bytes:
        with session(address, signed_in(door, who)) as own:
            return own.run("reach") + own.run("reports")

    own, rival = told(SPONSOR), told(RIVAL)
    assert aggregates.OWN_EVENT.encode() in own
    assert aggregates.RIVAL_EVENT.encode() not in own
    assert "€2,500.00".encode() in own
    assert "€7,777.00".encode() not in own
    assert aggregates.RIVAL_EVENT.encode() in rival
    assert "€2,500.00".encode() not in rival
    assert planted(own) == []


def test_a_sponsor_has_the_own_reports_alone(door: Door, address: str, sponsor: str) -> None:
    cookies = signed_in(door, sponsor)
    with session(address, cookies) as own, session(address, signed_in(door, RIVAL)) as rival:
        told = own.run("reports")
        assert b"Reach for Acme" in told
        assert b"Reach for Rival" not in told
        assert b"Reach for everybody" not in told
        rival.run("reports")
        url = own.deferred(own.download()).url
        got = requests.get(address + url, cookies=cookies, timeout=10)
        assert got.content == reports.content("Acme")
        theirs = requests.get(address + url, cookies=signed_in(door, RIVAL), timeout=10)
        assert theirs.status_code == 404
        # Streamlit runs a button of any session by its id, which nobody can guess.
        stolen = rival.deferred(own.download()).url
        theirs = requests.get(address + stolen, cookies=signed_in(door, RIVAL), timeout=10)
        assert theirs.status_code == 404
    assert opened(door, sponsor) == ["reports", *["reach-2024-Q1-Acme.pdf"] * 2]
    assert (RIVAL, "of another session") in door.refused()


def test_a_session_ends_with_its_role(
    door: Door, address: str, planted: Planted, manager: str
) -> None:
    with session(address, signed_in(door, manager)) as own:
        assert planted(own.run("member", query=MEMBER))
        take_roles_away(door)
        for page in ("member", "today"):
            told = own.run(page, query=MEMBER)
            assert planted(told) == []
            assert b"Sign in" in told
    assert (manager, "member") in door.refused()


@pytest.mark.parametrize("broken", ["[access", '[access]\nmanagers = ["ama"]'])
def test_nothing_is_shown_under_a_configuration_that_cannot_be_read(
    door: Door, address: str, planted: Planted, manager: str, broken: str
) -> None:
    before = door.config.read_text()
    with session(address, signed_in(door, manager)) as own:
        assert planted(own.run("member", query=MEMBER))
        door.config.write_text(broken)
        told = own.run("member", query=MEMBER)
        door.config.write_text(before)
        assert planted(told) == []
        assert b"The configuration cannot be read" in told


def test_a_fragment_and_a_button_end_with_the_role(
    door: Door, address: str, planted: Planted, manager: str
) -> None:
    """A click in a card runs that card alone, and a button's work is done before any page."""
    with session(address, signed_in(door, manager)) as own:
        own.run("overview")
        fragment = own.fragment()
        assert b"#####" in own.run("overview", fragment_id=fragment)
        today = own.run()
        done = re.search(rb"\$\$ID-[\w-]+-done-[\w-]+", today)
        assert done
        own.run("overview")
        fragment = own.fragment()
        take_roles_away(door)
        told = own.run("overview", fragment_id=fragment)
        assert b"Sign in" in told
        assert b"#####" not in told
        told += own.press(done[0].decode())
        assert planted(told) == []
    assert not (door.folder / "today.json").exists()


def test_a_download_is_its_viewers_alone(
    door: Door, address: str, manager: str, sponsor: str
) -> None:
    cookies, others = signed_in(door, manager), signed_in(door, sponsor)
    with session(address, cookies) as own, session(address, others) as other:
        own.run("overview")
        other.run()
        url = own.deferred(own.download()).url
        assert url.startswith("/media/")
        assert requests.get(address + url, cookies=cookies, timeout=10).status_code == 200
        for theirs in (others, signed_in(door, ORGANISER), *nobodies(door, manager).values()):
            got = requests.get(address + url, cookies=theirs, timeout=10)
            assert (got.status_code, got.text) == (404, "Not Found")
        assert requests.head(address + url, cookies=others, timeout=10).status_code == 404
        # A kept session whose role was taken away presses again, and asks for the old file.
        file_id = own.download()
        take_roles_away(door)
        assert own.deferred(file_id).error == "Failed to generate file for download"
        assert requests.get(address + url, cookies=cookies, timeout=10).status_code == 404
    assert (sponsor, "of another session") in door.refused()
    [file] = [name for name in opened(door, manager) if name.endswith(".csv")]
    assert (manager, file) in door.refused()


def test_a_session_is_not_gone_on_with_by_somebody_else(
    door: Door, address: str, planted: Planted, manager: str, sponsor: str
) -> None:
    with session(address, signed_in(door, manager)) as own:
        own.run("member", query=MEMBER)
        for cookies in (signed_in(door, sponsor), {}):
            with session(address, cookies, resumed=own.id) as other:
                told = other.run("member", query=MEMBER)
                assert other.id != own.id
                assert planted(told) == []
        assert planted(own.run("member", query=MEMBER))


def test_what_streamlit_serves_besides_pages_is_closed(
    door: Door, address: str, sponsor: str
) -> None:
    prepared = requests.Request("GET", address, cookies=signed_in(door, sponsor)).prepare()
    with requests.Session() as client:
        for method, path in CLOSED:
            prepared.method, prepared.url = method, address + path
            got = client.send(prepared, timeout=10)
            assert (got.status_code, got.text) == (404, "Not Found"), path
        for path in OUTSIDE:
            prepared.method, prepared.url = "GET", address + path
            got = client.send(prepared, timeout=10)
            assert got.status_code in (200, 400, 404), path
            assert got.status_code != 200 or b'<div id="root">' in got.content, path
            assert door.cookie_secret not in got.text
    assert {what for who, what in door.refused() if who == sponsor} == {
        "/_stcore/metrics", "/_stcore/agent", "/_stcore/upload_file", "/_stcore/bidi-components",
        "/component/", "/app/static/", "another one",
    }  # fmt: skip


def test_signing_out_ends_every_tab(
    door: Door, address: str, planted: Planted, manager: str
) -> None:
    cookies = signed_in(door, manager)
    with session(address, cookies) as kept:
        assert planted(kept.run("member", query=MEMBER))
        left = requests.get(
            f"{address}/auth/logout", cookies=cookies, allow_redirects=False, timeout=10
        )
        assert left.status_code == 302
        told = kept.run("member", query=MEMBER)
        assert planted(told) == []
        assert b"Sign in" in told
    with session(address, cookies) as copied:
        assert planted(copied.run("member", query=MEMBER)) == []
    assert ("signed out", manager) in {(line["what"], line["who"]) for line in door.audited()}


def test_a_visitor_of_aggregates_needs_no_snapshot(tmp_path: Path, planted: Planted) -> None:
    """The process opens the aggregates alone: there is no other file."""
    door = Door(tmp_path)
    aggregates.write(tmp_path)
    door.configure(PUBLIC)
    with door.served() as address, session(address) as own:
        told = own.run()
        assert aggregates.COMMUNITY.encode() in told
        assert b"Your sponsorships" not in told
        assert aggregates.OWN_EVENT.encode() not in told
        for page in (*PAGES, "reports"):
            assert b"This page is not for you" in own.run(page)
    assert ("", "people") in door.refused()


def test_everything_is_read_and_nothing_decided_where_everything_is_public(
    tmp_path: Path, planted: Planted
) -> None:
    door = Door(tmp_path)
    dashboard_world.build(tmp_path).close()
    door.configure('[access]\npublic = "everything"\n')
    with door.served() as address, session(address) as own:
        assert planted(own.run("member", query=MEMBER))
        told = own.run("people")
        assert b"vitals people merge" in told
        assert b"undo-1" not in told
