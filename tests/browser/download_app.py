"""The smallest app around ui.components.download; test_download.py starts it."""

import logging
import time

import streamlit as st

from ui.components.download import File, download, way_for

logging.getLogger("ui.components.download").disabled = True  # one of them cannot be made


def slow(seconds: float) -> bytes:
    time.sleep(seconds)
    return b"slow"


def broken() -> bytes:
    raise OSError("no room")


st.button("Run")
asked = "files.asked" in st.session_state
download(
    [
        File("Small", "small.txt", lambda: b"small"),
        File("Large", "large.bin", lambda: bytes(range(256)) * 35_000),  # 9 MB
        File("Slow", "slow.txt", lambda: slow(1.5)),
        File("Late", "late.txt", lambda: slow(2), failed="It is late", patience=1),
        File("Broken", "broken.txt", broken),
    ],
    waiting="Making it",
    failed="It cannot be made",
    key="files",
)
way = way_for("hidden")
with st.popover("More"):
    download(
        [File("Hidden", "hidden.txt", lambda: slow(1))],
        waiting="Making it",
        failed="It cannot be made",
        key="hidden",
        way=way,
    )
# The first file that is sent is overtaken by the run that follows, and the browser never sees it.
if asked and "hurry" in st.query_params and not st.session_state.get("hurried"):
    st.session_state.hurried = True
    st.rerun()
