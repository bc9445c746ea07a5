"""Where rooms are kept: the interface, and the memory of one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

# A room's code, and the names of the fields that have changed; no names if it may be any.
Bell = Callable[[str, Collection[str]], None]


class AwayError(Exception):
    """The store cannot be reached for now."""


class FullError(Exception):
    """There are as many rooms as there may be."""


class Store(Protocol):
    """A flat table of texts for each room, and a bell that says where one has changed.

    Every method may raise `AwayError`.
    """

    async def start(self, bell: Bell) -> None:
        """Ring this bell from now on, for whatever process has changed something."""

    async def stop(self) -> None:
        """Do that no longer."""

    async def open(self, code: str, fields: Mapping[str, str], ends: float) -> bool:
        """Keep a new room until a time (seconds since 1970); False if there is one of this code.

        Raises
        ------
        FullError
            There are as many rooms as there may be.
        """

    async def read(self, code: str, names: Collection[str] = ()) -> dict[str, str | None]:
        """Give some fields, None for one that is not there, or by default all that are there."""

    async def write(self, code: str, fields: Mapping[str, str]) -> None:
        """Set fields, and ring."""

    async def count(self, code: str, field: str) -> int:
        """Raise a number by one and give it; nobody else gets the same."""

    async def close(self, code: str) -> None:
        """Forget everything of a room but that it was closed, and ring."""


class Memory:
    """The rooms of one process."""

    def __init__(self, rooms: int) -> None:
        self._most = rooms
        self._rooms: dict[str, tuple[float, dict[str, str]]] = {}
        self._bell: Bell = lambda code, names: None

    async def start(self, bell: Bell) -> None:
        """Ring this bell from now on."""
        self._bell = bell

    async def stop(self) -> None:
        """Do that no longer."""
        self._bell = lambda code, names: None

    async def open(self, code: str, fields: Mapping[str, str], ends: float) -> bool:
        """Keep a new room."""
        now = time.time()
        self._rooms = {c: room for c, room in self._rooms.items() if room[0] > now}
        if code in self._rooms:
            return False
        if sum("closed" not in fields for _, fields in self._rooms.values()) >= self._most:
            raise FullError
        self._rooms[code] = (ends, dict(fields))
        return True

    async def read(self, code: str, names: Collection[str] = ()) -> dict[str, str | None]:
        """Give some fields, or all."""
        fields = self._fields(code)
        return {name: fields.get(name) for name in names or fields}

    async def write(self, code: str, fields: Mapping[str, str]) -> None:
        """Set fields, and ring."""
        self._fields(code).update(fields)
        self._bell(code, fields.keys())

    async def count(self, code: str, field: str) -> int:
        """Raise a number by one and give it."""
        fields = self._fields(code)
        number = int(fields.get(field, 0)) + 1
        fields[field] = str(number)
        return number

    async def close(self, code: str) -> None:
        """Forget everything of a room but that it was closed."""
        ends, _ = self._rooms[code]
        self._rooms[code] = (ends, {"closed": "1"})
        self._bell(code, ())

    def _fields(self, code: str) -> dict[str, str]:
        ends, fields = self._rooms.get(code, (0.0, {}))
        return fields if ends > time.time() else {}
