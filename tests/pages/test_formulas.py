"""The formulas say what the models really are."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import ae
from pages.draw import formulas

every_family = pytest.mark.parametrize("family", ae.FAMILIES.values(), ids=ae.FAMILIES)


SPREAD = r"\log \sigma^2 &= "


def lines_of(family: ae.Family) -> list[str]:
    body = formulas.forward(family).removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
    return body.split(r" \\ ")


@every_family
def test_each_layer_stands_there_with_its_real_shape(family: ae.Family) -> None:
    latex = formulas.forward(family)
    shapes = re.findall(r"W_(\d+) \\in \\mathbb\{R\}\^\{(\d+) \\times (\d+)\}", latex)
    model = ae.load(family.name)
    weights = [layer.weights.shape for layer in (*model.encoder, *model.decoder)]
    assert [(int(a), int(b)) for _, a, b in shapes] == weights
    assert [int(number) for number, _, _ in shapes] == list(range(1, len(weights) + 1))
    assert latex.count("{") == latex.count("}")


@every_family
def test_each_layer_takes_what_the_one_before_gave(family: ae.Family) -> None:
    lines = [
        re.match(r"(\S+) &= (\S+?)\((\S+) W_(\d+) \+ b_\4\)", line)
        for line in lines_of(family)
        if not line.startswith(SPREAD)
    ]
    assert all(lines)
    results = [line[1] for line in lines]
    assert [line[3] for line in lines] == ["x", *results[:-1]]
    assert len(set(results)) == len(results) and results[-1] == r"\hat{x}"
    # The code comes after the encoder's last layer.
    assert results.index("z") == len(family.encoder) - 2
    activations = [line[2] for line in lines]
    names = {"relu": r"\mathrm{ReLU}", "sigmoid": r"\mathrm{sigmoid}", "linear": r"\mathrm{id}"}
    names["topk"] = rf"\mathrm{{top}}_{{{family.k}}}"
    of_encoder, of_decoder = family.activations
    assert activations == [names[activation] for activation in of_encoder + of_decoder]


@every_family
def test_a_variational_encoder_says_how_sure_it_is(family: ae.Family) -> None:
    """From what the mean comes from too, beside which it stands, and with its own weights."""
    lines = lines_of(family)
    at = [i for i, line in enumerate(lines) if line.startswith(SPREAD)]
    assert len(at) == family.variational
    if not family.variational:
        return
    model = ae.load(family.name)
    assert isinstance(model, ae.Autoencoder) and model.log_variance is not None
    mean, spread = lines[at[0] - 1 : at[0] + 1]
    formula = re.fullmatch(
        r"(\S+) W' \+ b' && W' \\in \\mathbb\{R\}\^\{(\d+) \\times (\d+)\}",
        spread.removeprefix(SPREAD),
    )
    assert formula and mean.startswith(rf"z &= \mathrm{{id}}({formula[1]} W_")
    assert (int(formula[2]), int(formula[3])) == model.log_variance.weights.shape


@every_family
def test_the_loss_has_both_terms_and_a_price_where_there_is_one(family: ae.Family) -> None:
    latex = formulas.loss(family)
    assert r"\frac{1}{784} \sum_{i=1}^{784}" in latex
    entropy = r"x_i \log \hat{x}_i" in latex and r"(1 - x_i) \log (1 - \hat{x}_i)" in latex
    squares = r"(x_i - \hat{x}_i)^2" in latex
    assert (entropy, squares) == ((family.name != "linear"), (family.name == "linear"))
    assert (r"\lambda" in latex) == (family.recipes["best"].l1 > 0)
    nats = rf"\sum_{{j=1}}^{{{family.code_size}}} & \tfrac{{1}}{{2}} \bigl[ \sigma_j^2 + z_j^2 "
    assert (nats in latex) == (r"\log \sigma_j^2" in latex) == family.variational
    assert latex.count(r"\frac{1}{784}") == 1 + family.variational, "both per pixel"
    assert latex.count("{") == latex.count("}")


def test_sparse_alone_pays_a_price() -> None:
    priced = [name for name, f in ae.FAMILIES.items() if r"\lambda" in formulas.loss(f)]
    assert priced == ["sparse"]
    assert r"\sum_{j=1}^{32} & |z_j|" in formulas.loss(ae.FAMILIES["sparse"])


def test_another_family_has_other_formulas() -> None:
    family = replace(
        ae.FAMILIES["deep"], encoder=(784, 20, 8), decoder=(8, 784), hidden="linear", output="relu"
    )
    latex = formulas.forward(family)
    for part in (r"784 \times 20", r"20 \times 8", r"8 \times 784", r"\mathrm{id}(", "ReLU"):
        assert part in latex
    assert "sigm" not in latex
