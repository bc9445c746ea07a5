"""What a page's test would otherwise do again at each opening, or after each run."""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner


@pytest.fixture(scope="module", autouse=True)
def _what_lives_on_is_not_searched_again() -> None:
    """Take what earlier files left behind out of the garbage collector's sight.

    Python collects by itself too, and with TensorFlow in the process that takes a quarter of a
    second.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _components_are_looked_for_once() -> Iterator[None]:
    """2026-11-25, Streamlit 1.67: each AppTest reads every installed package's metadata anew.

    What is installed does not change meanwhile, and a server looks for it once, too.
    """
    with pytest.MonkeyPatch.context() as patch:
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield
