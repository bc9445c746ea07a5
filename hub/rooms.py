"""What a room is: a flat table of texts, in which nobody overwrites what another has written.

Pure: nothing here waits, sends or knows the time. The table is kept by a store (`hub.stores`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from hub.protocol import ALPHABET, CODE_LENGTH, MESSAGES, Role

Message = dict[str, Any]
Fields = dict[str, str]

# field             what it holds                                        who writes it
# ------------------------------------------------------------------------------------------------
# born              seconds since 1970                                   who opens the room
# speaker           hash of the speaker's token                          "
# moderator         hash of the moderator's token                        "
# set:<name>        one of the settings                                  a watcher
# phones            how many have come, so the last one's id             counted by the store
# phone:<hash>      id of the phone with this token, seconds since 1970  its process
# name:<id>         its name                                             its process
# spins:<id>        how often it has asked for another one               counted by the store
# drawn:<id>        how often it has drawn, so the last one's seq        counted by the store
# digit:<id>        seq and strokes of what it drew last                 its process
# approved:<id>     the seq that may stand on the wall                   a watcher
# stood:<id>        the seq that stands on a frozen wall                   a watcher
# shown:<id>        the seq of which the drawing itself is shown         a watcher
# removed:<id>      the seq up to which everything is taken away         a watcher
# banned:<id>       1                                                    a watcher
# here:<process>    seconds since 1970, and the ids connected there      that process
# closed            1, and nothing else is left                          the speaker

SPINS = 3
PRESENCE = 60
"""Seconds for which a process is believed that says who is connected; it says so more often."""
GRACE = 60
"""Seconds that a phone has for its first drawing before another may take its place."""
# Fields whose first number only ever rises.
_RISING = {"phones", "spins", "drawn", "digit", "approved", "removed"}
_FLAGS = [name.rstrip("?") for name, kind in MESSAGES["set"].fields.items() if kind == "flag"]


def new_code() -> str:
    """Make up a room's code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def new_token() -> str:
    """Make up a token, of 192 bits."""
    return secrets.token_urlsafe(24)


def moderator_of(speaker: str) -> str:
    """Give the moderator's token: the speaker's tells it, but it does not tell the speaker's.

    So it can be said again whenever the speaker comes back, and only its hash is kept.
    """
    raw = hmac.digest(speaker.encode(), b"moderator", "sha256")
    return base64.urlsafe_b64encode(raw[:24]).decode()


def hashed(token: str) -> str:
    """Give what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def opened(speaker: str, model: str, now: float) -> Fields:
    """Give the fields of a new room."""
    return {
        "born": f"{now:.3f}",
        "speaker": hashed(speaker),
        "moderator": hashed(moderator_of(speaker)),
        "set:model": model,
    }


def joined(token: str, id: int, name: str, now: float) -> Fields:
    """Give the fields of a new phone."""
    return {f"phone:{hashed(token)}": f"{id} {now:.0f}", f"name:{id}": name}


def drawn(id: int, seq: int, strokes: str) -> Fields:
    """Give the field of a drawing."""
    return {f"digit:{id}": f"{seq} {strokes}"}


def here(process: str, ids: Iterable[int], now: float) -> Fields:
    """Give the field of who is connected to a process."""
    return {f"here:{process}": " ".join([f"{now:.0f}", *map(str, ids)])}


class Room:
    """What the fields of one room say."""

    def __init__(self, fields: Mapping[str, str | None] | None = None) -> None:
        self.fields: Fields = {}
        self.update(fields or {})

    def update(self, changes: Mapping[str, str | None]) -> set[str]:
        """Take fields over; None is one that is not there any more.

        Returns
        -------
        The subjects of which `says` may say something else now.
        """
        for name, value in changes.items():
            if value is None:
                self.fields.pop(name, None)
            else:
                self.fields[name] = value
        subjects = set()
        for name in changes:
            what, _, of = name.partition(":")
            if what == "set":
                subjects.add("settings")
                if of in ("approval", "frozen"):
                    subjects |= {f"digit:{id}" for id in self.drawers()}
            elif what == "here":
                subjects.add("people")
            elif of.isdecimal():
                subjects.add(f"digit:{of}")
        return subjects

    def lost(self, found: Mapping[str, str | None]) -> Fields:
        """Give what a store knows no more, or no longer in its newest state.

        Parameters
        ----------
        found : all that the store knows of the room.
        """
        known = {"phones": str(self.counted("phones"))}
        known |= {f"drawn:{id}": str(self.counted(f"drawn:{id}")) for id in self.drawers()}
        lost = {}
        for name, value in {**self.fields, **known}.items():
            kept = found.get(name)
            is_rising = name.partition(":")[0] in _RISING
            if kept is None or (is_rising and _first(kept) < _first(value)):
                lost[name] = value
        return lost

    def counted(self, name: str) -> int:
        """Say how far the store has counted a field, for all that is known here.

        What is counted is not rung for, so that the field itself may be behind.
        """
        what, _, id = name.partition(":")
        known = _first(self.fields.get(name, "0"))
        if what == "phones":
            return max([known, *self._ids()])
        return max(known, self.seq(int(id))) if what == "drawn" else known

    # Who is who

    @property
    def is_open(self) -> bool:
        """Has it been opened, and not been closed?"""
        return "born" in self.fields and not self.is_closed

    @property
    def is_closed(self) -> bool:
        """Has its speaker closed it?"""
        return "closed" in self.fields

    @property
    def born(self) -> float:
        """When it was opened, in seconds since 1970."""
        return float(self.fields["born"])

    def role(self, token: str) -> Role | None:
        """Say whose token it is."""
        mine = hashed(token)
        for role in get_args(Role):
            if hmac.compare_digest(mine, self.fields.get(role, "")):
                return role  # type: ignore[no-any-return]
        return None

    def phone(self, token: str) -> int | None:
        """Give the id of the phone with this token."""
        # Found by its hash: how long that takes says nothing of the token.
        entry = self.fields.get(f"phone:{hashed(token)}")
        return _first(entry) if entry else None

    def phones(self) -> int:
        """Count the phones that have a place."""
        return len(self._ids())

    def absent(self, now: float, here: Iterable[int]) -> dict[str, None]:
        """Give the fields of phones that never drew and have gone, to be deleted.

        Parameters
        ----------
        here : ids of phones that are connected to this process, which may not be said yet.
        """
        present = self._present(now).union(here)
        gone: dict[str, None] = {}
        for name, entry in self.fields.items():
            if name.startswith("phone:"):
                id, came = entry.split()
                if (
                    float(came) < now - GRACE
                    and int(id) not in present
                    and f"digit:{id}" not in self.fields
                    and f"banned:{id}" not in self.fields
                ):
                    gone |= {name: None, f"name:{id}": None, f"spins:{id}": None}
        return gone

    def name(self, id: int) -> str:
        """Give a phone's name."""
        return self.fields.get(f"name:{id}", "?")

    def names(self) -> set[str]:
        """Give the names of all phones."""
        return {value for name, value in self.fields.items() if name.startswith("name:")}

    def spins(self, id: int) -> int:
        """Say how often a phone may still ask for another name."""
        return max(0, SPINS - self._number("spins", id))

    def is_banned(self, id: int) -> bool:
        """Was this phone sent out?"""
        return f"banned:{id}" in self.fields

    # What they drew

    def drawers(self) -> Iterator[int]:
        """Give the ids of all phones that have drawn, whatever became of that."""
        for name in self.fields:
            if name.startswith("digit:"):
                yield int(name.partition(":")[2])

    def seq(self, id: int) -> int:
        """Give the number of what a phone drew last; 0 if it did not yet."""
        return _first(self.fields.get(f"digit:{id}", "0"))

    def strokes(self, id: int) -> str | None:
        """Give what a phone drew last, unless that was taken away."""
        if self.is_banned(id) or self.seq(id) <= self._number("removed", id):
            return None
        return self.fields[f"digit:{id}"].partition(" ")[2]

    # What is said of it

    def says(self, subject: str, now: float) -> Message | None:
        """Give the message that watchers get on a subject; None if there is nothing to say.

        Parameters
        ----------
        subject : "settings", "people" or "digit:<id>".
        now : seconds since 1970.
        """
        if subject == "settings":
            return self.settings()
        if subject == "people":
            return {"say": "people", "here": len(self._present(now))}
        return self._digit(int(subject.partition(":")[2]))

    def settings(self) -> Message:
        """Give the message that says what is set."""
        said: Message = {"say": "settings", "model": self.fields["set:model"]}
        said |= {flag: self._is_set(flag) for flag in _FLAGS}
        if talk := self.fields.get("set:talk"):
            said["talk"] = talk
        return said | {"step": int(self.fields.get("set:step", 0))}

    def _digit(self, id: int) -> Message | None:
        strokes = self.strokes(id)
        if strokes is None:
            return None
        seq = self.seq(id)
        said: Message = {
            "say": "digit",
            "id": id,
            "name": self.name(id),
            "strokes": strokes,
            "seq": seq,
            "approved": not self._is_set("approval") or self._number("approved", id) == seq,
            "shown": self._number("shown", id) == seq,
        }
        if self._is_set("frozen") and (stood := self._stood(id)) != seq:
            said["stood"] = stood
        return said

    def _stood(self, id: int) -> int:
        """Give the seq that stands on the wall while it stands still; 0 if none does."""
        stood = self._number("stood", id)
        return stood if stood > self._number("removed", id) else 0

    def command(self, message: Message) -> Fields:
        """Give the fields that a watcher's message writes.

        Raises
        ------
        ValueError
            It is no watcher's, or closes the room.
        """
        match message:
            case {"say": "set"}:
                return self._set({name: message[name] for name in message if name != "say"})
            case {"say": "approve", "id": id, "seq": seq}:
                return {f"approved:{id}": str(seq)}
            case {"say": "reveal", "id": id, "shown": shown}:
                # Without a seq it is whatever came last, which the speaker may not have seen.
                return {f"shown:{id}": str(message.get("seq", self.seq(id)) if shown else 0)}
            case {"say": "remove", "id": id}:
                return {f"removed:{id}": str(self.seq(id))}
            case {"say": "ban", "id": id}:
                return {f"banned:{id}": "1"}
            case {"say": "clear"}:
                return {f"removed:{id}": str(self.seq(id)) for id in self.drawers()}
        raise ValueError(f"got {message['say']!r}, expected what changes a room")

    def _set(self, given: Message) -> Fields:
        fields = {
            f"set:{name}": str(int(value)) if isinstance(value, int) else value
            for name, value in given.items()
        }
        then = Room({**self.fields, **fields})
        if self._is_free and not then._is_free:
            # What everybody has seen may stay; what comes from now on was not seen by anybody, so
            # that who asks for approval later asks for it, too.
            fields |= {f"approved:{id}": str(self.seq(id)) for id in self.drawers()}
            then.update(fields)
        if then._is_set("frozen") and given.keys() & {"frozen", "approval"}:
            fields |= {f"stood:{id}": str(self._stays(id, then)) for id in self.drawers()}
        return fields

    def _stays(self, id: int, then: Room) -> int:
        """Give the seq that stands on a wall that stands still by what is set then."""
        stood = self._stood(id) if self._is_set("frozen") else self.seq(id)
        is_asked = then._is_set("approval")
        return 0 if is_asked and then._number("approved", id) < stood else stood

    @property
    def _is_free(self) -> bool:
        """Is everything that comes seen on the wall at once?"""
        return not any(self._is_set(flag) for flag in _FLAGS)

    def _is_set(self, flag: str) -> bool:
        return self.fields.get(f"set:{flag}") == "1"

    def _present(self, now: float) -> set[int]:
        present: set[int] = set()
        for name, value in self.fields.items():
            if name.startswith("here:"):
                said, *ids = map(int, value.split())
                if said > now - PRESENCE:
                    present.update(ids)
        return present

    def _number(self, what: str, id: int) -> int:
        return int(self.fields.get(f"{what}:{id}", 0))

    def _ids(self) -> list[int]:
        return [_first(v) for name, v in self.fields.items() if name.startswith("phone:")]


def _first(value: str) -> int:
    """Give the number that a field begins with."""
    return int(value.partition(" ")[0])
