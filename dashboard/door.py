"""The door of the server: what is asked without a page, by its address, is answered here or not.

Streamlit's own endpoints know no roles: whoever knows the address of a file gets it, and whoever
asks for its statistics. Pages are decided by `access`, when they run.
"""

import json
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.auth_util import get_origin_from_redirect_uri
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from dashboard import access, audit

MEDIA = "/media/"
CORE = "/_stcore/"
# What a browser needs before anybody has signed in; nothing of it depends on the data.
FOR_ALL = frozenset({"/_stcore/health", "/_stcore/host-config", "/_stcore/stream"})
# Endpoints that no page of ours uses.
CLOSED = (CORE, "/component/", "/app/static/")
# Those that are named in the audit log: a name that a stranger makes up does not get there.
ENDPOINTS = (
    tuple(f"{CORE}{name}" for name in ("metrics", "agent", "upload_file", "bidi-components"))
    + CLOSED[1:]
)
SIGN_OUT = "/auth/logout"


class Door:
    """Middleware in front of Streamlit's server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers that there is nothing."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        if await run_in_threadpool(_is_let_in, scope):
            return await self._app(scope, receive, send)
        return await PlainTextResponse("Not Found", 404)(scope, receive, send)


def _is_let_in(scope: Scope) -> bool:
    path = scope["path"]
    claims = _claims(scope)
    viewer = access.viewer_with(claims or {})
    if claims is None:
        access.log(viewer, audit.REFUSED, "cookie", "not signed by this dashboard")
    if path == SIGN_OUT and claims:
        access.log(viewer, audit.SIGNED_OUT, "provider", str(claims.get("provider")))
        access.end(claims)
    if path.startswith(MEDIA):
        file = runtime.get_instance().media_file_mgr.read_file(path.removeprefix(MEDIA))
        if file is None or access.may_have(viewer, file.content):
            return True
        access.log(viewer, audit.REFUSED, "file", "of another session")
        return False
    if path in FOR_ALL or not path.startswith(CLOSED):
        return True
    closed = next((one for one in ENDPOINTS if path.startswith(one)), "another one")
    access.log(viewer, audit.REFUSED, "endpoint", closed)
    return False


def _claims(scope: Scope) -> Mapping[str, Any] | None:
    """The claims in the cookie of a sign-in, empty without one; None where it is not ours."""
    cookies = HTTPConnection(scope).cookies
    if USER_COOKIE_NAME not in cookies:
        return {}
    try:
        signed = _get_signed_cookie_with_chunks(cookies, USER_COOKIE_NAME)
        claims = json.loads(signed) if signed else None
    except (ValueError, UnicodeError):
        return None
    is_ours = isinstance(claims, dict) and claims.get("origin") == get_origin_from_redirect_uri()
    return claims if is_ours else None
