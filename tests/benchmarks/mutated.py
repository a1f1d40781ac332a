"""Imports of many mutated files of every kind: no trace, no poisoned warehouse, no more memory.

    python -m tests.benchmarks.mutated KIND FIRST LAST FOLDER

imports the mutated files of these numbers (or with FIRST -1 sound ones) in a process of its own,
builds after every hundred, and writes down what was met.
"""

import gzip
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from connectors.base import SourceError
from pipelines import steps
from pipelines.imports import import_files
from pipelines.settings import SettingsError
from tests.benchmarks.configuration import configure
from tests.benchmarks.measure import Row, print_usage, run
from tests.support.odd.files import FILES, KEYS, sound_records
from tests.support.odd.values import HUGE_TEXT

AT_ONCE, FILES_PER_BUILD, MOST_CHANGES = 2, 100, 4
MOST_SOUND_FILES = 500  # with more the peak of sound ones could only be higher
# One of so many files keeps its text of 10 MB: in those nearly every change falls into that text.
FILES_PER_LARGE = 10
PIECES = (
    b"null", b"NaN", b"-1", b"1e999", b"9" * 30, b"9" * 5000, b"[" * 5000, b"{", b"}", b"]",
    b'"', b"\\ud800", b"\0", b"\xff\xfe", b"\n", b"\t", b",",
    b"9999-99-99T99:99:99Z", b"x" * 20_000,
)  # fmt: skip


def rows(files: int = 10_000, kinds: Sequence[str] = tuple(FILES)) -> Iterator[Row]:
    """What mutated files did, and the peak memory against that of sound ones."""
    for kind in kinds:
        half = (files + 1) // 2
        shares = [(0, half), (half, files), (-1, min(half, MOST_SOUND_FILES))]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            *mutated, (_, sound_mib) = pool.map(partial(_run, kind), shares)
        found = sum((counts for counts, _ in mutated), Counter[str]())
        peak_mib = max(mib for _, mib in mutated)
        told = f"{files:,} mutated files of {kind}"
        taken = f"{found['imported']:,} imported, {found['refused']:,} refused"
        for what in ("traces", "poisoned warehouses"):
            yield Row(f"{told}: {what}", f"{found[what]}", taken, found[what], at_most=0)
        memory = f"{told}: peak memory"
        ratio = peak_mib / sound_mib
        yield Row(memory, f"{peak_mib:.0f} MiB", f"sound {sound_mib:.0f} MiB", ratio, at_most=2)


def _run(kind: str, share: tuple[int, int]) -> tuple[Counter[str], float]:
    with tempfile.TemporaryDirectory() as folder:
        usage = run("mutated", kind, str(share[0]), str(share[1]), folder)
        return Counter(json.loads((Path(folder) / "found").read_text())), usage.peak_mib


def mutated(content: bytes, number: int) -> bytes:
    """Return a file with a few pieces replaced, added, moved or cut, by chance of its number."""
    chance = random.Random(number)
    for _ in range(chance.randint(1, MOST_CHANGES)):
        first = chance.randrange(len(content) + 1)
        last = min(len(content), first + chance.choice((0, 1, 4, 50)))
        other = chance.randrange(len(content) + 1)
        piece = chance.choice((*PIECES, content[other : other + 200], b""))
        content = content[:first] + piece + content[last:]
        if chance.random() < 0.02:
            content = content[:first]
    return content


def _import_all(kind: str, first: int, last: int, folder: Path) -> Counter[str]:
    platform, make = FILES[kind]
    settings = configure(folder, platform, *KEYS[platform])
    path, _ = make(folder, sound_records)
    parts = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    large = {part: part.read_bytes() for part in parts}
    small = {part: content.replace(HUGE_TEXT.encode(), b"x") for part, content in large.items()}
    found: Counter[str] = Counter()
    for number in range(max(first, 0), last):
        sound = small if number % FILES_PER_LARGE else large
        for part, content in sound.items():
            part.write_bytes(content)
        if first >= 0:
            part = parts[number % len(parts)]
            part.write_bytes(_mutated_file(part, sound[part], number))
        try:
            import_files(settings, kind, [path], platform)
            found["imported"] += 1
        except (SourceError, SettingsError):
            found["refused"] += 1
        except Exception as error:
            print(f"{kind} {number}: {error!r}", file=sys.stderr)
            found["traces"] += 1
        if number % FILES_PER_BUILD == 0 or number == last - 1:
            try:
                steps.build(settings)
            except Exception as error:
                print(f"{kind} {number}: the build: {error!r}", file=sys.stderr)
                found["poisoned warehouses"] += 1
    return found


def _mutated_file(path: Path, content: bytes, number: int) -> bytes:
    """Mutate what a packed file holds as often as the file itself."""
    if path.suffix == ".gz" and number % 2:
        return gzip.compress(mutated(gzip.decompress(content), number))
    return mutated(content, number)


if __name__ == "__main__":
    _, name, first_number, last_number, folder_name = sys.argv
    spent = time.process_time()
    met = _import_all(name, int(first_number), int(last_number), Path(folder_name))
    (Path(folder_name) / "found").write_text(json.dumps(met))
    print_usage(spent)
