"""The account of an import: every row of a file is taken as activity or left out for a reason."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

CREATE = """
create or replace temp table tally (
    stream varchar, partition varchar, key varchar, account_id varchar, reason varchar
)
"""

OUTCOMES = """
with numbered as (
    select *, row_number() over (partition by stream, partition, key) as copy from tally
)
select
    case
        when copy > 1 then 'duplicate'
        when reason is not null then reason
        when account_id in (select account_id from bots) then 'bot'
    end as outcome,
    count(*) as rows
from numbered group by outcome
"""


@dataclass(frozen=True)
class Row:
    """One record of the file: who did it, or why it is no activity."""

    stream: str
    partition: str
    key: str
    account_id: str | None
    reason: str | None


@dataclass(frozen=True)
class Outcome:
    """read = taken + the sum of left_out."""

    read: int
    taken: int
    left_out: dict[str, int]


def start(con: duckdb.DuckDBPyConnection) -> None:
    """Begin an empty account in this connection."""
    con.execute(CREATE)


def add(con: duckdb.DuckDBPyConnection, rows: Collection[Row]) -> None:
    """Count rows in."""
    if not rows:
        return
    names = ("stream", "partition", "key", "account_id", "reason")
    columns = {name: pa.array([getattr(r, name) for r in rows], pa.string()) for name in names}
    con.register("counted", pa.table(columns))
    con.execute("insert into tally from counted")


def close(
    con: duckdb.DuckDBPyConnection, bots: Collection[str], skipped: Mapping[str, int]
) -> Outcome:
    """Return the account; `skipped` are rows that never became a record, by reason."""
    con.register("bots", pa.table({"account_id": pa.array(list(bots), pa.string())}))
    outcomes = dict(con.execute(OUTCOMES).fetchall())
    taken = outcomes.pop(None, 0)
    for reason, rows in skipped.items():
        outcomes[reason] = outcomes.get(reason, 0) + rows
    left_out = dict(sorted(outcomes.items(), key=lambda item: (-item[1], item[0])))
    return Outcome(taken + sum(left_out.values()), taken, left_out)
