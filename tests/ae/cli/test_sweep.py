"""``python -m ae sweep``, with a crew that trains nothing: tests/ae/training has one that does."""

from __future__ import annotations

import contextlib
import csv
import re
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import ae
from ae.cli import main, progress, swept
from ae.mnist import Mnist
from ae.training.progress import Epoch
from ae.training.sweep import Crew
from tests.ae.sweeping import Untrained, enough_to_choose

Crews = Callable[..., Untrained]


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Mnist:
    digits = enough_to_choose()
    monkeypatch.setattr("ae.mnist.load", lambda path=None, on_share=None: digits)
    return digits


@pytest.fixture
def hire(data: Mnist, monkeypatch: pytest.MonkeyPatch) -> Crews:
    """Put a crew in the place of the processes."""

    def hire(**options: object) -> Untrained:
        crew = Untrained(data, **options)

        @contextlib.contextmanager
        def processes(_data: Mnist, jobs: int) -> Iterator[Crew]:
            yield crew.crew

        monkeypatch.setattr("ae.training.sweep.processes", processes)
        return crew

    return hire


def sweep(out: Path, *options: str) -> int:
    return main(["sweep", "shallow", "--out", str(out), *options])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_one_recipe_from_many_seeds(
    hire: Crews, data: Mnist, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crew, file = hire(), tmp_path / "rows.csv"
    assert sweep(tmp_path / "out", "--seeds", "3", "--jobs", "2", "--csv", str(file)) == 0
    printed = capsys.readouterr()
    assert [training.seed for training in crew.asked] == [0, 1, 2]
    found = rows(file)
    assert tuple(found[0]) == swept.COLUMNS
    for seed, row in enumerate(found):
        net = ae.load("shallow", folder=tmp_path / "out" / crew.asked[seed].name)
        assert (row["seed"], row["outcome"], row["measured_on"]) == (str(seed), "trained", "test")
        assert float(row["bce"]) == net.metadata.test.bce
        assert float(row["learning_rate"]) == net.metadata.net.recipe.learning_rate
        assert row["digits"] == str(len(data.x_train))
    head, line, *_ = printed.out.splitlines()
    assert head.split()[:3] == ["nets", "BCE", "MSE"]
    nets, mean, sign, deviation = line.split()[:4]
    bces = [float(row["bce"]) for row in found]
    assert (nets, sign) == ("3", "±")
    assert float(deviation) == float(f"{statistics.stdev(bces):.0e}")
    assert float(mean) == pytest.approx(statistics.fmean(bces), abs=0.5 * float(deviation))
    assert "Learnt from all 5,050 training digits and measured on the 100 test" in printed.out
    assert printed.err.startswith("Training 3 nets, 2 at once …\n")
    assert "3 of 3 done: shallow, seed 2: BCE " in printed.err


def test_what_is_varied_is_not_measured_on_the_test_digits(
    hire: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crew, file = hire(), tmp_path / "rows.csv"
    vary = ["--vary", "learning-rate=1e-3,3e-3", "--vary", "max_row_norm=none,5"]
    assert sweep(tmp_path / "out", "--seeds", "2", *vary, "--csv", str(file)) == 0
    printed = capsys.readouterr()
    assert len(crew.asked) == 8
    assert {training.data.digits for training in crew.asked} == {50}
    assert {training.data.name for training in crew.asked} == {"MNIST's training digits"}
    lines = printed.out.splitlines()
    assert lines[0].split()[:3] == ["learning_rate", "max_row_norm", "nets"]
    settings = [line.split()[:3] for line in lines[1:5]]
    assert settings == [[rate, norm, "2"] for rate in ("0.001", "0.003") for norm in ("none", "5")]
    assert "the first 50 training digits and measured on the last 5,000" in printed.out
    assert "shallow, learning_rate 0.001, max_row_norm none, seed 0: BCE " in printed.err
    assert {row["measured_on"] for row in rows(file)} == {"validation"}


def test_one_seed_has_no_deviation_and_says_so(
    hire: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hire()
    assert sweep(tmp_path, "--seeds", "1") == 0
    printed = capsys.readouterr()
    assert "±" not in printed.out
    assert "there is no standard deviation without more --seeds" in printed.out
    assert "Training 1 net, 1 at once" in printed.err


@pytest.mark.parametrize(("cores", "jobs"), [(1, 1), (2, 2), (64, 4)])
def test_as_many_at_once_as_cores_and_memory_allow(
    cores: int,
    jobs: int,
    hire: Crews,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hire()
    monkeypatch.setattr("ae.training.sweep.cores", lambda: cores)
    assert sweep(tmp_path) == 0
    assert f"Training 5 nets, {jobs} at once" in capsys.readouterr().err


def test_csv_on_standard_output_is_csv_alone(
    hire: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hire()
    assert sweep(tmp_path, "--seeds", "2", "--csv", "-") == 0
    found = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["seed"] for row in found] == ["0", "1"]


def test_what_diverges_is_a_row_and_no_part_of_the_mean(
    hire: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hire(diverging=[1])
    file = tmp_path / "rows.csv"
    assert sweep(tmp_path / "out", "--seeds", "3", "--csv", str(file)) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[1].split()[0] == "2"
    assert "1 of 3 trainings diverged." in printed.out
    assert "shallow, seed 1: diverged after 0.25 epochs" in printed.err
    row = rows(file)[1]
    assert (row["outcome"], row["bce"], row["sha256"]) == ("diverged", "", "")


def test_where_all_diverge_there_is_no_mean(
    hire: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hire(diverging=[0, 1])
    assert sweep(tmp_path, "--seeds", "2", "--vary", "l1=0,1") == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[1].split() == ["0", "0"]
    assert "l1 1: 2 of 2 trainings diverged." in printed


def test_nothing_is_trained_twice(
    hire: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hire()
    assert sweep(tmp_path, "--seeds", "2") == 0
    first = capsys.readouterr().out
    idle = hire()
    assert sweep(tmp_path, "--seeds", "2") == 0
    again = capsys.readouterr()
    assert (idle.asked, again.out) == ([], first)
    assert again.err == f"{tmp_path} has 2 of 2.\n"
    larger = hire()
    assert sweep(tmp_path, "--seeds", "4") == 0
    assert [training.seed for training in larger.asked] == [2, 3]


def test_what_is_damaged_is_trained_again(
    hire: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = hire().asked
    assert sweep(tmp_path, "--seeds", "3") == 0
    first = capsys.readouterr().out
    damaged = tmp_path / asked[1].name / "shallow.safetensors"
    raw = damaged.read_bytes()
    damaged.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    crew = hire()
    assert sweep(tmp_path, "--seeds", "3") == 0
    printed = capsys.readouterr()
    assert [training.seed for training in crew.asked] == [1]
    assert (damaged.read_bytes(), printed.out) == (raw, first)
    assert f"{damaged.parent} is unfinished or damaged: it is done again." in printed.err


def test_ctrl_c_keeps_what_is_done(
    hire: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hire(interrupted_at=1)
    assert sweep(tmp_path, "--seeds", "1") == 0
    capsys.readouterr()
    hire(interrupted_at=0)
    assert sweep(tmp_path, "--seeds", "3") == 130
    printed = capsys.readouterr()
    assert printed.out == ""
    sentence = f"ae: interrupted: 1 of 3 are in {tmp_path}, and the same command goes on"
    assert printed.err.splitlines()[-1] == sentence
    rest = hire()
    assert sweep(tmp_path, "--seeds", "3") == 0
    assert [training.seed for training in rest.asked] == [1, 2]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("--vary rate=1", "a recipe has no 'rate'; it has"),
        ("--vary learning_rate", "'learning_rate' is not NAME=A,B"),
        ("--vary learning_rate=fast", "learning_rate: got 'fast', expected a number"),
        ("--vary epochs=0", "epochs: got 0, expected 1 to 300"),
        ("--vary l1=1 --vary l1=0", "--vary: l1 is there twice"),
        ("--vary epochs=1,2 --epochs 3", "epochs are varied: leave --epochs out"),
        ("--seeds 0", "0 is not from 1"),
        ("--jobs 0", "0 is not from 1"),
        ("--jobs 2 --dask tcp://127.0.0.1:1", "not allowed with"),
        ("--dask nonsense", "nonsense is no address of a scheduler: missing port"),
        ("--out -", "weights go to a folder"),
        ("--csv {here}/nowhere/rows.csv", "nowhere is no folder"),
    ],
)
def test_bad_usage(
    options: str, reason: str, hire: Crews, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crew = hire()
    assert sweep(tmp_path / "out", *options.format(here=tmp_path).split()) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and crew.asked == []
    (complaint,) = (line for line in printed.err.splitlines() if line.startswith("ae: "))
    assert reason in complaint


def test_pca_has_no_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "pca"]) == 2
    assert "invalid choice: 'pca'" in capsys.readouterr().err


def test_on_a_terminal_there_is_a_bar_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And one for all; those that are over leave a line."""
    monkeypatch.setenv("FORCE_COLOR", "1")  # Rich then takes what it writes to for a terminal
    monkeypatch.setenv("COLUMNS", "120")
    with progress.of_many({"seed 0": 2, "seed 1": 2}) as board:
        board.epoch("seed 0", Epoch(1, 2, 0.2, 0.1, 3.0))
        board.epoch("seed 1", Epoch(1, 2, 0.3, 0.2, 3.0))
        board.epoch("seed 0", Epoch(2, 2, 0.2, 0.1, 6.0))
        board.over("seed 0", "seed 0: BCE 0.1000")
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    assert "seed 0: BCE 0.1000" in shown
    assert "1 of 2 trainings done" in shown
    assert "epoch 1 of 2, loss 0.3000, validation 0.2000" in shown


def test_lines_tell_of_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.of_many({"a": 20, "b": 20}) as board:
        for number in range(1, 21):
            board.epoch("a", Epoch(number, 20, 0.2, 0.1, float(number)))
        board.over("a", "a: fine")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "1 of 2 done: a: fine"
