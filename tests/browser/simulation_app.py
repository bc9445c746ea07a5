"""The smallest app around ui.components.simulation; test_simulation.py starts it.

The link says what it opens with: ``?lang=pt&made=spiral&seed=8``.
"""

import streamlit as st

from ui import memory
from ui.components import simulation
from ui.text import translator


def main() -> None:
    query = st.query_params
    text = translator(query.get("lang", "en"))
    st.button("Next")  # a run that changes nothing
    simulation.show(
        text,
        key="simulation",
        made=query.get("made", "half_circle"),
        seed=int(query["seed"]) if "seed" in query else None,
    )
    for line in range(20):  # something to scroll
        st.text(f"line {line}")


memory.count_run(lambda: None)
st.set_page_config(layout="wide")
main()
