"""What a store promises, both of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection

import pytest

from hub import stores
from hub.rooms import new_code
from hub.stores import FullError, Memory, Store

FIELDS = {"born": "1.5", "set:model": "shallow", "name:1": "Bem-Te-Vi Sábio"}


class Heard:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.rings: list[tuple[str, set[str]]] = []
        self.is_found = asyncio.Event()

    def rang(self, code: str, names: Collection[str]) -> None:
        self.rings.append((code, set(names)))

    def lost(self) -> None:
        self.is_found.clear()

    def found(self) -> None:
        self.is_found.set()


async def listening(store: Store) -> Heard:
    """Listen to a store; gives what is heard, once there is something to hear."""
    heard = Heard()
    await store.start(heard)
    if not isinstance(store, Memory):
        await asyncio.wait_for(heard.is_found.wait(), 10)
    return heard


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something has become true."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


Make = Callable[..., Store]
Promise = Callable[[Make], Awaitable[None]]


@pytest.fixture(params=["memory", "redis"])
def make(request: pytest.FixtureRequest) -> Make:
    """Make stores; those in Redis see the same rooms, as two processes would."""
    if request.param == "memory":
        return lambda rooms=20, seconds=100: Memory(rooms, seconds)
    url = request.getfixturevalue("redis_url")
    from hub.redis_store import Shared

    return lambda rooms=20, seconds=100: Shared(url, rooms, seconds)


@pytest.fixture(autouse=True)
def _rooms_are_forgotten(request: pytest.FixtureRequest) -> None:
    if "redis_url" in request.fixturenames or "redis" in request.node.name:
        import redis

        with redis.Redis.from_url(request.getfixturevalue("redis_url")) as client:
            client.flushall()


def promise(test: Promise) -> Callable[[Make], None]:
    """Run a coroutine as a test."""

    def run(make: Make) -> None:
        asyncio.run(test(make))

    run.__name__ = test.__name__
    return run


@promise
async def test_what_is_kept_is_read(make: Make) -> None:
    store, code = make(), new_code()
    assert await store.read(code) == {}
    assert await store.read(code, ["born"]) == {"born": None}
    assert await store.open(code, FIELDS)
    assert await store.read(code) == FIELDS
    await store.write(code, {"digit:1": "1 AQ", "name:1": None})
    assert await store.read(code) == {"born": "1.5", "set:model": "shallow", "digit:1": "1 AQ"}
    assert await store.read(code, ["digit:1", "name:1"]) == {"digit:1": "1 AQ", "name:1": None}
    await store.stop()


@promise
async def test_a_code_is_one_room_s(make: Make) -> None:
    store, code = make(), new_code()
    assert await store.open(code, FIELDS)
    assert not await store.open(code, {"born": "2"})
    assert await store.read(code) == FIELDS
    await store.close(code)
    assert not await store.open(code, FIELDS)
    await store.stop()


@promise
async def test_nobody_gets_another_s_number(make: Make) -> None:
    store, code = make(), new_code()
    await store.open(code, FIELDS)
    numbers = await asyncio.gather(*(store.count(code, "phones") for _ in range(50)))
    assert sorted(numbers) == list(range(1, 51))
    assert await store.read(code, ["phones"]) == {"phones": "50"}
    await store.stop()


@promise
async def test_who_writes_overwrites_no_other_field(make: Make) -> None:
    store, code = make(), new_code()
    await store.open(code, FIELDS)
    written = {f"digit:{id}": f"{id} AQ" for id in range(200)}
    await asyncio.gather(*(store.write(code, {name: value}) for name, value in written.items()))
    assert await store.read(code) == FIELDS | written
    await store.stop()


@promise
async def test_a_closed_room_says_so_and_nothing_else(make: Make) -> None:
    store, code = make(), new_code()
    heard = await listening(store)
    await store.open(code, FIELDS)
    await store.close(code)
    assert await store.read(code) == {"closed": "1"}
    await eventually(lambda: heard.rings == [(code, set())])
    await store.stop()


@promise
async def test_a_room_is_forgotten_after_its_time(make: Make) -> None:
    store, code = make(seconds=1), new_code()
    await store.open(code, FIELDS)
    await asyncio.sleep(1.1)
    assert await store.read(code) == {}
    # Who did not notice writes into nothing, and leaves nothing for ever.
    await store.write(code, {"digit:1": "1 AQ"})
    await store.count(code, "drawn:1")
    await asyncio.sleep(1.1)
    assert await store.read(code) == {}
    await store.stop()


@promise
async def test_so_many_rooms_and_no_more(make: Make) -> None:
    store = make(rooms=3)
    codes = [new_code() for _ in range(4)]
    for code in codes[:3]:
        assert await store.open(code, FIELDS)
    with pytest.raises(FullError):
        await store.open(codes[3], FIELDS)
    assert await store.read(codes[3]) == {}
    await store.close(codes[1])
    assert await store.open(codes[3], FIELDS)
    await store.stop()


def test_a_room_that_nobody_watches_makes_way(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        store, codes = make(rooms=2), [new_code() for _ in range(3)]
        await store.open(codes[0], FIELDS)
        await store.open(codes[1], FIELDS)
        later = time.time() + stores.UNATTENDED + 1
        monkeypatch.setattr(time, "time", lambda: later)
        # The first one has been there longer, but somebody looks at it.
        await store.attend([codes[0]])
        assert await store.open(codes[2], FIELDS)
        assert await store.read(codes[0]) == FIELDS
        assert await store.read(codes[1]) == {"closed": "1"}
        with pytest.raises(FullError):
            await store.open(new_code(), FIELDS)
        await store.stop()

    if isinstance(make(), Memory):
        # Its rooms would be over by then.
        monkeypatch.setattr(stores, "UNATTENDED", 50)
    asyncio.run(run())
