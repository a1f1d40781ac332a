"""Persons with their accounts, as a snapshot or the marts have them: for managers alone."""

from typing import Any

import duckdb
import pyarrow as pa

from warehouse.robots import ROBOTS

PERSONS = """
with last_days as (
    select days.account_key, max(activities.occurred_at) as last_at
    from marts.account_spans as days
    join marts.activities as activities
        on activities.account_key = days.account_key and activities.date = days.last_date
    where activities.kind in (select kind from marts.kinds where is_participation)
    group by days.account_key
)

select
    authors.person_id
    , any_value(people.name) as name
    , list(authors.account_id order by authors.account_id) as accounts
    , list(distinct authors.source order by authors.source) as sources
    , bool_or(authors.is_staff) as is_staff
    , min(spans.first_at) as first_at
    , max(last_days.last_at) as last_at
from marts.authors
join marts.people using (person_key)
left join marts.account_spans as spans using (account_key)
left join last_days using (account_key)
where not authors.is_bot
group by authors.person_id
order by authors.person_id
"""

SUGGESTIONS = """
select
    suggestions.probability
    , suggestions.account_a
    , a.name as name_a
    , suggestions.account_b
    , b.name as name_b
    , suggestions.reasons
from marts.suggestions
left join marts.accounts as a on a.account_id = suggestions.account_a
left join marts.accounts as b on b.account_id = suggestions.account_b
order by suggestions.probability desc, suggestions.account_a, suggestions.account_b
"""

ROBOTS_BY_NAME = f"""
select
    robots.account_id
    , coalesce(accounts.name, split_part(robots.account_id, ':', -1)) as name
    , robots.* exclude (account_id)
from (
{ROBOTS}) as robots
left join marts.accounts using (account_id)
order by robots.posts + robots.answers desc, robots.account_id
"""

ACCOUNTS_CALLED = """
select authors.account_id, authors.person_id, authors.is_bot, accounts.handle, accounts.name
from marts.authors
left join marts.accounts using (account_id)
where
    lower(authors.account_id) = lower($words)
    or lower(authors.source || ':' || accounts.handle) = lower($words)
order by authors.account_id
"""

ACCOUNTS_LIKE = """
select coalesce(authors.source || ':' || accounts.handle, authors.account_id) as account
from marts.authors
left join marts.accounts using (account_id)
order by
    greatest(
        jaro_winkler_similarity(lower(account), lower($words))
        , jaro_winkler_similarity(lower(authors.account_id), lower($words))
        , jaro_winkler_similarity(lower(coalesce(accounts.name, '')), lower($words))
    ) desc
    , account
limit 3
"""


def persons(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """One row per person, by id: person_id, name, accounts, sources, is_staff, first_at, last_at.

    The times are those of the first and the last participation, UTC; null: there was none.
    """
    return con.execute(PERSONS).to_arrow_table()


def undecided_suggestions(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """One row per suggestion, open or less likely, likeliest first: probability, account_a, name_a,
    account_b, name_b, reasons.
    """
    return con.execute(SUGGESTIONS).to_arrow_table()


def robots(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """One row per account that acts like a bot, the busiest first: account_id, name, reasons,
    posts, answered, answers, first_date, last_date.
    """
    return con.execute(ROBOTS_BY_NAME).to_arrow_table()


def accounts_called(con: duckdb.DuckDBPyConnection, words: str) -> list[dict[str, Any]]:
    """The accounts that `source:id` or `source:handle` means, in any case: one, none or several."""
    rows: list[dict[str, Any]] = (
        con.execute(ACCOUNTS_CALLED, {"words": words}).to_arrow_table().to_pylist()
    )
    return rows


def accounts_like(con: duckdb.DuckDBPyConnection, words: str) -> list[str]:
    """The three accounts whose handle, id or name is most like these words."""
    return [account for (account,) in con.execute(ACCOUNTS_LIKE, {"words": words}).fetchall()]
