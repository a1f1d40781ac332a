"""The words in Meetup's downloads, in the languages of `headers.toml`, and their meanings."""

import re
import tomllib
import unicodedata
from pathlib import Path

from connectors.model import CheckIn, RsvpState

_WORDS = tomllib.loads(Path(__file__).with_name("headers.toml").read_text(encoding="utf-8"))
SPACES = re.compile(r"\s+")
LEAST_OF_MONTH = 3


def plain(text: str) -> str:
    """Return a word for comparing: in lower case, with one kind of space and apostrophe."""
    normal = unicodedata.normalize("NFKC", text).replace("\u2019", "'").strip(" \t:*'\"\ufeff")
    return SPACES.sub(" ", normal).casefold()


def _meanings(table: str) -> dict[str, str]:
    return {plain(word): name for name, words in _WORDS[table].items() for word in words}


COLUMNS: dict[str, list[str]] = {
    name: [plain(word) for word in words] for name, words in _WORDS["columns"].items()
}
_rsvps, _check_ins = _meanings("rsvps"), _meanings("check_ins")
_months = {word: int(number) for word, number in _meanings("months").items()}


def rsvp_of(text: str) -> RsvpState | None:
    """Return the RSVP that a cell means; NONE for an empty cell, None for an unknown word."""
    name = _rsvps.get(plain(text))
    return RsvpState(name) if name else None


def check_in_of(text: str) -> CheckIn | None:
    """Return the check-in that a cell means; None for an empty cell and an unknown word."""
    name = _check_ins.get(plain(text))
    return CheckIn(name) if name else None


def month_of(text: str) -> int | None:
    """Return the number of a month by its name or the start of it; None for any other word."""
    word = plain(text).rstrip(".")
    if word in _months:
        return _months[word]
    if len(word) < LEAST_OF_MONTH:
        return None
    found = {number for name, number in _months.items() if name.startswith(word)}
    return found.pop() if len(found) == 1 else None
