"""What holds for every test: no network beyond this machine, no configuration of its owner."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors import redaction
from connectors.sandbox.state import SANDBOX_TOKEN
from tests.support.in_process import Vitals, vitals_here

os.environ["VITALS_TEST_TOKEN"] = SANDBOX_TOKEN
os.environ.pop("VITALS_CONFIG", None)


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


@pytest.fixture(autouse=True)
def _no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up token of one test is an ordinary word in another."""
    monkeypatch.setattr(redaction, "_secrets", frozenset())


@pytest.fixture
def vitals(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Vitals:
    """Runs a command in a place, in this process; see `vitals_here`."""
    return vitals_here(monkeypatch, capsys)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for name in ("connect", "connect_ex"):
            patched.setattr(socket.socket, name, _to_this_machine(getattr(socket.socket, name)))
        yield


def _to_this_machine(connect: Callable[..., Any]) -> Callable[..., Any]:
    def connect_here(self: socket.socket, address: Any) -> Any:
        _refuse_strangers(address)
        return connect(self, address)

    return connect_here
