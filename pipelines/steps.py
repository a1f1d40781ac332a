"""The steps of the pipeline as plain functions: sync or import a source, build, publish."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from connectors.base import Connector, Context, FileReader, SourceError, SourceSettings
from connectors.discovery import connectors, file_readers
from connectors.model import Account, Fact, LeftOut, Page, Record
from connectors.privacy import hash_with
from pipelines.options import read_options
from pipelines.settings import Settings, SettingsError
from warehouse.attendance import derive_attendance, unknown_events
from warehouse.build import build_marts
from warehouse.db import Warehouse
from warehouse.draft import Outcome, Row, draft
from warehouse.landing import Landed, Run, land, read_cursors, write_run
from warehouse.publish import publish
from warehouse.sources import CommunitySettings, describe_sources
from warehouse.staging import Normalizer, stage

FLUSH_RECORDS = 40_000
DRAFT_RECORDS = 20_000
FLUSH_SECONDS = 5.0
MOST_NAMES = 5

Progress = Callable[[str, int, int | None], None]


def silent(what: str, done: int, total: int | None) -> None:
    """Report progress to nobody."""


@dataclass
class Reporter:
    """Where progress, warnings and results of a step go."""

    progress: Progress = silent
    warn: Callable[[str], None] = lambda message: None


@dataclass(frozen=True)
class Synced:
    """What one sync of one source did."""

    source: str
    landed: Landed
    requests: int
    waited_seconds: float
    seconds: float


@dataclass(frozen=True)
class Imported:
    """What one import did: the account of the file's rows, and how many records were new."""

    source: str
    outcome: Outcome
    landed: Landed


def open_warehouse(settings: Settings) -> Warehouse:
    """Return the warehouse that the configuration names."""
    return Warehouse(settings.warehouse_path)


def make_connector(settings: Settings, name: str, report: Reporter) -> Connector[SourceSettings]:
    """Return the connector of a configured source."""
    source = settings.source(name)
    return connectors()[source.kind](source, _context(settings, name, report))


def _context(settings: Settings, name: str, report: Reporter) -> Context:
    hash_private = hash_with(open_warehouse(settings).email_key())

    def progress(what: str, done: int, total: int | None) -> None:
        report.progress(f"{name}: {what}", done, total)

    return Context(
        name,
        hash_private,
        settings.privacy.store_text,
        settings.community.timezone,
        progress=progress,
        warn=report.warn,
    )


def sync_source(
    settings: Settings, name: str, *, full: bool = False, report: Reporter | None = None
) -> Synced:
    """Land what is new on one source and remember how it went.

    Raises SourceError with what was landed kept and the cursors where they were, and Busy if
    another sync of this source is running.
    """
    report = report or Reporter()
    warehouse = open_warehouse(settings)
    with warehouse.lock(f"source-{name}", wait=False):
        connector = make_connector(settings, name, report)
        run = Run(name, "sync", _now())
        started = time.monotonic()
        landed = Landed()
        try:
            landed = _land_pages(warehouse, connector, full, run)
        except SourceError as error:
            run.error = str(error)
            raise
        except BaseException as error:
            run.error = f"the sync was stopped ({type(error).__name__}). Run it again"
            raise
        finally:
            _finish(warehouse, connector, run)
        return Synced(name, landed, run.requests, run.waited_seconds, time.monotonic() - started)


def _land_pages(
    warehouse: Warehouse, connector: Connector[SourceSettings], full: bool, run: Run
) -> Landed:
    """Write pages in batches; each batch with its cursors, the last one also when we fail."""
    landed = Landed()
    batch: list[Page] = []
    waiting, flushed_at = 0, time.monotonic()

    def cursors(stream: str, partitions: Collection[str]) -> dict[str, str]:
        with warehouse.landing() as con:
            return read_cursors(con, run.source, stream, partitions)

    def flush() -> None:
        nonlocal waiting, flushed_at
        if batch:
            with warehouse.landing() as con:
                landed.add(land(con, run.source, batch, "api"))
        batch.clear()
        waiting, flushed_at = 0, time.monotonic()

    try:
        for page in connector.pages(cursors, full=full):
            run.covered_to = run.covered_to or _time(page.as_of)
            batch.append(page)
            waiting += len(page.records)
            if waiting >= FLUSH_RECORDS or time.monotonic() - flushed_at > FLUSH_SECONDS:
                flush()
    finally:
        flush()
    return landed


def _finish(warehouse: Warehouse, connector: Connector[SourceSettings], run: Run) -> None:
    context = connector.context
    run.finished_at = _now()
    run.requests, run.waited_seconds = context.requests, context.waited_seconds
    run.blind_spots = [asdict(spot) for spot in context.blind_spots]
    run.covered_from = _time(context.covered_from) if context.covered_from else None
    with warehouse.landing() as con:
        write_run(con, run)


def sync_sources(
    settings: Settings, names: Iterable[str], *, full: bool = False, report: Reporter | None = None
) -> tuple[list[Synced], dict[str, Exception]]:
    """Sync sources side by side; one that fails stops no other.

    Returns what was done, and the errors by source. Interrupted, it waits for none of them: what
    they landed is whole at every moment.
    """
    done: list[Synced] = []
    errors: dict[str, Exception] = {}

    def work(name: str) -> None:
        try:
            done.append(sync_source(settings, name, full=full, report=report))
        except Exception as error:
            errors[name] = error

    threads = [Thread(target=work, args=[name], daemon=True) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, errors


def with_token(settings: Settings, names: Collection[str]) -> tuple[list[str], list[str]]:
    """Split the named sources, or all, into those that can be synced and those without a token."""
    chosen = [settings.source(name) for name in names] or list(settings.sources)
    ready = [source.name for source in chosen if source.has_credentials]
    return ready, [source.name for source in chosen if not source.has_credentials]


def passed_over(settings: Settings, name: str) -> str:
    """Say that a source without a token is not synced, and how to give it one."""
    variable = connectors()[settings.source(name).kind].token_variable
    return (
        f"{name}: passed over, it has no token. To sync it, add to its part of {settings.file}: "
        f'token = "env:{variable}"'
    )


def import_files(
    settings: Settings,
    kind: str,
    paths: list[Path],
    name: str,
    report: Reporter | None = None,
    told: Collection[str] = (),
) -> Imported:
    """Land history files in one transaction: all of it, or after an error nothing.

    `told` are options of the reader, written key=value. Raises SettingsError for an unknown source,
    kind or option, BadFile or Changed for the files.
    """
    report = report or Reporter()
    source = settings.source(name)
    reader_class = file_readers().get(kind)
    if reader_class is None:
        known = ", ".join(sorted(file_readers()))
        raise SettingsError(f"{kind!r} is no kind of file. The known ones are: {known}")
    if reader_class.platform != source.kind:
        raise SettingsError(
            f"{settings.file}: the source {name!r} is of the kind {source.kind}, a {kind} is for "
            f"one of the kind {reader_class.platform}"
        )
    options = read_options(reader_class, told)
    warehouse = open_warehouse(settings)
    with warehouse.lock(f"source-{name}", wait=False):
        reader = reader_class(paths, _context(settings, name, report), source)
        reader.options = options
        return _import(warehouse, settings, source, reader)


def _import(
    warehouse: Warehouse,
    settings: Settings,
    source: SourceSettings,
    reader: FileReader[SourceSettings],
) -> Imported:
    connector_class = connectors()[source.kind]
    run = Run(source.name, "import", _now())
    bots = set(settings.people.bots)
    with draft(warehouse, source.name) as drafted:
        rows: list[Row] = []
        for page in reader.pages():
            run.covered_to = _time(page.as_of) if page.as_of else run.covered_to
            rows += _rows(connector_class, reader.taken_as, source.name, page, bots)
            if len(rows) >= DRAFT_RECORDS:
                drafted.add(rows)
                rows.clear()
        drafted.add(rows)
        outcome = drafted.outcome(bots, reader.skipped)
        with warehouse.landing() as con:
            landed = drafted.land(con)
            run.finished_at = _now()
            write_run(con, run)
    return Imported(source.name, outcome, landed)


def _rows(
    connector: type[Connector[SourceSettings]],
    taken_as: type[Fact],
    source: str,
    page: Page,
    bots: set[str],
) -> Iterator[Row]:
    """Account for the records of a page; of a history its members are no rows.

    Accounts that are bots are added to `bots`.
    """
    for key, content in page.records:
        payload = content.decode()
        record = Record(page.stream, page.partition, key, payload, page.as_of, None)
        taken = reason = None
        for fact in connector.normalize(source, record):
            if isinstance(fact, LeftOut):
                reason = reason or fact.reason
            elif isinstance(fact, taken_as):
                taken = taken or fact
            if isinstance(fact, Account):
                is_told = f"{source}:{fact.handle}" in bots
                bots.update({fact.account_id} if fact.is_bot or is_told else ())
        account_id = getattr(taken, "account_id", None)
        is_taken = taken is not None
        yield Row(
            page.stream, page.partition, key, page.as_of, payload, is_taken, account_id, reason
        )


def build(settings: Settings, report: Reporter | None = None) -> None:
    """Bring facts and marts up to what was landed, in one transaction: all of it, or nothing."""
    report = report or Reporter()
    progress = report.progress
    kinds = {source.name: source.kind for source in settings.sources}
    normalizers = {
        name: Normalizer(f"{kind}/{connectors()[kind].version}", connectors()[kind].normalize)
        for name, kind in kinds.items()
    }
    timezone = settings.community.timezone
    with open_warehouse(settings).marts() as con:
        changed_dates = stage(con, normalizers, timezone, progress)
        describe_sources(con, _community(settings), kinds)
        changed_dates = derive_attendance(con, changed_dates)
        for source, events in unknown_events(con).items():
            report.warn(_not_counted(source, events))
        progress("marts", 0, None)
        build_marts(con, changed_dates)


def _not_counted(source: str, events: list[str]) -> str:
    ids = [event.removeprefix(f"{source}:") for event in events]
    more = f" and {len(ids) - MOST_NAMES} more" if len(ids) > MOST_NAMES else ""
    return (
        f"{source}: who came to {', '.join(ids[:MOST_NAMES])}{more} is not counted, for nothing "
        "tells when that was. Sync, import an archive of the events, or import their lists again "
        "and tell it: --set starts_at=2026-01-31T18:30"
    )


def _community(settings: Settings) -> CommunitySettings:
    return CommunitySettings(
        settings.community.name,
        settings.community.timezone,
        settings.people.bots,
        settings.people.staff,
        settings.privacy.min_group_size,
        settings.levels.window_weeks,
        settings.levels.regular_weeks,
        settings.levels.core_weeks,
    )


def publish_snapshot(settings: Settings) -> Path:
    """Publish the built marts as a new snapshot and return its path."""
    return publish(open_warehouse(settings))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _time(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).replace(tzinfo=None)


def sentence(result: Synced) -> str:
    """Say what a sync did, for people."""
    landed = result.landed
    return (
        f"{result.source}: {landed.new} records new, {landed.changed} changed, "
        f"{landed.gone} gone; {result.requests} requests in {result.seconds:.0f} s"
        + (f", of which {result.waited_seconds:.0f} s waiting" if result.waited_seconds else "")
    )
