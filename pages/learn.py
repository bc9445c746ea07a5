"""A stub: the page is in the folder of the same name, and README.md says what this is for."""

import streamlit as st

st.navigation([st.Page(st.stop, default=True), st.Page(__file__)], position="hidden")
st.rerun()
