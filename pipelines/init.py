"""`vitals init`: a few questions, and a configuration that works."""

import json
from pathlib import Path
from zoneinfo import available_timezones

import typer

from connectors.base import Connector, SourceSettings
from connectors.discovery import connectors
from pipelines.settings import SettingsError
from pipelines.terminal import say
from warehouse.files import replace


def write_configuration(path: Path) -> None:
    """Ask, write the file, and say where each token comes from. Never overwrites a file."""
    if path.exists():
        raise SettingsError(f"{path}: it exists already. Edit it, or move it away first")
    name = typer.prompt("What is your community called?", prompt_suffix=" ", err=True)
    while (timezone := _ask_timezone()) not in available_timezones():
        say(f"{timezone!r} is no time zone. Write one like Africa/Lagos or UTC")
    chosen = [
        connector
        for kind, connector in connectors().items()
        if typer.confirm(f"Does it talk or work on {kind.capitalize()}?", default=True, err=True)
    ]
    lines = ["[community]", f"name = {_quoted(name)}", f"timezone = {_quoted(timezone)}"]
    for connector in chosen:
        lines += [
            "",
            "[[sources]]",
            f'name = "{connector.kind}"',
            f'kind = "{connector.kind}"',
            f'token = "env:{connector.token_variable}"',
            *_ask_keys(connector),
        ]
    draft = path.with_suffix(".tmp")
    try:
        draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
        replace(path, draft)
    finally:
        draft.unlink(missing_ok=True)
    say(f"{path} is written.")
    for connector in chosen:
        token = f"{connector.token_advice}. Then: export {connector.token_variable}=…"
        say(f"{connector.kind}: {token}")
    say("Then run `vitals check`, `vitals sync` and `vitals dashboard`.")


def _ask_timezone() -> str:
    question = "In which time zone are its days?"
    return str(typer.prompt(question, default="UTC", prompt_suffix=" ", err=True))


def _ask_keys(connector: type[Connector[SourceSettings]]) -> list[str]:
    """Ask for the platform's own keys that are required or described; return lines of TOML."""
    lines = []
    for key, field in connector.settings_model.model_fields.items():
        is_asked = field.is_required() or field.description
        if key in SourceSettings.model_fields or not is_asked:
            continue
        question = field.description or f"{connector.kind.capitalize()}: {key}?"
        value = typer.prompt(question, prompt_suffix=" ", err=True)
        if field.annotation is str:
            lines.append(f"{key} = {_quoted(value.strip())}")
        else:
            items = ", ".join(_quoted(item) for item in value.replace(",", " ").split())
            lines.append(f"{key} = [{items}]")
    return lines


def _quoted(value: str) -> str:
    """A string of TOML, which escapes as JSON does."""
    return json.dumps(value, ensure_ascii=False)
