"""The sandbox's own controls under /sandbox/: clock, faults, limits, token, stats."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.sandbox.faults import Fault
from connectors.sandbox.state import Sandbox


class ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """How far to move the clock forward."""

    advance_seconds: float


class LimitsChange(msgspec.Struct, forbid_unknown_fields=True):
    """What to change about limits; None leaves it."""

    limits: bool | None = None
    throttled: bool | None = None
    uneven_pages: bool | None = None


class TokenChange(msgspec.Struct, forbid_unknown_fields=True):
    """What to change about the token; None leaves it."""

    revoked: bool | None = None
    scopes: list[str] | None = None
    signing_key: str | None = None


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the controls; a change that is not understood gets status 400 and the reason."""
    controls = {"clock": _clock, "faults": _faults, "limits": _limits, "token": _token}

    async def change(request: Request) -> Response:
        control = controls.get(request.path_params["name"])
        if control is None:
            return JSONResponse({"error": "no such control"}, 404)
        try:
            return JSONResponse(control(sandbox, await request.body()))
        except msgspec.ValidationError as error:
            return JSONResponse({"error": str(error)}, 400)

    async def stats(request: Request) -> Response:
        return JSONResponse(msgspec.to_builtins(sandbox.stats))

    return [
        Route("/sandbox/stats", stats, methods=["GET"]),
        Route("/sandbox/{name}", change, methods=["POST"]),
    ]


def _clock(sandbox: Sandbox, body: bytes) -> dict[str, Any]:
    sandbox.clock.advance(msgspec.json.decode(body, type=ClockChange).advance_seconds)
    return {"now": sandbox.clock.now()}


def _faults(sandbox: Sandbox, body: bytes) -> dict[str, Any]:
    if msgspec.json.decode(body) == {"clear": True}:
        sandbox.faults.rules.clear()
    else:
        sandbox.faults.rules.append(msgspec.json.decode(body, type=Fault))
    return {"rules": len(sandbox.faults.rules)}


def _limits(sandbox: Sandbox, body: bytes) -> dict[str, Any]:
    change = msgspec.json.decode(body, type=LimitsChange)
    for name in ("limits", "throttled", "uneven_pages"):
        value = getattr(change, name)
        if value is not None:
            setattr(sandbox, name, value)
    return {"limits": sandbox.limits, "throttled": sandbox.throttled}


def _token(sandbox: Sandbox, body: bytes) -> dict[str, Any]:
    change = msgspec.json.decode(body, type=TokenChange)
    if change.revoked is not None:
        sandbox.token.is_revoked = change.revoked
    if change.scopes is not None:
        sandbox.token.scopes = change.scopes
    if change.signing_key is not None:
        sandbox.token.signing_key = change.signing_key
    return {"revoked": sandbox.token.is_revoked, "scopes": sandbox.token.scopes}
