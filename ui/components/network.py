"""A model's weights on their way to the browser, where ``static/network.js`` runs it."""

from __future__ import annotations

from ae.model import Autoencoder, Dense, Model
from ae.pca import PCA
from ui.components import packed


def pack(model: Model, *, decoder: bool = True) -> bytes:
    """Write a model's layers for the browser.

    Parameters
    ----------
    model : an autoencoder, or PCA, which is two linear layers: ``(x - mean) @ components.T`` is
        ``x @ weights + bias``, and so is the way back.
    decoder : False leaves it out, half of the bytes, where a page shows the code alone.

    Raises
    ------
    ValueError
        A weight is a NaN or an infinity.
    """
    encoder, back = _layers(model)
    layers = (*encoder, *back) if decoder else encoder
    arrays: dict[str, packed.Array] = {}
    for i, layer in enumerate(layers):
        arrays |= {f"weights{i}": layer.weights, f"bias{i}": layer.bias}
    header = {
        "activations": [layer.activation for layer in layers],
        "encoder": len(encoder),
        "ends": model.statistics.code_axis,
        "k": encoder[-1].k,
    }
    # Which numbers are the largest must not hang on what 16 bits leave of them.
    exact = range(len(encoder)) if encoder[-1].k else ()
    short = [f"weights{i}" for i in range(len(layers)) if i not in exact]
    return packed.pack(header, arrays, short)


def _layers(model: Model) -> tuple[tuple[Dense, ...], tuple[Dense, ...]]:
    if isinstance(model, PCA):
        towards = model.components.T
        encoder = Dense(towards, -model.mean @ towards, "linear")
        return (encoder,), (Dense(model.components, model.mean, "linear"),)
    if not isinstance(model, Autoencoder):
        raise TypeError(f"{model.name}: got a model that is neither layers nor PCA")
    return model.encoder, model.decoder
