"""A training while it runs and when it is over: how far, the loss, the digits, the time line."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import numpy as np
import streamlit as st

import ae
from ae import augmentation
from ae.arrays import Float32
from ae.plans import Plan
from pages.train import choose, script
from ui import figures, html, inference, models, own, pictures, strokes
from ui.components import film
from ui.components.plots import plot
from ui.ended import OUTCOMES
from ui.state import Visit
from ui.text import N_, Text
from ui.trainings import Frame, Phase, Training, office

_PHASES: Mapping[Phase, str] = {
    "starting": N_("Starting TensorFlow …"),
    "download": N_("Downloading MNIST …"),
    "drawing": N_("MNIST cannot be downloaded: drawing digits to learn from instead …"),
    "saving": N_("Saving …"),
}

_KEPT = N_("The trained model is now one of yours, on every page.")
_NOTHING = N_("It ended before it had learnt anything.")

# So many frames are sent once more: Streamlit may skip an update that the browser is too slow for.
_AGAIN = 6


def watched(now: Visit) -> Float32:
    """Give (n, 28, 28): the digits that a training reconstructs all the time, the drawing last."""
    ten = models.first_test_digits()
    if ten is None:
        ten = strokes.ten_samples()
    drawn = inference.digit(now.sketch.drawing, normalise=now.normal)
    return ten if drawn is None else np.concatenate([ten, drawn[None]])


def told(training: Training | None, now: Visit, text: Text) -> str:
    """Say what has happened, to those who do not see it: a refusal, a beginning, an outcome."""
    _ = text.gettext
    if now.draft.refused:
        return choose.refusal(now.draft, text)
    if training is None:
        return ""
    if training.phase == "waiting":
        return _in_line(training, text)
    if not training.over:
        return _("The training has begun.")
    return _outcome(training, now, text)[1]


def show(training: Training | None, now: Visit, text: Text) -> None:
    """Show a training, or the same shapes while there is none."""
    _status(training, now, text)
    _film(training, now, text)
    _chart(training, now, text)


def _status(training: Training | None, now: Visit, text: Text) -> None:
    """Say how far it is, or how it ended; and what it was, once something else is chosen."""
    _ = text.gettext
    with st.container(key="training_status"):
        if training is None:
            at_hand = models.first_test_digits() is not None
            st.progress(0.0, _("No training yet."))
            st.caption(
                _("It will learn from MNIST, a collection of handwritten digits.")
                if at_hand
                else _(
                    "It will learn from MNIST, a collection of handwritten digits that is"
                    " downloaded first (11 MB). Offline, it learns from variations of the sample"
                    " digits."
                )
            )
            return
        passed = min(training.passed / training.plan.recipe.epochs, 1.0)
        if training.over and training.outcome is not None:
            kind, words = _outcome(training, now, text)
            st.progress(passed, _far(training, text))
            st.html(html.element("p", words, class_=f"outcome {kind}"))
            if training.plan != now.draft.plan:
                st.caption(_("This was {plan}.", plan=script.summary(training.plan, text)))
        elif training.phase == "waiting":
            st.progress(0.0, _in_line(training, text))
        elif training.phase == "learning":
            st.progress(passed, _far(training, text))
        else:
            share = passed if training.phase == "saving" else min(training.share, 1.0)
            st.progress(share, _(_PHASES[training.phase]))
        if not training.over:
            st.caption(_source(training, text))


def _in_line(training: Training, text: Text) -> str:
    place = office().place(training)
    return text.gettext("Other visitors are training. You are number {n} in line.", n=place)


def _outcome(training: Training, now: Visit, text: Text) -> tuple[str, str]:
    """Say how good the end of a training is, and how it ended; before that, nothing."""
    _ = text.gettext
    if training.outcome is None:
        return "good", ""
    kind, message = OUTCOMES[training.outcome]
    sentences = [_(message)]
    if training.model is None:
        sentences.append(_(_NOTHING))
    elif own.trained(now, training):  # or it was removed, or waits for a place
        sentences.append(_(_KEPT))
    if training.data is not None:
        sentences.append(_source(training, text))
    return kind, " ".join(sentences)


def _far(training: Training, text: Text) -> str:
    """Write epochs, speed and time left."""
    _ = text.gettext
    epochs = training.plan.recipe.epochs
    parts = [
        _(
            "Epoch {passed} of {epochs}",
            passed=text.number(training.passed, 0 if training.passed % 1 == 0 else 1),
            epochs=epochs,
        )
    ]
    if training.speed is not None:
        parts.append(_("{n} digits per second", n=text.number(training.speed)))
    if training.over:
        parts.append(_("{n} s", n=text.number(training.seconds)))
    elif training.left is not None:
        parts.append(_("{n} s left", n=text.number(training.left)))
    return " · ".join(parts)


def _source(training: Training, text: Text) -> str:
    """Say plainly what it learns from."""
    _ = text.gettext
    if training.data is None:
        return _("First it looks for MNIST, a collection of handwritten digits.")
    name, digits = training.data
    if name == augmentation.NAME:
        return _(
            "Data used: {n} variations of the sample digits, because MNIST could not be loaded."
            " The errors do not compare with those of the other models.",
            n=text.number(digits),
        )
    return _(
        "Data used: {n} digits of MNIST to learn from, and {tests} others for the test.",
        n=text.number(digits),
        tests=text.number(training.tests),
    )


def _film(training: Training | None, now: Visit, text: Text) -> None:
    _ = text.gettext
    digits = watched(now) if training is None else training.digits
    frames = [] if training is None else list(training.frames)
    new = frames[max(now.frames_sent - _AGAIN, 0) :]
    now.frames_sent = len(frames)
    latest = None if training is None else training.latest
    film.film(
        reel=0 if training is None else training.number,
        originals=_strip(digits),
        count=len(digits),
        frames=[_frame(frame, training, text) for frame in new] if training else (),
        live=_frame(latest, training, text) if training and latest else None,
        digits=latest.map.digits.tolist() if latest else (),
        labels={
            "label": _("Digits, and below each what the net makes of it"),
            "timeline": _("Timeline: back to any epoch"),
            "play": _("Play from the start"),
            "own": _("yours") if len(digits) > 10 else "",
            "waiting": _("The digits appear here as soon as the training starts."),
            "dead": _("A dead unit gives the same for every digit, and so it says nothing."),
            "map": _("Map of the codes, coloured by digit"),
            "empty": _("Here a map of the codes will move while it trains."),
        },
        key="film",
    )


def _frame(frame: Frame, training: Training, text: Text) -> film.Frame:
    _ = text.gettext
    epochs = training.plan.recipe.epochs
    parts = [
        _("before it learns")
        if not frame.passed
        else text.ngettext(
            "after {passed} of {n} epoch",
            "after {passed} of {n} epochs",
            epochs,
            passed=text.number(frame.passed, 0 if frame.passed % 1 == 0 else 2),
        ),
        _("squared error {mse}", mse=text.number(frame.mse, 4)),
        text.ngettext("{n} dead unit (always zero)", "{n} dead units (always zero)", frame.dead),
    ]
    return film.Frame(
        at=frame.passed,
        url=_strip(frame.reconstructions),
        text=" · ".join(parts),
        dead=_dead(frame, training.plan, text),
        map=_map(frame, training.plan, text),
        places=base64.b64encode(frame.map.places.tobytes()).decode(),
    )


def _dead(frame: Frame, plan: Plan, text: Text) -> str:
    """Write how many units are dead, layer by layer from the picture to the picture."""
    _ = text.gettext
    code = len(plan.hidden)
    layers = [
        _("{dead} of {n} in the code", dead=dead, n=n)
        if i == code
        else _("{dead} of {n}", dead=dead, n=n)
        for i, (dead, n) in enumerate(zip(frame.layers, plan.family.widths[1:-1], strict=True))
    ]
    return _("Dead units, layer by layer: {layers}.", layers=" · ".join(layers))


def _map(frame: Frame, plan: Plan, text: Text) -> str:
    """Say what the map shows, and how well it tells digits apart."""
    _ = text.gettext
    digits = text.ngettext(
        "{n} digit that it does not learn from",
        "{n} digits that it does not learn from",
        len(frame.map.digits),
    )
    way = (
        _("The codes of {digits}: their two numbers.", digits=digits)
        if plan.code_size == 2
        else _(
            "The codes of {digits}: {n} numbers, laid flat by PCA.", digits=digits, n=plan.code_size
        )
    )
    near = _(
        "{share} of them have the same digit as their nearest neighbour.",
        share=text.percent(frame.alike),
    )
    return f"{way} {near}"


def _strip(digits: Float32) -> str:
    return pictures.url(np.hstack([pictures.grey(digit) for digit in digits]))


def _chart(training: Training | None, now: Visit, text: Text) -> None:
    """Draw the loss beside what it can be compared with."""
    _ = text.gettext
    plan = now.draft.plan if training is None else training.plan
    measure = {"binary_crossentropy": "bce", "mean_squared_error": "mse"}[plan.recipe.loss]
    lines: dict[str, float] = {}
    if training is None or training.data is None or training.data[0] == "MNIST":
        try:
            table = models.facts().table
            pca = next(row for row in table["models"] if row["name"] == "pca")
            lines[_("PCA with 32 numbers")] = pca[measure]
            lines[_("a perfect copy")] = table["floor"][measure]
        except ae.WeightsError:
            pass  # the lines are a help; the Compare page says that the file is missing
    history = [] if training is None else list(training.history)
    sketch = [] if training is None else list(training.sketch)
    figure = figures.training_figure(
        [(point.passed, point.loss) for point in [*sketch, *history]],
        [
            (point.passed, point.validation_loss)
            for point in history
            if point.validation_loss is not None
        ],
        {name: value for name, value in lines.items() if value},
        plan.recipe.epochs,
        text,
    )
    label = _("The loss, epoch by epoch.")
    if history:
        label = text.ngettext(
            "The loss went from {first} to {last} in {n} epoch.",
            "The loss went from {first} to {last} in {n} epochs.",
            len(history),
            first=text.number(history[0].loss, 4),
            last=text.number(history[-1].loss, 4),
        )
    plot(figure, label=label, key="loss", height=230)
    if plan.recipe.l1:
        st.caption(_("This loss includes the price of the code."))
