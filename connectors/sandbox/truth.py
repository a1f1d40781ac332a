"""The truth about a made-up community: which person owns which account."""

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from connectors.discovery import connectors, sandbox_routes
from connectors.sandbox.community import World
from connectors.sandbox.texture import TEXTURE

COLUMNS = ("person", "source", "account_id")


def truth(world: World) -> Iterator[tuple[int, str, str]]:
    """Yield each person's number with the kind of a source and the id of an account there.

    Accounts that did nothing until now are among them. Robots are nobody's.
    """
    for kind in connectors():
        for number, account in sorted(_account_ids(world, kind).items()):
            yield number, kind, account


def write_truth(world: World, path: Path) -> None:
    """Write the truth as CSV, with account ids as in the warehouse: `slack:U012AB3CD`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows((number, kind, f"{kind}:{id}") for number, kind, id in truth(world))


def account_page(world: World, kind: str, number: int) -> str:
    """Return the address of a person's account, as people write it into their profiles."""
    return TEXTURE.account_pages[kind].format(_account_ids(world, kind)[number])


@lru_cache(maxsize=8)
def _account_ids(world: World, kind: str) -> dict[int, str]:
    served = sandbox_routes(kind)
    return served.account_ids(world) if served else {}
