"""What a phone, a projector and the hub of a room say to each other over one WebSocket.

Each message is a JSON object whose ``"say"`` names an entry of `MESSAGES`, with that entry's fields
and no others; a field that may be missing has a ``?``. A browser sends one message in a frame, the
hub a list of them. Both ends check by the same table: Python here, the browsers in
``static/messages.js``, which get the table as JSON (`as_json`).

A room is known by its code, which everybody may know. What one may do in it, a token says: the
speaker's and the moderator's let do the same but for closing the room and asking for the
moderator's; a phone's (``me``) brings its own drawing and name back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args

from ae.strokes import LONGEST

# Letters and digits that are not taken for one another: 31 ** 6 codes are 887 million.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXY"
CODE_LENGTH = 6
LONGEST_MESSAGE = LONGEST + 400  # characters of a frame that a browser sends

Sender = Literal["phone", "speaker", "hub"]
Role = Literal["speaker", "moderator"]

# What went wrong with a message, or why a room or a socket ends.
FAULTS = (
    "unknown",  # no such room; or the token is wrong
    "slow_down",  # too many messages, or too many wrong codes
    "full",  # the room has as many phones as it may have, or the server as many rooms
    "malformed",  # not in this table, or strokes that are none
    "forbidden",  # who sends it may not
    "banned",  # this phone was sent out
    "closed",  # by the speaker
    "old",  # the room's time is over
    "away",  # the rooms' store cannot be reached for now
)

# fmt: off
# Kind of a field -> what it may be: a pattern, a range of whole numbers, one of some words, a flag.
KINDS: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "code": {"pattern": f"[{ALPHABET}]{{{CODE_LENGTH}}}"},
    "token": {"pattern": "[A-Za-z0-9_-]{22,43}"},
    "strokes": {"pattern": f"[A-Za-z0-9_-]{{1,{LONGEST}}}"},
    "name": {"pattern": r"[^\x00-\x1f<>&]{1,40}"},
    "word": {"pattern": "[a-z0-9_-]{1,40}"},  # a model's, a language's, a talk's name
    "fault": {"words": FAULTS},
    "role": {"words": get_args(Role)},
    "id": {"range": (1, 1_000_000)},
    "count": {"range": (0, 1_000_000)},
    "flag": {"flag": True},
})


@dataclass(frozen=True)
class Message:
    """One row of the table: who says it, and its fields with their kinds."""

    sender: Sender
    fields: Mapping[str, str]


MESSAGES: Mapping[str, Message] = MappingProxyType({
    # A phone comes in, or back; in which language it wants its name.
    "join": Message("phone", {"room": "code", "lang": "word", "me?": "token"}),
    # It wants another name; three times at most.
    "spin": Message("phone", {}),
    # Its drawing, as ae.strokes writes it. The newest counts.
    "draw": Message("phone", {"strokes": "strokes"}),

    # A room is made, and whoever made it watches it; or a watcher comes, or comes back.
    "open": Message("speaker", {"model": "word"}),
    "watch": Message("speaker", {"room": "code", "token": "token"}),
    # What is said is changed: the model of all, whether the wall stands still, whether it is
    # covered, whether a digit waits until it is approved; the talk and its step.
    "set": Message("speaker", {"model?": "word", "frozen?": "flag", "hidden?": "flag",
                               "approval?": "flag", "talk?": "word", "step?": "count"}),
    # A drawing (of which `seq` was seen) may stand on the wall; the drawing itself is shown beside
    # its reconstruction, or not (of which `seq` was seen: not another one that has just come); it
    # is taken away; its phone is sent out.
    "approve": Message("speaker", {"id": "id", "seq": "count"}),
    "reveal": Message("speaker", {"id": "id", "shown": "flag", "seq?": "count"}),
    "remove": Message("speaker", {"id": "id"}),
    "ban": Message("speaker", {"id": "id"}),
    # All drawings are taken away; the room ends. The latter is the speaker's alone.
    "clear": Message("speaker", {}),
    "close": Message("speaker", {}),

    # To who opened it: the code, the token, which stands in no page that a phone sees, and another
    # one for a second person.
    "opened": Message("hub", {"room": "code", "speaker": "token", "moderator": "token"}),
    # To a watcher, after which all digits follow: who they are.
    "watching": Message("hub", {"room": "code", "role": "role", "moderator?": "token"}),
    # To a phone: who it is, how often it may still ask for a name, and what it drew before.
    "joined": Message("hub", {"me": "token", "id": "id", "name": "name", "spins": "count",
                              "seq": "count", "strokes?": "strokes"}),
    "named": Message("hub", {"name": "name", "spins": "count"}),
    # To a phone: its drawing has arrived; it may stand on the wall, or waits until it is approved;
    # it was taken away.
    "drawn": Message("hub", {"seq": "count"}),
    "standing": Message("hub", {"approved": "flag"}),
    "removed": Message("hub", {}),
    # To all; to phones, if what has changed is more than the talk's step.
    "settings": Message("hub", {"model": "word", "frozen": "flag", "hidden": "flag",
                                "approval": "flag", "talk?": "word", "step": "count"}),
    # To watchers: a digit is new or has changed; it is gone; how many phones are connected, on this
    # and the other processes. While the wall stands still: the `seq` of the phone's drawing that
    # stands there, if that is not this one; 0 if none does.
    "digit": Message("hub", {"id": "id", "name": "name", "strokes": "strokes", "seq": "count",
                             "approved": "flag", "shown": "flag", "stood?": "count"}),
    "gone": Message("hub", {"id": "id"}),
    "people": Message("hub", {"here": "count"}),
    # A message was not taken; the socket stays open but after "closed", "old" and "banned".
    "fault": Message("hub", {"why": "fault"}),
})
# fmt: on


def check(message: object, sender: Sender | None = None) -> dict[str, Any]:
    """Give a message that is in the table.

    Parameters
    ----------
    sender : who may have sent it; None takes all.

    Raises
    ------
    ValueError
        It is none: another name, another sender, a field that is missing, wrong or not asked for.
    """
    if not isinstance(message, dict) or not isinstance(message.get("say"), str):
        raise ValueError('expected an object with "say"')
    entry = MESSAGES.get(message["say"])
    if entry is None or sender not in (None, entry.sender):
        raise ValueError("no message of this sender")
    asked = {name.rstrip("?"): (kind, name[-1] == "?") for name, kind in entry.fields.items()}
    if extra := message.keys() - asked.keys() - {"say"}:
        raise ValueError(f"{message['say']}: {len(extra)} fields that it does not have")
    for name, (kind, optional) in asked.items():
        if name not in message:
            if not optional:
                raise ValueError(f"{message['say']}: {name} is missing")
        elif not _is(message[name], KINDS[kind]):
            raise ValueError(f"{message['say']}: {name} is no {kind}")
    return message


def read(frame: str) -> dict[str, Any]:
    """Read a frame that a browser sent.

    Raises
    ------
    ValueError
        It holds no message of a browser's.
    """
    if len(frame) > LONGEST_MESSAGE:
        raise ValueError(f"got {len(frame)} characters, expected at most {LONGEST_MESSAGE}")
    try:
        message = json.loads(frame)
    except RecursionError:
        raise ValueError("expected an object, got a nest") from None
    checked = check(message)
    if MESSAGES[checked["say"]].sender == "hub":
        raise ValueError("only the hub says this")
    return checked


def as_json() -> str:
    """Write the table for ``static/messages.js``."""
    messages = {
        name: {"sender": entry.sender, "fields": dict(entry.fields)}
        for name, entry in MESSAGES.items()
    }
    kinds = {name: dict(kind) for name, kind in KINDS.items()}
    return json.dumps({"kinds": kinds, "messages": messages}, separators=(",", ":"))


def _is(value: object, kind: Mapping[str, Any]) -> bool:
    if "pattern" in kind:
        return isinstance(value, str) and re.fullmatch(kind["pattern"], value) is not None
    if "words" in kind:
        return value in kind["words"]
    if "range" in kind:
        low, high = kind["range"]
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return isinstance(value, bool)
