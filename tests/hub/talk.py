"""A hub under uvicorn in the test's own event loop, and a browser's end of the socket."""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
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
    """A clock that stands still until the test puts it forward: a slow machine is no excuse."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._began = time.time()

    def __call__(self) -> float:
        return self.ahead

    def date(self) -> float:
        return self._began + self.ahead


@dataclass
class Served:
    """A hub that is served."""

    hub: Hub
    url: str
    _server: uvicorn.Server
    _serving: asyncio.Task[None]

    async def stop(self) -> None:
        """Stop it, as SIGTERM does; in five seconds, whoever is connected."""
        self._server.should_exit = True
        await asyncio.wait_for(self._serving, 5)


@asynccontextmanager
async def hub_at_work(
    limits: Limits | None = None, store: Store | None = None, clock: Clock | None = None
) -> AsyncIterator[Served]:
    """Serve a hub's routes."""
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
        ws_per_message_deflate=False,
        log_config=None,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    served = Served(hub, f"http://127.0.0.1:{port}", server, serving)
    try:
        yield served
    finally:
        await served.stop()


class Browser:
    """What a page does: it says one message in a frame, and hears lists of them."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.socket = connection
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
async def browser(
    url: str, origin: str | None = None, from_: str = "", **options: Any
) -> AsyncIterator[Browser]:
    """Connect a browser.

    Parameters
    ----------
    origin : of its page; by default the hub's own.
    from_ : its address, as a proxy on this machine says it.
    """
    async with websockets.connect(
        f"{url.replace('http', 'ws', 1)}/join/socket",
        origin=websockets.Origin(origin or url),
        additional_headers={"X-Forwarded-For": from_} if from_ else {},
        close_timeout=1,
        proxy=None,
        **options,
    ) as connection:
        yield Browser(connection)


@asynccontextmanager
async def deaf_browser(url: str) -> AsyncIterator[Browser]:
    """Connect a browser that reads nothing but what it is asked for, and has no room for more."""
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as small:
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.connect((host, int(port)))
        small.setblocking(False)
        async with browser(url, sock=small, max_queue=1) as deaf:
            yield deaf


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


class Play:
    """A hub, and as many browsers as a test wants."""

    def __init__(self, served: Served, clock: Clock, stack: AsyncExitStack) -> None:
        self.hub, self.url, self.stop, self.clock = served.hub, served.url, served.stop, clock
        self.opened: dict[str, Any] = {}  # the last room
        self._stack = stack

    async def browser(self, from_: str = "") -> Browser:
        return await self._stack.enter_async_context(browser(self.url, from_=from_))

    async def room(self, phones: int = 1) -> tuple[str, Browser, list[Browser]]:
        """Open a room with phones in it; gives its code, the speaker and the phones."""
        speaker = await self.browser()
        self.opened = await opened(speaker)
        code = self.opened["room"]
        inside = [await self.browser() for _ in range(phones)]
        for phone in inside:
            await joined(phone, code)
        return code, speaker, inside


def play(
    limits: Limits | None = None,
) -> Callable[[Callable[[Play], Awaitable[None]]], Callable[[], None]]:
    """Run a coroutine that plays with a hub as a test."""

    def decorate(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
        async def run(**given: Any) -> None:
            clock = Clock()
            async with hub_at_work(limits, clock=clock) as served, AsyncExitStack() as stack:
                await test(Play(served, clock, stack), **given)

        def wrapped(**given: Any) -> None:
            asyncio.run(run(**given))

        wrapped.__name__ = test.__name__
        # What pytest has to give: all but the play.
        signature = inspect.signature(test)
        wrapped.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*signature.parameters.values()][1:]
        )
        return wrapped

    return decorate
