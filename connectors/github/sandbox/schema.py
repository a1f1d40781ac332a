"""The objects of GitHub's GraphQL schema that are served, with their fields."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

from connectors.github.sandbox.graphql import FieldError, InvalidQuery, Node
from connectors.github.sandbox.rows import HTML, iso, node_id, text
from connectors.github.sandbox.world import (
    ORGANISATION,
    Account,
    Comment,
    DatedItem,
    GitHubWorld,
    Repo,
    Thread,
)
from connectors.sandbox.text import TEXT_MARK
from connectors.sandbox.truth import account_page


def plain(typename: str, **values: Any) -> Node:
    """An object of a type."""
    return {"__typename": typename, **values}


def connection(
    items: Sequence[Any],
    make: Any,
    first: Any = None,
    after: Any = None,
    orderBy: Any = None,  # noqa: N803  as in the schema
    edge: Any = None,
    orders: tuple[str, ...] = (),
) -> Node:
    """A page of items that are given oldest first. `first` must be 1 to 100.

    `edge` makes the edge of an item that has a date of its own in the list. `orders` are the fields
    that the sandbox can sort by.
    """
    if first is None:
        raise InvalidQuery("You must provide a `first` to page a connection")
    if not 1 <= first <= 100:
        raise FieldError("EXCESSIVE_PAGINATION", "You must provide a `first` of 1 to 100")
    if orderBy is not None:
        if orderBy["field"] not in orders:
            raise InvalidQuery(f"The sandbox does not sort by {orderBy['field']} here")
        if orderBy["direction"] == "DESC":
            items = items[::-1]
    begin = _position(after) if after else 0
    page = items[begin : begin + first]
    end = begin + len(page)
    info = {
        "hasNextPage": end < len(items),
        "hasPreviousPage": begin > 0,
        "startCursor": _cursor(begin) if page else None,
        "endCursor": _cursor(end) if page else None,
    }
    return {
        "nodes": [make(item) for item in page],
        "edges": [edge(item) for item in page] if edge else [],
        "pageInfo": info,
        "totalCount": len(items),
    }


def _cursor(position: int) -> str:
    return base64.b64encode(f"cursor:v2:{position}".encode()).decode()


def _position(cursor: Any) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("cursor:v2:"))
    except ValueError:
        message = f"`{cursor}` does not appear to be a valid cursor."
        raise FieldError("INVALID_CURSOR_ARGUMENTS", message) from None


def actor(who: Account | None) -> Node | None:
    """Who did something: a bot's login is bare here, a deleted account is null."""
    if who is None:
        return None
    kind = "Bot" if who.is_bot else "User"
    login = who.login.removesuffix("[bot]")
    return plain(kind, login=login, databaseId=who.id, id=node_id(kind, who.id))


class Root:
    """The fields of a query as of `now`."""

    def __init__(self, world: GitHubWorld, now: int) -> None:
        self.world, self.now = world, now
        self.fields: Node = {
            "repository": self.repository,
            "node": self.node,
            "user": self.user,
            "nodes": lambda ids: [self._node_or_failure(id) for id in ids],
        }

    def repository(self, owner: str, name: str) -> Node:
        """A repository; a former name finds it, too."""
        for repo in self.world.repos if owner == ORGANISATION else ():
            if name in (repo.name, repo.former_name):
                return repository_node(repo, self.now)
        raise FieldError(
            "NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'."
        )

    def user(self, login: str) -> Node:
        """A person's account with its profile."""
        number = self.world.number_of.get(login.lower())
        if number is not None:
            return self._profile(number, self.world.accounts[number])
        raise FieldError("NOT_FOUND", f"Could not resolve to a User with the login of '{login}'.")

    def _profile(self, number: int, who: Account) -> Node:
        """A profile: what it names elsewhere is in its bio, its website or its links."""
        pages = [account_page(self.world.world, *named) for named in self.world.named[who.id]]
        here = number // 2 % 4
        links = ["https://social.sandbox.invalid/@me", *(pages if here == 2 else [])]
        shown = [plain("SocialAccount", displayName=url, url=url) for url in links]
        return (actor(who) or {}) | {
            "name": self.world.names[who.id],
            "location": self.world.places[who.id],
            "bio": f"{TEXT_MARK}. {pages[0]}" if pages and here == 0 else TEXT_MARK,
            "websiteUrl": pages[0] if pages and here in (1, 3) else None,
            "socialAccounts": lambda first: connection(shown, lambda one: one, first),
        }

    def node(self, id: str) -> Node:
        """Anything by its opaque id."""
        for repo in self.world.repos:
            if id == node_id("Repository", repo.id):
                return repository_node(repo, self.now)
            for thread in repo.threads:
                if id == node_id("Thread", f"{repo.id}:{thread.number}"):
                    return thread_node(repo, thread, self.now)
                for comment in thread.comments if thread.kind == "discussion" else ():
                    if id == node_id("DiscussionComment", comment.id):
                        return comment_node(comment, self.now)
        raise FieldError("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'.")

    def _node_or_failure(self, id: str) -> Node | FieldError:
        try:
            return self.node(id)
        except FieldError as error:
            return error


def repository_node(repo: Repo, now: int) -> Node:
    """One repository."""

    def threads(kind: str) -> Callable[..., Node]:
        def get(**page: Any) -> Node:
            found = [thread for _, thread in repo.by_change(now) if thread.kind == kind]
            return connection(
                found, lambda t: thread_node(repo, t, now), orders=("UPDATED_AT",), **page
            )

        return get

    def listed(name: str, make: Callable[[DatedItem], Node], order: str) -> Callable[..., Node]:
        def get(**page: Any) -> Node:
            seen = [item for item in getattr(repo, name) if item.at <= now]
            return connection(seen, make, edge=_star, orders=(order,), **page)

        return get

    commits = [commit for commit in repo.commits if commit.committed_at <= now]
    tip = plain("Commit", oid=commits[-1].sha) if commits else None
    return plain(
        "Repository",
        id=node_id("Repository", repo.id),
        databaseId=repo.id,
        nameWithOwner=repo.full_name,
        createdAt=iso(repo.created_at),
        defaultBranchRef=tip and {"target": tip},
        issues=threads("issue"),
        pullRequests=threads("pull"),
        discussions=threads("discussion"),
        stargazers=listed("stars", lambda item: actor(item.author) or {}, "STARRED_AT"),
        forks=listed("forks", _fork, "CREATED_AT"),
        releases=listed("releases", _release, "CREATED_AT"),
    )


def _star(item: DatedItem) -> Node:
    return {"starredAt": iso(item.at), "node": actor(item.author)}


def _fork(item: DatedItem) -> Node:
    return plain("Repository", databaseId=item.id, createdAt=iso(item.at))


def _release(item: DatedItem) -> Node:
    at = iso(item.at)
    return {"databaseId": item.id, "createdAt": at, "updatedAt": at}


TYPES = {"issue": "Issue", "pull": "PullRequest", "discussion": "Discussion"}


def thread_node(repo: Repo, thread: Thread, now: int) -> Node:
    """An issue, a pull request or a discussion."""

    def reviews(**page: Any) -> Node:
        return connection(thread.comments_of("review", now), _review, **page)

    def comments(**page: Any) -> Node:
        return connection(
            thread.comments_of("comment", now), lambda s: comment_node(s, now), **page
        )

    return plain(
        TYPES[thread.kind],
        id=node_id("Thread", f"{repo.id}:{thread.number}"),
        number=thread.number,
        title=text(thread.id),
        body=text(thread.id + 1),
        createdAt=iso(thread.at),
        updatedAt=iso(thread.updated_at(now)),
        author=actor(thread.author),
        url=f"{HTML}/{repo.full_name}/{thread.kind}/{thread.number}",
        reviews=reviews,
        comments=comments,
    )


def _review(comment: Comment) -> Node:
    return plain(
        "PullRequestReview",
        id=node_id("PullRequestReview", comment.id),
        databaseId=comment.id,
        fullDatabaseId=str(comment.id),
        state=comment.state,
        createdAt=iso(comment.at),
        submittedAt=iso(comment.at),
        author=actor(comment.author),
        body=text(comment.id),
    )


def comment_node(comment: Comment, now: int) -> Node:
    """A comment in a discussion, with its replies."""

    def replies(**page: Any) -> Node:
        seen = [reply for reply in comment.replies if reply.at <= now]
        return connection(seen, lambda reply: comment_node(reply, now), **page)

    return plain(
        "DiscussionComment",
        id=node_id("DiscussionComment", comment.id),
        databaseId=comment.id,
        createdAt=iso(comment.at),
        author=actor(comment.author),
        body=text(comment.id),
        replies=replies,
    )
