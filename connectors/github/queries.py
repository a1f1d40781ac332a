"""What we ask GitHub's GraphQL API, and the records made of its answers.

It is asked where REST would need one call per item (reviews, discussions), gives no date or no more
than 40,000 rows (stars), or a call per list to learn that nothing is new (the pulse).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from connectors.github.api import GitHubApi, Reply
from connectors.github.records import Comment, Item, Review, Star, User, people, raw
from connectors.github.shapes import Made, merged, stamp

PAGE = "pageInfo { hasNextPage endCursor }"
AUTHOR = """author {
  __typename login
  ... on User { databaseId } ... on Bot { databaseId } ... on Mannequin { databaseId }
  ... on Organization { databaseId }
}"""
REVIEW = f"databaseId fullDatabaseId submittedAt {AUTHOR}"
COMMENT = f"databaseId createdAt {AUTHOR}"
REPLIES = f"{PAGE} nodes {{ {COMMENT} }}"
COMMENTS = f"{PAGE} nodes {{ id {COMMENT} replies(first: 20) {{ {REPLIES} }} }}"
NEWEST = "first: 1, orderBy: {field: UPDATED_AT, direction: DESC}"

PULSE = f"""query Pulse($ids: [ID!]!) {{
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
}}"""

REVIEWS = f"""query Reviews($owner: String!, $name: String!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    pullRequests(
      first: $first, after: $after, orderBy: {{field: UPDATED_AT, direction: DESC}}
    ) {{
      {PAGE}
      nodes {{
        id number updatedAt
        reviews(first: 100) {{ {PAGE} nodes {{ {REVIEW} }} }}
      }}
    }}
  }}
}}"""

DISCUSSIONS = f"""query Talks($owner: String!, $name: String!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    discussions(first: $first, after: $after, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
      {PAGE}
      nodes {{
        id number createdAt updatedAt {AUTHOR}
        comments(first: 50) {{ {COMMENTS} }}
      }}
    }}
  }}
}}"""

STARS = f"""query Stars($owner: String!, $name: String!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    stargazers(first: $first, after: $after, orderBy: {{field: STARRED_AT, direction: DESC}}) {{
      {PAGE}
      edges {{ starredAt node {{ databaseId login }} }}
    }}
  }}
}}"""

MORE_REVIEWS = f"""query MoreReviews($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on PullRequest {{
      more: reviews(first: 100, after: $after) {{ {PAGE} nodes {{ {REVIEW} }} }}
    }}
  }}
}}"""
MORE_COMMENTS = f"""query MoreComments($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on Discussion {{ more: comments(first: 50, after: $after) {{ {COMMENTS} }} }}
  }}
}}"""
MORE_REPLIES = f"""query MoreReplies($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on DiscussionComment {{ more: replies(first: 100, after: $after) {{ {REPLIES} }} }}
  }}
}}"""
QUERIES = (PULSE, REVIEWS, DISCUSSIONS, STARS, MORE_REVIEWS, MORE_COMMENTS, MORE_REPLIES)

N = TypeVar("N")


class Shape(msgspec.Struct, frozen=True, rename="camel"):
    """Fields are named as in the schema."""


class PageInfo(Shape, frozen=True):
    has_next_page: bool
    end_cursor: str | None = None


class Nodes(Shape, Generic[N], frozen=True):
    """A page of a connection; a part that could not be told is null."""

    page_info: PageInfo
    nodes: list[N | None]

    @property
    def next(self) -> str:
        """Where the next page begins, "" after the last."""
        return (self.page_info.has_next_page and self.page_info.end_cursor) or ""


class Actor(Shape, frozen=True):
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


class ReviewNode(Shape, frozen=True):
    """`databaseId` is too small for today's numbers, `fullDatabaseId` is not on older servers."""

    database_id: int | None = None
    full_database_id: str | int | None = None
    submitted_at: datetime | None = None
    author: Actor | None = None


class PullNode(Shape, frozen=True):
    id: str
    number: int
    updated_at: datetime
    reviews: Nodes[ReviewNode]


class ReplyNode(Shape, frozen=True):
    database_id: int
    created_at: datetime
    author: Actor | None = None


class CommentNode(Shape, frozen=True):
    id: str
    database_id: int
    created_at: datetime
    replies: Nodes[ReplyNode]
    author: Actor | None = None


class DiscussionNode(Shape, frozen=True):
    id: str
    number: int
    created_at: datetime
    updated_at: datetime
    comments: Nodes[CommentNode]
    author: Actor | None = None


class StarEdge(Shape, frozen=True):
    starred_at: datetime
    node: Actor | None = None


class Stargazers(Shape, frozen=True):
    page_info: PageInfo
    edges: list[StarEdge | None]


class RepositoryNode(Shape, frozen=True):
    pull_requests: Nodes[PullNode] | None = None
    discussions: Nodes[DiscussionNode] | None = None
    stargazers: Stargazers | None = None


class Answer(Shape, frozen=True):
    repository: RepositoryNode | None = None


class PulseNode(Shape, frozen=True):
    """What tells whether something is new, as GitHub writes it: only whether it changed counts."""

    database_id: int
    issues: msgspec.Raw = msgspec.Raw()
    pull_requests: msgspec.Raw = msgspec.Raw()
    discussions: msgspec.Raw = msgspec.Raw()
    stargazers: msgspec.Raw = msgspec.Raw()
    forks: msgspec.Raw = msgspec.Raw()
    releases: msgspec.Raw = msgspec.Raw()
    default_branch_ref: msgspec.Raw = msgspec.Raw()


class PulseAnswer(Shape, frozen=True):
    nodes: list[PulseNode | None]


class More(Shape, Generic[N], frozen=True):
    more: Nodes[N]


class MoreAnswer(Shape, Generic[N], frozen=True):
    node: More[N] | None = None


_answer = msgspec.json.Decoder(Reply[Answer])
_pulse = msgspec.json.Decoder(Reply[PulseAnswer])
_more_reviews = msgspec.json.Decoder(Reply[MoreAnswer[ReviewNode]])
_more_comments = msgspec.json.Decoder(Reply[MoreAnswer[CommentNode]])
_more_replies = msgspec.json.Decoder(Reply[MoreAnswer[ReplyNode]])


def pulses(api: GitHubApi, ids: list[str], where: str) -> dict[int, dict[str, str]]:
    """Return by repository what its lists look like from afar: another text, other news."""
    found = api.query(PULSE, {"ids": ids}, _pulse, where=where)
    return {node.database_id: _marks(node) for node in found.nodes if node is not None}


def _marks(node: PulseNode) -> dict[str, str]:
    work = f"{bytes(node.issues).decode()}{bytes(node.pull_requests).decode()}"
    return {
        "issues": work,
        "comments": work,
        "review_comments": work,
        "reviews": work,
        "discussions": bytes(node.discussions).decode(),
        "stars": bytes(node.stargazers).decode(),
        "forks": bytes(node.forks).decode(),
        "releases": bytes(node.releases).decode(),
        "commits": bytes(node.default_branch_ref).decode(),
    }


class Asker:
    """Asks about one repository: pages of records, newest first."""

    def __init__(self, api: GitHubApi, full_name: str, where: str) -> None:
        self.api, self.where = api, where
        owner, _, name = full_name.partition("/")
        self._place = {"owner": owner, "name": name}

    def reviews(self, first: int, after: str, can_shrink: bool) -> tuple[list[Made], str]:
        """Reviews by pull request, the last updated first, and where the next page begins."""
        pulls = self._ask(REVIEWS, first, after, can_shrink).pull_requests
        if pulls is None:
            return [], ""
        return [self._of_pull(pull) for pull in pulls.nodes if pull is not None], pulls.next

    def discussions(self, first: int, after: str, can_shrink: bool) -> tuple[list[Made], str]:
        """Discussions with all that is said in them, the last updated first."""
        found = self._ask(DISCUSSIONS, first, after, can_shrink).discussions
        if found is None:
            return [], ""
        return [self._of_discussion(node) for node in found.nodes if node is not None], found.next

    def stars(self, first: int, after: str, can_shrink: bool) -> tuple[list[Made], str]:
        """Stars, the newest first."""
        found = self._ask(STARS, first, after, can_shrink).stargazers
        if found is None:
            return [], ""
        made = []
        for edge in found.edges:
            if edge is not None and edge.node is not None:
                star = Star(edge.starred_at, edge.node.user)
                records = [("stars", raw(edge.node.login, star))]
                made.append(Made(records, stamp(edge.starred_at), {}))
        following = (found.page_info.has_next_page and found.page_info.end_cursor) or ""
        return made, following

    def _ask(self, text: str, first: int, after: str, can_shrink: bool) -> RepositoryNode:
        variables = self._place | {"first": first, "after": after or None}
        answer = self.api.query(text, variables, _answer, where=self.where, can_shrink=can_shrink)
        return answer.repository or RepositoryNode()

    def _all(
        self, nodes: Nodes[N], text: str, id: str, decoder: msgspec.json.Decoder[Any]
    ) -> Iterator[N]:
        """Yield the nodes of a connection inside of another, of further pages as well."""
        while True:
            yield from (node for node in nodes.nodes if node is not None)
            if not nodes.next:
                return
            variables = {"id": id, "after": nodes.next}
            answer: MoreAnswer[N] = self.api.query(text, variables, decoder, where=self.where)
            if answer.node is None:
                return
            nodes = answer.node.more

    def _of_pull(self, pull: PullNode) -> Made:
        found = self._all(pull.reviews, MORE_REVIEWS, pull.id, _more_reviews)
        parts = [_of_review(node, pull.number) for node in found]
        return merged([*parts, Made([], stamp(pull.updated_at), {})])

    def _of_discussion(self, node: DiscussionNode) -> Made:
        user = _user(node.author)
        item = Item(node.number, node.created_at, user)
        records = [("discussions", raw(node.number, item))]
        parts = [Made(records, stamp(node.updated_at), people([user]))]
        for comment in self._all(node.comments, MORE_COMMENTS, node.id, _more_comments):
            parts.append(_of_comment(comment, node.number))
            for reply in self._all(comment.replies, MORE_REPLIES, comment.id, _more_replies):
                parts.append(_of_comment(reply, node.number))
        return merged(parts)


def _user(actor: Actor | None) -> User | None:
    return actor.user if actor else None


def _of_review(node: ReviewNode, number: int) -> Made:
    id, user = int(node.full_database_id or node.database_id or 0), _user(node.author)
    review = Review(id, number, node.submitted_at, user)
    return Made([("reviews", raw(id, review))], "", people([user]))


def _of_comment(node: CommentNode | ReplyNode, number: int) -> Made:
    user = _user(node.author)
    comment = Comment(node.database_id, node.created_at, number, user)
    return Made([("discussion_comments", raw(node.database_id, comment))], "", people([user]))


Ask = Callable[[int, str, bool], tuple[list[Made], str]]
