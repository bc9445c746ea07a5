"""What has been trained: on the other pages, as files, and a file from before."""

from __future__ import annotations

import logging
import sys
import threading
from functools import partial

import streamlit as st

from ae import weights
from ui import children, downloads, own, scratch
from ui.components.download import File
from ui.state import TOO_MANY_UPLOADS, OwnModel, Visit
from ui.text import N_, Text
from ui.trainings import Busy, Training, office

MAX_MB = 20
_UPLOAD = "upload_model"
_PATIENCE = 120  # seconds
# To make the file takes some ten seconds, but others may be before one.
_QUEUE = 5
_MAKE_KERAS = (sys.executable, "-m", "ae.training.keras_file")
# To start TensorFlow takes 600 MB, so visitors take turns.
_turn = threading.Lock()


def show(now: Visit, text: Text) -> None:
    """Offer the files of the visitor's model, and the way back from such a file."""
    _ = text.gettext
    with st.container(horizontal=True, key="use", vertical_alignment="center"):
        if now.own is not None:
            _files(now.own, now, text)
        with st.popover(_("Open a saved model"), icon=":material/upload:"):
            st.file_uploader(
                _("A .safetensors file that this page made"),
                type=["safetensors"],
                max_upload_size=MAX_MB,
                key=_UPLOAD,
                on_change=_take_upload,
                args=(now,),
            )
    if now.upload_problem:
        st.warning(_(now.upload_problem), icon=":material/error:")


def _files(mine: OwnModel, now: Visit, text: Text) -> None:
    _ = text.gettext
    theirs = own.desk(now)
    training = theirs.training if theirs else None
    st.page_link("pages/draw/page.py", label=_("Draw with it"), icon=":material/draw:")
    files = [
        own.file(mine, text),
        File(
            _("My model (.keras)"),
            f"{own.NAME}.keras",
            lambda: keras_archive(mine.raw),
            waiting=_("Starting TensorFlow …"),
            failed=_(
                "The .keras file could not be made. The safetensors file holds the same model."
            ),
            patience=_QUEUE * _PATIENCE,
        ),
    ]
    if training is not None and training.history:
        history = partial(history_csv, training)
        files.append(File(_("The history (CSV)"), "gargalo-history.csv", history))
    downloads.show(files, text)


def history_csv(training: Training) -> bytes:
    """Write a line for each epoch: loss, loss on the digits held out, dead units."""
    dead = {frame.passed: frame.dead for frame in training.frames}
    rows = (
        (int(point.passed), point.loss, point.validation_loss, dead.get(point.passed))
        for point in training.history
    )
    return downloads.csv_bytes(["epoch", "loss", "validation_loss", "dead_units"], rows)


def keras_archive(raw: bytes) -> bytes:
    """Let a child process write the Keras file: the server itself never imports TensorFlow.

    Raises
    ------
    OSError, subprocess.SubprocessError
        It cannot, or takes too long.
    """
    with _turn, scratch.folder() as folder:
        ours, theirs = folder / "mine.safetensors", folder / "mine.keras"
        ours.write_bytes(raw)
        children.run([*_MAKE_KERAS, str(ours), str(theirs)], office().limits, _PATIENCE)
        return theirs.read_bytes()


def _take_upload(now: Visit) -> None:
    file = st.session_state[_UPLOAD]
    now.upload_problem = None
    if file is None:  # taken off the list; the model stays
        return
    if not now.may_upload():
        now.upload_problem = TOO_MANY_UPLOADS
        return
    raw = file.getvalue()
    try:
        # First read, and only then given a place: what is refused takes none.
        office().adopt(now.token, weights.read_own(raw), raw)
    except Busy:
        now.upload_problem = BUSY
    except ValueError as fault:
        logging.getLogger(__name__).info("an upload was refused: it %s", fault)
        now.upload_problem = N_(
            "This is not a model that this page made, or it is damaged. Nothing has changed."
        )


BUSY = N_("Too many visitors have a model here right now. Try again in a few minutes.")
ALREADY = N_("You are training already, perhaps in another tab. Here it is.")
