"""Which accounts may be one person's: for a human to decide.

Two accounts are compared where they share a key: the letters of a name or of a handle, or a first
name with an initial. Splink weighs what is alike; of several that could be the same person on one
source at most one is, which makes each of them less likely. What was compared is kept, and is
compared again only where one of the two accounts changed.
"""

from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.suggestions.scoring import Model, compared, model
from warehouse.suggestions.spelling import home_of, latin

FOLDER = Path(__file__).parent
SPELT, CANDIDATES, OUTLINES, FEATURES, SUGGESTED = (
    (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("spelt", "candidates", "outlines", "features", "suggested")
)

# A key that more accounts have tells nothing, and would make very many pairs.
MOST_OF_A_KEY = 30
LEAST_LETTERS = 4
# Fewer activities show no habit.
FEW_ACTIVITIES = 5
# Of an account at most so many on each other source, the likeliest.
MOST_PER_SOURCE = 3
# Pairs of smaller odds, 1 in 1,000, are not suggested.
LEAST_BITS = -10

PLACES = pa.schema(
    {
        "timezone": pa.string(),
        "place": pa.string(),
        "offset_minutes": pa.int32(),
        "city": pa.string(),
    }
)

NAMES = """
select replace(name, '-', '') from facts.accounts where name is not null
union select handle from facts.accounts where handle is not null
union select replace(name, '-', '') from facts.profiles where name is not null
"""

COMPARED_TABLE = """
create table if not exists facts.compared_pairs (
    account_a varchar, account_b varchar, fingerprint ubigint, bits double, reasons varchar[]
)
"""

# A fingerprint is another one whenever anything that is compared is.
NEW_PAIRS = """
create or replace temp table fingerprinted as
with prints as (
    select account_id, md5_number_lower(outlines::varchar || $model) as print
    from outlines
)
select account_a, account_b, xor(a.print, b.print) as fingerprint
from candidates
join prints as a on a.account_id = account_a
join prints as b on b.account_id = account_b
"""


def suggest(con: duckdb.DuckDBPyConnection) -> None:
    """Write facts.suggestions anew, inside the open transaction: two accounts, how likely, why."""
    con.execute(COMPARED_TABLE)
    con.execute("delete from facts.suggestions")
    if not find_candidates(con):
        con.execute("delete from facts.compared_pairs")
        return
    by = model()
    con.execute(NEW_PAIRS, {"model": by.id})
    con.execute("""
        delete from facts.compared_pairs where (account_a, account_b, fingerprint) not in (
            select (account_a, account_b, fingerprint) from fingerprinted
        )
    """)
    pairs = con.execute("""
        select account_a, account_b, fingerprint from fingerprinted
        anti join facts.compared_pairs using (account_a, account_b, fingerprint)
        order by all
    """).to_arrow_table()
    if pairs.num_rows:
        con.register("compared_now", compared_pairs(con, pairs, by))
        con.register("new_pairs", pairs)
        con.execute("""
            insert into facts.compared_pairs by name
            select account_a, account_b, fingerprint, bits, reasons
            from compared_now join new_pairs using (account_a, account_b)
        """)
        con.unregister("compared_now")
        con.unregister("new_pairs")
    con.execute(
        SUGGESTED.format(probability=_probability(by)),
        {"per_source": MOST_PER_SOURCE, "least_bits": LEAST_BITS},
    )
    con.execute("insert into facts.suggestions by name from suggested")


def find_candidates(con: duckdb.DuckDBPyConnection) -> bool:
    """Make the temporary tables spelt and candidates, and outlines if there is a candidate at all.

    Return whether there is.
    """
    names = [name for (name,) in con.execute(NAMES).fetchall()]
    con.register("latin_names", pa.table({"name": names, "latin": [latin(n) for n in names]}))
    con.execute(SPELT)
    con.unregister("latin_names")
    con.execute(CANDIDATES, {"least": LEAST_LETTERS, "most": MOST_OF_A_KEY})
    if not con.execute("select 1 from candidates limit 1").fetchall():
        return False
    con.execute(OUTLINES)
    return True


def _probability(by: Model) -> str:
    """The probability of `bits` in SQL: straight lines between the points of the curve."""
    lines = [
        f"when bits < {x2} then {y1} + {(y2 - y1) / (x2 - x1)} * (bits - {x1})"
        for (x1, y1), (x2, y2) in pairwise(by.curve)
    ]
    (lowest, least), (_, most) = by.curve[0], by.curve[-1]
    return f"case when bits < {lowest} then {least} {' '.join(lines)} else {most} end"


def compared_pairs(con: duckdb.DuckDBPyConnection, pairs: pa.Table, by: Model) -> pa.Table:
    """Compare pairs of accounts of the temporary table outlines: see `scoring.compared`."""
    places = con.execute("select distinct timezone, place from outlines").fetchall()
    rows = [
        {"timezone": timezone, "place": place, "offset_minutes": offset, "city": city}
        for timezone, place in places
        for offset, city in [home_of(timezone, place)]
    ]
    con.register("places", pa.Table.from_pylist(rows, PLACES))
    con.register("pairs_to_compare", pairs)
    con.execute(FEATURES, {"few": FEW_ACTIVITIES})
    con.unregister("pairs_to_compare")
    con.unregister("places")
    return compared(con.execute("from features").to_arrow_table(), pairs, by)
