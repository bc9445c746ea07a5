"""A room as one process sees it: what is known of it, and who is in it here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping

from hub.rooms import Message, Room
from hub.sockets import LATER, Socket
from hub.stores import AwayError, Store

SEATS = 3
"""Connections of one phone: its tabs, and one that has died unnoticed. The first goes first."""

SHOWN = "model", "frozen", "hidden", "approval"
"""Settings that a phone shows something of."""


class Hall:
    """A room's fields, as they were last read, and the sockets that are told of changes."""

    def __init__(self, code: str, store: Store, life: float, now: Callable[[], float]) -> None:
        self.code = code
        self.users = 0  # sockets, and tasks; without any, the process forgets the hall
        self.room = Room()
        self.watchers: set[Socket] = set()
        self.phones: dict[int, list[Socket]] = {}
        self._store, self._life, self._now = store, life, now
        self._told: dict[str, Message] = {}
        self._stale: set[str] = set()
        self._is_all_stale = True
        self._is_doubted = False
        self._reading = asyncio.Lock()

    @property
    def is_old(self) -> bool:
        """Is its time over?"""
        return self.room.is_open and self._now() >= self.room.born + self._life

    @property
    def is_stale(self) -> bool:
        """Is there anything that should have been read?"""
        return self._is_all_stale or bool(self._stale)

    # To and from the store

    def stale(self, names: Collection[str] = ()) -> None:
        """Note that fields have changed in the store; any of them, if there are no names."""
        self._stale.update(names)
        self._is_all_stale |= not names

    def doubt(self) -> None:
        """Note that the store was away, and may have lost what it knew."""
        self._is_doubted = True
        self.stale()

    async def refresh(self) -> None:
        """Read what has changed, and say so to everybody here.

        Raises
        ------
        AwayError
            The store is; what is to be read stays to be read.
        """
        async with self._reading:
            if not self.is_stale:
                return
            names, self._stale = self._stale, set()
            is_all, self._is_all_stale = self._is_all_stale, False
            try:
                if not is_all:
                    changes = await self._store.read(self.code, {*names, "born"})
                    is_all = changes["born"] is None  # it was closed, or the store has lost it
                if is_all:
                    changes = await self._read_all()
            except AwayError:
                self.stale(names)
                self._is_all_stale |= is_all
                raise
            subjects = self.room.update(changes)
            self._say({*subjects, "people"} if is_all else subjects)

    async def write(self, fields: Mapping[str, str | None]) -> None:
        """Write fields, and say so to everybody, here and elsewhere."""
        await self._store.write(self.code, fields)
        self.stale(fields.keys())
        await self.refresh()

    async def count(self, name: str) -> int:
        """Count a field up by one."""
        number = await self._store.count(self.code, name)
        if number <= self.room.counted(name):
            # The store was away and has lost it, which the bell has not said yet.
            self.doubt()
            await self.refresh()
            number = await self._store.count(self.code, name)
        return number

    async def _read_all(self) -> dict[str, str | None]:
        """Read the room; a store that has lost something of it gets that back."""
        found = await self._store.read(self.code)
        is_doubted = self._is_doubted or "born" not in found
        is_on = self.room.is_open and not self.is_old and "closed" not in found
        if is_on and is_doubted and (lost := self.room.lost(found)):
            await self._store.write(self.code, lost)
            found |= lost
        self._is_doubted = False
        return {**dict.fromkeys(self.room.fields), **found}

    # To the browsers

    def seat(self, socket: Socket, id: int) -> None:
        """Let a phone in."""
        seats = self.phones.setdefault(id, [])
        seats.append(socket)
        if len(seats) > SEATS:
            seats[0].end(code=LATER)

    def show(self, socket: Socket) -> None:
        """Tell a watcher everything."""
        self.watchers.add(socket)
        for subject, message in self._told.items():
            socket.tell(message, subject)

    def show_again(self) -> None:
        """Tell all watchers everything, in case the store had lost some of it."""
        for socket in self.watchers:
            self.show(socket)

    def leave(self, socket: Socket) -> None:
        """Let somebody go."""
        self.watchers.discard(socket)
        seats = self.phones.get(socket.id or 0, [])
        if socket in seats:
            seats.remove(socket)
            if not seats:
                del self.phones[socket.id or 0]

    def sockets(self) -> Iterator[Socket]:
        """Give everybody here."""
        yield from self.watchers
        for seats in self.phones.values():
            yield from seats

    def look_again(self) -> None:
        """Say what has become true by time alone: the room is old, a process is gone."""
        self._say({"people"})

    def _say(self, subjects: Collection[str]) -> None:
        """Tell everybody what has become of these subjects."""
        if not self.room.is_open or self.is_old:
            for socket in self.sockets():
                socket.end("closed" if self.room.is_closed else "old")
            return
        for subject in subjects:
            before, now = self._told.pop(subject, None), self.room.says(subject, self._now())
            if now:
                self._told[subject] = now
            if now != before:
                for watcher in self.watchers:
                    watcher.tell(now or {"say": "gone", "id": _id(subject)}, subject)
            self._tell_phones(subject, before, now)

    def _tell_phones(self, subject: str, before: Message | None, now: Message | None) -> None:
        if subject == "settings":
            if before and now and any(before[name] != now[name] for name in SHOWN):
                for seats in self.phones.values():
                    for socket in seats:
                        socket.tell(now)
        elif subject != "people":
            id = _id(subject)
            for socket in self.phones.get(id, []):
                if self.room.is_banned(id):
                    socket.end("banned")
                elif before and not now:
                    socket.tell({"say": "removed"})
                elif now and (not before or before["approved"] != now["approved"]):
                    socket.tell(standing(now))


def standing(digit: Message) -> Message:
    """Say to a phone what watchers know of its digit."""
    return {"say": "standing", "approved": digit["approved"]}


def _id(subject: str) -> int:
    return int(subject.partition(":")[2])
