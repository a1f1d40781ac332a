"""The objects in GitHub's GraphQL responses.

The rows of a list are decoded one by one: an odd one costs itself alone.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

import msgspec

from connectors.base import Changed, SourceError
from connectors.github.api import UPDATE_ADVICE
from connectors.github.records import User
from connectors.graphql import Edges, GraphQLObject, Nodes
from connectors.tolerant import ODD_JSON

N = TypeVar("N")


class Actor(GraphQLObject, frozen=True):
    login: str
    typename: str = msgspec.field(default="User", name="__typename")
    database_id: int | None = None

    @property
    def user(self) -> User:
        """The same account as REST writes it: an app's login ends in [bot]."""
        is_bare = self.typename == "Bot" and not self.login.endswith("[bot]")
        return User(
            f"{self.login}[bot]" if is_bare else self.login, self.database_id, self.typename
        )


class ReviewNode(GraphQLObject, frozen=True):
    """`databaseId` is too small for today's numbers, `fullDatabaseId` is not on older servers."""

    database_id: int | None = None
    full_database_id: str | int | None = None
    submitted_at: datetime | None = None
    author: Actor | None = None


class PullNode(GraphQLObject, frozen=True):
    id: str
    number: int
    updated_at: datetime
    reviews: Nodes[msgspec.Raw] | None = None


class ReplyNode(GraphQLObject, frozen=True):
    database_id: int | None
    created_at: datetime
    author: Actor | None = None


class CommentNode(GraphQLObject, frozen=True):
    id: str
    database_id: int | None
    created_at: datetime
    replies: Nodes[msgspec.Raw] | None = None
    author: Actor | None = None


class DiscussionNode(GraphQLObject, frozen=True):
    id: str
    number: int
    created_at: datetime
    updated_at: datetime
    comments: Nodes[msgspec.Raw] | None = None
    author: Actor | None = None


class StarEdge(GraphQLObject, frozen=True):
    starred_at: datetime
    node: Actor | None = None


class RepositoryNode(GraphQLObject, frozen=True):
    pull_requests: Nodes[msgspec.Raw] | None = None
    discussions: Nodes[msgspec.Raw] | None = None
    stargazers: Edges[msgspec.Raw] | None = None


class RepositoryData(GraphQLObject, frozen=True):
    repository: RepositoryNode | None = None


class ListStates(GraphQLObject, frozen=True):
    """The state of each list of a repository, as GitHub writes it: only a difference matters."""

    database_id: int
    issues: msgspec.Raw = msgspec.Raw()
    pull_requests: msgspec.Raw = msgspec.Raw()
    discussions: msgspec.Raw = msgspec.Raw()
    stargazers: msgspec.Raw = msgspec.Raw()
    forks: msgspec.Raw = msgspec.Raw()
    releases: msgspec.Raw = msgspec.Raw()
    default_branch_ref: msgspec.Raw = msgspec.Raw()


class ListStatesData(GraphQLObject, frozen=True):
    nodes: list[msgspec.Raw]


class NestedList(GraphQLObject, frozen=True):
    more: Nodes[msgspec.Raw] | None = None


class NestedListData(GraphQLObject, frozen=True):
    node: NestedList | None = None


def decoded(
    rows: Iterable[msgspec.Raw],
    kind: type[N],
    where: str,
    note_hole: Callable[[SourceError], None],
) -> Iterator[N]:
    """Yield the rows that are understood. Of another one `note_hole` gets the error; null is none.

    What has an error of its own is null.
    """
    for row in rows:
        if bytes(row) == b"null":
            continue
        try:
            found = msgspec.json.decode(row, type=kind)
        except ODD_JSON as error:
            what = f"a row has an unknown shape: {error}"
            note_hole(Changed(what, where=where, advice=UPDATE_ADVICE))
        else:
            yield found
