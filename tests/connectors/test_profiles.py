"""Accounts elsewhere that a profile names: whole profile pages only, and nothing else."""

import msgspec
import pytest

from connectors.model import Account, Clue, Record
from connectors.profiles import accounts_elsewhere
from connectors.slack.normalize import normalize
from connectors.slack.records import Member, encode_member


@pytest.mark.parametrize(
    ("text", "accounts"),
    [
        ("I am https://github.com/Kofi/", ["github:kofi"]),
        ("<https://www.github.com/kofi|my code>", ["github:kofi"]),
        ("GitHub:github.com/kofi、東京", ["github:kofi"]),
        ("\uff08https://github.com/kofi?tab=repositories\uff09", ["github:kofi"]),
        ("https://discord.com/users/123456789012345678.", ["discord:123456789012345678"]),
        ("http://www.meetup.com/en-AU/members/123/", ["meetup:123"]),
        ("http://www.meetup.com/Lagos-MLOps/members/123/", ["meetup:123"]),
        ("https://acme.slack.com/team/U012AB3CD", ["slack:u012ab3cd"]),
        ("github.com/kofi and github.com/KOFI", ["github:kofi"]),
        ("github.com/kofi and github.com/ama", []),
        ("github.com/kofi/repo", []),
        ("github.com/orgs github.com/features", []),
        ("github.com/sponsors/kofi", []),
        ("kofi on github", []),
        ("github: kofi", []),
        ("https://github.com@evil.example/kofi", []),
        ("https://evil.example/?see=https://github.com/kofi", []),
        ("https://github.com.evil.example/kofi", []),
        ("notgithub.com/kofi", []),
        ("kofi@github.com/kofi", []),
        ("github.com/-kofi", []),
        (f"github.com/{'k' * 40}", []),
        ("https://discord.com/users/12", []),
        ("github.com/k\u043efi", []),  # a Cyrillic letter
        ("https://github.com/", []),
        ("", []),
        (None, []),
        (["github.com/kofi"], []),
    ],
)
def test_a_text_names(text: object, accounts: list[str]) -> None:
    assert accounts_elsewhere("x", [text]) == accounts


@pytest.mark.parametrize(
    ("label", "value", "accounts"),
    [
        ("GitHub", "kofi", ["github:kofi"]),
        ("GitHub username", " @Kofi ", ["github:kofi"]),
        ("My manager's GitHub", "ama", []),
        ("GitHub", "kofi or ama", []),
        ("GitHub", "n/a", []),
        ("GitHub", "none", []),
        ("Team", "https://github.com/kofi", ["github:kofi"]),
        ("Team", "kofi", []),
        ("Slack", "U012AB3CD", []),
    ],
)
def test_under_its_platform_s_label_a_handle_is_enough(
    label: str, value: str, accounts: list[str]
) -> None:
    assert accounts_elsewhere("slack", [], [(label, value)]) == accounts


def test_its_own_platform_is_not_elsewhere() -> None:
    assert accounts_elsewhere("github", ["github.com/ama meetup.com/members/7"]) == ["meetup:7"]


def test_a_field_and_a_text_that_disagree_name_nobody() -> None:
    assert accounts_elsewhere("slack", ["github.com/ama"], [("GitHub", "kofi")]) == []


def test_a_huge_or_odd_text_takes_no_time() -> None:
    odd = ["a." * 100_000, "https://" * 50_000, "-." * 50_000, "github.com/" * 50_000, "\ud800"]
    assert accounts_elsewhere("x", odd) == []


@pytest.mark.parametrize(
    "fields", [None, [], {"Xf1": None}, {"Xf1": {"value": 7}}, "Xf1", {"Xf1": []}]
)
def test_odd_fields_of_slack_name_nobody(fields: object) -> None:
    row = {"id": "U1", "profile": {"fields": fields}}
    member = msgspec.convert(row, Member)
    assert b"elsewhere" not in encode_member(member, str, {"Xf1": "GitHub"}).payload


def test_of_a_slack_profile_only_the_accounts_are_kept() -> None:
    fields = {"Xf1": {"value": "kofi", "alt": "secret"}, "Xf2": {"value": "my secret", "alt": ""}}
    profile = {"title": "secret, meetup.com/members/123", "fields": fields}
    member = msgspec.convert({"id": "U1", "profile": profile}, Member)
    raw = encode_member(member, str, {"Xf1": "GitHub", "Xf2": "Team"})
    assert b"secret" not in raw.payload
    record = Record("members", "", raw.key, raw.payload.decode(), 7, None)
    account, *clues = normalize("slack", record)
    assert isinstance(account, Account)
    assert clues == [
        Clue("slack:U1", "stated", "github:kofi", 7),
        Clue("slack:U1", "stated", "meetup:123", 7),
    ]
