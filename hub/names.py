"""A name for a phone: two words at random, so that nobody has to say who they are."""

from __future__ import annotations

import secrets
from collections.abc import Set

from hub.words import NAMES


def draw(lang: str, taken: Set[str]) -> str:
    """Draw a name that is not taken, if there is one left.

    Parameters
    ----------
    lang : as a browser says it, such as "pt-br"; English stands for what has no words here.
    """
    names = NAMES.get(lang.partition("-")[0], NAMES["en"])
    # Of six thousand names the first one is almost always free.
    for _ in range(20):
        if (name := secrets.choice(names)) not in taken:
            return name
    return secrets.choice([name for name in names if name not in taken] or names)
