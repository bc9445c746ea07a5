"""Sweeps: one recipe from many seeds, or many settings; what is to be trained, kept and said of it.

A training is named by the hash of all that its weights depend on, and kept in a folder of that
name. So a sweep that was interrupted goes on where it was, and one that is enlarged trains only
what is new. ``ae.training.sweep`` carries them out.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import (
    Any,
    Literal,
    NamedTuple,
    Self,
    Union,
    final,
    get_args,
    get_origin,
    get_type_hints,
)

from ae import atomic, checked, plans, weights
from ae.families import FAMILIES, Family, Recipe
from ae.metadata import Data, Errors, Metadata, Net
from ae.mnist import Mnist

Value = str | float | bool | None
"""Of a recipe's setting."""

RECORD = "training.json"
"""Beside the weights: what was asked for, how long it took, and whether it diverged."""

_HINTS = get_type_hints(Recipe)
SETTINGS = tuple(f.name for f in fields(Recipe))
"""What can be varied."""
_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({"initializer": plans.INITIALIZERS})
_BOUNDS: Mapping[str, plans.Bounds] = MappingProxyType(
    {**plans.RECIPE, "max_row_norm": plans.ROW_NORM, "k": plans.CODE}
)


def trained_by(family: Family, recipe: Recipe) -> Family:
    """Give a family whose net follows from this recipe, and from none that the table has."""
    return replace(family, recipes=MappingProxyType({"best": recipe}))


# What is to be trained


@final
@dataclass(frozen=True, kw_only=True)
class Training:
    """One net to be trained: all that its weights depend on, but for the machine.

    Attributes
    ----------
    family, recipe_name : as in the family table.
    recipe : the settings, with what is varied.
    seed : of the weights' start and of the batches' order.
    data : what it learns from.
    """

    family: str
    recipe_name: str
    recipe: Recipe
    seed: int
    data: Data

    @property
    def net(self) -> Net:
        """What its file will say of the net."""
        family = trained_by(FAMILIES[self.family], self.recipe)
        return Net.of(family, self.recipe_name, self.recipe, self.seed)

    @property
    def asked(self) -> dict[str, Any]:
        """All of it as plain values, as JSON gives them back."""
        record = {"family": self.family, "net": asdict(self.net), "data": asdict(self.data)}
        return dict(json.loads(json.dumps(record)))

    @property
    def name(self) -> str:
        """The name of its folder: the family, and 64 bits of the SHA-256 of what is asked for."""
        text = json.dumps(self.asked, sort_keys=True, separators=(",", ":"))
        return f"{self.family}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def trainings(
    family: str,
    data: Mnist,
    *,
    recipe: str = "best",
    seeds: int = 5,
    epochs: int | None = None,
    varied: Mapping[str, Sequence[Value]] = MappingProxyType({}),
) -> list[Training]:
    """List what a sweep trains: each combination of what is varied, from seeds 0 to ``seeds`` - 1.

    Parameters
    ----------
    data : what the nets are to learn from.
    epochs : instead of the recipe's.
    varied : setting -> its values, as ``values`` reads them.

    Raises
    ------
    ValueError
        The family has no such recipe, or cannot learn by the loss; or epochs are given twice.
    """
    weights.locate(family, recipe)  # or says what there is
    base = FAMILIES[family].recipes[recipe]
    if epochs is not None:
        if "epochs" in varied:
            raise ValueError("epochs are varied: leave --epochs out")
        base = replace(base, epochs=epochs)
    recipes: list[Recipe] = []
    for chosen in itertools.product(*varied.values()):
        changes: dict[str, Any] = dict(zip(varied, chosen, strict=True))
        recipes.append(replace(base, **changes))
    for settings in recipes:
        if settings.k is not None:
            if FAMILIES[family].variational:
                raise ValueError(f"k: {family} needs all numbers of its code")
            if settings.k > FAMILIES[family].code_size:
                raise ValueError(f"k: {family} has {FAMILIES[family].code_size} numbers")
        if trained_by(FAMILIES[family], settings).variational != FAMILIES[family].variational:
            raise ValueError(f"loss: {family} cannot learn by {settings.loss}")
    source = Data(name=data.name, sha256=data.sha256, digits=len(data.x_train))
    return [
        Training(family=family, recipe_name=recipe, recipe=settings, seed=seed, data=source)
        for settings in recipes
        for seed in range(seeds)
    ]


def values(name: str, words: Sequence[str]) -> list[Value]:
    """Read the values of a setting that is varied.

    Raises
    ------
    ValueError
        There is no such setting, or one of the values cannot be its own; in one sentence.
    """
    if name not in SETTINGS:
        raise ValueError(f"a recipe has no {name!r}; it has {', '.join(SETTINGS)}")
    read = [_value(name, word) for word in words]
    twice = next((word for i, word in enumerate(words) if read[i] in read[:i]), None)
    if twice is not None:
        raise ValueError(f"{name}: {twice} is there twice")
    return read


def _value(name: str, word: str) -> Value:
    hint, optional = _HINTS[name], False
    if get_origin(hint) in (Union, UnionType):
        optional = True
        (hint,) = (kind for kind in get_args(hint) if kind is not NoneType)
    if optional and word == "none":
        return None
    known = get_args(hint) if get_origin(hint) is Literal else _WORDS.get(name, ())
    known = ("false", "true") if hint is bool else known
    if known:
        if word not in known:
            raise ValueError(f"{name}: got {word!r}, expected one of {', '.join(known)}")
        return word == "true" if hint is bool else word
    or_none = " or none" if optional else ""
    kind = "a whole number" if hint is int else "a number"
    try:
        number: float = int(word) if hint is int else float(word)
    except ValueError:
        raise ValueError(f"{name}: got {word!r}, expected {kind}{or_none}") from None
    low, high = _BOUNDS.get(name, (-math.inf, math.inf))
    if not (math.isfinite(number) and low <= number <= high):
        bounds = f"{low:g} to {high:g}" if name in _BOUNDS else kind
        raise ValueError(f"{name}: got {word}, expected {bounds}{or_none}")
    return number


# What came of it


@final
@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a training sends back, from whichever process or machine.

    Attributes
    ----------
    seconds : that it took.
    weights : its file's bytes; empty where it diverged. sha256 : theirs.
    diverged : after how many epochs the weights were finite for the last time, or None.
    """

    seconds: float
    weights: bytes = b""
    sha256: str = ""
    diverged: float | None = None


@final
@dataclass(frozen=True, kw_only=True)
class Result:
    """A training that is over, as its folder has it.

    Attributes
    ----------
    errors : over the digits held out; None where it diverged.
    sha256 : of the weights' file; empty where it diverged.
    seconds, diverged : as in `Outcome`.
    """

    training: Training
    seconds: float
    errors: Errors | None
    sha256: str
    diverged: float | None


def keep(outcome: Outcome, training: Training, folder: Path) -> Result:
    """Write a training's weights and record to its folder, and read them back.

    ``SHA256SUMS`` comes last: without its lines there is no result.

    Raises
    ------
    ValueError
        The bytes are not those that were sent, or not what was asked for.
    OSError
        They cannot be written.
    """
    place = folder / training.name
    place.mkdir(parents=True, exist_ok=True)
    (place / checked.SUMS).unlink(missing_ok=True)
    files: dict[str, bytes] = {}
    if outcome.diverged is None:
        if hashlib.sha256(outcome.weights).hexdigest() != outcome.sha256:
            raise ValueError(f"{training.name}: the weights were altered on their way")
        files[_listed(training)] = outcome.weights
    record = {**training.asked, "seconds": outcome.seconds, "diverged": outcome.diverged}
    files[RECORD] = json.dumps(record, indent=1).encode() + b"\n"
    for name, raw in files.items():
        (place / name).parent.mkdir(exist_ok=True)
        atomic.write(place / name, raw)
    lines = (f"{hashlib.sha256(raw).hexdigest()}  {name}\n" for name, raw in sorted(files.items()))
    atomic.write(place / checked.SUMS, "".join(lines).encode())
    result = find(training, folder)
    if result is None:
        raise ValueError(f"{place} holds another training than the one that was asked for")
    return result


def find(training: Training, folder: Path) -> Result | None:
    """Look for a training's result; what is damaged, unfinished or another's is none."""
    place = folder / training.name
    try:
        raw, listed = checked.read_bytes(place / RECORD), checked.sums(place)
        if hashlib.sha256(raw).hexdigest() != listed.get(RECORD):
            return None
        record = json.loads(raw)
        seconds, diverged = record.pop("seconds"), record.pop("diverged")
        if record != training.asked:
            return None
        errors, sha256 = None, ""
        if diverged is None:
            _, header = checked.read(place / _listed(training), place)
            metadata, sha256 = Metadata.parse(header), listed[_listed(training)]
            if (metadata.net, metadata.data) != (training.net, training.data):
                return None
            errors = metadata.test
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Result(
        training=training, seconds=seconds, errors=errors, sha256=sha256, diverged=diverged
    )


def _listed(training: Training) -> str:
    """Name the file of the weights, as it stands in SHA256SUMS and as ``ae.load`` looks for it."""
    root = Path()
    return checked.listed_name(weights.locate(training.family, training.recipe_name, root), root)


# What is said of it


class Spread(NamedTuple):
    """Numbers that differ by chance.

    Attributes
    ----------
    deviation : the sample standard deviation (n - 1 in the denominator); None of one number.
    """

    mean: float
    deviation: float | None

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Self:
        """Average numbers, at least one."""
        return cls(
            statistics.fmean(numbers), statistics.stdev(numbers) if len(numbers) > 1 else None
        )

    def text(self, places: int, *, scale: float = 1, unit: str = "") -> str:
        """Write both with as many digits as the deviation allows: 0.0903 ± 0.0001.

        The deviation gets one significant digit, and the mean is rounded to the same place.

        Parameters
        ----------
        places : decimals of the mean where no deviation tells, because there is none or it is 0.
        scale : by which both are multiplied; 100 for percent, with ``unit`` "%".
        """
        mean = self.mean * scale
        if self.deviation is None:
            return f"{mean:.{places}f}{unit}"
        deviation = self.deviation * scale
        if not deviation:
            return f"{mean:.{places}f} ± 0{unit}"
        # Rounded first: 0.096 is 0.1, which has one decimal less than 0.09.
        decimals = -int(f"{deviation:.0e}".partition("e")[2])
        shown = (f"{round(number, decimals):.{max(decimals, 0)}f}" for number in (mean, deviation))
        return f"{' ± '.join(shown)}{unit}"


def by_setting(results: Sequence[Result]) -> Iterator[tuple[Recipe, list[Result]]]:
    """Group results that differ in their seeds alone, in their order."""
    groups: dict[Recipe, list[Result]] = {}
    for result in results:
        groups.setdefault(result.training.recipe, []).append(result)
    yield from groups.items()
