"""Accounts elsewhere that a profile names as its own, found in its texts, links and fields.

Only the address of a whole account counts, never a name, never a handle alone. What an address
looks like is said by each platform's connector.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from unicodedata import normalize

from connectors.discovery import connectors

MOST_CHARACTERS = 5_000
_BETWEEN = re.compile(r"""[\s<>"'`|()\[\]{},;*\u3001\u3002\u300c\u300d\u00b7\u2022]+|:(?!//)""")
_ADDRESS = re.compile(r"(?:https?://)?((?:[a-z\d-]{1,63}\.){1,4}[a-z]{2,24}/[^?#]{1,100})", re.I)
# Words beside the name of a platform with which a field still asks for an account there.
_WORDS = re.compile(r"account|handle|id|link|login|name|page|profile|url|user|username")
_NOTHING = frozenset(("n-a", "na", "nil", "no", "none", "nope", "null", "tba", "tbd", "yes"))

Pages = dict[str, tuple[re.Pattern[str], re.Pattern[str] | None]]


def accounts_elsewhere(
    own: str, texts: Iterable[object], fields: Iterable[tuple[str, object]] = ()
) -> list[str]:
    """Return the accounts that a profile on the platform `own` names, as `github:kofi`, sorted.

    `fields` are labels with what stands there: under a label such as GitHub a handle is enough.
    Of a platform of which it names several accounts, none is taken.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    labelled = [(label, value) for label, value in fields if isinstance(value, str)]
    for text in (*texts, *(value for _, value in labelled)):
        if isinstance(text, str):
            for kind, name in _named_in(text):
                found[kind].add(name)
    for label, value in labelled:
        for kind, name in _named_under(label, value):
            found[kind].add(name)
    return sorted(
        f"{kind}:{name}"
        for kind, names in found.items()
        if kind != own and len(names) == 1
        for name in names
    )


def _named_in(text: str) -> Iterator[tuple[str, str]]:
    for part in _BETWEEN.split(normalize("NFKC", text[:MOST_CHARACTERS])):
        if address := _ADDRESS.match(part.rstrip(".!")):
            page = address[1].rstrip("/")
            for prefix in ("www.", "m."):
                page = page[len(prefix) :] if page.lower().startswith(prefix) else page
            for kind, (pages, _) in _account_pages().items():
                if whole := pages.fullmatch(page):
                    yield kind, whole[1].lower()


def _named_under(label: str, value: str) -> Iterator[tuple[str, str]]:
    words = set(re.findall(r"[a-z]+", label.lower()))
    name = normalize("NFKC", value[:MOST_CHARACTERS]).strip().removeprefix("@")
    for kind, (_, handles) in _account_pages().items():
        is_asked = kind in words and all(map(_WORDS.fullmatch, words - {kind}))
        if is_asked and handles and handles.fullmatch(name) and name.lower() not in _NOTHING:
            yield kind, name.lower()


@cache
def _account_pages() -> Pages:
    return {
        kind: (connector.account_pages, connector.account_handles)
        for kind, connector in connectors().items()
        if connector.account_pages is not None
    }
