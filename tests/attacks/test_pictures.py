"""1,000 pictures from anybody, with EXIF data and without.

Promised: each is a digit on the canvas, and what was there is one step back; or it is one sentence,
and the drawing stays. A good picture is read afterwards.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from PIL import Image

from tests.attacks.mischief import flip, seeds, spoil
from tests.pages.test_app import opened, run
from tests.ui.test_uploads import HEIC, NOT_A_PICTURE, NOTHING, PDF, TOO_MANY_PIXELS, saved, seven
from ui import uploads
from ui.components import upload
from ui.sketch import Sketch
from ui.strokes import SIDE

VISITORS, PICTURES = 20, 50
SENTENCES = (NOT_A_PICTURE, NOTHING, TOO_MANY_PIXELS, HEIC, PDF)
NOT_INK = "Nothing in the rectangle looks like ink. Choose another part."

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK")
WHOLE = {name: saved(seven((60, 60)), name) for name in (*FORMATS, "BMP")}
ANIMATED = {"save_all": True, "append_images": [seven((60, 60), 255, 0)], "duration": 100}
WHOLE |= {f"{name} animated": saved(seven((60, 60)), name, **ANIMATED) for name in FORMATS[2:]}


def _exif() -> bytes:
    """Data as a phone writes them: a turn, words, numbers of each kind, and a folder of its own."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A maker of phones"
    exif[0x011A] = 72.0
    exif[0x8769] = {0x9003: "2026:11:27 02:00:00", 0x829A: 0.01, 0x927C: bytes(range(64))}
    exif[0x8825] = {1: "N", 2: (41.0, 9.0, 0.5)}
    return exif.tobytes()


EXIF = _exif()


def damaged(dice: Random) -> bytes:
    """Damage a file anywhere."""
    return flip(WHOLE[dice.choice(sorted(WHOLE))], dice)


def with_damaged_exif(dice: Random) -> bytes:
    image = seven((60, 60)).convert("RGB")
    # Behind its first six letters, or Pillow would not write it.
    exif = EXIF[:6] + flip(EXIF[6:], dice)
    return saved(image, dice.choice(FORMATS[:3]), exif=exif, quality=90)


def png_with_right_sums(dice: Random) -> bytes:
    """Damage what stands in a PNG's chunks, and vouch for it."""
    raw = saved(seven((60, 60)).convert(dice.choice(("L", "P", "RGBA"))), exif=EXIF)
    out, at = raw[:8], 8
    target = dice.choice((b"IHDR", b"IDAT", b"PLTE", b"eXIf", b"IEND"))
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 4], "big")
        kind, data = raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]
        if kind == target:
            data = flip(data or b"\0", dice)
            kind = dice.choice((kind, b"zTXt", b"iCCP", b"tRNS", b"acTL", b"fcTL"))
        body = kind + data
        out += struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return out


def small(dice: Random) -> bytes:
    """A few arbitrary pixels, of any kind of picture."""
    mode, size = dice.choice(MODES), (dice.randint(1, 9), dice.randint(1, 9))
    pixels = dice.randbytes(len(Image.new(mode, size).tobytes()))
    return saved(Image.frombytes(mode, size, pixels), "JPEG" if mode == "CMYK" else "PNG")


def anything(dice: Random) -> bytes:
    """No picture, or the beginning of one."""
    start = dice.choice(
        (b"", b"%PDF-1.4", b"\0\0\0\x18ftypheic", *(r[:16] for r in WHOLE.values()))
    )
    return start + dice.randbytes(dice.randint(0, 200))


KINDS: tuple[Callable[[Random], bytes], ...] = (
    *(damaged, with_damaged_exif, with_damaged_exif, png_with_right_sums, small, anything),
)


def send(sketch: Sketch, raw: bytes, dice: Random) -> None:
    """Send a file as our button does, now and then in a message that is none."""
    message: object = {"file": base64.b64encode(raw).decode()}
    came = upload.received(message, uploads.MAX_BYTES)
    assert came == raw
    if dice.random() < 0.1:
        came = upload.received(spoil(message, dice), uploads.MAX_BYTES)
    uploads.take(sketch, came)


def assert_read_or_refused(sketch: Sketch, dice: Random, raw: bytes) -> bool:
    before = sketch.drawing
    send(sketch, raw, dice)
    if sketch.problem is not None:
        assert sketch.problem in SENTENCES and sketch.drawing is before
        return False
    picture = sketch.drawing.picture
    assert picture is not None and sketch.past[-1].drawing is before
    for digit in (picture.normal, picture.plain):
        assert digit.shape == (28, 28) and 0 <= digit.min() <= digit.max() <= 1
    assert picture.canvas.shape == (SIDE, SIDE) and picture.canvas.dtype == np.uint8
    left, top = dice.random() * 0.8, dice.random() * 0.8
    uploads.choose(sketch, (left, top, left + 0.2, top + 0.2))
    assert sketch.problem in (None, NOT_INK)
    return True


@pytest.mark.parametrize("seed", seeds(VISITORS))
def test_any_file_is_a_digit_or_one_sentence(seed: int) -> None:
    dice = Random(seed)
    app = opened()
    sketch: Sketch = app.session_state["visit"].sketch
    read = 0
    for i in range(PICTURES):
        read += assert_read_or_refused(sketch, dice, KINDS[i % len(KINDS)](dice))
        if i % 10 == 9:
            told = sketch.problem
            run(app)
            assert len(app.warning) == (told is not None) and not app.error
    assert PICTURES / 5 < read < PICTURES * 4 / 5, "or else the attack is blunt"
    uploads.take(sketch, WHOLE["PNG"])
    run(app)
    assert sketch.problem is None and not app.warning
