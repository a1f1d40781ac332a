"""The queries to GitHub's GraphQL API, and the records of what they return.

They are used where REST would need a call per item (reviews, discussions), gives no date or no more
than 40,000 rows (stars), or a call per list to learn that nothing is new (list states).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

import msgspec

from connectors.base import Changed, Denied, Retryable, SourceError
from connectors.github.api import UPDATE_ADVICE, GitHubApi
from connectors.github.records import (
    DIGITS,
    Comment,
    Item,
    Review,
    Star,
    User,
    iso_seconds,
    people,
    raw,
)
from connectors.github.rows import ListPage, ParsedRow
from connectors.github.shapes import (
    Actor,
    CommentNode,
    DiscussionNode,
    ListStates,
    ListStatesData,
    NestedListData,
    PullNode,
    ReplyNode,
    RepositoryData,
    RepositoryNode,
    ReviewNode,
    StarEdge,
    decoded,
)
from connectors.graphql import (
    PAGE_INFO,
    Connection,
    Nodes,
    Query,
    all_pages,
)
from connectors.http import LATER, RateLimited
from connectors.tolerant import ODD_JSON

N = TypeVar("N")
ConnectionT = TypeVar("ConnectionT", bound=Connection)


class NestedQuery(Query[NestedListData], Generic[N]):
    """The query for further pages of a list within another one: its name and its rows' type."""

    def __init__(self, text: str, name: str, row: type[N]) -> None:
        super().__init__(text, NestedListData)
        self.name, self.row = name, row


AUTHOR = """author {
  __typename login
  ... on User { databaseId } ... on Bot { databaseId } ... on Mannequin { databaseId }
  ... on Organization { databaseId }
}"""
REVIEW_PAGE = f"{PAGE_INFO} nodes {{ databaseId fullDatabaseId submittedAt {AUTHOR} }}"
COMMENT = f"databaseId createdAt {AUTHOR}"
REPLY_PAGE = f"{PAGE_INFO} nodes {{ {COMMENT} }}"
COMMENT_PAGE = f"{PAGE_INFO} nodes {{ id {COMMENT} replies(first: 20) {{ {REPLY_PAGE} }} }}"
NEWEST = "first: 1, orderBy: {field: UPDATED_AT, direction: DESC}"

LIST_STATES = Query(
    f"""query Pulse($ids: [ID!]!) {{
  nodes(ids: $ids) {{
    ... on Repository {{
      databaseId
      issues({NEWEST}) {{ totalCount nodes {{ updatedAt }} }}
      pullRequests({NEWEST}) {{ totalCount nodes {{ updatedAt }} }}
      discussions({NEWEST}) {{ totalCount nodes {{ updatedAt }} }}
      stargazers(first: 1, orderBy: {{field: STARRED_AT, direction: DESC}}) {{
        totalCount edges {{ starredAt }}
      }}
      forks(first: 1, orderBy: {{field: CREATED_AT, direction: DESC}}) {{
        totalCount nodes {{ createdAt }}
      }}
      releases(first: 1, orderBy: {{field: CREATED_AT, direction: DESC}}) {{
        totalCount nodes {{ createdAt updatedAt }}
      }}
      defaultBranchRef {{ target {{ oid }} }}
    }}
  }}
}}""",
    ListStatesData,
)


def _repository_query(name: str, fields: str) -> Query[RepositoryData]:
    variables = "$owner: String!, $name: String!, $first: Int!, $after: String"
    return Query(
        f"query {name}({variables}) {{ repository(owner: $owner, name: $name) {{ {fields} }} }}",
        RepositoryData,
    )


REVIEWS = _repository_query(
    "Reviews",
    f"""pullRequests(
      first: $first, after: $after, orderBy: {{field: UPDATED_AT, direction: DESC}}
    ) {{
      {PAGE_INFO}
      nodes {{
        id number updatedAt
        reviews(first: 100) {{ {REVIEW_PAGE} }}
      }}
    }}""",
)
DISCUSSIONS = _repository_query(
    "Talks",
    f"""discussions(
      first: $first, after: $after, orderBy: {{field: UPDATED_AT, direction: DESC}}
    ) {{
      {PAGE_INFO}
      nodes {{
        id number createdAt updatedAt {AUTHOR}
        comments(first: 50) {{ {COMMENT_PAGE} }}
      }}
    }}""",
)
STARS = _repository_query(
    "Stars",
    f"""stargazers(
      first: $first, after: $after, orderBy: {{field: STARRED_AT, direction: DESC}}
    ) {{
      {PAGE_INFO}
      edges {{ starredAt node {{ databaseId login }} }}
    }}""",
)


def _nested_query(parent: str, connection: str, row: type[N]) -> NestedQuery[N]:
    fields = f"... on {parent} {{ more: {connection} }}"
    name = connection.partition("(")[0]
    asked = f"query More{name.capitalize()}($id: ID!, $after: String)"
    return NestedQuery(f"{asked} {{ node(id: $id) {{ {fields} }} }}", name, row)


MORE_REVIEWS = _nested_query(
    "PullRequest", f"reviews(first: 100, after: $after) {{ {REVIEW_PAGE} }}", ReviewNode
)
MORE_COMMENTS = _nested_query(
    "Discussion", f"comments(first: 50, after: $after) {{ {COMMENT_PAGE} }}", CommentNode
)
MORE_REPLIES = _nested_query(
    "DiscussionComment", f"replies(first: 100, after: $after) {{ {REPLY_PAGE} }}", ReplyNode
)
QUERIES = (LIST_STATES, REVIEWS, DISCUSSIONS, STARS, MORE_REVIEWS, MORE_COMMENTS, MORE_REPLIES)


class ListState(NamedTuple):
    """What GitHub tells of a list at once: its state as text, and how many rows it counts."""

    text: str = ""
    total: int | None = None


def list_states(
    api: GitHubApi, ids: list[str], where: str, note_hole: Callable[[SourceError], None]
) -> dict[int, dict[str, ListState]]:
    """Return the state of each list by its stream, by the repository's number."""
    found = api.query(LIST_STATES, {"ids": ids}, where=where, note_hole=note_hole)
    nodes = decoded(found.nodes, ListStates, where, note_hole)
    return {node.database_id: _by_stream(node) for node in nodes}


def _by_stream(states: ListStates) -> dict[str, ListState]:
    issues, pulls = _state(states.issues), _state(states.pull_requests)
    is_known = issues.total is not None and pulls.total is not None
    both = f"{issues.text}{pulls.text}"
    return {
        "issues": ListState(both, (issues.total or 0) + (pulls.total or 0) if is_known else None),
        "comments": ListState(both),
        "review_comments": ListState(both),
        "reviews": ListState(both, pulls.total),
        "discussions": _state(states.discussions),
        "stars": _state(states.stargazers),
        "forks": _state(states.forks),
        "releases": _state(states.releases),
        "commits": ListState(bytes(states.default_branch_ref).decode()),
    }


def _state(told: msgspec.Raw) -> ListState:
    """Return the state of a connection; GitHub may not tell how many rows it has."""
    text = bytes(told).decode()
    try:
        return ListState(text, _counted.decode(told).total_count if text else None)
    except (*ODD_JSON, AttributeError):
        return ListState(text)


_counted = msgspec.json.Decoder(Connection)


class GitHubQueries:
    """Reads lists of one repository: a page of rows, newest first, and the next page's cursor."""

    def __init__(self, api: GitHubApi, full_name: str, where: str) -> None:
        self._api, self._where = api, where
        owner, _, name = full_name.partition("/")
        self._repository = {"owner": owner, "name": name}
        self._holes: list[SourceError] = []

    def reviews(self, first: int, after: str, can_shrink: bool) -> ListPage:
        """Return pull requests with their reviews, the last updated first."""
        found = self._told(self._query(REVIEWS, first, after, can_shrink).pull_requests)
        nodes = self._decoded(found.nodes, PullNode)
        return self._page(found, [self._parse_pull(node) for node in nodes])

    def discussions(self, first: int, after: str, can_shrink: bool) -> ListPage:
        """Return discussions with their comments and replies, the last updated first."""
        found = self._told(self._query(DISCUSSIONS, first, after, can_shrink).discussions)
        nodes = self._decoded(found.nodes, DiscussionNode)
        return self._page(found, [self._parse_discussion(node) for node in nodes])

    def stars(self, first: int, after: str, can_shrink: bool) -> ListPage:
        """Return stars, the newest first."""
        found = self._told(self._query(STARS, first, after, can_shrink).stargazers)
        rows = []
        for edge in self._decoded(found.edges, StarEdge):
            if edge.node:
                login, time = edge.node.login, iso_seconds(edge.starred_at)
                record = raw(login, Star(edge.starred_at, edge.node.user))
                rows.append(ParsedRow([("stars", record)], time, [], login, time))
        return self._page(found, rows)

    def _page(self, found: Connection, rows: list[ParsedRow]) -> ListPage:
        return ListPage(rows, found.next, holes=tuple(self._holes), is_cut=found.is_cut)

    def _query(
        self, query: Query[RepositoryData], first: int, after: str, can_shrink: bool
    ) -> RepositoryNode:
        self._holes.clear()
        variables = self._repository | {"first": first, "after": after or None}
        data = self._api.query(
            query,
            variables,
            where=self._where,
            note_hole=self._holes.append,
            can_shrink=can_shrink,
        )
        return data.repository or RepositoryNode()

    def _told(self, found: ConnectionT | None) -> ConnectionT:
        """Return a list. Raises Retryable where GitHub tells nothing of it: it may have rows."""
        if found is None:
            raise _not_told("the list", self._where)
        return found

    def _decoded(self, rows: Iterable[msgspec.Raw], kind: type[N]) -> Iterator[N]:
        """Yield the rows that are understood; another one is a hole of the page."""
        return decoded(rows, kind, self._where, self._holes.append)

    def _all_nodes(
        self, first: Nodes[msgspec.Raw] | None, nested: NestedQuery[N], id: str
    ) -> Iterator[N]:
        """Yield the items of a list within another one, of further pages too.

        Where it cannot be read to its end, or GitHub tells nothing of it, that is a hole of the
        page.
        """

        def next_page(after: str) -> Nodes[msgspec.Raw] | None:
            found = self._api.query(
                nested,
                {"id": id, "after": after},
                where=self._where,
                note_hole=self._holes.append,
            )
            return self._told(found.node.more if found.node else None)

        try:
            if first is None:
                raise _not_told(f"the {nested.name} of an item", self._where)
            for page in all_pages(next_page, first, self._where):
                yield from self._decoded(page.nodes, nested.row)
        except (Denied, RateLimited):
            raise
        except SourceError as error:
            self._holes.append(error)

    def _parse_pull(self, pull: PullNode) -> ParsedRow:
        row = ParsedRow([], iso_seconds(pull.updated_at), [], str(pull.number))
        for node in self._all_nodes(pull.reviews, MORE_REVIEWS, pull.id):
            told, user = str(node.full_database_id or node.database_id or 0), _user(node.author)
            if not DIGITS.fullmatch(told):
                self._note_no_number("a review")
                continue
            id = int(told)
            review = Review(id, pull.number, node.submitted_at, user)
            row.records.append(("reviews", raw(id, review)))
            row.people.extend(people(user))
        return row

    def _parse_discussion(self, discussion: DiscussionNode) -> ParsedRow:
        number, user = discussion.number, _user(discussion.author)
        item = Item(number, discussion.created_at, user)
        updated, created = iso_seconds(discussion.updated_at), iso_seconds(discussion.created_at)
        own = ("discussions", raw(number, item))
        row = ParsedRow([own], updated, people(user), str(number), created)
        for comment in self._all_nodes(discussion.comments, MORE_COMMENTS, discussion.id):
            self._add_comment(row, comment, number)
            for reply in self._all_nodes(comment.replies, MORE_REPLIES, comment.id):
                self._add_comment(row, reply, number)
        return row

    def _add_comment(self, row: ParsedRow, node: CommentNode | ReplyNode, number: int) -> None:
        id, user = node.database_id, _user(node.author)
        if id is None:
            self._note_no_number("a comment")
            return
        comment = Comment(id, node.created_at, number, user)
        row.records.append(("discussion_comments", raw(id, comment)))
        row.people.extend(people(user))

    def _note_no_number(self, of_what: str) -> None:
        what = f"GitHub tells no number of {of_what}"
        self._holes.append(Changed(what, where=self._where, advice=UPDATE_ADVICE))


def _not_told(what: str, where: str) -> Retryable:
    return Retryable(f"GitHub tells nothing of {what}", where=where, advice=LATER)


def _user(actor: Actor | None) -> User | None:
    return actor.user if actor else None
