"""Files that are whole or not there, whoever writes at the same time."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ae import atomic


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"old")
    atomic.write(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
    assert path.read_bytes() == b"new"


def test_until_it_is_whole_the_old_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    path.write_bytes(b"old")
    with atomic.draft(path) as beside:
        assert beside.parent == tmp_path and beside.suffix == ".keras" and not beside.exists()
        beside.write_bytes(b"half")
        assert path.read_bytes() == b"old"
        beside.write_bytes(b"whole")
    assert path.read_bytes() == b"whole"


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_run_that_dies_leaves_the_old_one_and_no_draft(
    tmp_path: Path, fault: type[BaseException]
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"old")
    with pytest.raises(fault), atomic.draft(path) as beside:
        beside.write_bytes(b"half")
        raise fault
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
    assert path.read_bytes() == b"old"


def test_a_fault_names_the_file_and_not_the_draft(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "x.csv"
    with pytest.raises(FileNotFoundError) as caught:
        atomic.write(path, b"")
    assert (caught.value.filename, caught.value.errno) == (str(path), errno.ENOENT)


def test_a_folder_in_its_place_is_a_fault_too(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(OSError, match=r"x\.csv'$"):
        atomic.write(tmp_path / "x.csv", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]


def test_two_runs_at_the_same_time_have_each_their_draft(tmp_path: Path) -> None:
    """With one name for all drafts, one run moves the other's away."""
    path = tmp_path / "x.csv"
    with atomic.draft(path) as one, atomic.draft(path) as other:
        assert one != other
        one.write_bytes(b"one")
        other.write_bytes(b"other")
    assert path.read_bytes() == b"one"  # whose block ended last
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: atomic.write(path, bytes([i]) * 10_000), range(64)))
    assert len(set(path.read_bytes())) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
