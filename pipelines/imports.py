"""Import history files into a source: all of their records in one transaction, or nothing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connectors.base import FileOptions, FileReader, Normalize, SourceSettings
from connectors.discovery import file_reader, file_readers
from connectors.facts import NOT_READABLE, TOO_LONG, hidden_facts_of
from connectors.model import Account, Activity, LeftOut, Page, Record
from connectors.privacy import hash_with
from connectors.timestamps import microseconds
from pipelines import forgotten, steps
from pipelines.settings import Settings, SettingsError
from warehouse.email_key import id_key
from warehouse.import_draft import Outcome, Row, draft
from warehouse.landing import Landed, Run, write_run

DRAFT_RECORDS = 10_000
MOST_PLACE = 100


@dataclass(frozen=True)
class Imported:
    """What one import did: what became of the file's rows, and how many records were new."""

    outcome: Outcome
    landed: Landed


def import_files(
    settings: Settings,
    kind: str,
    paths: list[Path],
    name: str,
    report: steps.Reporter = steps.SILENT,
    options: Collection[str] = (),
) -> Imported:
    """Land history files in one transaction: all of it, or after an error nothing.

    `options` are for the reader of the files, written key=value. Raises SettingsError for an
    unknown source, kind or option, BadFile or Changed for the files.
    """
    source = settings.source(name)
    reader_class = file_reader(kind)
    if reader_class is None:
        known = ", ".join(file_readers())
        raise SettingsError(f"{kind!r} is no kind of file. Write one of: {known}")
    if reader_class.platform != source.kind:
        raise SettingsError(
            f"{settings.file}: a {kind} is for a source of the kind {reader_class.platform}, and "
            f"the source {name!r} is of the kind {source.kind}. Name another one with --source"
        )
    reader_options = read_options(reader_class, options)
    warehouse = steps.open_warehouse(settings)
    with warehouse.lock(f"source-{name}", wait=False):
        reader = reader_class(paths, steps.make_context(settings, name, report), source)
        reader.options = reader_options
        return _import(settings, reader, set(settings.people.bots))


@dataclass
class _Acts:
    """When the first and the last act of an import happened, of those that can have by `now`."""

    now: int
    first: int | None = None
    last: int | None = None

    def add(self, moment: int) -> None:
        """Note the time of an act."""
        self.first = moment if self.first is None else min(self.first, moment)
        self.last = moment if self.last is None else max(self.last, moment)

    def covered(self, stretches: Sequence[tuple[int, int]]) -> list[dict[str, datetime]]:
        """Return the times that files cover; one row with a wrong clock covers nothing more.

        Where files say that they begin before all time or end in the future, the first or the last
        act counts instead.
        """
        found = []
        for begin, end in stretches:
            first = begin if begin >= 0 else self.first
            last = end if end <= self.now else (self.last or self.now) + 1
            if first is not None and first < last:
                times = (steps.utc_time(first), steps.utc_time(last))
                found.append(dict(zip(("covered_from", "covered_to"), times, strict=True)))
        return found


@dataclass
class _Unreadable:
    """How many records of an import become no facts, for nobody can read them, and the first."""

    records: int = 0
    first: str = ""

    def add(self, page: Page, key: str) -> None:
        """Note a record."""
        self.records += 1
        self.first = self.first or ascii(" ".join(filter(None, (page.stream, page.partition, key))))

    def __str__(self) -> str:
        return (
            f"{self.records} records cannot be read and are left out, the first is "
            f"{self.first[:MOST_PLACE]}. The others are landed"
        )


def _import(settings: Settings, reader: FileReader[SourceSettings], bots: set[str]) -> Imported:
    source, warehouse = reader.settings, steps.open_warehouse(settings)
    normalize = partial(
        hidden_facts_of, steps.connector_class(source.kind), hash_with(id_key(warehouse))
    )
    run = Run(source.name, "import", steps.utc_now())
    acts = _Acts(microseconds(run.started_at.replace(tzinfo=UTC)))
    unreadable = _Unreadable()
    forgetter = forgotten.forgetter_of(settings, source.name)
    with draft(warehouse, source.name) as drafted:
        rows: list[Row] = []
        for page in map(forgetter.page, reader.pages()):
            page = replace(page, as_of=min(page.as_of, acts.now))  # No file is from the future.
            if page.covers is not None:
                drafted.add_list(page, reader.are_whole)
            rows += _rows(normalize, reader, page, bots, acts, unreadable)
            if len(rows) >= DRAFT_RECORDS:
                drafted.add(rows)
                rows.clear()
        drafted.add(rows)
        outcome = drafted.outcome(bots, reader.skipped)
        if unreadable.records:
            reader.context.warn(f"{source.name}: {unreadable}")
        if forgetter.new:
            forgotten.rid_of_found(warehouse, forgetter, ())
            drafted.rewrite(forgetter.page)
        with warehouse.landing() as con:
            landed = drafted.land(con)
            run.finished_at = steps.utc_now()
            run.covered = acts.covered(reader.covered)
            write_run(con, run)
        for doubt in drafted.doubts:
            day = steps.utc_time(doubt.as_of).date()
            reader.context.warn(
                f"{doubt.partition or source.name}: {doubt.missing} of {doubt.before} are not on "
                f"the list of {day} any more. It is taken for a part of the list, and nobody has "
                "left. If it is all of it: --set whole=yes"
            )
    return Imported(outcome, landed)


def _rows(
    normalize: Normalize,
    reader: FileReader[SourceSettings],
    page: Page,
    bots: set[str],
    acts: _Acts,
    unreadable: _Unreadable,
) -> Iterator[Row]:
    """Yield a row per record: what it became, whose it is, or why it was left out.

    Adds the accounts that are bots to `bots`, the times of what was done to `acts`, and what
    cannot be read to `unreadable`.
    """
    source = reader.settings.name
    for raw in page.records:
        key, payload = raw.key, raw.payload.decode()
        record = Record(page.stream, page.partition, key, payload, page.as_of, None, acts.now)
        taken = reason = None
        for fact in normalize(source, record):
            if isinstance(fact, LeftOut):
                reason = reason or fact.reason
            elif isinstance(fact, reader.taken_as):
                taken = taken or fact
            if isinstance(fact, Activity):
                acts.add(fact.occurred_at)
            if isinstance(fact, Account):
                is_bot = fact.is_bot or f"{source}:{fact.handle}" in bots
                bots.update({fact.account_id} if is_bot else ())
        if reason in (NOT_READABLE, TOO_LONG):
            unreadable.add(page, key)
        reason = None if page.stream in reader.beside_rows else reason
        account_id = getattr(taken, "account_id", None)
        is_taken = taken is not None
        yield Row(
            page.stream, page.partition, key, page.as_of, payload, is_taken, account_id, reason
        )


def read_options(reader: type[FileReader[SourceSettings]], pairs: Collection[str]) -> FileOptions:
    """Return the options written key=value; `columns.name=value` is a key in a table.

    Raises SettingsError with every mistake and the keys that there are.
    """
    known = ", ".join(reader.options_model.model_fields) or "none"
    keys: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        table, dot, name = key.strip().partition(".")
        target = keys.setdefault(table, {}) if dot else keys
        if not equals or not isinstance(target, dict):
            raise SettingsError(f"--set {pair}: write key=value. {reader.kind} knows: {known}")
        target[name if dot else table] = value.strip()
    try:
        return reader.options_model.model_validate(keys)
    except ValidationError as error:
        mistakes = [f"--set {_message(detail)}" for detail in error.errors()]
        raise SettingsError("\n".join([*mistakes, f"{reader.kind} knows: {known}"])) from error


def _message(detail: Any) -> str:
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{key}: there is no such option"
    return f"{key}: {detail['msg'].removeprefix('Value error, ')}"
