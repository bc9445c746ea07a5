"""The app with its room: Streamlit, and beside it what phones and projectors talk to.

`make run` serves this. `streamlit run app.py` serves the same pages without the room.
"""

from pathlib import Path

import streamlit as st

from hub import routes
from hub.server import Hub

hub = Hub()
app = st.App(
    Path(__file__).parent / "app.py",
    routes=routes.of(hub, st.get_option("server.baseUrlPath")),
    lifespan=lambda _app: hub.serving(),
)
