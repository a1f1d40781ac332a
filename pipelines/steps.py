"""The steps of the pipeline as plain functions: sync one source, build, publish."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import starmap

import duckdb

from connectors import discovery, facts
from connectors.base import Connector, Context, SourceError, SourceSettings
from connectors.facts import hidden_facts_of
from connectors.model import Page
from connectors.privacy import hash_with
from connectors.redaction import keep_secret, message, quoted
from pipelines import stopping
from pipelines.forgotten import (
    decided_without_forgotten,
    forgetter_of,
    rid_of_found,
    without_forgotten,
)
from pipelines.settings import Settings, Sponsorship
from warehouse.build import build_marts
from warehouse.configuration import (
    CommunitySettings,
    ConfiguredSource,
    ConfiguredSponsorship,
    Decision,
    unconfigured_records,
    unmatched_decisions,
    unmatched_people,
    unmatched_sponsorships,
    write_configuration,
)
from warehouse.db import Warehouse
from warehouse.email_key import email_key, id_key
from warehouse.forgotten import precedes_forgetting, write_forgotten
from warehouse.future_runs import runs_from_the_future
from warehouse.landing import Landed, Run, land, read_cursors, write_run
from warehouse.publishing import publish
from warehouse.snapshots import Snapshot
from warehouse.staging import Normalizer, stage, unknown_events
from warehouse.suggestions import suggest

FLUSH_RECORDS = 40_000
FLUSH_SECONDS = 5.0
MOST_NAMES = 5
STOPPED = "the sync was stopped. Run it again"

Progress = Callable[[str, int, int | None], None]


def utc_now() -> datetime:
    """Return the present time in UTC, without a zone, as the warehouse stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def utc_time(microseconds: int) -> datetime:
    """Return microseconds since 1970 as a time in UTC, without a zone."""
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Clock:
    """How a sync waits and tells the time, both in seconds and as a date in UTC."""

    sleep: Callable[[float], None] = stopping.sleep
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = utc_now


@dataclass(frozen=True)
class Reporter:
    """Where progress (what, done, total), warnings and results go; nowhere by default.

    `is_kept`: in a log that stays, in which nobody's account is named.
    """

    progress: Progress = lambda what, done, total: None
    warn: Callable[[str], None] = lambda message: None
    say: Callable[[str], None] = lambda message: None
    is_kept: bool = False


REAL_CLOCK, SILENT = Clock(), Reporter()


@dataclass(frozen=True)
class Synced:
    """What one sync of one source did."""

    source: str
    landed: Landed
    requests: int
    waited_seconds: float
    seconds: float
    unread_lists: tuple[str, ...] = ()

    def __str__(self) -> str:
        landed = self.landed
        return (
            f"{self.source}: {landed.new} records new, {landed.changed} changed, "
            f"{landed.gone} gone; {self.requests} requests in {self.seconds:.0f} s"
            + (f", of which {self.waited_seconds:.0f} s waiting" if self.waited_seconds else "")
        )


def open_warehouse(settings: Settings) -> Warehouse:
    """Return the warehouse that the configuration names."""
    return Warehouse(settings.warehouse_path)


def connector_class(kind: str) -> type[Connector[SourceSettings]]:
    """Return the connector of a configured kind of source."""
    found = discovery.connector(kind)
    assert found is not None, f"{kind}: the settings let an unknown kind pass"
    return found


def make_connector(
    settings: Settings, name: str, report: Reporter, clock: Clock = REAL_CLOCK
) -> Connector[SourceSettings]:
    """Return the connector of a configured source."""
    source = settings.source(name)
    return connector_class(source.kind)(source, make_context(settings, name, report, clock))


def make_context(
    settings: Settings, name: str, report: Reporter, clock: Clock = REAL_CLOCK
) -> Context:
    """Return what a connector or a reader of files needs to know of its surroundings."""

    def progress(what: str, done: int, total: int | None) -> None:
        report.progress(f"{name}: {quoted(what)}", done, total)

    key = email_key(open_warehouse(settings))
    keep_secret(key.decode("latin-1"))
    return Context(
        name,
        hash_with(key),
        settings.privacy.store_text,
        settings.community.timezone,
        progress=progress,
        warn=lambda words: report.warn(message(words)),
        sleep=clock.sleep,
        clock=clock.monotonic,
    )


def with_token(settings: Settings, names: Collection[str]) -> tuple[list[str], list[str]]:
    """Split the named sources, or all, into those that can be synced and those without a token."""
    chosen = [settings.source(name) for name in names] or list(settings.sources)
    ready = [source.name for source in chosen if source.has_credentials]
    return ready, [source.name for source in chosen if not source.has_credentials]


def passed_over(settings: Settings, name: str) -> str:
    """Say that a source without a token is not synced, and how to give it one."""
    variable = connector_class(settings.source(name).kind).token_variable
    return (
        f"{name}: passed over, it has no token. To sync it, add to its part of {settings.file}: "
        f'token = "env:{variable}"'
    )


def sync_source(
    settings: Settings,
    name: str,
    *,
    full: bool = False,
    report: Reporter = SILENT,
    clock: Clock = REAL_CLOCK,
) -> Synced:
    """Land what is new on one source, and write down how it went.

    Raises SourceError with what was landed kept and the cursors where they were, and Busy if
    another sync of this source is running.
    """
    warehouse = open_warehouse(settings)
    with warehouse.lock(f"source-{name}", wait=False):
        connector = make_connector(settings, name, report, clock)
        run, started = Run(name, "sync", clock.now()), clock.monotonic()

        def write_stopped() -> None:
            run.error, run.finished_at = STOPPED, clock.now()
            _write_run(warehouse, run, connector.context)

        try:
            with stopping.last_words(write_stopped):
                landed = _land_pages(settings, connector, full, run, clock)
        except SourceError as error:
            run.error = message(str(error))
            raise
        except BaseException as error:
            run.error = STOPPED if stopping.status() else f"{STOPPED} ({type(error).__name__})"
            raise
        finally:
            run.finished_at = clock.now()
            _write_run(warehouse, run, connector.context)
    seconds = clock.monotonic() - started
    unread = tuple(connector.context.unread_lists)
    return Synced(name, landed, run.requests, run.waited_seconds, seconds, unread)


def _land_pages(
    settings: Settings, connector: Connector[SourceSettings], full: bool, run: Run, clock: Clock
) -> Landed:
    """Write pages in batches, each with its cursors; after an error the last batch, too."""
    warehouse, landed, batch = open_warehouse(settings), Landed(), list[Page]()
    records, flushed_at = 0, clock.monotonic()

    def cursors(stream: str, partitions: Collection[str]) -> dict[str, str]:
        if not partitions:
            return {}
        with warehouse.landing() as con:
            return read_cursors(con, run.source, stream, partitions)

    def flush() -> None:
        nonlocal records, flushed_at
        batch[:] = rid_of_found(warehouse, forgetter, batch)
        if batch:
            with warehouse.landing() as con:
                landed.add(land(con, run.source, batch, "api"))
        batch.clear()
        records, flushed_at = 0, clock.monotonic()

    forgetter = forgetter_of(settings, run.source)
    try:
        for page in map(forgetter.page, connector.pages(cursors, full=full)):
            run.covered_to = run.covered_to or utc_time(page.as_of)
            batch.append(page)
            stopping.check()
            records += len(page.records)
            if records >= FLUSH_RECORDS or clock.monotonic() - flushed_at > FLUSH_SECONDS:
                flush()
    finally:
        flush()
    return landed


def _write_run(warehouse: Warehouse, run: Run, context: Context) -> None:
    run.requests, run.waited_seconds = context.requests, context.waited_seconds
    run.profile_requests = context.profile_requests
    run.blind_spots = [asdict(spot) for spot in context.blind_spots]
    run.covered_from = utc_time(context.covered_from) if context.covered_from else None
    with warehouse.landing() as con:
        write_run(con, run)


def build(settings: Settings, report: Reporter = SILENT, *, full: bool = False) -> None:
    """Bring facts and marts up to what was landed, in one transaction: all of it, or nothing.

    With `full` they are made anew, with the same rows.
    """
    with open_warehouse(settings).lock("build"):
        _build(settings, report, full=full)


def _build(settings: Settings, report: Reporter, *, full: bool) -> None:
    normalizers, warehouse = {}, open_warehouse(settings)
    hide = hash_with(id_key(warehouse))
    for configured in settings.sources:
        platform = connector_class(configured.kind)
        fingerprint = f"{configured.kind}/{platform.version}/{facts.VERSION}"
        normalize = partial(hidden_facts_of, platform, hide)
        normalizers[configured.name] = Normalizer(fingerprint, normalize)
    decided, community = decided_without_forgotten(settings), community_settings(settings)
    is_outdated = precedes_forgetting(warehouse, warehouse.marts_path)
    with warehouse.new_marts() if is_outdated else warehouse.marts(anew=full) as con:
        changed_dates = stage(con, normalizers, settings.community.timezone, report.progress)
        configure(con, settings, community, decided)
        report.progress("suggestions of who is who", 0, None)
        suggest(con)
        for source, kind, ended in runs_from_the_future(con):
            report.warn(
                f"{source}: a {kind} ended on {ended:%Y-%m-%d} by a wrong clock, in the future. It "
                "counts for nothing: see that the clock is right, and run it twice"
            )
        for source, records in unconfigured_records(con).items():
            report.warn(_not_configured(settings, source, records))
        for source, events in unknown_events(con).items():
            report.warn(_not_counted(source, events))
        report.progress("marts", 0, None)
        build_marts(con, changed_dates)
        for number, accounts in unmatched_decisions(con):
            report.warn(
                f"{settings.people_path}: decision {number}: {_unknown(report, accounts)}. It is "
                "kept, and counts once there is one"
            )
        if unmatched := unmatched_people(con):
            report.warn(
                f"{settings.file}: [people]: {_unknown(report, unmatched)}. Write "
                "the name of the source, a colon, and the account's id or handle"
            )
        for sponsor, key, entries in unmatched_sponsorships(con):
            report.warn(
                f"[[sponsorships]] of {sponsor}: {key}: nothing is called {', '.join(entries)}. "
                "Write an event's id or address, and a group's name or id"
            )


def configure(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    community: CommunitySettings,
    decided: Iterable[Decision],
) -> None:
    """Write what the configuration and the decisions say as facts, in the open transaction."""
    sources = map(_configured, settings.sources)
    sponsorships = starmap(_sponsorship, enumerate(settings.sponsorships, start=1))
    write_configuration(con, community, sources, decided, sponsorships)
    write_forgotten(con)


def _unknown(report: Reporter, accounts: Sequence[str]) -> str:
    if report.is_kept:
        return f"{len(accounts)} of its accounts are not known; `vitals build` says which"
    return f"no account is called {', '.join(accounts)}"


def _not_counted(source: str, events: list[str]) -> str:
    ids = [event.removeprefix(f"{source}:") for event in events]
    more = f" and {len(ids) - MOST_NAMES} more" if len(ids) > MOST_NAMES else ""
    return (
        f"{source}: who came to {', '.join(ids[:MOST_NAMES])}{more} is not counted, for no file "
        "says when that was. Sync, import an archive of the events, or import the list of each "
        f"again with its id and its time: --set event={ids[0]} --set starts_at=2026-01-31T18:30"
    )


def _not_configured(settings: Settings, source: str, records: int) -> str:
    return (
        f"{source}: {records} landed records are not counted, for {settings.file} has no source of "
        "this name. If it was renamed, give it its old name back; the new one has none of them"
    )


def _configured(source: SourceSettings) -> ConfiguredSource:
    return ConfiguredSource(source.name, source.kind, source.has_credentials, source.until)


def _sponsorship(number: int, given: Sponsorship) -> ConfiguredSponsorship:
    return ConfiguredSponsorship(
        number,
        given.sponsor,
        given.start,
        given.end,
        list(given.events),
        list(given.groups),
        list(given.sources),
        given.amount,
        given.currency,
        given.logo,
    )


def community_settings(settings: Settings) -> CommunitySettings:
    """Return what numbers depend on, without the ids of forgotten accounts.

    Not to be called while the warehouse is open: it looks the forgotten ones up.
    """
    return CommunitySettings(
        settings.community.name,
        settings.community.timezone,
        without_forgotten(settings, settings.people.bots),
        without_forgotten(settings, settings.people.staff),
        settings.privacy.min_group_size,
        settings.levels.window_weeks,
        settings.levels.regular_weeks,
        settings.levels.core_weeks,
    )


def publish_snapshot(settings: Settings) -> str:
    """Publish the built marts as a new snapshot; return its id, and how persons changed by it."""
    with closing(Snapshot(publish(open_warehouse(settings)))) as snapshot:
        changes = snapshot.person_changes()
        if not changes:
            return snapshot.id
        return (
            f"{snapshot.id} (persons since the snapshot before: {changes.merged} merged into "
            f"others, {changes.split} split off)"
        )
