"""Decisions about who is who: `people.toml` beside the configuration.

It is written by `vitals people`, by the page People and by hand. What a program adds leaves the
rest of the file as it is, comments too.
"""

import getpass
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tomlkit.exceptions import TOMLKitError

from connectors.redaction import quoted
from pipelines.settings import Settings, SettingsError, mistake_of
from warehouse.configuration import Decision
from warehouse.db import Warehouse
from warehouse.files import replace

What = Literal["merge", "split", "reject", "bot", "not-bot", "undo"]
LEAST_ACCOUNTS = {"merge": 2, "split": 1, "reject": 2, "bot": 1, "not-bot": 1, "undo": 0}
MOST_BYTES = 10_000_000
HEADING = re.compile(r"\s*\[\[\s*decisions\s*\]\]")
ACCOUNTS = re.compile(r"""[\w.-]+:[^\s"',\[\]()]+""")
WORDS = re.compile(r"(?<![\w:.-])[\w.-]{4,}")
AFTER_NAMES = ".:;!?"  # in a sentence
MOST_COMMON = 3

FIRST_LINES = """\
# Who is who: decisions about the accounts of people, the latest at the end.
# `vitals people` and the page People write here; so may you. `vitals build` reads it.
"""


class _Table(BaseModel):
    """One [[decisions]] of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int | None = Field(default=None, ge=1, le=1_000_000_000)
    what: What
    accounts: list[str] = Field(default=[], max_length=1000)
    undoes: int | None = None
    by: str | None = None
    at: datetime | date | None = None
    why: str | None = None


def read(settings: Settings) -> list[Decision]:
    """Return the decisions, by number; one without a number comes after those before it.

    Raises SettingsError with every mistake in the file.
    """
    path = settings.people_path
    text = _text(path)
    tables = _tables(path, text)
    lines = _lines(text, len(tables))
    mistakes: list[str] = []
    found: dict[int, Decision] = {}
    line_of: dict[int, str] = {}
    for place, table in enumerate(tables, start=1):
        line = lines[place - 1]
        where = f"{path}: {line}[[decisions]] {place}"
        try:
            given = _Table.model_validate(table)
        except ValidationError as error:
            mistakes += [mistake_of(f"{where}: ", detail) for detail in error.errors()]
            continue
        number = given.number or max(found, default=0) + 1
        if number in found:
            mistakes.append(f"{where}: number {number} is used twice. Give one of them another")
        least = LEAST_ACCOUNTS[given.what]
        if len(set(given.accounts)) < least:
            mistakes.append(
                f"{where}: accounts: {given.what} needs at least {least} different ones"
            )
        if (given.what == "undo") != (given.undoes is not None):
            mistakes.append(f"{where}: undoes: an undo, and nothing else, names a decision there")
        at = _in_utc(given.at)
        line_of[number] = line
        found[number] = Decision(
            number, at, given.by, given.what, given.accounts, given.why, given.undoes
        )
    for decision in found.values():
        where = f"{path}: {line_of[decision.number]}decision {decision.number}"
        if decision.undoes is not None and not decision.undoes < decision.number:
            mistakes.append(f"{where}: undoes: it can only undo one before it")
        elif decision.undoes is not None and decision.undoes not in found:
            mistakes.append(
                f"{where}: undoes: there is no decision {decision.undoes}. Remove this one, or "
                "name another"
            )
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return _in_force([found[number] for number in sorted(found)])


def _in_force(decisions: Sequence[Decision]) -> list[Decision]:
    """Mark what is undone; an undo that is undone itself undoes nothing."""
    undone: set[int] = set()
    for decision in reversed(decisions):
        if decision.undoes is not None and decision.number not in undone:
            undone.add(decision.undoes)
    return [
        Decision(**{**vars(decision), "is_undone": decision.number in undone})
        for decision in decisions
    ]


def next_decision(
    known: Sequence[Decision],
    what: What,
    accounts: Sequence[str] = (),
    *,
    why: str | None = None,
    undoes: int | None = None,
    by: str | None = None,
) -> Decision:
    """Return a decision that is made now; nothing is written yet."""
    number = max((decision.number for decision in known), default=0) + 1
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return Decision(number, now, by or getpass.getuser(), what, list(accounts), why, undoes)


def with_one_more(known: Sequence[Decision], new: Decision) -> list[Decision]:
    """Return the decisions as they are once a new one is written."""
    return _in_force([*known, new])


def write(settings: Settings, warehouse: Warehouse, new: Decision) -> None:
    """Add a decision at the end of the file. All of it is written, or nothing.

    Raises SettingsError where somebody else has written a decision since `new` was made.
    """
    path = settings.people_path
    with warehouse.lock("decisions"):
        if any(decision.number >= new.number for decision in read(settings)):
            raise SettingsError(
                f"{path}: somebody else has decided something meanwhile. Look at "
                "`vitals people decisions`, and run it again"
            )
        try:
            document = tomlkit.parse(_text(path) or FIRST_LINES)
        except TOMLKitError as error:
            raise SettingsError(f"{path}: it is not valid TOML: {quoted(str(error))}") from error
        if "decisions" not in document:
            document.append("decisions", tomlkit.aot())
        document["decisions"].append(_as_table(new))
        draft = path.with_name(f"{path.name}.tmp")
        try:
            draft.write_text(tomlkit.dumps(document), encoding="utf-8")
            if path.exists():
                draft.chmod(path.stat().st_mode)
            replace(path, draft)
        finally:
            draft.unlink(missing_ok=True)


def forget(
    settings: Settings, warehouse: Warehouse, pseudonyms_of: Callable[[list[str]], list[str]]
) -> int:
    """Put pseudonyms in the place of forgotten accounts; return in how many decisions.

    The reasons of these go, and the reasons and comments that name such an account.
    """
    with warehouse.lock("decisions"):
        text = _text(settings.people_path)
        named = sorted(set(_accounts_in(settings, text)))
        pseudonyms = dict(zip(named, pseudonyms_of(named), strict=True))

        def names_one(words: str) -> bool:
            return any(pseudonyms[name] != name for name in _accounts_in(settings, words))

        return _rewrite(settings.people_path, text, names_one, pseudonyms)


def _accounts_in(settings: Settings, text: str) -> Iterator[str]:
    """Yield what may be an account in a text: `source:name`, and each word on every source."""
    yield from (name.rstrip(AFTER_NAMES) for name in ACCOUNTS.findall(text))
    for word in WORDS.findall(text):
        yield from (f"{source.name}:{word.rstrip(AFTER_NAMES)}" for source in settings.sources)


def drop_words_about(settings: Settings, warehouse: Warehouse, called: Collection[str]) -> None:
    """Remove the reasons of decisions about a person, and what calls them like this.

    The decisions stay as they are. Names of fewer than MOST_COMMON characters are also words.
    """
    names = [re.escape(words) for words in called if len(words) > MOST_COMMON]
    named = re.compile(rf"(?<![\w-])(?:{'|'.join(names)})(?![\w-])", re.IGNORECASE)
    with warehouse.lock("decisions"):
        text = _text(settings.people_path)
        _rewrite(settings.people_path, text, lambda words: bool(named.search(words)), {})


def _rewrite(
    path: Path, text: str, names_one: Callable[[str], bool], pseudonyms: Mapping[str, str]
) -> int:
    """Write the file without reasons and comments that name somebody; return in how many decisions
    an account was replaced. A file in which there is nothing to do stays as it is.
    """
    if not names_one(text):
        return 0
    document, replaced = tomlkit.parse(text), 0
    for table in document.get("decisions", []):
        names = [str(name) for name in table.get("accounts", [])]
        new = [pseudonyms.get(name, name) for name in names]
        if new != names:
            table["accounts"] = new
            replaced += 1
        if any(map(names_one, names)) or names_one(str(table.get("why", ""))):
            table.pop("why", None)
        for item in (table, *table.values()):
            if names_one(item.trivia.comment):
                item.comment("")
    lines = tomlkit.dumps(document).splitlines(keepends=True)
    kept = [line for line in lines if not (line.lstrip().startswith("#") and names_one(line))]
    draft = path.with_name(f"{path.name}.tmp")
    try:
        draft.write_text("".join(kept), encoding="utf-8")
        draft.chmod(path.stat().st_mode)
        replace(path, draft)
    finally:
        draft.unlink(missing_ok=True)
    return replaced


def _as_table(decision: Decision) -> tomlkit.items.Table:
    table = tomlkit.table().indent(0)
    table.trivia.indent = "\n"
    table["number"], table["what"] = decision.number, decision.what
    if decision.accounts:
        table["accounts"] = list(decision.accounts)
    if decision.undoes is not None:
        table["undoes"] = decision.undoes
    if decision.by:
        table["by"] = decision.by
    if decision.at:
        table["at"] = decision.at.replace(tzinfo=UTC)
    if decision.why:
        table["why"] = decision.why
    return table


def _text(path: Path) -> str:
    """Return what the file holds; nothing where there is none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SettingsError(
                f"{path}: it is larger than {MOST_BYTES:,} bytes. Is it the right file? It is "
                "named by file of [people]"
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: it is not valid UTF-8. Save it as UTF-8") from error


def _tables(path: Path, text: str) -> list[object]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: it is not valid TOML: {error}") from error
    if unknown := sorted(set(content) - {"decisions"}):
        raise SettingsError(
            f"{path}: {quoted(unknown[0])} is not known. Each decision begins with [[decisions]]"
        )
    tables = content.get("decisions", [])
    if not isinstance(tables, list):
        raise SettingsError(f"{path}: decisions: write each one under its own [[decisions]]")
    return tables


def _lines(text: str, tables: int) -> list[str]:
    """Return for each table where its heading is, with a colon; nothing where it has none."""
    numbered = enumerate(text.splitlines(), start=1)
    found = [f"line {number}: " for number, line in numbered if HEADING.match(line)]
    return found if len(found) == tables else [""] * tables


def _in_utc(at: datetime | date | None) -> datetime | None:
    if at is None:
        return None
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day)
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
