"""The command line, ``python -m ae``: arguments, and commands of a few lines each."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, NoReturn

# TensorFlow is far away: ae.training imports it only in the functions that need it.
from ae import atlas, augmentation, events, facts, files, mnist, plans, report, training, weights
from ae.evaluation import Errors
from ae.families import FAMILIES, Recipe
from ae.model import Autoencoder
from ae.pca import PCA
from ae.plans import OWN, Plan

DONE, BAD_INPUT, INTERRUPTED = 0, 2, 130

_INTRO = """\
Autoencoders on MNIST: squeeze a digit of 28x28 pixels through 32 numbers, and draw it again."""

_EXAMPLES = """\
examples:
  python -m ae encode 7.png                       the 32 numbers of a picture, as CSV
  python -m ae encode 7.png | python -m ae decode - -o 7-again.png
  python -m ae reconstruct digits.npy -o digits.png --model deep
  python -m ae evaluate                           errors of all models on MNIST's test digits
  python -m ae train deep --epochs 20 --out /tmp/weights
  python -m ae train mine --like deep --code 2 --preset seconds --out /tmp/weights
  python -m ae encode 7.png --model /tmp/weights/mine.safetensors
  python -m ae export deep --to deep.keras        the same net for Keras

exit codes:
  0    done
  2    bad input or usage; standard error says what, in one sentence
  130  interrupted with Ctrl-C

`python -m ae COMMAND --help` tells more about each command."""

_DIGITS = f"""\
INPUT is a picture of one digit ({", ".join(files.PICTURES)}) or an array of digits
(.npy, .npz, .csv) of shape (n, 28, 28), (n, 784), (28, 28) or (784,), ink is 1:
floats in [0, 1], or whole numbers from 0 to 255 (uint8), which are divided by 255.
A picture is brought into MNIST's normal form first; arrays are taken as they are.
An .npz with several arrays must call the right one `digits`."""

_CODES = """\
INPUT is an array of codes (.npy, .npz, .csv) of shape (n, 32) or (32,), as `encode`
writes them. An .npz with several arrays must call the right one `codes`. Decode with
the model that encoded: the files do not say which it was."""

_PIPES = """\
`-` is standard input. Without -o, the result goes to standard output as CSV with one
header line, which the other commands read back."""

_TRAINING = """\
Trains on MNIST's 60,000 training digits, measures on its 10,000 test digits, and writes
NAME.safetensors (with --recipe tutorial: tutorial/NAME.safetensors) and SHA256SUMS.
Without --data, MNIST comes from $AE_MNIST, else from Keras's cache, else from the network.
PCA is fitted in one step and has no recipe: with `all` it comes with the best one.

`mine` is a net of your own: --like a family, by a preset's recipe, with what the options below
change of it. Its file is there from the first second and replaced as it learns. Give --out.

--events - writes one line of JSON for each event to standard output, for programs
(ae/events.py lists them). The name `-` does so too, once it has read its arguments, a line of
JSON, from standard input: Keras starts in the meantime. It ends when standard input does."""

_EVALUATION = """\
Measures every weights file on MNIST's 10,000 test digits, between a perfect copy (no
model can have a smaller BCE on grey pixels) and the mean digit (which knows nothing).
With --facts, it also measures what the Compare page shows of all 10,000 digits (PCA with 1
to 128 components, the models' codes, the angles between decoders and PCA) and writes
facts.safetensors, from which the page then works without the data. With --atlas, it places
5,000 of them on maps, measures what the Explore page says of the codes, and writes
atlas.safetensors, from the weights and facts.safetensors; this needs umap-learn, which
requirements-atlas.txt has."""

_EXPORT = """\
Writes the autoencoder as a Keras model, which Keras loads without this project."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : what stands after ``python -m ae``; the process's own if None.

    Returns
    -------
    The exit code: 0, 2 for bad input or usage, 130 for Ctrl-C.
    """
    try:
        arguments = _parser().parse_args(argv)
        arguments.command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has read enough. What is still in the buffer must not fail again at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt as interrupt:
        return _complain(str(interrupt) or "interrupted", INTERRUPTED)
    except OSError as fault:
        named = f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault)
        return _complain(named)
    except (ValueError, mnist.DataError, weights.WeightsError) as fault:
        return _complain(str(fault))
    except MemoryError:
        return _complain("there is not enough memory for this")
    return DONE


def _complain(sentence: str, code: int = BAD_INPUT) -> int:
    print(f"ae: {' '.join(sentence.split())}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    plain = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="python -m ae", description=_INTRO, epilog=_EXAMPLES, formatter_class=plain
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(
        name: str, command: Callable[[argparse.Namespace], None], summary: str, *more: str
    ) -> argparse.ArgumentParser:
        text = "\n\n".join([summary, *more])
        found = commands.add_parser(name, help=summary, description=text, formatter_class=plain)
        found.set_defaults(command=command)
        return found

    def add_data(to: argparse.ArgumentParser) -> None:
        to.add_argument("--data", metavar="MNIST.npz", help="the data set, in Keras's layout")

    def add_folder(to: argparse.ArgumentParser) -> None:
        to.add_argument(
            "--folder",
            type=Path,
            default=weights.FOLDER,
            help="where the weights are (default: the repository's)",
        )

    def add_recipe(to: argparse.ArgumentParser) -> None:
        to.add_argument("--recipe", choices=report.RECIPES, help="default: best")

    train = add("train", _train, "Train a model, or all of them.", _TRAINING)
    train.add_argument(
        "name",
        metavar="NAME",
        choices=(*weights.MODELS, OWN, "all", files.PIPE),
        help=f"{_names(OWN, 'all')}; or -",
    )
    add_data(train)
    add_recipe(train)
    train.add_argument("--epochs", type=_whole(1), help="instead of the recipe's")
    train.add_argument("--seed", type=_whole(0, 2**32 - 1), default=0, help="default: 0")
    train.add_argument(
        "--out",
        type=Path,
        default=weights.FOLDER,
        metavar="FOLDER",
        help="gets the files (default: the repository's weights)",
    )
    train.add_argument("--events", choices=[files.PIPE], help="say what happens as lines of JSON")
    _add_plan(train.add_argument_group(f"options of {OWN}"))

    evaluate = add("evaluate", _evaluate, "Measure the models' errors on MNIST.", _EVALUATION)
    add_data(evaluate)
    add_folder(evaluate)
    evaluate.add_argument("--json", action="store_true", help="for programs, figures in full")
    evaluate.add_argument("--write", action="store_true", help="also write the folder's README.md")
    evaluate.add_argument(
        "--facts", action="store_true", help=f"also write the folder's {facts.FILE}"
    )
    evaluate.add_argument(
        "--atlas", action="store_true", help=f"also write the folder's {atlas.FILE}"
    )

    summary = "Squeeze digits: pictures or arrays to codes."
    encode = add("encode", _encode, summary, _DIGITS, _PIPES)
    decode = add("decode", _decode, "Draw the digits of codes.", _CODES, _PIPES)
    summary = "Encode and decode: digits to digits."
    reconstruct = add("reconstruct", _reconstruct, summary, _DIGITS, _PIPES)
    for command, kinds in (
        (encode, files.ARRAYS),
        (decode, (*files.ARRAYS, ".png")),
        (reconstruct, (*files.ARRAYS, ".png")),
    ):
        command.add_argument("input", metavar="INPUT", help="a file, or - for standard input")
        command.add_argument(
            "-o",
            "--output",
            metavar="OUTPUT",
            default=files.PIPE,
            help=f"a file ({', '.join(kinds)}); a .png of many digits has {files.TILES} to a row"
            if ".png" in kinds
            else f"a file ({', '.join(kinds)})",
        )
        command.add_argument(
            "--model",
            metavar="NAME",
            type=_model_name,
            default=weights.MODELS[0],
            help=f"{_names()}, or a .safetensors file of your own (default: {weights.MODELS[0]})",
        )
        add_recipe(command)
        add_folder(command)
    for command in (encode, reconstruct):
        command.add_argument(
            "--raw",
            "--no-normalise",
            action="store_true",
            help="merely resize a picture: for one that is in MNIST's form already",
        )

    export = add("export", _export, "Write a model as a .keras file.", _EXPORT)
    export.add_argument(
        "name",
        metavar="NAME",
        type=_model_name,
        help=f"{_names()}, or a .safetensors file of your own",
    )
    export.add_argument("--to", required=True, type=Path, metavar="MODEL.keras")
    add_recipe(export)
    add_folder(export)
    return parser


def _add_plan(group: argparse._ArgumentGroup) -> None:
    """Add what changes a plan; where an option is left out, the preset's recipe stands."""
    group.add_argument("--like", choices=plans.PLAIN, default=plans.PLAIN[0])
    group.add_argument("--preset", choices=plans.PRESETS, default="ours")
    group.add_argument(
        "--layers",
        type=_widths,
        metavar="128,64",
        help="of the encoder, between picture and code; or none",
    )
    group.add_argument("--code", type=int, metavar="SIZE", help="numbers per code")
    group.add_argument("--digits", type=int, help="how many of the training digits")
    group.add_argument(
        "--start", metavar="FILE", help="go on from this .safetensors file's weights"
    )
    group.add_argument(
        "--or-samples", action="store_true", help="learn from varied samples if MNIST cannot be had"
    )
    kinds: dict[str, Any] = {"learning_rate": float, "batch_size": int, "l1": float}
    kinds |= {"code_bias": float, "max_row_norm": _float_or_none}
    chosen = {"loss": plans.LOSSES, "optimizer": plans.OPTIMIZERS, "schedule": plans.SCHEDULES}
    for name in (f.name for f in fields(Recipe) if f.name not in ("epochs", "noise")):
        group.add_argument(
            f"--{name.replace('_', '-')}", type=kinds.get(name, str), choices=chosen.get(name)
        )


def _plan(arguments: argparse.Namespace) -> Plan:
    base = plans.preset(arguments.preset, arguments.like)
    # --max-row-norm none is a value, and no option is None too: only what was given counts.
    said = {f.name: getattr(arguments, f.name, None) for f in fields(Recipe)}
    changed = {name: value for name, value in said.items() if value is not None}
    if changed.get("max_row_norm") == math.inf:
        changed["max_row_norm"] = None
    return replace(
        base,
        hidden=base.hidden if arguments.layers is None else arguments.layers,
        code_size=base.code_size if arguments.code is None else arguments.code,
        recipe=replace(base.recipe, **changed),
        digits=base.digits if arguments.digits is None else arguments.digits,
        seed=arguments.seed,
    )


def _widths(text: str) -> tuple[int, ...]:
    return () if text == "none" else tuple(map(int, text.split(",")))


def _float_or_none(text: str) -> float:
    return math.inf if text == "none" else float(text)


def _model_name(text: str) -> str:
    if text in weights.MODELS or text.endswith(".safetensors"):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not {_names()}, nor a .safetensors file")


def _names(*more: str) -> str:
    names = (*weights.MODELS, *more)
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _whole(least: int, most: int = 1_000_000) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most}")
        return number

    whole_number.__name__ = "whole number"  # argparse: "invalid whole number value: 'ten'"
    return whole_number


def _load(name: str, arguments: argparse.Namespace) -> Autoencoder | PCA:
    if name not in weights.MODELS:
        return weights.load_own(name)
    recipe = arguments.recipe or "best"
    if name not in FAMILIES and arguments.recipe is not None:
        raise ValueError(f"{name} has no recipe: leave --recipe out")
    return weights.load(name, recipe=recipe, folder=arguments.folder)


def _encode(arguments: argparse.Namespace) -> None:
    files.check_target(arguments.output, pictures=False)
    model = _load(arguments.model, arguments)
    digits = files.read_digits(arguments.input, normalise=not arguments.raw)
    files.write_codes(arguments.output, model.encode(digits))


def _decode(arguments: argparse.Namespace) -> None:
    files.check_target(arguments.output, pictures=True)
    model = _load(arguments.model, arguments)
    codes = files.read_codes(arguments.input, model.code_size)
    files.write_digits(arguments.output, model.decode(codes))


def _reconstruct(arguments: argparse.Namespace) -> None:
    files.check_target(arguments.output, pictures=True)
    model = _load(arguments.model, arguments)
    digits = files.read_digits(arguments.input, normalise=not arguments.raw)
    files.write_digits(arguments.output, model.reconstruct(digits))


def _evaluate(arguments: argparse.Namespace) -> None:
    if arguments.atlas and find_spec("umap") is None:
        raise ValueError("--atlas needs umap-learn: pip install -r requirements-atlas.txt")
    data = mnist.load(arguments.data)
    found = report.evaluate(data, arguments.folder)
    print(report.as_json(found) if arguments.json else report.as_text(found))
    if arguments.write:
        files.replace(arguments.folder / "README.md", report.as_readme(found).encode())
    elif found.missing:
        print(f"Not there: {', '.join(found.missing)}.", file=sys.stderr)
    if arguments.facts:
        facts.produce(data, arguments.folder, found=found, say=_tell)
    if arguments.atlas:
        atlas.produce(data, arguments.folder, say=_tell)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _train(arguments: argparse.Namespace) -> None:
    if arguments.name == files.PIPE:
        _train_by_program()
        return
    if arguments.events:
        with _standard_output_alone() as out:
            _train_with_events(arguments, out)
        return
    if arguments.name == OWN:
        _train_own(arguments)
        return
    names = [arguments.name]
    if arguments.name == "all":
        names = [n for n in weights.MODELS if (arguments.recipe or "best") in weights.recipes(n)]
    elif arguments.name not in FAMILIES and (arguments.recipe or arguments.epochs):
        raise ValueError(f"{arguments.name} is fitted in one step: it has no recipe and no epochs")
    data = mnist.load(arguments.data, _say_download)
    if any(name in FAMILIES for name in names):
        _start_keras()
    for name in names:
        try:
            with _progress(name) as on_epoch:
                path, errors = training.produce(
                    name,
                    data,
                    recipe=arguments.recipe or "best",
                    epochs=arguments.epochs,
                    seed=arguments.seed,
                    out=arguments.out,
                    on_epoch=on_epoch,
                )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"interrupted: {name} was not written") from None
        except training.Diverged as fault:
            raise ValueError(f"{fault}; {name} was not written") from None
        _say_errors(path, errors)
    if (arguments.out / facts.FILE).exists():
        _tell(f"{facts.FILE} was measured on other weights: python -m ae evaluate --write --facts")


def _train_own(arguments: argparse.Namespace) -> None:
    plan = _plan(arguments)
    start = _start_of(arguments, plan)
    data = _data(arguments, plan.digits, _say_download, lambda _share: None)
    _start_keras()
    try:
        with _progress(OWN) as on_epoch:
            path, errors = training.carry_out(
                plan, data, arguments.out, start=start, on_epoch=on_epoch
            )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted: {OWN}.safetensors has what it had learnt") from None
    except training.Diverged as fault:
        raise ValueError(
            f"{fault}; {OWN}.safetensors has the weights of {fault.passed:.2f} epochs"
        ) from None
    _say_errors(path, errors)


def _train_by_program() -> None:
    """Start Keras, then train what a line on standard input says, as long as that stays open."""
    with _standard_output_alone() as out, ThreadPoolExecutor(1) as beside:
        found = beside.submit(_data_at_hand)
        _start_keras()
        data = found.result()
        events.write(out, "ready")
        line = sys.stdin.readline()
        if not line:
            return
        threading.Thread(target=_end_with_standard_input, daemon=True).start()
        arguments = _parser().parse_args(["train", *json.loads(line)])
        _train_with_events(arguments, out, None if arguments.data else data)


def _data_at_hand() -> mnist.Mnist | None:
    try:
        return mnist.load() if mnist.at_hand() else None
    except mnist.DataError:
        return None  # whoever wants it is told why


def _end_with_standard_input() -> None:
    # Whoever started this is gone, however that came about.
    sys.stdin.read()
    os._exit(INTERRUPTED)


def _train_with_events(
    arguments: argparse.Namespace, out: IO[str], data: mnist.Mnist | None = None
) -> None:
    """Train one model, and say on `out` what happens; `data` is MNIST if it is loaded already."""

    def tell(event: str, **values: Any) -> None:
        events.write(out, event, **values)

    def on_step(step: training.Step) -> None:
        loss = step.loss if math.isfinite(step.loss) else None
        tell("step", passed=step.passed, of=step.of, loss=loss, digits=step.digits,
             seconds=step.seconds)  # fmt: skip

    def on_kept(kept: training.Kept) -> None:
        tell("kept", passed=kept.passed, mse=kept.errors.mse, dead=kept.errors.dead)

    def on_epoch(epoch: training.Epoch) -> None:
        tell("epoch", number=epoch.number, of=epoch.of, loss=epoch.loss,
             validation_loss=epoch.validation_loss, seconds=epoch.seconds)  # fmt: skip

    try:
        if arguments.name not in (*FAMILIES, OWN):
            raise ValueError(f"--events tells of one net's training, not of {arguments.name!r}")
        plan = _plan(arguments) if arguments.name == OWN else None
        start = _start_of(arguments, plan) if plan else None
        data = data or _data(
            arguments,
            plan.digits if plan else int(plans.DIGITS[1]),
            lambda share: tell("download", share=share),
            lambda share: tell("drawing", share=share),
        )
        digits = min(plan.digits, len(data.x_train)) if plan else len(data.x_train)
        tell("data", name=data.name, digits=digits, held_out=len(data.x_test))
        _start_keras()
        if plan:
            path, errors = training.carry_out(
                plan, data, arguments.out, start=start,
                on_epoch=on_epoch, on_step=on_step, on_kept=on_kept,
            )  # fmt: skip
        else:
            path, errors = training.produce(
                arguments.name, data, recipe=arguments.recipe or "best", epochs=arguments.epochs,
                seed=arguments.seed, out=arguments.out, on_epoch=on_epoch, on_step=on_step,
            )  # fmt: skip
        tell("done", file=str(path), **errors.as_dict())
    except training.Diverged as fault:
        tell("diverged", passed=fault.passed)
        raise ValueError(str(fault)) from None
    except mnist.DataError as fault:
        tell("failed", reason="data", message=str(fault))
        raise
    except MemoryError:
        tell("failed", reason="memory", message="there is not enough memory for this")
        raise
    except (ValueError, OSError, weights.WeightsError) as fault:
        tell("failed", reason="other", message=str(fault))
        raise


def _data(
    arguments: argparse.Namespace,
    digits: int,
    on_download: Callable[[float], None],
    on_drawing: Callable[[float], None],
) -> mnist.Mnist:
    try:
        return mnist.load(arguments.data, on_download)
    except mnist.DataError as fault:
        if not arguments.or_samples:
            raise
        _tell(f"{fault}; it learns from varied samples instead")
        drawn = augmentation.load(on_share=on_drawing)
        return augmentation.shifted(drawn, digits)


def _start_of(arguments: argparse.Namespace, plan: Plan) -> dict[str, Any] | None:
    """Read the weights that a training goes on from; they must be of the plan's shapes."""
    if arguments.start is None:
        return None
    model = weights.load_own(arguments.start)
    if model.widths != plan.family.widths:
        got, wanted = ("-".join(map(str, widths)) for widths in (model.widths, plan.family.widths))
        raise ValueError(f"{arguments.start} is a net of {got}, and this one is to have {wanted}")
    return weights.tensors_of(model)


@contextlib.contextmanager
def _standard_output_alone() -> Iterator[IO[str]]:
    """Give standard output to the events; what anything else prints goes to standard error."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
            os.dup2(2, 1)
            yield out
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _say_errors(path: Path, errors: Errors) -> None:
    print(
        f"{path}: BCE {errors.bce:.4f}, MSE {errors.mse:.4f}, PSNR {errors.psnr:.2f} dB, "
        f"zeros {errors.zeros:.1%}, dead units {errors.dead}",
        flush=True,
    )


def _say_download(share: float) -> None:
    end = "\n" if share == 1 else ""
    print(f"\rDownloading MNIST: {share:4.0%}", end=end, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _progress(name: str) -> Iterator[Callable[[training.Epoch], None]]:
    """Show a training's progress on standard error: a bar on a terminal, else a few lines."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda epoch: _say(name, epoch)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(name, total=None, said="")

        def show(epoch: training.Epoch) -> None:
            bar.update(task, total=epoch.of, completed=epoch.number, said=_errors(epoch))

        yield show


def _say(name: str, epoch: training.Epoch) -> None:
    tenth = max(epoch.of // 10, 1)
    if epoch.number % tenth == 0 or epoch.number == epoch.of:
        left = epoch.seconds / epoch.number * (epoch.of - epoch.number)
        print(f"{name}: {_errors(epoch)}, {left:.0f} s left", file=sys.stderr, flush=True)


def _errors(epoch: training.Epoch) -> str:
    held_out = epoch.validation_loss
    validation = "" if held_out is None else f", validation {held_out:.4f}"
    return f"epoch {epoch.number} of {epoch.of}, loss {epoch.loss:.4f}{validation}"


def _export(arguments: argparse.Namespace) -> None:
    target: Path = arguments.to
    if arguments.name in weights.MODELS and arguments.name not in FAMILIES:
        raise ValueError(f"{arguments.name} is no Keras net, so there is nothing to export")
    if target.suffix != ".keras":
        raise ValueError(f"{target}: Keras wants a name that ends in .keras")
    model = _load(arguments.name, arguments)
    assert isinstance(model, Autoencoder)
    if not target.parent.is_dir():
        raise ValueError(f"{target.parent} is no folder")
    _start_keras()
    draft = target.with_name(target.stem + ".part.keras")
    family = FAMILIES.get(arguments.name) or plans.family_of(model.facts)
    try:
        training.as_keras(model, family).save(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    print(
        f"{target}: load it with keras.models.load_model({str(target)!r}); it takes (n, 784) in "
        "[0, 1], and get_layer('encoder') and get_layer('decoder') are its halves"
    )


def _start_keras() -> None:
    """Import Keras without TensorFlow's notes, which its C++ writes whatever the log level is."""
    if "keras" in sys.modules:
        return
    print("Starting TensorFlow …", file=sys.stderr, flush=True)
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import keras  # noqa: F401
    except ModuleNotFoundError as fault:
        hint = "pip install -r requirements.txt"
        raise ValueError(f"{fault.name} is not installed: {hint}") from fault
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
