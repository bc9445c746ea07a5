"""Not the page, which is explore/page.py: only the first visitor of a server may come through here.

Until a session has called `st.navigation`, Streamlit takes the scripts right in pages/ for the
app's pages (1.67, `PagesManager.uses_pages_directory`). Of a link to /explore it would say "Page
not found", on top of the page. This script is found, ends that state, and lets app.py open.
"""

import streamlit as st

st.navigation([st.Page(st.stop, default=True), st.Page(__file__)], position="hidden")
st.rerun()
