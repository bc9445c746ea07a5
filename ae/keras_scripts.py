"""A plan as code that somebody can copy: a short Keras script, in Python and in R.

Both do what ``ae.training`` does with the plan, and leave out what is Keras's default. Comments are
only where the lesson is. The text is code, not screen text: it is English in every language.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ae.arrays import PIXELS
from ae.families import Activation
from ae.plans import DIGITS, OPTIMIZER_CLASSES, Plan

# The tutorial's R package is `keras`. Its successor `keras3` has the same pipes and names, but is
# the one for Keras 3, and the only one whose cosine schedule can warm up.

WIDTH = 79
"""Characters in the longest line, unless a number has more than 15 digits."""


class _Argument(NamedTuple):
    """Of a call: as it is written, and the lines of a comment above it."""

    text: str
    why: tuple[str, ...] = ()


class _Option(NamedTuple):
    """Of a layer: by Keras's name, which both languages share, with its value in each."""

    name: str
    python: str
    r: str
    why: tuple[str, ...] = ()


def keras_python(plan: Plan) -> str:
    """Write a plan as a script for Keras 3.

    Returns
    -------
    A whole script, its lines ``WIDTH`` characters at most. It trains ``autoencoder``, whose halves
    are ``encoder`` and ``decoder``, and ends with ``codes`` (10, code_size) and ``pictures``
    (10, 784) of the first ten test digits. On the same machine it gives the weights that
    ``training.fit`` gives.
    """
    recipe = plan.recipe
    cosine = recipe.schedule == "cosine"
    some = "" if plan.digits == DIGITS[1] else f"[:{plan.digits}]"
    rate = "schedule" if cosine else f"{recipe.learning_rate!r}"
    lines = [
        *(["import math", ""] if cosine else []),
        "import keras",
        "",
        f"keras.utils.set_random_seed({plan.seed})",
        "",
        "(x_train, _), (x_test, _) = keras.datasets.mnist.load_data()",
        f'x_train = x_train{some}.reshape(-1, {PIXELS}).astype("float32") / 255',
        f'x_test = x_test.reshape(-1, {PIXELS}).astype("float32") / 255',
        "",
    ]
    depth = 0
    for half, widths, activations in _halves(plan):
        lines += [f"{half} = keras.Sequential([", f"    keras.Input(({widths[0]},)),"]
        for units, activation in zip(widths[1:], activations, strict=True):
            arguments = [_Argument(str(units))]
            if activation != "linear":
                arguments.append(_Argument(f'activation="{activation}"'))
            arguments += [_Argument(f"{o.name}={o.python}", o.why) for o in _options(plan, depth)]
            lines += _python_call("    keras.layers.Dense(", arguments, "),")
            depth += 1
        lines.append("])")
    lines += ["autoencoder = keras.Sequential([encoder, decoder])", ""]
    if cosine:
        lines += [
            f"epochs, batch_size = {recipe.epochs}, {recipe.batch_size}",
            "steps = math.ceil(len(x_train) / batch_size)  # in each epoch",
            _COSINE,
            "schedule = keras.optimizers.schedules.CosineDecay(",
            "    initial_learning_rate=0.0,",
            f"    warmup_target={recipe.learning_rate!r},",
            "    warmup_steps=steps,",
            "    decay_steps=steps * max(epochs - 1, 1),",
            ")",
        ]
    optimizer = f"keras.optimizers.{OPTIMIZER_CLASSES[recipe.optimizer]}(learning_rate={rate})"
    lines += _python_call(
        "autoencoder.compile(",
        [
            _Argument(f"optimizer={optimizer}", _why_this_rate(plan)),
            _Argument(f'loss="{recipe.loss}"'),
        ],
        ")",
    )
    lines += _python_call(
        "autoencoder.fit(",
        [
            _Argument("x_train, x_train"),
            _Argument(f"epochs={'epochs' if cosine else recipe.epochs}"),
            _Argument(f"batch_size={'batch_size' if cosine else recipe.batch_size}"),
            _Argument("validation_data=(x_test, x_test)"),
        ],
        ")",
    )
    lines += [
        "",
        f"codes = encoder.predict(x_test[:10])  # (10, {plan.code_size})",
        f"pictures = decoder.predict(codes)  # (10, {PIXELS})",
    ]
    return "\n".join(lines) + "\n"


def keras_r(plan: Plan) -> str:
    """Write a plan as a script for R, in the tutorial's dialect: pipes and the functional API.

    Names and arguments are those of the reference of R's ``keras3`` (https://keras3.posit.co).

    Returns
    -------
    A whole script, its lines ``WIDTH`` characters at most, with the names that ``keras_python``
    has.
    """
    recipe = plan.recipe
    cosine = recipe.schedule == "cosine"
    some = "" if plan.digits == DIGITS[1] else f"[1:{plan.digits}, , ]"
    rate = "schedule" if cosine else f"{recipe.learning_rate!r}"
    lines = [
        "library(keras3)",
        "",
        # R's integers end at 2^31 - 1, a plan's seeds at 2^32 - 1.
        f"set_random_seed({plan.seed % 2**31})",
        "",
        "mnist <- dataset_mnist()",
        f"x_train <- array_reshape(mnist$train$x{some}, c({plan.digits}, {PIXELS})) / 255",
        f"x_test <- array_reshape(mnist$test$x, c(10000, {PIXELS})) / 255",
        "",
    ]
    depth = 0
    for half, widths, activations in _halves(plan):
        lines += [
            f"{half}_input <- layer_input(shape = c({widths[0]}))",
            f"{half}_output <- {half}_input %>%",
        ]
        for i, (units, activation) in enumerate(zip(widths[1:], activations, strict=True)):
            arguments = [_Argument(f"units = {units}")]
            if activation != "linear":
                arguments.append(_Argument(f'activation = "{activation}"'))
            arguments += [_Argument(f"{o.name} = {o.r}", o.why) for o in _options(plan, depth)]
            more = i < len(activations) - 1
            lines += _r_call("  layer_dense(", arguments, ") %>%" if more else ")")
            depth += 1
        lines += [f"{half} <- keras_model({half}_input, {half}_output)", ""]
    lines += ["autoencoder <- keras_model(encoder_input, decoder(encoder(encoder_input)))", ""]
    if cosine:
        lines += [
            f"epochs <- {recipe.epochs}",
            f"batch_size <- {recipe.batch_size}",
            "steps <- ceiling(nrow(x_train) / batch_size)  # in each epoch",
            _COSINE,
            "schedule <- learning_rate_schedule_cosine_decay(",
            "  initial_learning_rate = 0.0,",
            f"  warmup_target = {recipe.learning_rate!r},",
            "  warmup_steps = steps,",
            "  decay_steps = steps * max(epochs - 1, 1)",
            ")",
        ]
    lines += _r_call(
        "autoencoder %>% compile(",
        [
            _Argument(
                f"optimizer = optimizer_{recipe.optimizer}(learning_rate = {rate})",
                _why_this_rate(plan),
            ),
            _Argument(f'loss = "{recipe.loss}"'),
        ],
        ")",
    )
    lines += _r_call(
        "autoencoder %>% fit(",
        [
            _Argument("x_train, x_train"),
            _Argument(f"epochs = {'epochs' if cosine else recipe.epochs}"),
            _Argument(f"batch_size = {'batch_size' if cosine else recipe.batch_size}"),
            _Argument("validation_data = list(x_test, x_test)"),
        ],
        ")",
    )
    lines += [
        "",
        f"codes <- encoder %>% predict(x_test[1:10, ])  # (10, {plan.code_size})",
        f"pictures <- decoder %>% predict(codes)  # (10, {PIXELS})",
    ]
    return "\n".join(lines) + "\n"


# What both languages say


_COSINE = "# One epoch up to the full rate, then along a cosine down to zero."

_DEAD = ("Above zero, no unit begins its life dead.",)
_PRICE = ("Each number that is not zero has a price.",)
_PICTURE = ("A row is what one unit draws.",)
_ESCAPE = (
    "A row is what one unit draws. Without a bound the net escapes L1:",
    "it shrinks the code and scales the decoder up.",
)
_RATE_OF_2017 = ("Adadelta's default was 1.0 in 2017; today it is 0.001.",)
# families.py has the number: BCE 0.68 after 50 epochs.
_RATE_OF_TODAY = ("Adadelta's default was 1.0 in 2017; with today's 0.001 it hardly learns.",)


def _halves(plan: Plan) -> list[tuple[str, tuple[int, ...], tuple[Activation, ...]]]:
    """Of encoder and decoder: name, widths with the input's first, activations."""
    family = plan.family
    of_encoder, of_decoder = family.activations
    return [("encoder", family.encoder, of_encoder), ("decoder", family.decoder, of_decoder)]


def _options(plan: Plan, depth: int) -> list[_Option]:
    """What layer ``depth`` gets beside its width and activation, as in ``training.build``."""
    recipe = plan.recipe
    code, last = len(plan.hidden), 2 * len(plan.hidden) + 1
    found: list[_Option] = []
    if depth != last and recipe.initializer != "glorot_uniform":
        name = f'"{recipe.initializer}"'
        found.append(_Option("kernel_initializer", name, name))
    if depth == code and recipe.code_bias:
        python = f"keras.initializers.Constant({recipe.code_bias!r})"
        r = f"initializer_constant({recipe.code_bias!r})"
        saved = recipe.code_bias > 0 and plan.family.hidden == "relu"
        found.append(_Option("bias_initializer", python, r, _DEAD if saved else ()))
    if depth == code and recipe.l1:
        python, r = f"keras.regularizers.L1({recipe.l1!r})", f"regularizer_l1({recipe.l1!r})"
        found.append(_Option("activity_regularizer", python, r, _PRICE))
    if depth == code + 1 and recipe.max_row_norm is not None:
        python = f"keras.constraints.MaxNorm({recipe.max_row_norm!r}, axis=1)"
        why = _ESCAPE if recipe.l1 else _PICTURE
        found.append(_Option("kernel_constraint", python, _r_bound(recipe.max_row_norm), why))
    return found


def _r_bound(norm: float) -> str:
    """Write the bound of a row for R, which counts axes from 1."""
    if float(norm).is_integer():
        return f"constraint_maxnorm({int(norm)}, axis = 2)"
    # That one cuts its value to an integer, 0.7 to 0; this one, from 0 to the bound, does not.
    return f"constraint_minmaxnorm(0, {norm!r}, axis = 2)"


def _why_this_rate(plan: Plan) -> tuple[str, ...]:
    if plan.recipe.optimizer != "adadelta":
        return ()
    return _RATE_OF_TODAY if plan.recipe.learning_rate <= 0.001 else _RATE_OF_2017


def _python_call(opening: str, arguments: Sequence[_Argument], closing: str) -> list[str]:
    return _call(opening, arguments, closing, indent="    ", last=",")


def _r_call(opening: str, arguments: Sequence[_Argument], closing: str) -> list[str]:
    return _call(opening, arguments, closing, indent="  ", last="")


def _call(
    opening: str, arguments: Sequence[_Argument], closing: str, *, indent: str, last: str
) -> list[str]:
    """Write a call in one line, or in several if it is too long or has something to explain.

    Parameters
    ----------
    opening, closing : the lines around the arguments; ``opening`` has the margin.
    last : what stands behind the last argument before a line ends: R allows no comma there.
    """
    line = opening + ", ".join(argument.text for argument in arguments) + closing
    if len(line) <= WIDTH and not any(argument.why for argument in arguments):
        return [line]
    margin = opening[: len(opening) - len(opening.lstrip())]
    lines = [opening]
    for i, argument in enumerate(arguments):
        lines += [f"{margin}{indent}# {why}" for why in argument.why]
        comma = "," if i < len(arguments) - 1 else last
        lines.append(f"{margin}{indent}{argument.text}{comma}")
    return [*lines, margin + closing]
