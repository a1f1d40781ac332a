"""A dashboard behind its door: a provider of identities, a configuration, the real command."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import ROOT

START_SECONDS = 60
MANAGER, ORGANISER = "ama@community.example", "kofi@community.example"
SPONSOR, RIVAL, STRANGER = "zoe@acme.example", "max@rival.example", "eve@elsewhere.example"
UNVERIFIED = "unverified"
IN_GROUP = "by-group"
PEOPLE: dict[str, dict[str, object]] = {
    **{who: {"email": who, "email_verified": True} for who in (MANAGER, ORGANISER, SPONSOR)},
    **{who: {"email": who, "email_verified": True} for who in (RIVAL, STRANGER)},
    UNVERIFIED: {"email": MANAGER, "email_verified": False},
    IN_GROUP: {"email": "ben@elsewhere.example", "groups": ["community-team"]},
}
ACCESS = f"""
[access]
provider = ["staff", "partners"]
managers = ["Ama@Community.example", "@managers.example"]
organisers = ["{ORGANISER}", "group:community-team"]
sponsors = {{ "Acme" = ["@acme.example"], "Rival" = ["{RIVAL}"] }}
"""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def identity_provider(people: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """The address of an OpenID provider with these people, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    for who, claims in people.items():
        command += ["--user-claims", json.dumps({"sub": who, **claims})]
    with _process(command, f"http://127.0.0.1:{port}/.well-known/openid-configuration", {}):
        yield f"http://127.0.0.1:{port}"


@dataclass
class Door:
    """A folder with a published community; its dashboard is served under one `[access]`."""

    folder: Path
    provider: str = ""

    def __post_init__(self) -> None:
        self.port = free_port()
        self.config = self.folder / "vitals.toml"
        self.cookie_secret = secrets.token_hex(16)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def secrets(self) -> Path:
        return self.folder / ".streamlit" / "secrets.toml"

    def configure(self, access: str = ACCESS) -> None:
        """Writes the configuration, and the secrets of both providers, which are one."""
        community = '[community]\nname = "Made Up"\n[warehouse]\npath = "vitals.duckdb"\n'
        self.config.write_text(community + access, encoding="utf-8")
        self.secrets.parent.mkdir(exist_ok=True)
        auth = f'[auth]\nredirect_uri = "{self.address}/oauth2callback"\n'
        auth += f'cookie_secret = "{self.cookie_secret}"\n'
        metadata = f"{self.provider}/.well-known/openid-configuration"
        for name in ("staff", "partners"):
            auth += f'[auth.{name}]\nclient_id = "{name}"\nclient_secret = "made-up"\n'
            auth += f'server_metadata_url = "{metadata}"\n'
        self.secrets.touch(0o600)
        self.secrets.write_text(auth, encoding="utf-8")

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address of the dashboard, started with the command, until the block ends."""
        command = [sys.executable, "-m", "pipelines", "dashboard", "--config", str(self.config)]
        command += ["--port", str(self.port)]
        log = self.folder / "dashboard.log"
        with _process(command, f"{self.address}/_stcore/health", {"PYTHONPATH": str(ROOT)}, log):
            yield self.address

    def audited(self) -> list[dict[str, str]]:
        """The lines of the audit log."""
        log = self.folder / "audit.log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [json.loads(line) for line in lines]

    def refused(self) -> list[tuple[str, str]]:
        """Who was refused what, in the order of the audit log."""
        return [
            (line["who"], line.get("page") or line.get("file") or line.get("endpoint") or "cookie")
            for line in self.audited()
            if line["what"] == "refused"
        ]


@contextmanager
def _process(
    command: list[str], url: str, environment: Mapping[str, str], log: Path | None = None
) -> Iterator[None]:
    output = log.open("ab") if log else subprocess.DEVNULL
    with subprocess.Popen(
        command, env=os.environ | environment, stdout=output, stderr=output
    ) as process:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(url):
                assert process.poll() is None, f"{command[2]} ended"
                assert time.monotonic() < deadline, f"{command[2]} does not answer"
                time.sleep(0.1)
            yield
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        return False
    return True
