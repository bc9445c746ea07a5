"""The canvas, its own undo and clear, the sample digits and the upload.

Everything here changes one thing: ``visit.sketch``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import quote

import streamlit as st
from markupsafe import Markup
from PIL import Image

import ae
from ui import html, keyboard, pictures, strokes, uploads
from ui.components.region import region
from ui.components.upload import upload
from ui.sketch import Sketch
from ui.state import NORMAL, TOO_MANY_UPLOADS, Visit
from ui.strokes import PEN, SIDE, Drawing, DrawingError
from ui.text import N_, Text


def show(now: Visit, text: Text, confirm: str | None = None) -> None:
    """Show the canvas; the drawing is then in ``now.sketch``.

    Parameters
    ----------
    confirm : key of the fragment that shows what a stroke changes. It alone runs after a stroke
        that changes nothing else: to register the tools again, which stay as they are, would be
        most of a stroke's cost. The page says by `done` that the tools are there.
    """
    # Not at the top: it loads on a server only, and the tables of views are read without one, too.
    from streamlit_drawable_canvas import st_canvas

    _ = text.gettext
    sketch = now.sketch
    sketch.beside = None
    _hear(sketch)
    with st.container(key="canvas_box"):
        if sketch.canvas_key not in st.session_state:
            sketch.reload()  # the first canvas, or the visitor came back to the page
        loaded = sketch.loaded
        picture = loaded.picture
        st_canvas(
            stroke_width=PEN,
            stroke_color="#fff",
            background_color="#000",
            background_image=Image.fromarray(picture.canvas) if picture else None,
            # A second load of the same strokes must differ from the first, or the canvas skips it.
            initial_drawing={
                "objects": strokes.to_fabric(loaded.strokes, sketch.loads),
                "load": sketch.loads,
            },
            width=SIDE,
            height=SIDE,
            key=sketch.canvas_key,
            on_change=partial(_drawn, now, confirm) if confirm else None,
        )
        if sketch.drawing.empty:
            st.html(html.element("p", _("Draw a digit here"), class_="draw-here"))
        if sketch.waits:
            st.html(_prepared(sketch.drawing))
        if sketch.choosing:
            _photo(sketch, text)
        if now.stage:
            _tools(sketch, text, ("clear",))


def tools(now: Visit, text: Text) -> None:
    """Show what changes the drawing but the pen, and what went wrong with it."""
    if now.stage:
        return
    _, sketch = text.gettext, now.sketch
    if sketch.problem:
        st.warning(_(sketch.problem), icon=":material/error:")
    if sketch.choosing:
        _choice(sketch, text)
    _tools(sketch, text)
    if not sketch.choosing:  # then nothing is between the picture and what becomes of it
        _samples(sketch, text)
        with st.container(key="bring", horizontal=True, gap="xsmall"):
            _upload(now, text)
            keyboard.button(text)
        _part(sketch, text)


def normal_form(now: Visit, text: Text) -> None:
    """Let the visitor switch MNIST's normal form off, on this page and on the others."""
    if now.stage:
        return
    st.toggle(
        text.gettext("Centre and scale it, as in training"),
        value=now.normal,
        key=NORMAL,
        on_change=_switch,
        args=(now,),
    )


def _switch(now: Visit) -> None:
    now.normal = bool(st.session_state[NORMAL])
    now.edits.turn += 1  # the digit's code is another one


def done(now: Visit) -> None:
    """Note what is beside the canvas, once all of it is there: a message may break a run off."""
    now.sketch.beside = _beside(now)


def keep_up(now: Visit) -> None:
    """Run everything after all, if more has changed than the fragment that calls this shows.

    A button's click that comes while a stroke is under way may be answered with the stroke's
    fragment alone: its deed is done by then, and the tools do not show it.
    """
    if now.sketch.beside not in (None, _beside(now)):
        st.rerun()


def _drawn(now: Visit, confirm: str) -> None:
    before = now.sketch.drawing
    _hear(now.sketch)
    # What the canvas sends when it has loaded is no stroke, and comes together with a page, a
    # sample or an upload. And the slider of a chosen unit shows its value, which a stroke changes;
    # on stage, so do the outlines of a code that begins with edits.
    stroke = now.sketch.drawing is not before and now.edits.unit is None and not now.edits
    if stroke and _beside(now) == now.sketch.beside:
        st.rerun(confirm)


def _beside(now: Visit) -> tuple[object, ...]:
    """Give what the canvas and the tools show, and a stroke may change."""
    sketch = now.sketch
    undone = bool(sketch.past), bool(sketch.future), sketch.drawing.empty
    return *undone, sketch.problem, sketch.canvas_key, sketch.choosing, bool(now.edits)


def _hear(sketch: Sketch) -> None:
    """Take the canvas's last message, which Streamlit hands over before the script runs."""
    state = st.session_state.get(sketch.canvas_key)
    if state is None:
        return
    try:
        sketch.hear(strokes.from_canvas(state, sketch.loads))
    except DrawingError:
        sketch.problem = N_(
            "The canvas sent something that is not a drawing. Yours has not changed."
        )
        sketch.remount()


def _prepared(drawing: Drawing) -> Markup:
    """Write a drawing that only stands on the canvas."""
    paths = (html.element("path", d=strokes.to_svg(stroke)) for stroke in drawing.strokes)
    whole = html.element(
        "svg",
        *paths,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {SIDE} {SIDE}",
        fill="none",
        stroke="#fff",
        stroke_width=PEN,
        stroke_linecap="round",
        stroke_linejoin="round",
    )
    return html.image(f"data:image/svg+xml,{quote(whole)}", "", "prepared")


_ALL = ("undo", "redo", "clear", "surprise")


def _tools(sketch: Sketch, text: Text, wanted: Sequence[str] = _ALL) -> None:
    _ = text.gettext
    # The keyboard presses them by their keys: ui/keyboard.py.
    tools: tuple[tuple[str, str, str, Callable[[], None], bool], ...] = (
        ("undo", _("Undo"), "undo", sketch.undo, bool(sketch.past)),
        ("redo", _("Redo"), "redo", sketch.redo, bool(sketch.future)),
        ("clear", _("Clear"), "delete", sketch.clear, not sketch.drawing.empty),
        ("surprise", _("Surprise me"), "casino", partial(_surprise, sketch), True),
    )
    with st.container(key="tools", horizontal=True, gap="xsmall"):
        for key, label, icon, deed, usable in tools:
            if key not in wanted:
                continue
            st.button(
                label,
                key=key,
                icon=f":material/{icon}:",
                on_click=act,
                args=(sketch, deed),
                disabled=not usable,
            )


def _samples(sketch: Sketch, text: Text) -> None:
    """Offer the ten digits; a digit pressed again gives its next writing."""
    with st.container(key="samples", horizontal=True, gap="xsmall"):
        for digit in "0123456789":
            st.button(
                digit,
                key=f"sample_{digit}",
                help=text.gettext("Another {digit} at each click", digit=digit),
                on_click=act,
                args=(sketch, partial(_next_sample, sketch, digit)),
            )


def act(sketch: Sketch, deed: Callable[[], None]) -> None:
    """Do what a button says, after a stroke or an edit that came with the same click."""
    _hear(sketch)
    sketch.hear_edits()
    deed()


def _next_sample(sketch: Sketch, digit: str) -> None:
    names = [name for name in ae.samples.SAMPLES if name.startswith(digit)]
    sample = sketch.drawing.sample
    following = names.index(sample) + 1 if sample in names else 0
    sketch.put(strokes.sample(names[following % len(names)]))


def _surprise(sketch: Sketch) -> None:
    names = [name for name in ae.samples.SAMPLES if name != sketch.drawing.sample]
    sketch.put(strokes.sample(secrets.choice(names)))


def _upload(now: Visit, text: Text) -> None:
    _ = text.gettext
    upload(
        label=_("Upload a picture"),
        busy=_("Reading it …"),
        description=_("A photo or a scan of one digit, dark on light or light on dark"),
        side=ae.scene.LOOK,
        limit=uploads.MAX_BYTES,
        on_file=lambda raw: act(now.sketch, partial(take, now, raw)),
        key="upload",
    )


def _part(sketch: Sketch, text: Text) -> None:
    """Offer to read another part of the picture."""
    _ = text.gettext
    if sketch.photo:
        st.button(
            _("Choose a part of the picture"),
            key="choose",
            icon=":material/crop:",
            on_click=act,
            args=(sketch, partial(_choose, sketch, True)),
            width="stretch",
        )


def take(now: Visit, raw: bytes) -> None:
    """Put an uploaded picture on the canvas, or leave a sentence on why not."""
    if now.may_upload():
        uploads.take(now.sketch, raw)
    else:
        now.sketch.problem = TOO_MANY_UPLOADS


def _choose(sketch: Sketch, choosing: bool) -> None:
    sketch.choosing = choosing and sketch.photo is not None


def _photo(sketch: Sketch, text: Text) -> None:
    """Show what was taken for ink, over the canvas, and let the visitor choose a part."""
    _, photo = text.gettext, sketch.photo
    if photo is None:
        return
    with st.container(key="photo"):
        region(
            picture=pictures.src(photo.marked, "jpeg"),
            chosen=photo.region,
            labels={
                "label": _("Your picture; what was taken for ink is in colour"),
                "keys": _("The arrow keys move the rectangle; with Shift, they resize it."),
                "at": _("{width} wide, {height} high, {left} from the left, {top} from the top"),
                "language": text.language,
            },
            on_choice=lambda part: act(sketch, partial(uploads.choose, sketch, part)),
            key="region",
            revision=sketch.revision,
        )


def _choice(sketch: Sketch, text: Text) -> None:
    """Say what there is to choose, and offer the ways back."""
    _, photo = text.gettext, sketch.photo
    if photo is None:
        return
    told = photo.doubt and uploads.DOUBTS[photo.doubt]
    st.caption(_(told or N_("Draw a rectangle around your digit. In colour: what counts as ink.")))
    with st.container(key="choice", horizontal=True, gap="xsmall"):
        st.button(
            _("Whole picture"),
            on_click=act,
            args=(sketch, partial(uploads.choose, sketch, None)),
            disabled=photo.region is None,
        )
        st.button(
            _("Done"), type="primary", on_click=act, args=(sketch, partial(_choose, sketch, False))
        )
