"""GH Archive (gharchive.org): hours of everything on GitHub, one JSON event per line.

Rows of other repositories are left out while reading. Since 2025-10-07 the payloads are trimmed:
pushes come without their commits, pull requests without their author and times.
"""

import gzip
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec

from connectors.base import BadFile, Changed, Context, FileReader
from connectors.files.tables import text_files
from connectors.github import GitHubSettings
from connectors.github.archive import events
from connectors.github.records import Person, Repository, raw
from connectors.model import Page, Raw
from connectors.timestamps import microseconds

ENDINGS = (".json.gz", ".json", ".jsonl", ".ndjson", ".gz")
HOUR = re.compile(r"(\d{4}-\d\d-\d\d)-(\d{1,2})\.")
MOST_LINE_BYTES = 1 << 26
FIRST_YEAR = "2015"
BEFORE_2015 = "a row of the layout before 2015"
GZIP_MAGIC = b"\x1f\x8b"
EVENTS_PER_PAGE = 20_000
ADVICE = "Download this hour again, or leave the file out"
UNREADABLE = (OSError, EOFError, zlib.error)


class Head(msgspec.Struct, frozen=True):
    """What tells whether a row is wanted. Before 2015 rows had other layouts."""

    repo: events.EventRepository | None = None
    created_at: object = None


_heads = msgspec.json.Decoder(Head)
_events = msgspec.json.Decoder(events.Event)


class GitHubArchive(FileReader[GitHubSettings]):
    """Hours of GH Archive; the events of the source's repositories are taken."""

    kind = "github-archive"
    platform = "github"

    def __init__(self, paths: list[Path], context: Context, settings: GitHubSettings) -> None:
        super().__init__(paths, context, settings)
        names = [name.lower() for name in settings.repositories]
        self._names = {name for name in names if not name.endswith("/*")}
        self._organisations = {name.removesuffix("/*") for name in names if name.endswith("/*")}
        self._ids: set[int] = set()
        self._newest = 0

    def pages(self) -> Iterator[Page]:
        """Yield hour by hour in the order of time, whatever the order of the paths."""
        files = sorted((f for path in self.paths for f in text_files(path, ENDINGS)), key=_hour)
        for number, path in enumerate(files):
            self.context.progress("hours", number, len(files))
            yield from self._file(path)
        self.context.progress("hours", len(files), len(files))

    def _file(self, path: Path) -> Iterator[Page]:
        found: dict[tuple[str, str], list[Raw]] = defaultdict(list)
        met: dict[str, Person] = {}
        for number, event in enumerate(self._wanted(path), start=1):
            partition = str(event.repo.id)
            self._newest = max(self._newest, microseconds(event.created_at))
            address = f"https://github.com/{event.repo.name}"
            repository = Repository(event.repo.id, event.repo.name, address)
            found["repositories", ""].append(raw(event.repo.id, repository))
            for stream, record, people in (*self._activities(event), *events.item_states(event)):
                found[stream, partition].append(record)
                met |= {person.login: person for person in people}
            if number % EVENTS_PER_PAGE == 0:
                yield from self._pages(found, met)
        yield from self._pages(found, met)

    def _pages(
        self, found: dict[tuple[str, str], list[Raw]], met: dict[str, Person]
    ) -> Iterator[Page]:
        yield Page("people", "", [raw(p.login, p) for p in met.values()], self._newest)
        for (stream, partition), records in found.items():
            yield Page(stream, partition, records, self._newest)
        found.clear()
        met.clear()

    def _wanted(self, path: Path) -> Iterator[events.Event]:
        """Yield the events of the source's repositories; the others are counted.

        A broken line is an error: it might be an event of them.
        """
        is_before_2015 = "" < _hour(path)[0] < FIRST_YEAR
        for number, line in _lines(path):
            try:
                head = _heads.decode(line)
                if head.repo is None or str(head.created_at) < FIRST_YEAR:
                    self.leave_out(BEFORE_2015)
                elif not self._is_wanted(head.repo):
                    self.leave_out("another repository")
                else:
                    yield _events.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                if is_before_2015:
                    self.leave_out(BEFORE_2015)
                    continue
                if isinstance(error, msgspec.ValidationError):
                    raise Changed(
                        f"line {number} has an unknown shape: {error}",
                        where=str(path),
                        advice="Update community-vitals, or report this line",
                    ) from error
                raise BadFile(
                    f"line {number} is broken: {error}", where=str(path), advice=ADVICE
                ) from error

    def _is_wanted(self, repository: events.EventRepository) -> bool:
        """Whether the source names it. One that is renamed later stays wanted."""
        name = repository.name.lower()
        if name in self._names:
            self._ids.add(repository.id)
        return repository.id in self._ids or name.partition("/")[0] in self._organisations

    def _activities(self, event: events.Event) -> list[events.EventRecord]:
        """Return the records of what was done; an event without an activity is counted."""
        parse = events.PARSERS.get((event.type, event.payload.action))
        if parse is not None:
            return [parse(event)]
        if commits := events.pushed_commits(event, self.context.hash_private):
            return commits
        is_push = event.type == "PushEvent"
        what = "push that tells no commits" if is_push else event.type
        self.leave_out(" ".join(filter(None, (what, event.payload.action))))
        return []


def _hour(path: Path) -> tuple[str, int, str]:
    """The date and hour in a file's name; GH Archive writes hours without a leading zero."""
    found = HOUR.match(path.name)
    return (found[1], int(found[2]), path.name) if found else ("", 0, path.name)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, each with its number.

    Browsers unpack files and keep the name, so the first bytes tell whether it is packed.
    """
    try:
        with path.open("rb") as file:
            is_packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        with gzip.open(path) if is_packed else path.open("rb") as file:
            number = 0
            while line := file.readline(MOST_LINE_BYTES):
                number += 1
                if len(line) == MOST_LINE_BYTES:
                    what = f"line {number} is too long to be an event"
                    raise BadFile(what, where=str(path), advice=ADVICE)
                if line.strip():
                    yield number, line
    except UNREADABLE as error:
        raise BadFile(f"it cannot be read: {error}", where=str(path), advice=ADVICE) from error
