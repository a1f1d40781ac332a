"""What is known about the sources themselves: how fresh they are, and what they cannot show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

TABLES = """
create or replace table facts.settings (
    community varchar, timezone varchar, bots varchar[], staff varchar[], min_group_size integer,
    level_window_weeks integer, level_regular_weeks integer, level_core_weeks integer
);
create or replace table facts.configured (source varchar, kind varchar);
"""

SOURCES = """
create or replace table facts.sources as
with runs as (
    select *, row_number() over (partition by source order by finished_at desc) = 1 as is_latest
    from landed.raw.runs
)
select
    configured.source,
    configured.kind,
    arg_max_null(covered_from, finished_at) filter (runs.kind = 'sync' and error is null)
        as covered_from,
    max(covered_to) filter (error is null) as covered_to,
    max(finished_at) filter (error is null) as last_success_at,
    max(error) filter (is_latest) as last_error,
    max(finished_at) filter (is_latest and error is not null) as last_error_at,
    max(requests) filter (is_latest) as requests,
    max(waited_seconds) filter (is_latest) as waited_seconds
from facts.configured left join runs using (source)
group by configured.source, configured.kind
order by configured.source;

create or replace table facts.blind_spots as
with latest as (
    select source, arg_max(blind_spots, finished_at) as spots
    from landed.raw.runs where kind = 'sync' and error is null group by source
)
select source, spot.what, spot.reason, spot.advice
from facts.configured join latest using (source), unnest(spots) as listed(spot)
order by all;
"""

INTAKE = """
create or replace table facts.intake as
with landed_records as (
    select source, count(*) as records
    from landed.raw.records semi join facts.configured using (source) group by source
)

, judged as (
    select source, 'taken as activity' as outcome, true as is_activity, count(*) as records
    from facts.taken group by source
    union all
    select source, reason, false, count(*) from facts.left_out group by source, reason
)

select *, not is_activity as is_left_out from judged
union all
select source, 'of people, places and events', false
    , landed_records.records - coalesce(sum(judged.records), 0)::bigint as others, false
from landed_records left join judged using (source)
group by source, landed_records.records
having others <> 0
"""


@dataclass(frozen=True)
class CommunitySettings:
    """The part of the configuration that numbers depend on."""

    community: str
    timezone: str
    bots: Sequence[str]
    staff: Sequence[str]
    min_group_size: int
    level_window_weeks: int
    level_regular_weeks: int
    level_core_weeks: int


def describe_sources(
    con: duckdb.DuckDBPyConnection, settings: CommunitySettings, kinds: Mapping[str, str]
) -> None:
    """Write facts.settings, sources, intake and blind_spots, inside the open transaction."""
    con.execute(TABLES)
    con.execute(
        "insert into facts.settings values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            settings.community,
            settings.timezone,
            list(settings.bots),
            list(settings.staff),
            settings.min_group_size,
            settings.level_window_weeks,
            settings.level_regular_weeks,
            settings.level_core_weeks,
        ],
    )
    for source, kind in kinds.items():
        con.execute("insert into facts.configured values (?, ?)", [source, kind])
    con.execute(SOURCES)
    con.execute(INTAKE)
    con.execute("drop table facts.configured")
