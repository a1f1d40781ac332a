"""Words from outside, fit to be shown and stored: one line, bounded, without secrets that we know.

A server may send our own token back, in an error or as a request id, also encoded in some way.
"""

import json
import re
import threading
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from unicodedata import category
from urllib.parse import quote, quote_plus

from connectors import bounds

HIDDEN = "[secret]"
LEAST_SECRET_CHARACTERS = 6
LEAST_ENCODED_CHARACTERS = 12
# Control and format characters (of which some change the direction of text), halves of characters,
# and line separators.
UNSHOWN_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")
JOINERS = "\u200c\u200d"  # letters of some scripts and emojis need them
ESCAPE_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])"
)
BREAKS = rf"[\s{JOINERS}]*"
# For a pattern that ignores case they are the letter i.
DOTLESS = str.maketrans("\u0130\u0131", "ii")
BLANKS = re.compile(r"\s+")
UNSHOWN = re.compile(r"[^\x20-\x7e]")
_WINDOW_CHARACTERS = 20_000

_lock = threading.Lock()
_secrets: frozenset[str] = frozenset()


def keep_secret(*values: str | None) -> None:
    """Remember secrets of this process, which `redacted` and `redacted_bytes` replace."""
    global _secrets
    found = {part.strip() for value in values if value for part in _parts(value)}
    new = {part for part in found if len(part) >= LEAST_SECRET_CHARACTERS}
    with _lock:
        if not new <= _secrets:
            _secrets |= new


def _parts(value: str) -> Iterable[str]:
    """The value and, of a key of many lines, each line that is not its frame."""
    value = value.encode("utf-8", "replace").decode()
    lines = value.replace("\\n", "\n").split("\n")
    return [value, *(line for line in lines if len(lines) > 1 and "-----" not in line)]


def plain(text: str) -> str:
    """Return a text as one line without control characters, escapes, or marks of direction."""
    if UNSHOWN.search(text) is None:
        return text
    text = BLANKS.sub(" ", ESCAPE_SEQUENCE.sub("", text))
    return "".join(c for c in text if c in JOINERS or category(c) not in UNSHOWN_CATEGORIES)


def redacted(text: str) -> str:
    """Return a text with each secret that we know replaced, however it is encoded or broken up."""
    squeezed = _squeezed(text)
    for form, squeezed_form in _loose_forms(_secrets):
        if squeezed_form in squeezed:  # A pattern of a key takes a second to compile.
            text = _pattern(form).sub(HIDDEN, text)
    return text


def redacted_bytes(content: bytes) -> bytes:
    """Return a response's bytes with each secret replaced, fast where there is none."""
    for form in _byte_forms(_secrets):
        if form in content:
            content = content.replace(form, HIDDEN.encode())
    return content


def quoted(text: object, most: int | None = None) -> str:
    """Return words from outside as one plain line without secrets, cut at so many characters."""
    most = bounds.MOST_QUOTED_CHARACTERS if most is None else most
    given = str(text)
    shown = redacted(plain(given[:_WINDOW_CHARACTERS]))
    if len(given) > _WINDOW_CHARACTERS:
        # The end of what was looked at may go through a secret.
        shown = shown[: -max(map(len, _secrets), default=0) or None]
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def sentence(text: str) -> str:
    """Return a sentence of ours, which may quote others: `quoted`, but longer."""
    return quoted(text, bounds.MOST_MESSAGE_CHARACTERS)


def message(text: str) -> str:
    """Return a message of ours, each line of it a `sentence`."""
    return "\n".join(sentence(line) for line in text.split("\n"))


def _forms(secret: str) -> set[str]:
    """Return a secret as it is, and as it may be written within URLs, JSON, HTML or base64."""
    as_json, in_url = json.dumps(secret)[1:-1], quote(secret, safe="")
    forms = {secret, as_json, as_json.replace("/", "\\/"), escape(secret), repr(secret)[1:-1]}
    forms |= {in_url, quote(in_url), quote(secret), quote_plus(secret)}
    if len(secret) >= LEAST_ENCODED_CHARACTERS:
        forms.add(secret.encode().hex())
        forms.add("".join(f"%{byte:02X}" for byte in secret.encode()))
        forms |= _base64_forms(secret.encode())
    return forms


def _base64_forms(secret: bytes) -> set[str]:
    """Return what base64 of any text that holds the secret has in common, at each alignment."""
    forms = set()
    for before in range(3):
        encoded = b64encode(b"\0" * before + secret).decode().rstrip("=")
        core = encoded[(before * 8 + 5) // 6 : (before + len(secret)) * 4 // 3]
        forms |= {core, core.replace("+", "-").replace("/", "_")}
    return forms


@lru_cache(maxsize=8)
def _byte_forms(secrets: frozenset[str]) -> tuple[bytes, ...]:
    long = (secret for secret in secrets if len(secret) >= LEAST_ENCODED_CHARACTERS)
    forms = {form.encode() for secret in long for form in _forms(secret)}
    return tuple(sorted(forms, key=len, reverse=True))


@lru_cache(maxsize=8)
def _loose_forms(secrets: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return the forms of secrets, the longest first, each with what it is without breaks."""
    forms = {form for secret in secrets for form in _forms_of(secret)}
    return tuple((form, _squeezed(form)) for form in sorted(forms, key=len, reverse=True))


@lru_cache(maxsize=128)
def _forms_of(secret: str) -> frozenset[str]:
    return frozenset(_forms(secret))


@lru_cache(maxsize=128)
def _pattern(form: str) -> re.Pattern[str]:
    """Return what finds a form in any case, however it is broken up."""
    return re.compile(BREAKS.join(map(re.escape, form)), re.IGNORECASE)


def _squeezed(text: str) -> str:
    """Return a text such that it holds a form of which `_pattern` finds one in the text."""
    return re.sub(BREAKS, "", text).translate(DOTLESS).casefold()
