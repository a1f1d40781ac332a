"""Private data, before anything is written: e-mail addresses are hashed or cut."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from connectors.addresses import plain_address

HashPrivate = Callable[[str], str]

# The sign and the dot as keyboards, URLs, HTML and careful people write them. The first character
# stands alone, so that the search is fast; what is before it is looked at behind it.
_AT = r"""[@\uff20\ufe6b%&(\[](?:(?<=[(\[])at[)\]]\ ?|(?:(?<=[^\s"\\@<>|:;,(].)|(?<=\\".))
    (?:(?<=[@\uff20\ufe6b])|(?<=%)(?:25)*40|(?<=&)(?:\#0*64|\#x0*40|commat);))"""
_DOT = r"(?:[.\u3002\uff0e\uff61]|%2[eE]|\ ?[(\[]dot[)\]]\ ?)"
_LABEL = (
    r"[\w\-\u00a1-\u1fff\u2030-\u2fff\u3003-\ufe6a\ufe6c-\uff0d\uff0f-\uff1f\uff21-\uff60"
    r"\uff62-\U0010ffff]"
)
_DOMAIN = rf"{_AT}(?:{_LABEL}+(?:{_DOT}{_LABEL}+)+|\[[0-9a-fA-F:.]+\])"
_SIGNS = (b"@", b"%40", b"%25", "\uff20".encode(), "\ufe6b".encode(), b"&", b"at)", b"at]")
_ANY_SIGN = re.compile(b"|".join(map(re.escape, _SIGNS)))

# Whoever has the role reads what is sent there: RFC 2142, and what organisations add to it.
ROLES = frozenset(
    Path(__file__).with_name("role_addresses.txt").read_text(encoding="ascii").split()
)

_MACHINE = re.compile(r"[^.]*|.*\.(?:localdomain|\(none\))")


def hash_with(key: bytes) -> HashPrivate:
    """Return a function that hashes a private text with a key (HMAC-SHA256, hex)."""

    def hash_private(value: str) -> str:
        return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()

    return hash_private


def hash_email(hash_private: HashPrivate, address: str | None) -> str | None:
    """Return the keyed hash of an e-mail address, None for none.

    It is the same in any case and width, and for both ways to write a domain in another script. No
    tag and no dot is cut, whatever one provider does with them: other ones give them to others.
    """
    plain = plain_address(address)
    return hash_private(plain) if plain else None


def hash_own_email(hash_private: HashPrivate, address: str | None) -> str | None:
    """Return the keyed hash of an address that one person has.

    None for that of a role, as `info@`, and of a machine, which many have: `ada@localhost`.
    """
    plain = plain_address(address)
    local = re.split(r"[@+]", plain, maxsplit=1)[0]
    is_role = re.sub(r"[-_.]|\d+$", "", local) in ROLES
    is_shared = is_role or _MACHINE.fullmatch(plain.rpartition("@")[2])
    return None if is_shared else hash_email(hash_private, plain)


def cut_addresses(text: bytes) -> bytes:
    """Return JSON with each e-mail address cut to the part before its @."""
    if not _ANY_SIGN.search(text):
        return text
    found = _domain().sub("", text.decode("utf-8", "surrogateescape"))
    return found.encode("utf-8", "surrogateescape")


@cache
def _domain() -> re.Pattern[str]:
    """Compiled when it is first asked for: that takes longer than most commands need of it."""
    return re.compile(_DOMAIN, re.VERBOSE)


def cut_address(name: str) -> str:
    """Return a name with each e-mail address in it cut to the part before its @."""
    return str(
        json.loads(cut_addresses(json.dumps(name, ensure_ascii=False).encode("utf-8", "replace")))
    )
