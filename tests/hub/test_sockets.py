"""What one browser may do to the hub, and to the others: nothing much."""

from __future__ import annotations

import asyncio
import gc
import json
from contextlib import AsyncExitStack, suppress

import pytest
import websockets

from hub import server, sockets
from hub.rooms import new_code
from hub.sockets import Socket, _transport
from hub.stores import AwayError, FullError
from tests.hub.talk import DRAWINGS, Play, browser, deaf_browser, joined, opened, play


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
@play()
async def test_a_page_of_another_site_is_refused(it: Play, origin: str) -> None:
    with pytest.raises(websockets.InvalidStatus, match="403"):
        async with browser(it.url, origin):
            pass


@play()
async def test_a_flood_is_slowed_down_and_then_cut_off(it: Play) -> None:
    code, speaker, [flooder, phone] = await it.room(2)
    frame = json.dumps({"say": "draw", "strokes": DRAWINGS[0]})
    with suppress(websockets.ConnectionClosed):
        for _ in range(100_000):
            await flooder.socket.send(frame)
    assert await flooder.closed() == 1008
    assert {"say": "fault", "why": "slow_down"} in flooder.heard
    assert await phone.draw(DRAWINGS[1]) == 1
    await speaker.hear("digit", id=2)
    # No more of it was taken than what a hand might send.
    assert it.hub._halls[code].room.seq(1) <= sockets.PHONE[1]


@play()
async def test_who_is_too_fast_for_a_moment_may_go_on(it: Play) -> None:
    _, speaker, [phone] = await it.room()
    for _ in range(30):
        await phone.say("draw", strokes=DRAWINGS[0])
    assert (await phone.hear("fault"))["why"] == "slow_down"
    it.clock.ahead += 2
    await phone.until_quiet()
    assert await phone.draw(DRAWINGS[1]) > 1
    await speaker.hear("digit", strokes=DRAWINGS[1])


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("[" * 5000, None),
        ('{"say":"draw","strokes":' * 600, None),
        ("", None),
        ("null", None),
        ('{"say":"draw","strokes":"' + "A" * 1000 + '"}', None),
        (b'{"say":"spin"}', 1009),
        ("x" * 20_000, 1009),
        ("x" * 4_000_000, 1009),
    ],
    ids=["nest", "long nest", "empty", "null", "long", "bytes", "20 KB", "4 MB"],
)
@play()
async def test_what_is_no_message_is_said_to_be_none(
    it: Play, frame: str | bytes, code: int | None
) -> None:
    _, _, [phone, other] = await it.room(2)
    await phone.until_quiet()
    await phone.socket.send(frame)
    assert (await phone.hear("fault"))["why"] == "malformed"
    if code:
        assert await phone.closed() == code
    else:
        assert await phone.draw(DRAWINGS[0]) == 1
    assert await other.draw(DRAWINGS[0]) == 1


@play()
async def test_who_does_not_read_is_cut_off_and_harms_nobody(
    it: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "STALL", 1.0)
    code, speaker, [phone] = await it.room()
    hall = it.hub._halls[code]
    speakers, phones = {*hall.watchers}, 300

    async def everybody_draws(turn: int) -> None:
        drawn = {f"digit:{id}": f"{turn} {'A' * 590}" for id in range(2, phones + 1)}
        await hall._store.write(code, drawn)
        hall.stale(drawn)
        await hall.refresh()

    await everybody_draws(1)
    async with deaf_browser(it.url) as deaf:
        await deaf.say("watch", room=code, token=it.opened["moderator"])
        await deaf.hear("watching")
        [watcher] = hall.watchers - speakers
        turn, most = 1, 0
        async with asyncio.timeout(30):
            while watcher in hall.watchers:
                turn += 1
                await everybody_draws(turn)
                await speaker.hear("digit", id=phones, seq=turn)
                most = max(most, len(watcher._waiting))
                assert _transport(watcher._websocket).get_write_buffer_size() < 1_000_000
        assert 0 < most <= phones + 2
        assert await phone.draw(DRAWINGS[0]) == 1
        # Whoever comes back sees all of it.
        back = await it.browser()
        await back.say("watch", room=code, token=it.opened["moderator"])
        await back.hear("digit", id=phones, seq=turn)


@play()
async def test_a_server_stops_although_somebody_does_not_read(it: Play) -> None:
    code, _, _ = await it.room()
    hall = it.hub._halls[code]
    speakers = {*hall.watchers}
    async with deaf_browser(it.url) as deaf:
        await deaf.say("watch", room=code, token=it.opened["moderator"])
        await deaf.hear("watching")
        [watcher] = hall.watchers - speakers
        transport = _transport(watcher._websocket)
        async with asyncio.timeout(10):
            while not transport.get_write_buffer_size():
                for id in range(300):
                    watcher.tell({"say": "gone", "id": id, "filled": "x" * 600}, f"digit:{id}")
                await asyncio.sleep(0.05)
        await it.stop()  # uvicorn alone would wait for ever


@pytest.mark.parametrize("do_they_join", [True, False])
@play()
async def test_five_hundred_idle_sockets(it: Play, do_they_join: bool) -> None:
    code, speaker, [phone] = await it.room()
    async with AsyncExitStack() as stack:
        idle = []
        for _ in range(500):
            idle.append(await stack.enter_async_context(browser(it.url)))
            if do_they_join and len(idle) < 499:
                await joined(idle[-1], code)
        assert await phone.draw(DRAWINGS[0]) == 1
        await speaker.hear("digit", id=1)
        if do_they_join:
            await speaker.hear("people", here=499)
        else:
            # Of those who say nothing the oldest make way.
            assert it.hub._sockets - 2 <= server.STRANGERS
            assert await idle[0].closed() == 1013
            await joined(await it.browser(), code)
    async with asyncio.timeout(10):
        while it.hub._sockets > 3:
            await asyncio.sleep(0.05)
    gc.collect()
    assert sum(isinstance(each, Socket) for each in gc.get_objects()) <= 3


@play()
async def test_codes_cannot_be_tried_out(it: Play) -> None:
    code, _, _ = await it.room()
    thief, neighbour = await it.browser(from_="203.0.113.7"), await it.browser(from_="203.0.113.8")
    said: list[str] = []
    began = it.clock()
    for _ in range(200):
        it.clock.ahead += 0.5  # not too fast for one socket
        said.append((await thief.ask("join", room=new_code(), lang="en"))["why"])
        if said[-1] == "slow_down":
            break
    assert set(said[:-1]) == {"unknown"}
    most = server.WRONG_EACH[1] + (it.clock() - began) * server.WRONG_EACH[0]
    assert most - 1 <= len(said) - 1 <= most
    # Not even the right one is told now, or one could go on trying.
    assert (await thief.ask("join", room=code, lang="en"))["why"] == "slow_down"
    await joined(neighbour, code)
    it.clock.ahead += 5
    await joined(thief, code)


@play()
async def test_a_hall_behind_one_address_may_mistype(it: Play) -> None:
    code, _, _ = await it.room()
    for i in range(200):
        it.clock.ahead += 0.1  # all within twenty seconds
        async with browser(it.url, from_="203.0.113.7") as phone:
            if i % 8 == 0:
                assert (await phone.ask("join", room=new_code(), lang="en"))["why"] == "unknown"
            await joined(phone, code)


@play()
async def test_very_many_addresses_cannot_try_codes_out_either(it: Play) -> None:
    said = []
    for i in range(int(server.WRONG_ALL[1]) + 1):
        async with browser(it.url, from_=f"198.51.{i // 250}.{i % 250}") as thief:
            said.append((await thief.ask("join", room=new_code(), lang="en"))["why"])
    assert {*said[:-1]} == {"unknown"} and said[-1] == "slow_down"
    it.clock.ahead += 1
    code, _, _ = await it.room(0)
    await joined(await it.browser(), code)


@play()
async def test_nobody_opens_rooms_without_end(it: Play) -> None:
    for _ in range(int(server.OPEN_EACH[1])):
        await opened(await it.browser(from_="203.0.113.7"))
    more = await it.browser(from_="203.0.113.7")
    assert (await more.ask("open", model="deep"))["why"] == "slow_down"
    await opened(await it.browser(from_="203.0.113.8"))
    it.clock.ahead += 600
    await opened(more)


@pytest.mark.parametrize(("fault", "why"), [(AwayError, "away"), (FullError, "full")])
@play()
async def test_a_room_that_could_not_be_opened_does_not_count(
    it: Play, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], why: str
) -> None:
    async def refuses(*_: object) -> bool:
        raise fault

    page = await it.browser(from_="203.0.113.7")
    with monkeypatch.context() as outage:
        outage.setattr(it.hub._store, "open", refuses)
        for _ in range(2 * int(server.OPEN_EACH[1])):
            it.clock.ahead += 4
            assert (await page.ask("open", model="deep"))["why"] == why
    await opened(page)


@play()
async def test_a_wrong_token_counts_as_a_wrong_code(it: Play) -> None:
    code, _, _ = await it.room()
    thief = await it.browser(from_="203.0.113.7")
    said = []
    for _ in range(200):
        it.clock.ahead += 0.5
        said.append((await thief.ask("watch", room=code, token="A" * 32))["why"])
    assert said[0] == "unknown" and said[-1] == "slow_down"
