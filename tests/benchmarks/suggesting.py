"""Suggestions of who is who among very many accounts, from nothing and after a little news."""

import time
from collections.abc import Callable, Iterator

import duckdb
import pyarrow as pa

from connectors.sandbox.community import DAY, HOUR, SECOND, World, make_world
from connectors.sandbox.identities import identities
from tests.benchmarks.measure import Row
from tests.support.worlds import World as Facts
from warehouse.suggestions import suggest

PLATFORMS = ("discord", "github", "meetup", "slack")
ACCOUNTS_OF_A_MEMBER = 4.17
NEWS = 0.01
SECONDS, SECONDS_OF_NEWS = 60, 2

# One in a hundred accounts wrote once more, a day later, and one in a thousand has another name.
WROTE = """
insert into facts.activities by name
select * replace (
    record_id + 1000000000 as record_id
    , activity_id || ':again' as activity_id
    , md5_number_lower(activity_id || ':again') as activity_key
    , occurred_at + interval 1 day as occurred_at
)
from facts.activities
where account_key in (
    select account_key from facts.activities group by account_key
    order by account_key limit {accounts}
)
qualify row_number() over (partition by account_key order by occurred_at desc) = 1;

update facts.accounts set name = 'Ada ' || name where record_id % 1000 = 0
"""


def rows(accounts: int = 100_000) -> Iterator[Row]:
    """Wall seconds: the issue says them in minutes of a person's time, not of a processor."""
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        amount = write_facts(con, make_world(members=int(accounts / ACCOUNTS_OF_A_MEMBER)))
        anew = seconds(lambda: suggest(con))
        con.execute(WROTE.format(accounts=int(amount * NEWS)))
        news = seconds(lambda: suggest(con))
        [(pairs,)] = con.execute("select count(*) from facts.compared_pairs").fetchall()
    what = f"suggestions of {amount:,} accounts, {pairs:,} pairs compared"
    yield Row(f"{what}: seconds", f"{anew:.1f} s", "", anew, at_most=SECONDS)
    what = f"the same after news of {NEWS:.0%} of them: seconds"
    yield Row(what, f"{news:.1f} s", "", news, at_most=SECONDS_OF_NEWS)


def write_facts(con: duckdb.DuckDBPyConnection, world: World) -> int:
    """Write everybody's accounts and one message a day; return how many accounts there are."""
    Facts().write_facts(con)
    accounts, activities = [], []
    for platform in PLATFORMS:
        for number, known in identities(world, platform).items():
            account = f"{platform}:{number}"
            handle = str(number) if platform == "meetup" else known.handle
            accounts.append((platform, account, handle, known.name))
            person = world.people[number]
            for day in person.days if platform != "meetup" else ():
                at = world.start + day * DAY + int(person.peak_hour * HOUR)
                activities.append((platform, account, at - person.utc_offset * SECOND))
    given = {
        "given_accounts": (accounts, ("source", "account_id", "handle", "name")),
        "given_activities": (activities, ("source", "account_id", "moment")),
    }
    for name, (rows, columns) in given.items():
        con.register(name, pa.table(dict(zip(columns, zip(*rows, strict=True), strict=True))))
    con.execute("""
        insert into facts.accounts by name
        select *, row_number() over () as record_id, false as is_bot, true as is_listed
        from given_accounts
    """)
    con.execute("""
        insert into facts.activities by name
        select
            source, account_id, make_timestamp(moment) as occurred_at
            , row_number() over () as record_id
            , account_id || ':' || moment as activity_id
            , md5_number_lower(activity_id) as activity_key
            , md5_number_lower(account_id) as account_key
        from given_activities
    """)
    return len(accounts)


def seconds(work: Callable[[], object]) -> float:
    """Seconds of a call on the clock on the wall."""
    started = time.monotonic()
    work()
    return time.monotonic() - started
