"""`vitals init`: a few questions, and a configuration that works."""

from pathlib import Path
from zoneinfo import available_timezones

import typer

from connectors.base import SourceSettings
from connectors.discovery import connectors
from pipelines.settings import SettingsError
from pipelines.terminal import say


def write_configuration(path: Path) -> None:
    """Ask, write the file, and say where each token comes from. Never overwrites a file."""
    if path.exists():
        raise SettingsError(f"{path}: it exists already. Edit it, or move it away first")
    name = typer.prompt("What is your community called?", prompt_suffix=" ", err=True)
    while (timezone := _ask_timezone()) not in available_timezones():
        say(f"{timezone!r} is no time zone. Write one like Africa/Lagos or UTC")
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
            *_own_keys(kind),
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    say(f"{path} is written.")
    for kind in kinds:
        connector = connectors()[kind]
        say(f"{kind}: {connector.token_advice}. Then: export {connector.token_variable}=…")
    say("Then run `vitals check`, `vitals sync` and `vitals dashboard`.")


def _ask_timezone() -> str:
    question = "In which time zone are its days?"
    return str(typer.prompt(question, default="UTC", prompt_suffix=" ", err=True))


def _own_keys(kind: str) -> list[str]:
    """Ask for the keys that only this platform needs, or has a question for."""
    lines = []
    for key, field in connectors()[kind].settings_model.model_fields.items():
        is_asked = field.is_required() or field.description
        if key in SourceSettings.model_fields or not is_asked:
            continue
        question = field.description or f"{kind.capitalize()}: {key}?"
        value = typer.prompt(question, prompt_suffix=" ", err=True)
        if field.annotation is not str:
            value = ", ".join(_text(part) for part in value.replace(",", " ").split())
            lines.append(f"{key} = [{value}]")
        else:
            lines.append(f"{key} = {_text(value.strip())}")
    return lines


def _text(value: str) -> str:
    """A TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
