"""No hash of an address or a name that is landed stands in a snapshot, not in a part of an id."""

import hashlib
import re
from pathlib import Path

import duckdb

from connectors.privacy import hash_with
from tests.support.installations import Installation
from tests.support.installations.github import GitHubInstallation
from tests.support.installations.meetup import FileInstallation, table
from tests.support.tiny.github import NAME, serving, tiny_of
from warehouse.snapshots import current_path

HASHED = ("ada@made.invalid", "bo@made.invalid", "cem the unknown")
PSEUDONYM = re.compile(r"(?:email|address|walk-in):[0-9a-f]{16}|(?<=email_hash\":\")[0-9a-f]{64}")


def github(folder: Path) -> Installation:
    """A commit of an address without a login, with another one as co-author."""
    author = {"name": "Ada", "email": HASHED[0], "date": "2026-09-01T10:00:00Z"}
    message = f"m\n\nCo-authored-by: Bo <{HASHED[1]}>"
    tiny = tiny_of(1)
    told = {"author": author, "committer": author, "message": message}
    tiny.lists["commits"] = [{"sha": "a", "commit": told, "author": None}]
    with serving(tiny) as running:
        place = GitHubInstallation(folder, [NAME], running.url)
        place.sync()
    return place


def meetup(folder: Path) -> Installation:
    """A list of attendees without members' ids: one with an address, one with a name alone."""
    place = FileInstallation(folder)
    rows = ("Name|Email|Attendance", f"Ada|{HASHED[0]}|Y", "Cem the Unknown||Y")
    path = table(folder / "lists" / "list_287654321.csv", *rows)
    place.bring("attendees", path, options=["starts_at=2026-01-31T18:30"])
    return place


def texts_of(snapshot: Path) -> list[str]:
    """Every text in every table of a snapshot."""
    with duckdb.connect(str(snapshot), read_only=True) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        return [repr(con.execute(f'from {s}."{t}"').fetchall()) for s, t in tables]


def test_no_landed_hash_is_in_a_snapshot(tmp_path: Path) -> None:
    hash_private = hash_with(b"0" * 64)
    hashes = [hash_private(text) for text in HASHED]
    hashes += [hashlib.sha256(one.encode()).hexdigest() for one in hashes]
    for place in (github(tmp_path / "github"), meetup(tmp_path / "meetup")):
        landed = "\n".join(str(row) for row in place.raw())
        marks = set(PSEUDONYM.findall(landed))
        assert len(marks) >= 2
        assert sum(one[:16] in landed for one in hashes) >= 2
        place.publish().close()
        published = "\n".join(texts_of(current_path(place.warehouse.path)))
        for mark in (*marks, *(one[:16] for one in hashes)):
            assert mark.rpartition(":")[2] not in published, mark


def test_ids_stay_joined_and_the_same_in_every_build(tmp_path: Path) -> None:
    place = github(tmp_path / "place")
    query = "select account_id from facts.activities where kind = 'commit' order by all"
    authors = place.facts_of(query)
    assert len(authors) == 2
    assert all(re.fullmatch(r"github:email:[0-9a-f]{16}", account) for (account,) in authors)
    known = place.facts_of("select account_id from facts.accounts order by all")
    assert set(authors) <= set(known), "their names are found by the same ids"
    place.warehouse.marts_path.unlink()
    assert place.facts_of(query) == authors
