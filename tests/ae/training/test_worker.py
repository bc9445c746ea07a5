"""The worker, as far as it goes without Keras; test_own.py lets it train."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from ae import events, plans, training
from ae.jobs import MAX_LINE, Job
from ae.training import leash, worker


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """What stands on standard input; Keras does not start."""
    line = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=line))
    monkeypatch.setattr(training, "start", lambda: None)
    monkeypatch.setattr(worker, "_data_at_hand", lambda: None)
    monkeypatch.setattr(leash, "hold", lambda: None)  # which is pytest's own
    return line


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"{}\n", "a job: expected an object with plan, out, start and or_samples"),
        (b'["mine", "--out", "w"]\n', "a job: expected an object with plan, out, start"),
        (b"\xff\n", "a job: expected a line of JSON"),
        (b" " * 10 * MAX_LINE, "a job: more than 20,000 bytes"),
    ],
)
def test_what_is_no_job_is_told_and_nothing_is_done(
    told: io.BytesIO, line: bytes, sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    told.write(line)
    told.seek(0)
    assert worker.main() == 2
    out, complaint = capfd.readouterr()
    ready, failed = (events.read(line.encode()) for line in out.splitlines())
    assert ready == ("ready", {})
    assert failed[0] == "failed" and failed[1]["reason"] == "other"
    assert failed[1]["message"].startswith(sentence)
    assert complaint == f"ae: {failed[1]['message']}\n"


def test_whoever_says_nothing_gets_nothing(
    told: io.BytesIO, capfd: pytest.CaptureFixture[str]
) -> None:
    assert worker.main() == 0
    assert capfd.readouterr() == ('{"event": "ready"}\n', "")


def test_without_mnist_it_is_told_why(
    told: io.BytesIO, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AE_MNIST", "/nowhere/mnist.npz")
    told.write(Job(plan=plans.preset("ours", "deep"), out=Path("w")).to_line())
    told.seek(0)
    assert worker.main() == 2
    out, complaint = capfd.readouterr()
    event, fields = events.read(out.splitlines()[-1].encode())
    assert (event, fields["reason"]) == ("failed", "data")
    assert "no MNIST file at /nowhere/mnist.npz" in fields["message"] and "ae: " in complaint
