"""What others say is shown as one bounded line, without our secrets in any of their forms."""

import base64
import json
import time
from html import escape
from urllib.parse import quote

import pytest

from connectors import redaction
from connectors.base import BlindSpot, Denied
from connectors.bounds import MOST_MESSAGE_CHARACTERS, MOST_QUOTED_CHARACTERS
from connectors.redaction import keep_secret, message, plain, quoted, redacted_bytes

SECRET = 'made/up+secret "&=0042'
KEY = "-----BEGIN KEY-----\nMadeUpLineOne0000\nMadeUpLineTwo1111\n-----END KEY-----"


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", frozenset())
    keep_secret(SECRET, KEY, "abc", "", None)
    return


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "echoed",
    [
        SECRET,
        SECRET.upper(),
        SECRET.replace("s", "\u017f"),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote(quote(SECRET, safe="")),
        json.dumps(SECRET),
        json.dumps(SECRET).replace("/", "\\/"),
        escape(SECRET),
        SECRET.encode().hex(),
        b64(f"Bearer {SECRET}"),
        b64(f"u:{SECRET}"),
        b64(f"me:{SECRET}:x"),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        "\n".join(SECRET),
        "\u200d".join(SECRET),
        "\x1b[31m".join(SECRET),
        SECRET[:9] + "\u202e" + SECRET[9:],
    ],
)
def test_a_secret_is_replaced_in_every_form(echoed: str) -> None:
    said = quoted(f"token {echoed}!")
    assert "[secret]" in said
    for part in (echoed, SECRET, SECRET[4:-4]):
        assert part.lower() not in said.lower()


@pytest.mark.parametrize("other_i", ["\u0130", "\u0131", "I"])
def test_a_secret_has_no_letter_that_is_another_in_some_language(other_i: str) -> None:
    assert quoted(f"a MadeUpL{other_i}neOne0000") == "a [secret]"


def test_a_new_token_is_known_at_once() -> None:
    """However many there were and however long they are."""
    began = time.process_time()
    for number in range(20):
        keep_secret(f"{number}-" + "made-up-token-" * 100)
        assert quoted("a b") == "a b"
    assert time.process_time() - began < 2


def test_each_line_of_a_key_is_a_secret_and_short_words_are_none() -> None:
    assert quoted("abc MadeUpLineTwo1111 abc") == "abc [secret] abc"


def test_a_response_is_cleared_before_anything_reads_it() -> None:
    body = json.dumps({"error": f"no {SECRET}", "id": b64(f"x{SECRET}")}).encode()
    cleared = json.loads(redacted_bytes(body))
    assert cleared["error"] == "no [secret]"
    assert "[secret]" in cleared["id"]


def test_words_are_one_bounded_line_without_control_characters() -> None:
    assert plain("a\x1b]0;title\x07b\x1b[2Jc\x9b\x00\u202e\u2066\nd\ud800") == "abc d"
    assert plain("caf\u00e9 \U0001f469\u200d\U0001f4bb") == "caf\u00e9 \U0001f469\u200d\U0001f4bb"
    assert len(quoted("x" * 1_000_000)) == MOST_QUOTED_CHARACTERS
    assert len(message("x" * 1_000_000)) == MOST_MESSAGE_CHARACTERS


@pytest.mark.parametrize("before", range(0, 60, 7))
def test_no_cut_shows_a_part_of_a_secret(before: int) -> None:
    text = "." * before + f"{SECRET} " * 5000
    said = quoted(text).replace("[secret]", "").strip(". \u2026")
    assert SECRET[:4] not in said


def test_errors_and_blind_spots_are_cleared() -> None:
    error = Denied(f"no {SECRET}\x1b[1m", where=f"request {SECRET}", advice=SECRET)
    spot = BlindSpot(SECRET, f"\x1b[2J{SECRET}", SECRET)
    assert str(error) == "no [secret] [request [secret]]. [secret]"
    assert SECRET not in repr(error.args) + repr(spot)
    assert "\x1b" not in spot.reason
