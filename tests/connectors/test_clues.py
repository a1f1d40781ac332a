"""What an account shows of who it is elsewhere: whose address becomes evidence, and whose never."""

import pytest

from connectors.base import Normalize
from connectors.github.commits import commit_author
from connectors.github.normalize import normalize as github
from connectors.github.records import Commit, User, raw
from connectors.model import Clue, Record
from connectors.privacy import hash_email, hash_own_email
from connectors.slack.normalize import normalize as slack
from connectors.slack.records import Member, Profile, encode_member

ADA = "ada@people.example"
AT = 1_700_000_000_000_000


def shout(value: str) -> str:
    """A hash that one can read in a test."""
    return f"{value}!".encode().hex()


def clues(normalize: Normalize, stream: str, key: str, payload: bytes) -> list[Clue]:
    record = Record(stream, "1", key, payload.decode(), AT, None, AT)
    facts = normalize("here", record)
    return [fact for fact in facts if isinstance(fact, Clue)]


@pytest.mark.parametrize(
    ("member", "is_evidence"),
    [
        (Member("U1"), True),
        (Member("U1", is_email_confirmed=True), True),
        (Member("U1", is_email_confirmed=False), False),
        (Member("U1", is_invited_user=True), False),
    ],
)
def test_slack_tells_an_address_that_its_owner_confirmed(member: Member, is_evidence: bool) -> None:
    record = encode_member(
        Member(**{name: getattr(member, name) for name in Member.__struct_fields__}
               | {"profile": Profile(email=ADA)}),
        shout,
    )  # fmt: skip
    found = clues(slack, "members", "U1", record.payload)
    assert [(clue.account_id, clue.rule) for clue in found] == [("here:U1", "email")] * is_evidence
    assert ADA not in record.payload.decode()


@pytest.mark.parametrize(
    ("user", "email", "expected"),
    [
        (User("Ada", 1), ADA, ["here:ada"]),
        # Anybody can write any address into a commit that GitHub ties to nobody.
        (None, ADA, []),
        (User("Ada", 1), "info@people.example", []),
        (User("web-flow", 2), ADA, []),
    ],
)
def test_github_tells_an_address_that_it_ties_to_a_login(
    user: User | None, email: str, expected: list[str]
) -> None:
    author, _, email_hash = commit_author(user, "Ada", email, shout)
    commit = Commit("f00", None, author, email_hash)
    found = clues(github, "commits", "f00", raw("f00", commit).payload)
    assert [clue.account_id for clue in found if clue.rule == "email"] == expected


@pytest.mark.parametrize(("email", "is_written"), [(ADA, True), ("info@people.example", False)])
def test_an_account_of_an_address_says_which_one_was_written(email: str, is_written: bool) -> None:
    author, _, email_hash = commit_author(None, "Ada", email, shout)
    commit = Commit("f00", None, author, email_hash)
    tied = raw("f00", Commit("f00", None, User("ada"), shout(ADA)))
    [other] = clues(github, "commits", "f00", tied.payload)
    found = clues(github, "commits", "f00", raw("f00", commit).payload)
    assert [(clue.rule, clue.value) for clue in found] == [("written", other.value)] * is_written


def test_the_same_address_is_the_same_clue_on_every_platform() -> None:
    member = encode_member(Member("U1", profile=Profile(email="Ada@People.Example ")), shout)
    author, _, email_hash = commit_author(User("ada", 1), "Ada", ADA, shout)
    commit = raw("f00", Commit("f00", None, author, email_hash))
    [one] = clues(slack, "members", "U1", member.payload)
    [other] = clues(github, "commits", "f00", commit.payload)
    assert one.value == other.value
    assert one.value.startswith("email:")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (ADA, " Ada@PEOPLE.example ", True),
        (ADA, "\uff41da@people.example", True),  # a wide letter
        ("ada@b\u00fccher.example", "ada@XN--BCHER-KVA.example", True),
        ("ada@b\u00fccher.example", "ada@bu\u0308cher.example", True),  # the dots apart
        ("ada@people.example.", ADA, True),
        # What one provider takes for the same mailbox is another person's at the next one.
        ("ada+slack@people.example", ADA, False),
        ("a.da@gmail.com", "ada@gmail.com", False),
        ("ada@googlemail.com", "ada@gmail.com", False),
        ("\u0430da@people.example", ADA, False),  # a Cyrillic letter
        ("ada@people.example", "ada@people.example.org", False),
        ("ada@xn--\u00fc.example", ADA, False),
        ("ada@xn--99999999.example", ADA, False),
    ],
)
def test_how_an_address_is_written(one: str, other: str, is_same: bool) -> None:
    assert (hash_email(shout, one) == hash_email(shout, other)) == is_same


@pytest.mark.parametrize(
    ("address", "is_a_persons"),
    [
        (ADA, True),
        ("info@people.example", False),
        ("INFO@people.example", False),
        ("no-reply@people.example", False),
        ("team+slack@people.example", False),
        ("info2@people.example", False),
        ("ada@localhost", False),
        ("ada@laptop.localdomain", False),
        ("ada@laptop.(none)", False),
        ("No.Reply@people.example", False),
        ("kontakt@people.example", False),
        ("jimukyoku@people.example", False),
        ("teamster@people.example", True),
        ("info.ada@people.example", True),
        ("42@people.example", True),
        ("me@ada.example", True),
        ("", False),
        (None, False),
    ],
)
def test_an_address_of_a_role_is_no_persons(address: str | None, is_a_persons: bool) -> None:
    assert (hash_own_email(shout, address) is not None) == is_a_persons
