"""Logos, as the configuration names them."""

from pathlib import Path

from dashboard.report.content import Logo
from dashboard.report.errors import ReportError

ENDINGS = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".svg": "svg"}
SIGNS = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "svg": b"<svg"}
MOST_BYTES = 2 * 1024 * 1024


class BadLogo(ReportError):
    """A logo is no picture that a report can hold; names it."""


def read_logo(path: Path, of: str) -> Logo:
    """The picture of a community or a sponsor. Raises BadLogo."""
    ending = ENDINGS.get(path.suffix.lower())
    if ending is None:
        raise BadLogo(f"{path}: a logo is a .png, .jpg or .svg file")
    try:
        with path.open("rb") as opened:
            picture = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadLogo(f"{path}: the logo cannot be read: {error.strerror}") from error
    if len(picture) > MOST_BYTES:
        raise BadLogo(f"{path}: the logo has more than {MOST_BYTES >> 20} MB. Make it smaller")
    if SIGNS[ending] not in (picture if ending == "svg" else picture[:8]):
        raise BadLogo(f"{path} holds no .{ending} picture")
    return Logo(of, ending, picture)
