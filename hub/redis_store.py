"""Rooms in Redis, so that phones and projector may sit on different processes.

A room is a hash; Pub/Sub is the bell and nothing else. Whatever was not heard is read again when
the bell is back: Redis's client does not subscribe again by itself.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from hub.rooms import Fields
from hub.stores import UNATTENDED, AwayError, FullError, Listener

_ROOMS = "gargalo:rooms"  # a sorted set: code -> when a watcher was last there
_BELL = "gargalo:bell"
_CLOSED = 3600  # seconds for which who comes late still hears that a room was closed
_NAMES = 64  # in one message; of more, everything is read again
_PATIENCE = 2.0  # seconds
_SILENCE = 10.0  # seconds, after which the bell is asked whether it is still there
_AGAIN = 0.5  # seconds until the next try to reach it
_CONNECTIONS = 16


class Shared:
    """The rooms of all processes that have the same Redis."""

    def __init__(self, url: str, rooms: int, seconds: int) -> None:
        self._most, self._seconds = rooms, seconds
        self._me = secrets.token_hex(4)
        # The one retry is for a connection of the pool that has died unnoticed.
        self._redis = Redis.from_pool(
            BlockingConnectionPool.from_url(
                url,
                decode_responses=True,
                max_connections=_CONNECTIONS,
                timeout=_PATIENCE,
                socket_timeout=_PATIENCE,
                socket_connect_timeout=_PATIENCE,
                retry=Retry(NoBackoff(), 1),
            )
        )
        self._hearing: asyncio.Task[None] | None = None

    async def start(self, listener: Listener) -> None:
        """Tell this listener from now on."""
        self._hearing = asyncio.create_task(self._hear(listener))

    async def stop(self) -> None:
        """Tell nobody any more, and let go of the connections."""
        if self._hearing:
            self._hearing.cancel()
            with suppress(asyncio.CancelledError):
                await self._hearing
        await self._redis.aclose()

    async def open(self, code: str, fields: Fields) -> bool:
        """Keep a new room."""
        with _reaching():
            if await self._redis.exists(_key(code)):
                return False
            if await self._redis.zcard(_ROOMS) >= self._most:
                old = time.time() - UNATTENDED
                unattended = await self._redis.zrangebyscore(_ROOMS, 0, old, start=0, num=1)
                if not unattended:
                    raise FullError
                await self.close(str(unattended[0]))
            async with self._redis.pipeline() as pipe:
                pipe.hset(_key(code), mapping=cast(dict[Any, Any], fields))
                pipe.expire(_key(code), self._seconds)
                pipe.zadd(_ROOMS, {code: time.time()})
                await pipe.execute()
        return True

    async def attend(self, codes: Collection[str]) -> None:
        """Note that these rooms have watchers just now."""
        if codes:
            with _reaching():
                await self._redis.zadd(_ROOMS, dict.fromkeys(codes, time.time()))

    async def read(self, code: str, names: Collection[str] = ()) -> dict[str, str | None]:
        """Give these fields, or all."""
        asked = [*names]
        with _reaching():
            if asked:
                values = await self._redis.hmget(_key(code), asked)
                return dict(zip(asked, cast(list[str | None], values), strict=True))
            return {**cast(Fields, await self._redis.hgetall(_key(code)))}

    async def write(self, code: str, fields: Mapping[str, str | None]) -> None:
        """Set fields, or delete them, and ring."""
        given: dict[Any, Any] = {k: value for k, value in fields.items() if value is not None}
        gone = [name for name, value in fields.items() if value is None]
        with _reaching():
            async with self._redis.pipeline() as pipe:
                if given:
                    pipe.hset(_key(code), mapping=given)
                if gone:
                    pipe.hdel(_key(code), *gone)
                # Who writes into a room that has just been forgotten makes it anew.
                pipe.expire(_key(code), self._seconds, nx=True)
                pipe.publish(_BELL, self._ring(code, fields))
                await pipe.execute()

    async def count(self, code: str, name: str) -> int:
        """Count a field up by one."""
        with _reaching():
            async with self._redis.pipeline() as pipe:
                pipe.hincrby(_key(code), name, 1)
                pipe.expire(_key(code), self._seconds, nx=True)
                number, _ = await pipe.execute()
                return int(number)

    async def close(self, code: str) -> None:
        """Forget a room, but for a field "closed", and ring."""
        with _reaching():
            async with self._redis.pipeline() as pipe:
                pipe.delete(_key(code))
                pipe.hset(_key(code), mapping={"closed": "1"})
                pipe.expire(_key(code), _CLOSED)
                pipe.zrem(_ROOMS, code)
                pipe.publish(_BELL, f"everybody {code}")
                await pipe.execute()

    def _ring(self, code: str, names: Collection[str]) -> str:
        return " ".join([self._me, code, *(names if len(names) <= _NAMES else ())])

    async def _hear(self, listener: Listener) -> None:
        """Listen to the bell, whatever happens to Redis."""
        is_lost = False
        while True:
            try:
                async with self._redis.pubsub() as bell:
                    await bell.subscribe(_BELL)
                    async for message in _messages(bell):
                        if message["type"] == "subscribe":
                            is_lost = False
                            listener.found()
                        elif message["type"] == "message":
                            who, code, *names = message["data"].split()
                            if who != self._me:
                                listener.rang(code, names)
            except (RedisError, OSError, ValueError) as fault:  # the last: it is not our bell
                if not is_lost:
                    logging.getLogger(__name__).warning("the rooms' Redis is away: %s", fault)
                    is_lost = True
                    listener.lost()
                await asyncio.sleep(_AGAIN)


async def _messages(bell: PubSub) -> AsyncIterator[dict[str, Any]]:
    """Give what the bell says; one that does not even answer is lost."""
    was_asked = False
    while True:
        message = await bell.get_message(timeout=_PATIENCE if was_asked else _SILENCE)
        if message is not None:
            was_asked = False
            yield message
        elif was_asked:
            raise ConnectionError("no answer")
        else:
            await bell.ping()
            was_asked = True


def _key(code: str) -> str:
    return f"gargalo:room:{code}"


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as fault:
        raise AwayError from fault
