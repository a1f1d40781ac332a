"""The `vitals` command: the same steps as the flows, for a terminal."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from typer.exceptions import Abort, TyperException

from connectors.base import SourceError
from connectors.discovery import file_readers
from pipelines import steps
from pipelines.failures import PartlyFailed, explain
from pipelines.prefect import server as prefect_server
from pipelines.settings import DEFAULT_PATH, Settings, SettingsError, load
from pipelines.terminal import Format, reporter, say, show
from warehouse.metrics import BadQuestion, Selection, catalogue
from warehouse.snapshots import Snapshot, open_current

FAILED, CALLED_WRONGLY = 1, 2
INTERRUPTED = 130  # What typer makes of Ctrl-C.

app = typer.Typer(
    name="vitals",
    help="One honest view of a community that lives in several places.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The configuration; else $VITALS_CONFIG.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How rows come out.")]


class _WithoutPandas(MetaPathFinder):
    """pyarrow imports pandas, a second of every start, only to see that a list is none of its."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Say that there is no pandas."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def main() -> None:
    """Run the command line; every expected error is one message and an exit status."""
    sys.meta_path.insert(0, _WithoutPandas())
    try:
        status = app(standalone_mode=False)
    except TyperException as error:
        message = error.format_message().rstrip(".")
        _end(f"{message}. See `vitals --help`", error.exit_code)
    except (SettingsError, BadQuestion) as error:
        _end(error, CALLED_WRONGLY)
    except Abort:
        _end("there is nobody to answer the questions. Run it in a terminal", FAILED)
    except Exception as error:
        _end(explain(error), FAILED)
    if status == INTERRUPTED:
        _end("stopped. What was landed is kept; run the command again to go on", FAILED)


def _end(error: object, status: int) -> None:
    say(f"error: {error}")
    sys.exit(status)


@app.command()
def sync(
    sources: Annotated[list[str] | None, typer.Argument(help="Which sources; else all.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again.")] = False,
    no_build: Annotated[bool, typer.Option("--no-build", help="Stop after the pull.")] = False,
    config: ConfigOption = None,
) -> None:
    """Pull what is new, build and publish."""
    settings = load(config, with_tokens=True, read_block=prefect_server.read_secret)
    ready, without = steps.with_token(settings, sources or [])
    if prefect_server.is_configured():
        from pipelines.prefect import flows

        flows.run_sync(settings.file, ready + without, full=full, build=not no_build)
        return
    with reporter() as report:
        errors = sync_and_publish(settings, sources or [], full, not no_build, report)
    if errors:
        raise PartlyFailed("\n".join(errors))


def sync_and_publish(
    settings: Settings, names: list[str], full: bool, is_built: bool, report: steps.Reporter
) -> list[str]:
    """Sync, build and publish without Prefect; return what failed, a line each."""
    ready, without = steps.with_token(settings, names)
    for name in without:
        say(steps.passed_over(settings, name))
    done, errors = steps.sync_sources(settings, ready, full=full, report=report)
    for result in done:
        say(steps.sentence(result))
    if is_built:
        steps.build(settings, report)
        say(f"published {steps.publish_snapshot(settings).stem}")
    return [f"{name}: {explain(error)}" for name, error in errors.items()]


@app.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join(sorted(file_readers()))}.")],
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    source: Annotated[str, typer.Option("--source", help="The source that they are of.")],
    told: Annotated[
        list[str] | None,
        typer.Option("--set", help="What the file does not say, as key=value; repeatable."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Load history from files that you already have, build and publish."""
    settings = load(config)
    with reporter() as report:
        result = steps.import_files(settings, kind, paths, source, report, told or ())
        steps.build(settings, report)
        snapshot = steps.publish_snapshot(settings)
    outcome = result.outcome
    rows = [("rows read", outcome.read), ("taken", outcome.taken)]
    rows += [(f"left out: {reason}", count) for reason, count in outcome.left_out.items()]
    names, counts = zip(*rows, strict=True)
    show(pa.table({"what": names, "rows": counts}), Format.TABLE)
    say(f"{source}: {result.landed.new} records new, {result.landed.changed} changed")
    say(f"published {snapshot.stem}")


@app.command()
def build(config: ConfigOption = None) -> None:
    """Rebuild the marts and publish a snapshot."""
    settings = load(config)
    if prefect_server.is_configured():
        from pipelines.prefect import flows

        flows.run_build(settings.file)
        return
    with reporter() as report:
        steps.build(settings, report)
    say(f"published {steps.publish_snapshot(settings).stem}")


@app.command()
def schedule(config: ConfigOption = None) -> None:
    """Sync every hour from this one process, with a Prefect server as its child."""
    from pipelines.prefect import schedule

    schedule.run(load(config, with_tokens=True))


@app.command()
def check(config: ConfigOption = None) -> None:
    """Ask each source one cheap question: is the token good, and what will not be seen."""
    settings = load(config, with_tokens=True, read_block=prefect_server.read_secret)
    failures = []
    for source in settings.sources:
        if not source.has_credentials:
            say(f"{source.name}: it has no token; files can be imported into it")
            continue
        try:
            unseen = steps.make_connector(settings, source.name, steps.Reporter(warn=say)).check()
        except SourceError as error:
            failures.append(f"{source.name}: {error}")
            continue
        print(f"{source.name}: the token is good")
        for sentence in unseen:
            print(f"{source.name}: will not be seen: {sentence}")
    if failures:
        raise PartlyFailed("\n".join(failures))


@app.command()
def metrics(form: FormatOption = Format.TABLE) -> None:
    """List every metric with its question."""
    listed = catalogue().values()
    show(
        pa.table({"metric": [m.name for m in listed], "question": [m.question for m in listed]}),
        form,
    )


@app.command()
def metric(
    name: Annotated[str, typer.Argument(help="See `vitals metrics`.")],
    grain: Annotated[str, typer.Option(help="day, week, month or quarter.")] = "month",
    start: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"])] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable.")] = None,
    unbounded: Annotated[
        bool, typer.Option("--unbounded", help="retention: active then or at any later time.")
    ] = False,
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Print one metric's rows: the numbers that the dashboard shows."""
    if name not in catalogue():
        raise BadQuestion(f"there is no metric {name!r}. `vitals metrics` lists them")
    if start and end and end < start:
        raise BadQuestion(f"--to {end:%Y-%m-%d} lies before --from {start:%Y-%m-%d}: swap them")
    selection = Selection(
        grain=grain,
        start=_day(start),
        end=_day(end),
        sources=tuple(source or ()),
        unbounded=unbounded,
    )
    show(_snapshot(config).metric(name, selection), form)


@app.command()
def status(config: ConfigOption = None, form: FormatOption = Format.TABLE) -> None:
    """Show every source: last success, newest activity, rows, what is missing, last error."""
    snapshot = _snapshot(config)
    fresh = snapshot.metric("freshness")
    activities, missing = Counter[str](), defaultdict[str, list[str]](list)
    for row in snapshot.metric("coverage").to_pylist():
        activities[row["source"]] += row["activities"]
    for spot in snapshot.metric("blind_spots").to_pylist():
        missing[spot["source"]].append(f"{spot['what']}: {spot['reason']}. {spot['advice']}")
    names = fresh["source"].to_pylist()
    fresh = fresh.append_column("rows", pa.array([activities[name] for name in names]))
    if form is Format.JSON:
        lists = pa.array([missing[name] for name in names], pa.list_(pa.string()))
        fresh = fresh.append_column("missing", lists)
    else:
        fresh = fresh.append_column("missing", pa.array([len(missing[name]) for name in names]))
    show(fresh, form)
    for name in names:
        for line in missing[name]:
            say(f"{name}: not seen: {line}")


@app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Where to listen.")] = 8501,
    config: ConfigOption = None,
) -> None:
    """Open the dashboard."""
    settings = load(config)
    sys.exit(run_dashboard(settings.warehouse_path, host, port))


def run_dashboard(warehouse_path: Path, host: str, port: int) -> int:
    """Serve the dashboard until it is stopped; return its exit status."""
    import dashboard as package

    folder = Path(package.__file__).parent
    arguments = [sys.executable, "-m", "streamlit", "run", str(folder / "app.py")]
    arguments += ["--server.address", host, "--server.port", str(port)]
    arguments += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    environment = os.environ | {"VITALS_WAREHOUSE": str(warehouse_path)}
    say(f"the dashboard is on http://{host}:{port} (stop it with Ctrl-C)")
    try:
        return subprocess.run(arguments, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0


@app.command()
def demo(
    no_dashboard: Annotated[
        bool, typer.Option("--no-dashboard", help="Stop once the snapshot is published.")
    ] = False,
) -> None:
    """Show the whole product on a made-up community, with no account anywhere."""
    from pipelines.demo import prepare

    config = prepare()
    say(f"everything is in {config.parent}; try: vitals metric active_members --config {config}")
    if not no_dashboard:
        dashboard(config=config)


@app.command()
def init(config: ConfigOption = None) -> None:
    """Ask a few questions and write vitals.toml."""
    from pipelines.init import write_configuration

    write_configuration(config or Path(DEFAULT_PATH))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Where to listen; 0 picks a free port.")] = 8765,
    members: Annotated[int, typer.Option(min=1)] = 300,
    days: Annotated[int, typer.Option(min=1)] = 365,
    seed: Annotated[int, typer.Option()] = 7,
    limits: Annotated[
        bool, typer.Option("--limits", help="Obey the platforms' rate limits, which takes hours.")
    ] = False,
) -> None:
    """Serve the platforms' APIs over a made-up community, on this machine alone."""
    from pipelines.demo import serve_forever

    serve_forever(port, members, days, seed, limits)


def _snapshot(config: Path | None) -> Snapshot:
    return open_current(load(config).warehouse_path)


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


if __name__ == "__main__":
    main()
