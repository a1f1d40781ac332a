"""What a user says about a file with --set, as the options of its reader."""

from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from connectors.base import FileOptions, FileReader, SourceSettings
from pipelines.settings import SettingsError


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
