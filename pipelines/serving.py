"""The dashboard's server as a child, for this machine alone unless it is told otherwise."""

import errno
import os
import socket
from ipaddress import ip_address
from pathlib import Path

import dashboard
from dashboard.roles import Access
from pipelines import child, sign_in
from pipelines.failures import ServerError
from pipelines.settings import Settings
from pipelines.terminal import say

PORT, MOST_PORT = 8501, 65535
HOST = "127.0.0.1"
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def serve_dashboard(settings: Settings, host: str, port: int) -> None:
    """Serve the dashboard of a configuration until it is stopped.

    On this machine alone, requests that name another host are refused: a page of a stranger whose
    name leads to this machine would read the answers. Raises SettingsError where others would be
    served by mistake, or nobody can sign in; ServerError where it cannot listen, or when the server
    ends by itself.
    """
    if not is_this_machine(host):
        sign_in.expect_somebody_may_come(settings, host, port)
    own_host = sign_in.check(settings)
    expect_free(host, port)
    arguments = ["run", str(Path(dashboard.__file__).parent / "server.py")]
    arguments += ["--server.address", host, "--server.port", str(port)]
    arguments += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    arguments += ["--secrets.files", str(settings.secrets_path)]
    for name in _hosts(settings.access, host, own_host):
        arguments += ["--server.allowedHosts", name]
    environment = os.environ | {
        "VITALS_WAREHOUSE": str(settings.warehouse_path),
        "VITALS_DASHBOARD_CONFIG": str(settings.file.absolute()),
    }
    shown = f"[{host}]" if ":" in host else host
    say(f"the dashboard is on http://{shown}:{port} (stop it with Ctrl-C)")
    with child.running("streamlit", *arguments, env=environment) as streamlit:
        ended = child.how_it_ended(streamlit.wait())
    raise ServerError(f"the dashboard's server ended by itself ({ended}). Start it again")


def _hosts(access: Access, host: str, own_host: str | None) -> tuple[str, ...]:
    """By which names the server may be asked; none: by any, where nothing is kept from anybody."""
    if not is_this_machine(host) or (access.public != "nothing" and not access.provider):
        return ()
    return (*THIS_MACHINE, own_host) if own_host else THIS_MACHINE


def is_this_machine(host: str) -> bool:
    """Say whether only programs on this machine reach a server that listens on this address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def expect_free(host: str, port: int) -> None:
    """Raise ServerError with what to do where a server could not listen on this address."""
    try:
        _listen(host, port).close()
    except socket.gaierror:
        raise ServerError(f"{host}: there is no such address. Write one like {HOST}") from None
    except OSError as error:
        raise ServerError(_why(error, host, port)) from None


def free_port(preferred: int, host: str = HOST) -> int:
    """Return this port of an address of this machine, or where it is taken any that is free."""
    try:
        listener = _listen(host, preferred)
    except OSError:
        listener = _listen(host, 0)
    with listener:
        return int(listener.getsockname()[1])


def _listen(host: str, port: int) -> socket.socket:
    [(family, _, _, _, address), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return socket.create_server((address[0], port), family=family)


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} is taken: another program listens on it. Stop that, or name another "
            f"port: --port {free_port(min(port + 1, MOST_PORT), host)}"
        )
    if error.errno == errno.EACCES:
        free = free_port(PORT, host)
        return f"port {port} needs rights that you do not have. Name one above 1023: --port {free}"
    return f"{host} is no address of this machine ({error.strerror}). Write one like {HOST}"
