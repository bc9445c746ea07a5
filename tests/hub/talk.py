"""A hub under uvicorn in the test's own event loop, and a browser's end of the socket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
import websockets
from starlette.applications import Starlette

import ae
from hub import protocol, routes
from hub.limits import Limits
from hub.server import Hub
from hub.stores import Store
from tests.conftest import free_port

DRAWINGS = [ae.strokes.encode_strokes(strokes, 1) for strokes in ae.samples.SAMPLES.values()]
PATIENCE = 10.0  # seconds


class Clock:
    """A clock that the test puts forward; it goes by itself as well."""

    def __init__(self, begin: float = 0.0) -> None:
        self.ahead = begin

    def __call__(self) -> float:
        return time.monotonic() + self.ahead

    def date(self) -> float:
        return time.time() + self.ahead


@asynccontextmanager
async def hub_at_work(
    limits: Limits | None = None, store: Store | None = None, clock: Clock | None = None
) -> AsyncIterator[tuple[Hub, str]]:
    """Serve a hub's routes; gives it and its address."""
    clock = clock or Clock()
    hub = Hub(limits or Limits(), store, clock, clock.date)
    app = Starlette(routes=routes.of(hub, ""), lifespan=lambda _: hub.serving())
    port = free_port()
    # As Streamlit starts it (1.67, `_get_uvicorn_config_kwargs`), but silent.
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        ws="websockets-sansio",
        ws_ping_interval=30,
        ws_ping_timeout=30,
        ws_max_size=5_000_000,
        log_config=None,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield hub, f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(serving, PATIENCE)


class Browser:
    """What a page does: it says one message in a frame, and hears lists of them."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []

    async def say(self, say: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"say": say, **fields}))

    async def hear(self, say: str, **fields: Any) -> dict[str, Any]:
        """Wait for a message of this kind with these fields; what came before it is passed over."""
        wanted = {"say": say, **fields}
        async with asyncio.timeout(PATIENCE):
            while True:
                while self.heard:
                    message = self.heard.pop(0)
                    if wanted.items() <= message.items():
                        return message
                await self._listen()

    async def ask(self, say: str, **fields: Any) -> dict[str, Any]:
        """Say something, and give the next message that comes."""
        self.heard.clear()
        await self.say(say, **fields)
        async with asyncio.timeout(PATIENCE):
            while not self.heard:
                await self._listen()
        return self.heard.pop(0)

    async def draw(self, strokes: str) -> int:
        """Draw, and wait until it has arrived; gives its number."""
        await self.say("draw", strokes=strokes)
        return int((await self.hear("drawn"))["seq"])

    async def until_quiet(self, seconds: float = 0.15) -> list[dict[str, Any]]:
        """Give all that comes until nothing comes for a while."""
        while True:
            try:
                async with asyncio.timeout(seconds):
                    await self._listen()
            except TimeoutError:
                heard, self.heard = self.heard, []
                return heard

    async def closed(self) -> int:
        """Wait until the hub closes the connection; gives its code."""
        async with asyncio.timeout(PATIENCE):
            try:
                while True:
                    await self._listen()
            except websockets.ConnectionClosed as end:
                return end.rcvd.code if end.rcvd else 1006

    async def _listen(self) -> None:
        messages = json.loads(await self.socket.recv())
        assert isinstance(messages, list) and messages
        for message in messages:
            self.heard.append(protocol.check(message, "hub"))


@asynccontextmanager
async def browser(url: str, origin: str | None = None) -> AsyncIterator[Browser]:
    """Connect a browser whose page is the hub's own, by default."""
    address = f"{url.replace('http', 'ws', 1)}/join/socket"
    async with websockets.connect(
        address, origin=websockets.Origin(origin or url), close_timeout=1, proxy=None
    ) as socket:
        yield Browser(socket)


async def opened(watcher: Browser, model: str = "shallow") -> dict[str, Any]:
    """Open a room; gives its code and tokens."""
    await watcher.say("open", model=model)
    room = await watcher.hear("opened")
    await watcher.hear("settings")
    return room


def of_digits(said: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Give the newest message on each digit."""
    return {message["id"]: message for message in said if message["say"] in ("digit", "gone")}


async def joined(phone: Browser, code: str, lang: str = "en", **me: str) -> dict[str, Any]:
    """Let a phone in; gives who it is."""
    await phone.say("join", room=code, lang=lang, **me)
    return await phone.hear("joined")
