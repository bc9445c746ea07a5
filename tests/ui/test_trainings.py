"""The office, with children that only say that they train: small scripts, told what to do.

A script stops where it calls ``wait("name")`` until the test calls ``go("name")``.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from numpy.testing import assert_array_equal

from ae import checked, weights
from ae.evaluation import measure
from ae.jobs import Job
from ae.metadata import OWN_RECIPE, Data, Metadata, Net
from ae.model import Autoencoder
from ae.plans import OWN, Plan, preset
from ui import children as processes
from ui import names
from ui import trainings as module
from ui.limits import Limits
from ui.trainings import Busy, Kept, Office, Training

PLAN = preset("seconds", "shallow")
DIGITS = np.random.default_rng(7).random((5, 28, 28), np.float32)

_SCRIPT = """
import json, os, shutil, signal, sys, time

HERE, FILES = {here!r}, {files!r}
open(os.path.join(HERE, "pid-%d" % os.getpid()), "w").close()

def put(text, end="\\n"):
    print(text, end=end, flush=True)

def say(event, **fields):
    put(json.dumps({{"event": event, **fields}}))

def step(passed, loss=0.5):
    say("step", passed=passed, of=2, loss=loss, digits=round(passed * 1000), seconds=passed * 2)

def lay(file):
    shutil.copy(os.path.join(FILES, file), os.path.join(OUT, "part"))
    os.replace(os.path.join(OUT, "part"), os.path.join(OUT, "mine.safetensors"))

def kept(passed):
    say("kept", passed=passed, mse=0.25, dead=3, layers=[3], places="AAADAP8F/4AF", alike=0.5)

def keep(passed, file="early"):
    lay(file)
    kept(passed)

def epoch(number, loss):
    say("epoch", number=number, of=2, loss=loss, validation_loss=loss + 0.01, seconds=2.0 * number)

def done(file="late"):
    lay(file)
    say("done", file=OUT, bce=0.1, mse=0.2, psnr=9.0, zeros=0.0, dead=0)

def wait(name):
    while not os.path.exists(os.path.join(HERE, name)):
        time.sleep(0.005)

say("ready")
line = sys.stdin.readline()
if not line:
    sys.exit()
job = json.loads(line)
OUT = job["out"]
SEED = str(job["plan"]["seed"])
with open(os.path.join(HERE, "told-" + SEED), "w") as file:
    file.write(line)
"""

LEARNS = 'step(0.5); keep(0.5); wait("go-" + SEED); step(2.0); done()'
"""Learns something, and waits until the test lets it go on."""

WAITS = 'wait("never")'


def wait_for(condition: Callable[[], Any], seconds: float = 10) -> None:
    """Wait until it is so; the test fails when it does not become so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to this"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    """Has the process ended, and has somebody taken note of it?"""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def pid_of(training: Training) -> int:
    assert training._child is not None
    return training._child.process.pid


def over(training: Training) -> Callable[[], bool]:
    return lambda: training.over


# The files that a training leaves


def model_file(path: Path, seed: int) -> None:
    """Write a model as ``ae.training.produce.carry_out`` does, with random weights."""
    random = np.random.default_rng(seed)
    family = PLAN.family
    arrays = {}
    for half, widths in (("encoder", family.encoder), ("decoder", family.decoder)):
        for i, shape in enumerate(itertools.pairwise(widths)):
            arrays[f"{half}.{i}.weights"] = random.normal(0, 0.05, shape).astype(np.float32)
            arrays[f"{half}.{i}.bias"] = np.zeros(shape[1], np.float32)
    errors, statistics = measure(weights.autoencoder(family, arrays), DIGITS)
    metadata = Metadata(
        family=OWN,
        parameters=family.parameters,
        net=Net.of(family, OWN_RECIPE, PLAN.recipe, PLAN.seed),
        data=Data(name="samples", sha256="0" * 64, digits=1000),
        versions={"python": "3"},
        test=errors,
        tested=len(DIGITS),
        epochs=1.0,
    )
    tensors = arrays | weights.statistics_tensors(statistics)
    checked.save(path, tensors, metadata.to_header())


def forged(raw: bytes, **facts: Any) -> bytes:
    """Change what a file says of itself."""
    (length,) = struct.unpack_from("<Q", raw)
    known = json.loads(json.loads(raw[8 : 8 + length])["__metadata__"]["facts"])
    text = json.dumps(known | facts)
    return safetensors.numpy.save(safetensors.numpy.load(raw), {"facts": text})


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two good models, "early" and "late", and some that are not."""
    folder = tmp_path_factory.mktemp("files")
    for seed, name in enumerate(("early", "late")):
        model_file(folder / name, seed)
    late = (folder / "late").read_bytes()
    tensors = safetensors.numpy.load(late)
    known = json.loads(
        json.loads(late[8 : 8 + struct.unpack_from("<Q", late)[0]])["__metadata__"]["facts"]
    )
    not_finite = {name: np.full_like(array, np.nan) for name, array in tensors.items()}
    bad = {
        "empty": b"",
        "truncated": late[: len(late) // 2],
        "altered": late[:8] + bytes(x ^ 0x20 for x in late[8:200]) + late[200:],
        "not finite": safetensors.numpy.save(not_finite, {"facts": json.dumps(known)}),
        "other shapes": forged(late, encoder=[784, 16], decoder=[16, 784]),
        "other family": (checked.FOLDER / "shallow.safetensors").read_bytes(),
        "huge figure": forged(late, test=known["test"] | {"bce": 10**400}),
        "deep facts": safetensors.numpy.save(tensors, {"facts": "[" * 100_000}),
    }
    for name, raw in bad.items():
        (folder / name).write_bytes(raw)
    return folder


# The office


class Clock:
    """The office's time, which a test lets pass. Desks and trainings are made before that."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.passed

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def go(tmp_path: Path) -> Callable[[str], None]:
    """Let a child go on that waits for this."""
    return lambda name: (tmp_path / name).touch()


@pytest.fixture
def children(tmp_path: Path) -> Callable[[], set[int]]:
    """Give the process ids of all children that have started so far."""
    return lambda: {int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")}


@pytest.fixture
def open_office(
    tmp_path: Path,
    files: Path,
    children: Callable[[], set[int]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Office]]:
    """Open offices whose children do what a text says; at the end no child may be left."""
    monkeypatch.setattr(module, "_TICK", 0.01)
    opened: list[Office] = []

    def open_one(
        body: str = LEARNS, connected: Callable[[str], bool] | None = None, **limits: int
    ) -> Office:
        script = tmp_path / f"child-{len(opened)}.py"
        script.write_text(_SCRIPT.format(here=str(tmp_path), files=str(files)) + body)
        command = [sys.executable, "-I", "-S", str(script)]
        opened.append(Office(replace(Limits(), **limits), command, connected or (lambda _: True)))
        return opened[-1]

    yield open_one
    for office in opened:
        office.close()
        office._desks.clear()
    for office in opened:
        wait_for(lambda o=office: o._watcher is None, 3)
    wait_for(lambda: all(map(gone, children())), 3)


def seed(number: int) -> Plan:
    return replace(PLAN, seed=number)


# A training that goes well


def test_from_the_first_event_to_the_last(
    open_office: Callable[..., Office], go: Callable[[str], None], files: Path, tmp_path: Path
) -> None:
    office = open_office(
        """
wait("1"); say("download", share=0.25)
wait("2"); say("drawing", share=0.75)
wait("3"); say("data", name="samples", digits=1000, held_out=10)
wait("4"); step(0.0, None); keep(0.0); step(0.4, 0.4); keep(0.4)
step(1.0, 0.3); keep(1.0); epoch(1, 0.3)
step(1.5, 0.2); keep(1.5)
wait("5"); step(2.0, 0.1); keep(2.0, "late"); epoch(2, 0.1); done()
"""
    )
    training = office.submit("a", PLAN, DIGITS)
    desk = office.desk("a")
    assert desk is not None and desk.training is training
    assert (training.phase, training.outcome, training.left) == ("starting", None, None)
    assert office.place(training) == 0
    go("1")
    wait_for(lambda: training.phase == "download")
    assert training.share == 0.25
    go("2")
    wait_for(lambda: training.phase == "drawing")
    assert training.share == 0.75
    go("3")
    wait_for(lambda: training.phase == "starting")
    assert (training.data, training.tests) == (("samples", 1000), 10)
    assert (training.passed, training.speed, training.left) == (0, None, None)
    go("4")
    wait_for(lambda: training.latest is not None and training.latest.passed == 1.5)
    assert (training.phase, training.over) == ("learning", False)
    assert (training.passed, training.seen, training.seconds) == (1.5, 1500, 3.0)
    assert training.speed == pytest.approx(
        500
    )  # since the first batches: 1100 digits in 2.2 seconds
    assert training.left == pytest.approx(1.0)  # the plan has two epochs
    assert [frame.passed for frame in training.frames] == [0, 0.4, 1, 1.5]
    assert not desk.kept
    folder = training._child.folder
    assert folder.is_dir()
    go("5")
    wait_for(over(training))

    assert training.outcome == "done"
    assert [(p.passed, p.loss) for p in training.sketch] == [(0.4, 0.4)]
    assert [(p.passed, p.loss) for p in training.history] == [(1, 0.3), (2, 0.1)]
    assert training.history[0].validation_loss == pytest.approx(0.31)
    assert [frame.passed for frame in training.frames] == [0, 0.4, 1, 1.5, 2]
    assert training.frames[-1] is training.latest
    assert (training.latest.layers, training.latest.alike) == ((3,), 0.5)
    assert training.latest.map.digits.tolist() == [3, 5, 5]
    assert training.latest.map.places.tolist() == [[0, 0], [0, 255], [255, 128]]
    assert training.left == 0
    early, late = (weights.load_own(files / name) for name in ("early", "late"))
    assert_array_equal(training.frames[0].reconstructions, early.reconstruct(DIGITS))
    assert_array_equal(training.frames[-1].reconstructions, late.reconstruct(DIGITS))
    assert (training.frames[0].mse, training.frames[0].dead) == (0.25, 3)
    assert training.raw == (files / "late").read_bytes()
    assert [*desk.kept.values()] == [Kept(training.model, training.raw)]
    assert not folder.exists()
    told = Job.from_line((tmp_path / "told-0").read_bytes())
    assert told == Job(plan=PLAN, out=folder, or_samples=True)


def told_after(looks: list[tuple[float, int, float]], folder: Path) -> list[Any]:
    """Give speed and time left after each look: epochs, digits, seconds."""
    training, told = Training(PLAN, DIGITS), []
    for passed, digits, seconds in looks:
        event = {"passed": passed, "of": 2, "loss": 0.5, "digits": digits, "seconds": seconds}
        training.take(json.dumps({"event": "step", **event}).encode(), folder)
        told.append((training.speed, training.left))
    return told


def test_the_first_batches_do_not_count_for_the_speed(tmp_path: Path) -> None:
    """With them Keras puts the net together: 128 digits in 1.8 s are not 72 a second."""
    looks = [(0.0, 0, 0.1), (0.002, 128, 1.8), (0.1, 6_000, 2.1), (0.5, 30_000, 3.8)]
    told = told_after([*looks, (0.502, 30_128, 3.9), (0.752, 45_128, 4.8)], tmp_path)
    assert told[:3] == [(None, None)] * 3
    assert told[3] == (pytest.approx((30_000 - 128) / 2), None), "there was one look"
    assert told[4][1] is None
    assert told[5] == pytest.approx((45_000 / 3, 3 / 0.75 * (2 - 0.752)))


def test_time_left_is_told_while_the_speed_is_steady(tmp_path: Path) -> None:
    """Looks after 1, 1.5, 2.25 … seconds; in the third part it is twice as slow."""
    seconds = np.arange(0, 12, 0.05)
    passed = 0.001 + 0.1 * np.minimum(seconds, 2.5 + np.maximum(seconds - 2.5, 0) / 2)
    looks = [(p, round(60_000 * p), s) for p, s in zip(passed.tolist(), seconds, strict=True)]
    told = [left is not None for _, left in told_after(looks, tmp_path)]
    changes = [float(seconds[i]) for i in range(1, len(told)) if told[i] != told[i - 1]]
    assert changes == pytest.approx([1.5, 3.4, 7.65], abs=0.15)


def test_it_says_when_it_saves(
    open_office: Callable[..., Office], go: Callable[[str], None]
) -> None:
    body = """step(1.0); keep(1.0); epoch(1, 0.3); wait("1"); step(2.0); keep(2.0); epoch(2, 0.2)
wait("2"); done()"""
    training = open_office(body).submit("a", PLAN, DIGITS)
    wait_for(lambda: len(training.history) == 1)
    assert training.phase == "learning"
    go("1")
    wait_for(lambda: training.phase == "saving")
    assert not training.over
    go("2")
    wait_for(over(training))


def test_moments_within_epochs_have_a_bound(open_office: Callable[..., Office]) -> None:
    body = "lay('early')\nfor i in range(401): kept(i / 200)\ndone()"
    training = open_office(body).submit("a", PLAN, DIGITS)
    wait_for(over(training))
    passed = [frame.passed for frame in training.frames]
    assert len(passed) <= 60 + 2 and {0, 1, 2} <= set(passed)
    assert passed[1] == 0.005 and training.latest.passed == 2


def test_of_the_watched_digits_each_has_its_picture(open_office: Callable[..., Office]) -> None:
    training = open_office("keep(0.0); done()").submit("a", PLAN, DIGITS)
    wait_for(over(training))
    assert training.latest is not None
    assert training.latest.reconstructions.shape == DIGITS.shape


def test_it_goes_on_from_given_weights(
    open_office: Callable[..., Office], files: Path, tmp_path: Path
) -> None:
    office = open_office('shutil.copy(job["start"], os.path.join(HERE, "seen"))\ndone()')
    raw = (files / "early").read_bytes()
    training = office.submit("a", PLAN, DIGITS, raw)
    wait_for(over(training))
    assert training.outcome == "done"
    assert (tmp_path / "seen").read_bytes() == raw


def test_each_training_brings_a_model_of_its_own(open_office: Callable[..., Office]) -> None:
    office = open_office("done()")
    numbers = []
    for count in (1, 2):
        training = office.submit("a", PLAN, DIGITS)
        numbers.append(training.number)
        wait_for(over(training))
        raws = [one.raw for one in office.desk("a").kept.values()]
        assert len(raws) == count and raws[-1] is training.raw
    assert numbers[0] < numbers[1]


def test_a_child_gets_what_the_others_leave(
    open_office: Callable[..., Office], tmp_path: Path
) -> None:
    office = open_office(
        """
import resource
names = "TF_NUM_INTRAOP_THREADS TF_NUM_INTEROP_THREADS OMP_NUM_THREADS OPENBLAS_NUM_THREADS"
seen = [[os.environ[name] for name in names.split()], os.getpriority(os.PRIO_PROCESS, 0),
         resource.getrlimit(resource.RLIMIT_DATA)]
with open(os.path.join(HERE, "found"), "w") as file:
    json.dump(seen, file)
done()
""",
        threads=3,
        memory_mb=500,
    )
    wait_for(over(office.submit("a", PLAN, DIGITS)))
    threads, niceness, memory = json.loads((tmp_path / "found").read_text())
    assert threads == ["3"] * 4
    if sys.platform == "linux":
        assert niceness == processes._NICE
        assert memory == [500_000_000] * 2


# Visitors, and the queue


def test_two_visitors_do_not_see_each_other(
    open_office: Callable[..., Office], go: Callable[[str], None]
) -> None:
    office = open_office()
    one, two = (office.submit(token, seed(i), DIGITS) for i, token in enumerate("ab"))
    assert one is not two
    assert office.desk("a") is not office.desk("b")
    assert (office.desk("a").training, office.desk("b").training) == (one, two)
    assert office.desk("c") is None and office.desk("") is None
    go("go-0")
    wait_for(over(one))
    assert office.desk("a").kept[OWN].model is one.model is not None
    assert not office.desk("b").kept and not two.over


# 600,000 of these made a message of the page that Streamlit refuses to send.
FLOODS = {
    "epochs": "for i in range(600_000): epoch(1, 0.5)",
    "epochs that were not asked for": "for i in range(600_000): epoch(i + 1, 0.5)",
    "kept": "for i in range(600_000): kept(1.0)",
    "steps back": "for i in range(600_000): step(0.5); step(0.4)",
    "steps beyond": "for i in range(600_000): step(0.5 + i)",
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_what_cannot_come_in_this_order_ends_it(
    open_office: Callable[..., Office], flood: str
) -> None:
    training = open_office(f"lay('early')\n{flood}").submit("a", PLAN, DIGITS)
    wait_for(over(training))
    assert training.outcome == "garbled"
    assert max(map(len, (training.history, training.frames, training.sketch))) <= 3


def test_steps_without_end_make_a_curve_that_has_one(open_office: Callable[..., Office]) -> None:
    flood = "for i in range(20_000): step(i / 20_000)"
    training = open_office(f"{flood}\nstep(2.0); done()").submit("a", PLAN, DIGITS)
    wait_for(over(training), 30)
    assert training.outcome == "done"
    assert 450 <= len(training.sketch) <= 501
    assert training.sketch[-1].passed > 0.99


def test_a_grandchild_that_holds_the_pipe_keeps_no_place(
    open_office: Callable[..., Office],
) -> None:
    office = open_office(
        "if not os.fork(): os.setsid(); time.sleep(30); os._exit(0)\nstep(0.5); time.sleep(60)",
        at_once=1,
        seconds=1,
    )
    one, two = (office.submit(token, PLAN, DIGITS) for token in "ab")
    wait_for(over(one), 5)
    assert one.outcome == "late" and two.phase != "waiting"


def test_a_visitor_trains_once_at_a_time(
    open_office: Callable[..., Office], go: Callable[[str], None]
) -> None:
    office = open_office(at_once=1)
    first = office.submit("a", PLAN, DIGITS)
    waiting = office.submit("b", PLAN, DIGITS)
    for token in "ab":
        with pytest.raises(Busy):
            office.submit(token, PLAN, DIGITS)
    assert (office.desk("a").training, office.desk("b").training) == (first, waiting)
    assert office.place(waiting) == 1
    go("go-0")
    wait_for(over(first))
    assert office.submit("a", PLAN, DIGITS) is office.desk("a").training is not first


def test_the_queue(
    open_office: Callable[..., Office],
    go: Callable[[str], None],
    children: Callable[[], set[int]],
) -> None:
    office = open_office(at_once=2)
    trainings = [office.submit(str(i), seed(i), DIGITS) for i in range(6)]

    def places() -> list[int]:
        return [office.place(training) for training in trainings]

    assert places() == [0, 0, 1, 2, 3, 4]
    wait_for(lambda: all(training.phase == "learning" for training in trainings[:2]))
    assert [training.phase for training in trainings[2:]] == ["waiting"] * 4
    assert len(children()) == 2
    go("go-1")
    wait_for(lambda: trainings[2].phase == "learning")
    assert places() == [0, 0, 0, 1, 2, 3]
    office.cancel(trainings[4])  # which waits: it never begins
    assert (trainings[4].phase, trainings[4].outcome) == ("over", "cancelled")
    assert trainings[4].model is None and trainings[4]._child is None
    assert places() == [0, 0, 0, 1, 0, 2]
    office.cancel(trainings[0])
    wait_for(lambda: trainings[3].phase == "learning")
    assert places() == [0, 0, 0, 0, 0, 1]
    for i in range(6):
        go(f"go-{i}")
    for training in trainings:
        wait_for(over(training))
    outcomes = [training.outcome for training in trainings]
    assert outcomes == ["cancelled", "done", "done", "done", "cancelled", "done"]
    assert len(children()) == 5
    office.cancel(trainings[1])  # too late, and harmless
    assert trainings[1].outcome == "done"


def test_who_cancelled_in_the_queue_may_enlist_again(open_office: Callable[..., Office]) -> None:
    office = open_office(at_once=1)
    office.submit("a", PLAN, DIGITS)
    office.cancel(office.submit("b", PLAN, DIGITS))
    assert office.place(office.submit("b", PLAN, DIGITS)) == 1


def test_many_at_the_same_moment(open_office: Callable[..., Office]) -> None:
    office = open_office("done()", at_once=3)
    trainings: dict[int, Training] = {}

    def visit(i: int) -> None:
        trainings[i] = office.submit(str(i), seed(i), DIGITS)

    threads = [threading.Thread(target=visit, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for training in trainings.values():
        wait_for(over(training))
    assert {training.outcome for training in trainings.values()} == {"done"}
    assert all(office.desk(str(i)).training is trainings[i] for i in range(12))
    assert all(office.desk(str(i)).kept[OWN].model is trainings[i].model for i in range(12))
    assert len({training.number for training in trainings.values()}) == 12


# How it may end


def test_cancelled_while_it_learns(open_office: Callable[..., Office], files: Path) -> None:
    office = open_office()
    training = office.submit("a", PLAN, DIGITS)
    wait_for(lambda: training.latest)
    pid = pid_of(training)
    office.cancel(training)
    wait_for(over(training))
    assert training.outcome == "cancelled"
    assert training.raw == (files / "early").read_bytes()
    assert [*office.desk("a").kept.values()] == [Kept(training.model, training.raw)]
    assert gone(pid)


def test_cancelled_before_it_has_learnt(open_office: Callable[..., Office]) -> None:
    office = open_office(WAITS)
    training = office.submit("a", PLAN, DIGITS)
    office.cancel(training)
    wait_for(over(training))
    assert (training.outcome, training.model, training.latest) == ("cancelled", None, None)
    assert not office.desk("a").kept


def test_a_training_without_a_model_leaves_the_former_one(
    open_office: Callable[..., Office], files: Path
) -> None:
    office = open_office("sys.exit(2)")
    raw = (files / "early").read_bytes()
    desk = office.adopt("a", weights.read_own(raw), raw)
    wait_for(over(office.submit("a", PLAN, DIGITS)))
    assert desk.kept[OWN].raw == raw


def test_killed_from_outside(open_office: Callable[..., Office], files: Path) -> None:
    office = open_office("step(1.0); keep(1.0); epoch(1, 0.3); " + WAITS)
    training = office.submit("a", PLAN, DIGITS)
    wait_for(lambda: training.history)
    os.kill(pid_of(training), signal.SIGKILL)
    wait_for(over(training))
    assert training.outcome == "killed"
    assert training.raw == (files / "early").read_bytes()
    assert [*office.desk("a").kept.values()] == [Kept(training.model, training.raw)]


ENDS = {
    "SIGABRT": ("os.kill(os.getpid(), signal.SIGABRT)", "memory"),
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM)", "killed"),
    "exit 2": ("sys.exit(2)", "failed"),
    "exit 0": ("sys.exit(0)", "failed"),
    "memory": ('say("failed", reason="memory", message="none left"); sys.exit(2)', "memory"),
    "data": ('say("failed", reason="data", message="no MNIST"); sys.exit(2)', "data"),
    "other": ('say("failed", reason="other", message="?"); sys.exit(2)', "failed"),
    "unheard of": ('say("failed", reason="done", message="?"); sys.exit(2)', "failed"),
}


@pytest.mark.parametrize("body, outcome", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("learnt", [False, True])
def test_it_ends_by_itself(
    open_office: Callable[..., Office], files: Path, body: str, outcome: str, learnt: bool
) -> None:
    office = open_office(("keep(1.0); " if learnt else "") + body)
    training = office.submit("a", PLAN, DIGITS)
    wait_for(over(training))
    assert training.outcome == outcome
    assert training.raw == ((files / "early").read_bytes() if learnt else None)
    assert (len(office.desk("a").kept) == 1) == learnt
    assert not training._child.folder.exists()


def test_the_log_has_the_last_words(
    open_office: Callable[..., Office], caplog: pytest.LogCaptureFixture
) -> None:
    office = open_office('sys.stderr.buffer.write(b"x" * 100_000 + b"\\xff no room")\nsys.exit(3)')
    wait_for(over(office.submit("a", PLAN, DIGITS)))
    assert "no room" in caplog.text and "ended with 3" in caplog.text
    assert len(caplog.text) < 3000


def test_diverged(open_office: Callable[..., Office], files: Path) -> None:
    office = open_office('keep(0.5); lay("late"); say("diverged", passed=0.7); sys.exit(2)')
    training = office.submit("a", PLAN, DIGITS)
    wait_for(over(training))
    assert training.outcome == "diverged"
    assert training.raw == office.desk("a").kept[OWN].raw == (files / "late").read_bytes()


_STEP = '{"event": "step", "passed": %s, "of": 2, "loss": 0.5, "digits": 5, "seconds": 1.0}'
LINES = {
    "words": b"Epoch 1 of 2",
    "empty": b"",
    "long": b"x" * 20_000,
    "long and good": b" " * 20_000 + (_STEP % "1.0").encode(),
    "binary": bytes(range(128, 256)),
    "zeros": bytes(100),
    "half": (_STEP % "1.0").encode()[:-20],
    "two in one": (_STEP % "1.0").encode() * 2,
    "number": b"7",
    "list": b'["step"]',
    "null": b"null",
    "nested": b"[" * 9_000,
    "NaN": (_STEP % "NaN").encode(),
    "infinity": (_STEP % "-Infinity").encode(),
    "beyond floats": (_STEP % "1e999").encode(),
    "many figures": (_STEP % ("9" * 5000)).encode(),
    "text for a number": (_STEP % '"1.0"').encode(),
    "truth for a number": (_STEP % "true").encode(),
    "null for a number": (_STEP % "null").encode(),
    "no name": b'{"share": 0.5}',
    "unknown": b'{"event": "boast"}',
    "no text for a name": b'{"event": ["ready"]}',
    "field missing": b'{"event": "kept", "passed": 1.0, "mse": 0.1}',
    "another net's layers": b'{"event": "kept", "passed": 1.0, "mse": 0.1, "dead": 0,'
    b' "layers": [0, 0, 0], "places": "AAAD", "alike": 0}',
    "no map": b'{"event": "kept", "passed": 1.0, "mse": 0.1, "dead": 0,'
    b' "layers": [0], "places": "AAA", "alike": 0}',
    "field too many": b'{"event": "ready", "share": 0.5}',
    "fraction for a count": b'{"event": "data", "name": "MNIST", "digits": 0.5, "held_out": 1}',
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_what_is_no_event_ends_it(
    open_office: Callable[..., Office], files: Path, line: bytes
) -> None:
    office = open_office(
        f"keep(1.0); sys.stdout.buffer.write({line!r} + b'\\n'); sys.stdout.flush(); {WAITS}"
    )
    training = office.submit("a", PLAN, DIGITS)
    wait_for(over(training), 3)
    assert training.outcome == "garbled"
    assert training.raw == office.desk("a").kept[OWN].raw == (files / "early").read_bytes()
    assert gone(pid_of(training))
    follows = office.submit("a", PLAN, DIGITS)  # the office goes on
    wait_for(lambda: follows.latest or follows.over)


BAD = (
    "empty",
    "truncated",
    "altered",
    "not finite",
    "other shapes",
    "other family",
    "huge figure",
    "deep facts",
)


@pytest.mark.parametrize("file", BAD)
def test_a_file_that_is_no_model_ends_it(
    open_office: Callable[..., Office], go: Callable[[str], None], files: Path, file: str
) -> None:
    office = open_office(f'keep(1.0); wait("go"); keep(2.0, "{file}"); {WAITS}')
    training = office.submit("a", PLAN, DIGITS)
    wait_for(lambda: training.latest)
    go("go")
    wait_for(over(training), 3)
    assert training.outcome == "garbled"
    assert [frame.passed for frame in training.frames] == [1]
    assert training.raw == office.desk("a").kept[OWN].raw == (files / "early").read_bytes()
    assert gone(pid_of(training))


@pytest.mark.parametrize(
    "body", ["kept(1.0)", 'os.mkdir(os.path.join(OUT, "mine.safetensors")); kept(1.0)']
)
def test_a_file_that_is_not_there_ends_it(open_office: Callable[..., Office], body: str) -> None:
    training = open_office(f"{body}; {WAITS}").submit("a", PLAN, DIGITS)
    wait_for(over(training))
    assert (training.outcome, training.model) == ("garbled", None)
    assert gone(pid_of(training))


@pytest.mark.parametrize("end", ['done("truncated")', 'lay("altered"); say("diverged", passed=1)'])
def test_a_bad_last_file_leaves_the_one_before(
    open_office: Callable[..., Office], go: Callable[[str], None], files: Path, end: str
) -> None:
    office = open_office(f'keep(1.0); wait("go"); {end}')
    training = office.submit("a", PLAN, DIGITS)
    wait_for(lambda: training.latest)
    go("go")
    wait_for(over(training))
    assert training.outcome in ("done", "diverged")
    assert office.desk("a").kept[OWN].raw == (files / "early").read_bytes()


# Limits of time


def test_too_late(open_office: Callable[..., Office], clock: Clock, files: Path) -> None:
    office = open_office(seconds=60)
    training = office.submit("a", PLAN, DIGITS)
    wait_for(lambda: training.latest)
    clock.passed = 50
    time.sleep(0.1)
    assert not training.over
    clock.passed = 61
    wait_for(over(training))
    assert training.outcome == "late"
    assert office.desk("a").kept[OWN].raw == (files / "early").read_bytes()


def test_waiting_does_not_count(open_office: Callable[..., Office], clock: Clock) -> None:
    office = open_office(at_once=1, seconds=60, absence_seconds=10_000)
    first, second = (office.submit(token, PLAN, DIGITS) for token in "ab")
    wait_for(lambda: first.latest)
    clock.passed = 61
    wait_for(over(first))
    wait_for(lambda: second.latest)
    time.sleep(0.1)
    assert (first.outcome, second.outcome) == ("late", None)


def test_a_child_that_closes_its_pipe_and_stays(
    open_office: Callable[..., Office], clock: Clock
) -> None:
    office = open_office(f'keep(1.0); os.close(1); open(HERE + "/closed", "w").close(); {WAITS}')
    training = office.submit("a", PLAN, DIGITS)
    wait_for(lambda: training.latest)
    clock.passed = 601
    wait_for(over(training))
    assert training.outcome == "late"


@pytest.mark.parametrize("waits", [False, True])
def test_whose_visitor_has_gone(
    open_office: Callable[..., Office], clock: Clock, waits: bool
) -> None:
    here = {"first": True, "second": True}
    office = open_office(
        connected=lambda session: here[session],
        at_once=1,
        seconds=10_000,
        absence_seconds=60,
        keep_seconds=600,
    )
    other = office.submit("b", seed(1), DIGITS) if waits else None
    training = office.submit("a", PLAN, DIGITS)
    if other is not None:
        assert office.desk("b", "second")
        here["second"] = True
    else:
        wait_for(lambda: training.latest)
    assert office.desk("a", "first")
    clock.passed = 1000  # as long as the browser is there, no time counts
    time.sleep(0.1)
    assert not training.over and office.place(training) == int(waits)
    here["first"] = False
    clock.passed += 50
    time.sleep(0.1)
    assert not training.over
    clock.passed += 11
    wait_for(over(training))
    assert training.outcome == "absent"
    assert other is None or not other.over
    if not waits:
        assert office._desks["a"].kept[OWN].raw == training.raw is not None
    clock.passed += 500  # they come back in time
    time.sleep(0.1)
    assert office.desk("a") is not None
    clock.passed += 601  # and then no more
    wait_for(lambda: "a" not in office._desks)
    assert office.desk("a") is None


def test_one_of_two_tabs_is_enough(open_office: Callable[..., Office], clock: Clock) -> None:
    here = {"one": True, "two": False}
    office = open_office(connected=here.__getitem__, seconds=10_000, absence_seconds=60)
    training = office.submit("a", PLAN, DIGITS)
    for session in here:
        office.desk("a", session)
    clock.passed = 500
    time.sleep(0.1)
    assert not training.over
    here["one"] = False
    clock.passed += 61
    wait_for(over(training))
    assert training.outcome == "absent"


def test_of_nobody_s_browser_is_known(open_office: Callable[..., Office], clock: Clock) -> None:
    office = open_office(absence_seconds=60)
    training = office.submit("a", PLAN, DIGITS)
    clock.passed = 61
    wait_for(over(training))
    assert training.outcome == "absent"


def test_without_a_server_nobody_is_connected() -> None:
    assert module._connected("a session") is False


def model_of(files: Path) -> tuple[Autoencoder, bytes]:
    raw = (files / "early").read_bytes()
    return weights.read_own(raw), raw


def test_only_so_many_visitors(
    open_office: Callable[..., Office], clock: Clock, files: Path
) -> None:
    here = {"one", "two"}
    office = open_office(connected=here.__contains__, visitors=2, keep_seconds=60)
    model = model_of(files)
    desks = [office.adopt(token, *model) for token in "ab"]
    for token, session in zip("ab", ("one", "two"), strict=True):
        office.desk(token, session)
    assert office.adopt("a", *model) is desks[0]
    for ask in (
        lambda: office.adopt("c", *model),
        lambda: office.submit("c", PLAN, DIGITS),
    ):
        with pytest.raises(Busy):
            ask()
    assert office.desk("c") is None
    clock.passed = 61
    time.sleep(0.1)
    with pytest.raises(Busy):
        office.adopt("c", *model)
    here.remove("two")
    clock.passed += 61
    wait_for(lambda: "b" not in office._desks)
    office.adopt("c", *model)
    assert office.desk("a") is desks[0] and office.desk("b") is None


def test_a_visitor_keeps_four_and_the_next_waits(
    open_office: Callable[..., Office], files: Path
) -> None:
    """It waits with the one that a training brings meanwhile; nothing else begins before."""
    office = open_office("done()")
    model, raw = model_of(files)
    own = [replace(model) for _ in range(5)]
    for one in own[:4]:
        desk = office.adopt("a", one, raw)
    assert list(desk.kept) == [*names.IDS] == [one.model.name for one in desk.kept.values()]
    training = office.submit("a", PLAN, DIGITS)
    office.adopt("a", own[4], raw)
    wait_for(over(training))
    assert [one.raw for one in desk.waiting] == [raw, training.raw] and len(desk.kept) == 4
    assert desk.size == 2 * (5 * len(raw) + len(training.raw)) + training.size
    for ask in (
        lambda: office.adopt("a", model, raw),
        lambda: office.submit("a", PLAN, DIGITS),
    ):
        with pytest.raises(Busy):
            ask()
    second = desk.kept["mine2"].model
    office.change("a", lambda desk: desk.call(second, "Two"))
    assert [one.title for one in desk.kept.values()] == ["", "Two", "", ""]
    office.change("a", lambda desk: desk.remove(second))
    office.change("a", lambda desk: desk.call(second, "Two"))  # it is not here any more
    assert list(desk.kept) == ["mine", "mine3", "mine4", "mine2"]
    assert not any(one.title for one in desk.kept.values())
    assert desk.kept["mine2"].model.encoder is own[4].encoder, "the one that came first"
    office.change("a", lambda desk: desk.remove(desk.waiting[0].model))
    assert not desk.waiting and len(desk.kept) == 4
    office.change("nobody", lambda desk: desk.remove(second))


@pytest.mark.parametrize("bound", ["visitors", "models_mb"])
def test_who_has_been_gone_longest_makes_room(
    open_office: Callable[..., Office], clock: Clock, files: Path, bound: str
) -> None:
    model = model_of(files)
    megabyte = module._size(model[1]) / 1e6
    assert 1 < 3 * megabyte < 4, "three of them have room, four have not"
    here = {"d"}
    limits = {"visitors": 3, "models_mb": 100} if bound == "visitors" else {"models_mb": 1}
    if bound == "models_mb":
        model = (model[0], bytes(150_000))
    office = open_office(connected=here.__contains__, absence_seconds=60, **limits)
    for i, token in enumerate("abd"):
        clock.passed = 10 * i
        office.adopt(token, *model)
    office.desk("d", "d")
    clock.passed = 55
    time.sleep(0.05)
    with pytest.raises(Busy):  # nobody has been gone for so long
        office.adopt("e", *model)
    clock.passed = 100
    office.adopt("e", *model)
    assert set(office._desks) == set("bde")
    office.adopt("f", *model)
    assert set(office._desks) == set("def")
    with pytest.raises(Busy):
        office.adopt("g", *model)
    assert set(office._desks) == set("def"), "whoever is here keeps what they have"


def test_what_a_training_will_come_to_has_room_before_it_begins(
    open_office: Callable[..., Office],
) -> None:
    office = open_office(models_mb=2)
    long = replace(PLAN, recipe=replace(PLAN.recipe, epochs=300))
    with pytest.raises(Busy):
        office.submit("a", long, DIGITS)
    assert office.desk("a") is None
    training = office.submit("a", PLAN, DIGITS)
    wait_for(lambda: training.latest)
    assert training.size < 2_000_000


def test_a_visitor_who_got_nothing_keeps_no_place(
    open_office: Callable[..., Office], clock: Clock
) -> None:
    here = {"one"}
    office = open_office("sys.exit(2)", connected=here.__contains__, visitors=1)
    training = office.submit("a", PLAN, DIGITS)
    office.desk("a", "one")
    wait_for(over(training))
    clock.passed = 1000
    time.sleep(0.1)
    with pytest.raises(Busy):  # who is here reads how it ended
        office.submit("b", PLAN, DIGITS)
    here.clear()
    time.sleep(0.1)
    clock.passed += 10
    office.submit("b", PLAN, DIGITS)
    assert set(office._desks) == {"b"}


def test_who_comes_back_after_a_while_may_train(
    open_office: Callable[..., Office], clock: Clock, files: Path
) -> None:
    office = open_office("done()", absence_seconds=60, keep_seconds=600)
    desk = office.adopt("a", *model_of(files))
    clock.passed = 300
    time.sleep(0.1)
    training = office.submit("a", PLAN, DIGITS)
    wait_for(over(training))
    assert training.outcome == "done"
    assert [one.raw for one in desk.kept.values()][1:] == [training.raw]


# A child that is started ahead


def test_the_next_training_takes_the_child_that_is_ready(
    open_office: Callable[..., Office], children: Callable[[], set[int]]
) -> None:
    office = open_office()
    for _ in range(3):
        office.warm_up()
    wait_for(children)
    (ready,) = children()
    training = office.submit("a", PLAN, DIGITS)
    assert pid_of(training) == ready
    wait_for(lambda: training.latest)
    assert children() == {ready}
    other = office.submit("b", seed(1), DIGITS)
    assert pid_of(other) != ready


def test_unused_it_ends(
    open_office: Callable[..., Office], children: Callable[[], set[int]], clock: Clock
) -> None:
    office = open_office(spare_seconds=60)
    office.warm_up()
    wait_for(children)
    folder = office._spare.folder
    (pid,) = children()
    clock.passed = 50
    time.sleep(0.1)
    assert not gone(pid)
    clock.passed = 61
    wait_for(lambda: gone(pid))
    wait_for(lambda: not folder.exists())
    clock.passed = 0
    office.warm_up()
    wait_for(lambda: len(children()) == 2)


def test_one_that_has_died_is_replaced(
    open_office: Callable[..., Office], children: Callable[[], set[int]]
) -> None:
    office = open_office("done()")
    office.warm_up()
    wait_for(children)
    dead = office._spare
    os.kill(dead.process.pid, signal.SIGKILL)
    wait_for(lambda: dead.process.poll() is not None)
    training = office.submit("a", PLAN, DIGITS)
    assert pid_of(training) != dead.process.pid
    wait_for(over(training))
    assert training.outcome == "done"
    assert not dead.folder.exists()


def test_none_is_started_where_there_is_no_room(
    open_office: Callable[..., Office], children: Callable[[], set[int]]
) -> None:
    office = open_office(at_once=1)
    training = office.submit("a", PLAN, DIGITS)
    wait_for(lambda: training.latest)
    office.warm_up()
    assert office._spare is None
    without = open_office(spare_seconds=0)
    without.warm_up()
    assert without._spare is None
    assert len(children()) == 1


# No child at all


def nothing_to_start(monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(Limits(), ["/there/is/no/such/program"], lambda _: True)


def no_folder(monkeypatch: pytest.MonkeyPatch) -> Office:
    def refuse(**_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    return Office(Limits(), [sys.executable, "-c", ""], lambda _: True)


def no_file(monkeypatch: pytest.MonkeyPatch) -> Office:
    def refuse() -> object:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    return Office(Limits(), [sys.executable, "-c", ""], lambda _: True)


@pytest.mark.parametrize("opened", [nothing_to_start, no_folder, no_file])
def test_where_nothing_can_be_started(
    opened: Callable[[pytest.MonkeyPatch], Office],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(module, "_TICK", 0.01)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    office = opened(monkeypatch)
    office.warm_up()
    for _ in range(2):
        training = office.submit("a", PLAN, DIGITS)
        assert (training.phase, training.outcome) == ("over", "failed")
        assert office.place(training) == 0
    assert "could not begin" in caplog.text
    assert list(tmp_path.iterdir()) == []
    office.close()
    office._desks.clear()
    wait_for(lambda: office._watcher is None)


def test_where_the_start_cannot_be_written(
    open_office: Callable[..., Office], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def refuse(path: Path, raw: bytes) -> int:
        if path.name == "start.safetensors":
            raise OSError(28, "No space left on device")
        return write(path, raw)

    office = open_office("done()", at_once=1)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    training = office.submit("a", PLAN, DIGITS, (files / "early").read_bytes())
    follows = office.submit("b", PLAN, DIGITS)
    wait_for(over(training), 3)
    assert training.outcome == "failed"
    wait_for(over(follows), 3)
    assert follows.outcome == "done"


# What is left


def test_after_closing_no_child_is_left(
    open_office: Callable[..., Office], children: Callable[[], set[int]]
) -> None:
    office = open_office(at_once=3)
    trainings = [office.submit(str(i), seed(i), DIGITS) for i in range(2)]
    office.warm_up()
    trainings += [office.submit(str(i), seed(i), DIGITS) for i in range(2, 5)]
    office.warm_up()
    wait_for(lambda: all(training.latest for training in trainings[:3]))
    assert len(children()) == 3
    office.close()
    for training in trainings:
        wait_for(over(training))
    assert {training.outcome for training in trainings} == {"killed"}
    assert all(map(gone, children())) and len(children()) == 3
    assert not any(training._child.folder.exists() for training in trainings[:3])
    office.close()  # once more is harmless


def test_closing_ends_the_one_that_is_ready(
    open_office: Callable[..., Office], children: Callable[[], set[int]]
) -> None:
    office = open_office()
    office.warm_up()
    wait_for(children)
    folder = office._spare.folder
    office.close()
    assert all(map(gone, children()))
    assert not folder.exists()


def test_a_real_child_ends_with_its_pipe() -> None:
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        module.COMMAND,
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        out, _ = process.communicate(timeout=60)  # closes its standard input at once
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert [json.loads(line) for line in out.splitlines()] == [{"event": "ready"}]


def test_a_process_has_one_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GARGALO_TRAINING_AT_ONCE", "17")
    module.office.cache_clear()
    try:
        assert module.office() is module.office()
        assert module.office().limits.at_once == 17
    finally:
        module.office.cache_clear()
