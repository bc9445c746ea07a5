"""A room whose phones and whose projector sit on different processes, with Redis between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from hub import server
from hub.limits import Limits
from tests.hub.conftest import RedisServer
from tests.hub.talk import (
    DRAWINGS,
    Browser,
    Clock,
    Play,
    browser,
    hub_at_work,
    joined,
    of_digits,
)


async def on_two(redis: RedisServer, test: Callable[[Play, Play], Awaitable[None]]) -> None:
    """Serve two hubs over one Redis."""
    from hub.redis_store import Shared

    limits, plays = Limits(), []
    async with AsyncExitStack() as stack:
        for _ in range(2):
            store, clock = Shared(redis.url, limits.rooms, limits.room_seconds), Clock()
            served = await stack.enter_async_context(hub_at_work(limits, store, clock))
            browsers = await stack.enter_async_context(AsyncExitStack())
            plays.append(Play(served, clock, browsers))
        await test(*plays)


@pytest.fixture
def redis(redis_anew: Callable[[], RedisServer]) -> RedisServer:
    return redis_anew()


def test_a_room_is_one_room(redis: RedisServer) -> None:
    async def run(here: Play, there: Play) -> None:
        code, speaker, [near] = await here.room()
        far = await there.browser()
        assert (await joined(far, code, "pt"))["id"] == 2
        await speaker.hear("people", here=2)
        await far.draw(DRAWINGS[0])
        await speaker.hear("digit", id=2, strokes=DRAWINGS[0])
        moderator = await there.browser()
        await moderator.say("watch", room=code, token=here.opened["moderator"])
        await moderator.hear("digit", id=2)
        await near.draw(DRAWINGS[1])
        await moderator.hear("digit", id=1, strokes=DRAWINGS[1])
        # What is said on either side is heard on both.
        await speaker.say("set", model="vae", approval=True)
        await far.hear("settings", model="vae")
        await moderator.hear("settings", approval=True)
        await far.draw(DRAWINGS[2])
        await speaker.hear("digit", id=2, seq=2, approved=False)
        await speaker.say("approve", id=2, seq=2)
        await moderator.hear("digit", id=2, seq=2, approved=True)
        await moderator.say("remove", id=1)
        await near.hear("removed")
        await speaker.hear("gone", id=1)
        await speaker.say("ban", id=2)
        assert (await far.hear("fault"))["why"] == "banned"
        await speaker.say("close")
        for each in (speaker, near, moderator):
            assert (await each.hear("fault"))["why"] == "closed"

    asyncio.run(on_two(redis, run))


def test_a_phone_comes_back_on_the_other_process(redis: RedisServer) -> None:
    async def run(here: Play, there: Play) -> None:
        code, speaker, _ = await here.room(0)
        phone = await here.browser()
        me = await joined(phone, code)
        await phone.draw(DRAWINGS[0])
        await phone.socket.close()
        back = await there.browser()
        again = await joined(back, code, me=me["me"])
        assert (again["id"], again["name"], again["strokes"]) == (1, me["name"], DRAWINGS[0])
        assert await back.draw(DRAWINGS[1]) == 2
        await speaker.hear("digit", id=1, seq=2)

    asyncio.run(on_two(redis, run))


def test_nothing_is_approved_that_was_not_seen(redis: RedisServer) -> None:
    """One phone draws on two processes at once: no two drawings have one number."""

    async def run(here: Play, there: Play) -> None:
        code, _, _ = await here.room(0)
        tabs = [await here.browser(), await there.browser()]
        me = (await joined(tabs[0], code))["me"]
        await joined(tabs[1], code, me=me)

        async def draws(tab: Browser) -> list[int]:
            return [await tab.draw(strokes) for strokes in DRAWINGS[:5]]

        here_, there_ = await asyncio.gather(*map(draws, tabs))
        assert sorted(here_ + there_) == list(range(1, 11))

    asyncio.run(on_two(redis, run))


@pytest.mark.parametrize("flag", ["frozen", "hidden"])
def test_what_nobody_has_seen_is_asked_for(redis: RedisServer, flag: str) -> None:
    async def run(here: Play, there: Play) -> None:
        code, speaker, [near] = await here.room()
        moderator, far = await there.browser(), await there.browser()
        await moderator.say("watch", room=code, token=here.opened["moderator"])
        await joined(far, code)
        await near.draw(DRAWINGS[0])
        await moderator.hear("digit", id=1)
        await speaker.say("set", **{flag: True})
        await moderator.hear("settings", **{flag: True})
        await far.draw(DRAWINGS[1])
        await speaker.hear("digit", id=2)
        await moderator.say("set", approval=True)
        await speaker.hear("digit", id=2, approved=False)
        await far.hear("standing", approved=False)

        async def wall() -> dict[int, dict[str, Any]]:
            fresh = await there.browser()
            await fresh.say("watch", room=code, token=here.opened["speaker"])
            return of_digits(await fresh.until_quiet(0.5))

        stood = {id: m.get("stood") for id, m in (await wall()).items()}
        assert stood == {1: None, 2: 0 if flag == "frozen" else None}
        await speaker.say("set", **{flag: False})
        await moderator.hear("settings", **{flag: False})
        assert {id: m["approved"] for id, m in (await wall()).items()} == {1: True, 2: False}

    asyncio.run(on_two(redis, run))


async def everything(watcher: Browser) -> dict[int, str]:
    """Give the digits of a wall: id -> strokes."""
    said = of_digits(await watcher.until_quiet(0.5))
    return {id: m["strokes"] for id, m in said.items() if m["say"] == "digit"}


@pytest.mark.parametrize("remembers", ["everything", "the beginning", "nothing"])
def test_an_outage_loses_nothing(redis_anew: Callable[..., RedisServer], remembers: str) -> None:
    keep = ("--appendonly", "yes" if remembers == "everything" else "no", "--save", "")
    redis = redis_anew(*keep)

    async def run(here: Play, there: Play) -> None:
        code, speaker, phones = await here.room(3)
        if remembers == "the beginning":
            await phones[1].draw(DRAWINGS[9])
            redis.save()
        far = await there.browser()
        await joined(far, code)
        for phone, strokes in zip([*phones, far], DRAWINGS, strict=False):
            await phone.draw(strokes)
        await speaker.say("remove", id=2)
        await speaker.hear("gone", id=2)
        await speaker.until_quiet(0.7)

        redis.stop()
        assert (await speaker.hear("fault"))["why"] == "away"
        await far.until_quiet()
        assert (await far.ask("draw", strokes=DRAWINGS[7]))["why"] == "away"
        assert (await speaker.ask("set", frozen=True))["why"] == "away"
        late = await there.browser()
        for hub in (here, there):
            hub.clock.ahead += 5
        assert (await late.ask("join", room=code, lang="en"))["why"] == "away"

        redis.start(*keep)
        wall = {1: DRAWINGS[0], 3: DRAWINGS[2], 4: DRAWINGS[3]}
        assert await everything(speaker) == wall
        # Everything works on both, as if nothing had been.
        assert (await joined(late, code))["id"] == 5
        assert await far.draw(DRAWINGS[7]) == 2
        await speaker.hear("digit", id=4, strokes=DRAWINGS[7])
        fresh = await there.browser()
        await fresh.say("watch", room=code, token=here.opened["speaker"])
        assert await everything(fresh) == wall | {4: DRAWINGS[7]}
        await speaker.say("close")
        assert await far.closed() == 1000

    asyncio.run(on_two(redis, run))


def test_who_comes_back_during_an_outage_hears_of_it(redis: RedisServer) -> None:
    """The process knows the room, because somebody else is in it there."""

    async def run(here: Play, _: Play) -> None:
        code, speaker, [phone] = await here.room()
        await phone.draw(DRAWINGS[0])
        await speaker.hear("people", here=1)
        redis.stop()
        assert (await speaker.hear("fault"))["why"] == "away"

        async def come() -> list[str]:
            back = await here.browser()
            await back.say("watch", room=code, token=here.opened["speaker"])
            return [m.get("why", m["say"]) for m in await back.until_quiet(0.5)]

        first, *state, last = await come()
        assert (first, last) == ("watching", "away") and {"settings", "digit"} <= {*state}
        redis.start()
        await speaker.hear("digit", id=1)
        assert "away" not in await come()

    asyncio.run(on_two(redis, run))


@pytest.mark.parametrize("say", ["join", "draw"])
def test_no_number_comes_twice_whoever_is_first(
    redis_anew: Callable[..., RedisServer], say: str
) -> None:
    """Redis has lost everything, and is written to before a hub has heard that it was away."""

    async def run(here: Play, there: Play) -> None:
        code, speaker, [phone] = await here.room()
        await phone.draw(DRAWINGS[0])
        await speaker.hear("people", here=1)
        redis.forget()
        if say == "join":
            late = await here.browser()
            assert (await joined(late, code))["id"] == 2
        else:
            assert await phone.draw(DRAWINGS[1]) == 2
        fresh = await there.browser()
        await fresh.say("watch", room=code, token=here.opened["speaker"])
        await fresh.hear("digit", id=1)

    redis = redis_anew()
    asyncio.run(on_two(redis, run))


def test_a_process_that_dies_is_not_counted_any_more(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "BEAT", 0.2)

    async def run(here: Play, there: Play) -> None:
        code, speaker, _ = await here.room(2)
        async with browser(there.url) as far:
            await joined(far, code)
            await speaker.hear("people", here=3)
            # It says no more that the phone is there, nor that it has gone.
            for task in [*there.hub._tasks]:
                task.cancel()
            monkeypatch.setattr(there.hub, "_count_soon", lambda hall: None)
        await speaker.until_quiet()
        here.clock.ahead += 70
        await speaker.hear("people", here=2)

    asyncio.run(on_two(redis, run))


def test_a_room_that_was_closed_meanwhile_stays_closed(redis: RedisServer) -> None:
    async def run(here: Play, there: Play) -> None:
        code, speaker, [phone] = await here.room()
        far = await there.browser()
        await joined(far, code)
        # The bell is not heard there when the room is closed.
        assert there.hub._store._hearing  # type: ignore[attr-defined]
        there.hub._store._hearing.cancel()  # type: ignore[attr-defined]
        await asyncio.sleep(0.1)
        await speaker.say("close")
        assert await phone.closed() == 1000
        await there.hub._store.start(there.hub)
        assert (await far.hear("fault"))["why"] == "closed"
        late = await here.browser()
        assert (await late.ask("join", room=code, lang="en"))["why"] == "closed"

    asyncio.run(on_two(redis, run))
