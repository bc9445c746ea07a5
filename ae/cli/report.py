"""What the models are worth, as text: a table, JSON, ``weights/README.md``.

Nothing here knows a figure: errors are measured by ``ae.evaluation`` at each call, and how a file
was made is what the file says of itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from ae.arrays import PIXELS
from ae.checked import SUMS, WeightsError
from ae.claims import DEFAULT_RATE, DEFAULT_RATE_COMMAND
from ae.compression.measured import Table
from ae.compression.pictures import SHEET
from ae.evaluation import Ink, Measured, Reference, Report, as_record
from ae.facts import ROLLS
from ae.families import FAMILIES
from ae.metadata import Net
from ae.noise import NOISES


def as_json(report: Report) -> str:
    """Give the figures in full, for programs; what is infinite or does not exist is null."""
    return json.dumps(as_record(report), indent=2, allow_nan=False)


_HEAD = (
    "model",
    "recipe",
    "BCE",
    "MSE",
    "PSNR",
    "ink kept",
    "invented",
    "zeros",
    "dead units",
    "parameters",
    "bytes",
)
_WORDS = 2  # leading columns of words; the others are numbers


def as_text(report: Report) -> str:
    """Give the table, aligned, for people."""
    units = "BCE in nats per pixel, MSE per pixel, PSNR in dB, shares of a digit's ink"
    bounds = [
        f"{name}: {total} nats per digit ({pixels} for the pixels, {code} for the code);"
        f" {binary} if binarised"
        for name, total, pixels, code, binary in _bounds(report)
    ]
    return "\n".join(
        [
            *aligned([_HEAD, *_rows(report)], words=_WORDS),
            "",
            f"Averages over {report.digits:,} test digits: {units}.",
            *bounds,
        ]
    )


def aligned(rows: Sequence[Sequence[str]], *, words: int) -> list[str]:
    """Write rows under one another: so many leading columns of words, and then numbers."""
    return ["  ".join(row).rstrip() for row in _padded(rows, words)]


def of_compression(table: Table) -> str:
    """Give the tables of compression, as Markdown that is aligned for people too."""
    models = tuple(table.decoders)

    def ladders(optimised: bool) -> str:
        rungs = zip(*(table.ladder(name, optimised=optimised) for name in models), strict=True)
        rows = [(str(row[0].bits), *(f"{r.bytes:.1f}, {r.mse:.4f}" for r in row)) for row in rungs]
        return _table(("bits", *models), rows)

    pictures = [
        (
            picture.format if picture.quality is None else f"{picture.format} {picture.quality}",
            *(f"{picture.bytes:.1f}", f"{picture.mse:.4f}"),
            *(f"{picture.alone:.0f}", f"{picture.alone_mse:.4f}"),
        )
        for picture in table.pictures
    ]
    decoders = [
        (
            f"{rung.model}, {rung.bits} bits",
            *(f"{rung.bytes:.1f}", f"{rung.mse:.4f}", f"{rung.code:.1f}", f"{rung.alone:.1f}"),
            f"{table.decoders[rung.model]:,}",
            f"{digits:,}" if (digits := table.pays_off(rung)) else "never",
        )
        for rung in table.rungs
        if rung.optimised and rung.bits in _TOLD
    ]
    return "\n\n".join(
        [
            f"Bytes per digit of {table.digits:,} test digits in one file, and MSE per pixel:",
            ladders(True),
            "The encoder's codes, merely rounded:",
            ladders(False),
            f"As pictures, on sheets of {SHEET:,}, and one digit in a file:",
            _table(("", "sheet", "MSE", "file", "MSE"), pictures),
            "One digit alone, and from how many digits on the decoder and its prior are worth their"
            " own bytes,\nbeside the smallest sheets without a larger error:",
            _table(("", "bytes", "MSE", "its code", "its file", "decoder", "pays off"), decoders),
        ]
    )


_TOLD = (4, 5, 6)  # bits


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table that is aligned for people too; its first column is words."""
    padded = _padded([head, *rows], 1)
    return markdown(padded[0], padded[1:], numbers_from=1)


def _padded(rows: Sequence[Sequence[str]], words: int) -> list[list[str]]:
    """Make each column as wide as its widest cell; the first ones are words, the others numbers."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        [
            cell.ljust(width) if i < words else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in rows
    ]


def _rows(report: Report) -> list[tuple[str, ...]]:
    """Cells of the table, the same on a terminal and in Markdown."""
    models = [
        (
            model.name,
            model.recipe or "",
            f"{model.errors.bce:.4f}",
            f"{model.errors.mse:.4f}",
            f"{model.errors.psnr:.2f}",
            *_ink(model.ink),
            f"{model.errors.zeros:.1%}",
            "-".join(map(str, model.dead)),
            f"{model.metadata.parameters:,}",
            f"{model.bytes:,}",
        )
        for model in report.models
    ]
    return [_reference_row(report.floor), *models, _reference_row(report.mean)]


def _bounds(report: Report) -> list[tuple[str, ...]]:
    """Write the negative ELBO of each variational model, and its parts."""
    return [
        (model.name, *(f"{nats:.1f}" for nats in (b.total, b.pixels, b.code, b.binary)))
        for model in report.models
        if (b := model.bound) is not None
    ]


def _reference_row(reference: Reference) -> tuple[str, ...]:
    decibels = "∞" if reference.psnr is None else f"{reference.psnr:.2f}"
    figures = (f"{reference.bce:.4f}", f"{reference.mse:.4f}", decibels)
    return (reference.title, "", *figures, *_ink(reference.ink), "", "", "", "")


def _ink(ink: Ink) -> tuple[str, str]:
    return f"{ink.kept:.1%}", f"{ink.invented:.1%}"


def as_readme(report: Report, likelihoods: Mapping[str, float], sweeps: tuple[str, str]) -> str:
    """Give ``weights/README.md``, without a date or a machine's name: same files, same text.

    Parameters
    ----------
    likelihoods : those of ``ae.facts``; of a model that is missing there, none is told.
    sweeps : the tables of ``ae.cli.swept.kept``.

    Raises
    ------
    WeightsError
        A model has no file of the best recipe: the page must not look complete without it.
    """
    if report.missing:
        raise WeightsError(
            f"no README without weights for {', '.join(report.missing)}; "
            "make them with: python -m ae train all"
        )
    errors = markdown(_HEAD, _rows(report), numbers_from=_WORDS)
    bounds = markdown(
        ("model", "negative ELBO", "for the pixels", "for the code", "binarised", "likelihood"),
        [
            (name, *nats, f"{likelihoods[name]:.1f}" if name in likelihoods else "–")
            for name, *nats in _bounds(report)
        ],
        numbers_from=1,
    )
    seeds, choices = sweeps
    files = markdown(
        ("file", "what", "layers", "made by"),
        [(f"`{m.file}`", _what(m), _layers(m), f"`{command(m)}`") for m in report.models],
    )
    recipes = markdown(
        ("model", "recipe", *_SETTINGS),
        [_settings(m.name, net) for m in report.models if (net := m.metadata.net)],
        numbers_from=None,
    )
    versions = _agreed(report.models, lambda m: _versions(m.metadata.versions))
    trained = _agreed(report.models, lambda m: f"`{m.metadata.data.sha256}`")
    return _README.format(
        errors=errors,
        bounds=bounds,
        before=markdown(
            ("model", "figure", "before", "now", "published"),
            _before(report, likelihoods),
            numbers_from=_WORDS,
        ),
        seeds=seeds,
        choices=choices,
        digits=f"{report.digits:,}",
        files=files,
        recipes=recipes,
        versions=versions,
        trained=trained,
        tested=f"`{report.sha256}`",
        floor=f"{report.floor.bce:.4f}",
        rolls=f"{ROLLS:,}",
        old=_OLD,
        sigma=NOISES["gaussian"].strength,
        sums=SUMS,
        default_rate=DEFAULT_RATE,
        default_rate_command=f"python -m ae {DEFAULT_RATE_COMMAND}",
    )


_README = """\
<!-- Written by `python -m ae evaluate --write`: change ae/cli/report.py, not this page. -->

# Weights

The trained models that the app serves and `ae.load` reads. They are
[safetensors](https://github.com/huggingface/safetensors): arrays and a header of facts, no code.
`best` is what ships; `tutorial` is the 2017 tutorial's recipe to the letter, for comparison.

## Errors over MNIST's {digits} test digits

{errors}

BCE in nats per pixel, MSE per pixel, PSNR in dB, each averaged over the digits. *ink kept* is the
share of a digit's ink that its reconstruction has too, `sum(min(x, y)) / sum(x)`, and *invented*
the ink that it has beyond, `sum(max(y - x, 0)) / sum(x)`. *zeros* is the share of exact zeros in
the average code. A *dead* unit says the same of all of the digits: so many in each hidden layer of
the encoder, in the code, and in each hidden layer of the decoder. MNIST is grey, so that even a
perfect copy has a BCE of {floor}.

## Before, now, and elsewhere

{before}

*before*: what shipped until November 2026, whose rates had been chosen on the test digits; the
README of that time is `git show {old}:weights/README.md`; its likelihood was estimated with 64
rolls. *published*: Hinton & Salakhutdinov, "Reducing the dimensionality of data with neural
networks", Science 313 (2006), for 784-1000-500-250-30, summed over a digit's 784 pixels; and
Burda, Grosse & Salakhutdinov (below). The denoising net's squared error is that of what it makes of
digits with Gaussian noise of σ = {sigma}, against the clean ones.

## What was chosen, and on what

{choices}

These rates were chosen on the last 5,000 training digits, from which these nets did not learn. The
other settings were taken over from the nets before, or set once and compared with nothing. The test
digits were looked at once, at the end, by the nets above, which learnt from all 60,000 training
digits.

## By chance

{seeds}

Mean ± sample standard deviation over seeds, on the test digits, rounded to its first digit.

## What a digit costs a variational model

{bounds}

Nats per digit, averaged over the digits, with one roll of the code each: 784 times the BCE of the
rolled code's picture, plus the divergence of what it was rolled from. *binarised*: the same in all
for digits whose pixels were made black or white by chance, once, with their grey as the chance.
*likelihood*: what that bound approaches, estimated by importance sampling with {rolls} rolls for
each digit, from `facts.safetensors`. Burda, Grosse & Salakhutdinov ("Importance weighted
autoencoders", 2016, table 1) report 86.76 for a net with two hidden layers of 200 on each side and
a code of 50, estimated with 5,000 rolls.

## Files

{files}

`facts.safetensors` is no model: it holds what the Compare page shows of all {digits} test digits,
measured on the files above (`ae/facts.py`). `atlas.safetensors` is none either: it holds the codes
and maps of 5,000 test digits that the Explore page shows (`ae/atlas.py`). MNIST itself is not here:
no file holds its pixels. But what a digit was squeezed to is enough to draw it again as well as
these models can, so MNIST's authors are owed the credit for the atlas too. `priors.safetensors`
says how likely each code is, without which no file of `python -m ae compress` can be read;
`compression.safetensors` what such files cost and lose (`ae/compression/`).
`{default_rate}` is the shallow net by the tutorial's recipe, but for
Adadelta's learning rate, which is Keras's default of today; `ae/claims.py` tells of it. It is the
`mine.safetensors` that this writes:
`{default_rate_command}`.

`{sums}` lists each file's hash, and `ae.load` refuses a file that differs.

## Recipes

{recipes}

What the columns mean stands beside `Recipe` in `ae/families.py`.

## From what

- Trained on MNIST's training digits; SHA-256 of `mnist.npz`: {trained}
- Measured on the test digits of the file with SHA-256 {tested}
- Made with {versions}

## Again

```
python -m ae train all                      # the best recipe, and PCA
python -m ae train all --recipe tutorial
python -m ae evaluate --write --facts       # this page, and facts.safetensors
python -m ae evaluate --atlas               # atlas.safetensors; needs requirements-atlas.txt
python -m ae evaluate --compression         # compression.safetensors, and priors that are missing
sha256sum -c {sums}                     # in this folder
```
"""

# The commit whose weights were before these; its README and its atlas say what stands below.
_OLD = "43f3b94"


def _before(report: Report, likelihoods: Mapping[str, float]) -> list[tuple[str, ...]]:
    """Set what was before beside what is now, and beside what others report."""
    best = {model.name: model for model in report.models if model.recipe == "best"}
    errors = {name: model.errors for name, model in best.items()}
    wide = PIXELS * errors["wide"].mse
    bound = best["vae"].bound
    likelihood = likelihoods.get("vae")
    rows = [
        ("shallow", "BCE", "0.0903", f"{errors['shallow'].bce:.4f}", "–"),
        ("deep", "BCE", "0.0766", f"{errors['deep'].bce:.4f}", "–"),
        ("deep", "MSE", "0.0051", f"{errors['deep'].mse:.4f}", "–"),
        ("deep", "dead units of 416, in all layers", "65", f"{sum(best['deep'].dead)}", "–"),
        ("denoising", "MSE of noisy digits", "0.0148", f"{best['denoising'].noisy:.4f}", "–"),
        ("vae", "bound, binarised", "95.9", f"{bound.binary:.1f}" if bound else "–", "–"),
        ("vae", "likelihood", "91.2", f"{likelihood:.1f}" if likelihood else "–", "86.76"),
        ("topk", "BCE", "sparse: 0.1096", f"{errors['topk'].bce:.4f}", "–"),
        ("topk", "zeros", "sparse: 43.0%", f"{errors['topk'].zeros:.1%}", "–"),
        ("wide", "squared error of a digit", "–", f"{wide:.2f}", "3.00"),
    ]
    return list(rows)


# Column -> name of the recipe's setting.
_SETTINGS = {
    "loss": "loss",
    "optimizer": "optimizer",
    "rate": "learning_rate",
    "schedule": "schedule",
    "start": "initializer",
    "code bias": "code_bias",
    "epochs": "epochs",
    "batch": "batch_size",
    "L1": "l1",
    "row norm": "max_row_norm",
    "k": "k",
    "split": "split",
    "sees": "sees",
}


def command(model: Measured) -> str:
    """Spell out the command that made a file, from what the file says, whatever is default now."""
    words = ["python -m ae train", model.name]
    if (net := model.metadata.net) is not None:
        words += ["--recipe", net.recipe_name, "--epochs", str(net.recipe.epochs)]
        words += ["--seed", str(net.seed)]
    return " ".join(words)


def _what(model: Measured) -> str:
    family = FAMILIES.get(model.name)
    if family is None:
        return "Principal component analysis: the best linear squeeze."
    return family.idea


def _layers(model: Measured) -> str:
    return "-".join(map(str, model.layers))


def _settings(name: str, net: Net) -> tuple[str, ...]:
    cells = (_setting(getattr(net.recipe, setting)) for setting in _SETTINGS.values())
    return (name, net.recipe_name, *cells)


def _setting(value: str | float | None) -> str:
    """Say a setting; what is 0 or absent is none."""
    if not value:
        return "–"
    if value is True:
        return "yes"
    return value if isinstance(value, str) else f"{value:g}"


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{package} {number}" for package, number in versions.items())


def _agreed(models: Iterable[Measured], say: Callable[[Measured], str]) -> str:
    """Say it once where all files agree, else with the names of the files."""
    groups: dict[str, list[str]] = {}
    for model in models:
        groups.setdefault(say(model), []).append(f"`{model.file}`")
    if len(groups) == 1:
        return next(iter(groups))
    return "; ".join(f"{value} ({', '.join(files)})" for value, files in groups.items())


def markdown(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int | None = None
) -> str:
    """Write a Markdown table, its columns to the right from that of numbers on."""
    rule = ["---" if numbers_from is None or i < numbers_from else "---:" for i in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])
