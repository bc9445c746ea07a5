"""How the attacks spoil what was good: by a seed, so that what was found once is found again.

``ATTACK=20`` in the environment makes each of them twenty times as long (`make attack`).
"""

from __future__ import annotations

import copy
import math
import os
from random import Random
from typing import Any

TIMES = int(os.environ.get("ATTACK", "1"))

NUMBERS = (
    *(0, -1, 1, 2, 255, 10_001, 2**31, -(2**63), 10**400, -(10**400)),
    *(0.5, -0.0, 5e-324, 1e-7, 1e9, 3e38, 1e308, -1e308, math.nan, math.inf, -math.inf),
)
WORDS = (
    *("", "x", "0", "M", "Q", "None", "../../etc/passwd", "<script>alert(1)</script>", "{0}", "%s"),
    *("\x00", "\n", "\ud800", "\u202e", "é" * 1000, "[a](http://b)", "mine", "pca", "relu"),
)
SHAPES = ([], {}, [[]], [None], [0, 1], {"path": []}, {"x": {"y": []}}, [{}] * 501, [0] * 20_001)
ANYTHING = (None, True, False, *NUMBERS, *WORDS, *SHAPES)


def seeds(count: int) -> range:
    """Number the visitors who attack, more of them in a long attack."""
    return range(count * TIMES)


def spoil(good: Any, dice: Random, most: int = 3) -> Any:
    """Change up to so many places of a JSON value, wherever they are in it."""
    bad = copy.deepcopy(good)
    for _ in range(dice.randint(1, most)):
        places = list(_places(bad))
        if not places or dice.random() < 0.02:
            bad = copy.deepcopy(dice.choice(ANYTHING))
            continue
        # The inner ones are many, and much alike.
        depth = dice.randint(1, max(depth for depth, _, _ in places))
        _, box, key = dice.choice([place for place in places if place[0] == depth])
        _change(box, key, dice)
    return bad


def _places(value: Any, depth: int = 1) -> Any:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(min(len(value), 8)):
            yield depth, value, key
            yield from _places(value[key], depth + 1)


def _change(box: Any, key: Any, dice: Random) -> None:
    match dice.randrange(8):
        case 0:
            del box[key]
        case 1:
            box[key] = [box[key]]
        case 2 if isinstance(box, list):
            box[key:key] = [copy.deepcopy(box[key])] * dice.choice((1, 3, 600))
        case 3 if isinstance(box, dict):
            box[dice.choice(WORDS)] = box[key]
        case 4 | 5:
            box[key] = dice.choice(NUMBERS)
        case _:
            box[key] = copy.deepcopy(dice.choice(ANYTHING))


def flip(good: bytes, dice: Random) -> bytes:
    """Change some bits, put something in, take something out, or cut the end off."""
    bad = bytearray(good)
    for _ in range(dice.choice((1, 1, 2, 8))):
        at = dice.randrange(len(bad) + 1)
        match dice.randrange(6):
            case 0:
                bad[at:at] = dice.randbytes(dice.randint(1, 9))
            case 1:
                del bad[at : at + dice.randint(1, 9)]
            case 2:
                del bad[at:]
            case 3:
                bad[at : at + 4] = dice.choice((b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"))
            case _ if at < len(bad):
                bad[at] ^= 1 << dice.randrange(8)
    return bytes(bad)
