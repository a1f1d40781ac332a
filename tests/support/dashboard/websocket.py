"""Streamlit's websocket without a browser: what a stranger with a program can ask, and is told."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from streamlit.web.server.starlette import starlette_app_utils as signing
from streamlit.web.server.starlette.starlette_server_config import (
    USER_COOKIE_NAME,
    XSRF_COOKIE_NAME,
)
from websockets.sync.client import ClientConnection, connect

RUN_SECONDS = 40


def cookie(
    secret: str, address: str, claims: Mapping[str, object], provider: str = "staff"
) -> dict[str, str]:
    """The cookie that a sign-in with these claims sets, signed with a secret."""
    known = {"origin": address, "is_logged_in": True, "provider": provider, "sub": "made up"}
    known |= {"iss": "http://127.0.0.1", "iat": int(time.time())}
    signed = signing.create_signed_value(secret, USER_COOKIE_NAME, json.dumps({**known, **claims}))
    return {USER_COOKIE_NAME: signed.decode()}


class Pressed(NamedTuple):
    """What comes of the press on a download: the file's address, or an error."""

    url: str
    error: str


class Session:
    """One session; `told` is every message of the server, `names` what pages it may ask for."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self.told: list[bytes] = []
        self.messages: list[ForwardMsg] = []

    @property
    def id(self) -> str:
        """The session's id, as the server told it."""
        return next(
            message.new_session.initialize.session_id
            for message in self.messages
            if message.WhichOneof("type") == "new_session"
        )

    def run(self, page: str = "", query: str = "", **more: str) -> bytes:
        """What the server tells while a page runs; a page is asked for by its hash."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_script_hash = calc_hash(page) if page else ""
        for name, value in more.items():
            setattr(asked.rerun_script, name, value)
        return self._ask(asked, "script_finished")

    def by_name(self, page: str) -> bytes:
        """The same for a page that is asked for by the name in its address."""
        return self.run(page_name=page)

    def press(self, widget: str) -> bytes:
        """What the server tells when a button is pressed, by its id."""
        asked = BackMsg()
        state = asked.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = widget, True
        return self._ask(asked, "script_finished")

    def fragment(self) -> str:
        """The id of the newest card, or another part that runs alone."""
        ids = [one.delta.fragment_id for one in self.messages if one.delta.fragment_id]
        return ids[-1]

    def download(self) -> str:
        """The id of the newest button for a download."""
        buttons = [one.delta.new_element.download_button for one in self.messages]
        return [one.deferred_file_id for one in buttons if one.deferred_file_id][-1]

    def deferred(self, file_id: str) -> "Pressed":
        """What comes of the press on a download."""
        asked = BackMsg()
        asked.backend_operation_request.request_id = "1"
        asked.backend_operation_request.session_id = self.id
        asked.backend_operation_request.deferred_file.file_id = file_id
        self._ask(asked, "backend_operation_response")
        response = self.messages[-1].backend_operation_response
        return Pressed(response.deferred_file.url, response.error_msg)

    def _ask(self, asked: BackMsg, end: str) -> bytes:
        before = len(self.told)
        self._connection.send(asked.SerializeToString())
        deadline = time.monotonic() + RUN_SECONDS
        while True:
            told = self._connection.recv(timeout=max(0.1, deadline - time.monotonic()))
            assert isinstance(told, bytes)
            message = ForwardMsg()
            message.ParseFromString(told)
            self.told.append(told)
            self.messages.append(message)
            if message.WhichOneof("type") == end and not _goes_on(message):
                return b"".join(self.told[before:])


def _goes_on(message: ForwardMsg) -> bool:
    """Whether a run ended only to begin anew."""
    return bool(message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN)


@contextmanager
def session(
    address: str, cookies: Mapping[str, str] | None = None, resumed: str = ""
) -> Iterator[Session]:
    """A session with these cookies, which may wish to go on with another one."""
    token = signing.generate_xsrf_token_string()
    header = "; ".join(
        f"{name}={value}" for name, value in {**(cookies or {}), XSRF_COOKIE_NAME: token}.items()
    )
    url = f"ws://{urlsplit(address).netloc}/_stcore/stream"
    protocols = ["streamlit", token, *([resumed] if resumed else [])]
    with connect(
        url,
        origin=address,  # type: ignore[arg-type]
        additional_headers={"Cookie": header},
        subprotocols=protocols,  # type: ignore[arg-type]
        max_size=None,
    ) as connection:
        yield Session(connection)
