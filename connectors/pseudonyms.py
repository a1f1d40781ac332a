"""Pseudonyms: what stands in ids for an address or a name, and how facts hide it.

What is landed has them as hashes with the key of this warehouse. Facts, marts and snapshots have
other ones, from which nobody can tell the landed hash.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec.structs import asdict, replace

from connectors.base import Connector
from connectors.facts import facts_of
from connectors.model import Clue, Fact, Record
from connectors.privacy import HashPrivate

KINDS = ("email", "address", "walk-in")
HASH_LENGTH = 16
PATTERN = rf"\b(?P<kind>{'|'.join(KINDS)}):[0-9a-f]{{{HASH_LENGTH}}}\b"
_PSEUDONYM = re.compile(PATTERN)


def pseudonym(kind: str, hashed: str) -> str:
    """Return the pseudonym of one of KINDS for what has this hash."""
    return f"{kind}:{hashed[:HASH_LENGTH]}"


def hidden(hide: HashPrivate, text: str) -> str:
    """Return a text as facts have it: `hide` hashes the pseudonyms in it once more."""
    return _PSEUDONYM.sub(lambda found: pseudonym(found["kind"], hide(found[0])), text)


def hidden_facts_of(
    platform: type[Connector[Any]], hide: HashPrivate, source: str, record: Record
) -> Iterator[Fact]:
    """Yield the facts of a record; `hide` hashes the pseudonyms in their ids once more."""
    texts = (record.key, record.payload)
    is_in_ids = any(f"{kind}:" in text for kind in KINDS for text in texts)
    for fact in facts_of(platform, source, record):
        yield _hidden(fact, hide) if is_in_ids or isinstance(fact, Clue) else fact


def _hidden(fact: Fact, hide: HashPrivate) -> Fact:
    texts = {name: value for name, value in asdict(fact).items() if isinstance(value, str)}
    return replace(fact, **{name: hidden(hide, text) for name, text in texts.items()})
