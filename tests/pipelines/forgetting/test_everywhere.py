"""`vitals people forget`: a person is nowhere, and the counts stay."""

import json
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from connectors.sandbox.community import make_world
from connectors.sandbox.server import serve
from connectors.sandbox.state import Options
from tests.support.hand_made.slack import write_folder
from tests.support.in_process import Vitals
from tests.support.installations import Installation, every_metric
from tests.support.installations.github import GitHubInstallation
from tests.support.samples import some
from tests.support.tiny.github import NAME as REPOSITORY
from tests.support.tiny.github import serving, tiny_of
from warehouse.snapshots import Snapshot, open_current

ID, HANDLE, NAME = "UZQXW1", "zqhandle", "Zqname Zqfamily"
FILES = {
    "channels.json": [{"id": "C1", "name": "general", "is_general": True}],
    "users.json": [
        {"id": ID, "name": HANDLE, "real_name": NAME, "profile": {"display_name": NAME}},
        {"id": "U2", "name": "bo", "real_name": "Bo"},
    ],
    "general/2026-01-01.json": [
        {"ts": "1767261600.000100", "user": ID, "text": NAME},
        {
            "ts": "1767261601.000100",
            "user": "U2",
            "text": f"<@{ID}>",
            "reactions": [{"name": "wave", "users": [ID, "U2"], "count": 2}],
        },
    ],
}
# The last account: the digits of the first one of Meetup are also a part of ids of RSVPs.
ACCOUNTS = """
select account_id, split_part(account_id, ':', 2), handle, name
from marts.accounts join marts.authors using (account_id)
where not authors.is_bot and account_id in (select account_id from marts.activities)
    and account_id not like '%email:%'
order by account_id desc
"""
COUNTED = "select kind, count(*) from marts.activities group by all order by all"
TRACES = [trace.encode() for trace in (ID, HANDLE, NAME)]


def traces(place: Installation, words: list[bytes] = TRACES) -> list[str]:
    """The files of a folder in which something of the person is."""
    return [
        str(path.relative_to(place.folder))
        for path in place.folder.rglob("*")
        if path.is_file() and any(t.lower() in path.read_bytes().lower() for t in words)
    ]


def numbers(snapshot: Snapshot) -> dict[str, pa.Table]:
    """Every metric that names nobody, and of how accounts are joined the row of all."""
    found = every_metric(snapshot)
    snapshot.close()
    found["identities"] = found["identities"].slice(0, 1)
    return {name: table for name, table in found.items() if "person_id" not in table.column_names}


def test_a_forgotten_person_is_nowhere_and_stays_so(tmp_path: Path, vitals: Vitals) -> None:
    place = Installation(tmp_path / "place", more="[privacy]\nstore_text = true")
    export = write_folder(tmp_path / "export", FILES)
    place.import_export(export)
    place.settings.people_path.write_text(
        f'[[decisions]]\nwhat = "reject"\naccounts = ["slack:{ID}", "slack:bo"]\nwhy = "{NAME}"\n'
    )
    before = place.publish()
    counted = every_metric(before)
    before.close()
    assert traces(place)
    shown = vitals(place, "people", "show", f"slack:{HANDLE}", "--format", "json")
    kinds = Counter(row["kind"] for row in json.loads(shown))
    assert kinds.pop("rows made of these") > 0
    assert kinds == {
        "account": 1,
        "membership": 1,
        "activity": 2,
        "decision": 1,
        "landed record": 3,
    }
    assert NAME in shown
    for form in ("table", "csv"):
        assert "landed record" in vitals(
            place, "people", "show", f"slack:{HANDLE}", "--format", form
        )
    vitals(place, "people", "forget", f"slack:{HANDLE}", "--yes")
    assert traces(place) == []
    place.import_export(export)
    after = place.publish()
    assert traces(place) == []
    recounted = every_metric(after)
    for name in ("active_members", "lifecycle", "members", "activity_volume", "retention"):
        assert recounted[name] == counted[name], name
    listed = json.loads(vitals(place, "people", "list", "--format", "json"))
    assert [len(row["accounts"]) for row in listed] == [1, 1]


def test_an_account_that_is_an_address_is_forgotten_with_it(tmp_path: Path, vitals: Vitals) -> None:
    author = {"name": NAME, "email": "zq@made.invalid", "date": "2026-09-01T10:00:00Z"}
    told = {"author": author, "committer": author, "message": "m"}
    tiny = tiny_of(1)
    tiny.lists["commits"] = [{"sha": "a", "commit": told, "author": None}]
    with serving(tiny) as running:
        place = GitHubInstallation(tmp_path / "place", [REPOSITORY], running.url)
        place.sync()
        before = place.publish()
        accounts = [a for row in before.persons().to_pylist() for a in row["accounts"]]
        before.close()
        [account] = [one for one in accounts if one.startswith("github:email:")]
        vitals(place, "people", "forget", account, "--yes")
        # The same address has an account now, under whose login it commits.
        user = {"login": HANDLE, "id": 7, "type": "User"}
        newer = told | {"author": author | {"date": "2026-09-02T10:00:00Z"}}
        tiny.lists["commits"].insert(0, {"sha": "b", "commit": newer, "author": user})
        place.sync(full=True)
    after = place.publish()
    assert traces(place) == []
    assert len(after.persons()) == len(accounts)
    after.close()
    stones = place.rows("select source, hashed from raw.forgotten")
    assert len(stones) == len(set(stones))
    again = vitals(place, "people", "forget", account, "--yes")
    assert "forgotten before" in again


@pytest.mark.parametrize("kind", some(["discord", "meetup", "github", "slack"], 2))
def test_a_person_of_each_platform_is_nowhere_after_the_next_sync(
    tmp_path: Path, kind: str, vitals: Vitals
) -> None:
    with serve(make_world(members=12, days=20), Options(limits=False)) as sandbox:
        place = Installation(tmp_path, sandbox, kind=kind)
        place.sync()
        before = numbers(place.publish())
        with duckdb.connect(str(place.warehouse.marts_path), read_only=True) as con:
            accounts = con.execute(ACCOUNTS).fetchall()
            counted = con.execute(COUNTED).fetchall()
        told = "\n".join(str(row).lower() for row in accounts)
        account_id, *words = next(
            row for row in accounts if all(told.count(str(w).lower()) <= 4 for w in row[2:])
        )
        traced = [str(word).encode() for word in words if len(str(word)) > 5]
        assert traces(place, traced)
        vitals(place, "people", "forget", account_id, "--yes")
        assert traces(place, traced) == [], words
        after = numbers(open_current(place.settings.warehouse_path))
        assert [name for name in before if before[name] != after[name]] == []
        place.sync(full=True)
        place.publish().close()
        assert traces(place, traced) == [], words
    with duckdb.connect(str(place.warehouse.marts_path), read_only=True) as con:
        assert con.execute(COUNTED).fetchall() == counted


def test_people_of_the_configuration_stay_who_they_are(tmp_path: Path, vitals: Vitals) -> None:
    place = Installation(tmp_path / "place", more=f'[people]\nstaff = ["slack:{HANDLE}"]')
    robot = {"id": "U3", "name": "robot", "real_name": "Robot", "is_bot": True}
    files = FILES | {"users.json": [*FILES["users.json"], robot]}
    place.import_export(write_folder(tmp_path / "export", files))
    place.publish().close()
    refused = vitals(place, "people", "forget", "slack:robot", "--yes", status=2)
    assert "is a bot by what its platform says" in refused
    vitals(place, "people", "forget", f"slack:{ID}", "--yes")
    assert traces(place) == ["vitals.toml"]
    [staff] = place.facts_of("select account_id from marts.authors where is_staff")
    assert staff[0].startswith("slack:forgotten-")
