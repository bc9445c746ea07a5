"""The smallest app around ui.components.bars; test_bars.py starts it below a base path."""

import time

import numpy as np
import streamlit as st

from ui import memory
from ui.components.bars import code_bars

UNITS = 32
ZERO = 5  # a unit that is zero in every code, so that a test can click an empty column
MINUS = 7  # a unit that is negative in every code


def code(step: int) -> np.ndarray:
    values = np.abs(np.random.default_rng(step).normal(3, 2, UNITS))
    values[[ZERO, MINUS]] = 0, -1.256
    return values


def figure(step: int) -> dict:
    """Usual range behind, code in front; a plain dictionary does not need Plotly."""
    positions = list(range(1, UNITS + 1))
    usual = {
        "type": "bar",
        "x": positions,
        "y": [6.0] * UNITS,
        "base": [1.0] * UNITS,
        "hoverinfo": "skip",
    }
    usual["marker"] = {"color": "var(--st-border-color)", "opacity": 0.6}
    bars = {
        "type": "bar",
        "x": positions,
        "y": code(step),
        "hovertemplate": "%{x}: %{y:.2f}<extra></extra>",
    }
    bars["marker"] = {"color": "var(--st-primary-color)"}
    layout = {
        "barmode": "overlay",
        "bargap": 0.2,
        "margin": {"l": 36, "r": 8, "t": 8, "b": 28},
        "xaxis": {"range": [0.5, UNITS + 0.5], "dtick": 4, "tick0": 4, "showgrid": False},
        "yaxis": {"range": [0, 10]},
        "meta": {"step": step},
        "separators": ",.",
    }
    return {"data": [usual, bars], "layout": layout}


def controls() -> None:
    """Buttons that change the data, and a widget that changes the selection from elsewhere."""
    state = st.session_state
    state.setdefault("step", 0)
    state.setdefault("unit", None)
    with st.container(horizontal=True):
        if st.button("Next"):
            state.step += 1
        if st.button("Five"):  # another widget selects
            state.unit = 4
        if st.button("Slow"):  # an older run that answers after the visitor's click
            time.sleep(0.6)
            state.step += 1


def show(key: str, label: str) -> None:
    """The chart. Its selection is kept by the caller."""
    state = st.session_state
    step = state.step
    state.unit = code_bars(
        figure(step),
        selected=state.unit,
        label=label,
        key=key,
        code=1,
        revision=f"{step}/{time.time() * 1000}",
        unit_text="Unidade {unit}: {value}",
    )
    st.text(f"step {step}, selected {state.unit}")


@st.fragment
def bars() -> None:
    controls()
    show("bars", "The code of the drawing")


@st.fragment
def native() -> None:
    """The same data by Streamlit's own element: what the probe must catch."""
    import plotly.graph_objects as go

    controls()
    drawing = figure(st.session_state.step)
    drawing["layout"]["meta"]["now"] = time.time() * 1000
    for trace in drawing["data"]:
        trace["marker"]["color"] = "#888"
    st.plotly_chart(go.Figure(drawing), key="native", height=220)
    st.text(f"step {st.session_state.step}")


def hidden() -> None:
    """Two charts, one of them in a tab that is not shown at first."""
    controls()
    first, second = st.tabs(["First", "Second"])
    with first:
        show("one", "One")
    with second:
        code_bars(figure(1), selected=None, label="Two", key="two", code=1, revision="two")
    for line in range(30):  # something to scroll
        st.text(f"line {line}")


memory.count_run(lambda: None)
st.set_page_config(layout="wide")
st.navigation(
    [
        st.Page(bars, title="Bars", default=True),
        st.Page(native, title="Native"),
        st.Page(hidden, title="Hidden"),
    ],
    position="top",
).run()
