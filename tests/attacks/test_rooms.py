"""5,000 messages from anybody, to a hub with a room in which people draw.

Promised: each is taken, or answered with one word of the table; whoever means well notices
nothing; nothing grows.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import pytest
import websockets

from hub import protocol, rooms
from hub.limits import Limits
from hub.protocol import MESSAGES
from tests.attacks.mischief import TIMES, WORDS, spoil
from tests.hub.talk import DRAWINGS, Browser, Clock, browser, hub_at_work, joined, opened
from tests.hub.test_protocol import GOOD

MESSAGES_SENT, ATTACKERS = 5_000, 12
LIMITS = Limits(rooms=5, room_phones=30, room_watchers=5, room_seconds=10**9)


def message(dice: Random, room: dict[str, Any]) -> str | bytes:
    """Make a message: of the table, spoilt in most cases, or none at all."""
    # Few get so far that they may say these.
    say = dice.choice([*MESSAGES, "join", *["draw", "spin"] * 4])
    said: dict[str, Any] = {"say": say}
    for name, kind in MESSAGES[say].fields.items():
        if name[-1] != "?" or dice.random() < 0.5:
            said[name.rstrip("?")] = dice.choice(GOOD[kind])
    # Or else almost nobody gets in.
    if "room" in said and dice.random() < 0.8:
        said["room"] = room["room"]
    if "strokes" in said and dice.random() < 0.8:
        said["strokes"] = dice.choice(DRAWINGS)
    match dice.randrange(10):
        case 0:
            text = json.dumps(said)
            at = dice.randrange(len(text))
            return text[:at] + dice.choice(WORDS).encode("utf-8", "replace").decode() + text[at:]
        case 1:
            return dice.randbytes(dice.randrange(50))
        case 2 | 3 | 4:
            return json.dumps(said)
    return json.dumps(spoil(said, dice))[:100_000]


def test_any_message_is_taken_or_answered(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []
    with caplog.at_level(logging.WARNING):
        asyncio.run(attack(heard))
    assert [record.getMessage() for record in caplog.records] == []
    # The attack was not blunt: of each kind, something came through.
    assert {"joined", "drawn", "named", "opened", "watching", "settings", "digit"} <= {*heard}
    assert {"malformed", "forbidden", "unknown", "full"} <= {*heard}


async def attack(heard: list[str]) -> None:
    dice, clock = Random(14), Clock()
    async with hub_at_work(LIMITS, clock=clock) as served, AsyncExitStack() as stack:
        speaker = await stack.enter_async_context(browser(served.url))
        phone = await stack.enter_async_context(browser(served.url))
        room = await opened(speaker)
        me = await joined(phone, room["room"])
        attackers: list[Browser] = []
        for turn in range(MESSAGES_SENT * TIMES):
            if len(attackers) < ATTACKERS:
                at = f"198.51.100.{dice.randrange(250)}"
                attackers.append(
                    await stack.enter_async_context(browser(served.url, from_=at, max_queue=None))
                )
                if dice.random() < 0.2:  # some have the moderator's link
                    said = {"room": room["room"], "token": room["moderator"]}
                    await attackers[-1].say("watch", **said)
            attacker = dice.choice(attackers)
            try:
                await attacker.socket.send(message(dice, room))
            except websockets.ConnectionClosed:
                attackers.remove(attacker)
            if turn % 20 == 19:
                clock.ahead += 20  # nobody is slowed down, and so everything is read
                for each in attackers:
                    heard += await said_to(each)
            if turn % 500 == 499:
                strokes = dice.choice(DRAWINGS)
                if me["id"] not in served.hub._halls[room["room"]].phones:  # it was sent out
                    phone = await stack.enter_async_context(browser(served.url))
                    me = await joined(phone, room["room"])
                seq = await phone.draw(strokes)
                await speaker.hear("digit", id=me["id"], seq=seq, strokes=strokes)
        # What is left is bounded, and says nothing that is not in the table.
        hall = served.hub._halls[room["room"]]
        assert hall.room.phones() <= LIMITS.room_phones
        assert len(hall.watchers) <= LIMITS.room_watchers
        assert len(served.hub._store._open) <= LIMITS.rooms  # type: ignore[attr-defined]
        fields = rooms.Room(await hall._store.read(hall.code)).fields
        assert len(fields) < 12 * LIMITS.room_phones
        assert sum(map(len, fields.values())) < 900 * LIMITS.room_phones
        for told in hall._told.values():
            protocol.check(told, "hub")


async def said_to(attacker: Browser) -> list[str]:
    """Give what an attacker was told: names of messages, and faults."""
    try:
        said = await attacker.until_quiet(0.002)
    except websockets.ConnectionClosed:
        said, attacker.heard = attacker.heard, []
    return [m["why"] if m["say"] == "fault" else m["say"] for m in said]
