"""A server that sends our own token back, in whatever words: it is printed and stored nowhere."""

import json
import os
from base64 import b64encode
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import duckdb
import pytest

from connectors.base import SourceError
from connectors.discovery import connectors
from pipelines import run
from pipelines.steps import SILENT, Clock
from tests.support.installations import Installation
from tests.support.local_http import served


class Echo(BaseHTTPRequestHandler):
    """Says the Authorization header wherever an API says anything, at length and in colours."""

    def do_GET(self) -> None:
        said = self.headers.get("Authorization", "")
        words = f"\x1b[31m{said} {b64encode(said.encode()).decode()}\r\n" + "x" * 5000
        error = {"message": words, "path": [words], "type": words}
        body = {"ok": False, "error": words, "needed": words, "message": words, "code": 50001}
        content = json.dumps(body | {"errors": [error]}).encode()
        self.send_response(200 if self.command == "POST" or "auth.test" in self.path else 403)
        for header in ("X-Request-Id", "X-GitHub-Request-Id", "X-Accepted-GitHub-Permissions"):
            self.send_header(header, said)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()


def left_in(folder: Path) -> str:
    """All that is in the files of a folder, and in the tables of its databases."""
    found = ""
    for path in (file for file in folder.rglob("*") if file.is_file()):
        found += path.read_bytes().decode("latin-1")
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                tables = con.execute("select schema_name, table_name from duckdb_tables()")
                for schema, table in tables.fetchall():
                    found += repr(con.execute(f'from {schema}."{table}"').fetchall())
    return found


@pytest.mark.parametrize("kind", sorted(connectors()))
def test_an_echoed_token_is_printed_and_stored_nowhere(kind: str, tmp_path: Path) -> None:
    token = os.environ["VITALS_TEST_TOKEN"]
    with served(Echo) as url:
        place = Installation(tmp_path, kind=kind, base_url=url)
        clock = Clock(sleep=lambda seconds: None)
        runner = run.in_this_process(SILENT)
        results = run.sync(place.settings, [], runner, SILENT, clock=clock)
        with pytest.raises(SourceError) as caught:
            place.sync()
    [failed] = [result.message for result in results if result.has_failed]
    [(error,)] = place.rows("select error from raw.runs order by started_at limit 1")
    everything = failed + str(caught.value) + error + left_in(tmp_path / "data")
    for form in (token, b64encode(f"Bearer {token}".encode()).decode()[12:-4]):
        assert form not in everything
    assert "\x1b" not in failed
    assert len(failed) < 3000
