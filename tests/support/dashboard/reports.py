"""Issued reports made by hand: a PDF of a few bytes for each of two sponsors and for all."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from dashboard.report.issued import CARD, Issued

SUBJECT = "2024-Q1"


def content(sponsor: str) -> bytes:
    """What the made-up PDF of a sponsor holds."""
    return f"%PDF-1.7 made up for {sponsor or 'everybody'}".encode()


def write(folder: Path) -> None:
    """Lays a report for Acme, for Rival and for everybody beside a warehouse in a folder."""
    for number, sponsor in enumerate(("Acme", "Rival", "")):
        place = folder / "reports" / f"made-up-{number}"
        place.mkdir(parents=True)
        (place / "report.pdf").write_bytes(content(sponsor))
        card = Issued(
            id=f"made-up-{number}",
            issued_at=datetime(2024, 4, 2, tzinfo=UTC),
            subject=SUBJECT,
            is_of_event=False,
            title=f"Reach for {sponsor or 'everybody'}",
            sponsor=sponsor,
            snapshot="20240402T000000000000",
            hashes={"pdf": hashlib.sha256(content(sponsor)).hexdigest()},
            folder=place.name,
        )
        (place / CARD).write_bytes(msgspec.json.encode(card))
