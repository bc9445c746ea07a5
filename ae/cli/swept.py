"""What ``sweep`` prints: a table of means and deviations, or a row of CSV for each training."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from ae.cli.report import aligned, markdown
from ae.families import FAMILIES
from ae.sweeps import SETTINGS, Result, Spread, Training, Value, by_setting

_MEASURED = ("bce", "mse", "psnr", "zeros", "dead")
_NEITHER = ("trained", "diverged")
COLUMNS = (
    *("family", "recipe", *SETTINGS, "seed"),
    *("outcome", "digits", "measured_on", *_MEASURED, "seconds", "sha256"),
)
"""Of the CSV."""


def label(training: Training, varied: Sequence[str]) -> str:
    """Tell a training from the others of its sweep."""
    settings = (f"{name} {_word(getattr(training.recipe, name))}, " for name in varied)
    return f"{training.family}, {''.join(settings)}seed {training.seed}"


def line(result: Result, varied: Sequence[str]) -> str:
    """Say what came of one training."""
    what = label(result.training, varied)
    if result.errors is None:
        return f"{what}: diverged after {result.diverged:.2f} epochs"
    errors = result.errors
    return f"{what}: BCE {errors.bce:.4f}, MSE {errors.mse:.4f}, {result.seconds:.0f} s"


def as_text(results: Sequence[Result], varied: Sequence[str], digits: int) -> str:
    """Give the table, for people: a row for each setting, its numbers over all seeds.

    Parameters
    ----------
    digits : how many digits they were measured on.
    """
    head = (*varied, "nets", "BCE", "MSE", "PSNR", "zeros", "dead", "seconds")
    rows, notes = [head], [_said_of_digits(results[0].training, varied, digits)]
    for recipe, group in by_setting(results):
        trained = [result for result in group if result.errors is not None]
        diverged = len(group) - len(trained)
        setting = tuple(_word(getattr(recipe, name)) for name in varied)
        rows.append((*setting, str(len(trained)), *_cells(trained)))
        if diverged:
            which = ", ".join(f"{name} {word}" for name, word in zip(varied, setting, strict=True))
            notes.append(f"{which and which + ': '}{diverged} of {len(group)} trainings diverged.")
    several = any(" ± " in cell for row in rows for cell in row)
    notes.append(
        "Mean ± sample standard deviation over the seeds, rounded to its first digit."
        if several
        else "One net for each row: there is no standard deviation without more --seeds."
    )
    return "\n".join([*aligned(rows, words=len(varied)), "", *notes])


def as_csv(results: Sequence[Result], varied: Sequence[str]) -> str:
    """Give a row for each training, figures in full, empty where it diverged."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for result in results:
        training, errors = result.training, result.errors
        writer.writerow(
            {
                "family": training.family,
                "recipe": training.recipe_name,
                **{name: _word(value) for name, value in asdict(training.recipe).items()},
                "seed": training.seed,
                "outcome": _NEITHER[errors is None],
                "digits": training.data.digits,
                "measured_on": "validation" if varied else "test",
                **({} if errors is None else errors.as_dict()),
                "seconds": round(result.seconds, 2),
                "sha256": result.sha256,
            }
        )
    return text.getvalue()


def kept(folder: Path) -> tuple[str, str]:
    """Write what was kept of sweeps, ``sweeps/*.csv`` in a folder, as two tables in Markdown.

    Returns
    -------
    Of sweeps over seeds alone, how far the errors over the test digits differ by chance; and of
    those in which settings were varied, what the choices were made on.
    """
    seeds: list[tuple[str, ...]] = []
    choices: list[tuple[str, ...]] = []
    for path in sorted((folder / "sweeps").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["outcome"] == "trained"]
        settings = {name: list(dict.fromkeys(row[name] for row in rows)) for name in SETTINGS}
        varied = {name: values for name, values in settings.items() if len(values) > 1}
        command = f"`{_command(rows[0], len({row['seed'] for row in rows}), varied)}`"
        model = (rows[0]["family"], rows[0]["recipe"])
        if not varied:
            spreads = (_spread(rows, "bce").text(4), _spread(rows, "mse").text(4))
            zeros = _spread(rows, "zeros").text(1, scale=100, unit="%")
            seeds.append((*model, str(len(rows)), *spreads, zeros, command))
        for values in itertools.product(*varied.values()) if varied else ():
            chosen = dict(zip(varied, values, strict=True))
            group = [row for row in rows if chosen.items() <= row.items()]
            what = ", ".join(f"{name} {value}" for name, value in chosen.items())
            choices.append((model[0], what, _spread(group, "bce").text(4), command))
    return (
        markdown(("model", "recipe", "nets", "BCE", "MSE", "zeros", "by"), seeds),
        markdown(("model", "setting", "BCE", "by"), choices),
    )


def _command(row: Mapping[str, str], seeds: int, varied: Mapping[str, Sequence[str]]) -> str:
    recipe = FAMILIES[row["family"]].recipes[row["recipe"]]
    words = ["python -m ae sweep", row["family"], f"--seeds {seeds}"]
    if row["recipe"] != "best":
        words.append(f"--recipe {row['recipe']}")
    if row["epochs"] != str(recipe.epochs):
        words.append(f"--epochs {row['epochs']}")
    words += [f"--vary {name}={','.join(values)}" for name, values in varied.items()]
    return " ".join(words)


def _spread(rows: Sequence[Mapping[str, str]], figure: str) -> Spread:
    return Spread.of([float(row[figure]) for row in rows])


def _cells(trained: Sequence[Result]) -> tuple[str, ...]:
    if not trained:
        return ("",) * 6
    spreads = {
        name: Spread.of([getattr(result.errors, name) for result in trained]) for name in _MEASURED
    }
    return (
        spreads["bce"].text(4),
        spreads["mse"].text(4),
        spreads["psnr"].text(2),
        spreads["zeros"].text(1, scale=100, unit="%"),
        spreads["dead"].text(0),
        Spread.of([result.seconds for result in trained]).text(0),
    )


def _said_of_digits(training: Training, varied: Sequence[str], digits: int) -> str:
    learnt = f"{training.data.digits:,}"
    if varied:
        return (
            f"Learnt from the first {learnt} training digits and measured on the last {digits:,}:"
            " the test digits\nare not for choosing."
        )
    return f"Learnt from all {learnt} training digits and measured on the {digits:,} test digits."


def _word(value: Value) -> str:
    """Write a setting as ``--vary`` takes it."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
