"""Where rooms are kept: what a store does, and the one in this process's memory.

`hub.redis_store` is the other one. A store knows fields and rings a bell; what a field means,
`hub.rooms` says.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from hub.rooms import Fields

UNATTENDED = 600
"""Seconds without a watcher, after which a room makes way for a new one, if one has to."""


class AwayError(Exception):
    """The store cannot be reached for now."""


class FullError(Exception):
    """There are as many rooms as there may be."""


class Listener(Protocol):
    """Who is told what happens in the store."""

    def rang(self, code: str, names: Collection[str]) -> None:
        """Fields of a room were changed: these, or any if there are no names."""

    def lost(self) -> None:
        """The bell is not heard any more."""

    def found(self) -> None:
        """It is heard again; anything may have changed meanwhile."""


class Store(Protocol):
    """For each room a flat table of texts; every method may raise `AwayError`."""

    async def start(self, listener: Listener) -> None:
        """Tell this listener from now on."""

    async def stop(self) -> None:
        """Tell nobody any more, and let go of everything."""

    async def open(self, code: str, fields: Fields) -> bool:
        """Keep a new room, for as long as rooms are kept; False if there is one of this code.

        Raises
        ------
        FullError
            There are as many rooms as there may be, and each of them has a watcher.
        """

    async def attend(self, codes: Collection[str]) -> None:
        """Note that these rooms have watchers just now."""

    async def read(self, code: str, names: Collection[str] = ()) -> dict[str, str | None]:
        """Give these fields, with None for what is not there; or all that are there."""

    async def write(self, code: str, fields: Mapping[str, str | None]) -> None:
        """Set fields, or delete those that are None, and ring; who asked is not rung for."""

    async def count(self, code: str, name: str) -> int:
        """Count a field up by one; nobody else gets the same number. Does not ring."""

    async def close(self, code: str) -> None:
        """Forget a room, but for a field "closed", and ring."""


@dataclass
class _Kept:
    fields: Fields
    ends: float
    attended: float


class Memory:
    """The rooms of one process, whose hub alone changes them."""

    def __init__(self, rooms: int, seconds: int) -> None:
        self._most, self._seconds = rooms, seconds
        self._open: dict[str, _Kept] = {}
        self._closed: deque[str] = deque(maxlen=rooms)
        self._listener: Listener | None = None

    async def start(self, listener: Listener) -> None:
        """Tell this listener of rooms that are closed; all else is its own doing."""
        self._listener = listener

    async def stop(self) -> None:
        """Tell nobody any more."""
        self._listener = None

    async def open(self, code: str, fields: Fields) -> bool:
        """Keep a new room."""
        now = time.time()
        self._open = {code: kept for code, kept in self._open.items() if kept.ends > now}
        if code in self._open or code in self._closed:
            return False
        if len(self._open) >= self._most:
            oldest = min(self._open, key=lambda code: self._open[code].attended)
            if self._open[oldest].attended > now - UNATTENDED:
                raise FullError
            await self.close(oldest)
        self._open[code] = _Kept(dict(fields), now + self._seconds, now)
        return True

    async def attend(self, codes: Collection[str]) -> None:
        """Note that these rooms have watchers just now."""
        for code in self._open.keys() & codes:
            self._open[code].attended = time.time()

    async def read(self, code: str, names: Collection[str] = ()) -> dict[str, str | None]:
        """Give these fields, or all."""
        fields = self._fields(code)
        return {name: fields.get(name) for name in names or fields}

    async def write(self, code: str, fields: Mapping[str, str | None]) -> None:
        """Set fields, or delete them."""
        kept = self._fields(code)
        for name, value in fields.items():
            if value is None:
                kept.pop(name, None)
            else:
                kept[name] = value

    async def count(self, code: str, name: str) -> int:
        """Count a field up by one."""
        fields = self._fields(code)
        number = int(fields.get(name, 0)) + 1
        fields[name] = str(number)
        return number

    async def close(self, code: str) -> None:
        """Forget a room, but for a field "closed"."""
        if self._open.pop(code, None):
            self._closed.append(code)
        if self._listener:
            self._listener.rang(code, ())

    def _fields(self, code: str) -> Fields:
        if code in self._closed:
            return {"closed": "1"}
        kept = self._open.get(code)
        return kept.fields if kept and kept.ends > time.time() else {}
