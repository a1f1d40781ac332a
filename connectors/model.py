"""The event model: the facts that every platform's records become.

Each class is one table of typed facts, one row per instance. Text ids are functions of the payload,
qualified by the source's name; times are microseconds since 1970 in UTC.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import msgspec


class ActivityKind(StrEnum):
    """What an account did; `is_participation` tells whether it makes its person active."""

    MESSAGE = "message"
    REPLY = "reply"
    HUDDLE = "huddle"
    ISSUE = "issue"
    PULL_REQUEST = "pull_request"
    DISCUSSION = "discussion"
    COMMENT = "comment"
    REVIEW = "review"
    COMMIT = "commit"
    RELEASE = "release"
    ATTENDED = "attended"
    REACTION = "reaction"
    STAR = "star"
    FORK = "fork"

    @property
    def is_participation(self) -> bool:
        """Tell whether it makes its person active; reactions, stars and forks do not."""
        return self not in (ActivityKind.REACTION, ActivityKind.STAR, ActivityKind.FORK)


class Account(msgspec.Struct, frozen=True, gc=False):
    """One identity on one source, from its member list or from what the account did there.

    `is_listed`: the platform's member list shows it. Else it is only known as an author, which
    gives it a name and makes it no member. Of several facts of one account the listed ones win.
    `stated_joined_at` is what the platform itself says, `profile_joined_at` what the account's
    profile says, which nobody checks. `left_at` is when it was deactivated, or when it was first
    missing from the list. `also_id` is another id of the same account that stays when it is
    renamed: accounts of one source that share it are one person.
    """

    account_id: str
    handle: str
    name: str
    is_bot: bool
    first_seen_at: int
    stated_joined_at: int | None = None
    left_at: int | None = None
    also_id: str | None = None
    is_listed: bool = True
    profile_joined_at: int | None = None


class ClueRule(StrEnum):
    """How a clue ties its account to others.

    EMAIL: its platform verified that it has this e-mail address; the value is a pseudonym of it.
    WRITTEN: commits or their trailers name it by this address, which anybody can write; the value
    as that of EMAIL. On the same source it is the account's that verified the address.
    STATED: it names an account elsewhere as its own; the value is `github:kofi`, a kind of source
    and a handle or id there.
    """

    EMAIL = "email"
    WRITTEN = "written"
    STATED = "stated"


class Clue(msgspec.Struct, frozen=True, gc=False):
    """What an account shows of who it is elsewhere. Never a name, never a handle alone."""

    account_id: str
    rule: str
    value: str
    seen_at: int


class Profile(msgspec.Struct, frozen=True, gc=False):
    """What else a profile shows: suggestions of who is who compare it, and nothing else reads it.

    `name` is the full name where the account goes by another one, `place` a location in the
    owner's words, `timezone` the name of a zone as `Africa/Lagos`.
    """

    account_id: str
    name: str | None = None
    place: str | None = None
    timezone: str | None = None


class Channel(msgspec.Struct, frozen=True, gc=False):
    """Where people talk or work: a channel, a repository.

    The link of an activity is the channel's `url`, a slash, and the activity's `ref`. `place` is
    what the platform shows beside the name: the category of a channel of Discord.
    """

    channel_id: str
    name: str
    is_general: bool = False
    url: str | None = None
    place: str | None = None


class Join(msgspec.Struct, frozen=True, gc=False):
    """An account entered a channel, or the whole source where `channel_id` is None."""

    account_id: str
    channel_id: str | None
    joined_at: int


class Activity(msgspec.Struct, frozen=True, gc=False):
    """One dated thing that an account did. `parent_id` is the activity to which it replies."""

    activity_id: str
    kind: str
    account_id: str
    channel_id: str | None
    parent_id: str | None
    occurred_at: int
    ref: str | None


MOST_UNNAMED = 1_000_000  # a larger number is a mistake of the platform's or a file's


class UnnamedActivities(msgspec.Struct, frozen=True, gc=False):
    """Activities of which the platform tells how many there were, and not whose they are."""

    unnamed_id: str
    kind: str
    channel_id: str | None
    occurred_at: int
    amount: int


class WorkItem(msgspec.Struct, frozen=True, gc=False):
    """The state of an issue or a pull request; `item_id` is the activity that opened it.

    `account_id` is who opened it, None where the platform no longer says so; then `opened_at` may
    be the time of its end. A merged pull request is closed as well. Several facts of one item are
    merged: its opening and its end come from different records.
    """

    item_id: str
    kind: str
    channel_id: str
    account_id: str | None
    opened_at: int
    closed_at: int | None
    merged_at: int | None


class Group(msgspec.Struct, frozen=True, gc=False):
    """A Meetup group, on pages a chapter. `group_id` is the id of its Channel.

    `stated_members` is how many members the platform says it has.
    """

    group_id: str
    name: str
    city: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    founded_at: int | None
    stated_members: int | None


class EventStatus(StrEnum):
    """The state of an event. A draft, which was never announced, becomes no fact."""

    PLANNED = "planned"
    PAST = "past"
    CANCELLED = "cancelled"


class Event(msgspec.Struct, frozen=True, gc=False):
    """One gathering. `also_id` is another id of the same event, which files use.

    `is_provisional`: its id is, and nothing tells which lasting one the platform gives it later.
    `utc_offset_minutes` is that of the event's own clock at its start; a hybrid event is not
    online. The stated counts are the platform's totals, None where it has none, without guests.
    """

    event_id: str
    title: str
    status: str
    starts_at: int
    ends_at: int | None = None
    also_id: str | None = None
    group_id: str | None = None
    utc_offset_minutes: int | None = None
    is_online: bool | None = None
    capacity: int | None = None
    venue: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    url: str | None = None
    stated_interested: int | None = None
    stated_yes: int | None = None
    stated_no: int | None = None
    stated_waitlist: int | None = None
    stated_attended: int | None = None
    stated_no_show: int | None = None
    stated_guests: int | None = None
    is_from_file: bool = False
    is_provisional: bool = False


class EventId(msgspec.Struct, frozen=True, gc=False):
    """Another id of an event, now or before: files know the event by it."""

    event_id: str
    also_id: str


class RsvpState(StrEnum):
    """What an account said about an event (its RSVP); NONE: nothing, it may be a walk-in."""

    YES = "yes"
    NO = "no"
    WAITLIST = "waitlist"
    INTERESTED = "interested"
    NONE = "none"


class CheckIn(StrEnum):
    """What the source says about who came (the check-in)."""

    ATTENDED = "attended"
    NO_SHOW = "no_show"
    EXCUSED = "excused"


class Attendance(msgspec.Struct, frozen=True, gc=False):
    """One account's relation to one event, in one state that the platform or a file shows.

    Where a platform overwrites the RSVP with the check-in, `rsvp` is None; the states before are
    attendances of their own, with `superseded_at`. `account_id` is None for people who came and
    have no id. A fact of the platform itself wins over one that `is_from_file`.
    """

    attendance_id: str
    event_id: str
    account_id: str | None
    rsvp: str | None
    check_in: str | None = None
    guests: int = 0
    rsvp_at: int | None = None
    superseded_at: int | None = None
    is_from_file: bool = False


class LeftOut(msgspec.Struct, frozen=True, gc=False):
    """A record that becomes no activity, and the reason."""

    reason: str


Fact = (
    Account
    | Clue
    | Profile
    | Channel
    | Join
    | Activity
    | UnnamedActivities
    | WorkItem
    | Group
    | Event
    | EventId
    | Attendance
    | LeftOut
)
FACTS: dict[str, type[Fact]] = {
    "accounts": Account,
    "clues": Clue,
    "profiles": Profile,
    "channels": Channel,
    "joins": Join,
    "activities": Activity,
    "unnamed_activities": UnnamedActivities,
    "work_items": WorkItem,
    "groups": Group,
    "events": Event,
    "event_ids": EventId,
    "attendances": Attendance,
    "left_out": LeftOut,
}


class Record(NamedTuple):
    """One landed raw record, as `normalize` gets it. `payload` is scrubbed JSON.

    `landed_at` is when it was written down; what is dated later cannot have happened.
    """

    stream: str
    partition: str
    key: str
    payload: str
    first_seen_at: int
    gone_at: int | None
    landed_at: int | None = None


class Raw(msgspec.Struct, frozen=True, order=True, gc=False):
    """One scrubbed record on its way to the warehouse. `key` is unique in its partition."""

    key: str
    payload: bytes


# Sorts after every key: a Page that covers up to it covers to the end of its partition.
END_OF_KEYS = "~"


@dataclass(frozen=True)
class Page:
    """Records of one partition that are written together with the partition's new cursor.

    covers: of the keys from the first (included) to the second (excluded) only those in `present`
        (default: those of `records`) exist on the platform; others that were landed are gone.
    answers: the stream of replies to these records, in partitions named `partition:key`: where a
        record is gone, its replies are gone, too.
    as_of: the platform's clock, microseconds since 1970, at the response.
    """

    stream: str
    partition: str
    records: list[Raw]
    as_of: int
    cursor: str | None = None
    covers: tuple[str, str] | None = None
    present: frozenset[str] | None = None
    answers: str | None = None

    @classmethod
    def end_of_list(
        cls,
        stream: str,
        partition: str,
        present: Collection[str],
        as_of: int,
        cursor: str | None = None,
        answers: str | None = None,
    ) -> "Page":
        """Return the page that ends a list which was read whole: only `present` exists of it."""
        covers = ("", END_OF_KEYS)
        return cls(stream, partition, [], as_of, cursor, covers, frozenset(present), answers)
