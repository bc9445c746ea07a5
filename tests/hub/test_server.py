"""What becomes of what phones and watchers say: a room from its opening to its end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import ae
from hub.limits import Limits
from hub.server import GREETING
from tests.hub.talk import DRAWINGS, Play, joined, of_digits, opened, play


@play()
async def test_a_drawing_appears_on_the_wall(it: Play) -> None:
    speaker, phone = await it.browser(), await it.browser()
    room = await opened(speaker, "deep")
    me = await joined(phone, room["room"], "pt-br")
    assert (me["id"], me["spins"], me["seq"]) == (1, 3, 0) and "strokes" not in me
    assert (await phone.hear("settings"))["model"] == "deep"
    assert await phone.draw(DRAWINGS[0]) == 1
    assert await speaker.hear("digit") == {
        "say": "digit",
        "id": 1,
        "name": me["name"],
        "strokes": DRAWINGS[0],
        "seq": 1,
        "approved": True,
        "shown": False,
    }
    # The newest counts.
    assert await phone.draw(DRAWINGS[1]) == 2
    assert (await speaker.hear("digit"))["strokes"] == DRAWINGS[1]


@play()
async def test_the_speaker_s_token_is_in_nothing_that_a_phone_hears(it: Play) -> None:
    speaker, moderator, phone = await it.browser(), await it.browser(), await it.browser()
    room = await opened(speaker)
    await moderator.say("watch", room=room["room"], token=room["moderator"])
    await joined(phone, room["room"])
    await phone.draw(DRAWINGS[0])
    for message in (
        {"say": "set", "model": "vae", "approval": True, "talk": "ten", "step": 3},
        {"say": "reveal", "id": 1, "shown": True},
        {"say": "remove", "id": 1},
    ):
        await speaker.say(**message)
    secrets = {room["speaker"], room["moderator"]}
    assert not [m for m in await phone.until_quiet() if secrets & {str(v) for v in m.values()}]
    assert not [m for m in await moderator.until_quiet() if room["speaker"] in m.values()]


@play()
async def test_what_is_kept_of_a_token_is_no_token(it: Play) -> None:
    code, _, _ = await it.room()
    fields = it.hub._halls[code].room.fields
    for kept in (fields["speaker"], fields["moderator"]):
        for token in (kept[:32], kept[:43]):
            thief = await it.browser()
            assert (await thief.ask("watch", room=code, token=token))["why"] == "unknown"
    assert not [v for v in fields.values() if len(v) in range(22, 44) and ":" not in v]


@play()
async def test_a_watcher_comes_back_to_the_full_state(it: Play) -> None:
    speaker, phone = await it.browser(), await it.browser()
    room = await opened(speaker)
    await joined(phone, room["room"])
    await phone.draw(DRAWINGS[3])
    await speaker.say("set", model="sparse", hidden=True, talk="ten_minutes", step=4)
    await speaker.say("reveal", id=1, shown=True)
    await speaker.hear("digit", shown=True)
    for role in ("speaker", "moderator"):
        back = await it.browser()
        await back.say("watch", room=room["room"], token=room[role])
        watching, *state = await back.until_quiet(0.7)
        expected = {"say": "watching", "room": room["room"], "role": role}
        if role == "speaker":
            expected["moderator"] = room["moderator"]
        assert watching == expected
        assert {m["say"]: m for m in state} == {
            "settings": {
                "say": "settings",
                "model": "sparse",
                "frozen": False,
                "hidden": True,
                "approval": False,
                "talk": "ten_minutes",
                "step": 4,
            },
            "people": {"say": "people", "here": 1},
            "digit": {
                "say": "digit",
                "id": 1,
                "name": it.hub._halls[room["room"]].room.name(1),
                "strokes": DRAWINGS[3],
                "seq": 1,
                "approved": True,
                "shown": True,
            },
        }


@play()
async def test_a_phone_comes_back_to_its_place(it: Play) -> None:
    code, speaker, _ = await it.room(0)
    phone = await it.browser()
    me = await joined(phone, code, "pt")
    await phone.draw(DRAWINGS[0])
    await phone.say("spin")
    name = (await phone.hear("named", spins=2))["name"]
    await phone.socket.close()
    back = await it.browser()
    assert await joined(back, code, "pt", me=me["me"]) == {
        "say": "joined",
        "me": me["me"],
        "id": 1,
        "name": name,
        "spins": 2,
        "seq": 1,
        "strokes": DRAWINGS[0],
    }
    assert await back.draw(DRAWINGS[1]) == 2
    await speaker.hear("digit", id=1, seq=2, name=name)
    # A token that nobody has is no reason to refuse.
    stranger = await it.browser()
    other = await joined(stranger, code, "pt", me="A" * 32)
    assert other["id"] == 2 and other["me"] not in (me["me"], "A" * 32)


@play()
async def test_three_spins_and_no_more(it: Play) -> None:
    code, speaker, [phone] = await it.room()
    await phone.draw(DRAWINGS[0])
    await speaker.hear("digit")
    names = set()
    for left in (2, 1, 0):
        await phone.say("spin")
        names.add(name := (await phone.hear("named", spins=left))["name"])
        await speaker.hear("digit", name=name)
    assert (await phone.ask("spin"))["why"] == "forbidden"
    assert len(names) == 3
    # Not by a second tab either.
    assert it.hub._halls[code].room.spins(1) == 0


@play()
async def test_nothing_appears_before_it_was_approved(it: Play) -> None:
    _, speaker, phones = await it.room(2)
    await phones[0].draw(DRAWINGS[0])
    await speaker.hear("digit", id=1, approved=True)
    await speaker.say("set", approval=True)
    await speaker.hear("settings", approval=True)
    # What stood there already may stay.
    assert all(m["approved"] for m in of_digits(await speaker.until_quiet()).values())
    await phones[1].draw(DRAWINGS[1])
    await speaker.hear("digit", id=2, approved=False)
    await phones[0].draw(DRAWINGS[2])
    await speaker.hear("digit", id=1, seq=2, approved=False)
    await speaker.say("approve", id=1, seq=2)
    await speaker.hear("digit", id=1, seq=2, approved=True)
    await phones[0].hear("standing", approved=True)
    # What was approved is that drawing: the next one is asked for again.
    await phones[0].draw(DRAWINGS[3])
    await speaker.hear("digit", id=1, seq=3, approved=False)
    await speaker.say("approve", id=1, seq=2)
    assert not of_digits(await speaker.until_quiet())
    await speaker.say("set", approval=False)
    said = of_digits(await speaker.until_quiet())
    assert said.keys() == {1, 2} and all(m["approved"] for m in said.values())
    for phone in phones:
        await phone.hear("standing", approved=True)


@play()
async def test_the_drawing_itself_is_shown_until_there_is_another(it: Play) -> None:
    _, speaker, [phone] = await it.room()
    await phone.draw(DRAWINGS[0])
    await speaker.say("reveal", id=1, shown=True)
    await speaker.hear("digit", shown=True)
    await speaker.say("reveal", id=1, shown=False)
    await speaker.hear("digit", shown=False)
    await speaker.say("reveal", id=1, shown=True, seq=1)
    await speaker.hear("digit", shown=True)
    await phone.draw(DRAWINGS[1])
    await speaker.hear("digit", seq=2, shown=False)
    # The speaker saw the first one only.
    await speaker.say("reveal", id=1, shown=True, seq=1)
    assert not of_digits(await speaker.until_quiet())


@play()
async def test_what_is_removed_is_gone_and_its_phone_may_draw_again(it: Play) -> None:
    _, speaker, [phone, other] = await it.room(2)
    await phone.draw(DRAWINGS[0])
    await other.draw(DRAWINGS[1])
    await speaker.hear("digit", id=2)
    await speaker.say("remove", id=1)
    await speaker.hear("gone", id=1)
    await phone.hear("removed")
    assert await phone.draw(DRAWINGS[2]) == 2
    await speaker.hear("digit", id=1, seq=2)
    assert not [m for m in await other.until_quiet() if m["say"] == "removed"]


@play()
async def test_clear_removes_all(it: Play) -> None:
    _, speaker, phones = await it.room(3)
    for phone in phones[:2]:
        await phone.draw(DRAWINGS[0])
    await speaker.hear("people", here=3)
    await speaker.say("clear")
    said = of_digits(await speaker.until_quiet())
    assert {id: m["say"] for id, m in said.items()} == {1: "gone", 2: "gone"}
    for phone in phones[:2]:
        await phone.hear("removed")
    assert not [m for m in await phones[2].until_quiet() if m["say"] == "removed"]
    await speaker.say("clear")  # there is nothing any more
    assert await speaker.until_quiet() == []


@pytest.mark.parametrize("has_drawn", [True, False])
@play()
async def test_a_banned_phone_is_out_and_stays_out(it: Play, has_drawn: bool) -> None:
    code, speaker, _ = await it.room(0)
    phone = await it.browser()
    me = (await joined(phone, code))["me"]
    if has_drawn:
        await phone.draw(DRAWINGS[0])
        await speaker.hear("digit")
    await speaker.say("ban", id=1)
    assert (await phone.hear("fault"))["why"] == "banned"
    assert await phone.closed() == 1000
    if has_drawn:
        await speaker.hear("gone", id=1)
    again = await it.browser()
    assert (await again.ask("join", room=code, lang="en", me=me))["why"] == "banned"
    assert await again.closed() == 1000


@play()
async def test_a_moderator_may_do_all_but_close(it: Play) -> None:
    speaker, moderator, phone = [await it.browser() for _ in range(3)]
    room = await opened(speaker)
    await moderator.say("watch", room=room["room"], token=room["moderator"])
    await joined(phone, room["room"])
    await phone.draw(DRAWINGS[0])
    for message, heard in (
        ({"say": "set", "frozen": True}, {"say": "settings", "frozen": True}),
        ({"say": "reveal", "id": 1, "shown": True}, {"say": "digit", "shown": True}),
        ({"say": "clear"}, {"say": "gone", "id": 1}),
        ({"say": "set", "model": "pca"}, {"say": "settings", "model": "pca"}),
    ):
        await moderator.say(**message)
        await speaker.hear(**heard)
    await moderator.until_quiet()
    assert (await moderator.ask("close"))["why"] == "forbidden"
    await speaker.say("close")
    for each in (speaker, moderator, phone):
        assert (await each.hear("fault"))["why"] == "closed"
        assert await each.closed() == 1000
    late = await it.browser()
    assert (await late.ask("join", room=room["room"], lang="en"))["why"] == "closed"


@play()
async def test_the_model_changes_for_all(it: Play) -> None:
    _, speaker, phones = await it.room(2)
    await speaker.say("set", model="vae")
    for phone in phones:
        await phone.hear("settings", model="vae")
    # It says what becomes of a drawing that was sent; the talk's step it does not need.
    for name in ("frozen", "hidden", "approval"):
        await speaker.say("set", **{name: True})
        for phone in phones:
            await phone.hear("settings", **{name: True})
    await speaker.say("set", step=7)
    await speaker.hear("settings", step=7)
    assert await phones[0].until_quiet() == []


@play()
async def test_it_is_known_how_many_phones_are_there(it: Play) -> None:
    code, speaker, phones = await it.room(2)
    await speaker.hear("people", here=2)
    tab = await it.browser()
    me = await joined(tab, code)
    await speaker.hear("people", here=3)
    second = await it.browser()
    await joined(second, code, me=me["me"])  # one phone, two tabs
    await phones[0].socket.close()
    await speaker.hear("people", here=2)
    await tab.socket.close()
    await phones[1].socket.close()
    await speaker.hear("people", here=1)


@pytest.mark.parametrize(
    "message",
    [
        {"say": "spin"},
        {"say": "draw", "strokes": DRAWINGS[0]},
        {"say": "set", "frozen": True},
        {"say": "approve", "id": 1, "seq": 1},
        {"say": "reveal", "id": 1, "shown": True},
        {"say": "remove", "id": 1},
        {"say": "ban", "id": 1},
        {"say": "clear"},
        {"say": "close"},
    ],
    ids=lambda message: message["say"],
)
@play()
async def test_who_may_not_is_refused(it: Play, message: dict[str, Any]) -> None:
    """Strangers may nothing, phones nothing of a watcher's, watchers nothing of a phone's."""
    code, speaker, [phone] = await it.room()
    await phone.draw(DRAWINGS[0])
    await speaker.hear("people", here=1)
    before = dict(it.hub._halls[code].room.fields)
    stranger = await it.browser()
    foreign = speaker if message["say"] in ("spin", "draw") else phone
    for each in (stranger, foreign):
        await each.until_quiet()
        assert await each.ask(**message) == {"say": "fault", "why": "forbidden"}
    assert it.hub._halls[code].room.fields == before


@play()
async def test_nobody_is_in_two_rooms(it: Play) -> None:
    code, speaker, [phone] = await it.room()
    room = await opened(await it.browser())
    await speaker.until_quiet(0.7)
    await phone.until_quiet()
    for each in (speaker, phone):
        for message in (
            {"say": "open", "model": "deep"},
            {"say": "join", "room": code, "lang": "en"},
            {"say": "watch", "room": room["room"], "token": room["speaker"]},
        ):
            assert (await each.ask(**message))["why"] == "forbidden"


@pytest.mark.parametrize("model", ["own", "mine", "wide", "nothing"])
@play()
async def test_only_models_that_phones_can_have(it: Play, model: str) -> None:
    speaker = await it.browser()
    assert (await speaker.ask("open", model=model))["why"] == "malformed"
    await opened(speaker)
    await speaker.until_quiet()
    assert (await speaker.ask("set", model=model))["why"] == "malformed"


@pytest.mark.parametrize(
    "strokes", ["", "AQ", ae.strokes.encode_strokes([], 1), "A" * 700, "AQEB", DRAWINGS[0][:-1]]
)
@play()
async def test_only_strokes_are_drawn(it: Play, strokes: str) -> None:
    _, speaker, [phone] = await it.room()
    await speaker.hear("people", here=1)
    assert (await phone.ask("draw", strokes=strokes))["why"] == "malformed"
    assert await speaker.until_quiet() == []


@play(Limits(room_phones=3))
async def test_a_full_room_lets_nobody_in_but_who_was_there(it: Play) -> None:
    code, _, _ = await it.room(0)
    phones = [await it.browser() for _ in range(3)]
    who = [await joined(phone, code) for phone in phones]
    await phones[0].draw(DRAWINGS[0])
    more = await it.browser()
    assert (await more.ask("join", room=code, lang="en"))["why"] == "full"
    await phones[0].socket.close()
    await phones[1].socket.close()
    back = await it.browser()
    assert (await joined(back, code, me=who[0]["me"]))["id"] == 1
    # A moment ago; it may be on its way back.
    assert (await more.ask("join", room=code, lang="en"))["why"] == "full"
    it.clock.ahead += 70
    await back.draw(DRAWINGS[1])
    # Who never drew and is not here makes room; who is here, or has drawn, does not.
    assert (await joined(more, code))["id"] == 4
    last = await it.browser()
    assert (await last.ask("join", room=code, lang="en"))["why"] == "full"
    assert it.hub._halls[code].room.phones() == 3


@play(Limits(room_watchers=2))
async def test_so_many_watchers_and_no_more(it: Play) -> None:
    speaker = await it.browser()
    room = await opened(speaker)
    second, third = await it.browser(), await it.browser()
    await second.say("watch", room=room["room"], token=room["speaker"])
    await second.hear("watching")
    message = {"say": "watch", "room": room["room"], "token": room["moderator"]}
    assert (await third.ask(**message))["why"] == "full"
    await second.socket.close()
    await asyncio.sleep(0.1)
    assert (await third.ask(**message))["say"] == "watching"


@play(Limits(rooms=2))
async def test_so_many_rooms_and_no_more(it: Play) -> None:
    for _ in range(2):
        await opened(await it.browser())
    more = await it.browser()
    assert (await more.ask("open", model="deep"))["why"] == "full"


@play(Limits(room_sockets=3))
async def test_so_many_sockets_and_no_more(it: Play) -> None:
    code, _, [phone, _] = await it.room(2)
    more = await it.browser()
    assert (await more.hear("fault"))["why"] == "full"
    assert await more.closed() == 1013
    await phone.socket.close()
    await asyncio.sleep(0.1)
    await joined(await it.browser(), code)


@play()
async def test_a_fourth_tab_closes_the_first(it: Play) -> None:
    code, _, _ = await it.room(0)
    tabs = [await it.browser() for _ in range(4)]
    me = (await joined(tabs[0], code))["me"]
    for tab in tabs[1:]:
        await joined(tab, code, me=me)
    assert await tabs[0].closed() == 1013
    assert await tabs[3].draw(DRAWINGS[0]) == 1


@play(Limits(room_seconds=3600))
async def test_a_room_ends_after_its_time(it: Play) -> None:
    code, speaker, [phone] = await it.room()
    it.clock.ahead += 3590
    assert await phone.draw(DRAWINGS[0]) == 1
    it.clock.ahead += 20
    for each in (speaker, phone):
        assert (await each.hear("fault"))["why"] == "old"
        assert await each.closed() == 1000
    late = await it.browser()
    assert (await late.ask("join", room=code, lang="en"))["why"] in ("old", "unknown")


@play()
async def test_a_room_is_closed_while_somebody_comes_in(
    it: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, _ = await it.room()
    give_place = it.hub._give_place

    async def slowly(*arguments: Any) -> int:
        id = await give_place(*arguments)
        await it.hub._store.close(code)
        await it.hub._halls[code].refresh()
        return id

    monkeypatch.setattr(it.hub, "_give_place", slowly)
    phone = await it.browser()
    assert (await phone.ask("join", room=code, lang="en"))["why"] == "closed"


@play()
async def test_a_stranger_who_says_nothing_is_cut_off(
    it: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert GREETING >= 10  # a page that loads may take its time
    monkeypatch.setattr("hub.server.GREETING", 0.3)
    stranger, late = await it.browser(), await it.browser()
    code, _, [phone] = await it.room()
    await joined(late, code)
    assert await stranger.closed() == 1013
    assert await phone.draw(DRAWINGS[0]) == 1
    assert await late.draw(DRAWINGS[0]) == 1


@play()
async def test_nothing_is_left_of_who_has_gone(it: Play) -> None:
    code, speaker, phones = await it.room(5)
    for each in (speaker, *phones):
        await each.socket.close()
    async with asyncio.timeout(10):
        while it.hub._halls:
            await asyncio.sleep(0.05)
    assert it.hub._sockets == 0 and not it.hub._strangers
    # The room is still there.
    await joined(await it.browser(), code)
