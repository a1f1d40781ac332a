"""The `vitals` command: the same steps as the flows, for a terminal.

What a command needs is imported by that command, so that `vitals --help` starts at once.
"""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand
from typer.exceptions import Abort, TyperException

from pipelines import reporting, stopping
from pipelines.people import commands as people
from pipelines.terminal import Format, reporter, say, show
from warehouse.files import own_files_only, tighten

if TYPE_CHECKING:
    from pipelines.settings import Settings
    from warehouse.snapshots import Snapshot

FAILED, CALLED_WRONGLY = 1, 2

app = typer.Typer(
    name="vitals",
    help="One honest view of a community that lives in several places.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Path of vitals.toml; else $VITALS_CONFIG, else ./vitals.toml."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How rows are printed.")]
app.add_typer(people.app)
app.add_typer(reporting.app)


class _NotInstalled:
    """Hides packages that pyarrow imports where it finds them, which takes a second."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname in ("numpy", "pandas"):
            raise ModuleNotFoundError(fullname, name=fullname)


def main() -> None:
    """Run the command line; every expected error is one message and an exit status."""
    os.environ["PYTHONSAFEPATH"] = "1"  # Children find our modules, not those of the folder.
    own_files_only()
    stopping.listen()
    sys.meta_path.insert(0, _NotInstalled())
    try:
        status = _run()
    except stopping.Stopped:
        status = FAILED
    if stopped := stopping.status():
        if stopped != stopping.NOBODY_READS:
            say(stopping.FAREWELL)
        stopping.leave(stopped)
    if status:
        stopping.leave(status)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        stopping.leave(stopping.NOBODY_READS)


def _run() -> int:
    """Run the command, say what went wrong, and return the exit status."""
    try:
        status = app(standalone_mode=False)
    except TyperException as error:
        message = error.format_message().rstrip(".")
        return _failed(f"{message}. See `vitals --help`", error.exit_code)
    except Abort:
        return _failed("there is nobody to answer the questions. Run it in a terminal", FAILED)
    except Exception as error:
        from pipelines.failures import explain, is_wrong_call

        return _failed(explain(error), CALLED_WRONGLY if is_wrong_call(error) else FAILED)
    return status if isinstance(status, int) else 0


def _failed(message: str, status: int) -> int:
    if not stopping.status():  # Then it failed because it was stopped.
        say(f"error: {message}")
    return status


@app.command()
def sync(
    sources: Annotated[list[str] | None, typer.Argument(help="Which sources; else all.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again.")] = False,
    no_build: Annotated[
        bool, typer.Option("--no-build", help="Only pull; do not build and publish.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Pull what is new, build and publish."""
    from pipelines import run
    from pipelines.prefect import server

    settings = _load(config, tokens_of=sources or [])
    names = [settings.source(name).name for name in sources or []]
    if server.is_configured():
        from pipelines.prefect import flows

        flows.run_flow(flows.sync, settings.file, sources=names, full=full, build=not no_build)
        return
    with reporter() as report:
        here = run.in_this_process(report)
        results = run.sync(settings, names, here, report, full=full, is_built=not no_build)
    run.summary(results)


class _ImportCommand(TyperCommand):
    """Names the kinds of files in its help, and looks for them only then."""

    def format_help(self, *arguments: Any) -> None:
        from connectors.discovery import file_readers

        kind = self.params[0]
        assert isinstance(kind, TyperArgument)
        kind.help = f"One of: {', '.join(file_readers())}."
        super().format_help(*arguments)


@app.command("import", cls=_ImportCommand)
def import_(
    kind: Annotated[str, typer.Argument()],
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.")],
    source: Annotated[str, typer.Option("--source", help="The source that the files are from.")],
    options: Annotated[
        list[str] | None,
        typer.Option("--set", help="What the file does not say, as key=value; repeatable."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Load history from files that you already have, build and publish."""
    import pyarrow as pa

    from pipelines import run
    from pipelines.imports import import_files

    settings = _load(config)
    with reporter() as report:
        result = import_files(settings, kind, paths, source, report, options or ())
    outcome = result.outcome
    rows = [("rows read", outcome.read), ("taken", outcome.taken)]
    rows += [(f"left out: {reason}", count) for reason, count in outcome.left_out.items()]
    names, counts = zip(*rows, strict=True)
    show(pa.table({"what": names, "rows": counts}), Format.TABLE)
    say(f"{source}: {result.landed.new} records new, {result.landed.changed} changed")
    with reporter() as report:
        run.summary(run.build(settings, run.in_this_process(report)))


@app.command()
def build(
    full: Annotated[
        bool, typer.Option("--full", help="Make everything anew from what was landed.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Bring the marts up to what was landed, and publish a snapshot."""
    from pipelines import run
    from pipelines.prefect import server

    settings = _load(config)
    if server.is_configured():
        from pipelines.prefect import flows

        flows.run_flow(flows.build, settings.file, full=full)
        return
    with reporter() as report:
        results = run.build(settings, run.in_this_process(report), full=full)
    run.summary(results)


@app.command()
def schedule(config: ConfigOption = None) -> None:
    """Sync every hour from this one process, with a Prefect server as its child."""
    from pipelines.prefect import schedule
    from pipelines.settings import load

    schedule.run(load(config, tokens_of=[]))


@app.command()
def check(config: ConfigOption = None) -> None:
    """Ask each source one cheap question: is the token good, and what will not be seen."""
    from pipelines.check import check_sources
    from pipelines.failures import PartlyFailed
    from pipelines.steps import Reporter

    settings, failures = _load(config, tokens_of=[]), []
    for result in check_sources(settings, Reporter(warn=say)):
        if result.has_failed:
            failures.append(result.message)
        else:
            print(result.message)
    if failures:
        raise PartlyFailed("\n".join(failures))


@app.command()
def metrics(format: FormatOption = Format.TABLE) -> None:
    """List every metric with its question."""
    import pyarrow as pa

    from warehouse.query import catalogue

    listed = catalogue().values()
    columns = {"metric": [m.name for m in listed], "question": [m.question for m in listed]}
    show(pa.table(columns), format)


@app.command()
def metric(
    name: Annotated[str, typer.Argument(help="Its name, as `vitals metrics` lists it.")],
    grain: Annotated[str, typer.Option(help="day, week, month or quarter.")] = "month",
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, as 2026-01-31."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="The day after the last one."),
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable.")] = None,
    unbounded: Annotated[
        bool, typer.Option("--unbounded", help="Of retention: active then or at any later time.")
    ] = False,
    config: ConfigOption = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print the rows of one metric: the numbers that the dashboard shows."""
    from warehouse.query import BadQuestion, Selection, metric_files

    if name not in metric_files():
        raise BadQuestion(f"there is no metric {name!r}. `vitals metrics` lists them")
    if start and end and end < start:
        raise BadQuestion(f"--to {end:%Y-%m-%d} lies before --from {start:%Y-%m-%d}: swap them")
    begin, until = start and start.date(), end and end.date()
    selection = Selection(grain, begin, until, tuple(source or ()), unbounded=unbounded)
    show(_snapshot(config).metric(name, selection), format)


@app.command()
def status(config: ConfigOption = None, format: FormatOption = Format.TABLE) -> None:
    """Show every source: last success, newest activity, rows, what is missing, last error."""
    import pyarrow as pa

    found = _snapshot(config).metrics(("freshness", "coverage", "blind_spots"))
    table = found["freshness"]
    names = table["source"].to_pylist()
    activities, missing = Counter[str](), defaultdict[str, list[str]](list)
    for row in found["coverage"].to_pylist():
        activities[row["source"]] += row["activities"]
    for spot in found["blind_spots"].to_pylist():
        missing[spot["source"]].append(f"{spot['what']}: {spot['reason']}. {spot['advice']}")
    table = table.append_column("rows", pa.array([activities[name] for name in names]))
    if format is Format.JSON:
        unseen = pa.array([missing[name] for name in names], pa.list_(pa.string()))
    else:
        unseen = pa.array([len(missing[name]) for name in names])
    show(table.append_column("missing", unseen), format)
    for name in names:
        for line in missing[name]:
            say(f"{name}: not seen: {line}")


@app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8501,
    config: ConfigOption = None,
) -> None:
    """Open the dashboard: for this machine, or for those whom [access] lets in."""
    from pipelines import serving

    serving.serve_dashboard(_load(config), host, port)


@app.command()
def demo(
    no_dashboard: Annotated[
        bool, typer.Option("--no-dashboard", help="Stop once the snapshot is published.")
    ] = False,
) -> None:
    """Show the whole product on a made-up community, with no account anywhere."""
    from pipelines import serving
    from pipelines.demo import prepare

    config = prepare()
    say(f"everything is in {config.parent}; try: vitals metric active_members --config {config}")
    if not no_dashboard:
        port = serving.free_port(serving.PORT)
        serving.serve_dashboard(_load(config), serving.HOST, port)


@app.command()
def init(config: ConfigOption = None) -> None:
    """Ask a few questions and write vitals.toml."""
    from pipelines.init import write_configuration
    from pipelines.settings import DEFAULT_PATH

    write_configuration(config or Path(DEFAULT_PATH))


@app.command()
def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes any free port.")
    ] = 8765,
    members: Annotated[int, typer.Option(min=1, help="How many people it has.")] = 300,
    days: Annotated[int, typer.Option(min=1, help="How many days its history is long.")] = 365,
    seed: Annotated[int, typer.Option(help="Another number makes another community.")] = 7,
    limits: Annotated[
        bool, typer.Option("--limits", help="Keep the platforms' rate limits, which takes hours.")
    ] = False,
) -> None:
    """Serve the platforms' APIs over a made-up community, on this machine alone."""
    from pipelines.demo import serve_forever

    serve_forever(port, members, days, seed, limits)


def _load(config: Path | None, *, tokens_of: Collection[str] | None = None) -> "Settings":
    from pipelines.settings import load

    if tokens_of is None:
        settings = load(config)
    else:
        from pipelines.prefect.server import read_secret

        settings = load(config, tokens_of=tokens_of, read_block=read_secret)
    tighten(settings.warehouse_path)
    return settings


def _snapshot(config: Path | None) -> "Snapshot":
    from warehouse.snapshots import open_current

    return open_current(_load(config).warehouse_path)


if __name__ == "__main__":
    main()
