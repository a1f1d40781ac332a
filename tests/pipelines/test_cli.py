"""The `vitals` command as a user meets it: results, formats, exit statuses, one-line errors."""

import csv
import io
import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.sandbox.community import make_world
from connectors.sandbox.server import Running, serve
from connectors.sandbox.state import Options
from pipelines import check
from pipelines.cli import app
from pipelines.failures import PartlyFailed
from tests.support.hand_made.slack import ADA, BO, SMALL, write_folder
from tests.support.installations import Installation
from tests.support.samples import every
from warehouse.query import catalogue

EVIL = '=HYPERLINK("http://example.invalid")'
SLACK = ("--source", "slack")
IMPORT = ["import", "slack-export", "export"]
FILES = SMALL | {
    "users.json": [ADA | {"profile": {"real_name": EVIL}}, BO],
    "general/2024-05-02.json": [
        {"ts": "1714636800.000100", "user": "U1", "text": "…"},
        {"ts": "1714636801.000100", "user": "U2", "thread_ts": "1714636800.000100"},
        {"ts": "1714636802.000100", "user": "U2", "subtype": "channel_join"},
    ],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    place = Installation(tmp_path_factory.mktemp("place"))
    place.import_export(write_folder(place.folder / "export", FILES))
    place.publish().close()
    return place


def imported(place: Installation) -> subprocess.CompletedProcess[str]:
    write_folder(place.folder / "export", FILES)
    return place.vitals(*IMPORT, *SLACK)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with serve(make_world(members=15, days=20), Options(limits=False)) as running:
        yield running


def one_line(text: str) -> bool:
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text


def test_import_ends_with_an_account_that_adds_up(tmp_path: Path) -> None:
    result = imported(Installation(tmp_path))
    assert result.returncode == 0, result.stderr
    rows = dict(line.rsplit(maxsplit=1) for line in result.stdout.splitlines()[1:])
    assert rows == {"rows read": "4", "taken": "3", "left out: channel_join": "1"}
    assert "published" in result.stderr


def test_an_option_of_a_file_has_to_be_known(place: Installation) -> None:
    result = place.vitals(*IMPORT, "--set", "date_order=dmy", *SLACK)
    assert (result.returncode, result.stdout) == (2, "")
    assert "date_order: there is no such option" in result.stderr
    assert "slack-export knows: none" in result.stderr


def test_sync_says_what_it_did_and_goes_on_where_it_was(tmp_path: Path, sandbox: Running) -> None:
    place = Installation(tmp_path, sandbox)
    first, second = place.vitals("sync"), place.vitals("sync", "slack", "--no-build")
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert "requests in" in first.stderr
    assert "published" in first.stderr
    assert "0 records new, 0 changed, 0 gone" in second.stderr
    assert "published" not in second.stderr
    assert first.stdout == second.stdout == ""


def test_a_failed_source_ends_red_and_the_rest_is_published(
    tmp_path: Path, sandbox: Running
) -> None:
    other = f'[[sources]]\nname = "closed"\nkind = "slack"\ntoken = "env:WRONG"\n' \
            f'base_url = "{sandbox.slack_url}"'  # fmt: skip
    place = Installation(tmp_path, sandbox, more=other)
    result = place.vitals("sync", WRONG="xoxb-not-a-good-one")
    assert result.returncode == 1
    assert "closed: Slack says invalid_auth" in result.stderr
    assert "xoxb-not-a-good-one" not in result.stderr
    status = json.loads(place.vitals("status", "--format", "json").stdout)
    stale = {row["source"]: row["is_stale"] for row in status}
    assert stale == {"closed": True, "slack": False}


def test_a_source_without_a_token_is_passed_over(tmp_path: Path) -> None:
    result = Installation(tmp_path).vitals("sync")
    assert result.returncode == 0, result.stderr
    assert "slack: passed over, it has no token" in result.stderr
    assert 'token = "env:SLACK_BOT_TOKEN"' in result.stderr


def test_a_check_without_a_network_says_so_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One source that never answers, and one that has no token."""
    monkeypatch.setattr(check, "MOST_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        more = '[[sources]]\nname = "files"\nkind = "meetup"'
        place = Installation(tmp_path, base_url=address, more=more)
        done = CliRunner().invoke(app, ["check", "--config", str(place.config)])
    assert isinstance(done.exception, PartlyFailed)
    assert str(done.exception).startswith("slack: no answer within 1 seconds. Is this machine")
    assert "files: it has no token" in done.output


@pytest.mark.parametrize("name", every(sorted(catalogue()), 3))
def test_json_is_one_array_of_objects_and_csv_has_the_same_rows(
    place: Installation, name: str
) -> None:
    command = ["metric", name, "--config", str(place.config), "--format"]
    rows = json.loads(CliRunner().invoke(app, [*command, "json"]).stdout)
    assert isinstance(rows, list)
    assert all(list(row) == list(catalogue()[name].columns) for row in rows)
    table = list(csv.reader(io.StringIO(CliRunner().invoke(app, [*command, "csv"]).stdout)))
    assert table[0] == list(catalogue()[name].columns)
    assert len(table) == len(rows) + 1


def test_names_are_no_formulas_in_csv_and_whole_in_json(place: Installation) -> None:
    as_csv, as_json = (
        place.vitals("metric", "unanswered", "--format", form).stdout for form in ("csv", "json")
    )
    assert next(csv.DictReader(io.StringIO(as_csv)))["name"] == "'" + EVIL
    assert json.loads(as_json)[0]["name"] == EVIL


def test_from_is_included_and_to_is_not(place: Installation) -> None:
    arguments = ["metric", "active_members", "--grain", "day", "--format", "json"]
    days = json.loads(place.vitals(*arguments).stdout)
    assert [row["period"] for row in days] == ["2024-05-01", "2024-05-02"]
    later = json.loads(place.vitals(*arguments, "--from", "2024-05-02").stdout)
    assert later == days[1:]
    earlier = json.loads(place.vitals(*arguments, "--to", "2024-05-02").stdout)
    assert earlier == days[:1]


def test_metrics_lists_every_metric_with_its_question(place: Installation) -> None:
    rows = json.loads(place.vitals("metrics", "--format", "json").stdout)
    assert [row["metric"] for row in rows] == list(catalogue())
    assert all(row["question"].endswith("?") for row in rows)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["metric", "activ_members"], ["'activ_members'", "vitals metrics"]),
        (["metric", "active_members", "--grain", "year"], ["'year'", "day, week, month"]),
        (["metric", "active_members", "--from", "2024-13-01"], ["2024-13-01"]),
        (["metric", "active_members", "--from", "yesterday"], ["yesterday"]),
        (["metric", "active_members", "--from", "2024-06-01", "--to", "2024-05-01"], ["swap them"]),
        (["metric", "active_members", "--source", "slak"], ["'slak'", "slack"]),
        (["metric", "active_members", "--format", "xml"], ["xml", "json"]),
        (["metric"], ["name"]),
        (["metrik"], ["metrik"]),
        (["sync", "slak"], ["'slak'", "slack"]),
        ([*IMPORT, "--source", "slak"], ["'slak'", "sources are: slack"]),
        (["import", "slack-exprot", "export", *SLACK], ["'slack-exprot'", "slack-export"]),
        (IMPORT, ["--source"]),
        (["import", "slack-export", *SLACK], ["paths"]),
        (["metric", "active_members", "--config", "nowhere.toml"], ["nowhere.toml", "init"]),
    ],
)
def test_called_wrongly(place: Installation, arguments: list[str], words: list[str]) -> None:
    before = place.raw()
    result = place.vitals(*arguments)
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert one_line(result.stderr), result.stderr
    assert all(word in result.stderr for word in words), result.stderr
    assert place.raw() == before


def test_three_mistakes_are_three_lines(tmp_path: Path) -> None:
    place = Installation(tmp_path)
    place.config.write_text('[community]\nnme = "x"\ntimezone = "Nowhere"\n')
    result = place.vitals("status")
    assert result.returncode == 2
    assert len(result.stderr.strip().splitlines()) == 3
    assert "Traceback" not in result.stderr


def test_nothing_published_yet_says_what_to_run(tmp_path: Path) -> None:
    result = Installation(tmp_path).vitals("metric", "active_members")
    assert result.returncode == 1
    assert one_line(result.stderr)
    assert "run `vitals sync` or `vitals import` first" in result.stderr


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    result = imported(Installation(tmp_path, more=f'[warehouse]\npath = "{blocked}/vitals.duckdb"'))
    assert result.returncode == 1
    assert one_line(result.stderr), result.stderr
    assert str(blocked) in result.stderr
