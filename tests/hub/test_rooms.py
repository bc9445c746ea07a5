"""What a room's fields say, in whatever order they come."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import protocol, rooms
from hub.rooms import Room

NOW = 1_000_000.0


def room(**fields: str) -> Room:
    return Room(
        rooms.opened("A" * 32, "deep", NOW) | {k.replace("_", ":"): v for k, v in fields.items()}
    )


def test_codes_and_tokens_are_the_protocol_s() -> None:
    codes, tokens = {rooms.new_code() for _ in range(500)}, {rooms.new_token() for _ in range(500)}
    assert len(codes) == len(tokens) == 500
    for code, token in zip(codes, tokens, strict=True):
        me = {"say": "watch", "room": code, "token": token}
        assert protocol.check(me)
        assert protocol.check({**me, "token": rooms.moderator_of(token)})
    # All characters come.
    assert set("".join(codes)) == set(protocol.ALPHABET)


def test_the_moderator_s_token_is_told_by_the_speaker_s_alone() -> None:
    speaker = rooms.new_token()
    moderator = rooms.moderator_of(speaker)
    assert moderator == rooms.moderator_of(speaker) != speaker
    fields = rooms.opened(speaker, "deep", NOW)
    assert Room(fields).role(speaker) == "speaker"
    assert Room(fields).role(moderator) == "moderator"
    assert Room(fields).role(rooms.moderator_of(moderator)) is None
    assert Room(fields).role(rooms.new_token()) is None
    assert Room({"born": "1"}).role("A" * 32) is None
    assert not {speaker, moderator} & {*fields.values()}


def test_a_phone_is_known_by_its_token() -> None:
    token = rooms.new_token()
    one = room(**rooms.joined(token, 7, "Calm Otter", NOW))
    assert one.phone(token) == 7 and one.name(7) == "Calm Otter"
    assert one.phone(rooms.new_token()) is None and one.phone("") is None
    assert token not in " ".join([*one.fields, *one.fields.values()])


def digit(one: Room, id: int = 1) -> dict[str, Any] | None:
    return one.says(f"digit:{id}", NOW)


@pytest.mark.parametrize(
    ("fields", "approved", "shown"),
    [
        ({}, True, False),
        ({"set_approval": "0"}, True, False),
        ({"set_approval": "1"}, False, False),
        ({"set_approval": "1", "approved_1": "3"}, True, False),
        ({"set_approval": "1", "approved_1": "2"}, False, False),
        ({"shown_1": "3"}, True, True),
        ({"shown_1": "2"}, True, False),
        ({"shown_1": "0"}, True, False),
        ({"removed_1": "2"}, True, False),
    ],
)
def test_a_digit_stands(fields: dict[str, str], approved: bool, shown: bool) -> None:
    one = room(name_1="Calm Otter", digit_1="3 AQ", **fields)
    assert digit(one) == {
        "say": "digit",
        "id": 1,
        "name": "Calm Otter",
        "strokes": "AQ",
        "seq": 3,
        "approved": approved,
        "shown": shown,
    }


@pytest.mark.parametrize("fields", [{"removed_1": "3"}, {"removed_1": "4"}, {"banned_1": "1"}])
def test_a_digit_does_not_stand(fields: dict[str, str]) -> None:
    one = room(name_1="Calm Otter", digit_1="3 AQ", **fields)
    assert digit(one) is None and one.strokes(1) is None
    assert one.seq(1) == 3  # the next one is the fourth
    assert digit(one, 2) is None


def tell(one: Room, **settings: bool) -> None:
    one.update(one.command({"say": "set", **settings}))


WALL = (
    # what is set before a drawing comes, and after it; is it approved?
    ([], [{"approval": True}], True),
    ([{"frozen": True}], [{"approval": True}], False),
    ([{"hidden": True}], [{"approval": True}], False),
    ([{"frozen": True}, {"hidden": True}], [{"frozen": False}, {"approval": True}], False),
    ([{"frozen": True}], [{"hidden": True}, {"approval": True}], False),
    ([{"hidden": True}], [{"frozen": True}, {"approval": True}], False),
    ([{"frozen": True}], [{"frozen": False}, {"approval": True}], True),
    ([{"frozen": True}], [{"frozen": False, "approval": True}], False),
    ([], [{"frozen": True, "approval": True}], True),
    ([{"approval": True}], [{"approval": False}, {"hidden": True}, {"approval": True}], True),
)


@pytest.mark.parametrize(("before", "after", "approved"), WALL)
def test_only_what_was_seen_needs_no_approval(
    before: list[dict[str, bool]], after: list[dict[str, bool]], approved: bool
) -> None:
    one = room(name_1="Calm Otter", digit_1="3 AQ")
    for settings in before:
        tell(one, **settings)
    one.update({"name:2": "Bold Heron"} | rooms.drawn(2, 1, "AA"))
    for settings in [*after, {"frozen": False, "hidden": False}]:
        tell(one, **settings)
    assert [(digit(one, id) or {})["approved"] for id in (1, 2)] == [True, approved]


STILL = (
    # what is said after a wall with the first drawing of 1 was frozen, and 1 and 2 drew; which seq
    # of each stands there then
    ([], 1, 0),
    ([{"say": "set", "step": 3}, {"say": "set", "hidden": True}], 1, 0),
    ([{"say": "set", "approval": True}], 1, 0),
    ([{"say": "set", "approval": True}, {"say": "approve", "id": 2, "seq": 1}], 1, 0),
    ([{"say": "set", "approval": True}, {"say": "approve", "id": 1, "seq": 2}], 1, 0),
    ([{"say": "remove", "id": 1}, {"say": "draw"}], 0, 0),
    ([{"say": "set", "frozen": False}, {"say": "set", "frozen": True}], 2, 1),
    ([{"say": "set", "frozen": False}, {"say": "set", "frozen": True}, {"say": "draw"}], 2, 1),
)


@pytest.mark.parametrize(("said", "first", "second"), STILL)
def test_a_frozen_wall_is_known_to_who_comes(
    said: list[dict[str, Any]], first: int, second: int
) -> None:
    def draw(id: int) -> None:
        one.update(rooms.drawn(id, one.seq(id) + 1, "AA"))

    one = room(name_1="Calm Otter", digit_1="1 AQ", name_2="Bold Heron")
    tell(one, frozen=True)
    assert "stood" not in (digit(one) or {})
    draw(1)
    draw(2)
    for message in said:
        if message["say"] == "draw":
            draw(1)
        else:
            one.update(one.command(message))
    digits = [digit(one, id) or {} for id in (1, 2)]
    assert [said.get("stood", said["seq"]) for said in digits] == [first, second]
    tell(one, frozen=False)
    assert not any("stood" in (digit(one, id) or {}) for id in (1, 2))


def test_a_step_of_the_talk_writes_no_more_on_a_frozen_wall() -> None:
    one = room(digit_1="1 AQ")
    tell(one, frozen=True)
    assert one.command({"say": "set", "step": 3}) == {"set:step": "3"}


def test_what_was_not_seen_leaves_a_frozen_wall_with_approval() -> None:
    """It came while the wall was covered, and was there when it was frozen."""
    one = room(name_1="Calm Otter", digit_1="1 AQ", name_2="Bold Heron")
    tell(one, hidden=True)
    one.update(rooms.drawn(2, 1, "AA"))
    tell(one, frozen=True)
    assert "stood" not in (digit(one, 2) or {})
    tell(one, approval=True)
    assert "stood" not in (digit(one, 1) or {})
    assert (digit(one, 2) or {})["stood"] == 0
    # Frozen again, it waits as before.
    tell(one, frozen=False)
    tell(one, frozen=True)
    assert (digit(one, 2) or {})["stood"] == 0


def test_what_changes_says_of_what() -> None:
    one = room(digit_1="1 AQ", digit_4="2 AQ")
    assert one.update({"set:model": "vae"}) == {"settings"}
    assert one.update({"set:approval": "1"}) == {"settings", "digit:1", "digit:4"}
    assert one.update({"set:frozen": "1"}) == {"settings", "digit:1", "digit:4"}
    assert one.update({"digit:9": "1 AQ", "name:1": "x"}) == {"digit:9", "digit:1"}
    assert one.update({"here:abc": f"{NOW:.0f} 1 4"}) == {"people"}
    assert one.update({"phones": "7", f"phone:{rooms.hashed('x')}": "1 5"}) == set()
    assert one.update({"digit:1": None}) == {"digit:1"}


SAID = (
    {"say": "set", "model": "vae", "hidden": True},
    {"say": "set", "approval": True, "talk": "ten", "step": 12},
    {"say": "set", "frozen": True},
    {"say": "set", "frozen": False},
    {"say": "approve", "id": 1, "seq": 2},
    {"say": "reveal", "id": 1, "shown": True, "seq": 2},
    {"say": "reveal", "id": 2, "shown": True},
    {"say": "remove", "id": 1},
    {"say": "ban", "id": 3},
    {"say": "clear"},
)


def test_all_that_a_watcher_says_is_known() -> None:
    watchers = {say for say, m in protocol.MESSAGES.items() if m.sender == "speaker"}
    assert watchers - {"open", "watch", "close"} == {message["say"] for message in SAID}
    for say in ("open", "watch", "close", "draw"):
        with pytest.raises(ValueError, match=say):
            room().command({"say": say})


@given(st.permutations(range(len(SAID))), st.permutations(range(8)))
def test_two_who_write_at_once_agree_in_the_end(said: list[int], order: list[int]) -> None:
    """Two processes know the same room; what each writes comes to the other later, in any order."""
    begin = {f"digit:{id}": f"{id + 1} AQ" for id in range(1, 5)} | {
        f"name:{id}": f"Otter {id}" for id in range(1, 5)
    }
    one, other = Room({**room().fields, **begin}), Room({**room().fields, **begin})
    stored = dict(one.fields)
    for i, number in enumerate(said):
        writer = (one, other)[i % 2]
        fields = writer.command(SAID[number])
        stored |= fields
        writer.update({name: stored[name] for name in fields})
    names = [*stored]
    for start in order:  # bells, and what is read after them
        for reader in (one, other):
            reader.update({name: stored.get(name) for name in names[start::8]})
    assert one.fields == other.fields == stored
    for id, reader in itertools.product(range(1, 5), (one, other)):
        said_of_it = digit(reader, id)
        assert said_of_it is None or protocol.check(said_of_it, "hub")
    assert protocol.check(one.settings(), "hub")


def test_what_a_store_has_lost_is_known() -> None:
    token = rooms.new_token()
    one = room(**rooms.joined(token, 3, "Otter", NOW), **rooms.drawn(3, 5, "AQ"), shown_3="5")
    kept = {**one.fields, "phones": "3", "drawn:3": "5"}
    assert one.lost(kept) == {}
    assert one.lost({}) == kept
    # Counted further, drawn again, or shown no more by somebody else: that is no loss.
    newer = {"phones": "4", "drawn:3": "6", "digit:3": "6 AA", "shown:3": "0", "name:4": "x"}
    assert one.lost(kept | newer) == {}
    older = {"phones": "2", "drawn:3": "4", "digit:3": "4 AA"}
    assert one.lost(kept | older) == {name: kept[name] for name in older}
    assert one.counted("phones") == 3 and one.counted("drawn:3") == 5
    assert one.counted("drawn:4") == one.counted("spins:3") == 0


def test_who_is_here_is_counted_once_and_not_for_ever() -> None:
    one = room(here_a=f"{NOW:.0f} 1 2 3", here_b=f"{NOW - 50:.0f} 3 4", here_c="5 6 7 8 9")
    assert one.says("people", NOW) == {"say": "people", "here": 4}
    assert one.says("people", NOW + 20) == {"say": "people", "here": 3}
    assert one.says("people", NOW + 70) == {"say": "people", "here": 0}


def test_who_has_gone_without_drawing_makes_room() -> None:
    fields: dict[str, str] = {}
    tokens = [rooms.new_token() for _ in range(6)]
    for id, token in enumerate(tokens, 1):
        came = NOW if id == 5 else NOW - 1000
        fields |= rooms.joined(token, id, f"Otter {id}", came)
    fields |= rooms.here("a", [1], NOW) | rooms.drawn(2, 1, "AQ") | {"banned:3": "1"}
    gone = room(**fields).absent(NOW, [6])
    # 1 and 6 are here, 2 has drawn, 3 would come back under another name, 5 has only just come.
    assert gone.keys() == {f"phone:{rooms.hashed(tokens[3])}", "name:4", "spins:4"}
    one = room(**fields)
    one.update(gone)
    assert one.phones() == 5 and one.phone(tokens[3]) is None


def test_the_fields_that_are_listed_are_the_ones_that_are_written() -> None:
    source = rooms.__loader__.get_source("hub.rooms")  # type: ignore[union-attr]
    listed = set(re.findall(r"^# (\w+)[:<\w>]*  ", source, re.MULTILINE)) - {"field"}
    written = {
        *rooms.opened("A" * 32, "deep", NOW),
        *rooms.joined("A" * 32, 1, "x", NOW),
        *rooms.drawn(1, 1, "AQ"),
        *rooms.here("a", [], NOW),
        *(name for said in SAID for name in room(digit_1="1 AQ").command(said)),
        *("phones", "spins", "drawn", "closed"),  # counted or written by the store
    }
    assert {name.partition(":")[0] for name in written} == listed
