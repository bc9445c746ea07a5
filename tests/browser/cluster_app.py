"""A picture and an upload, which only the process with the session has; for test_cluster.py."""

import numpy as np
import streamlit as st

if "picture" not in st.session_state:
    st.session_state.picture = np.random.default_rng().integers(0, 256, (40, 40, 3), np.uint8)
st.image(st.session_state.picture)
file = st.file_uploader("File")
if file is not None:
    st.text(f"{len(file.getvalue())} bytes")
