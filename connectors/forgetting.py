"""Forgetting: what stands for the accounts of people who want to be forgotten, and in which fields.

All that is landed passes here, from files and from the platforms. In the place of a forgotten
account stands a pseudonym, a hash with the key of this warehouse; of what the platform tells about
the account nothing is left but what counts rest on, as the time of joining.
"""

import dataclasses
import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from connectors.model import Page, Raw
from connectors.privacy import HashPrivate
from connectors.pseudonyms import ADDRESS, IN_KEYS, WALK_IN, pseudonym

HASH_LENGTH = 16
BY_ADDRESS = "email:"  # begins the id of an account that is known by an address alone
EVERYWHERE = (BY_ADDRESS, f"{ADDRESS}:")  # begin what is made of an address: it is of one person
NUMBER = "#"  # begins the number of an account that is known by its handle
ADDRESS_FIELD = "email_hash"
STATED_FIELD = "accounts_elsewhere"
WORD = "forgotten"
MENTION = re.compile(r"<@!?(\w+)(?:\|[^>]*)?>", re.ASCII)
SEPARATORS = (None, "#", ":")

# Returns what stands for an account's id; None where that stays.
Replace = Callable[[str], str | None]


@dataclass(frozen=True)
class Naming:
    """Where the records of a platform name accounts.

    fields: by stream, the paths of ids, `user.login`; lists on the way are passed through.
    about: the streams that tell of one account each.
    keyed: further streams whose keys begin with the id of an account.
    lists: the streams of which each partition is of one account, and has its id for a name.
    number: the field beside an id that holds the account's number, which outlasts a new handle.
    words: the field with what the author of a record wrote.
    kept: the fields that stay of what is told about an account, beside its id.
    has_numbers: ids are made of digits, and have leading zeros in keys.
    """

    fields: Mapping[str, Collection[str]]
    about: frozenset[str]
    keyed: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    number: str = ""
    words: str = ""
    kept: frozenset[str] = frozenset()
    has_numbers: bool = False


class Tombstone(NamedTuple):
    """What is left of a forgotten account: keyed hashes, and the pseudonym of its person.

    `hashed` is that of its id, its number, its address or its name in a profile elsewhere;
    `account_id` is its pseudonym with the source, None where the hash is that of a number or an
    address, which any account may have. A tombstone without a source counts on every one.
    """

    source: str
    hashed: str
    account_id: str | None
    person_id: str


def hash_of_account(hash_private: HashPrivate, source: str, id: str) -> str:
    """Return the hash in the tombstone of an account, whatever the case of its id or handle."""
    place = "" if id.startswith(EVERYWHERE) else source
    return hash_private(f"{WORD} {place}:{id.lower()}")


def hash_of_address(hash_private: HashPrivate, email_hash: str) -> str:
    """Return the hash in the tombstone of an address, which is landed as a hash itself."""
    return hash_private(f"{WORD} address {email_hash}")


def hash_of_stated(hash_private: HashPrivate, stated: str) -> str:
    """Return the hash in the tombstone of an account as a profile names it, `github:kofi`."""
    return hash_private(f"{WORD} stated {stated.lower()}")


def keys_of_address(email_hash: str) -> tuple[str, str]:
    """Return what stands for this address where nothing else is known of somebody.

    That is the id of an account, and the beginning of the key of an attendee in a file.
    """
    return account_of_address(email_hash), pseudonym(ADDRESS, email_hash)


def key_of_name(hash_private: HashPrivate, name: str) -> str:
    """Return the beginning of the keys of attendees in files who are known by this name alone."""
    return pseudonym(WALK_IN, hash_private(name.casefold()))


def pseudonym_of_called(
    hash_private: HashPrivate, called: str, kind: str | None, stones: Collection[Tombstone]
) -> str | None:
    """Return the pseudonym of a forgotten account that is called `source:id` or `source:handle`.

    `kind` is that of its source. None where no such account is forgotten.
    """
    source, _, name = called.partition(":")
    hashes = {
        hash_of_account(hash_private, source, name),
        hash_of_stated(hash_private, f"{kind}:{name}"),
    }
    found = (stone.account_id for stone in stones if stone.hashed in hashes)
    return next((id for id in found if id and id.startswith(f"{source}:")), None)


def account_of_address(email_hash: str) -> str:
    """Return the id of the account that is known by this address alone."""
    return f"{BY_ADDRESS}{hashlib.sha256(email_hash.encode()).hexdigest()[:HASH_LENGTH]}"


def addresses_in(content: Any, paths: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the hash of each address in a record, with the id of the account that it is beside."""
    if not isinstance(content, dict):
        return
    if isinstance(email_hash := content.get(ADDRESS_FIELD), str):
        for path in paths:
            *parents, leaf = path.split(".")
            owner: Any = content
            for name in parents:
                owner = owner.get(name) if isinstance(owner, dict) else None
            id = owner.get(leaf) if isinstance(owner, dict) else None
            if isinstance(id, str):
                yield email_hash, id
    for name, value in content.items():
        below = [path.removeprefix(f"{name}.") for path in paths if path.startswith(f"{name}.")]
        for one in value if isinstance(value, list) else [value]:
            if below:
                yield from addresses_in(one, below)


def ids_in(content: Any, paths: Collection[str]) -> Iterator[str]:
    """Yield the ids of accounts in a record, by the paths of its stream."""
    if isinstance(content, list):
        for one in content:
            yield from ids_in(one, paths)
    elif isinstance(content, str) and "" in paths:
        yield content
    elif isinstance(content, dict):
        for name, value in content.items():
            below = [
                path[len(name) :].removeprefix(".")
                for path in paths
                if path == name or path.startswith(f"{name}.")
            ]
            if below:
                yield from ids_in(value, below)


def pseudonym_of_hash(hashed: str, naming: Naming) -> str:
    """Return what stands for the account with this hash: no id of the platform looks like it."""
    if naming.has_numbers:
        return f"00{int(hashed, 16) % 10**18:018}"
    return f"{WORD}-{hashed[:HASH_LENGTH]}"


class Forgetter:
    """Puts pseudonyms in the place of the forgotten accounts of one source.

    `former` are names of sources that are not configured any more: the source may have had one of
    them when somebody was forgotten. `new` are the tombstones of accounts that turn out on the way
    to be of a forgotten person: with the address or the number of one.
    """

    def __init__(
        self,
        source: str,
        naming: Naming,
        hash_private: HashPrivate,
        tombstones: Collection[Tombstone],
        former: Collection[str] = (),
    ) -> None:
        self.source, self.naming, self._hash = source, naming, hash_private
        self._names = (source, *former)
        self._tombstones = {stone.hashed: stone for stone in tombstones}
        self._known: dict[str, str | None] = {}
        self._numbers: dict[object, Tombstone | None] = {}
        self._addresses: dict[str, Tombstone | None] = {}
        self.new: list[Tombstone] = []
        self.new_ids: list[str] = []

    def written(self) -> None:
        """Begin anew to collect what is new: what there was is written down."""
        self.new, self.new_ids = [], []

    def page(self, page: Page) -> Page:
        """Return a page in which no forgotten account is named."""
        if not self._tombstones:
            return page
        present, cursor, partition = page.present, page.cursor, page.partition
        if page.stream in self.naming.lists:
            partition = self._id(partition) or partition
        if page.stream in self.naming.about | self.naming.keyed:
            if present is not None:
                present = frozenset(self.key(page.stream, key) for key in present)
            if cursor is not None:
                cursor = self._cursor(cursor)
        records = [self.raw(page.stream, record) for record in page.records]
        return dataclasses.replace(
            page, partition=partition, records=records, present=present, cursor=cursor
        )

    def raw(self, stream: str, raw: Raw) -> Raw:
        """Return a record in which no forgotten account is named; the same one where none was."""
        content = msgspec.json.decode(raw.payload)
        if not isinstance(content, dict):
            return raw
        self._discover(content, self.naming.fields.get(stream, ()))
        walk = _Walk(self.naming, stream, self._id, self._is_of_forgotten, self._is_stated)
        new = walk.object(content, "", is_listed=False)
        key = self.key(stream, raw.key)
        return Raw(key, msgspec.json.encode(new)) if walk.has_replaced else Raw(key, raw.payload)

    def key(self, stream: str, key: str) -> str:
        """Return a key in which no forgotten account is named."""
        if stream not in self.naming.about | self.naming.keyed:
            return key
        if found := IN_KEYS.match(key):
            return (self._id(found[0]) or found[0]) + key[found.end() :]
        for separator in SEPARATORS:
            id = key.partition(separator)[0] if separator else key
            bare = id.lstrip("0") if self.naming.has_numbers else id
            if pseudonym := self._id(bare):
                rest = key[len(id) :]
                return pseudonym + (re.sub(r"#\d+", "", rest) if self.naming.number else rest)
        return key

    def _id(self, id: str) -> str | None:
        """Return the pseudonym of an account's id; None where it is not forgotten."""
        if id not in self._known:
            stone = self._stone_of(id)
            self._known[id] = None
            if stone is not None and (stone.account_id is None or stone.source != self.source):
                self._add(id, stone)
            elif stone is not None:
                self._known[id] = pseudonym_of_hash(stone.hashed, self.naming)
        return self._known[id]

    def _stone_of(self, id: str) -> Tombstone | None:
        hashes = (hash_of_account(self._hash, name, id) for name in self._names)
        return next(filter(None, map(self._tombstones.get, hashes)), None)

    def _add(self, id: str, stone: Tombstone) -> None:
        """Take an account for one of the person that a tombstone is of."""
        hashed = hash_of_account(self._hash, self.source, id)
        pseudonym = pseudonym_of_hash(hashed, self.naming)
        new = Tombstone(self.source, hashed, f"{self.source}:{pseudonym}", stone.person_id)
        self._tombstones[hashed], self._known[id] = new, pseudonym
        self.new.append(new)
        self.new_ids.append(id)

    def _is_stated(self, stated: object) -> bool:
        """Tell whether a profile names a forgotten account as its own."""
        hashed = hash_of_stated(self._hash, stated) if isinstance(stated, str) else ""
        return hashed in self._tombstones

    def _is_of_forgotten(self, id: str, number: object, email_hash: object) -> Tombstone | None:
        """Return the tombstone that an account shares its number or its address with."""
        stone = self._stone_of_number(number) or self._stone_of_address(email_hash)
        if stone is not None and id and self._id(id) is None:
            self._add(id, stone)
        return stone

    def _stone_of_number(self, number: object) -> Tombstone | None:
        if not number:
            return None
        if number not in self._numbers:
            self._numbers[number] = self._stone_of(f"{NUMBER}{number}")
        return self._numbers[number]

    def _stone_of_address(self, email_hash: object) -> Tombstone | None:
        if not isinstance(email_hash, str):
            return None
        if email_hash not in self._addresses:
            hashed = hash_of_address(self._hash, email_hash)
            self._addresses[email_hash] = self._tombstones.get(hashed)
        return self._addresses[email_hash]

    def _discover(self, content: dict[str, Any], paths: Collection[str]) -> None:
        """See whether an account in a record has a forgotten address."""
        for email_hash, id in addresses_in(content, paths):
            self._is_of_forgotten(id, None, email_hash)

    def _cursor(self, cursor: str) -> str:
        """Return a cursor of a list of accounts, in which some of them may be named."""
        try:
            content = msgspec.json.decode(cursor)
        except msgspec.DecodeError:
            return cursor
        if isinstance(content, list):
            kept = [one for one in content if not isinstance(one, str) or not self._id(one)]
            return cursor if kept == content else msgspec.json.encode(kept).decode()
        if not isinstance(content, dict):
            return cursor
        named = {name: self._id(value) for name, value in content.items() if isinstance(value, str)}
        named = {name: pseudonym for name, pseudonym in named.items() if pseudonym}
        return msgspec.json.encode(content | named).decode() if named else cursor


@dataclass
class _Walk:
    """Goes through one record and replaces the ids in it."""

    naming: Naming
    stream: str
    replace: Replace
    is_of_forgotten: Callable[[str, object, object], Tombstone | None]
    is_stated: Callable[[object], bool]
    has_replaced: bool = False
    _own: set[str] = field(default_factory=set)  # objects of which a field was replaced, by path

    def object(self, content: dict[str, Any], path: str, *, is_listed: bool) -> dict[str, Any]:
        """Return an object of the record without the ids in it."""
        paths = self.naming.fields.get(self.stream, ())
        found: dict[str, Any] = {}
        is_account = False
        for name, value in content.items():
            here = f"{path}.{name}" if path else name
            if here in paths:
                new = self._ids(value, content)
                if new != value and isinstance(value, str):
                    is_account = True
                    above = path.rpartition(".")[0]
                    self._own |= {path, above} if above or not is_listed else {path}
                found[name] = new
            elif isinstance(value, dict):
                found[name] = self.object(value, here, is_listed=is_listed)
            elif isinstance(value, list) and name == STATED_FIELD:
                found[name] = [one for one in value if not self.is_stated(one)]
                self.has_replaced |= found[name] != value
            elif isinstance(value, list):
                found[name] = [
                    self.object(one, here, is_listed=True) if isinstance(one, dict) else one
                    for one in value
                ]
            elif name == self.naming.words and isinstance(value, str):
                found[name] = self._without_mentions(value)
            else:
                found[name] = value
        if is_account and self.naming.number:
            found.pop(self.naming.number, None)
        return self._cut(found, path, content)

    def _cut(self, found: dict[str, Any], path: str, content: dict[str, Any]) -> dict[str, Any]:
        """Take from an object what else tells of a forgotten account."""
        address = content.get(ADDRESS_FIELD)
        if address and self.is_of_forgotten("", None, address):
            self.has_replaced = True
            found.pop(ADDRESS_FIELD, None)
        if path in self._own:
            found.pop(ADDRESS_FIELD, None)
            if not path:
                found.pop(self.naming.words, None)
                if self.stream in self.naming.about:
                    return self._bare(found)
        self._own.discard(path)
        return found

    def _ids(self, value: Any, beside: dict[str, Any]) -> Any:
        if isinstance(value, list):
            return [self._ids(one, {}) for one in value]
        if not isinstance(value, str):
            return value
        number = beside.get(self.naming.number) if self.naming.number else None
        if number:
            self.is_of_forgotten(value, number, None)
        new = self.replace(value)
        self.has_replaced |= new is not None
        return value if new is None else new

    def _without_mentions(self, words: str) -> str:
        def replaced(found: re.Match[str]) -> str:
            new = self.replace(found[1])
            self.has_replaced |= new is not None
            return found[0] if new is None else f"<@{new}>"

        return MENTION.sub(replaced, words)

    def _bare(self, content: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Return what stays of a record about a forgotten account."""
        kept: dict[str, Any] = {}
        for name, value in content.items():
            here = f"{path}.{name}" if path else name
            if isinstance(value, dict):
                if inner := self._bare(value, here):
                    kept[name] = inner
            elif here in self.naming.fields[self.stream] or name in self.naming.kept:
                kept[name] = value
        return kept
