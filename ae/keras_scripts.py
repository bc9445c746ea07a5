"""A plan as code that somebody can copy: a short Keras script, in Python and in R.

Both do what ``ae.training`` does with the plan, and leave out what is Keras's default. Comments are
only where the lesson is. The text is code, not screen text: it is English in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class _Syntax:
    """How a language writes what both scripts say; ``str.format`` fills in what is in braces.

    Attributes
    ----------
    cosine_library, library, start : all up to the digits.
    seeds : how many there are, from 0. some : picks the first of the training digits.
    half, layer, more_layers, last_layer, end_of_half : around the layers of a half.
    autoencoder, cancel, go_on, schedule, compile, fit, end : the rest, in the script's order.
    argument : by name. units : the first of a layer's.
    constant, l1, row_norm : makes an initializer, a penalty, a bound, of its number.
    optimizer, pair : makes an optimizer; holds two things.
    indent, last_comma : of arguments that have a line each, and behind the last of them.
    """

    cosine_library: str
    library: str
    start: str
    seeds: int
    some: str
    half: str
    layer: str
    more_layers: str
    last_layer: str
    end_of_half: str
    autoencoder: str
    cancel: str
    go_on: str
    schedule: str
    compile: str
    fit: str
    end: str
    argument: str
    units: str
    constant: Callable[[float], str]
    l1: Callable[[float], str]
    row_norm: Callable[[float], str]
    optimizer: str
    pair: str
    indent: str
    last_comma: str


def keras_python(plan: Plan, start: str | None = None) -> str:
    """Write a plan as a script for Keras 3.

    Parameters
    ----------
    start : name of a .keras file of such a net, from whose weights it goes on.

    Returns
    -------
    A whole script, its lines ``WIDTH`` characters at most. It trains ``autoencoder``, whose halves
    are ``encoder`` and ``decoder``, and ends with ``codes`` (10, code_size) and ``pictures``
    (10, 784) of the first ten test digits. On the same machine it gives the weights that
    ``ae.training.fit`` gives.
    """
    return _script(plan, start, _PYTHON)


def keras_r(plan: Plan, start: str | None = None) -> str:
    """Write a plan as a script for R, in the tutorial's dialect: pipes and the functional API.

    Parameters
    ----------
    start : as in ``keras_python``.

    Names and arguments are those of the reference of R's ``keras3`` (https://keras3.posit.co).

    Returns
    -------
    A whole script, its lines ``WIDTH`` characters at most, with the names that ``keras_python``
    has.
    """
    return _script(plan, start, _R)


def _script(plan: Plan, start: str | None, say: _Syntax) -> str:
    recipe = plan.recipe
    cosine = recipe.schedule == "cosine"
    script = (say.cosine_library if cosine else "") + say.library
    script += say.start.format(
        seed=plan.seed % say.seeds,
        digits=plan.digits,
        some="" if plan.digits == DIGITS[1] else say.some.format(digits=plan.digits),
        pixels=PIXELS,
    )
    depth = 0
    for half, widths, activations in _halves(plan):
        script += say.half.format(half=half, inputs=widths[0])
        for i, (units, activation) in enumerate(zip(widths[1:], activations, strict=True), 1):
            arguments = [_Argument(say.units.format(units=units))]
            if activation != "linear":
                arguments.append(_named(say, "activation", f'"{activation}"'))
            arguments += _options(plan, depth, say)
            closing = say.more_layers if i < len(activations) else say.last_layer
            script += _call(say, say.layer, arguments, closing)
            depth += 1
        script += say.end_of_half.format(half=half)
    script += say.autoencoder
    if recipe.code_bias and plan.hidden:
        script += say.cancel.format(bias=repr(recipe.code_bias))
    if start is not None:
        script += say.go_on.format(file=start)
    if cosine:
        script += say.schedule.format(
            epochs=recipe.epochs, batch_size=recipe.batch_size, rate=repr(recipe.learning_rate)
        )
    optimizer = say.optimizer.format(
        name=recipe.optimizer,
        keras_class=OPTIMIZER_CLASSES[recipe.optimizer],
        rate="schedule" if cosine else repr(recipe.learning_rate),
    )
    compile_arguments = [
        _named(say, "optimizer", optimizer, _why_this_rate(plan)),
        _named(say, "loss", f'"{recipe.loss}"'),
    ]
    fit_arguments = [
        _Argument("x_train, x_train"),
        _named(say, "epochs", "epochs" if cosine else str(recipe.epochs)),
        _named(say, "batch_size", "batch_size" if cosine else str(recipe.batch_size)),
        _named(say, "validation_data", say.pair.format("x_test, x_test")),
    ]
    script += _call(say, say.compile, compile_arguments, ")")
    script += _call(say, say.fit, fit_arguments, ")")
    return script + say.end.format(code_size=plan.code_size, pixels=PIXELS)


def _halves(plan: Plan) -> list[tuple[str, tuple[int, ...], tuple[Activation, ...]]]:
    """Of encoder and decoder: name, widths with the input's first, activations."""
    family = plan.family
    of_encoder, of_decoder = family.activations
    return [("encoder", family.encoder, of_encoder), ("decoder", family.decoder, of_decoder)]


def _options(plan: Plan, depth: int, say: _Syntax) -> list[_Argument]:
    """What layer ``depth`` gets beside its width and activation, as in ``ae.training.nets``."""
    recipe = plan.recipe
    code, last = len(plan.hidden), 2 * len(plan.hidden) + 1
    options: list[_Argument] = []
    if depth != last and recipe.initializer != "glorot_uniform":
        options.append(_named(say, "kernel_initializer", f'"{recipe.initializer}"'))
    if depth == code and recipe.code_bias:
        saved = recipe.code_bias > 0 and plan.family.hidden == "relu"
        bias = say.constant(recipe.code_bias)
        options.append(_named(say, "bias_initializer", bias, _DEAD if saved else ()))
    if depth == code and recipe.l1:
        options.append(_named(say, "activity_regularizer", say.l1(recipe.l1), _PRICE))
    if depth == code + 1 and recipe.max_row_norm is not None:
        bound = say.row_norm(recipe.max_row_norm)
        why = _ESCAPE if recipe.l1 else _PICTURE
        options.append(_named(say, "kernel_constraint", bound, why))
    return options


def _why_this_rate(plan: Plan) -> tuple[str, ...]:
    if plan.recipe.optimizer != "adadelta":
        return ()
    return _RATE_OF_TODAY if plan.recipe.learning_rate <= 0.001 else _RATE_OF_2017


def _named(say: _Syntax, name: str, value: str, why: tuple[str, ...] = ()) -> _Argument:
    return _Argument(say.argument.format(name=name, value=value), why)


def _call(say: _Syntax, opening: str, arguments: Sequence[_Argument], closing: str) -> str:
    """Write a call in one line, or in several if it is too long or has something to explain.

    Parameters
    ----------
    opening, closing : around the arguments; ``opening`` has the margin.
    """
    line = opening + ", ".join(argument.text for argument in arguments) + closing
    if len(line) <= WIDTH and not any(argument.why for argument in arguments):
        return line + "\n"
    margin = opening[: len(opening) - len(opening.lstrip())]
    lines = [opening]
    for i, argument in enumerate(arguments):
        lines += [f"{margin}{say.indent}# {why}" for why in argument.why]
        comma = "," if i < len(arguments) - 1 else say.last_comma
        lines.append(f"{margin}{say.indent}{argument.text}{comma}")
    return "\n".join([*lines, margin + closing]) + "\n"


# What both languages say


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


# How each says it


_PYTHON = _Syntax(
    cosine_library="import math\n\n",
    library="import keras\n\n",
    start="""\
keras.utils.set_random_seed({seed})

(x_train, _), (x_test, _) = keras.datasets.mnist.load_data()
x_train = x_train{some}.reshape(-1, {pixels}).astype("float32") / 255
x_test = x_test.reshape(-1, {pixels}).astype("float32") / 255

""",
    seeds=2**32,
    some="[:{digits}]",
    half="""\
{half} = keras.Sequential([
    keras.Input(({inputs},)),
""",
    layer="    keras.layers.Dense(",
    more_layers="),",
    last_layer="),",
    end_of_half="])\n",
    autoencoder="""\
autoencoder = keras.Sequential([encoder, decoder])

""",
    cancel="""\
# What the code's biases add, the decoder takes away at first: else they
# decide which of its units are born dead.
first = decoder.layers[0]
first.bias.assign(-{bias} * keras.ops.sum(first.kernel, axis=0))

""",
    go_on="""\
trained = keras.models.load_model("{file}")
autoencoder.set_weights(trained.get_weights())

""",
    schedule="""\
epochs, batch_size = {epochs}, {batch_size}
steps = math.ceil(len(x_train) / batch_size)  # in each epoch
# One epoch up to the full rate, then along a cosine down to zero.
schedule = keras.optimizers.schedules.CosineDecay(
    initial_learning_rate=0.0,
    warmup_target={rate},
    warmup_steps=steps,
    decay_steps=steps * max(epochs - 1, 1),
)
""",
    compile="autoencoder.compile(",
    fit="autoencoder.fit(",
    end="""
codes = encoder.predict(x_test[:10])  # (10, {code_size})
pictures = decoder.predict(codes)  # (10, {pixels})
""",
    argument="{name}={value}",
    units="{units}",
    constant=lambda value: f"keras.initializers.Constant({value!r})",
    l1=lambda weight: f"keras.regularizers.L1({weight!r})",
    row_norm=lambda norm: f"keras.constraints.MaxNorm({norm!r}, axis=1)",
    optimizer="keras.optimizers.{keras_class}(learning_rate={rate})",
    pair="({})",
    indent="    ",
    last_comma=",",
)


def _r_bound(norm: float) -> str:
    """Write the bound of a row for R, which counts axes from 1."""
    if float(norm).is_integer():
        return f"constraint_maxnorm({int(norm)}, axis = 2)"
    # That one cuts its value to an integer, 0.7 to 0; this one, from 0 to the bound, does not.
    return f"constraint_minmaxnorm(0, {norm!r}, axis = 2)"


_R = _Syntax(
    cosine_library="",
    library="library(keras3)\n\n",
    start="""\
set_random_seed({seed})

mnist <- dataset_mnist()
x_train <- array_reshape(mnist$train$x{some}, c({digits}, {pixels})) / 255
x_test <- array_reshape(mnist$test$x, c(10000, {pixels})) / 255

""",
    seeds=2**31,  # R's integers end there, a plan's seeds at 2^32 - 1
    some="[1:{digits}, , ]",
    half="""\
{half}_input <- layer_input(shape = c({inputs}))
{half}_output <- {half}_input %>%
""",
    layer="  layer_dense(",
    more_layers=") %>%",
    last_layer=")",
    end_of_half="{half} <- keras_model({half}_input, {half}_output)\n\n",
    autoencoder="""\
autoencoder <- keras_model(encoder_input, decoder(encoder(encoder_input)))

""",
    cancel="""\
# What the code's biases add, the decoder takes away at first: else they
# decide which of its units are born dead.
first <- get_layer(decoder, index = 2)
first$bias$assign(-{bias} * op_sum(first$kernel, axis = 1))

""",
    go_on="""\
trained <- load_model("{file}")
autoencoder %>% set_weights(get_weights(trained))

""",
    schedule="""\
epochs <- {epochs}
batch_size <- {batch_size}
steps <- ceiling(nrow(x_train) / batch_size)  # in each epoch
# One epoch up to the full rate, then along a cosine down to zero.
schedule <- learning_rate_schedule_cosine_decay(
  initial_learning_rate = 0.0,
  warmup_target = {rate},
  warmup_steps = steps,
  decay_steps = steps * max(epochs - 1, 1)
)
""",
    compile="autoencoder %>% compile(",
    fit="autoencoder %>% fit(",
    end="""
codes <- encoder %>% predict(x_test[1:10, ])  # (10, {code_size})
pictures <- decoder %>% predict(codes)  # (10, {pixels})
""",
    argument="{name} = {value}",
    units="units = {units}",
    constant=lambda value: f"initializer_constant({value!r})",
    l1=lambda weight: f"regularizer_l1({weight!r})",
    row_norm=_r_bound,
    optimizer="optimizer_{name}(learning_rate = {rate})",
    pair="list({})",
    indent="  ",
    last_comma="",
)
