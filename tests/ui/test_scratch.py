"""Folders that nobody leaves behind, whatever a server's end was like."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ui import scratch

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no locks there")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, of this test alone."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@contextmanager
def server(place: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process that has made a folder, with a file in it, and a child of its own."""
    script = """
import subprocess, sys
from ui import scratch
folder = scratch.Folder()
(folder.path / "mine.safetensors").write_text("half")
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
print(folder.path, flush=True)
input()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(place)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        yield process, Path(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_what_a_killed_server_left_is_swept_and_nothing_else(place: Path) -> None:
    other, foreign = place / "somebody's", place / "gargalo-of-old"
    other.mkdir()
    foreign.mkdir()
    target = place / "target"
    target.mkdir()
    (place / f"{scratch._PREFIX}link").symlink_to(target)
    with scratch.folder() as ours, server(place) as (process, theirs):
        assert (theirs / "mine.safetensors").exists()
        scratch.sweep()
        assert ours.exists() and theirs.exists(), "of a server that lives"
        process.kill()
        process.wait()
        assert theirs.exists()
        scratch.sweep()
        assert ours.exists() and not theirs.exists()
    assert not ours.exists()
    assert other.exists() and foreign.exists() and target.exists()


def test_it_is_gone_after_a_fault() -> None:
    with pytest.raises(ZeroDivisionError), scratch.folder() as path:
        (path / "file").touch()
        raise ZeroDivisionError
    assert not path.exists()


def test_another_server_takes_it_before_it_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = tempfile.mkdtemp

    def swept_at_once(**options: str) -> str:
        made.append(make(**options))
        if len(made) == 1:
            scratch.sweep()
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", swept_at_once)
    with scratch.folder() as path:
        assert len(made) == 2 and str(path) == made[1] and path.exists()


def test_where_there_are_no_locks_it_is_a_folder_all_the_same(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setattr(scratch, "fcntl", None)
    with scratch.folder() as path:
        scratch.sweep()
        assert path.exists()
    assert list(place.iterdir()) == []
