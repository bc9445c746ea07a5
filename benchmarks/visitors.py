"""Thirty visitors at once, without browsers: how long each waits, and what they leave behind.

Each visitor opens the Draw page over Streamlit's websocket and sends a drawing every few seconds.
The time runs from the sending to the end of the rerun. Every answer is checked: the bars must be
the code of this visitor's drawing, computed here with `ae`; all drawings of all visitors differ.

Then waves of visitors come, draw twice and leave, and a line is fitted to the server's memory
after each wave. So that a wave's sessions are gone before the next, the server keeps a lost session
for one second (`server.disconnectedSessionTTL`; Streamlit's default, and production's, is 120).

On a server of their own come waves of heavy visitors (`--heavy`): each makes long drawings, sends
photos and opens a large model of their own.

`--ladder 30,100,200,300` asks how many the server carries, and nothing else: so many visitors at
once, each number on a server of its own. `--processes 1,2,4` climbs the same ladder with so many
processes behind HAProxy, by turns; `--url` on what is served already.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import tempfile
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from _client import Answer, Visitor
from _report import Row, count, median, p95, parser, publish, publish_grid, run, say
from _server import (
    MB,
    OURS,
    App,
    Elsewhere,
    MeasurementError,
    Memory,
    Server,
    cluster,
    keras_app,
    serve,
)
from PIL import Image, ImageDraw
from websockets.exceptions import WebSocketException

import ae
from ae import checked, evaluation, plans, weights
from ae.metadata import OWN_RECIPE, Data, Metadata, Net
from ui import memory, strokes

SESSION_TTL = 1  # seconds
# The bars carry five significant digits.
TOLERANCE = 1e-4
# The first waves grow Python's and the allocator's pools to the size that the others reuse.
WARM_UP = 10
BURSTS = 5  # of visitors in each wave: the more come, the less the allocator's moods weigh
DRAWINGS_PER_VISIT = 2
# What the last rung of the ladder may cost, and so the others too.
LATE, STROKE = 300, 6  # ms: the 95th percentile; the server's processor time for one stroke
PATIENCE = 120.0  # seconds; a visitor who waits longer is an error

HEAVY = 5  # visitors at once
HEAVY_POINTS = 5_000  # of each drawing
HEAVY_DRAWINGS, HEAVY_PHOTOS = 5, 3
WIDTHS = (512,) * 3  # the most that can be trained here: a file of 7.5 MB
# A model is kept for an hour after its visitor has gone; for the waves, as long as a session.
KEPT = {f"GARGALO_TRAINING_{name}_SECONDS": str(SESSION_TTL) for name in ("ABSENCE", "KEEP")}


@dataclass(frozen=True)
class Task:
    """A drawing as the canvas sends it, and the code that must come back."""

    objects: list[dict[str, Any]]
    code: np.ndarray


@dataclass
class Load:
    """What the visitors saw."""

    openings: list[float] = field(default_factory=list)  # seconds
    answers: list[float] = field(default_factory=list)  # seconds
    cpu: float = 0.0  # seconds of the server's processor time while they drew
    own: float = 0.0  # and of theirs, which they take from the server on the same cores
    due: int = 0
    checked: int = 0
    foreign: int = 0
    faults: list[str] = field(default_factory=list)

    def note(self, answer: Answer, wanted: Task) -> None:
        """Count an answer, and check that it is for this drawing."""
        self.answers.append(answer.seconds)
        self.faults += answer.faults
        if answer.code is not None:
            self.checked += 1
            self.foreign += not np.allclose(answer.code, wanted.code, TOLERANCE, TOLERANCE)


@dataclass(frozen=True)
class Measured:
    """One app: the load, and the server's memory after each wave."""

    load: Load
    memory: Memory
    waves: list[int]  # resident bytes after each wave, all visitors gone


def growth(waves: Sequence[int], visitors_per_wave: int) -> tuple[float, float]:
    """Bytes that one visitor leaves behind, by least squares, and the standard error."""
    y = np.array(waves[WARM_UP:], float)
    x = np.arange(len(y)) * visitors_per_wave
    (slope, _), ((variance, _), _) = np.polyfit(x, y, 1, cov=True)
    return float(slope), float(np.sqrt(variance))


def main() -> None:
    arguments = _arguments()
    if arguments.ladder:
        _climb(arguments)
        return
    model = ae.load("shallow")
    # All drawings are made before the first is sent: this process shares the server's cores.
    say("Preparing the drawings")
    rounds = int(max(arguments.seconds, arguments.keras_seconds) / arguments.every) + 2
    tasks = _tasks(arguments.visitors, rounds, model)
    ours = asyncio.run(_measure(OURS, tasks, arguments, arguments.seconds, arguments.waves))
    heavy = asyncio.run(_measure_heavy(tasks[0][0], arguments.heavy)) if arguments.heavy else []
    keras = None
    if arguments.keras:
        with keras_app() as app:
            # No waves: nothing was promised for the Keras page, and they would take an hour there.
            keras = asyncio.run(_measure(app, tasks, arguments, arguments.keras_seconds, 0))
    _publish(ours, heavy, keras, arguments)


def _climb(arguments: argparse.Namespace) -> None:
    say("Preparing the drawings")
    rounds = int(arguments.seconds / arguments.every) + 2
    tasks = _tasks(max(arguments.ladder), rounds, ae.load("shallow"))
    loads = {}
    for n in arguments.ladder:
        for title, serving in _servings(arguments).items():
            say(f"{title}{n} visitors for {arguments.seconds} s")
            with serving() as server:
                drawing = _draw_together(server, tasks[:n], arguments.seconds, arguments.every)
                loads[f"{title}{n}"] = load = asyncio.run(drawing)
                load.faults += server.complaints()
    own = [1e3 * load.own / len(load.answers) for load in loads.values() if load.answers]
    notes = [
        f"Each visitor drew every {arguments.every:g} s for {arguments.seconds} s. Of the drawings"
        " that were due, so many were sent and answered, and so many answers compared with what"
        f" `ae` computes: {_sent(loads)}.",
        f"The visitors themselves took {min(own):.1f} to {max(own):.1f} ms of processor time for a"
        " stroke.",
    ]
    for rung, load in loads.items():
        if load.faults:
            notes.append(f"First error with {rung} visitors: {load.faults[0]}")
    grid = {rung: _rung(load) for rung, load in loads.items()}
    publish_grid("visitors", grid, notes, markdown=arguments.markdown)


def _servings(
    arguments: argparse.Namespace,
) -> Mapping[str, Callable[[], AbstractContextManager[Server | Elsewhere]]]:
    """Give what is to be measured at each rung, with what stands before the visitors' number."""
    if arguments.url:
        return {"": lambda: nullcontext(Elsewhere(arguments.url.rstrip("/"), tuple(arguments.pid)))}
    plain = partial(serve, OURS)
    if not arguments.processes:
        return {"": plain}
    behind = {f"HAProxy and {n}, ": partial(cluster, n) for n in arguments.processes}
    return {"plain, ": plain} | behind


def _rung(load: Load) -> list[Row]:
    times = [1e3 * second for second in load.answers] or [float("nan")]
    return [
        Row("p50", median(times)),
        Row("p95", p95(times), target=LATE),
        Row("errors", len(load.faults), unit="", target=0),
        Row("another's digit", load.foreign, unit="", target=0),
        Row("server's CPU per stroke", 1e3 * load.cpu / len(times), target=STROKE, digits=1),
    ]


def _sent(loads: Mapping[str, Load]) -> str:
    """Say of each load how much of it was sent, and how much of that checked."""
    return "; ".join(
        f"{n} visitors, {len(load.answers):,} of {load.due:,}, {load.checked:,} compared"
        for n, load in loads.items()
    )


def _arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--visitors", type=count, default=30, help="at once (default: 30)")
    options.add_argument("--seconds", type=count, default=60, help="of drawing (default: 60)")
    options.add_argument("--every", type=float, default=3.0, help="seconds a drawing (default: 3)")
    options.add_argument(
        "--waves",
        type=count,
        default=30,
        help=f"of visitors who come and leave; the first {WARM_UP} do not count (default: 30)",
    )
    options.add_argument(
        "--heavy",
        type=int,
        default=20,
        help=f"waves of heavy visitors, 0 for none; the first {WARM_UP} do not count (default: 20)",
    )
    options.add_argument(
        "--keras-seconds", type=count, default=20, help="of drawing on the Keras page (default: 20)"
    )
    options.add_argument(
        "--ladder",
        type=_numbers,
        metavar="N,N,…",
        help="measure these numbers of visitors one after the other, and nothing else",
    )
    options.add_argument(
        "--processes",
        type=_numbers,
        metavar="N,N,…",
        help="at each rung so many processes behind HAProxy, too",
    )
    options.add_argument("--url", help="climb the ladder at an address that is served already")
    options.add_argument(
        "--pid",
        type=int,
        action="append",
        default=[],
        help="of a process there whose processor time counts; once for each",
    )
    arguments = options.parse_args()
    if arguments.waves < WARM_UP + 4:
        options.error(f"got --waves {arguments.waves}, expected {WARM_UP + 4} or more for a line")
    if arguments.heavy and arguments.heavy < WARM_UP + 4:
        options.error(f"got --heavy {arguments.heavy}, expected 0, or {WARM_UP + 4} or more")
    if not arguments.ladder and (arguments.url or arguments.processes):
        options.error("--url and --processes are for the ladder: expected --ladder N,N,… with them")
    if arguments.pid and not arguments.url:
        options.error("got --pid without --url")
    if not 0.1 <= arguments.every <= 60:
        options.error(f"got --every {arguments.every}, expected 0.1 to 60 seconds")
    return arguments


def _numbers(text: str) -> list[int]:
    """Read counts with commas between them."""
    return [count(part) for part in text.split(",")]


def _tasks(visitors: int, rounds: int, model: ae.Model) -> list[list[Task]]:
    """Make `rounds` drawings for each visitor: the shipped samples, each bent in its own way."""
    dice = np.random.default_rng(0)
    names = list(ae.samples.SAMPLES)
    tasks = []
    for visitor in range(visitors):
        own = []
        for i in range(rounds):
            name = names[(visitor + i * 7) % len(names)]
            matrix = np.eye(2) + dice.normal(0, 0.12, (2, 2))
            centred = [(stroke - 0.5) @ matrix * 0.8 + 0.5 for stroke in ae.samples.SAMPLES[name]]
            drawn = [(stroke.clip(0, 1) * strokes.SIDE).round(2).tolist() for stroke in centred]
            objects = strokes.to_fabric([tuple((x, y) for x, y in stroke) for stroke in drawn])
            # The way that the app takes, from the message to the code.
            drawing = strokes.Drawing(strokes.from_fabric({"objects": objects}))
            own.append(Task(objects, model.encode(strokes.digit(drawing)[None])[0]))
        tasks.append(own)
    codes = np.array([task.code for own in tasks for task in own])
    for i, code in enumerate(codes[:-1]):
        if np.isclose(codes[i + 1 :], code, 10 * TOLERANCE, 10 * TOLERANCE).all(axis=1).any():
            raise MeasurementError(
                "two drawings have the same code, so that a mix-up would not show"
            )
    return tasks


async def _measure(
    app: App, tasks: list[list[Task]], arguments: argparse.Namespace, seconds: int, waves: int
) -> Measured:
    say(f"{app.title}: {len(tasks)} visitors for {seconds} s")
    with serve(app, {"server.disconnectedSessionTTL": SESSION_TTL}) as server:
        # The first visitor of a fresh process pays for its imports.
        await _keeper(server, tasks[0][0])
        load = await _draw_together(server, tasks, seconds, arguments.every)
        memory = server.memory()
        residents = []
        for i in range(waves):
            if not i % 5:
                say(f"{app.title}: wave {i + 1} of {waves}")
            await _wave(server, tasks)
            await _keeper(server, tasks[0][0])
            residents.append(server.memory().resident)
        load.faults += server.complaints()
    return Measured(load, memory, residents)


async def _draw_together(
    server: Server | Elsewhere, tasks: list[list[Task]], seconds: int, every: float
) -> Load:
    load = Load()
    visitors = [Visitor(server.url) for _ in tasks]
    for answer in await asyncio.gather(*(_patient(visitor.open()) for visitor in visitors)):
        load.openings.append(answer.seconds)
        load.faults += answer.faults
    before, own, began = server.cpu(), time.process_time(), time.perf_counter()
    dice = random.Random(0)
    phases = [dice.uniform(0, every) for _ in tasks]
    load.due = sum(1 + int((seconds - phase) / every) for phase in phases)

    async def draw(visitor: Visitor, own: Sequence[Task], phase: float) -> None:
        due = began + phase
        for task in own:
            # Who still waits for an answer draws at the next turn: a slow server gets less to do.
            while due < time.perf_counter():
                due += every
            if due > began + seconds:
                return
            await asyncio.sleep(due - time.perf_counter())
            try:
                load.note(await _patient(visitor.draw(task.objects)), task)
            except MeasurementError as fault:
                load.faults.append(str(fault))
                return

    await asyncio.gather(*map(draw, visitors, tasks, phases))
    load.cpu, load.own = server.cpu() - before, time.process_time() - own
    await asyncio.gather(*(visitor.close() for visitor in visitors))
    return load


async def _wave(server: Server, tasks: list[list[Task]]) -> None:
    async def visit(own: Sequence[Task]) -> None:
        visitor = Visitor(server.url)
        await _patient(visitor.open())
        for task in own[:DRAWINGS_PER_VISIT]:
            await _patient(visitor.draw(task.objects))
        await visitor.close()

    for _ in range(BURSTS):
        await asyncio.gather(*map(visit, tasks))


async def _measure_heavy(task: Task, waves: int) -> list[int]:
    """Give the server's memory after each wave of heavy visitors; they may not meet with a fault.

    Raises
    ------
    MeasurementError
        Something that was sent was refused, or the server's log holds an error.
    """
    say("Preparing the photos and a model")
    photos, model = [_photo(i) for i in range(HEAVY_PHOTOS)], _model()
    residents = []
    with serve(OURS, {"server.disconnectedSessionTTL": SESSION_TTL}, **KEPT) as server:
        await _keeper(server, task)
        for i in range(waves):
            if not i % 5:
                say(f"Heavy visitors: wave {i + 1} of {waves}")
            visits = [_heavy_visit(server, n, photos, model) for n in range(HEAVY)]
            faults = [fault for faults in await asyncio.gather(*visits) for fault in faults]
            await _keeper(server, task)
            if faults := faults + server.complaints():
                raise MeasurementError(f"a heavy visitor met with: {faults[0]}")
            residents.append(server.memory().resident)
    return residents


async def _heavy_visit(server: Server, n: int, photos: list[bytes], model: bytes) -> list[str]:
    visitor = Visitor(server.url)
    answers = [await _patient(visitor.open())]
    angle = np.linspace(0, 40 * np.pi, HEAVY_POINTS)
    for i in range(HEAVY_DRAWINGS):
        radius = np.linspace(20 + 5 * i + n, 120, HEAVY_POINTS)
        spiral = np.stack([140 + radius * np.cos(angle), 140 + radius * np.sin(angle)], axis=1)
        stroke = tuple((x, y) for x, y in spiral.round(1).tolist())
        answers.append(await _patient(visitor.draw(strokes.to_fabric([stroke]))))
    for photo in photos:
        answers.append(await _patient(visitor.photograph(photo)))
        before, after = (answer.code for answer in answers[-2:])
        if before is None or after is None or np.allclose(before, after):
            raise MeasurementError("a photo was not read")
    answers.append(await _patient(visitor.bring_model(model)))
    await visitor.close()
    return [fault for answer in answers for fault in answer.faults]


def _photo(seed: int) -> bytes:
    """A 7 on rough paper: a JPEG of 2 megapixels, of 300 KB."""
    grain = np.random.default_rng(seed).integers(200, 230, (1200, 1600), np.uint8)
    image = Image.fromarray(grain)
    corner = (1040 + 40 * seed, 300)  # no two alike
    ImageDraw.Draw(image).line([(560, 300), corner, (760, 960)], fill=40, width=90)
    image.save(raw := io.BytesIO(), "JPEG", quality=75)
    return raw.getvalue()


def _model() -> bytes:
    """A model of a visitor's own, as wide as may be, that has learnt nothing."""
    plan = plans.Plan(
        like="deep", hidden=WIDTHS, code_size=32, recipe=plans.preset("seconds", "deep").recipe
    )
    family, dice = plan.family, np.random.default_rng(0)
    arrays = {
        f"{half}.{i}.{what}": dice.normal(0, 0.02, shape).astype(np.float32)
        for half, widths in (("encoder", family.encoder), ("decoder", family.decoder))
        for i, pair in enumerate(pairwise(widths))
        for what, shape in (("weights", pair), ("bias", pair[1:]))
    }
    digits = dice.random((50, 28, 28), np.float32)
    errors, statistics = evaluation.measure(weights.autoencoder(family, arrays), digits)
    metadata = Metadata(
        family=plans.OWN,
        parameters=family.parameters,
        net=Net.of(family, OWN_RECIPE, plan.recipe, 0),
        data=Data(name="samples", sha256="", digits=50),
        versions={},
        test=errors,
        tested=50,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.safetensors"
        tensors = arrays | weights.statistics_tensors(statistics)
        checked.save(path, tensors, metadata.to_header())
        return path.read_bytes()


async def _keeper(server: Server, task: Task) -> None:
    """Let one visitor come after the others are forgotten.

    Streamlit drops expired sessions only when the next one is stored, and the app collects garbage
    a moment later; this visit does both.
    """
    await asyncio.sleep(1.2 * SESSION_TTL)
    visitor = Visitor(server.url)
    await _patient(visitor.open())
    await visitor.close()
    await asyncio.sleep(1.5 * memory.PAUSE)
    visitor = Visitor(server.url)
    await _patient(visitor.open())
    await _patient(visitor.draw(task.objects))
    await visitor.close()
    await asyncio.sleep(1.5 * memory.PAUSE)


async def _patient(coming: Coroutine[Any, Any, Answer]) -> Answer:
    try:
        return await asyncio.wait_for(coming, PATIENCE)
    except (OSError, TimeoutError, WebSocketException) as fault:
        raise MeasurementError(f"a visitor was left without an answer: {fault!r}") from None


def _publish(
    ours: Measured, heavy: list[int], keras: Measured | None, arguments: argparse.Namespace
) -> None:
    def milliseconds(what: str, name: str, **more: Any) -> list[Row]:
        times = [1e3 * second for second in getattr(ours.load, name)]
        theirs = [1e3 * second for second in getattr(keras.load, name)] if keras else None
        return [
            Row(f"{what}, median", median(times), theirs and median(theirs)),
            Row(f"{what}, p95", p95(times), theirs and p95(theirs), **more),
        ]

    left, error = growth(ours.waves, BURSTS * arguments.visitors)
    rows = [
        *milliseconds("drawing sent → answer complete", "answers", target=300),
        *milliseconds("all open the page at once → page complete", "openings"),
        Row(
            "errors",
            len(ours.load.faults),
            len(keras.load.faults) if keras else None,
            unit="",
            target=0,
        ),
        Row("answers that show another's digit", ours.load.foreign, unit="", target=0),
        Row(
            "server's memory with all visitors",
            ours.memory.resident / MB,
            keras.memory.resident / MB if keras else None,
            unit="MB",
        ),
        Row("memory that a visitor leaves behind", left / 1e3, unit="KB", target=5, digits=1),
    ]
    load = ours.load
    notes = [
        f"{arguments.visitors} visitors drew every {arguments.every:g} s for {arguments.seconds} s:"
        f" {len(load.answers)} of {load.due} drawings that were due were sent and answered;"
        f" {load.checked} answers were compared with what `ae` computes.",
        f"Memory in MB after each of {arguments.waves} waves of {BURSTS} × {arguments.visitors}"
        f" visitors: {', '.join(f'{wave / MB:.1f}' for wave in ours.waves)}."
        f" The line through all but the first {WARM_UP}: {left / 1e3:.1f} ± {error / 1e3:.1f} KB"
        f" a visitor. Lost sessions were kept for {SESSION_TTL} s instead of 120.",
    ]
    if heavy:
        most = max(heavy) / MB
        rows.append(Row("server's memory after waves of heavy visitors, at most", most, unit="MB"))
        left, error = growth(heavy, HEAVY)
        notes.append(
            f"Heavy visitors, {HEAVY} at once: {HEAVY_DRAWINGS} drawings of {HEAVY_POINTS:,}"
            f" points, {HEAVY_PHOTOS} photos and a model of 7.5 MB each. Memory in MB after each of"
            f" {len(heavy)} waves: {', '.join(f'{wave / MB:.0f}' for wave in heavy)}. The line"
            f" through all but the first {WARM_UP}: {left / 1e3:.0f} ± {error / 1e3:.0f} KB a"
            " visitor. A lost session and its model were kept for 1 s instead of 120 and 3,600."
        )
    if keras:
        notes.append(
            f"On the Keras page {len(keras.load.answers)} of {keras.load.due} due drawings were"
            f" sent in {arguments.keras_seconds} s: who waits for an answer does not draw, so its"
            " load is the lighter one."
        )
    for name, measured in (("Gargalo", ours), ("the Keras page", keras)):
        if measured and measured.load.faults:
            notes.append(f"First error on {name}: {measured.load.faults[0]}")
    publish(rows, notes, markdown=arguments.markdown)


if __name__ == "__main__":
    run(main)
