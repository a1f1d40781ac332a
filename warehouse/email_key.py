"""The key under which e-mail addresses are hashed, in `email.key` beside the warehouse.

The warehouse remembers a fingerprint of it: with another key, the same address would be another
person from then on, and with an empty one anybody could make the hashes.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from warehouse.db import Warehouse
from warehouse.files import replace
from warehouse.versions import WarehouseError

KEY_LENGTH = 64

REMEMBERED = "select fingerprint, id_key from raw.email_key"
HAS_RECORDS = "select exists (from raw.records)"

LOST = (
    "Bring it back from a backup. If it is lost for good, nothing new can be joined to what is "
    "landed: name a file in a new folder as path of [warehouse], then sync and import everything "
    "again"
)
UNUSED = "Nothing was landed with it: delete it, and a new one is made"


def email_key(warehouse: Warehouse) -> bytes:
    """Return the key, made where nothing was landed yet; it is for its owner only.

    Raises WarehouseError where it is not the one with which the landed hashes were made.
    """
    path = warehouse.path.with_name("email.key")
    with warehouse.landing() as con:
        remembered = con.execute(REMEMBERED).fetchall()
        [(has_records,)] = con.execute(HAS_RECORDS).fetchall()
        is_used = bool(remembered) or has_records
        if not path.exists():
            if is_used:
                raise _error(path, "is missing", LOST)
            _make(path)
        key = path.read_bytes().strip()
        if len(key) < KEY_LENGTH:
            raise _error(path, "is empty or cut short", LOST if is_used else UNUSED)
        fingerprint, ids = _derived(key, "fingerprint"), _derived(key, "ids")
        if not remembered:
            con.execute("insert into raw.email_key values (?, ?)", [fingerprint, ids])
        elif remembered[0][0] != fingerprint:
            raise _error(path, "is another key than before", LOST)
    return key


def id_key(warehouse: Warehouse) -> bytes:
    """Return the key that hides pseudonyms in ids. It is in no snapshot."""
    with warehouse.landing() as con:
        remembered = con.execute(REMEMBERED).fetchall()
    if not remembered:
        email_key(warehouse)
        return id_key(warehouse)
    return bytes.fromhex(remembered[0][1])


def _error(path: Path, what: str, advice: str) -> WarehouseError:
    return WarehouseError(f"{path} {what}: e-mail addresses are hashed with it. {advice}")


def _derived(key: bytes, purpose: str) -> str:
    return hmac.new(key, f"community vitals: {purpose}".encode(), hashlib.sha256).hexdigest()


def _make(path: Path) -> None:
    draft = path.with_suffix(".tmp")
    try:
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(KEY_LENGTH // 2), encoding="ascii")
        replace(path, draft)
    finally:
        draft.unlink(missing_ok=True)
