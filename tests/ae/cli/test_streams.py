"""Standard input, output and error that are closed, full, or somebody else's: no traceback."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ae.cli import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """Write digits of which something has to be assumed."""
    np.save(tmp_path / "x.npy", np.eye(2, 784, dtype=np.uint8))
    return tmp_path / "x.npy"


NOTE = "{x}: 0 and 1 alone, as uint8, are taken for no ink and full ink\n"
# Few and in one shell: a process takes longer to start than what it is asked.
CASES = [
    ("encode {x} -o {z} >&-", 0, NOTE),
    ("encode {x} >/dev/full", 2, NOTE + "ae: standard output: No space left on device\n"),
    ("encode {x} 2>&-", 0, ""),
]


def test_a_process_with_closed_and_full_streams(digits: Path) -> None:
    names = {"x": digits, "z": digits.with_name("z.npy")}
    script = "\n".join(
        f"{sys.executable} -m ae {line.format(**names)} | tail -n +4; echo = ${{PIPESTATUS[0]}} >&2"
        for line, _, _ in CASES
    )
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True)
    told = done.stderr.split("= ")
    assert done.stdout == ""  # two codes and a header, and no complaint among them
    for i, (line, code, complaint) in enumerate(CASES):
        before = told[i].partition("\n")[2] if i else told[i]
        assert (before, int(told[i + 1].split()[0])) == (complaint.format(**names), code), line
    assert np.load(names["z"]).shape == (2, 32)


class Tee:
    """The least that somebody may put into a stream's place."""

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("stream", [io.StringIO, Tee])
def test_main_writes_to_the_callers_streams(
    stream: type, digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out, err = stream(), stream()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert main(["encode", str(digits)]) == 0
        assert main(["reconstruct", str(digits), "-o", "-"]) == 0
        assert main(["train", "pca", "--events", "-"]) == 2
    printed, told = (s.getvalue() if isinstance(s, io.StringIO) else s.written for s in (out, err))
    assert [line[:9] for line in printed.splitlines()][::3] == [
        "u0,u1,u2,",
        "p0,p1,p2,",
        '{"event":',
    ]
    assert told.count("0 and 1 alone") == 2 and told.count("one net's training, not of 'pca'") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x.npy"]


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "none"])
def test_main_without_streams(
    closed: bool, digits: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO() if closed else None
    if stream is not None:
        stream.close()
    monkeypatch.setattr("ae.mnist.load", lambda *_: pytest.fail("it began to work"))
    monkeypatch.setattr(sys, "stdout", stream)
    wanted = "encode x -o -", "evaluate", "train deep --events -", f"encode {digits}"
    assert [main(argv.split()) for argv in wanted] == [2, 2, 2, 2]
    monkeypatch.setattr(sys, "stdin", stream)
    assert main(["decode", "-", "-o", str(digits)]) == 2
    monkeypatch.setattr(sys, "stderr", stream)
    assert main(["encode", "nowhere.npy"]) == 2
    monkeypatch.undo()
    complaints = [*["ae: standard output: closed"] * 4, "ae: standard input: closed"]
    printed = capfd.readouterr()
    assert printed.out == "" and printed.err.splitlines() == complaints


class Full(io.StringIO):
    def flush(self) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("command", ["encode {x}", "train pca --events -"])
def test_main_on_a_full_disk(
    command: str,
    digits: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    assert main(command.format(x=digits).split()) == 2
    assert capfd.readouterr().err.endswith("ae: standard output: No space left on device\n")


def test_what_is_said_of_a_file_that_is_written_may_be_lost(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ae.training.keras_file.write", lambda _, path: path.write_bytes(b"net"))
    target = tmp_path / "rede-à-toa.keras"
    for stream in (Full(), io.TextIOWrapper(io.BytesIO(), "ascii")):
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["export", "deep", "--to", str(target)]) == 0
        assert target.read_bytes() == b"net"
    assert capfd.readouterr().err == ""
