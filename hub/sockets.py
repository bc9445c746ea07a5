"""The sockets of phones and watchers, and what of the rooms this process knows."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

import ae
from hub import names, protocol, rooms
from hub.rooms import Message, Room
from hub.stores import AwayError, FullError, Memory, Store

LIFE = 3 * 3600  # seconds of a room
PAUSE = 0.03  # seconds between two frames, in which more messages come together


class FaultError(Exception):
    """A message that is not taken, and why."""


class Socket:
    """One browser. What it is told waits under a name, so that news take the place of the old."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._out: dict[str, Message] = {}
        self._more = asyncio.Event()
        self._ends: int | None = None
        self.hall: Hall | None = None
        self.role: rooms.Role | None = None
        self.id: int | None = None
        self.lang = "en"

    def tell(self, message: Message, under: str = "") -> None:
        """Say something soon."""
        key = under or message["say"]
        self._out.pop(key, None)
        self._out[key] = message
        self._more.set()

    def end(self, why: str | None = None, code: int = 1000) -> None:
        """Say why, and close."""
        if why:
            self.tell({"say": "fault", "why": why})
        self._ends = code
        self._more.set()

    async def write(self) -> None:
        """Send what is to be said, until the end."""
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await self._more.wait()
                self._more.clear()
                frame, self._out = list(self._out.values()), {}
                if frame:
                    await self._websocket.send_text(json.dumps(frame, separators=(",", ":")))
                if self._ends is not None:
                    await self._websocket.close(self._ends)
                    return
                await asyncio.sleep(PAUSE)


class Hall:
    """A room as this process knows it, and who is in it here."""

    def __init__(self, code: str, store: Store) -> None:
        self.code = code
        self.room = Room({})
        self.watchers: set[Socket] = set()
        self.phones: dict[int, set[Socket]] = {}
        self._store = store
        self._told: dict[str, Message] = {}
        self._asked: set[str] | None = None
        self._lock = asyncio.Lock()

    @property
    def is_empty(self) -> bool:
        """Is nobody in it?"""
        return not self.watchers and not self.phones

    async def read(self, fields: Collection[str] = ()) -> None:
        """Read fields, or all of them, and tell who is concerned."""
        async with self._lock:
            changes = await self._store.read(self.code, fields)
            if not fields:
                self.room = Room({})
            self.room.update(changes)  # type: ignore[arg-type]
            self._tell()

    def _tell(self) -> None:
        if not self.room.is_open:
            for socket in [*self.watchers, *(s for own in self.phones.values() for s in own)]:
                socket.end("closed" if self.room.is_closed else "old")
            return
        before, self._told = self._told, self.room.state()
        for key, message in self._told.items():
            if before.get(key) != message:
                for watcher in self.watchers:
                    watcher.tell(message, key)
        for key in before.keys() - self._told.keys():
            for watcher in self.watchers:
                watcher.tell({"say": "gone", "id": before[key]["id"]}, key)
        if before and before["settings"]["model"] != self._told["settings"]["model"]:
            for socket in (s for own in self.phones.values() for s in own):
                socket.tell(self._told["settings"])
        for id, own in self.phones.items():
            for socket in own:
                if self.room.is_banned(id):
                    socket.end("banned")
                elif f"digit:{id}" in before.keys() - self._told.keys():
                    socket.tell({"say": "removed"})

    def welcome(self, socket: Socket) -> None:
        """Tell a watcher everything."""
        self.watchers.add(socket)
        for key, message in self._told.items():
            socket.tell(message, key)


class Hub:
    """All rooms that somebody is in on this process."""

    def __init__(self) -> None:
        self._store: Store = Memory(20)
        self._halls: dict[str, Hall] = {}
        self._process = rooms.new_token()[:8]
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Do what is to be done while the server runs."""
        await self._store.start(self._ring)
        yield
        await self._store.stop()

    def _ring(self, code: str, fields: Collection[str]) -> None:
        if hall := self._halls.get(code):
            task = asyncio.create_task(hall.read(tuple(fields)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def serve(self, websocket: WebSocket) -> None:
        """Talk with one browser until it goes."""
        await websocket.accept()
        socket = Socket(websocket)
        writer = asyncio.create_task(socket.write())
        try:
            while True:
                frame = await websocket.receive_text()
                try:
                    await self._take(socket, protocol.read(frame))
                except ValueError:
                    socket.tell({"say": "fault", "why": "malformed"})
                except FaultError as fault:
                    socket.tell({"say": "fault", "why": str(fault)})
                except AwayError:
                    socket.tell({"say": "fault", "why": "away"})
        except WebSocketDisconnect:
            pass
        finally:
            writer.cancel()
            await self._leave(socket)

    async def _take(self, socket: Socket, message: Mapping[str, Any]) -> None:
        match message["say"]:
            case "open":
                await self._open(socket, message["model"])
            case "watch":
                await self._watch(socket, message["room"], message["token"])
            case "join":
                await self._join(socket, message)
            case "spin":
                await self._spin(socket)
            case "draw":
                await self._draw(socket, message["strokes"])
            case "close":
                if socket.role != "speaker" or socket.hall is None:
                    raise FaultError("forbidden")
                await self._store.close(socket.hall.code)
            case _:
                if socket.role is None or socket.hall is None:
                    raise FaultError("forbidden")
                if fields := socket.hall.room.command(message):
                    await self._store.write(socket.hall.code, fields)

    async def _open(self, socket: Socket, model: str) -> None:
        if socket.hall:
            raise FaultError("forbidden")
        if model not in ae.MODELS:
            raise FaultError("malformed")
        speaker, code, now = rooms.new_token(), rooms.new_code(), time.time()
        try:
            await self._store.open(code, rooms.opened(speaker, model, now), now + LIFE)
        except FullError:
            raise FaultError("full") from None
        moderator = rooms.moderator_of(speaker)
        socket.tell({"say": "opened", "room": code, "speaker": speaker, "moderator": moderator})
        await self._watch(socket, code, speaker)

    async def _watch(self, socket: Socket, code: str, token: str) -> None:
        if socket.hall:
            raise FaultError("forbidden")
        hall = await self._enter(code)
        role = hall.room.role(token)
        if role is None:
            raise FaultError("unknown")
        socket.hall, socket.role = hall, role
        said = {"say": "watching", "room": code, "role": role}
        if role == "speaker":
            said["moderator"] = rooms.moderator_of(token)
        socket.tell(said)
        hall.welcome(socket)

    async def _join(self, socket: Socket, message: Mapping[str, Any]) -> None:
        if socket.hall:
            raise FaultError("forbidden")
        hall = await self._enter(message["room"])
        socket.lang = message["lang"]
        me = message.get("me", "")
        id = hall.room.phone(me)
        if id is None:
            me = rooms.new_token()
            id = await self._store.count(hall.code, "phones")
            name = names.draw(socket.lang, hall.room.names())
            await self._store.write(
                hall.code, {f"phone:{rooms.hashed(me)}": str(id), f"name:{id}": name}
            )
            await hall.read()
        if hall.room.is_banned(id):
            socket.end("banned")
            return
        socket.hall, socket.id = hall, id
        hall.phones.setdefault(id, set()).add(socket)
        said = {
            "say": "joined",
            "me": me,
            "id": id,
            "name": hall.room.name(id),
            "spins": hall.room.spins(id),
            "seq": hall.room.seq(id),
        }
        if strokes := hall.room.strokes(id):
            said["strokes"] = strokes
        socket.tell(said)
        socket.tell(hall.room.settings())
        await self._count(hall)

    async def _spin(self, socket: Socket) -> None:
        hall, id = socket.hall, socket.id
        if hall is None or id is None:
            raise FaultError("forbidden")
        turns = await self._store.count(hall.code, f"spins:{id}")
        if turns > rooms.SPINS:
            raise FaultError("forbidden")
        name = names.draw(socket.lang, hall.room.names())
        await self._store.write(hall.code, {f"name:{id}": name, f"spins:{id}": str(turns)})
        socket.tell({"say": "named", "name": name, "spins": rooms.SPINS - turns})

    async def _draw(self, socket: Socket, strokes: str) -> None:
        hall, id = socket.hall, socket.id
        if hall is None or id is None:
            raise FaultError("forbidden")
        if not ae.strokes.decode_strokes(strokes):
            raise ValueError("no strokes")
        seq = await self._store.count(hall.code, f"drawn:{id}")
        await self._store.write(hall.code, {f"digit:{id}": f"{seq} {strokes}"})
        socket.tell({"say": "drawn", "seq": seq})

    async def _enter(self, code: str) -> Hall:
        hall = self._halls.setdefault(code, Hall(code, self._store))
        await hall.read()
        if not hall.room.is_open:
            del self._halls[code]
            raise FaultError("closed" if hall.room.is_closed else "unknown")
        return hall

    async def _count(self, hall: Hall) -> None:
        here = f"{time.time()} {' '.join(map(str, hall.phones))}"
        await self._store.write(hall.code, {f"here:{self._process}": here})

    async def _leave(self, socket: Socket) -> None:
        hall = socket.hall
        if hall is None:
            return
        hall.watchers.discard(socket)
        if socket.id is not None:
            own = hall.phones.get(socket.id, set())
            own.discard(socket)
            if not own:
                hall.phones.pop(socket.id, None)
            with suppress(AwayError):
                await self._count(hall)
        if hall.is_empty:
            self._halls.pop(hall.code, None)
