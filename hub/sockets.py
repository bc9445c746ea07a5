"""One browser: what is said to it, how fast it may talk, and when it is cut off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.protocol import Role
from hub.rates import Bucket, Clock
from hub.rooms import Message

if TYPE_CHECKING:
    from hub.halls import Hall

# Close codes of RFC 6455, 7.4: the end of the room; who sends what nobody may; come again later.
DONE, ABUSE, TOO_BIG, LATER = 1000, 1008, 1009, 1013

# Messages in a second, and at once. A hand on a clicker sends more than one that draws.
PHONE, WATCHER = (2.0, 12.0), (20.0, 60.0)
PATIENCE = 100
"""Messages in a row that came too fast, before the connection is closed."""
LARGEST = 16_384
"""Characters of a frame; one that is longer was sent by no page of ours."""
PAUSE = 0.03
"""Seconds between two frames; what is said meanwhile comes in one."""
STALL = 10.0
"""Seconds that a frame may take to go out."""


class Socket:
    """A browser's connection.

    What it is told waits under a name until it goes out, and news on a subject take the place of
    what has not gone: so what waits is bounded by what there is to know, however slow the reader.
    """

    def __init__(self, websocket: WebSocket, address: str, clock: Clock) -> None:
        self.address = address
        self.lang = "en"
        # Where it is, and as whom: a phone has an id, a watcher a role.
        self.hall: Hall | None = None
        self.id: int | None = None
        self.role: Role | None = None
        self._websocket = websocket
        self._clock = clock
        self._bucket = Bucket(*PHONE, clock)
        self._too_fast = 0
        self._waiting: dict[str, Message] = {}
        self._news = asyncio.Event()
        self._ends: int | None = None

    def watches(self, hall: Hall, role: Role) -> None:
        """Make it a watcher."""
        self.hall, self.role = hall, role
        self._bucket = Bucket(*WATCHER, self._clock)

    def tell(self, message: Message, subject: str = "") -> None:
        """Say something, instead of what waits on the same subject, by default of the same kind."""
        subject = subject or str(message["say"])
        self._waiting.pop(subject, None)  # so that it goes out after what was said before it
        self._waiting[subject] = message
        self._news.set()

    def fault(self, why: str) -> None:
        """Say what went wrong."""
        self.tell({"say": "fault", "why": why}, f"fault:{why}")

    def end(self, why: str = "", code: int = DONE) -> None:
        """Say why, and close."""
        if why:
            self.fault(why)
        if self._ends is None:
            self._ends = code
        self._news.set()

    async def frames(self) -> AsyncIterator[str]:
        """Give the frames that come, until the connection ends; those that come too fast are not.

        Whoever waits here is told by uvicorn that the server stops; who waits elsewhere is not, and
        it would stop no more.
        """
        while True:
            event = await self._websocket.receive()
            if event["type"] == "websocket.disconnect":
                return
            frame = event.get("text")
            if self._ends is not None:
                continue
            if not self._bucket.take():
                self._too_fast += 1
                self.fault("slow_down")
                if self._too_fast > PATIENCE:
                    self.end(code=ABUSE)
                continue
            self._too_fast = 0
            if frame is None or len(frame) > LARGEST:
                self.fault("malformed")
                self.end(code=TOO_BIG)
                continue
            yield frame

    async def write(self) -> None:
        """Send what is said, until the end."""
        with suppress(WebSocketDisconnect, RuntimeError):  # it has gone meanwhile
            while True:
                await self._news.wait()
                self._news.clear()
                said, self._waiting = [*self._waiting.values()], {}
                try:
                    if said:
                        frame = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
                        await asyncio.wait_for(self._websocket.send_text(frame), STALL)
                    if self._ends is not None:
                        await asyncio.wait_for(self._websocket.close(self._ends), STALL)
                        return
                except TimeoutError:
                    self.cut()
                    return
                await asyncio.sleep(PAUSE)

    def cut(self) -> None:
        """Drop what the browser does not read.

        uvicorn (0.54) closes a connection only after all was written to it: with a reader that
        does not read, it, and a server that is to stop, would wait for ever.
        """
        transport = _transport(self._websocket)
        if transport is not None and transport.get_write_buffer_size():
            transport.abort()


def _transport(websocket: WebSocket) -> Any:
    """Give uvicorn's transport, if it is uvicorn that serves."""
    return getattr(getattr(websocket._receive, "__self__", None), "transport", None)
