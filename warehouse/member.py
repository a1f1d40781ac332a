"""What a snapshot knows of one person, and of accounts that may be one person's: for managers.

An account stands for its person: a link to somebody leads there after a merge or a split as well.
"""

from typing import Any

import duckdb
import pyarrow as pa

from warehouse.robots import ROBOTS

ACCOUNTS = """
select
    authors.account_id
    , authors.source
    , authors.person_id
    , people.name as person
    , accounts.handle
    , coalesce(accounts.name, split_part(authors.account_id, ':', -1)) as name
    , authors.is_bot
    , authors.is_staff
    , memberships.joined_date
    , memberships.left_date
    , spans.first_date
    , spans.last_date
    , (
        select coalesce(sum(participations), 0)::bigint
        from marts.account_days as days
        where days.account_key = authors.account_key
    ) as participations
from marts.authors
join marts.people using (person_key)
left join marts.accounts using (account_id)
left join marts.memberships using (account_key)
left join marts.account_spans as spans using (account_key)
where {which}
order by authors.account_id
"""
OF_PERSON = """
authors.person_key in (select person_key from marts.authors where account_id = $account_id)
"""
MINE = f"mine as (select account_key, account_id, person_key from marts.authors where {OF_PERSON})"

SUGGESTIONS = """
select account_a, account_b, probability, reasons, count(*) over () as open
from marts.suggestions
where is_open
order by probability desc, account_a, account_b
limit $most
"""

BUSIEST_ROBOTS = f"""
select account_id, reasons, count(*) over () as open
from (
{ROBOTS}) as robots
order by posts + answers desc, account_id
limit $most
"""

# What is looked for is no pattern: % and _ are letters here.
CALLED = """
select
    authors.person_id
    , any_value(people.name) as name
    , list(coalesce(authors.source || ':' || accounts.handle, authors.account_id)
        order by authors.account_id) as accounts
from marts.authors
join marts.people using (person_key)
left join marts.accounts using (account_id)
group by authors.person_id
having bool_or(
    contains(lower(coalesce(accounts.name, people.name)), lower($words))
    or contains(lower(coalesce(accounts.handle, '')), lower($words))
    or lower(authors.account_id) = lower($words)
)
order by
    bool_or(starts_with(lower(people.name), lower($words))) desc, lower(any_value(people.name)),
    authors.person_id
limit $most
"""

TIMELINE = f"""
with {MINE}
select
    activities.occurred_at
    , activities.source
    , activities.kind
    , coalesce(events.title, channels.name) as place
    , channels.url || '/' || activities.ref as link
from marts.activities
join mine using (account_key)
left join marts.channels using (channel_key)
left join marts.attended using (activity_key)
left join marts.events on events.event_key = attended.event_key
order by activities.occurred_at desc, activities.activity_id
limit $most offset $skipped
"""

EVENTS = f"""
with {MINE}
select
    events.event_id
    , events.title
    , events.starts_at
    , events.utc_offset_minutes
    , any_value(attendances.rsvp order by attendances.has_come desc nulls last) as answer
    , bool_or(attendances.has_come) as has_come
from marts.attendances
join mine using (account_key)
join marts.events using (event_key)
where events.status <> 'cancelled' and (attendances.has_come or attendances.rsvp = 'yes')
group by all
order by events.starts_at desc, events.event_id
"""

TALKS_WITH = f"""
with {MINE}
, answers as (
    select account_key, parent_key, activity_key
    from marts.activities
    where kind in (select kind from marts.kinds where is_answer) and parent_key is not null
)
, talks as (
    select parents.account_key, 1 as answered, 0 as answers
    from answers
    join mine using (account_key)
    join marts.activities as parents on parents.activity_key = answers.parent_key
    union all
    select answers.account_key, 0, 1
    from answers
    join marts.activities as parents on parents.activity_key = answers.parent_key
    join mine on mine.account_key = parents.account_key
)
select
    people.person_id
    , people.name
    , sum(talks.answered)::bigint as answered
    , sum(talks.answers)::bigint as answers
from talks
join marts.authors using (account_key)
join marts.people using (person_key)
where not authors.is_bot and authors.person_key not in (select person_key from mine)
group by people.person_id, people.name
order by sum(talks.answered + talks.answers) desc, people.person_id
limit $most
"""

LINKS = f"""
with {MINE}
select links.account_a, links.account_b, links.rule, links.evidence, links.since_at
from marts.links
where links.account_a in (select account_id from mine)
    and links.account_b in (select account_id from mine)
order by links.strength, links.account_a, links.account_b
"""

DECISIONS = "from marts.decisions order by number desc"

Row = dict[str, Any]


def accounts(con: duckdb.DuckDBPyConnection, account_id: str) -> list[Row]:
    """The accounts of the person of an account, with names and times; none: it is not known."""
    return _rows(con, ACCOUNTS.format(which=OF_PERSON), account_id=account_id)


def suggestions(con: duckdb.DuckDBPyConnection, most: int) -> list[Row]:
    """Open suggestions, likeliest first, with the accounts as `a` and `b`; `open` counts all."""
    found = _rows(con, SUGGESTIONS, most=most)
    known = _known(con, [row[name] for row in found for name in ("account_a", "account_b")])
    return [row | {"a": known[row["account_a"]], "b": known[row["account_b"]]} for row in found]


def robots(con: duckdb.DuckDBPyConnection, most: int) -> list[Row]:
    """Accounts that act like bots, the busiest first, with reasons; `open` counts all."""
    found = _rows(con, BUSIEST_ROBOTS, most=most)
    known = _known(con, [row["account_id"] for row in found])
    return [known[row["account_id"]] | row for row in found]


def called(con: duckdb.DuckDBPyConnection, words: str, most: int) -> list[Row]:
    """The persons in whose names or handles these words are: person_id, name, accounts."""
    return _rows(con, CALLED, words=words, most=most)


def timeline(con: duckdb.DuckDBPyConnection, account_id: str, most: int, skipped: int) -> pa.Table:
    """What a person did on all platforms, newest first, never what was said."""
    values = {"account_id": account_id, "most": most, "skipped": skipped}
    return con.execute(TIMELINE, values).to_arrow_table()


def events(con: duckdb.DuckDBPyConnection, account_id: str) -> pa.Table:
    """The events that a person said yes to or was at, newest first."""
    return con.execute(EVENTS, {"account_id": account_id}).to_arrow_table()


def talks_with(con: duckdb.DuckDBPyConnection, account_id: str, most: int) -> pa.Table:
    """Whom a person answers and who answers them: person_id, name, answered, answers."""
    values = {"account_id": account_id, "most": most}
    return con.execute(TALKS_WITH, values).to_arrow_table()


def links(con: duckdb.DuckDBPyConnection, account_id: str) -> list[Row]:
    """What joins the accounts of a person: account_a, account_b, rule, evidence, since_at."""
    return _rows(con, LINKS, account_id=account_id)


def decisions(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Decisions about who is who, newest first, as marts.decisions has them."""
    return _rows(con, DECISIONS)


def _known(con: duckdb.DuckDBPyConnection, ids: list[str]) -> dict[str, Row]:
    """Accounts by their ids, as `accounts` has them."""
    which = "list_contains($ids, authors.account_id)"
    return {row["account_id"]: row for row in _rows(con, ACCOUNTS.format(which=which), ids=ids)}


def _rows(con: duckdb.DuckDBPyConnection, select: str, **values: object) -> list[Row]:
    rows: list[Row] = con.execute(select, values or None).to_arrow_table().to_pylist()
    return rows
