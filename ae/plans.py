"""A training of one's own: which net, by which recipe, on how many digits; bounded and checked.

The families that ship are fixed rows of a table. A plan starts from one of them and changes it,
and the model that comes of it is called "mine".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any, NamedTuple, Self, final

from ae.arrays import PIXELS
from ae.families import FAMILIES, N_, TUTORIAL, Family, Recipe
from ae.metadata import Metadata

PLAIN = tuple(name for name, family in FAMILIES.items() if family.plain)
"""The families that a plan can start from; what else the others need is no matter of a recipe."""

OWN = "mine"
"""The name of every model that is trained by a plan."""

Bounds = tuple[float, float]
LAYERS: Bounds = (1, 4)
"""Of the encoder, the code's own layer included."""
WIDTH: Bounds = (2, 512)
CODE: Bounds = (2, 128)
DIGITS: Bounds = (500, 60_000)
SEED: Bounds = (0, 2**32 - 1)
RECIPE: Mapping[str, Bounds] = MappingProxyType(
    {
        "learning_rate": (1e-6, 100.0),
        "epochs": (1, 300),
        "batch_size": (16, 2048),
        "l1": (0.0, 1.0),
        "code_bias": (-100.0, 100.0),
    }
)
LOSSES = ("binary_crossentropy", "mean_squared_error")
OPTIMIZER_CLASSES: Mapping[str, str] = MappingProxyType(
    {"adadelta": "Adadelta", "adam": "Adam", "sgd": "SGD", "rmsprop": "RMSprop"}
)
"""A recipe's optimizer -> Keras's class, which is what people call it too."""
OPTIMIZERS = tuple(OPTIMIZER_CLASSES)
SCHEDULES = ("constant", "cosine")
INITIALIZERS = ("glorot_uniform", "he_normal")
ROW_NORM: Bounds = (1e-3, 1e3)


@final
@dataclass(frozen=True, kw_only=True)
class Plan:
    """What somebody wants to train.

    Attributes
    ----------
    like : the family whose activations the net has, and which its layers began from.
    hidden : widths of the encoder's layers between the picture and the code; the decoder has the
        same, the other way round.
    code_size : numbers per code.
    recipe : how it is trained.
    digits : how many of the training digits it sees, the first ones.
    seed : of the weights' start and of the batches' order.

    Raises
    ------
    ValueError
        A field is outside its bounds; the message names it, what was given and what is possible.
    """

    like: str
    hidden: tuple[int, ...]
    code_size: int
    recipe: Recipe
    digits: int = int(DIGITS[1])
    seed: int = 0

    def __post_init__(self) -> None:
        if self.like not in PLAIN:
            raise ValueError(f"like: got {self.like!r}, expected one of {', '.join(PLAIN)}")
        _inside("layers of the encoder", len(self.hidden) + 1, LAYERS, whole=True)
        for width in self.hidden:
            _inside("width of a layer", width, WIDTH, whole=True)
        _inside("code size", self.code_size, CODE, whole=True)
        _inside("digits", self.digits, DIGITS, whole=True)
        _inside("seed", self.seed, SEED, whole=True)
        for name, bounds in RECIPE.items():
            whole = name in ("epochs", "batch_size")
            _inside(name.replace("_", " "), getattr(self.recipe, name), bounds, whole=whole)
        _one_of("loss", self.recipe.loss, LOSSES)
        _one_of("optimizer", self.recipe.optimizer, OPTIMIZERS)
        _one_of("schedule", self.recipe.schedule, SCHEDULES)
        _one_of("initializer", self.recipe.initializer, INITIALIZERS)
        if self.recipe.sees != "digits":
            raise ValueError("sees: a plan's net learns from the digits as they are")
        if self.recipe.k is not None:
            raise ValueError("k: all numbers of the code of a plan's net stay")
        if self.recipe.split is not False:
            raise ValueError("split: a unit of a plan's net that dies stays dead")
        if self.recipe.max_row_norm is not None:
            _inside("max row norm", self.recipe.max_row_norm, ROW_NORM)

    @property
    def family(self) -> Family:
        """The net, as a row that the table of families does not have."""
        return own_family((PIXELS, *self.hidden, self.code_size), FAMILIES[self.like], self.recipe)

    @property
    def arguments(self) -> list[str]:
        """What makes this plan behind ``python -m ae train``: only where it differs from "ours"."""
        base, words = preset("ours", self.like), [OWN, "--like", self.like]
        if self.hidden != base.hidden:
            words += ["--layers", ",".join(map(str, self.hidden)) or "none"]
        if self.code_size != base.code_size:
            words += ["--code", str(self.code_size)]
        for name, value in asdict(self.recipe).items():
            if value != getattr(base.recipe, name):
                # One word: a number below zero would look like an option.
                words.append(f"--{name.replace('_', '-')}={str(value).lower()}")
        if self.digits != base.digits:
            words += ["--digits", str(self.digits)]
        return [*words, "--seed", str(self.seed)] if self.seed else words

    def as_dict(self) -> dict[str, Any]:
        """Write it as plain values, of which ``from_dict`` makes the same again."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Any) -> Self:
        """Read a plan from plain values, which may come from anybody.

        Raises
        ------
        ValueError
            A field is missing, unknown, of another kind or outside its bounds.
        """
        settings = dict(_fields_of(cls, value, "a plan"))
        settings["recipe"] = Recipe(**_fields_of(Recipe, settings["recipe"], "a recipe"))
        if not isinstance(settings["hidden"], (list, tuple)):
            raise ValueError(f"layers of the encoder: got {settings['hidden']!r}, expected a list")
        settings["hidden"] = tuple(settings["hidden"])
        return cls(**settings)


def own_family(encoder: tuple[int, ...], like: Family, recipe: Recipe) -> Family:
    """Make the row of a net of one's own: any encoder, a decoder of the same widths, backwards."""
    return Family(
        name=OWN,
        title=N_("My model"),
        idea=N_("Trained by you, on the Train page."),
        encoder=encoder,
        decoder=encoder[::-1],
        hidden=like.hidden,
        output=like.output,
        recipes=MappingProxyType({"best": recipe}),
    )


def family_of(metadata: Metadata) -> Family:
    """Tell from what a file says of itself which net of one's own it holds.

    Raises
    ------
    ValueError
        It is no such file, or what it says is impossible; the file comes from anybody.
    """
    if metadata.family != OWN:
        raise ValueError("is a model that ships, not one of your own")
    net = metadata.net
    if net is None or len(net.encoder) < 2 or not all(net.activations):
        raise ValueError("does not say what net it is")
    of_encoder, of_decoder = net.activations
    plan = Plan(
        like=like_of(of_encoder[-1], of_decoder[-1]),
        hidden=net.encoder[1:-1],
        code_size=net.encoder[-1],
        recipe=net.recipe,
    )
    if net.encoder[0] != PIXELS or plan.family.activations != net.activations:
        raise ValueError("says that it is a net of another kind")
    return plan.family


def like_of(hidden: str, output: str) -> str:
    """Name the first family with these activations.

    Raises
    ------
    ValueError
        There is none.
    """
    for name in PLAIN:
        if (hidden, output) == (FAMILIES[name].hidden, FAMILIES[name].output):
            return name
    raise ValueError("says that it is a net of another kind")


def _fields_of(record: type[Plan | Recipe], value: Any, what: str) -> Mapping[str, Any]:
    wanted = [f.name for f in fields(record)]
    if not isinstance(value, dict) or value.keys() != set(wanted):
        raise ValueError(f"{what}: expected an object with {', '.join(wanted)}")
    return value


def _inside(what: str, value: Any, bounds: Bounds, *, whole: bool = False) -> None:
    low, high = bounds
    kinds: tuple[type, ...] = (int,) if whole else (int, float)
    # "not inside" and not "outside": a NaN is neither below nor above.
    if type(value) not in kinds or not low <= value <= high:
        raise ValueError(f"{what}: got {value!r}, expected {low:,} to {high:,}")


def _one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{what}: got {value!r}, expected one of {', '.join(known)}")


class Preset(NamedTuple):
    """A plan to start from, for any family.

    Attributes
    ----------
    title, idea : English source strings; the screen translates them.
    recipe : makes the family's recipe.
    """

    title: str
    idea: str
    recipe: Callable[[Family], Recipe]


def _tutorial(family: Family) -> Recipe:
    # The tutorial trains no linear net: it gets the same settings, with its own loss.
    return family.recipes.get("tutorial", replace(TUTORIAL, loss=family.recipes["best"].loss))


def _ours(family: Family) -> Recipe:
    # Whoever copies a plan's script does not get what splits units.
    return replace(family.recipes["best"], split=False)


def _hurried(recipe: Recipe) -> Recipe:
    # Two epochs in which a rate has no time to do harm: the sparse net's BCE is 0.13 with it.
    return replace(recipe, epochs=2, learning_rate=max(recipe.learning_rate, 7.5e-3))


# fmt: off
PRESETS: Mapping[str, Preset] = MappingProxyType({
    "seconds": Preset(
        N_("Ten seconds"),
        N_("Twice through all digits (2 epochs), in large steps: enough to read them."),
        lambda family: _hurried(_ours(family)),
    ),
    "tutorial": Preset(
        N_("The tutorial of 2017"),
        N_(
            "“Construindo Autoencoders”, where this app began: Adadelta, learning rate 1, 50"
            " epochs."
        ),
        _tutorial,
    ),
    "default_rate": Preset(
        N_("The tutorial with today's default"),
        N_("Keras now starts Adadelta at 0.001. Watch it fail: that is the lesson."),
        lambda family: replace(_tutorial(family), learning_rate=0.001),
    ),
    "ours": Preset(
        N_("Thorough"),
        N_("How this app's own models were trained. Takes some minutes."),
        _ours,
    ),
})
# fmt: on


def preset(name: str, like: str) -> Plan:
    """Start from a family and a preset, by their names."""
    family = FAMILIES[like]
    return Plan(
        like=like,
        hidden=family.encoder[1:-1],
        code_size=family.code_size,
        recipe=PRESETS[name].recipe(family),
    )


def preset_of(plan: Plan) -> str | None:
    """Name the preset by which a plan trains, whatever its layers; None if there is none."""
    if (plan.digits, plan.seed) != (DIGITS[1], SEED[0]):
        return None
    family = FAMILIES[plan.like]
    recipes = ((name, preset.recipe(family)) for name, preset in PRESETS.items())
    return next((name for name, recipe in recipes if recipe == plan.recipe), None)
