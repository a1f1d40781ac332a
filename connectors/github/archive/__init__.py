"""GH Archive (gharchive.org): hours of everything on GitHub, one JSON event per line.

Rows of other repositories are left out while reading. Since 2025-10-07 the payloads are trimmed:
pushes come without their commits, pull requests without their author and times, forks without the
repository that was forked.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from connectors.base import BadFile, Changed, Context, FileReader
from connectors.files.tables import text_files
from connectors.github import GitHubSettings
from connectors.github.archive import events
from connectors.github.archive.rows import (
    ADVICE,
    FIRST_YEAR,
    Coverage,
    Head,
    hour_of,
    lines,
    read_head,
)
from connectors.github.records import Repository, person_key, raw
from connectors.model import Page, Raw
from connectors.timestamps import microseconds

ENDINGS = (".json.gz", ".json", ".jsonl", ".ndjson", ".gz")
BEFORE_2015 = "a row of the layout before 2015"
BROKEN = "a broken row"
UNKNOWN_SHAPE = "a row of an unknown shape"
FUTURE = "a row that is dated in the future"
FORK_OF_UNKNOWN = "a fork that does not tell of which repository"
REASON = re.compile(r"[A-Za-z_ ]{1,80}")  # what GitHub calls an event and its action
EVENTS_PER_PAGE = 20_000

_events = msgspec.json.Decoder(events.Event)
# The records of one stream and partition in one hour, each with the time of its event.
Found = dict[tuple[datetime, str, str], list[tuple[datetime, Raw]]]


class GitHubArchive(FileReader[GitHubSettings]):
    """Hours of GH Archive; the events of the source's repositories are taken."""

    kind = "github-archive"
    platform = "github"
    beside_rows = ("repositories", "people", "states")

    def __init__(self, paths: list[Path], context: Context, settings: GitHubSettings) -> None:
        super().__init__(paths, context, settings)
        names = [name.lower() for name in settings.repositories]
        self._names = {name for name in names if not name.endswith("/*")}
        self._organisations = {name.removesuffix("/*") for name in names if name.endswith("/*")}
        self._ids: set[int] = set()
        self._newest = 0
        self._now = datetime.now(UTC)

    def pages(self) -> Iterator[Page]:
        """Yield the files in the order of their hours, whatever the order of the paths."""
        files = sorted((f for path in self.paths for f in text_files(path, ENDINGS)), key=hour_of)
        for number, path in enumerate(files):
            self.context.progress("hours", number, len(files))
            yield from self._file(path)
        yield Page("people", "", [], self._newest)
        self.context.progress("hours", len(files), len(files))

    def _file(self, path: Path) -> Iterator[Page]:
        found: Found = defaultdict(list)
        for number, event in enumerate(self._wanted(path), start=1):
            at = event.created_at
            hour = at.replace(minute=0, second=0, microsecond=0)
            partition = str(event.repo.id)
            address = f"https://github.com/{event.repo.name}"
            repository = Repository(event.repo.id, event.repo.name, address)
            found[hour, "repositories", ""].append((at, raw(event.repo.id, repository)))
            for stream, record, people in (*self._activities(event), *events.item_states(event)):
                found[hour, stream, partition].append((at, record))
                for person in people:
                    found[hour, "people", ""].append((at, raw(person_key(person), person)))
            if number % EVENTS_PER_PAGE == 0:
                yield from self._pages(found)
        yield from self._pages(found)

    def _pages(self, found: Found) -> Iterator[Page]:
        """Yield a page for each hour, stream and partition: its last copy of a record counts."""
        for (_, stream, partition), dated in sorted(found.items(), key=lambda item: item[0]):
            dated.sort()
            as_of = microseconds(dated[-1][0])
            self._newest = max(self._newest, as_of)
            records = [record for _, record in dated]
            if stream in ("people", "repositories"):
                records = _distinct(records)
            yield Page(stream, partition, records, as_of)
        found.clear()

    def _wanted(self, path: Path) -> Iterator[events.Event]:
        """Yield the events of the source's repositories; all other rows are counted.

        Raises BadFile where no row is an event.
        """
        coverage = Coverage(path)
        is_event = is_broken = False
        for line in lines(path):
            head = read_head(line)
            is_broken = head is None
            if head is None:
                self.leave_out(BROKEN)
                continue
            is_event = True
            if head.repo is None or head.created_at < FIRST_YEAR:
                self.leave_out(BEFORE_2015)
                continue
            is_wanted = self._is_wanted(head)
            coverage.note(head.created_at, is_wanted)
            if not is_wanted:
                self.leave_out("another repository")
            elif event := self._event(line):
                yield event
        if is_broken and not is_event:
            raise BadFile("no row of it is an event of GH Archive", where=str(path), advice=ADVICE)
        # A file that ends within a row may have been longer.
        for begin, end in [] if is_broken else coverage.intervals():
            self.covers(begin, end)

    def _event(self, line: bytes) -> events.Event | None:
        try:
            event = _events.decode(line)
            if event.created_at > self._now:
                self.leave_out(FUTURE)
            elif events.is_of_the_fork(event):
                self.leave_out(FORK_OF_UNKNOWN)
            else:
                return event
        except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError):
            self.leave_out(UNKNOWN_SHAPE)
        return None

    def _is_wanted(self, head: Head) -> bool:
        """Whether the source names the repository. One that is renamed later stays wanted."""
        repository = head.repo
        if repository is None or repository.id is None or repository.name is None:
            return False
        name = repository.name.lower()
        if name in self._names:
            self._ids.add(repository.id)
        return repository.id in self._ids or name.partition("/")[0] in self._organisations

    def _activities(self, event: events.Event) -> list[events.EventRecord]:
        """Return the records of what was done; an event without an activity is counted."""
        parse = events.PARSERS.get((event.type, event.payload.action))
        if parse is not None:
            try:
                return [parse(event)]
            except Changed:
                self.leave_out(UNKNOWN_SHAPE)
                return []
        if commits := events.pushed_commits(event, self.context.hash_private):
            return commits
        is_push = event.type == "PushEvent"
        what = "push that tells no commits" if is_push else event.type
        reason = " ".join(filter(None, (what, event.payload.action)))
        self.leave_out(reason if REASON.fullmatch(reason) else UNKNOWN_SHAPE)
        return []


def _distinct(records: list[Raw]) -> list[Raw]:
    """Return the last copy of each record; of people that of whom more is known."""
    found = {record.key: record for record in records}
    known = {key.partition("#")[0] for key in found if "#" in key}
    return [record for key, record in found.items() if key not in known]
