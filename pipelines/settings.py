"""`vitals.toml` as one typed object; every mistake in it is reported at once."""

import os
import re
import tomllib
from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from connectors.base import SourceSettings
from connectors.discovery import connector, connectors
from connectors.redaction import keep_secret
from dashboard.roles import Access

DEFAULT_PATH = "vitals.toml"


class SettingsError(Exception):
    """The configuration is wrong; lists every mistake with its file, key, and what to do."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Community(_Table):
    name: str = Field(min_length=1)
    timezone: str = "UTC"

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"{value!r} is no time zone. Write one like Africa/Lagos or UTC"
            ) from None
        return value


class WarehouseTable(_Table):
    path: str = "data/vitals.duckdb"


class Privacy(_Table):
    store_text: bool = False
    min_group_size: int = Field(default=5, ge=1)


class People(_Table):
    bots: list[str] = []
    staff: list[str] = []
    file: str = "people.toml"


class Levels(_Table):
    """How many of the last `window_weeks` a regular and a core member were active in."""

    window_weeks: int = Field(default=12, ge=1)
    regular_weeks: int = Field(default=4, ge=1)
    core_weeks: int = Field(default=9, ge=1)


class Sponsorship(_Table):
    """What a sponsor paid for: the events from one day to before another, and how much.

    `events` are ids of events, `groups` names or ids of the groups that hold them; where neither
    they nor `sources` are named, it is everything.
    """

    sponsor: str = Field(min_length=1, max_length=200)
    start: date = Field(alias="from")
    end: date = Field(alias="to")
    events: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    amount: Decimal = Field(ge=0, max_digits=15, decimal_places=2)
    currency: str
    logo: str | None = None

    @field_validator("currency")
    @classmethod
    def _is_code(cls, value: str) -> str:
        if not re.fullmatch("[A-Z]{3}", value):
            raise ValueError(f"{value!r} is no currency. Write its three letters, like EUR or NGN")
        return value

    @model_validator(mode="after")
    def _has_days(self) -> "Sponsorship":
        if self.end <= self.start:
            raise ValueError("`to` is the first day after it, so it must be later than `from`")
        return self


class ReportTable(_Table):
    """How the sponsors' reports look: paper, the locale of numbers, a logo, a folder of fonts."""

    paper: Literal["a4", "us-letter"] = "a4"
    locale: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")
    logo: str | None = None
    fonts: str | None = None


class Settings(_Table):
    """One community's configuration. `file` is where it was read from."""

    file: Path
    community: Community
    warehouse: WarehouseTable = WarehouseTable()
    privacy: Privacy = Privacy()
    people: People = People()
    levels: Levels = Levels()
    access: Access = Access()
    sources: tuple[SourceSettings, ...] = ()
    report: ReportTable = ReportTable()
    sponsors_file: str | None = None
    sponsorships: tuple[Sponsorship, ...] = ()

    @property
    def warehouse_path(self) -> Path:
        """Where the warehouse lies; a relative path starts at the configuration's folder."""
        return (self.file.parent / self.warehouse.path).resolve()

    @property
    def people_path(self) -> Path:
        """Where the decisions about who is who lie; they need not be there."""
        return (self.file.parent / self.people.file).resolve()

    @property
    def secrets_path(self) -> Path:
        """Where the secrets of signing in lie: Streamlit's own file, beside the configuration."""
        return self.file.parent.absolute() / ".streamlit" / "secrets.toml"

    def source(self, name: str) -> SourceSettings:
        """Return the source of this name. Raises SettingsError for an unknown one."""
        for source in self.sources:
            if source.name == name:
                return source
        names = ", ".join(source.name for source in self.sources) or "none"
        raise SettingsError(
            f"{self.file}: there is no source called {name!r}. The configured sources are: {names}"
        )


def load(
    given: Path | None = None,
    *,
    tokens_of: Collection[str] | None = None,
    read_block: Callable[[str], str] | None = None,
) -> Settings:
    """Read and check the file given, else $VITALS_CONFIG, else ./vitals.toml.

    `read_block` returns the value of a Secret block. Raises SettingsError with all mistakes. A
    variable that is not set is one only for the sources `tokens_of` (empty: for all), since
    importing and reading need no token; it is listed with other mistakes.
    """
    path = given or Path(os.environ.get("VITALS_CONFIG") or DEFAULT_PATH)
    if not path.is_file():
        raise SettingsError(
            f"{path}: there is no such file. Run `vitals init` to write one, "
            "or name yours with --config"
        )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: it is not valid TOML: {error}") from error
    sources = _Sources(read_block)
    mistakes = sources.mistakes
    tables = content.pop("sources", [])
    if not isinstance(tables, list):
        mistakes.append("sources: write each source under its own [[sources]] heading")
        tables = []
    read = [sources.source(number, table) for number, table in enumerate(tables, start=1)]
    named = [table.get("name") for table in tables if isinstance(table, dict)]
    names = [name for name in named if isinstance(name, str)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        mistakes.append(f"[[sources]] name: {name!r} is used twice. Give each source its own name")
    content["sponsorships"] = _sponsorships(path, content, names, mistakes)
    settings = None
    try:
        content |= {"file": path, "sources": tuple(filter(None, read))}
        settings = Settings.model_validate(content)
    except ValidationError as error:
        mistakes[:0] = [mistake_of("", detail) for detail in error.errors()]
    missing = sources.missing_of(tokens_of or ())
    if settings is None or mistakes or (missing and tokens_of is not None):
        raise SettingsError("\n".join(f"{path}: {line}" for line in mistakes + missing))
    return settings


def _sponsorships(
    path: Path, content: dict[str, Any], sources: Collection[str], mistakes: list[str]
) -> list[Sponsorship]:
    """Return the sponsorships of the configuration and of the file that it names."""
    listed = [("", content.pop("sponsorships", []))]
    name = content.get("sponsors_file")
    if isinstance(name, str):
        try:
            inner = tomllib.loads((path.parent / name).read_text(encoding="utf-8"))
        except OSError as error:
            mistakes.append(f"sponsors_file: {name} cannot be read: {error.strerror}")
            inner = {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            mistakes.append(f"sponsors_file: {name} is not valid TOML: {error}")
            inner = {}
        listed.append((f"{name}: ", inner.pop("sponsorships", [])))
        for key in inner:
            mistakes.append(f"{name}: {key}: this key is not known. It holds [[sponsorships]] only")
    found = []
    for prefix, tables in listed:
        if not isinstance(tables, list):
            where = f"{prefix}sponsorships"
            mistakes.append(f"{where}: write each one under its own [[sponsorships]] heading")
            continue
        for number, table in enumerate(tables, start=1):
            where = f"{prefix}[[sponsorships]] {number}: "
            try:
                sponsorship = Sponsorship.model_validate(table)
            except ValidationError as error:
                mistakes += [mistake_of(where, detail) for detail in error.errors()]
                continue
            for source in sorted(set(sponsorship.sources) - set(sources)):
                mistakes.append(f"{where}sources: {source!r} is no source of this configuration")
            found.append(sponsorship)
    return found


def mistake_of(prefix: str, detail: Any) -> str:
    """Say which key is wrong and how, but not its value, which might be a token.

    `detail` is one of pydantic's ValidationError; `prefix` ends with a colon and a space.
    """
    key = ".".join(str(part) for part in detail["loc"])
    where = f"{prefix}{key}".removesuffix(": ")
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"{where}: this key is not known. Remove it, or look for a misspelling"
    if kind == "missing":
        return f"{where}: this key is missing. Add it"
    return f"{where}: {detail['msg'].removeprefix('Value error, ')}"


class _Sources:
    """Reads the tables of sources, and collects the mistakes and the missing variables in them."""

    def __init__(self, read_block: Callable[[str], str] | None) -> None:
        self._read_block = read_block
        self.mistakes: list[str] = []
        self._missing: list[tuple[object, str]] = []

    def missing_of(self, names: Collection[str]) -> list[str]:
        """Return a line for each variable that is not set of the named sources, or of all."""
        return [line for name, line in self._missing if not names or name in names]

    def source(self, number: int, table: Any) -> SourceSettings | None:
        """Return the settings of one table; None where it has a mistake."""
        name = table.get("name") if isinstance(table, dict) else None
        prefix = f"[[sources]] {name or number}: "
        if not isinstance(table, dict):
            self.mistakes.append(f"{prefix}this is not a table. Write [[sources]] above its keys")
            return None
        kind = table.get("kind")
        platform = connector(kind) if isinstance(kind, str) else None
        if platform is None:
            known = ", ".join(connectors())
            self.mistakes.append(f"{prefix}kind: {kind!r} is not known. Write one of: {known}")
            return None
        table = dict(table)
        secret_keys = [
            key
            for key, field in platform.settings_model.model_fields.items()
            if "SecretStr" in str(field.annotation) and key in table
        ]
        for key in secret_keys:
            table[key] = self._secret(name, f"{prefix}{key}", table[key])
        try:
            return platform.settings_model.model_validate(table)
        except ValidationError as error:
            self.mistakes += [mistake_of(prefix, detail) for detail in error.errors()]
            return None

    def _secret(self, source: object, where: str, reference: Any) -> SecretStr | None:
        """Return the secret that is referred to; an empty one where its value is not at hand."""
        scheme, _, name = str(reference).partition(":")
        if scheme == "env" and name:
            value = os.environ.get(name, "").strip()
            keep_secret(value)
            if not value:
                line = f"{where}: the variable {name} is not set. Set it: export {name}=…"
                self._missing.append((source, line))
            return SecretStr(value)
        if scheme == "prefect" and name:
            try:
                value = self._read_block(name) if self._read_block else ""
                keep_secret(value)
                return SecretStr(value)
            except SettingsError as error:
                self._missing.append((source, f"{where}: {error}"))
                return SecretStr("")
        self.mistakes.append(
            f"{where}: a secret does not belong in this file. Write env:NAME to take it from a "
            "variable, or prefect:BLOCK for a Prefect Secret block"
        )
        return None
