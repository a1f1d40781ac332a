"""A made-up community of any size, written by SQL: as facts, or as landed Slack records.

Four years in 24 channels; a few people do most of it, newcomers come all the time and mostly fall
silent. Rows lie by channel and in it by time, as a first sync brings them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from pipelines.settings import Settings
from pipelines.steps import build, open_warehouse
from tests.benchmarks.configuration import configure
from warehouse.landing import Run, write_run
from warehouse.staging import ACTIVITY_KEYS

CHANNELS = 24
END = datetime(2026, 6, 1)
YEARS = 4
ACTS_PER_PERSON = 250
FEWEST_PEOPLE = 60

# Every third thing said in a channel opens a conversation; the rest answers one of the newest.
# `share` is how much of the community's time has passed, 0 to 1; `a` to `d` are chance.
ACTS = """
create or replace temp view acts as
with places as (
    select place // {per_channel} as channel, place % {per_channel} as turn
        , turn * {channels} + channel as number
    from range({per_channel} * {channels}) as places(place)
)

, lots as (
    select *, number / ({per_channel} * {channels}) as share
        , hash(number, 1) % 1000003 / 1000003 as a
        , hash(number, 2) % 1000003 / 1000003 as b
        , hash(number, 3) % 1000003 / 1000003 as c
        , hash(number, 4) % 1000003 / 1000003 as d
    from places
)

, placed as (
    select *, 1 + share * ({people} - 1) as joined
        , case when turn % 3 = 0 then 'message' when c < {replies} then 'reply'
            else 'reaction' end as kind
        , timestamp '{start}' + to_microseconds((share * {span})::bigint) as occurred_at
        , greatest(0, turn // 3 - (15 * d ** 3)::bigint) * 3 * {channels} + channel as opener
    from lots
)

select number, channel, kind, occurred_at
    , case when a < 0.75 then joined * b ** 4 else joined * (1 - 0.02 * b ** 2) end::bigint
        as person
    , case when kind <> 'message' then opener end as parent
from placed
"""

PEOPLE = """
create or replace temp view humans as
select number as person, 'U' || number as id
    , timestamp '{start}' + to_microseconds((number / {people} * {span})::bigint) as joined_at
from range({people} + 1) as numbers(number)
"""

FACTS = """
insert into facts.channels by name
select 'slack' as source, 'slack:C' || number as channel_id, 'room-' || number as name
    , number = 0 as is_general, number as record_id
    , 'https://slack.invalid/C' || number as url
from range({channels}) as numbers(number);

insert into facts.accounts by name
select 'slack' as source, {channels} + person as record_id, 'slack:' || id as account_id
    , lower(id) as handle, 'Person ' || person as name, person % 500 = 499 as is_bot
    , timestamp '{start}' as first_seen_at, true as is_listed
from humans where person % 50 <> 49;

insert into facts.joins by name
select 'slack' as source, 1000000 + person as record_id, 'slack:' || id as account_id
    , 'slack:C0' as channel_id, joined_at
from humans;

insert into facts.activities by name
with said as (
    select 'slack' as source, 2000000 + number as record_id
        , 'slack:C' || channel || ':' || number as activity_id, kind
        , 'slack:U' || person as account_id, 'slack:C' || channel as channel_id
        , 'slack:C' || channel || ':' || parent as parent_id, occurred_at, 'p' || number as ref
        , (occurred_at + interval 1 hour)::date as date
        , hour(occurred_at + interval 1 hour)::utinyint as hour
    from acts
)
select *, {keys} from said;
"""

RECORDS = """
insert into raw.records by name
with records as (
    select 'channels' as stream, '' as partition, 'C' || number as key, to_json({{
        id: 'C' || number, name: 'room-' || number, is_general: number = 0
    }}) as payload
    from range({channels}) as numbers(number)
    union all
    select 'members', '', id, to_json({{id: id, name: lower(id)}})
    from humans where person % 50 <> 49
    union all
    select if(kind = 'reply', 'replies', 'messages')
        , 'C' || channel || if(kind = 'reply', ':' || ts(parent), '')
        , ts(number)
        , to_json({{ts: ts(number), user: 'U' || person, thread_ts: ts(parent)}})
    from acts
)
select 'slack' as source, stream, partition, key, row_number() over () as record_id, 1 as load_id
    , 'api' as origin, timestamp '{start}' as first_seen_at, payload
from records;

insert into raw.loads select 'slack', 1, max(record_id), null from raw.records;
"""

# Slack's names of moments: seconds since 1970, a dot, and what makes them unique.
TS = """
create or replace temp macro ts(number) as (
    select epoch_us(
        timestamp '{start}'
        + to_microseconds((number / ({per_channel} * {channels}) * {span})::bigint)
    ) // 1000000 || '.' || lpad((number % 1000000)::varchar, 6, '0')
)
"""


@dataclass(frozen=True)
class Community:
    """How many activities it has; without reactions everything is a message or a reply.

    `people`: how many do that; else as many as have ACTS_PER_PERSON each.
    """

    activities: int
    has_reactions: bool = True
    people: int | None = None

    def write_facts(self, folder: Path) -> Settings:
        """A warehouse in `folder` whose facts are there and whose marts are not."""
        settings = _empty_warehouse(folder)
        with open_warehouse(settings).marts() as con:
            self._run(con, ACTS, PEOPLE, FACTS)
        return settings

    def write_records(self, folder: Path) -> Settings:
        """A warehouse in `folder` whose records are landed and whose facts are not made."""
        settings = _empty_warehouse(folder)
        with open_warehouse(settings).landing() as con:
            self._run(con, TS, ACTS, PEOPLE, RECORDS)
        return settings

    def _run(self, con: duckdb.DuckDBPyConnection, *statements: str) -> None:
        values = {
            "channels": CHANNELS,
            "per_channel": -(-self.activities // CHANNELS),
            "people": self.people or max(FEWEST_PEOPLE, self.activities // ACTS_PER_PERSON),
            "keys": ACTIVITY_KEYS,
            "replies": 0.7 if self.has_reactions else 1,
            "start": END - timedelta(days=365 * YEARS),
            "span": YEARS * 365 * 86_400_000_000,
        }
        for statement in statements:
            con.execute(statement.format(**values))


def _empty_warehouse(folder: Path) -> Settings:
    settings = configure(folder, "slack")
    run = Run("slack", "sync", started_at=END, finished_at=END, covered_to=END)
    with open_warehouse(settings).landing() as con:
        write_run(con, run)
    build(settings)
    return settings
