"""The contract of a connector: what it declares, what it yields, how it fails.

Every error says what is wrong, where, and what to do:

    SourceError          a source or a file cannot be read
      Retryable          it may work later
        RateLimited      too many requests (http.py)
      Denied             it works once somebody does what the advice says
      Changed            the platform or a file sent something of an unknown shape
      BadFile            a history file is of another kind, broken, or unsafe

A platform's `api.py` adds errors of its own below these: where one channel, repository or group
alone cannot be read (Skipped), or where a list is to be read on in another way (InvalidCursor).
Those are caught in the platform's package. What one list raises stops that list alone: its
connector calls `Context.could_not_read` and goes on with the next one.
"""

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import wraps
from pathlib import Path
from typing import ClassVar, Generic, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from pydantic import BaseModel, ConfigDict, SecretStr, field_validator

from connectors.forgetting import Naming
from connectors.model import Activity, Fact, Page, Record
from connectors.privacy import HashPrivate
from connectors.redaction import keep_secret, quoted, sentence

TOKEN = re.compile(r"[\x21-\x7e]+")
SOURCE_NAME = re.compile(r"\w[\w.-]*")
# Returns the stored cursor of each of these partitions of a stream that has one.
Cursors = Callable[[str, Collection[str]], dict[str, str]]


class SourceError(Exception):
    """A source cannot be read. Its words never hold a token or a message, and are one line."""

    def __init__(self, what: str, *, where: str = "", advice: str = "") -> None:
        self.what, self.where = sentence(what), sentence(where)
        self.advice = sentence(advice)
        super().__init__(self.what)

    def __str__(self) -> str:
        place = f" [{self.where}]" if self.where else ""
        return f"{self.what}{place}" + (f". {self.advice}" if self.advice else "")


class Retryable(SourceError):
    """It may work later; `after` is how many seconds the server asks to wait, if it says."""

    def __init__(self, what: str, *, after: float | None = None, **more: str) -> None:
        super().__init__(what, **more)
        self.after = after


class Denied(SourceError):
    """It works once somebody does what `advice` says."""


class Changed(SourceError):
    """The platform or a file sent something of an unknown shape."""


class BadFile(SourceError):
    """A history file is of another kind, broken, or unsafe."""


@dataclass(frozen=True)
class Stream:
    """One kind of record of a platform.

    `order` is the order in which the platform gives it. `reread` is how far behind the newest
    landed record every sync reads again, for edits, deletions and late answers.
    """

    name: str
    order: Literal["newest first", "oldest first", "whole list"]
    reread: timedelta = timedelta(0)


@dataclass(frozen=True)
class BlindSpot:
    """Something that this source cannot show, why, and how to change that."""

    what: str
    reason: str
    advice: str

    def __post_init__(self) -> None:
        for name in ("what", "reason", "advice"):
            object.__setattr__(self, name, sentence(getattr(self, name)))


@dataclass
class Context:
    """What a connector is given: its source's name, and how to hash, to report and to wait.

    `timezone` is the community's, and that of times without a zone in files. The connector adds
    its blind spots here; `Client` counts its requests and the seconds that it waited for limits.
    `profile_requests` are those of `requests` that ask who accounts are elsewhere.
    """

    source: str
    hash_private: HashPrivate
    store_text: bool = False
    timezone: str = "UTC"
    progress: Callable[[str, int, int | None], None] = lambda what, done, total: None
    warn: Callable[[str], None] = lambda message: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    blind_spots: list[BlindSpot] = field(default_factory=list)
    unread_lists: list[str] = field(default_factory=list)
    covered_from: int | None = None
    requests: int = 0
    profile_requests: int = 0
    waited_seconds: float = 0.0

    @contextmanager
    def counting_profiles(self) -> Iterator[None]:
        """Count the requests of the block as those for profiles, too: what evidence costs."""
        before = self.requests
        try:
            yield
        finally:
            self.profile_requests += self.requests - before

    def could_not_read(self, what: str, error: SourceError) -> None:
        """Note a list that failed alone: a blind spot, and the run ends as partly failed.

        Its cursor has to stay, so that the next sync reads it again. What can never be read
        belongs into `blind_spots` instead, which fails no run.
        """
        self.unread_lists.append(quoted(what))
        self.blind_spots.append(BlindSpot(what, error.what, error.advice))


class SourceSettings(BaseModel):
    """The keys of a `[[sources]]` table that every platform shares.

    `until`: the source ended then; from this date on nothing more is expected of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: str
    token: SecretStr | None = None
    base_url: str | None = None
    until: date | None = None

    @property
    def has_credentials(self) -> bool:
        """Tell whether it can be synced; without a token only files can be imported into it."""
        return self.token is not None

    @field_validator("name")
    @classmethod
    def _begins_ids(cls, value: str) -> str:
        if not SOURCE_NAME.fullmatch(value):
            raise ValueError(
                "it begins every id and names a file. Write it with letters, digits, - and _"
            )
        return value

    @field_validator("base_url", "graphql_url", "token_url", check_fields=False)
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        try:
            parts = urlsplit(value or "https://unset")
            is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address:
            raise ValueError("it is no address. Write one like https://api.example.org")
        return value


Normalize = Callable[[str, Record], Iterable[Fact]]

# What reading a record raises where its content is not what it should be.
BAD_CONTENT = (
    msgspec.MsgspecError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def raises_changed(normalize: Normalize) -> Normalize:
    """Decorate `normalize` so that each record of an unknown shape raises Changed with its key."""

    @wraps(normalize)
    def checked(source: str, record: Record) -> Iterable[Fact]:
        try:
            return list(normalize(source, record))
        except BAD_CONTENT as error:
            raise Changed(
                f"a landed record has an unknown shape: {error}",
                where=f"{source}, {record.stream}, {record.partition} {record.key}",
            ) from error

    return checked


SettingsT = TypeVar("SettingsT", bound=SourceSettings)


class Connector(ABC, Generic[SettingsT]):
    """One platform. `discovery.py` finds each subclass without a list.

    `version` counts changes of `normalize`: another number normalises all raw records again.
    `began_on`: nothing on the platform is older; what says so has a wrong date. `account_pages`
    matches the address of an account's page, without https:// and www., whole, with the handle or
    id as its first group; `account_handles` a handle alone.
    `naming`: where its records name accounts, so that one can be forgotten.
    """

    kind: ClassVar[str]
    version: ClassVar[int]
    began_on: ClassVar[date] = date(2000, 1, 1)
    streams: ClassVar[tuple[Stream, ...]]
    naming: ClassVar[Naming]
    settings_model: ClassVar[type[SourceSettings]] = SourceSettings
    account_pages: ClassVar[re.Pattern[str] | None] = None
    account_handles: ClassVar[re.Pattern[str] | None] = None
    token_variable: ClassVar[str]
    token_advice: ClassVar[str]

    def __init__(self, settings: SettingsT, context: Context) -> None:
        self.settings, self.context = settings, context

    def token(self) -> str:
        """Return the configured token. Raises Denied where there is none."""
        if self.settings.token is None:
            raise Denied(f"{self.settings.name}: the source has no token", advice=self.token_advice)
        token = self.settings.token.get_secret_value()
        keep_secret(token)
        if not TOKEN.fullmatch(token):
            raise Denied(
                f"{self.settings.name}: the token holds a blank or a character that no token has",
                advice="Copy it again, without quotes and line ends",
            )
        return token

    @abstractmethod
    def check(self) -> list[str]:
        """Ask the platform whether the token works; return what will not be seen, as sentences."""

    @abstractmethod
    def pages(self, cursors: Cursors, *, full: bool) -> Iterator[Page]:
        """Yield what is new since `cursors`, or everything if `full`. Raises SourceError."""

    @staticmethod
    @abstractmethod
    def normalize(source: str, record: Record, /) -> Iterable[Fact]:
        """Return the facts in a record; the same record gives the same facts. Raises Changed."""


class FileOptions(BaseModel):
    """What a user says about a file with `--set`; every key has a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileReader(ABC, Generic[SettingsT]):
    """A history file of one platform, read as pages of records that its connector normalizes.

    `settings` are those of the source into which it is imported. A row of the files is taken where
    its record becomes a fact of the class `taken_as`; rows that become no record are counted in
    `skipped`, by reason. Records of the streams `beside_rows` are no rows of their own. `covered`
    are the times of which the files tell all that happened.
    A page with `covers` is all of its partition; `are_whole` is what the user says of that: a part
    of a list says of nobody that they left.
    """

    kind: ClassVar[str]
    platform: ClassVar[str]
    options_model: ClassVar[type[FileOptions]] = FileOptions
    taken_as: ClassVar[type[Fact]] = Activity
    beside_rows: ClassVar[Collection[str]] = ()
    options: FileOptions
    are_whole: bool | None = None

    def __init__(self, paths: list[Path], context: Context, settings: SettingsT) -> None:
        self.paths, self.context, self.settings = paths, context, settings
        self.options = self.options_model()
        self.skipped: dict[str, int] = {}
        self.covered: list[tuple[int, int]] = []

    def covers(self, begin: int, end: int) -> None:
        """Say that the files tell all that happened from `begin` to before `end`, microseconds."""
        self.covered.append((begin, end))

    def leave_out(self, reason: str, rows: int = 1) -> None:
        """Count rows that become no record."""
        self.skipped[reason] = self.skipped.get(reason, 0) + rows

    @abstractmethod
    def pages(self) -> Iterator[Page]:
        """Yield the records of the files. Raises BadFile or Changed."""
