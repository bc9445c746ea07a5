"""What the environment says of the rooms' bounds. How it is read: tests/ui/test_limits.py."""

from __future__ import annotations

from dataclasses import fields

import pytest

from hub.limits import Limits

NAMES = tuple(f.name for f in fields(Limits))


@pytest.mark.parametrize("name", NAMES)
def test_each_bound_has_its_variable(name: str, caplog: pytest.LogCaptureFixture) -> None:
    value, variable = getattr(Limits(), name) + 1, f"GARGALO_{name.upper()}"
    assert Limits.of({variable: str(value)}) == Limits(**{name: value})
    assert not caplog.records
    for nonsense in ("0", "-1", "many"):
        assert Limits.of({variable: nonsense}) == Limits()
    assert caplog.text.count(variable) == 3


def test_the_docstring_names_each_bound() -> None:
    assert [name for name in NAMES if f"{name} :" not in (Limits.__doc__ or "")] == []


def test_the_hub_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.server import Hub

    monkeypatch.setenv("GARGALO_ROOM_PHONES", "7")
    assert Hub()._limits.room_phones == 7


@pytest.mark.parametrize("url", ["127.0.0.1:6379", "http://:secret@127.0.0.1", "redis://x:port/0"])
def test_a_url_that_is_none_of_redis_is_said_in_a_sentence(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.server import Hub

    monkeypatch.setenv("GARGALO_REDIS_URL", url)
    with pytest.raises(SystemExit, match="GARGALO_REDIS_URL: ") as end:
        Hub()
    assert "secret" not in str(end.value)
