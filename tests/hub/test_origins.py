"""Whose pages may talk to the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit import config

from hub.origins import is_ours


@pytest.fixture
def set_option() -> Iterator[Callable[[str, Any], None]]:
    """Set Streamlit's settings, and take them back."""
    before: dict[str, Any] = {}

    def set_one(name: str, value: Any) -> None:
        before.setdefault(name, (config.get_option(name), config.get_where_defined(name)))
        config._set_option(name, value, "a test")

    yield set_one
    for name, (value, where) in before.items():
        config._set_option(name, value, where)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8501", "localhost:8501"),
        ("https://gargalo.example", "gargalo.example"),
        ("https://Gargalo.Example", "gargalo.example"),
        ("https://gargalo.example:8443", "gargalo.example:8443"),
        ("http://[::1]:8501", "[::1]:8501"),
    ],
)
def test_the_server_s_own_pages(origin: str, host: str) -> None:
    assert is_ours(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "gargalo.example"),
        ("", "gargalo.example"),
        ("null", "gargalo.example"),
        ("https://gargalo.example", None),
        ("https://gargalo.example", ""),
        (None, None),
        ("", ""),
        ("null", ""),
        ("https://elsewhere.example", "gargalo.example"),
        ("https://gargalo.example.evil.example", "gargalo.example"),
        ("https://evilgargalo.example", "gargalo.example"),
        ("https://gargalo.example:444", "gargalo.example"),
        ("https://gargalo.example@evil.example", "gargalo.example"),
        ("http://[::1", "[::1"),
        ("http://localhost:8502", "localhost:8501"),
    ],
)
def test_all_others(origin: str | None, host: str | None) -> None:
    assert not is_ours(origin, host)


def test_a_proxy_that_calls_the_server_by_another_name(
    monkeypatch: pytest.MonkeyPatch, set_option: Callable[[str, Any], None]
) -> None:
    page, host = "https://gargalo.example", "10.0.0.7:8501"
    assert not is_ours(page, host)
    monkeypatch.setenv("GARGALO_PUBLIC_URL", "https://gargalo.example/below/")
    assert is_ours(page, host) and not is_ours("https://other.example", host)
    monkeypatch.setenv("GARGALO_PUBLIC_URL", "no address")
    assert not is_ours(page, host) and not is_ours("", host)
    monkeypatch.delenv("GARGALO_PUBLIC_URL")
    set_option("server.corsAllowedOrigins", ["https://other.example", "gargalo.example"])
    assert is_ours(page, host) and is_ours("https://other.example", host)
    assert not is_ours("https://third.example", host) and not is_ours(None, host)
    set_option("server.corsAllowedOrigins", [])
    set_option("browser.serverAddress", "gargalo.example")
    assert is_ours(page, host) and not is_ours("https://other.example", host)


def test_what_streamlit_lets_through(set_option: Callable[[str, Any], None]) -> None:
    set_option("server.enableCORS", False)
    assert is_ours("https://elsewhere.example", "gargalo.example")
    set_option("server.enableCORS", True)
    set_option("server.allowedHosts", ["gargalo.example"])
    assert is_ours("https://gargalo.example", "gargalo.example")
    # A name that somebody has pointed at this machine.
    assert not is_ours("https://evil.example", "evil.example")
