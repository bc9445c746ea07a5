"""Trainings on this server: who trains what, who waits, and what has come of it.

A training outlives the script run that began it, the page and the tab. So it cannot live in the
session: the office, one per process, holds a desk for each visitor who has trained. A desk is found
only with its token, which nobody but that visitor's browser knows (`ui.state.TOKEN_COOKIE`).

Each training is a child process, ``python -m ae.training.worker``; a thread reads its events and
changes the `Training`, which the pages only look at.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Literal, NamedTuple

from streamlit import runtime

from ae import events, moving_map, weights
from ae.arrays import Float32
from ae.jobs import Job
from ae.model import Autoencoder
from ae.moving_map import Packed
from ae.plans import OWN, Plan
from ui import children, names, scratch
from ui.limits import Limits

COMMAND = (sys.executable, "-m", "ae.training.worker")

_TICK = 0.25  # seconds
_PATIENCE = 5.0  # seconds, with a child that has just been killed or a visitor who loads the page
_LINE = 10_000  # bytes, far above any event's
_MEASURED = 1.0  # seconds that a training must learn before its speed is told
_LONGER = 1.5  # times as long as at the look before: then there is another look at the speed
_STEADY = 0.15  # so much the speed may have changed from one look to the next
_MOMENTS = 60  # frames that are kept within epochs: in long trainings, of the beginning
_FINEST = 1 / 500  # of the first epoch: no chart shows more points

Phase = Literal["waiting", "starting", "download", "drawing", "learning", "saving", "over"]
# How it ended, while it went on: None. The page has a sentence for each.
Outcome = Literal[
    "done",
    "cancelled",
    "diverged",
    "late",
    "absent",
    "killed",
    "memory",
    "garbled",
    "data",
    "failed",
]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Point:
    """The loss at one moment: `passed` epochs, a fraction within one."""

    passed: float
    loss: float
    validation_loss: float | None = None


@dataclass(frozen=True)
class Frame:
    """What the net made of the watched digits after `passed` epochs.

    Attributes
    ----------
    reconstructions : float32 array of shape (n, 28, 28).
    mse, dead : over a thousand digits held out.
    layers : dead units of each layer. map : where the codes lie. alike : the share of the digits
        that lie next to such a digit. All over the same.
    """

    passed: float
    reconstructions: Float32
    mse: float
    dead: int
    layers: tuple[int, ...]
    map: Packed
    alike: float


@dataclass(eq=False)
class Training:
    """One training. Its thread writes, pages read; every change is one assignment or one append.

    Attributes
    ----------
    plan, digits : what is trained; the (n, 28, 28) digits that are reconstructed all the time.
    start : bytes of the weights that it goes on from.
    number : which of this server's trainings.
    data : "MNIST" or "samples", once that is known, with the number of digits.
    tests : how many are held out.
    passed, seen, seconds : epochs and digits so far, and how long that took.
    first : the same when it had learnt from the first batches. Those take seconds, because with
        them Keras puts the net together, so speed is measured from there on.
    steady : whether its speed was the same at the last two looks, to 15 %. The looks come after a
        second, and whenever it has learnt half as long again.
    share : of what the phase is about: the download, the drawing.
    history : a point for each epoch. sketch : points within the first.
    frames : for the time line: the start, moments within epochs, and each epoch's end.
    latest : the newest frame, which may lie within an epoch.
    model, raw : with the last good weights, and the file that it came from.
    """

    plan: Plan
    digits: Float32
    start: bytes | None = None
    phase: Phase = "waiting"
    outcome: Outcome | None = None
    number: int = field(default_factory=count(1).__next__)
    share: float = 0.0
    data: tuple[str, int] | None = None
    tests: int = 0
    began: float = field(default_factory=time.monotonic)
    passed: float = 0.0
    seen: int = 0
    seconds: float = 0.0
    first: tuple[float, int, float] | None = None
    steady: bool = False
    history: list[Point] = field(default_factory=list)
    sketch: list[Point] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    latest: Frame | None = None
    model: Autoencoder | None = None
    raw: bytes | None = None
    _course: events.Course = field(init=False)
    _look: tuple[float, float, float | None] = (0.0, 0.0, None)  # epochs, seconds, their rate
    _child: _Child | None = None
    _reader: threading.Thread | None = None

    def __post_init__(self) -> None:
        self._course = events.Course(self.plan.recipe.epochs)

    @property
    def over(self) -> bool:
        """Has it ended, however?"""
        return self.phase == "over"

    @property
    def speed(self) -> float | None:
        """Digits per second; None while nobody can tell."""
        _, seen, seconds = self._measured
        return seen / seconds if seconds >= _MEASURED else None

    @property
    def left(self) -> float | None:
        """Seconds to the end, if it goes on as it went; None unless its speed is steady."""
        passed, _, seconds = self._measured
        if not self.steady or not passed:
            return None
        return seconds / passed * (self.plan.recipe.epochs - self.passed)

    @property
    def _measured(self) -> tuple[float, int, float]:
        """Epochs, digits and seconds since the first batches."""
        if self.first is None:
            return 0.0, 0, 0.0
        passed, seen, seconds = self.first
        return self.passed - passed, self.seen - seen, self.seconds - seconds

    @property
    def size(self) -> int:
        """Bytes that it comes to, at most: its model, twice, and its frames."""
        frames = self.plan.recipe.epochs + _MOMENTS
        frame = self.digits.nbytes + moving_map.BYTES
        return 2 * 4 * self.plan.family.parameters + frames * frame

    def take(self, line: bytes, folder: Path) -> None:
        """Take what the child said; raises ValueError for what is no event."""
        event, fields = events.read(line)
        self._course.check(event, fields)
        if event == "ready":
            return
        if event in ("download", "drawing"):
            self.share = fields["share"]
            self.phase = "download" if event == "download" else "drawing"
        elif event == "data":
            self.data, self.tests = (fields["name"], fields["digits"]), fields["held_out"]
            self.phase = "starting"
        elif event == "step":
            self.passed, self.seen = fields["passed"], fields["digits"]
            self.seconds = fields["seconds"]
            if self.first is None and self.seen:
                self.first = (self.passed, self.seen, self.seconds)
            self._look_at_the_speed()
            self.phase = "learning"
            finer = not self.sketch or self.passed - self.sketch[-1].passed >= _FINEST
            if fields["loss"] is not None and self.passed < 1 and finer:
                self.sketch.append(Point(self.passed, fields["loss"]))
        elif event == "kept":
            self._keep(folder, **fields)
        elif event == "epoch":
            point = Point(fields["number"], fields["loss"], fields["validation_loss"])
            self.history.append(point)
            if point.passed == self.plan.recipe.epochs:
                self.phase = "saving"
        elif event == "diverged":
            self._end("diverged", folder)
        elif event == "done":
            self._end("done", folder)
        elif event == "failed":
            _log.error("a training failed: %s", fields["message"])
            reason = fields["reason"]
            self._end(reason if reason in ("data", "memory") else "failed", folder)

    def _look_at_the_speed(self) -> None:
        """Compare the speed since the last look with that before it."""
        passed, _, seconds = self._measured
        until, since, before = self._look
        if seconds < max(_MEASURED, _LONGER * since):
            return
        rate = (passed - until) / (seconds - since)
        if before is not None:
            self.steady = abs(rate - before) <= _STEADY * before
        self._look = passed, seconds, rate

    def _keep(
        self,
        folder: Path,
        *,
        passed: float,
        mse: float,
        dead: int,
        layers: list[int],
        places: str,
        alike: float,
    ) -> None:
        if len(layers) != len(self.plan.family.widths) - 2:
            raise ValueError(f"kept: got dead units of {len(layers)} layers")
        packed = moving_map.unpack(places)
        self._load(folder)
        if self.model is None:
            return
        pictures = self.model.reconstruct(self.digits)
        frame = Frame(passed, pictures, mse, dead, tuple(layers), packed, alike)
        # In the beginning everything happens; later moments are told apart by the epochs' ends.
        if passed % 1 == 0 or len(self.frames) - int(passed) < _MOMENTS:
            self.frames.append(frame)
        self.latest = frame

    def _load(self, folder: Path) -> None:
        raw = (folder / f"{OWN}.safetensors").read_bytes()
        self.model, self.raw = weights.read_own(raw), raw

    def _end(self, outcome: Outcome, folder: Path) -> None:
        if self.outcome is None:
            self.outcome = outcome
            with contextlib.suppress(OSError, ValueError):
                self._load(folder)  # measured over all digits, or the last finite weights


class _Child:
    """A process that trains, or that has started Keras and waits to be told what."""

    def __init__(self, command: Sequence[str], limits: Limits) -> None:
        self._scratch = scratch.Folder()
        self.folder = self._scratch.path
        self.since = time.monotonic()
        try:
            self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `end`)
        except OSError:
            self._scratch.remove()
            raise
        try:
            self.process = children.start(command, limits, self.errors)
        except OSError:
            self.errors.close()
            self._scratch.remove()
            raise

    def tell(self, job: Job) -> None:
        """Say what to train. The child ends when this pipe does, so it stays open."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):  # it has died; its reader will see that
            self.process.stdin.write(job.to_line())
            self.process.stdin.flush()

    def end(self) -> None:
        """Kill it and remove what it wrote."""
        children.close(self.process)
        self.errors.close()
        self._scratch.remove()

    def last_words(self) -> str:
        """What stands at the end of its standard error, for the log."""
        return children.last_words(self.errors)


class Kept(NamedTuple):
    """One of a visitor's own models. It comes and goes whole: nobody sees parts of two.

    Attributes
    ----------
    model, raw : the model and its file, whether it was trained or uploaded.
    title : what the visitor calls it, if they have said so.
    """

    model: Autoencoder
    raw: bytes
    title: str = ""

    def under(self, name: str) -> Kept:
        """Give it with one of the names in `ui.names.IDS`."""
        same = self.model.name == name
        return self if same else self._replace(model=replace(self.model, name=name))


@dataclass(eq=False)
class Desk:
    """What one visitor has in the office.

    Attributes
    ----------
    training : the present one, or the last.
    kept : their own models by name, the newest last; another mapping after each change.
    waiting : models that came while all names were taken, until the visitor says which is to go.
    seen : when the visitor was last here. sessions : by which they are here now.
    """

    training: Training | None = None
    kept: Mapping[str, Kept] = field(default_factory=dict)
    waiting: tuple[Kept, ...] = ()
    seen: float = field(default_factory=time.monotonic)
    sessions: set[str] = field(default_factory=set)

    @property
    def idle(self) -> bool:
        """Is there nothing that trains?"""
        return self.training is None or self.training.over

    @property
    def size(self) -> int:
        """Bytes that it comes to, at most."""
        kept = sum(_size(one.raw) for one in (*self.kept.values(), *self.waiting))
        return kept + (0 if self.training is None else self.training.size)

    def adopt(self, new: Kept) -> None:
        """Keep a model under the first name that is free, or let it wait for one."""
        free = next((name for name in names.IDS if name not in self.kept), None)
        if free is None:
            self.waiting = (*self.waiting, new)
        else:
            self.kept = {**self.kept, free: new.under(free)}

    def call(self, model: Autoencoder, title: str) -> None:
        """Give one of the models a title; nothing happens if it is not here any more."""
        self.kept = {
            name: one._replace(title=title) if one.model is model else one
            for name, one in self.kept.items()
        }

    def remove(self, model: Autoencoder) -> None:
        """Let go of one of the models, kept or waiting; what waits comes in its place."""
        self.waiting = tuple(one for one in self.waiting if one.model is not model)
        self.kept = {name: one for name, one in self.kept.items() if one.model is not model}
        if self.waiting and len(self.kept) < len(names.IDS):
            self.adopt(self.waiting[0])
            self.waiting = self.waiting[1:]


def _size(raw: bytes) -> int:
    return 2 * len(raw)  # the file and the arrays that were read from it


class Busy(RuntimeError):  # noqa: N818 (it is a state that the page shows, not a fault)
    """The visitor trains already, or the office has no room for them."""


class Office:
    """All trainings of one server.

    Parameters
    ----------
    command : starts a child that trains.
    connected : tells whether a session's browser is still there.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        command: Sequence[str] = COMMAND,
        connected: Callable[[str], bool] | None = None,
    ) -> None:
        self.limits = limits or Limits.of()
        self._command = command
        self._connected = connected or _connected
        self._desks: dict[str, Desk] = {}
        self._queue: deque[Training] = deque()
        self._running: list[Training] = []
        self._spare: _Child | None = None
        self._lock = threading.RLock()
        self._watcher: threading.Thread | None = None

    def desk(self, token: str, session: str | None = None) -> Desk | None:
        """Find a visitor's desk, and note that they are here."""
        with self._lock:
            desk = self._desks.get(token)
            if desk is not None:
                desk.seen = time.monotonic()
                if session is not None:
                    desk.sessions.add(session)
            return desk

    def adopt(self, token: str, model: Autoencoder, raw: bytes) -> Desk:
        """Keep a model that the visitor brought.

        Raises
        ------
        Busy
            There is no room for it, or another one waits already; what was there stays.
        """
        with self._lock:
            here = self._desks.get(token)
            if here is not None and here.waiting:
                raise Busy
            desk = self._reserve(token, _size(raw))
            desk.adopt(Kept(model, raw))
            return desk

    def change(self, token: str, how: Callable[[Desk], None]) -> None:
        """Let a visitor change which models they keep, or what they call them."""
        with self._lock:
            desk = self._desks.get(token)
            if desk is not None:
                how(desk)

    def submit(
        self, token: str, plan: Plan, digits: Float32, start: bytes | None = None
    ) -> Training:
        """Begin a training, or put it at the end of the queue.

        Raises
        ------
        Busy
            This visitor trains already, one of their models waits, or there is no room for them.
        """
        training = Training(plan, digits, start)
        with self._lock:
            here = self._desks.get(token)
            if here is not None and (here.waiting or not here.idle):
                raise Busy
            desk = self._reserve(token, training.size)
            desk.training = training
            self._queue.append(training)
            self._start_next()
            return training

    def _reserve(self, token: str, size: int) -> Desk:
        """Find a visitor's desk, or give them one, with room for so many bytes more.

        Who has been gone for long makes room, whoever has been gone longest first; who has no
        model, as soon as they are gone.
        """
        self._clear()
        here = self._desks.get(token)
        others = {name: desk for name, desk in self._desks.items() if desk is not here}
        total = size + sum(desk.size for desk in self._desks.values())
        now = time.monotonic()
        gone = [
            (desk.seen, name)
            for name, desk in others.items()
            if desk.idle
            and now - desk.seen > (self.limits.absence_seconds if desk.kept else _PATIENCE)
        ]
        gone.sort(reverse=True)
        while total > self.limits.models_mb * 1_000_000 or len(others) >= self.limits.visitors:
            if not gone:
                raise Busy
            _seen, name = gone.pop()
            total -= others.pop(name).size
            del self._desks[name]
        desk = self._desks.setdefault(token, Desk())
        desk.seen = now
        self._watch()
        return desk

    def place(self, training: Training) -> int:
        """Tell how many are before it in the queue, itself included; 0 if it runs."""
        with self._lock:
            return self._queue.index(training) + 1 if training in self._queue else 0

    def cancel(self, training: Training, outcome: Outcome = "cancelled") -> None:
        """End a training; what it had learnt stays."""
        with self._lock:
            if training in self._queue:
                self._queue.remove(training)
                training.outcome = training.outcome or outcome
                training.phase = "over"
            elif not training.over:
                training.outcome = training.outcome or outcome
                if training._child is not None:
                    children.kill(training._child.process)  # its reader does the rest

    def warm_up(self) -> None:
        """Start a child ahead, for a visitor who is about to train."""
        with self._lock:
            free = len(self._running) + len(self._queue) < self.limits.at_once
            if self._spare is None and free and self.limits.spare_seconds:
                with contextlib.suppress(OSError):
                    self._spare = _Child(self._command, self.limits)
                self._watch()

    def close(self) -> None:
        """End everything. A server that is killed takes its children along by their pipes."""
        with self._lock:
            readers = [training._reader for training in self._running if training._reader]
            for training in [*self._queue, *self._running]:
                self.cancel(training, "killed")
            if self._spare is not None:
                self._spare.end()
                self._spare = None
        for reader in readers:  # each removes its child's folder
            reader.join(_PATIENCE)

    def _watch(self) -> None:
        if self._watcher is None or not self._watcher.is_alive():
            self._watcher = threading.Thread(target=self._supervise, daemon=True)
            self._watcher.start()

    def _supervise(self) -> None:
        """Hold everybody to the limits, as long as there is anybody."""
        while True:
            time.sleep(_TICK)
            with self._lock:
                now = time.monotonic()
                for training in list(self._running):
                    if now - training.began > self.limits.seconds:
                        self.cancel(training, "late")
                for desk in self._desks.values():
                    desk.sessions = set(filter(self._connected, desk.sessions))
                    desk.seen = now if desk.sessions else desk.seen
                    absent = now - desk.seen > self.limits.absence_seconds
                    if absent and desk.training is not None and not desk.idle:
                        self.cancel(desk.training, "absent")
                if self._spare and now - self._spare.since > self.limits.spare_seconds:
                    self._spare.end()
                    self._spare = None
                self._clear()
                if not self._desks and self._spare is None:
                    self._watcher = None
                    return

    def _clear(self) -> None:
        """Take the desks of those who have been gone for long."""
        now = time.monotonic()
        for token, desk in list(self._desks.items()):
            if desk.idle and now - desk.seen > self.limits.keep_seconds:
                del self._desks[token]

    def _start_next(self) -> None:
        """Let trainings begin while there is room."""
        while self._queue and len(self._running) < self.limits.at_once:
            training = self._queue.popleft()
            training.began = time.monotonic()
            training.phase = "starting"
            try:
                child = self._ready_child()
            except OSError as fault:  # no disk, no memory, too many processes
                _log.error("a training could not begin: %s", fault)
                training.outcome, training.phase = "failed", "over"
                continue
            training._child = child
            training._reader = threading.Thread(
                target=self._follow, args=(training, child), daemon=True
            )
            self._running.append(training)
            training._reader.start()

    def _ready_child(self) -> _Child:
        """Give the child that was started ahead, if it is alive, or a new one."""
        spare, self._spare = self._spare, None
        if spare is not None and spare.process.poll() is None:
            return spare
        if spare is not None:
            spare.end()
        return _Child(self._command, self.limits)

    def _follow(self, training: Training, child: _Child) -> None:
        """Read what a child says until it ends."""
        start = None
        try:
            if training.start is not None:
                start = child.folder / "start.safetensors"
                start.write_bytes(training.start)
        except OSError as fault:  # no disk
            _log.error("a training could not begin: %s", fault)
            training.outcome = training.outcome or "failed"
            children.kill(child.process)
        child.tell(Job(plan=training.plan, out=child.folder, start=start, or_samples=True))
        try:
            for line in children.lines(child.process, _LINE):
                training.take(line, child.folder)
        except Exception as fault:  # whatever it is, the training must end and its place be free
            _log.error("a training said what is not understood: %s", fault)
            training.outcome = training.outcome or "garbled"
            children.kill(child.process)
        code = child.process.wait()
        if training.outcome is None:
            training.outcome = _cause(code)
            # What a process said before somebody killed it has nothing to do with that.
            words = "killed" if training.outcome == "killed" else child.last_words()
            _log.error("a training ended with %d: %s", code, words)
        child.end()
        with self._lock:
            self._running.remove(training)
            for desk in self._desks.values():
                if desk.training is training and training.model and training.raw:
                    desk.adopt(Kept(training.model, training.raw))
            # Last of all: who reads "over" finds the model in its place.
            training.phase = "over"
            self._start_next()


def _cause(code: int) -> Outcome:
    """Tell from an exit code why a child ended without a word."""
    # How C++ ends when it gets no memory (TensorFlow under a limit of 1 GB: SIGSEGV). SIGKILL may
    # be the system's answer to the same, or somebody's.
    if code in (-signal.SIGABRT, -signal.SIGSEGV):
        return "memory"
    return "killed" if code < 0 else "failed"


def _connected(session: str) -> bool:
    return runtime.exists() and runtime.get_instance().is_active_session(session)


@lru_cache(maxsize=1)
def office() -> Office:
    """Give this process's office. Not Streamlit's cache, which any visitor can empty."""
    scratch.sweep()
    opened = Office(command=COMMAND)
    atexit.register(opened.close)  # or else its folders would stay behind
    return opened
