"""The way from the windows of a talk to those on other devices: through the room's hub."""

from __future__ import annotations

from hub import here, protocol


def table() -> str | None:
    """Give what may be said to the hub, as JSON; None where this process serves no rooms."""
    return protocol.as_json() if here.serves else None
