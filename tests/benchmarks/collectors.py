"""Three ways to bring a Slack workspace into DuckDB, each run in a process of its own.

    python -m tests.benchmarks.collectors vitals|dlt|requests BASE_URL FOLDER

All three ask the same endpoints for the same pages, keep the same fields, and replace a record that
they meet again. The last line printed is the CPU time that was spent before the work began.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from connectors.sandbox.state import SANDBOX_TOKEN
from connectors.slack.api import HISTORY_LIMIT, LIST_LIMIT
from tests.benchmarks.measure import print_usage

Row = dict[str, Any]
Pages = Callable[[str, dict[str, str], str], Iterator[list[Row]]]

MESSAGE_FIELDS = (
    *("ts", "user", "subtype", "bot_id", "thread_ts", "reply_count", "latest_reply"),
    *("reactions", "room"),
)
MEMBER_FIELDS = ("id", "name", "real_name", "deleted", "updated", "tz", "is_bot", "is_restricted")


def collect_with_vitals(url: str, folder: Path) -> Callable[[], None]:
    from pipelines.steps import sync_source
    from tests.benchmarks.configuration import configure

    settings = configure(folder, "slack", base_url=url)
    return lambda: print(sync_source(settings, "slack"))


def collect_with_requests(url: str, folder: Path) -> Callable[[], None]:
    """What one writes by hand: requests, its JSON, Arrow tables, an upsert."""
    import pyarrow as pa
    import requests

    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {SANDBOX_TOKEN}"

    def pages(method: str, params: dict[str, str], key: str) -> Iterator[list[Row]]:
        cursor = ""
        while True:
            asked = params | ({"cursor": cursor} if cursor else {})
            answer = session.get(f"{url}/{method}", params=asked, timeout=60).json()
            yield answer[key]
            cursor = answer.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return

    def upsert(con: duckdb.DuckDBPyConnection, table: str, rows: list[Row], key: str) -> None:
        con.register("incoming", pa.Table.from_pylist(rows))
        con.execute(f"create table if not exists {table} as from incoming limit 0")
        con.execute(
            f"merge into {table} using incoming using ({key})"
            " when matched then update when not matched then insert"
        )

    def work() -> None:
        with duckdb.connect(str(folder / "plain.duckdb")) as con:
            for page in members(pages):
                upsert(con, "members", page, "id")
            batch: list[Row] = []
            for page in messages(pages):
                batch += page
                if len(batch) >= 20_000:
                    upsert(con, "messages", batch, "channel, ts")
                    batch = []
            upsert(con, "messages", batch, "channel, ts")

    return work


def collect_with_dlt(url: str, folder: Path) -> Callable[[], None]:
    """dlt as its documentation has it: its REST client, merged by key, loaded as Parquet."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import dlt
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
    from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

    client = RESTClient(base_url=url, auth=BearerTokenAuth(SANDBOX_TOKEN))

    def pages(method: str, params: dict[str, str], key: str) -> Iterator[list[Row]]:
        paginator = JSONResponseCursorPaginator("response_metadata.next_cursor", "cursor")
        yield from client.paginate(method, params=params, paginator=paginator, data_selector=key)

    keep = {"write_disposition": "merge", "max_table_nesting": 0}
    resources = [
        dlt.resource(members(pages), name="members", primary_key="id", **keep),
        dlt.resource(messages(pages), name="messages", primary_key=("channel", "ts"), **keep),
    ]
    pipeline = dlt.pipeline(
        "benchmark",
        pipelines_dir=str(folder / "dlt"),
        destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")),
        dataset_name="slack",
    )
    return lambda: print(pipeline.run(resources, loader_file_format="parquet"))


def members(pages: Pages) -> Iterator[list[Row]]:
    for page in pages("users.list", {"limit": str(LIST_LIMIT)}, "members"):
        yield [{name: row.get(name) for name in MEMBER_FIELDS} for row in page]


def messages(pages: Pages) -> Iterator[list[Row]]:
    """Pages of messages and thread replies of every channel that the app is in."""
    limit = {"limit": str(HISTORY_LIMIT)}
    asked = {"types": "public_channel", "exclude_archived": "false", "limit": str(LIST_LIMIT)}
    channels = [row for page in pages("conversations.list", asked, "channels") for row in page]
    for channel in (row["id"] for row in channels if row["is_member"]):
        for page in pages("conversations.history", limit | {"channel": channel}, "messages"):
            yield _kept(channel, page)
            for root in page:
                if root.get("reply_count"):
                    thread = limit | {"channel": channel, "ts": root["ts"]}
                    for replies in pages("conversations.replies", thread, "messages"):
                        yield _kept(channel, replies)


def _kept(channel: str, page: list[Row]) -> list[Row]:
    return [{"channel": channel} | {name: row.get(name) for name in MESSAGE_FIELDS} for row in page]


COLLECTORS = {
    "vitals": collect_with_vitals,
    "dlt": collect_with_dlt,
    "requests": collect_with_requests,
}

if __name__ == "__main__":
    _, name, base_url, folder_name = sys.argv
    begin = COLLECTORS[name](base_url, Path(folder_name))
    # With its first parameter DuckDB imports pandas, where that is installed.
    duckdb.execute("select ?", [1])
    spent = time.process_time()
    begin()
    print_usage(spent)
