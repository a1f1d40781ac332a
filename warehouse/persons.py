"""Accounts joined to persons by the links between them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

# Two accounts of one platform that are both in use are of two people, unless one of these says so.
CERTAIN = ("decision", "renamed", "written", "forgotten")
APART = "apart"

COLUMNS = pa.schema({"account_id": pa.string(), "person_id": pa.string()})
Link = tuple[str, str, str, str, str, bool, bool]


@dataclass
class _Group:
    """Accounts of one person, and what must not come to them."""

    accounts: set[str] = field(default_factory=set)
    sources_in_use: set[str] = field(default_factory=set)
    apart_from: set[str] = field(default_factory=set)


def joined(links: Iterable[Link]) -> pa.Table:
    """Return account_id and person_id of every account that shares its person with others.

    A link is two accounts, its rule, the source of each, and whether each is in use. They are
    followed in the order given. One is passed over that would join accounts which are kept apart
    (links of the rule APART, which come first), or two accounts of one source that are both in use.
    A person's id is that of the first account in the alphabet.
    """
    groups: dict[str, _Group] = defaultdict(_Group)
    for account_a, account_b, rule, source_a, source_b, is_in_use_a, is_in_use_b in links:
        a = _group(groups, account_a, source_a, is_in_use_a)
        b = _group(groups, account_b, source_b, is_in_use_b)
        if a is b:
            continue
        if rule == APART:
            a.apart_from.add(account_b)
            b.apart_from.add(account_a)
        elif _may_join(a, b, rule):
            _join(groups, a, b)
    rows = [
        {"account_id": account, "person_id": min(group.accounts)}
        for account, group in sorted(groups.items())
        if len(group.accounts) > 1
    ]
    return pa.Table.from_pylist(rows, COLUMNS)


def _group(groups: dict[str, _Group], account: str, source: str, is_in_use: bool) -> _Group:
    group = groups[account]
    group.accounts.add(account)
    if is_in_use:
        group.sources_in_use.add(source)
    return group


def _may_join(a: _Group, b: _Group, rule: str) -> bool:
    if a.apart_from & b.accounts:
        return False
    return rule in CERTAIN or not a.sources_in_use & b.sources_in_use


def _join(groups: dict[str, _Group], a: _Group, b: _Group) -> None:
    small, large = sorted((a, b), key=lambda group: len(group.accounts))
    large.accounts |= small.accounts
    large.sources_in_use |= small.sources_in_use
    large.apart_from |= small.apart_from
    for account in small.accounts:
        groups[account] = large
