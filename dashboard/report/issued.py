"""Issued reports: frozen, with the hash of every form, in the folder `reports` of a warehouse.

Each lies in a folder of its own: its content, its forms, and `issued.json`, which says what it is.
They are kept apart from the snapshots, which are pruned, and nothing here changes one.
"""

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from dashboard.report.content import PREFIX, Report, from_json, to_json
from dashboard.report.errors import ReportError
from dashboard.report.forms import ENDINGS, Style, render
from warehouse.files import flush

CARD, CONTENT = "issued.json", "content.json"
MOST_BYTES = 200 * 1024 * 1024  # of a file that is verified, and of all that is packed in it
# What zipfile raises for a broken part, an unknown way of packing and an encrypted part.
NOT_A_WORKBOOK = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_ID = re.compile(rf"{PREFIX}[0-9a-f]{{24}}".encode())

State = Literal["issued and unchanged", "issued and altered", "never issued"]


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """One issued report. `hashes` are the SHA-256 of its forms, by their endings."""

    id: str
    issued_at: datetime
    subject: str
    is_of_event: bool
    title: str
    sponsor: str
    snapshot: str
    hashes: dict[str, str]
    folder: str = ""


class Verified(NamedTuple):
    """What a file is, and the report that it is or was made from."""

    state: State
    issued: Issued | None


class CannotIssue(ReportError):
    """A report that must not be issued; says why."""


class BadReports(ReportError):
    """An issued report lacks a part or was changed on the disk; names it."""


def folder_of(warehouse_path: Path) -> Path:
    """Where the issued reports of a warehouse lie."""
    return warehouse_path.with_name("reports")


def issue(folder: Path, report: Report, style: Style) -> Issued:
    """Freeze a report: from now on its time and sponsor have these files, for ever.

    Issued before, it is what was issued then. Raises CannotIssue while the time is not over.
    Killed at any moment, all of it is issued or nothing.
    """
    if found := find(folder, report.subject, report.sponsor):
        return found
    if not report.is_over:
        raise CannotIssue(
            f"{report.subject} is not over in the data that is published: its numbers would change."
            " Sync and build after it has ended, then issue it"
        )
    forms = {ending: render(report, ending, style) for ending in ENDINGS}
    card = Issued(
        id=report.id,
        issued_at=datetime.now(UTC).replace(microsecond=0),
        subject=report.subject,
        is_of_event=report.is_of_event,
        title=report.title,
        sponsor=report.sponsor,
        snapshot=report.snapshot,
        hashes={ending: hashlib.sha256(form).hexdigest() for ending, form in forms.items()},
        folder=_name(report.subject, report.sponsor),
    )
    folder.mkdir(parents=True, exist_ok=True)
    _remove_drafts(folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as made:
        draft = Path(made) / card.folder
        draft.mkdir()
        _write(draft / CONTENT, to_json(report))
        for ending, form in forms.items():
            _write(draft / f"report.{ending}", form)
        _write(draft / CARD, msgspec.json.format(msgspec.json.encode(card), indent=1))
        flush(draft)
        try:
            os.rename(draft, folder / card.folder)
        except OSError as error:
            if (folder / card.folder / CARD).exists():  # Somebody else was first.
                return find(folder, report.subject, report.sponsor) or card
            raise CannotIssue(f"{folder / card.folder}: {error.strerror}") from error
        flush(folder)
    return card


def issued(folder: Path, sponsor: str | None = None) -> list[Issued]:
    """What was issued, newest first; for one sponsor only its own, "" are those for nobody.

    Raises BadReports for a report whose description cannot be read.
    """
    found = [_card(path) for path in sorted(folder.glob(f"[!.]*/{CARD}"))]
    kept = [one for one in found if sponsor is None or one.sponsor == sponsor]
    return sorted(kept, key=lambda one: (one.issued_at, one.folder), reverse=True)


def find(folder: Path, subject: str, sponsor: str) -> Issued | None:
    """The issued report of a quarter or an event for a sponsor; None: there is none."""
    path = folder / _name(subject, sponsor) / CARD
    return _card(path) if path.exists() else None


def file(folder: Path, one: Issued, ending: str) -> bytes:
    """One form of an issued report, the bytes that were issued. Raises BadReports."""
    found = _read(folder / one.folder / f"report.{ending}")
    if hashlib.sha256(found).hexdigest() != one.hashes[ending]:
        raise BadReports(
            f"{folder / one.folder / f'report.{ending}'} is not what was issued: it was changed."
            " Bring the folder back from a backup"
        )
    return found


def content(folder: Path, one: Issued) -> Report:
    """What an issued report says. Raises BadReports."""
    path = folder / one.folder / CONTENT
    try:
        return from_json(_read(path))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadReports(f"{path} cannot be read: {error}") from error


def verify(folder: Path, path: Path) -> Verified:
    """Tell whether a file is an issued report, was one before it was altered, or never was one.

    Every form carries the report's number, by which an altered file is known.
    """
    with path.open("rb") as opened:
        found = opened.read(MOST_BYTES + 1)
    if len(found) > MOST_BYTES:
        return Verified("never issued", None)
    reports = issued(folder)
    hashed = hashlib.sha256(found).hexdigest()
    for one in reports:
        if hashed in one.hashes.values():
            return Verified("issued and unchanged", one)
    named = {match.decode() for text in _texts(found) for match in _ID.findall(text)}
    for one in reports:
        if one.id in named:
            return Verified("issued and altered", one)
    return Verified("never issued", None)


def _texts(found: bytes) -> Iterator[bytes]:
    """The file, and where it is a zip, as a workbook is, what is packed in it, to a bound."""
    yield found
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(found)) as parts:
            for part in parts.infolist():
                with parts.open(part) as opened:
                    text = opened.read(left)
                yield text
                left -= len(text)
                if not left:
                    return
    except NOT_A_WORKBOOK:
        return


def _name(subject: str, sponsor: str) -> str:
    """A folder's name that tells a person what it is, and differs for any two reports."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{subject} {sponsor}".lower()).strip("-")[:60]
    key = hashlib.sha256(json.dumps([subject, sponsor]).encode()).hexdigest()[:8]
    return f"{words}-{key}"


def _card(path: Path) -> Issued:
    try:
        return msgspec.json.decode(_read(path), type=Issued)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadReports(f"{path} cannot be read: {error}. Bring it back from a backup") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadReports(f"{path}: {error.strerror}. Bring it back from a backup") from error


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    flush(path)


def _remove_drafts(folder: Path) -> None:
    """Remove what a killed process left more than an hour ago."""
    for draft in folder.glob(".draft-*"):
        if datetime.now().timestamp() - draft.stat().st_mtime > 3600:
            shutil.rmtree(draft, ignore_errors=True)
