"""The smallest app around ui.components.loss and .descent; test_learn.py starts it.

The link says the language, and which sample is drawn: ``?lang=pt&digit=7b``; "none" is no ink.
"""

from pathlib import Path

import streamlit as st

import ae
from ui import inference, memory, strokes
from ui.components import descent, loss
from ui.text import translator


def main() -> None:
    query = st.query_params
    text = translator(query.get("lang", "en"))
    st.button("Next")  # a run that changes nothing
    digit = query.get("digit", "7b")
    result = None
    if digit != "none":
        result = inference.result(ae.load("shallow"), strokes.sample_digit(digit))
    loss.show(result, text, key="loss", model="shallow")
    descent.show(text, key="descent")


memory.count_run(lambda: None)
st.set_page_config(layout="wide")
st.html(Path(strokes.__file__).with_name("style.css"))  # lost ink's stripes
main()
