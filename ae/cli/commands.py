"""What each command does with its arguments, in a few lines."""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from ae import (
    atlas,
    atomic,
    augmentation,
    checked,
    claims,
    compression,
    evaluation,
    events,
    facts,
    mnist,
    simulations,
    sweeps,
    training,
    weights,
)
from ae.cli import claimed, files, progress, report, simulated, streams, swept
from ae.cli.parser import plan_of
from ae.cli.streams import tell
from ae.compression import Compressed, WrongModel
from ae.compression import measured as compression_table
from ae.compression.container import is_name
from ae.families import FAMILIES
from ae.jobs import Job
from ae.metadata import Errors
from ae.model import Autoencoder
from ae.pca import PCA
from ae.plans import OWN
from ae.training import keras_file, sweep, worker
from ae.training.progress import Diverged, Epoch, Reporter


def encode(arguments: argparse.Namespace) -> None:
    """Squeeze digits."""
    files.check_target(arguments.output, pictures=False)
    model = _load(arguments.model, arguments)
    digits = files.read_digits(arguments.input, normalise=not arguments.raw, tell=tell)
    files.write_codes(arguments.output, model.encode(digits))


def decode(arguments: argparse.Namespace) -> None:
    """Draw the digits of codes."""
    files.check_target(arguments.output, pictures=True)
    model = _load(arguments.model, arguments)
    codes = files.read_codes(arguments.input, model.code_size, tell=tell)
    files.write_digits(arguments.output, model.decode(codes))


def reconstruct(arguments: argparse.Namespace) -> None:
    """Encode and decode."""
    files.check_target(arguments.output, pictures=True)
    model = _load(arguments.model, arguments)
    digits = files.read_digits(arguments.input, normalise=not arguments.raw, tell=tell)
    files.write_digits(arguments.output, model.reconstruct(digits))


def compress(arguments: argparse.Namespace) -> None:
    """Squeeze digits into few bytes."""
    files.check_compressed(arguments.output)
    model = _load(arguments.model, arguments)
    digits = files.read_digits(arguments.input, normalise=not arguments.raw, tell=tell)
    prior = compression.prior_of(model, arguments.folder)
    small = compression.compress(
        model,
        prior,
        digits,
        arguments.bits,
        optimise=not arguments.fast,
        name=_name_in_file(arguments.model),
        on_share=_say_share("Searching for codes"),
    )
    size = files.write_compressed(arguments.output, small)
    error = evaluation.mse(digits, compression.decompress(small, model, prior)).mean()
    streams.say(
        f"{arguments.output}: {len(digits):,} digits in {size:,} bytes, "
        f"{size / len(digits):.1f} each; MSE {error:.4f}"
    )


def decompress(arguments: argparse.Namespace) -> None:
    """Draw the digits of a compressed file."""
    files.check_target(arguments.output, pictures=True)
    with files.compressed(arguments.input) as small:
        digits = compression.decompress(small, *_decoder_of(small, arguments))
    files.write_digits(arguments.output, digits)


def evaluate(arguments: argparse.Namespace) -> None:
    """Measure all models of a folder."""
    if arguments.atlas and find_spec("umap") is None:
        raise ValueError("--atlas needs umap-learn: pip install -r requirements-atlas.txt")
    writes = arguments.write or arguments.facts or arguments.atlas or arguments.compression
    if checked.INSTALLED and writes and arguments.folder == checked.FOLDER:
        raise ValueError("give --folder, or the installed package itself would be written to")
    if not writes:
        streams.check_output()
    data = mnist.load(arguments.data)
    measured = evaluation.evaluate(data, arguments.folder)
    text = report.as_json(measured) if arguments.json else report.as_text(measured)
    if writes:
        streams.say(text)
    else:
        with streams.output() as out:
            print(text, file=out)
    if measured.missing and not arguments.write:
        tell(f"Not there: {', '.join(measured.missing)}.")
    if arguments.facts:
        facts.produce(data, arguments.folder, report=measured, say=tell)
    if arguments.write:
        there = (arguments.folder / facts.FILE).exists()
        likelihoods = facts.load(arguments.folder).likelihoods if there else {}
        readme = report.as_readme(measured, likelihoods, swept.kept(arguments.folder))
        atomic.write(arguments.folder / "README.md", readme.encode())
    if arguments.atlas:
        atlas.produce(data, arguments.folder, say=tell)
    if arguments.compression:
        compression_table.produce(data, arguments.folder, say=tell)
        streams.say(report.of_compression(compression_table.load(arguments.folder)))


def train(arguments: argparse.Namespace) -> None:
    """Train one model, or all of them."""
    if arguments.events:
        streams.check_output()
        with streams.named(streams.OUTPUT), events.alone_on_standard_output() as out:
            _train_with_events(arguments, Reporter(out))
    elif arguments.name == OWN:
        _train_own(arguments)
    else:
        _train_families(arguments)


def repeat(arguments: argparse.Namespace) -> None:
    """Train one model from many seeds, or with many settings, and say how far they differ."""
    streams.check_output()
    _check_folder_of(arguments.csv)
    varied = _varied(arguments.vary)
    data = mnist.load(arguments.data, _say_download)
    if varied:
        data = data.for_choosing()
    wanted = sweeps.trainings(
        arguments.name,
        data,
        recipe=arguments.recipe or "best",
        seeds=arguments.seeds,
        epochs=arguments.epochs,
        varied=varied,
    )
    results = _results(wanted, data, arguments, tuple(varied))
    ordered = [results[one] for one in wanted]
    rows = swept.as_csv(ordered, tuple(varied))
    if arguments.csv not in (None, files.PIPE):
        atomic.write(Path(arguments.csv), rows.encode())
    table = swept.as_text(ordered, tuple(varied), len(data.x_test))
    with streams.output() as out:
        print(rows.rstrip("\n") if arguments.csv == files.PIPE else table, file=out)


def export(arguments: argparse.Namespace) -> None:
    """Write a model as a Keras file."""
    target: Path = arguments.to
    if arguments.name in weights.MODELS and arguments.name not in FAMILIES:
        raise ValueError(f"{arguments.name} is no Keras net, so there is nothing to export")
    if target.suffix != ".keras":
        raise ValueError(f"{target}: Keras wants a name that ends in .keras")
    model = _load(arguments.name, arguments)
    assert isinstance(model, Autoencoder)
    if not target.parent.is_dir():
        raise ValueError(f"{target.parent} is no folder")
    keras_file.write(model, target)
    streams.say(
        f"{target}: load it with keras.models.load_model({str(target)!r}); it takes (n, 784) in "
        "[0, 1], and get_layer('encoder') and get_layer('decoder') are its halves"
    )


def simulate(arguments: argparse.Namespace) -> None:
    """Squeeze made data, or tell how many starts converge."""
    streams.check_output()
    made, epochs = simulations.SIMULATIONS[arguments.name], arguments.epochs
    points = made.points(arguments.points, arguments.data_seed)
    if arguments.seeds is None:
        tell("Training two nets …")
        results = simulations.squeeze(made, points, seed=arguments.seed, epochs=epochs)
        report_on_results = (
            simulated.results_as_json if arguments.json else simulated.results_as_text
        )
        text = report_on_results(made, points, results)
    else:
        losses = []
        for loss in simulations.last_losses(made, points, arguments.seeds, epochs):
            losses.append(loss)
            last = len(losses) == arguments.seeds
            tell(f"Start {len(losses)} of {arguments.seeds}", end="\n" if last else "\r")
        report_on_starts = simulated.starts_as_json if arguments.json else simulated.starts_as_text
        text = report_on_starts(made, points, losses)
    with streams.output() as out:
        print(text, file=out)


def check_claims(arguments: argparse.Namespace) -> None:
    """Tell what the tutorial says, and what was measured of it."""
    if arguments.markdown and arguments.name is not None:
        raise ValueError("--markdown is of all claims: leave NAME out")
    streams.check_output()
    if arguments.markdown:
        text = claimed.as_markdown().rstrip()
    else:
        chosen = [c for c in claims.CLAIMS if arguments.name in (None, c.name)]
        text = claimed.as_json(chosen) if arguments.json else claimed.as_text(chosen)
    with streams.output() as out:
        print(text, file=out)


COMMANDS: Mapping[str, Callable[[argparse.Namespace], None]] = MappingProxyType(
    {
        "train": train,
        "sweep": repeat,
        "evaluate": evaluate,
        "encode": encode,
        "decode": decode,
        "reconstruct": reconstruct,
        "compress": compress,
        "decompress": decompress,
        "export": export,
        "simulate": simulate,
        "claims": check_claims,
    }
)


def _load(name: str, arguments: argparse.Namespace) -> Autoencoder | PCA:
    if name not in weights.MODELS:
        return weights.load_own(name)
    recipe = arguments.recipe or "best"
    if name not in FAMILIES and arguments.recipe is not None:
        raise ValueError(f"{name} has no recipe: leave --recipe out")
    return weights.load(name, recipe=recipe, folder=arguments.folder)


def _name_in_file(model: str) -> str:
    """Name a model as compressed digits can: a file of one's own by its name, where that is one."""
    if model in weights.MODELS:
        return model
    stem = Path(model).stem
    return stem if is_name(stem) else OWN


def _decoder_of(
    small: Compressed, arguments: argparse.Namespace
) -> tuple[Autoencoder | PCA, compression.Prior]:
    """Find the model that digits were compressed with, whichever of its recipes that was."""
    name = arguments.model or small.model
    if arguments.model is None and name not in weights.MODELS:
        raise ValueError(f"made with {name}: give its file with --model")
    for model in _all_called(name, arguments.folder):
        prior = compression.prior_of(model, arguments.folder)
        if compression.fits(small, model, prior):
            return model, prior
    raise WrongModel(f"made with another {small.model} than this one")


def _all_called(name: str, folder: Path) -> Iterator[Autoencoder | PCA]:
    if name not in weights.MODELS:
        yield weights.load_own(name)
        return
    for recipe in weights.recipes(name):
        if recipe == "best" or weights.locate(name, recipe, folder).exists():
            yield weights.load(name, recipe=recipe, folder=folder)


# Training


def _train_families(arguments: argparse.Namespace) -> None:
    recipe, epochs = arguments.recipe or "best", vars(arguments).get("epochs")
    names = [arguments.name]
    if arguments.name == "all":
        names = [name for name in weights.MODELS if recipe in weights.recipes(name)]
    elif arguments.name not in FAMILIES and (arguments.recipe or epochs):
        raise ValueError(f"{arguments.name} is fitted in one step: it has no recipe and no epochs")
    data = mnist.load(arguments.data, _say_download)
    training.start()
    from ae.training.produce import produce

    for name in names:
        try:
            with progress.of_one(name) as on_epoch:
                path, errors = produce(
                    name,
                    data,
                    recipe=recipe,
                    epochs=epochs,
                    seed=arguments.seed,
                    out=arguments.out,
                    on_epoch=on_epoch,
                )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"interrupted: {name} was not written") from None
        except Diverged as fault:
            raise ValueError(f"{fault}; {name} was not written") from None
        _say_errors(path, errors)
    if (arguments.out / facts.FILE).exists():
        tell(f"{facts.FILE} was measured on other weights: python -m ae evaluate --write --facts")


def _train_own(arguments: argparse.Namespace) -> None:
    job = _job(arguments)
    start = None if job.start is None else weights.load_start(job.start, job.plan.family)
    data = augmentation.mnist_or_samples(
        job.plan.digits if job.or_samples else None,
        arguments.data,
        on_download=_say_download,
        say=tell,
    )
    training.start()
    from ae.training.produce import carry_out

    try:
        with progress.of_one(OWN) as on_epoch:
            path, errors = carry_out(job.plan, data, job.out, start=start, on_epoch=on_epoch)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted: {OWN}.safetensors has what it had learnt") from None
    except Diverged as fault:
        raise ValueError(
            f"{fault}; {OWN}.safetensors has the weights of {fault.passed:.2f} epochs"
        ) from None
    _say_errors(path, errors)


def _train_with_events(arguments: argparse.Namespace, reporter: Reporter) -> None:
    """Train one net, and report how it goes."""
    with reporter.failures():
        if arguments.name == OWN:
            worker.carry_out(_job(arguments), reporter, path=arguments.data)
            return
        if arguments.name not in FAMILIES:
            raise ValueError(f"--events tells of one net's training, not of {arguments.name!r}")
        data = mnist.load(arguments.data, reporter.download)
        reporter.data(data, len(data.x_train))
        training.start()
        from ae.training.produce import produce

        path, errors = produce(
            arguments.name,
            data,
            recipe=arguments.recipe or "best",
            epochs=vars(arguments).get("epochs"),
            seed=arguments.seed,
            out=arguments.out,
            on_epoch=reporter.epoch,
            on_step=reporter.step,
        )
        reporter.done(path, errors)


def _check_folder_of(file: str | None) -> None:
    """Complain now, not after hours, of a table that could not be written."""
    if file not in (None, files.PIPE) and not Path(file).parent.is_dir():
        raise ValueError(f"{Path(file).parent} is no folder")


def _varied(options: Sequence[tuple[str, list[str]]]) -> dict[str, list[sweeps.Value]]:
    varied: dict[str, list[sweeps.Value]] = {}
    for name, words in options:
        if name in varied:
            raise ValueError(f"--vary: {name} is there twice")
        varied[name] = sweeps.values(name, words)
    return varied


def _results(
    wanted: Sequence[sweeps.Training],
    data: mnist.Mnist,
    arguments: argparse.Namespace,
    varied: Sequence[str],
) -> dict[sweeps.Training, sweeps.Result]:
    """Find what the folder has, and train the rest; each is kept as soon as it is over."""
    folder: Path = arguments.out
    folder.mkdir(parents=True, exist_ok=True)  # fails now, not after half an hour
    found = {one: sweeps.find(one, folder) for one in wanted}
    results = {one: result for one, result in found.items() if result is not None}
    missing = [one for one in wanted if one not in results]
    if results:
        tell(f"{folder} has {len(results)} of {len(wanted)}.")
    for one in missing:
        if (folder / one.name).exists():
            tell(f"{folder / one.name} is unfinished or damaged: it is done again.")
    if not missing:
        return results
    labels = {one: swept.label(one, varied) for one in missing}
    try:
        with (
            _crew(data, arguments, len(missing)) as crew,
            progress.of_many({labels[one]: one.recipe.epochs for one in missing}) as board,
        ):
            for one, news in sweep.carry_out(missing, crew):
                if isinstance(news, Epoch):
                    board.epoch(labels[one], news)
                else:
                    results[one] = sweeps.keep(news, one, folder)
                    board.over(labels[one], swept.line(results[one], varied))
    except KeyboardInterrupt:
        kept = f"{len(results)} of {len(wanted)} are in {folder}"
        raise KeyboardInterrupt(f"interrupted: {kept}, and the same command goes on") from None
    return results


def _crew(
    data: mnist.Mnist, arguments: argparse.Namespace, trainings: int
) -> contextlib.AbstractContextManager[sweep.Crew]:
    nets = "1 net" if trainings == 1 else f"{trainings} nets"
    if arguments.dask is not None:
        tell(f"Training {nets} on the workers of {arguments.dask} …")
        return sweep.cluster(
            data, arguments.dask, on_wait=lambda: tell("It has no worker yet: waiting for one …")
        )
    jobs = min(arguments.jobs or min(sweep.cores(), sweep.MANY), trainings)
    tell(f"Training {nets}, {jobs} at once …")
    return sweep.processes(data, jobs)


def _job(arguments: argparse.Namespace) -> Job:
    return Job(
        plan=plan_of(arguments),
        out=arguments.out,
        start=None if arguments.start is None else Path(arguments.start),
        or_samples=arguments.or_samples,
    )


def _say_errors(path: Path, errors: Errors) -> None:
    streams.say(
        f"{path}: BCE {errors.bce:.4f}, MSE {errors.mse:.4f}, PSNR {errors.psnr:.2f} dB, "
        f"zeros {errors.zeros:.1%}, dead units {errors.dead}"
    )


def _say_share(what: str) -> Callable[[float], None]:
    """Say how much is done, of what takes more than a second."""
    started = time.monotonic()

    def say(share: float) -> None:
        if time.monotonic() - started > 1:
            tell(f"{what}: {share:4.0%}", end="\n" if share == 1 else "\r")

    return say


def _say_download(share: float) -> None:
    tell(f"Downloading MNIST: {share:4.0%}", end="\n" if share == 1 else "\r")
