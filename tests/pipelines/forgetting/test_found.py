"""Accounts that turn out, on the way, to be of somebody who is forgotten.

Kofi is forgotten by an address. The login kofi-dev wrote an issue; a later page has a commit of his
with that address.
"""

from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from connectors.forgetting import Forgetter, Tombstone, hash_of_address
from connectors.github import GitHubConnector
from connectors.model import Page, Raw
from connectors.privacy import hash_with
from pipelines.forgotten import rid_of_found
from tests.support.installations import Installation
from warehouse.email_key import email_key
from warehouse.import_draft import Row, draft
from warehouse.landing import land

ADDRESS = "a1b2" * 16
ISSUE = Page("issues", "1", [Raw("7", b'{"number":7,"user":{"login":"kofi-dev","id":9}}')], 5)
PERSON = Page("people", "", [Raw("kofi-dev#9", b'{"login":"kofi-dev","id":9}')], 5)
COMMIT = Page(
    "commits",
    "1",
    [
        Raw(
            "c",
            msgspec.json.encode({"sha": "c", "user": {"login": "kofi-dev"}, "email_hash": ADDRESS}),
        )
    ],
    6,
)


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    return Installation(tmp_path, kind="github", keys=['repositories = ["made/up"]'])


@pytest.fixture
def forgetter(place: Installation) -> Forgetter:
    hash_private = hash_with(email_key(place.warehouse))
    stone = ("", hash_of_address(hash_private, ADDRESS), None, "github:forgotten-1")
    with place.warehouse.landing() as con:
        con.execute("insert into raw.forgotten values (?, ?, ?, ?)", stone)
    return Forgetter("github", GitHubConnector.naming, hash_private, [Tombstone(*stone)])


def test_what_was_landed_before_is_rewritten_before_more_is_landed(
    place: Installation, forgetter: Forgetter
) -> None:
    """So a sync that is killed in between has the tombstone, and lands the rest of them later."""
    with place.warehouse.landing() as con:
        land(con, "github", [forgetter.page(ISSUE)], "api")
    batch = [forgetter.page(PERSON), forgetter.page(COMMIT)]
    assert b"kofi-dev" in batch[0].records[0].payload
    batch = rid_of_found(place.warehouse, forgetter, batch)
    told = str([page.records for page in batch]) + str(place.raw())
    assert "kofi-dev" not in told
    assert '"number":7' in told
    assert ADDRESS not in told
    assert len(place.rows("from raw.forgotten where account_id like 'github:forgotten-%'")) == 1
    assert rid_of_found(place.warehouse, forgetter, batch) == batch
    assert len(place.rows("from raw.forgotten")) == 2


def test_what_an_import_read_before_is_rewritten(place: Installation, forgetter: Forgetter) -> None:
    pages = [forgetter.page(page) for page in (ISSUE, PERSON, COMMIT)]
    with draft(place.warehouse, "github") as drafted:
        drafted.add(
            [
                Row(p.stream, p.partition, raw.key, p.as_of, raw.payload.decode(), True, None, None)
                for p in pages
                for raw in p.records
            ]
        )
        rid_of_found(place.warehouse, forgetter, ())
        drafted.rewrite(forgetter.page)
        [piece] = place.warehouse.path.parent.glob("import-*.tmp/*.parquet")
        assert "kofi-dev" not in str(pq.read_table(piece).to_pylist())
        with place.warehouse.landing() as con:
            assert drafted.land(con).new == 3
    assert "kofi-dev" not in str(place.raw())
