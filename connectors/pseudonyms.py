"""Pseudonyms: what stands in ids for an address or a name, and how facts hide it.

What is landed has them as hashes with the key of this warehouse. Facts, marts and snapshots have
other ones, from which nobody can tell the landed hash.
"""

import re

from connectors.privacy import HashPrivate

EMAIL, ADDRESS, WALK_IN = KINDS = ("email", "address", "walk-in")
HASH_LENGTH = 16
PATTERN = rf"\b(?P<kind>{'|'.join(KINDS)}):[0-9a-f]{{{HASH_LENGTH}}}\b"
_PSEUDONYM = re.compile(PATTERN)
IN_KEYS = re.compile(rf"(?:{ADDRESS}|{WALK_IN}):[0-9a-f]{{{HASH_LENGTH}}}\b")


def pseudonym(kind: str, hashed: str) -> str:
    """Return the pseudonym of one of KINDS for what has this hash."""
    return f"{kind}:{hashed[:HASH_LENGTH]}"


def hidden(hide: HashPrivate, text: str) -> str:
    """Return a text as facts have it: `hide` hashes the pseudonyms in it once more."""
    return _PSEUDONYM.sub(lambda found: pseudonym(found["kind"], hide(found[0])), text)


def is_pseudonym(text: str) -> bool:
    """Tell whether an id is a pseudonym, and nothing else."""
    return bool(_PSEUDONYM.fullmatch(text))
