"""What a visitor's own models are called: each has a name, and a title that they may give it."""

from __future__ import annotations

import re
import unicodedata

from ae import plans
from ae.families import FAMILIES
from ae.metadata import Metadata
from ae.plans import OWN

IDS = (OWN, *(f"{OWN}{place}" for place in range(2, 5)))
"""Names of a visitor's own models, beside those of the families; their files all say "mine"."""

LONGEST = 30
"""Characters of a title, so that it fits into a menu."""

_JOINERS = "\u200c\u200d"  # Persian words and many an emoji need them


def clean(wish: str) -> str:
    """Make a title of what somebody typed, in any script; nothing where there is none in it."""
    kept = (c for c in wish if c in _JOINERS or c.isspace() or unicodedata.category(c)[0] != "C")
    title = unicodedata.normalize("NFC", " ".join("".join(kept).split()))[:LONGEST].strip()
    seen = any(unicodedata.category(c)[0] not in "CMZ" for c in title)
    return title if seen else ""


def alike(one: str, other: str) -> bool:
    """Tell whether a reader would take two titles for the same."""
    return _folded(one) == _folded(other)


def _folded(title: str) -> str:
    return unicodedata.normalize("NFKC", title).casefold()


def family_of(metadata: Metadata) -> str | None:
    """Name the family whose layers a net has, but for the size of its code; None if it has none's.

    A price of the code is what makes the same layers sparse.
    """
    net = metadata.net
    assert net is not None  # or it would not have been read
    for name in plans.PLAIN:
        family = FAMILIES[name]
        same = family.encoder[:-1], family.activations, bool(family.recipes["best"].l1)
        if same == (net.encoder[:-1], net.activations, bool(net.recipe.l1)):
            return name
    return None


def escaped(title: str) -> str:
    """Write a title where Markdown is read, so that it means nothing there.

    A word joiner, which nobody sees, keeps Streamlit from making icons and links of what a
    backslash does not protect.
    """
    protected = re.sub(r"[!-&*+./:-@[-`{-~-]", r"\\\g<0>", title)
    return re.sub(r"[:.@](?=\w)", "\\g<0>\u2060", protected)
