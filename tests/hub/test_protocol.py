"""The table of messages: what is in it is taken, and nothing else."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae.strokes import LONGEST
from hub import protocol
from hub.protocol import FAULTS, KINDS, MESSAGES

# Kind -> what is one, and what is none.
GOOD: dict[str, tuple[Any, ...]] = {
    "code": ("ABC234", "YYYYYY"),
    "token": ("A" * 22, "a_-9" * 10),
    "strokes": ("A", "Az09_-", "A" * LONGEST),
    "name": ("Bem-Te-Vi Sábio", "x", "名" * 40),
    "word": ("vae2", "pt-br", "ten_minutes", "x" * 40),
    "fault": FAULTS,
    "role": ("speaker", "moderator"),
    "id": (1, 1_000_000),
    "count": (0, 1_000_000),
    "flag": (True, False),
}
ALWAYS_BAD = (None, [], {}, [1], math.nan, math.inf, 1.5, "", "\n", "x" * 5000)
BAD: dict[str, tuple[Any, ...]] = {
    "code": ("ABC23", "ABC2345", "abc234", "ABC23O", "ABC230", "ABC23\n", "ÀBC234", 234567, True),
    "token": ("A" * 21, "A" * 44, "A" * 21 + "+", "A" * 21 + "\n", True),
    "strokes": ("A" * (LONGEST + 1), "A=", "A A", "A\n", "é", 1),
    "name": ("x" * 41, "a\tb", "<b>", "a&b", "\x00", 1),
    "word": ("VAE", "x" * 41, "a b", "../a", "a\n", 1),
    "fault": ("Unknown", "unknown ", "other"),
    "role": ("phone", "hub", "Speaker"),
    "id": (0, -1, 1_000_001, True, "1", 1.0),
    "count": (-1, 1_000_001, False, "0", 0.0),
    "flag": (0, 1, "true"),
}


def good(say: str) -> dict[str, Any]:
    """Give a message of this name, with all its fields."""
    fields = MESSAGES[say].fields
    return {"say": say} | {name.rstrip("?"): GOOD[kind][0] for name, kind in fields.items()}


def fields() -> list[tuple[str, str, str]]:
    return [(say, name, kind) for say in MESSAGES for name, kind in MESSAGES[say].fields.items()]


def test_each_kind_is_tried() -> None:
    assert GOOD.keys() == BAD.keys() == KINDS.keys()
    assert {kind for _, _, kind in fields()} == KINDS.keys()


@pytest.mark.parametrize("say", MESSAGES)
def test_a_message_of_the_table_is_taken(say: str) -> None:
    assert protocol.check(good(say)) == good(say)
    least = {"say": say} | {
        name: GOOD[kind][-1] for name, kind in MESSAGES[say].fields.items() if name[-1] != "?"
    }
    assert protocol.check(least) == least
    sender = MESSAGES[say].sender
    for other in ("phone", "speaker", "hub"):
        if other == sender:
            assert protocol.check(good(say), other)
        else:
            with pytest.raises(ValueError, match="sender"):
                protocol.check(good(say), other)


@pytest.mark.parametrize(("say", "name", "kind"), fields())
def test_a_field_is_of_its_kind_or_the_message_is_none(say: str, name: str, kind: str) -> None:
    message = good(say)
    for value in GOOD[kind]:
        assert protocol.check({**message, name.rstrip("?"): value})
    for value in (*ALWAYS_BAD, *BAD[kind]):
        with pytest.raises(ValueError, match=say):
            protocol.check({**message, name.rstrip("?"): value})
    del message[name.rstrip("?")]
    if name.endswith("?"):
        assert protocol.check(message)
    else:
        with pytest.raises(ValueError, match="missing"):
            protocol.check(message)


@pytest.mark.parametrize("say", MESSAGES)
def test_nothing_is_added(say: str) -> None:
    with pytest.raises(ValueError, match="1 field"):
        protocol.check({**good(say), "extra": 1})


@pytest.mark.parametrize(
    "message", [None, 1, "open", [], [good("open")], {}, {"say": None}, {"say": ["open"]}]
)
def test_what_is_no_object_with_a_name_is_no_message(message: object) -> None:
    with pytest.raises(ValueError):
        protocol.check(message)


@pytest.mark.parametrize("say", MESSAGES)
def test_a_browser_says_what_is_a_browser_s(say: str) -> None:
    frame = json.dumps(good(say))
    if MESSAGES[say].sender == "hub":
        with pytest.raises(ValueError, match="hub"):
            protocol.read(frame)
    else:
        assert protocol.read(frame) == good(say)


def test_the_longest_message_of_a_browser_fits() -> None:
    longest = {
        "code": "Y" * 6,
        "token": "A" * 43,
        "strokes": "A" * LONGEST,
        "word": "x" * 40,
        "id": 10**6,
        "count": 10**6,
        "flag": False,
    }
    for say, message in MESSAGES.items():
        if message.sender != "hub":
            said = {name.rstrip("?"): longest[kind] for name, kind in message.fields.items()}
            assert protocol.read(json.dumps({"say": say, **said}, indent=2))


@pytest.mark.parametrize(
    "frame",
    ["", "{", "null", "[]", "[" * 900, '{"a":' * 190, '{"say":"clear"} x', '{"say":NaN}', "\ud800"],
)
def test_garbage_is_no_message(frame: str) -> None:
    with pytest.raises(ValueError):
        protocol.read(frame)


@given(st.text(max_size=1200) | st.recursive(st.none() | st.integers(), st.lists).map(json.dumps))
def test_any_text_is_a_message_or_a_value_error(frame: str) -> None:
    with pytest.raises(ValueError):
        protocol.read(frame)


values = st.sampled_from([value for kind in GOOD for value in (*GOOD[kind], *BAD[kind])])


@given(
    say=st.sampled_from(sorted(MESSAGES)),
    changes=st.dictionaries(
        st.sampled_from(["room", "token", "me", "lang", "id", "seq", "shown", "say", "x"]),
        st.none() | st.booleans() | st.floats() | st.text(max_size=5) | values,
        max_size=3,
    ),
)
def test_what_is_taken_is_in_the_table(say: str, changes: dict[str, Any]) -> None:
    try:
        message = protocol.check({**good(say), **changes})
    except ValueError:
        return
    fields = MESSAGES[message["say"]].fields
    for name, value in message.items():
        kind = fields.get(name) or fields.get(f"{name}?")
        # 1 is no True here.
        assert name == "say" or (kind and repr(value) not in map(repr, BAD[kind]))
        # It goes through JSON unchanged.
        assert json.loads(json.dumps(value)) == value


def test_the_browsers_get_the_same_table() -> None:
    table = json.loads(protocol.as_json())
    assert table["messages"].keys() == MESSAGES.keys()
    assert table["kinds"]["fault"]["words"] == list(FAULTS)
    for say, message in MESSAGES.items():
        assert table["messages"][say] == {"sender": message.sender, "fields": dict(message.fields)}
