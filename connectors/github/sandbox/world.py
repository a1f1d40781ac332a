"""What the people of a world do on GitHub: repositories with all their past and future.

All of it follows from `world.stream("github")`. Everything has a time, so that what can be seen
is a function of the clock.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from connectors.sandbox.community import DAY, HOUR, SECOND, Person, World
from connectors.sandbox.identities import Identity, identities

ORGANISATION = "makers"
MINUTE = 60 * SECOND
BOTS = ["dependabot[bot]", "makers-ci[bot]"]
FIRST_ID, FIRST_USER_ID = 40_000_000, 1000


@dataclass(frozen=True)
class Account:
    """A person's account, or an app's where the login ends in [bot]."""

    login: str
    id: int
    email: str  # what commits are made with

    @property
    def is_bot(self) -> bool:
        """Whether it is an app's."""
        return self.login.endswith("[bot]")


@dataclass
class Comment:
    """A comment, a comment on a line, a review, or a reply. The author may be gone."""

    id: int
    at: int
    author: Account | None
    kind: str  # comment, line, review
    state: str = "COMMENTED"
    replies: "list[Comment]" = field(default_factory=list)


@dataclass
class Thread:
    """An issue, a pull request or a discussion. Times are 0 where it never happens."""

    number: int
    id: int
    kind: str  # issue, pull, discussion
    at: int
    author: Account | None
    closed_at: int = 0
    merged_at: int = 0
    comments: list[Comment] = field(default_factory=list)

    def comments_of(self, kind: str, now: int) -> list[Comment]:
        """Comments, line comments or reviews until `now`."""
        return [comment for comment in self.comments if comment.kind == kind and comment.at <= now]

    def updated_at(self, now: int) -> int:
        """When something last happened to it."""
        times = [
            self.at,
            self.closed_at,
            self.merged_at,
            *(comment.at for comment in self.comments),
        ]
        times += [reply.at for comment in self.comments for reply in comment.replies]
        return max(at for at in times if at <= now)


def _place(world: World, number: int) -> str | None:
    """What a profile says about where its owner lives: a city, seldom a joke or a former one."""
    if number % 3 == 0:
        return None
    home = world.people[number - 5 if number % 13 == 7 else number]
    city = home.timezone.rpartition("/")[2].replace("_", " ")
    return "Earth" if number % 8 == 3 else city


@dataclass(frozen=True)
class Commit:
    """A commit on the default branch: authored on a branch, committed when that was merged."""

    sha: str
    authored_at: int
    committed_at: int
    author: Account
    is_linked: bool  # the platform knows whose address it is


@dataclass(frozen=True)
class DatedItem:
    """A release, a star or a fork."""

    id: int
    at: int
    author: Account
    name: str = ""


@dataclass(eq=False)
class Repo:
    """One repository with all its future."""

    id: int
    name: str
    created_at: int
    former_name: str = ""
    is_fork: bool = False
    is_archived: bool = False
    threads: list[Thread] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    releases: list[DatedItem] = field(default_factory=list)
    stars: list[DatedItem] = field(default_factory=list)
    forks: list[DatedItem] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        """As in addresses."""
        return f"{ORGANISATION}/{self.name}"

    @lru_cache(maxsize=8)  # noqa: B019  a sandbox has six
    def by_change(self, now: int) -> list[tuple[int, Thread]]:
        """Threads opened until `now`, each with the time of its last change, in that order."""
        changed = [(thread.updated_at(now), thread) for thread in self.threads if thread.at <= now]
        return sorted(changed, key=lambda pair: (pair[0], pair[1].number))

    @lru_cache(maxsize=16)  # noqa: B019
    def comments(self, kind: str, now: int) -> list[tuple[int, Thread, Comment]]:
        """Comments of a kind on issues and pull requests until `now`, in the order of time."""
        found = [
            (comment.at, thread, comment)
            for thread in self.threads
            if thread.kind != "discussion"
            for comment in thread.comments_of(kind, now)
        ]
        return sorted(found, key=lambda one: (one[0], one[2].id))


PLANS = [  # name, former name, share of what happens
    ("toolkit", "", 0.6),
    ("handbook", "guidebook", 0.25),
    ("website", "", 0.15),
    ("attic", "", 0.0),
    ("playground", "", 0.0),
    ("upstream-copy", "", 0.0),
]


class GitHubWorld:
    """The organisation's repositories and the accounts of its people."""

    def __init__(self, world: World) -> None:
        self.world, self._rng, self._ids = world, world.stream("github"), FIRST_ID
        self.bots = [Account(name, 900 + n, f"{900 + n}+{name}@users.noreply.github.com")
                     for n, name in enumerate(BOTS)]  # fmt: skip
        there = identities(world, "github")
        self.names = {FIRST_USER_ID + number: one.name for number, one in there.items()}
        self.places = {FIRST_USER_ID + number: _place(world, number) for number in there}
        self.named = {FIRST_USER_ID + number: one.names for number, one in there.items()}
        self.accounts = {number: _account(number, one) for number, one in there.items()}
        self.number_of = {one.login: number for number, one in self.accounts.items()}
        self.repos = [
            Repo(7000 + n, name, world.start + n * MINUTE, was, name == "upstream-copy",
                 name == "attic")
            for n, (name, was, _) in enumerate(PLANS)
        ]  # fmt: skip
        shares = [share for _, _, share in PLANS]
        for at, person in self._moments():
            repo = self._rng.choices(self.repos, shares)[0]
            self._do_something(repo, at, self.accounts[person.number])
        for repo, share in zip(self.repos, shares, strict=True):
            self._surroundings(repo, share)
            self._close(repo)

    def _moments(self) -> Iterable[tuple[int, Person]]:
        """When somebody does something here: on some of the days on which they are around."""
        moments = []
        for person in self.world.people:
            for day in person.days if person.number in self.accounts else ():
                if self._rng.random() < 0.7:
                    local = self.world.start + day * DAY + int(person.peak_hour * HOUR)
                    at = local - person.utc_offset * SECOND + self._rng.randrange(3 * HOUR)
                    moments.append((max(at, person.joined_at + MINUTE), person.number))
        return [(at, self.world.people[number]) for at, number in sorted(moments)]

    def _id(self) -> int:
        self._ids += 1
        return self._ids

    def _do_something(self, repo: Repo, at: int, who: Account) -> None:
        rng = self._rng
        recent = repo.threads[-12:]
        if recent and rng.random() < 0.62:
            self._answer(rng.choice(recent), at, who)
            return
        kind = rng.choices(["issue", "pull", "discussion"], [5, 5, 2])[0]
        author = None if rng.random() < 0.02 else who
        thread = Thread(len(repo.threads) + 1, self._id(), kind, at, author)
        repo.threads.append(thread)
        if kind == "pull":
            self._merge(repo, thread, who)
        elif kind == "issue" and rng.random() < 0.6:
            thread.closed_at = at + int(rng.lognormvariate(11.5, 1.5) * SECOND)
        if kind == "pull" and rng.random() < 0.3:
            thread.comments.append(Comment(self._id(), at + 20 * SECOND, self.bots[1], "comment"))

    def _answer(self, thread: Thread, at: int, who: Account) -> None:
        rng = self._rng
        if at <= thread.at:
            return
        if thread.kind == "pull" and rng.random() < 0.6:
            state = rng.choice(["APPROVED", "CHANGES_REQUESTED", "COMMENTED"])
            reviewer = None if rng.random() < 0.03 else who
            thread.comments.append(Comment(self._id(), at, reviewer, "review", state))
            for _ in range(rng.choice([0, 0, 1, 2])):
                thread.comments.append(Comment(self._id(), at, who, "line"))
            return
        earlier = [comment for comment in thread.comments if comment.at < at]
        if thread.kind == "discussion" and earlier and rng.random() < 0.5:
            rng.choice(earlier).replies.append(Comment(self._id(), at, who, "comment"))
        else:
            thread.comments.append(Comment(self._id(), at, who, "comment"))

    def _merge(self, repo: Repo, thread: Thread, who: Account) -> None:
        """Most pull requests are merged, with the commits that were made before."""
        rng = self._rng
        if rng.random() < 0.15:
            return
        thread.closed_at = thread.at + int(rng.lognormvariate(11.0, 1.3) * SECOND)
        if rng.random() < 0.2:
            return
        thread.merged_at = thread.closed_at
        for number in range(rng.randrange(1, 4)):
            authored_at = thread.at - (number + 1) * rng.randrange(MINUTE, 9 * HOUR)
            self._commit(repo, authored_at, thread.merged_at, who)

    def _commit(self, repo: Repo, authored_at: int, committed_at: int, who: Account) -> None:
        seed = f"{repo.name}/{authored_at}/{committed_at}/{len(repo.commits)}"
        sha = hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest()
        is_linked = "noreply" in who.email or who.id % 3 != 0
        repo.commits.append(Commit(sha, authored_at, committed_at, who, is_linked))

    def _surroundings(self, repo: Repo, share: float) -> None:
        """Bots' pull requests, releases, stars and forks."""
        rng, world = self._rng, self.world
        if share == 0:
            if repo.is_archived:
                self._commit(repo, world.start, world.start, self.accounts[0])
            return
        for day in range(3, (world.horizon - world.start) // DAY, 7):
            at = world.start + day * DAY + rng.randrange(DAY)
            thread = Thread(0, self._id(), "pull", at, self.bots[0])
            thread.closed_at = thread.merged_at = at + 2 * HOUR
            self._commit(repo, at, thread.merged_at, self.bots[0])
            repo.threads.append(thread)
            if day % 4 == 1:
                name = f"v0.{day}"
                repo.releases.append(DatedItem(self._id(), at + DAY, self.accounts[0], name))
        for person in world.people:
            who = self.accounts.get(person.number)
            if who and rng.random() < share:
                at = person.joined_at + rng.randrange(30 * DAY)
                repo.stars.append(DatedItem(self._id(), at, who))
                if rng.random() < 0.2:
                    repo.forks.append(DatedItem(self._id(), at + HOUR, who))

    def _close(self, repo: Repo) -> None:
        """Sort by time and number threads in the order of being opened."""
        repo.threads.sort(key=lambda thread: thread.at)
        for number, thread in enumerate(repo.threads, start=1):
            thread.number = number
            thread.comments.sort(key=lambda comment: (comment.at, comment.id))
            for comment in thread.comments:
                comment.replies.sort(key=lambda reply: (reply.at, reply.id))
        repo.commits.sort(key=lambda commit: (commit.committed_at, commit.sha))
        for listed in (repo.releases, repo.stars, repo.forks):
            listed.sort(key=lambda item: (item.at, item.id))


def _account(number: int, known: Identity) -> Account:
    id = FIRST_USER_ID + number
    is_private = number % 5 == 0
    email = f"{id}+{known.handle}@users.noreply.github.com" if is_private else known.email
    return Account(known.handle, id, email)
