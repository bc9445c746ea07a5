"""Memory is searched when nobody waits, and nothing of a visitor stays out of sight for ever."""

from __future__ import annotations

import gc
import itertools
import threading
import time
import tomllib
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.runtime import caching

from tests.pages.test_app import opened, run
from ui import memory

ROOT = Path(__file__).parents[2]


class Loop:
    """What only a search frees."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """A process that has just started; gives the moments at which memory is searched."""
    moments: list[float] = []
    monkeypatch.setattr(memory, "_searcher", None)
    monkeypatch.setattr(memory, "_runs", itertools.count(1))
    monkeypatch.setattr(memory, "_asked", threading.Event())
    monkeypatch.setattr(memory, "PAUSE", 0.1)
    monkeypatch.setattr(memory, "search", lambda: moments.append(time.monotonic()))
    yield moments


def come_to(searches: list[float], n: int) -> None:
    end = time.monotonic() + 10
    while len(searches) < n:
        assert time.monotonic() < end, f"{len(searches)} searches"
        time.sleep(0.01)
    time.sleep(0.3)
    assert len(searches) == n


def test_streamlit_does_not_search_after_each_run() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["runner"]["postScriptGC"] is False


def test_what_was_frozen_with_a_visitor_is_freed_when_they_have_gone() -> None:
    loop = Loop()
    held = weakref.ref(loop)
    memory.search()
    frozen = gc.get_freeze_count()
    assert frozen > 1000 and held() is loop
    del loop
    gc.collect()
    assert held() is not None, "or else it was never out of sight"
    memory.search()
    assert held() is None
    gc.unfreeze()


def test_once_at_the_start_then_every_hundred_runs(
    searches: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_session", lambda: None)  # there is none here
    warmed: list[int] = []
    for _ in range(memory.RUNS - 1):
        memory.count_run(lambda: warmed.append(len(searches)))
    come_to(searches, 1)
    assert warmed == [0], "before the first search"
    asked = time.monotonic()
    for _ in range(3):  # the hundredth and two more
        memory.count_run(lambda: pytest.fail("twice"))
    come_to(searches, 2)
    assert searches[1] - asked > 0.09, "in the visitor's way"


def test_a_session_that_ends_asks_for_one(searches: list[float]) -> None:
    app = run(opened())
    come_to(searches, 1)
    caching.clear_session_resource_cache("test session id")  # as Streamlit does when they go
    come_to(searches, 2)
    run(app)
    come_to(searches, 2)
