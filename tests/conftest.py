"""What holds for every test: no network beyond this machine, no configuration of its owner."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.sandbox.state import SANDBOX_TOKEN

os.environ["VITALS_TEST_TOKEN"] = SANDBOX_TOKEN
os.environ.pop("VITALS_CONFIG", None)

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def _refuse_strangers(address: Any) -> None:
    """Raise for any host but this one; a name other than localhost counts as a stranger."""
    if not isinstance(address, tuple) or address[0] == "localhost":
        return
    try:
        is_here = ipaddress.ip_address(address[0]).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise AssertionError(f"a test wanted to connect to {address[0]}: use the sandbox")


def connect_here(self: socket.socket, address: Any) -> None:
    """`socket.connect` to this machine alone."""
    _refuse_strangers(address)
    _connect(self, address)


def connect_ex_here(self: socket.socket, address: Any) -> int:
    """`socket.connect_ex` to this machine alone."""
    _refuse_strangers(address)
    return _connect_ex(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", connect_here)
        patched.setattr(socket.socket, "connect_ex", connect_ex_here)
        yield
