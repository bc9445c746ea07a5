"""The canvas, its own undo and clear, the sample digits and the upload.

Everything here changes one thing: ``visit.drawing``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial

import streamlit as st
from PIL import Image
from streamlit_drawable_canvas import st_canvas

import ae
from ui import html, strokes, uploads
from ui.components import browser
from ui.state import Visit, canvas_key, link, view
from ui.strokes import PEN, SIDE, Drawing, DrawingError
from ui.text import Text

_NORMAL = "normal_form"
_UPLOAD = "upload"


def show(now: Visit, text: Text) -> None:
    """Show the canvas with its tools; the visitor's drawing is then in ``now.drawing``."""
    _ = text.gettext
    _hear(now, text)
    with st.container(key="canvas_box"):
        if canvas_key(now) not in st.session_state:
            now.reload()  # the first canvas, or the visitor came back to the page
        picture = now.loaded.picture
        st_canvas(
            stroke_width=PEN,
            stroke_color="#fff",
            background_color="#000",
            background_image=Image.fromarray(picture.canvas) if picture else None,
            # A second load of the same strokes must differ from the first, or the canvas skips it.
            initial_drawing={
                "objects": strokes.to_fabric(now.loaded.strokes, now.loads),
                "load": now.loads,
            },
            width=SIDE,
            height=SIDE,
            key=canvas_key(now),
        )
        if now.drawing.empty:
            st.html(html.element("p", _("Draw a digit here"), class_="draw-here"))
    browser.settle(
        link=link(now),
        language=text.language,
        view=view(now),
        canvas_label=_("Canvas: draw a digit with the mouse or a finger"),
    )
    if now.problem:
        st.warning(now.problem, icon=":material/error:")
    _tools(now, text)
    _samples(now, text)
    _upload(now, text)


def normal_form(now: Visit, text: Text) -> None:
    """Let the visitor switch MNIST's normal form off, on this page and on the others."""
    st.toggle(
        text.gettext("Centre and scale it like MNIST's digits"),
        value=now.normal,
        key=_NORMAL,
        on_change=_switch,
        args=(now,),
    )


def _switch(now: Visit) -> None:
    now.normal = bool(st.session_state[_NORMAL])


def _hear(now: Visit, text: Text) -> None:
    """Take the canvas's last message, which Streamlit hands over before the script runs."""
    state = st.session_state.get(canvas_key(now))
    if state is None:
        return
    try:
        now.hear(strokes.from_canvas(state, now.loads))
    except DrawingError:
        now.problem = text.gettext(
            "The canvas sent something that is not a drawing. Yours is as it was."
        )
        now.remount()


def _tools(now: Visit, text: Text) -> None:
    _ = text.gettext
    tools: tuple[tuple[str, str, str, str, Callable[[], None], bool], ...] = (
        ("undo", _("Undo"), "undo", "Mod+Z", now.undo, bool(now.past)),
        ("redo", _("Redo"), "redo", "Mod+Shift+Z", now.redo, bool(now.future)),
        ("clear", _("Clear"), "delete", "Delete", now.clear, not now.drawing.empty),
        ("surprise", _("Surprise me"), "casino", "S", partial(_surprise, now), True),
    )
    with st.container(key="tools", horizontal=True, gap="xsmall"):
        for key, label, icon, shortcut, deed, usable in tools:
            st.button(
                label,
                key=key,
                icon=f":material/{icon}:",
                shortcut=shortcut,
                on_click=act,
                args=(now, text, deed),
                disabled=not usable,
            )


def _samples(now: Visit, text: Text) -> None:
    """Offer the ten digits; a digit pressed again gives its next writing."""
    with st.container(key="samples", horizontal=True, gap="xsmall"):
        for digit in "0123456789":
            st.button(
                digit,
                key=f"sample_{digit}",
                help=text.gettext("Another {digit} at each click", digit=digit),
                on_click=act,
                args=(now, text, partial(_next_sample, now, digit)),
            )


def act(now: Visit, text: Text, deed: Callable[[], None]) -> None:
    """Do what a button says, after a stroke that came with the same click."""
    _hear(now, text)
    deed()


def _next_sample(now: Visit, digit: str) -> None:
    names = [name for name in ae.samples.SAMPLES if name.startswith(digit)]
    shown = now.drawing.sample
    following = names.index(shown) + 1 if shown in names else 0
    now.put(strokes.sample(names[following % len(names)]))


def _surprise(now: Visit) -> None:
    names = [name for name in ae.samples.SAMPLES if name != now.drawing.sample]
    now.put(strokes.sample(secrets.choice(names)))


def _upload(now: Visit, text: Text) -> None:
    _ = text.gettext
    with st.popover(_("Upload a picture"), icon=":material/upload:", width="stretch"):
        st.file_uploader(
            _("A photo or a scan of one digit, dark on light or light on dark"),
            # Extensions only: a MIME type here turns Streamlit's check of the name off.
            type=uploads.EXTENSIONS,
            max_upload_size=uploads.MAX_MB,
            key=_UPLOAD,
            on_change=_take_upload,
            args=(now, text),
        )


def _take_upload(now: Visit, text: Text) -> None:
    file = st.session_state[_UPLOAD]
    if file is None:  # the visitor took it off the list; the drawing stays
        return
    _hear(now, text)
    try:
        picture = uploads.read(file.getvalue())
    except uploads.UploadError as fault:
        now.problem = text.gettext(fault.message)
    else:
        now.put(Drawing(picture=picture))
