"""What only the store in Redis promises: the bell, and that it comes back after an outage."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from hub.rooms import new_code
from hub.stores import AwayError
from tests.hub.conftest import RedisServer
from tests.hub.test_stores import FIELDS, eventually, listening


def test_who_writes_is_not_rung_for(redis_url: str) -> None:
    from hub.redis_store import Shared

    async def run() -> None:
        one, other = Shared(redis_url, 20, 100), Shared(redis_url, 20, 100)
        heard, heard_by_other = await listening(one), await listening(other)
        code = new_code()
        await one.open(code, FIELDS)
        await one.write(code, {"digit:1": "1 AQ", "name:1": None})
        await eventually(lambda: heard_by_other.rings == [(code, {"digit:1", "name:1"})])
        # Of very many fields, all are read again.
        await one.write(code, {f"digit:{id}": "1 AQ" for id in range(500)})
        await eventually(lambda: heard_by_other.rings[1:] == [(code, set())])
        assert heard.rings == []
        await one.stop()
        await other.stop()

    asyncio.run(run())


@pytest.mark.parametrize("noise", [b"x", b"", b"\xff\xfe \xff"])
def test_what_others_say_on_the_bell_s_channel_does_not_stop_it(
    redis_url: str, noise: bytes
) -> None:
    import redis

    from hub.redis_store import Shared

    async def run() -> None:
        one, other, code = Shared(redis_url, 20, 100), Shared(redis_url, 20, 100), new_code()
        heard = await listening(one)
        heard.is_found.clear()
        with redis.Redis.from_url(redis_url) as client:
            client.publish("gargalo:bell", noise)
        await asyncio.wait_for(heard.is_found.wait(), 10)
        await other.write(code, {"name:2": "y"})
        await eventually(lambda: heard.rings == [(code, {"name:2"})])
        await one.stop()
        await other.stop()

    asyncio.run(run())


def test_a_server_that_is_not_there_is_away_and_comes_back(
    redis_anew: Callable[[], RedisServer], caplog: pytest.LogCaptureFixture
) -> None:
    from hub.redis_store import Shared

    async def run() -> None:
        server, code = redis_anew(), new_code()
        store = Shared(server.url, 20, 100)
        heard = await listening(store)
        await store.open(code, FIELDS)
        server.stop()
        await eventually(lambda: not heard.is_found.is_set())
        for doing in (
            store.read(code),
            store.write(code, {"name:1": "x"}),
            store.count(code, "phones"),
            store.open(new_code(), FIELDS),
            store.attend([code]),
            store.close(code),
        ):
            with pytest.raises(AwayError):
                await doing
        server.start()
        await asyncio.wait_for(heard.is_found.wait(), 10)
        assert await store.read(code) == FIELDS  # it had written it down
        other = Shared(server.url, 20, 100)
        await other.write(code, {"name:2": "y"})
        await eventually(lambda: heard.rings == [(code, {"name:2"})])
        await store.stop()
        await other.stop()

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    assert len(caplog.records) == 1  # once, however long it takes
    assert "Redis is away" in caplog.text


def test_a_server_that_answers_nobody_is_away(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As behind a network that swallows everything: nobody is told that the connection is dead."""
    import redis

    from hub import redis_store

    monkeypatch.setattr(redis_store, "_PATIENCE", 0.2)
    monkeypatch.setattr(redis_store, "_SILENCE", 0.3)

    async def run() -> None:
        store, code = redis_store.Shared(redis_url, 20, 100), new_code()
        heard = await listening(store)
        await asyncio.sleep(1)
        assert heard.is_found.is_set()  # silence alone is no outage
        with redis.Redis.from_url(redis_url) as client:
            client.execute_command("CLIENT", "PAUSE", 2000, "ALL")
        await eventually(lambda: not heard.is_found.is_set())
        with pytest.raises(AwayError):
            await store.read(code)
        await asyncio.wait_for(heard.is_found.wait(), 10)
        assert await store.read(code) == {}
        await store.stop()

    asyncio.run(run())
