"""What rows of a metric add up to, as the `[totals]` of its header say."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from warehouse.query import Metric


def totals_table(
    con: duckdb.DuckDBPyConnection, metric: Metric, rows: pa.Table, by: Sequence[str] = ()
) -> pa.Table:
    """The totals of some of a metric's rows: one row, or one for each value of the columns `by`."""
    columns = [f'"{column}"' for column in by]
    totals = [f'{sql} as "{name}"' for name, sql in metric.totals.items()]
    con.register("metric_rows", rows)
    return con.execute(f"""
        select {", ".join([*columns, *totals])}
        from metric_rows
        group by ({", ".join(columns)})
        {"order by " * bool(by)}{", ".join(columns)}
    """).to_arrow_table()
