"""The part of GitHub's GraphQL schema that is served: objects and how their fields are answered."""

import base64
from collections.abc import Sequence
from typing import Any

from connectors.sandbox.github_graphql import Failed, Field, Invalid, Node
from connectors.sandbox.github_rows import HTML, iso, node_id, text
from connectors.sandbox.github_world import (
    ORGANISATION,
    GitHubWorld,
    Login,
    Mark,
    Repo,
    Said,
    Thread,
)

COMMENTS = "DiscussionCommentConnection"
PAGING = ("first", "after", "orderBy")


class Plain(Node):
    """An object whose fields are known values."""

    def __init__(self, typename: str, implements: tuple[str, ...] = (), **values: Any) -> None:
        self.typename, self.implements, self._values = typename, implements, values
        self.fields = {name: Field(lambda node, name=name: node._values[name]) for name in values}


class Connection(Node):
    """A page of a list; `edges` are given where an edge has a field of its own."""

    def __init__(self, typename: str, values: dict[str, Any]) -> None:
        self.typename = typename
        self.fields = {
            name: Field(lambda node, value=value: value) for name, value in values.items()
        }


def connection(
    typename: str,
    items: Sequence[Any],
    make: Any,
    first: Any = None,
    after: Any = None,
    orderBy: Any = None,  # noqa: N803  as in the schema
    edge: Any = None,
    orders: tuple[str, ...] = (),
) -> Connection:
    """A page of items that are given oldest first. `first` must be 1 to 100."""
    if not isinstance(first, int) or not 1 <= first <= 100:
        raise Failed(
            "EXCESSIVE_PAGINATION", f"You must provide a `first` of 1 to 100 on {typename}"
        )
    if orderBy is not None:
        if set(orderBy) != {"field", "direction"} or orderBy["field"] not in orders:
            raise Invalid(f"Argument 'orderBy' on {typename} has an invalid value")
        if orderBy["direction"] == "DESC":
            items = items[::-1]
    begin = _position(after) if after else 0
    page = items[begin : begin + first]
    end = begin + len(page)
    info = Plain(
        "PageInfo",
        hasNextPage=end < len(items),
        hasPreviousPage=begin > 0,
        startCursor=_cursor(begin) if page else None,
        endCursor=_cursor(end) if page else None,
    )
    edges = [edge(item) for item in page] if edge else []
    values = {"nodes": [make(item) for item in page], "edges": edges, "pageInfo": info}
    return Connection(typename, values | {"totalCount": len(items)})


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
    return Plain(kind, ("Actor", "Node"), login=login, databaseId=who.id, id=node_id(kind, who.id))


class Root(Node):
    """The query's root."""

    typename = "Query"

    def __init__(self, world: GitHubWorld, now: int) -> None:
        self.world, self.now = world, now

    def repository(self, owner: str, name: str) -> Node:
        """A repository; a former name finds it, too."""
        for repo in self.world.repos if owner == ORGANISATION else ():
            if name in (repo.name, repo.was):
                return RepositoryNode(repo, self.now)
        raise Failed(
            "NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'."
        )

    def node(self, id: str) -> Node | None:
        """Anything by its opaque id."""
        for repo in self.world.repos:
            if id == node_id("Repository", repo.id):
                return RepositoryNode(repo, self.now)
            for thread in repo.threads:
                if id == node_id("Thread", f"{repo.id}:{thread.number}"):
                    return thread_node(repo, thread, self.now)
                for said in thread.said if thread.kind == "discussion" else ():
                    if id == node_id("DiscussionComment", said.id):
                        return comment_node(said, self.now)
        raise Failed("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'.")

    def nodes(self, ids: list[str]) -> list[Node | None]:
        """Several."""
        return [self.node(id) for id in ids]

    fields = {  # noqa: RUF012
        "repository": Field(repository, ("owner", "name")),
        "node": Field(node, ("id",)),
        "nodes": Field(nodes, ("ids",)),
    }


class RepositoryNode(Node):
    """One repository."""

    typename = "Repository"
    implements = ("Node",)

    def __init__(self, repo: Repo, now: int) -> None:
        self.repo, self.now = repo, now

    def _threads(self, kind: str) -> list[Thread]:
        return [thread for _, thread in self.repo.by_change(self.now) if thread.kind == kind]

    def _seen(self, marks: list[Mark]) -> list[Mark]:
        return [mark for mark in marks if mark.at <= self.now]

    def issues(self, **page: Any) -> Node:
        return self._listed("IssueConnection", "issue", page)

    def pull_requests(self, **page: Any) -> Node:
        return self._listed("PullRequestConnection", "pull", page)

    def discussions(self, **page: Any) -> Node:
        return self._listed("DiscussionConnection", "discussion", page)

    def _listed(self, typename: str, kind: str, page: dict[str, Any]) -> Node:
        def make(thread: Thread) -> Node:
            return thread_node(self.repo, thread, self.now)

        return connection(typename, self._threads(kind), make, orders=("UPDATED_AT",), **page)

    def stargazers(self, **page: Any) -> Node:
        def edge(mark: Mark) -> Node:
            return Plain("StargazerEdge", starredAt=iso(mark.at), node=actor(mark.author))

        marks = self._seen(self.repo.stars)
        return connection(
            "StargazerConnection", marks, lambda mark: actor(mark.author), edge=edge,
            orders=("STARRED_AT",), **page,
        )  # fmt: skip

    def forks(self, **page: Any) -> Node:
        def make(mark: Mark) -> Node:
            return Plain("Repository", ("Node",), databaseId=mark.id, createdAt=iso(mark.at))

        marks = self._seen(self.repo.forks)
        return connection("RepositoryConnection", marks, make, orders=("CREATED_AT",), **page)

    def releases(self, **page: Any) -> Node:
        def make(mark: Mark) -> Node:
            at = iso(mark.at)
            return Plain("Release", databaseId=mark.id, createdAt=at, updatedAt=at)

        marks = self._seen(self.repo.releases)
        return connection("ReleaseConnection", marks, make, orders=("CREATED_AT",), **page)

    def default_branch(self) -> Node | None:
        """The tip of the default branch; an empty repository has none."""
        changes = [c for c in self.repo.changes if c.committed_at <= self.now]
        return Plain("Ref", target=Plain("Commit", oid=changes[-1].sha)) if changes else None

    fields = {  # noqa: RUF012
        "databaseId": Field(lambda node: node.repo.id),
        "nameWithOwner": Field(lambda node: node.repo.full_name),
        "issues": Field(issues, ("first",), PAGING),
        "pullRequests": Field(pull_requests, ("first",), PAGING),
        "discussions": Field(discussions, ("first",), PAGING),
        "stargazers": Field(stargazers, ("first",), PAGING),
        "forks": Field(forks, ("first",), PAGING),
        "releases": Field(releases, ("first",), PAGING),
        "defaultBranchRef": Field(default_branch),
    }


TYPES = {"issue": "Issue", "pull": "PullRequest", "discussion": "Discussion"}


def thread_node(repo: Repo, thread: Thread, now: int) -> Node:
    """An issue, a pull request or a discussion."""
    node = Plain(
        TYPES[thread.kind],
        ("Node", "Comment"),
        id=node_id("Thread", f"{repo.id}:{thread.number}"),
        number=thread.number,
        title=text(thread.id),
        body=text(thread.id + 1),
        createdAt=iso(thread.at),
        updatedAt=iso(thread.updated_at(now)),
        author=actor(thread.author),
        url=f"{HTML}/{repo.full_name}/{thread.kind}/{thread.number}",
    )

    def reviews(node: Node, **page: Any) -> Node:
        seen = thread.seen("review", now)
        return connection("PullRequestReviewConnection", seen, _review, **page)

    def comments(node: Node, **page: Any) -> Node:
        seen = thread.seen("comment", now)
        return connection(COMMENTS, seen, lambda s: comment_node(s, now), **page)

    more = {"pull": {"reviews": reviews}, "discussion": {"comments": comments}}
    for name, get in more.get(thread.kind, {}).items():
        node.fields = {**node.fields, name: Field(get, ("first",), ("first", "after"))}
    return node


def _review(said: Said) -> Node:
    return Plain(
        "PullRequestReview",
        ("Node", "Comment"),
        databaseId=said.id,
        fullDatabaseId=str(said.id),
        state=said.state,
        submittedAt=iso(said.at),
        author=actor(said.author),
        body=text(said.id),
    )


def comment_node(said: Said, now: int) -> Node:
    """A comment in a discussion, with its replies."""
    node = Plain(
        "DiscussionComment",
        ("Node", "Comment"),
        id=node_id("DiscussionComment", said.id),
        databaseId=said.id,
        createdAt=iso(said.at),
        author=actor(said.author),
        body=text(said.id),
    )

    def replies(node: Node, **page: Any) -> Node:
        seen = [reply for reply in said.replies if reply.at <= now]
        return connection(COMMENTS, seen, lambda r: comment_node(r, now), **page)

    node.fields = {**node.fields, "replies": Field(replies, ("first",), ("first", "after"))}
    return node
