"""The smallest app around ui.components.compression; test_compression.py starts it.

The link says what it opens with: ``?lang=pt&digit=3a&model=vae&bits=4&width=620``; without a digit
nothing is drawn. ``&coder=no`` takes the range coder away.
"""

import sys
from unittest import mock

import streamlit as st

import ae
from ui import memory, strokes, views
from ui.components import compression
from ui.text import translator


def main() -> None:
    query = st.query_params
    text = translator(query.get("lang", "en"))
    st.button("Next")  # a run that changes nothing
    names = ["", *ae.samples.SAMPLES]
    name = st.selectbox("Sample", names, index=names.index(query.get("digit", "")))
    digit = strokes.sample_digit(name) if name else None
    missing = {"constriction": None} if "coder" in query else {}
    width = int(query.get("width", 760))
    with mock.patch.dict(sys.modules, missing), st.container(width=width), views.damage_told(text):
        compression.show(
            digit,
            text,
            key="compression",
            model=query.get("model", "deep"),
            bits=int(query.get("bits", 5)),
        )


memory.count_run(lambda: None)
st.set_page_config(layout="wide")
main()
