"""Slack's records: the fields that we use, how they are scrubbed, and what they mean.

The structs name every field that may be written to disk; text and e-mail addresses are dropped
here. The API and the export send the same shapes, the export with some numbers as strings.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from connectors.base import Changed, total
from connectors.model import Account, Activity, ActivityKind, Fact, Join, LeftOut, Raw, Record
from connectors.model import Channel as ChannelFact
from connectors.privacy import cut_addresses

TOKEN = re.compile(rb"x(?:ox[a-z]|app)[.-][\w.-]{8,}")
TS = re.compile(r"(\d{1,11})(?:\.(\d*))?", re.ASCII)
SUBTYPE = re.compile(r"[a-z_]{1,40}")
ID = re.compile(r"\w{1,40}", re.ASCII)
# Fields that hold one word of a known sort: whatever else stands there is not written down.
WORDS = (
    ("user", ID, None),
    ("bot_id", ID, "unknown"),
    ("subtype", SUBTYPE, "unknown"),
    ("thread_ts", TS, None),
    ("latest_reply", TS, None),
)
HUMAN_SUBTYPES = frozenset({"", "me_message", "file_share", "file_comment", "thread_broadcast"})
SLACKBOT = "USLACKBOT"


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    display_name: str | None = None
    real_name: str | None = None
    email: str | None = None
    start_date: str | None = None
    bot_id: str | None = None


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
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
    team_id: str | None = None
    profile: Profile | None = None
    email_hash: str | None = None


class Channel(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    name: str
    created: int | None = None
    is_general: bool | None = None
    is_archived: bool | None = None
    is_member: bool | None = None
    url: str | None = None


class Reaction(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    users: list[str] | None = None
    count: int | None = None


class Room(msgspec.Struct, frozen=True, omit_defaults=True):
    date_start: int | None = None
    participant_history: list[str] | None = None
    participants: list[str] | None = None


class UserProfile(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an export tells of the author in a message."""

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
    room: Room | None = None
    comment: FileComment | None = None
    user_profile: UserProfile | None = None
    text: str | None = None


_encoder = msgspec.json.Encoder()
_member_decoder = msgspec.json.Decoder(Member)
_channel_decoder = msgspec.json.Decoder(Channel)
_message_decoder = msgspec.json.Decoder(Message)


def is_reply(message: Message) -> bool:
    """Tell whether a message stands in a thread, after its root."""
    thread_ts = message.thread_ts
    return thread_ts is not None and thread_ts != message.ts and is_time(thread_ts)


def encode_message(message: Message, *, keep_text: bool) -> Raw:
    """Return the record of a message, without its text unless that is wanted."""
    if not is_time(message.ts):
        raise Changed("a message has no time that is one", advice="Report this line")
    text = message.text if keep_text else None
    if message.text is not text or message.user_profile:
        message = msgspec.structs.replace(message, text=text, user_profile=None)
    for name, word, instead in WORDS:
        value = getattr(message, name)
        if value and not word.fullmatch(value):
            message = msgspec.structs.replace(message, **{name: instead})
    return _raw(message.ts, message)


def encode_member(member: Member, hash_private: Callable[[str], str]) -> Raw:
    """Return the record of a member, the e-mail address as a keyed hash."""
    profile = member.profile or Profile()
    email = profile.email
    start_date = profile.start_date if _start_of_day(profile.start_date) else None
    member = msgspec.structs.replace(
        member,
        email_hash=hash_private(email.strip().lower()) if email else None,
        profile=msgspec.structs.replace(profile, email=None, start_date=start_date),
    )
    return _raw(member.id, member)


def encode_author(user: str, profile: UserProfile) -> Raw:
    """Return the record of an author whom no member list shows, in the shape of a member."""
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
    """Return the record of a channel with its address: the links of its messages begin with it."""
    channel = msgspec.structs.replace(channel, url=f"{workspace_url}/{channel.id}", is_member=None)
    return _raw(channel.id, channel)


def _raw(key: str, record: msgspec.Struct) -> Raw:
    """Return the record as JSON; of an address that somebody goes by, what stands before the @."""
    payload = cut_addresses(_encoder.encode(record))
    if b"xox" in payload or b"xapp" in payload:
        payload = TOKEN.sub(b"[token]", payload)
    return Raw(key, payload)


def is_time(ts: str) -> bool:
    """Tell whether a `ts` is one."""
    return TS.fullmatch(ts) is not None


def microseconds(ts: str) -> int:
    """Return Slack's `ts` (seconds, a dot, six digits) as whole microseconds, without rounding."""
    found = TS.fullmatch(ts)
    if found is None:
        raise ValueError("a ts that is no time")
    seconds, fraction = found.groups("")
    return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0")[:6])


def author(message: Message) -> str | None:
    """Return who wrote a message; old file comments name their author inside."""
    return message.user or (message.comment.user if message.comment else None)


def why_left_out(message: Message) -> str | None:
    """Return why a message is no activity by itself; None if it is one."""
    subtype = message.subtype or ""
    if subtype == "huddle_thread":
        return None if message.room and _participants(message.room) else "huddle without people"
    if subtype not in HUMAN_SUBTYPES:
        return "bot" if subtype == "bot_message" else subtype
    if message.bot_id:
        return "bot"
    if author(message) == SLACKBOT:
        return "bot"
    return None if author(message) else "no author"


@total
def normalize(source: str, record: Record) -> Iterable[Fact]:
    """Return the facts of one raw record; of a message that is gone, none."""
    if record.stream in ("members", "file_authors"):
        return [_account(source, _member_decoder.decode(record.payload), record)]
    if record.stream == "channels":
        return [_channel(source, _channel_decoder.decode(record.payload))]
    if record.gone_at is not None:
        return [LeftOut("deleted")]
    message = _message_decoder.decode(record.payload)
    return _message_facts(source, record.partition.partition(":")[0], message)


def _account(source: str, member: Member, record: Record) -> Account:
    profile = member.profile or Profile()
    left_at = record.gone_at
    if member.deleted:
        left_at = int(member.updated) * 1_000_000 if member.updated else record.first_seen_at
    name = profile.display_name or profile.real_name or member.real_name or member.name
    return Account(
        account_id=f"{source}:{member.id}",
        handle=member.name or member.id,
        name=name or member.id,
        is_bot=bool(
            member.is_bot or member.is_workflow_bot or profile.bot_id or member.id == SLACKBOT
        ),
        is_guest=bool(member.is_restricted or member.is_ultra_restricted),
        timezone=member.tz,
        stated_joined_at=_start_of_day(profile.start_date),
        first_seen_at=record.first_seen_at,
        left_at=left_at,
        url=None,
        is_listed=record.stream == "members",
    )


def _start_of_day(date: str | None) -> int | None:
    """`profile.start_date` is free of checks: what is no date says nothing."""
    try:
        day = datetime.fromisoformat(date or "")
    except ValueError:
        return None
    return int(day.replace(tzinfo=UTC).timestamp()) * 1_000_000


def _channel(source: str, channel: Channel) -> ChannelFact:
    return ChannelFact(
        channel_id=f"{source}:{channel.id}",
        name=channel.name,
        is_general=bool(channel.is_general),
        is_archived=bool(channel.is_archived),
        created_at=(channel.created or 0) * 1_000_000 or None,
        url=channel.url,
    )


def _participants(room: Room) -> list[str]:
    return list(dict.fromkeys((room.participant_history or []) + (room.participants or [])))


def _message_facts(source: str, channel: str, message: Message) -> Iterator[Fact]:
    channel_id, occurred_at = f"{source}:{channel}", microseconds(message.ts)
    message_id, ref = f"{channel_id}:{message.ts}", "p" + message.ts.replace(".", "")
    reason, user = why_left_out(message), author(message)
    if reason:
        yield LeftOut(reason)
        if reason == "channel_join" and user:
            yield Join(f"{source}:{user}", channel_id, occurred_at)
    elif message.subtype == "huddle_thread" and message.room:
        for user in _participants(message.room):
            yield Activity(
                f"{message_id}:huddle:{user}",
                ActivityKind.HUDDLE.value,
                f"{source}:{user}",
                channel_id,
                None,
                (message.room.date_start or 0) * 1_000_000 or occurred_at,
                ref,
            )
    else:
        kind, parent_id = ActivityKind.MESSAGE.value, None
        if is_reply(message):
            kind, parent_id = ActivityKind.REPLY.value, f"{channel_id}:{message.thread_ts}"
        yield Activity(
            message_id, kind, f"{source}:{user}", channel_id, parent_id, occurred_at, ref
        )
    for reaction in message.reactions or ():
        for user in dict.fromkeys(reaction.users or ()):
            yield Activity(
                f"{message_id}:reaction:{reaction.name}:{user}",
                ActivityKind.REACTION.value,
                f"{source}:{user}",
                channel_id,
                message_id,
                occurred_at,
                ref,
            )
