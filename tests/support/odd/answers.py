"""A sandbox whose answers have something odd in one field of some of their rows."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from connectors.sandbox import server
from connectors.sandbox.community import World
from connectors.sandbox.faults import App, Message, Receive, Scope, Send
from connectors.sandbox.state import Options
from tests.support.odd.values import ODD_VALUES, as_json, paths, put


class OddAnswers:
    """Changes a `share` of the rows in every answer of an app: in each, one field by chance."""

    def __init__(self, app: App, share: float, seed: int) -> None:
        self.app, self.share = app, share
        self._chance = random.Random(seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"].startswith("/sandbox/"):
            await self.app(scope, receive, send)
            return
        parts: list[Message] = []

        async def keep(message: Message) -> None:
            parts.append(message)

        await self.app(scope, receive, keep)
        body = b"".join(part.get("body", b"") for part in parts[1:])
        content = as_json(self._odd(json.loads(body))).encode() if body else body
        headers = [pair for pair in parts[0]["headers"] if pair[0] != b"content-length"]
        headers.append((b"content-length", str(len(content)).encode()))
        await send({**parts[0], "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _odd(self, value: Any) -> Any:
        """Return a value with something odd in some of the rows of its outermost lists."""
        if isinstance(value, dict):
            return {name: self._odd(inner) for name, inner in value.items()}
        if isinstance(value, list):
            for row in value:
                if isinstance(row, dict) and self._chance.random() < self.share:
                    odd = self._chance.choice(list(ODD_VALUES.values()))
                    put(row, self._chance.choice(paths(row)), odd)
        return value


@contextmanager
def serve_odd(world: World, share: float, seed: int) -> Iterator[server.Running]:
    """Serve a community whose answers have an odd value in one field of a `share` of their rows."""
    sound = server.create_app

    def odd(world: World, options: Options | None = None) -> OddAnswers:
        return OddAnswers(sound(world, options), share, seed)

    with (
        patch.object(server, "create_app", odd),
        server.serve(world, Options(limits=False)) as running,
    ):
        yield running
