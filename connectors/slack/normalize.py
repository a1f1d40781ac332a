"""What Slack's records mean as facts: who is a bot, which subtypes of messages are left out."""

from collections.abc import Iterable, Iterator

import msgspec

from connectors import model
from connectors.base import raises_changed
from connectors.model import ActivityKind
from connectors.pseudonyms import pseudonym
from connectors.slack import records

HUMAN_SUBTYPES = frozenset({"", "me_message", "file_share", "file_comment", "thread_broadcast"})
SLACKBOT = "USLACKBOT"

_member_decoder = msgspec.json.Decoder(records.Member)
_channel_decoder = msgspec.json.Decoder(records.Channel)
_message_decoder = msgspec.json.Decoder(records.Message)


def author(message: records.Message) -> str | None:
    """Return who wrote a message; old file comments name their author inside."""
    return message.user or (message.comment.user if message.comment else None)


def why_left_out(message: records.Message) -> str | None:
    """Return why a message is no activity by itself; None if it is one."""
    subtype = message.subtype or ""
    if subtype == "huddle_thread":
        return (
            None if message.huddle and _huddle_members(message.huddle) else "huddle without people"
        )
    if subtype not in HUMAN_SUBTYPES:
        return "bot" if subtype == "bot_message" else subtype
    if message.bot_id or author(message) == SLACKBOT:
        return "bot"
    return None if author(message) else "no author"


@raises_changed
def normalize(source: str, record: model.Record) -> Iterable[model.Fact]:
    """Return the facts of one raw record; a message that is gone is left out."""
    if record.stream in ("members", "file_authors"):
        member = _member_decoder.decode(record.payload)
        account = _account(source, member, record)
        return [account, *_profile(source, member), *_clues(source, member, record)]
    if record.stream == "channels":
        channel = _channel_decoder.decode(record.payload)
        id = f"{source}:{channel.id}"
        return [
            model.Channel(id, channel.name or channel.id, bool(channel.is_general), channel.url)
        ]
    if record.gone_at is not None:
        return [model.LeftOut("deleted")]
    message = _message_decoder.decode(record.payload)
    return _message_facts(source, record.partition.partition(":")[0], message)


def _account(source: str, member: records.Member, record: model.Record) -> model.Account:
    profile = member.profile or records.Profile()
    left_at = record.gone_at
    if member.deleted:
        left_at = records.microseconds_of_seconds(member.updated) or record.first_seen_at
    name = profile.display_name or profile.real_name or member.real_name or member.name
    return model.Account(
        account_id=f"{source}:{member.id}",
        handle=member.name or member.id,
        name=name or member.id,
        is_bot=bool(
            member.is_bot or member.is_workflow_bot or profile.bot_id or member.id == SLACKBOT
        ),
        first_seen_at=record.first_seen_at,
        left_at=left_at,
        is_listed=record.stream == "members",
        profile_joined_at=records.start_of_day(profile.start_date),
    )


def _profile(source: str, member: records.Member) -> Iterator[model.Profile]:
    name = (member.profile and member.profile.real_name) or member.real_name
    if name or member.tz:
        yield model.Profile(f"{source}:{member.id}", name or None, timezone=member.tz or None)


def _clues(source: str, member: records.Member, record: model.Record) -> Iterator[model.Clue]:
    if member.email_hash:
        value = pseudonym("email", member.email_hash)
        rule = model.ClueRule.EMAIL.value
        yield model.Clue(f"{source}:{member.id}", rule, value, record.first_seen_at)
    for account in member.accounts_elsewhere or ():
        rule = model.ClueRule.STATED.value
        yield model.Clue(f"{source}:{member.id}", rule, account, record.first_seen_at)


def _huddle_members(huddle: records.Huddle) -> list[str]:
    return list(dict.fromkeys((huddle.participant_history or []) + (huddle.participants or [])))


def _message_facts(source: str, channel: str, message: records.Message) -> Iterator[model.Fact]:
    channel_id, occurred_at = f"{source}:{channel}", records.microseconds_of_ts(message.ts)
    message_id, ref = f"{channel_id}:{message.ts}", "p" + message.ts.replace(".", "")
    reason, user = why_left_out(message), author(message)

    def activity(
        id: str, kind: ActivityKind, user: str | None, parent_id: str | None, at: int
    ) -> model.Activity:
        return model.Activity(id, kind.value, f"{source}:{user}", channel_id, parent_id, at, ref)

    if reason:
        yield model.LeftOut(reason)
        if reason == "channel_join" and user:
            yield model.Join(f"{source}:{user}", channel_id, occurred_at)
    elif message.subtype == "huddle_thread" and message.huddle:
        at = records.microseconds_of_seconds(message.huddle.date_start) or occurred_at
        for user in _huddle_members(message.huddle):
            yield activity(f"{message_id}:huddle:{user}", ActivityKind.HUDDLE, user, None, at)
    elif records.is_reply(message):
        yield activity(
            message_id, ActivityKind.REPLY, user, f"{channel_id}:{message.thread_ts}", occurred_at
        )
    else:
        yield activity(message_id, ActivityKind.MESSAGE, user, None, occurred_at)
    for reaction in message.reactions or ():
        for user in dict.fromkeys(reaction.users or ()):
            id = f"{message_id}:reaction:{reaction.name}:{user}"
            yield activity(id, ActivityKind.REACTION, user, message_id, occurred_at)
        # Slack names only some of the people where there are many.
        unnamed = (reaction.count or 0) - len(set(reaction.users or ()))
        if 0 < unnamed <= model.MOST_UNNAMED:
            id = f"{message_id}:reaction:{reaction.name}"
            kind = ActivityKind.REACTION.value
            yield model.UnnamedActivities(id, kind, channel_id, occurred_at, unnamed)
