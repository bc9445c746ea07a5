"""A family's forward pass and loss as LaTeX, with its real shapes."""

from __future__ import annotations

from ae.families import Family

_NAMES = {"relu": r"\mathrm{ReLU}", "sigmoid": r"\mathrm{sigmoid}", "linear": r"\mathrm{id}"}


def forward(family: Family) -> str:
    """Write encoder and decoder layer by layer: x -> ... -> z -> ... -> x-hat."""
    names = ["x"]
    names += [f"h_{i}" for i in range(1, len(family.encoder) - 1)] + ["z"]
    hidden = len(names) - 2
    names += [f"h_{hidden + i}" for i in range(1, len(family.decoder) - 1)] + [r"\hat{x}"]
    encoder, decoder = family.activations
    functions = {**_NAMES, "topk": rf"\mathrm{{top}}_{{{family.k}}}"}
    lines = [
        rf"{names[i + 1]} &= {functions[activation]}({names[i]} W_{i + 1} + b_{i + 1})"
        rf" && W_{i + 1} \in \mathbb{{R}}^{{{family.widths[i]} \times {family.widths[i + 1]}}}"
        for i, activation in enumerate(encoder + decoder)
    ]
    if family.variational:
        layers, shape = len(encoder), rf"{family.encoder[-2]} \times {family.code_size}"
        spread = rf"\log \sigma^2 &= {names[layers - 1]} W' + b' && W' \in \mathbb{{R}}^{{{shape}}}"
        lines.insert(layers, spread)
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"


def loss(family: Family) -> str:
    """Write what training makes small: the error over pixels, and the price of the code."""
    recipe = family.recipes["best"]
    cross_entropy = (
        r"-\frac{1}{784} \sum_{i=1}^{784} \bigl[ & x_i \log \hat{x}_i",
        r"& + (1 - x_i) \log (1 - \hat{x}_i) \bigr]",
    )
    divergence = (
        rf"+ \frac{{1}}{{784}} \sum_{{j=1}}^{{{family.code_size}}} & \tfrac{{1}}{{2}} \bigl["
        r" \sigma_j^2 + z_j^2",
        r"& - 1 - \log \sigma_j^2 \bigr]",
    )
    lines = {
        "binary_crossentropy": cross_entropy,
        "mean_squared_error": (r"\frac{1}{784} \sum_{i=1}^{784} & (x_i - \hat{x}_i)^2",),
        "negative_elbo": (*cross_entropy, *divergence),
    }[recipe.loss]
    if recipe.l1:
        lines = (*lines, rf"+ \lambda \sum_{{j=1}}^{{{family.code_size}}} & |z_j|")
    # In lines that a phone has room for.
    return r"\begin{aligned} L(x, \hat{x}) = " + r" \\ ".join(lines) + r"\end{aligned}"
