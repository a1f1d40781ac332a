"""`vitals init`: a few questions, and a configuration that works."""

from pathlib import Path
from zoneinfo import available_timezones

import typer

from connectors.base import SourceSettings, connectors
from pipelines.settings import SettingsError
from pipelines.terminal import say


def write_configuration(path: Path) -> None:
    """Ask, write the file, and say where each token comes from. Never overwrites a file."""
    if path.exists():
        raise SettingsError(f"{path}: it exists already. Edit it, or move it away first")
    name = typer.prompt("What is your community called?", err=True)
    timezone = typer.prompt("In which time zone are its days?", default="UTC", err=True)
    while timezone not in available_timezones():
        say(f"{timezone!r} is no time zone. Write one like Africa/Lagos or UTC")
        timezone = typer.prompt("In which time zone are its days?", default="UTC", err=True)
    kinds = [
        kind
        for kind in sorted(connectors())
        if typer.confirm(f"Does it talk or work on {kind.capitalize()}?", default=True, err=True)
    ]
    lines = ["[community]", f"name = {_text(name)}", f"timezone = {_text(timezone)}"]
    for kind in kinds:
        variable = connectors()[kind].token_variable
        lines += [
            "",
            "[[sources]]",
            f'name = "{kind}"',
            f'kind = "{kind}"',
            f'token = "env:{variable}"',
            *_more_keys(kind),
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    say(f"{path} is written.")
    for kind in kinds:
        connector = connectors()[kind]
        say(f"{kind}: {connector.token_advice}. Then: export {connector.token_variable}=…")
    say("Then run `vitals check`, `vitals sync` and `vitals dashboard`.")


def _more_keys(kind: str) -> list[str]:
    """Ask for what a source of this kind needs besides a token; several values with commas."""
    fields = connectors()[kind].settings_model.model_fields
    lines = []
    for key, field in fields.items():
        if field.is_required() and key not in SourceSettings.model_fields:
            answer = typer.prompt(f"{kind.capitalize()}: {field.description or key}?", err=True)
            values = [_text(value.strip()) for value in answer.split(",")]
            lines.append(f"{key} = {values[0] if field.annotation is str else _list(values)}")
    return lines


def _list(values: list[str]) -> str:
    return f"[{', '.join(values)}]"


def _text(value: str) -> str:
    """A TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
