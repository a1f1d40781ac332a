"""Runs that a wrong clock dated in the future: they count for nothing, and are told."""

from datetime import datetime

import duckdb

# A run that ended in the future is told until its source has been read twice since then.
RUNS_FROM_THE_FUTURE = """
with runs as (
    select
        source, kind, finished_at, error is null as is_good, rowid as number
        , finished_at > (now() at time zone 'UTC') + interval 1 hour as is_from_future
    from landed.raw.runs
)

select source, arg_max(kind, number), max(finished_at)
from runs
where
    is_from_future
    and (
        select count(*) from runs as later
        where later.source = runs.source and later.number > runs.number
            and later.is_good and not later.is_from_future
    ) < 2
group by source
order by source
"""


def runs_from_the_future(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, datetime]]:
    """Return source, kind and end of runs that a wrong clock dated: they count for nothing."""
    return con.execute(RUNS_FROM_THE_FUTURE).fetchall()
