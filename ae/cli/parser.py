"""What ``python -m ae`` understands: its commands, their options, and the help that it gives."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NoReturn

from ae import atlas, checked, claims, facts, plans, simulations, weights
from ae.cli import files
from ae.compression import MAX_BITS, measured
from ae.compression.container import SUFFIX
from ae.families import FAMILIES, Recipe
from ae.images import PICTURES
from ae.plans import OWN, Plan
from ae.sweeps import SETTINGS
from ae.training.sweep import MANY

_INTRO = """\
Autoencoders on MNIST: squeeze a digit of 28x28 pixels through 32 numbers, and draw it again."""

_EXAMPLES = """\
examples:
  python -m ae encode 7.png                       the 32 numbers of a picture, as CSV
  python -m ae encode 7.png | python -m ae decode - -o 7-again.png
  python -m ae reconstruct digits.npy -o digits.png --model deep
  python -m ae compress digits.npy -o digits.gargalo --model deep --bits 5
  python -m ae decompress digits.gargalo -o again.png
  python -m ae evaluate                           errors of all models on MNIST's test digits
  python -m ae train deep --epochs 20 --out /tmp/weights
  python -m ae train mine --like deep --code 2 --preset seconds --out /tmp/weights
  python -m ae encode 7.png --model /tmp/weights/mine.safetensors
  python -m ae sweep shallow --epochs 20          error bars, from five seeds
  python -m ae export deep --to deep.keras        the same net for Keras
  python -m ae simulate half_circle --seed 3      made data, through one number
  python -m ae claims                             what the tutorial says, and what is true of it

exit codes:
  0    done
  2    bad input or usage, or no place for the output; standard error says what
  130  interrupted with Ctrl-C

`python -m ae COMMAND --help` tells more about each command."""

_DIGITS = f"""\
INPUT is a picture of one digit ({", ".join(PICTURES)}), an array of digits
(.npy, .npz, MNIST's own .idx or -ubyte) of shape (n, 28, 28), (n, 784), (28, 28) or
(784,), or text with 784 numbers in a line (.csv, .tsv, .txt); .gz around them is unpacked.
Ink is 1: floats in [0, 1], or whole numbers from 0 to 255, which are divided by 255.
A picture is brought into MNIST's normal form first; arrays are taken as they are.
Of an .npz with several arrays, FILE.npz:NAME is the one called NAME. Labels and row numbers
are left out where there is no doubt; standard error says what was assumed."""

_CODES = """\
INPUT is an array of codes of shape (n, 32) or (32,), or text with a code in each line,
as `encode` writes them (.npy, .npz, .csv); other kinds are those that `encode` reads.
Of an .npz with several arrays, FILE.npz:NAME is the one called NAME. Decode with the
model that encoded: the files do not say which it was."""

_PIPES = """\
`-` is standard input. Without -o, the result goes to standard output as CSV with one
header line, which the other commands read back."""

_COMPRESSION = """\
The numbers of each code are rounded to --bits bits at most, and a range coder writes them in
fewer. The code is not the encoder's guess but the one found to cost little and to look like
the digit; --fast takes the guess. The file says which model it was; whoever decompresses it
needs the same one, with the same priors.safetensors. --bits 5 takes about 12 bytes a digit."""

_DECOMPRESSION = """\
INPUT is a .gargalo file that `compress` wrote, or - for standard input. The model is found by
what the file says; of a model of your own, give the file again. The digits are the same to
the last bit as what the model's decoder draws of the codes that were written.

Without -o, the result goes to standard output as CSV."""

_TRAINING = """\
Trains on MNIST's 60,000 training digits, measures on its 10,000 test digits, and writes
NAME.safetensors (with --recipe tutorial: tutorial/NAME.safetensors) and SHA256SUMS.
Without --data, MNIST comes from $AE_MNIST, else from Keras's cache, else from the network.
PCA is fitted in one step and has no recipe: with `all` it comes with the best one.

`mine` is a net of your own: --like a family, by a preset's recipe, with what the options below
change of it. Its file is there from the first second and replaced as it learns. Give --out.

--events - writes one line of JSON for each event to standard output, for programs
(ae/events.py lists them)."""

_SWEEP = f"""\
Trains one net from seeds 0 to N-1, and tells how far the errors differ: mean ± sample standard
deviation. With --vary, it does so for each value of a recipe's setting, and for all combinations
where there are several: --vary learning_rate=1e-3,3e-3 --vary batch_size=128,256. The settings are
{", ".join(SETTINGS[: len(SETTINGS) // 2])},
{", ".join(SETTINGS[len(SETTINGS) // 2 :])}.

Without --vary nothing is chosen: the nets learn from all of MNIST's training digits and are
measured on its test digits. With --vary they learn from the first 55,000 training digits and are
measured on the last 5,000, for whoever chooses by the test digits has none left to measure on.

Each net that is done is a folder of its own in --out, named by the hash of its settings, with its
weights, which --folder of other commands takes. The same command goes on after an interruption; a
larger one trains only what is new; what is damaged is trained again. A net whose loss is no longer
a number is told of, and left out of the means.

With --dask, the trainings run on the workers of a Dask scheduler (`dask scheduler`, then on each
machine `dask worker ADDRESS --nthreads 1`), where this package is installed with the extras train
and cluster. The digits are sent to each worker once (55 MB), and the weights come back as bytes
whose SHA-256 is compared: no file system is shared, and no worker looks for MNIST. The training of
a worker that is lost starts again on another."""

_EVALUATION = """\
Measures every weights file on MNIST's 10,000 test digits, between a perfect copy (no
model can have a smaller BCE on grey pixels) and the mean digit (which knows nothing).
With --facts, it also measures what the Compare page shows of all 10,000 digits (PCA with 1
to 128 components, the models' codes, the angles between decoders and PCA) and writes
facts.safetensors, from which the page then works without the data. With --atlas, it places
5,000 of them on maps, measures what the Explore page says of the codes, and writes
atlas.safetensors, from the weights and facts.safetensors; this needs umap-learn, which
requirements-atlas.txt has. With --compression, it compresses the test digits with every
model and number of bits, and as picture files, and writes priors.safetensors, where it lacks
one, and compression.safetensors."""

_EXPORT = """\
Writes the autoencoder as a Keras model, which Keras loads without this project."""

_SIMULATION = """\
Makes points around a curve or a sheet, squeezes them to one number each, or to two, and prints how
far their reconstructions miss them: by PCA, by a linear autoencoder, and by a curved one, whose
hidden layers bend by tanh. Both nets are trained here, from weights that --seed rolls.

With --seeds N, the curved one is trained from starts 0 to N-1, and the share that converges is
printed. A start converges if its error ends below twice that of the best one."""


_CLAIMS = """\
The tutorial is "Construindo Autoencoders" (2017), from which this grew. Each of its claims is
printed with what was measured of it, and with the command that measures it again. The numbers
come from the files that ship, or are computed from them now; neither MNIST nor TensorFlow is
needed."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message} (see {self.prog} --help)")


def build_parser() -> argparse.ArgumentParser:
    """Build the parser; the name of the command is in ``command``.

    It raises ``ValueError`` for what it does not understand, instead of ending the process.
    """
    whole = _Parser(
        prog="python -m ae",
        description=_INTRO,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = whole.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", required=True
    )

    def add(name: str, summary: str, *more: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=summary,
            description="\n\n".join([summary, *more]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    _train(add("train", "Train a model, or all of them.", _TRAINING))
    _sweep(add("sweep", "Train a model from many seeds, or with many settings.", _SWEEP))
    _evaluate(add("evaluate", "Measure the models' errors on MNIST.", _EVALUATION))
    encode = add("encode", "Squeeze digits: pictures or arrays to codes.", _DIGITS, _PIPES)
    decode = add("decode", "Draw the digits of codes.", _CODES, _PIPES)
    reconstruct = add("reconstruct", "Encode and decode: digits to digits.", _DIGITS, _PIPES)
    _transform(encode, takes_pictures=True, gives_pictures=False)
    _transform(decode, takes_pictures=False, gives_pictures=True)
    _transform(reconstruct, takes_pictures=True, gives_pictures=True)
    _compress(add("compress", "Squeeze digits into few bytes.", _COMPRESSION, _DIGITS))
    _decompress(add("decompress", "Draw the digits of a compressed file.", _DECOMPRESSION))
    _export(add("export", "Write a model as a .keras file.", _EXPORT))
    _simulate(add("simulate", "Squeeze made data of two or three dimensions.", _SIMULATION))
    _claims(add("claims", "Tell what holds of what the tutorial says.", _CLAIMS))
    return whole


def plan_of(arguments: argparse.Namespace) -> Plan:
    """Make the plan that the options of ``train mine`` say, starting from a preset.

    Raises
    ------
    ValueError
        An option is outside its bounds.
    """
    base = plans.preset(arguments.preset, arguments.like)
    given = vars(arguments)  # an option that was left out is not there
    net = {name: given[name] for name in ("hidden", "code_size", "digits") if name in given}
    recipe = {f.name: given[f.name] for f in fields(Recipe) if f.name in given}
    return replace(base, recipe=replace(base.recipe, **recipe), seed=arguments.seed, **net)


def _train(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "name",
        metavar="NAME",
        choices=(*weights.MODELS, OWN, "all"),
        help=_names(OWN, "all"),
    )
    _add_data(command)
    _add_recipe(command)
    command.add_argument(
        "--epochs", type=_whole(1), default=argparse.SUPPRESS, help="instead of the recipe's"
    )
    command.add_argument("--seed", type=_whole(0, 2**32 - 1), default=0, help="default: 0")
    command.add_argument(
        "--out",
        type=_folder,
        default=checked.FOLDER,
        required=checked.INSTALLED,  # or the package itself would be written to
        metavar="FOLDER",
        help="gets the files (in a copy of the repository, its weights by default)",
    )
    command.add_argument("--events", choices=[files.PIPE], help="say what happens as lines of JSON")
    _add_plan(command.add_argument_group(f"options of {OWN}"))


def _add_plan(group: argparse._ArgumentGroup) -> None:
    """Add what changes a plan; where an option is left out, the preset's recipe stands."""

    def add(option: str, **more: Any) -> None:
        group.add_argument(option, default=argparse.SUPPRESS, **more)

    group.add_argument("--like", choices=plans.PLAIN, default=plans.PLAIN[0])
    group.add_argument("--preset", choices=plans.PRESETS, default="ours")
    add(
        "--layers",
        dest="hidden",
        type=_widths,
        metavar="128,64",
        help="of the encoder, between picture and code; or none",
    )
    add("--code", dest="code_size", type=int, metavar="SIZE", help="numbers per code")
    add("--digits", type=int, help="how many of the training digits")
    group.add_argument(
        "--start", metavar="FILE", help="go on from this .safetensors file's weights"
    )
    group.add_argument(
        "--or-samples", action="store_true", help="learn from varied samples if MNIST cannot be had"
    )
    add("--loss", choices=plans.LOSSES)
    add("--optimizer", choices=plans.OPTIMIZERS)
    add("--learning-rate", type=_number)
    add("--schedule", choices=plans.SCHEDULES)
    add("--initializer")
    add("--code-bias", type=_number)
    add("--batch-size", type=int)
    add("--l1", type=_number)
    add("--max-row-norm", type=_number_or_none, help="or none")


def _sweep(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", metavar="NAME", choices=FAMILIES, help=_one_of((*FAMILIES,)))
    _add_data(command)
    _add_recipe(command)
    command.add_argument(
        "--seeds", type=_whole(1, 1000), default=5, metavar="N", help="how many (default: 5)"
    )
    command.add_argument("--epochs", type=_whole(1), help="instead of the recipe's")
    command.add_argument(
        "--vary",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=A,B",
        help="a setting and its values; may be given again",
    )
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs",
        type=_whole(1, 1000),
        metavar="N",
        help="so many trainings at once, which share the cores; each takes up to 2 GB "
        f"(default: one for each core, at most {MANY})",
    )
    where.add_argument("--dask", metavar="ADDRESS", help="a scheduler's: tcp://10.0.0.1:8786")
    command.add_argument(
        "--out",
        type=_folder,
        default=Path("sweeps"),
        metavar="FOLDER",
        help="keeps what is done (default: %(default)s)",
    )
    command.add_argument(
        "--csv", metavar="FILE", help="also a row for each net; - writes it in the table's place"
    )


def _evaluate(command: argparse.ArgumentParser) -> None:
    _add_data(command)
    _add_folder(command)
    command.add_argument("--json", action="store_true", help="for programs, figures in full")
    command.add_argument("--write", action="store_true", help="also write the folder's README.md")
    for option, file in (
        ("--facts", facts.FILE),
        ("--atlas", atlas.FILE),
        ("--compression", measured.FILE),
    ):
        command.add_argument(option, action="store_true", help=f"also write the folder's {file}")


def _transform(
    command: argparse.ArgumentParser, *, takes_pictures: bool, gives_pictures: bool
) -> None:
    _add_input(command)
    _add_output(command, gives_pictures=gives_pictures)
    _add_model(command)
    _add_recipe(command)
    _add_folder(command)
    if takes_pictures:
        _add_raw(command)


def _compress(command: argparse.ArgumentParser) -> None:
    _add_input(command)
    command.add_argument(
        "-o", "--output", metavar=f"FILE{SUFFIX}", required=True, help=f"a {SUFFIX} file"
    )
    _add_model(command)
    command.add_argument(
        "--bits",
        type=_whole(1, MAX_BITS),
        default=5,
        metavar="BITS",
        help=f"of each number, 1 to {MAX_BITS} (default: 5)",
    )
    command.add_argument("--fast", action="store_true", help="merely round the encoder's codes")
    _add_recipe(command)
    _add_folder(command)
    _add_raw(command)


def _decompress(command: argparse.ArgumentParser) -> None:
    _add_input(command)
    _add_output(command, gives_pictures=True)
    command.add_argument(
        "--model",
        metavar="NAME",
        type=_model_name,
        help="instead of the one that the file names; a .safetensors file if it is your own",
    )
    _add_folder(command)


def _export(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "name",
        metavar="NAME",
        type=_model_name,
        help=f"{_names()}, or a .safetensors file of your own",
    )
    command.add_argument("--to", required=True, type=Path, metavar="MODEL.keras")
    _add_recipe(command)
    _add_folder(command)


def _simulate(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "name",
        metavar="NAME",
        choices=simulations.SIMULATIONS,
        help=_one_of((*simulations.SIMULATIONS,)),
    )
    starts = command.add_mutually_exclusive_group()
    starts.add_argument(
        "--seed", type=_whole(0, 2**32 - 1), default=0, help="of the start (default: 0)"
    )
    starts.add_argument("--seeds", type=_whole(1, 1000), metavar="N", help="try so many starts")
    command.add_argument(
        "--epochs",
        type=_whole(1),
        default=simulations.EPOCHS,
        help="of each training (default: %(default)s)",
    )
    command.add_argument(
        "--points",
        type=_whole(2, 10_000),
        default=simulations.POINTS,
        help="how many (default: %(default)s)",
    )
    command.add_argument(
        "--data-seed", type=_whole(0, 2**32 - 1), default=0, help="of the points (default: 0)"
    )
    command.add_argument("--json", action="store_true", help="for programs, figures in full")


def _claims(command: argparse.ArgumentParser) -> None:
    names = [claim.name for claim in claims.CLAIMS]
    command.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        choices=names,
        help=f"one of them: {_one_of(names)} (default: all)",
    )
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for programs, figures in full")
    form.add_argument("--markdown", action="store_true", help="all of them, as docs/claims.md")


# Options of several commands


def _add_input(command: argparse.ArgumentParser) -> None:
    command.add_argument("input", metavar="INPUT", help="a file, or - for standard input")


def _add_output(command: argparse.ArgumentParser, *, gives_pictures: bool) -> None:
    kinds = ", ".join((*files.ARRAYS, ".png") if gives_pictures else files.ARRAYS)
    rows = f"; a .png of many digits has {files.TILES} to a row" if gives_pictures else ""
    command.add_argument(
        "-o",
        "--output",
        metavar="OUTPUT",
        default=files.PIPE,
        help=f"a file ({kinds}){rows}",
    )


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        metavar="NAME",
        type=_model_name,
        default=weights.MODELS[0],
        help=f"{_names()}, or a .safetensors file of your own (default: {weights.MODELS[0]})",
    )


def _add_raw(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--raw",
        "--no-normalise",
        action="store_true",
        help="merely resize a picture: for one that is in MNIST's form already",
    )


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", metavar="MNIST.npz", help="the data set, in Keras's layout")


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--folder",
        type=Path,
        default=checked.FOLDER,
        help="where the weights are (default: those that ship)",
    )


def _add_recipe(command: argparse.ArgumentParser) -> None:
    # No default: PCA has no recipe, and whoever names one for it is told so.
    command.add_argument("--recipe", choices=weights.RECIPES, help="default: best")


# What stands behind an option


def _folder(text: str) -> Path:
    if text == files.PIPE:  # as elsewhere it is no file's name, it is none here
        raise argparse.ArgumentTypeError("weights go to a folder, not to standard output")
    return Path(text)


def _setting(text: str) -> tuple[str, list[str]]:
    name, equals, words = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=A,B")
    return name.replace("-", "_"), words.split(",")


def _widths(text: str) -> tuple[int, ...]:
    return () if text == "none" else tuple(map(int, text.split(",")))


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text} is not a finite number")
    return number


def _number_or_none(text: str) -> float | None:
    return None if text == "none" else _number(text)


def _whole(least: int, most: int = 1_000_000) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most}")
        return number

    whole_number.__name__ = "whole number"
    return whole_number


# argparse says "invalid number value: 'ten'".
_widths.__name__, _number.__name__, _number_or_none.__name__ = "widths", "number", "number"


def _model_name(text: str) -> str:
    if text in weights.MODELS or text.endswith(".safetensors"):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not {_names()}, nor a .safetensors file")


def _names(*more: str) -> str:
    return _one_of((*weights.MODELS, *more))


def _one_of(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
