"""E-mail addresses in odd clothes are cut from names like plain ones."""

import json
import time

import pytest

from connectors.privacy import cut_address, cut_addresses, hash_email, hash_with


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("bob@example.org", "bob"),
        ("bob\uff20example.org", "bob"),
        ("bob\ufe6bexample.org", "bob"),
        ("bob%40example.org", "bob"),
        ("bob%2540example%2Eorg", "bob"),
        ("bob&#64;example.org", "bob"),
        ('"bob b"@example.org', '"bob b"'),
        ("bob@m\u00fcnchen.de", "bob"),
        ("bob@\u4f8b\u3048\u3002\u30c6\u30b9\u30c8", "bob"),
        ("bob@\u0939\u093f\u0928\u094d\u0926\u0940.\u092d\u093e\u0930\u0924", "bob"),
        ("\uff42\uff4f\uff42\uff20\uff45\uff58\uff0e\uff4f\uff52\uff47", "\uff42\uff4f\uff42"),
        ("bob@[192.0.2.1]", "bob"),
        ("bob (at) example (dot) org", "bob "),
        ("<mailto:bob@example.org|bob@example.org>", "<mailto:bob|bob>"),
        ("look (at) this, @bob: 100% & 40.5", "look (at) this, @bob: 100% & 40.5"),
    ],
)
def test_the_domain_of_an_address_is_cut(written: str, left: str) -> None:
    assert cut_address(written) == left
    record = {"name": written, "@next.to": ["@a.b", written]}
    cut = json.loads(cut_addresses(json.dumps(record, ensure_ascii=False).encode()))
    assert cut == {"name": left, "@next.to": ["@a.b", left]}


def test_an_address_has_one_hash_however_wide_it_is_written() -> None:
    hashed = hash_with(b"key")
    wide = "\uff42\uff4f\uff42\uff20example.org"
    assert hash_email(hashed, wide) == hash_email(hashed, " Bob@Example.org")


@pytest.mark.parametrize(
    "text", [b"a" * 1_000_000 + b" b@c.d", b"a@" * 200_000, b"a@" + b"a." * 200_000]
)
def test_a_long_text_takes_no_time(text: bytes) -> None:
    began = time.process_time()
    cut_addresses(text)
    assert time.process_time() - began < 2
