"""What rooms may cost the server. Each bound is an environment variable: docs/settings.md."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ui.limits import read

_PREFIX = "GARGALO_"


@dataclass(frozen=True)
class Limits:
    """Bounds of the rooms; ``GARGALO_ROOM_PHONES`` sets ``room_phones``, etc.

    Attributes
    ----------
    rooms : that are open at the same time, on all processes.
    room_seconds : after which a room ends.
    room_phones : that may come into one room. Who never drew and has gone makes room for others.
    room_watchers : projectors and moderators of one room, on one process.
    room_sockets : open connections of one process, to phones and watchers.
    """

    rooms: int = 20
    room_seconds: int = 10_800
    room_phones: int = 500
    room_watchers: int = 20
    room_sockets: int = 2_000

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Limits:
        """Read the bounds; what is no whole number above zero is told to the log and left out."""
        return read(cls, _PREFIX, environment)
