"""The part of GitHub's GraphQL schema that is served: objects and how their fields are answered."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

from connectors.github.sandbox.graphql import Failed, Invalid, Node
from connectors.github.sandbox.rows import HTML, iso, node_id, text
from connectors.github.sandbox.world import (
    ORGANISATION,
    GitHubWorld,
    Login,
    Mark,
    Repo,
    Said,
    Thread,
)


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

    `edge` makes what is between a list and an item that has a date of its own there. `orders` are
    the fields that the sandbox can sort by.
    """
    if first is None:
        raise Invalid("You must provide a `first` to page a connection")
    if not 1 <= first <= 100:
        raise Failed("EXCESSIVE_PAGINATION", "You must provide a `first` of 1 to 100")
    if orderBy is not None:
        if orderBy["field"] not in orders:
            raise Invalid(f"The sandbox does not sort by {orderBy['field']} here")
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
        raise Failed("INVALID_CURSOR_ARGUMENTS", message) from None


def actor(who: Login | None) -> Node | None:
    """Who did something: a bot's login is bare here, a deleted account is null."""
    if who is None:
        return None
    kind = "Bot" if who.is_bot else "User"
    login = who.login.removesuffix("[bot]")
    return plain(kind, login=login, databaseId=who.id, id=node_id(kind, who.id))


class Root:
    """What can be asked for as of `now`."""

    def __init__(self, world: GitHubWorld, now: int) -> None:
        self.world, self.now = world, now
        self.fields: Node = {
            "repository": self.repository,
            "node": self.node,
            "nodes": lambda ids: [self._node_or_failure(id) for id in ids],
        }

    def repository(self, owner: str, name: str) -> Node:
        """A repository; a former name finds it, too."""
        for repo in self.world.repos if owner == ORGANISATION else ():
            if name in (repo.name, repo.was):
                return repository_node(repo, self.now)
        raise Failed(
            "NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'."
        )

    def node(self, id: str) -> Node:
        """Anything by its opaque id."""
        for repo in self.world.repos:
            if id == node_id("Repository", repo.id):
                return repository_node(repo, self.now)
            for thread in repo.threads:
                if id == node_id("Thread", f"{repo.id}:{thread.number}"):
                    return thread_node(repo, thread, self.now)
                for said in thread.said if thread.kind == "discussion" else ():
                    if id == node_id("DiscussionComment", said.id):
                        return comment_node(said, self.now)
        raise Failed("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'.")

    def _node_or_failure(self, id: str) -> Node | Failed:
        try:
            return self.node(id)
        except Failed as failed:
            return failed


def repository_node(repo: Repo, now: int) -> Node:
    """One repository."""

    def threads(kind: str) -> Callable[..., Node]:
        def get(**page: Any) -> Node:
            found = [thread for _, thread in repo.by_change(now) if thread.kind == kind]
            return connection(
                found, lambda t: thread_node(repo, t, now), orders=("UPDATED_AT",), **page
            )

        return get

    def marks(name: str, make: Callable[[Mark], Node], order: str) -> Callable[..., Node]:
        def get(**page: Any) -> Node:
            seen = [mark for mark in getattr(repo, name) if mark.at <= now]
            return connection(seen, make, edge=_star, orders=(order,), **page)

        return get

    changes = [change for change in repo.changes if change.committed_at <= now]
    tip = plain("Commit", oid=changes[-1].sha) if changes else None
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
        stargazers=marks("stars", lambda mark: actor(mark.author) or {}, "STARRED_AT"),
        forks=marks("forks", _fork, "CREATED_AT"),
        releases=marks("releases", _release, "CREATED_AT"),
    )


def _star(mark: Mark) -> Node:
    return {"starredAt": iso(mark.at), "node": actor(mark.author)}


def _fork(mark: Mark) -> Node:
    return plain("Repository", databaseId=mark.id, createdAt=iso(mark.at))


def _release(mark: Mark) -> Node:
    at = iso(mark.at)
    return {"databaseId": mark.id, "createdAt": at, "updatedAt": at}


TYPES = {"issue": "Issue", "pull": "PullRequest", "discussion": "Discussion"}


def thread_node(repo: Repo, thread: Thread, now: int) -> Node:
    """An issue, a pull request or a discussion."""

    def reviews(**page: Any) -> Node:
        return connection(thread.seen("review", now), _review, **page)

    def comments(**page: Any) -> Node:
        return connection(thread.seen("comment", now), lambda s: comment_node(s, now), **page)

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


def _review(said: Said) -> Node:
    return plain(
        "PullRequestReview",
        id=node_id("PullRequestReview", said.id),
        databaseId=said.id,
        fullDatabaseId=str(said.id),
        state=said.state,
        createdAt=iso(said.at),
        submittedAt=iso(said.at),
        author=actor(said.author),
        body=text(said.id),
    )


def comment_node(said: Said, now: int) -> Node:
    """A comment in a discussion, with its replies."""

    def replies(**page: Any) -> Node:
        seen = [reply for reply in said.replies if reply.at <= now]
        return connection(seen, lambda reply: comment_node(reply, now), **page)

    return plain(
        "DiscussionComment",
        id=node_id("DiscussionComment", said.id),
        databaseId=said.id,
        createdAt=iso(said.at),
        author=actor(said.author),
        body=text(said.id),
        replies=replies,
    )
