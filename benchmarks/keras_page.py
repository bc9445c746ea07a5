"""The page to compare with: the Draw page as one would write it first.

Keras is imported by the app, the model sits in `st.cache_resource`, and Streamlit's own elements
show the result: `st.plotly_chart` and `st.image`. It is written to be fair: the drawing panel is a
fragment, the strokes take the same way to the 28 × 28 picture, and the model is called directly,
because `model.predict` costs several times as much for one digit.

    streamlit run benchmarks/keras_page.py -- MODEL.keras
"""

import sys

import keras
import numpy as np
import plotly.graph_objects as go
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from ui import strokes

st.set_page_config(layout="wide")


@st.cache_resource
def load(path: str) -> keras.Model:
    return keras.models.load_model(path)


def clear() -> None:
    st.session_state.mounts += 1  # a new key is a new, empty canvas
    st.session_state.first = ()


def picture(image: np.ndarray, caption: str) -> None:
    pixels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    st.image(pixels, caption, width=164, output_format="PNG")


@st.fragment
def workspace() -> None:
    state = st.session_state
    state.setdefault("mounts", 0)
    state.setdefault("first", strokes.sample("7b").strokes)
    canvas_side, results = st.columns([1, 3])
    with canvas_side:
        drawn = st_canvas(
            stroke_width=strokes.PEN,
            stroke_color="#fff",
            background_color="#000",
            initial_drawing={"objects": strokes.to_fabric(state.first)},
            width=strokes.SIDE,
            height=strokes.SIDE,
            key=f"canvas{state.mounts}",
        )
        st.button("Clear", key="clear", on_click=clear)
    with results:
        drawing = strokes.Drawing(strokes.from_fabric(drawn.json_data))
        if drawing.empty:
            st.info("Draw a digit.")
            return
        digit = strokes.digit(drawing)
        model = load(sys.argv[1])
        code = model.get_layer("encoder")(digit.reshape(1, -1))
        reconstruction = np.reshape(model.get_layer("decoder")(code), (28, 28))
        with st.container(key="pictures", horizontal=True):
            picture(digit, "What the network sees")
            picture(reconstruction, "What survives")
            picture(np.abs(reconstruction - digit), "What changed")
        units = np.arange(1, 33)
        figure = go.Figure(go.Bar(x=units, y=np.ravel(code)))
        figure.update_layout(margin={"l": 30, "r": 4, "t": 6, "b": 24})
        st.plotly_chart(figure, key="bars", height=190)


workspace()
