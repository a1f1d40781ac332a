"""Slack's records: the fields that we keep of a response or an export, and how they are scrubbed.

The structs name every field that may be written to disk; text and e-mail addresses are dropped
here. The API and the export send the same shapes, the export with some numbers as strings.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec

from connectors.base import Changed
from connectors.forgetting import Naming
from connectors.model import Raw
from connectors.privacy import HashPrivate, cut_addresses, hash_own_email
from connectors.profiles import accounts_elsewhere
from connectors.timestamps import SECOND_MICROSECONDS, microseconds
from connectors.tolerant import read_row

REREAD = timedelta(days=30)  # behind the newest message, for edits, deletions and late replies

TOKEN = re.compile(rb"x(?:ox[a-z]|app)[.-][\w.-]{8,}")
MOST_SECONDS = 99_999_999_999
TS = re.compile(r"(\d{1,11})(?:\.(\d*))?", re.ASCII)
MOST_FIELDS = 100
NO_LABELS: Mapping[str, str] = MappingProxyType({})
SUBTYPE = re.compile(r"[a-z_]{1,40}")
ID = re.compile(r"\w{1,40}", re.ASCII)
TS_FIELDS = ("ts", "thread_ts", "latest_reply")

IN_MESSAGES = (
    "user",
    "comment.user",
    "reactions.users",
    "room.participant_history",
    "room.participants",
)
IN_MEMBERS = ("id",)
NAMING = Naming(
    fields={
        "members": IN_MEMBERS,
        "file_authors": IN_MEMBERS,
        "messages": IN_MESSAGES,
        "replies": IN_MESSAGES,
    },
    about=frozenset({"members", "file_authors"}),
    words="text",
    kept=frozenset(
        {"deleted", "updated", "is_bot", "is_restricted", "is_ultra_restricted", "start_date"}
    ),
)


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    display_name: str | None = None
    real_name: str | None = None
    email: str | None = None
    start_date: str | None = None
    bot_id: str | None = None
    title: str | None = None
    fields: Any = None


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """`is_invited_user`: invited, and has not signed in yet."""

    id: str
    name: str | None = None
    real_name: str | None = None
    deleted: bool | None = None
    updated: int | float | None = None
    tz: str | None = None
    is_bot: bool | None = None
    is_workflow_bot: bool | None = None
    is_restricted: bool | None = None
    is_ultra_restricted: bool | None = None
    is_invited_user: bool | None = None
    is_email_confirmed: bool | None = None
    team_id: str | None = None
    profile: Profile | None = None
    email_hash: str | None = None
    accounts_elsewhere: list[str] | None = None


class Channel(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    name: str = ""
    created: int | None = None
    is_general: bool | None = None
    is_archived: bool | None = None
    is_member: bool | None = None
    url: str | None = None


class Reaction(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    users: list[str] | None = None
    count: int | None = None


class Huddle(msgspec.Struct, frozen=True, omit_defaults=True):
    date_start: int | None = None
    participant_history: list[str] | None = None
    participants: list[str] | None = None


class UserProfile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an export says about the author in a message."""

    name: str | None = None
    real_name: str | None = None
    display_name: str | None = None
    is_restricted: bool | None = None
    is_ultra_restricted: bool | None = None


class FileComment(msgspec.Struct, frozen=True, omit_defaults=True):
    user: str | None = None


class Message(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    ts: str
    user: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    thread_ts: str | None = None
    reply_count: int | None = None
    latest_reply: str | None = None
    reactions: list[Reaction] | None = None
    huddle: Huddle | None = msgspec.field(default=None, name="room")
    comment: FileComment | None = None
    user_profile: UserProfile | None = None
    text: str | None = None


_encoder = msgspec.json.Encoder()


def read_message(row: object) -> Message | None:
    """Return a row of an odd shape as a message; None where it has no valid `ts`.

    Some programs turn a `ts` into a number.
    """
    if isinstance(row, dict):
        numbers = {k: v for k, v in row.items() if k in TS_FIELDS and isinstance(v, int | float)}
        row = row | {name: f"{number:.6f}" for name, number in numbers.items()}
        unusable = {k for k in ("bot_id", "subtype") if row.get(k) and not isinstance(row[k], str)}
        row |= dict.fromkeys(unusable, "unknown")
    message = read_row(row, Message)
    return message if message is not None and is_ts(message.ts) else None


def is_reply(message: Message) -> bool:
    """Tell whether a message stands in a thread, after its root."""
    thread_ts = message.thread_ts
    return thread_ts is not None and thread_ts != message.ts and is_ts(thread_ts)


def encode_message(message: Message, *, keep_text: bool) -> Raw:
    """Return the record of a message, without its text unless that is wanted."""
    if not is_ts(message.ts):
        raise Changed("a message has an invalid ts", advice="Report this line")
    text = message.text if keep_text else None
    if message.text is not text or message.user_profile:
        message = msgspec.structs.replace(message, text=text, user_profile=None)
    if odd := _odd_words(message):
        message = msgspec.structs.replace(message, **odd)
    return _raw(message.ts, message)


def _odd_words(message: Message) -> dict[str, str | None]:
    """Return what is written in the place of fields that are to be one word, and are not.

    Written out, for it is asked of each message.
    """
    instead: dict[str, str | None] = {}
    if message.user and not ID.fullmatch(message.user):
        instead["user"] = None
    if message.bot_id and not ID.fullmatch(message.bot_id):
        instead["bot_id"] = "unknown"
    if message.subtype and not SUBTYPE.fullmatch(message.subtype):
        instead["subtype"] = "unknown"
    if message.thread_ts and not is_ts(message.thread_ts):
        instead["thread_ts"] = None
    if message.latest_reply and not is_ts(message.latest_reply):
        instead["latest_reply"] = None
    return instead


def encode_member(
    member: Member, hash_private: HashPrivate, labels: Mapping[str, str] = NO_LABELS
) -> Raw:
    """Return the record of a member, a verified e-mail address of their own as a keyed hash.

    Of the title and the custom fields only the accounts elsewhere are kept that they name; `labels`
    are those of the fields, by id.
    """
    profile = member.profile or Profile()
    is_verified = member.is_email_confirmed is not False and not member.is_invited_user
    start_date = profile.start_date if start_of_day(profile.start_date) else None
    member = msgspec.structs.replace(
        member,
        email_hash=hash_own_email(hash_private, profile.email) if is_verified else None,
        accounts_elsewhere=_accounts_elsewhere(profile, labels) or None,
        profile=msgspec.structs.replace(
            profile, email=None, start_date=start_date, title=None, fields=None
        ),
    )
    return _raw(member.id, member)


def _accounts_elsewhere(profile: Profile, labels: Mapping[str, str]) -> list[str]:
    fields = profile.fields if isinstance(profile.fields, dict) else {}
    filled = [
        (labels.get(id) or str(field.get("label") or ""), field.get("value"))
        for id, field in list(fields.items())[:MOST_FIELDS]
        if isinstance(field, dict)
    ]
    return accounts_elsewhere("slack", [profile.title], filled)


def encode_author(user: str, profile: UserProfile) -> Raw:
    """Return the record of an author who is on no member list, in the shape of a member."""
    member = Member(
        id=user,
        name=profile.name,
        real_name=profile.real_name,
        is_restricted=profile.is_restricted,
        is_ultra_restricted=profile.is_ultra_restricted,
        profile=Profile(display_name=profile.display_name),
    )
    return _raw(user, member)


def encode_channel(channel: Channel, workspace_url: str) -> Raw:
    """Return the record of a channel with its URL, with which the links of its messages begin."""
    channel = msgspec.structs.replace(channel, url=f"{workspace_url}/{channel.id}", is_member=None)
    return _raw(channel.id, channel)


def _raw(key: str, record: msgspec.Struct) -> Raw:
    """Return the record as JSON, without tokens and the domains of e-mail addresses in names."""
    payload = cut_addresses(_encoder.encode(record))
    if b"xox" in payload or b"xapp" in payload:
        payload = TOKEN.sub(b"[token]", payload)
    return Raw(key, payload)


def is_ts(ts: str) -> bool:
    """Tell whether a text is a `ts`, the time and key of a message."""
    return TS.fullmatch(ts) is not None


def microseconds_of_ts(ts: str) -> int:
    """Return a `ts` (seconds, a dot, six digits) as microseconds since 1970, without rounding.

    Raises ValueError for what is no `ts`.
    """
    found = TS.fullmatch(ts)
    if found is None:
        raise ValueError("not a ts")
    seconds, fraction = found.groups("")
    return int(seconds) * SECOND_MICROSECONDS + int(fraction.ljust(6, "0")[:6])


def microseconds_of_seconds(seconds: float | None) -> int | None:
    """Return seconds since 1970 as microseconds; None where there are none, or absurdly many."""
    if seconds is None or not 0 < seconds <= MOST_SECONDS:
        return None
    return int(seconds) * SECOND_MICROSECONDS


def start_of_day(date: str | None) -> int | None:
    """Return a profile's `start_date` as midnight UTC; None where it is no date."""
    try:
        return microseconds(datetime.fromisoformat(date or "").replace(microsecond=0, tzinfo=UTC))
    except ValueError:
        return None
