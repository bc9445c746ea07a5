"""A room as one would write it first: each phone is a Streamlit session, and so is the projector.

`room.py` serves it. A phone writes its drawing into a text area, which costs less than a canvas;
the projector looks twice a second, by a fragment, at what all have drawn.
"""

import json

import streamlit as st


@st.cache_resource
def drawings() -> dict[str, list]:
    """Phone -> what it drew last, for all sessions."""
    return {}


@st.fragment(run_every=0.5)
def wall() -> None:
    st.text(json.dumps(drawings()))


if "wall" in st.query_params:
    wall()
elif drawn := st.text_area("Drawing"):
    drawings()[st.query_params["phone"]] = json.loads(drawn)
