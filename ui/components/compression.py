"""How few bytes a digit takes: models' codes and picture files, bytes against squared error.

The chart shows what was measured over MNIST's test digits. Of the visitor's own digit the server
sends what becomes of it at each step of each way: bytes that were really written, and what was read
from them. ``static/compression_view.js`` chooses among these, so that a slider asks nothing of the
server. A model's eight rungs take some 170 ms, AVIF's qualities 50: at first only what the large
letters tell of is sent, and the browser asks for all others once it has shown that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import streamlit as st
from markupsafe import Markup

import ae
from ae import compression, evaluation
from ae.arrays import PIXELS, SIDE, Float32
from ae.compression import MAX_BITS, pictures
from ae.compression.measured import Table
from ui import colours, models
from ui.components import packed
from ui.components.module import component
from ui.html import element, void
from ui.pictures import Pixels, grey
from ui.state import Visit
from ui.text import Text

MODELS = "deep", "shallow", "sparse", "vae", "pca"
"""Compared with one another; another that the page names comes last."""

FORMATS = "WebP", "JPEG", "AVIF", "PNG"
"""Picture files beside them; the first is what a model is compared with in words."""

_KEPT = 256  # results of a digit and a model or a format, 7 KB each


class _Results(NamedTuple):
    """What became of a digit at each step of one way."""

    bytes: list[int]
    files: list[int]
    errors: list[float]
    pictures: Pixels  # (steps, 28, 28)


def _labelled(name: str, control: Markup, *more: Markup) -> Markup:
    return element("label", element("span"), control, *more, class_=name)


def _shown(name: str) -> Markup:
    picture = element("canvas", width=SIDE, height=SIDE, role="img")
    return element(
        "figure",
        element("div", picture, element("span", class_="word"), class_="frame"),
        element("figcaption", element("b"), element("span"), element("span")),
        class_=name,
    )


# Everything stands in the HTML before a script has run, so nothing moves when it comes.
_PARTS = (
    element("p", element("b"), " ", element("span"), class_="says", role="status"),
    element(
        "div",
        element("div", class_="chart", tabindex=0, role="application"),
        element("div", class_="tip", hidden="", aria_hidden="true"),
        class_="stage",
    ),
    element(
        "div",
        _labelled("way", element("select")),
        _labelled("step", void("input", type="range", min=0, max=MAX_BITS - 1, step=1)),
        class_="choices",
    ),
    element("div", *map(_shown, ("drawn", "chosen", "beside")), class_="shown"),
    element("div", element("p"), element("div", class_="cells"), class_="alike", role="group"),
    element(
        "div",
        _labelled("digits", void("input", type="range", min=0, step=1)),
        element("label", void("input", type="checkbox"), element("span"), class_="decoder"),
        element("p"),
        class_="cost",
    ),
)
_HTML = element("div", element("div", *_PARTS, class_="sheet"), class_="compression")

_mount = component("compression", script="compression_view.js", html=_HTML, css="compression.css")


def show(
    digit: Float32 | None, text: Text, *, key: str, model: str = "deep", bits: int = 5
) -> None:
    """Show what a digit's bytes buy, in a fragment.

    What the visitor has chosen survives every run of the page.

    Parameters
    ----------
    digit : float32 array of shape (28, 28) in [0, 1], or None while nothing is drawn.
    model, bits : what it opens with; others in a later run open it anew.

    Raises
    ------
    ValueError
        There is no such model that ships, or no such number of bits.
    WeightsError
        The table of what was measured, the priors or the model's file are missing or damaged.
    """
    if model not in ae.MODELS:
        raise ValueError(f"model: got {model!r}, expected one of {', '.join(ae.MODELS)}")
    if bits not in range(1, MAX_BITS + 1):
        raise ValueError(f"bits: got {bits}, expected 1 to {MAX_BITS}")
    # Read here, so that whoever calls hears of damage.
    table = compression.measured.load()
    compression.prior_of(models.load(model))
    _figure(digit, text, key, model, bits, table)


@st.fragment
def _figure(
    digit: Float32 | None, text: Text, key: str, model: str, bits: int, table: Table
) -> None:
    asked = _asked(st.session_state.get(key))
    everything = digit is not None and asked.get("digit") == _name(digit)
    shown = asked.get("way", model)
    _mount(
        key=key,
        data=pack(digit, text, model, bits, table, shown=shown, everything=everything),
        on_asked_change=lambda: None,
    )


def _asked(state: object) -> Mapping[object, object]:
    """Give the digit that the browser has asked for, and what it showed then; from outside."""
    asked = state.get("asked") if isinstance(state, Mapping) else None
    return asked if isinstance(asked, Mapping) else {}


def pack(
    digit: Float32 | None,
    text: Text,
    model: str,
    bits: int,
    table: Table,
    *,
    shown: object,
    everything: bool,
) -> bytes:
    """Write all that the browser needs: what was measured, and what becomes of the digit.

    Parameters
    ----------
    everything : with the digit by all models and formats; else by the one that is named ``shown``,
        and as WebP.
    """
    names = [name for name in dict.fromkeys((*MODELS, model)) if table.ladder(name)]
    results: dict[str, _Results] = {}
    if digit is not None and compression.available():
        raw = digit.tobytes()

        def wanted(ways: Iterable[str]) -> list[str]:
            return [name for name in ways if everything or name in (shown, FORMATS[0])]

        loaded = models.available(wanted(names), Visit())
        results |= {name: _of_model(name, raw) for name in loaded}
        results |= {name: _of_format(name, raw) for name in wanted(FORMATS)}
    header = {
        "activations": [],
        "opens": [model if model in names else (*names, *FORMATS)[0], bits - 1],
        "digit": None if digit is None else _name(digit),
        "missing": not compression.available(),
        "all": everything or digit is None,
        "ways": [
            *(_described(name, table, text) for name in names),
            *(_drawn(name, table) for name in FORMATS),
        ],
        "own": {
            name: {"bytes": own.bytes, "files": own.files, "errors": own.errors}
            for name, own in results.items()
        },
        "measured": table.digits,
        "sheet": pictures.SHEET,
        "pixels": PIXELS,
        "labels": _labels(text),
        "separators": text.separators,
    }
    arrays = {name: own.pictures for name, own in results.items()}
    if digit is not None:
        arrays["drawn"] = grey(digit)
    return packed.pack(header, arrays)


def _name(digit: Float32) -> str:
    return hashlib.sha256(digit.tobytes()).hexdigest()[: packed.ID]


@st.cache_data(show_spinner=False, max_entries=_KEPT)
def _of_model(name: str, raw: bytes) -> _Results:
    model, digit = models.load(name), _digit(raw)
    prior = compression.prior_of(model)
    tried = [compression.squeeze(model, prior, digit, bits) for bits in range(1, MAX_BITS + 1)]
    return _Results(
        bytes=[len(each.payload) for each in tried],
        files=[each.file for each in tried],
        errors=[each.mse for each in tried],
        pictures=grey(np.stack([each.picture for each in tried])),
    )


@st.cache_data(show_spinner=False, max_entries=_KEPT)
def _of_format(name: str, raw: bytes) -> _Results:
    digit = _digit(raw)[None]
    tried = [pictures.encode(digit, *variant) for variant in _variants(name)]
    read = np.concatenate([each.pictures for each in tried])
    sizes = [each.bytes for each in tried]
    errors = evaluation.mse(np.broadcast_to(digit, read.shape), read)
    return _Results(sizes, sizes, errors.tolist(), grey(read))


def _digit(raw: bytes) -> Float32:
    return np.frombuffer(raw, np.float32).reshape(SIDE, SIDE)


def _variants(name: str) -> list[tuple[str, int | None]]:
    """Give a format's steps: lossless WebP is the last of WebP's."""
    variants = [each for each in pictures.variants() if each[0].partition(",")[0] == name]
    return sorted(variants, key=lambda each: each[1] is None)


def _described(name: str, table: Table, text: Text) -> dict[str, object]:
    rungs = table.ladder(name)
    return {
        "name": name,
        "title": models.title(name, text),
        "colour": colours.of(name),
        "decoder": table.decoders[name],
        "labels": [rung.bits for rung in rungs],
        "bytes": [rung.bytes for rung in rungs],
        "errors": [rung.mse for rung in rungs],
        "alone": [rung.alone for rung in rungs],
        "aloneErrors": [rung.mse for rung in rungs],
        "paysOff": [table.pays_off(rung) for rung in rungs],
    }


def _drawn(name: str, table: Table) -> dict[str, object]:
    measured = {(each.format, each.quality): each for each in table.pictures}
    tried = [measured[variant] for variant in _variants(name)]
    return {
        "name": name,
        "title": name,
        "colour": "var(--st-gray-color)",
        "decoder": 0,
        "labels": [each.quality for each in tried],
        "bytes": [each.bytes for each in tried],
        "errors": [each.mse for each in tried],
        "alone": [each.alone for each in tried],
        "aloneErrors": [each.alone_mse for each in tried],
        "paysOff": None,
    }


def _labels(text: Text) -> dict[str, str]:
    """Say what stands on the controls, and what is said of what they do."""
    _ = text.gettext
    return {
        "byte": _("{n} byte"),
        "bytes": _("{n} bytes"),
        "way": _("Model or format"),
        "models": _("Models"),
        "formats": _("Picture files"),
        "bits": _("Bits per number: {n}"),
        "quality": _("Quality: {n}"),
        "lossless": _("Lossless"),
        "step_bits": _("{way}, {n} bits"),
        "step_bit": _("{way}, 1 bit"),
        "step_quality": _("{way}, quality {n}"),
        "step_lossless": _("{way}, lossless"),
        "own": _("{way}: your digit in {bytes}."),
        "average": _("{way}: a digit in {bytes}."),
        "own_beside": _("{beside}: {size}."),
        "own_model": _(
            "No smaller WebP file is as near to it. As a file, with its header, the code has"
            " {file}."
        ),
        "own_format": _("No smaller code is as near to it."),
        "own_best": _("No model comes as near to it."),
        "average_beside": _("{beside} sheets: {size}."),
        "average_model": _(
            "On average, {digits} test digits in one file. No smaller sheets are as near to them."
        ),
        "average_format": _(
            "On average, {sheet} test digits on a sheet. One in a file of its own: {file}."
        ),
        "drawn": _("Your digit"),
        "error": _("error {error}"),
        "draw": _("Draw a digit first"),
        "wait": _("Squeezing …"),
        "alike": _("At about the same size, with the squared error"),
        "cell": _("{step}: {bytes}, squared error {error}"),
        "digits": _("Digits sent: {n}"),
        "decoder": _("The decoder travels too"),
        "cost_model": _(
            "Codes: {codes}, with the decoder {whole}. {format} sheets that are no worse: {sheets}."
        ),
        "pays": _("The decoder pays off from {n} digits on."),
        "never": _("The decoder never pays off."),
        "cost_format": _(
            "On sheets {sheets}, in files of their own {files}. No decoder has to travel: every"
            " computer has one."
        ),
        "chart": _("Bytes per digit against squared error"),
        "keys": _(
            "The left and right arrow keys go along a curve, up and down to another one at about"
            " the same size."
        ),
        "x": _("bytes per digit"),
        "x_decoder": _("bytes per digit, decoder included"),
        "y": _("squared error"),
        "together": _("{digits} digits together"),
        "alone": _("each in its own file"),
        "yours": _("yours"),
        "point": _("{bytes} per digit, squared error {error}"),
        "point_own": _("Yours: {bytes}, {error}"),
        "missing": _(
            "What writes the bytes is not installed here, so your digit cannot be squeezed. This"
            " was measured over {digits} test digits."
        ),
    }
