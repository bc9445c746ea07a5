"""What has been trained: on the other pages, as files, and a file from before."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

import streamlit as st

from ae import weights
from ui import children, downloads, scratch
from ui.own import desk
from ui.state import Visit
from ui.text import N_, Text
from ui.trainings import Busy, Desk, Training, office

MAX_MB = 20
_UPLOAD = "upload_model"
_PATIENCE = 120  # seconds
_MAKE_KERAS = (sys.executable, "-m", "ae.training.keras_file")
# To start TensorFlow takes 600 MB, so visitors take turns.
_turn = threading.Lock()


def show(now: Visit, text: Text) -> None:
    """Offer the files of the visitor's model, and the way back from such a file."""
    _ = text.gettext
    own = desk(now)
    with st.container(horizontal=True, key="use", vertical_alignment="center"):
        if own is not None and own.raw is not None:
            _files(own, now, text)
        with st.popover(_("Bring a model back"), icon=":material/upload:"):
            st.file_uploader(
                _("A .safetensors file that this page made"),
                type=["safetensors"],
                max_upload_size=MAX_MB,
                key=_UPLOAD,
                on_change=_take_upload,
                args=(now, text),
            )
    if now.upload_problem:
        st.warning(now.upload_problem, icon=":material/error:")


def _files(desk: Desk, now: Visit, text: Text) -> None:
    _ = text.gettext
    raw, training, own = desk.raw, desk.training, now.own
    assert raw is not None
    st.page_link("pages/draw/page.py", label=_("Draw with it"), icon=":material/draw:")
    downloads.button(_("My model (safetensors)"), lambda: raw, "gargalo-my-model.safetensors")
    if own is not None and own.version == desk.version and (archive := own.keras):
        downloads.button(_("My model (.keras)"), lambda: archive, "gargalo-my-model.keras")
    elif st.button(_("Make the .keras file"), icon=":material/build:"):
        with st.spinner(_("TensorFlow is starting …")):
            keras = _keras(raw)
        if keras is None:
            st.warning(_("The .keras file could not be made. The safetensors file has the same."))
        elif own is not None and own.version == desk.version:
            own.keras = keras
            st.rerun()
    if training is not None and training.history:
        downloads.button(
            _("The history (CSV)"), lambda: history_csv(training), "gargalo-history.csv"
        )


def history_csv(training: Training) -> bytes:
    """Write a line for each epoch: loss, loss on the digits held out, dead units."""
    dead = {frame.passed: frame.dead for frame in training.frames}
    rows = (
        (int(point.passed), point.loss, point.validation_loss, dead.get(point.passed))
        for point in training.history
    )
    return downloads.csv_bytes(["epoch", "loss", "validation_loss", "dead_units"], rows)


def _keras(raw: bytes) -> bytes | None:
    """Let a child process write the Keras file: the server itself never imports TensorFlow."""
    with _turn, scratch.folder() as folder:
        ours, theirs = folder / "mine.safetensors", folder / "mine.keras"
        ours.write_bytes(raw)
        try:
            children.run([*_MAKE_KERAS, str(ours), str(theirs)], office().limits, _PATIENCE)
            return theirs.read_bytes()
        except (OSError, subprocess.SubprocessError) as fault:
            logging.getLogger(__name__).error("no .keras file: %s", fault)
            return None


def _take_upload(now: Visit, text: Text) -> None:
    file = st.session_state[_UPLOAD]
    now.upload_problem = None
    if file is None:  # taken off the list; the model stays
        return
    try:
        raw = file.getvalue()
        office().reserve(now.token).adopt(weights.read_own(raw), raw)
    except Busy:
        now.upload_problem = text.gettext(BUSY)
    except ValueError as fault:
        logging.getLogger(__name__).info("an upload was refused: it %s", fault)
        now.upload_problem = text.gettext(
            "This is not a model that this page made, or it is damaged. What was there is as it"
            " was."
        )


BUSY = N_("Too many visitors have a model here just now. Try again in a few minutes.")
