"""Syncs, imports and builds in any order come to the same persons, by the same evidence."""

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.discord.sandbox.export import write_export as write_discord
from connectors.meetup.sandbox.files import write_downloads
from connectors.meetup.sandbox.world import MeetupWorld
from connectors.sandbox.community import DAY, World, make_world
from connectors.sandbox.identities import identities
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from connectors.slack.sandbox.export import write_export as write_slack
from pipelines import steps
from pipelines.demo import TOKEN_VARIABLE, sources
from pipelines.imports import import_files
from pipelines.settings import Settings, load
from tests.support.samples import some

ORDERS = int(os.environ.get("VITALS_TEST_ORDERS", "3"))
FILES = {
    "slack": "slack-export",
    "github": "github-archive",
    "meetup": "meetup-members",
    "discord": "discord-export",
}
STEPS = [*(f"sync {kind}" for kind in FILES), *(f"import {kind}" for kind in FILES), "build"]
# What was found, without the times when it was first seen, which depend on the order.
EVIDENCE = {
    "clues": "select account_id, rule, value from marts.clues order by all",
    "links": "select account_a, account_b, rule, evidence from marts.links order by all",
    "persons": """
        select list(account_id order by account_id) as accounts from marts.authors
        group by person_id having count(*) > 1 order by accounts
    """,
}
TIED = "select account_id from marts.clues where rule = 'email' order by account_id"
COMMIT = """
select channels.channel_id, channels.name, accounts.handle, accounts.also_id
from marts.channels, marts.accounts
where channels.source = 'github' and accounts.account_id = ? order by all limit 1
"""


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(members=60, days=40)


@pytest.fixture(scope="module")
def sandbox(world: World) -> Iterator[Running]:
    with serve(world, Options(limits=False)) as running:
        yield running


class Place:
    """A folder with all four sources at the sandbox, and files of each to import."""

    def __init__(self, folder: Path, sandbox: Running, files: dict[str, list[Path]]) -> None:
        folder.mkdir()
        os.environ[TOKEN_VARIABLE] = os.environ["VITALS_TEST_TOKEN"]
        (folder / "data").mkdir()
        (folder / "data" / "email.key").write_text("0" * 64)
        config = folder / "vitals.toml"
        config.write_text(
            f'[community]\nname = "Made Up"\ntimezone = "UTC"\n{sources(sandbox.url)}', "utf-8"
        )
        self.settings: Settings = load(config)
        self.files = files

    def does(self, step: str) -> None:
        verb, _, kind = step.partition(" ")
        if verb == "sync":
            steps.sync_source(self.settings, kind)
        elif verb == "import":
            import_files(self.settings, FILES[kind], self.files[kind], kind)
        else:
            steps.build(self.settings)

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        marts = steps.open_warehouse(self.settings).marts_path
        with duckdb.connect(str(marts)) as con:
            return con.execute(query, list(values)).fetchall()

    def evidence(self) -> dict[str, list[tuple[Any, ...]]]:
        steps.build(self.settings)
        return {name: self.rows(query) for name, query in EVIDENCE.items()}


@pytest.fixture(scope="module")
def files(
    world: World, sandbox: Running, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Path]]:
    """Files of ten days ago, and an hour of GH Archive with commits that name two people."""
    folder, now = tmp_path_factory.mktemp("files"), world.end - 10 * DAY
    write_slack(world, folder / "slack.zip", now=now)
    write_downloads(MeetupWorld(world), folder / "meetup", now=now)
    write_discord(world, folder / "discord", now=now)
    live = Place(folder / "live", sandbox, {})
    for step in ("sync github", "build"):
        live.does(step)
    address_of = {f"github:{one.handle}": one.email for one in identities(world, "github").values()}
    (one,), (other,), *_ = live.rows(TIED)
    [(channel, name, login, number)] = live.rows(COMMIT, one)
    address = address_of[other]
    noreply = f"{number.rpartition('#')[2]}+{login}@users.noreply.github.com"
    trailer = f"m\n\nCo-authored-by: Somebody <{address}>"
    commits = [
        {"sha": f"{n:040}", "author": {"name": "S", "email": email}, "message": message}
        for n, (email, message) in enumerate([(noreply, "m"), (address, "m"), (noreply, trailer)])
    ]
    push = {
        "type": "PushEvent",
        "actor": {"login": login, "id": int(number.rpartition("#")[2])},
        "repo": {"id": int(channel.partition(":")[2]), "name": name},
        "created_at": "2026-05-01T09:00:00Z",
        "payload": {"commits": commits},
    }
    hour = folder / "2026-05-01-9.json"
    hour.write_text(json.dumps(push) + "\n", encoding="utf-8")
    return {
        "slack": [folder / "slack.zip"],
        "github": [hour],
        "meetup": sorted((folder / "meetup").glob("*/members.tsv")),
        "discord": [folder / "discord"],
    }


@pytest.fixture(scope="module")
def place(
    sandbox: Running, files: dict[str, list[Path]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Place]:
    folder = tmp_path_factory.mktemp("places")
    return lambda name: Place(folder / name, sandbox, files)


@pytest.fixture(scope="module")
def expected(place: Callable[[str], Place]) -> dict[str, list[tuple[Any, ...]]]:
    """All syncs, then all imports."""
    first = place("first")
    for step in STEPS:
        first.does(step)
    return first.evidence()


def test_there_is_evidence_from_every_platform(expected: dict[str, Any]) -> None:
    told = {(account.partition(":")[0], rule) for account, rule, _ in expected["clues"]}
    assert told == {
        ("slack", "email"),
        ("slack", "stated"),
        ("github", "email"),
        ("github", "stated"),
        ("github", "written"),
        ("meetup", "email"),
        ("meetup", "stated"),
    }
    assert {rule for _, _, rule, _ in expected["links"]} == {"email", "stated", "written"}
    assert len(expected["persons"]) > 10


@pytest.mark.parametrize("number", some(range(ORDERS), 1))
def test_any_order_comes_to_the_same_persons(
    place: Callable[[str], Place], expected: dict[str, Any], number: int
) -> None:
    order = STEPS[::-1]
    if number:
        random.Random(number).shuffle(order)
    each = place(str(number))
    for step in order:
        each.does(step)
    found = each.evidence()
    assert {name: found[name] for name in found} == expected, order
