"""What a room is: a flat table of texts, of which each field has one writer at a time.

So who writes never overwrites another, on whichever process. Pure: nothing here waits or sends.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from hub.protocol import ALPHABET, CODE_LENGTH, Role

Message = dict[str, Any]

# field             what
# born              seconds since 1970
# speaker,          hashes of their tokens
# moderator
# set:<name>        one setting, as JSON's texts
# phones            how many have come; the last one's id
# phone:<hash>      the id of the phone that has this token
# name:<id>         its name
# spins:<id>        how often it has changed that
# drawn:<id>        how often it has drawn; the last one's seq
# digit:<id>        "seq strokes", what it drew last
# approved:<id>     the seq that may stand on the wall
# shown:<id>        the seq of which the drawing itself is shown
# removed:<id>      the seq up to which everything is taken away
# banned:<id>       "1"
# here:<process>    "seconds id id …", the phones that are connected there
# closed            "1", and nothing else

SPINS = 3
_FLAGS = ("frozen", "hidden", "approval")


def new_code() -> str:
    """Make up a room's code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def new_token() -> str:
    """Make up a token of 192 bits."""
    return secrets.token_urlsafe(24)


def moderator_of(speaker: str) -> str:
    """Give the moderator's token, which the speaker's token says and which does not say that."""
    raw = hmac.digest(speaker.encode(), b"moderator", "sha256")
    return base64.urlsafe_b64encode(raw[:24]).decode()


def hashed(token: str) -> str:
    """Give what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def opened(speaker: str, model: str, now: float) -> dict[str, str]:
    """Give the fields of a new room."""
    return {
        "born": str(now),
        "speaker": hashed(speaker),
        "moderator": hashed(moderator_of(speaker)),
        "set:model": model,
    }


class Room:
    """What the fields of one room say."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = dict(fields)

    def update(self, changes: Mapping[str, str | None]) -> None:
        """Take over fields that have changed; None is one that is not there any more."""
        for name, value in changes.items():
            if value is None:
                self._fields.pop(name, None)
            else:
                self._fields[name] = value

    @property
    def is_open(self) -> bool:
        """Has it been opened, and not been closed?"""
        return "born" in self._fields and not self.is_closed

    @property
    def is_closed(self) -> bool:
        """Has its speaker closed it?"""
        return "closed" in self._fields

    @property
    def born(self) -> float:
        """When it was opened, in seconds since 1970."""
        return float(self._fields["born"])

    def role(self, token: str) -> Role | None:
        """Say whose token it is."""
        mine = hashed(token)
        for role in ("speaker", "moderator"):
            if hmac.compare_digest(mine, self._fields.get(role, "")):
                return role
        return None

    def phone(self, token: str) -> int | None:
        """Give the id of the phone that has this token."""
        return int(self._fields.get(f"phone:{hashed(token)}", 0)) or None

    def name(self, id: int) -> str:
        """Give a phone's name."""
        return self._fields[f"name:{id}"]

    def names(self) -> set[str]:
        """Give all names."""
        return {value for field, value in self._fields.items() if field.startswith("name:")}

    def spins(self, id: int) -> int:
        """Say how often a phone may still change its name."""
        return max(0, SPINS - self._number("spins", id))

    def seq(self, id: int) -> int:
        """Give the number of the drawing that a phone sent last, 0 without one."""
        return int(self._fields.get(f"digit:{id}", "0").partition(" ")[0])

    def is_banned(self, id: int) -> bool:
        """Was this phone sent out?"""
        return f"banned:{id}" in self._fields

    def stands(self, id: int) -> bool:
        """Has this phone a drawing that was not taken away?"""
        return self.seq(id) > self._number("removed", id) and not self.is_banned(id)

    def strokes(self, id: int) -> str | None:
        """Give what a phone drew last, unless it was taken away."""
        return self._fields[f"digit:{id}"].partition(" ")[2] if self.stands(id) else None

    def settings(self) -> Message:
        """Say what is set."""
        said: Message = {"say": "settings", "model": self._fields["set:model"]}
        said |= {flag: self._fields.get(f"set:{flag}") == "1" for flag in _FLAGS}
        if talk := self._fields.get("set:talk"):
            said["talk"] = talk
        return said | {"step": int(self._fields.get("set:step", 0))}

    def digit(self, id: int) -> Message | None:
        """Say what a phone drew, or nothing."""
        if not self.stands(id):
            return None
        seq = self.seq(id)
        needed = self._fields.get("set:approval") == "1"
        return {
            "say": "digit",
            "id": id,
            "name": self.name(id),
            "strokes": self.strokes(id),
            "seq": seq,
            "approved": not needed or self._number("approved", id) == seq,
            "shown": self._number("shown", id) == seq,
        }

    def people(self) -> Message:
        """Say how many phones are connected."""
        here = set()
        for field, value in self._fields.items():
            if field.startswith("here:"):
                here.update(value.split()[1:])
        return {"say": "people", "here": len(here)}

    def state(self) -> dict[str, Message]:
        """Give all that watchers are told, under a name for each."""
        told = {"settings": self.settings(), "people": self.people()}
        return told | {f"digit:{id}": digit for id in self.ids() if (digit := self.digit(id))}

    def ids(self) -> Iterator[int]:
        """Give the phones that have drawn."""
        for field in self._fields:
            if field.startswith("digit:"):
                yield int(field.partition(":")[2])

    def command(self, message: Mapping[str, Any]) -> dict[str, str]:
        """Give the fields that a watcher's message changes."""
        id = message.get("id", 0)
        match message["say"]:
            case "set":
                given = {name: message[name] for name in message.keys() - {"say"}}
                fields = {
                    f"set:{name}": str(int(value)) if isinstance(value, int) else value
                    for name, value in given.items()
                }
                if given.get("approval") and self._fields.get("set:approval") != "1":
                    # What stands on the wall may stay there.
                    fields |= {f"approved:{id}": str(self.seq(id)) for id in self.ids()}
                return fields
            case "approve":
                return {f"approved:{id}": str(message["seq"])}
            case "reveal":
                seq = message.get("seq", self.seq(id)) if message["shown"] else 0
                return {f"shown:{id}": str(seq)}
            case "remove":
                return {f"removed:{id}": str(self.seq(id))}
            case "ban":
                return {f"banned:{id}": "1"}
            case "clear":
                return {f"removed:{id}": str(self.seq(id)) for id in self.ids()}
        raise ValueError(f"got {message['say']!r}, expected what changes a room")

    def _number(self, what: str, id: int) -> int:
        return int(self._fields.get(f"{what}:{id}", 0))
