"""The visitor's own models: chosen, used, named, removed, as files; and a file from before."""

from __future__ import annotations

import logging
import math
import sys
import threading
from functools import partial

import streamlit as st

from ae import weights
from ae.model import Autoencoder
from ui import children, colours, downloads, html, models, names, own, scratch, state
from ui.components.download import File
from ui.state import TOO_MANY_UPLOADS, Visit
from ui.text import N_, Text
from ui.trainings import Busy, Desk, Training, office

MAX_MB = 20
_UPLOAD = "upload_model"
_PATIENCE = 120  # seconds
# To make the file takes some ten seconds, but others may be before one.
_QUEUE = 5
_MAKE_KERAS = (sys.executable, "-m", "ae.training.keras_file")
# To start TensorFlow takes 600 MB, so visitors take turns.
_turn = threading.Lock()


def show(now: Visit, text: Text) -> None:
    """Show the visitor's models, what can be done with each, and the way back from a file."""
    _ = text.gettext
    mine = _choose(now, text)
    with st.container(horizontal=True, key="use", vertical_alignment="center"):
        if mine:
            _use(mine, now, text)
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


def make_room(now: Visit, text: Text) -> None:
    """Let the visitor say which model is to go, where one more has come than are kept."""
    new = own.waiting(now)
    if new is None:
        return
    _ = text.gettext
    title = models.by_nature(new.model, text)
    with st.container(border=True, key="make_room"):
        goes = st.radio(
            _(
                "Only {n} models are kept. Which one makes room for the new one, “{new}”?",
                new=names.escaped(title),
                n=len(names.IDS),
            ),
            list(now.own),
            index=None,
            format_func=models.labels(now.own, text),
            captions=[_facts(one.model, text) for one in now.own.values()],
            key=f"goes_{text.language}",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Replace it"),
                type="primary",
                disabled=goes is None,
                on_click=own.remove,
                args=(now, now.own[goes].model if goes else None),
            )
            st.button(_("Let the new one go"), on_click=own.remove, args=(now, new.model))
            label = _("{model} (safetensors)", model=title)
            file = File(label, f"{own.NAME}-new.safetensors", lambda: new.raw)
            downloads.show([file], text, key="files_new")


def _choose(now: Visit, text: Text) -> str | None:
    """Let the visitor choose one of their models; name it, if there is any."""
    mine = own.at_hand(now)
    if mine is None:
        return None
    _ = text.gettext
    # Of what is chosen the browser sends back the words, which mean nothing in another language.
    key = f"own_{text.language}"
    st.session_state[key] = mine

    def take() -> None:
        now.at_hand = st.session_state[key]

    st.pills(
        _("My models"),
        list(now.own),
        format_func=models.labels(now.own, text),
        key=key,
        on_change=take,
        required=True,
    )
    facts = html.of_model(colours.of(mine), _facts(now.own[mine].model, text))
    st.html(html.element("ul", facts, class_="verdicts"))
    return mine


def _facts(model: Autoencoder, text: Text) -> str:
    """Say in a line what a model is, how long it learnt, and how good it is."""
    _ = text.gettext
    metadata = model.metadata
    encoder = len(model.encoder) + 1
    facts = [" → ".join(map(str, model.widths[:encoder]))]
    if metadata.epochs is not None:
        passed = text.plain(metadata.epochs, 3)  # it may have been stopped within one
        epochs = math.ceil(metadata.epochs)
        facts.append(text.ngettext("{n} epoch", "{n} epochs", epochs, n=passed))
    facts.append(_("squared error {mse}", mse=text.number(metadata.test.mse, 4)))
    if not models.tested_on_mnist(model):
        facts.append(_("on variations of the sample digits"))
    return " · ".join(facts)


def _use(name: str, now: Visit, text: Text) -> None:
    _ = text.gettext
    raw, title = now.own[name].raw, models.title(name, text)
    theirs = own.desk(now)
    training = theirs.training if theirs else None
    if st.button(
        _("Draw with it"), icon=":material/draw:", on_click=state.look_at, args=(now, name)
    ):
        st.switch_page("pages/draw/page.py")
    files = [
        own.file(name, now, text),
        File(
            _("{model} (.keras)", model=title),
            f"{own.stem(name)}.keras",
            lambda: keras_archive(raw),
            waiting=_("Starting TensorFlow …"),
            failed=_(
                "The .keras file could not be made. The safetensors file holds the same model."
            ),
            patience=_QUEUE * _PATIENCE,
            lasting=True,
        ),
    ]
    if training is not None and training.history and own.trained(now, training) == name:
        history = partial(history_csv, training)
        files.append(File(_("The history (CSV)"), "gargalo-history.csv", history))
    downloads.show(files, text)
    with st.popover(_("Rename or remove"), icon=":material/edit:", key="own_tools"):
        _rename(name, now, text)
        st.caption(_("What is removed comes back only from its file."))
        st.button(
            _("Remove {model}", model=models.label(name, text)),
            icon=":material/delete:",
            on_click=own.remove,
            args=(now, now.own[name].model),
        )


def _rename(name: str, now: Visit, text: Text) -> None:
    _ = text.gettext
    key = f"title_{name}"
    st.session_state[key] = models.title(name, text)

    def take() -> None:
        own.call(now, name, st.session_state[key])

    st.text_input(_("Name"), key=key, max_chars=names.LONGEST, on_change=take)
    if now.title_problem:
        st.html(html.element("p", _(now.title_problem), class_="refused"))


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
        now.upload_problem = why_busy(own.desk(now))
    except ValueError as fault:
        logging.getLogger(__name__).info("an upload was refused: it %s", fault)
        now.upload_problem = N_(
            "This is not a model that this page made, or it is damaged. Nothing has changed."
        )


def why_busy(theirs: Desk | None) -> str:
    """Say why the office has taken nothing, as an English source string."""
    if theirs is not None and theirs.waiting:
        return FULL
    return BUSY if theirs is None or theirs.idle else ALREADY


FULL = N_("First say which of your models makes room for the one that has come.")
BUSY = N_("Too many visitors have a model here right now. Try again in a few minutes.")
ALREADY = N_("You are training already, perhaps in another tab. Here it is.")
