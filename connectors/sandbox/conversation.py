"""What the people of a world say in channels, on any platform: posts, threads, reactions, huddles.

Posts, edits, deletions and reactions have times of their own, so that what can be seen is a
function of the clock.
"""

from array import array
from bisect import bisect_left

import msgspec

from connectors.sandbox.texture import ChannelPlan

SYSTEM = -1  # author of what the platform itself says


class Bot(msgspec.Struct, frozen=True):
    """An automatic author. Some have no account, some an account that looks human."""

    name: str
    has_account: bool
    is_flagged: bool
    every_hours: int = 0  # it looks human, posts at the same minute, and nobody ever answers it


BOTS = [
    Bot("GitHub", has_account=False, is_flagged=False),
    Bot("standup-buddy", has_account=True, is_flagged=True),
    Bot("Ines Calder", has_account=True, is_flagged=False),
    Bot("community-vitals", has_account=True, is_flagged=True),
    Bot("Release Watch", has_account=True, is_flagged=False, every_hours=12),
    Bot("Leo Marsh", has_account=True, is_flagged=False, every_hours=8),
    Bot("paperbot", has_account=True, is_flagged=False, every_hours=24),
]
COLLECTOR = 3  # the bot whose token the sandbox hands out
STRANGERS = ["Priya Outsider", "Tom Elsewhere"]  # from another workspace, on no member list


def bot_author(index: int) -> int:
    """The author number of a bot."""
    return -10 - index


def stranger_author(index: int) -> int:
    """The author number of someone from another workspace."""
    return -100 - index


class Post(msgspec.Struct, gc=False):
    """One post. `author` is a person's number, or negative: SYSTEM, a bot, a stranger."""

    at: int
    author: int
    kind: str  # message, me, file, join, leave, topic, rename, archive, bot, huddle
    root: "Post | None" = None
    via: int = -1  # the bot that wrote it in its author's name
    is_broadcast: bool = False
    edited_at: int = 0
    deleted_at: int = 0
    reactions: tuple[tuple[int, int, int], ...] = ()  # (time, emoji, person)
    replies: "list[Post] | None" = None
    huddle: tuple[tuple[int, int], ...] = ()  # (time of entering, person); edited_at is its end

    def is_visible(self, now: int) -> bool:
        """Whether it has happened and has not been deleted."""
        return self.at <= now and not 0 < self.deleted_at <= now

    def visible_replies(self, now: int) -> "list[Post]":
        """Its replies as of `now`, oldest first."""
        return [reply for reply in self.replies or () if reply.is_visible(now)]


class Stay(msgspec.Struct, frozen=True, gc=False):
    """One person's time in a channel; left_at 0 means still there."""

    joined_at: int
    left_at: int


class Channel:
    """Where people talk, with everything that is ever said there, by time."""

    def __init__(self, number: int, plan: ChannelPlan, created_at: int) -> None:
        self.number = number
        self.plan = plan
        self.created_at = created_at
        self.renamed_at = 0
        self.archived_at = 0
        self.stays: dict[int, Stay] = {}
        self.posts: list[Post] = []
        self.openers: list[Post] = []  # in the order of being said
        self.timeline: list[Post] = []  # what a reader sees without opening threads
        self.post_times = array("q")
        self.timeline_times = array("q")

    def name(self, now: int) -> str:
        """The name as of `now`."""
        was = self.plan.was
        return was if was and now < self.renamed_at else self.plan.name

    def people(self, now: int) -> list[int]:
        """Numbers of those inside as of `now`, in the order of entering."""
        return [
            person
            for person, stay in self.stays.items()
            if stay.joined_at <= now and not 0 < stay.left_at <= now
        ]

    def find(self, at: int) -> Post | None:
        """The post of exactly that time."""
        index = bisect_left(self.post_times, at)
        found = index < len(self.posts) and self.posts[index].at == at
        return self.posts[index] if found else None

    def close(self) -> None:
        """Sort the posts, give each a microsecond of its own, and build the indexes."""
        self.posts.sort(key=lambda post: post.at)
        before = 0
        for post in self.posts:
            post.at = before = max(post.at, before + 1)
            if post.replies:
                post.replies.sort(key=lambda reply: reply.at)
        self.timeline = [post for post in self.posts if post.root is None or post.is_broadcast]
        self.post_times = array("q", (post.at for post in self.posts))
        self.timeline_times = array("q", (post.at for post in self.timeline))
