"""The hub of this process: who may come in, and what becomes of what they say."""

from __future__ import annotations

import asyncio
import os
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.websockets import WebSocket

import ae
from hub import here, names, origins, protocol, rates, rooms, weights
from hub.halls import Hall, standing
from hub.limits import Limits
from hub.rooms import Message
from hub.sockets import LATER, Socket
from hub.stores import AwayError, FullError, Memory, Store

URL = "GARGALO_REDIS_URL"

# Wrong codes in a second, and at once. There are 887 million codes and 20 rooms: at 30 wrong ones a
# second, somebody with very many addresses finds one of them in three hours with a probability of
# 1 %, and from one address it takes a year. A hall is one address, and people mistype.
WRONG_EACH, WRONG_ALL = (1.0, 60.0), (30.0, 600.0)
# Rooms that one address opens: five, and one in ten minutes.
OPEN_EACH, OPEN_ALL = (1 / 600, 5.0), (1 / 10, 30.0)

STRANGERS = 300
"""Connections that have not come into a room yet; one more cuts off the oldest."""
GREETING = 20.0
"""Seconds that they have for it."""
BEAT = 5.0
"""Seconds after which it is looked at what time has changed."""
PRESENCE = 0.5
"""Seconds after which it is said who is connected; many come and go together."""


class FaultError(Exception):
    """A message that is not taken; its argument is one of `protocol.FAULTS`."""


class Hub:
    """All sockets of this process, and the rooms that they are in.

    Parameters
    ----------
    store : of the rooms; None takes Redis where ``GARGALO_REDIS_URL`` is set, else memory.
    clock : of the rates, in seconds.
    now : of the rooms, in seconds since 1970.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        store: Store | None = None,
        clock: rates.Clock = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._limits = limits or Limits.of()
        self._store = store or _store(self._limits, os.environ)
        self._clock, self._now = clock, now
        self._process = rooms.new_token()[:8]
        self._is_away = False  # the store
        self._halls: dict[str, Hall] = {}
        self._strangers: OrderedDict[Socket, asyncio.TimerHandle] = OrderedDict()
        self._sockets = 0
        self._wrong = rates.Buckets(WRONG_EACH, WRONG_ALL, clock)
        self._opened = rates.Buckets(OPEN_EACH, OPEN_ALL, clock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._counting: set[str] = set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Do what is to be done while the server runs."""
        await self._store.start(self)
        self._soon(self._beat())
        here.serves = True
        try:
            yield
        finally:
            here.serves = False
            for task in [*self._tasks]:
                task.cancel()
            await self._store.stop()

    # What the store says

    def rang(self, code: str, names: Collection[str]) -> None:
        """Fields of a room were changed elsewhere."""
        if hall := self._halls.get(code):
            is_waiting = hall.is_stale
            hall.stale(names)
            if not is_waiting:
                self._soon(self._refresh(hall))

    def lost(self) -> None:
        """The store is away: say it to those who look at its rooms."""
        self._is_away = True
        for hall in self._halls.values():
            for watcher in hall.watchers:
                watcher.fault("away")

    def found(self) -> None:
        """It is back: read everything, and show it."""
        self._is_away = False
        for hall in self._halls.values():
            hall.doubt()
            self._soon(self._refresh(hall, again=True))

    # What browsers say

    async def serve(self, websocket: WebSocket) -> None:
        """Talk with one browser until it goes."""
        if not origins.is_ours(websocket.headers.get("origin"), websocket.headers.get("host")):
            await websocket.close()  # before it was accepted: a 403
            return
        await websocket.accept()
        host = websocket.client.host if websocket.client else ""
        socket = Socket(websocket, rates.household(host), self._clock)
        writer = asyncio.create_task(socket.write())
        self._sockets += 1
        try:
            if self._sockets > self._limits.room_sockets:
                socket.end("full", LATER)
            else:
                self._greet(socket)
            async for frame in socket.frames():
                await self._answer(socket, frame)
        finally:
            self._sockets -= 1
            self._know(socket)
            writer.cancel()
            socket.cut()
            self._leave(socket)

    def _greet(self, socket: Socket) -> None:
        """Wait for a stranger to say where they want to go, but not for ever."""
        late = asyncio.get_running_loop().call_later(GREETING, socket.end, "", LATER)
        self._strangers[socket] = late
        if len(self._strangers) > STRANGERS:
            oldest = next(iter(self._strangers))
            oldest.end(code=LATER)
            self._know(oldest)

    def _know(self, socket: Socket) -> None:
        """Wait for it no longer."""
        if late := self._strangers.pop(socket, None):
            late.cancel()

    async def _answer(self, socket: Socket, frame: str) -> None:
        try:
            await self._take(socket, protocol.read(frame))
        except ValueError:
            socket.fault("malformed")
        except AwayError:
            socket.fault("away")
        except FaultError as fault:
            socket.fault(str(fault))

    async def _take(self, socket: Socket, message: Message) -> None:
        match message:
            case {"say": "open", "model": model}:
                await self._open(socket, model)
            case {"say": "watch", "room": code, "token": token}:
                await self._watch(socket, code, token)
            case {"say": "join", "room": code, "lang": lang}:
                await self._join(socket, code, lang, message.get("me"))
            case {"say": "spin"}:
                await self._spin(socket)
            case {"say": "draw", "strokes": strokes}:
                await self._draw(socket, strokes)
            case {"say": "close"}:
                hall = _watched(socket)
                if socket.role != "speaker":
                    raise FaultError("forbidden")
                await self._store.close(hall.code)
            case _:
                hall = _watched(socket)
                _check_model(message.get("model"))
                if fields := hall.room.command(message):
                    await hall.write(fields)

    async def _open(self, socket: Socket, model: str) -> None:
        _check_stranger(socket)
        _check_model(model)
        if not self._opened.take(socket.address):
            raise FaultError("slow_down")
        code, token, now = rooms.new_code(), rooms.new_token(), self._now()
        fields = rooms.opened(token, model, now)
        try:
            while not await self._store.open(code, fields):
                code = rooms.new_code()
        except (AwayError, FullError) as fault:
            # Taken before, because who opens many at once must not find it untaken; but a page
            # tries again by itself for as long as the store is away.
            self._opened.give_back(socket.address)
            raise FaultError("full" if isinstance(fault, FullError) else "away") from None
        moderator = rooms.moderator_of(token)
        socket.tell({"say": "opened", "room": code, "speaker": token, "moderator": moderator})
        await self._watch(socket, code, token)

    async def _watch(self, socket: Socket, code: str, token: str) -> None:
        async with self._entering(socket, code) as hall:
            role = hall.room.role(token)
            if role is None:
                self._wrong.take(socket.address)
                raise FaultError("unknown")
            if len(hall.watchers) >= self._limits.room_watchers:
                raise FaultError("full")
            said: Message = {"say": "watching", "room": code, "role": role}
            if role == "speaker":
                said["moderator"] = rooms.moderator_of(token)
            socket.tell(said)
            hall.show(socket)
            socket.watches(hall, role)
            if self._is_away:  # all that is known here may be shown, but nothing can be changed
                socket.fault("away")

    async def _join(self, socket: Socket, code: str, lang: str, me: str | None) -> None:
        async with self._entering(socket, code) as hall:
            id = hall.room.phone(me) if me else None
            if me is None or id is None:
                me = rooms.new_token()
                id = await self._give_place(hall, me, lang)
                _check_open(hall)  # it may have been closed meanwhile
            if hall.room.is_banned(id):
                socket.end("banned")
                return
            room = hall.room
            said: Message = {
                "say": "joined",
                "me": me,
                "id": id,
                "name": room.name(id),
                "spins": room.spins(id),
                "seq": room.seq(id),
            }
            if digit := room.says(f"digit:{id}", self._now()):
                said["strokes"] = digit["strokes"]
                socket.tell(standing(digit))
            socket.tell(said)
            socket.tell(room.settings())
            socket.lang, socket.hall, socket.id = lang, hall, id
            hall.seat(socket, id)
            self._count_soon(hall)

    async def _give_place(self, hall: Hall, me: str, lang: str) -> int:
        """Let a new phone in, if need be in the place of one that has gone."""
        gone: Mapping[str, None] = {}
        if hall.room.phones() >= self._limits.room_phones:
            gone = hall.room.absent(self._now(), hall.phones)
            if not gone:
                raise FaultError("full")
        id = await hall.count("phones")
        name = names.draw(lang, hall.room.names())
        await hall.write({**gone, **rooms.joined(me, id, name, self._now())})
        return id

    async def _spin(self, socket: Socket) -> None:
        hall, id = _seated(socket)
        if not hall.room.spins(id) or await hall.count(f"spins:{id}") > rooms.SPINS:
            raise FaultError("forbidden")
        name = names.draw(socket.lang, hall.room.names())
        hall.stale([f"spins:{id}"])
        await hall.write({f"name:{id}": name})
        socket.tell({"say": "named", "name": name, "spins": hall.room.spins(id)})

    async def _draw(self, socket: Socket, strokes: str) -> None:
        hall, id = _seated(socket)
        if not ae.strokes.decode_strokes(strokes):
            raise ValueError("expected a stroke, got none")
        seq = await hall.count(f"drawn:{id}")
        await hall.write(rooms.drawn(id, seq, strokes))
        socket.tell({"say": "drawn", "seq": seq})

    # Halls

    @asynccontextmanager
    async def _entering(self, socket: Socket, code: str) -> AsyncIterator[Hall]:
        """Find the hall in which a stranger wants to be; they are, if they have one afterwards."""
        _check_stranger(socket)
        if not self._wrong.allow(socket.address):
            raise FaultError("slow_down")
        hall = self._halls.get(code)
        if hall is None:
            hall = self._halls[code] = Hall(code, self._store, self._limits.room_seconds, self._now)
        hall.users += 1
        try:
            await hall.refresh()
            if not hall.room.is_open and not hall.room.is_closed:
                self._wrong.take(socket.address)
            _check_open(hall)
            yield hall
        finally:
            if socket.hall:
                self._know(socket)
            else:
                self._release(hall)

    def _leave(self, socket: Socket) -> None:
        if hall := socket.hall:
            hall.leave(socket)
            if socket.id is not None:
                self._count_soon(hall)
            self._release(hall)

    def _release(self, hall: Hall) -> None:
        hall.users -= 1
        if not hall.users:
            del self._halls[hall.code]

    def _count_soon(self, hall: Hall) -> None:
        """Say a moment later who is connected here."""
        if hall.code not in self._counting:
            self._counting.add(hall.code)
            hall.users += 1
            self._soon(self._count(hall))

    async def _count(self, hall: Hall) -> None:
        try:
            await asyncio.sleep(PRESENCE)
            self._counting.discard(hall.code)
            await self._say_who_is_here(hall)
        finally:
            self._counting.discard(hall.code)
            self._release(hall)

    async def _say_who_is_here(self, hall: Hall) -> None:
        if hall.room.is_open:
            with suppress(AwayError):
                await hall.write(rooms.here(self._process, hall.phones, self._now()))

    async def _refresh(self, hall: Hall, *, again: bool = False) -> None:
        with suppress(AwayError):
            await hall.refresh()
            if again:
                hall.show_again()

    async def _beat(self) -> None:
        """See to what time changes, every few seconds."""
        said = self._clock()
        while True:
            await asyncio.sleep(BEAT)
            halls = [*self._halls.values()]
            with suppress(AwayError):
                await self._store.attend(
                    [hall.code for hall in halls if hall.watchers and hall.room.is_open]
                )
            for hall in halls:
                hall.look_again()
                await self._refresh(hall)
            if self._clock() - said > rooms.PRESENCE / 3:
                said = self._clock()
                for hall in halls:
                    if hall.phones:
                        await self._say_who_is_here(hall)

    def _soon(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _store(limits: Limits, environment: Mapping[str, str]) -> Store:
    if url := environment.get(URL, "").strip():
        # Who has one process needs no Redis, and not its client either.
        from hub.redis_store import Shared

        try:
            return Shared(url, limits.rooms, limits.room_seconds)
        except ValueError as fault:  # its own words, because there may be a password in the URL
            raise SystemExit(f"{URL}: {fault}") from None
    return Memory(limits.rooms, limits.room_seconds)


def _check_stranger(socket: Socket) -> None:
    if socket.hall:
        raise FaultError("forbidden")


def _check_open(hall: Hall) -> None:
    if hall.room.is_closed:
        raise FaultError("closed")
    if hall.is_old:
        raise FaultError("old")
    if not hall.room.is_open:
        raise FaultError("unknown")


def _check_model(name: str | None) -> None:
    if name is not None and name not in weights.MODELS:
        raise ValueError("expected a model that phones can have")


def _watched(socket: Socket) -> Hall:
    if socket.hall is None or socket.role is None:
        raise FaultError("forbidden")
    return socket.hall


def _seated(socket: Socket) -> tuple[Hall, int]:
    if socket.hall is None or socket.id is None:
        raise FaultError("forbidden")
    return socket.hall, socket.id
