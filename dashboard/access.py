"""What a session is given: the snapshot, the aggregates of its sponsors, or nothing.

It is decided here alone, from the claims of the provider and the configuration as it is now: at
every run of a page, at every question to the snapshot, and when a download is pressed.
"""

import os
import tomllib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from typing import Any

import streamlit as st
from pydantic import ValidationError

from dashboard import audit
from dashboard.roles import THIS_MACHINE, Access, Role, Viewer, viewer_of

# Set by `vitals dashboard` together with VITALS_WAREHOUSE, so that both are of one place.
CONFIG = "VITALS_DASHBOARD_CONFIG"
FOR_PEOPLE = frozenset({"people", "member"})
FOR_VISITORS = frozenset({"reach"})
FOR_SPONSORS = FOR_VISITORS | {"reports"}
UNREADABLE = Viewer(
    Role.STRANGER, why="The configuration cannot be read, so nothing is shown. Ask who runs this."
)
NO_SIGN_IN = Viewer(
    Role.STRANGER, why="Nobody can sign in here, so only the machine that runs this is served."
)
MOST_FILES, MOST_ENDED = 5_000, 10_000

_lock = Lock()
_read: tuple[tuple[int, ...], Access | None] | None = None
_files: OrderedDict[bytes, set[Viewer]] = OrderedDict()
_ended: OrderedDict[tuple[str, ...], None] = OrderedDict()


class NotAllowed(Exception):
    """The session may not have this, or may no longer."""


def warehouse() -> Path:
    """The warehouse that this dashboard shows."""
    return Path(os.environ.get("VITALS_WAREHOUSE", "data/vitals.duckdb"))


def configured() -> Access | None:
    """`[access]` as it stands in the configuration now; None where that cannot be read."""
    global _read
    config = os.environ.get(CONFIG)
    if not config:
        return Access()
    try:
        found = os.stat(config)
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        with _lock:
            if _read is None or _read[0] != stamp:
                _read = stamp, _access_of(Path(config))
            return _read[1]
    except OSError:
        return None


def _access_of(config: Path) -> Access | None:
    try:
        content = tomllib.loads(config.read_text(encoding="utf-8"))
        return Access.model_validate(content.get("access", {}))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError):
        return None


def viewer() -> Viewer:
    """Who is in front of the running session, decided now."""
    return viewer_with(_claims())


def viewer_with(claims: Mapping[str, Any]) -> Viewer:
    """Who comes with these claims of a provider, decided now."""
    access = configured()
    if access is None:
        return UNREADABLE
    if not access.is_open:
        return THIS_MACHINE if _serves_this_machine_alone() else NO_SIGN_IN
    with _lock:
        has_ended = _key(claims) in _ended
    return viewer_of(access, {} if has_ended else claims, datetime.now(UTC))


def _claims() -> dict[str, Any]:
    access = configured()
    return st.user.to_dict() if access is not None and access.provider else {}


def _serves_this_machine_alone() -> bool:
    """Whether only programs on this machine reach this server; `vitals dashboard` says where."""
    address = st.get_option("server.address")
    try:
        return address in (None, "localhost") or ip_address(address).is_loopback
    except ValueError:
        return False


def end(claims: Mapping[str, Any]) -> None:
    """Ends every session with the sign-in of these claims, in each tab and with a copied cookie."""
    with _lock:
        _ended[_key(claims)] = None
        while len(_ended) > MOST_ENDED:
            _ended.popitem(last=False)


def _key(claims: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(claims.get(claim)) for claim in ("provider", "iss", "sub", "iat"))


def pages_of(viewer: Viewer, names: Iterable[str]) -> frozenset[str]:
    """Of the pages with these names, those that somebody may open."""
    names = frozenset(names)
    if viewer.role is Role.STRANGER:
        return frozenset()
    if not viewer.reads_names:
        return names & (FOR_SPONSORS if viewer.sponsors else FOR_VISITORS)
    return names - FOR_SPONSORS - (frozenset() if viewer.finds_people else FOR_PEOPLE)


def expect_snapshot() -> None:
    """Raises NotAllowed where the running session may not read the snapshot now."""
    if not viewer().reads_names:
        raise NotAllowed("this session is not given the snapshot")


def log(viewer: Viewer, what: str, kind: str, name: str) -> None:
    """Adds a line to the audit log, but for the person at this machine, where nobody signs in."""
    if viewer != THIS_MACHINE:
        audit.write(warehouse().parent, viewer, what, kind, name)


def download(file_name: str, make: Callable[[], str | bytes]) -> Callable[[], bytes]:
    """What a download button is given: it makes the file when pressed, if that is still allowed.

    The file is then of those who are this viewer, and of nobody else: see `may_have`.
    """
    claims, whose = _claims(), viewer()

    def made() -> bytes:
        now = viewer_with(claims)
        if now != whose:
            log(now, audit.REFUSED, "file", file_name)
            raise NotAllowed("this session may no longer have the file")
        content = make()
        content = content.encode() if isinstance(content, str) else content
        _remember(content, whose)
        log(whose, audit.OPENED, "file", file_name)
        return content

    return made


def _remember(content: bytes, whose: Viewer) -> None:
    digest = sha256(content).digest()
    with _lock:
        _files.setdefault(digest, set()).add(whose)
        _files.move_to_end(digest)
        while len(_files) > MOST_FILES:
            _files.popitem(last=False)


def may_have(viewer: Viewer, content: bytes) -> bool:
    """Whether a file was made for somebody who is this viewer."""
    with _lock:
        return viewer in _files.get(sha256(content).digest(), ())
