"""A plain client of the sandbox's Meetup that shares nothing with the product's own."""

from collections.abc import Iterator
from typing import Any

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.sandbox.server import Running
from connectors.sandbox.state import SANDBOX_TOKEN

RSVP_STATUSES = ["YES", "NO", "WAITLIST", "ATTENDED", "NO_SHOW", "EXCUSED_ABSENCE",
                 "YES_PENDING_PAYMENT"]  # fmt: skip
PAGE = "totalCount pageInfo { hasNextPage endCursor }"
EVENTS = f"""query($urlname: String!, $first: Int, $after: String, $filter: GroupEventFilter) {{
  groupByUrlname(urlname: $urlname) {{ events(first: $first, after: $after, filter: $filter) {{
    {PAGE} edges {{ cursor node {{ id token status dateTime endTime series {{ id }}
      rsvps {{ totalCount yesCount attendedCount noShowCount }} }} }} }} }} }}"""
MEMBERS = f"""query($urlname: String!, $first: Int, $after: String, $sort: GroupMembershipSort,
    $filter: MembershipFilter) {{ groupByUrlname(urlname: $urlname) {{
  memberships(first: $first, after: $after, sort: $sort, filter: $filter) {{
    {PAGE} edges {{ cursor node {{ id name email }}
    metadata {{ status role joinTime }} }} }} }} }}"""
RSVPS = f"""query($id: ID!, $first: Int, $after: String, $filter: RsvpFilter, $sort: RsvpSort) {{
  event(id: $id) {{ rsvps(first: $first, after: $after, filter: $filter, sort: $sort) {{
    {PAGE} yesCount attendedCount edges {{ cursor
      node {{ id status guestsCount isHost updated member {{ id }} }} }} }} }} }}"""


def new_key() -> tuple[str, str]:
    """A private key and its public half."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


class PlainMeetup:
    """Sends queries and follows cursors; knows nothing of limits or retries."""

    def __init__(self, running: Running, token: str = SANDBOX_TOKEN) -> None:
        self.running = running
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {token}"

    def post(self, query: str, **variables: Any) -> requests.Response:
        body = {"query": query, "variables": variables}
        return self.session.post(f"{self.running.meetup_url}/gql-ext", json=body, timeout=10)

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        body = self.post(query, **variables).json()
        assert "errors" not in body, body
        found: dict[str, Any] = body["data"]
        return found

    def error(self, query: str, **variables: Any) -> dict[str, Any]:
        """The first error of a query that must be refused with HTTP 200 and without data."""
        response = self.post(query, **variables)
        assert response.status_code == 200
        assert "data" not in response.json()
        found: dict[str, Any] = response.json()["errors"][0]
        return found

    def pages(self, query: str, *path: str, **variables: Any) -> Iterator[dict[str, Any]]:
        while True:
            page: Any = self.data(query, **variables)
            for name in path:
                page = page[name]
            yield page
            if not page["pageInfo"]["hasNextPage"]:
                return
            variables["after"] = page["pageInfo"]["endCursor"]

    def edges(self, query: str, *path: str, **variables: Any) -> list[dict[str, Any]]:
        return [edge for page in self.pages(query, *path, **variables) for edge in page["edges"]]

    def members(self, urlname: str, **variables: Any) -> list[dict[str, Any]]:
        return self.edges(MEMBERS, "groupByUrlname", "memberships", urlname=urlname, **variables)

    def events(self, urlname: str, *statuses: str) -> list[dict[str, Any]]:
        asked = {"status": list(statuses)}
        edges = self.edges(EVENTS, "groupByUrlname", "events", urlname=urlname, filter=asked)
        return [edge["node"] for edge in edges]

    def rsvps(self, id: str, **variables: Any) -> list[dict[str, Any]]:
        """Every RSVP to an event, of all statuses unless a filter is given."""
        variables.setdefault("filter", {"rsvpStatus": RSVP_STATUSES})
        edges = self.edges(RSVPS, "event", "rsvps", id=id, **variables)
        return [edge["node"] for edge in edges]
