"""Which accounts may be one person's: for a human to decide.

Two accounts are compared where they share a key: the letters of a name or of a handle, or a first
name with an initial. Splink weighs what is alike; of several that could be the same person on one
source at most one is, which makes each of them less likely. What was compared is kept, and is
compared again only where one of the two accounts changed.
"""

import hashlib
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.suggestions.scoring import Model, compared, model
from warehouse.suggestions.spelling import home_of, latin

FOLDER = Path(__file__).parent
TABLES, CALLED, SPELT, CANDIDATES, HABITS, PAIRS, FEATURES, SUGGESTED = (
    (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for name in (
        "tables",
        "called",
        "spelt",
        "candidates",
        "habits",
        "pairs",
        "features",
        "suggested",
    )
)

# A key that more accounts have tells nothing, and would make very many pairs.
MOST_OF_A_KEY = 30
LEAST_LETTERS = 4
# Fewer activities show no habit.
FEW_ACTIVITIES = 5
# Pairs of smaller odds, 1 in 65,536, are not suggested.
LEAST_BITS = -16
# Odds of 1, as a whole number: fractions are kept to the millionth.
ONE = 2**20
ODDS = f"({ONE} * 2 ** least(bits, 60))::hugeint"

PLACES = pa.schema(
    {
        "timezone": pa.string(),
        "place": pa.string(),
        "offset_minutes": pa.int32(),
        "city": pa.string(),
    }
)

NAMES = """
with renamed_accounts as (from called semi join renamed using (account_id))

select name from renamed_accounts where name is not null
union select other_name from renamed_accounts where other_name is not null
union select handle from renamed_accounts where handle is not null
"""

KEPT = ("compared_names", "compared_keys", "compared_habits", "compared_pairs")

NEW_PAIRS = "create or replace temp table new_pairs as from facts.compared_pairs limit 0"


def suggest(con: duckdb.DuckDBPyConnection) -> None:
    """Bring facts.suggestions up to the other facts, inside the open transaction.

    A row is two accounts, how likely one person has both, and why.
    """
    _forget_what_others_compared(con)
    con.execute(CALLED)
    names = [name for (name,) in con.execute(NAMES).fetchall()]
    con.register("latin_names", pa.table({"name": names, "latin": [latin(n) for n in names]}))
    con.execute(SPELT, {"least": LEAST_LETTERS})
    con.unregister("latin_names")
    con.execute(CANDIDATES.format(most=MOST_OF_A_KEY))
    con.execute(HABITS)
    con.execute(PAIRS)
    con.execute(NEW_PAIRS)
    by = model()
    pairs = con.execute("from uncompared_pairs").to_arrow_table()
    if pairs.num_rows:
        con.register("compared_now", compared_pairs(con, pairs, by))
        con.execute("""
            insert into new_pairs by name
            select uncompared_pairs.*, bits, reasons
            from uncompared_pairs join compared_now using (account_a, account_b)
        """)
        con.unregister("compared_now")
    weighed = {"odds": ODDS, "one": ONE, "least_bits": LEAST_BITS}
    con.execute(SUGGESTED.format(probability=_probability(by), **weighed))


def _forget_what_others_compared(con: duckdb.DuckDBPyConnection) -> None:
    """Empty what is kept where another version of this package, or of DuckDB, made it."""
    files = [path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.is_file()]
    version = hashlib.sha256(b"".join([*files, duckdb.__version__.encode()])).hexdigest()
    con.execute("create table if not exists facts.compared_by (version varchar)")
    if con.execute("from facts.compared_by").fetchall() != [(version,)]:
        for table in KEPT:
            con.execute(f"drop table if exists facts.{table}")
        con.execute(TABLES)
        con.execute("delete from facts.suggestions")
        con.execute("delete from facts.compared_by")
        con.execute("insert into facts.compared_by values (?)", [version])


def _probability(by: Model) -> str:
    """The probability of `weighed.bits` in SQL: straight lines between the points of the curve."""
    lines = [
        f"when weighed.bits < {x2} then {y1} + {(y2 - y1) / (x2 - x1)} * (weighed.bits - {x1})"
        for (x1, y1), (x2, y2) in pairwise(by.curve)
    ]
    (lowest, least), (_, most) = by.curve[0], by.curve[-1]
    return f"case when weighed.bits < {lowest} then {least} {' '.join(lines)} else {most} end"


def compared_pairs(con: duckdb.DuckDBPyConnection, pairs: pa.Table, by: Model) -> pa.Table:
    """Compare pairs of accounts that facts.compared_habits has: see `scoring.compared`."""
    places = con.execute("select distinct timezone, place from facts.compared_habits").fetchall()
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
