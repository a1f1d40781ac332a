"""Whether a dashboard can sign people in: its providers and their secrets, before it is served."""

import stat
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.settings import Settings, SettingsError
from pipelines.terminal import say
from warehouse.files import FOR_OTHERS

CALLBACK = "/oauth2callback"
LEAST_SECRET_CHARACTERS = 16
PROVIDER_KEYS = ("client_id", "client_secret", "server_metadata_url")
HELP = "docs/access.md has an example"


def expect_somebody_may_come(settings: Settings, host: str, port: int) -> None:
    """Raise SettingsError where others would be served without sign-in, and not on purpose."""
    if not settings.access.is_open:
        raise SettingsError(
            f"--host {host}: whoever reaches port {port} of this machine would see the name and "
            "the acts of every member, for nobody signs in. Name a provider under [access] in "
            f"{settings.file} (docs/access.md), or say there what everybody may see: public = "
            '"aggregates", or public = "everything"'
        )


def check(settings: Settings) -> str | None:
    """Return the host at which people come back from a provider; None where nobody signs in.

    Takes from others the rights on the file of secrets. Raises SettingsError with all mistakes in
    it; says which lists of `[access]` lead nowhere.
    """
    _say_doubts(settings)
    if not settings.access.provider:
        return None
    path = settings.secrets_path
    try:
        _tighten(path)
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"{path}: there is no such file. It holds the secrets of signing in: {HELP}"
        ) from None
    except PermissionError:
        raise SettingsError(
            f"{path}: it must be yours, and readable by you alone. Run: chmod 600 {path}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: it is not valid TOML: {error}") from None
    auth = content.get("auth")
    auth = auth if isinstance(auth, dict) else {}
    if mistakes := _mistakes(auth, settings.access.provider):
        raise SettingsError("\n".join(f"{path}: {line}" for line in mistakes))
    return urlsplit(auth["redirect_uri"]).hostname


def _tighten(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & FOR_OTHERS:
        path.chmod(stat.S_IMODE(mode) & ~FOR_OTHERS)
        say(f"{path} was readable by others; now it is by its owner alone")


def _mistakes(auth: dict[str, Any], providers: tuple[str, ...]) -> list[str]:
    """What is missing or wrong, without any value: it might be a secret."""
    mistakes = []
    redirect, secret = auth.get("redirect_uri"), auth.get("cookie_secret")
    if not isinstance(redirect, str) or not _is_callback(redirect):
        mistakes.append(
            f"[auth] redirect_uri: write the dashboard's address, and {CALLBACK} after it, like "
            f"https://vitals.example{CALLBACK}"
        )
    if not isinstance(secret, str) or len(secret) < LEAST_SECRET_CHARACTERS:
        mistakes.append(
            f"[auth] cookie_secret: write at least {LEAST_SECRET_CHARACTERS} random characters, as "
            "`openssl rand -hex 32` prints them"
        )
    for name in providers:
        section = auth.get(name)
        section = section if isinstance(section, dict) else {}
        missing = [key for key in PROVIDER_KEYS if not section.get(key)]
        mistakes += [f"[auth.{name}] {key}: this key is missing. {HELP}" for key in missing]
    return mistakes


def _is_callback(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    return is_web and parts.path.endswith(CALLBACK)


def _say_doubts(settings: Settings) -> None:
    """Say what of `[access]` leads nowhere."""
    access = settings.access
    if not access.provider and (access.managers or access.organisers or access.sponsors):
        say(f"{settings.file}: access: people are listed, but without a provider nobody signs in")
    sponsored = {sponsorship.sponsor for sponsorship in settings.sponsorships}
    for name in sorted(set(access.sponsors) - sponsored):
        say(f"{settings.file}: access.sponsors: there is no sponsorship of {name!r} yet")
