"""Names for phones: two words, harmless in front of a class."""

from __future__ import annotations

import secrets
from collections.abc import Collection

_WORDS = {
    "en": (("blue", "calm", "quick", "bright"), ("otter", "robin", "panda", "heron")),
    "pt": (("azul", "feliz", "veloz", "gentil"), ("Tucano", "Sabiá", "Capivara", "Arara")),
}


def draw(lang: str, taken: Collection[str]) -> str:
    """Give a name that is not taken, as far as there are such."""
    adjectives, animals = _WORDS.get(lang, _WORDS["en"])
    for _ in range(20):
        adjective, animal = secrets.choice(adjectives), secrets.choice(animals)
        name = f"{animal} {adjective}" if lang == "pt" else f"{adjective} {animal}".title()
        if name not in taken:
            break
    return name
