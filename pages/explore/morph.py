"""From one digit to another: through the code, and as a cross-fade of pixels."""

from __future__ import annotations

import io
from functools import partial

import streamlit as st
from PIL import Image

from ae import latent
from ae.arrays import Float32
from pages.explore import operands
from pages.explore.operands import Operand
from pages.explore.scene import Scene
from ui import downloads, pictures, state
from ui.choices import segments
from ui.components.download import File
from ui.components.sheet import sheet
from ui.components.slides import Track, slides
from ui.text import Text

STEPS = 41
SIZE = 11
_LETTERS = "ABCD"
_DEFAULTS = (operands.DRAWING, "4a", "0a", "1a")
_FRAME_MS = 60


def show(scene: Scene, text: Text) -> None:
    """Choose two to four digits, and see what lies between them."""
    _ = text.gettext
    with st.container(horizontal=True, vertical_alignment="bottom"):
        counts = {str(n): text.ngettext("{n} digit", "{n} digits", n) for n in (2, 3, 4)}
        count = int(segments(_("How many"), counts, "morph_corners"))
        operands.keep(scene, text)
        chosen = [
            operands.choose(letter, f"morph_{letter}", default, default, scene, text)
            for letter, default in zip(_LETTERS[:count], _DEFAULTS, strict=False)
        ]
    corners = [operand for operand in chosen if operand is not None]
    if len(corners) < count:
        st.info(_("Draw a digit, or start from another."))
    elif count == 2:
        _between_two(corners[0], corners[1], scene, text)
    else:
        _between_more(corners, scene, text)


def _between_two(a: Operand, b: Operand, scene: Scene, text: Text) -> None:
    """Show the straight way from A to B, in the code and in the pixels."""
    _ = text.gettext
    by_code = scene.model.decode(latent.interpolate(a.code, b.code, STEPS))
    by_pixels = latent.interpolate(a.pixels, b.pixels, STEPS)
    slides(
        tracks=[
            Track(_("Through the code"), _strip(by_code)),
            Track(_("Cross-fade of the pixels"), _strip(by_pixels)),
        ],
        count=STEPS,
        ends=("A", "B"),
        labels={
            "play": _("Play"),
            "pause": _("Pause"),
            "slider": _("From A to B"),
            "at": _("{percent} of the way from A to B"),
            "language": text.language,
        },
        key="slides",
        revision=scene.now.revision,
    )
    st.caption(_("The cross-fade shows two digits at once. A good code should show one at a time."))
    if not state.family(scene.now).variational:
        st.caption(_("Try the same with the VAE: it was trained for what lies between."))
    frames = [
        pictures.tiled([[pictures.grey(left), pictures.grey(right)]])
        for left, right in zip(by_code, by_pixels, strict=True)
    ]
    files = [
        File(
            _("The animation ({kind})", kind=kind.upper()),
            f"gargalo-morph.{kind}",
            partial(film, frames, kind),
        )
        for kind in ("gif", "webp")
    ]
    downloads.show(files, text)


def _between_more(corners: list[Operand], scene: Scene, text: Text) -> None:
    """Show the square between three or four digits."""
    _ = text.gettext
    codes = latent.sheet([corner.code for corner in corners], SIZE)
    digits = scene.model.decode(codes.reshape(SIZE * SIZE, -1))
    square = pictures.grey(pictures.grid(digits, SIZE))
    sheet(
        pictures=pictures.url(square),
        rows=SIZE,
        columns=SIZE,
        corners=_LETTERS if len(corners) == 4 else "ABCC",
        labels={
            "label": _("Digits between the corners. Move with the arrow keys."),
            "at": _("Row {row}, column {column}"),
        },
        key="morph_sheet",
        revision=scene.now.revision,
    )
    png = partial(pictures.png, square, 2)
    downloads.show([downloads.pictures(png, "gargalo-morph.png", text)], text)


def _strip(frames: Float32) -> str:
    return pictures.url(pictures.grey(pictures.grid(frames, len(frames))))


def film(frames: list[pictures.Pixels], kind: str) -> bytes:
    """Write frames as a GIF or a WebP that runs there and back for ever, six px to the pixel."""
    big = [
        Image.fromarray(frame.repeat(6, axis=0).repeat(6, axis=1)).convert("RGB")
        for frame in frames
    ]
    file = io.BytesIO()
    there_and_back = [*big, *big[-2:0:-1]]
    options = {"lossless": True} if kind == "webp" else {}
    there_and_back[0].save(
        file,
        kind,
        save_all=True,
        append_images=there_and_back[1:],
        duration=_FRAME_MS,
        loop=0,
        **options,
    )
    return file.getvalue()
