"""The methods of Slack's Web API that we call: the shapes of their responses, and their limits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from connectors.slack.records import ID, Channel, Member, Message, is_ts, read_message
from connectors.tolerant import read_row


class Metadata(msgspec.Struct, frozen=True):
    next_cursor: str | None = None


class Body(msgspec.Struct, frozen=True):
    ok: bool
    error: str | None = None
    needed: str | None = None
    provided: str | None = None


class AuthTest(Body, frozen=True):
    """The workspace of a token, and the bot's id if the token is a bot's."""

    url: str = ""
    bot_id: str | None = None

    @property
    def links(self) -> str:
        """The URL with which links to channels begin."""
        return f"{self.url.rstrip('/')}/archives"


class ProfileField(msgspec.Struct, frozen=True):
    id: str = ""
    label: str | None = None


class TeamProfile(msgspec.Struct, frozen=True):
    fields: list[ProfileField] | None = None


class ProfileFields(Body, frozen=True):
    """The custom fields of profiles in a workspace."""

    profile: TeamProfile | None = None

    @property
    def labels(self) -> dict[str, str]:
        """What each field is called, by its id."""
        fields = (self.profile and self.profile.fields) or []
        return {field.id: field.label for field in fields if field.label}


Row = TypeVar("Row", Member, Channel, Message)


class Rows(Body, frozen=True):
    """One page of a list. `odd_rows`: how many rows nobody understands, which Slack does not send.

    `rows` is None where the response has no list.
    """

    rows: list[Any] | None = None
    odd_rows: int = 0
    has_more: bool | None = None
    response_metadata: Metadata | None = None

    @property
    def next_cursor(self) -> str:
        return (self.response_metadata and self.response_metadata.next_cursor) or ""


class Members(Rows, frozen=True):
    rows: list[Member] | None = msgspec.field(default=None, name="members")


class Channels(Rows, frozen=True):
    rows: list[Channel] | None = msgspec.field(default=None, name="channels")


class Messages(Rows, frozen=True):
    rows: list[Message] | None = msgspec.field(default=None, name="messages")


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """One page of a list. `is_understood`: every row of it has an id and stands in `rows`.

    `is_repeated`: it shows rows of an earlier page again, so that others may be missing.
    """

    rows: list[Row]
    next_cursor: str
    has_more: bool
    is_understood: bool
    is_repeated: bool = False

    @property
    def is_last(self) -> bool:
        return not self.next_cursor and not self.has_more


B = TypeVar("B", bound=Body)


class Method(Generic[B]):
    """One method of the Web API, the shape of its response's body, and its calls a minute."""

    def __init__(self, name: str, body: type[B], per_minute: int) -> None:
        self.name, self.body, self.per_minute = name, body, per_minute
        self.decoder = msgspec.json.Decoder(body, strict=False)


class ListMethod(Method[Rows], Generic[Row]):
    """One that gives pages of rows; `read_row` understands rows of an odd shape."""

    def __init__(
        self,
        name: str,
        body: type[Rows],
        per_minute: int,
        key: Callable[[Row], str],
        read_row: Callable[[object], Row | None],
    ) -> None:
        super().__init__(name, body, per_minute)
        self.key: Callable[[Row], str] = key
        self.read_row: Callable[[object], Row | None] = read_row
        [self.list_name] = [f.encode_name for f in msgspec.structs.fields(body) if f.name == "rows"]


def _id(row: Member | Channel) -> str:
    return row.id if ID.fullmatch(row.id) else ""


def _ts(row: Message) -> str:
    return row.ts if is_ts(row.ts) else ""


# The calls a minute are those of the method's tier in MethodsRateLimits.java of Slack's Java SDK.
AUTH_TEST = Method("auth.test", AuthTest, 600)
PROFILE_FIELDS = Method("team.profile.get", ProfileFields, 50)
USERS = ListMethod("users.list", Members, 20, _id, lambda row: read_row(row, Member))
CHANNELS = ListMethod("conversations.list", Channels, 20, _id, lambda row: read_row(row, Channel))
HISTORY = ListMethod("conversations.history", Messages, 50, _ts, read_message)
REPLIES = ListMethod("conversations.replies", Messages, 50, _ts, read_message)
THROTTLED_METHODS = (HISTORY, REPLIES)
