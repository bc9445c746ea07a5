"""The smallest app around ui.components.slides and sheet; test_slides_and_sheet.py starts it."""

import numpy as np
import streamlit as st

import ae
from ui import pictures
from ui.components.sheet import sheet
from ui.components.slides import Track, slides
from ui.strokes import sample_digit

COUNT, SIDE = 41, 15
DRAWINGS = [("2a", "7b"), ("3a", "8c"), ("4a", "9b")]


@st.cache_resource
def model() -> ae.Model:
    return ae.load("deep")


def strip(images: np.ndarray) -> str:
    return pictures.url(np.hstack([pictures.grey(image) for image in images]))


def ways(step: int) -> list[Track]:
    """Through the code, and pixel by pixel."""
    a, b = (sample_digit(name) for name in DRAWINGS[step % len(DRAWINGS)])
    share = np.linspace(0, 1, COUNT, dtype=np.float32)[:, None]
    code = model().encode(np.stack([a, b]))
    through = model().decode(code[0] * (1 - share) + code[1] * share)
    faded = a * (1 - share[..., None]) + b * share[..., None]
    return [Track("Through the code", strip(through)), Track("Cross-fade", strip(faded))]


def between(step: int) -> str:
    """Four digits' codes at the corners, mixed in between."""
    names = ["0a", "1a", *DRAWINGS[step % len(DRAWINGS)]]
    corners = model().encode(np.stack([sample_digit(name) for name in names]))
    right = np.linspace(0, 1, SIDE, dtype=np.float32)
    shares = np.stack([1 - right, right])  # (2, SIDE): of the left and right, or top and bottom
    codes = np.einsum("abk,ar,bc->rck", corners.reshape(2, 2, -1), shares, shares)
    images = model().decode(codes.reshape(SIDE * SIDE, -1)).reshape(SIDE, SIDE, 28, 28)
    return pictures.url(pictures.grey(images.swapaxes(1, 2).reshape(SIDE * 28, SIDE * 28)))


def controls() -> int:
    """A button that changes the pictures."""
    st.session_state.setdefault("step", 0)
    if st.button("Next"):
        st.session_state.step += 1
    return st.session_state.step


@st.fragment
def show_slides() -> None:
    step = controls()
    labels = {"play": "Play", "pause": "Pause", "slider": "From A to B", "language": "pt"}
    labels["at"] = "{percent} of the way from A to B"
    slides(
        tracks=ways(step),
        count=COUNT,
        ends=("A", "B"),
        labels=labels,
        key="slides",
        revision=step,
    )


@st.fragment
def show_sheet() -> None:
    step = controls()
    numbers = [f"{number:+.1f}" for number in np.linspace(-3, 3, SIDE)]
    named = st.checkbox("Numbers")
    sheet(
        pictures=between(step),
        rows=SIDE,
        columns=SIDE,
        corners=() if named else ("A", "B", "C", "D"),
        labels={
            "label": "Between four digits",
            "at": "z1 = {column}, z2 = {row}" if named else "Row {row}, column {column}",
        },
        texts=(numbers, numbers) if named else None,
        key="sheet",
        revision=step,
    )
    for line in range(30):  # something to scroll
        st.text(f"line {line}")


st.set_page_config(layout="wide")
st.navigation(
    [
        st.Page(show_slides, title="Slides", url_path="slides", default=True),
        st.Page(show_sheet, title="Sheet", url_path="sheet"),
    ],
    position="top",
).run()
