"""How many persons were merged or split since the snapshot before.

Persons are compared by the accounts that both snapshots know. An account that came in or is gone,
or that was forgotten, merges and splits nobody by that; neither does a bot, which is no person.
What a merge did and an undo took back before the publication is nothing; after it, it is a split.
"""

from datetime import datetime
from typing import NamedTuple

import duckdb
import pyarrow as pa

# Each person is counted once, and once more for every other person that it was, or is now.
COUNTED = """
with known as (
    select persons_before.person_id as before, authors.person_id as now
    from persons_before
    join marts.authors using (account_id)
    where not authors.is_bot
    group by all
)

insert into marts.person_changes
select
    $since
    , count(*) - count(distinct now)
    , count(*) - count(distinct before)
from known
"""


class PersonChanges(NamedTuple):
    """Persons merged into others and split off since a time, UTC; None: it is not known."""

    since: datetime | None = None
    merged: int | None = None
    split: int | None = None

    def __bool__(self) -> bool:
        """Whether anybody was merged or split."""
        return bool(self.merged or self.split)


def count_changes(con: duckdb.DuckDBPyConnection, before: pa.Table, since: datetime) -> None:
    """Fill in marts.person_changes; `before` has the account_id and the person_id of every account
    in the snapshot before, which was published at `since`, UTC.
    """
    con.register("persons_before", before)
    con.execute("delete from marts.person_changes")
    con.execute(COUNTED, {"since": since})
    con.unregister("persons_before")
