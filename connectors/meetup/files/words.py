"""What the words in Meetup's downloads mean, in the languages of `headers.toml`."""

import re
import tomllib
import unicodedata
from pathlib import Path

from connectors.model import Answer, Mark

_WORDS = tomllib.loads(Path(__file__).with_name("headers.toml").read_text(encoding="utf-8"))
SPACES = re.compile(r"\s+")
LEAST_OF_MONTH = 3


def plain(text: str) -> str:
    """A word as it is compared: lower case, one kind of space and apostrophe."""
    normal = unicodedata.normalize("NFKC", text).replace("\u2019", "'").strip(" \t:*'\"\ufeff")
    return SPACES.sub(" ", normal).casefold()


def _meanings(table: str) -> dict[str, str]:
    return {plain(word): name for name, words in _WORDS[table].items() for word in words}


COLUMNS: dict[str, list[str]] = {
    name: [plain(word) for word in words] for name, words in _WORDS["columns"].items()
}
_answers, _marks = _meanings("answers"), _meanings("marks")
_months = {word: int(number) for word, number in _meanings("months").items()}


def answer_of(text: str) -> Answer | None:
    """What somebody answered; NONE for an empty cell, None for a word that is not known."""
    name = _answers.get(plain(text))
    return Answer(name) if name else None


def mark_of(text: str) -> Mark | None:
    """What was noted at the door; None for nothing, and for a word that is not known."""
    name = _marks.get(plain(text))
    return Mark(name) if name else None


def month_of(text: str) -> int | None:
    """The number of a month by its name or the beginning of it; None for any other word."""
    word = plain(text).rstrip(".")
    if word in _months:
        return _months[word]
    if len(word) < LEAST_OF_MONTH:
        return None
    found = {number for name, number in _months.items() if name.startswith(word)}
    return found.pop() if len(found) == 1 else None
