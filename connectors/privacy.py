"""Private data, before anything is written: e-mail addresses are hashed or cut."""

import hashlib
import hmac
import re
from collections.abc import Callable

HashPrivate = Callable[[str], str]

_EMAIL = re.compile(rb"""([^\s"\\@<>|:;,()]+)@[\w\x80-\xff-]+(?:\.[\w\x80-\xff-]+)+""")


def hash_with(key: bytes) -> HashPrivate:
    """Return a function that hashes a private text with a key (HMAC-SHA256, hex)."""

    def hash_private(value: str) -> str:
        return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()

    return hash_private


def hash_email(hash_private: HashPrivate, address: str | None) -> str | None:
    """Return the keyed hash of an e-mail address, the same in any case; None for none."""
    plain = (address or "").strip().lower()
    return hash_private(plain) if plain else None


def cut_addresses(text: bytes) -> bytes:
    """Return JSON or a name with each e-mail address cut to the part before its @."""
    return _EMAIL.sub(rb"\1", text) if b"@" in text else text
